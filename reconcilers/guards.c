/*
 * One row per guard, judged in order over counts taken once.  Every guard that trips says so with
 * its numbers; the first one names the hold.  Blocked actions will not happen, so they count
 * nowhere, and a plan without actions is never held.
 */
#include "reconcilers/guards.h"

#include "base/text.h"
#include "reconcilers/guard-facts.h"
#include "reconcilers/plan.h"

enum { PERCENT = 100, LEAST_UPDATES = 4, FLAPPING_HEALS = 3, MS_PER_S = 1000 };

const struct pk_guard_limits pk_guard_default_limits = {
    .updates_percent = 30,
    .updates_count = 50,
    .deletes_percent = 10,
    .deletes_count = 3,
    .small = 10,
    .observation_age_ms = 2LL * 60 * MS_PER_S,
    .adopt_holds = true,
};

struct judging {
    struct pk_pool *pool;
    const struct pk_relationship_plan *plan;
    const struct pk_plan_options *options;
    struct pk_guard_facts facts;
    struct pk_text notes;
};

/* Adds the words of why it trips to @p why; adding nothing = it does not trip. */
typedef void guard_test(struct judging *judging, struct pk_text *why);

static void
test_server_lost(struct judging *judging, struct pk_text *why)
{
    const struct pk_comparison *comparison = &judging->plan->comparison;
    int source = judging->plan->view->relationship->source;
    for (int side = 0; side < PK_PAIR; side++) {
        const char *server = judging->plan->view->servers[side].name;
        const char *role = side == source ? "source" : "partner";
        const char *and = why->count > 0 ? " and " : "";
        if (!comparison->lost[side] || (side != source && comparison->refill)) {
            continue;
        }
        if (!comparison->edited[side]) {
            pk_text_addf(why, "%s%s (%s) has lost most of its scopes", and, server, role);
        } else {
            pk_text_addf(why,
                         "%smost scopes of %s (%s) were edited by hand; to keep that instead: "
                         "pairkeeper replicate relationship %s --from %s",
                         and, server, role, judging->plan->view->relationship->name, server);
        }
    }
}

static void
test_empty(struct judging *judging, struct pk_text *why)
{
    const struct pk_pair_view *view = judging->plan->view;
    size_t wanted = view->scopes.count + view->unseen, n = judging->facts.n;
    if (wanted == 0 || wanted * 2 < n) {
        pk_text_addf(why, "Git names %zu scope%s, %zu %s verified", wanted, pk_plural(wanted), n,
                     n == 1 ? "was" : "were");
    }
}

static void
test_member(struct judging *judging, struct pk_text *why)
{
    if (judging->plan->comparison.member_change != NULL) {
        pk_text_add(why, judging->plan->comparison.member_change);
    }
    if (judging->facts.moves > 0) {
        size_t moves = judging->facts.moves;
        pk_text_addf(why, "%s%zu scope%s to another relationship, first %s",
                     why->count > 0 ? ", " : "", moves, moves == 1 ? " moves" : "s move",
                     judging->facts.first_move);
    }
}

static void
test_adopt(struct judging *judging, struct pk_text *why)
{
    if (judging->options->limits.adopt_holds && judging->facts.adopts > 0) {
        size_t adopts = judging->facts.adopts;
        pk_text_addf(why, "%zu scope%s never verified would be changed or deleted, first %s",
                     adopts, adopts == 1 ? " that was" : "s that were", judging->facts.first_adopt);
    }
}

static void
test_conflict(struct judging *judging, struct pk_text *why)
{
    if (judging->facts.conflicts > 0) {
        size_t conflicts = judging->facts.conflicts;
        pk_text_addf(why, "%zu scope%s changed on both sides, first %s", conflicts,
                     conflicts == 1 ? " was" : "s were", judging->facts.first_conflict);
    }
}

/* "12 of 30 scopes (40 %)", "1 of 1 scope (100 %)" */
static void
add_share(struct pk_text *why, size_t part, size_t n)
{
    if (n == 0) {
        pk_text_addf(why, "%zu scope%s where none was verified before", part, pk_plural(part));
    } else {
        pk_text_addf(why, "%zu of %zu scope%s (%zu %%)", part, n, pk_plural(n), part * PERCENT / n);
    }
}

static void
test_deletes(struct judging *judging, struct pk_text *why)
{
    const struct pk_guard_limits *limits = &judging->options->limits;
    size_t deletes = judging->facts.deletes, n = judging->facts.n;
    if (deletes == 0) {
        return;
    }
    if (n <= limits->small) {
        add_share(why, deletes, n);
        pk_text_addf(why, ", any delete of up to %u is held", limits->small);
    } else if (deletes * PERCENT > (size_t)limits->deletes_percent * n) {
        add_share(why, deletes, n);
        pk_text_addf(why, ", more than %u %%", limits->deletes_percent);
    } else if (deletes > limits->deletes_count) {
        add_share(why, deletes, n);
        pk_text_addf(why, ", more than %u", limits->deletes_count);
    }
}

static void
test_updates(struct judging *judging, struct pk_text *why)
{
    const struct pk_guard_limits *limits = &judging->options->limits;
    size_t updates = judging->facts.updates, n = judging->facts.n;
    if (updates >= LEAST_UPDATES && updates * PERCENT > (size_t)limits->updates_percent * n) {
        add_share(why, updates, n);
        pk_text_addf(why, ", more than %u %%", limits->updates_percent);
    } else if (updates > limits->updates_count) {
        add_share(why, updates, n);
        pk_text_addf(why, ", more than %u", limits->updates_count);
    }
}

static void
test_flapping(struct judging *judging, struct pk_text *why)
{
    const struct pk_flap *flap = &judging->facts.flap;
    if (flap->heals >= FLAPPING_HEALS) {
        pk_text_addf(why, "%s of %s on %s was put back %zu times and is %s again instead of %s",
                     flap->part, flap->subnet, flap->server, flap->heals, flap->had, flap->healed);
    }
}

static void
note(struct judging *judging, const char *text)
{
    pk_text_addf(&judging->notes, "%s%s", judging->notes.count > 0 ? "; " : "", text);
}

static void
test_leases(struct judging *judging, struct pk_text *why)
{
    const struct {
        const struct pk_lease_count *count;
        const char *what, *where; /* "3 active leases WHAT", "any is active in WHERE 10.0.0.0/24" */
    } kinds[] = {
        {&judging->facts.going, "in a scope or a subnet id that goes away", ""},
        {&judging->facts.leaving, "at addresses that leave the ranges",
         "the addresses that leave the ranges of "},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct pk_lease_count *count = kinds[i].count;
        if (count->leases > 0) {
            pk_text_addf(why, "%s%lld active lease%s %s, first in %s", why->count > 0 ? ", " : "",
                         (long long)count->leases, pk_plural((size_t)count->leases), kinds[i].what,
                         count->first);
        }
        if (count->unknown != NULL) {
            note(judging,
                 pk_sprintf(judging->pool, "leases: cannot tell whether any is active in %s%s",
                            kinds[i].where, count->unknown));
        }
    }
}

/* Only making the partners equal is what cures a pair that stopped talking. */
static bool
is_cured(const struct judging *judging, enum pk_pair_state state)
{
    return state == PK_PAIR_NORMAL || state == PK_PAIR_SYNCING ||
           (state == PK_PAIR_TERMINATED && judging->facts.only_equalises);
}

static void
test_pair_state(struct judging *judging, struct pk_text *why)
{
    const struct pk_pair_view *view = judging->plan->view;
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_server_view *server = &view->servers[side];
        const struct pk_relation *relation = pk_view_relation(view, side);
        if (relation == NULL || server->capabilities == NULL ||
            !server->capabilities->has_pair_states) {
            continue;
        }
        if (!is_cured(judging, relation->state)) {
            pk_text_addf(why, "%s%s %s", why->count > 0 ? ", " : "", server->name,
                         pk_relation_says(judging->pool, relation));
        } else if (relation->state == PK_PAIR_SYNCING) {
            note(judging, pk_sprintf(judging->pool, "pair-state: %s is still %s, waited for",
                                     server->name, pk_pair_state_name(relation->state)));
        }
    }
}

static void
test_stale(struct judging *judging, struct pk_text *why)
{
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_server_view *server = &judging->plan->view->servers[side];
        int64_t age_ms = judging->options->now.ms - server->observed_at.ms;
        if (age_ms > judging->options->limits.observation_age_ms) {
            pk_text_addf(why, "%s%s was read %lld s ago, more than %lld s",
                         why->count > 0 ? ", " : "", server->name, (long long)age_ms / MS_PER_S,
                         (long long)judging->options->limits.observation_age_ms / MS_PER_S);
        }
    }
}

static const struct guard {
    const char *name;
    guard_test *test;
    bool needs_bases;      /* not judged without a database at hand          */
    bool answered_by_hand; /* a person who asks for the action has answered */
} guards[PK_GUARD_COUNT] = {
    [PK_GUARD_SERVER_LOST] = {"server-lost", test_server_lost, true, true},
    [PK_GUARD_EMPTY] = {"empty", test_empty, true, false},
    [PK_GUARD_MEMBER] = {"member", test_member, false, false},
    [PK_GUARD_ADOPT] = {"adopt", test_adopt, true, true},
    [PK_GUARD_CONFLICT] = {"conflict", test_conflict, true, true},
    [PK_GUARD_DELETES] = {"deletes", test_deletes, true, false},
    [PK_GUARD_UPDATES] = {"updates", test_updates, true, true},
    [PK_GUARD_FLAPPING] = {"flapping", test_flapping, false, false},
    [PK_GUARD_LEASES] = {"leases", test_leases, false, false},
    [PK_GUARD_PAIR_STATE] = {"pair-state", test_pair_state, false, false},
    [PK_GUARD_STALE] = {"stale", test_stale, false, false},
};

const char *
pk_guard_name(enum pk_guard guard)
{
    return guard < PK_GUARD_COUNT ? guards[guard].name : "";
}

bool
pk_held_can_be_approved(const struct pk_held *held)
{
    const uint32_t of_the_moment = 1u << PK_GUARD_PAIR_STATE | 1u << PK_GUARD_STALE;
    return held->is_held && (held->tripped & of_the_moment) == 0;
}

struct pk_held
pk_guards_judge(struct pk_pool *pool, const struct pk_relationship_plan *plan,
                const struct pk_plan_options *options)
{
    struct judging judging = {.pool = pool, .plan = plan, .options = options};
    struct pk_held held = {0};
    judging.facts = pk_guard_facts_of(pool, plan, options);
    if (judging.facts.actions == 0) {
        return held;
    }
    judging.notes.pool = pool;
    struct pk_text reason = {.pool = pool};
    for (unsigned i = 0; i < PK_GUARD_COUNT; i++) {
        if ((guards[i].needs_bases && plan->view->bases_unknown) ||
            (guards[i].answered_by_hand && options->by_hand)) {
            continue;
        }
        struct pk_text why = {.pool = pool};
        guards[i].test(&judging, &why);
        if (why.count > 0) {
            held.guard = held.is_held ? held.guard : (enum pk_guard)i;
            held.is_held = true;
            held.tripped |= 1u << i;
            pk_text_addf(&reason, "%s%s: %s", reason.count > 0 ? "; " : "", guards[i].name,
                         pk_text_end(&why));
        }
    }
    held.reason = held.is_held ? pk_text_end(&reason) : NULL;
    held.notes = judging.notes.count > 0 ? pk_text_end(&judging.notes) : NULL;
    return held;
}
