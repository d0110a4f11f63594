/* Numbers and durations: what is accepted, where it ends, and what is never guessed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void
plain_decimals_within_the_limits_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t min, max, want;
    } cases[] = {
        {"0", 0, 9, 0},
        {"9", 0, 9, 9},
        {"-7", -7, 7, -7},
        {"4294967294", 1, 4294967294, 4294967294},
        {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t got = 4711;
        assert_true(pk_parse_number(cases[i].text, cases[i].min, cases[i].max, &got));
        assert_true(got == cases[i].want);
    }
}

static void
anything_else_is_refused_and_leaves_the_result_alone(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "01",
        "00",
        "-0",
        "-01",
        "0x1f",
        "1e3",
        "1.0",
        "1,000",
        "one",
        "10",
        "-1",
        "12:30",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t got = 4711;
        assert_false(pk_parse_number(wrong[i], 0, 9, &got));
        assert_int_equal(got, 4711);
    }
}

static void
durations_are_read_in_every_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t want;
    } cases[] = {
        {"0", 0},
        {"0s", 0},
        {"90", 90},
        {"90s", 90},
        {"15m", 900},
        {"8h", 28800},
        {"2d", 172800},
        {"49710d", 4294944000},
        {"4294967294", 4294967294},
        {"4294967294s", 4294967294},
        {"unlimited", PK_DURATION_UNLIMITED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t got = 4711;
        assert_true(pk_parse_duration(cases[i].text, &got));
        assert_true(got == cases[i].want);
    }
}

static void
wrong_durations_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "s",           "h",
        "-1",         "-5m",         "1.5h",
        "1h30m",      "8 h",         "8H",
        "1w",         "1y",          "08h",
        "+1h",        "1hh",         "8hs",
        "infinity",   "Unlimited",   "49711d",
        "4294967295", "4294967295s", "99999999999999999d",
        "12:30:45",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        uint32_t got = 4711;
        assert_false(pk_parse_duration(wrong[i], &got));
        assert_int_equal(got, 4711);
    }
}

static void
durations_are_written_in_the_largest_exact_unit(void **state)
{
    (void)state;
    static const struct {
        uint32_t seconds;
        const char *want;
    } cases[] = {
        {0, "0s"},
        {1, "1s"},
        {59, "59s"},
        {60, "1m"},
        {90, "90s"},
        {3600, "1h"},
        {5400, "90m"},
        {28800, "8h"},
        {86400, "1d"},
        {90000, "25h"},
        {4294967294, "4294967294s"},
        {PK_DURATION_UNLIMITED, "unlimited"},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(pk_format_duration(pool, cases[i].seconds), cases[i].want);
    }
}

static void
a_written_duration_reads_back_as_the_same_seconds(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (uint64_t seconds = 0; seconds <= UINT32_MAX; seconds = seconds * 3 / 2 + 1) {
        uint32_t got;
        assert_true(pk_parse_duration(pk_format_duration(pool, (uint32_t)seconds), &got));
        assert_true(got == seconds);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_decimals_within_the_limits_are_read),
        cmocka_unit_test(anything_else_is_refused_and_leaves_the_result_alone),
        cmocka_unit_test(durations_are_read_in_every_unit),
        cmocka_unit_test(wrong_durations_are_refused),
        cmocka_unit_test(durations_are_written_in_the_largest_exact_unit),
        cmocka_unit_test(a_written_duration_reads_back_as_the_same_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
