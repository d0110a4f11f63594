/* Addresses, prefixes and ranges: strict in, exact out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ipv4.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct pk_prefix
prefix_of(const char *text)
{
    struct pk_prefix prefix;
    assert_true(pk_parse_prefix(text, &prefix));
    return prefix;
}

static void
addresses_read_back_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t want;
    } cases[] = {
        {"0.0.0.0", 0},
        {"10.0.0.1", 0x0a000001},
        {"192.168.100.200", 0xc0a864c8},
        {"255.255.255.255", UINT32_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t got = 0;
        char text[PK_IPV4_TEXT_BYTES];
        assert_true(pk_parse_ipv4(cases[i].text, &got));
        assert_true(got == cases[i].want);
        assert_string_equal(pk_format_ipv4(text, got), cases[i].text);
    }
}

static void
loose_forms_of_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "10",
        "10.1",
        "10.0.1",
        "10.0.0.0.1",
        "10.0.0.256",
        "10.0.0.01",
        "010.0.0.1",
        "10.0.0.",
        ".10.0.0.1",
        "10..0.1",
        "10.0.0.1 ",
        " 10.0.0.1",
        "10.0.0.-1",
        "10.0.0.+1",
        "0x0a.0.0.1",
        "10.0.0.1/24",
        "10,0,0,1",
        "10.0.0.4294967297",
        "::1",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        uint32_t got = 4711;
        assert_false(pk_parse_ipv4(wrong[i], &got));
        assert_int_equal(got, 4711);
    }
}

static void
prefixes_keep_their_host_bits_for_the_rule_to_see(void **state)
{
    (void)state;
    struct pk_prefix with = prefix_of("10.20.0.5/24"), without = prefix_of("10.20.0.0/24");
    assert_true(with.address == 0x0a140005);
    assert_false(pk_prefix_is_canonical(with));
    assert_true(pk_prefix_is_canonical(without));
    assert_true(pk_prefix_is_canonical(prefix_of("0.0.0.0/0")));
    assert_false(pk_prefix_is_canonical(prefix_of("0.0.0.1/0")));
    assert_true(pk_prefix_is_canonical(prefix_of("255.255.255.255/32")));
}

static void
wrong_prefixes_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "10.0.0.0",     "10.0.0.0/",   "10.0.0.0/33", "10.0.0.0/024", "10.0.0.0/-1",
        "10.0.0.0/24 ", "10.0.0.0/2a", "10.0.0/24",   "/24",          "10.0.0.0/255.255.255.0",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct pk_prefix got = {.address = 4711, .length = 47};
        assert_false(pk_parse_prefix(wrong[i], &got));
        assert_int_equal(got.address, 4711);
        assert_int_equal(got.length, 47);
    }
}

static void
a_range_is_an_address_a_span_or_a_prefix(void **state)
{
    (void)state;
    static const struct {
        const char *text, *canonical;
        struct pk_range want;
    } cases[] = {
        {"10.0.0.5", "10.0.0.5", {0x0a000005, 0x0a000005}},
        {"10.0.0.5-10.0.0.5", "10.0.0.5", {0x0a000005, 0x0a000005}},
        {"10.0.0.5-10.0.1.4", "10.0.0.5-10.0.1.4", {0x0a000005, 0x0a000104}},
        {"10.0.0.208/28", "10.0.0.208-10.0.0.223", {0x0a0000d0, 0x0a0000df}},
        {"0.0.0.0/0", "0.0.0.0-255.255.255.255", {0, UINT32_MAX}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pk_range got = {0};
        char text[PK_RANGE_TEXT_BYTES];
        assert_true(pk_parse_range(cases[i].text, &got));
        assert_true(got.first == cases[i].want.first && got.last == cases[i].want.last);
        assert_string_equal(pk_format_range(text, got), cases[i].canonical);
    }
}

static void
a_reversed_range_is_read_so_that_the_rule_can_name_it(void **state)
{
    (void)state;
    struct pk_range got;
    assert_true(pk_parse_range("10.0.0.9-10.0.0.1", &got));
    assert_true(got.first > got.last);
}

static void
wrong_ranges_are_refused_and_leave_the_result_alone(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "10.0.0.1-",          "-10.0.0.1",     "10.0.0.1 - 10.0.0.9",
        "10.0.0.1-9", "10.0.0.1-10.0.0.9-", "10.0.0.209/28", "10.0.0.1-10.0.0.0/28",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct pk_range got = {47, 11};
        assert_false(pk_parse_range(wrong[i], &got));
        assert_int_equal(got.first, 47);
        assert_int_equal(got.last, 11);
    }
}

static void
masks_and_spans_hold_at_both_ends(void **state)
{
    (void)state;
    assert_true(pk_prefix_mask(prefix_of("0.0.0.0/0")) == 0);
    assert_true(pk_prefix_mask(prefix_of("10.0.0.0/8")) == 0xff000000);
    assert_true(pk_prefix_mask(prefix_of("10.0.0.0/32")) == UINT32_MAX);
    struct pk_range all = pk_prefix_range(prefix_of("0.0.0.0/0"));
    assert_true(all.first == 0 && all.last == UINT32_MAX);
    struct pk_range one = pk_prefix_range(prefix_of("10.0.0.7/32"));
    assert_true(one.first == 0x0a000007 && one.last == 0x0a000007);
}

static void
containing_and_overlapping_hold_at_the_borders(void **state)
{
    (void)state;
    struct pk_prefix lab = prefix_of("10.20.0.0/24"), half = prefix_of("10.20.0.128/25");
    assert_true(pk_prefix_contains(lab, 0x0a140000));
    assert_true(pk_prefix_contains(lab, 0x0a1400ff));
    assert_false(pk_prefix_contains(lab, 0x0a140100));
    assert_false(pk_prefix_contains(lab, 0x0a13ffff));
    assert_true(pk_prefixes_overlap(lab, half));
    assert_true(pk_prefixes_overlap(half, lab));
    assert_true(pk_prefixes_overlap(lab, lab));
    assert_true(pk_prefixes_overlap(prefix_of("0.0.0.0/0"), half));
    assert_false(pk_prefixes_overlap(lab, prefix_of("10.20.1.0/24")));
    assert_false(pk_prefixes_overlap(half, prefix_of("10.20.0.0/25")));
}

static void
prefixes_order_by_address_then_by_length(void **state)
{
    (void)state;
    static const char *const sorted[] = {
        "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "192.168.0.0/16", "255.0.0.0/8",
    };
    for (size_t i = 0; i < COUNT_OF(sorted); i++) {
        for (size_t j = 0; j < COUNT_OF(sorted); j++) {
            int order = pk_prefix_compare(prefix_of(sorted[i]), prefix_of(sorted[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

static void
the_longest_texts_fit_their_buffers(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_prefix prefix = {.address = UINT32_MAX, .length = 32};
    assert_string_equal(pk_prefix_text(pool, prefix), "255.255.255.255/32");
    char range[PK_RANGE_TEXT_BYTES];
    assert_string_equal(pk_format_range(range, (struct pk_range){0xfffffffe, UINT32_MAX}),
                        "255.255.255.254-255.255.255.255");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_read_back_as_they_are_written),
        cmocka_unit_test(loose_forms_of_addresses_are_refused),
        cmocka_unit_test(prefixes_keep_their_host_bits_for_the_rule_to_see),
        cmocka_unit_test(wrong_prefixes_are_refused),
        cmocka_unit_test(a_range_is_an_address_a_span_or_a_prefix),
        cmocka_unit_test(a_reversed_range_is_read_so_that_the_rule_can_name_it),
        cmocka_unit_test(wrong_ranges_are_refused_and_leave_the_result_alone),
        cmocka_unit_test(masks_and_spans_hold_at_both_ends),
        cmocka_unit_test(containing_and_overlapping_hold_at_the_borders),
        cmocka_unit_test(prefixes_order_by_address_then_by_length),
        cmocka_unit_test(the_longest_texts_fit_their_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
