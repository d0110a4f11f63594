/* What is written has to survive a restart of the server, where that is a step of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/applied.h"
#include "adm/mirror.h"
#include "tests/unit/reconcilers/acting.h"

static size_t
unsaved(struct pk_world *world)
{
    PK_SCRATCH(pool);
    const char *const *names;
    size_t count = 0;
    assert_int_equal(pk_mirror_unsaved_load(world->db, pool, &names, &count, NULL), PK_OK);
    return count;
}

static enum pk_code
save_owed(struct pk_world *world, int side)
{
    struct pk_executor executor = pk_world_executor(world);
    return pk_persist_owed(world->db, executor.drivers[side], executor.servers[side],
                           world->view.servers[side].name, "agent", NULL);
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

    assert_int_equal(save_owed(world, PK_SERVER_2), PK_EREFUSED);
    assert_int_equal(unsaved(world), 1);
    pk_test_script(world, PK_SERVER_2)->cannot_save = false;
    assert_int_equal(save_owed(world, PK_SERVER_2), PK_OK);
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

static bool
has_base(struct pk_world *world, int side, const char *subnet)
{
    PK_SCRATCH(pool);
    struct pk_rows bases;
    assert_int_equal(
        pk_applied_load(world->db, pool, NULL, world->view.servers[side].name, &bases, NULL),
        PK_OK);
    return pk_rows_find(&bases, pk_world_subnet(subnet)) != NULL;
}

/* Nobody would know that it was ours to delete when a server comes back with it. */
static void
a_base_outlives_its_scope_until_the_server_has_saved(void **state)
{
    struct pk_world *world = *state;
    world->relationship.prune = PK_PRUNE_OWNED;
    pk_test_want_four(world);
    pk_world_pass(world);
    pk_test_script(world, PK_SERVER_2)->cannot_save = true;
    pk_world_unwant(world, ONE);
    pk_world_pass(world);
    assert_null(pk_world_holds(world, PK_SERVER_2, ONE));
    for (int pass = 0; pass < 2; pass++) {
        assert_false(has_base(world, PK_SERVER_1, ONE));
        assert_true(has_base(world, PK_SERVER_2, ONE));
        pk_world_pass(world);
    }
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"x\"", "id=1", "lease-time=3600"));
    assert_int_equal(pk_world_pass(world).done, 1);
    assert_null(pk_world_holds(world, PK_SERVER_2, ONE));

    pk_test_script(world, PK_SERVER_2)->cannot_save = false;
    assert_int_equal(save_owed(world, PK_SERVER_2), PK_OK);
    pk_world_pass(world);
    assert_false(has_base(world, PK_SERVER_2, ONE));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE(both_servers_save_once_for_an_operation_of_many_scopes),
        FAKE(a_server_that_is_not_written_has_nothing_to_save),
        FAKE(what_a_server_cannot_save_fails_the_operation_and_stays_owed),
        FAKE(the_debt_is_on_record_before_the_first_write),
        FAKE(a_base_outlives_its_scope_until_the_server_has_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
