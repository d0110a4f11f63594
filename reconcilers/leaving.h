/**
 * @file
 * Addresses that leave the ranges of a scope, and whose leases they are.  Pure; the caller asks the
 * servers in between.
 */
#ifndef PK_RECONCILERS_LEAVING_H
#define PK_RECONCILERS_LEAVING_H

#include "reconcilers/plan.h"

/** A row whose ranges lose addresses, of a server that may have leases there. */
struct pk_leaving {
    int side;
    struct pk_prefix subnet;
    uint32_t subnet_id;
};

/** Of all actions that would be done, in the plan's order; in @p pool. */
size_t pk_plan_leaving(struct pk_pool *pool, const struct pk_relationship_plan *plan,
                       const struct pk_leaving **out);

/** Does an address that @p before hands out leave the ranges with @p after? */
bool pk_loses_addresses(const struct pk_row *before, const struct pk_row *after);

/** How many of the leased addresses those are. */
int64_t pk_count_leaving(const struct pk_row *before, const struct pk_row *after,
                         const struct pk_leased *leased);

#endif
