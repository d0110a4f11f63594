/*
 * What a digest depends on, and what not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "build.h"

#define FIRST  "10.0.1.0/24"
#define SECOND "10.0.2.0/24"

static const char *
digest(struct pk_pool *pool, const char *text)
{
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan = pk_plan_relationship(pool, build_view(pool, text), &options);
    return pk_sha256_text(pool, &plan.digest);
}

static const char plain[] = "want " FIRST " name=\"g\"\nsame " FIRST " id=7";

static void
the_digest_of_a_plan_is_the_same_for_ever(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(digest(pool, plain), digest(pool, plain));
    assert_string_equal(digest(pool, plain),
                        "b7e97ceceb0d953de63f909633bd215386fa2726f1f9e9764df78f9841246910");
}

static void
leases_status_times_and_what_is_in_step_do_not_matter(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *with_more = "want " FIRST " name=\"g\"\na " FIRST " id=7 leases:9\nb " FIRST
                            " id=7 leases:?\nbase " FIRST " id=7\nwant " SECOND "\nsame " SECOND
                            "\na 10.9.0.0/24 link:other";
    assert_string_equal(digest(pool, plain), digest(pool, with_more));
    struct pk_plan_options options = build_options();
    options.now.ms = 100;
    struct pk_relationship_plan later =
        pk_plan_relationship(pool, build_view(pool, plain), &options);
    assert_string_equal(digest(pool, plain), pk_sha256_text(pool, &later.digest));
}

static void
names_rows_and_actions_matter(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const others[] = {
        "want " FIRST " name=\"h\"\nsame " FIRST " id=7",
        "want " FIRST " name=\"g\"\nsame " FIRST " id=8",
        "want " SECOND " name=\"g\"\nsame " SECOND " id=7",
        "want " FIRST " name=\"g\"\nsame " FIRST " id=7\nwant " SECOND,
        "relationship lab\nwant " FIRST " name=\"g\"\nsame " FIRST " id=7",
        "want " FIRST " name=\"g\"\na " FIRST " id=7\nbase " FIRST " id=7",
        "relationship campus settings:enforce mclt=5\nrelation campus a b\nwant " FIRST
        " name=\"g\"\nsame " FIRST " id=7",
        "relationship campus settings:enforce mclt=6\nrelation campus a b\nwant " FIRST
        " name=\"g\"\nsame " FIRST " id=7",
        "relationship campus settings:enforce mclt=6\nrelation campus a b mclt=7\nwant " FIRST
        " name=\"g\"\nsame " FIRST " id=7",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_string_not_equal(digest(pool, plain), digest(pool, others[i]));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(digest(pool, others[i]), digest(pool, others[j]));
        }
    }
}

static void
blocked_actions_are_not_in_it(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *with_blocked =
        "want " FIRST " name=\"g\"\nsame " FIRST " id=7\nwant 10.2.0.0/16\na 10.2.1.0/24 link:-";
    assert_string_equal(digest(pool, plain), digest(pool, with_blocked));
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan = pk_plan_relationship(
        pool, build_view(pool, "want 10.2.0.0/16\na 10.2.1.0/24 link:-"), &options);
    assert_int_equal(plan.action_count, 1);
    assert_true(pk_sha256_is_zero(&plan.digest));
    assert_false(plan.held.is_held);
}

static void
the_whole_plan_has_one_of_those_with_actions_by_name(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan a = pk_plan_relationship(pool, build_view(pool, plain), &options);
    struct pk_relationship_plan b =
        pk_plan_relationship(pool, build_view(pool, "relationship lab\nwant " SECOND), &options);
    struct pk_relationship_plan idle =
        pk_plan_relationship(pool, build_view(pool, "relationship idle"), &options);
    struct pk_relationship_plan one_way[] = {a, idle, b}, other_way[] = {b, a}, less[] = {a};
    struct pk_sha256 whole = pk_plan_digest(one_way, 3), again = pk_plan_digest(other_way, 2);
    struct pk_sha256 alone = pk_plan_digest(less, 1), none = pk_plan_digest(&idle, 1);
    assert_true(pk_sha256_equal(&whole, &again));
    assert_false(pk_sha256_equal(&whole, &alone));
    assert_true(pk_sha256_is_zero(&none));
    assert_false(pk_sha256_equal(&alone, &a.digest));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digest_of_a_plan_is_the_same_for_ever),
        cmocka_unit_test(leases_status_times_and_what_is_in_step_do_not_matter),
        cmocka_unit_test(names_rows_and_actions_matter),
        cmocka_unit_test(blocked_actions_are_not_in_it),
        cmocka_unit_test(the_whole_plan_has_one_of_those_with_actions_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
