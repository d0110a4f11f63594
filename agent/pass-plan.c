/*
 * The plan step: every due relationship compared and planned, then what the operator allows laid
 * over it: permits from configuration, steering and pace; approvals from digests.
 */
#include "agent/pass-steps.h"

#include "adm/steering.h"
#include "agent/pass-select.h"
#include "reconcilers/backoff.h"
#include "reconcilers/leaving.h"

enum {
    HEALS_REMEMBERED_MS = 30 * 60 * 1000,
    LEAVING_ASKED_MOST = 200 /* questions of some ms each */
};

static enum pk_permit
permit_of(const struct pk_pass *pass, const struct pk_relationship_plan *plan)
{
    const struct pk_pair_view *view = plan->view;
    const char *name = view->relationship->name;
    if (!pass->config->writes || !view->servers[PK_SERVER_1].writes ||
        !view->servers[PK_SERVER_2].writes) {
        return PK_PERMIT_NO_WRITES;
    }
    if (pass->request->replicate != NULL) {
        return PK_PERMIT_ACT;
    }
    if (view->relationship->suspend || pk_orders_suspension(&pass->orders, name) != NULL) {
        return PK_PERMIT_SUSPENDED;
    }
    if (view->relationship->heal == PK_HEAL_REPORT) {
        return PK_PERMIT_REPORT;
    }
    const struct pk_retry *retry = pk_orders_retry(&pass->orders, name);
    char digest[PK_SHA256_HEX_BYTES];
    if (pass->request->paced && retry != NULL &&
        pk_backoff_holds(retry, pk_sha256_hex(digest, &plan->digest), pass->now)) {
        return PK_PERMIT_BACKING_OFF;
    }
    return PK_PERMIT_ACT;
}

/*
 * What guards have to know and only the servers can say.  A scope beyond the first few, and a
 * server that does not answer, is one of which nobody can tell.
 */
static void
ask_for_leases(struct pk_pass *pass, struct pk_relationship_plan *plan,
               struct pk_plan_options *options)
{
    const struct pk_leaving *leaving;
    size_t count = pk_plan_leaving(pass->pool, plan, &leaving);
    count = count < LEAVING_ASKED_MOST ? count : LEAVING_ASKED_MOST;
    struct pk_leased *leased = pk_array(pass->pool, struct pk_leased, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *name = plan->view->servers[leaving[i].side].name;
        struct pk_fleet_server *server = pk_fleet_find(&pass->fleet, name);
        struct pk_leased *one = &leased[options->leased_count];
        struct pk_error ignored;
        *one = (struct pk_leased){.side = leaving[i].side, .subnet = leaving[i].subnet};
        options->leased_count +=
            server->driver->leases != NULL &&
            server->driver->leases(server->connection, pass->pool, leaving[i].subnet_id,
                                   &one->addresses, &one->count, &ignored) == PK_OK;
    }
    options->leased = leased;
    if (options->leased_count != 0) {
        plan->held = pk_guards_judge(pass->pool, plan, options);
    }
}

static enum pk_code
plan_known(struct pk_pass *pass, const struct pk_pair_view *view, struct pk_relationship_plan *out,
           struct pk_error *err)
{
    struct pk_plan_options options = {
        .limits = pass->config->guards,
        .now = pk_mono_now(),
        .by_hand = pass->request->replicate != NULL && pass->request->yes,
    };
    if (pass->db != NULL) {
        struct pk_heal *heals;
        struct pk_wall since = {pass->now.ms - HEALS_REMEMBERED_MS};
        enum pk_code code = pk_heals_load(pass->db, pass->pool, view->relationship->name, since,
                                          &heals, &options.heal_count, err);
        if (code != PK_OK) {
            return code;
        }
        options.heals = heals;
    }
    *out = pass->request->replicate != NULL
               ? pk_replicate_plan(pass->pool, view, pass->request->replicate, &options)
               : pk_plan_relationship(pass->pool, view, &options);
    ask_for_leases(pass, out, &options);
    return PK_OK;
}

static void
list_unknown(struct pk_pass *pass, const struct pk_pair_view *view,
             struct pk_pass_relationship *relationship)
{
    struct pk_unknown_server *unknown = pk_array(pass->pool, struct pk_unknown_server, PK_PAIR);
    for (int side = 0; side < PK_PAIR; side++) {
        if (!view->servers[side].known) {
            unknown[relationship->unknown_count++] = (struct pk_unknown_server){
                .server = view->servers[side].name,
                .reason = view->servers[side].reason,
            };
        }
    }
    relationship->unknown = unknown;
}

enum pk_code
pk_pass_plan_one(struct pk_pass *pass, const struct pk_pair_view *view,
                 struct pk_pass_relationship *relationship, struct pk_error *err)
{
    *relationship = (struct pk_pass_relationship){
        .name = view->relationship->name,
        .plan = {.view = view},
    };
    list_unknown(pass, view, relationship);
    if (relationship->unknown_count != 0) {
        return PK_OK;
    }
    enum pk_code code = plan_known(pass, view, &relationship->plan, err);
    if (code == PK_OK) {
        relationship->plan.permit = permit_of(pass, &relationship->plan);
    }
    return code;
}

/* An approval of the whole plan approves each relationship of it. */
static void
match_approvals(struct pk_pass *pass)
{
    struct pk_pass_result *result = pass->result;
    result->digest = pk_pass_digest(pass->pool, result);
    for (size_t i = 0; i < result->relationship_count; i++) {
        struct pk_relationship_plan *plan = &result->relationships[i].plan;
        plan->approved = plan->held.is_held && pk_held_can_be_approved(&plan->held) &&
                         (pk_orders_approval(&pass->orders, &plan->digest) != NULL ||
                          pk_orders_approval(&pass->orders, &result->digest) != NULL);
    }
}

enum pk_code
pk_pass_plan(struct pk_pass *pass, struct pk_error *err)
{
    struct pk_pass_result *result = pass->result;
    result->relationship_count = 0;
    result->relationships =
        pk_array(pass->pool, struct pk_pass_relationship, pass->views.count + 1);
    for (size_t i = 0; i < pass->views.count; i++) {
        const struct pk_pair_view *view = &pass->views.at[i];
        if (!pk_select_is_due(pass->request, view)) {
            continue;
        }
        enum pk_code code =
            pk_pass_plan_one(pass, view, &result->relationships[result->relationship_count++], err);
        if (code != PK_OK) {
            return code;
        }
    }
    pass->acted = pk_array(pass->pool, bool, result->relationship_count + 1);
    pass->refused = pk_array(pass->pool, bool, result->relationship_count + 1);
    match_approvals(pass);
    return PK_OK;
}
