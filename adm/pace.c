/* How often what was tried: back-off of failing relationships, and hand edits that were put back.
 */
#include "adm/query.h"
#include "adm/steering.h"

void
pk_retry_put(struct pk_txn *txn, const struct pk_retry *retry)
{
    const char *digest = retry->want_digest != NULL ? retry->want_digest : "";
    pk_txn_run(txn, PK_SQL_RETRY_PUT,
               PK_VALUES(sql_text(retry->relationship), sql_text(digest), sql_int(retry->attempts),
                         sql_int(retry->next.ms), sql_int(retry->quiet_since.ms),
                         sql_int(retry->stalled)));
}

void
pk_retry_delete(struct pk_txn *txn, const char *relationship)
{
    pk_txn_run(txn, PK_SQL_RETRY_DELETE, PK_VALUES(sql_text(relationship)));
}

enum pk_code
pk_retries_load(struct pk_db *db, struct pk_pool *pool, struct pk_retry **at, size_t *count,
                struct pk_error *err)
{
    PK_VECTOR(struct pk_retry) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_RETRIES_LOAD, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_retry){
            .relationship = pk_column_text(pool, &cursor, 0),
            .want_digest = pk_column_text(pool, &cursor, 1),
            .attempts = (int)pk_column_int(&cursor, 2),
            .next = pk_column_time(&cursor, 3),
            .quiet_since = pk_column_time(&cursor, 4),
            .stalled = pk_column_int(&cursor, 5) != 0,
        };
    }
    *at = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}

void
pk_heal_add(struct pk_txn *txn, const struct pk_heal *heal)
{
    pk_txn_run(txn, PK_SQL_HEAL_INSERT,
               PK_VALUES(sql_text(heal->relationship), sql_text(heal->server),
                         sql_int(heal->subnet.address), sql_int(heal->subnet.length),
                         sql_text(heal->part), sql_text(heal->had), sql_text(heal->healed),
                         sql_int(heal->time.ms)));
}

enum pk_code
pk_heals_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
              struct pk_wall since, struct pk_heal **at, size_t *count, struct pk_error *err)
{
    PK_VECTOR(struct pk_heal) list = {0};
    const char *name = pk_strdup(pool, relationship);
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_HEALS_LOAD,
                   PK_VALUES(sql_text(relationship), sql_int(since.ms)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_heal){
            .relationship = name,
            .server = pk_column_text(pool, &cursor, 0),
            .subnet = pk_column_prefix(&cursor, 1),
            .part = pk_column_text(pool, &cursor, 3),
            .had = pk_column_text(pool, &cursor, 4),
            .healed = pk_column_text(pool, &cursor, 5),
            .time = pk_column_time(&cursor, 6),
        };
    }
    *at = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}

void
pk_heals_forget(struct pk_txn *txn, const char *relationship, struct pk_wall before)
{
    pk_txn_run(txn, PK_SQL_HEALS_FORGET_BEFORE, PK_VALUES(sql_int(before.ms)));
    if (relationship != NULL) {
        pk_txn_run(txn, PK_SQL_HEALS_FORGET_RELATIONSHIP, PK_VALUES(sql_text(relationship)));
    }
}
