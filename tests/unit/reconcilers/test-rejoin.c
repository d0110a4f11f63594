/* When a pair that has stopped exchanging leases is told to begin anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconcilers/rejoin.h"
#include "tests/unit/reconcilers/build.h"

#define ENDED     "kea\nrelation campus a b state:terminated\n"
#define DIFFERING ENDED "want 10.0.1.0/24\na 10.0.1.0/24 id=1\n"

static struct pk_relationship_plan
plan_of(struct pk_pool *pool, const char *text, enum pk_action_status status)
{
    struct pk_plan_options options = build_options();
    struct pk_relationship_plan plan = pk_plan_relationship(pool, build_view(pool, text), &options);
    for (size_t i = 0; i < plan.action_count; i++) {
        plan.actions[i].status = status;
    }
    return plan;
}

static void
once_everything_is_repaired(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan = plan_of(pool, DIFFERING, PK_ACTION_DONE);
    assert_int_equal(plan.action_count, 1);
    assert_true(pk_pair_may_rejoin(&plan));
}

static void
also_when_somebody_has_repaired_it_by_hand(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan =
        plan_of(pool, ENDED "want 10.0.1.0/24\nsame 10.0.1.0/24 id=1", PK_ACTION_DONE);
    assert_int_equal(plan.action_count, 0);
    assert_true(pk_pair_may_rejoin(&plan));
}

static void
never_while_something_is_left(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const enum pk_action_status left[] = {
        PK_ACTION_PLANNED, PK_ACTION_FAILED,  PK_ACTION_BLOCKED, PK_ACTION_HELD,
        PK_ACTION_STALE,   PK_ACTION_SKIPPED, PK_ACTION_NOT_RUN,
    };
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        struct pk_relationship_plan plan = plan_of(pool, DIFFERING, left[i]);
        assert_false(pk_pair_may_rejoin(&plan));
    }
}

static void
never_when_nothing_may_be_written(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan = plan_of(pool, DIFFERING, PK_ACTION_DONE);
    plan.permit = PK_PERMIT_NO_WRITES;
    assert_false(pk_pair_may_rejoin(&plan));
}

static void
never_while_one_of_them_still_talks(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan =
        plan_of(pool,
                "kea\nrelation-a campus a b state:terminated\nrelation-b campus a b\n"
                "want 10.0.1.0/24\nsame 10.0.1.0/24 id=1",
                PK_ACTION_DONE);
    assert_false(pk_pair_may_rejoin(&plan));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_everything_is_repaired),
        cmocka_unit_test(also_when_somebody_has_repaired_it_by_hand),
        cmocka_unit_test(never_while_something_is_left),
        cmocka_unit_test(never_when_nothing_may_be_written),
        cmocka_unit_test(never_while_one_of_them_still_talks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
