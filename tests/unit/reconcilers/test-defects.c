/*
 * The protocol's text has defects; each test here is named after one, says what the literal reading
 * would do, and fails if anybody follows it.  Embedded servers: their rows are the protocol's
 * tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/adm.h"
#include "tests/support/fake-driver.h"
#include "tests/support/pair-world.h"

#define ONE     "10.0.1.0/24"
#define TWO     "10.0.2.0/24"
#define THREE   "10.0.3.0/24"
#define SUBNETS 3

static struct pk_world the_world;

static void
open_world(const struct pk_driver *driver)
{
    static const char *const subnets[SUBNETS] = {ONE, TWO, THREE};
    pk_world_open(&the_world, driver);
    for (size_t i = 0; i < SUBNETS; i++) {
        pk_world_want(&the_world, subnets[i], PK_NO_PARTS); /* Git names them and owns nothing */
    }
}

static int
open_embedded(void **state)
{
    open_world(&pk_driver_adm);
    *state = &the_world;
    return 0;
}

static int
open_fake(void **state)
{
    open_world(&pk_driver_fake);
    *state = &the_world;
    return 0;
}

static int
close_world(void **state)
{
    pk_world_close(*state);
    return 0;
}

/* -- Asking ----------------------------------------------------------------------------------- */

static struct pk_prefix asked[SUBNETS];

static struct pk_replicate_request
scopes_request(size_t count, const char *first, const char *second)
{
    asked[0] = pk_world_subnet(first);
    asked[1] = pk_world_subnet(second);
    return (struct pk_replicate_request){
        .what = PK_REPLICATE_SCOPES, .scopes = asked, .scope_count = count};
}

static struct pk_execution
replicate(struct pk_world *world, const struct pk_replicate_request *request)
{
    struct pk_relationship_plan plan = pk_world_plan_replicate(world, request);
    return pk_world_act(world, &plan);
}

static struct pk_execution
replicate_scope(struct pk_world *world, const char *subnet)
{
    struct pk_replicate_request request = scopes_request(1, subnet, subnet);
    return replicate(world, &request);
}

static struct pk_execution
replicate_server(struct pk_world *world, const char *server)
{
    return replicate(world,
                     &(struct pk_replicate_request){.what = PK_REPLICATE_SERVER, .name = server});
}

static struct pk_replicate_scene
scene_of(struct pk_world *world)
{
    static const char *const servers[] = {"dhcp-a", "dhcp-b", "dhcp-lonely"};
    pk_world_observe(world);
    return (struct pk_replicate_scene){
        .views = &world->view, .view_count = 1, .servers = servers, .server_count = 3};
}

static const struct pk_operation *
last_operation(struct pk_world *world)
{
    struct pk_operation *operations;
    assert_true(pk_world_operations(world, &operations) > 0);
    return &operations[0];
}

static size_t
operation_count(struct pk_world *world)
{
    struct pk_operation *operations;
    return pk_world_operations(world, &operations);
}

/* Both servers hold the scope; the source's copy is the newer one. */
static void
hold_unequal(struct pk_world *world, const char *subnet)
{
    pk_world_hold(world, PK_SERVER_1, subnet, PK_PARTS("name=\"of the source\""));
    pk_world_hold(world, PK_SERVER_2, subnet, PK_PARTS("name=\"of the partner\""));
}

/* -- What is written -------------------------------------------------------------------------- */

/* Literal: the destination is the server the scope is already on, so the partner keeps its copy. */
static void
d1_the_destination_is_the_other_server(void **state)
{
    struct pk_world *world = *state;
    hold_unequal(world, ONE);
    struct pk_execution execution = replicate_scope(world, ONE);
    assert_int_equal(execution.done, 1);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"of the source\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"of the source\"");

    const struct pk_relation relation = {.name = "campus", .servers = {"dhcp-a", "dhcp-b"}};
    assert_string_equal(pk_replicate_destination(&relation, "dhcp-a", NULL), "dhcp-b");
    assert_string_equal(pk_replicate_destination(&relation, "dhcp-b", NULL), "dhcp-a");
}

/*
 * Literal: the clone keeps the source's record id, so an update finds and rewrites the source's own
 * row, and a create finds it and says that the scope exists.
 */
static void
d2_the_partners_row_is_found_by_server_and_subnet(void **state)
{
    struct pk_world *world = *state;
    hold_unequal(world, ONE);                                            /* update */
    pk_world_hold(world, PK_SERVER_1, TWO, PK_PARTS("name=\"second\"")); /* create */
    replicate_scope(world, ONE);
    struct pk_execution execution = replicate_scope(world, TWO);
    assert_int_equal(execution.done, 1);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        assert_string_equal(pk_world_value(world, side, ONE, "name"), "\"of the source\"");
        assert_string_equal(pk_world_value(world, side, TWO, "name"), "\"second\"");
    }
}

/* Literal: the exists-test ignores the server, so the source's own row always "exists" there. */
static void
d3_a_scope_on_the_source_does_not_exist_on_the_partner(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE, PK_PARTS("name=\"x\""));
    assert_null(pk_world_holds(world, PK_SERVER_2, ONE));
    replicate_scope(world, ONE);
    assert_non_null(pk_world_holds(world, PK_SERVER_2, ONE));
    const struct pk_sub_task *task = &last_operation(world)->sub_tasks[0];
    assert_int_equal(task->status, PK_SUB_TASK_COMPLETED_WITH_SUCCESS);
    assert_true(pk_sha256_is_zero(&task->rows[PK_SERVER_2].before));
}

/*
 * Literal: a clone has no change trackers, so options, exclusions and reservations stay as they are
 * on the partner: neither added nor taken away.
 */
static void
d4_options_ranges_and_reservations_go_over_and_go_away(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE,
                  PK_PARTS("options.routers=[\"10.0.1.1\"]", "ranges=[\"10.0.1.50-10.0.1.99\"]",
                           "reservations.mac=00:1a:2b:3c:4d:5e={\"ip\":\"10.0.1.61\"}"));
    pk_world_hold(world, PK_SERVER_2, ONE,
                  PK_PARTS("options.ntp-servers=[\"10.0.1.9\"]",
                           "reservations.mac=00:1a:2b:3c:4d:5f={\"ip\":\"10.0.1.62\"}"));
    replicate_scope(world, ONE);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "options.routers"),
                        "[\"10.0.1.1\"]");
    assert_null(pk_world_value(world, PK_SERVER_2, ONE, "options.ntp-servers"));
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "ranges"),
                        "[\"10.0.1.50-10.0.1.99\"]");
    assert_non_null(pk_world_value(world, PK_SERVER_2, ONE, "reservations.mac=00:1a:2b:3c:4d:5e"));
    assert_null(pk_world_value(world, PK_SERVER_2, ONE, "reservations.mac=00:1a:2b:3c:4d:5f"));
}

/* Literal: seven columns are written; description, state, times, superscope, kea stay behind. */
static void
d5_every_field_goes_over_and_what_is_the_servers_own_does_not(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE,
                  PK_PARTS("id=7", "name=\"n\"", "description=\"d\"", "state=\"inactive\"",
                           "lease-time=900", "renew-time=300", "rebind-time=600",
                           "shared-network=\"s\"", "kea.allocator=\"flq\""));
    struct pk_txn txn;
    pk_txn_begin(world->db, &txn);
    pk_adm_scope_set_leases(&txn, "dhcp-a", pk_world_subnet(ONE), 42);
    assert_int_equal(pk_txn_end(&txn, NULL), PK_OK);
    replicate_scope(world, ONE);
    const struct pk_row *source = pk_world_holds(world, PK_SERVER_1, ONE);
    const struct pk_row *partner = pk_world_holds(world, PK_SERVER_2, ONE);
    assert_true(pk_sha256_equal(&source->hash, &partner->hash));
    assert_int_equal(source->active_leases, 42);
    assert_int_not_equal(partner->active_leases, 42);
}

/* Literal: the partner's row is inserted with the caller's record id, which is taken. */
static void
d8_the_store_assigns_record_ids(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE, PK_NO_PARTS);
    pk_world_hold(world, PK_SERVER_1, TWO, PK_NO_PARTS);
    struct pk_replicate_request request = scopes_request(2, ONE, TWO);
    struct pk_execution execution = replicate(world, &request);
    assert_int_equal(execution.done, 2);
    assert_int_equal(execution.failed, 0);
    assert_non_null(pk_world_holds(world, PK_SERVER_1, ONE)); /* no row was taken over */
    assert_non_null(pk_world_holds(world, PK_SERVER_2, ONE));
}

/* Literal: the created row gets no link row, so a replicate from the partner skips it. */
static void
d10_a_created_row_is_linked_so_that_the_way_back_works(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE, PK_PARTS("name=\"x\""));
    replicate_scope(world, ONE);
    const struct pk_row *made = pk_world_holds(world, PK_SERVER_2, ONE);
    assert_non_null(made->relationship);
    assert_string_equal(made->relationship, "campus");

    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"back\""));
    struct pk_replicate_request back = scopes_request(1, ONE, ONE);
    back.from = "dhcp-b";
    replicate(world, &back);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"back\"");
}

/* Literal: the link rows hold both servers' scopes, so each is copied over the other in turn. */
static void
d11_a_relationship_is_replicated_in_one_direction(void **state)
{
    struct pk_world *world = *state;
    hold_unequal(world, ONE);
    pk_world_hold(world, PK_SERVER_1, TWO, PK_PARTS("name=\"of the source\""));
    pk_world_hold(world, PK_SERVER_2, THREE, PK_PARTS("name=\"of the partner\""));
    replicate(world, &(struct pk_replicate_request){
                         .what = PK_REPLICATE_RELATIONSHIP, .name = "campus", .from = "dhcp-b"});
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"of the partner\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"of the partner\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_1, THREE, "name"), "\"of the partner\"");
    assert_null(pk_world_holds(world, PK_SERVER_2, TWO)); /* nothing flowed the other way */
}

/* -- How it ends ------------------------------------------------------------------------------ */

/* Literal: no scopes make the inner call fault on an empty list; an unknown server passes for one.
 */
static void
d12_a_server_without_scopes_succeeds_with_zero_sub_tasks(void **state)
{
    struct pk_world *world = *state;
    struct pk_fault fault = {0};
    pk_world_unwant(world, ONE);
    pk_world_unwant(world, TWO);
    pk_world_unwant(world, THREE);
    struct pk_replicate_scene scene = scene_of(world);
    struct pk_replicate_request request = {.what = PK_REPLICATE_SERVER, .name = "dhcp-a"};
    assert_int_equal(pk_replicate_check(&scene, &request, &fault), PK_OK);
    struct pk_execution execution = replicate_server(world, "dhcp-a");
    assert_int_equal(execution.failed, 0);
    const struct pk_operation *operation = last_operation(world);
    assert_int_equal(operation->kind, PK_OPERATION_REPLICATE_SERVER);
    assert_int_equal(operation->status, PK_OVERALL_COMPLETED_WITH_SUCCESS);
    assert_int_equal(operation->sub_task_count, 0);

    request.name = "dhcp-lonely"; /* known, in no relationship */
    assert_int_equal(pk_replicate_check(&scene, &request, &fault), PK_OK);
    request.name = "dhcp-x";
    assert_int_equal(pk_replicate_check(&scene, &request, &fault), PK_ENOENT);
    assert_int_equal(fault.outer, PK_FAULT_FAILED_TO_REPLICATE_SERVER);
    assert_int_equal(fault.inner, PK_FAULT_SERVER_NOT_FOUND_IN_DB);
}

static void
asking_for_nothing_is_an_invalid_parameter(void **state)
{
    struct pk_world *world = *state;
    struct pk_replicate_scene scene = scene_of(world);
    static const struct pk_replicate_request requests[] = {
        {.what = PK_REPLICATE_SCOPES},
        {.what = PK_REPLICATE_RELATIONSHIP},
        {.what = PK_REPLICATE_SERVER},
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct pk_fault fault = {0};
        assert_int_equal(pk_replicate_check(&scene, &requests[i], &fault), PK_EINVAL);
        assert_int_equal(fault.inner, PK_FAULT_INVALID_PARAMETER);
    }
    struct pk_fault fault = {0};
    assert_int_equal(pk_replicate_check(&scene, NULL, &fault), PK_EINVAL);
    assert_int_equal(fault.inner, PK_FAULT_INVALID_PARAMETER);
}

struct ends {
    struct pk_world *world;
    size_t most_ended; /* operations that had ended while a write was going on */
};

static void
count_ended(void *context, const struct pk_change *changes, size_t count)
{
    (void)changes;
    (void)count;
    struct ends *ends = context;
    struct pk_operation *operations;
    size_t total = pk_world_operations(ends->world, &operations), ended = 0;
    for (size_t i = 0; i < total; i++) {
        ended += operations[i].ended.ms != 0 || operations[i].percent == 100;
    }
    ends->most_ended = ended > ends->most_ended ? ended : ends->most_ended;
}

/* Literal: the first inner delegate sets the overall status, and more scopes follow after the end.
 */
static void
d13_nothing_is_written_after_the_overall_status(void **state)
{
    struct pk_world *world = *state;
    struct ends ends = {.world = world};
    pk_world_hold(world, PK_SERVER_1, ONE, PK_NO_PARTS);
    pk_world_hold(world, PK_SERVER_1, TWO, PK_NO_PARTS);
    pk_world_hold(world, PK_SERVER_1, THREE, PK_NO_PARTS);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        struct pk_fake_script *script = pk_fake_script_of(world->servers[side]);
        script->capabilities.batch_limit = 1;
        script->before_write = count_ended;
        script->context = &ends;
    }
    replicate_server(world, "dhcp-a");
    assert_int_equal(operation_count(world), 1);
    assert_int_equal(ends.most_ended, 0);
    assert_int_equal(last_operation(world)->sub_task_count, 3);
}

/* Literal: undefined after a fault in one scope; a whole-operation fault loses the other scopes. */
static void
d14_a_failed_scope_does_not_keep_the_others_from_being_replicated(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE, PK_NO_PARTS);
    pk_world_hold(world, PK_SERVER_1, TWO, PK_NO_PARTS);
    pk_world_hold(world, PK_SERVER_1, THREE, PK_NO_PARTS);
    pk_fake_script_of(world->servers[PK_SERVER_2])->refuses = pk_world_subnet(TWO);
    replicate_server(world, "dhcp-a");
    assert_non_null(pk_world_holds(world, PK_SERVER_2, ONE));
    assert_null(pk_world_holds(world, PK_SERVER_2, TWO));
    assert_non_null(pk_world_holds(world, PK_SERVER_2, THREE));
    const struct pk_operation *operation = last_operation(world);
    assert_int_equal(operation->status, PK_OVERALL_COMPLETED_WITH_FAILURE);
    assert_int_equal(operation->sub_tasks[0].status, PK_SUB_TASK_COMPLETED_WITH_SUCCESS);
    assert_int_equal(operation->sub_tasks[1].status, PK_SUB_TASK_COMPLETED_WITH_ERROR);
    assert_int_equal(operation->sub_tasks[2].status, PK_SUB_TASK_COMPLETED_WITH_SUCCESS);
    assert_int_equal(operation->sub_tasks[1].fault.outer, PK_FAULT_FAILED_TO_REPLICATE_SERVER);
}

/* Literal: a scope without link is skipped without a word, and the operation is a plain success. */
static void
d15_a_skipped_scope_is_a_sub_task_that_says_why(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold_unlinked(world, PK_SERVER_1, ONE, PK_NO_PARTS);
    pk_world_hold(world, PK_SERVER_2, TWO, PK_NO_PARTS); /* the source lacks it */
    struct pk_replicate_request request = scopes_request(2, ONE, TWO);
    replicate(world, &request);
    const struct pk_operation *operation = last_operation(world);
    assert_int_equal(operation->sub_task_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(operation->sub_tasks[i].status, PK_SUB_TASK_NOT_APPLICABLE);
        assert_non_null(operation->sub_tasks[i].reason);
        assert_true(operation->sub_tasks[i].reason[0] != '\0');
    }
    assert_null(pk_world_holds(world, PK_SERVER_2, ONE));
    assert_int_equal(pk_world_events(world, PK_REASON_SCOPE_SKIPPED, NULL), 2);
}

/* Literal: no branch matches, the destination stays what it was set to first: the source itself. */
static void
d19_without_a_destination_the_scope_fails_and_nothing_is_written(void **state)
{
    struct pk_world *world = *state;
    static const struct pk_relation broken[] = {
        {.name = "campus", .servers = {"dhcp-x", "dhcp-y"}}, /* neither side */
        {.name = "campus", .servers = {"dhcp-a", NULL}},     /* partner not managed */
        {.name = "campus", .servers = {"dhcp-a", "dhcp-a"}}, /* both sides the same */
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct pk_fault fault = {0};
        assert_null(pk_replicate_destination(&broken[i], "dhcp-a", &fault));
        assert_int_equal(fault.inner, PK_FAULT_OBJECT_STATE_IS_INVALID);
        assert_int_equal(fault.outer, PK_FAULT_FAILED_TO_REPLICATE_SCOPES);
    }

    hold_unequal(world, ONE);
    struct pk_txn txn;
    pk_txn_begin(world->db, &txn);
    const struct pk_relation partnerless = {.name = "campus", .servers = {"dhcp-a", NULL}};
    pk_adm_relation_put(&txn, &partnerless);
    assert_int_equal(pk_txn_end(&txn, NULL), PK_OK);
    struct pk_execution execution = replicate_scope(world, ONE);
    assert_int_equal(execution.failed, 1);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"of the source\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"of the partner\"");
    const struct pk_sub_task *task = &last_operation(world)->sub_tasks[0];
    assert_int_equal(task->status, PK_SUB_TASK_COMPLETED_WITH_ERROR);
    assert_int_equal(task->fault.inner, PK_FAULT_OBJECT_STATE_IS_INVALID);
}

/* Literal: no step sets FailoverConfigSyncStatus, so it says what it always said. */
static void
d22_both_rows_are_in_sync_after_a_replicate_and_out_of_sync_after_an_edit(void **state)
{
    struct pk_world *world = *state;
    hold_unequal(world, ONE);
    replicate_scope(world, ONE);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        assert_int_equal(pk_world_holds(world, side, ONE)->status, PK_SYNC_IN_SYNC);
    }
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"edited\""));
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_world_record(world, &plan);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        assert_int_equal(pk_world_holds(world, side, ONE)->status, PK_SYNC_OUT_OF_SYNC);
    }
}

/* Literal: the scope the client sent is cloned, however old it is. */
static void
d23_what_is_stored_is_copied_not_what_was_sent(void **state)
{
    struct pk_world *world = *state;
    hold_unequal(world, ONE);
    struct pk_replicate_request request = scopes_request(1, ONE, ONE);
    struct pk_relationship_plan plan = pk_world_plan_replicate(world, &request);
    pk_world_hold(world, PK_SERVER_1, ONE, PK_PARTS("name=\"newer\"")); /* after it was sent */
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.stale, 1);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"of the partner\"");
    replicate(world, &request);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"newer\"");

    struct pk_fault fault = {0};
    struct pk_replicate_scene scene = scene_of(world);
    struct pk_replicate_request gone = scopes_request(1, "10.0.9.0/24", "10.0.9.0/24");
    assert_int_equal(pk_replicate_check(&scene, &gone, &fault), PK_ENOENT);
    assert_int_equal(fault.inner, PK_FAULT_SCOPE_NOT_FOUND_IN_DB);
}

/* Literal: "Success and 100 %", a status that does not exist; and each delegate says it again. */
static void
d29_one_end_with_100_percent_and_a_status_of_the_enumeration(void **state)
{
    struct pk_world *world = *state;
    hold_unequal(world, ONE);
    hold_unequal(world, TWO);
    replicate_server(world, "dhcp-a");
    const struct pk_operation *operation = last_operation(world);
    assert_int_equal(operation->percent, 100);
    assert_int_equal(operation->status, PK_OVERALL_COMPLETED_WITH_SUCCESS);
    assert_int_equal(pk_world_events(world, PK_REASON_OPERATION_COMPLETED, NULL), 1);

    struct pk_txn txn; /* a second end is refused by the store */
    pk_txn_begin(world->db, &txn);
    pk_operation_end(&txn, operation->id, NULL, pk_wall_now());
    assert_int_not_equal(pk_txn_end(&txn, NULL), PK_OK);
}

/* Literal: nothing is said, which invites a replicate that makes the partner equal by deleting. */
static void
d43_replicate_never_deletes(void **state)
{
    struct pk_world *world = *state;
    hold_unequal(world, ONE);
    pk_world_hold(world, PK_SERVER_2, TWO, PK_PARTS("name=\"only on the partner\""));
    replicate_server(world, "dhcp-a");
    assert_non_null(pk_world_holds(world, PK_SERVER_2, TWO));
    assert_string_equal(pk_world_value(world, PK_SERVER_2, TWO, "name"), "\"only on the partner\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"of the source\"");
}

#define EMBEDDED(test) cmocka_unit_test_setup_teardown(test, open_embedded, close_world)
#define FAKE(test)     cmocka_unit_test_setup_teardown(test, open_fake, close_world)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EMBEDDED(d1_the_destination_is_the_other_server),
        EMBEDDED(d2_the_partners_row_is_found_by_server_and_subnet),
        EMBEDDED(d3_a_scope_on_the_source_does_not_exist_on_the_partner),
        EMBEDDED(d4_options_ranges_and_reservations_go_over_and_go_away),
        EMBEDDED(d5_every_field_goes_over_and_what_is_the_servers_own_does_not),
        EMBEDDED(d8_the_store_assigns_record_ids),
        EMBEDDED(d10_a_created_row_is_linked_so_that_the_way_back_works),
        EMBEDDED(d11_a_relationship_is_replicated_in_one_direction),
        EMBEDDED(d12_a_server_without_scopes_succeeds_with_zero_sub_tasks),
        EMBEDDED(asking_for_nothing_is_an_invalid_parameter),
        FAKE(d13_nothing_is_written_after_the_overall_status),
        FAKE(d14_a_failed_scope_does_not_keep_the_others_from_being_replicated),
        EMBEDDED(d15_a_skipped_scope_is_a_sub_task_that_says_why),
        EMBEDDED(d19_without_a_destination_the_scope_fails_and_nothing_is_written),
        EMBEDDED(d22_both_rows_are_in_sync_after_a_replicate_and_out_of_sync_after_an_edit),
        EMBEDDED(d23_what_is_stored_is_copied_not_what_was_sent),
        EMBEDDED(d29_one_end_with_100_percent_and_a_status_of_the_enumeration),
        EMBEDDED(d43_replicate_never_deletes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
