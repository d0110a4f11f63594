/**
 * @file
 * One scope on its way through an operation, and the run it is part of.  Private to the files that
 * act: execute.c, task.c, operation.c, rows.c, write.c, record.c, relationship.c,
 * persist.c.
 *
 * A task becomes a sub-task of the ADM.  Its status is an action's; PK_ACTION_PLANNED means that
 * nothing stands against going on.
 */
#ifndef PK_RECONCILERS_TASK_H
#define PK_RECONCILERS_TASK_H

#include "adm/events.h"
#include "reconcilers/execute.h"

/** What is to happen, and has happened, to one server's row. */
struct pk_task_side {
    const struct pk_row_change *removal, *put; /**< NULL = none; both: replaced */
    enum pk_outcome removed, written;
    const struct pk_row *found; /**< as read back; NULL = no row */
};

/** Why a task failed, put together into one fault at the end. */
struct pk_trouble {
    int side;
    enum pk_fault_id cause;
    const char *what, *aftermath, *next; /**< aftermath may be NULL */
};

struct pk_task {
    struct pk_action *action;
    const struct pk_scope_state *scope;
    struct pk_task_side sides[PK_PAIR];
    enum pk_action_status status;
    bool unsure;      /**< cut off in the middle of a write: the server has to be looked at */
    bool read_back;   /**< sides[].found tell                                               */
    const char *note; /**< why not applicable, stale or not run                             */
    struct pk_trouble trouble;
    struct pk_fault fault;
};

struct pk_tasks {
    struct pk_task *at;
    size_t count;
};

/** One call of pk_execute(). */
struct pk_run {
    const struct pk_executor *executor;
    struct pk_relationship_plan *plan;
    const struct pk_capabilities *capabilities[PK_PAIR];
    struct pk_execution *out;
    struct pk_pool *pool;    /**< of the operation in hand                                  */
    const char *end_reason;  /**< not NULL: nothing more is begun, and why; in @p lasting   */
    struct pk_pool *lasting; /**< of the whole run                                          */
    bool wrote;              /**< a server may have been written to                         */
};

/** Name of a server of the pair. */
const char *pk_run_server(const struct pk_run *run, int side);

/** Can both be asked at the same time?  Each has a connection of its own then, and is long at it.
 */
bool pk_run_both_are_remote(const struct pk_run *run);
/** Nothing more is begun; the first reason stays. */
void pk_run_end(struct pk_run *run, const char *reason);

/* -- task.c ----------------------------------------------------------------------------------- */

/** The tasks of @p count actions, scope by scope. */
struct pk_tasks pk_tasks_of(struct pk_run *run, struct pk_action *actions, size_t count);
const char *pk_task_subnet(struct pk_run *run, const struct pk_task *task);
/** The protocol's id for a write that failed. */
enum pk_fault_id pk_task_cause(const struct pk_run *run, const struct pk_task *task, int side);
void pk_task_fail(struct pk_task *task, const struct pk_trouble *trouble);
/** Fills the fault of a failed task from its trouble. */
void pk_task_finish(struct pk_run *run, struct pk_task *task);
/** Sets status and fault of the actions from their tasks, and counts them. */
void pk_tasks_settle(struct pk_run *run, const struct pk_tasks *tasks, struct pk_action *actions,
                     size_t count);

/* -- rows.c ----------------------------------------------------------------------------------- */

/**
 * Reads both sides; tasks whose rows are not as planned become stale.
 * @return false: nothing is to be written, because a server could not be read or nothing is planned
 */
bool pk_tasks_check(struct pk_run *run, struct pk_tasks *chunk);
/** Reads both sides back; a row that is not as written is a failure that names what it holds. */
void pk_tasks_verify(struct pk_run *run, struct pk_tasks *chunk);

/* -- write.c ---------------------------------------------------------------------------------- */

/** Writes what the tasks still planned want, first one side, then the other. */
void pk_tasks_write(struct pk_run *run, struct pk_tasks *chunk);

/* -- operation.c ------------------------------------------------------------------------------ */

/** Makes the intent durable.  @param id  of the operation */
enum pk_code pk_operation_intend(struct pk_run *run, const struct pk_action *first,
                                 const struct pk_tasks *tasks, int64_t *id, struct pk_error *err);
/** The one end of an operation.  @param fault  NULL = as the tasks say */
enum pk_code pk_operation_conclude(struct pk_run *run, int64_t id, const struct pk_action *first,
                                   const struct pk_tasks *tasks, const struct pk_fault *fault,
                                   struct pk_error *err);
/** An event of this run, for the caller to complete. */
struct pk_event pk_run_event(const struct pk_run *run, enum pk_reason reason, int64_t operation);

/* -- persist.c -------------------------------------------------------------------------------- */

/** Puts on record, with the intent, that the servers written have to save it. */
void pk_tasks_owe(struct pk_run *run, struct pk_txn *txn, const struct pk_tasks *tasks);
/** Has them save it.  @return false and @p fault: one of them could not */
bool pk_tasks_persist(struct pk_run *run, int64_t operation, const struct pk_action *leader,
                      const struct pk_tasks *tasks, struct pk_fault *fault);

/* -- record.c --------------------------------------------------------------------------------- */

/** Records @p chunk, which begins at @p start of @p total, in one transaction. */
enum pk_code pk_tasks_record(struct pk_run *run, int64_t operation, const struct pk_tasks *chunk,
                             size_t start, size_t total, struct pk_error *err);

/* -- relationship.c --------------------------------------------------------------------------- */

/** The `relationship` action: both servers get the wanted settings. */
void pk_relationship_write(struct pk_run *run, struct pk_action *action);
/** Reads the relationship back; @return true when both servers hold what is wanted */
bool pk_relationship_verify(struct pk_run *run, struct pk_error *err);

#endif
