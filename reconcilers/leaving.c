/*
 * A scope's number of leases does not say where in it they are, so a server is asked for the
 * addresses, and only of a scope that is about to lose some.
 */
#include "reconcilers/leaving.h"

#include <stdlib.h>
#include <string.h>

#include "adm/ranges.h"

/* What a row hands out before and after; false when nothing can leave or be told of it. */
static bool
both_ranges(struct pk_pool *pool, const struct pk_row *before, const struct pk_row *after,
            struct pk_pool_ranges *had, struct pk_pool_ranges *will)
{
    const struct pk_field *field = &pk_scope_fields.at[PK_SCOPE_RANGES];
    const char *old = pk_parts_get(&before->parts, field, "");
    const char *new = pk_parts_get(&after->parts, field, "");
    *will = (struct pk_pool_ranges){0};
    return old != NULL && (new == NULL || strcmp(old, new) != 0) &&
           pk_ranges_parse(pool, old, had) && (new == NULL || pk_ranges_parse(pool, new, will));
}

static bool
covers(const struct pk_pool_ranges *ranges, struct pk_range range)
{
    uint64_t next = range.first;
    for (size_t i = 0; i < ranges->count && next <= range.last; i++) {
        const struct pk_range *have = &ranges->at[i].range;
        if (have->first <= next && have->last >= next) {
            next = (uint64_t)have->last + 1;
        }
    }
    return next > range.last;
}

bool
pk_loses_addresses(const struct pk_row *before, const struct pk_row *after)
{
    PK_SCRATCH(pool);
    struct pk_pool_ranges had, will;
    if (!both_ranges(pool, before, after, &had, &will)) {
        return false;
    }
    for (size_t i = 0; i < had.count; i++) {
        if (!covers(&will, had.at[i].range)) {
            return true;
        }
    }
    return false;
}

static bool
contains(const struct pk_pool_ranges *ranges, uint32_t address)
{
    for (size_t i = 0; i < ranges->count; i++) {
        if (ranges->at[i].range.first <= address && address <= ranges->at[i].range.last) {
            return true;
        }
    }
    return false;
}

int64_t
pk_count_leaving(const struct pk_row *before, const struct pk_row *after,
                 const struct pk_leased *leased)
{
    PK_SCRATCH(pool);
    struct pk_pool_ranges had, will;
    int64_t count = 0;
    if (!both_ranges(pool, before, after, &had, &will)) {
        return 0;
    }
    for (size_t i = 0; i < leased->count; i++) {
        count += contains(&had, leased->addresses[i]) && !contains(&will, leased->addresses[i]);
    }
    return count;
}

/* -- Whom to ask ------------------------------------------------------------------------------ */

struct leavings {
    struct pk_leaving *at;
    size_t count, capacity;
};

static void
look_at(struct pk_pool *pool, const struct pk_scope_state *scope, struct leavings *out)
{
    for (int side = 0; side < PK_PAIR && !scope->is_deleted; side++) {
        const struct pk_row *row = scope->have[side];
        if (row != NULL && scope->writes[side] && row->active_leases != 0 &&
            pk_loses_addresses(row, &scope->write[side])) {
            const char *id = pk_parts_get(&row->parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
            *pk_push(pool, out) = (struct pk_leaving){
                .side = side,
                .subnet = scope->subnet,
                .subnet_id = id != NULL ? (uint32_t)strtoul(id, NULL, 10) : 0,
            };
        }
    }
}

size_t
pk_plan_leaving(struct pk_pool *pool, const struct pk_relationship_plan *plan,
                const struct pk_leaving **out)
{
    struct leavings all = {.count = 0};
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        for (size_t j = 0; j < action->scope_count && pk_action_is_open(action); j++) {
            look_at(pool, action->scopes[j], &all);
        }
    }
    *out = all.at;
    return all.count;
}
