/**
 * @file
 * Operations and their sub-tasks: the intent before the first write, the outcome after the last.
 *
 * One sub-task per scope; a scope is at most one row on each of the two servers.  An operation that
 * has no end after a restart was cut off: its rows say what it meant to write.
 */
#ifndef PK_ADM_OPERATIONS_H
#define PK_ADM_OPERATIONS_H

#include "adm/db.h"
#include "adm/fault.h"
#include "adm/model.h"

/** One row per operation in adm/operations.c: name, IpamAdminOperationId, outer fault id. */
enum pk_operation_kind {
    PK_OPERATION_CREATE_SCOPE,
    PK_OPERATION_UPDATE_SCOPE,
    PK_OPERATION_DELETE_SCOPE,
    PK_OPERATION_REPLACE_SCOPE,
    PK_OPERATION_REPLICATE_SCOPE,
    PK_OPERATION_REPLICATE_SERVER,
    PK_OPERATION_RELATIONSHIP,
    PK_OPERATION_COUNT
};

/** `replicate-scope`. */
const char *pk_operation_name(enum pk_operation_kind kind);
enum pk_fault_id pk_operation_fault(enum pk_operation_kind kind);

/** OverallProgressStatus, the protocol's numbers. */
enum pk_overall_status {
    PK_OVERALL_NOT_STARTED = 0,
    PK_OVERALL_IN_PROGRESS = 1,
    PK_OVERALL_COMPLETED_WITH_SUCCESS = 2,
    PK_OVERALL_COMPLETED_WITH_FAILURE = 3,
};

/** SubTaskStatus, the protocol's numbers. */
enum pk_sub_task_status {
    PK_SUB_TASK_NOT_STARTED = 0,
    PK_SUB_TASK_IN_PROGRESS = 1,
    PK_SUB_TASK_COMPLETED_WITH_ERROR = 2,
    PK_SUB_TASK_COMPLETED_WITH_WARNING = 3,
    PK_SUB_TASK_COMPLETED_WITH_SUCCESS = 4,
    PK_SUB_TASK_NOT_APPLICABLE = 5,
    PK_SUB_TASK_NOT_RUN = 6,
};

const char *pk_overall_status_name(enum pk_overall_status status); /**< `completed-with-success` */
const char *pk_sub_task_status_name(enum pk_sub_task_status status); /**< `not-applicable` */

/** Hashes of one row around a write; zero = no row. */
struct pk_intent {
    const char *server; /**< NULL: this side is not written */
    struct pk_sha256 before, wanted;
};

struct pk_sub_task {
    struct pk_prefix subnet;
    struct pk_intent rows[PK_PAIR];
    enum pk_sub_task_status status;
    const char *reason; /**< why not applicable, or NULL */
    struct pk_fault fault;
};

struct pk_operation {
    int64_t id;
    enum pk_operation_kind kind;
    const char *relationship;
    const char *source, *partner; /**< from, to */
    const char *revision, *actor;
    const char *digest; /**< of the relationship's plan */
    enum pk_overall_status status;
    int percent;
    struct pk_wall started, ended; /**< ended.ms 0 = not ended */
    struct pk_fault fault;
    struct pk_sub_task *sub_tasks;
    size_t sub_task_count;
};

/** Writes the intent (status in-progress, 0 %) and returns its id, 0 after a failure. */
int64_t pk_operation_begin(struct pk_txn *txn, const struct pk_operation *operation);

/** Outcome of one sub-task, and the percentage reached.  Percent never reaches 100 here. */
void pk_sub_task_end(struct pk_txn *txn, int64_t operation, size_t index,
                     const struct pk_sub_task *sub_task, int percent);

/**
 * The one SetOverallStatus: 100 % and the status, which follows from the sub-tasks unless @p fault
 * is given.  A second end of the same operation is a failure of the transaction (D13).
 */
void pk_operation_end(struct pk_txn *txn, int64_t operation, const struct pk_fault *fault,
                      struct pk_wall ended);

/**
 * The row was verified as it is to be: what operations up to now have meant with it is over.  There
 * is one at least.
 */
void pk_intent_settle(struct pk_txn *txn, const char *server, struct pk_prefix subnet);

/** @return PK_OK; PK_ENOENT when there is no such operation (any more) */
enum pk_code pk_operation_get(struct pk_db *db, struct pk_pool *pool, int64_t id,
                              struct pk_operation *out, struct pk_error *err);

/** Operations without an end, with their sub-tasks. */
enum pk_code
pk_operations_unfinished(struct pk_db *db, struct pk_pool *pool, struct pk_operation **at,
                         size_t *count, struct pk_error *err);

/**
 * Those, and of the last few the failed ones: what one of their writes that was cut off has come to
 * is ours as well.  Intents that have come to their end have no server.
 */
enum pk_code pk_operations_unsettled(struct pk_db *db, struct pk_pool *pool,
                                     struct pk_operation **at, size_t *count, struct pk_error *err);

/** The latest operations of a relationship (NULL = all), newest first. */
enum pk_code
pk_operations_load(struct pk_db *db, struct pk_pool *pool, const char *relationship, size_t limit,
                   struct pk_operation **at, size_t *count, struct pk_error *err);

#endif
