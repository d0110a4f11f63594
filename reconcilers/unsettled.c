/*
 * Operations that a killed agent or a broken connection cut off.  Where a scope is written by
 * several commands, one that was cut off in between holds something from before and something of
 * what was meant.  It is ours, whoever edits what; and what it lacks is no edit that anybody made.
 */
#include "reconcilers/view.h"

#include <stdlib.h>
#include <string.h>

enum { MODELS = 3 }; /* base, Git, the other server */

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

/* Does any of the models say this of the part?  One that has no id takes any. */
static bool
is_said(const struct pk_parts *const models[MODELS], const struct pk_part *part)
{
    bool any_id = false;
    for (size_t i = 0; i < MODELS; i++) {
        const char *value =
            models[i] != NULL ? pk_parts_get(models[i], part->field, part->key) : NULL;
        if (value != NULL && strcmp(value, part->value) == 0) {
            return true;
        }
        any_id = any_id || value != NULL;
    }
    return part->field == &pk_scope_fields.at[PK_SCOPE_ID] && !any_id;
}

/* What may be inherited is not asked: from where depends on how far the writing has come. */
static bool
is_content(const struct pk_part *part)
{
    static const enum pk_scope_field content[] = {PK_SCOPE_ID,          PK_SCOPE_NAME,
                                                  PK_SCOPE_DESCRIPTION, PK_SCOPE_RANGES,
                                                  PK_SCOPE_OPTIONS,     PK_SCOPE_RESERVATIONS};
    for (size_t i = 0; i < sizeof content / sizeof content[0]; i++) {
        if (part->field == &pk_scope_fields.at[content[i]]) {
            return true;
        }
    }
    return false;
}

/* Holds it nothing but what was there and what was meant?  Else it is somebody else's. */
static bool
is_between(const struct pk_pair_view *view, int side, const struct pk_row *row)
{
    const struct pk_row *other =
        pk_rows_find(&view->servers[pk_other_side(side)].rows, row->subnet);
    const struct pk_row *base = pk_rows_find(&view->base[side], row->subnet);
    const struct pk_wanted_scope *wanted = wanted_of(view, row->subnet);
    const struct pk_parts *const models[MODELS] = {
        base != NULL ? &base->parts : NULL,
        wanted != NULL ? &wanted->parts : NULL,
        other != NULL ? &other->parts : NULL,
    };
    for (size_t i = 0; i < row->parts.count; i++) {
        if (is_content(&row->parts.at[i]) && !is_said(models, &row->parts.at[i])) {
            return false;
        }
    }
    return true;
}

static bool
is_half_written(const struct pk_pair_view *view, int side, struct pk_prefix subnet,
                const struct pk_intent *intent)
{
    const struct pk_row *row = pk_rows_find(&view->servers[side].rows, subnet);
    const struct pk_row *base = pk_rows_find(&view->base[side], subnet);
    bool had = !pk_sha256_is_zero(&intent->before);
    if (pk_sha256_is_zero(&intent->wanted) || had != (base != NULL)) {
        return false;
    }
    if (row == NULL) {
        return had; /* gone, to be made anew */
    }
    bool is_as_before = pk_sha256_equal(&row->hash, &intent->before) ||
                        (had && pk_sha256_equal(&row->hash, &base->hash));
    return !is_as_before && is_between(view, side, row);
}

static void
credit(struct pk_pool *pool, struct pk_pair_view *view, int side, struct pk_prefix subnet,
       const struct pk_intent *intent)
{
    const struct pk_row *row = pk_rows_find(&view->servers[side].rows, subnet);
    bool is_as_meant = row == NULL ? pk_sha256_is_zero(&intent->wanted)
                                   : pk_sha256_equal(&row->hash, &intent->wanted);
    bool is_half = !is_as_meant && is_half_written(view, side, subnet, intent);
    *pk_push(pool, &view->in_doubt[side]) = subnet;
    if (is_half) {
        *pk_push(pool, &view->half_written[side]) = subnet;
    }
    if (is_as_meant || (is_half && pk_sha256_is_zero(&intent->before))) {
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
                    if (server->known && intent->server != NULL &&
                        strcmp(intent->server, server->name) == 0) {
                        credit(pool, view, side, task->subnet, intent);
                    }
                }
            }
        }
    }
    for (int side = 0; side < PK_PAIR; side++) {
        pk_prefixes_sort(&view->half_written[side]);
        pk_prefixes_sort(&view->in_doubt[side]);
    }
}

void
pk_view_settle_intents(const struct pk_pair_view *view, struct pk_txn *txn, struct pk_prefix subnet)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (pk_prefixes_contain(&view->in_doubt[side], subnet)) {
            pk_intent_settle(txn, view->servers[side].name, subnet);
        }
    }
}
