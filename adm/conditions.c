/* What stands about a relationship now: one row per (relationship, type). */
#include <string.h>

#include "adm/query.h"
#include "adm/steering.h"

static const char *const type_names[PK_CONDITION_TYPE_COUNT] = {
    [PK_CONDITION_READY] = "Ready",
    [PK_CONDITION_RECONCILING] = "Reconciling",
    [PK_CONDITION_STALLED] = "Stalled",
    [PK_CONDITION_DRIFTED] = "Drifted",
    [PK_CONDITION_PARTNERS_IN_SYNC] = "PartnersInSync",
    [PK_CONDITION_SUSPENDED] = "Suspended",
};

static const char *const truth_names[] = {
    [PK_FALSE] = "False",
    [PK_TRUE] = "True",
    [PK_UNKNOWN] = "Unknown",
};

static const char *const reason_names[PK_CONDITION_REASON_COUNT] = {
    [PK_CONDITION_IN_STEP] = "InStep",
    [PK_CONDITION_DRIFT] = "Drift",
    [PK_CONDITION_ACTING] = "Acting",
    [PK_CONDITION_NOT_ACTING] = "NotActing",
    [PK_CONDITION_GUARD] = "Guard",
    [PK_CONDITION_SERVER_UNKNOWN] = "ServerUnknown",
    [PK_CONDITION_PAIR_STATE] = "PairState",
    [PK_CONDITION_SCOPES_FAILED] = "ScopesFailed",
    [PK_CONDITION_SCOPES_BLOCKED] = "ScopesBlocked",
    [PK_CONDITION_OVERLAP] = "Overlap",
    [PK_CONDITION_BACKING_OFF] = "BackingOff",
    [PK_CONDITION_NOT_STALLED] = "NotStalled",
    [PK_CONDITION_REPORT_ONLY] = "ReportOnly",
    [PK_CONDITION_WRITES_OFF] = "WritesOff",
    [PK_CONDITION_BY_GIT] = "ByGit",
    [PK_CONDITION_BY_OPERATOR] = "ByOperator",
    [PK_CONDITION_NOT_SUSPENDED] = "NotSuspended",
    [PK_CONDITION_DROPPED] = "Dropped",
    [PK_CONDITION_FETCH_FAILED] = "FetchFailed",
    [PK_CONDITION_REVISION_REJECTED] = "RevisionRejected",
    [PK_CONDITION_REVISION_REFUSED] = "RevisionRefused",
};

const char *
pk_condition_type_name(enum pk_condition_type type)
{
    return type_names[type];
}

const char *
pk_truth_name(enum pk_truth status)
{
    return truth_names[status];
}

const char *
pk_condition_reason_name(enum pk_condition_reason reason)
{
    return reason_names[reason];
}

/* Position of @p name, @p count when it is not there. */
static size_t
position(const char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], name) != 0) {
        i++;
    }
    return i;
}

void
pk_condition_set(struct pk_txn *txn, const char *relationship, const struct pk_condition *condition,
                 struct pk_wall now)
{
    const char *message = condition->message != NULL ? condition->message : "";
    pk_txn_run(txn, PK_SQL_CONDITION_PUT,
               PK_VALUES(sql_text(relationship), sql_text(type_names[condition->type]),
                         sql_text(truth_names[condition->status]),
                         sql_text(reason_names[condition->reason]), sql_text(message),
                         sql_int(now.ms)));
}

enum pk_code
pk_conditions_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                   struct pk_condition **at, size_t *count, struct pk_error *err)
{
    struct pk_condition *list = pk_array(pool, struct pk_condition, PK_CONDITION_TYPE_COUNT);
    bool there[PK_CONDITION_TYPE_COUNT] = {false};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_CONDITIONS_LOAD, PK_VALUES(sql_text(relationship)));
    while (pk_cursor_next(&cursor)) {
        size_t type = position(type_names, PK_CONDITION_TYPE_COUNT, pk_column_peek(&cursor, 0));
        size_t status = position(truth_names, PK_UNKNOWN, pk_column_peek(&cursor, 1));
        size_t reason =
            position(reason_names, PK_CONDITION_REASON_COUNT, pk_column_peek(&cursor, 2));
        if (type < PK_CONDITION_TYPE_COUNT && reason < PK_CONDITION_REASON_COUNT) {
            there[type] = true;
            list[type] = (struct pk_condition){
                .type = (enum pk_condition_type)type,
                .status = (enum pk_truth)status,
                .reason = (enum pk_condition_reason)reason,
                .message = pk_column_text(pool, &cursor, 3),
                .since = pk_column_time(&cursor, 4),
            };
        }
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code != PK_OK) {
        return code;
    }
    size_t kept = 0;
    for (size_t type = 0; type < PK_CONDITION_TYPE_COUNT; type++) {
        if (there[type]) {
            list[kept++] = list[type]; /* in the order of types, whatever the table's order */
        }
    }
    *at = list;
    *count = kept;
    return PK_OK;
}
