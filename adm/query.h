/**
 * @file
 * Running the statements of adm/statements.c: for the files of adm/ only.
 *
 * Values are typed at the call (sql_text(), sql_int(), …), so that a wrong bind does not compile.
 */
#ifndef PK_ADM_QUERY_H
#define PK_ADM_QUERY_H

#include "adm/db-file.h"
#include "adm/db.h"
#include "adm/statements.h"
#include "base/clock.h"
#include "base/ipv4.h"
#include "base/sha256.h"

struct sqlite3;
struct sqlite3_stmt;

struct pk_db {
    struct sqlite3 *handle;
    enum pk_db_mode mode;
    int lock; /**< descriptor that holds the lock, -1 = none */
    char *path;
    struct pk_db_identity identity; /**< of the file that was opened */
    struct pk_txn *innermost;       /**< the transaction that is open, NULL = none */
    struct sqlite3_stmt *prepared[PK_SQL_COUNT];
};

/**
 * What the library said last, as our code and words; @p doing ends up in the message, unless a
 * row was refused (PK_EREFUSED), which is said in the words of its fields.
 */
enum pk_code pk_db_failure(const struct pk_db *db, const char *doing, struct pk_error *err);

/** Runs @p sql text that has no parameters and answers no rows. */
enum pk_code pk_db_exec(struct pk_db *db, const char *sql, struct pk_error *err);

/** One value to bind; NULL text and zero-filled hashes of no row are told apart by kind. */
struct pk_value {
    enum { PK_VALUE_NULL, PK_VALUE_INT, PK_VALUE_TEXT, PK_VALUE_HASH } kind;
    int64_t integer;
    const char *text; /**< NULL binds NULL */
    const struct pk_sha256 *hash;
};

static inline struct pk_value
sql_int(int64_t integer)
{
    return (struct pk_value){.kind = PK_VALUE_INT, .integer = integer};
}

/** NULL when @p integer is @p absent. */
static inline struct pk_value
sql_int_unless(int64_t absent, int64_t integer)
{
    return integer == absent ? (struct pk_value){.kind = PK_VALUE_NULL} : sql_int(integer);
}

static inline struct pk_value
sql_text(const char *text)
{
    return (struct pk_value){.kind = PK_VALUE_TEXT, .text = text};
}

static inline struct pk_value
sql_hash(const struct pk_sha256 *hash)
{
    return (struct pk_value){.kind = PK_VALUE_HASH, .hash = hash};
}

/** The values ?1, ?2, … of a statement and their number: two arguments. */
#define PK_VALUES(...)                                                                             \
    (const struct pk_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct pk_value[]){__VA_ARGS__}) / sizeof(struct pk_value)

/** A statement that answers no rows.  Does nothing after a failure of @p txn. */
void pk_txn_run(struct pk_txn *txn, enum pk_sql id, const struct pk_value *values, size_t count);

/** As pk_txn_run() for an INSERT: the new row's id, 0 after a failure. */
int64_t
pk_txn_insert(struct pk_txn *txn, enum pk_sql id, const struct pk_value *values, size_t count);

/** First column of the first row; @p absent when there is none, it is NULL, or after a failure. */
int64_t pk_txn_number(struct pk_txn *txn, enum pk_sql id, int64_t absent,
                      const struct pk_value *values, size_t count);

/** Records a failure with @p txn: "where: message". */
void pk_txn_failf(struct pk_txn *txn, enum pk_code code, const char *format, ...) PK_PRINTF(3, 4);

static inline bool
pk_txn_failed(const struct pk_txn *txn)
{
    return txn->failure.code != PK_OK;
}

/** Rows of one statement, in its order.  One cursor per statement at a time. */
struct pk_cursor {
    struct pk_db *db;
    struct sqlite3_stmt *stmt; /**< NULL after a failure to prepare */
    struct pk_error failure;
};

void pk_cursor_open(struct pk_cursor *cursor, struct pk_db *db, enum pk_sql id,
                    const struct pk_value *values, size_t count);
/** The next row; false at the end and after a failure. */
bool pk_cursor_next(struct pk_cursor *cursor);
/** @return PK_OK or what failed on the way, then also in @p err */
enum pk_code pk_cursor_close(struct pk_cursor *cursor, struct pk_error *err);
/** Closes a cursor of a transaction, which keeps the failure. */
void pk_cursor_close_in(struct pk_cursor *cursor, struct pk_txn *txn);

/* Columns of the current row, from 0. */
bool pk_column_is_null(const struct pk_cursor *cursor, int column);
int64_t pk_column_int(const struct pk_cursor *cursor, int column); /**< 0 for NULL */
struct pk_wall pk_column_time(const struct pk_cursor *cursor, int column);
/** Borrowed until the cursor moves; NULL for NULL. */
const char *pk_column_peek(const struct pk_cursor *cursor, int column);
/** A copy in @p pool; NULL for NULL. */
const char *pk_column_text(struct pk_pool *pool, const struct pk_cursor *cursor, int column);
/** All zero unless the column is a hash. */
struct pk_sha256 pk_column_hash(const struct pk_cursor *cursor, int column);
/** From an address column and the length in the next one. */
struct pk_prefix pk_column_prefix(const struct pk_cursor *cursor, int column);

/**
 * Lets several statements read one state of the file.
 * @return true when the caller has to end it with pk_snapshot_end()
 */
bool pk_snapshot_begin(struct pk_db *db);
void pk_snapshot_end(struct pk_db *db, bool begun);

#endif
