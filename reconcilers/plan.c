/*
 * Which action a scope becomes follows from what would be written (design 6.1); the order of
 * actions is the table of kinds below, and inside a kind the order of subnets.
 */
#include "reconcilers/plan-parts.h"

/* A server is replicated as one when more than half is affected, and at least so many. */
enum { LEAST_LACKING = 2, LEAST_DIFFERING = 10, NO_ACTION = -1 };

static const enum pk_operation_kind order[] = {
    PK_OPERATION_DELETE_SCOPE, PK_OPERATION_REPLACE_SCOPE,   PK_OPERATION_UPDATE_SCOPE,
    PK_OPERATION_CREATE_SCOPE, PK_OPERATION_REPLICATE_SCOPE,
};

struct planning {
    struct pk_pool *pool;
    const struct pk_pair_view *view;
    const struct pk_comparison *comparison;
    int *kinds; /* of each scope: enum pk_operation_kind or NO_ACTION */
    struct pk_actions actions;
};

static const struct pk_scope_state *
replaced_by(const struct pk_comparison *comparison, const struct pk_scope_state *scope)
{
    return pk_prefix_compare(scope->replaces, scope->subnet) != 0
               ? pk_comparison_find(comparison, scope->replaces)
               : NULL;
}

static int
kind_of(const struct planning *planning, const struct pk_scope_state *scope)
{
    int source = planning->view->relationship->source, partner = pk_other_side(source);
    if (!scope->writes[source] && !scope->writes[partner]) {
        return NO_ACTION;
    }
    if (scope->is_deleted) {
        return PK_OPERATION_DELETE_SCOPE;
    }
    if (pk_prefix_compare(scope->replaces, scope->subnet) != 0) {
        return PK_OPERATION_REPLACE_SCOPE;
    }
    if (scope->have[source] == NULL && scope->have[partner] == NULL) {
        return PK_OPERATION_CREATE_SCOPE;
    }
    return scope->writes[source] ? PK_OPERATION_UPDATE_SCOPE : PK_OPERATION_REPLICATE_SCOPE;
}

/* A scope that makes room goes with the one that takes its place, or stays with it. */
static void
choose_kinds(struct planning *planning)
{
    const struct pk_comparison *comparison = planning->comparison;
    planning->kinds = pk_array(planning->pool, int, comparison->count + 1);
    for (size_t i = 0; i < comparison->count; i++) {
        planning->kinds[i] = kind_of(planning, &comparison->at[i]);
    }
    for (size_t i = 0; i < comparison->count; i++) {
        const struct pk_scope_state *old = replaced_by(comparison, &comparison->at[i]);
        if (old != NULL) {
            planning->kinds[old - comparison->at] = NO_ACTION;
        }
    }
}

/* -- replicate-server -----------------------------------------------------------------------------
 */

/* Would making @p to equal to the other side be all there is to do for this scope? */
static bool
is_one_sided(const struct pk_scope_state *scope, int to)
{
    int from = pk_other_side(to);
    if (!scope->is_kept_equal || scope->block != PK_BLOCK_NONE || scope->left_alone ||
        !scope->writes[to] || scope->writes[from] || scope->have[from] == NULL) {
        return false;
    }
    return pk_prefix_compare(scope->replaces, scope->subnet) == 0;
}

static void
replicate_server(struct planning *planning, int to)
{
    const struct pk_comparison *comparison = planning->comparison;
    const struct pk_scope_state **scopes =
        pk_array(planning->pool, const struct pk_scope_state *, comparison->count + 1);
    size_t all = planning->view->unseen, affected = 0, lacking = 0;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct pk_scope_state *scope = &comparison->at[i];
        all += scope->is_kept_equal;
        if (is_one_sided(scope, to)) {
            scopes[affected++] = scope;
            lacking += scope->have[to] == NULL;
        }
    }
    bool lacks_most = lacking * 2 > all && lacking >= LEAST_LACKING;
    bool differs_mostly = affected * 2 > all && affected >= LEAST_DIFFERING;
    if (!lacks_most && !differs_mostly) {
        return;
    }
    for (size_t i = 0; i < affected; i++) {
        planning->kinds[scopes[i] - comparison->at] = NO_ACTION;
    }
    struct pk_action action = pk_action_of_server(planning->pool, to, scopes, affected);
    if (comparison->lost[to]) {
        const char *role = to == planning->view->relationship->source ? "source" : "partner";
        action.reason = pk_sprintf(planning->pool, "%s lost: %s", role, action.reason);
    }
    *pk_push(planning->pool, &planning->actions.list) = action;
}

/* -- relationship ---------------------------------------------------------------------------------
 */

/* Settings that this heal policy acts on. */
static bool
settings_count(const struct planning *planning)
{
    const struct pk_comparison *comparison = planning->comparison;
    bool only_git = planning->view->relationship->heal == PK_HEAL_COMMITS;
    for (size_t i = 0; i < comparison->settings_count; i++) {
        if (!only_git || comparison->settings[i].cause == PK_CAUSE_GIT) {
            return true;
        }
    }
    return false;
}

static void
plan_relationship_itself(struct planning *planning)
{
    const struct pk_wanted_relationship *relationship = planning->view->relationship;
    const char *members = planning->comparison->member_change;
    bool settings = relationship->settings == PK_SETTINGS_ENFORCE && settings_count(planning);
    if (members != NULL || settings) {
        *pk_push(planning->pool, &planning->actions.list) = (struct pk_action){
            .kind = PK_OPERATION_RELATIONSHIP,
            .from = relationship->source,
            .to = pk_other_side(relationship->source),
            .reason = members != NULL ? members : "settings differ",
            .status = PK_ACTION_PLANNED,
        };
    }
}

/* -- The plan -------------------------------------------------------------------------------------
 */

static void
plan_kind(struct planning *planning, enum pk_operation_kind kind)
{
    const struct pk_comparison *comparison = planning->comparison;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct pk_scope_state *scope = &comparison->at[i];
        if (planning->kinds[i] == (int)kind) {
            *pk_push(planning->pool, &planning->actions.list) = pk_action_of_scope(
                planning->pool, planning->view, kind, scope, replaced_by(comparison, scope));
        }
    }
}

static void
list_foreign(struct pk_pool *pool, struct pk_relationship_plan *plan)
{
    PK_VECTOR(struct pk_foreign) foreign = {0};
    for (size_t i = 0; i < plan->comparison.count; i++) {
        const struct pk_scope_state *scope = &plan->comparison.at[i];
        plan->left_alone += scope->left_alone;
        plan->in_sync += scope->kind == PK_SCOPE_WANTED && scope->difference_count == 0;
        for (int side = 0; side < PK_PAIR; side++) {
            if (scope->kind != PK_SCOPE_WANTED && !scope->is_deleted && scope->have[side] != NULL) {
                *pk_push(pool, &foreign) = (struct pk_foreign){
                    .subnet = scope->subnet,
                    .side = side,
                    .dropped = scope->kind == PK_SCOPE_DROPPED,
                };
            }
        }
    }
    plan->foreign = foreign.at;
    plan->foreign_count = foreign.count;
}

void
pk_plan_finish(struct pk_pool *pool, struct pk_relationship_plan *plan,
               const struct pk_actions *actions, const struct pk_plan_options *options)
{
    plan->actions = actions->list.at;
    plan->action_count = actions->list.count;
    plan->digest = pk_relationship_digest(plan);
    plan->held = pk_guards_judge(pool, plan, options);
}

struct pk_relationship_plan
pk_plan_relationship(struct pk_pool *pool, const struct pk_pair_view *view,
                     const struct pk_plan_options *options)
{
    struct pk_relationship_plan plan = {.view = view};
    plan.is_known = view->servers[PK_SERVER_1].known && view->servers[PK_SERVER_2].known;
    if (!plan.is_known) {
        return plan;
    }
    plan.comparison = pk_compare(pool, view);
    plan.in_sync = view->unseen;
    list_foreign(pool, &plan);

    struct planning planning = {.pool = pool, .view = view, .comparison = &plan.comparison};
    struct planning servers = planning;
    choose_kinds(&planning);
    servers.kinds = planning.kinds;
    replicate_server(&servers, PK_SERVER_1);
    replicate_server(&servers, PK_SERVER_2);

    plan_relationship_itself(&planning);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        plan_kind(&planning, order[i]);
    }
    for (size_t i = 0; i < servers.actions.list.count; i++) {
        *pk_push(pool, &planning.actions.list) = servers.actions.list.at[i];
    }
    pk_plan_finish(pool, &plan, &planning.actions, options);
    return plan;
}
