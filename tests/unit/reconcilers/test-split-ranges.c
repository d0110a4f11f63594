/* Halves: of every size, beside holes, with settings; always exactly the addresses there were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "adm/ranges.h"
#include "reconcilers/split-ranges.h"

#define A(range)        "{\"kea\":{\"client-classes\":[\"HA_a\"]},\"range\":\"" range "\"}"
#define B(range)        "{\"kea\":{\"client-classes\":[\"HA_b\"]},\"range\":\"" range "\"}"
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const char *const classes[PK_PAIR] = {"HA_a", "HA_b"};

static void
each_range_becomes_two_halves_and_odd_ones_take_turns(void **state)
{
    (void)state;
    static const struct {
        const char *whole, *halves;
    } cases[] = {
        {"[]", "[]"},
        /* even, odd, one address */
        {"[\"10.0.0.10-10.0.0.19\"]",
         "[" A("10.0.0.10-10.0.0.14") "," B("10.0.0.15-10.0.0.19") "]"},
        {"[\"10.0.0.10-10.0.0.20\"]",
         "[" A("10.0.0.10-10.0.0.15") "," B("10.0.0.16-10.0.0.20") "]"},
        {"[\"10.0.0.10-10.0.0.11\"]", "[" A("10.0.0.10") "," B("10.0.0.11") "]"},
        {"[\"10.0.0.10\"]", "[" A("10.0.0.10") "]"},
        /* pieces: the address more goes to the one, then to the other */
        {"[\"10.0.0.10\",\"10.0.0.12\",\"10.0.0.14\"]",
         "[" A("10.0.0.10") "," B("10.0.0.12") "," A("10.0.0.14") "]"},
        {"[\"10.0.0.10-10.0.0.12\",\"10.0.0.20-10.0.0.22\"]",
         "[" A("10.0.0.10-10.0.0.11") "," B("10.0.0.12") "," A("10.0.0.20") "," B(
             "10.0.0.21-10.0.0.22") "]"},
        {"[\"10.0.0.10-10.0.0.12\",\"10.0.0.20-10.0.0.21\",\"10.0.0.30\"]",
         "[" A("10.0.0.10-10.0.0.11") "," B("10.0.0.12") "," A("10.0.0.20") "," B(
             "10.0.0.21") "," B("10.0.0.30") "]"},
        /* the largest */
        {"[\"10.0.0.0-10.255.255.255\"]",
         "[" A("10.0.0.0-10.127.255.255") "," B("10.128.0.0-10.255.255.255") "]"},
        {"[\"0.0.0.0-255.255.255.255\"]",
         "[" A("0.0.0.0-127.255.255.255") "," B("128.0.0.0-255.255.255.255") "]"},
        {"[\"255.255.255.254-255.255.255.255\"]",
         "[" A("255.255.255.254") "," B("255.255.255.255") "]"},
        /* settings go with both halves; the class has its place among them */
        {"[\"10.0.0.10\",{\"kea\":{\"a\":1,\"user-context\":{}},\"range\":\"10.0.0.12-10.0.0.15\"}"
         "]",
         "[" A("10.0.0.10") ",{\"kea\":{\"a\":1,\"client-classes\":[\"HA_a\"],\"user-context\":{}},"
                            "\"range\":\"10.0.0.12-10.0.0.13\"},{\"kea\":{\"a\":1,"
                            "\"client-classes\":[\"HA_b\"],\"user-context\":{}},"
                            "\"range\":\"10.0.0.14-10.0.0.15\"}]"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        assert_string_equal(pk_split_ranges(pool, cases[i].whole, classes), cases[i].halves);
    }
}

/* Every set of addresses among these, so every count and every place of a hole. */
static const char *
ranges_of_bits(struct pk_pool *pool, unsigned bits, unsigned most)
{
    struct pk_pool_range all = {{1000, 1000 + most - 1}, ""};
    struct pk_range holes[16];
    size_t hole_count = 0;
    for (unsigned i = 0; i < most; i++) {
        if ((bits >> i & 1) == 0) {
            holes[hole_count++] = (struct pk_range){1000 + i, 1000 + i};
        }
    }
    return pk_ranges_canonical(pool, &all, 1, holes, hole_count);
}

/* Which of them are tied to these settings. */
static unsigned
bits_of(const struct pk_pool_ranges *halves, const char *settings)
{
    unsigned bits = 0;
    for (size_t i = 0; i < halves->count; i++) {
        const struct pk_range range = halves->at[i].range;
        for (uint32_t n = range.first;
             strcmp(halves->at[i].settings, settings) == 0 && n <= range.last; n++) {
            bits |= 1U << (n - 1000);
        }
    }
    return bits;
}

static unsigned
count_bits(unsigned bits)
{
    unsigned count = 0;
    for (; bits != 0; bits >>= 1) {
        count += bits & 1;
    }
    return count;
}

static void
halves_are_disjoint_whole_and_as_large_as_each_other_but_for_one(void **state)
{
    (void)state;
    enum { MOST = 12 };
    for (unsigned bits = 0; bits < 1U << MOST; bits++) {
        PK_SCRATCH(pool);
        struct pk_pool_ranges halves;
        const char *split = pk_split_ranges(pool, ranges_of_bits(pool, bits, MOST), classes);
        assert_true(pk_ranges_parse(pool, split, &halves));
        unsigned first = bits_of(&halves, "{\"client-classes\":[\"HA_a\"]}");
        unsigned second = bits_of(&halves, "{\"client-classes\":[\"HA_b\"]}");
        assert_int_equal(first & second, 0);
        assert_int_equal(first | second, bits);
        unsigned more = count_bits(first) - count_bits(second);
        assert_in_range(more, 0, 1);
    }
}

static const struct pk_field *
field(enum pk_scope_field id)
{
    return &pk_scope_fields.at[id];
}

static void
scopes_are_split_where_they_state_ranges_and_serve_somebody(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char whole[] = "[\"10.0.0.10-10.0.0.11\"]";
    const struct pk_part ranges = {field(PK_SCOPE_RANGES), "", whole};
    const struct pk_part active[] = {{field(PK_SCOPE_NAME), "", "\"x\""}, ranges};
    const struct pk_part inactive[] = {{field(PK_SCOPE_STATE), "", "\"inactive\""}, ranges};
    const struct pk_wanted_scope scopes[] = {
        {.relationship = "campus", .parts = {active, 2}},
        {.relationship = "campus", .parts = {active, 1}},
        {.relationship = "campus", .parts = {inactive, 2}},
    };
    struct pk_wanted_scopes split =
        pk_split_scopes(pool, (struct pk_wanted_scopes){scopes, COUNT_OF(scopes)}, classes);
    assert_int_equal(split.count, COUNT_OF(scopes));
    assert_string_equal(pk_parts_get(&split.at[0].parts, field(PK_SCOPE_RANGES), ""),
                        "[" A("10.0.0.10") "," B("10.0.0.11") "]");
    assert_string_equal(pk_parts_get(&split.at[0].parts, field(PK_SCOPE_NAME), ""), "\"x\"");
    assert_string_equal(split.at[0].relationship, "campus");
    assert_null(pk_parts_get(&split.at[1].parts, field(PK_SCOPE_RANGES), ""));
    assert_string_equal(pk_parts_get(&split.at[2].parts, field(PK_SCOPE_RANGES), ""), whole);
    assert_true(split.at[0].is_split && !split.at[1].is_split && !split.at[2].is_split);
    assert_string_equal(active[1].value, whole); /* Git's own are as they were */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_range_becomes_two_halves_and_odd_ones_take_turns),
        cmocka_unit_test(halves_are_disjoint_whole_and_as_large_as_each_other_but_for_one),
        cmocka_unit_test(scopes_are_split_where_they_state_ranges_and_serve_somebody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
