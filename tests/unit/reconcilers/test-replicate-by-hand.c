/*
 * The protocol's replicate as a person asks for it.
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

static const char view_text[] =
    "want " FIRST " name=\"g\"\na " FIRST " id=1 name=\"g\"\nb " FIRST " id=1 name=\"hand\"\n"
    "base " FIRST " id=1 name=\"g\"\n"
    "want " SECOND "\na " SECOND " id=2\n"
    "b " THIRD " id=3\n"
    "same 10.0.4.0/24 id=4\n"
    "relation-a lab a c\na 10.0.5.0/24 link:lab\nb 10.0.6.0/24 link:-\n";

static struct pk_relationship_plan
replicate(struct pk_pool *pool, int from, enum pk_operation_kind kind, const char *only)
{
    struct pk_plan_options options = build_options();
    options.by_hand = true;
    struct pk_prefix subnet = only != NULL ? build_subnet(only) : (struct pk_prefix){0};
    return pk_plan_replicate(pool, build_view(pool, view_text), from, only != NULL ? &subnet : NULL,
                             only != NULL, kind, &options);
}

static void
the_rows_of_from_go_over_whole(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan =
        replicate(pool, PK_SERVER_2, PK_OPERATION_REPLICATE_SCOPE, FIRST);
    assert_string_equal(describe_actions(pool, &plan), "replicate-scope " FIRST " b>a write a\n");
    assert_string_equal(describe_parts(pool, &plan.actions[0].changes[0].row->parts),
                        "relationship=\"campus\" id=1 name=\"hand\"");
    assert_false(plan.held.is_held);
}

static void
a_relationship_is_replicated_scope_by_scope_and_says_what_it_left_out(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan =
        replicate(pool, PK_SERVER_1, PK_OPERATION_REPLICATE_SCOPE, NULL);
    assert_string_equal(describe_actions(pool, &plan),
                        "replicate-scope " FIRST " a>b write b\n"
                        "replicate-scope " SECOND " a>b write b\n"
                        "replicate-scope " THIRD
                        " a>b not-applicable: a has no such scope to copy\n");
    assert_int_equal(plan.in_sync, 1);
}

static void
a_server_is_replicated_as_one(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan =
        replicate(pool, PK_SERVER_1, PK_OPERATION_REPLICATE_SERVER, NULL);
    assert_string_equal(describe_actions(pool, &plan),
                        "replicate-server " THIRD
                        " a>b not-applicable: a has no such scope to copy\n"
                        "replicate-server " FIRST "," SECOND " a>b write b b\n");
    assert_int_equal(pk_plan_summary(&plan, 1).replicate, 2);
}

static void
what_cannot_be_copied_says_why(void **state)
{
    (void)state;
    static const struct {
        int from;
        const char *subnet, *actions;
    } cases[] = {
        {PK_SERVER_1, "10.0.4.0/24", ""},
        {PK_SERVER_1, "10.0.5.0/24",
         "replicate-scope 10.0.5.0/24 a>b not-applicable: on a it is in relationship lab\n"},
        {PK_SERVER_2, "10.0.6.0/24",
         "replicate-scope 10.0.6.0/24 b>a not-applicable: on b it is in no relationship\n"},
        {PK_SERVER_2, "10.7.0.0/24",
         "replicate-scope 10.7.0.0/24 b>a not-applicable: b has no such scope to copy\n"},
        {PK_SERVER_2, SECOND,
         "replicate-scope " SECOND " b>a not-applicable: b has no such scope to copy\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_relationship_plan plan =
            replicate(pool, cases[i].from, PK_OPERATION_REPLICATE_SCOPE, cases[i].subnet);
        assert_string_equal(describe_actions(pool, &plan), cases[i].actions);
        assert_true(pk_sha256_is_zero(&plan.digest));
    }
}

static void
a_created_partner_row_gets_its_link(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan =
        pk_plan_replicate(pool, build_view(pool, "a " FIRST " id=1"), PK_SERVER_1, NULL, 0,
                          PK_OPERATION_REPLICATE_SCOPE, &options);
    assert_string_equal(describe_parts(pool, &plan.actions[0].changes[0].row->parts),
                        "relationship=\"campus\" id=1");
    assert_string_equal(plan.actions[0].changes[0].row->relationship, "campus");
}

static void
a_scope_listed_here_without_a_link_is_not_of_the_pair(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan =
        pk_plan_replicate(pool, build_view(pool, "unlinked-a\na " FIRST " link:- id=1"),
                          PK_SERVER_1, NULL, 0, PK_OPERATION_REPLICATE_SCOPE, &options);
    assert_string_equal(describe_actions(pool, &plan),
                        "replicate-scope " FIRST
                        " a>b not-applicable: on a it is in no relationship\n");
}

static void
replicate_never_deletes_and_never_overlaps(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan = pk_plan_replicate(
        pool,
        build_view(pool, "relationship campus prune:owned\nowned " FIRST " " SECOND "\nsame " FIRST
                         " id=1\na 10.0.2.0/23 id=2\nb " SECOND " id=3\nbase-b " SECOND),
        PK_SERVER_1, NULL, 0, PK_OPERATION_REPLICATE_SCOPE, &options);
    assert_string_equal(describe_actions(pool, &plan),
                        "replicate-scope 10.0.2.0/23 a>b write b blocked Conflict/Overlap\n"
                        "replicate-scope " SECOND
                        " a>b not-applicable: a has no such scope to copy\n");
}

static void
what_is_there_already_is_success_with_nothing_to_do(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan =
        pk_plan_replicate(pool, build_view(pool, "same " FIRST " id=1"), PK_SERVER_1, NULL, 0,
                          PK_OPERATION_REPLICATE_SERVER, &options);
    assert_true(plan.is_known);
    assert_int_equal(plan.action_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_of_from_go_over_whole),
        cmocka_unit_test(a_relationship_is_replicated_scope_by_scope_and_says_what_it_left_out),
        cmocka_unit_test(a_server_is_replicated_as_one),
        cmocka_unit_test(what_cannot_be_copied_says_why),
        cmocka_unit_test(a_created_partner_row_gets_its_link),
        cmocka_unit_test(a_scope_listed_here_without_a_link_is_not_of_the_pair),
        cmocka_unit_test(replicate_never_deletes_and_never_overlaps),
        cmocka_unit_test(what_is_there_already_is_success_with_nothing_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
