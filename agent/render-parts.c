/* Small facts that would otherwise be decided twice, once per format. */
#include "agent/render-parts.h"

static const char *
or_default(const struct pk_field *field, const char *value)
{
    return value != NULL ? value : field->default_value;
}

struct pk_shown
pk_shown_of(const struct pk_scope_state *scope, const struct pk_difference *difference)
{
    bool has_row = scope == NULL || scope->have[difference->side] != NULL;
    const struct pk_field *field = difference->field;
    return (struct pk_shown){
        .have = has_row ? or_default(field, difference->have) : difference->have,
        .want = or_default(field, difference->want),
    };
}

const char *
pk_relationship_mode(const struct pk_wanted_relationship *relationship)
{
    const struct pk_field *field = &pk_relationship_fields.at[PK_RELATIONSHIP_MODE];
    return or_default(field, pk_parts_get(&relationship->parts, field, ""));
}

const char *
pk_permit_name(enum pk_permit permit)
{
    static const char *const names[] = {
        [PK_PERMIT_ACT] = "act",
        [PK_PERMIT_NO_WRITES] = "no-writes",
        [PK_PERMIT_SUSPENDED] = "suspended",
        [PK_PERMIT_REPORT] = "report",
        [PK_PERMIT_BACKING_OFF] = "backing-off",
    };
    return names[permit];
}

bool
pk_held_is_answerable(const struct pk_held *held)
{
    const uint32_t answerable = 1U << PK_GUARD_SERVER_LOST | 1U << PK_GUARD_ADOPT |
                                1U << PK_GUARD_CONFLICT | 1U << PK_GUARD_UPDATES;
    return held->is_held && (held->tripped & ~answerable) == 0;
}
