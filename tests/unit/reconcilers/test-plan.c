/*
 * From views to ordered actions.  A case is a view and the actions it becomes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "build.h"

#define FIRST  "10.0.1.0/24"
#define SECOND "10.0.2.0/24"
#define THIRD  "10.0.3.0/24"
#define FOURTH "10.0.4.0/24"

struct plan_case {
    const char *name, *view, *actions;
};

static void
check(const struct plan_case *cases, size_t count)
{
    struct pk_plan_options options = build_options();
    for (size_t i = 0; i < count; i++) {
        PK_SCRATCH(pool);
        struct pk_relationship_plan plan =
            pk_plan_relationship(pool, build_view(pool, cases[i].view), &options);
        const char *actions = describe_actions(pool, &plan);
        if (strcmp(actions, cases[i].actions) != 0) {
            fail_msg("%s:\n%s", cases[i].name, actions);
        }
    }
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof(cases)[0])

static void
an_action_is_named_by_what_it_writes(void **state)
{
    (void)state;
    static const struct plan_case cases[] = {
        {"in step", "want " FIRST " name=\"g\"\nsame " FIRST " id=7 name=\"g\"", ""},
        {"no row anywhere", "want " FIRST, "create-scope " FIRST " a>b write a b\n"},
        {"changed in Git", "want " FIRST " name=\"g\"\nsame " FIRST " id=7",
         "update-scope " FIRST " a>b write a b\n"},
        {"the source's row is missing", "want " FIRST "\nb " FIRST " id=7",
         "update-scope " FIRST " a>b write a\n"},
        {"only the source's row differs",
         "want " FIRST " name=\"g\"\na " FIRST " id=7\nb " FIRST " id=7 name=\"g\"",
         "update-scope " FIRST " a>b write a\n"},
        {"only the partner's row differs", "want " FIRST "\na " FIRST " id=7\nb " FIRST " id=8",
         "replicate-scope " FIRST " a>b write b\n"},
        {"the partner's row is missing", "want " FIRST "\na " FIRST " id=7",
         "replicate-scope " FIRST " a>b write b\n"},
        {"source: server 2", "relationship campus source:b\nwant " FIRST "\nb " FIRST " id=7",
         "replicate-scope " FIRST " b>a write a\n"},
        {"server 2 is first where it is the source", "relationship campus source:b\nwant " FIRST,
         "create-scope " FIRST " b>a write b a\n"},
    };
    CHECK(cases);
}

static void
actions_stand_in_the_order_of_kinds_then_of_subnets(void **state)
{
    (void)state;
    static const struct plan_case cases[] = {
        {"all kinds",
         "relationship campus prune:owned settings:enforce load-split=60\nrelation campus a b\n"
         "want 10.0.9.0/24\nwant 10.0.8.0/24\n"
         "want 10.0.6.0/24 name=\"g\"\nsame 10.0.6.0/24 id=6\n"
         "want 10.0.5.0/24 name=\"g\"\nsame 10.0.5.0/24 id=5\n"
         "want 10.0.3.0/24\na 10.0.3.0/24 id=3\n"
         "same 10.0.7.0/24 id=7\nowned 10.0.7.0/24 10.0.20.0/24\n"
         "want 10.0.20.0/23 id=20\nsame 10.0.20.0/24 id=21\n"
         "want 10.0.30.0/24\nsame 10.0.30.0/24\nwant 10.0.31.0/24\nsame 10.0.31.0/24",
         "relationship a>b\n"
         "delete-scope 10.0.7.0/24 a>b delete a b\n"
         "replace-scope 10.0.20.0/23 a>b delete a b write a b\n"
         "update-scope 10.0.5.0/24 a>b write a b\n"
         "update-scope 10.0.6.0/24 a>b write a b\n"
         "create-scope 10.0.8.0/24 a>b write a b\n"
         "create-scope 10.0.9.0/24 a>b write a b\n"
         "replicate-scope 10.0.3.0/24 a>b write b\n"},
    };
    CHECK(cases);
}

/* -- replicate-server ---------------------------------------------------------------------------
 */

/* @p count scopes, of which the partner lacks @p lacking and holds @p differing differently. */
static const char *
pair_text(struct pk_pool *pool, size_t count, size_t lacking, size_t differing)
{
    struct pk_text text = {.pool = pool};
    for (size_t i = 0; i < count; i++) {
        pk_text_addf(&text, "want 10.1.%zu.0/24\na 10.1.%zu.0/24 id=%zu\n", i, i, i + 1);
        if (i >= lacking) {
            pk_text_addf(&text, "b 10.1.%zu.0/24 id=%zu%s\n", i, i + 1,
                         i < lacking + differing ? " name=\"x\"" : "");
        }
    }
    return pk_text_end(&text);
}

static void
a_server_is_replicated_as_one_when_most_of_it_is_affected(void **state)
{
    (void)state;
    static const struct {
        size_t count, lacking, differing;
        bool as_one;
    } cases[] = {
        {3, 2, 0, true},   {2, 1, 0, false},  {1, 1, 0, false},  {4, 2, 0, false},
        {5, 3, 0, true},   {12, 0, 10, true}, {12, 0, 9, false}, {20, 0, 10, false},
        {19, 0, 10, true}, {19, 5, 5, true},  {19, 5, 4, false},
    };
    struct pk_plan_options options = build_options();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        const char *text = pair_text(pool, cases[i].count, cases[i].lacking, cases[i].differing);
        struct pk_relationship_plan plan =
            pk_plan_relationship(pool, build_view(pool, text), &options);
        size_t affected = cases[i].lacking + cases[i].differing;
        assert_int_equal(plan.action_count, cases[i].as_one ? 1 : affected);
        assert_int_equal(plan.actions[0].kind, cases[i].as_one ? PK_OPERATION_REPLICATE_SERVER
                                                               : PK_OPERATION_REPLICATE_SCOPE);
        assert_int_equal(pk_plan_summary(&plan, 1).replicate, affected);
        assert_int_equal(pk_plan_summary(&plan, 1).drifted, affected);
    }
}

static void
others_keep_their_own_action_before_replicate_server(void **state)
{
    (void)state;
    static const struct plan_case cases[] = {
        {"partner wiped while Git changes one",
         "want " FIRST " name=\"g\"\nwant " SECOND "\nwant " THIRD "\nwant " FOURTH "\n"
         "a " FIRST " id=1\na " SECOND " id=2\na " THIRD " id=3\na " FOURTH " id=4",
         "update-scope " FIRST " a>b write a b\n"
         "replicate-server " SECOND "," THIRD "," FOURTH " a>b write b b b\n"},
    };
    CHECK(cases);
}

static void
what_heal_leaves_different_is_not_replicated_as_a_server(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, "relationship campus heal:commits\n");
    const size_t scopes = 10;
    for (size_t i = 0; i < scopes; i++) {
        pk_text_addf(&text,
                     "want 10.1.%zu.0/24 name=\"g\" lease-time=2\n"
                     "a 10.1.%zu.0/24 name=\"g\" lease-time=2\nb 10.1.%zu.0/24 lease-time=9\n"
                     "base 10.1.%zu.0/24 lease-time=2\n",
                     i, i, i, i);
    }
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan =
        pk_plan_relationship(pool, build_view(pool, pk_text_end(&text)), &options);
    assert_int_equal(plan.action_count, scopes);
    assert_int_equal(plan.actions[0].kind, PK_OPERATION_REPLICATE_SCOPE);
    assert_int_equal(plan.left_alone, scopes);
}

/* -- Dropped, foreign ---------------------------------------------------------------------------
 */

static void
only_dropped_scopes_are_ever_deleted(void **state)
{
    (void)state;
    static const struct plan_case cases[] = {
        {"dropped under prune: owned",
         "relationship campus prune:owned\nsame " FIRST "\nowned " FIRST,
         "delete-scope " FIRST " a>b delete a b\n"},
        {"dropped on one side only",
         "relationship campus prune:owned\nb " FIRST "\nbase " FIRST "\nowned " FIRST,
         "delete-scope " FIRST " a>b delete b\n"},
        {"dropped under prune: never", "same " FIRST "\nowned " FIRST, ""},
        {"foreign: verified by nobody",
         "relationship campus prune:owned\nboth " FIRST "\nowned " FIRST, ""},
        {"foreign: never named", "relationship campus prune:owned\nsame " FIRST, ""},
        {"kept equal by foreign: replicate is not owned",
         "relationship campus prune:owned foreign:replicate\nsame " FIRST, ""},
        {"dropped and kept equal",
         "relationship campus foreign:replicate\nowned " FIRST "\na " FIRST " id=1\nb " FIRST
         " id=2\nbase " FIRST " id=1",
         "replicate-scope " FIRST " a>b write b\n"},
        {"foreign on one side is copied", "relationship campus foreign:replicate\na " FIRST " id=1",
         "replicate-scope " FIRST " a>b write b\n"},
        {"scopes of others are not looked at",
         "relationship campus prune:owned foreign:replicate\nrelation lab a c\na " FIRST
         " link:lab\nbase-a " FIRST "\nowned " FIRST,
         ""},
        {"unlinked scopes neither", "relationship campus foreign:replicate\na " FIRST " link:-",
         ""},
        {"unless they are this relationship's",
         "relationship campus foreign:replicate\nunlinked-a\na " FIRST " link:- id=1",
         "update-scope " FIRST " a>b write a b\n"},
        {"linked anew by another relationship of the pair",
         "relationship campus prune:owned\nrelinked " FIRST " lab\nsame " FIRST "\nowned " FIRST,
         ""},
    };
    CHECK(cases);
}

static void
every_foreign_row_is_listed_with_its_side(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan = pk_plan_relationship(
        pool,
        build_view(pool, "same " FIRST "\nowned " FIRST "\nb " SECOND "\nwant " THIRD
                         "\nsame " THIRD "\na " FOURTH " link:other"),
        &options);
    assert_int_equal(plan.foreign_count, 3);
    assert_true(plan.foreign[0].dropped && plan.foreign[0].side == PK_SERVER_1);
    assert_true(plan.foreign[1].dropped && plan.foreign[1].side == PK_SERVER_2);
    assert_true(!plan.foreign[2].dropped && plan.foreign[2].side == PK_SERVER_2);
    assert_int_equal(pk_plan_summary(&plan, 1).foreign, 2);
    assert_int_equal(plan.in_sync, 1);
}

/* -- relationship -------------------------------------------------------------------------------
 */

static void
a_relationship_action_is_for_settings_enforced_and_for_members(void **state)
{
    (void)state;
    static const struct plan_case cases[] = {
        {"settings: report", "relationship campus load-split=60\nrelation campus a b", ""},
        {"settings: enforce",
         "relationship campus settings:enforce load-split=60\nrelation campus a b",
         "relationship a>b\n"},
        {"in step",
         "relationship campus settings:enforce load-split=60\n"
         "relation campus a b load-split=60",
         ""},
        {"no relation yet: it is made with the first scope",
         "relationship campus settings:enforce load-split=60", ""},
        {"another order", "relationship campus\nrelation-base campus b a", "relationship a>b\n"},
        {"a rename is none",
         "relationship campus\nrenamed old\nrelation old a b\n"
         "relation-base old a b",
         ""},
        {"heal: commits leaves what a hand set",
         "relationship campus heal:commits settings:enforce load-split=60\n"
         "relation campus a b load-split=70\nrelation-base campus a b load-split=60",
         ""},
        {"heal: commits writes what Git set",
         "relationship campus heal:commits settings:enforce load-split=60\n"
         "relation campus a b load-split=70\nrelation-base campus a b load-split=70",
         "relationship a>b\n"},
    };
    CHECK(cases);
}

/* -- An unread server ---------------------------------------------------------------------------
 */

static void
nothing_is_planned_when_a_server_could_not_be_read(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_pair_view *view = build_view(pool, "want " FIRST "\nwant " SECOND);
    view->servers[PK_SERVER_2].known = false;
    struct pk_relationship_plan plan = pk_plan_relationship(pool, view, &options);
    assert_false(plan.is_known);
    assert_int_equal(plan.action_count, 0);
    assert_int_equal(pk_plan_summary(&plan, 1).unknown, 2);
    plan =
        pk_plan_replicate(pool, view, PK_SERVER_1, NULL, 0, PK_OPERATION_REPLICATE_SCOPE, &options);
    assert_false(plan.is_known);
    assert_int_equal(plan.action_count, 0);
}

static void
reasons_say_who_changed_what(void **state)
{
    (void)state;
    static const struct {
        const char *view, *reason;
    } cases[] = {
        {"want " FIRST, "new in Git"},
        {"want " FIRST "\nbase-b " FIRST "\nwant " SECOND "\nsame " SECOND "\nwant " THIRD
         "\nsame " THIRD,
         "deleted on both servers"},
        {"want " FIRST "\na " FIRST, "partner lacks it"},
        {"want " FIRST "\nb " FIRST, "source lacks it"},
        {"want " FIRST " name=\"g\"\nsame " FIRST, "changed in Git"},
        {"want " FIRST " name=\"g\"\na " FIRST "\nb " FIRST " name=\"x\"\nbase " FIRST,
         "changed in Git, changed on both sides"},
        {"want " FIRST "\na " FIRST " name=\"x\"\nb " FIRST "\nbase " FIRST, "source edited"},
        {"want " FIRST "\na " FIRST "\nb " FIRST " name=\"x\"", "differs, never verified"},
        {"relationship campus prune:owned\nsame " FIRST "\nowned " FIRST, "no longer in Git"},
        {"relationship campus prune:owned\nsame " FIRST "\nleaving " FIRST " lab", "moves to lab"},
    };
    struct pk_plan_options options = build_options();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_relationship_plan plan =
            pk_plan_relationship(pool, build_view(pool, cases[i].view), &options);
        assert_string_equal(plan.actions[0].reason, cases[i].reason);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_action_is_named_by_what_it_writes),
        cmocka_unit_test(actions_stand_in_the_order_of_kinds_then_of_subnets),
        cmocka_unit_test(a_server_is_replicated_as_one_when_most_of_it_is_affected),
        cmocka_unit_test(others_keep_their_own_action_before_replicate_server),
        cmocka_unit_test(what_heal_leaves_different_is_not_replicated_as_a_server),
        cmocka_unit_test(only_dropped_scopes_are_ever_deleted),
        cmocka_unit_test(every_foreign_row_is_listed_with_its_side),
        cmocka_unit_test(a_relationship_action_is_for_settings_enforced_and_for_members),
        cmocka_unit_test(nothing_is_planned_when_a_server_could_not_be_read),
        cmocka_unit_test(reasons_say_who_changed_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
