/* What is written has to survive a restart of the server, where that is a step of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/mirror.h"
#include "tests/unit/reconcilers/acting.h"

static struct pk_world the_world;

static int
open_fake(void **state)
{
    pk_world_open(&the_world, &pk_driver_fake);
    *state = &the_world;
    return 0;
}

static int
close_world(void **state)
{
    pk_world_close(*state);
    return 0;
}

static size_t
unsaved(struct pk_world *world)
{
    PK_SCRATCH(pool);
    const char *const *names;
    size_t count = 0;
    assert_int_equal(pk_mirror_unsaved_load(world->db, pool, &names, &count, NULL), PK_OK);
    return count;
}

static void
both_servers_save_once_for_an_operation_of_many_scopes(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_1)->capabilities.batch_limit = 1;
    pk_test_want_four(world);
    struct pk_execution execution = pk_world_pass(world);
    assert_int_equal(execution.done, 4);
    assert_false(execution.unsaved);
    assert_int_equal(pk_test_script(world, PK_SERVER_1)->saves, 1);
    assert_int_equal(pk_test_script(world, PK_SERVER_2)->saves, 1);
    assert_int_equal(unsaved(world), 0);
}

static void
a_server_that_is_not_written_has_nothing_to_save(void **state)
{
    struct pk_world *world = *state;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"by hand\"", "id=1", "lease-time=3600"));
    pk_world_pass(world);
    assert_int_equal(pk_test_script(world, PK_SERVER_1)->saves, 1);
    assert_int_equal(pk_test_script(world, PK_SERVER_2)->saves, 2);
}

static void
what_a_server_cannot_save_fails_the_operation_and_stays_owed(void **state)
{
    struct pk_world *world = *state;
    pk_test_script(world, PK_SERVER_2)->cannot_save = true;
    pk_test_want_four(world);
    struct pk_execution execution = pk_world_pass(world);
    assert_true(execution.unsaved);
    assert_int_equal(unsaved(world), 1);
    assert_int_equal(pk_world_events(world, PK_REASON_SERVER_NOT_SAVED, NULL), 1);
    struct pk_operation *operations;
    pk_world_operations(world, &operations);
    assert_int_equal(operations[0].status, PK_OVERALL_COMPLETED_WITH_FAILURE);
    assert_non_null(strstr(operations[0].fault.message, "the disk is full; make room there"));

    struct pk_error err = {0};
    struct pk_executor executor = pk_world_executor(world);
    const char *name = world->view.servers[PK_SERVER_2].name;
    assert_int_equal(pk_persist_owed(world->db, executor.drivers[PK_SERVER_2],
                                     executor.servers[PK_SERVER_2], name, "agent", &err),
                     PK_EREFUSED);
    assert_int_equal(unsaved(world), 1);
    pk_test_script(world, PK_SERVER_2)->cannot_save = false;
    assert_int_equal(pk_persist_owed(world->db, executor.drivers[PK_SERVER_2],
                                     executor.servers[PK_SERVER_2], name, "agent", &err),
                     PK_OK);
    assert_int_equal(unsaved(world), 0);
    assert_int_equal(pk_world_events(world, PK_REASON_SERVER_SAVED, NULL), 1);
}

static void
note_debt(void *context, const struct pk_change *changes, size_t count)
{
    (void)changes;
    (void)count;
    assert_int_equal(unsaved(context), 2);
}

static void
the_debt_is_on_record_before_the_first_write(void **state)
{
    struct pk_world *world = *state;
    struct pk_fake_script *script = pk_test_script(world, PK_SERVER_1);
    script->before_write = note_debt;
    script->context = world;
    pk_test_want_four(world);
    pk_world_pass(world);
    assert_true(script->writes > 0);
}

#define FAKE(test) cmocka_unit_test_setup_teardown(test, open_fake, close_world)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE(both_servers_save_once_for_an_operation_of_many_scopes),
        FAKE(a_server_that_is_not_written_has_nothing_to_save),
        FAKE(what_a_server_cannot_save_fails_the_operation_and_stays_owed),
        FAKE(the_debt_is_on_record_before_the_first_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
