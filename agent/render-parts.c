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
pk_scope_label(struct pk_pool *pool, const struct pk_scope_state *scope)
{
    const struct pk_field *field = &pk_scope_fields.at[PK_SCOPE_NAME];
    const char *name = NULL;
    if (scope->wanted != NULL) {
        name = pk_parts_get(&scope->wanted->parts, field, "");
    }
    for (int side = 0; name == NULL && side < PK_PAIR; side++) {
        name =
            scope->have[side] != NULL ? pk_parts_get(&scope->have[side]->parts, field, "") : NULL;
    }
    return name != NULL ? pk_field_display(pool, field, name) : "";
}

bool
pk_scope_is_left_alone(const struct pk_scope_state *scope)
{
    return scope->left_alone && !scope->writes[PK_SERVER_1] && !scope->writes[PK_SERVER_2] &&
           scope->block == PK_BLOCK_NONE;
}

static bool
is_of_halves(const struct pk_scope_state *scope, const struct pk_difference *difference)
{
    return scope != NULL && scope->wanted != NULL && scope->wanted->is_split &&
           difference->field == &pk_scope_fields.at[PK_SCOPE_RANGES];
}

const char *
pk_cause_words(struct pk_pool *pool, const struct pk_scope_state *scope,
               const struct pk_difference *difference)
{
    static const char *const words[PK_CAUSE_COUNT] = {
        [PK_CAUSE_GIT] = "git",
        [PK_CAUSE_SOURCE] = "source edited",
        [PK_CAUSE_PARTNER] = "partner edited",
        [PK_CAUSE_BOTH] = "both edited",
        [PK_CAUSE_UNKNOWN] = "unknown",
    };
    const char *cause = words[difference->cause];
    return is_of_halves(scope, difference) ? pk_sprintf(pool, "%s, split-ranges", cause) : cause;
}

const char *
pk_action_status_words(enum pk_action_status status)
{
    static const char *const words[] = {
        [PK_ACTION_PLANNED] = "planned",     [PK_ACTION_DONE] = "done",
        [PK_ACTION_FAILED] = "failed",       [PK_ACTION_BLOCKED] = "blocked",
        [PK_ACTION_HELD] = "held",           [PK_ACTION_STALE] = "changed meanwhile",
        [PK_ACTION_SKIPPED] = "not written", [PK_ACTION_NOT_APPLICABLE] = "not applicable",
        [PK_ACTION_NOT_RUN] = "not run",
    };
    return words[status];
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

static const char *
no_writes_words(struct pk_pool *pool, const struct pk_pair_view *view)
{
    const char *names = "";
    for (int side = 0; side < PK_PAIR; side++) {
        if (!view->servers[side].writes) {
            names = pk_sprintf(pool, "%s%s%s", names, *names != '\0' ? " and " : "",
                               view->servers[side].name);
        }
    }
    return pk_sprintf(pool, "nothing is written: %s%s; see `writes` in the agent's configuration",
                      *names != '\0' ? "writing is off for " : "writing is off for this agent",
                      names);
}

const char *
pk_permit_words(struct pk_pool *pool, const struct pk_relationship_plan *plan)
{
    const struct pk_wanted_relationship *relationship = plan->view->relationship;
    switch (plan->permit) {
    case PK_PERMIT_ACT:
        return NULL;
    case PK_PERMIT_NO_WRITES:
        return no_writes_words(pool, plan->view);
    case PK_PERMIT_SUSPENDED:
        return relationship->suspend
                   ? "suspended: nothing is written until `suspend: true` leaves Git"
                   : pk_sprintf(pool, "suspended: nothing is written until `pairkeeper resume %s`",
                                relationship->name);
    case PK_PERMIT_REPORT:
        return "nothing is written: Git says `heal: report`";
    case PK_PERMIT_BACKING_OFF:
        return "backing off after a failure; `pairkeeper apply` does not wait";
    }
    return NULL;
}

bool
pk_held_is_answerable(const struct pk_held *held)
{
    const uint32_t answerable = 1U << PK_GUARD_SERVER_LOST | 1U << PK_GUARD_ADOPT |
                                1U << PK_GUARD_CONFLICT | 1U << PK_GUARD_UPDATES;
    return held->is_held && (held->tripped & ~answerable) == 0;
}
