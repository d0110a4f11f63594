/* The embedded driver, on a real SQLite file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/adm.h"
#include "tests/support/pair-world.h"

#define SUBNET "10.0.0.0/24"

static int
open_world(void **state)
{
    static struct pk_world world;
    pk_world_open(&world, &pk_driver_adm);
    *state = &world;
    return 0;
}

static int
close_world(void **state)
{
    pk_world_close(*state);
    return 0;
}

static struct pk_change
put_change(struct pk_world *world, const char *subnet, const struct pk_row *row)
{
    struct pk_relation *relation = pk_new(world->pool, struct pk_relation);
    *relation = (struct pk_relation){
        .name = "campus", .servers = {"dhcp-a", "dhcp-b"}, .parts = world->relationship.parts};
    return (struct pk_change){.kind = PK_PUT_SCOPE,
                              .subnet = pk_world_subnet(subnet),
                              .wanted = row,
                              .relation = relation};
}

static enum pk_code
write_changes(struct pk_world *world, const struct pk_change *changes, size_t count,
              struct pk_change_result *results)
{
    return pk_driver_adm.write(world->servers[PK_SERVER_1], changes, count, results, NULL);
}

static void
the_registry_finds_drivers_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(pk_driver_find("adm"), &pk_driver_adm);
    assert_null(pk_driver_find("windows-nt"));
}

static void
a_written_scope_is_read_back_as_it_was_wanted(void **state)
{
    struct pk_world *world = *state;
    const struct pk_row *row = pk_world_row(
        world, SUBNET,
        PK_PARTS("name=\"Library\"", "lease-time=28800", "ranges=[\"10.0.0.50-10.0.0.200\"]",
                 "options.routers=[\"10.0.0.1\"]", "shared-network=\"library\"",
                 "reservations.mac=00:1a:2b:3c:4d:5e={\"ip\":\"10.0.0.61\"}",
                 "kea.allocator=\"flq\""));
    struct pk_change change = put_change(world, SUBNET, row);
    struct pk_change_result result;
    assert_int_equal(write_changes(world, &change, 1, &result), PK_OK);
    assert_int_equal(result.outcome, PK_OUTCOME_WRITTEN);

    struct pk_observation seen;
    assert_int_equal(pk_driver_adm.read(world->servers[PK_SERVER_1], world->pool, &seen, NULL),
                     PK_OK);
    assert_int_equal(seen.rows.count, 1);
    assert_true(pk_sha256_equal(&seen.rows.at[0].hash, &row->hash));
    assert_string_equal(seen.rows.at[0].relationship, "campus");
    assert_int_equal(seen.relations.count, 1);
}

static void
the_first_scope_makes_the_relationship_with_both_members(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, SUBNET, PK_NO_PARTS);
    struct pk_observation seen;
    assert_int_equal(pk_driver_adm.read(world->servers[PK_SERVER_2], world->pool, &seen, NULL),
                     PK_OK);
    assert_int_equal(seen.relations.count, 1);
    assert_string_equal(seen.relations.at[0].servers[PK_SERVER_1], "dhcp-a");
    assert_string_equal(seen.relations.at[0].servers[PK_SERVER_2], "dhcp-b");
    assert_int_equal(seen.rows.count, 0);
}

static void
a_row_that_is_not_as_expected_is_stale_and_stays(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, SUBNET, PK_PARTS("name=\"edited\""));
    const struct pk_row *row = pk_world_row(world, SUBNET, PK_PARTS("name=\"planned\""));
    struct pk_change change = put_change(world, SUBNET, row); /* expects no row */
    struct pk_change_result result;
    assert_int_equal(write_changes(world, &change, 1, &result), PK_OK);
    assert_int_equal(result.outcome, PK_OUTCOME_STALE);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, SUBNET, "name"), "\"edited\"");

    change = (struct pk_change){.kind = PK_DELETE_SCOPE, .subnet = pk_world_subnet(SUBNET)};
    assert_int_equal(write_changes(world, &change, 1, &result), PK_OK);
    assert_int_equal(result.outcome, PK_OUTCOME_STALE);
    assert_non_null(pk_world_holds(world, PK_SERVER_1, SUBNET));
}

static void
one_refused_scope_leaves_the_rest_of_its_batch_written(void **state)
{
    struct pk_world *world = *state;
    struct pk_change changes[] = {
        put_change(world, SUBNET, pk_world_row(world, SUBNET, PK_PARTS("id=7"))),
        put_change(world, "10.0.1.0/24", pk_world_row(world, "10.0.1.0/24", PK_PARTS("id=7"))),
        put_change(world, "10.0.2.0/24", pk_world_row(world, "10.0.2.0/24", PK_PARTS("id=8"))),
    };
    struct pk_change_result results[3];
    assert_int_equal(write_changes(world, changes, 3, results), PK_OK);
    assert_int_equal(results[0].outcome, PK_OUTCOME_WRITTEN);
    assert_int_equal(results[1].outcome, PK_OUTCOME_REFUSED); /* the id is taken */
    assert_int_equal(results[1].fault.inner, PK_FAULT_SCOPE_FAILED_TO_ADD_IN_DB);
    assert_int_equal(results[2].outcome, PK_OUTCOME_WRITTEN);
    assert_null(pk_world_holds(world, PK_SERVER_1, "10.0.1.0/24"));
    assert_non_null(pk_world_holds(world, PK_SERVER_1, "10.0.2.0/24"));
}

static void
the_sequence_moves_with_every_change_and_only_then(void **state)
{
    struct pk_world *world = *state;
    const char *before, *same, *after;
    struct pk_server *server = world->servers[PK_SERVER_1];
    pk_world_hold(world, PK_SERVER_1, SUBNET, PK_NO_PARTS);
    pk_driver_adm.sequence(server, world->pool, NULL, &before, NULL);
    pk_driver_adm.sequence(server, world->pool, NULL, &same, NULL);
    pk_world_lose(world, PK_SERVER_1, SUBNET);
    pk_driver_adm.sequence(server, world->pool, NULL, &after, NULL);
    assert_string_equal(before, same);
    assert_string_not_equal(before, after);
}

static void
verify_answers_only_for_the_scopes_asked_for(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, SUBNET, PK_NO_PARTS);
    pk_world_hold(world, PK_SERVER_1, "10.0.1.0/24", PK_NO_PARTS);
    struct pk_prefix asked[] = {pk_world_subnet("10.0.1.0/24"), pk_world_subnet("10.0.9.0/24")};
    struct pk_rows rows;
    assert_int_equal(
        pk_driver_adm.verify(world->servers[PK_SERVER_1], world->pool, asked, 2, &rows, NULL),
        PK_OK);
    assert_int_equal(rows.count, 1);
    assert_int_equal(pk_prefix_compare(rows.at[0].subnet, asked[0]), 0);
    assert_int_equal(
        pk_driver_adm.verify(world->servers[PK_SERVER_1], world->pool, NULL, 0, &rows, NULL),
        PK_OK);
    assert_int_equal(rows.count, 0);
}

static void
without_a_database_it_is_an_empty_server_that_takes_nothing(void **state)
{
    struct pk_world *world = *state;
    struct pk_server *server;
    assert_int_equal(pk_driver_adm.open(&world->configs[PK_SERVER_1], NULL, &server, NULL), PK_OK);
    struct pk_observation seen;
    assert_int_equal(pk_driver_adm.read(server, world->pool, &seen, NULL), PK_OK);
    assert_int_equal(seen.rows.count, 0);
    assert_int_equal(seen.relations.count, 0);

    struct pk_change change = put_change(world, SUBNET, pk_world_row(world, SUBNET, PK_NO_PARTS));
    struct pk_change_result result;
    struct pk_error err = {0};
    assert_int_equal(pk_driver_adm.write(server, &change, 1, &result, &err), PK_ESYS);
    assert_int_equal(result.outcome, PK_OUTCOME_NOT_RUN);
    assert_non_null(strstr(err.message, "dhcp-a"));
    pk_driver_adm.close(server);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_registry_finds_drivers_by_name),
        IN_WORLD(a_written_scope_is_read_back_as_it_was_wanted),
        IN_WORLD(the_first_scope_makes_the_relationship_with_both_members),
        IN_WORLD(a_row_that_is_not_as_expected_is_stale_and_stays),
        IN_WORLD(one_refused_scope_leaves_the_rest_of_its_batch_written),
        IN_WORLD(the_sequence_moves_with_every_change_and_only_then),
        IN_WORLD(verify_answers_only_for_the_scopes_asked_for),
        IN_WORLD(without_a_database_it_is_an_empty_server_that_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
