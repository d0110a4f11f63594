/**
 * @file
 * Putting a pass's result together: notes, merged rounds, summary, exit code.
 */
#ifndef PK_AGENT_PASS_RESULT_H
#define PK_AGENT_PASS_RESULT_H

#include "agent/pass.h"
#include "agent/views.h"

/** Adds a line that is said once. */
void pk_pass_note(struct pk_pool *pool, struct pk_pass_result *result, const char *format, ...)
    PK_PRINTF(3, 4);

/** Relationships that Git no longer names. */
void pk_pass_note_dropped(struct pk_pool *pool, const struct pk_views *views,
                          struct pk_pass_result *result);

/** What does not fit between the servers' own relationships and Git's, each once. */
void pk_pass_note_problems(struct pk_pool *pool, const struct pk_fleet *fleet,
                           struct pk_pass_result *result);

/** Digest of the whole plan. */
struct pk_sha256 pk_pass_digest(struct pk_pool *pool, const struct pk_pass_result *result);

/** Puts what the first round settled in front of the actions of the second. */
void pk_pass_merge_rounds(struct pk_pool *pool, const struct pk_pass_relationship *first,
                          struct pk_pass_relationship *again);

/** Summary and exit code (design 6). */
void pk_pass_finish(struct pk_pool *pool, const struct pk_pass_request *request,
                    struct pk_pass_result *result);

#endif
