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

/** Active leases that something would be taken away from. */
struct pk_lease_count {
    int64_t leases;
    const char *first;   /**< scope that has some                     */
    const char *unknown; /**< first scope of which nobody can tell    */
};

/** Texts are NULL where the count beside them is 0. */
struct pk_guard_facts {
    size_t actions; /**< that would be done */
    size_t n;       /**< scopes with a base */
    size_t deletes, updates, adopts, conflicts, moves;
    const char *first_adopt, *first_conflict, *first_move;
    struct pk_lease_count going;   /**< in scopes, or under subnet ids, that go away */
    struct pk_lease_count leaving; /**< at addresses that leave the ranges           */
    bool only_equalises;           /**< every action makes one side equal to the other      */
    struct pk_flap flap;
};

struct pk_guard_facts
pk_guard_facts_of(struct pk_pool *pool, const struct pk_relationship_plan *plan,
                  const struct pk_plan_options *options);

#endif
