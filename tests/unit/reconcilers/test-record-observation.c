/* What a pass learns by looking: on embedded servers, without a single write to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/applied.h"
#include "tests/unit/reconcilers/acting.h"

static void
look(struct pk_world *world)
{
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_world_record(world, &plan);
    pk_world_observe(world);
}

static const char *
base_value(struct pk_world *world, int side, const char *subnet, const char *part)
{
    const struct pk_row *base = pk_rows_find(&world->view.base[side], pk_world_subnet(subnet));
    const struct pk_field *field;
    const char *key;
    assert_non_null(base);
    assert_true(pk_part_parse_name(&pk_scope_fields, part, &field, &key));
    return pk_parts_get(&base->parts, field, key);
}

static bool
has_base(struct pk_world *world, int side, const char *subnet)
{
    return pk_rows_find(&world->view.base[side], pk_world_subnet(subnet)) != NULL;
}

static void
hold_both(struct pk_world *world, const char *subnet, const char *const *parts, size_t count)
{
    pk_world_hold(world, PK_SERVER_1, subnet, parts, count);
    pk_world_hold(world, PK_SERVER_2, subnet, parts, count);
}

static void
rows_that_are_equal_already_are_adopted_and_told_once(void **state)
{
    struct pk_world *world = *state;
    hold_both(world, ONE, PK_PARTS("name=\"x\"", "lease-time=60"));
    pk_world_want(world, ONE, PK_PARTS("name=\"x\""));
    look(world);
    look(world);
    assert_int_equal(pk_world_events(world, PK_REASON_SCOPE_ADOPTED, ONE), 1);
    assert_string_equal(base_value(world, PK_SERVER_1, ONE, "name"), "\"x\"");
    assert_string_equal(base_value(world, PK_SERVER_2, ONE, "lease-time"), "60");
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        assert_int_equal(pk_world_holds(world, side, ONE)->status, PK_SYNC_IN_SYNC);
    }
}

static void
a_row_that_differs_gets_no_base_so_that_adopting_it_is_still_a_question(void **state)
{
    struct pk_world *world = *state;
    pk_world_hold(world, PK_SERVER_1, ONE, PK_PARTS("name=\"x\"", "lease-time=60"));
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"y\"", "lease-time=60"));
    pk_world_want(world, ONE, PK_PARTS("name=\"x\""));
    look(world);
    assert_true(has_base(world, PK_SERVER_1, ONE));
    assert_false(has_base(world, PK_SERVER_2, ONE));
    assert_true((pk_world_plan(world).held.tripped & 1u << PK_GUARD_ADOPT) != 0);
}

static void
a_part_that_differs_keeps_its_old_base(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_PARTS("name=\"old\"", "lease-time=60"));
    pk_world_pass(world);
    pk_world_want(world, ONE, PK_PARTS("name=\"new\"", "lease-time=90"));
    hold_both(world, ONE, PK_PARTS("name=\"by hand\"", "lease-time=90", "id=1"));
    look(world);
    assert_string_equal(base_value(world, PK_SERVER_1, ONE, "name"), "\"old\"");
    assert_string_equal(base_value(world, PK_SERVER_1, ONE, "lease-time"), "90");
}

static void
a_field_that_git_releases_is_told_once_and_its_value_stays(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_PARTS("name=\"x\"", "lease-time=60", "kea.allocator=\"flq\""));
    pk_world_pass(world);
    pk_world_want(world, ONE, PK_PARTS("name=\"x\""));
    look(world);
    look(world);
    assert_int_equal(pk_world_events(world, PK_REASON_FIELD_RELEASED, ONE), 2);
    assert_string_equal(pk_world_value(world, PK_SERVER_1, ONE, "lease-time"), "60");
    assert_int_equal(pk_world_plan(world).action_count, 0);
}

static void
a_dropped_scope_is_told_once_and_can_still_be_pruned_later(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_NO_PARTS);
    pk_world_want(world, TWO, PK_NO_PARTS);
    pk_world_pass(world);
    pk_world_unwant(world, TWO);
    look(world);
    look(world);
    assert_int_equal(pk_world_events(world, PK_REASON_SCOPE_DROPPED, TWO), 1);
    assert_true(has_base(world, PK_SERVER_1, TWO));
    world->relationship.prune = PK_PRUNE_OWNED;
    struct pk_relationship_plan plan = pk_world_plan(world);
    assert_int_equal(plan.action_count, 1);
    assert_int_equal(plan.actions[0].kind, PK_OPERATION_DELETE_SCOPE);
}

static void
the_base_of_a_dropped_scope_that_is_gone_everywhere_is_forgotten(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_NO_PARTS);
    pk_world_want(world, TWO, PK_NO_PARTS);
    pk_world_pass(world);
    pk_world_unwant(world, TWO);
    look(world);
    pk_world_lose(world, PK_SERVER_1, TWO);
    look(world);
    assert_false(has_base(world, PK_SERVER_1, TWO));
    assert_true(has_base(world, PK_SERVER_2, TWO));
    pk_world_lose(world, PK_SERVER_2, TWO);
    look(world);
    assert_false(has_base(world, PK_SERVER_2, TWO));
    assert_int_equal(world->view.owned_before.count, 1);
}

static void
a_wanted_scope_that_is_missing_keeps_its_base(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_PARTS("name=\"x\""));
    pk_world_pass(world);
    pk_world_lose(world, PK_SERVER_1, ONE);
    pk_world_lose(world, PK_SERVER_2, ONE);
    look(world);
    assert_string_equal(base_value(world, PK_SERVER_1, ONE, "name"), "\"x\"");
}

static void
foreign_scopes_have_no_base_unless_they_are_kept_equal(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_NO_PARTS);
    hold_both(world, TWO, PK_PARTS("name=\"theirs\""));
    look(world);
    assert_false(has_base(world, PK_SERVER_1, TWO));
    world->relationship.foreign = PK_FOREIGN_REPLICATE;
    look(world);
    assert_true(has_base(world, PK_SERVER_1, TWO));
    world->relationship.prune = PK_PRUNE_OWNED;
    pk_world_pass(world);
    assert_non_null(pk_world_holds(world, PK_SERVER_1, TWO)); /* never named, so never deleted */
}

/* A look must not take content for agreed that a person only copied from one server to the other.
 */
static void
a_plan_by_hand_does_not_move_bases_away_from_what_git_wants(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_PARTS("name=\"of Git\""));
    pk_world_pass(world);
    pk_world_hold(world, PK_SERVER_1, ONE, PK_PARTS("name=\"by hand\"", "id=167772416"));
    struct pk_replicate_request request = {.what = PK_REPLICATE_RELATIONSHIP, .name = "campus"};
    struct pk_relationship_plan plan = pk_world_plan_replicate(world, &request);
    pk_world_record(world, &plan);
    pk_world_act(world, &plan);
    assert_string_equal(pk_world_value(world, PK_SERVER_2, ONE, "name"), "\"by hand\"");
    pk_world_observe(world);
    assert_string_equal(base_value(world, PK_SERVER_1, ONE, "name"), "\"of Git\"");
    assert_string_equal(base_value(world, PK_SERVER_2, ONE, "name"), "\"of Git\"");
}

static void
nothing_new_is_nothing_written(void **state)
{
    struct pk_world *world = *state;
    pk_world_want(world, ONE, PK_PARTS("name=\"x\""));
    pk_world_want(world, TWO, PK_PARTS("name=\"y\""));
    pk_world_pass(world);
    pk_world_unwant(world, TWO);
    pk_world_hold(world, PK_SERVER_2, ONE, PK_PARTS("name=\"edited\"")); /* drift stays drift */
    look(world);
    int64_t before = pk_db_changes(world->db);
    look(world);
    assert_int_equal(pk_db_changes(world->db), before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EMBEDDED(rows_that_are_equal_already_are_adopted_and_told_once),
        EMBEDDED(a_row_that_differs_gets_no_base_so_that_adopting_it_is_still_a_question),
        EMBEDDED(a_part_that_differs_keeps_its_old_base),
        EMBEDDED(a_field_that_git_releases_is_told_once_and_its_value_stays),
        EMBEDDED(a_dropped_scope_is_told_once_and_can_still_be_pruned_later),
        EMBEDDED(the_base_of_a_dropped_scope_that_is_gone_everywhere_is_forgotten),
        EMBEDDED(a_wanted_scope_that_is_missing_keeps_its_base),
        EMBEDDED(foreign_scopes_have_no_base_unless_they_are_kept_equal),
        EMBEDDED(a_plan_by_hand_does_not_move_bases_away_from_what_git_wants),
        EMBEDDED(nothing_new_is_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
