/**
 * @file
 * Which revision is in force: fetch, descend check, load, and the fall back to the last good one.
 */
#ifndef PK_AGENT_DESIRED_H
#define PK_AGENT_DESIRED_H

#include "agent/pass.h"

struct pk_desired {
    struct pk_snapshot snapshot; /**< of @p commit                                              */
    const char *ref, *commit;    /**< in force                                                  */
    const char *attempted;       /**< the tip, when it is not in force: invalid or refused       */
    const char *fetch_failure;   /**< why the tip is not known (only where the last good serves) */
    struct pk_diagnostics *diagnostics; /**< of the tip                                           */
};

/**
 * @param db  ADM to look up the revision in force, NULL = none
 * @return PK_OK; else @p exit says how the pass ends: PK_EXIT_INVALID (all errors in
 *         out->diagnostics), PK_EXIT_REFUSED, PK_EXIT_CANNOT_RUN.  The agent falls back to
 *         the last good revision instead, where there is one.
 */
enum pk_code pk_desired_load(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                             const struct pk_pass_request *request, struct pk_desired *out,
                             enum pk_exit *exit, struct pk_error *err);

/** Records attempted and applied revision and their events; writes nothing when neither moved. */
void pk_desired_record(struct pk_txn *txn, const struct pk_desired *desired, const char *actor,
                       struct pk_wall now);

#endif
