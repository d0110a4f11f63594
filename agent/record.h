/**
 * @file
 * What a pass leaves in the ADM about each relationship: conditions, held plans, drift events,
 * back-off, revision (design 5 step 7, 5.5).
 */
#ifndef PK_AGENT_RECORD_H
#define PK_AGENT_RECORD_H

#include "agent/pass.h"

/** Facts of the pass that are the same for all its relationships. */
struct pk_record {
    const char *revision; /**< in force                                        */
    const char *actor;
    const char *plan_digest; /**< hex of the whole plan, "" = no action        */
    bool paced;              /**< back-off counts on; else it begins anew      */
    struct pk_wall now;
};

/** What became of one relationship. */
struct pk_outcome_of {
    const struct pk_pass_relationship *relationship;
    const struct pk_suspension *suspension; /**< by an operator, or NULL         */
    const struct pk_retry *retry;           /**< as it stood before the pass, or NULL */
    bool acted;                             /**< actions were run                */
    bool refused;                           /**< some failure was a refusal      */
    uint64_t random;                        /**< jitter of the next try          */
};

/** Before acting: an event for each scope that was edited by hand, once for one and the same drift.
 */
void pk_record_drift(struct pk_txn *txn, const struct pk_record *record,
                     const struct pk_outcome_of *outcome);

/** After acting: writes only what differs from what is recorded already. */
void pk_record_relationship(struct pk_txn *txn, const struct pk_record *record,
                            const struct pk_outcome_of *outcome);

/** `Reconciling` while acting, so that a killed agent is seen to have been at work. */
void pk_record_acting(struct pk_txn *txn, const char *relationship, struct pk_wall now);

/** A relationship that Git no longer names: said once. */
void pk_record_dropped(struct pk_txn *txn, const char *relationship, struct pk_wall now);

#endif
