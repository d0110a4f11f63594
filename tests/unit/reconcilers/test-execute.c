/* Acting when all goes well: what is written, recorded, and in which order and batches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/applied.h"
#include "tests/unit/reconcilers/acting.h"

static void
nothing_is_left_to_do(struct pk_world *world)
{
    struct pk_relationship_plan plan = pk_world_plan(world);
    assert_int_equal(plan.action_count, 0);
}

/* -- Good ------------------------------------------------------------------------------------- */

static void
a_new_scope_is_created_on_both_servers_in_one_recorded_operation(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    struct pk_execution execution = pk_world_pass(world);
    assert_int_equal(execution.done, 4);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "lease-time"), "3600");
    assert_string_equal(pk_world_value(world, PK_SERVER_2, FOUR, "lease-time"), "3600");

    struct pk_operation *operations;
    assert_int_equal(pk_world_operations(world, &operations), 1);
    assert_int_equal(operations[0].kind, PK_OPERATION_CREATE_SCOPE);
    assert_int_equal(operations[0].status, PK_OVERALL_COMPLETED_WITH_SUCCESS);
    assert_int_equal(operations[0].percent, 100);
    assert_int_equal(operations[0].sub_task_count, 4);
    assert_string_equal(operations[0].revision, "3f2c1ab");
    assert_int_equal(pk_test_sub_task_on(&operations[0], TWO)->status,
                     PK_SUB_TASK_COMPLETED_WITH_SUCCESS);
    assert_int_equal(pk_world_events(world, PK_REASON_SCOPE_CREATED, NULL), 4);
    assert_int_equal(pk_world_events(world, PK_REASON_OPERATION_STARTED, NULL), 1);
    assert_int_equal(pk_world_events(world, PK_REASON_OPERATION_COMPLETED, NULL), 1);
    nothing_is_left_to_do(world);
}

static void
what_was_verified_is_the_base(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_observe(world);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_row *base = pk_rows_find(&world->view.base[side], pk_world_subnet(TWO));
        const struct pk_row *have = pk_world_holds(world, side, TWO);
        assert_non_null(base);
        assert_true(pk_sha256_equal(&base->hash, &have->hash));
    }
    assert_int_equal(world->view.owned_before.count, 4);
    assert_non_null(world->view.base_relation);
}

static void
a_second_pass_over_what_is_in_step_writes_nothing(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_pass(world); /* learns what only an observation can tell */
    int64_t before = pk_db_changes(world->db);
    pk_world_pass(world);
    assert_int_equal(pk_db_changes(world->db), before);
}

static void
a_partner_edit_is_put_back_and_remembered_as_a_heal(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"edited\"", "lease-time=3600", "id=1"));
    const struct pk_row *source = pk_world_holds(world, PK_SERVER_1, ONE);
    pk_world_pass(world);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"x\"");
    assert_true(pk_sha256_equal(&source->hash, &pk_world_holds(world, PK_SERVER_1, ONE)->hash));

    struct pk_heal *heals;
    size_t count;
    pk_heals_load(world->db, world->pool, "campus", (struct pk_wall){0}, &heals, &count, NULL);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found ||
                (strcmp(heals[i].part, "name") == 0 && strcmp(heals[i].had, "\"edited\"") == 0 &&
                 strcmp(heals[i].healed, "\"x\"") == 0 && strcmp(heals[i].server, "dhcp-b") == 0);
    }
    assert_true(found);
    assert_int_equal(pk_world_events(world, PK_REASON_SCOPE_REPLICATED, ONE), 1);
}

static void
a_deleted_scope_goes_from_both_servers_and_takes_its_base_along(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_unwant(world, TWO);
    world->relationship.prune = PK_PRUNE_OWNED;
    struct pk_execution execution = pk_world_pass(world);
    assert_int_equal(execution.done, 1);
    assert_null(pk_world_holds(world, PK_SERVER_1, TWO));
    assert_null(pk_world_holds(world, PK_SERVER_2, TWO));
    pk_world_observe(world);
    assert_null(pk_rows_find(&world->view.base[PK_SERVER_1], pk_world_subnet(TWO)));
    assert_null(pk_rows_find(&world->view.base[PK_SERVER_2], pk_world_subnet(TWO)));
    assert_int_equal(pk_world_events(world, PK_REASON_SCOPE_DELETED, TWO), 1);
}

static void
another_length_of_a_network_replaces_the_scope(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_unwant(world, TWO);
    pk_world_want(world, "10.0.2.0/25", PK_PARTS("id=77", "name=\"half\""));
    world->relationship.prune = PK_PRUNE_OWNED;
    pk_world_pass(world);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        assert_null(pk_world_holds(world, side, TWO));
        assert_non_null(pk_world_holds(world, side, "10.0.2.0/25"));
    }
    assert_int_equal(pk_world_events(world, PK_REASON_SCOPE_REPLACED, "10.0.2.0/25"), 1);
    nothing_is_left_to_do(world);
}

static void
changed_settings_are_written_to_the_relationship_on_both_servers(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    struct pk_part *parts = pk_array(world->pool, struct pk_part, 2);
    parts[0] = world->relationship.parts.at[0];
    parts[1] = (struct pk_part){
        .field = &pk_relationship_fields.at[PK_RELATIONSHIP_MCLT], .key = "", .value = "7200"};
    world->relationship.parts = pk_parts_canonical(parts, 2);
    world->relationship.owned |= UINT64_C(1) << PK_RELATIONSHIP_MCLT;
    world->relationship.settings = PK_SETTINGS_ENFORCE;
    struct pk_execution execution = pk_world_pass(world);
    assert_int_equal(execution.done, 1);
    pk_world_observe(world);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_relation *held = &world->view.servers[side].relations.at[0];
        assert_string_equal(pk_parts_get(&held->parts, parts[1].field, ""), "7200");
    }
    assert_int_equal(pk_world_events(world, PK_REASON_RELATIONSHIP_CHANGED, NULL), 1);
    nothing_is_left_to_do(world);
}

static void
a_held_plan_writes_nothing_and_says_so(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE, PK_PARTS("name=\"by hand\""));
    pk_world_want(world, ONE, PK_PARTS("name=\"by Git\""));
    struct pk_relationship_plan plan = pk_world_plan(world);
    assert_true(plan.held.is_held);
    plan.approved = false;
    int64_t before = pk_db_changes(world->db);
    pk_world_act(world, &plan);
    assert_int_equal(pk_db_changes(world->db), before);
    assert_int_equal(plan.actions[0].status, PK_ACTION_HELD);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "name"), "\"by hand\"");
}

/* -- Order and batches ------------------------------------------------------------------------ */

static void
content_flows_from_the_source_where_the_driver_has_no_order(void **state)
{
    struct pk_world *world = *state;
    struct pk_text log = {.pool = world->pool};
    pk_test_script(world, PK_SERVER_1)->log = pk_test_script(world, PK_SERVER_2)->log = &log;
    world->relationship.source = PK_SERVER_2;
    pk_world_want(world, ONE, PK_NO_PARTS);
    pk_world_pass(world);
    assert_string_equal(pk_text_end(&log), "dhcp-b put " ONE "\ndhcp-a put " ONE "\n");
}

static void
a_driver_that_has_an_order_decides_it(void **state)
{
    struct pk_world *world = *state;
    struct pk_text log = {.pool = world->pool};
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        pk_test_script(world, side)->log = &log;
        pk_test_script(world, side)->capabilities.batch_limit = 1;
        pk_test_script(world, side)->capabilities.create_order = PK_SERVER_2_FIRST;
        pk_test_script(world, side)->capabilities.delete_order = PK_SERVER_1_FIRST;
    }
    pk_world_want(world, ONE, PK_NO_PARTS);
    pk_world_want(world, TWO, PK_NO_PARTS);
    pk_world_pass(world);
    pk_world_unwant(world, ONE);
    world->relationship.prune = PK_PRUNE_OWNED;
    pk_world_pass(world);
    assert_string_equal(pk_text_end(&log),
                        "dhcp-b put " ONE "\ndhcp-a put " ONE "\n" /* both sides back to back */
                        "dhcp-b put " TWO "\ndhcp-a put " TWO "\n"
                        "dhcp-a delete " ONE "\ndhcp-b delete " ONE "\n");
}

static void
no_batch_is_larger_than_the_smaller_limit(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_1)->capabilities.batch_limit = 3;
    pk_test_script(world, PK_SERVER_2)->capabilities.batch_limit = 2;
    pk_test_want_four(world);
    pk_world_pass(world);
    assert_int_equal(pk_test_script(world, PK_SERVER_1)->largest_batch, 2);
    assert_int_equal(pk_test_script(world, PK_SERVER_2)->largest_batch, 2);
    assert_int_equal(pk_test_script(world, PK_SERVER_1)->writes, 2);
}

static void
insist_on_its_limit(struct pk_world *world, int whole)
{
    struct pk_fake_script *script = pk_test_script(world, whole);
    struct pk_fake_script *other = pk_test_script(world, pk_other_side(whole));
    script->capabilities.whole_configuration = true;
    script->capabilities.batch_limit = 3;
    other->capabilities.batch_limit = 1;
    pk_test_want_four(world);
    pk_world_pass(world);
    assert_int_equal(script->largest_batch, 3);
    assert_int_equal(other->largest_batch, 3);
}

static void
beside_a_source_that_is_configured_as_a_whole_its_limit_counts(void **state)
{
    insist_on_its_limit(*state, PK_SERVER_1);
}

static void
beside_a_partner_that_is_configured_as_a_whole_its_limit_counts(void **state)
{
    insist_on_its_limit(*state, PK_SERVER_2);
}

static void
a_batch_refused_as_one_is_halved_until_the_bad_scope_stands_alone(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_1)->capabilities.whole_configuration = true;
    pk_test_script(world, PK_SERVER_1)->poisons = pk_world_subnet(THREE);
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_execution execution = pk_world_act(world, &plan);
    assert_int_equal(execution.done, 3);
    assert_int_equal(execution.failed, 1);
    assert_true(execution.refused);
    const struct pk_action *bad = pk_test_action_on(&plan, THREE);
    assert_int_equal(bad->status, PK_ACTION_FAILED);
    assert_non_null(strstr(bad->fault.message, "dhcp-a"));
    assert_non_null(strstr(bad->fault.message, "the configuration is invalid"));
    assert_non_null(pk_world_holds(world, PK_SERVER_2, FOUR));
    assert_null(pk_world_holds(world, PK_SERVER_2, THREE));

    struct pk_operation *operations;
    pk_world_operations(world, &operations);
    assert_int_equal(operations[0].status, PK_OVERALL_COMPLETED_WITH_FAILURE);
    assert_int_equal(operations[0].fault.outer, pk_operation_fault(PK_OPERATION_CREATE_SCOPE));
}

static void
count_progress(void *context, const char *relationship, const char *operation, size_t done,
               size_t total)
{
    struct pk_text *text = context;
    pk_text_addf(text, "%s %s %zu/%zu\n", relationship, operation, done, total);
}

static void
progress_is_told_chunk_by_chunk(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_1)->capabilities.batch_limit = 3;
    pk_test_want_four(world);
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_executor executor = pk_world_executor(world);
    struct pk_text text = {.pool = world->pool};
    executor.progress = count_progress;
    executor.progress_context = &text;
    struct pk_execution execution;
    assert_int_equal(pk_execute(&executor, &plan, &execution, NULL), PK_OK);
    assert_string_equal(pk_text_end(&text), "campus create-scope 3/4\ncampus create-scope 4/4\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EMBEDDED(a_new_scope_is_created_on_both_servers_in_one_recorded_operation),
        EMBEDDED(what_was_verified_is_the_base),
        EMBEDDED(a_second_pass_over_what_is_in_step_writes_nothing),
        EMBEDDED(a_partner_edit_is_put_back_and_remembered_as_a_heal),
        EMBEDDED(a_deleted_scope_goes_from_both_servers_and_takes_its_base_along),
        EMBEDDED(another_length_of_a_network_replaces_the_scope),
        EMBEDDED(changed_settings_are_written_to_the_relationship_on_both_servers),
        EMBEDDED(a_held_plan_writes_nothing_and_says_so),
        FAKE(content_flows_from_the_source_where_the_driver_has_no_order),
        FAKE(a_driver_that_has_an_order_decides_it),
        FAKE(no_batch_is_larger_than_the_smaller_limit),
        FAKE(beside_a_source_that_is_configured_as_a_whole_its_limit_counts),
        FAKE(beside_a_partner_that_is_configured_as_a_whole_its_limit_counts),
        FAKE(a_batch_refused_as_one_is_halved_until_the_bad_scope_stands_alone),
        FAKE(progress_is_told_chunk_by_chunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
