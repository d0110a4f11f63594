/**
 * @file
 * The guards of design 5.5: one row each, in order; the first that trips names the hold.  Pure.
 */
#ifndef PK_RECONCILERS_GUARDS_H
#define PK_RECONCILERS_GUARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

enum pk_guard {
    PK_GUARD_SERVER_LOST,
    PK_GUARD_EMPTY,
    PK_GUARD_MEMBER,
    PK_GUARD_ADOPT,
    PK_GUARD_CONFLICT,
    PK_GUARD_DELETES,
    PK_GUARD_UPDATES,
    PK_GUARD_FLAPPING,
    PK_GUARD_LEASES,
    PK_GUARD_PAIR_STATE,
    PK_GUARD_STALE,
    PK_GUARD_COUNT
};

const char *pk_guard_name(enum pk_guard guard); /**< `server-lost` */

/** From the configuration; defaults in pk_guard_default_limits. */
struct pk_guard_limits {
    unsigned updates_percent, updates_count; /**< 30, 50                                   */
    unsigned deletes_percent, deletes_count; /**< 10, 3                                    */
    unsigned small;                          /**< 10: up to here any delete trips          */
    int64_t observation_age_ms;              /**< 2 min                                    */
    bool adopt_holds;                        /**< adopt: hold                              */
};

extern const struct pk_guard_limits pk_guard_default_limits;

struct pk_held {
    bool is_held;
    enum pk_guard guard; /**< the first that trips                                    */
    uint32_t tripped;    /**< bits of all that trip                                   */
    const char *reason;  /**< all of them, in words with their numbers                */
    const char *notes;   /**< what is said but does not hold ("leases: cannot tell"), or NULL */
};

/** Does an approval lift this hold?  Not when pair-state or stale is among the tripped. */
bool pk_held_can_be_approved(const struct pk_held *held);

struct pk_relationship_plan;
struct pk_plan_options;

/** Judges a plan whose actions are complete. */
struct pk_held pk_guards_judge(struct pk_pool *pool, const struct pk_relationship_plan *plan,
                               const struct pk_plan_options *options);

#endif
