/*
 * A lost server is told by what was verified on it: it lacks most of that, or most of that was
 * edited by hand.  Only scopes that are still to be kept count; a dropped one that somebody
 * cleared away says nothing about the server.
 */
#include "reconcilers/compare-steps.h"

#include <string.h>

enum { LEAST_LOST = 3 };

struct evidence {
    size_t verified; /* scopes with a base on this server */
    size_t missing;
    size_t edited;
};

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A part differs from its base and does not hold Git's value. */
static bool
is_edited(const struct pk_scope_state *scope, int side)
{
    const struct pk_row *have = scope->have[side], *base = scope->base[side];
    if (pk_sha256_equal(&have->hash, &base->hash)) {
        return false;
    }
    struct pk_parts_walk walk = {.a = &have->parts, .b = &base->parts};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        const struct pk_wanted_scope *wanted = scope->wanted;
        bool holds_gits = wanted != NULL && pk_wanted_owns(wanted, pair.field, pair.key) &&
                          equal(pair.a, pk_parts_get(&wanted->parts, pair.field, pair.key));
        if (!equal(pair.a, pair.b) && !holds_gits) {
            return true;
        }
    }
    return false;
}

static struct evidence
gather_evidence(const struct pk_comparing *comparing, int side)
{
    struct evidence evidence = {.verified = comparing->view->unseen};
    for (size_t i = 0; i < comparing->count; i++) {
        const struct pk_scope_state *scope = &comparing->at[i];
        if (!scope->is_kept_equal || scope->base[side] == NULL) {
            continue;
        }
        evidence.verified++;
        evidence.missing += scope->have[side] == NULL;
        evidence.edited += scope->have[side] != NULL && is_edited(scope, side);
    }
    return evidence;
}

static bool
lacks_most(const struct evidence *evidence)
{
    size_t n = evidence->verified;
    size_t least = n < LEAST_LOST ? n : LEAST_LOST;
    return n > 0 && evidence->missing * 2 > n && evidence->missing >= least;
}

static bool
is_mostly_edited(const struct evidence *evidence)
{
    return evidence->edited * 2 > evidence->verified && evidence->edited >= LEAST_LOST;
}

/* Does the server still say that it is in this relationship with the other one? */
static bool
still_says_so(const struct pk_pair_view *view, int side)
{
    const struct pk_capabilities *capabilities = view->servers[side].capabilities;
    const struct pk_relation *relation = pk_view_relation(view, side);
    return (capabilities != NULL && capabilities->keeps_relationships) ||
           (relation != NULL && pk_view_is_our_pair(view, relation->servers));
}

void
pk_judge_lost(struct pk_comparing *comparing)
{
    struct evidence evidence[PK_PAIR];
    for (int side = 0; side < PK_PAIR; side++) {
        evidence[side] = gather_evidence(comparing, side);
        comparing->edited[side] = is_mostly_edited(&evidence[side]);
        comparing->lost[side] = comparing->edited[side] || lacks_most(&evidence[side]);
    }
    comparing->refill = comparing->lost[comparing->partner] &&
                        !comparing->lost[comparing->source] &&
                        evidence[comparing->partner].edited == 0 &&
                        still_says_so(comparing->view, comparing->partner);
}
