/*
 * Counting is apart from judging, so that each guard is a comparison of two numbers.  A scope
 * counts once: as a delete if a row goes, else as an update if a row that exists is overwritten on
 * either server; filling in a missing row is neither.
 */
#include "reconcilers/guard-facts.h"

#include <string.h>

#include "reconcilers/leaving.h"

struct counting {
    struct pk_pool *pool;
    const struct pk_relationship_plan *plan;
    const struct pk_plan_options *options;
    struct pk_guard_facts facts;
};

static const char *
first(struct counting *counting, const char *known, const struct pk_scope_state *scope)
{
    return known != NULL ? known : pk_prefix_text(counting->pool, scope->subnet);
}

/* -- What goes away -------------------------------------------------------------------------------
 */

static void
add_leases(struct counting *counting, struct pk_lease_count *sum, int64_t leases, bool unknown,
           const struct pk_scope_state *scope)
{
    if (leases > 0) {
        sum->leases += leases;
        sum->first = first(counting, sum->first, scope);
    } else if (unknown) {
        sum->unknown = first(counting, sum->unknown, scope);
    }
}

/* Both servers know the same leases, so the larger of two numbers is the scope's. */
static void
count_leases(struct counting *counting, const struct pk_scope_state *scope,
             const bool leaves[PK_PAIR])
{
    int64_t leases = 0;
    bool unknown = false;
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_row *row = scope->have[side];
        if (row != NULL && leaves[side]) {
            leases = row->active_leases > leases ? row->active_leases : leases;
            unknown = unknown || row->active_leases == PK_LEASES_UNKNOWN;
        }
    }
    add_leases(counting, &counting->facts.going, leases, unknown, scope);
}

static void
count_delete(struct counting *counting, const struct pk_scope_state *scope)
{
    struct pk_guard_facts *facts = &counting->facts;
    facts->deletes++;
    if (scope->moved_to != NULL) {
        facts->moves++;
        facts->first_move = first(counting, facts->first_move, scope);
    }
    count_leases(counting, scope, (const bool[PK_PAIR]){true, true});
}

/* Leases keep the id under which they were given, and are lost to the subnet with it. */
static bool
gives_up_id(const struct pk_row *before, const struct pk_row *after)
{
    const struct pk_field *field = &pk_scope_fields.at[PK_SCOPE_ID];
    const char *old = pk_parts_get(&before->parts, field, "");
    const char *new = pk_parts_get(&after->parts, field, "");
    return old != NULL && new != NULL &&strcmp(old, new) != 0;
}

static const struct pk_leased *
leased_of(const struct pk_plan_options *options, const struct pk_scope_state *scope, int side)
{
    for (size_t i = 0; i < options->leased_count; i++) {
        const struct pk_leased *leased = &options->leased[i];
        if (leased->side == side && pk_prefix_compare(leased->subnet, scope->subnet) == 0) {
            return leased;
        }
    }
    return NULL;
}

static void
count_leaving(struct counting *counting, const struct pk_scope_state *scope)
{
    int64_t leases = 0;
    bool unknown = false;
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_row *row = scope->have[side];
        if (row == NULL || !scope->writes[side] || row->active_leases == 0 ||
            !pk_loses_addresses(row, &scope->write[side])) {
            continue;
        }
        const struct pk_leased *leased = leased_of(counting->options, scope, side);
        int64_t count = leased != NULL ? pk_count_leaving(row, &scope->write[side], leased) : 0;
        leases = count > leases ? count : leases;
        unknown = unknown || leased == NULL;
    }
    add_leases(counting, &counting->facts.leaving, leases, unknown, scope);
}

static void
count_write(struct counting *counting, const struct pk_scope_state *scope)
{
    bool overwrites = false, gives_up[PK_PAIR] = {false};
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_row *row = scope->have[side];
        if (scope->writes[side] && row != NULL) {
            overwrites = true;
            gives_up[side] = gives_up_id(row, &scope->write[side]);
        }
    }
    if (gives_up[PK_SERVER_1] || gives_up[PK_SERVER_2]) {
        count_leases(counting, scope, gives_up);
    }
    count_leaving(counting, scope);
    counting->facts.updates += overwrites;
}

/* -- Flapping -------------------------------------------------------------------------------------
 */

static size_t
count_heals(const struct counting *counting, const struct pk_scope_state *scope,
            const struct pk_difference *difference, const char *part)
{
    size_t heals = 0;
    for (size_t i = 0; i < counting->options->heal_count; i++) {
        const struct pk_heal *heal = &counting->options->heals[i];
        heals += pk_prefix_compare(heal->subnet, scope->subnet) == 0 &&
                 strcmp(heal->server, counting->plan->view->servers[difference->side].name) == 0 &&
                 strcmp(heal->part, part) == 0;
    }
    return heals;
}

static void
look_for_flap(struct counting *counting, const struct pk_scope_state *scope)
{
    struct pk_flap *flap = &counting->facts.flap;
    if (counting->options->heal_count == 0 || scope->left_alone) {
        return; /* heal: commits puts nothing back that a hand changed */
    }
    for (size_t i = 0; i < scope->difference_count; i++) {
        const struct pk_difference *difference = &scope->differences[i];
        bool by_hand =
            difference->cause == PK_CAUSE_SOURCE || difference->cause == PK_CAUSE_PARTNER;
        if (!by_hand) {
            continue;
        }
        const char *part = pk_part_name(counting->pool, difference->field, difference->key);
        size_t heals = count_heals(counting, scope, difference, part);
        if (heals > flap->heals) {
            *flap = (struct pk_flap){
                .heals = heals,
                .part = part,
                .subnet = pk_prefix_text(counting->pool, scope->subnet),
                .server = counting->plan->view->servers[difference->side].name,
                .had = pk_field_display(counting->pool, difference->field, difference->have),
                .healed = pk_field_display(counting->pool, difference->field, difference->want),
            };
        }
    }
}

/* -- The walk
 * --------------------------------------------------------------------------------------- */

static void
count_scope(struct counting *counting, const struct pk_scope_state *scope)
{
    struct pk_guard_facts *facts = &counting->facts;
    if (scope->is_deleted) {
        count_delete(counting, scope);
    } else {
        count_write(counting, scope);
    }
    if (scope->adopts) {
        facts->adopts++;
        facts->first_adopt = first(counting, facts->first_adopt, scope);
    }
    if (scope->conflict) {
        facts->conflicts++;
        facts->first_conflict = first(counting, facts->first_conflict, scope);
    }
    look_for_flap(counting, scope);
}

/* Is it only one side that is written, to what the other already holds? */
static bool
equalises(const struct pk_action *action, int source)
{
    bool one_sided = action->kind == PK_OPERATION_REPLICATE_SCOPE ||
                     action->kind == PK_OPERATION_REPLICATE_SERVER ||
                     action->kind == PK_OPERATION_UPDATE_SCOPE;
    for (size_t i = 0; i < action->scope_count; i++) {
        const struct pk_scope_state *scope = action->scopes[i];
        bool both = scope->writes[source] && scope->writes[pk_other_side(source)];
        one_sided = one_sided && !both && !scope->left_alone;
    }
    return one_sided;
}

struct pk_guard_facts
pk_guard_facts_of(struct pk_pool *pool, const struct pk_relationship_plan *plan,
                  const struct pk_plan_options *options)
{
    struct counting counting = {.pool = pool, .plan = plan, .options = options};
    counting.facts.n = plan->comparison.base_count;
    counting.facts.only_equalises = true;
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        if (!pk_action_is_open(action)) {
            continue;
        }
        counting.facts.actions++;
        counting.facts.only_equalises =
            counting.facts.only_equalises && equalises(action, plan->view->relationship->source);
        for (size_t j = 0; j < action->scope_count; j++) {
            count_scope(&counting, action->scopes[j]);
        }
        if (action->kind == PK_OPERATION_REPLACE_SCOPE) {
            count_scope(&counting,
                        pk_comparison_find(&plan->comparison, action->scopes[0]->replaces));
        }
    }
    return counting.facts;
}
