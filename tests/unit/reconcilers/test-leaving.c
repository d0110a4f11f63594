/* Leases at addresses that leave the ranges of a scope: whom to ask, and what the answer does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconcilers/leaving.h"
#include "tests/unit/reconcilers/build.h"

#define NET    0x0a000100u /* 10.0.1.0 */
#define SUBNET "10.0.1.0/24"
#define SHRINKS                                                                                    \
    "want " SUBNET " ranges=[\"10.0.1.10-10.0.1.99\"]\n"                                           \
    "a " SUBNET " id=7 leases:%s ranges=[\"10.0.1.10-10.0.1.199\"]\n"                              \
    "b " SUBNET " id=7 leases:%s ranges=[\"10.0.1.10-10.0.1.199\"]\n"                              \
    "base " SUBNET " id=7 ranges=[\"10.0.1.10-10.0.1.199\"]"

static struct pk_relationship_plan
plan_of(struct pk_pool *pool, const char *a, const char *b)
{
    struct pk_plan_options options = build_options();
    const char *text = pk_sprintf(pool, SHRINKS, a, b);
    return pk_plan_relationship(pool, build_view(pool, text), &options);
}

static struct pk_held
judged(struct pk_pool *pool, const struct pk_relationship_plan *plan,
       const struct pk_leased *leased, size_t count)
{
    struct pk_plan_options options = build_options();
    options.leased = leased;
    options.leased_count = count;
    return pk_guards_judge(pool, plan, &options);
}

static void
each_server_that_may_have_some_is_asked_by_its_subnet_id(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_leaving *leaving;
    struct pk_relationship_plan plan = plan_of(pool, "5", "?");
    assert_int_equal(pk_plan_leaving(pool, &plan, &leaving), 2);
    assert_int_equal(leaving[0].side, PK_SERVER_1);
    assert_int_equal(leaving[1].side, PK_SERVER_2);
    assert_int_equal(leaving[0].subnet_id, 7);
    assert_int_equal(leaving[0].subnet.address, NET);
    plan = plan_of(pool, "0", "5");
    assert_int_equal(pk_plan_leaving(pool, &plan, &leaving), 1);
    assert_int_equal(leaving[0].side, PK_SERVER_2);
}

static void
nobody_is_asked_when_no_address_leaves(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_plan_options options = build_options();
    const struct pk_leaving *leaving;
    struct pk_relationship_plan plan = pk_plan_relationship(
        pool,
        build_view(pool, "want " SUBNET " ranges=[\"10.0.1.10-10.0.1.99\"] name=\"g\"\n"
                         "same " SUBNET " leases:5 ranges=[\"10.0.1.20-10.0.1.29\"]"),
        &options);
    assert_int_equal(plan.action_count, 1);
    assert_int_equal(pk_plan_leaving(pool, &plan, &leaving), 0);
}

static void
only_leases_at_addresses_that_leave_hold_the_plan(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan = plan_of(pool, "5", "5");
    const uint32_t stay[] = {NET + 10, NET + 99, NET + 5, NET + 200};
    const uint32_t leave[] = {NET + 10, NET + 100, NET + 199};
    const struct pk_prefix subnet = {NET, 24};
    const struct pk_leased harmless[] = {{PK_SERVER_1, subnet, stay, 4},
                                         {PK_SERVER_2, subnet, stay, 4}};
    struct pk_held held = judged(pool, &plan, harmless, 2);
    assert_false(held.is_held);
    assert_null(held.notes);

    /* both know the same leases: the larger number counts, not the sum */
    const struct pk_leased some[] = {{PK_SERVER_1, subnet, leave, 2},
                                     {PK_SERVER_2, subnet, leave, 3}};
    held = judged(pool, &plan, some, 2);
    assert_true(held.is_held);
    assert_int_equal(held.guard, PK_GUARD_LEASES);
    assert_string_equal(held.reason, "leases: 2 active leases at addresses that leave the ranges, "
                                     "first in " SUBNET);
}

static void
of_who_did_not_answer_nobody_can_tell(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan = plan_of(pool, "5", "5");
    const struct pk_leased none_on_one = {PK_SERVER_1, {NET, 24}, NULL, 0};
    struct pk_held held = judged(pool, &plan, &none_on_one, 1);
    assert_false(held.is_held);
    assert_non_null(held.notes);
    held = judged(pool, &plan, NULL, 0);
    assert_false(held.is_held);
    assert_non_null(held.notes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_server_that_may_have_some_is_asked_by_its_subnet_id),
        cmocka_unit_test(nobody_is_asked_when_no_address_leaves),
        cmocka_unit_test(only_leases_at_addresses_that_leave_hold_the_plan),
        cmocka_unit_test(of_who_did_not_answer_nobody_can_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
