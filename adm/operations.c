/*
 * The intent is a row before the first write to a server, so whoever restarts finds what was meant.
 * Only pk_operation_end() sets an overall status, once; nothing reaches 100 % before it.
 */
#include "adm/operations.h"

#include <string.h>

#include "adm/query.h"

enum { PERCENT_BEFORE_THE_END = 99 };

/* The protocol's ids of its operations (IpamAdminOperationId). */
enum admin_operation {
    ADMIN_CREATE_SCOPE = 2,
    ADMIN_EDIT_SCOPE = 3,
    ADMIN_DELETE_SCOPE = 4,
    ADMIN_EDIT_FAILOVER = 23,
    ADMIN_REPLICATE_SCOPE = 28,
    ADMIN_REPLICATE_SERVER = 30,
};

static const struct {
    const char *name;
    enum admin_operation admin_operation;
    enum pk_fault_id outer;
} kinds[PK_OPERATION_COUNT] = {
    [PK_OPERATION_CREATE_SCOPE] = {"create-scope", ADMIN_CREATE_SCOPE,
                                   PK_FAULT_SCOPE_FAILED_TO_ADD_IN_REMOTE},
    [PK_OPERATION_UPDATE_SCOPE] = {"update-scope", ADMIN_EDIT_SCOPE,
                                   PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE},
    [PK_OPERATION_DELETE_SCOPE] = {"delete-scope", ADMIN_DELETE_SCOPE,
                                   PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_REMOTE},
    /* The protocol has no such operation: a scope is edited by delete and create. */
    [PK_OPERATION_REPLACE_SCOPE] = {"replace-scope", ADMIN_EDIT_SCOPE,
                                    PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE},
    [PK_OPERATION_REPLICATE_SCOPE] = {"replicate-scope", ADMIN_REPLICATE_SCOPE,
                                      PK_FAULT_FAILED_TO_REPLICATE_SCOPES},
    [PK_OPERATION_REPLICATE_SERVER] = {"replicate-server", ADMIN_REPLICATE_SERVER,
                                       PK_FAULT_FAILED_TO_REPLICATE_SERVER},
    [PK_OPERATION_RELATIONSHIP] = {"relationship", ADMIN_EDIT_FAILOVER,
                                   PK_FAULT_FAILOVER_FAILED_TO_UPDATE_IN_DB},
};

const char *
pk_operation_name(enum pk_operation_kind kind)
{
    return kinds[kind].name;
}

enum pk_fault_id
pk_operation_fault(enum pk_operation_kind kind)
{
    return kinds[kind].outer;
}

const char *
pk_overall_status_name(enum pk_overall_status status)
{
    static const char *const names[] = {
        [PK_OVERALL_NOT_STARTED] = "not-started",
        [PK_OVERALL_IN_PROGRESS] = "in-progress",
        [PK_OVERALL_COMPLETED_WITH_SUCCESS] = "completed-with-success",
        [PK_OVERALL_COMPLETED_WITH_FAILURE] = "completed-with-failure",
    };
    return names[status];
}

const char *
pk_sub_task_status_name(enum pk_sub_task_status status)
{
    static const char *const names[] = {
        [PK_SUB_TASK_NOT_STARTED] = "not-started",
        [PK_SUB_TASK_IN_PROGRESS] = "in-progress",
        [PK_SUB_TASK_COMPLETED_WITH_ERROR] = "completed-with-error",
        [PK_SUB_TASK_COMPLETED_WITH_WARNING] = "completed-with-warning",
        [PK_SUB_TASK_COMPLETED_WITH_SUCCESS] = "completed-with-success",
        [PK_SUB_TASK_NOT_APPLICABLE] = "not-applicable",
        [PK_SUB_TASK_NOT_RUN] = "not-run",
    };
    return names[status];
}

/* The last kind when none is called so, which only a file edited by hand can bring about. */
static enum pk_operation_kind
kind_called(const char *name)
{
    enum pk_operation_kind kind = 0;
    while (kind < PK_OPERATION_COUNT - 1 && strcmp(kinds[kind].name, name) != 0) {
        kind++;
    }
    return kind;
}

/* -- Writing ---------------------------------------------------------------------------------- */

int64_t
pk_operation_begin(struct pk_txn *txn, const struct pk_operation *operation)
{
    const struct pk_operation *o = operation;
    int64_t id =
        pk_txn_insert(txn, PK_SQL_OPERATION_INSERT,
                      PK_VALUES(sql_text(kinds[o->kind].name),
                                sql_int(kinds[o->kind].admin_operation), sql_text(o->relationship),
                                sql_text(o->source), sql_text(o->partner), sql_text(o->revision),
                                sql_text(o->actor), sql_text(o->digest), sql_int(o->started.ms)));
    for (size_t i = 0; i < o->sub_task_count; i++) {
        const struct pk_sub_task *task = &o->sub_tasks[i];
        const struct pk_intent *one = &task->rows[PK_SERVER_1], *two = &task->rows[PK_SERVER_2];
        pk_txn_run(txn, PK_SQL_SUB_TASK_INSERT,
                   PK_VALUES(sql_int(id), sql_int((int64_t)i), sql_int(task->subnet.address),
                             sql_int(task->subnet.length), sql_text(one->server),
                             sql_hash(&one->before), sql_hash(&one->wanted), sql_text(two->server),
                             sql_hash(&two->before), sql_hash(&two->wanted), sql_int(task->status),
                             sql_text(task->reason)));
    }
    return pk_txn_failed(txn) ? 0 : id;
}

/* An operation that is missing or has ended is a mistake of ours: nothing may follow its end. */
static void
check_open(struct pk_txn *txn, int64_t operation)
{
    enum { MISSING = -1 };
    int64_t open =
        pk_txn_number(txn, PK_SQL_OPERATION_OPEN, MISSING, PK_VALUES(sql_int(operation)));
    if (open != 1) {
        pk_txn_failf(txn, PK_EINVAL, "operation %lld %s; report this as a defect of pairkeeper",
                     (long long)operation, open == 0 ? "has already ended" : "was never begun");
    }
}

void
pk_sub_task_end(struct pk_txn *txn, int64_t operation, size_t index,
                const struct pk_sub_task *sub_task, int percent)
{
    check_open(txn, operation);
    pk_txn_run(txn, PK_SQL_SUB_TASK_END,
               PK_VALUES(sql_int(operation), sql_int((int64_t)index), sql_int(sub_task->status),
                         sql_text(sub_task->reason), sql_int(sub_task->fault.outer),
                         sql_int(sub_task->fault.inner), sql_text(sub_task->fault.message)));
    int reached = percent < PERCENT_BEFORE_THE_END ? percent : PERCENT_BEFORE_THE_END;
    pk_txn_run(txn, PK_SQL_OPERATION_PERCENT, PK_VALUES(sql_int(operation), sql_int(reached)));
}

/* The outcome as the sub-tasks have it: the operation outside, the first cause inside. */
static struct pk_fault
fault_of_sub_tasks(struct pk_txn *txn, int64_t operation)
{
    PK_SCRATCH(scratch);
    struct pk_fault fault = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, txn->db, PK_SQL_OPERATION_KIND, PK_VALUES(sql_int(operation)));
    bool known = pk_cursor_next(&cursor);
    const char *kind = known ? pk_column_text(scratch, &cursor, 0) : "";
    pk_cursor_close_in(&cursor, txn);

    pk_cursor_open(&cursor, txn->db, PK_SQL_OPERATION_FAILED_TASK, PK_VALUES(sql_int(operation)));
    if (pk_cursor_next(&cursor)) {
        pk_fault_set(&fault, pk_operation_fault(kind_called(kind)),
                     (enum pk_fault_id)pk_column_int(&cursor, 0), "%s", pk_column_peek(&cursor, 1));
    }
    pk_cursor_close_in(&cursor, txn);
    return fault;
}

void
pk_operation_end(struct pk_txn *txn, int64_t operation, const struct pk_fault *fault,
                 struct pk_wall ended)
{
    check_open(txn, operation);
    pk_txn_run(txn, PK_SQL_SUB_TASKS_NOT_RUN, PK_VALUES(sql_int(operation)));
    if (pk_txn_failed(txn)) {
        return;
    }
    struct pk_fault found = fault != NULL ? *fault : fault_of_sub_tasks(txn, operation);
    bool success = fault == NULL && found.outer == PK_FAULT_NONE;
    enum pk_overall_status status =
        success ? PK_OVERALL_COMPLETED_WITH_SUCCESS : PK_OVERALL_COMPLETED_WITH_FAILURE;
    pk_txn_run(txn, PK_SQL_OPERATION_END,
               PK_VALUES(sql_int(operation), sql_int(status), sql_int(ended.ms),
                         sql_int(found.outer), sql_int(found.inner), sql_text(found.message)));
}

void
pk_intent_settle(struct pk_txn *txn, const char *server, struct pk_prefix subnet)
{
    pk_txn_run(txn, PK_SQL_INTENT_SETTLE,
               PK_VALUES(sql_text(server), sql_int(subnet.address), sql_int(subnet.length)));
}

/* -- Reading ---------------------------------------------------------------------------------- */

static struct pk_fault
read_fault(const struct pk_cursor *cursor, int column)
{
    struct pk_fault fault = {.outer = (enum pk_fault_id)pk_column_int(cursor, column),
                             .inner = (enum pk_fault_id)pk_column_int(cursor, column + 1)};
    strncpy(fault.message, pk_column_peek(cursor, column + 2), sizeof fault.message - 1);
    return fault;
}

/* Columns as in OPERATION_COLUMNS. */
static struct pk_operation
read_operation(struct pk_pool *pool, const struct pk_cursor *cursor)
{
    enum { FAULT_COLUMN = 12 };
    return (struct pk_operation){
        .id = pk_column_int(cursor, 0),
        .kind = kind_called(pk_column_peek(cursor, 1)),
        .relationship = pk_column_text(pool, cursor, 2),
        .source = pk_column_text(pool, cursor, 3),
        .partner = pk_column_text(pool, cursor, 4),
        .revision = pk_column_text(pool, cursor, 5),
        .actor = pk_column_text(pool, cursor, 6),
        .digest = pk_column_text(pool, cursor, 7),
        .status = (enum pk_overall_status)pk_column_int(cursor, 8),
        .percent = (int)pk_column_int(cursor, 9),
        .started = pk_column_time(cursor, 10),
        .ended = pk_column_time(cursor, 11),
        .fault = read_fault(cursor, FAULT_COLUMN),
    };
}

static struct pk_intent
read_intent(struct pk_pool *pool, const struct pk_cursor *cursor, int column)
{
    return (struct pk_intent){.server = pk_column_text(pool, cursor, column),
                              .before = pk_column_hash(cursor, column + 1),
                              .wanted = pk_column_hash(cursor, column + 2)};
}

static enum pk_code
load_sub_tasks(struct pk_db *db, struct pk_pool *pool, enum pk_sql statement,
               struct pk_operation *operation, struct pk_error *err)
{
    enum { ONE = 2, TWO = 5, STATUS = 8, REASON, FAULT };
    PK_VECTOR(struct pk_sub_task) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, statement, PK_VALUES(sql_int(operation->id)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_sub_task){
            .subnet = pk_column_prefix(&cursor, 0),
            .rows = {[PK_SERVER_1] = read_intent(pool, &cursor, ONE),
                     [PK_SERVER_2] = read_intent(pool, &cursor, TWO)},
            .status = (enum pk_sub_task_status)pk_column_int(&cursor, STATUS),
            .reason = pk_column_text(pool, &cursor, REASON),
            .fault = read_fault(&cursor, FAULT),
        };
    }
    operation->sub_tasks = list.at;
    operation->sub_task_count = list.count;
    return pk_cursor_close(&cursor, err);
}

static enum pk_code
load(struct pk_db *db, struct pk_pool *pool, struct pk_cursor *cursor, enum pk_sql sub_tasks,
     struct pk_operation **at, size_t *count, struct pk_error *err)
{
    PK_VECTOR(struct pk_operation) list = {0};
    while (pk_cursor_next(cursor)) {
        *pk_push(pool, &list) = read_operation(pool, cursor);
    }
    enum pk_code code = pk_cursor_close(cursor, err);
    for (size_t i = 0; i < list.count && code == PK_OK; i++) {
        code = load_sub_tasks(db, pool, sub_tasks, &list.at[i], err);
    }
    if (code == PK_OK) {
        *at = list.at;
        *count = list.count;
    }
    return code;
}

enum pk_code
pk_operation_get(struct pk_db *db, struct pk_pool *pool, int64_t id, struct pk_operation *out,
                 struct pk_error *err)
{
    struct pk_cursor cursor;
    struct pk_operation *at = NULL;
    size_t count = 0;
    bool begun = pk_snapshot_begin(db);
    pk_cursor_open(&cursor, db, PK_SQL_OPERATION_GET, PK_VALUES(sql_int(id)));
    enum pk_code code = load(db, pool, &cursor, PK_SQL_SUB_TASKS_LOAD, &at, &count, err);
    pk_snapshot_end(db, begun);
    if (code == PK_OK && count == 0) {
        return pk_error_set(err, PK_ENOENT, "operations",
                            "operation %lld is no longer in the database", (long long)id);
    }
    if (code == PK_OK) {
        *out = at[0];
    }
    return code;
}

static enum pk_code
load_all(struct pk_db *db, struct pk_pool *pool, enum pk_sql statement, enum pk_sql sub_tasks,
         struct pk_operation **at, size_t *count, struct pk_error *err)
{
    struct pk_cursor cursor;
    bool begun = pk_snapshot_begin(db);
    pk_cursor_open(&cursor, db, statement, NULL, 0);
    enum pk_code code = load(db, pool, &cursor, sub_tasks, at, count, err);
    pk_snapshot_end(db, begun);
    return code;
}

enum pk_code
pk_operations_unfinished(struct pk_db *db, struct pk_pool *pool, struct pk_operation **at,
                         size_t *count, struct pk_error *err)
{
    return load_all(db, pool, PK_SQL_OPERATIONS_UNFINISHED, PK_SQL_SUB_TASKS_LOAD, at, count, err);
}

enum pk_code
pk_operations_unsettled(struct pk_db *db, struct pk_pool *pool, struct pk_operation **at,
                        size_t *count, struct pk_error *err)
{
    return load_all(db, pool, PK_SQL_OPERATIONS_UNSETTLED, PK_SQL_SUB_TASKS_UNSETTLED, at, count,
                    err);
}

enum pk_code
pk_operations_load(struct pk_db *db, struct pk_pool *pool, const char *relationship, size_t limit,
                   struct pk_operation **at, size_t *count, struct pk_error *err)
{
    struct pk_cursor cursor;
    bool begun = pk_snapshot_begin(db);
    pk_cursor_open(&cursor, db, PK_SQL_OPERATIONS_LOAD,
                   PK_VALUES(sql_text(relationship), sql_int((int64_t)limit)));
    enum pk_code code = load(db, pool, &cursor, PK_SQL_SUB_TASKS_LOAD, at, count, err);
    pk_snapshot_end(db, begun);
    return code;
}
