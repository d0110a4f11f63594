/**
 * @file
 * The ADM database: one SQLite file, opened by one process for writing.
 *
 * A writer takes a lock beside the file (`<path>.lock`), runs the migrations and is the only
 * connection that checkpoints; readers open read-only and never block it.  Everything the rest of
 * the program may ask stands in adm/statements.c, addressed by enum; only adm/ sees SQL.
 */
#ifndef PK_ADM_DB_H
#define PK_ADM_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

struct pk_db;

enum pk_db_mode {
    PK_DB_WRITE, /**< creates and migrates the file, holds the lock until pk_db_close() */
    PK_DB_READ,  /**< query only; creates nothing                                       */
};

/**
 * @param out  yours, for pk_db_close(); untouched unless PK_OK
 * @return PK_OK; PK_ENOENT (no such folder; or reading, and no such file or nothing in it);
 *         PK_ELOCKED (writing, another pairkeeper holds it); PK_EACCESS; PK_EINVAL (not a
 *         pairkeeper database, a symbolic link, or tables of a newer version); PK_ESYS.  A damaged
 * file is set aside as `<path>.damaged-<time>` and a new one made, unless embedded servers may live
 * in it (@p embedded): then PK_ESYS, nothing moved.  So is one that was there before and is gone or
 * empty, and an empty one that no pairkeeper made.
 */
enum pk_code pk_db_open(const char *path, enum pk_db_mode mode, bool embedded, struct pk_db **out,
                        struct pk_error *err);
void pk_db_close(struct pk_db *db);
/** For PK_CLEANUP. */
void pk_db_release(struct pk_db **db);

const char *pk_db_path(const struct pk_db *db);

/**
 * Is the file that was opened still the one at its path?  Once it is removed or replaced, whatever
 * is written goes nowhere: transactions fail with this error, and who runs for long asks.
 * @return PK_OK; PK_ESYS
 */
enum pk_code pk_db_present(const struct pk_db *db, struct pk_error *err);

/**
 * Several writes that happen together or not at all.  A transaction keeps its first failure: later
 * steps do nothing, and pk_txn_end() rolls back and reports it.  So callers check once.  Nested
 * begins are savepoints of their own that may fail alone.
 *
 *     struct pk_txn txn;
 *     pk_txn_begin(db, &txn);
 *     pk_event_add(&txn, …);
 *     pk_condition_set(&txn, …);
 *     return pk_txn_end(&txn, err);
 */
struct pk_txn {
    struct pk_db *db;
    struct pk_txn *outer; /**< NULL = the outermost */
    unsigned depth;       /**< 0 = the outermost    */
    struct pk_error failure;
};

void pk_txn_begin(struct pk_db *db, struct pk_txn *txn);
/** Commits, or rolls back after a failure.  @return PK_OK or the first failure, also in @p err */
enum pk_code pk_txn_end(struct pk_txn *txn, struct pk_error *err);
/** Records a failure found by the caller: the end will roll back. */
void pk_txn_fail(struct pk_txn *txn, const struct pk_error *why);

/** Is it the store itself that failed, and not this one change that it cannot hold? */
bool pk_db_has_failed(enum pk_code code);

/** Number of row changes since the connection was opened: tests prove "nothing was written". */
int64_t pk_db_changes(const struct pk_db *db);

#endif
