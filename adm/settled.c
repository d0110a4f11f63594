/* Five small tables that are written together and read together. */
#include "adm/settled.h"

#include "adm/query.h"

static enum pk_code
load_sources(struct pk_db *db, struct pk_pool *pool, struct pk_settled *out, struct pk_error *err)
{
    PK_VECTOR(struct pk_settled_file) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SETTLED_FILES, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_settled_file){
            .path = pk_column_text(pool, &cursor, 0),
            .content = pk_column_text(pool, &cursor, 1),
        };
    }
    out->sources = list.at;
    out->source_count = list.count;
    return pk_cursor_close(&cursor, err);
}

static enum pk_code
load_open(struct pk_db *db, struct pk_pool *pool, struct pk_settled *out, struct pk_error *err)
{
    struct pk_prefixes list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SETTLED_OPEN, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = pk_column_prefix(&cursor, 0);
    }
    out->open = list;
    return pk_cursor_close(&cursor, err);
}

static enum pk_code
load_relationships(struct pk_db *db, struct pk_pool *pool, struct pk_settled *out,
                   struct pk_error *err)
{
    PK_VECTOR(struct pk_settled_relationship) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SETTLED_RELATIONSHIPS, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_settled_relationship){
            .name = pk_column_text(pool, &cursor, 0),
            .scopes = (size_t)pk_column_int(&cursor, 1),
        };
    }
    out->relationships = list.at;
    out->relationship_count = list.count;
    return pk_cursor_close(&cursor, err);
}

static enum pk_code
load_servers(struct pk_db *db, struct pk_pool *pool, struct pk_settled *out, struct pk_error *err)
{
    PK_VECTOR(struct pk_settled_server) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SETTLED_SERVERS, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_settled_server){
            .name = pk_column_text(pool, &cursor, 0),
            .sequence = pk_column_text(pool, &cursor, 1),
        };
    }
    out->servers = list.at;
    out->server_count = list.count;
    return pk_cursor_close(&cursor, err);
}

static enum pk_code
load_head(struct pk_db *db, struct pk_pool *pool, struct pk_settled *out, struct pk_error *err)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SETTLED, NULL, 0);
    if (pk_cursor_next(&cursor)) {
        *out = (struct pk_settled){
            .commit = pk_column_text(pool, &cursor, 0),
            .fingerprint = pk_column_text(pool, &cursor, 1),
            .verified = pk_column_time(&cursor, 2),
            .files = (size_t)pk_column_int(&cursor, 3),
            .bytes = (uint64_t)pk_column_int(&cursor, 4),
        };
    }
    return pk_cursor_close(&cursor, err);
}

enum pk_code
pk_settled_load(struct pk_db *db, struct pk_pool *pool, struct pk_settled *out,
                struct pk_error *err)
{
    struct pk_settled settled = {0};
    bool begun = pk_snapshot_begin(db);
    enum pk_code code = load_head(db, pool, &settled, err);
    if (code == PK_OK && settled.commit != NULL &&
        (code = load_sources(db, pool, &settled, err)) == PK_OK &&
        (code = load_open(db, pool, &settled, err)) == PK_OK &&
        (code = load_relationships(db, pool, &settled, err)) == PK_OK) {
        code = load_servers(db, pool, &settled, err);
    }
    pk_snapshot_end(db, begun);
    if (code == PK_OK) {
        *out = settled;
    }
    return code;
}

void
pk_settled_forget(struct pk_txn *txn)
{
    static const enum pk_sql deletes[] = {
        PK_SQL_SETTLED_DELETE,         PK_SQL_SETTLED_FILES_DELETE,
        PK_SQL_SETTLED_OPEN_DELETE,    PK_SQL_SETTLED_RELATIONSHIPS_DELETE,
        PK_SQL_SETTLED_SERVERS_DELETE,
    };
    for (size_t i = 0; i < sizeof deletes / sizeof deletes[0]; i++) {
        pk_txn_run(txn, deletes[i], NULL, 0);
    }
}

void
pk_settled_put(struct pk_txn *txn, const struct pk_settled *settled)
{
    pk_settled_forget(txn);
    pk_txn_run(txn, PK_SQL_SETTLED_INSERT,
               PK_VALUES(sql_text(settled->commit), sql_text(settled->fingerprint),
                         sql_int(settled->verified.ms), sql_int((int64_t)settled->files),
                         sql_int((int64_t)settled->bytes)));
    for (size_t i = 0; i < settled->source_count; i++) {
        pk_txn_run(
            txn, PK_SQL_SETTLED_FILE_INSERT,
            PK_VALUES(sql_text(settled->sources[i].path), sql_text(settled->sources[i].content)));
    }
    for (size_t i = 0; i < settled->open.count; i++) {
        pk_txn_run(
            txn, PK_SQL_SETTLED_OPEN_INSERT,
            PK_VALUES(sql_int(settled->open.at[i].address), sql_int(settled->open.at[i].length)));
    }
    for (size_t i = 0; i < settled->relationship_count; i++) {
        pk_txn_run(txn, PK_SQL_SETTLED_RELATIONSHIP_INSERT,
                   PK_VALUES(sql_text(settled->relationships[i].name),
                             sql_int((int64_t)settled->relationships[i].scopes)));
    }
    for (size_t i = 0; i < settled->server_count; i++) {
        pk_txn_run(
            txn, PK_SQL_SETTLED_SERVER_INSERT,
            PK_VALUES(sql_text(settled->servers[i].name), sql_text(settled->servers[i].sequence)));
    }
}
