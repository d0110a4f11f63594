/*
 * What must hold whatever Git, the bases and the servers look like.  Worlds are random, but a seed
 * names each: a failure prints it.  Real driver, real database.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/adm.h"
#include "tests/support/pair-world.h"

enum {
    SEEDS = 60,
    ROUNDS = 4,
    MOST_PARTS = 6,
    PERCENT_WANTED = 70,
    PERCENT_ROW_CHANGED = 35,
    PERCENT_ROW_LOST = 15,
    PERCENT_UNLINKED = 10,
};

static const char *const subnets[] = {
    "10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.2.0/25",
    "10.0.3.0/24", "10.0.4.0/24", "10.0.5.0/24", "10.0.6.0/24",
};
enum { SUBNET_COUNT = sizeof subnets / sizeof subnets[0] };

/* One of each group at most: a part may not stand twice. */
static const char *const choices[][4] = {
    {"name=\"one\"", "name=\"two\"", "name=\"three\"", "name=\"four\""},
    {"lease-time=3600", "lease-time=7200", "lease-time=4294967295", "lease-time=60"},
    {"state=\"inactive\"", "description=\"d\"", "description=\"e\"", "renew-time=300"},
    {"options.routers=[\"10.0.0.1\"]", "options.routers=[\"10.0.0.2\"]",
     "options.ntp-servers=[\"10.0.0.7\"]", "options.224=[\"00ff\"]"},
    {"reservations.mac=00:1a:2b:3c:4d:5e={\"hostname\":\"a\"}",
     "reservations.mac=00:1a:2b:3c:4d:5e={\"hostname\":\"b\"}",
     "reservations.duid=0001={\"name\":\"c\"}", "shared-network=\"s\""},
    {"kea.allocator=\"flq\"", "kea.allocator=\"random\"", "kea.match-client-id=false", "id=4711"},
};

static uint64_t
next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static bool
chance(uint64_t *state, unsigned percent)
{
    return next_random(state) % 100 < percent;
}

static size_t
random_parts(uint64_t *state, const char *parts[MOST_PARTS])
{
    size_t count = 0;
    for (size_t i = 0; i < MOST_PARTS; i++) {
        if (chance(state, 50)) {
            parts[count++] = choices[i][next_random(state) % 4];
        }
    }
    return count;
}

/* -- Making a mess ---------------------------------------------------------------------------- */

static bool
shares_address(const char *a, const char *b)
{
    return pk_world_subnet(a).address == pk_world_subnet(b).address;
}

/* Git may name one length of a network only; a server holds one only. */
static void
change_git(struct pk_world *world, uint64_t *state)
{
    const char *parts[MOST_PARTS];
    for (size_t i = 0; i < SUBNET_COUNT; i++) {
        if (!chance(state, 50)) {
            continue;
        }
        pk_world_unwant(world, subnets[i]);
        if (chance(state, PERCENT_WANTED)) {
            for (size_t j = 0; j < SUBNET_COUNT; j++) {
                if (shares_address(subnets[i], subnets[j])) {
                    pk_world_unwant(world, subnets[j]);
                }
            }
            size_t count = random_parts(state, parts);
            pk_world_want(world, subnets[i], parts, count);
        }
    }
}

/* An id that is in use elsewhere is refused by the server; an operator would not get it in either.
 */
static size_t
without_id(const char *parts[MOST_PARTS], size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(parts[i], "id=", 3) != 0) {
            parts[kept++] = parts[i];
        }
    }
    return kept;
}

static void
change_row(struct pk_world *world, uint64_t *state, int side, const char *subnet)
{
    const char *parts[MOST_PARTS];
    for (size_t i = 0; i < SUBNET_COUNT; i++) {
        if (strcmp(subnets[i], subnet) != 0 && shares_address(subnets[i], subnet) &&
            pk_world_holds(world, side, subnets[i]) != NULL) {
            return;
        }
    }
    size_t count = without_id(parts, random_parts(state, parts));
    if (chance(state, PERCENT_UNLINKED)) {
        pk_world_hold_unlinked(world, side, subnet, parts, count);
    } else {
        pk_world_hold(world, side, subnet, parts, count);
    }
}

static void
change_servers(struct pk_world *world, uint64_t *state)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        for (size_t i = 0; i < SUBNET_COUNT; i++) {
            if (chance(state, PERCENT_ROW_LOST)) {
                pk_world_lose(world, side, subnets[i]);
            } else if (chance(state, PERCENT_ROW_CHANGED)) {
                change_row(world, state, side, subnets[i]);
            }
        }
    }
}

static void
change_policies(struct pk_world *world, uint64_t *state)
{
    world->relationship.prune = chance(state, 50) ? PK_PRUNE_OWNED : PK_PRUNE_NEVER;
    world->relationship.foreign = chance(state, 50) ? PK_FOREIGN_REPLICATE : PK_FOREIGN_REPORT;
}

/* -- What must hold --------------------------------------------------------------------------- */

static bool
is_blocked_in(const struct pk_relationship_plan *plan, struct pk_prefix subnet)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        for (size_t j = 0; action->block != PK_BLOCK_NONE && j < action->scope_count; j++) {
            if (action->scopes[j]->subnet.address == subnet.address) {
                return true;
            }
        }
    }
    return false;
}

static void
only_what_was_blocked_is_left(struct pk_world *world, const struct pk_relationship_plan *before)
{
    struct pk_relationship_plan after = pk_world_plan(world);
    for (size_t i = 0; i < after.action_count; i++) {
        const struct pk_action *action = &after.actions[i];
        for (size_t j = 0; j < action->scope_count; j++) {
            const struct pk_scope_state *scope = action->scopes[j];
            if (action->block == PK_BLOCK_NONE && !is_blocked_in(before, scope->subnet)) {
                fail_msg("%s of %s is still to be done: %s", pk_operation_name(action->kind),
                         pk_prefix_text(world->pool, scope->subnet), action->reason);
            }
        }
    }
}

static bool
deletes(const struct pk_relationship_plan *plan, int side, struct pk_prefix subnet)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        for (size_t j = 0; j < action->change_count; j++) {
            const struct pk_row_change *change = &action->changes[j];
            if (change->side == side && change->row == NULL &&
                pk_prefix_compare(change->subnet, subnet) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void
no_row_vanishes_without_a_delete(struct pk_world *world, const struct pk_relationship_plan *plan)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_rows *before = &plan->view->servers[side].rows;
        for (size_t i = 0; i < before->count; i++) {
            const char *subnet = pk_prefix_text(world->pool, before->at[i].subnet);
            if (pk_world_holds(world, side, subnet) == NULL &&
                !deletes(plan, side, before->at[i].subnet)) {
                fail_msg("%s vanished from server %d", subnet, side + 1);
            }
        }
    }
}

static void
rows_without_base_are_as_before(struct pk_world *world, const struct pk_pair_view *view)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        for (size_t i = 0; i < view->servers[side].rows.count; i++) {
            const struct pk_row *before = &view->servers[side].rows.at[i];
            const char *subnet = pk_prefix_text(world->pool, before->subnet);
            const struct pk_row *now = pk_world_holds(world, side, subnet);
            if (pk_rows_find(&view->base[side], before->subnet) == NULL &&
                (now == NULL || !pk_sha256_equal(&now->hash, &before->hash))) {
                fail_msg("%s on server %d had no base and was changed", subnet, side + 1);
            }
        }
    }
}

/* 5.1: over the source's row, else the partner's; lost servers are judged elsewhere. */
static void
unowned_fields_survive(struct pk_world *world, const struct pk_relationship_plan *plan)
{
    const struct pk_field *link = &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP];
    bool any_lost = plan->comparison.lost[PK_SERVER_1] || plan->comparison.lost[PK_SERVER_2];
    for (size_t i = 0; !any_lost && i < plan->comparison.count; i++) {
        const struct pk_scope_state *scope = &plan->comparison.at[i];
        int source = plan->view->relationship->source;
        const struct pk_row *row =
            scope->have[source] != NULL ? scope->have[source] : scope->have[pk_other_side(source)];
        if (scope->wanted == NULL || row == NULL || scope->block != PK_BLOCK_NONE) {
            continue;
        }
        const char *subnet = pk_prefix_text(world->pool, scope->subnet);
        for (size_t j = 0; j < row->parts.count; j++) {
            const struct pk_part *part = &row->parts.at[j];
            if (part->field == link || pk_wanted_owns(scope->wanted, part->field, part->key)) {
                continue;
            }
            const char *name = pk_part_name(world->pool, part->field, part->key);
            for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
                const char *now = pk_world_value(world, side, subnet, name);
                if (now == NULL || strcmp(now, part->value) != 0) {
                    fail_msg("%s of %s was lost on server %d", name, subnet, side + 1);
                }
            }
        }
    }
}

static void
nothing_failed(const struct pk_relationship_plan *plan)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        if (plan->actions[i].status == PK_ACTION_FAILED) {
            fail_msg("%s", plan->actions[i].fault.message);
        }
    }
}

/* -- The rounds ------------------------------------------------------------------------------- */

static void
pass_with_nothing_approved(struct pk_world *world)
{
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_pair_view view = *plan.view;
    plan.approved = false;
    pk_world_record(world, &plan);
    pk_world_act(world, &plan);
    rows_without_base_are_as_before(world, &view);
}

static void
pass_with_everything_approved(struct pk_world *world)
{
    struct pk_relationship_plan plan = pk_world_plan(world);
    struct pk_pair_view view = *plan.view;
    plan.view = &view; /* the world's own view moves on */
    pk_world_record(world, &plan);
    pk_world_act(world, &plan);
    nothing_failed(&plan);
    no_row_vanishes_without_a_delete(world, &plan);
    unowned_fields_survive(world, &plan);
    only_what_was_blocked_is_left(world, &plan);
}

static void
live(uint64_t seed)
{
    struct pk_world world;
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    print_message("seed %llu\n", (unsigned long long)seed);
    pk_world_open(&world, &pk_driver_adm);
    for (int round = 0; round < ROUNDS; round++) {
        change_policies(&world, &state);
        change_git(&world, &state);
        change_servers(&world, &state);
        pass_with_nothing_approved(&world);
        pass_with_everything_approved(&world);
    }
    pk_world_close(&world);
}

static void
whatever_the_world_looks_like_the_promises_hold(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        live(seed);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_world_looks_like_the_promises_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
