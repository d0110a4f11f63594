/* One small row a scope: what a pass reads first of a hundred thousand of them. */
#include "adm/verified.h"

#include <string.h>

#include "adm/query.h"

enum pk_code
pk_verified_load(struct pk_db *db, struct pk_pool *pool, struct pk_verified *out,
                 struct pk_error *err)
{
    struct pk_verified verified = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_VERIFIED, NULL, 0);
    if (pk_cursor_next(&cursor)) {
        verified.fingerprint = pk_column_text(pool, &cursor, 0);
        verified.compared_at = pk_column_time(&cursor, 1);
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *out = verified;
    }
    return code;
}

/* Neighbours mostly have one relationship and one file: kept once for all of them. */
static const char *
text_in(struct pk_pool *pool, const struct pk_cursor *cursor, int column, const char *before)
{
    const char *text = pk_column_peek(cursor, column);
    return before != NULL && strcmp(before, text) == 0 ? before : pk_strdup(pool, text);
}

enum pk_code
pk_verified_scopes_load(struct pk_db *db, struct pk_pool *pool, const struct pk_verified_scope **at,
                        size_t *count, struct pk_error *err)
{
    enum { RELATIONSHIP = 2, DECLARED, HELD, FILE_PATH };
    PK_VECTOR(struct pk_verified_scope) list = {0};
    const char *name = NULL, *file = NULL;
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_VERIFIED_SCOPES, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        name = text_in(pool, &cursor, RELATIONSHIP, name);
        file = text_in(pool, &cursor, FILE_PATH, file);
        *pk_push(pool, &list) = (struct pk_verified_scope){
            .subnet = pk_column_prefix(&cursor, 0),
            .relationship = name,
            .declared = pk_column_hash(&cursor, DECLARED),
            .held = pk_column_hash(&cursor, HELD),
            .file = file,
        };
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *at = list.at;
        *count = list.count;
    }
    return code;
}

void
pk_verified_put(struct pk_txn *txn, const struct pk_verified *verified)
{
    const struct pk_value fingerprint = sql_text(verified->fingerprint);
    pk_txn_run(txn, PK_SQL_VERIFIED_SCOPES_OUTDATED, PK_VALUES(fingerprint));
    pk_txn_run(txn, PK_SQL_VERIFIED_PUT, PK_VALUES(fingerprint, sql_int(verified->compared_at.ms)));
}

void
pk_verified_scope_put(struct pk_txn *txn, const struct pk_verified_scope *scope)
{
    pk_txn_run(txn, PK_SQL_VERIFIED_SCOPE_PUT,
               PK_VALUES(sql_int(scope->subnet.address), sql_int(scope->subnet.length),
                         sql_text(scope->relationship), sql_hash(&scope->declared),
                         sql_hash(&scope->held), sql_text(scope->file)));
}

void
pk_verified_scope_forget(struct pk_txn *txn, struct pk_prefix subnet)
{
    pk_txn_run(txn, PK_SQL_VERIFIED_SCOPE_FORGET,
               PK_VALUES(sql_int(subnet.address), sql_int(subnet.length)));
}

void
pk_verified_forget(struct pk_txn *txn)
{
    pk_txn_run(txn, PK_SQL_VERIFIED_SCOPES_FORGET, NULL, 0);
    pk_txn_run(txn, PK_SQL_VERIFIED_FORGET, NULL, 0);
}
