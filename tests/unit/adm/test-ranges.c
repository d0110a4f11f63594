/* The same addresses with the same settings are the same text, however they were written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "adm/ranges.h"

#define GUESTS "{\"client-classes\":[\"guests\"]}"

enum { MOST = 8 };

/* A text for each range, "kea:" before it when it has settings; NULL ends the list. */
struct input {
    const char *ranges[MOST];
    const char *exclusions[MOST];
};

static const char *
canonical(struct pk_pool *pool, const struct input *input)
{
    struct pk_pool_range ranges[MOST];
    struct pk_range exclusions[MOST];
    size_t range_count = 0, exclusion_count = 0;
    for (; range_count < MOST && input->ranges[range_count] != NULL; range_count++) {
        const char *text = input->ranges[range_count];
        bool guests = strncmp(text, "kea:", 4) == 0;
        assert_true(pk_parse_range(guests ? text + 4 : text, &ranges[range_count].range));
        ranges[range_count].settings = guests ? GUESTS : range_count % 2 == 0 ? "" : "{}";
    }
    for (; exclusion_count < MOST && input->exclusions[exclusion_count] != NULL;
         exclusion_count++) {
        assert_true(
            pk_parse_range(input->exclusions[exclusion_count], &exclusions[exclusion_count]));
    }
    return pk_ranges_canonical(pool, ranges, range_count, exclusions, exclusion_count);
}

static void
ranges_become_one_text(void **state)
{
    (void)state;
    static const struct {
        struct input input;
        const char *want;
    } cases[] = {
        {{{NULL}, {NULL}}, "[]"},
        {{{"10.0.0.5"}, {NULL}}, "[\"10.0.0.5\"]"},
        {{{"10.0.0.1-10.0.0.9"}, {NULL}}, "[\"10.0.0.1-10.0.0.9\"]"},
        /* order, joining */
        {{{"10.0.0.8-10.0.0.9", "10.0.0.1-10.0.0.3"}, {NULL}},
         "[\"10.0.0.1-10.0.0.3\",\"10.0.0.8-10.0.0.9\"]"},
        {{{"10.0.0.4-10.0.0.9", "10.0.0.1-10.0.0.3"}, {NULL}}, "[\"10.0.0.1-10.0.0.9\"]"},
        {{{"10.0.0.0/25", "10.0.0.128/25"}, {NULL}}, "[\"10.0.0.0-10.0.0.255\"]"},
        {{{"10.0.0.1", "10.0.0.3", "10.0.0.2"}, {NULL}}, "[\"10.0.0.1-10.0.0.3\"]"},
        /* exclusions: inside, at the ends, over several ranges, everything, beside */
        {{{"10.0.0.1-10.0.0.9"}, {"10.0.0.4-10.0.0.5"}},
         "[\"10.0.0.1-10.0.0.3\",\"10.0.0.6-10.0.0.9\"]"},
        {{{"10.0.0.1-10.0.0.9"}, {"10.0.0.9", "10.0.0.1"}}, "[\"10.0.0.2-10.0.0.8\"]"},
        {{{"10.0.0.1-10.0.0.9"}, {"10.0.0.3-10.0.0.6", "10.0.0.5-10.0.0.7", "10.0.0.4"}},
         "[\"10.0.0.1-10.0.0.2\",\"10.0.0.8-10.0.0.9\"]"},
        {{{"10.0.0.1-10.0.0.3", "10.0.0.6-10.0.0.9"}, {"10.0.0.2-10.0.0.7"}},
         "[\"10.0.0.1\",\"10.0.0.8-10.0.0.9\"]"},
        {{{"10.0.0.1-10.0.0.9"}, {"10.0.0.0/24"}}, "[]"},
        {{{"10.0.0.1-10.0.0.9"}, {"10.0.0.0", "10.0.0.10"}}, "[\"10.0.0.1-10.0.0.9\"]"},
        /* settings are kept, cut with their range, and keep ranges apart */
        {{{"kea:10.0.0.1-10.0.0.9"}, {"10.0.0.5"}},
         "[{\"kea\":" GUESTS ",\"range\":\"10.0.0.1-10.0.0.4\"},"
         "{\"kea\":" GUESTS ",\"range\":\"10.0.0.6-10.0.0.9\"}]"},
        {{{"10.0.0.1-10.0.0.3", "kea:10.0.0.4-10.0.0.9"}, {NULL}},
         "[\"10.0.0.1-10.0.0.3\",{\"kea\":" GUESTS ",\"range\":\"10.0.0.4-10.0.0.9\"}]"},
        {{{"kea:10.0.0.1-10.0.0.3", "kea:10.0.0.4-10.0.0.9"}, {NULL}},
         "[{\"kea\":" GUESTS ",\"range\":\"10.0.0.1-10.0.0.9\"}]"},
        /* the ends of the address space */
        {{{"0.0.0.0-255.255.255.255"}, {NULL}}, "[\"0.0.0.0-255.255.255.255\"]"},
        {{{"0.0.0.0/1", "128.0.0.0/1"}, {NULL}}, "[\"0.0.0.0-255.255.255.255\"]"},
        {{{"0.0.0.0/0"}, {"0.0.0.0", "255.255.255.255"}}, "[\"0.0.0.1-255.255.255.254\"]"},
        {{{"255.255.255.255", "0.0.0.0"}, {NULL}}, "[\"0.0.0.0\",\"255.255.255.255\"]"},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = canonical(pool, &cases[i].input);
        assert_string_equal(got, cases[i].want);
        struct pk_pool_ranges parsed;
        assert_true(pk_ranges_parse(pool, got, &parsed));
        assert_string_equal(pk_ranges_canonical(pool, parsed.at, parsed.count, NULL, 0), got);
    }
}

/* A small address space in which every address is listed by hand. */
enum { SPACE = 64, ROUNDS = 2000, SEED = 20260301 };

struct random_set {
    bool served[SPACE];
    struct pk_pool_range ranges[SPACE];
    size_t range_count;
    struct pk_range exclusions[MOST];
    size_t exclusion_count;
};

static unsigned
below(unsigned *seed, unsigned limit)
{
    return (unsigned)rand_r(seed) % limit;
}

/* Cuts the space into ranges at random places, leaves some out, shuffles, takes exclusions off. */
static void
make_random_set(struct random_set *set, unsigned *seed)
{
    *set = (struct random_set){0};
    for (unsigned first = 0; first < SPACE;) {
        unsigned last = first + below(seed, 8);
        last = last < SPACE ? last : SPACE - 1;
        if (below(seed, 3) > 0) {
            size_t at = below(seed, (unsigned)set->range_count + 1);
            set->ranges[set->range_count++] = set->ranges[at];
            set->ranges[at] = (struct pk_pool_range){{first, last}, ""};
            memset(&set->served[first], 1, last - first + 1);
        }
        first = last + 1;
    }
    set->exclusion_count = below(seed, MOST);
    for (size_t i = 0; i < set->exclusion_count; i++) {
        unsigned first = below(seed, SPACE), last = first + below(seed, SPACE - first);
        set->exclusions[i] = (struct pk_range){first, last};
        memset(&set->served[first], 0, last - first + 1);
    }
}

/* What the served addresses must read as, found address by address. */
static const char *
expected(struct pk_pool *pool, const bool served[SPACE])
{
    const char *text = "[";
    for (uint32_t first = 0; first < SPACE; first++) {
        if (!served[first]) {
            continue;
        }
        uint32_t last = first;
        while (last + 1 < SPACE && served[last + 1]) {
            last++;
        }
        char range[PK_RANGE_TEXT_BYTES];
        pk_format_range(range, (struct pk_range){first, last});
        text = pk_sprintf(pool, "%s%s\"%s\"", text, strlen(text) > 1 ? "," : "", range);
        first = last;
    }
    return pk_sprintf(pool, "%s]", text);
}

static void
any_way_to_write_a_set_of_addresses_gives_the_same_text(void **state)
{
    (void)state;
    unsigned seed = SEED;
    for (int round = 0; round < ROUNDS; round++) {
        PK_SCRATCH(pool);
        struct random_set set;
        make_random_set(&set, &seed);
        const char *got = pk_ranges_canonical(pool, set.ranges, set.range_count, set.exclusions,
                                              set.exclusion_count);
        assert_string_equal(got, expected(pool, set.served));
        struct pk_pool_ranges parsed;
        assert_true(pk_ranges_parse(pool, got, &parsed));
        uint64_t size = 0;
        for (size_t i = 0; i < SPACE; i++) {
            size += set.served[i];
        }
        assert_true(pk_ranges_size(&parsed) == size);
    }
}

static void
text_that_is_not_canonical_is_not_read(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "{}",
        "null",
        "[1]",
        "[\"10.0.0.0/24\"]",
        "[\"10.0.0.1\", \"10.0.0.3\"]",
        "[\"10.0.0.1-10.0.0.1\"]",
        "[\"10.0.0.9-10.0.0.1\"]",
        "[\"10.0.0.3\",\"10.0.0.1\"]",
        "[\"10.0.0.1\",\"10.0.0.2\"]",
        "[\"10.0.0.1\",\"10.0.0.1\"]",
        "[\"10.0.0.1-10.0.0.5\",\"10.0.0.3-10.0.0.9\"]",
        "[\"10.0.0.1-10.0.0.5\",{\"kea\":" GUESTS ",\"range\":\"10.0.0.5\"}]",
        "[{\"kea\":{},\"range\":\"10.0.0.5\"}]",
        "[{\"range\":\"10.0.0.5\"}]",
        "[{\"kea\":" GUESTS "}]",
        "[{\"kea\":[],\"range\":\"10.0.0.5\"}]",
        "[{\"range\":\"10.0.0.5\",\"kea\":" GUESTS "}]",
        "[{\"extra\":1,\"kea\":" GUESTS ",\"range\":\"10.0.0.5\"}]",
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct pk_pool_ranges got = {.count = 4711};
        assert_false(pk_ranges_parse(pool, wrong[i], &got));
        assert_int_equal(got.count, 4711);
    }
}

static void
settings_come_back_as_they_were(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pool_ranges got;
    assert_true(
        pk_ranges_parse(pool, "[\"10.0.0.1\",{\"kea\":" GUESTS ",\"range\":\"10.0.0.2\"}]", &got));
    assert_int_equal(got.count, 2);
    assert_string_equal(got.at[0].settings, "");
    assert_string_equal(got.at[1].settings, GUESTS);
}

static void
the_whole_address_space_can_be_counted(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pool_ranges all;
    assert_true(pk_ranges_parse(pool, "[\"0.0.0.0-255.255.255.255\"]", &all));
    assert_true(pk_ranges_size(&all) == UINT64_C(4294967296));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_become_one_text),
        cmocka_unit_test(any_way_to_write_a_set_of_addresses_gives_the_same_text),
        cmocka_unit_test(text_that_is_not_canonical_is_not_read),
        cmocka_unit_test(settings_come_back_as_they_were),
        cmocka_unit_test(the_whole_address_space_can_be_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
