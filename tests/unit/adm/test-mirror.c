/* What is promised about the tables as a mirror of other servers. */
#include "store.h"

#include "adm/mirror.h"
#include "adm/steering.h"

static const struct named_part one[] = {
    {"id", "1"}, {"lease-time", "3600"}, {"relationship", "\"campus\""}, {NULL, NULL}};
static const struct named_part two[] = {{"id", "2"},
                                        {"options.routers", "[\"10.2.0.1\"]"},
                                        {"relationship", "\"campus\""},
                                        {NULL, NULL}};
static const struct named_part one_as_two[] = {
    {"id", "2"}, {"relationship", "\"campus\""}, {NULL, NULL}};
static const struct named_part two_as_one[] = {
    {"id", "1"}, {"relationship", "\"campus\""}, {NULL, NULL}};

enum { SEEN_MS = 1000000, LATER_MS = SEEN_MS + PK_SIGHTING_FRESH_MS + 1 };

struct look {
    struct pk_row rows[3];
    size_t count;
    struct pk_pair_health health;
    struct pk_relation relation;
    struct pk_peerings peerings;
    const char *sequence;
    int64_t seen_ms;
};

static void
see(struct store *store, struct look *look)
{
    look->relation.health = &look->health;
    for (size_t i = 0; i < look->count; i++) {
        look->rows[i].hash = pk_parts_hash(&look->rows[i].parts);
    }
    struct pk_rows rows = {.at = look->rows, .count = look->count};
    struct pk_relations relations = {.at = &look->relation, .count = 1};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_mirror_put(&txn, &(struct pk_mirrored){.server = "kea-a",
                                              .driver = "kea",
                                              .sequence = look->sequence,
                                              .rows = &rows,
                                              .relations = &relations,
                                              .peerings = &look->peerings,
                                              .seen = {look->seen_ms}});
    must_end(&txn);
}

static struct look
look_of(struct pk_pool *pool, const struct named_part *first, const struct named_part *second)
{
    const char *subnets[] = {"10.1.0.0/24", "10.2.0.0/24"};
    const struct named_part *contents[] = {first, second};
    struct look look = {
        .relation = {.name = "campus", .servers = {"kea-a", "kea-b"}, .state = PK_PAIR_NORMAL},
        .health = {.role = "primary",
                   .state = "load-balancing",
                   .partner_state = "load-balancing",
                   .contact_age_s = 1,
                   .unsent_updates = PK_NOT_SAID,
                   .unacked_clients = 0,
                   .in_touch = true},
        .sequence = "hash=1",
        .seen_ms = SEEN_MS,
    };
    for (size_t i = 0; i < 2; i++) {
        if (contents[i] != NULL) {
            look.rows[look.count++] =
                (struct pk_row){.subnet = prefix(subnets[i]),
                                .relationship = "campus",
                                .parts = make_parts(pool, &pk_scope_fields, contents[i])};
        }
    }
    return look;
}

static struct pk_rows
stored(struct store *store, struct pk_pool *pool)
{
    struct pk_rows rows = {0};
    struct pk_error err = {0};
    must(pk_adm_scopes_load(store->db, pool, "kea-a", NULL, 0, &rows, &err), &err);
    return rows;
}

static const char *
sequence_of(struct store *store, struct pk_pool *pool)
{
    const char *sequence = "not asked";
    struct pk_error err = {0};
    must(pk_mirror_sequence(store->db, pool, "kea-a", &sequence, &err), &err);
    return sequence;
}

static void
a_partner_joins_when_it_is_seen(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    struct look look = look_of(pool, one, two);
    see(store, &look);
    const char *second = "SELECT ifnull(server2_record_id, 0) FROM adm_dhcp_failover_relations";
    assert_int_equal(store_number(store, second), 0);
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "kea-b", "kea");
    must_end(&txn);
    see(store, &look);
    assert_int_not_equal(store_number(store, second), 0);
}

static void
the_tables_hold_what_was_seen_last(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    struct look look = look_of(pool, one, two);
    see(store, &look);
    struct pk_rows rows = stored(store, pool);
    assert_int_equal(rows.count, 2);
    assert_true(pk_sha256_equal(&rows.at[0].hash, &look.rows[0].hash));
    assert_true(pk_sha256_equal(&rows.at[1].hash, &look.rows[1].hash));
    assert_string_equal(rows.at[1].relationship, "campus");
    assert_string_equal(sequence_of(store, pool), "hash=1");

    struct look fewer = look_of(pool, NULL, two);
    fewer.sequence = "hash=2";
    see(store, &fewer);
    rows = stored(store, pool);
    assert_int_equal(rows.count, 1);
    assert_true(pk_sha256_equal(&rows.at[0].hash, &fewer.rows[0].hash));
    assert_string_equal(sequence_of(store, pool), "hash=2");
}

static void
an_equal_look_writes_nothing_until_health_is_no_longer_fresh(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    struct look look = look_of(pool, one, two);
    see(store, &look);
    int64_t changes = pk_db_changes(store->db);
    look.health.contact_age_s = 2;
    look.seen_ms++;
    see(store, &look);
    assert_int_equal(pk_db_changes(store->db), changes);
    look.seen_ms = LATER_MS;
    see(store, &look);
    assert_int_equal(pk_db_changes(store->db), changes + 1);
}

static void
subnet_ids_may_be_exchanged_between_two_looks(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    struct look look = look_of(pool, one, two);
    see(store, &look);
    struct look exchanged = look_of(pool, one_as_two, two_as_one);
    see(store, &exchanged);
    struct pk_rows rows = stored(store, pool);
    assert_int_equal(rows.count, 2);
    assert_true(pk_sha256_equal(&rows.at[0].hash, &exchanged.rows[0].hash));
    assert_true(pk_sha256_equal(&rows.at[1].hash, &exchanged.rows[1].hash));
}

static void
a_look_that_does_not_fit_the_tables_is_nobodys_mirror(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    struct look look = look_of(pool, one, two);
    look.rows[look.count++] = (struct pk_row){
        .subnet = prefix("10.2.0.0/25"), .parts = make_parts(pool, &pk_scope_fields, two_as_one)};
    see(store, &look);
    assert_int_equal(stored(store, pool).count, 2);
    assert_null(sequence_of(store, pool));
}

static void
peerings_are_remembered_in_their_order(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    static const struct pk_peering both[] = {{"hub-1", "spoke-1", true},
                                             {"hub-2", "spoke-2", false}};
    struct look look = look_of(pool, one, two);
    struct pk_peerings found;
    struct pk_error err = {0};
    look.peerings = (struct pk_peerings){.at = both, .count = 2};
    see(store, &look);
    must(pk_mirror_peerings_load(store->db, pool, "kea-a", &found, &err), &err);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.at[0].self, "hub-1");
    assert_string_equal(found.at[1].partner, "spoke-2");
    assert_true(found.at[0].self_is_first);
    assert_false(found.at[1].self_is_first);
    look.peerings.count = 1;
    see(store, &look);
    must(pk_mirror_peerings_load(store->db, pool, "kea-a", &found, &err), &err);
    assert_int_equal(found.count, 1);
}

static void
a_relationship_that_only_server_1_sees_so_is_nobodys_mirror(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    struct look look = look_of(pool, one, two);
    see(store, &look);
    assert_non_null(sequence_of(store, pool));
    static const struct named_part differs[] = {{"mode", "\"hot-standby\""}, {NULL, NULL}};
    look.relation.servers[PK_SERVER_1] = "kea-0";
    look.relation.parts = make_parts(pool, &pk_relationship_fields, differs);
    see(store, &look);
    assert_null(sequence_of(store, pool));
}

static void
health_is_kept_per_server_in_its_own_words(void **state)
{
    struct store *store = *state;
    PK_SCRATCH(pool);
    struct look look = look_of(pool, one, two);
    see(store, &look);
    look.relation.state = PK_PAIR_TERMINATED;
    look.health.state = "terminated";
    look.health.unsent_updates = 3;
    see(store, &look);
    struct pk_health_record *at = NULL;
    size_t count = 0;
    struct pk_error err = {0};
    must(pk_mirror_health_load(store->db, pool, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(at[0].server, "kea-a");
    assert_string_equal(at[0].relationship, "campus");
    assert_int_equal(at[0].pair_state, PK_PAIR_TERMINATED);
    assert_string_equal(at[0].health.state, "terminated");
    assert_int_equal(at[0].health.unsent_updates, 3);
    assert_int_equal(at[0].health.unacked_clients, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_partner_joins_when_it_is_seen, store_open, store_remove),
        cmocka_unit_test_setup_teardown(the_tables_hold_what_was_seen_last, store_open,
                                        store_remove),
        cmocka_unit_test_setup_teardown(
            an_equal_look_writes_nothing_until_health_is_no_longer_fresh, store_open, store_remove),
        cmocka_unit_test_setup_teardown(subnet_ids_may_be_exchanged_between_two_looks, store_open,
                                        store_remove),
        cmocka_unit_test_setup_teardown(a_look_that_does_not_fit_the_tables_is_nobodys_mirror,
                                        store_open, store_remove),
        cmocka_unit_test_setup_teardown(peerings_are_remembered_in_their_order, store_open,
                                        store_remove),
        cmocka_unit_test_setup_teardown(a_relationship_that_only_server_1_sees_so_is_nobodys_mirror,
                                        store_open, store_remove),
        cmocka_unit_test_setup_teardown(health_is_kept_per_server_in_its_own_words, store_open,
                                        store_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
