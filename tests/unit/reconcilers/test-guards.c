/*
 * Each guard: one case that trips, one just below; several at once; what an approval covers.
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

/* Scopes 10.1.0.0/24 and on: the first @p changed as `changed` says, the rest in step. */
struct crowd {
    size_t count, changed;
    const char *changed_text, *rest_text; /* lines with SUBNET for the subnet */
};

static void
add_lines(struct pk_text *text, const char *lines, size_t index)
{
    const char *at = lines;
    for (const char *found; (found = strstr(at, "SUBNET")) != NULL; at = found + strlen("SUBNET")) {
        pk_text_add_bytes(text, at, (size_t)(found - at));
        pk_text_addf(text, "10.1.%zu.0/24", index);
    }
    pk_text_addf(text, "%s\n", at);
}

static const char *
crowd_text(struct pk_pool *pool, const char *first_lines, struct crowd crowd)
{
    struct pk_text text = {.pool = pool};
    pk_text_addf(&text, "%s\n", first_lines);
    for (size_t i = 0; i < crowd.count; i++) {
        add_lines(&text, i < crowd.changed ? crowd.changed_text : crowd.rest_text, i);
    }
    return pk_text_end(&text);
}

static struct pk_held
judge(struct pk_pool *pool, const char *text, const struct pk_plan_options *options)
{
    return pk_plan_relationship(pool, build_view(pool, text), options).held;
}

static unsigned
bit(enum pk_guard guard)
{
    return 1u << guard;
}

static const char in_step[] = "want SUBNET\nsame SUBNET";

static const struct guard_case {
    const char *name;
    unsigned tripped;
    const char *reason; /* part of it */
    const char *lines;
    struct crowd crowd;
} cases[] = {
    {"nothing to do is never held", 0, NULL, "want " FIRST "\nsame " FIRST, {0}},
    {"server-lost: the source",
     1u << PK_GUARD_SERVER_LOST,
     "a (source) has lost",
     "",
     {4, 3, "want SUBNET\nb SUBNET\nbase SUBNET", in_step}},
    {"server-lost: just below", 0, NULL, "", {6, 3, "want SUBNET\nb SUBNET\nbase SUBNET", in_step}},
    {"server-lost: a partner with edits",
     1u << PK_GUARD_SERVER_LOST | 1u << PK_GUARD_UPDATES,
     "most scopes of b (partner) were edited by hand; to keep that instead: "
     "pairkeeper replicate relationship campus --from b",
     "",
     {7, 4, "want SUBNET\na SUBNET\nb SUBNET name=\"x\"\nbase SUBNET", in_step}},
    {"a partner that is only empty is refilled unasked",
     0,
     NULL,
     "",
     {30, 30, "want SUBNET\na SUBNET\nbase SUBNET", in_step}},
    {"refilled unasked while Git changes something",
     0,
     NULL,
     "want " FIRST " name=\"new\"\na " FIRST " name=\"old\"\nbase " FIRST " name=\"old\"",
     {9, 9, "want SUBNET\na SUBNET\nbase SUBNET", in_step}},
    {"empty: nothing wanted",
     1u << PK_GUARD_EMPTY | 1u << PK_GUARD_DELETES,
     "Git names 0 scopes, 1 was verified",
     "relationship campus prune:owned\nsame " FIRST "\nowned " FIRST,
     {0}},
    {"empty: under half",
     1u << PK_GUARD_EMPTY,
     "Git names 2 scopes, 5 were verified",
     "same " FIRST "\nsame " SECOND "\nsame 10.0.3.0/24\nsame 10.0.4.0/24\nwant 10.1.9.0/24",
     {1, 1, in_step, in_step}},
    {"empty: half",
     0,
     NULL,
     "same " FIRST "\nsame " SECOND "\nsame 10.0.3.0/24\nwant 10.1.9.0/24",
     {1, 1, in_step, in_step}},
    {"member: another mode",
     1u << PK_GUARD_MEMBER,
     "mode: load-balance, now hot-standby",
     "relationship campus mode=\"hot-standby\"\nrelation-base campus a b\nwant " FIRST,
     {0}},
    {"member: a setting is none",
     0,
     NULL,
     "relationship campus settings:enforce mclt=5\nrelation campus a b\nrelation-base campus a b\n"
     "want " FIRST,
     {0}},
    {"member: a move",
     1u << PK_GUARD_MEMBER,
     "1 scope moves to another relationship, first " FIRST,
     "relationship campus prune:owned\nsame " FIRST "\nleaving " FIRST " lab",
     {40, 0, NULL, in_step}},
    {"member: what moved already is created freely",
     0,
     NULL,
     "want " FIRST "\ncoming " FIRST " lab prunes",
     {0}},
    {"adopt: a row without base",
     1u << PK_GUARD_ADOPT,
     "first " FIRST,
     "want " FIRST " name=\"g\"\nboth " FIRST,
     {0}},
    {"adopt: a delete without base",
     1u << PK_GUARD_ADOPT | 1u << PK_GUARD_DELETES,
     "first " FIRST,
     "relationship campus prune:owned\nboth " FIRST "\nbase-a " FIRST "\nowned " FIRST,
     {1, 0, NULL, in_step}},
    {"adopt: creating is not", 0, NULL, "want " FIRST "\na " FIRST, {0}},
    {"conflict: commit and hand",
     1u << PK_GUARD_CONFLICT,
     "first " FIRST,
     "want " FIRST " name=\"g\"\na " FIRST "\nb " FIRST " name=\"x\"\nbase " FIRST,
     {0}},
    {"conflict: two hands",
     1u << PK_GUARD_CONFLICT,
     "first " FIRST,
     "want " FIRST "\na " FIRST " name=\"y\"\nb " FIRST " name=\"x\"\nbase " FIRST,
     {0}},
    {"conflict: one hand",
     0,
     NULL,
     "want " FIRST "\na " FIRST "\nb " FIRST " name=\"x\"\nbase " FIRST,
     {0}},
    {"deletes: any of up to ten",
     1u << PK_GUARD_DELETES,
     "deletes: 1 of 10 scopes (10 %)",
     "relationship campus prune:owned\nowned 10.1.0.0/24",
     {10, 1, "same SUBNET", in_step}},
    {"deletes: one of eleven",
     0,
     NULL,
     "relationship campus prune:owned\nowned 10.1.0.0/24",
     {11, 1, "same SUBNET", in_step}},
    {"deletes: two of twenty are 10 %",
     0,
     NULL,
     "relationship campus prune:owned\nowned 10.1.0.0/24 10.1.1.0/24",
     {20, 2, "same SUBNET", in_step}},
    {"deletes: two of nineteen",
     1u << PK_GUARD_DELETES,
     "2 of 19 scopes (10 %), more than 10 %",
     "relationship campus prune:owned\nowned 10.1.0.0/24 10.1.1.0/24",
     {19, 2, "same SUBNET", in_step}},
    {"deletes: three of many",
     0,
     NULL,
     "relationship campus prune:owned\nowned 10.1.0.0/24 10.1.1.0/24 10.1.2.0/24",
     {60, 3, "same SUBNET", in_step}},
    {"deletes: four of many",
     1u << PK_GUARD_DELETES,
     "4 of 60 scopes (6 %), more than 3",
     "relationship campus prune:owned\nowned 10.1.0.0/24 10.1.1.0/24 10.1.2.0/24 10.1.3.0/24",
     {60, 4, "same SUBNET", in_step}},
    {"updates: over 30 %",
     1u << PK_GUARD_UPDATES,
     "updates: 10 of 30 scopes (33 %), more than 30 %",
     "",
     {30, 10, "want SUBNET name=\"g\"\nsame SUBNET", in_step}},
    {"updates: 30 %", 0, NULL, "", {30, 9, "want SUBNET name=\"g\"\nsame SUBNET", in_step}},
    {"updates: three are always allowed",
     0,
     NULL,
     "",
     {3, 3, "want SUBNET name=\"g\"\nsame SUBNET", in_step}},
    {"updates: four of four",
     1u << PK_GUARD_UPDATES,
     "4 of 4 scopes (100 %)",
     "",
     {4, 4, "want SUBNET name=\"g\"\nsame SUBNET", in_step}},
    {"updates: fifty of many",
     0,
     NULL,
     "",
     {200, 50, "want SUBNET name=\"g\"\nsame SUBNET", in_step}},
    {"updates: fifty-one of many",
     1u << PK_GUARD_UPDATES,
     "51 of 200 scopes (25 %), more than 50",
     "",
     {200, 51, "want SUBNET name=\"g\"\nsame SUBNET", in_step}},
    {"updates: on the partner alone they count too",
     1u << PK_GUARD_UPDATES,
     "12 of 30",
     "",
     {30, 12, "want SUBNET name=\"g\"\na SUBNET name=\"g\"\nb SUBNET\nbase SUBNET", in_step}},
    {"updates: filling in is none",
     0,
     NULL,
     "",
     {30, 12, "want SUBNET\na SUBNET\nbase SUBNET", in_step}},
    {"updates: what is blocked is none",
     0,
     NULL,
     "b 10.5.0.0/24 id=9\nwant " FIRST,
     {10, 5, "want SUBNET name=\"g\" id=9\nsame SUBNET id=8", "want SUBNET\nsame SUBNET id=7"}},
    {"leases: active ones go away",
     1u << PK_GUARD_LEASES,
     "3 active leases",
     "relationship campus prune:owned\nowned 10.1.0.0/24",
     {11, 1, "a SUBNET leases:3\nb SUBNET leases:2\nbase SUBNET", in_step}},
    {"leases: none goes away",
     0,
     NULL,
     "relationship campus prune:owned\nowned 10.1.0.0/24",
     {11, 1, "a SUBNET leases:0\nb SUBNET\nbase SUBNET", in_step}},
    {"leases: who cannot tell does not hold",
     0,
     NULL,
     "relationship campus prune:owned\nowned 10.1.0.0/24",
     {11, 1, "a SUBNET leases:?\nb SUBNET leases:?\nbase SUBNET", in_step}},
    {"pair-state: disturbed",
     1u << PK_GUARD_PAIR_STATE,
     "b says disturbed",
     "kea\nrelation-a campus a b\nrelation-b campus a b state:disturbed\nwant " FIRST,
     {0}},
    {"pair-state: partner-down",
     1u << PK_GUARD_PAIR_STATE,
     "a says partner-down",
     "kea\nrelation-a campus a b state:partner-down\nwant " FIRST,
     {0}},
    {"pair-state: normal", 0, NULL, "kea\nrelation campus a b\nwant " FIRST, {0}},
    {"pair-state: syncing is waited for",
     0,
     NULL,
     "kea\nrelation campus a b state:syncing\nwant " FIRST,
     {0}},
    {"pair-state: terminated, and Git wants more",
     1u << PK_GUARD_PAIR_STATE,
     "terminated",
     "kea\nrelation campus a b state:terminated\nwant " FIRST,
     {0}},
    {"pair-state: terminated, cured by making the partners equal",
     0,
     NULL,
     "kea\nrelation campus a b state:terminated\nwant " FIRST "\na " FIRST " id=1\nb " FIRST
     " id=2\nbase-a " FIRST " id=1\nbase-b " FIRST " id=2",
     {0}},
    {"pair-state: terminated, cured by giving the source back what the partner has",
     0,
     NULL,
     "kea\nrelation campus a b state:terminated\nwant " FIRST " name=\"g\"\na " FIRST "\nb " FIRST
     " name=\"g\"\nbase " FIRST " name=\"g\"",
     {0}},
    {"pair-state: terminated, and Git changes both",
     1u << PK_GUARD_PAIR_STATE,
     "terminated",
     "kea\nrelation campus a b state:terminated\nwant " FIRST " name=\"g\"\nsame " FIRST,
     {0}},
    {"pair-state: terminated, and heal leaves them different",
     1u << PK_GUARD_PAIR_STATE,
     "terminated",
     "kea\nrelationship campus heal:commits\nrelation campus a b state:terminated\nwant " FIRST
     " name=\"g\" lease-time=2\na " FIRST " name=\"g\" lease-time=2\nb " FIRST
     " lease-time=9\nbase " FIRST " lease-time=2",
     {0}},
    {"pair-state: a driver without pair states is normal",
     0,
     NULL,
     "relation campus a b state:terminated\nwant " FIRST,
     {0}},
    {"several at once",
     1u << PK_GUARD_MEMBER | 1u << PK_GUARD_ADOPT | 1u << PK_GUARD_CONFLICT,
     "member: servers: [b, a], now [a, b]; source: b, now a; adopt: 1 scope that was",
     "relationship campus\nrelation-base campus b a\nwant " FIRST " name=\"g\"\nboth " FIRST
     "\nwant " SECOND "\na " SECOND " name=\"y\"\nb " SECOND " name=\"x\"\nbase " SECOND,
     {0}},
};

static void
each_guard_trips_at_its_limit_and_not_below(void **state)
{
    (void)state;
    struct pk_plan_options options = build_options();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_held held =
            judge(pool, crowd_text(pool, cases[i].lines, cases[i].crowd), &options);
        const char *reason = held.reason != NULL ? held.reason : "";
        if (held.tripped != cases[i].tripped || held.is_held != (held.tripped != 0) ||
            (cases[i].reason != NULL && strstr(reason, cases[i].reason) == NULL)) {
            fail_msg("%s: tripped %#x: %s", cases[i].name, held.tripped, reason);
        }
    }
}

static void
the_first_that_trips_names_the_hold(void **state)
{
    (void)state;
    struct pk_plan_options options = build_options();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_held held =
            judge(pool, crowd_text(pool, cases[i].lines, cases[i].crowd), &options);
        if (held.is_held) {
            assert_int_equal(held.tripped & (bit(held.guard) - 1), 0);
            assert_int_not_equal(held.tripped & bit(held.guard), 0);
            assert_int_equal(
                strncmp(held.reason, pk_guard_name(held.guard), strlen(pk_guard_name(held.guard))),
                0);
        }
    }
}

static void
an_old_observation_is_stale(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_pair_view *view = build_view(pool, "want " FIRST);
    options.now.ms = 1000 + options.limits.observation_age_ms;
    view->servers[PK_SERVER_1].observed_at.ms = options.now.ms;
    view->servers[PK_SERVER_2].observed_at.ms = 1000;
    assert_false(pk_plan_relationship(pool, view, &options).held.is_held);
    view->servers[PK_SERVER_2].observed_at.ms = 999;
    struct pk_held held = pk_plan_relationship(pool, view, &options).held;
    assert_int_equal(held.tripped, bit(PK_GUARD_STALE));
    assert_non_null(strstr(held.reason, "b was read"));
}

static void
three_heals_of_one_field_are_flapping(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_heal heals[4];
    for (size_t i = 0; i < 4; i++) {
        heals[i] =
            (struct pk_heal){.server = "b", .part = "lease-time", .subnet = build_subnet(FIRST)};
    }
    heals[3].part = "name";
    struct pk_plan_options options = build_options();
    options.heals = heals;
    const char *text = "want " FIRST " lease-time=28800\na " FIRST " lease-time=28800\nb " FIRST
                       " lease-time=60\nbase " FIRST " lease-time=28800";
    options.heal_count = 2;
    assert_false(judge(pool, text, &options).is_held);
    options.heal_count = 4;
    struct pk_held held = judge(pool, text, &options);
    assert_int_equal(held.tripped, bit(PK_GUARD_FLAPPING));
    assert_non_null(strstr(held.reason, "lease-time of " FIRST " on b was put back 3 times and is "
                                        "1m again instead of 8h"));
    const char *left_alone =
        "relationship campus heal:commits\n"
        "want " FIRST " lease-time=28800 name=\"g\"\na " FIRST " lease-time=28800\nb " FIRST
        " lease-time=60\nbase " FIRST " lease-time=28800";
    assert_false(judge(pool, left_alone, &options).is_held);
    heals[0].server = "a";
    assert_false(judge(pool, text, &options).is_held);
}

static void
a_commit_is_no_flap(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_heal heal = {.server = "b", .part = "lease-time", .subnet = build_subnet(FIRST)};
    struct pk_heal heals[] = {heal, heal, heal};
    struct pk_plan_options options = build_options();
    options.heals = heals;
    options.heal_count = 3;
    assert_false(
        judge(pool, "want " FIRST " lease-time=5\nsame " FIRST " lease-time=6", &options).is_held);
}

static void
what_nobody_can_tell_is_said(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_held held =
        judge(pool,
              "want " FIRST " ranges=[\"10.0.1.10-10.0.1.20\",\"10.0.1.30-10.0.1.39\"]\n"
              "a " FIRST " ranges=[\"10.0.1.10-10.0.1.39\"] leases:?\nb " FIRST
              " ranges=[\"10.0.1.10-10.0.1.39\"]\nbase " FIRST " ranges=[\"10.0.1.10-10.0.1.39\"]",
              &options);
    assert_false(held.is_held);
    assert_non_null(strstr(held.notes, "cannot tell"));
    assert_non_null(strstr(held.notes, FIRST));
    held = judge(pool,
                 "want " FIRST " ranges=[\"10.0.1.10-10.0.1.50\"]\na " FIRST
                 " ranges=[\"10.0.1.10-10.0.1.39\"] leases:?\nbase-a " FIRST
                 " ranges=[\"10.0.1.10-10.0.1.39\"]",
                 &options);
    assert_null(held.notes);
    held = judge(pool,
                 "want " FIRST " ranges=[\"10.0.1.10-10.0.1.20\"]\nsame " FIRST
                 " ranges=[\"10.0.1.10-10.0.1.39\"]",
                 &options);
    assert_null(held.notes);
}

static void
unknown_bases_leave_guards_that_need_them_unjudged(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct crowd crowd = {60, 60, "want SUBNET name=\"g\"\nboth SUBNET", in_step};
    assert_false(judge(pool, crowd_text(pool, "bases-unknown", crowd), &options).is_held);
    assert_int_equal(judge(pool, crowd_text(pool, "", crowd), &options).tripped,
                     bit(PK_GUARD_ADOPT) | bit(PK_GUARD_UPDATES));
    assert_int_equal(
        judge(pool, crowd_text(pool, "bases-unknown\nrelation campus b a", crowd), &options)
            .tripped,
        bit(PK_GUARD_MEMBER));
}

static void
a_person_answers_adopt_conflict_updates_and_server_lost(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    const char *lines = "relation-base campus b a\nwant " FIRST "\na " FIRST " name=\"y\"\nb " FIRST
                        " name=\"x\"\nbase " FIRST "\nwant " SECOND " name=\"g\"\nboth " SECOND;
    const char *text = crowd_text(
        pool, lines,
        (struct crowd){6, 6, "want SUBNET\na SUBNET name=\"x\"\nb SUBNET\nbase SUBNET", in_step});
    assert_int_equal(judge(pool, text, &options).tripped,
                     bit(PK_GUARD_SERVER_LOST) | bit(PK_GUARD_MEMBER) | bit(PK_GUARD_ADOPT) |
                         bit(PK_GUARD_CONFLICT) | bit(PK_GUARD_UPDATES));
    options.by_hand = true;
    assert_int_equal(judge(pool, text, &options).tripped, bit(PK_GUARD_MEMBER));
}

static void
adopt_can_be_allowed(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    options.limits.adopt_holds = false;
    assert_false(judge(pool, "want " FIRST " name=\"g\"\nboth " FIRST, &options).is_held);
}

static void
an_approval_covers_all_but_what_judges_the_moment(void **state)
{
    (void)state;
    for (unsigned guard = 0; guard < PK_GUARD_COUNT; guard++) {
        struct pk_held held = {.is_held = true, .tripped = 1u << guard};
        bool of_the_moment = guard == PK_GUARD_PAIR_STATE || guard == PK_GUARD_STALE;
        assert_int_equal(pk_held_can_be_approved(&held), !of_the_moment);
        held.tripped |= bit(PK_GUARD_STALE);
        assert_false(pk_held_can_be_approved(&held));
    }
    assert_false(pk_held_can_be_approved(&(struct pk_held){0}));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_guard_trips_at_its_limit_and_not_below),
        cmocka_unit_test(the_first_that_trips_names_the_hold),
        cmocka_unit_test(an_old_observation_is_stale),
        cmocka_unit_test(three_heals_of_one_field_are_flapping),
        cmocka_unit_test(a_commit_is_no_flap),
        cmocka_unit_test(what_nobody_can_tell_is_said),
        cmocka_unit_test(unknown_bases_leave_guards_that_need_them_unjudged),
        cmocka_unit_test(a_person_answers_adopt_conflict_updates_and_server_lost),
        cmocka_unit_test(adopt_can_be_allowed),
        cmocka_unit_test(an_approval_covers_all_but_what_judges_the_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
