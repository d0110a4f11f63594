/*
 * Questions every step asks about a view: whose a row is, which relationship a server means.  A
 * renamed relationship answers to both names, so that nothing else has to know about renames.
 */
#include "reconcilers/view.h"

#include <stdlib.h>
#include <string.h>

static bool
is_our_name(const struct pk_pair_view *view, const char *name)
{
    return strcmp(name, view->relationship->name) == 0 ||
           (view->renamed_from != NULL && strcmp(name, view->renamed_from) == 0);
}

bool
pk_view_has(const struct pk_pair_view *view, int side, const struct pk_row *row)
{
    return row->relationship == NULL ? view->adopts_unlinked[side]
                                     : is_our_name(view, row->relationship);
}

static bool
is_named(const char *name, const char *other)
{
    return name != NULL && strcmp(name, other) == 0;
}

bool
pk_view_is_our_pair(const struct pk_pair_view *view, const char *const servers[PK_PAIR])
{
    const char *const *ours = view->relationship->servers;
    return (is_named(servers[0], ours[0]) && is_named(servers[1], ours[1])) ||
           (is_named(servers[0], ours[1]) && is_named(servers[1], ours[0]));
}

const struct pk_relation *
pk_view_relation(const struct pk_pair_view *view, int side)
{
    const struct pk_relations *relations = &view->servers[side].relations;
    const struct pk_relation *found = pk_relations_find(relations, view->relationship->name);
    return found == NULL && view->renamed_from != NULL
               ? pk_relations_find(relations, view->renamed_from)
               : found;
}

static bool
is_our_base(const struct pk_pair_view *view, const struct pk_row *base)
{
    return base->relationship != NULL && is_our_name(view, base->relationship);
}

size_t
pk_view_base_count(const struct pk_pair_view *view)
{
    const struct pk_rows *first = &view->base[PK_SERVER_1], *second = &view->base[PK_SERVER_2];
    size_t count = view->unseen;
    for (size_t i = 0; i < first->count; i++) {
        count += is_our_base(view, &first->at[i]);
    }
    for (size_t i = 0; i < second->count; i++) {
        const struct pk_row *other = pk_rows_find(first, second->at[i].subnet);
        bool counted = other != NULL && is_our_base(view, other);
        count += is_our_base(view, &second->at[i]) && !counted;
    }
    return count;
}

static int
compare_move(const void *subnet, const void *move)
{
    return pk_prefix_compare(*(const struct pk_prefix *)subnet,
                             ((const struct pk_move *)move)->subnet);
}

const struct pk_move *
pk_moves_find(const struct pk_moves *moves, struct pk_prefix subnet)
{
    return moves->count == 0
               ? NULL
               : bsearch(&subnet, moves->at, moves->count, sizeof moves->at[0], compare_move);
}

bool
pk_view_is_half_written(const struct pk_pair_view *view, int side, struct pk_prefix subnet)
{
    return pk_prefixes_contain(&view->half_written[side], subnet);
}
