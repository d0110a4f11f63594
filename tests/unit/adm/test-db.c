/* What is promised about the database as a file, and about transactions. */
#include "store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "adm/scopes.h"

static enum pk_code
try_open(const struct store *store, enum pk_db_mode mode, bool embedded, struct pk_error *err)
{
    PK_CLEANUP(pk_db_release) struct pk_db *db = NULL;
    return pk_db_open(store->path, mode, embedded, &db, err);
}

static void
write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static void
a_new_database_is_only_for_its_owner(void **state)
{
    struct store *store = *state;
    struct stat what;
    assert_int_equal(stat(store->path, &what), 0);
    assert_int_equal(what.st_mode & 0777, 0600);
    assert_int_equal(store_number(store, "PRAGMA user_version"), 6);
    assert_int_equal(store_number(store, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static void
every_table_is_strict(void **state)
{
    assert_int_equal(store_number(*state, "SELECT count(*) FROM pragma_table_list WHERE strict = 0"
                                          " AND name NOT LIKE 'sqlite_%'"),
                     0);
}

static void
reading_creates_nothing(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    assert_int_equal(try_open(store, PK_DB_READ, false, &err), PK_ENOENT);
    assert_string_equal(err.message, "there is no database yet: `pairkeeper apply` makes it");
    assert_string_equal(store_files(pool, store), "");

    must(try_open(store, PK_DB_WRITE, false, &err), &err);
    const char *before = store_files(pool, store);
    must(try_open(store, PK_DB_READ, false, &err), &err);
    assert_string_equal(store_files(pool, store), before);
}

static void
a_reader_cannot_write(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    PK_CLEANUP(pk_db_release) struct pk_db *reader = NULL;
    must(pk_db_open(store->path, PK_DB_READ, false, &reader, &err), &err);
    struct pk_txn txn;
    pk_txn_begin(reader, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    assert_int_equal(pk_txn_end(&txn, &err), PK_EINVAL);
    assert_string_equal(err.message, "opened for reading only: nothing can be written");
}

static void
a_reader_works_beside_the_writer(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    must_end(&txn);

    PK_CLEANUP(pk_db_release) struct pk_db *reader = NULL;
    must(pk_db_open(store->path, PK_DB_READ, false, &reader, &err), &err);
    int64_t sequence = 0;
    must(pk_adm_sequence(reader, "dhcp-a", &sequence, &err), &err);
    assert_int_equal(sequence, 1);
}

static void
a_second_writer_is_told_who_holds_the_database(void **state)
{
    struct store *store = *state;
    pid_t child = fork();
    if (child == 0) {
        struct pk_error err = {0};
        char wanted[32];
        snprintf(wanted, sizeof wanted, "(process %ld)", (long)getppid());
        bool right = try_open(store, PK_DB_WRITE, false, &err) == PK_ELOCKED &&
                     strstr(err.message, wanted) != NULL;
        _exit(right ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
}

static void
closing_gives_the_lock_back(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    pk_db_release(&store->db);
    must(pk_db_open(store->path, PK_DB_WRITE, false, &store->db, &err), &err);
}

static void
a_missing_folder_is_named(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct store elsewhere = *store;
    char wanted[256];
    snprintf(elsewhere.path, sizeof elsewhere.path, "%s/none/pairkeeper.db", store->folder);
    snprintf(wanted, sizeof wanted, "there is no folder %s/none: create it (mkdir -p %s/none)",
             store->folder, store->folder);
    assert_int_equal(try_open(&elsewhere, PK_DB_WRITE, false, &err), PK_ENOENT);
    assert_string_equal(err.message, wanted);
    assert_string_equal(err.where, elsewhere.path);
}

static void
a_link_for_the_folder_is_followed_but_not_one_for_the_file(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct store linked = *store;
    char folder[128], file[128];
    snprintf(folder, sizeof folder, "%s/link", store->folder);
    snprintf(linked.path, sizeof linked.path, "%s/link/pairkeeper.db", store->folder);
    assert_int_equal(symlink(store->folder, folder), 0);
    must(try_open(&linked, PK_DB_WRITE, false, &err), &err);

    snprintf(file, sizeof file, "%s/other.db", store->folder);
    assert_int_equal(symlink(store->path, file), 0);
    snprintf(linked.path, sizeof linked.path, "%s", file);
    assert_int_equal(try_open(&linked, PK_DB_WRITE, false, &err), PK_EINVAL);
    assert_string_equal(err.message, "is a symbolic link: name the database file itself");
}

static void
a_folder_link_that_leads_nowhere_is_said(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct store linked = *store;
    char folder[128];
    snprintf(folder, sizeof folder, "%s/link", store->folder);
    snprintf(linked.path, sizeof linked.path, "%s/link/pairkeeper.db", store->folder);
    assert_int_equal(symlink("/nonexistent/folder", folder), 0);
    assert_int_equal(try_open(&linked, PK_DB_WRITE, false, &err), PK_ENOENT);
    assert_non_null(strstr(err.message, "leads nowhere"));
}

static void
a_newer_version_is_refused_and_left_alone(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    pk_db_release(&store->db);
    store_sql(store, "PRAGMA user_version = 7");
    const char *wanted = "was written by a newer pairkeeper (tables of version 7, this program "
                         "knows 6): upgrade pairkeeper";
    assert_int_equal(try_open(store, PK_DB_WRITE, false, &err), PK_EINVAL);
    assert_string_equal(err.message, wanted);
    assert_int_equal(try_open(store, PK_DB_READ, false, &err), PK_EINVAL);
    assert_string_equal(err.message, wanted);
    assert_int_equal(store_number(store, "PRAGMA user_version"), 7);
}

static void
another_programs_database_is_refused_and_left_alone(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    store_sql(store, "PRAGMA application_id = 252006674; CREATE TABLE theirs(a)");
    assert_int_equal(try_open(store, PK_DB_WRITE, false, &err), PK_EINVAL);
    assert_string_equal(err.message,
                        "is not a pairkeeper database: name another path as `database`");
    assert_int_equal(store_number(store, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void
a_file_that_never_was_a_database_is_not_touched(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    write_file(store->path, "servers: {dhcp-a: {driver: adm}} # longer than SQLite's own header\n"
                            "# ............................................................\n");
    for (int attempt = 0; attempt < 2; attempt++) { /* a failed attempt must not count as ours */
        assert_int_equal(try_open(store, PK_DB_WRITE, false, &err), PK_EINVAL);
        assert_string_equal(err.message,
                            "is not a pairkeeper database: name another path as `database`");
    }
}

struct lock_path {
    char text[sizeof((struct store *)NULL)->path + sizeof ".lock"];
};

static struct lock_path
lock_path(const struct store *store)
{
    struct lock_path path;
    snprintf(path.text, sizeof path.text, "%s.lock", store->path);
    return path;
}

/* Destroys the middle of the file, as a bad disk does. */
static void
damage(struct store *store)
{
    enum { PLACE = 2 * 4096, BYTES = 4 * 4096 };
    pk_db_release(&store->db);
    store_sql(store, "PRAGMA wal_checkpoint(TRUNCATE)");
    static const char garbage[BYTES] = "garbage";
    int file = open(store->path, O_WRONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, garbage, sizeof garbage, PLACE), sizeof garbage);
    close(file);
}

static void
a_damaged_database_is_set_aside_and_a_new_one_made(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "kea");
    must_end(&txn);
    damage(store);
    must(pk_db_open(store->path, PK_DB_WRITE, false, &store->db, &err), &err);
    assert_non_null(strstr(store_files(pool, store), "pairkeeper.db.damaged-"));
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_servers"), 0);
}

static void
a_database_damaged_from_its_first_byte_is_known_by_its_lock(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    pk_db_release(&store->db);
    write_file(store->path, "nothing of the database is left here, not even its first line .....");
    must(try_open(store, PK_DB_WRITE, false, &err), &err);
    assert_non_null(strstr(store_files(pool, store), "pairkeeper.db.damaged-"));
}

static void
a_damaged_database_with_embedded_servers_stays(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    damage(store);
    assert_int_equal(try_open(store, PK_DB_WRITE, true, &err), PK_ESYS);
    assert_non_null(strstr(err.message, "is damaged and was left as it is"));
    assert_null(strstr(store_files(pool, store), "damaged-"));
}

static void
who_reads_a_damaged_database_is_told_what_who_writes_is_told(void **state)
{
    struct store *store = *state;
    struct pk_error reading = {0}, writing = {0};
    pk_db_release(&store->db);
    write_file(store->path, "nothing of the database is left here, not even its first line .....");
    assert_int_equal(try_open(store, PK_DB_READ, true, &reading), PK_ESYS);
    assert_int_equal(try_open(store, PK_DB_WRITE, true, &writing), PK_ESYS);
    assert_string_equal(reading.message, writing.message);
    assert_non_null(strstr(reading.message, "restore a copy, or move it and "));

    assert_int_equal(try_open(store, PK_DB_READ, false, &reading), PK_ESYS);
    assert_non_null(strstr(reading.message, "let `pairkeeper apply` set it aside"));
}

static void
a_database_that_was_removed_takes_no_more_writes(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_txn txn;
    assert_int_equal(unlink(store->path), 0);
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    assert_int_equal(pk_txn_end(&txn, &err), PK_ESYS);
    assert_non_null(strstr(err.message, "was removed or replaced while it was open"));
    assert_null(strstr(store_files(pool, store), "pairkeeper.db "));
}

static void
a_database_that_was_replaced_takes_no_more_writes(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    char elsewhere[sizeof store->path + sizeof ".old"];
    snprintf(elsewhere, sizeof elsewhere, "%s.old", store->path);
    assert_int_equal(rename(store->path, elsewhere), 0);
    write_file(store->path, "");
    assert_int_equal(pk_db_present(store->db, &err), PK_ESYS);
}

static void
a_lost_database_with_embedded_servers_is_not_made_again(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    pk_db_release(&store->db);
    assert_int_equal(unlink(store->path), 0);
    assert_int_equal(try_open(store, PK_DB_WRITE, true, &err), PK_ESYS);
    assert_non_null(strstr(err.message, "is gone, and embedded servers lived in it"));
    assert_int_equal(try_open(store, PK_DB_READ, true, &err), PK_ESYS);
    assert_non_null(strstr(err.message, "is gone, and embedded servers lived in it"));
    assert_null(strstr(store_files(pool, store), "pairkeeper.db "));
    write_file(store->path, "");
    assert_int_equal(try_open(store, PK_DB_WRITE, true, &err), PK_ESYS);
    assert_non_null(strstr(err.message, "is empty, and embedded servers lived in it"));
    assert_int_equal(try_open(store, PK_DB_READ, true, &err), PK_ESYS);
    assert_non_null(strstr(err.message, "is empty, and embedded servers lived in it"));
}

static void
an_empty_file_of_somebody_else_is_no_home_for_embedded_servers(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    pk_db_release(&store->db);
    unlink(store->path);
    unlink(lock_path(store).text);
    write_file(store->path, "");
    static const enum pk_db_mode modes[] = {PK_DB_READ, PK_DB_WRITE, PK_DB_WRITE};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) { /* asking again changes nothing */
        assert_int_equal(try_open(store, modes[i], true, &err), PK_ESYS);
        assert_non_null(strstr(err.message, "is an empty file that pairkeeper did not make"));
    }
    must(pk_db_open(store->path, PK_DB_WRITE, false, &store->db, &err), &err);
}

static void
a_lost_database_without_embedded_servers_is_made_anew(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    pk_db_release(&store->db);
    assert_int_equal(unlink(store->path), 0);
    must(pk_db_open(store->path, PK_DB_WRITE, false, &store->db, &err), &err);
}

static void
a_database_that_was_never_finished_is_not_lost(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    write_file(lock_path(store).text, "4711\n");
    write_file(store->path, "");
    assert_int_equal(try_open(store, PK_DB_READ, true, &err), PK_ENOENT);
    must(pk_db_open(store->path, PK_DB_WRITE, true, &store->db, &err), &err);
}

static void
a_transaction_keeps_its_first_failure(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_error first = {.code = PK_ECONFLICT, .message = "first"};
    struct pk_error second = {.code = PK_EINVAL, .message = "second"};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    pk_txn_fail(&txn, &first);
    pk_txn_fail(&txn, &second);
    pk_adm_server_put(&txn, "dhcp-b", "adm");
    assert_int_equal(pk_txn_end(&txn, &err), PK_ECONFLICT);
    assert_string_equal(err.message, "first");
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_servers"), 0);
}

static void
an_inner_transaction_may_fail_alone(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_error refused = {.code = PK_EREFUSED, .message = "no"};
    struct pk_txn outer, inner;
    pk_txn_begin(store->db, &outer);
    pk_adm_server_put(&outer, "dhcp-a", "adm");
    pk_txn_begin(store->db, &inner);
    assert_int_equal(inner.depth, 1);
    pk_adm_server_put(&inner, "dhcp-b", "adm");
    pk_txn_fail(&inner, &refused);
    assert_int_equal(pk_txn_end(&inner, &err), PK_EREFUSED);
    pk_txn_begin(store->db, &inner);
    pk_adm_server_put(&inner, "dhcp-c", "adm");
    must_end(&inner);
    must_end(&outer);
    assert_int_equal(
        store_number(store, "SELECT group_concat(name) = 'dhcp-a,dhcp-c' FROM adm_dhcp_servers"),
        1);
}

static void
an_inner_transaction_does_nothing_after_a_failure_outside(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_error lost = {.code = PK_ESYS, .message = "lost"};
    struct pk_txn outer, inner;
    pk_txn_begin(store->db, &outer);
    pk_txn_fail(&outer, &lost);
    pk_txn_begin(store->db, &inner);
    pk_adm_server_put(&inner, "dhcp-b", "adm");
    assert_int_equal(pk_txn_end(&inner, &err), PK_ESYS);
    assert_int_equal(pk_txn_end(&outer, &err), PK_ESYS);
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_servers"), 0);
}

static void
a_failed_statement_rolls_back_and_says_why(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    pk_adm_server_put(&txn, "", "adm");
    assert_int_equal(pk_txn_end(&txn, &err), PK_EREFUSED);
    assert_string_equal(err.where, store->path);
    assert_non_null(strstr(err.message, "CHECK constraint failed"));
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_servers"), 0);
}

int
main(void)
{
#define WITH_DATABASE(test) cmocka_unit_test_setup_teardown(test, store_open, store_remove)
#define WITH_FOLDER(test)   cmocka_unit_test_setup_teardown(test, store_make_folder, store_remove)
    const struct CMUnitTest tests[] = {
        WITH_DATABASE(a_new_database_is_only_for_its_owner),
        WITH_DATABASE(every_table_is_strict),
        WITH_FOLDER(reading_creates_nothing),
        WITH_DATABASE(a_reader_cannot_write),
        WITH_DATABASE(a_reader_works_beside_the_writer),
        WITH_DATABASE(a_second_writer_is_told_who_holds_the_database),
        WITH_DATABASE(closing_gives_the_lock_back),
        WITH_FOLDER(a_missing_folder_is_named),
        WITH_FOLDER(a_link_for_the_folder_is_followed_but_not_one_for_the_file),
        WITH_FOLDER(a_folder_link_that_leads_nowhere_is_said),
        WITH_DATABASE(a_newer_version_is_refused_and_left_alone),
        WITH_FOLDER(another_programs_database_is_refused_and_left_alone),
        WITH_FOLDER(a_file_that_never_was_a_database_is_not_touched),
        WITH_DATABASE(a_damaged_database_is_set_aside_and_a_new_one_made),
        WITH_DATABASE(a_database_damaged_from_its_first_byte_is_known_by_its_lock),
        WITH_DATABASE(a_damaged_database_with_embedded_servers_stays),
        WITH_DATABASE(who_reads_a_damaged_database_is_told_what_who_writes_is_told),
        WITH_DATABASE(an_empty_file_of_somebody_else_is_no_home_for_embedded_servers),
        WITH_DATABASE(a_database_that_was_removed_takes_no_more_writes),
        WITH_DATABASE(a_database_that_was_replaced_takes_no_more_writes),
        WITH_DATABASE(a_lost_database_with_embedded_servers_is_not_made_again),
        WITH_DATABASE(a_lost_database_without_embedded_servers_is_made_anew),
        WITH_FOLDER(a_database_that_was_never_finished_is_not_lost),
        WITH_DATABASE(a_transaction_keeps_its_first_failure),
        WITH_DATABASE(an_inner_transaction_may_fail_alone),
        WITH_DATABASE(an_inner_transaction_does_nothing_after_a_failure_outside),
        WITH_DATABASE(a_failed_statement_rolls_back_and_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
