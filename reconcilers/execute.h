/**
 * @file
 * Acting on one relationship's plan: intent, write, verify, record (design 5 steps 5 to 7).
 *
 * The only function that writes to servers.  Everything it decides was decided in the plan; what it
 * adds is care: the intent is durable before the first write, hashes are checked on both sides
 * before either is written, a refused batch is halved until the bad scope stands alone, a create
 * whose second half fails is undone, nothing counts that was not read back.
 */
#ifndef PK_RECONCILERS_EXECUTE_H
#define PK_RECONCILERS_EXECUTE_H

#include "reconcilers/plan.h"

/** One line of progress; @p done of @p total scopes. */
typedef void pk_progress(void *context, const char *relationship, const char *operation,
                         size_t done, size_t total);

struct pk_executor {
    struct pk_db *db;
    const struct pk_driver *drivers[PK_PAIR];
    struct pk_server *servers[PK_PAIR];
    const char *revision;  /**< commit, or ""                                    */
    const char *actor;     /**< "agent", "user alice (uid 1000)"                 */
    pk_progress *progress; /**< NULL = silent                                   */
    void *progress_context;
    const volatile int *stop; /**< non-zero: finish the action in flight, then end; NULL = never */
};

struct pk_execution {
    size_t done, failed, stale, not_run; /**< actions */
    bool refused;                        /**< some failure is a refusal: the clock cannot cure it */
    bool record_failed;                  /**< servers were written but the ADM could not be       */
    bool unsaved;                        /**< a server keeps what was written in memory only      */
    struct pk_fault unsaved_fault;       /**< the last such server, and why                       */
};

/**
 * Runs every action that is neither blocked nor held; sets each action's status and fault, and
 * writes operations, sub-tasks, events, applied, sync status and heals.
 * @return PK_OK when the plan was gone through, whatever became of single actions; else the ADM
 *         could not be written before the first write to a server, and nothing was
 */
enum pk_code pk_execute(const struct pk_executor *executor, struct pk_relationship_plan *plan,
                        struct pk_execution *out, struct pk_error *err);

/**
 * Has a server save what an earlier pass has left in its memory (adm/mirror.h), and records it.
 * @return PK_OK; else it is still owed
 */
enum pk_code
pk_persist_owed(struct pk_db *db, const struct pk_driver *driver, struct pk_server *server,
                const char *name, const char *actor, struct pk_error *err);

/**
 * Records what an observation alone tells (design 5.2): fields with have = want become base, rows
 * equal already are adopted, sync status follows, released fields are told.  No server is written.
 */
enum pk_code pk_record_observation(struct pk_db *db, const struct pk_relationship_plan *plan,
                                   const char *revision, struct pk_error *err);

#endif
