/*
 * The exit code and the condition of a pass from what became of its actions (design 6).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/agent.h"
#include "agent/pass-result.h"

static const struct pk_wanted_relationship campus = {.name = "campus", .servers = {"a", "b"}};
static const struct pk_pair_view view = {.relationship = &campus};

/* One relationship with one action of @p status. */
static struct pk_pass_relationship
relationship_with(struct pk_action *action, enum pk_action_status status)
{
    *action = (struct pk_action){.kind = PK_OPERATION_UPDATE_SCOPE, .status = status};
    return (struct pk_pass_relationship){
        .name = "campus",
        .plan = {.view = &view, .is_known = true, .actions = action, .action_count = 1},
    };
}

static enum pk_exit
finish(struct pk_pool *pool, struct pk_pass_relationship *at, size_t count, bool acts)
{
    struct pk_pass_result result = {.relationships = at, .relationship_count = count};
    struct pk_pass_request request = {.acts = acts};
    pk_pass_finish(pool, &request, &result);
    return result.exit;
}

static void
each_action_status_has_its_exit_code(void **state)
{
    (void)state;
    static const struct {
        enum pk_action_status status;
        enum pk_exit exit;
        const char *condition;
    } rows[] = {
        {PK_ACTION_DONE, PK_EXIT_IN_STEP, "in-sync"},
        {PK_ACTION_NOT_APPLICABLE, PK_EXIT_IN_STEP, "in-sync"},
        {PK_ACTION_PLANNED, PK_EXIT_DRIFT, "drifted"},
        {PK_ACTION_SKIPPED, PK_EXIT_DRIFT, "drifted"},
        {PK_ACTION_HELD, PK_EXIT_HELD, "held"},
        {PK_ACTION_FAILED, PK_EXIT_PARTIAL, "drifted"},
        {PK_ACTION_BLOCKED, PK_EXIT_PARTIAL, "drifted"},
        {PK_ACTION_STALE, PK_EXIT_PARTIAL, "drifted"},
        {PK_ACTION_NOT_RUN, PK_EXIT_PARTIAL, "drifted"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_action action;
        struct pk_pass_relationship one = relationship_with(&action, rows[i].status);
        one.plan.held.is_held = rows[i].status == PK_ACTION_HELD;
        assert_int_equal(finish(pool, &one, 1, true), rows[i].exit);
        assert_string_equal(pk_pass_condition(&one), rows[i].condition);
    }
}

static void
the_worst_relationship_decides(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_action actions[3];
    struct pk_pass_relationship at[3] = {
        relationship_with(&actions[0], PK_ACTION_SKIPPED),
        relationship_with(&actions[1], PK_ACTION_FAILED),
        relationship_with(&actions[2], PK_ACTION_HELD),
    };
    assert_int_equal(finish(pool, at, 1, true), PK_EXIT_DRIFT);
    assert_int_equal(finish(pool, at, 2, true), PK_EXIT_PARTIAL);
    assert_int_equal(finish(pool, at, 3, true), PK_EXIT_HELD);
}

static void
an_unread_server_is_partial_for_apply_and_no_answer_for_diff(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_action action;
    struct pk_pass_relationship at[2] = {
        relationship_with(&action, PK_ACTION_DONE),
        {.name = "labs", .plan = {.view = &view}},
    };
    assert_int_equal(finish(pool, at, 2, true), PK_EXIT_PARTIAL);
    assert_int_equal(finish(pool, at, 2, false), PK_EXIT_CANNOT_RUN);
    assert_int_equal(finish(pool, &at[1], 1, true), PK_EXIT_CANNOT_RUN);
    assert_string_equal(pk_pass_condition(&at[1]), "unknown");
}

static void
what_heal_leaves_alone_is_drift(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_action action;
    struct pk_pass_relationship one = relationship_with(&action, PK_ACTION_DONE);
    one.plan.left_alone = 1;
    assert_int_equal(finish(pool, &one, 1, true), PK_EXIT_DRIFT);
}

static void
a_second_round_keeps_what_the_first_settled(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_action first_actions[] = {
        {.status = PK_ACTION_DONE, .reason = "first"},
        {.status = PK_ACTION_STALE, .reason = "stale"},
        {.status = PK_ACTION_FAILED, .reason = "failed"},
    };
    struct pk_action again_actions[] = {{.status = PK_ACTION_DONE, .reason = "again"}};
    struct pk_pass_relationship first = {
        .plan = {.actions = first_actions, .action_count = 3, .is_known = true}};
    struct pk_pass_relationship again = {
        .plan = {.actions = again_actions, .action_count = 1, .is_known = true}};
    pk_pass_merge_rounds(pool, &first, &again);
    assert_int_equal(again.plan.action_count, 3);
    assert_string_equal(again.plan.actions[0].reason, "first");
    assert_string_equal(again.plan.actions[1].reason, "failed");
    assert_string_equal(again.plan.actions[2].reason, "again");
}

static void
the_interval_varies_by_a_tenth_either_way(void **state)
{
    (void)state;
    const int64_t interval_ms = 60000;
    int64_t least = INT64_MAX, most = 0;
    for (uint64_t random = 0; random < 20000; random++) {
        int64_t ms = pk_agent_jitter_ms(interval_ms, random);
        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_int_equal(least, 54000);
    assert_int_equal(most, 66000);
    assert_int_equal(pk_agent_jitter_ms(5, 3), 5);
}

static void
a_server_that_takes_long_to_answer_is_asked_less_often(void **state)
{
    (void)state;
    assert_int_equal(pk_agent_interval_ms(60000, 0), 60000);
    assert_int_equal(pk_agent_interval_ms(60000, 600), 60000);
    assert_int_equal(pk_agent_interval_ms(60000, 601), 60100);
    assert_int_equal(pk_agent_interval_ms(60000, 5000), 500000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_action_status_has_its_exit_code),
        cmocka_unit_test(the_worst_relationship_decides),
        cmocka_unit_test(an_unread_server_is_partial_for_apply_and_no_answer_for_diff),
        cmocka_unit_test(what_heal_leaves_alone_is_drift),
        cmocka_unit_test(a_second_round_keeps_what_the_first_settled),
        cmocka_unit_test(the_interval_varies_by_a_tenth_either_way),
        cmocka_unit_test(a_server_that_takes_long_to_answer_is_asked_less_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
