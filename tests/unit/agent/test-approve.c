/* Approving: what is accepted as a digest, and that exactly that is approved.  And steering's rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/events.h"
#include "adm/steering.h"
#include "desk.h"

#define CAMPUS "3f2c1ab0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LAB    "3f2c1ab0bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define WHOLE  "77777777cccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define NEW    "99999999dddddddddddddddddddddddddddddddddddddddddddddddddddddddd"

enum { HOUR_MS = 3600 * 1000 };

static void
hold(struct desk *desk)
{
    static const struct pk_held_plan plans[] = {
        {"campus", CAMPUS, WHOLE, "updates", "too many", "{}", {1000}},
        {"lab", LAB, WHOLE, "deletes", "too many", "{}", {1000}},
    };
    struct pk_txn txn;
    struct pk_error err = {0};
    pk_txn_begin(desk_db(desk), &txn);
    pk_held_put(&txn, &plans[0]);
    pk_held_put(&txn, &plans[1]);
    assert_int_equal(pk_txn_end(&txn, &err), PK_OK);
    desk_db_close(desk);
}

static enum pk_exit
approve(struct desk *desk, const char *digest)
{
    return desk_run(desk, "approve", digest, "--reason", "change 4711", NULL);
}

static size_t
approvals(struct desk *desk, struct pk_approval **at)
{
    size_t count = 0;
    struct pk_error err = {0};
    assert_int_equal(pk_approvals_load(desk_db(desk), desk->pool, pk_wall_now(), at, &count, &err),
                     PK_OK);
    return count;
}

static bool
is_approved(struct desk *desk, const char *digest)
{
    struct pk_approval *at = NULL;
    size_t count = approvals(desk, &at);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(at[i].digest, digest) == 0) {
            return true;
        }
    }
    return false;
}

static void
a_unique_prefix_of_a_held_plan_approves_it(void **state)
{
    struct desk *desk = *state;
    struct pk_approval *at = NULL;
    hold(desk);
    assert_int_equal(approve(desk, "3f2c1ab0a"), PK_EXIT_IN_STEP);
    assert_int_equal(approvals(desk, &at), 1);
    assert_string_equal(at[0].digest, CAMPUS);
    assert_string_equal(at[0].actor, "alice (uid 1000)");
    assert_string_equal(at[0].reason, "change 4711");
    assert_int_equal(at[0].until.ms - at[0].given.ms, 24 * HOUR_MS);
}

static void
an_ambiguous_or_short_prefix_is_refused_with_what_is_held(void **state)
{
    struct desk *desk = *state;
    hold(desk);
    assert_int_equal(approve(desk, "3f2c1ab0"), PK_EXIT_CANNOT_RUN);
    desk_assert_err(desk, "begins several digests");
    assert_int_equal(approve(desk, "3f2c1ab"), PK_EXIT_USAGE);
    desk_assert_err(desk, "at least 8");
    assert_int_equal(approve(desk, "00000000"), PK_EXIT_CANNOT_RUN);
    desk_assert_err(desk, "campus 3f2c1ab0aaaa (updates), lab 3f2c1ab0bbbb (deletes)");
    assert_int_equal(approve(desk, "3F2C1AB0AAAA"), PK_EXIT_USAGE);
    struct pk_approval *at = NULL;
    assert_int_equal(approvals(desk, &at), 0);
}

static void
a_whole_plan_approves_each_of_its_relationships(void **state)
{
    struct desk *desk = *state;
    hold(desk);
    assert_int_equal(approve(desk, "77777777"), PK_EXIT_IN_STEP);
    assert_true(is_approved(desk, CAMPUS));
    assert_true(is_approved(desk, LAB));
    desk_db_close(desk);
}

static void
a_full_digest_is_accepted_before_its_plan_is_held(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(approve(desk, NEW), PK_EXIT_IN_STEP);
    assert_true(is_approved(desk, NEW));
    assert_int_equal(approve(desk, "99999999"), PK_EXIT_CANNOT_RUN);
    desk_assert_err(desk, "no plan is held");
}

static void
a_name_is_taken_from_a_person_only(void **state)
{
    struct desk *desk = *state;
    hold(desk);
    assert_int_equal(approve(desk, "campus"), PK_EXIT_USAGE);
    desk_assert_err(desk, "only on a terminal");
    assert_false(is_approved(desk, CAMPUS));
    desk->is_terminal = true;
    assert_int_equal(approve(desk, "campus"), PK_EXIT_IN_STEP);
    assert_true(is_approved(desk, CAMPUS));
    assert_false(is_approved(desk, LAB));
}

static void
a_reason_is_asked_for_and_the_time_can_be_chosen(void **state)
{
    struct desk *desk = *state;
    struct pk_approval *at = NULL;
    assert_int_equal(desk_run(desk, "approve", NEW, NULL), PK_EXIT_USAGE);
    desk_assert_err(desk, "--reason");
    assert_int_equal(desk_run(desk, "approve", NEW, "--reason", "", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "approve", NEW, "--reason", "x", "--for", "soon", NULL),
                     PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "approve", NEW, "--reason", "x", "--for", "0", NULL),
                     PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "approve", NEW, "--reason", "x", "--for", "2h", NULL),
                     PK_EXIT_IN_STEP);
    assert_int_equal(approvals(desk, &at), 1);
    assert_int_equal(at[0].until.ms - at[0].given.ms, 2 * HOUR_MS);
}

static void
an_approval_is_an_event_with_who_and_why(void **state)
{
    struct desk *desk = *state;
    struct pk_event *events = NULL;
    size_t count = 0;
    struct pk_error err = {0};
    hold(desk);
    assert_int_equal(approve(desk, CAMPUS), PK_EXIT_IN_STEP);
    assert_int_equal(
        pk_events_load(desk_db(desk), desk->pool, 0, (struct pk_wall){0}, 0, &events, &count, &err),
        PK_OK);
    assert_int_equal(count, 1);
    assert_int_equal(events[0].reason, PK_REASON_PLAN_APPROVED);
    assert_string_equal(events[0].relationship, "campus");
    assert_string_equal(events[0].actor, "alice (uid 1000)");
    assert_non_null(strstr(events[0].attributes, CAMPUS));
    assert_non_null(strstr(events[0].attributes, "change 4711"));
}

static void
a_suspension_has_a_reason_and_an_end_and_resume_ends_it(void **state)
{
    struct desk *desk = *state;
    struct pk_suspension *at = NULL;
    size_t count = 0;
    struct pk_error err = {0};
    assert_int_equal(desk_run(desk, "suspend", "campus", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "suspend", "campus", "--reason", "x", "--until", "later", NULL),
                     PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "suspend", "campus", "--reason", "x", "--until",
                              "2020-01-01T00:00:00Z", NULL),
                     PK_EXIT_USAGE);
    desk_assert_err(desk, "over already");
    assert_int_equal(desk_run(desk, "suspend", "campus", "--reason", "x", "--until", "2h", NULL),
                     PK_EXIT_IN_STEP);
    assert_int_equal(
        pk_suspensions_load(desk_db(desk), desk->pool, pk_wall_now(), &at, &count, &err), PK_OK);
    assert_int_equal(count, 1);
    assert_int_equal(at[0].until.ms - at[0].since.ms, 2 * HOUR_MS);
    assert_int_equal(desk_run(desk, "resume", "campus", NULL), PK_EXIT_IN_STEP);
    assert_int_equal(
        pk_suspensions_load(desk_db(desk), desk->pool, pk_wall_now(), &at, &count, &err), PK_OK);
    assert_int_equal(count, 0);
}

static void
resume_forgets_the_heals_of_that_relationship_alone(void **state)
{
    struct desk *desk = *state;
    struct pk_heal *at = NULL;
    size_t count = 0;
    struct pk_error err = {0};
    struct pk_txn txn;
    pk_txn_begin(desk_db(desk), &txn);
    struct pk_heal heal = {.relationship = "campus",
                           .server = "dhcp-a",
                           .part = "name",
                           .subnet = {0x0a140000, 24},
                           .time = pk_wall_now()};
    pk_heal_add(&txn, &heal);
    heal.relationship = "lab";
    pk_heal_add(&txn, &heal);
    assert_int_equal(pk_txn_end(&txn, &err), PK_OK);
    assert_int_equal(desk_run(desk, "resume", "campus", NULL), PK_EXIT_IN_STEP);
    assert_int_equal(
        pk_heals_load(desk_db(desk), desk->pool, "campus", (struct pk_wall){0}, &at, &count, &err),
        PK_OK);
    assert_int_equal(count, 0);
    assert_int_equal(
        pk_heals_load(desk_db(desk), desk->pool, "lab", (struct pk_wall){0}, &at, &count, &err),
        PK_OK);
    assert_int_equal(count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_unique_prefix_of_a_held_plan_approves_it),
        TEST(an_ambiguous_or_short_prefix_is_refused_with_what_is_held),
        TEST(a_whole_plan_approves_each_of_its_relationships),
        TEST(a_full_digest_is_accepted_before_its_plan_is_held),
        TEST(a_name_is_taken_from_a_person_only),
        TEST(a_reason_is_asked_for_and_the_time_can_be_chosen),
        TEST(an_approval_is_an_event_with_who_and_why),
        TEST(a_suspension_has_a_reason_and_an_end_and_resume_ends_it),
        TEST(resume_forgets_the_heals_of_that_relationship_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
