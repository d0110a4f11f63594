/* What is promised about relationships as rows, and about the scopes that are linked to them. */
#include "rows.h"

#include "adm/scopes.h"

static const struct named_part nothing[] = {{NULL, NULL}};

static const struct named_part settings[] = {
    {"mode", "\"hot-standby\""},        {"servers", "[\"dhcp-a\",\"dhcp-b\"]"},
    {"source", "\"dhcp-b\""},           {"load-split", "60"},
    {"standby-reserve", "7"},           {"mclt", "1800"},
    {"auto-state-transition", "false"}, {"state-switch-interval", "900"},
    {"kea.max-unacked-clients", "5"},   {NULL, NULL},
};

static void
put_relation(struct store *store, const char *name, const char *one, const char *two,
             const struct named_part *named)
{
    PK_SCRATCH(pool);
    struct pk_relation relation = {.name = name,
                                   .servers = {one, two},
                                   .parts = make_parts(pool, &pk_relationship_fields, named),
                                   .state = PK_PAIR_SYNCING};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_relation_put(&txn, &relation);
    must_end(&txn);
}

static struct pk_relations
load_relations(struct store *store, struct pk_pool *pool)
{
    struct pk_relations relations = {0};
    struct pk_error err = {0};
    must(pk_adm_relations_load(store->db, pool, &relations, &err), &err);
    return relations;
}

static void
a_relationship_is_read_back_exactly(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put_relation(store, "campus", "dhcp-a", "dhcp-b", settings);
    put_relation(store, "annex", "dhcp-k", NULL, nothing);
    struct pk_relations relations = load_relations(store, pool);
    assert_int_equal(relations.count, 2);
    const struct pk_relation *annex = &relations.at[0], *campus = &relations.at[1];
    struct pk_parts wanted = make_parts(pool, &pk_relationship_fields, settings);
    assert_string_equal(campus->name, "campus");
    assert_string_equal(campus->servers[PK_SERVER_1], "dhcp-a");
    assert_string_equal(campus->servers[PK_SERVER_2], "dhcp-b");
    assert_int_equal(campus->state, PK_PAIR_SYNCING);
    assert_same_parts(&campus->parts, &wanted);
    assert_string_equal(annex->servers[PK_SERVER_1], "dhcp-k");
    assert_null(annex->servers[PK_SERVER_2]);
    assert_int_equal(annex->parts.count, 0);
}

static void
putting_a_relationship_again_writes_nothing(void **state)
{
    struct store *store = *state;
    put_relation(store, "campus", "dhcp-a", "dhcp-b", settings);
    int64_t changes = pk_db_changes(store->db);
    put_relation(store, "campus", "dhcp-a", "dhcp-b", settings);
    assert_int_equal(pk_db_changes(store->db), changes);
}

static void
a_changed_relationship_changes_both_servers(void **state)
{
    struct store *store = *state;
    int64_t a = sequence(store, "dhcp-a"), b = sequence(store, "dhcp-b");
    int64_t k = sequence(store, "dhcp-k");
    put_relation(store, "campus", "dhcp-a", "dhcp-b", settings);
    assert_true(sequence(store, "dhcp-a") > a);
    assert_true(sequence(store, "dhcp-b") > b);
    assert_int_equal(sequence(store, "dhcp-k"), k);
}

static void
links_of_a_member_that_left_are_removed(void **state)
{
    static const struct named_part linked[] = {{"relationship", "\"campus\""}, {NULL, NULL}};
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", linked);
    put_scope(store, "dhcp-b", "10.20.0.0/24", linked);
    int64_t b = sequence(store, "dhcp-b");
    put_relation(store, "campus", "dhcp-a", "dhcp-k", nothing);
    assert_holds(store, "dhcp-a", "10.20.0.0/24", linked);
    assert_holds(store, "dhcp-b", "10.20.0.0/24", nothing);
    assert_true(sequence(store, "dhcp-b") > b);

    put_relation(store, "campus", "dhcp-k", "dhcp-a", nothing); /* another place, still a member */
    assert_holds(store, "dhcp-a", "10.20.0.0/24", linked);
}

static void
links_follow_a_renamed_relationship(void **state)
{
    static const struct named_part linked[] = {{"relationship", "\"campus\""}, {NULL, NULL}};
    static const struct named_part renamed[] = {{"relationship", "\"west\""}, {NULL, NULL}};
    PK_SCRATCH(pool);
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", linked);
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_relation_rename(&txn, "campus", "west");
    must_end(&txn);
    assert_holds(store, "dhcp-a", "10.20.0.0/24", renamed);
    assert_string_equal(load_scopes(store, pool, "dhcp-a").at[0].relationship, "west");
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, open_with_servers, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(a_relationship_is_read_back_exactly),
        TEST(putting_a_relationship_again_writes_nothing),
        TEST(a_changed_relationship_changes_both_servers),
        TEST(links_of_a_member_that_left_are_removed),
        TEST(links_follow_a_renamed_relationship),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
