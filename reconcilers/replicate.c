/*
 * What the three granularities share: a direction, and a destination that is never the source.
 */
#include "reconcilers/replicate.h"

#include <string.h>

#include "reconcilers/replicate-steps.h"

static const struct pk_replicate_delegate *const delegates[PK_REPLICATE_COUNT] = {
    [PK_REPLICATE_SCOPES] = &pk_replicate_scope,
    [PK_REPLICATE_RELATIONSHIP] = &pk_replicate_relationship,
    [PK_REPLICATE_SERVER] = &pk_replicate_server,
};

static bool
same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static void
fault_state(struct pk_fault *fault, const struct pk_relation *relation, const char *why,
            const char *server)
{
    pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_SCOPES, PK_FAULT_OBJECT_STATE_IS_INVALID,
                 "relationship %s: %s %s, so there is nowhere to replicate to; correct the members "
                 "of the relationship",
                 relation->name, why, server);
}

const char *
pk_replicate_destination(const struct pk_relation *relation, const char *server,
                         struct pk_fault *fault)
{
    const char *one = relation->servers[PK_SERVER_1], *two = relation->servers[PK_SERVER_2];
    if (same(one, two)) {
        fault_state(fault, relation, "both members are", one);
        return NULL;
    }
    if (!same(one, server) && !same(two, server)) {
        fault_state(fault, relation, "neither member is", server);
        return NULL;
    }
    const char *other = same(one, server) ? two : one;
    if (other == NULL) {
        fault_state(fault, relation, "no partner is managed for", server);
    }
    return other;
}

int
pk_replicate_side(const struct pk_pair_view *view, const char *server)
{
    int side = PK_SERVER_1;
    while (side < PK_PAIR && !same(view->servers[side].name, server)) {
        side++;
    }
    return side;
}

/* -- Asking ----------------------------------------------------------------------------------- */

/* The server to copy from must be a member wherever the request reaches. */
static enum pk_code
check_from(const struct pk_replicate_scene *scene, const struct pk_replicate_request *request,
           struct pk_fault *fault)
{
    const struct pk_replicate_delegate *delegate = delegates[request->what];
    for (size_t i = 0; request->from != NULL && i < scene->view_count; i++) {
        const struct pk_pair_view *view = &scene->views[i];
        if (delegate->concerns(view, request) &&
            pk_replicate_side(view, request->from) == PK_PAIR) {
            pk_fault_set(fault, delegate->outer, PK_FAULT_OBJECT_STATE_IS_INVALID,
                         "server %s is no member of relationship %s; name %s or %s with --from",
                         request->from, view->relationship->name, view->servers[PK_SERVER_1].name,
                         view->servers[PK_SERVER_2].name);
            return PK_EINVAL;
        }
    }
    return PK_OK;
}

enum pk_code
pk_replicate_check(const struct pk_replicate_scene *scene,
                   const struct pk_replicate_request *request, struct pk_fault *fault)
{
    if (request == NULL || request->what >= PK_REPLICATE_COUNT) {
        pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_SCOPES, PK_FAULT_INVALID_PARAMETER,
                     "nothing was asked for; name scopes, a relationship or a server");
        return PK_EINVAL;
    }
    enum pk_code code = delegates[request->what]->check(scene, request, fault);
    return code == PK_OK ? check_from(scene, request, fault) : code;
}

bool
pk_replicate_concerns(const struct pk_pair_view *view, const struct pk_replicate_request *request)
{
    return delegates[request->what]->concerns(view, request);
}

/* -- Planning --------------------------------------------------------------------------------- */

static int
direction(const struct pk_pair_view *view, const struct pk_replicate_request *request)
{
    const char *from = request->from;
    if (from == NULL && request->what == PK_REPLICATE_SERVER) {
        from = request->name;
    }
    int side = pk_replicate_side(view, from);
    return side != PK_PAIR ? side : view->relationship->source;
}

/* The relationship as the source holds it; before it was ever made, as Git has it. */
static struct pk_relation
relation_of(const struct pk_pair_view *view, int from)
{
    const struct pk_relation *stored = pk_view_relation(view, from);
    if (stored != NULL) {
        return *stored;
    }
    const struct pk_wanted_relationship *wanted = view->relationship;
    return (struct pk_relation){
        .name = wanted->name,
        .servers = {wanted->servers[PK_SERVER_1], wanted->servers[PK_SERVER_2]},
    };
}

static void
fail_without_destination(struct pk_relationship_plan *plan, int from)
{
    const struct pk_pair_view *view = plan->view;
    const char *server = view->servers[from].name;
    struct pk_relation relation = relation_of(view, from);
    struct pk_fault fault = {0};
    const char *to = pk_replicate_destination(&relation, server, &fault);
    if (to != NULL && !same(to, view->servers[pk_other_side(from)].name)) {
        fault_state(&fault, &relation, "Git names another partner than the server does for",
                    server);
        to = NULL;
    }
    for (size_t i = 0; to == NULL && i < plan->action_count; i++) {
        struct pk_action *action = &plan->actions[i];
        if (action->status == PK_ACTION_PLANNED) {
            action->status = PK_ACTION_FAILED;
            action->fault = fault;
            action->fault.outer = pk_operation_fault(action->kind);
        }
    }
}

struct pk_relationship_plan
pk_replicate_plan(struct pk_pool *pool, const struct pk_pair_view *view,
                  const struct pk_replicate_request *request, const struct pk_plan_options *options)
{
    int from = direction(view, request);
    struct pk_relationship_plan plan =
        delegates[request->what]->plan(pool, view, from, request, options);
    if (plan.is_known) {
        fail_without_destination(&plan, from);
    }
    return plan;
}

struct pk_relationship_plan
pk_replicate_whole(struct pk_pool *pool, const struct pk_pair_view *view, int from,
                   const struct pk_replicate_request *request,
                   const struct pk_plan_options *options)
{
    (void)request;
    struct pk_relationship_plan plan =
        pk_plan_replicate(pool, view, from, NULL, 0, PK_OPERATION_REPLICATE_SERVER, options);
    if (plan.is_known && plan.action_count == 0) {
        plan.actions = pk_new(pool, struct pk_action);
        plan.actions[0] = (struct pk_action){
            .kind = PK_OPERATION_REPLICATE_SERVER,
            .from = from,
            .to = pk_other_side(from),
            .reason = "nothing to replicate",
        };
        plan.action_count = 1;
    }
    return plan;
}
