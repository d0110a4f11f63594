/* What is known between two questions of where the subnets of a server stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/kea-listing.h"

enum { MANY = 500, STEP = 7, FIRST = 0x0a000000, A_SUBNET = 256 };

static struct pk_prefix
numbered(uint32_t number)
{
    return (struct pk_prefix){FIRST + number * A_SUBNET, 24};
}

static struct pk_kea_listing
empty(void)
{
    return (struct pk_kea_listing){.pool = pk_pool_new(NULL), .is_known = true};
}

static void
what_was_made_is_found_in_whatever_order_it_came(void **state)
{
    (void)state;
    struct pk_kea_listing listing = empty();
    for (uint32_t i = 0; i < MANY; i++) {
        pk_kea_listing_add(&listing, numbered(i * STEP % MANY));
    }
    assert_int_equal(listing.count, MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        const struct pk_kea_listed *found = pk_kea_listing_find(&listing, numbered(i));
        assert_non_null(found);
        assert_int_equal(found->subnet.address, numbered(i).address);
        assert_null(found->network);
    }
    assert_string_equal(pk_kea_listing_find(&listing, numbered(1))->spelled, "10.0.1.0/24");
    assert_null(pk_kea_listing_find(&listing, numbered(MANY)));
    assert_null(pk_kea_listing_find(&listing, (struct pk_prefix){FIRST, 23}));
    pk_kea_listing_forget(&listing);
}

static void
what_was_there_already_stays_as_the_server_said_it(void **state)
{
    (void)state;
    struct pk_kea_listing listing = empty();
    pk_kea_listing_add(&listing, numbered(1));
    listing.at[0].spelled = "10.0.1.7/24";
    listing.at[0].network = "library";
    pk_kea_listing_add(&listing, numbered(1));
    assert_int_equal(listing.count, 1);
    assert_string_equal(listing.at[0].spelled, "10.0.1.7/24");
    assert_string_equal(listing.at[0].network, "library");
    pk_kea_listing_forget(&listing);
}

static void
what_was_removed_is_not_found_and_the_others_are(void **state)
{
    (void)state;
    struct pk_kea_listing listing = empty();
    for (uint32_t i = 0; i < MANY; i++) {
        pk_kea_listing_add(&listing, numbered(i));
    }
    for (uint32_t i = 0; i < MANY; i += 2) {
        pk_kea_listing_remove(&listing, numbered(i));
        pk_kea_listing_remove(&listing, numbered(i)); /* and once is enough */
    }
    assert_int_equal(listing.count, MANY / 2);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(pk_kea_listing_find(&listing, numbered(i)) != NULL, i % 2);
    }
    pk_kea_listing_forget(&listing);
}

static void
nothing_is_entered_into_what_is_not_known(void **state)
{
    (void)state;
    struct pk_kea_listing listing = {.pool = NULL};
    pk_kea_listing_add(&listing, numbered(1));
    pk_kea_listing_remove(&listing, numbered(1));
    assert_int_equal(listing.count, 0);
    assert_null(pk_kea_listing_find(&listing, numbered(1)));
    pk_kea_listing_doubt(&listing);
    assert_false(listing.is_known);
    pk_kea_listing_forget(&listing);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_made_is_found_in_whatever_order_it_came),
        cmocka_unit_test(what_was_there_already_stays_as_the_server_said_it),
        cmocka_unit_test(what_was_removed_is_not_found_and_the_others_are),
        cmocka_unit_test(nothing_is_entered_into_what_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
