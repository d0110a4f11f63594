/* What is on record as settled: written whole, read whole, gone whole. */
#include "store.h"

#include "adm/settled.h"

static const struct pk_settled_file sources[] = {{"a.yaml", "relationships: {}\n"}};
static const struct pk_settled_relationship relationships[] = {{"campus", 40}, {"town", 2}};
static const struct pk_settled_server servers[] = {{"dhcp-a", "17"}, {"dhcp-b", "9"}};
static struct pk_prefix open[] = {{0x0a000000, 24}, {0x0a000100, 25}};

static struct pk_settled
example(void)
{
    return (struct pk_settled){
        .commit = "c0ffee",
        .fingerprint = "f",
        .verified = {1234},
        .files = 12,
        .bytes = 5000000000,
        .sources = sources,
        .source_count = 1,
        .open = {.at = open, .count = 2},
        .relationships = relationships,
        .relationship_count = 2,
        .servers = servers,
        .server_count = 2,
    };
}

static void
put(struct store *store, const struct pk_settled *settled)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    if (settled != NULL) {
        pk_settled_put(&txn, settled);
    } else {
        pk_settled_forget(&txn);
    }
    must_end(&txn);
}

static struct pk_settled
load(struct pk_pool *pool, struct store *store)
{
    struct pk_settled settled;
    struct pk_error err = {0};
    must(pk_settled_load(store->db, pool, &settled, &err), &err);
    return settled;
}

static void
nothing_is_settled_at_first(void **state)
{
    PK_SCRATCH(pool);
    assert_null(load(pool, *state).commit);
}

static void
what_was_put_is_loaded(void **state)
{
    PK_SCRATCH(pool);
    const struct pk_settled wanted = example();
    put(*state, &wanted);
    struct pk_settled found = load(pool, *state);
    assert_string_equal(found.commit, "c0ffee");
    assert_string_equal(found.fingerprint, "f");
    assert_int_equal(found.verified.ms, 1234);
    assert_int_equal(found.files, 12);
    assert_int_equal(found.bytes, 5000000000);
    assert_int_equal(found.source_count, 1);
    assert_string_equal(found.sources[0].content, sources[0].content);
    assert_int_equal(found.open.count, 2);
    assert_int_equal(pk_prefix_compare(found.open.at[1], open[1]), 0);
    assert_int_equal(found.relationship_count, 2);
    assert_string_equal(found.relationships[1].name, "town");
    assert_int_equal(found.relationships[0].scopes, 40);
    assert_int_equal(found.server_count, 2);
    assert_string_equal(found.servers[1].sequence, "9");
}

static void
a_second_put_takes_the_place_of_the_first(void **state)
{
    PK_SCRATCH(pool);
    struct pk_settled settled = example();
    put(*state, &settled);
    settled.commit = "beef";
    settled.open.count = 0;
    settled.server_count = 1;
    put(*state, &settled);
    struct pk_settled found = load(pool, *state);
    assert_string_equal(found.commit, "beef");
    assert_int_equal(found.open.count, 0);
    assert_int_equal(found.server_count, 1);
}

static void
forgetting_leaves_nothing_and_writes_nothing_twice(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    const struct pk_settled settled = example();
    put(store, &settled);
    put(store, NULL);
    assert_null(load(pool, store).commit);
    int64_t before = pk_db_changes(store->db);
    put(store, NULL);
    assert_int_equal(pk_db_changes(store->db), before);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, store_open, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_settled_at_first),
        TEST(what_was_put_is_loaded),
        TEST(a_second_put_takes_the_place_of_the_first),
        TEST(forgetting_leaves_nothing_and_writes_nothing_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
