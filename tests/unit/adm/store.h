/**
 * @file
 * A database of a test's own, in a folder of its own.
 */
#ifndef PK_TESTS_STORE_H
#define PK_TESTS_STORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adm/db.h"
#include "adm/model.h"

struct store {
    char folder[64];
    char path[128];
    struct pk_db *db; /**< open for writing; NULL in tests that open it themselves */
};

/** Folder only, and folder with an open database. */
int store_make_folder(void **state);
int store_open(void **state);
int store_remove(void **state);

/** Runs SQL over a connection of its own, foreign keys on.  @return SQLite's result code */
int store_try(const struct store *store, const char *sql);
/** The same, which must work. */
void store_sql(const struct store *store, const char *sql);
/** First column of the first row as a number; fails the test when there is none. */
int64_t store_number(const struct store *store, const char *sql);

/** Names of the folder's files, sorted, each followed by a space. */
const char *store_files(struct pk_pool *pool, const struct store *store);

/** One part by name, `options.routers`, and its canonical value. */
struct named_part {
    const char *name, *value;
};

/** Canonical parts from rows closed by {NULL, NULL}. */
struct pk_parts make_parts(struct pk_pool *pool, const struct pk_field_table *table,
                           const struct named_part *named);

/** Fails the test, naming the first part that differs. */
void assert_same_parts(const struct pk_parts *got, const struct pk_parts *wanted);

/** Ends a transaction that must have worked. */
void must_end(struct pk_txn *txn);
/** Passes PK_OK only, printing the error. */
void must(enum pk_code code, const struct pk_error *err);

struct pk_prefix prefix(const char *text);

#endif
