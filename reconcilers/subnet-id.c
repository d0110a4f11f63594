/*
 * Subnet ids (design 5.6): the same on both servers, never another prefix's.  Who uses which id,
 * or did when it was verified last, is gathered when the first scope asks, because a relationship
 * in step never does.
 */
#include "reconcilers/compare-steps.h"

#include <stdlib.h>

#include "base/number.h"

enum { ID_MIN = 1, BOTH_SIDES = 1u << PK_SERVER_1 | 1u << PK_SERVER_2 };
static const uint32_t id_max = UINT32_MAX - 1;

struct gathering {
    struct pk_pool *pool;
    PK_VECTOR(struct pk_used_id) list;
};

static uint32_t
id_of(const struct pk_parts *parts)
{
    const char *value = pk_parts_get(parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
    int64_t id = 0;
    return value != NULL && pk_parse_number(value, ID_MIN, id_max, &id) ? (uint32_t)id : 0;
}

static void
note(struct gathering *used, uint32_t id, struct pk_prefix subnet, unsigned sides)
{
    if (id != 0) {
        *pk_push(used->pool, &used->list) = (struct pk_used_id){id, subnet, sides};
    }
}

static int
compare_ids(const void *a, const void *b)
{
    uint32_t first = ((const struct pk_used_id *)a)->id,
             second = ((const struct pk_used_id *)b)->id;
    return first < second ? -1 : first > second;
}

static void
build(struct pk_comparing *comparing)
{
    const struct pk_pair_view *view = comparing->view;
    struct gathering used = {.pool = comparing->pool};
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_server_view *server = &view->servers[side];
        for (size_t i = 0; i < server->rows.count; i++) {
            const struct pk_row *row = &server->rows.at[i];
            note(&used, id_of(&row->parts), row->subnet, 1u << side);
        }
        for (size_t i = 0; i < view->base[side].count; i++) {
            const struct pk_row *base = &view->base[side].at[i];
            note(&used, id_of(&base->parts), base->subnet, 1u << side);
        }
        for (size_t i = 0; i < server->retired_ids.count; i++) {
            const struct pk_retired_id *retired = &server->retired_ids.at[i];
            note(&used, retired->id, retired->subnet, 1u << side);
        }
    }
    for (size_t i = 0; i < view->scopes.count; i++) {
        const struct pk_wanted_scope *wanted = &view->scopes.at[i];
        note(&used, id_of(&wanted->parts), wanted->subnet, BOTH_SIDES);
    }
    note(&used, UINT32_MAX, (struct pk_prefix){0}, 0); /* so that the list is never empty */
    qsort(used.list.at, used.list.count, sizeof used.list.at[0], compare_ids);
    comparing->ids =
        (struct pk_used_ids){.at = used.list.at, .count = used.list.count, .next_free = ID_MIN};
}

static size_t
first_at_least(const struct pk_used_ids *ids, uint32_t id)
{
    size_t low = 0, high = ids->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ids->at[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Another prefix that has the id on one of @p sides, or NULL. */
static const struct pk_used_id *
other_user(struct pk_comparing *comparing, uint32_t id, struct pk_prefix subnet, unsigned sides)
{
    if (comparing->ids.at == NULL) {
        build(comparing);
    }
    const struct pk_used_ids *ids = &comparing->ids;
    for (size_t i = first_at_least(ids, id); i < ids->count && ids->at[i].id == id; i++) {
        if ((ids->at[i].sides & sides) != 0 && pk_prefix_compare(ids->at[i].subnet, subnet) != 0) {
            return &ids->at[i];
        }
    }
    return NULL;
}

/* Each call gives another one, so that two scopes of a plan are not told the same. */
static uint32_t
next_free(struct pk_used_ids *ids)
{
    size_t at = first_at_least(ids, ids->next_free);
    for (; at < ids->count && ids->at[at].id <= ids->next_free; at++) {
        ids->next_free = ids->at[at].id == ids->next_free ? ids->next_free + 1 : ids->next_free;
    }
    return ids->next_free++;
}

static void
block(struct pk_comparing *comparing, struct pk_scope_state *scope, const char *why)
{
    if (scope->block == PK_BLOCK_NONE) {
        scope->block = PK_BLOCK_NO_ID;
        scope->block_message =
            pk_sprintf(comparing->pool, "%s; write `id: %u`, which is free, into the scope %s", why,
                       next_free(&comparing->ids), pk_prefix_text(comparing->pool, scope->subnet));
    }
}

static const char *
taken_by(struct pk_comparing *comparing, uint32_t id, const struct pk_used_id *user)
{
    return pk_sprintf(comparing->pool, "subnet id %u belongs to %s", id,
                      pk_prefix_text(comparing->pool, user->subnet));
}

const char *
pk_choose_subnet_id(struct pk_comparing *comparing, struct pk_scope_state *scope)
{
    uint32_t id = scope->subnet.address;
    const struct pk_used_id *user = other_user(comparing, id, scope->subnet, BOTH_SIDES);
    if (id >= ID_MIN && id <= id_max && user == NULL) {
        return pk_sprintf(comparing->pool, "%u", id);
    }
    block(comparing, scope,
          user != NULL
              ? taken_by(comparing, id, user)
              : pk_sprintf(comparing->pool, "the network address is no subnet id: %u", id));
    return NULL;
}

void
pk_check_subnet_id(struct pk_comparing *comparing, struct pk_scope_state *scope)
{
    uint32_t id = id_of(&scope->want.parts);
    unsigned sides = 0;
    for (int side = 0; side < PK_PAIR; side++) {
        bool has_it = scope->have[side] != NULL && id_of(&scope->have[side]->parts) == id;
        sides |= scope->writes[side] && !has_it ? 1u << side : 0;
    }
    const struct pk_used_id *user =
        id != 0 && sides != 0 ? other_user(comparing, id, scope->subnet, sides) : NULL;
    if (user != NULL) {
        block(comparing, scope, taken_by(comparing, id, user));
    }
}
