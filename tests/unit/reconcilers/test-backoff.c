/*
 * When to try again.  Times are literals; nothing here reads a clock.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reconcilers/backoff.h"

enum { NOW_MS = 1000000 };

static struct pk_wall
at(int64_t ms)
{
    return (struct pk_wall){.ms = ms};
}

static void
a_delay_is_drawn_from_the_whole_of_a_limit_that_doubles(void **state)
{
    (void)state;
    int64_t limit_ms = PK_BACKOFF_BASE_MS;
    for (int attempts = 0; limit_ms < PK_BACKOFF_CAP_MS; attempts++, limit_ms *= 2) {
        assert_int_equal(pk_backoff_delay_ms(attempts, 0), 0);
        assert_int_equal(pk_backoff_delay_ms(attempts, (uint64_t)limit_ms), limit_ms);
        assert_int_equal(pk_backoff_delay_ms(attempts, (uint64_t)limit_ms + 1), 0);
    }
}

static void
a_delay_never_exceeds_the_cap(void **state)
{
    (void)state;
    const int attempts[] = {10, 11, 62, 63, 64, 1000000, INT32_MAX};
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        assert_int_equal(pk_backoff_delay_ms(attempts[i], PK_BACKOFF_CAP_MS), PK_BACKOFF_CAP_MS);
        assert_in_range(pk_backoff_delay_ms(attempts[i], UINT64_MAX), 0, PK_BACKOFF_CAP_MS);
    }
}

static void
failures_of_one_plan_are_counted(void **state)
{
    (void)state;
    struct pk_retry retry = pk_backoff_failed(NULL, "campus", "d1", false, at(NOW_MS), 700);
    assert_int_equal(retry.attempts, 1);
    assert_int_equal(retry.next.ms, NOW_MS + 700);
    retry = pk_backoff_failed(&retry, "campus", "d1", false, at(NOW_MS + 700), 1700);
    assert_int_equal(retry.attempts, 2);
    assert_int_equal(retry.next.ms, NOW_MS + 700 + 1700);
}

static void
a_new_want_begins_again(void **state)
{
    (void)state;
    struct pk_retry retry = {.want_digest = "d1",
                             .attempts = 9,
                             .next = at(NOW_MS + 60000),
                             .quiet_since = at(NOW_MS + 60000)};
    assert_true(pk_backoff_holds(&retry, "d1", at(NOW_MS)));
    assert_false(pk_backoff_holds(&retry, "d2", at(NOW_MS)));
    assert_int_equal(pk_backoff_failed(&retry, "campus", "d2", false, at(NOW_MS), 0).attempts, 1);
}

static void
ten_quiet_minutes_after_the_wait_begin_again(void **state)
{
    (void)state;
    struct pk_retry retry = {
        .want_digest = "d", .attempts = 9, .next = at(NOW_MS), .quiet_since = at(NOW_MS)};
    struct pk_wall just_before = at(NOW_MS + PK_QUIET_MS - 1), then = at(NOW_MS + PK_QUIET_MS);
    assert_int_equal(pk_backoff_failed(&retry, "r", "d", false, just_before, 0).attempts, 10);
    assert_int_equal(pk_backoff_failed(&retry, "r", "d", false, then, 0).attempts, 1);
}

static void
the_longest_wait_does_not_clear_itself(void **state)
{
    (void)state;
    struct pk_retry retry = {.want_digest = "d", .attempts = 20};
    retry = pk_backoff_failed(&retry, "r", "d", false, at(1), PK_BACKOFF_CAP_MS);
    assert_true(pk_backoff_holds(&retry, "d", at(PK_QUIET_MS + 1)));
    assert_int_equal(pk_backoff_failed(&retry, "r", "d", false, retry.next, 0).attempts, 22);
}

static void
it_holds_until_the_moment_drawn(void **state)
{
    (void)state;
    struct pk_retry retry = pk_backoff_failed(NULL, "r", "d", false, at(NOW_MS), 500);
    assert_true(pk_backoff_holds(&retry, "d", at(NOW_MS + 499)));
    assert_false(pk_backoff_holds(&retry, "d", at(NOW_MS + 500)));
    assert_false(pk_backoff_holds(NULL, "d", at(NOW_MS)));
}

static void
a_refusal_waits_for_a_change_not_for_the_clock(void **state)
{
    (void)state;
    struct pk_retry retry = pk_backoff_failed(NULL, "r", "d", true, at(NOW_MS), 500);
    assert_true(pk_backoff_holds(&retry, "d", at(NOW_MS + 100LL * PK_QUIET_MS)));
    assert_false(pk_backoff_holds(&retry, "changed", at(NOW_MS)));
}

static void
a_clock_set_back_does_not_hold_for_days(void **state)
{
    (void)state;
    struct pk_retry retry = pk_backoff_failed(NULL, "r", "d", false, at(NOW_MS + 864000000LL), 500);
    assert_false(pk_backoff_holds(&retry, "d", at(NOW_MS)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delay_is_drawn_from_the_whole_of_a_limit_that_doubles),
        cmocka_unit_test(a_delay_never_exceeds_the_cap),
        cmocka_unit_test(failures_of_one_plan_are_counted),
        cmocka_unit_test(a_new_want_begins_again),
        cmocka_unit_test(ten_quiet_minutes_after_the_wait_begin_again),
        cmocka_unit_test(the_longest_wait_does_not_clear_itself),
        cmocka_unit_test(it_holds_until_the_moment_drawn),
        cmocka_unit_test(a_refusal_waits_for_a_change_not_for_the_clock),
        cmocka_unit_test(a_clock_set_back_does_not_hold_for_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
