/* What is promised about hashes beside rows and about what was verified by them. */
#include "store.h"

#include "adm/applied.h"
#include "adm/scopes.h"
#include "adm/verified.h"

static const struct named_part content[] = {{"lease-time", "3600"},
                                            {"options.routers", "[\"10.0.0.1\"]"},
                                            {"ranges", "[\"10.0.0.10-10.0.0.20\"]"},
                                            {NULL, NULL}};
static const struct named_part linked[] = {{"relationship", "\"campus\""}, {NULL, NULL}};
static const struct named_part nothing[] = {{NULL, NULL}};

enum { COMPARED_MS = 1234 };

/* -- Hashes of rows --------------------------------------------------------------------------- */

static void
put_row(struct store *store, const char *subnet, const struct named_part *named)
{
    PK_SCRATCH(pool);
    const struct pk_row row = {.subnet = prefix(subnet),
                               .parts = make_parts(pool, &pk_scope_fields, named)};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    pk_adm_server_put(&txn, "dhcp-b", "adm");
    pk_adm_relation_put(&txn,
                        &(struct pk_relation){.name = "campus", .servers = {"dhcp-a", "dhcp-b"}});
    pk_adm_scope_put(&txn, "dhcp-a", &row);
    must_end(&txn);
}

static struct pk_row_hashes
load_hashes(struct store *store, struct pk_pool *pool)
{
    struct pk_row_hashes hashes = {0};
    struct pk_error err = {0};
    must(pk_adm_hashes_load(store->db, pool, "dhcp-a", &hashes, &err), &err);
    return hashes;
}

static struct pk_rows
load_rows(struct store *store, struct pk_pool *pool)
{
    struct pk_rows rows = {0};
    struct pk_error err = {0};
    must(pk_adm_scopes_load(store->db, pool, "dhcp-a", NULL, 0, &rows, &err), &err);
    return rows;
}

static void
assert_hashes_are_those_of_the_parts(struct store *store)
{
    PK_SCRATCH(pool);
    struct pk_row_hashes hashes = load_hashes(store, pool);
    struct pk_rows rows = load_rows(store, pool);
    assert_int_equal(hashes.count, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        assert_int_equal(pk_prefix_compare(hashes.at[i].subnet, rows.at[i].subnet), 0);
        assert_true(hashes.at[i].known);
        assert_true(pk_sha256_equal(&hashes.at[i].hash, &rows.at[i].hash));
    }
}

static void
a_row_is_written_with_its_hash(void **state)
{
    put_row(*state, "10.0.0.0/24", content);
    put_row(*state, "10.0.1.0/24", nothing);
    assert_hashes_are_those_of_the_parts(*state);
    put_row(*state, "10.0.0.0/24", nothing);
    put_row(*state, "10.0.1.0/24", linked);
    assert_hashes_are_those_of_the_parts(*state);
}

static void
another_name_of_the_relationship_makes_hashes_unknown(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put_row(store, "10.0.0.0/24", linked);
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_relation_rename(&txn, "campus", "college");
    must_end(&txn);
    assert_false(load_hashes(store, pool).at[0].known);
}

static void
hashes_that_rows_lack_are_filled_in_and_no_others(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put_row(store, "10.0.0.0/24", content);
    put_row(store, "10.0.1.0/24", content);
    struct pk_rows rows = load_rows(store, pool);
    store_sql(store, "UPDATE adm_dhcp_scopes SET hash = NULL WHERE scope_id = 167772160");
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_hashes_fill(&txn, "dhcp-a", &rows);
    must_end(&txn);
    assert_hashes_are_those_of_the_parts(store);
    int64_t changes = pk_db_changes(store->db);
    pk_txn_begin(store->db, &txn);
    pk_adm_hashes_fill(&txn, "dhcp-a", &rows);
    must_end(&txn);
    assert_int_equal(pk_db_changes(store->db), changes);
}

/* -- Verified scopes -------------------------------------------------------------------------- */

static void
put_verified(struct store *store, const char *fingerprint, const char *subnet,
             const char *relationship)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_verified_put(&txn, &(struct pk_verified){fingerprint, {COMPARED_MS}});
    pk_verified_scope_put(&txn, &(struct pk_verified_scope){.subnet = prefix(subnet),
                                                            .relationship = relationship,
                                                            .declared = {{1}},
                                                            .held = {{2}},
                                                            .file = "a.yaml"});
    must_end(&txn);
}

static size_t
count_verified(struct store *store)
{
    PK_SCRATCH(pool);
    const struct pk_verified_scope *at;
    size_t count;
    struct pk_error err = {0};
    must(pk_verified_scopes_load(store->db, pool, &at, &count, &err), &err);
    return count;
}

static void
what_was_verified_is_loaded_by_subnet(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put_verified(store, "f", "10.0.1.0/24", "campus");
    put_verified(store, "f", "10.0.0.0/24", "labs");
    put_verified(store, "f", "10.0.0.0/24", "campus");
    struct pk_verified verified;
    const struct pk_verified_scope *at;
    size_t count;
    struct pk_error err = {0};
    must(pk_verified_load(store->db, pool, &verified, &err), &err);
    must(pk_verified_scopes_load(store->db, pool, &at, &count, &err), &err);
    assert_string_equal(verified.fingerprint, "f");
    assert_int_equal(verified.compared_at.ms, COMPARED_MS);
    assert_int_equal(count, 3);
    assert_string_equal(at[0].relationship, "campus");
    assert_string_equal(at[1].relationship, "labs");
    assert_int_equal(pk_prefix_compare(at[2].subnet, prefix("10.0.1.0/24")), 0);
    assert_string_equal(at[2].file, "a.yaml");
    assert_int_equal(at[2].declared.bytes[0], 1);
    assert_int_equal(at[2].held.bytes[0], 2);
}

static void
what_another_fingerprint_verified_is_forgotten(void **state)
{
    put_verified(*state, "f", "10.0.1.0/24", "campus");
    put_verified(*state, "f", "10.0.2.0/24", "campus");
    assert_int_equal(count_verified(*state), 2);
    put_verified(*state, "g", "10.0.3.0/24", "campus");
    assert_int_equal(count_verified(*state), 1);
}

/* Whatever is written of a base or of what Git owns. */
static void
write_base(struct pk_txn *txn, int what)
{
    PK_SCRATCH(pool);
    struct pk_parts parts = make_parts(pool, &pk_scope_fields, content);
    const struct pk_prefix subnet = prefix("10.0.0.0/24");
    switch (what) {
    case 0:
        pk_applied_put(txn, "campus", "dhcp-a", subnet, &parts);
        break;
    case 1:
        pk_applied_delete(txn, "campus", "dhcp-a", subnet);
        break;
    case 2:
        pk_owned_put(txn, "campus", subnet, &parts);
        break;
    default:
        pk_applied_rename(txn, "campus", "college");
        break;
    }
}

static void
a_base_that_is_written_is_no_longer_what_was_verified(void **state)
{
    struct store *store = *state;
    static const size_t others_left[] = {1, 1, 1, 0}; /* a new name concerns all of them */
    for (int what = 0; what < (int)(sizeof others_left / sizeof others_left[0]); what++) {
        put_verified(store, "f", "10.0.0.0/24", "campus");
        put_verified(store, "f", "10.0.0.0/24", "labs");
        put_verified(store, "f", "10.0.1.0/24", "campus");
        struct pk_txn txn;
        pk_txn_begin(store->db, &txn);
        write_base(&txn, what);
        must_end(&txn);
        assert_int_equal(count_verified(store), others_left[what]);
    }
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, store_open, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(a_row_is_written_with_its_hash),
        TEST(another_name_of_the_relationship_makes_hashes_unknown),
        TEST(hashes_that_rows_lack_are_filled_in_and_no_others),
        TEST(what_was_verified_is_loaded_by_subnet),
        TEST(what_another_fingerprint_verified_is_forgotten),
        TEST(a_base_that_is_written_is_no_longer_what_was_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
