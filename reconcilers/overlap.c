/*
 * No row may be created over one that stays (design 5.4).  A server's rows are sorted, so what a
 * prefix overlaps is found by looking up the prefixes that contain it and walking those inside.
 *
 * What a plan deletes first does not stand in the way, but a row that is replaced only goes when
 * its replacement comes.  Replacements are therefore judged before everything else, and in the
 * order of subnets: what contains a replacement begins where its own heir begins, so that one is
 * judged.
 */
#include "reconcilers/compare-steps.h"

enum { PREFIX_LENGTHS = 33 };

static bool
is_created(const struct pk_scope_state *scope, int side)
{
    return !scope->is_deleted && scope->writes[side] && scope->have[side] == NULL;
}

static void
block(struct pk_scope_state *scope, const char *message)
{
    if (scope->block == PK_BLOCK_NONE) {
        scope->block = PK_BLOCK_OVERLAP;
        scope->block_message = message;
    }
}

/* -- Replacements ----------------------------------------------------------------------------- */

static bool
can_be_replaced(const struct pk_scope_state *old, const struct pk_scope_state *scope)
{
    return old->subnet.address == scope->subnet.address && old->kind == PK_SCOPE_DROPPED &&
           old->moved_to == NULL &&
           (old->have[PK_SERVER_1] != NULL || old->have[PK_SERVER_2] != NULL);
}

/* Same network address: the neighbours in the order of subnets.  PK_NOT_REPLACED = there is none.
 */
static size_t
find_old(const struct pk_comparing *comparing, size_t index)
{
    const struct pk_scope_state *at = comparing->at, *scope = &at[index];
    for (size_t i = index; i > 0 && at[i - 1].subnet.address == scope->subnet.address; i--) {
        if (can_be_replaced(&at[i - 1], scope)) {
            return i - 1;
        }
    }
    for (size_t i = index + 1;
         i < comparing->count && at[i].subnet.address == scope->subnet.address; i++) {
        if (can_be_replaced(&at[i], scope)) {
            return i;
        }
    }
    return PK_NOT_REPLACED;
}

void
pk_find_replacements(struct pk_comparing *comparing)
{
    const struct pk_wanted_relationship *relationship = comparing->view->relationship;
    comparing->replaced_by = pk_array(comparing->pool, size_t, comparing->count + 1);
    for (size_t i = 0; i < comparing->count; i++) {
        comparing->replaced_by[i] = PK_NOT_REPLACED;
    }
    for (size_t i = 0; i < comparing->count; i++) {
        struct pk_scope_state *scope = &comparing->at[i];
        bool created = is_created(scope, PK_SERVER_1) || is_created(scope, PK_SERVER_2);
        size_t old = scope->wanted != NULL && created ? find_old(comparing, i) : PK_NOT_REPLACED;
        if (old == PK_NOT_REPLACED) {
            continue;
        }
        scope->replaces = comparing->at[old].subnet;
        comparing->replaced_by[old] = i;
        if (relationship->prune != PK_PRUNE_OWNED) {
            block(scope,
                  pk_sprintf(comparing->pool,
                             "%s would replace %s, which `prune: never` of relationship %s keeps; "
                             "set `prune: owned` there or delete it on the servers",
                             pk_prefix_text(comparing->pool, scope->subnet),
                             pk_prefix_text(comparing->pool, scope->replaces), relationship->name));
        }
    }
}

/* -- Moves --------------------------------------------------------------------------------------
 */

void
pk_block_moves(struct pk_comparing *comparing)
{
    const struct pk_moves *coming = &comparing->view->coming;
    for (size_t i = 0; i < coming->count; i++) {
        const struct pk_move *move = &coming->at[i];
        struct pk_scope_state *scope = pk_comparing_find(comparing, move->subnet);
        if (scope == NULL || !move->still_there ||
            !(scope->writes[PK_SERVER_1] || scope->writes[PK_SERVER_2])) {
            continue;
        }
        const char *subnet = pk_prefix_text(comparing->pool, move->subnet);
        block(scope, move->other_prunes
                         ? pk_sprintf(comparing->pool,
                                      "%s has to be removed from relationship %s first; approve "
                                      "the held plan of %s",
                                      subnet, move->other, move->other)
                         : pk_sprintf(comparing->pool,
                                      "%s is still in relationship %s, whose `prune: never` keeps "
                                      "it; set `prune: owned` there or delete it on its servers",
                                      subnet, move->other));
    }
}

/* -- Overlaps -----------------------------------------------------------------------------------
 */

/* Will the row be gone when scopes are created?  Only scopes of this relationship ever go. */
static bool
goes_first(const struct pk_comparing *comparing, int side, const struct pk_row *row)
{
    const struct pk_scope_state *other = pk_comparing_find(comparing, row->subnet);
    if (other == NULL || !other->is_deleted || other->have[side] == NULL) {
        return false;
    }
    size_t heir = comparing->replaced_by[other - comparing->at];
    return heir == PK_NOT_REPLACED || comparing->at[heir].block == PK_BLOCK_NONE;
}

static size_t
first_inside(const struct pk_rows *rows, struct pk_prefix prefix)
{
    size_t low = 0, high = rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pk_prefix_compare(rows->at[middle].subnet, prefix) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The first row that would be overlapped and stays; NULL = there is none. */
static const struct pk_row *
find_obstacle(const struct pk_comparing *comparing, const struct pk_scope_state *scope, int side)
{
    const struct pk_rows *rows = &comparing->view->servers[side].rows;
    for (uint8_t length = 0; length < scope->subnet.length && length < PREFIX_LENGTHS; length++) {
        struct pk_prefix outer = {.address = scope->subnet.address, .length = length};
        outer.address &= pk_prefix_mask(outer);
        const struct pk_row *row = pk_rows_find(rows, outer);
        if (row != NULL && !goes_first(comparing, side, row)) {
            return row;
        }
    }
    uint32_t last = pk_prefix_range(scope->subnet).last;
    for (size_t i = first_inside(rows, scope->subnet);
         i < rows->count && rows->at[i].subnet.address <= last; i++) {
        if (!goes_first(comparing, side, &rows->at[i])) {
            return &rows->at[i];
        }
    }
    return NULL;
}

static void
block_obstacle(const struct pk_comparing *comparing, struct pk_scope_state *scope, int side)
{
    const struct pk_row *obstacle = find_obstacle(comparing, scope, side);
    if (obstacle == NULL) {
        return;
    }
    struct pk_pool *pool = comparing->pool;
    const char *whose = obstacle->relationship != NULL
                            ? pk_sprintf(pool, "of relationship %s", obstacle->relationship)
                            : "of no relationship";
    block(scope,
          pk_sprintf(pool,
                     "%s would overlap %s %s on %s; delete that one first or change the "
                     "subnet in Git",
                     pk_prefix_text(pool, scope->subnet), pk_prefix_text(pool, obstacle->subnet),
                     whose, comparing->view->servers[side].name));
}

/* Two prefixes overlap only when one contains the other, so the last one created tells. */
static void
block_overlapping_creates(const struct pk_comparing *comparing, int side)
{
    const struct pk_scope_state *outer = NULL;
    for (size_t i = 0; i < comparing->count; i++) {
        struct pk_scope_state *scope = &comparing->at[i];
        if (!is_created(scope, side) || scope->block != PK_BLOCK_NONE) {
            continue;
        }
        if (outer != NULL && pk_prefixes_overlap(outer->subnet, scope->subnet)) {
            block(scope, pk_sprintf(comparing->pool,
                                    "%s would overlap %s, which is created too; change one of them",
                                    pk_prefix_text(comparing->pool, scope->subnet),
                                    pk_prefix_text(comparing->pool, outer->subnet)));
        } else {
            outer = scope;
        }
    }
}

/* -- What must not go before its successor can come ------------------------------------------- */

/* @return whether it blocked the other one */
typedef bool judge_overlap(const struct pk_comparing *comparing, const struct pk_scope_state *scope,
                           struct pk_scope_state *other);

static bool
judge_overlaps(const struct pk_comparing *comparing, const struct pk_scope_state *scope,
               judge_overlap *judge)
{
    bool blocked = false;
    for (uint8_t length = 0; length < scope->subnet.length && length < PREFIX_LENGTHS; length++) {
        struct pk_prefix outer = {.address = scope->subnet.address, .length = length};
        outer.address &= pk_prefix_mask(outer);
        struct pk_scope_state *other = pk_comparing_find(comparing, outer);
        blocked = (other != NULL && judge(comparing, scope, other)) || blocked;
    }
    uint32_t last = pk_prefix_range(scope->subnet).last;
    for (size_t i = (size_t)(scope - comparing->at) + 1;
         i < comparing->count && comparing->at[i].subnet.address <= last; i++) {
        blocked = judge(comparing, scope, &comparing->at[i]) || blocked;
    }
    return blocked;
}

static bool
keep_for_blocked(const struct pk_comparing *comparing, const struct pk_scope_state *scope,
                 struct pk_scope_state *other)
{
    bool goes_alone = comparing->replaced_by[other - comparing->at] == PK_NOT_REPLACED;
    if (!other->is_deleted || other->block != PK_BLOCK_NONE || !goes_alone) {
        return false;
    }
    block(other, pk_sprintf(comparing->pool,
                            "%s is kept until %s, which takes its addresses, can be created",
                            pk_prefix_text(comparing->pool, other->subnet),
                            pk_prefix_text(comparing->pool, scope->subnet)));
    return true;
}

static bool
wait_for_kept(const struct pk_comparing *comparing, const struct pk_scope_state *scope,
              struct pk_scope_state *other)
{
    bool created = is_created(other, PK_SERVER_1) || is_created(other, PK_SERVER_2);
    if (!created || other->block != PK_BLOCK_NONE) {
        return false;
    }
    block(other, pk_sprintf(comparing->pool, "%s would overlap %s, which is kept for now",
                            pk_prefix_text(comparing->pool, other->subnet),
                            pk_prefix_text(comparing->pool, scope->subnet)));
    return true;
}

/* A scope that is blocked takes nobody's place, so nobody leaves for it; and so on in turn. */
static void
keep_what_would_be_missing(struct pk_comparing *comparing)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < comparing->count; i++) {
            const struct pk_scope_state *scope = &comparing->at[i];
            if (scope->block != PK_BLOCK_NONE) {
                changed = judge_overlaps(comparing, scope,
                                         scope->is_deleted ? wait_for_kept : keep_for_blocked) ||
                          changed;
            }
        }
    }
}

void
pk_block_overlaps(struct pk_comparing *comparing)
{
    for (int replacing = 1; replacing >= 0; replacing--) {
        for (size_t i = 0; i < comparing->count; i++) {
            struct pk_scope_state *scope = &comparing->at[i];
            bool replaces = pk_prefix_compare(scope->replaces, scope->subnet) != 0;
            for (int side = 0; side < PK_PAIR && replaces == (replacing == 1); side++) {
                if (is_created(scope, side)) {
                    block_obstacle(comparing, scope, side);
                }
            }
        }
    }
    for (int side = 0; side < PK_PAIR; side++) {
        block_overlapping_creates(comparing, side);
    }
    keep_what_would_be_missing(comparing);
}
