/*
 * A property: whatever Git, base and servers hold, doing what is planned leaves nothing to plan but
 * what was blocked, and on the way every write finds what the plan said it would overwrite.
 *
 * Cases are texts for the builder, made from a seed that a failure prints together with the text.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "build.h"

enum { CASES = 4000, LARGEST_ID = 12 };
static const uint64_t first_seed = 20240601;

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* -- Chance -------------------------------------------------------------------------------------
 */

static uint64_t
next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static bool
chance(uint64_t *seed, unsigned percent)
{
    return next(seed) % 100 < percent;
}

/* -- A random case ------------------------------------------------------------------------------
 */

static const char *const subnets[] = {
    "10.0.0.0/22", "10.0.0.0/23", "10.0.0.0/24", "10.0.0.0/25", "10.0.1.0/24",
    "10.0.2.0/23", "10.0.2.0/24", "10.0.3.0/24", "10.0.4.0/24", "10.0.5.0/24",
    "10.0.6.0/24", "10.0.6.0/25", "10.0.7.0/24", "10.0.8.0/24", "10.0.9.0/24",
};
enum { SUBNETS = COUNT_OF(subnets) };

static const char *const parts[] = {
    "name=\"x\"",
    "name=\"y\"",
    "state=\"inactive\"",
    "lease-time=100",
    "lease-time=200",
    "options.routers=[\"10.0.0.1\"]",
    "options.routers=[\"10.0.0.2\"]",
    "options.domain-name=[\"d\"]",
    "kea.allocator=\"random\"",
    "kea.allocator=\"iterative\"",
};
static const char *const policies[] = {
    "source:b",          "heal:commits",     "prune:owned",   "prune:owned",
    "foreign:replicate", "settings:enforce", "load-split=60", "mode=\"hot-standby\"",
};
static const char *const extras[] = {
    "renamed old",
    "unlinked-a",
    "relation campus a b load-split=70",
    "relation campus b a",
    "relation-base campus a b",
    "retired-a 3 10.0.7.0/24",
    "coming 10.0.4.0/24 far prunes still",
    "leaving 10.0.5.0/24 far",
    "relinked 10.0.9.0/24 lab",
};

struct casting {
    struct pk_pool *pool;
    uint64_t *seed;
    struct pk_text text;
    const char *usual[SUBNETS]; /* the parts that most sides agree on */
};

/* Each field at most once: values of one field are neighbours in the list. */
static const char *
random_parts(struct casting *casting)
{
    struct pk_text text = {.pool = casting->pool};
    const char *before = "";
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        size_t name = strcspn(parts[i], "=") + 1;
        if (strncmp(before, parts[i], name) != 0 && chance(casting->seed, 25)) {
            pk_text_addf(&text, " %s", parts[i]);
            before = parts[i];
        }
    }
    return pk_text_end(&text);
}

static void
add_id(struct casting *casting, size_t index, unsigned *used)
{
    unsigned usual = (unsigned)index + 1, other = (unsigned)(next(casting->seed) % LARGEST_ID) + 1;
    unsigned id = chance(casting->seed, 80) ? usual : other;
    if ((*used >> id & 1) == 0) {
        *used |= 1u << id;
        pk_text_addf(&casting->text, " id=%u", id);
    }
}

/* Some of the subnets, disjoint as they are on one server and in Git. */
static void
add_scopes(struct casting *casting, const char *word, unsigned percent)
{
    static const char *const links[] = {"-", "old", "lab", "far"};
    bool any = false, is_want = strcmp(word, "want") == 0;
    struct pk_prefix last = {0};
    unsigned used_ids = 0;
    for (size_t i = 0; i < SUBNETS; i++) {
        struct pk_prefix subnet = build_subnet(subnets[i]);
        if (!chance(casting->seed, percent) || (any && pk_prefixes_overlap(last, subnet))) {
            continue;
        }
        any = true;
        last = subnet;
        pk_text_addf(&casting->text, "%s %s%s", word, subnets[i],
                     chance(casting->seed, 75) ? casting->usual[i] : random_parts(casting));
        if (!is_want || chance(casting->seed, 15)) {
            add_id(casting, i, &used_ids);
        }
        if (!is_want && chance(casting->seed, 10)) {
            pk_text_addf(&casting->text, " link:%s", links[next(casting->seed) % COUNT_OF(links)]);
        }
        pk_text_add(&casting->text, is_want && chance(casting->seed, 20) ? " own:options\n" : "\n");
    }
}

static const char *
cast(struct pk_pool *pool, uint64_t *seed)
{
    struct casting casting = {.pool = pool, .seed = seed, .text = {.pool = pool}};
    pk_text_add(&casting.text, "relationship campus");
    for (size_t i = 0; i < COUNT_OF(policies); i++) {
        if (chance(seed, 25)) {
            pk_text_addf(&casting.text, " %s", policies[i]);
        }
    }
    pk_text_add(&casting.text, "\nrelation lab b a\nrelation far a c\n");
    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        if (chance(seed, 15)) {
            pk_text_addf(&casting.text, "%s\n", extras[i]);
        }
    }
    for (size_t i = 0; i < SUBNETS; i++) {
        casting.usual[i] = random_parts(&casting);
        if (chance(seed, 75)) {
            pk_text_addf(&casting.text, "owned %s\n", subnets[i]);
        }
    }
    static const char *const rows[] = {"a", "b", "base-a", "base-b", "want"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        add_scopes(&casting, rows[i], chance(seed, 15) ? 10 : 65);
    }
    return pk_text_end(&casting.text);
}

/* What Git owns is only remembered of scopes that were verified. */
static void
forget_unverified(struct pk_pool *pool, struct pk_pair_view *view)
{
    struct pk_row *at = pk_array(pool, struct pk_row, view->owned_before.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < view->owned_before.count; i++) {
        struct pk_prefix subnet = view->owned_before.at[i].subnet;
        if (pk_rows_find(&view->base[PK_SERVER_1], subnet) != NULL ||
            pk_rows_find(&view->base[PK_SERVER_2], subnet) != NULL) {
            at[count++] = view->owned_before.at[i];
        }
    }
    view->owned_before = (struct pk_rows){at, count};
}

/* -- Doing what is planned ----------------------------------------------------------------------
 */

/* The rows with that of @p subnet put in, or taken out when @p row is NULL. */
static struct pk_rows
with_row(struct pk_pool *pool, const struct pk_rows *rows, struct pk_prefix subnet,
         const struct pk_row *row)
{
    struct pk_row *at = pk_array(pool, struct pk_row, rows->count + 1);
    size_t count = 0, i = 0;
    for (; i < rows->count && pk_prefix_compare(rows->at[i].subnet, subnet) < 0; i++) {
        at[count++] = rows->at[i];
    }
    if (row != NULL) {
        at[count++] = *row;
    }
    i += i < rows->count && pk_prefix_compare(rows->at[i].subnet, subnet) == 0;
    for (; i < rows->count; i++) {
        at[count++] = rows->at[i];
    }
    return (struct pk_rows){at, count};
}

/* A pass records a rename before it acts, so a plan has the hashes of what is there afterwards. */
static bool
is_renamed(const struct pk_pair_view *view, const struct pk_row *row)
{
    return view->renamed_from != NULL && row != NULL && row->relationship != NULL &&
           strcmp(row->relationship, view->renamed_from) == 0;
}

static void
do_change(struct pk_pool *pool, struct pk_pair_view *view, const struct pk_row_change *change)
{
    struct pk_server_view *server = &view->servers[change->side];
    const struct pk_row *have = pk_rows_find(&server->rows, change->subnet);
    struct pk_sha256 none = {.bytes = {0}};
    assert_true(is_renamed(view, have) ||
                pk_sha256_equal(have != NULL ? &have->hash : &none, &change->before));
    server->rows = with_row(pool, &server->rows, change->subnet, change->row);
    if (change->row == NULL) {
        view->base[change->side] = with_row(pool, &view->base[change->side], change->subnet, NULL);
    }
}

static void
do_relationship(struct pk_pool *pool, struct pk_pair_view *view, const struct pk_relation *want)
{
    view->base_relation = want;
    for (int side = 0; side < PK_PAIR; side++) {
        struct pk_relations *relations = &view->servers[side].relations;
        const struct pk_relation *held = pk_view_relation(view, side);
        if (held != NULL) {
            struct pk_relation *at = pk_array(pool, struct pk_relation, relations->count);
            memcpy(at, relations->at, relations->count * sizeof *at);
            struct pk_relation *one = &at[held - relations->at];
            const char *name = one->name;
            *one = *want;
            one->name = name;
            relations->at = at;
        }
    }
}

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Parts with have = want become base; others keep theirs; a first base is whole or none. */
static void
move_base(struct pk_pool *pool, struct pk_pair_view *view, const struct pk_scope_state *scope,
          int side)
{
    const struct pk_row *have = scope->have[side], *base = scope->base[side];
    bool same = have != NULL && pk_sha256_equal(&have->hash, &scope->want.hash);
    if (same) {
        view->base[side] = with_row(pool, &view->base[side], scope->subnet, have);
    }
    if (same || have == NULL || base == NULL) {
        return;
    }
    struct pk_part *at = pk_array(pool, struct pk_part, have->parts.count + base->parts.count);
    size_t count = 0;
    struct pk_parts_walk walk = {.a = &have->parts, .b = &base->parts};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        bool in_step = equal(pair.a, pk_parts_get(&scope->want.parts, pair.field, pair.key));
        const char *value = in_step ? pair.a : pair.b;
        if (value != NULL) {
            at[count++] = (struct pk_part){pair.field, pair.key, value};
        }
    }
    struct pk_row moved = *base;
    moved.parts = pk_parts_canonical(at, count);
    moved.hash = pk_parts_hash(&moved.parts);
    view->base[side] = with_row(pool, &view->base[side], scope->subnet, &moved);
}

static void
do_plan(struct pk_pool *pool, struct pk_pair_view *view, const struct pk_relationship_plan *plan)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        if (action->block != PK_BLOCK_NONE) {
            continue;
        }
        if (action->kind == PK_OPERATION_RELATIONSHIP) {
            do_relationship(pool, view, &plan->comparison.want_relation);
        }
        for (size_t j = 0; j < action->change_count; j++) {
            do_change(pool, view, &action->changes[j]);
        }
    }
    for (size_t i = 0; i < plan->comparison.count; i++) {
        struct pk_scope_state scope = plan->comparison.at[i];
        for (int side = 0; side < PK_PAIR && scope.is_kept_equal; side++) {
            bool was_ours = scope.have[side] != NULL || scope.writes[side];
            scope.have[side] =
                was_ours ? pk_rows_find(&view->servers[side].rows, scope.subnet) : NULL;
            move_base(pool, view, &scope, side);
        }
    }
}

/* -- The properties -----------------------------------------------------------------------------
 */

/* Does an action of @p plan that is blocked touch this subnet? */
static bool
was_blocked(const struct pk_relationship_plan *plan, struct pk_prefix subnet)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        if (action->block != PK_BLOCK_NONE &&
            (pk_prefix_compare(action->scopes[0]->subnet, subnet) == 0 ||
             pk_prefix_compare(action->scopes[0]->replaces, subnet) == 0)) {
            return true;
        }
    }
    return false;
}

static bool
leaves_nothing(const struct pk_relationship_plan *first, const struct pk_relationship_plan *second)
{
    for (size_t i = 0; i < second->action_count; i++) {
        const struct pk_action *action = &second->actions[i];
        if (action->block != PK_BLOCK_NONE) {
            continue;
        }
        if (action->scope_count == 0) {
            return false;
        }
        for (size_t j = 0; j < action->scope_count; j++) {
            if (!was_blocked(first, action->scopes[j]->subnet)) {
                return false;
            }
        }
    }
    return true;
}

/* On each server no two scopes overlap and no two have one id. */
static bool
is_sound(const struct pk_pair_view *view)
{
    const struct pk_field *id = &pk_scope_fields.at[PK_SCOPE_ID];
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_rows *rows = &view->servers[side].rows;
        for (size_t i = 0; i < rows->count; i++) {
            const char *one = pk_parts_get(&rows->at[i].parts, id, "");
            for (size_t j = 0; j < i; j++) {
                const char *other = pk_parts_get(&rows->at[j].parts, id, "");
                if (pk_prefixes_overlap(rows->at[i].subnet, rows->at[j].subnet) ||
                    (one != NULL && equal(one, other))) {
                    return false;
                }
            }
        }
    }
    return true;
}

/* Without a hold by `adopt`, no row that was never verified is overwritten or deleted. */
static bool
adopts_only_when_held(const struct pk_pair_view *view, const struct pk_relationship_plan *plan)
{
    struct pk_sha256 none = {.bytes = {0}};
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        for (size_t j = 0; action->block == PK_BLOCK_NONE && j < action->change_count; j++) {
            const struct pk_row_change *change = &action->changes[j];
            bool existed = !pk_sha256_equal(&change->before, &none);
            bool verified = pk_rows_find(&view->base[change->side], change->subnet) != NULL;
            if (existed && !verified && (plan->held.tripped & 1u << PK_GUARD_ADOPT) == 0) {
                return false;
            }
        }
    }
    return true;
}

static void
doing_what_is_planned_leaves_nothing_but_what_was_blocked(void **state)
{
    (void)state;
    struct pk_plan_options options = build_options();
    uint64_t seed = first_seed;
    size_t acted = 0, blocked = 0;
    for (int i = 0; i < CASES; i++) {
        PK_SCRATCH(pool);
        uint64_t seed_before = seed;
        const char *text = cast(pool, &seed);
        struct pk_pair_view *view = build_view(pool, text);
        forget_unverified(pool, view);
        struct pk_relationship_plan first = pk_plan_relationship(pool, view, &options);
        bool careful = adopts_only_when_held(view, &first);
        struct pk_pair_view after = *view;
        do_plan(pool, &after, &first);
        struct pk_relationship_plan second = pk_plan_relationship(pool, &after, &options);
        if (!careful || !leaves_nothing(&first, &second) || !is_sound(&after)) {
            fprintf(stderr, "%s\nfirst:\n%ssecond:\n%s%s", text, describe_actions(pool, &first),
                    describe_actions(pool, &second),
                    describe_differences(pool, &second.comparison));
            fail_msg("seed %llu: careful %d, sound %d", (unsigned long long)seed_before, careful,
                     is_sound(&after));
        }
        acted += !pk_sha256_is_zero(&first.digest);
        blocked += first.action_count > 0 && pk_sha256_is_zero(&second.digest);
    }
    assert_true(acted > CASES / 2);
    assert_true(blocked > CASES / 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doing_what_is_planned_leaves_nothing_but_what_was_blocked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
