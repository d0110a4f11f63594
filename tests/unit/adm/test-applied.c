/* What is promised about bases and owned fields. */
#include "store.h"

#include <string.h>

#include "adm/applied.h"
#include "adm/steering.h"

static const struct named_part first[] = {{"lease-time", "3600"},
                                          {"options.routers", "[\"10.0.0.1\"]"},
                                          {"kea.allocator", "\"random\""},
                                          {NULL, NULL}};
static const struct named_part second[] = {{"lease-time", "7200"},
                                           {"options.ntp-servers", "[\"10.0.0.7\"]"},
                                           {"kea.allocator", "\"random\""},
                                           {NULL, NULL}};
static const struct named_part nothing[] = {{NULL, NULL}};

static void
put(struct store *store, const char *relationship, const char *server, const char *subnet,
    const struct named_part *named)
{
    PK_SCRATCH(pool);
    struct pk_parts parts = make_parts(pool, &pk_scope_fields, named);
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_applied_put(&txn, relationship, server, prefix(subnet), &parts);
    must_end(&txn);
}

static struct pk_rows
load(struct store *store, struct pk_pool *pool, const char *relationship, const char *server)
{
    struct pk_rows rows = {0};
    struct pk_error err = {0};
    must(pk_applied_load(store->db, pool, relationship, server, &rows, &err), &err);
    return rows;
}

static void
assert_base(struct store *store, const char *relationship, const char *server, const char *subnet,
            const struct named_part *named)
{
    PK_SCRATCH(pool);
    struct pk_rows rows = load(store, pool, relationship, server);
    const struct pk_row *row = pk_rows_find(&rows, prefix(subnet));
    struct pk_parts wanted = make_parts(pool, &pk_scope_fields, named);
    struct pk_sha256 hash = pk_parts_hash(&wanted);
    assert_non_null(row);
    assert_same_parts(&row->parts, &wanted);
    assert_true(pk_sha256_equal(&row->hash, &hash));
}

static void
a_base_is_read_back_and_replaced(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    put(store, "campus", "dhcp-a", "10.19.0.0/24", nothing);
    put(store, "campus", "dhcp-b", "10.20.0.0/24", second);
    assert_base(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    assert_base(store, "campus", "dhcp-a", "10.19.0.0/24", nothing);
    assert_base(store, NULL, "dhcp-b", "10.20.0.0/24", second);
    assert_int_equal(load(store, pool, "campus", "dhcp-a").count, 2);

    put(store, "campus", "dhcp-a", "10.20.0.0/24", second);
    assert_base(store, "campus", "dhcp-a", "10.20.0.0/24", second);
}

static void
an_equal_base_is_not_written_again(void **state)
{
    struct store *store = *state;
    put(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    int64_t changes = pk_db_changes(store->db);
    put(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    assert_int_equal(pk_db_changes(store->db), changes);
}

static void
a_scope_has_one_base_on_a_server(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    put(store, "annex", "dhcp-a", "10.20.0.0/24", second);
    assert_base(store, "annex", "dhcp-a", "10.20.0.0/24", second);
    assert_int_equal(load(store, pool, "campus", "dhcp-a").count, 0);
    struct pk_rows all = load(store, pool, NULL, "dhcp-a");
    assert_int_equal(all.count, 1);
    assert_string_equal(all.at[0].relationship, "annex");

    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_applied_delete(&txn, "campus", "dhcp-a", prefix("10.20.0.0/24")); /* no longer its own */
    must_end(&txn);
    assert_base(store, "annex", "dhcp-a", "10.20.0.0/24", second);
}

static void
a_deleted_base_is_gone_with_its_parts(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_applied_delete(&txn, "campus", "dhcp-a", prefix("10.20.0.0/24"));
    must_end(&txn);
    assert_int_equal(load(store, pool, NULL, "dhcp-a").count, 0);
    assert_int_equal(store_number(store, "SELECT count(*) FROM applied_parts"), 0);
}

static void
owned_fields_keep_maps_whole_and_kea_by_key(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    const struct pk_field *at = pk_scope_fields.at;
    struct pk_part owned_at[] = {{&at[PK_SCOPE_LEASE_TIME], "", "true"},
                                 {&at[PK_SCOPE_OPTIONS], "", "true"},
                                 {&at[PK_SCOPE_KEA], "allocator", "true"}};
    struct pk_parts owned = {owned_at, 3}, fewer = {owned_at, 1};
    struct pk_rows rows = {0};
    struct pk_error err = {0};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_owned_put(&txn, "campus", prefix("10.20.0.0/24"), &owned);
    pk_owned_put(&txn, "campus", prefix("10.21.0.0/24"), &owned);
    must_end(&txn);
    int64_t changes = pk_db_changes(store->db);
    pk_txn_begin(store->db, &txn);
    pk_owned_put(&txn, "campus", prefix("10.20.0.0/24"), &owned);
    must_end(&txn);
    assert_int_equal(pk_db_changes(store->db), changes);

    pk_txn_begin(store->db, &txn);
    pk_owned_put(&txn, "campus", prefix("10.21.0.0/24"), &fewer);
    must_end(&txn);
    must(pk_owned_load(store->db, pool, "campus", &rows, &err), &err);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.at[0].parts.count, 3);
    assert_same_parts(&rows.at[0].parts, &owned);
    assert_same_parts(&rows.at[1].parts, &fewer);
}

static const struct named_part settings[] = {
    {"mode", "\"hot-standby\""}, {"mclt", "1800"}, {NULL, NULL}};

static void
put_relation(struct store *store, const char *name, const struct named_part *named)
{
    PK_SCRATCH(pool);
    struct pk_relation relation = {.name = name,
                                   .servers = {"dhcp-a", "dhcp-b"},
                                   .parts = make_parts(pool, &pk_relationship_fields, named)};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_applied_relation_put(&txn, &relation);
    must_end(&txn);
}

static void
the_base_of_a_relationship_is_read_back(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_relation relation = {0};
    must(pk_applied_relation_load(store->db, pool, "campus", &relation, &err), &err);
    assert_int_equal(relation.parts.count, 0);
    assert_null(relation.servers[PK_SERVER_1]);

    put_relation(store, "campus", settings);
    int64_t changes = pk_db_changes(store->db);
    put_relation(store, "campus", settings);
    assert_int_equal(pk_db_changes(store->db), changes);
    must(pk_applied_relation_load(store->db, pool, "campus", &relation, &err), &err);
    struct pk_parts wanted = make_parts(pool, &pk_relationship_fields, settings);
    assert_same_parts(&relation.parts, &wanted);
    assert_string_equal(relation.servers[PK_SERVER_2], "dhcp-b");

    put_relation(store, "campus", nothing);
    must(pk_applied_relation_load(store->db, pool, "campus", &relation, &err), &err);
    assert_int_equal(relation.parts.count, 0);
}

static void
everything_under_a_name_moves_with_it(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    const struct pk_wall now = {1000};
    put(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    put_relation(store, "campus", settings);
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_condition_set(&txn, "campus", &(struct pk_condition){.type = PK_CONDITION_READY}, now);
    pk_condition_set(&txn, "west", &(struct pk_condition){.type = PK_CONDITION_READY}, now);
    pk_revision_set(&txn, "campus", PK_REVISION_APPLIED, "abc", now);
    pk_suspension_put(&txn, &(struct pk_suspension){"campus", "ann", "because", now, {0}});
    pk_applied_rename(&txn, "campus", "west");
    must_end(&txn);

    const char *const *names = NULL;
    size_t count = 0;
    must(pk_applied_relationships(store->db, pool, &names, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(names[0], "west");
    assert_base(store, "west", "dhcp-a", "10.20.0.0/24", first);

    struct pk_relation relation = {0};
    must(pk_applied_relation_load(store->db, pool, "west", &relation, &err), &err);
    assert_int_equal(relation.parts.count, 2);
    const char *commit = NULL;
    must(pk_revision_get(store->db, pool, "west", PK_REVISION_APPLIED, &commit, &err), &err);
    assert_string_equal(commit, "abc");
    struct pk_suspension *suspensions = NULL;
    must(pk_suspensions_load(store->db, pool, now, &suspensions, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(suspensions[0].relationship, "west");
}

static void
servers_of_a_relationship_are_counted_by_scope(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put(store, "campus", "dhcp-b", "10.20.0.0/24", first);
    put(store, "campus", "dhcp-a", "10.20.0.0/24", first);
    put(store, "campus", "dhcp-a", "10.21.0.0/24", nothing);
    put(store, "labs", "dhcp-c", "10.22.0.0/24", first);
    const struct pk_applied_server *at = NULL;
    size_t count = 0;
    struct pk_error err = {0};
    must(pk_applied_servers(store->db, pool, "campus", &at, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_string_equal(at[0].server, "dhcp-a");
    assert_int_equal(at[0].scopes, 2);
    assert_string_equal(at[1].server, "dhcp-b");
    assert_int_equal(at[1].scopes, 1);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, store_open, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(servers_of_a_relationship_are_counted_by_scope),
        TEST(a_base_is_read_back_and_replaced),
        TEST(an_equal_base_is_not_written_again),
        TEST(a_scope_has_one_base_on_a_server),
        TEST(a_deleted_base_is_gone_with_its_parts),
        TEST(owned_fields_keep_maps_whole_and_kea_by_key),
        TEST(the_base_of_a_relationship_is_read_back),
        TEST(everything_under_a_name_moves_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
