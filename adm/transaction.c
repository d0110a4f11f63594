/*
 * The outermost transaction is BEGIN IMMEDIATE, so that a second writer is noticed at the start and
 * not in the middle; inner ones are savepoints.  SQLite may roll everything back by itself (disk
 * full, I/O error): an inner end then fails the outer one too, because its rows are gone.
 */
#include "adm/query.h"

#include <sqlite3.h>

/* A file that has no name any more takes every write, and loses it. */
static void
begin_outermost(struct pk_db *db, struct pk_error *failure)
{
    if (pk_db_present(db, failure) == PK_OK) {
        pk_db_exec(db, "BEGIN IMMEDIATE", failure);
    }
}

void
pk_txn_begin(struct pk_db *db, struct pk_txn *txn)
{
    struct pk_txn *outer = db->innermost;
    *txn = (struct pk_txn){.db = db, .outer = outer, .depth = outer != NULL ? outer->depth + 1 : 0};
    db->innermost = txn;
    if (outer != NULL && pk_txn_failed(outer)) {
        txn->failure = outer->failure;
    } else if (db->mode != PK_DB_WRITE) {
        pk_txn_failf(txn, PK_EINVAL, "opened for reading only: nothing can be written");
    } else if (outer == NULL) {
        begin_outermost(db, &txn->failure);
    } else if (pk_db_exec(db, "SAVEPOINT pk", &txn->failure) != PK_OK) {
        pk_txn_fail(outer, &txn->failure); /* without a savepoint nothing can be undone alone */
    }
}

static bool
is_open(const struct pk_db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

static void
end_outermost(struct pk_txn *txn)
{
    if (!pk_txn_failed(txn)) {
        pk_db_exec(txn->db, "COMMIT", &txn->failure);
    }
    if (pk_txn_failed(txn) && is_open(txn->db)) {
        pk_db_exec(txn->db, "ROLLBACK", NULL);
    }
}

static void
end_savepoint(struct pk_txn *txn)
{
    if (pk_txn_failed(txn->outer)) {
        return;
    }
    if (!is_open(txn->db)) {
        pk_txn_fail(txn->outer, &txn->failure);
        return;
    }
    const char *sql = pk_txn_failed(txn) ? "ROLLBACK TO pk; RELEASE pk" : "RELEASE pk";
    struct pk_error why = {0};
    if (pk_db_exec(txn->db, sql, &why) != PK_OK) {
        pk_txn_fail(txn, &why);
        pk_txn_fail(txn->outer, &why);
    }
}

enum pk_code
pk_txn_end(struct pk_txn *txn, struct pk_error *err)
{
    if (txn->outer == NULL) {
        end_outermost(txn);
    } else {
        end_savepoint(txn);
    }
    txn->db->innermost = txn->outer;
    if (pk_txn_failed(txn) && err != NULL) {
        *err = txn->failure;
    }
    return txn->failure.code;
}

void
pk_txn_fail(struct pk_txn *txn, const struct pk_error *why)
{
    if (!pk_txn_failed(txn)) {
        txn->failure = *why;
    }
}

bool
pk_db_has_failed(enum pk_code code)
{
    return code == PK_ESYS || code == PK_EAGAIN || code == PK_EACCESS || code == PK_ELOCKED;
}
