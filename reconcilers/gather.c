/*
 * Git's scopes and both servers' rows are sorted by subnet, so one walk in step finds every scope
 * once, with what each of the three says of it.
 */
#include "reconcilers/compare-steps.h"

#include <string.h>

struct walk {
    const struct pk_pair_view *view;
    size_t wanted, rows[PK_PAIR];
};

/* The smallest subnet that any of the three lists has next; false at the end. */
static bool
next_subnet(const struct walk *walk, struct pk_prefix *subnet)
{
    const struct pk_pair_view *view = walk->view;
    bool any = walk->wanted < view->scopes.count;
    if (any) {
        *subnet = view->scopes.at[walk->wanted].subnet;
    }
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_rows *rows = &view->servers[side].rows;
        if (walk->rows[side] < rows->count) {
            struct pk_prefix candidate = rows->at[walk->rows[side]].subnet;
            *subnet = any && pk_prefix_compare(*subnet, candidate) <= 0 ? *subnet : candidate;
            any = true;
        }
    }
    return any;
}

/* The row of @p subnet when it is the next of its list; the walk goes past it. */
static const struct pk_row *
take_row(struct walk *walk, int side, struct pk_prefix subnet)
{
    const struct pk_rows *rows = &walk->view->servers[side].rows;
    size_t at = walk->rows[side];
    if (at >= rows->count || pk_prefix_compare(rows->at[at].subnet, subnet) != 0) {
        return NULL;
    }
    walk->rows[side]++;
    return &rows->at[at];
}

static const struct pk_wanted_scope *
take_wanted(struct walk *walk, struct pk_prefix subnet)
{
    const struct pk_wanted_scopes *scopes = &walk->view->scopes;
    if (walk->wanted >= scopes->count ||
        pk_prefix_compare(scopes->at[walk->wanted].subnet, subnet) != 0) {
        return NULL;
    }
    return &scopes->at[walk->wanted++];
}

/* A row that a relationship with other servers holds is not ours to overwrite: it overlaps. */
static bool
is_others(const struct pk_pair_view *view, int side, const struct pk_row *row)
{
    if (row->relationship == NULL || pk_view_has(view, side, row)) {
        return false;
    }
    const struct pk_relation *relation =
        pk_relations_find(&view->servers[side].relations, row->relationship);
    return relation == NULL || !pk_view_is_our_pair(view, relation->servers);
}

static enum pk_scope_kind
kind_of(const struct pk_pair_view *view, const struct pk_scope_state *scope)
{
    if (scope->wanted != NULL) {
        return PK_SCOPE_WANTED;
    }
    bool verified = scope->base[PK_SERVER_1] != NULL || scope->base[PK_SERVER_2] != NULL;
    bool named = pk_rows_find(&view->owned_before, scope->subnet) != NULL;
    return scope->moved_to != NULL || (verified && named) ? PK_SCOPE_DROPPED : PK_SCOPE_FOREIGN;
}

/*
 * A row under the relationship's old name, as it is once the new name is on record: a rename alone
 * is no difference, and what is planned beside one is the same before and after.
 */
static const struct pk_row *
under_new_name(const struct pk_comparing *comparing, const struct pk_row *row)
{
    const char *old_name = comparing->view->renamed_from;
    if (row == NULL || old_name == NULL || row->relationship == NULL ||
        strcmp(row->relationship, old_name) != 0) {
        return row;
    }
    const struct pk_field *link = &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP];
    struct pk_part *parts = pk_array(comparing->pool, struct pk_part, row->parts.count);
    struct pk_row *renamed = pk_new(comparing->pool, struct pk_row);
    for (size_t i = 0; i < row->parts.count; i++) {
        parts[i] = row->parts.at[i];
        parts[i].value = parts[i].field == link ? comparing->name_value : parts[i].value;
    }
    *renamed = *row;
    renamed->relationship = comparing->view->relationship->name;
    renamed->parts.at = parts;
    renamed->hash = pk_parts_hash(&renamed->parts);
    return renamed;
}

static void
fill_scope(const struct pk_comparing *comparing, struct pk_scope_state *scope)
{
    const struct pk_pair_view *view = comparing->view;
    const struct pk_wanted_relationship *relationship = view->relationship;
    const struct pk_move *move = pk_moves_find(&view->leaving, scope->subnet);
    scope->moved_to = scope->wanted == NULL && move != NULL ? move->other : NULL;
    scope->replaces = scope->subnet;
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_row *base = pk_rows_find(&view->base[side], scope->subnet);
        scope->base[side] = under_new_name(comparing, base);
        scope->half[side] = pk_view_is_half_written(view, side, scope->subnet);
        scope->have[side] = under_new_name(comparing, scope->have[side]);
    }
    scope->kind = kind_of(view, scope);
    scope->is_deleted = scope->kind == PK_SCOPE_DROPPED && relationship->prune == PK_PRUNE_OWNED;
    scope->is_kept_equal =
        scope->kind == PK_SCOPE_WANTED || (relationship->foreign == PK_FOREIGN_REPLICATE &&
                                           !scope->is_deleted && scope->moved_to == NULL);
}

static const char *
name_value(struct pk_pool *pool, const char *name)
{
    return name != NULL ? pk_sprintf(pool, "\"%s\"", name) : NULL;
}

struct pk_comparing
pk_comparing_begin(struct pk_pool *pool, const struct pk_pair_view *view)
{
    struct pk_comparing comparing = {
        .pool = pool,
        .view = view,
        .source = view->relationship->source,
        .partner = pk_other_side(view->relationship->source),
        .name_value = name_value(pool, view->relationship->name),
    };
    PK_VECTOR(struct pk_scope_state) scopes = {0};
    struct walk walk = {.view = view};
    struct pk_prefix subnet;
    while (next_subnet(&walk, &subnet)) {
        struct pk_scope_state scope = {.subnet = subnet, .wanted = take_wanted(&walk, subnet)};
        bool ours = scope.wanted != NULL;
        for (int side = 0; side < PK_PAIR; side++) {
            const struct pk_row *row = take_row(&walk, side, subnet);
            ours = ours || (row != NULL && pk_view_has(view, side, row) &&
                            pk_moves_find(&view->relinked, subnet) == NULL);
            scope.have[side] = row != NULL && is_others(view, side, row) ? NULL : row;
        }
        if (ours) {
            fill_scope(&comparing, &scope);
            *pk_push(pool, &scopes) = scope;
        }
    }
    comparing.at = scopes.at;
    comparing.count = scopes.count;
    return comparing;
}

struct pk_scope_state *
pk_comparing_find(const struct pk_comparing *comparing, struct pk_prefix subnet)
{
    const struct pk_comparison scopes = {.at = comparing->at, .count = comparing->count};
    const struct pk_scope_state *found = pk_comparison_find(&scopes, subnet);
    return found != NULL ? &comparing->at[found - comparing->at] : NULL;
}
