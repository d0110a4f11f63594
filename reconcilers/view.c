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

/* A base with the row of @p subnet put in, or taken out when @p row is NULL. */
static struct pk_rows
with_base(struct pk_pool *pool, const struct pk_rows *base, struct pk_prefix subnet,
          const struct pk_row *row)
{
    struct pk_row *at = pk_array(pool, struct pk_row, base->count + 1);
    size_t count = 0, i = 0;
    for (; i < base->count && pk_prefix_compare(base->at[i].subnet, subnet) < 0; i++) {
        at[count++] = base->at[i];
    }
    if (row != NULL) {
        at[count++] = *row;
    }
    i += i < base->count && pk_prefix_compare(base->at[i].subnet, subnet) == 0;
    for (; i < base->count; i++) {
        at[count++] = base->at[i];
    }
    return (struct pk_rows){.at = at, .count = count};
}

static int
compare_wanted(const void *subnet, const void *scope)
{
    return pk_prefix_compare(*(const struct pk_prefix *)subnet,
                             ((const struct pk_wanted_scope *)scope)->subnet);
}

static const struct pk_wanted_scope *
wanted_of(const struct pk_pair_view *view, struct pk_prefix subnet)
{
    return view->scopes.count == 0 ? NULL
                                   : bsearch(&subnet, view->scopes.at, view->scopes.count,
                                             sizeof view->scopes.at[0], compare_wanted);
}

/* Can the part have been written for a scope that is to be as @p model says?  What may be inherited
   is not asked: from where depends on how far the making has come. */
static bool
is_from(const struct pk_parts *model, const struct pk_part *part)
{
    static const enum pk_scope_field content[] = {PK_SCOPE_NAME, PK_SCOPE_DESCRIPTION,
                                                  PK_SCOPE_RANGES, PK_SCOPE_OPTIONS,
                                                  PK_SCOPE_RESERVATIONS};
    const char *meant = pk_parts_get(model, part->field, part->key);
    size_t field = pk_field_index(&pk_scope_fields, part->field);
    bool must_be_meant = field == PK_SCOPE_ID && meant != NULL;
    for (size_t i = 0; i < sizeof content / sizeof content[0]; i++) {
        must_be_meant = must_be_meant || field == content[i];
    }
    return !must_be_meant || (meant != NULL && strcmp(meant, part->value) == 0);
}

/*
 * Where a scope is made by several commands, one that was cut off in between holds a part of what
 * was meant: nothing else, or it is somebody else's.
 */
static bool
is_half_made(const struct pk_pair_view *view, int side, const struct pk_row *row)
{
    const struct pk_row *other =
        pk_rows_find(&view->servers[pk_other_side(side)].rows, row->subnet);
    const struct pk_wanted_scope *wanted = wanted_of(view, row->subnet);
    const struct pk_parts *model = wanted != NULL ? &wanted->parts : NULL;
    model = other != NULL ? &other->parts : model;
    bool ours = model != NULL && pk_rows_find(&view->base[side], row->subnet) == NULL;
    for (size_t i = 0; ours && i < row->parts.count; i++) {
        ours = is_from(model, &row->parts.at[i]);
    }
    return ours;
}

static void
credit(struct pk_pool *pool, struct pk_pair_view *view, int side, struct pk_prefix subnet,
       const struct pk_intent *intent)
{
    const struct pk_row *row = pk_rows_find(&view->servers[side].rows, subnet);
    const struct pk_sha256 *wanted = &intent->wanted;
    bool is_as_meant =
        row == NULL ? pk_sha256_is_zero(wanted)
                    : pk_sha256_equal(&row->hash, wanted) ||
                          (pk_sha256_is_zero(&intent->before) && is_half_made(view, side, row));
    if (is_as_meant) {
        view->base[side] = with_base(pool, &view->base[side], subnet, row);
    }
}

void
pk_view_credit_intents(struct pk_pool *pool, struct pk_pair_view *view,
                       const struct pk_operation *unfinished, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < unfinished[i].sub_task_count; j++) {
            const struct pk_sub_task *task = &unfinished[i].sub_tasks[j];
            for (int row = 0; row < PK_PAIR; row++) {
                const struct pk_intent *intent = &task->rows[row];
                for (int side = 0; side < PK_PAIR; side++) {
                    const struct pk_server_view *server = &view->servers[side];
                    if (server->known && is_named(intent->server, server->name)) {
                        credit(pool, view, side, task->subnet, intent);
                    }
                }
            }
        }
    }
}
