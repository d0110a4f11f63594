/* What is promised about scopes as rows of a server. */
#include "rows.h"

#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "adm/scopes.h"

/* Every field a server can hold, and the shapes that are easy to lose. */
static const struct named_part everything[] = {
    {"relationship", "\"campus\""},
    {"id", "4294967294"},
    {"name", "\"Library, \\\"floor 1\\\" \\\\ é\""},
    {"description", "\"two words\""},
    {"state", "\"inactive\""},
    {"ranges", "[\"10.20.0.50-10.20.0.59\",{\"kea\":{\"client-classes\":[\"guests\"]},"
               "\"range\":\"10.20.0.70-10.20.0.99\"}]"},
    {"lease-time", "4294967295"},
    {"renew-time", "21600"},
    {"rebind-time", "36000"},
    {"shared-network", "\"library\""},
    {"options.routers", "[\"10.20.0.1\"]"},
    {"options.ntp-servers", "{\"always-send\":true,\"value\":[\"10.0.0.7\"]}"},
    {"options.time-offset", "{\"always-send\":false,\"never-send\":true,\"value\":[-3600]}"},
    {"options.224", "[\"0a0b0c\"]"},
    {"options.vendor-4491.1", "[\"ff\"]"},
    {"options.domain-name", "[\"a \\\"b\\\" \\\\ c\"]"},
    {"reservations.mac=00:1a:2b:3c:4d:5e",
     "{\"hostname\":\"printer-1\",\"ip\":\"10.20.0.61\",\"kea\":{\"client-classes\":[\"a\"]},"
     "\"name\":\"Printer, \\\"north\\\"\",\"options\":{\"224\":[\"0a\"],"
     "\"routers\":{\"never-send\":true,\"value\":[\"10.20.0.2\"]}}}"},
    {"reservations.client-id=010203", "{}"},
    {"reservations.flex-id=6162", "{\"ip\":\"10.20.0.62\",\"options\":{\"routers\":"
                                  "[\"10.20.0.3\"]}}"},
    {"kea.allocator", "\"random\""},
    {"kea.relay", "{\"ip-addresses\":[\"10.0.0.1\"],\"x\":1.5}"},
    {"kea.odd \\\"key", "[1,null,true]"},
    {NULL, NULL},
};

static const struct named_part little[] = {
    {"options.routers", "[\"10.20.0.254\"]"}, {"ranges", "[\"10.20.0.10\"]"}, {NULL, NULL}};

static const struct named_part nothing[] = {{NULL, NULL}};

static void
what_is_put_is_read_back_exactly(void **state)
{
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    assert_holds(store, "dhcp-a", "10.20.0.0/24", everything);
    put_scope(store, "dhcp-a", "10.20.0.0/24", little);
    assert_holds(store, "dhcp-a", "10.20.0.0/24", little);
    put_scope(store, "dhcp-a", "10.20.0.0/24", nothing);
    assert_holds(store, "dhcp-a", "10.20.0.0/24", nothing);
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    assert_holds(store, "dhcp-a", "10.20.0.0/24", everything);
}

static void
each_part_comes_and_goes_alone(void **state)
{
    struct store *store = *state;
    for (size_t i = 0; everything[i].name != NULL; i++) {
        struct named_part one[] = {everything[i], {NULL, NULL}};
        put_scope(store, "dhcp-a", "10.20.0.0/24", one);
        assert_holds(store, "dhcp-a", "10.20.0.0/24", one);
    }
}

static void
the_columns_are_the_protocols(void **state)
{
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    assert_int_equal(
        store_number(store,
                     "SELECT count(*) FROM adm_dhcp_scopes WHERE scope_id = 0x0a140000"
                     " AND subnet_mask = 0xffffff00 AND status = 2 AND lease_duration_type = 2"
                     " AND start_address = 0x0a140032 AND end_address = 0x0a140063"
                     " AND total_number_of_addresses_in_scope = 50"
                     " AND total_number_of_excluded_addresses_in_scope = 10"
                     " AND number_of_active_leases = 0"),
        1);
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_options"
                                         " WHERE option_reference_type = 4"),
                     3);
}

static void
the_store_keeps_record_ids_of_servers_apart(void **state)
{
    struct store *store = *state;
    put_scope(store, "dhcp-b", "10.30.0.0/24",
              little); /* makes other ids come first on the partner */
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    put_scope(store, "dhcp-b", "10.20.0.0/24", everything);
    assert_holds(store, "dhcp-b", "10.20.0.0/24", everything);
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_options o"
                                         " JOIN adm_dhcp_option_definitions d"
                                         " ON d.record_id = o.option_definition_record_id"
                                         " WHERE d.dhcp_server_record_id <> o.server_record_id"),
                     0);
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_scopes s"
                                         " JOIN adm_dhcp_superscopes n"
                                         " ON n.record_id = s.superscope_record_id"
                                         " WHERE n.server <> s.dhcp_server_record_id"),
                     0);
}

static void
putting_what_is_there_writes_nothing(void **state)
{
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    int64_t changes = pk_db_changes(store->db), before = sequence(store, "dhcp-a");
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    put_servers(store);
    assert_int_equal(pk_db_changes(store->db), changes);
    assert_int_equal(sequence(store, "dhcp-a"), before);
}

static void
the_sequence_grows_with_every_change_and_only_there(void **state)
{
    struct store *store = *state;
    int64_t a = sequence(store, "dhcp-a"), b = sequence(store, "dhcp-b");
    put_scope(store, "dhcp-a", "10.20.0.0/24", little);
    assert_true(sequence(store, "dhcp-a") > a);
    a = sequence(store, "dhcp-a");
    put_scope(store, "dhcp-a", "10.20.0.0/24", nothing); /* only takes away */
    assert_true(sequence(store, "dhcp-a") > a);
    a = sequence(store, "dhcp-a");
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_scope_set_status(&txn, "dhcp-a", prefix("10.20.0.0/24"), PK_SYNC_IN_SYNC);
    must_end(&txn);
    assert_int_equal(sequence(store, "dhcp-a"), a);
    pk_txn_begin(store->db, &txn);
    pk_adm_scope_delete(&txn, "dhcp-a", prefix("10.20.0.0/24"));
    must_end(&txn);
    assert_true(sequence(store, "dhcp-a") > a);
    assert_int_equal(sequence(store, "dhcp-b"), b);
    assert_int_equal(sequence(store, "nobody"), 0);
}

static void
scopes_come_sorted_and_as_asked_for(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    static const char *const subnets[] = {"10.20.0.0/24", "9.0.0.0/8", "192.168.0.0/16",
                                          "200.0.0.0/30"};
    for (size_t i = 0; i < 4; i++) {
        put_scope(store, "dhcp-a", subnets[i], little);
    }
    struct pk_rows rows = load_scopes(store, pool, "dhcp-a");
    assert_int_equal(rows.count, 4);
    for (size_t i = 1; i < rows.count; i++) {
        assert_true(pk_prefix_compare(rows.at[i - 1].subnet, rows.at[i].subnet) < 0);
    }

    struct pk_prefix only[] = {prefix("9.0.0.0/9"), prefix("10.20.0.0/24"), prefix("11.0.0.0/8"),
                               prefix("200.0.0.0/30")};
    struct pk_error err = {0};
    must(pk_adm_scopes_load(store->db, pool, "dhcp-a", only, 4, &rows, &err), &err);
    assert_int_equal(rows.count, 2);
    assert_int_equal(pk_prefix_compare(rows.at[0].subnet, only[1]), 0);
    assert_int_equal(rows.at[0].parts.count, 2);
    assert_int_equal(pk_prefix_compare(rows.at[1].subnet, only[3]), 0);
    assert_int_equal(load_scopes(store, pool, "nobody").count, 0);
}

static void
status_and_leases_stand_with_the_row(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", little);
    put_scope(store, "dhcp-k", "10.20.0.0/24", little);
    struct pk_rows rows = load_scopes(store, pool, "dhcp-k");
    assert_int_equal(rows.at[0].active_leases, PK_LEASES_UNKNOWN);
    rows = load_scopes(store, pool, "dhcp-a");
    assert_int_equal(rows.at[0].active_leases, 0);
    assert_int_equal(rows.at[0].status, PK_SYNC_UNKNOWN);

    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_scope_set_status(&txn, "dhcp-a", prefix("10.20.0.0/24"), PK_SYNC_OUT_OF_SYNC);
    pk_adm_scope_set_leases(&txn, "dhcp-a", prefix("10.20.0.0/24"), 17);
    must_end(&txn);
    int64_t changes = pk_db_changes(store->db);
    pk_txn_begin(store->db, &txn);
    pk_adm_scope_set_status(&txn, "dhcp-a", prefix("10.20.0.0/24"), PK_SYNC_OUT_OF_SYNC);
    pk_adm_scope_set_leases(&txn, "dhcp-a", prefix("10.20.0.0/24"), 17);
    must_end(&txn);
    assert_int_equal(pk_db_changes(store->db), changes);
    rows = load_scopes(store, pool, "dhcp-a");
    assert_int_equal(rows.at[0].active_leases, 17);
    assert_int_equal(rows.at[0].status, PK_SYNC_OUT_OF_SYNC);
}

static void
an_address_can_change_hands_between_reservations(void **state)
{
    static const struct named_part before[] = {
        {"reservations.mac=00:00:00:00:00:01", "{\"ip\":\"10.20.0.1\"}"},
        {"reservations.mac=00:00:00:00:00:02", "{\"ip\":\"10.20.0.2\"}"},
        {NULL, NULL}};
    static const struct named_part after[] = {
        {"reservations.mac=00:00:00:00:00:01", "{\"ip\":\"10.20.0.2\"}"},
        {"reservations.mac=00:00:00:00:00:02", "{\"ip\":\"10.20.0.1\"}"},
        {NULL, NULL}};
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", before);
    put_scope(store, "dhcp-a", "10.20.0.0/24", after);
    assert_holds(store, "dhcp-a", "10.20.0.0/24", after);
}

static void
one_address_for_two_reservations_is_refused(void **state)
{
    static const struct named_part twice[] = {
        {"reservations.mac=00:00:00:00:00:01", "{\"ip\":\"10.20.0.1\"}"},
        {"reservations.mac=00:00:00:00:00:02", "{\"ip\":\"10.20.0.1\"}"},
        {NULL, NULL}};
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    assert_int_equal(try_put_scope(store, "dhcp-a", "10.20.0.0/24", twice, &err), PK_EREFUSED);
    assert_string_equal(err.message,
                        "cannot store scope 10.20.0.0/24 on dhcp-a: reservations: two of the scope "
                        "keep the same address (ip); give each its own");
    assert_int_equal(load_scopes(store, pool, "dhcp-a").count, 0);
}

static void
what_cannot_be_stored_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *server, *subnet;
        struct named_part part;
        enum pk_code code;
        const char *message;
    } cases[] = {
        {"nobody",
         "10.1.0.0/24",
         {"id", "1"},
         PK_ENOENT,
         "cannot store scope 10.1.0.0/24 on nobody: no server is called nobody: name it under "
         "`servers` in the agent's configuration"},
        {"dhcp-a",
         "10.1.0.0/24",
         {"relationship", "\"none\""},
         PK_ENOENT,
         "cannot store scope 10.1.0.0/24 on dhcp-a: there is no relationship none to link the "
         "scope to"},
        {"dhcp-k",
         "10.1.0.0/24",
         {"relationship", "\"campus\""},
         PK_EINVAL,
         "cannot store scope 10.1.0.0/24 on dhcp-k: the server is not a member of relationship "
         "campus: a scope is linked on its two servers only"},
        {"dhcp-a",
         "10.20.0.0/25",
         {"id", "1"},
         PK_EREFUSED,
         "cannot store scope 10.20.0.0/25 on dhcp-a: the server holds the same network with length "
         "24: delete that scope first"},
        {"dhcp-a",
         "10.1.0.0/24",
         {"reservations.mac=00:00:00:00:00:01", "{\"colour\":1}"},
         PK_EINVAL,
         "cannot store scope 10.1.0.0/24 on dhcp-a: reservation mac=00:00:00:00:00:01 has no such "
         "field 'colour': see the reference of scope files"},
    };
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", nothing);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct named_part named[] = {cases[i].part, {NULL, NULL}};
        struct pk_error err = {0};
        assert_int_equal(try_put_scope(store, cases[i].server, cases[i].subnet, named, &err),
                         cases[i].code);
        assert_string_equal(err.message, cases[i].message);
    }
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_scopes"), 1);
}

static void
a_subnet_id_belongs_to_one_scope_of_a_server(void **state)
{
    static const struct named_part twenty[] = {{"id", "20"}, {NULL, NULL}};
    struct store *store = *state;
    struct pk_error err = {0};
    put_scope(store, "dhcp-a", "10.20.0.0/24", twenty);
    put_scope(store, "dhcp-b", "10.20.0.0/24", twenty);
    assert_int_equal(try_put_scope(store, "dhcp-a", "10.21.0.0/24", twenty, &err), PK_EREFUSED);
    assert_string_equal(err.message,
                        "cannot store scope 10.21.0.0/24 on dhcp-a: id: another scope of the "
                        "server has the same subnet id; choose another one");
}

static void
ids_are_retired_by_delete_and_by_change(void **state)
{
    static const struct named_part twenty[] = {{"id", "20"}, {NULL, NULL}};
    static const struct named_part thirty[] = {{"id", "30"}, {NULL, NULL}};
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_retired_ids ids = {0};
    struct pk_txn txn;
    put_scope(store, "dhcp-a", "10.20.0.0/24", thirty);
    put_scope(store, "dhcp-a", "10.20.0.0/24", twenty);
    put_scope(store, "dhcp-a", "10.21.0.0/24", nothing);
    pk_txn_begin(store->db, &txn);
    pk_adm_scope_delete(&txn, "dhcp-a", prefix("10.20.0.0/24"));
    pk_adm_scope_delete(&txn, "dhcp-a", prefix("10.21.0.0/24"));
    pk_adm_scope_delete(&txn, "dhcp-a", prefix("10.22.0.0/24"));
    must_end(&txn);
    put_scope(store, "dhcp-a", "10.20.0.0/24", twenty); /* its own id again */

    must(pk_adm_retired_ids_load(store->db, pool, "dhcp-a", &ids, &err), &err);
    assert_int_equal(ids.count, 2);
    assert_int_equal(ids.at[0].id, 20);
    assert_int_equal(ids.at[1].id, 30);
    assert_int_equal(pk_prefix_compare(ids.at[0].subnet, prefix("10.20.0.0/24")), 0);
    must(pk_adm_retired_ids_load(store->db, pool, "dhcp-b", &ids, &err), &err);
    assert_int_equal(ids.count, 0);
}

static void
deleting_a_scope_takes_what_hangs_on_it(void **state)
{
    static const char *const tables[] = {"adm_dhcp_options", "adm_dhcp_reservations",
                                         "adm_ip_ranges", "adm_dhcp_scope_failover"};
    struct store *store = *state;
    char sql[128];
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    for (size_t i = 0; i < 4; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) > 0 FROM %s", tables[i]);
        assert_int_equal(store_number(store, sql), 1);
    }
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_scope_delete(&txn, "dhcp-a", prefix("10.20.0.0/24"));
    must_end(&txn);
    for (size_t i = 0; i < 4; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
        assert_int_equal(store_number(store, sql), 0);
    }
    assert_int_equal(store_number(store, "SELECT count(*) FROM adm_dhcp_failover_relations"), 1);
}

static void
delete_rules_are_the_protocols(void **state)
{
    static const struct {
        const char *sql;
        int code;
        const char *then; /* must answer 1 */
    } cases[] = {
        {"DELETE FROM adm_dhcp_superscopes", SQLITE_OK,
         "SELECT superscope_record_id IS NULL FROM adm_dhcp_scopes"},
        {"DELETE FROM adm_dhcp_option_definitions", SQLITE_CONSTRAINT,
         "SELECT count(*) > 0 FROM adm_dhcp_options"},
        {"DELETE FROM adm_dhcp_servers WHERE name = 'dhcp-a'", SQLITE_CONSTRAINT,
         "SELECT count(*) = 1 FROM adm_dhcp_scopes"}, /* member of a relationship */
        {"DELETE FROM adm_dhcp_reservations", SQLITE_OK,
         "SELECT count(*) = 0 FROM adm_dhcp_options WHERE reservation_id IS NOT NULL"},
        {"DELETE FROM adm_dhcp_failover_relations", SQLITE_OK,
         "SELECT count(*) = 0 FROM adm_dhcp_scope_failover"},
        {"DELETE FROM adm_dhcp_servers WHERE name = 'dhcp-a'", SQLITE_OK,
         "SELECT count(*) = 0 FROM adm_dhcp_scopes"}, /* its scopes go with it */
    };
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(store_try(store, cases[i].sql), cases[i].code);
        assert_int_equal(store_number(store, cases[i].then), 1);
    }
}

static void
keys_refuse_a_second_row(void **state)
{
    static const char *const statements[] = {
        "INSERT INTO adm_dhcp_servers(name, driver) VALUES('dhcp-a', 'kea')",
        "INSERT INTO adm_dhcp_failover_relations(relationship_name) VALUES('campus')",
        "INSERT INTO adm_dhcp_superscopes(server, name) SELECT server, name"
        " FROM adm_dhcp_superscopes",
        "INSERT INTO adm_dhcp_scope_failover(failover_relation_id, scope_id)"
        " SELECT failover_relation_id, scope_id FROM adm_dhcp_scope_failover",
        "INSERT INTO adm_dhcp_scopes(dhcp_server_record_id, scope_id, prefix_length)"
        " SELECT dhcp_server_record_id, scope_id, 25 FROM adm_dhcp_scopes",
        "INSERT INTO adm_dhcp_reservations(scope_record_id, identifier_type,"
        " reservation_client_id) SELECT scope_record_id, identifier_type, reservation_client_id"
        " FROM adm_dhcp_reservations",
        "INSERT INTO adm_dhcp_options(server_record_id, scope_record_id,"
        " option_definition_record_id, \"values\") SELECT server_record_id, scope_record_id,"
        " option_definition_record_id, '[]' FROM adm_dhcp_options WHERE reservation_id IS NULL",
        "INSERT INTO adm_dhcp_option_definitions(dhcp_server_record_id, option_id, name,"
        " option_type, option_collection_type) SELECT dhcp_server_record_id, option_id, name, 1, 1"
        " FROM adm_dhcp_option_definitions WHERE vendor_class_record_id IS NULL",
    };
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/24", everything);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        assert_int_equal(store_try(store, statements[i]), SQLITE_CONSTRAINT);
    }
}

static const char *
near_text(struct store *store, struct pk_pool *pool, const char *subnet, uint32_t id)
{
    struct pk_prefixes found = {0};
    struct pk_error err = {0};
    must(pk_adm_scopes_near(store->db, pool, "dhcp-a", prefix(subnet), id, &found, &err), &err);
    pk_prefixes_sort(&found);
    const char *text = "";
    for (size_t i = 0; i < found.count; i++) {
        text = pk_sprintf(pool, "%s%s ", text, pk_prefix_text(pool, found.at[i]));
    }
    return text;
}

static void
near_a_subnet_is_what_overlaps_it_or_has_its_id(void **state)
{
    static const struct named_part seven[] = {{"id", "7"}, {NULL, NULL}};
    PK_SCRATCH(pool);
    struct store *store = *state;
    put_scope(store, "dhcp-a", "10.20.0.0/22", little);
    put_scope(store, "dhcp-a", "10.20.4.0/24", little);
    put_scope(store, "dhcp-a", "10.20.5.0/24", little);
    put_scope(store, "dhcp-a", "10.30.0.0/24", seven);
    put_scope(store, "dhcp-b", "10.20.6.0/24", little);
    assert_string_equal(near_text(store, pool, "10.20.3.0/24", 0), "10.20.0.0/22 ");
    assert_string_equal(near_text(store, pool, "10.20.4.0/23", 0), "10.20.4.0/24 10.20.5.0/24 ");
    assert_string_equal(near_text(store, pool, "10.20.5.128/25", 0), "10.20.5.0/24 ");
    assert_string_equal(near_text(store, pool, "10.20.6.0/24", 0), "");
    assert_string_equal(near_text(store, pool, "10.20.6.0/24", 7), "10.30.0.0/24 ");
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, open_with_servers, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_read_back_exactly),
        TEST(each_part_comes_and_goes_alone),
        TEST(the_columns_are_the_protocols),
        TEST(the_store_keeps_record_ids_of_servers_apart),
        TEST(putting_what_is_there_writes_nothing),
        TEST(the_sequence_grows_with_every_change_and_only_there),
        TEST(scopes_come_sorted_and_as_asked_for),
        TEST(near_a_subnet_is_what_overlaps_it_or_has_its_id),
        TEST(status_and_leases_stand_with_the_row),
        TEST(an_address_can_change_hands_between_reservations),
        TEST(one_address_for_two_reservations_is_refused),
        TEST(what_cannot_be_stored_is_refused_with_its_reason),
        TEST(a_subnet_id_belongs_to_one_scope_of_a_server),
        TEST(ids_are_retired_by_delete_and_by_change),
        TEST(deleting_a_scope_takes_what_hangs_on_it),
        TEST(delete_rules_are_the_protocols),
        TEST(keys_refuse_a_second_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
