/* "Did you mean": near names are found, noise is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/nearest.h"

static const char *const known[] = {"id",         "name",         "state",         "ranges",
                                    "exclusions", "options",      "kea",           "lease-time",
                                    "renew-time", "reservations", "shared-network"};

static const char *
guess(const char *wanted)
{
    struct pk_nearest nearest = {.wanted = wanted};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        pk_nearest_offer(&nearest, known[i]);
    }
    return nearest.best;
}

static void
a_misspelt_name_finds_its_neighbour(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *want;
    } cases[] = {
        {"lease-tmie", "lease-time"},
        {"leasetime", "lease-time"},
        {"lease_time", "lease-time"},
        {"option", "options"},
        {"reservation", "reservations"},
        {"range", "ranges"},
        {"nmae", "name"},
        {"sahred-netwrok", "shared-network"},
        {"ie", "id"},
        {"state", "state"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(guess(cases[i].wanted), cases[i].want);
    }
}

static void
a_name_like_none_of_them_finds_nothing(void **state)
{
    (void)state;
    static const char *const strangers[] = {"", "vlan", "gateway", "subnets-of-the-campus", "xyz"};
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        assert_null(guess(strangers[i]));
    }
}

static void
swapped_letters_count_once(void **state)
{
    (void)state;
    struct pk_nearest nearest = {.wanted = "ab"};
    pk_nearest_offer(&nearest, "ba");
    assert_string_equal(nearest.best, "ba");
    assert_int_equal(nearest.best_distance, 1);
}

static void
ties_keep_the_first_offer_and_better_ones_replace_it(void **state)
{
    (void)state;
    struct pk_nearest nearest = {.wanted = "rate"};
    pk_nearest_offer(&nearest, "late");
    pk_nearest_offer(&nearest, "gate");
    assert_string_equal(nearest.best, "late");
    pk_nearest_offer(&nearest, "rate");
    assert_string_equal(nearest.best, "rate");
    assert_int_equal(nearest.best_distance, 0);
}

static void
names_of_any_length_are_safe(void **state)
{
    (void)state;
    char longest[64], longer[65], huge[5000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';

    struct pk_nearest fits = {.wanted = longest};
    pk_nearest_offer(&fits, longest);
    assert_ptr_equal(fits.best, longest);
    struct pk_nearest too_long = {.wanted = huge};
    pk_nearest_offer(&too_long, huge);
    pk_nearest_offer(&too_long, longest);
    assert_null(too_long.best);
    pk_nearest_offer(&fits, longer);
    assert_ptr_equal(fits.best, longest);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_misspelt_name_finds_its_neighbour),
        cmocka_unit_test(a_name_like_none_of_them_finds_nothing),
        cmocka_unit_test(swapped_letters_count_once),
        cmocka_unit_test(ties_keep_the_first_offer_and_better_ones_replace_it),
        cmocka_unit_test(names_of_any_length_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
