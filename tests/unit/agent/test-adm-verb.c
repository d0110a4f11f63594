/* The console: what YAML takes it takes, one side alone is edited, every edit leaves an event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "adm/events.h"
#include "adm/scopes.h"
#include "desk.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char subnet[] = "10.20.0.0/24";

static enum pk_exit
set(struct desk *desk, const char *word)
{
    return desk_run(desk, "adm", "set", "--server", "dhcp-b", subnet, word, NULL);
}

/* The shown value of a part, NULL when it is absent. */
static const char *
shown(struct desk *desk, const char *server, const char *part)
{
    if (desk_run(desk, "-o", "json", "adm", "show", "--server", server, subnet, NULL) !=
        PK_EXIT_IN_STEP) {
        return NULL;
    }
    json_auto_t *document = pk_json_parse(desk->out, NULL);
    json_t *scope = json_array_get(json_object_get(document, "scopes"), 0);
    json_t *value = json_object_get(json_object_get(scope, "fields"), part);
    return value != NULL ? pk_json_text(desk->pool, value) : NULL;
}

static void
put_relationship(struct desk *desk)
{
    struct pk_txn txn;
    struct pk_error err = {0};
    pk_txn_begin(desk_db(desk), &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    pk_adm_server_put(&txn, "dhcp-b", "adm");
    pk_adm_relation_put(&txn,
                        &(struct pk_relation){.name = "campus", .servers = {"dhcp-a", "dhcp-b"}});
    assert_int_equal(pk_txn_end(&txn, &err), PK_OK);
    desk_db_close(desk);
}

static void
every_field_is_set_and_removed_as_yaml_writes_it(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *word, *part, *value;
    } rows[] = {
        {"relationship=campus", "relationship", "\"campus\""},
        {"id=20", "id", "20"},
        {"name=Library #3: \"east\"", "name", "\"Library #3: \\\"east\\\"\""},
        {"description=a = b", "description", "\"a = b\""},
        {"state=inactive", "state", "\"inactive\""},
        {"ranges=[10.20.0.5-10.20.0.9, 10.20.0.32/28]", "ranges",
         "[\"10.20.0.5-10.20.0.9\",\"10.20.0.32-10.20.0.47\"]"},
        {"lease-time=8h", "lease-time", "28800"},
        {"renew-time=1h", "renew-time", "3600"},
        {"rebind-time=2h", "rebind-time", "7200"},
        {"shared-network=library", "shared-network", "\"library\""},
        {"options.routers=[10.20.0.1]", "options.routers", "[\"10.20.0.1\"]"},
        {"options.224=\"0a0b\"", "options.224", "[\"0a0b\"]"},
        {"reservations.mac=00:1A:2b:3c:4d:5e={ip: 10.20.0.61, hostname: printer}",
         "reservations.mac=00:1a:2b:3c:4d:5e", "{\"hostname\":\"printer\",\"ip\":\"10.20.0.61\"}"},
        {"kea.allocator=random", "kea.allocator", "\"random\""},
    };
    put_relationship(desk);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(set(desk, rows[i].word), PK_EXIT_IN_STEP);
        assert_string_equal(shown(desk, "dhcp-b", rows[i].part), rows[i].value);
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *removal = pk_sprintf(desk->pool, "%s=", rows[i].part);
        assert_int_equal(set(desk, removal), PK_EXIT_IN_STEP);
        assert_null(shown(desk, "dhcp-b", rows[i].part));
    }
    assert_null(shown(desk, "dhcp-a", "name"));
}

static void
maps_and_lists_are_set_whole_too(void **state)
{
    struct desk *desk = *state;
    set(desk, "options.routers=[10.20.0.1]");
    assert_int_equal(set(desk, "options={ntp-servers: [10.0.0.7]}"), PK_EXIT_IN_STEP);
    assert_null(shown(desk, "dhcp-b", "options.routers"));
    assert_string_equal(shown(desk, "dhcp-b", "options.ntp-servers"), "[\"10.0.0.7\"]");
    assert_int_equal(set(desk, "reservations=[{mac: \"00:1a:2b:3c:4d:5e\", ip: 10.20.0.61}]"),
                     PK_EXIT_IN_STEP);
    assert_int_equal(set(desk, "reservations="), PK_EXIT_IN_STEP);
    assert_null(shown(desk, "dhcp-b", "reservations.mac=00:1a:2b:3c:4d:5e"));
    assert_int_equal(set(desk, "options.3=[10.20.0.9]"), PK_EXIT_IN_STEP);
    assert_string_equal(shown(desk, "dhcp-b", "options.routers"), "[\"10.20.0.9\"]");
    assert_int_equal(set(desk, "options.3="), PK_EXIT_IN_STEP);
    assert_null(shown(desk, "dhcp-b", "options.routers"));
    assert_int_equal(desk_run(desk, "adm", "set", "--server", "dhcp-b", subnet,
                              "ranges=[10.20.0.5-10.20.0.9]", "exclusions=[10.20.0.7]", NULL),
                     PK_EXIT_IN_STEP);
    assert_string_equal(shown(desk, "dhcp-b", "ranges"),
                        "[\"10.20.0.5-10.20.0.6\",\"10.20.0.8-10.20.0.9\"]");
}

static void
a_wrong_word_is_named_and_nothing_is_written(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *word, *says;
    } rows[] = {
        {"lease-tmie=8h", "did you mean 'lease-time'"},
        {"lease-time=8x", "lease-time=8x: "},
        {"lease-time", "is not FIELD=VALUE"},
        {"name.x=y", "name has no parts"},
        {"options.=x", "options has no parts"},
        {"options.router=[10.20.0.1]", "did you mean 'routers'"},
        {"subnet=10.0.0.0/24", "which scope it is"},
        {"ranges=[10.99.0.1-10.99.0.2]", "10.20.0.0/24"},
        {"exclusions=[10.20.0.1]", "exclusions=[10.20.0.1]: "},
        {"state=on", "state=on: "},
        {"kea.pools=[]", "use the field `ranges`"},
        {"active-leases=many", "is not a number of leases"},
        {"name=a\nid: 7", "in one line"},
        {"lease-time=8h\", id: \"7", "is not a duration"},
        {"kea.x=1], y: [2", "kea.x=1], y: [2: "},
    };
    assert_int_equal(set(desk, "name=before"), PK_EXIT_IN_STEP);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(set(desk, rows[i].word), PK_EXIT_USAGE);
        desk_assert_err(desk, rows[i].says);
    }
    assert_int_equal(
        desk_run(desk, "adm", "set", "--server", "dhcp-b", subnet, "name=a", "name=b", NULL),
        PK_EXIT_USAGE);
    assert_string_equal(shown(desk, "dhcp-b", "name"), "\"before\"");
}

static void
only_embedded_servers_of_the_configuration_are_edited(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "adm", "list", "--server", "dhcp-x", NULL), PK_EXIT_USAGE);
    desk_assert_err(desk, "did you mean dhcp-a");
    assert_int_equal(desk_run(desk, "adm", "set", subnet, "name=x", NULL), PK_EXIT_USAGE);
    desk_assert_err(desk, "--server NAME");
    assert_int_equal(desk_run(desk, "adm", "lst", NULL), PK_EXIT_USAGE);
    desk_assert_err(desk, "did you mean list");
    assert_int_equal(desk_run(desk, "adm", "list", "--all", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "adm", "show", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "adm", "show", "10.20.0.1/24", NULL), PK_EXIT_USAGE);
    desk_assert_err(desk, "did you mean 10.20.0.0/24");
}

static void
a_scope_that_is_not_there_is_exit_1(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "adm", "show", subnet, NULL), PK_EXIT_CANNOT_RUN);
    set(desk, "name=x");
    assert_int_equal(desk_run(desk, "adm", "show", "--server", "dhcp-b", subnet, NULL),
                     PK_EXIT_IN_STEP);
    assert_int_equal(desk_run(desk, "adm", "show", "--server", "dhcp-a", subnet, NULL),
                     PK_EXIT_CANNOT_RUN);
    assert_int_equal(
        desk_run(desk, "adm", "delete", "--server", "dhcp-b", subnet, "10.9.0.0/24", NULL),
        PK_EXIT_CANNOT_RUN);
    assert_non_null(shown(desk, "dhcp-b", "name"));
}

static void
a_link_to_a_relationship_that_is_not_there_is_refused(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(set(desk, "relationship=campus"), PK_EXIT_CANNOT_RUN);
    desk_assert_err(desk, "campus");
    assert_int_equal(desk_run(desk, "adm", "show", subnet, NULL), PK_EXIT_CANNOT_RUN);
}

static void
delete_all_leaves_servers_and_relationships(void **state)
{
    struct desk *desk = *state;
    put_relationship(desk);
    set(desk, "relationship=campus");
    desk_run(desk, "adm", "set", "--server", "dhcp-a", subnet, "relationship=campus", NULL);
    desk_run(desk, "adm", "set", "--server", "dhcp-b", "10.20.1.0/24", "name=y", NULL);
    assert_int_equal(desk_run(desk, "adm", "delete", "--server", "dhcp-b", subnet, "--all", NULL),
                     PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "adm", "delete", "--server", "dhcp-b", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "adm", "delete", "--server", "dhcp-b", "--all", NULL),
                     PK_EXIT_IN_STEP);
    desk_assert_out(desk, "all 2 scopes deleted");
    assert_int_equal(desk_run(desk, "adm", "list", "--server", "dhcp-b", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "no scopes");
    assert_string_equal(shown(desk, "dhcp-a", "relationship"), "\"campus\"");
    assert_int_equal(set(desk, "relationship=campus"), PK_EXIT_IN_STEP);
    assert_int_equal(desk_run(desk, "adm", "delete", "--server", "dhcp-b", subnet, NULL),
                     PK_EXIT_IN_STEP);
    assert_int_equal(desk_run(desk, "adm", "delete", "--server", "dhcp-b", "--all", NULL),
                     PK_EXIT_IN_STEP);
    desk_assert_out(desk, "nothing to delete");
}

static size_t
event_count(struct desk *desk, struct pk_event **events)
{
    size_t count = 0;
    struct pk_error err = {0};
    assert_int_equal(
        pk_events_load(desk_db(desk), desk->pool, 0, (struct pk_wall){0}, 0, events, &count, &err),
        PK_OK);
    return count;
}

static void
every_edit_leaves_an_event_and_no_edit_leaves_none(void **state)
{
    struct desk *desk = *state;
    struct pk_event *events = NULL;
    put_relationship(desk);
    set(desk, "relationship=campus");
    set(desk, "lease-time=8h");
    set(desk, "lease-time=8h");
    desk_assert_out(desk, "nothing to change");
    desk_run(desk, "adm", "delete", "--server", "dhcp-b", subnet, NULL);
    assert_int_equal(event_count(desk, &events), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(events[i].reason, PK_REASON_EDITED_BY_HAND);
        assert_string_equal(events[i].server, "dhcp-b");
        assert_string_equal(events[i].subnet, subnet);
        assert_string_equal(events[i].relationship, "campus");
        assert_string_equal(events[i].actor, "alice (uid 1000)");
    }
    assert_non_null(strstr(events[1].message, "lease-time - → 8h"));
    assert_string_equal(events[1].attributes, "{\"fields\":[\"lease-time\"]}");
}

static void
active_leases_are_pretended(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(set(desk, "active-leases=7"), PK_EXIT_IN_STEP);
    assert_int_equal(desk_run(desk, "adm", "show", subnet, NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "active-leases");
    desk_run(desk, "-o", "json", "adm", "list", NULL);
    json_auto_t *document = pk_json_parse(desk->out, NULL);
    json_t *scope = json_array_get(json_object_get(document, "scopes"), 0);
    assert_int_equal(json_integer_value(json_object_get(scope, "active_leases")), 7);
    assert_string_equal(json_string_value(json_object_get(scope, "server")), "dhcp-b");
}

static void
listing_makes_no_database(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "adm", "list", NULL), PK_EXIT_IN_STEP);
    assert_null(fopen(desk_path(desk, "pairkeeper.db"), "r"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_field_is_set_and_removed_as_yaml_writes_it),
        TEST(maps_and_lists_are_set_whole_too),
        TEST(a_wrong_word_is_named_and_nothing_is_written),
        TEST(only_embedded_servers_of_the_configuration_are_edited),
        TEST(a_scope_that_is_not_there_is_exit_1),
        TEST(a_link_to_a_relationship_that_is_not_there_is_refused),
        TEST(delete_all_leaves_servers_and_relationships),
        TEST(every_edit_leaves_an_event_and_no_edit_leaves_none),
        TEST(active_leases_are_pretended),
        TEST(listing_makes_no_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
