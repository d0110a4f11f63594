/*
 * Whoever mistypes a subnet mostly has the wrong length or the neighbour in mind, so nearness is
 * the number of addresses between two subnets, and nothing for subnets that overlap.
 */
#include "agent/nearest-scopes.h"

#include <string.h>

enum { NEAREST = 3 };

struct nearby {
    struct pk_prefix subnet;
    const char *relationship;
    uint32_t distance;
};

struct search {
    struct pk_prefix wanted;
    struct nearby at[NEAREST]; /* nearest first */
    size_t count;
};

static uint32_t
distance(struct pk_prefix a, struct pk_prefix b)
{
    struct pk_range first = pk_prefix_range(a), second = pk_prefix_range(b);
    if (pk_prefixes_overlap(a, b)) {
        return 0;
    }
    return first.last < second.first ? second.first - first.last : first.first - second.last;
}

static bool
has(const struct search *search, const struct nearby *one)
{
    for (size_t i = 0; i < search->count; i++) {
        if (pk_prefix_compare(search->at[i].subnet, one->subnet) == 0 &&
            strcmp(search->at[i].relationship, one->relationship) == 0) {
            return true;
        }
    }
    return false;
}

static void
offer(struct search *search, struct pk_prefix subnet, const char *relationship)
{
    struct nearby one = {subnet, relationship, distance(search->wanted, subnet)};
    size_t place = search->count;
    while (place > 0 && search->at[place - 1].distance > one.distance) {
        place--;
    }
    if (place == NEAREST || has(search, &one)) {
        return;
    }
    size_t kept = search->count < NEAREST ? search->count++ : NEAREST - 1;
    memmove(&search->at[place + 1], &search->at[place], (kept - place) * sizeof search->at[0]);
    search->at[place] = one;
}

static void
offer_all(struct search *search, const struct pk_pair_view *view)
{
    const char *name = view->relationship->name;
    for (size_t i = 0; i < view->scopes.count; i++) {
        offer(search, view->scopes.at[i].subnet, name);
    }
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_rows *rows = &view->servers[side].rows;
        for (size_t i = 0; i < rows->count; i++) {
            if (pk_view_has(view, side, &rows->at[i])) {
                offer(search, rows->at[i].subnet, name);
            }
        }
    }
}

enum pk_code
pk_nearest_scopes_fail(const struct pk_views *views, struct pk_prefix subnet, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct search search = {.wanted = subnet};
    for (size_t i = 0; i < views->count; i++) {
        offer_all(&search, &views->at[i]);
    }
    const char *names = "";
    for (size_t i = 0; i < search.count; i++) {
        names = pk_sprintf(pool, "%s%s%s (%s)", names, i > 0 ? ", " : "",
                           pk_prefix_text(pool, search.at[i].subnet), search.at[i].relationship);
    }
    return pk_error_set(err, PK_ENOENT, pk_prefix_text(pool, subnet),
                        "neither Git nor a server of a relationship has this scope%s%s",
                        search.count > 0 ? "; the nearest are " : "; there is none at all yet",
                        names);
}
