/*
 * Splitting what is wanted, before anything is compared, leaves nothing to know about it for all
 * that follows: halves are ranges like others, that somebody may move or join by hand.
 *
 * On Kea inactive is a class of its own that all pools are tied to, and a pool has one on servers
 * before 3.0: so inactive scopes are left whole.
 */
#include "reconcilers/split-ranges.h"

#include <string.h>

#include "adm/ranges.h"
#include "base/json.h"

static const char *
tie(struct pk_pool *pool, const char *settings, const char *class_name)
{
    json_auto_t *tied = *settings != '\0' ? pk_json_parse(settings, NULL) : json_object();
    json_object_set_new(tied, "client-classes", json_pack("[s]", class_name));
    return pk_json_text(pool, tied);
}

const char *
pk_split_ranges(struct pk_pool *pool, const char *value, const char *const classes[PK_PAIR])
{
    PK_SCRATCH(scratch);
    struct pk_pool_ranges whole = {0};
    if (!pk_ranges_parse(scratch, value, &whole)) {
        return value; /* it was never canonical, and nobody can write it */
    }
    struct pk_pool_range *halves = pk_array(scratch, struct pk_pool_range, whole.count * PK_PAIR);
    size_t count = 0;
    bool first_has_more = false;
    for (size_t i = 0; i < whole.count; i++) {
        const struct pk_range range = whole.at[i].range;
        const char *settings = whole.at[i].settings;
        uint64_t size = (uint64_t)range.last - range.first + 1;
        bool is_odd = size % PK_PAIR != 0;
        uint64_t lower = size / PK_PAIR + (is_odd && !first_has_more);
        uint32_t middle = range.first + (uint32_t)lower;
        if (lower > 0) {
            halves[count++] = (struct pk_pool_range){{range.first, middle - 1},
                                                     tie(scratch, settings, classes[PK_SERVER_1])};
        }
        if (lower < size) {
            halves[count++] = (struct pk_pool_range){{middle, range.last},
                                                     tie(scratch, settings, classes[PK_SERVER_2])};
        }
        first_has_more = first_has_more != is_odd;
    }
    return pk_ranges_canonical(pool, halves, count, NULL, 0);
}

static bool
is_inactive(const struct pk_wanted_scope *scope)
{
    const char *state = pk_parts_get(&scope->parts, &pk_scope_fields.at[PK_SCOPE_STATE], "");
    return state != NULL && strcmp(state, "\"inactive\"") == 0;
}

static void
split_scope(struct pk_pool *pool, struct pk_wanted_scope *scope, const char *const classes[PK_PAIR])
{
    struct pk_part *parts = pk_array(pool, struct pk_part, scope->parts.count);
    for (size_t i = 0; i < scope->parts.count; i++) {
        parts[i] = scope->parts.at[i];
        if (parts[i].field == &pk_scope_fields.at[PK_SCOPE_RANGES]) {
            parts[i].value = pk_split_ranges(pool, parts[i].value, classes);
            scope->is_split = true;
        }
    }
    scope->parts.at = parts;
}

struct pk_wanted_scopes
pk_split_scopes(struct pk_pool *pool, struct pk_wanted_scopes scopes,
                const char *const classes[PK_PAIR])
{
    struct pk_wanted_scope *split = pk_array(pool, struct pk_wanted_scope, scopes.count);
    for (size_t i = 0; i < scopes.count; i++) {
        split[i] = scopes.at[i];
        if (!is_inactive(&split[i])) {
            split_scope(pool, &split[i], classes);
        }
    }
    return (struct pk_wanted_scopes){.at = split, .count = scopes.count};
}
