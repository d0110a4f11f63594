/*
 * The act step: what was read is recorded first, then each relationship's plan is executed.
 *
 * A relationship whose plan went stale between reading and writing, or that waited for a scope to
 * leave another one, is observed and planned once more, and only once: whoever edits against us
 * wins until the next pass.
 */
#include "agent/pass-steps.h"

#include "adm/events.h"
#include "adm/steering.h"
#include "agent/pass-select.h"
#include "agent/record.h"

enum { ROUNDS = 2 };

static bool
may_act(const struct pk_relationship_plan *plan)
{
    return plan->is_known && plan->permit == PK_PERMIT_ACT && plan->action_count != 0 &&
           (!plan->held.is_held || plan->approved);
}

/* What becomes of actions that are not run at all. */
static void
mark_not_run(struct pk_relationship_plan *plan)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        struct pk_action *action = &plan->actions[i];
        if (action->block != PK_BLOCK_NONE) {
            action->status = PK_ACTION_BLOCKED;
        } else if (action->status == PK_ACTION_PLANNED && !may_act(plan)) {
            bool is_held = plan->held.is_held && !plan->approved;
            action->status = is_held ? PK_ACTION_HELD : PK_ACTION_SKIPPED;
        }
    }
}

static struct pk_executor
executor_for(const struct pk_pass *pass, const struct pk_pair_view *view)
{
    struct pk_executor executor = {
        .db = pass->db,
        .revision = pass->desired.commit,
        .actor = pass->request->actor,
        .progress = pass->request->progress,
        .progress_context = pass->request->progress_context,
        .stop = pass->request->stop,
    };
    for (int side = 0; side < PK_PAIR; side++) {
        struct pk_fleet_server *server = pk_fleet_find(&pass->fleet, view->servers[side].name);
        executor.drivers[side] = server->driver;
        executor.servers[side] = server->connection;
    }
    return executor;
}

static void
use_approval(struct pk_txn *txn, const struct pk_relationship_plan *plan)
{
    char digest[PK_SHA256_HEX_BYTES];
    if (plan->approved) {
        pk_approval_delete(txn, pk_sha256_hex(digest, &plan->digest));
    }
}

static enum pk_code
begin_acting(struct pk_pass *pass, const struct pk_relationship_plan *plan, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    pk_record_acting(&txn, plan->view->relationship->name, pass->now);
    use_approval(&txn, plan);
    return pk_txn_end(&txn, err);
}

static bool
is_stopped(const struct pk_pass *pass)
{
    return pass->request->stop != NULL && *pass->request->stop != 0;
}

static enum pk_code
act_on(struct pk_pass *pass, size_t index, struct pk_error *err)
{
    struct pk_relationship_plan *plan = &pass->result->relationships[index].plan;
    if (!may_act(plan)) {
        mark_not_run(plan);
        return PK_OK;
    }
    enum pk_code code = begin_acting(pass, plan, err);
    struct pk_executor executor = executor_for(pass, plan->view);
    struct pk_execution execution = {0};
    if (code == PK_OK) {
        code = pk_execute(&executor, plan, &execution, err);
    }
    mark_not_run(plan);
    pass->acted[index] = true;
    pass->refused[index] = pass->refused[index] || execution.refused;
    return code;
}

/* What was read is recorded before anything is written: bases, sync status, adopted rows, drift. */
static enum pk_code
record_observations(struct pk_pass *pass, struct pk_error *err)
{
    enum pk_code code = PK_OK;
    const struct pk_record record = {
        .revision = pass->desired.commit, .actor = pass->request->actor, .now = pass->now};
    for (size_t i = 0; code == PK_OK && i < pass->result->relationship_count; i++) {
        const struct pk_pass_relationship *relationship = &pass->result->relationships[i];
        struct pk_txn txn;
        pk_txn_begin(pass->db, &txn);
        pk_record_drift(&txn, &record, &(struct pk_outcome_of){.relationship = relationship});
        code = pk_txn_end(&txn, err);
        if (code == PK_OK && relationship->plan.is_known) {
            code = pk_record_observation(pass->db, &relationship->plan, pass->desired.commit, err);
        }
    }
    return code;
}

/* Operations that a killed agent left open: credited to the views already, closed here. */
static enum pk_code
close_interrupted(struct pk_pass *pass, struct pk_error *err)
{
    struct pk_operation *unfinished;
    size_t count;
    enum pk_code code = pk_operations_unfinished(pass->db, pass->pool, &unfinished, &count, err);
    if (code != PK_OK || count == 0) {
        return code;
    }
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    for (size_t i = 0; i < count; i++) {
        struct pk_fault fault = {0};
        pk_fault_set(&fault, pk_operation_fault(unfinished[i].kind),
                     PK_FAULT_GENERIC_ERROR_OCCURRED,
                     "the agent ended before the operation did; what it left is planned afresh");
        pk_operation_end(&txn, unfinished[i].id, &fault, pass->now);
        pk_event_add(&txn, &(struct pk_event){
                               .time = pass->now,
                               .reason = PK_REASON_OPERATION_INTERRUPTED,
                               .relationship = unfinished[i].relationship,
                               .operation = unfinished[i].id,
                               .actor = pass->request->actor,
                               .message = fault.message,
                           });
    }
    return pk_txn_end(&txn, err);
}

static bool
deserves_another_round(const struct pk_relationship_plan *plan)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        if (action->status == PK_ACTION_STALE) {
            return true;
        }
        if (action->block == PK_BLOCK_OVERLAP && plan->view->coming.count != 0) {
            return true;
        }
    }
    return false;
}

static enum pk_code
plan_again(struct pk_pass *pass, size_t index, struct pk_error *err)
{
    struct pk_pass_relationship *relationship = &pass->result->relationships[index];
    const struct pk_pair_view *view = pk_select_view(&pass->views, relationship->name);
    struct pk_pass_relationship again;
    enum pk_code code = pk_pass_plan_one(pass, view, &again, err);
    if (code == PK_OK && again.plan.is_known) {
        again.plan.approved = again.plan.held.is_held &&
                              pk_held_can_be_approved(&again.plan.held) &&
                              pk_orders_approval(&pass->orders, &again.plan.digest) != NULL;
        code = pk_record_observation(pass->db, &again.plan, pass->desired.commit, err);
    }
    if (code == PK_OK) {
        pk_pass_merge_rounds(pass->pool, relationship, &again);
    }
    return code;
}

static enum pk_code
act_round(struct pk_pass *pass, int round, bool *again, struct pk_error *err)
{
    enum pk_code code = PK_OK;
    bool wrote = false;
    for (size_t i = 0; code == PK_OK && i < pass->result->relationship_count; i++) {
        struct pk_relationship_plan *plan = &pass->result->relationships[i].plan;
        if (round > 0 && !deserves_another_round(plan)) {
            continue;
        }
        if (round > 0) {
            code = plan_again(pass, i, err);
        }
        if (code == PK_OK) {
            wrote = wrote || may_act(plan);
            code = act_on(pass, i, err);
        }
    }
    *again = wrote && !is_stopped(pass);
    return code;
}

static bool
any_deserves_another_round(const struct pk_pass *pass)
{
    for (size_t i = 0; i < pass->result->relationship_count; i++) {
        if (deserves_another_round(&pass->result->relationships[i].plan)) {
            return true;
        }
    }
    return false;
}

enum pk_code
pk_pass_act(struct pk_pass *pass, struct pk_error *err)
{
    bool again = true;
    enum pk_code code = record_observations(pass, err);
    if (code == PK_OK) {
        code = close_interrupted(pass, err);
    }
    for (int round = 0; code == PK_OK && again && round < ROUNDS; round++) {
        if (round > 0) {
            if (!any_deserves_another_round(pass)) {
                break;
            }
            pk_fleet_observe(&pass->fleet);
            code = pk_pass_build_views(pass, err);
        }
        if (code == PK_OK) {
            code = act_round(pass, round, &again, err);
        }
    }
    pass->result->acted = true;
    return code;
}
