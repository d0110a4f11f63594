/*
 * What differs, who did it, and what becomes of it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "build.h"

#define FIRST "10.0.1.0/24"

static const struct difference_case {
    const char *name, *view, *differences;
} cases[] = {
    {"equal rows differ in nothing",
     "want " FIRST " lease-time=100\nsame " FIRST " id=7 lease-time=100", ""},
    {"a commit changes both", "want " FIRST " lease-time=200\nsame " FIRST " id=7 lease-time=100",
     FIRST " a lease-time 100>200 git\n" FIRST " b lease-time 100>200 git\n"},
    {"the partner was edited",
     "want " FIRST " lease-time=100\na " FIRST " id=7 lease-time=100\nb " FIRST
     " id=7 lease-time=5\nbase " FIRST " id=7 lease-time=100",
     FIRST " b lease-time 5>100 partner\n"},
    {"the source was edited in what Git owns",
     "want " FIRST " lease-time=100\nb " FIRST " id=7 lease-time=100\na " FIRST
     " id=7 lease-time=5\nbase " FIRST " id=7 lease-time=100",
     FIRST " a lease-time 5>100 source\n"},
    {"the source was edited in what Git does not own: the partner lags",
     "want " FIRST "\nb " FIRST " id=7 lease-time=100\na " FIRST " id=7 lease-time=5\nbase " FIRST
     " id=7 lease-time=100",
     FIRST " b lease-time 100>5 source\n"},
    {"a commit and a hand met",
     "want " FIRST " lease-time=200\na " FIRST " id=7 lease-time=100\nb " FIRST
     " id=7 lease-time=5\nbase " FIRST " id=7 lease-time=100",
     FIRST " a lease-time 100>200 git\n" FIRST " b lease-time 5>200 both\n"},
    {"never verified", "want " FIRST " lease-time=200\nboth " FIRST " id=7 lease-time=100",
     FIRST " a lease-time 100>200 unknown\n" FIRST " b lease-time 100>200 unknown\n"},
    {"an option left out of a stated map is not wanted",
     "want " FIRST " own:options\nsame " FIRST " id=7 options.routers=[\"10.0.1.1\"]",
     FIRST " a options.routers [\"10.0.1.1\"]>- git\n" FIRST
           " b options.routers [\"10.0.1.1\"]>- git\n"},
    {"a missing row is a row of absent fields",
     "want " FIRST "\na " FIRST " id=7\nbase " FIRST " id=7",
     FIRST " b relationship ->\"campus\" partner\n" FIRST " b id ->7 partner\n"},
    {"a new scope is Git's", "want " FIRST " id=7",
     FIRST " a relationship ->\"campus\" git\n" FIRST " a id ->7 git\n" FIRST
           " b relationship ->\"campus\" git\n" FIRST " b id ->7 git\n"},
    {"a rename alone is no difference",
     "renamed old\nwant " FIRST " lease-time=100\nsame " FIRST " link:old id=7 lease-time=100", ""},
    {"a scope of another relationship of the same servers changes its link",
     "want " FIRST "\nrelation lab b a\nsame " FIRST " link:lab id=7",
     FIRST " a relationship \"lab\">\"campus\" git\n" FIRST
           " b relationship \"lab\">\"campus\" git\n"},
    {"what differs only between the servers flows from the source",
     "want " FIRST "\na " FIRST " id=7 name=\"x\"\nb " FIRST " id=8 name=\"y\"",
     FIRST " b id 8>7 unknown\n" FIRST " b name \"y\">\"x\" unknown\n"},
    {"foreign scopes are left alone", "a " FIRST " id=7 name=\"x\"\nb " FIRST " id=7 name=\"y\"",
     ""},
    {"foreign scopes kept equal",
     "relationship campus foreign:replicate\nbase " FIRST " id=7 name=\"x\"\n"
     "a " FIRST " id=7 name=\"x\"\nb " FIRST " id=7 name=\"y\"",
     FIRST " b name \"y\">\"x\" partner\n"},
};

static void
each_difference_names_server_part_values_and_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_comparison comparison = pk_compare(pool, build_view(pool, cases[i].view));
        const char *differences = describe_differences(pool, &comparison);
        if (strcmp(differences, cases[i].differences) != 0) {
            fail_msg("%s:\n%s", cases[i].name, differences);
        }
    }
}

/* -- Conflict, adoption -------------------------------------------------------------------------
 */

static const struct flag_case {
    const char *name, *view;
    bool conflict, adopts;
} flag_cases[] = {
    {"equal", "want " FIRST "\nsame " FIRST " id=7", false, false},
    {"cause both",
     "want " FIRST " lease-time=200\na " FIRST " id=7 lease-time=100\nb " FIRST
     " id=7 lease-time=5\nbase " FIRST " id=7 lease-time=100",
     true, false},
    {"one field edited differently on both",
     "want " FIRST "\na " FIRST " id=7 name=\"x\"\nb " FIRST " id=7 name=\"y\"\nbase " FIRST
     " id=7",
     true, false},
    {"one field edited alike on both",
     "want " FIRST " name=\"g\"\nboth " FIRST " id=7 name=\"x\"\nbase " FIRST " id=7 name=\"g\"",
     false, false},
    {"different fields edited on both",
     "want " FIRST "\na " FIRST " id=7 name=\"x\" lease-time=1\nb " FIRST
     " id=7 lease-time=2\nbase " FIRST " id=7 lease-time=1",
     false, false},
    {"a row without base would change", "want " FIRST " name=\"g\"\nboth " FIRST " id=7", false,
     true},
    {"a row without base on one side",
     "want " FIRST "\na " FIRST " id=7\nb " FIRST " id=7 name=\"y\"\nbase-a " FIRST " id=7", false,
     true},
    {"filling in is not adopting", "want " FIRST "\na " FIRST " id=7", false, false},
    {"equal rows without base are adopted silently", "want " FIRST "\nboth " FIRST " id=7", false,
     false},
};

static void
conflicts_and_adoptions_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof flag_cases / sizeof flag_cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_comparison comparison = pk_compare(pool, build_view(pool, flag_cases[i].view));
        if (comparison.at[0].conflict != flag_cases[i].conflict ||
            comparison.at[0].adopts != flag_cases[i].adopts) {
            fail_msg("%s: conflict %d, adopts %d", flag_cases[i].name, comparison.at[0].conflict,
                     comparison.at[0].adopts);
        }
    }
}

/* -- heal: commits ------------------------------------------------------------------------------
 */

static void
heal_commits_writes_only_what_git_changed(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_comparison comparison = pk_compare(
        pool, build_view(pool, "relationship campus heal:commits\n"
                               "want " FIRST " lease-time=200 name=\"g\"\n"
                               "a " FIRST " id=7 lease-time=100 name=\"g\"\n"
                               "b " FIRST " id=7 lease-time=100 name=\"hand\" description=\"b\"\n"
                               "base " FIRST " id=7 lease-time=100 name=\"g\"\n"));
    const struct pk_scope_state *scope = &comparison.at[0];
    assert_true(scope->left_alone);
    assert_true(scope->writes[PK_SERVER_1] && scope->writes[PK_SERVER_2]);
    assert_string_equal(describe_parts(pool, &scope->write[PK_SERVER_1].parts),
                        "relationship=\"campus\" id=7 name=\"g\" lease-time=200");
    assert_string_equal(
        describe_parts(pool, &scope->write[PK_SERVER_2].parts),
        "relationship=\"campus\" id=7 name=\"hand\" description=\"b\" lease-time=200");
}

static void
heal_commits_leaves_what_only_hands_changed(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_comparison comparison =
        pk_compare(pool, build_view(pool, "relationship campus heal:commits\n"
                                          "want " FIRST " name=\"g\"\n"
                                          "a " FIRST " id=7 name=\"g\"\nb " FIRST " id=7\n"
                                          "base " FIRST " id=7 name=\"g\"\n"));
    assert_true(comparison.at[0].left_alone);
    assert_false(comparison.at[0].writes[PK_SERVER_2]);
    assert_int_equal(comparison.at[0].difference_count, 1);
}

static void
heal_commits_does_not_make_half_a_row_of_a_deleted_one(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_comparison comparison = pk_compare(
        pool, build_view(pool, "relationship campus heal:commits\n"
                               "want " FIRST " name=\"g\" options.routers=[\"10.0.1.1\"]\n"
                               "a " FIRST " id=7 name=\"g\"\n"
                               "base " FIRST " id=7 name=\"g\"\n"));
    assert_true(comparison.at[0].writes[PK_SERVER_1]);
    assert_false(comparison.at[0].writes[PK_SERVER_2]);
    assert_true(comparison.at[0].left_alone);
}

/* -- Settings -----------------------------------------------------------------------------------
 */

static void
only_settings_that_git_states_are_compared(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_comparison comparison = pk_compare(
        pool, build_view(pool, "relationship campus load-split=60 kea.heartbeat-delay=5\n"
                               "relation-a campus a b load-split=60 mclt=7 kea.heartbeat-delay=5\n"
                               "relation-b campus a b load-split=70 mclt=8 kea.sync-timeout=3\n"));
    assert_int_equal(comparison.settings_count, 2);
    assert_int_equal(comparison.settings[0].side, PK_SERVER_2);
    assert_string_equal(comparison.settings[0].have, "70");
    assert_string_equal(comparison.settings[0].want, "60");
    assert_string_equal(comparison.settings[1].key, "heartbeat-delay");
    assert_null(comparison.settings[1].have);
    assert_null(comparison.member_change);
    assert_string_equal(
        describe_parts(pool, &comparison.want_relation.parts),
        "servers=[\"a\",\"b\"] source=\"a\" load-split=60 mclt=7 kea.heartbeat-delay=5");
}

static void
a_setting_that_a_kind_of_server_lacks_is_not_compared_there(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pair_view *view =
        build_view(pool, "relationship campus load-split=60 kea.heartbeat-delay=5\n"
                         "relation-a campus a b\n"
                         "relation-b campus a b kea.heartbeat-delay=7\n");
    struct pk_capabilities kea = *view->servers[PK_SERVER_2].capabilities;
    kea.lacks = UINT64_C(1) << PK_RELATIONSHIP_LOAD_SPLIT;
    view->servers[PK_SERVER_1].capabilities = &kea;
    view->servers[PK_SERVER_2].capabilities = &kea;
    struct pk_comparison comparison = pk_compare(pool, view);
    assert_int_equal(comparison.settings_count, 2);
    assert_string_equal(comparison.settings[0].key, "heartbeat-delay");
    assert_string_equal(comparison.settings[1].key, "heartbeat-delay");
}

static void
the_wanted_relation_names_its_source_once(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_comparison comparison =
        pk_compare(pool, build_view(pool, "relationship campus source:b source=\"b\"\n"
                                          "relation campus a b source=\"a\" mclt=7\n"));
    assert_string_equal(describe_parts(pool, &comparison.want_relation.parts),
                        "servers=[\"a\",\"b\"] source=\"b\" mclt=7");
}

static const struct member_case {
    const char *name, *view;
    const char *change; /* in words; NULL = none */
} member_cases[] = {
    {"no relation anywhere", "relationship campus mode=\"hot-standby\"", NULL},
    {"as verified",
     "relationship campus mode=\"hot-standby\"\n"
     "relation-base campus a b mode=\"hot-standby\"",
     NULL},
    {"another mode than verified",
     "relationship campus mode=\"hot-standby\"\nrelation-base campus a b",
     "mode: load-balance, now hot-standby"},
    {"a mode that Git does not state",
     "relationship campus\nrelation-base campus a b mode=\"hot-standby\"", NULL},
    {"the order changed", "relationship campus\nrelation-base campus b a",
     "servers: [b, a], now [a, b]; source: b, now a"},
    {"a member changed", "relationship campus\nrelation-base campus a c",
     "servers: [a, c], now [a, b]"},
    {"the source changed", "relationship campus source:b\nrelation-base campus a b",
     "source: a, now b"},
    {"the source as verified",
     "relationship campus source:b\nrelation-base campus a b source=\"b\"", NULL},
    {"without base, the servers are asked", "relationship campus\nrelation campus b a",
     "servers: [b, a], now [a, b]"},
    {"servers do not know the source", "relationship campus source:b\nrelation campus a b", NULL},
    {"under its old name too", "relationship campus\nrenamed old\nrelation old b a",
     "servers: [b, a], now [a, b]"},
};

static void
member_order_source_and_mode_are_told_from_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof member_cases / sizeof member_cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_comparison comparison = pk_compare(pool, build_view(pool, member_cases[i].view));
        const char *change = comparison.member_change, *expected = member_cases[i].change;
        if (change == NULL || expected == NULL ? change != expected
                                               : strcmp(change, expected) != 0) {
            fail_msg("%s: %s", member_cases[i].name, change);
        }
    }
}

/* -- Lost servers -------------------------------------------------------------------------------
 */

static const struct lost_case {
    const char *name, *view;
    bool lost_a, lost_b, refill;
} lost_cases[] = {
    {"nothing verified", "want " FIRST, false, false, false},
    {"the only scope", "want " FIRST "\nb " FIRST " id=7\nbase " FIRST " id=7", true, false, false},
    {"the partner's only scope", "want " FIRST "\na " FIRST " id=7\nbase " FIRST " id=7", false,
     true, true},
    {"two of three lacked: less than three",
     "want " FIRST "\nwant 10.0.2.0/24\nwant 10.0.3.0/24\nsame " FIRST " id=7\n"
     "b 10.0.2.0/24 id=8\nb 10.0.3.0/24 id=9\nbase 10.0.2.0/24 id=8\nbase 10.0.3.0/24 id=9",
     false, false, false},
    {"three of six lacked: not more than half",
     "want " FIRST "\nwant 10.0.2.0/24\nwant 10.0.3.0/24\nwant 10.0.4.0/24\nwant 10.0.5.0/24\n"
     "want 10.0.6.0/24\nsame " FIRST "\nsame 10.0.2.0/24\nsame 10.0.3.0/24\nb 10.0.4.0/24\n"
     "b 10.0.5.0/24\nb 10.0.6.0/24\nbase 10.0.4.0/24\nbase 10.0.5.0/24\nbase 10.0.6.0/24",
     false, false, false},
    {"three of five lacked",
     "want " FIRST "\nwant 10.0.2.0/24\nwant 10.0.3.0/24\nwant 10.0.4.0/24\nwant 10.0.5.0/24\n"
     "same " FIRST "\nsame 10.0.2.0/24\nb 10.0.3.0/24\nb 10.0.4.0/24\nb 10.0.5.0/24\n"
     "base 10.0.3.0/24\nbase 10.0.4.0/24\nbase 10.0.5.0/24",
     true, false, false},
    {"three of five edited on the partner",
     "want " FIRST "\nwant 10.0.2.0/24\nwant 10.0.3.0/24\nwant 10.0.4.0/24\nwant 10.0.5.0/24\n"
     "same " FIRST "\nsame 10.0.2.0/24\na 10.0.3.0/24\na 10.0.4.0/24\na 10.0.5.0/24\n"
     "b 10.0.3.0/24 name=\"x\"\nb 10.0.4.0/24 name=\"x\"\nb 10.0.5.0/24 name=\"x\"\n"
     "base 10.0.3.0/24\nbase 10.0.4.0/24\nbase 10.0.5.0/24",
     false, true, false},
    {"edits that hold Git's value are none",
     "want " FIRST " name=\"g\"\nwant 10.0.2.0/24 name=\"g\"\nwant 10.0.3.0/24 name=\"g\"\n"
     "both " FIRST " name=\"g\"\nboth 10.0.2.0/24 name=\"g\"\nboth 10.0.3.0/24 name=\"g\"\n"
     "base " FIRST "\nbase 10.0.2.0/24\nbase 10.0.3.0/24",
     false, false, false},
    {"a partner that lacks and was edited is not just empty",
     "want " FIRST "\nwant 10.0.2.0/24\nwant 10.0.3.0/24\nwant 10.0.4.0/24\n"
     "a " FIRST "\na 10.0.2.0/24\na 10.0.3.0/24\na 10.0.4.0/24\nb 10.0.4.0/24 name=\"x\"\n"
     "base " FIRST "\nbase 10.0.2.0/24\nbase 10.0.3.0/24\nbase 10.0.4.0/24",
     false, true, false},
    {"a partner that no longer says so is not refilled",
     "kea\nrelation-a campus a b\nwant " FIRST "\na " FIRST "\nbase " FIRST, false, true, false},
    {"a partner that says so is refilled",
     "kea\nrelation campus a b\nwant " FIRST "\na " FIRST "\nbase " FIRST, false, true, true},
    {"a partner with another one is not refilled",
     "kea\nrelation-b campus b c\nwant " FIRST "\na " FIRST "\nbase " FIRST, false, true, false},
    {"dropped scopes that somebody cleared away say nothing",
     "want " FIRST "\nsame " FIRST "\nbase 10.0.2.0/24\nbase 10.0.3.0/24\nbase 10.0.4.0/24\n"
     "owned " FIRST " 10.0.2.0/24 10.0.3.0/24 10.0.4.0/24",
     false, false, false},
    {"dropped scopes cleared from one server say nothing either",
     "want " FIRST "\nsame " FIRST
     "\na 10.0.2.0/24\na 10.0.3.0/24\na 10.0.4.0/24\nbase 10.0.2.0/24\nbase 10.0.3.0/24\n"
     "base 10.0.4.0/24\nowned 10.0.2.0/24 10.0.3.0/24 10.0.4.0/24",
     false, false, false},
    {"both", "want " FIRST "\nbase " FIRST, true, true, false},
};

static void
a_lost_server_is_told_by_what_was_verified_on_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lost_cases / sizeof lost_cases[0]; i++) {
        PK_SCRATCH(pool);
        const struct lost_case *one = &lost_cases[i];
        struct pk_comparison comparison = pk_compare(pool, build_view(pool, one->view));
        if (comparison.lost[PK_SERVER_1] != one->lost_a ||
            comparison.lost[PK_SERVER_2] != one->lost_b || comparison.refill != one->refill) {
            fail_msg("%s: a %d, b %d, refill %d", one->name, comparison.lost[PK_SERVER_1],
                     comparison.lost[PK_SERVER_2], comparison.refill);
        }
    }
}

/* -- Unfinished operations ----------------------------------------------------------------------
 */

static void
rows_an_unfinished_operation_meant_count_as_base(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pair_view *view = build_view(pool, "want " FIRST " name=\"g\"\nboth " FIRST " id=7\n"
                                                 "want 10.0.2.0/24\na 10.0.2.0/24 id=8 name=\"x\"\n"
                                                 "base 10.0.3.0/24 id=9");
    struct pk_sub_task tasks[] = {
        {.subnet = build_subnet(FIRST),
         .rows = {{"a", .wanted = view->servers[PK_SERVER_1].rows.at[0].hash}, {0}}},
        {.subnet = build_subnet("10.0.2.0/24"), .rows = {{"a", .wanted = {.bytes = {1}}}, {0}}},
        {.subnet = build_subnet("10.0.3.0/24"), .rows = {{0}, {"b", .wanted = {.bytes = {0}}}}},
    };
    struct pk_operation unfinished = {.sub_tasks = tasks, .sub_task_count = 3};
    pk_view_credit_intents(pool, view, &unfinished, 1);
    assert_non_null(pk_rows_find(&view->base[PK_SERVER_1], build_subnet(FIRST)));
    assert_null(pk_rows_find(&view->base[PK_SERVER_2], build_subnet(FIRST)));
    assert_null(pk_rows_find(&view->base[PK_SERVER_1], build_subnet("10.0.2.0/24")));
    assert_non_null(pk_rows_find(&view->base[PK_SERVER_1], build_subnet("10.0.3.0/24")));
    assert_null(pk_rows_find(&view->base[PK_SERVER_2], build_subnet("10.0.3.0/24")));
}

static void
rows_whose_writing_was_cut_off_are_ours_unless_somebody_said_something_else(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pair_view *view =
        build_view(pool, "want 10.0.1.0/24 name=\"g\"\na 10.0.1.0/24 id=8\n"
                         "want 10.0.2.0/24 name=\"g\"\na 10.0.2.0/24 id=9 name=\"h\"\n"
                         "want 10.0.3.0/24 name=\"g\"\nbase 10.0.3.0/24 id=3 name=\"f\"\n"
                         "both 10.0.3.0/24 id=3 name=\"g\"\n"
                         "want 10.0.4.0/24 name=\"g\"\nbase 10.0.4.0/24 id=4 name=\"f\"\n"
                         "both 10.0.4.0/24 id=4 name=\"h\"\n"
                         "want 10.0.5.0/24 name=\"g\"\nbase 10.0.5.0/24 id=5 name=\"f\"\n");
    const struct pk_sha256 before = {.bytes = {1}}, wanted = {.bytes = {2}};
    struct {
        const char *subnet;
        bool creates, is_half;
    } rows[] = {
        {"10.0.1.0/24", true, true},   {"10.0.2.0/24", true, false}, {"10.0.3.0/24", false, true},
        {"10.0.4.0/24", false, false}, {"10.0.5.0/24", false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pk_sub_task task = {.subnet = build_subnet(rows[i].subnet),
                                   .rows = {{"a", .wanted = wanted}, {0}}};
        if (!rows[i].creates) {
            task.rows[0].before = before;
        }
        /* rows on the other server would say what is meant */
        view->servers[PK_SERVER_2].rows.count = 0;
        struct pk_operation cut = {.sub_tasks = &task, .sub_task_count = 1};
        pk_view_credit_intents(pool, view, &cut, 1);
        if (pk_view_is_half_written(view, PK_SERVER_1, task.subnet) != rows[i].is_half) {
            fail_msg("%s is %s half written", rows[i].subnet, rows[i].is_half ? "not" : "taken as");
        }
    }
    assert_non_null(pk_rows_find(&view->base[PK_SERVER_1], build_subnet("10.0.1.0/24")));
    assert_null(pk_rows_find(&view->base[PK_SERVER_1], build_subnet("10.0.2.0/24")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_difference_names_server_part_values_and_cause),
        cmocka_unit_test(conflicts_and_adoptions_are_told_apart),
        cmocka_unit_test(heal_commits_writes_only_what_git_changed),
        cmocka_unit_test(heal_commits_leaves_what_only_hands_changed),
        cmocka_unit_test(heal_commits_does_not_make_half_a_row_of_a_deleted_one),
        cmocka_unit_test(only_settings_that_git_states_are_compared),
        cmocka_unit_test(a_setting_that_a_kind_of_server_lacks_is_not_compared_there),
        cmocka_unit_test(the_wanted_relation_names_its_source_once),
        cmocka_unit_test(member_order_source_and_mode_are_told_from_settings),
        cmocka_unit_test(a_lost_server_is_told_by_what_was_verified_on_it),
        cmocka_unit_test(rows_an_unfinished_operation_meant_count_as_base),
        cmocka_unit_test(
            rows_whose_writing_was_cut_off_are_ours_unless_somebody_said_something_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
