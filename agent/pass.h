/**
 * @file
 * One pass: fetch → observe → diff → plan → act → verify → record (design 5).
 *
 * `diff`, `apply`, `replicate` and `run` all walk this one function; a dry run is the pass with
 * acting switched off.
 */
#ifndef PK_AGENT_PASS_H
#define PK_AGENT_PASS_H

#include "agent/config.h"
#include "agent/exit-code.h"
#include "reconcilers/execute.h"
#include "reconcilers/replicate.h"

struct pk_pass_request {
    bool acts;        /**< false: dry run, no lock, no write anywhere                       */
    bool paced;       /**< `run`: back-off holds                                            */
    bool fetch_paced; /**< nobody asked: a fetch that failed waits                       */
    bool last_good;   /**< the agent: a tip that cannot be used leaves the last good one    */
    bool yes;         /**< by hand: the person has answered                                 */
    const char *const *names; /**< only these relationships; NULL = all                           */
    size_t name_count;
    const struct pk_prefix *subnet; /**< only relationships that have this scope; NULL = any      */
    const char *repository; /**< instead of the configured one (diff only), or NULL               */
    const char *revision;   /**< branch or commit instead of the tip (diff only), or NULL         */
    const struct pk_replicate_request *replicate; /**< by hand; NULL = an ordinary pass           */
    bool compare_all;   /**< nothing is taken as in step because it was so before               */
    bool bases_unknown; /**< db is NULL because it may not be read, not because there is none     */
    const struct pk_sha256 *expected; /**< acts only if the plan's digest is this one, and only
                                         once: else nothing is written and exit is
                                         PK_EXIT_STALE_PLAN; NULL = any */
    const char *actor;
    pk_progress *progress;
    void *progress_context;
    const volatile int *stop;
};

struct pk_unknown_server {
    const char *server, *reason;
};

/** A relationship's part of the result. */
struct pk_pass_relationship {
    const char *name;
    struct pk_relationship_plan plan; /**< plan.is_known false: unknown */
    const struct pk_unknown_server *unknown;
    size_t unknown_count;
    bool unsaved; /**< a server keeps in memory only what was written to it */
};

struct pk_pass_result {
    const char *ref, *commit; /**< the revision in force (its snapshot was compared)          */
    const char *attempted;    /**< the tip; differs from commit when the tip is invalid        */
    const char *problem;      /**< why the tip is not in force, where and what to do, or NULL  */
    struct pk_diagnostics *diagnostics;         /**< of the tip; errors and warnings         */
    struct pk_pass_relationship *relationships; /**< sorted by name */
    size_t relationship_count;
    const char *const
        *notes; /**< said once: "bases are unknown: …", "relationship x was dropped" */
    size_t note_count;
    struct pk_summary summary;
    struct pk_sha256 digest;
    bool acted;
    int64_t busy_ms; /**< the longest that one server spent on answering what was asked of it */
    enum pk_exit exit;
};

/**
 * @param db      open for writing when request->acts, else for reading or NULL (no database)
 * @param result  filled as far as the pass came, also after a failure
 * @return PK_OK; else the pass could not run, result->exit says which exit code that is
 */
enum pk_code pk_pass_run(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                         const struct pk_pass_request *request, struct pk_pass_result *result,
                         struct pk_error *err);

/** `in-sync | drifted | held | unknown | suspended` of 6.1. */
const char *pk_pass_condition(const struct pk_pass_relationship *relationship);

#endif
