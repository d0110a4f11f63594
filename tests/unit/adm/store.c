/* Real files: what is promised about locks, modes and damage is promised about files. */
#include "store.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/text.h"

int
store_make_folder(void **state)
{
    struct store *store = calloc(1, sizeof *store);
    assert_non_null(store);
    snprintf(store->folder, sizeof store->folder, "/tmp/pairkeeper-test-XXXXXX");
    assert_non_null(mkdtemp(store->folder));
    snprintf(store->path, sizeof store->path, "%s/pairkeeper.db", store->folder);
    *state = store;
    return 0;
}

int
store_open(void **state)
{
    store_make_folder(state);
    struct store *store = *state;
    struct pk_error err = {0};
    must(pk_db_open(store->path, PK_DB_WRITE, false, &store->db, &err), &err);
    return 0;
}

static int
remove_one(const char *path, const struct stat *what, int kind, struct FTW *place)
{
    (void)what;
    (void)kind;
    (void)place;
    return remove(path);
}

int
store_remove(void **state)
{
    enum { DESCRIPTORS = 8 };
    struct store *store = *state;
    pk_db_close(store->db);
    nftw(store->folder, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    free(store);
    return 0;
}

static sqlite3 *
connect_raw(const struct store *store)
{
    sqlite3 *raw = NULL;
    assert_int_equal(sqlite3_open(store->path, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "PRAGMA foreign_keys = ON", NULL, NULL, NULL), SQLITE_OK);
    return raw;
}

int
store_try(const struct store *store, const char *sql)
{
    sqlite3 *raw = connect_raw(store);
    int code = sqlite3_exec(raw, sql, NULL, NULL, NULL);
    sqlite3_close(raw);
    return code;
}

void
store_sql(const struct store *store, const char *sql)
{
    assert_int_equal(store_try(store, sql), SQLITE_OK);
}

int64_t
store_number(const struct store *store, const char *sql)
{
    sqlite3 *raw = connect_raw(store);
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(raw);
    return number;
}

const char *
store_files(struct pk_pool *pool, const struct store *store)
{
    struct pk_text names = {.pool = pool};
    struct dirent **found = NULL;
    int count = scandir(store->folder, &found, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (found[i]->d_name[0] != '.') {
            pk_text_addf(&names, "%s ", found[i]->d_name);
        }
        free(found[i]);
    }
    free(found);
    return pk_text_end(&names);
}

struct pk_parts
make_parts(struct pk_pool *pool, const struct pk_field_table *table, const struct named_part *named)
{
    PK_VECTOR(struct pk_part) list = {0};
    for (; named->name != NULL; named++) {
        struct pk_part part = {.value = named->value};
        assert_true(pk_part_parse_name(table, named->name, &part.field, &part.key));
        *pk_push(pool, &list) = part;
    }
    return pk_parts_canonical(list.at, list.count);
}

void
assert_same_parts(const struct pk_parts *got, const struct pk_parts *wanted)
{
    struct pk_parts_walk walk = {.a = got, .b = wanted};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        if (pair.a == NULL || pair.b == NULL || strcmp(pair.a, pair.b) != 0) {
            fail_msg("%s.%s: got %s, wanted %s", pair.field->name, pair.key,
                     pair.a != NULL ? pair.a : "nothing", pair.b != NULL ? pair.b : "nothing");
        }
    }
}

void
must(enum pk_code code, const struct pk_error *err)
{
    if (code != PK_OK) {
        fail_msg("%s: %s", err->where, err->message);
    }
}

void
must_end(struct pk_txn *txn)
{
    struct pk_error err = {0};
    must(pk_txn_end(txn, &err), &err);
}

struct pk_prefix
prefix(const char *text)
{
    struct pk_prefix parsed = {0};
    assert_true(pk_parse_prefix(text, &parsed));
    return parsed;
}
