/*
 * Statements are prepared when they are first needed and kept: a pass over 100,000 scopes runs the
 * same few thousands of times, a `status` runs three of them once.
 */
#include "adm/query.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

static const char *
advice(int sqlite_code)
{
    switch (sqlite_code) {
    case SQLITE_FULL:
        return "the disk is full: free some space and run again";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program is using the database: close it and run again";
    case SQLITE_NOMEM:
        return "memory ran out: end other programs or raise the limit, then run again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "the database is damaged: keep the file and restore a copy";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "check the owner and the mode of the file and its folder";
    case SQLITE_CONSTRAINT:
        return "the row breaks a rule of the tables: nothing was written";
    default:
        return "check the disk, then run again";
    }
}

static enum pk_code
code_of(int sqlite_code)
{
    switch (sqlite_code) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return PK_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return PK_EAGAIN;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return PK_EACCESS;
    default:
        return PK_ESYS;
    }
}

/* Rules of the tables that a row of a server can break, in the words of its fields. */
static const struct {
    const char *broken; /* what the library names */
    const char *said;
} refusals[] = {
    {"adm_dhcp_scopes.scope_id", "the server holds a scope of this network address already"},
    {"adm_dhcp_scopes.subnet_id",
     "id: another scope of the server has the same subnet id; choose another one"},
    {"adm_dhcp_reservations.ip_address",
     "reservations: two of the scope keep the same address (ip); give each its own"},
    {"adm_dhcp_reservations.identifier_type",
     "reservations: two of the scope are for the same client; keep one of them"},
    {"adm_dhcp_options_key", "options: one of them stands there twice; keep one of them"},
    {"adm_dhcp_scope_failover.scope_id",
     "relationship: the scope is in another one already; take it out there first"},
    {"adm_dhcp_failover_relations.relationship_name",
     "the server knows another relationship of this name; choose another name"},
};

/* The statement says nothing to those who asked for the row. */
static enum pk_code
refused(const struct pk_db *db, struct pk_error *err)
{
    const char *words = sqlite3_errmsg(db->handle);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (strstr(words, refusals[i].broken) != NULL) {
            return pk_error_set(err, PK_EREFUSED, db->path, "%s", refusals[i].said);
        }
    }
    return pk_error_set(err, PK_EREFUSED, db->path, "%s: %s", words, advice(SQLITE_CONSTRAINT));
}

enum pk_code
pk_db_failure(const struct pk_db *db, const char *doing, struct pk_error *err)
{
    int code = sqlite3_errcode(db->handle);
    if (code == SQLITE_CONSTRAINT) {
        return refused(db, err);
    }
    enum pk_code ours = code_of(code) == PK_OK ? PK_ESYS : code_of(code);
    return pk_error_set(err, ours, db->path, "%s (%.160s): %s", sqlite3_errmsg(db->handle), doing,
                        advice(code));
}

enum pk_code
pk_db_exec(struct pk_db *db, const char *sql, struct pk_error *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return pk_db_failure(db, sql, err);
    }
    return PK_OK;
}

static sqlite3_stmt *
prepared(struct pk_db *db, enum pk_sql id, struct pk_error *err)
{
    if (db->prepared[id] == NULL &&
        sqlite3_prepare_v3(db->handle, pk_sql_text(id), -1, SQLITE_PREPARE_PERSISTENT,
                           &db->prepared[id], NULL) != SQLITE_OK) {
        pk_db_failure(db, pk_sql_text(id), err);
    }
    return db->prepared[id];
}

static int
bind(sqlite3_stmt *stmt, const struct pk_value *values, size_t count)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        const struct pk_value *value = &values[i];
        int at = (int)i + 1;
        switch (value->kind) {
        case PK_VALUE_NULL:
            code = sqlite3_bind_null(stmt, at);
            break;
        case PK_VALUE_INT:
            code = sqlite3_bind_int64(stmt, at, value->integer);
            break;
        case PK_VALUE_TEXT:
            code = sqlite3_bind_text(stmt, at, value->text, -1, SQLITE_STATIC);
            break;
        case PK_VALUE_HASH:
            code = sqlite3_bind_blob(stmt, at, value->hash->bytes, PK_SHA256_BYTES, SQLITE_STATIC);
            break;
        }
    }
    return code;
}

static void
finish(sqlite3_stmt *stmt)
{
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
}

void
pk_txn_run(struct pk_txn *txn, enum pk_sql id, const struct pk_value *values, size_t count)
{
    if (pk_txn_failed(txn)) {
        return;
    }
    sqlite3_stmt *stmt = prepared(txn->db, id, &txn->failure);
    if (stmt == NULL) {
        return;
    }
    if (bind(stmt, values, count) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE) {
        pk_db_failure(txn->db, pk_sql_text(id), &txn->failure);
    }
    finish(stmt);
}

int64_t
pk_txn_insert(struct pk_txn *txn, enum pk_sql id, const struct pk_value *values, size_t count)
{
    pk_txn_run(txn, id, values, count);
    return pk_txn_failed(txn) ? 0 : sqlite3_last_insert_rowid(txn->db->handle);
}

int64_t
pk_txn_number(struct pk_txn *txn, enum pk_sql id, int64_t absent, const struct pk_value *values,
              size_t count)
{
    if (pk_txn_failed(txn)) {
        return absent;
    }
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, txn->db, id, values, count);
    bool there = pk_cursor_next(&cursor) && !pk_column_is_null(&cursor, 0);
    int64_t number = there ? pk_column_int(&cursor, 0) : absent;
    pk_cursor_close_in(&cursor, txn);
    return number;
}

void
pk_txn_failf(struct pk_txn *txn, enum pk_code code, const char *format, ...)
{
    struct pk_error why = {0};
    char message[sizeof why.message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    pk_error_set(&why, code, txn->db->path, "%s", message);
    pk_txn_fail(txn, &why);
}

void
pk_cursor_open(struct pk_cursor *cursor, struct pk_db *db, enum pk_sql id,
               const struct pk_value *values, size_t count)
{
    *cursor = (struct pk_cursor){.db = db};
    cursor->stmt = prepared(db, id, &cursor->failure);
    if (cursor->stmt != NULL && bind(cursor->stmt, values, count) != SQLITE_OK) {
        pk_db_failure(db, pk_sql_text(id), &cursor->failure);
    }
}

bool
pk_cursor_next(struct pk_cursor *cursor)
{
    if (cursor->failure.code != PK_OK) {
        return false;
    }
    int code = sqlite3_step(cursor->stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        pk_db_failure(cursor->db, sqlite3_sql(cursor->stmt), &cursor->failure);
    }
    return code == SQLITE_ROW;
}

enum pk_code
pk_cursor_close(struct pk_cursor *cursor, struct pk_error *err)
{
    if (cursor->stmt != NULL) {
        finish(cursor->stmt);
        cursor->stmt = NULL;
    }
    if (cursor->failure.code != PK_OK && err != NULL) {
        *err = cursor->failure;
    }
    return cursor->failure.code;
}

void
pk_cursor_close_in(struct pk_cursor *cursor, struct pk_txn *txn)
{
    struct pk_error why;
    if (pk_cursor_close(cursor, &why) != PK_OK) {
        pk_txn_fail(txn, &why);
    }
}

bool
pk_column_is_null(const struct pk_cursor *cursor, int column)
{
    return sqlite3_column_type(cursor->stmt, column) == SQLITE_NULL;
}

int64_t
pk_column_int(const struct pk_cursor *cursor, int column)
{
    return sqlite3_column_int64(cursor->stmt, column);
}

struct pk_wall
pk_column_time(const struct pk_cursor *cursor, int column)
{
    return (struct pk_wall){.ms = pk_column_int(cursor, column)};
}

/* The library answers NULL for a NULL and when memory ran out, and a NULL means something here. */
const char *
pk_column_peek(const struct pk_cursor *cursor, int column)
{
    bool is_null = pk_column_is_null(cursor, column); /* asked first: a failure makes it one */
    const char *text = (const char *)sqlite3_column_text(cursor->stmt, column);
    if (text == NULL && !is_null) {
        pk_out_of_memory();
    }
    return text;
}

const char *
pk_column_text(struct pk_pool *pool, const struct pk_cursor *cursor, int column)
{
    const char *text = pk_column_peek(cursor, column);
    return text == NULL
               ? NULL
               : pk_strndup(pool, text, (size_t)sqlite3_column_bytes(cursor->stmt, column));
}

struct pk_sha256
pk_column_hash(const struct pk_cursor *cursor, int column)
{
    struct pk_sha256 hash = {{0}};
    const void *bytes = sqlite3_column_blob(cursor->stmt, column);
    if (bytes != NULL && sqlite3_column_bytes(cursor->stmt, column) == PK_SHA256_BYTES) {
        memcpy(hash.bytes, bytes, sizeof hash.bytes);
    }
    return hash;
}

struct pk_prefix
pk_column_prefix(const struct pk_cursor *cursor, int column)
{
    return (struct pk_prefix){.address = (uint32_t)pk_column_int(cursor, column),
                              .length = (uint8_t)pk_column_int(cursor, column + 1)};
}

bool
pk_snapshot_begin(struct pk_db *db)
{
    return sqlite3_get_autocommit(db->handle) != 0 && pk_db_exec(db, "BEGIN", NULL) == PK_OK;
}

void
pk_snapshot_end(struct pk_db *db, bool begun)
{
    if (begun) {
        pk_db_exec(db, "COMMIT", NULL);
    }
}
