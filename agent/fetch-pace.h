/**
 * @file
 * When `run` asks the repository again after a fetch that failed (design 5.5).
 *
 * A refusal (wrong credentials, a certificate, too much at once) waits the longest wait, a server
 * that cannot be reached a growing one with full jitter; what is merely not there yet, a branch,
 * say, does not wait.  Another URL, other credentials or a file of them that changed end the wait,
 * and so does a person who asks.
 */
#ifndef PK_AGENT_FETCH_PACE_H
#define PK_AGENT_FETCH_PACE_H

#include "adm/steering.h"
#include "desired-state/repository.h"

struct pk_fetch_pace {
    const char *place;             /**< digest of what is asked, and with what             */
    const struct pk_retry *before; /**< of the last fetch, NULL when that did not fail     */
};

/** @return PK_OK; what pk_retries_load() returns */
enum pk_code pk_fetch_pace_load(struct pk_pool *pool, struct pk_db *db,
                                const struct pk_repository_config *repository,
                                struct pk_fetch_pace *out, struct pk_error *err);

/** Must `run` leave the repository alone now? */
bool pk_fetch_pace_holds(const struct pk_fetch_pace *pace, struct pk_wall now);

/**
 * Records how a fetch ended; writes nothing when there is nothing to remember or to forget.
 * @param paced  false: somebody asked, so the count begins anew
 */
void pk_fetch_pace_record(struct pk_txn *txn, const struct pk_fetch_pace *pace, enum pk_code code,
                          bool paced, struct pk_wall now, uint64_t random);

#endif
