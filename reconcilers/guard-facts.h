/**
 * @file
 * What the guards count, taken from a plan's actions in one walk.  Only for guards.c.
 */
#ifndef PK_RECONCILERS_GUARD_FACTS_H
#define PK_RECONCILERS_GUARD_FACTS_H

#include "reconcilers/plan.h"

/** The part that was put back most often and differs again, in words; heals 0 = none. */
struct pk_flap {
    size_t heals;
    const char *part, *subnet, *server, *had, *healed;
};

/** Texts are NULL where the count beside them is 0. */
struct pk_guard_facts {
    size_t actions; /**< that would be done */
    size_t n;       /**< scopes with a base */
    size_t deletes, updates, adopts, conflicts, moves;
    const char *first_adopt, *first_conflict, *first_move;
    int64_t leases; /**< active, in scopes that go away or under subnet ids that do */
    const char *first_leased;
    const char *leases_unknown; /**< first scope that goes away of which nobody can tell */
    int64_t leaving;            /**< active, at addresses that leave the ranges          */
    const char *first_leaving;
    const char *shrinking; /**< first scope that loses addresses of which nobody can tell */
    bool only_equalises;   /**< every action makes one side equal to the other      */
    struct pk_flap flap;
};

struct pk_guard_facts
pk_guard_facts_of(struct pk_pool *pool, const struct pk_relationship_plan *plan,
                  const struct pk_plan_options *options);

#endif
