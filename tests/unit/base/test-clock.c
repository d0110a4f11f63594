/* Wall time as text and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static void
times_read_back_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1, "1970-01-01T00:00:00.001Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {-1000, "1969-12-31T23:59:59.000Z"},
        {1772366400123, "2026-03-01T12:00:00.123Z"},
        {1709164800000, "2024-02-29T00:00:00.000Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pk_wall got;
        assert_string_equal(pk_wall_text(pool, (struct pk_wall){cases[i].ms}), cases[i].text);
        assert_true(pk_wall_parse(cases[i].text, &got));
        assert_true(got.ms == cases[i].ms);
    }
}

static void
milliseconds_may_be_absent(void **state)
{
    (void)state;
    struct pk_wall got;
    assert_true(pk_wall_parse("2026-03-01T12:00:00Z", &got));
    assert_true(got.ms == 1772366400000);
}

static void
anything_else_is_refused_and_leaves_the_result_alone(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2026-03-01",
        "2026-03-01 12:00:00Z",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00:00+01:00",
        "2026-03-01T12:00:00z",
        "2026-03-01T12:00:00ZZ",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00.1Z",
        "2026-03-01T12:00:00.1234Z",
        "2026-03-01T12:00:00.-12Z",
        "2026-03-01T12:00:00. 12Z",
        "2026-02-30T12:00:00Z", /* no such day */
        "2025-02-29T12:00:00Z",
        "2026-3-1T12:00:00Z",
        "2026- 3-01T12:00:00Z",
        " 2026-03-01T12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:60Z",
        "26-03-01T12:00:00Z",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct pk_wall got = {4711};
        assert_false(pk_wall_parse(wrong[i], &got));
        assert_int_equal(got.ms, 4711);
    }
}

static void
monotonic_time_never_goes_back(void **state)
{
    (void)state;
    struct pk_mono before = pk_mono_now(), after = pk_mono_now();
    assert_true(after.ms >= before.ms);
    assert_true(before.ms > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_read_back_as_they_are_written),
        cmocka_unit_test(milliseconds_may_be_absent),
        cmocka_unit_test(anything_else_is_refused_and_leaves_the_result_alone),
        cmocka_unit_test(monotonic_time_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
