/* What waits for a person and what a person decided: held plans, approvals, suspensions. */
#include "adm/query.h"
#include "adm/steering.h"

void
pk_held_put(struct pk_txn *txn, const struct pk_held_plan *held)
{
    pk_txn_run(txn, PK_SQL_HELD_PUT,
               PK_VALUES(sql_text(held->relationship), sql_text(held->digest),
                         sql_text(held->plan_digest), sql_text(held->guard), sql_text(held->reason),
                         sql_text(held->plan), sql_int(held->since.ms)));
}

void
pk_held_delete(struct pk_txn *txn, const char *relationship)
{
    pk_txn_run(txn, PK_SQL_HELD_DELETE, PK_VALUES(sql_text(relationship)));
}

enum pk_code
pk_held_load(struct pk_db *db, struct pk_pool *pool, struct pk_held_plan **at, size_t *count,
             struct pk_error *err)
{
    PK_VECTOR(struct pk_held_plan) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_HELD_LOAD, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_held_plan){
            .relationship = pk_column_text(pool, &cursor, 0),
            .digest = pk_column_text(pool, &cursor, 1),
            .plan_digest = pk_column_text(pool, &cursor, 2),
            .guard = pk_column_text(pool, &cursor, 3),
            .reason = pk_column_text(pool, &cursor, 4),
            .plan = pk_column_text(pool, &cursor, 5),
            .since = pk_column_time(&cursor, 6),
        };
    }
    *at = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}

void
pk_approval_put(struct pk_txn *txn, const struct pk_approval *approval)
{
    pk_txn_run(txn, PK_SQL_APPROVAL_PUT,
               PK_VALUES(sql_text(approval->digest), sql_text(approval->actor),
                         sql_text(approval->reason), sql_int(approval->given.ms),
                         sql_int(approval->until.ms)));
}

void
pk_approval_delete(struct pk_txn *txn, const char *digest)
{
    pk_txn_run(txn, PK_SQL_APPROVAL_DELETE, PK_VALUES(sql_text(digest)));
}

enum pk_code
pk_approvals_load(struct pk_db *db, struct pk_pool *pool, struct pk_wall now,
                  struct pk_approval **at, size_t *count, struct pk_error *err)
{
    PK_VECTOR(struct pk_approval) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_APPROVALS_LOAD, PK_VALUES(sql_int(now.ms)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_approval){
            .digest = pk_column_text(pool, &cursor, 0),
            .actor = pk_column_text(pool, &cursor, 1),
            .reason = pk_column_text(pool, &cursor, 2),
            .given = pk_column_time(&cursor, 3),
            .until = pk_column_time(&cursor, 4),
        };
    }
    *at = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}

void
pk_suspension_put(struct pk_txn *txn, const struct pk_suspension *suspension)
{
    pk_txn_run(txn, PK_SQL_SUSPENSION_PUT,
               PK_VALUES(sql_text(suspension->relationship), sql_text(suspension->actor),
                         sql_text(suspension->reason), sql_int(suspension->since.ms),
                         sql_int(suspension->until.ms)));
}

void
pk_suspension_delete(struct pk_txn *txn, const char *relationship)
{
    pk_txn_run(txn, PK_SQL_SUSPENSION_DELETE, PK_VALUES(sql_text(relationship)));
}

enum pk_code
pk_suspensions_load(struct pk_db *db, struct pk_pool *pool, struct pk_wall now,
                    struct pk_suspension **at, size_t *count, struct pk_error *err)
{
    PK_VECTOR(struct pk_suspension) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SUSPENSIONS_LOAD, PK_VALUES(sql_int(now.ms)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_suspension){
            .relationship = pk_column_text(pool, &cursor, 0),
            .actor = pk_column_text(pool, &cursor, 1),
            .reason = pk_column_text(pool, &cursor, 2),
            .since = pk_column_time(&cursor, 3),
            .until = pk_column_time(&cursor, 4),
        };
    }
    *at = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}
