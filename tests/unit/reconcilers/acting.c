/* A world for each test, and lookups that fail the test instead of answering nothing. */
#include "tests/unit/reconcilers/acting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/adm.h"

static int
open_world(void **state, const struct pk_driver *driver)
{
    struct pk_world *world = test_calloc(1, sizeof *world);
    pk_world_open(world, driver);
    *state = world;
    return 0;
}

int
pk_test_open_fake(void **state)
{
    return open_world(state, &pk_driver_fake);
}

int
pk_test_open_embedded(void **state)
{
    return open_world(state, &pk_driver_adm);
}

int
pk_test_close(void **state)
{
    pk_world_close(*state);
    test_free(*state);
    return 0;
}

struct pk_fake_script *
pk_test_script(struct pk_world *world, int side)
{
    return pk_fake_script_of(world->servers[side]);
}

void
pk_test_want_four(struct pk_world *world)
{
    static const char *const subnets[] = {ONE, TWO, THREE, FOUR};
    for (size_t i = 0; i < 4; i++) {
        pk_world_want(world, subnets[i], PK_PARTS("name=\"x\"", "lease-time=3600"));
    }
}

const struct pk_action *
pk_test_action_on(const struct pk_relationship_plan *plan, const char *subnet)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        if (plan->actions[i].scope_count == 1 &&
            pk_prefix_compare(plan->actions[i].scopes[0]->subnet, pk_world_subnet(subnet)) == 0) {
            return &plan->actions[i];
        }
    }
    fail_msg("no action on %s", subnet);
    return NULL;
}

const struct pk_sub_task *
pk_test_sub_task_on(const struct pk_operation *operation, const char *subnet)
{
    for (size_t i = 0; i < operation->sub_task_count; i++) {
        if (pk_prefix_compare(operation->sub_tasks[i].subnet, pk_world_subnet(subnet)) == 0) {
            return &operation->sub_tasks[i];
        }
    }
    fail_msg("no sub-task on %s", subnet);
    return NULL;
}
