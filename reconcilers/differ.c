/*
 * Equal hashes end it for a side; fields are only looked at where they differ.  A missing row is a
 * row of absent fields, so that nothing here treats creating as something else.
 */
#include "reconcilers/compare-steps.h"

#include <string.h>

static const struct pk_parts no_parts = {0};

static const struct pk_parts *
parts_of(const struct pk_row *row)
{
    return row != NULL ? &row->parts : &no_parts;
}

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The value of a part in a row, NULL when the part or the row is not there. */
static const char *
value_in(const struct pk_row *row, const struct pk_field *field, const char *key)
{
    return pk_parts_get(parts_of(row), field, key);
}

static enum pk_cause
cause_of(const struct pk_comparing *comparing, const struct pk_scope_state *scope, int side,
         const struct pk_part_pair *pair)
{
    return pk_cause_of(&(struct pk_cause_facts){
        .any_row = scope->have[PK_SERVER_1] != NULL || scope->have[PK_SERVER_2] != NULL,
        .is_source = side == comparing->source,
        .git_owns = scope->wanted != NULL && pk_wanted_owns(scope->wanted, pair->field, pair->key),
        .has_base = scope->base[side] != NULL,
        .have = pair->a,
        .base = scope->half[side] ? pair->a : value_in(scope->base[side], pair->field, pair->key),
        .want = pair->b,
    });
}

struct differences {
    PK_VECTOR(struct pk_difference) list;
};

static void
add_side(const struct pk_comparing *comparing, const struct pk_scope_state *scope, int side,
         struct differences *out)
{
    const struct pk_row *have = scope->have[side];
    if (have != NULL && pk_sha256_equal(&have->hash, &scope->want.hash)) {
        return;
    }
    struct pk_parts_walk walk = {.a = parts_of(have), .b = &scope->want.parts};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        if (!equal(pair.a, pair.b)) {
            *pk_push(comparing->pool, &out->list) = (struct pk_difference){
                .side = side,
                .field = pair.field,
                .key = pair.key,
                .have = pair.a,
                .want = pair.b,
                .cause = cause_of(comparing, scope, side, &pair),
            };
        }
    }
}

/* A refilled partner lacks the row: it has no content that could compete. */
static bool
has_nothing_to_say(const struct pk_comparing *comparing, const struct pk_scope_state *scope,
                   int side)
{
    return scope->have[side] == NULL && side == comparing->partner && comparing->refill;
}

/* Has this part been edited on the other side too, to something else? */
static bool
is_edited_on_both(const struct pk_scope_state *scope, const struct pk_difference *difference)
{
    int side = difference->side, other = pk_other_side(side);
    if (scope->base[side] == NULL || scope->base[other] == NULL || scope->half[side] ||
        scope->half[other]) {
        return false;
    }
    const struct pk_field *field = difference->field;
    const char *key = difference->key;
    const char *held = value_in(scope->have[other], field, key);
    return !equal(difference->have, value_in(scope->base[side], field, key)) &&
           !equal(held, value_in(scope->base[other], field, key)) && !equal(held, difference->have);
}

static bool
is_conflict(const struct pk_comparing *comparing, const struct pk_scope_state *scope)
{
    bool silent[PK_PAIR];
    for (int side = 0; side < PK_PAIR; side++) {
        silent[side] = has_nothing_to_say(comparing, scope, side);
    }
    for (size_t i = 0; i < scope->difference_count; i++) {
        const struct pk_difference *difference = &scope->differences[i];
        if (!silent[difference->side] &&
            (difference->cause == PK_CAUSE_BOTH ||
             (!silent[pk_other_side(difference->side)] && is_edited_on_both(scope, difference)))) {
            return true;
        }
    }
    return false;
}

/* What a side holds, with only those differences taken over that Git made. */
static struct pk_row
with_gits_changes(const struct pk_comparing *comparing, const struct pk_scope_state *scope,
                  int side)
{
    struct pk_part *parts = pk_array(comparing->pool, struct pk_part,
                                     scope->have[side]->parts.count + scope->want.parts.count);
    size_t count = 0;
    struct pk_parts_walk walk = {.a = &scope->have[side]->parts, .b = &scope->want.parts};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        bool gits =
            !equal(pair.a, pair.b) && cause_of(comparing, scope, side, &pair) == PK_CAUSE_GIT;
        const char *value = gits ? pair.b : pair.a;
        if (value != NULL) {
            parts[count++] = (struct pk_part){pair.field, pair.key, value};
        }
    }
    return pk_want_row(comparing, scope->subnet, parts, count);
}

/* Under heal: commits a row that somebody deleted stays deleted: it is whole or it is not. */
static void
decide_write(const struct pk_comparing *comparing, struct pk_scope_state *scope, int side)
{
    size_t differing = 0, gits = 0;
    for (size_t i = 0; i < scope->difference_count; i++) {
        if (scope->differences[i].side == side) {
            differing++;
            gits += scope->differences[i].cause == PK_CAUSE_GIT;
        }
    }
    bool whole = gits == differing || comparing->view->relationship->heal != PK_HEAL_COMMITS;
    bool in_part = !whole && gits > 0 && scope->have[side] != NULL;
    scope->writes[side] = differing > 0 && (whole || in_part);
    scope->left_alone = scope->left_alone || !whole;
    scope->write[side] = in_part ? with_gits_changes(comparing, scope, side) : scope->want;
}

static void
judge_adoption(struct pk_scope_state *scope)
{
    for (int side = 0; side < PK_PAIR; side++) {
        scope->adopts = scope->adopts || (scope->writes[side] && scope->have[side] != NULL &&
                                          scope->base[side] == NULL);
    }
}

void
pk_differ_side(struct pk_comparing *comparing, struct pk_scope_state *scope, int side)
{
    struct differences found = {0};
    add_side(comparing, scope, side, &found);
    scope->differences = found.list.at;
    scope->difference_count = found.list.count;
    scope->writes[side] = found.list.count > 0;
    scope->write[side] = scope->want;
    judge_adoption(scope);
}

void
pk_differ_scope(struct pk_comparing *comparing, struct pk_scope_state *scope)
{
    if (scope->is_kept_equal) {
        struct differences found = {0};
        for (int side = 0; side < PK_PAIR; side++) {
            add_side(comparing, scope, side, &found);
        }
        scope->differences = found.list.at;
        scope->difference_count = found.list.count;
        for (int side = 0; side < PK_PAIR; side++) {
            decide_write(comparing, scope, side);
        }
        scope->conflict = is_conflict(comparing, scope);
    }
    for (int side = 0; side < PK_PAIR && scope->is_deleted; side++) {
        scope->writes[side] = scope->have[side] != NULL;
    }
    judge_adoption(scope);
}
