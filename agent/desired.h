/**
 * @file
 * Which revision is in force: fetch, descend check, load, and the fall back to the last good one.
 */
#ifndef PK_AGENT_DESIRED_H
#define PK_AGENT_DESIRED_H

#include "agent/bare-repository.h"
#include "agent/fetch-pace.h"
#include "agent/narrow.h"
#include "agent/pass.h"

struct pk_desired {
    struct pk_snapshot snapshot; /**< of @p commit                                              */
    const char *ref, *commit;    /**< in force                                                  */
    const char *attempted;       /**< the tip, when it is not in force: invalid or refused       */
    const char *fetch_failure;   /**< why the tip is not known                                  */
    bool fetch_waits;            /**< because the last fetch failed: there was none             */
    enum pk_code fetch_code;     /**< of the fetch                                              */
    struct pk_fetch_pace pace;
    const char *problem; /**< why the tip is not in force, where and what to do, or NULL */
    struct pk_diagnostics *diagnostics; /**< of the tip                                           */
    struct pk_narrow narrow;            /**< when used: snapshot holds only what may have changed */
    struct pk_snapshot_source source;   /**< of the snapshot                                      */
    struct pk_repository_config repository;
    struct pk_bare_repository bare;
};

/**
 * @param out  for pk_desired_close(), whatever the result
 * @param db  ADM to look up the revision in force, NULL = none
 * @return PK_OK; else @p exit says how the pass ends: PK_EXIT_INVALID (all errors in
 *         out->diagnostics), PK_EXIT_REFUSED, PK_EXIT_CANNOT_RUN.  The agent falls back to
 *         the last good revision instead, where there is one.
 */
enum pk_code pk_desired_load(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                             const struct pk_pass_request *request, struct pk_desired *out,
                             enum pk_exit *exit, struct pk_error *err);

/** Is the tip of the branch in force, and not an older revision because the tip is unknown or bad?
 */
bool pk_desired_is_tip(const struct pk_desired *desired);

/** Cuts the snapshot down anew, after narrow.settled was changed; false when that cannot be done.
 */
bool pk_desired_narrow_again(struct pk_pool *pool, const struct pk_config *config,
                             struct pk_desired *desired);

/** Has everything of the commit in force after all; policies are then as Git states them, or as
 * they were when hashes had been sifted. */
enum pk_code pk_desired_widen(struct pk_pool *pool, const struct pk_config *config,
                              struct pk_desired *desired, struct pk_error *err);

/** Also after a failed load.  For PK_CLEANUP. */
void pk_desired_close(struct pk_desired *desired);

/**
 * Records attempted and applied revision, how the fetch ended, and events; writes nothing when
 * neither moved.
 * @param random  spreads the next try of a failed fetch
 */
void pk_desired_record(struct pk_txn *txn, const struct pk_desired *desired,
                       const struct pk_pass_request *request, struct pk_wall now, uint64_t random);

#endif
