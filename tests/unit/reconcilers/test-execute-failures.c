/* Acting when something goes wrong: other hands, servers that refuse, lie or vanish, a broken
 * store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/reconcilers/acting.h"

/* -- Somebody else is at work ----------------------------------------------------------------- */

static void
a_row_that_changed_after_planning_is_stale_and_neither_side_is_written(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_want(world, ONE, PK_PARTS("name=\"new\"", "lease-time=3600"));
    pk_world_want(world, TWO, PK_PARTS("name=\"new\"", "lease-time=3600"));
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"meanwhile\"", "id=1"));
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.stale, 1);
    assert_int_equal(execution.done, 1);
    assert_int_equal(pk_test_action_on(&plan, ONE)->status, PK_ACTION_STALE);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"x\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"meanwhile\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, TWO, "name"), "\"new\"");

    struct pk_operation *operations;
    pk_world_operations(world, &operations);
    assert_int_equal(pk_test_sub_task_on(&operations[0], ONE)->status, PK_SUB_TASK_NOT_RUN);
    assert_int_equal(operations[0].status, PK_OVERALL_COMPLETED_WITH_FAILURE);
}

static void
a_source_that_changed_after_planning_is_not_replicated(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"edited\"", "lease-time=3600", "id=1"));
    struct pk_relationship_plan plan = pk_world_plan(world); /* writes dhcp-b alone */
    pk_world_hold(world, PK_SERVER_1, ONE, PK_PARTS("name=\"too\"", "lease-time=3600", "id=1"));
    pk_world_act(world, &plan);
    assert_int_equal(pk_test_action_on(&plan, ONE)->status, PK_ACTION_STALE);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"edited\"");
}

struct meddler {
    struct pk_server *server;
    struct pk_prefix subnet;
    const struct pk_row *row;
    enum pk_change_kind on;
};

static void
meddle(void *context, const struct pk_change *changes, size_t count)
{
    struct meddler *meddler = context;
    if (count != 0 && changes[0].kind == meddler->on) {
        pk_fake_set(meddler->server, meddler->subnet, meddler->row);
    }
}

static void
an_edit_at_the_moment_of_writing_is_not_overwritten(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_want(world, ONE, PK_PARTS("name=\"new\"", "lease-time=3600"));
    struct meddler meddler = {
        .server = world->servers[PK_SERVER_1],
        .subnet = pk_world_subnet(ONE),
        .row = pk_world_row(world, ONE, PK_PARTS("name=\"just now\"")),
        .on = PK_PUT_SCOPE,
    };
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_test_script(world, PK_SERVER_1)->before_write = meddle;
    pk_test_script(world, PK_SERVER_1)->context = &meddler;
    pk_world_act(world, &plan);
    assert_int_equal(pk_test_action_on(&plan, ONE)->status, PK_ACTION_STALE);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"just now\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"x\"");
}

/* -- Half a create ---------------------------------------------------------------------------- */

static void
a_create_refused_by_the_second_server_is_taken_back_on_the_first(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_2)->refuses = pk_world_subnet(TWO);
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.done, 3);
    assert_null(pk_world_holds(world, PK_SERVER_1, TWO));
    assert_non_null(pk_world_holds(world, PK_SERVER_1, THREE));
    const struct pk_fault *fault = &pk_test_action_on(&plan, TWO)->fault;
    assert_int_equal(fault->outer, pk_operation_fault(PK_OPERATION_CREATE_SCOPE));
    assert_int_equal(fault->inner, PK_FAULT_SCOPE_FAILED_TO_ADD_IN_REMOTE);
    assert_non_null(strstr(fault->message, "server dhcp-b, scope " TWO));
    assert_non_null(strstr(fault->message, "made on dhcp-a was taken back"));
}

static void
half_a_create_that_somebody_has_edited_since_is_left(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_2)->refuses = pk_world_subnet(TWO);
    struct meddler meddler = {
        .server = world->servers[PK_SERVER_1],
        .subnet = pk_world_subnet(TWO),
        .row = pk_world_row(world, TWO, PK_PARTS("name=\"mine now\"")),
        .on = PK_DELETE_SCOPE,
    };
    pk_test_script(world, PK_SERVER_1)->before_write = meddle;
    pk_test_script(world, PK_SERVER_1)->context = &meddler;
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_world_act(world, &plan);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, TWO, "name"), "\"mine now\"");
    assert_non_null(
        strstr(pk_test_action_on(&plan, TWO)->fault.message, "could not be taken back"));
}

static void
an_update_refused_by_the_second_server_leaves_the_first_as_written(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_want(world, ONE, PK_PARTS("name=\"new\"", "lease-time=3600"));
    pk_test_script(world, PK_SERVER_2)->refuses = pk_world_subnet(ONE);
    struct pk_execution execution = pk_world_pass(world);
    assert_int_equal(execution.failed, 1);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"new\"");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"x\"");
}

/* -- Servers that fail ------------------------------------------------------------------------ */

static void
a_server_that_lies_fails_and_the_fault_names_what_it_holds(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_2)->lies_about = pk_world_subnet(TWO);
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.failed, 1);
    assert_int_equal(execution.done, 3);
    const char *message = pk_test_action_on(&plan, TWO)->fault.message;
    assert_non_null(strstr(message, "server dhcp-b"));
    assert_non_null(strstr(message, "name a lie instead of x"));
    pk_world_observe(world);
    assert_null(pk_rows_find(&world->view.base[PK_SERVER_2], pk_world_subnet(TWO)));
}

static void
after_a_cut_connection_nothing_more_is_begun(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_1)->capabilities.batch_limit = 1;
    pk_test_script(world, PK_SERVER_1)->cut_after = pk_world_subnet(TWO);
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.done, 1);
    assert_int_equal(execution.failed, 1);
    assert_int_equal(execution.not_run, 2);
    assert_int_equal(pk_test_action_on(&plan, TWO)->status, PK_ACTION_FAILED);
    assert_int_equal(pk_test_action_on(&plan, THREE)->status, PK_ACTION_NOT_RUN);
    assert_null(pk_world_holds(world, PK_SERVER_2, THREE));

    struct pk_operation *operations;
    assert_int_equal(pk_world_operations(world, &operations), 1);
    assert_int_equal(operations[0].status, PK_OVERALL_COMPLETED_WITH_FAILURE);
    assert_int_equal(pk_test_sub_task_on(&operations[0], FOUR)->status, PK_SUB_TASK_NOT_RUN);
}

static void
a_write_nobody_can_vouch_for_counts_when_it_is_read_back(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"edited\"", "lease-time=3600", "id=1"));
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_test_script(world, PK_SERVER_2)->cut_unknown = pk_world_subnet(ONE);
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.done, 1);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"x\"");
}

static void
what_cannot_be_read_first_is_not_written(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_test_script(world, PK_SERVER_2)->fail_verify_at =
        (int)pk_test_script(world, PK_SERVER_2)->verifies;
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.failed, 4);
    assert_int_equal(pk_test_script(world, PK_SERVER_1)->writes, 0);
    assert_int_equal(pk_test_script(world, PK_SERVER_2)->writes, 0);
    assert_int_equal(pk_test_action_on(&plan, ONE)->fault.inner,
                     PK_FAULT_SCOPE_FAILED_TO_FETCH_FROM_DB);
}

static void
what_cannot_be_read_back_does_not_count(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_test_script(world, PK_SERVER_2)->fail_verify_at =
        (int)pk_test_script(world, PK_SERVER_2)->verifies + 1;
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.done, 0);
    assert_int_equal(execution.failed, 4);
    pk_world_observe(world);
    assert_int_equal(world->view.base[PK_SERVER_1].count, 0);
}

/* -- Stopping, and the database --------------------------------------------------------------- */

static void
stop_on_first_write(void *context, const struct pk_change *changes, size_t count)
{
    (void)changes;
    (void)count;
    *(volatile int *)context = 1;
}

static void
a_stop_finishes_what_is_in_flight_and_ends_the_operation(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_1)->capabilities.batch_limit = 1;
    pk_test_script(world, PK_SERVER_1)->before_write = stop_on_first_write;
    pk_test_script(world, PK_SERVER_1)->context = (void *)(uintptr_t)&world->stop;
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.done, 1);
    assert_int_equal(execution.not_run, 3);
    assert_non_null(pk_world_holds(world, PK_SERVER_2, ONE));
    assert_null(pk_world_holds(world, PK_SERVER_1, TWO));

    struct pk_operation *operations;
    pk_world_operations(world, &operations);
    assert_int_equal(operations[0].status, PK_OVERALL_COMPLETED_WITH_FAILURE);
    assert_non_null(strstr(operations[0].fault.message, "interrupted"));
    assert_int_equal(pk_world_events(world, PK_REASON_OPERATION_FAILED, NULL), 1);
}

static void
without_a_durable_intent_no_server_is_written(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_db *reader;
    struct pk_error err = {0};
    const char *path = pk_sprintf(world->pool, "%s/adm.db", world->folder);
    assert_int_equal(pk_db_open(path, PK_DB_READ, true, &reader, &err), PK_OK);
    struct pk_executor executor = pk_world_executor(world);
    executor.db = reader; /* cannot be written */
    struct pk_execution execution;
    assert_int_not_equal(pk_execute(&executor, &plan, &execution, &err), PK_OK);
    assert_int_equal(pk_test_script(world, PK_SERVER_1)->writes, 0);
    assert_int_equal(pk_test_script(world, PK_SERVER_2)->writes, 0);
    pk_db_close(reader);
}

/* Ends the operation behind the executor's back, so that recording its outcome must fail. */
static void
end_operation_early(void *context, const struct pk_change *changes, size_t count)
{
    (void)changes;
    (void)count;
    struct pk_world *world = context;
    struct pk_txn txn;
    pk_txn_begin(world->db, &txn);
    pk_operation_end(&txn, 1, NULL, pk_wall_now());
    pk_txn_end(&txn, NULL);
    pk_test_script(world, PK_SERVER_1)->before_write = NULL;
}

static void
an_outcome_that_cannot_be_recorded_is_told_and_ends_the_run(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_1)->capabilities.batch_limit = 1;
    pk_test_script(world, PK_SERVER_1)->before_write = end_operation_early;
    pk_test_script(world, PK_SERVER_1)->context = world;
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_true(execution.record_failed);
    assert_int_equal(execution.failed, 1);
    assert_int_equal(execution.not_run, 3);
    assert_int_equal(pk_test_action_on(&plan, ONE)->fault.inner, PK_FAULT_GENERIC_DATABASE_ERROR);
    assert_null(pk_world_holds(world, PK_SERVER_1, TWO));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE(a_row_that_changed_after_planning_is_stale_and_neither_side_is_written),
        FAKE(a_source_that_changed_after_planning_is_not_replicated),
        FAKE(an_edit_at_the_moment_of_writing_is_not_overwritten),
        FAKE(a_create_refused_by_the_second_server_is_taken_back_on_the_first),
        FAKE(half_a_create_that_somebody_has_edited_since_is_left),
        FAKE(an_update_refused_by_the_second_server_leaves_the_first_as_written),
        FAKE(a_server_that_lies_fails_and_the_fault_names_what_it_holds),
        FAKE(after_a_cut_connection_nothing_more_is_begun),
        FAKE(a_write_nobody_can_vouch_for_counts_when_it_is_read_back),
        FAKE(what_cannot_be_read_first_is_not_written),
        FAKE(what_cannot_be_read_back_does_not_count),
        FAKE(a_stop_finishes_what_is_in_flight_and_ends_the_operation),
        FAKE(without_a_durable_intent_no_server_is_written),
        FAKE(an_outcome_that_cannot_be_recorded_is_told_and_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
