/* Which server of a pair that does not hear each other is made to begin anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reconcilers/revive.h"
#include "tests/unit/reconcilers/build.h"

static struct pk_relationship_plan
plan_of(struct pk_pool *pool, const char *a, const char *b)
{
    struct pk_plan_options options = build_options();
    const char *text = pk_sprintf(pool,
                                  "kea\nrelation-a campus a b state:%s\n"
                                  "relation-b campus a b state:%s\n"
                                  "want 10.0.1.0/24\nsame 10.0.1.0/24 id=1",
                                  a, b);
    return pk_plan_relationship(pool, build_view(pool, text), &options);
}

static void
the_one_that_hears_nothing_while_the_other_can_serve(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *a, *b;
        int side;
    } rows[] = {
        {"out-of-touch", "partner-down", PK_SERVER_1},
        {"out-of-touch", "normal", PK_SERVER_1},
        {"partner-down", "out-of-touch", PK_SERVER_2},
        {"normal", "out-of-touch", PK_SERVER_2},
        {"out-of-touch", "out-of-touch", PK_PAIR},
        {"out-of-touch", "disturbed", PK_PAIR},
        {"out-of-touch", "syncing", PK_PAIR},
        {"out-of-touch", "terminated", PK_PAIR},
        {"normal", "normal", PK_PAIR},
        {"normal", "partner-down", PK_PAIR},
        {"disturbed", "partner-down", PK_PAIR},
        {"terminated", "terminated", PK_PAIR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pk_relationship_plan plan = plan_of(pool, rows[i].a, rows[i].b);
        assert_int_equal(pk_pair_deaf_side(&plan), rows[i].side);
    }
}

static void
neither_when_nothing_may_be_written(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const enum pk_permit permits[] = {PK_PERMIT_NO_WRITES, PK_PERMIT_REPORT,
                                             PK_PERMIT_SUSPENDED, PK_PERMIT_BACKING_OFF};
    for (size_t i = 0; i < sizeof permits / sizeof permits[0]; i++) {
        struct pk_relationship_plan plan = plan_of(pool, "out-of-touch", "partner-down");
        plan.permit = permits[i];
        assert_int_equal(pk_pair_deaf_side(&plan), PK_PAIR);
    }
}

static void
neither_when_one_of_them_is_unknown(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_relationship_plan plan = plan_of(pool, "out-of-touch", "partner-down");
    plan.is_known = false;
    assert_int_equal(pk_pair_deaf_side(&plan), PK_PAIR);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_that_hears_nothing_while_the_other_can_serve),
        cmocka_unit_test(neither_when_nothing_may_be_written),
        cmocka_unit_test(neither_when_one_of_them_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
