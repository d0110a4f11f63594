/*
 * Named situations from an operator's life, each from what is there to what is planned and held.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "build.h"

#define FIRST  "10.0.1.0/24"
#define SECOND "10.0.2.0/24"
#define THIRD  "10.0.3.0/24"

static struct pk_relationship_plan
plan(struct pk_pool *pool, const char *text)
{
    struct pk_plan_options options = build_options();
    return pk_plan_relationship(pool, build_view(pool, text), &options);
}

static const struct pk_parts *
written(const struct pk_relationship_plan *of, size_t action, size_t change)
{
    return &of->actions[action].changes[change].row->parts;
}

static void
a_wiped_source_is_restored_from_the_partner_after_approval(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "want " FIRST " name=\"g\"\nwant " SECOND "\nwant " THIRD "\n"
                   "b " FIRST " id=1 name=\"g\" description=\"kept\"\nb " SECOND " id=2\nb " THIRD
                   " id=3\nbase " FIRST " id=1 name=\"g\" description=\"kept\"\nbase " SECOND
                   " id=2\nbase " THIRD " id=3");
    assert_string_equal(describe_actions(pool, &of),
                        "replicate-server " FIRST "," SECOND "," THIRD " b>a write a a a\n");
    assert_string_equal(of.actions[0].reason, "source lost: 3 missing, 0 different");
    assert_int_equal(of.held.tripped, 1u << PK_GUARD_SERVER_LOST);
    assert_true(pk_held_can_be_approved(&of.held));
    assert_string_equal(describe_parts(pool, written(&of, 0, 0)),
                        "relationship=\"campus\" id=1 name=\"g\" description=\"kept\"");
}

static void
a_source_whose_scopes_were_all_edited_gives_nothing_away(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "want " FIRST "\nwant " SECOND "\nwant " THIRD "\n"
                   "a " FIRST " name=\"bad\"\na " SECOND " name=\"bad\"\na " THIRD " name=\"bad\"\n"
                   "b " FIRST "\nb " SECOND "\nb " THIRD "\nbase " FIRST "\nbase " SECOND
                   "\nbase " THIRD);
    assert_string_equal(describe_actions(pool, &of), "update-scope " FIRST " a>b write a\n"
                                                     "update-scope " SECOND " a>b write a\n"
                                                     "update-scope " THIRD " a>b write a\n");
    assert_int_equal(of.held.guard, PK_GUARD_SERVER_LOST);
    assert_string_equal(describe_parts(pool, written(&of, 0, 0)), "relationship=\"campus\"");
}

static void
a_wiped_partner_is_refilled_unasked_and_gets_what_git_does_not_own(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of = plan(
        pool, "want " FIRST " name=\"g\"\nwant " SECOND "\n"
              "a " FIRST " id=1 name=\"g\" description=\"unowned\"\na " SECOND " id=2\nbase " FIRST
              " id=1 name=\"g\" description=\"unowned\"\nbase " SECOND " id=2");
    assert_string_equal(describe_actions(pool, &of),
                        "replicate-server " FIRST "," SECOND " a>b write b b\n");
    assert_false(of.held.is_held);
    assert_string_equal(describe_parts(pool, written(&of, 0, 0)),
                        "relationship=\"campus\" id=1 name=\"g\" description=\"unowned\"");
}

static void
with_both_servers_wiped_the_base_comes_back_with_git_over_it(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "want " FIRST " name=\"new\"\nbase " FIRST " id=1 name=\"old\" lease-time=7");
    assert_string_equal(describe_actions(pool, &of), "create-scope " FIRST " a>b write a b\n");
    assert_int_equal(of.held.guard, PK_GUARD_SERVER_LOST);
    assert_string_equal(describe_parts(pool, written(&of, 0, 0)),
                        "relationship=\"campus\" id=1 name=\"new\" lease-time=7");
}

static void
after_the_loss_of_the_database_nothing_is_overwritten_or_deleted_unasked(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "relationship campus prune:owned\nwant " FIRST " name=\"g\"\na " FIRST
                   " name=\"g\"\nb " FIRST " name=\"x\"\nboth " SECOND);
    assert_string_equal(describe_actions(pool, &of), "replicate-scope " FIRST " a>b write b\n");
    assert_int_equal(of.held.tripped, 1u << PK_GUARD_ADOPT);
    assert_int_equal(of.foreign_count, 2);
    assert_false(of.foreign[0].dropped);
}

static void
a_pair_that_had_drifted_before_is_adopted_once_somebody_agrees(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "want " FIRST " lease-time=100\nboth " FIRST " id=1 lease-time=100\nwant " SECOND
                   "\na " SECOND " id=2 lease-time=5\nb " SECOND " id=2 lease-time=6\nwant " THIRD
                   "\na " THIRD " id=3");
    assert_string_equal(describe_actions(pool, &of), "replicate-scope " SECOND " a>b write b\n"
                                                     "replicate-scope " THIRD " a>b write b\n");
    assert_int_equal(of.held.tripped, 1u << PK_GUARD_ADOPT);
    assert_int_equal(of.comparison.at[1].differences[0].cause, PK_CAUSE_UNKNOWN);
    assert_int_equal(of.in_sync, 1);
}

static void
a_move_is_held_where_the_scope_leaves_and_waits_where_it_goes(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan loses = plan(pool, "relationship campus prune:owned\nsame " FIRST
                                                   " leases:5\nleaving " FIRST " lab\n"
                                                   "want " SECOND "\nsame " SECOND);
    assert_string_equal(describe_actions(pool, &loses), "delete-scope " FIRST " a>b delete a b\n");
    assert_int_equal(loses.held.guard, PK_GUARD_MEMBER);
    assert_true((loses.held.tripped & 1u << PK_GUARD_LEASES) != 0);
    struct pk_relationship_plan gains = plan(pool, "want " FIRST "\nrelation-a lab a c\na " FIRST
                                                   " link:lab\ncoming " FIRST " lab prunes still");
    assert_int_equal(gains.actions[0].status, PK_ACTION_BLOCKED);
    assert_false(gains.held.is_held);
}

static void
a_rename_alone_does_nothing_and_a_change_under_it_takes_the_new_name(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "renamed old\nrelation old a b\nrelation-base old a b\nwant " FIRST
                   "\nsame " FIRST " link:old id=1");
    assert_int_equal(of.action_count, 0);
    assert_int_equal(of.in_sync, 1);
    of = plan(pool, "renamed old\nrelation old a b\nwant " FIRST " name=\"g\"\nsame " FIRST
                    " link:old id=1");
    assert_int_equal(of.action_count, 1);
    assert_string_equal(describe_parts(pool, written(&of, 0, 0)),
                        "relationship=\"campus\" id=1 name=\"g\"");
    assert_int_equal(of.comparison.at[0].difference_count, 2);
}

static void
a_mask_change_counts_as_delete_and_create_and_is_held_as_a_delete(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "relationship campus prune:owned\nwant 10.0.0.0/23 id=9\nsame 10.0.0.0/24 id=1\n"
                   "owned 10.0.0.0/24");
    assert_int_equal(of.actions[0].kind, PK_OPERATION_REPLACE_SCOPE);
    struct pk_summary summary = pk_plan_summary(&of, 1);
    assert_int_equal(summary.create, 1);
    assert_int_equal(summary.delete, 1);
    assert_int_equal(summary.drifted, 1);
    assert_int_equal(of.held.tripped, 1u << PK_GUARD_DELETES);
    assert_int_equal(of.foreign_count, 0);
}

static void
a_dropped_scope_is_reported_and_kept_unless_git_may_delete(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan kept =
        plan(pool, "same " FIRST "\nowned " FIRST "\nwant " SECOND "\nsame " SECOND);
    assert_int_equal(kept.action_count, 0);
    assert_int_equal(kept.foreign_count, 2);
    assert_true(kept.foreign[0].dropped);
    struct pk_relationship_plan pruned =
        plan(pool, "relationship campus prune:owned\nsame " FIRST "\nowned " FIRST "\nwant " SECOND
                   "\nsame " SECOND);
    assert_string_equal(describe_actions(pool, &pruned), "delete-scope " FIRST " a>b delete a b\n");
    assert_int_equal(pruned.foreign_count, 0);
    assert_int_equal(pruned.held.tripped, 1u << PK_GUARD_DELETES);
}

static void
a_field_that_git_does_not_own_survives_a_commit(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "want " FIRST " lease-time=200\nsame " FIRST
                   " id=1 lease-time=100 description=\"mine\" kea.allocator=\"random\"");
    for (size_t side = 0; side < PK_PAIR; side++) {
        assert_string_equal(describe_parts(pool, written(&of, 0, side)),
                            "relationship=\"campus\" id=1 description=\"mine\" lease-time=200 "
                            "kea.allocator=\"random\"");
    }
}

static void
both_sides_edited_is_a_question_not_an_overwrite(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan of =
        plan(pool, "want " FIRST "\na " FIRST " id=1 name=\"left\"\nb " FIRST
                   " id=1 name=\"right\"\nbase " FIRST " id=1 name=\"mid\"");
    assert_int_equal(of.held.tripped, 1u << PK_GUARD_CONFLICT);
    assert_int_equal(of.actions[0].status, PK_ACTION_PLANNED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wiped_source_is_restored_from_the_partner_after_approval),
        cmocka_unit_test(a_source_whose_scopes_were_all_edited_gives_nothing_away),
        cmocka_unit_test(a_wiped_partner_is_refilled_unasked_and_gets_what_git_does_not_own),
        cmocka_unit_test(with_both_servers_wiped_the_base_comes_back_with_git_over_it),
        cmocka_unit_test(after_the_loss_of_the_database_nothing_is_overwritten_or_deleted_unasked),
        cmocka_unit_test(a_pair_that_had_drifted_before_is_adopted_once_somebody_agrees),
        cmocka_unit_test(a_move_is_held_where_the_scope_leaves_and_waits_where_it_goes),
        cmocka_unit_test(a_rename_alone_does_nothing_and_a_change_under_it_takes_the_new_name),
        cmocka_unit_test(a_mask_change_counts_as_delete_and_create_and_is_held_as_a_delete),
        cmocka_unit_test(a_dropped_scope_is_reported_and_kept_unless_git_may_delete),
        cmocka_unit_test(a_field_that_git_does_not_own_survives_a_commit),
        cmocka_unit_test(both_sides_edited_is_a_question_not_an_overwrite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
