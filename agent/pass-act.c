/*
 * The act step: what was read is recorded first, then each relationship's plan is executed.
 *
 * A relationship whose plan went stale between reading and writing, or that waited for a scope to
 * leave another one, is observed and planned once more, and only once: whoever edits against us
 * wins until the next pass.
 */
#include "agent/pass-steps.h"

#include "adm/events.h"
#include "adm/mirror.h"
#include "adm/steering.h"
#include "agent/pass-result.h"
#include "agent/pass-select.h"
#include "agent/record.h"
#include "reconcilers/rejoin.h"
#include "reconcilers/revive.h"

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

/*
 * An approval of the whole plan becomes one of each relationship that is held: each is used up by
 * itself, also when another one has to wait, and the whole plan is not approved a second time.
 */
static enum pk_code
share_out_approval(struct pk_pass *pass, struct pk_error *err)
{
    const struct pk_pass_result *result = pass->result;
    const struct pk_approval *whole = pk_orders_approval(&pass->orders, &result->digest);
    size_t held = 0;
    struct pk_txn txn;
    if (whole == NULL) {
        return PK_OK;
    }
    pk_txn_begin(pass->db, &txn);
    for (size_t i = 0; i < result->relationship_count; i++) {
        const struct pk_relationship_plan *plan = &result->relationships[i].plan;
        if (plan->held.is_held) {
            struct pk_approval one = *whole;
            one.digest = pk_sha256_text(pass->pool, &plan->digest);
            pk_approval_put(&txn, &one);
            held++;
        }
    }
    if (held != 0) {
        pk_approval_delete(&txn, whole->digest);
    }
    return pk_txn_end(&txn, err);
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

/* Has it been touched at all?  Then what was seen of its pair is no longer so. */
static bool
revive(struct pk_pass *pass, size_t index)
{
    const struct pk_relationship_plan *plan = &pass->result->relationships[index].plan;
    struct pk_error why = {0};
    int side = plan->is_known ? pk_pair_deaf_side(plan) : PK_PAIR;
    if (side == PK_PAIR) {
        return false;
    }
    struct pk_executor executor = executor_for(pass, plan->view);
    if (pk_pair_revive(&executor, plan, side, &why) != PK_OK) {
        pk_pass_note(pass->pool, pass->result,
                     "%s: server %s hears nobody and could not be made to begin anew (%s); restart "
                     "it",
                     plan->view->relationship->name, plan->view->servers[side].name, why.message);
    }
    return true;
}

/* A pair that ended over what is repaired now; also one that somebody has repaired by hand. */
static void
rejoin(struct pk_pass *pass, size_t index)
{
    const struct pk_relationship_plan *plan = &pass->result->relationships[index].plan;
    struct pk_error why = {0};
    if (!plan->is_known || !pk_pair_may_rejoin(plan)) {
        return;
    }
    struct pk_executor executor = executor_for(pass, plan->view);
    if (pk_pair_rejoin(&executor, plan, &why) != PK_OK) {
        pk_pass_note(pass->pool, pass->result, "%s: its pair could not be told to begin anew: %s",
                     plan->view->relationship->name, why.message);
    }
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
    if (execution.unsaved) {
        pass->result->relationships[index].unsaved = true;
        pk_pass_note(pass->pool, pass->result, "%s: %s", plan->view->relationship->name,
                     execution.unsaved_fault.message);
    }
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

/* What a killed agent or a full disk left in the memory of a server is saved before anything else.
 */
static enum pk_code
save_owed(struct pk_pass *pass, struct pk_error *err)
{
    const char *const *names;
    size_t count;
    enum pk_code code = pk_mirror_unsaved_load(pass->db, pass->pool, &names, &count, err);
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        struct pk_fleet_server *server = pk_fleet_find(&pass->fleet, names[i]);
        struct pk_error why = {0};
        if (server == NULL || !server->known || !pass->config->writes || !server->config->writes) {
            continue;
        }
        if (pk_persist_owed(pass->db, server->driver, server->connection, names[i],
                            pass->request->actor, &why) != PK_OK) {
            pk_pass_note(pass->pool, pass->result,
                         "%s: what was written to it before is not settled: %s", names[i],
                         why.message);
        }
    }
    return code;
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

/* The plan made anew takes the place of the old one; what the first round settled is kept in front.
 */
static enum pk_code
act_again(struct pk_pass *pass, size_t index, struct pk_error *err)
{
    struct pk_pass_relationship *relationship = &pass->result->relationships[index];
    const struct pk_pass_relationship first = *relationship;
    enum pk_code code =
        pk_pass_plan_one(pass, pk_select_view(&pass->views, first.name), relationship, err);
    struct pk_relationship_plan *plan = &relationship->plan;
    if (code == PK_OK && plan->is_known) {
        plan->approved = plan->held.is_held && pk_held_can_be_approved(&plan->held) &&
                         pk_orders_approval(&pass->orders, &plan->digest) != NULL;
        code = pk_record_observation(pass->db, plan, pass->desired.commit, err);
    }
    if (code == PK_OK) {
        code = act_on(pass, index, err);
    }
    pk_pass_merge_rounds(pass->pool, &first, relationship);
    return code;
}

static bool
needs_second_round(const struct pk_pass *pass)
{
    bool wrote = false, waits = false;
    if (pass->request->expected != NULL) {
        return false; /* what would be planned now is no longer what somebody has read */
    }
    for (size_t i = 0; i < pass->result->relationship_count; i++) {
        wrote = wrote || pass->acted[i];
        waits = waits || deserves_another_round(&pass->result->relationships[i].plan);
    }
    return wrote && waits && !is_stopped(pass);
}

static enum pk_code
observe_again(struct pk_pass *pass, struct pk_error *err)
{
    pass->desired.narrow.over = true;
    enum pk_code code = pass->desired.narrow.used ? pk_pass_widen(pass, err) : PK_OK;
    return code == PK_OK ? pk_pass_observe(pass, err) : code;
}

static enum pk_code
second_round(struct pk_pass *pass, struct pk_error *err)
{
    pass->twice = true;
    enum pk_code code = observe_again(pass, err);
    for (size_t i = 0; code == PK_OK && i < pass->result->relationship_count; i++) {
        if (deserves_another_round(&pass->result->relationships[i].plan)) {
            code = act_again(pass, i, err);
        }
    }
    return code;
}

/* Before anything else: a pair with a deaf server is no pair to plan for. */
static enum pk_code
revive_deaf_servers(struct pk_pass *pass, struct pk_error *err)
{
    bool touched = false;
    for (size_t i = 0; i < pass->result->relationship_count; i++) {
        touched = revive(pass, i) || touched;
    }
    enum pk_code code = touched ? observe_again(pass, err) : PK_OK;
    return code == PK_OK && touched ? pk_pass_plan(pass, err) : code;
}

enum pk_code
pk_pass_act(struct pk_pass *pass, struct pk_error *err)
{
    pass->result->acted = true;
    enum pk_code code = revive_deaf_servers(pass, err);
    if (code == PK_OK) {
        code = save_owed(pass, err);
    }
    if (code == PK_OK) {
        code = record_observations(pass, err);
    }
    if (code == PK_OK) {
        code = close_interrupted(pass, err);
    }
    if (code == PK_OK) {
        code = share_out_approval(pass, err);
    }
    for (size_t i = 0; code == PK_OK && i < pass->result->relationship_count; i++) {
        code = act_on(pass, i, err);
    }
    for (size_t i = 0; code == PK_OK && i < pass->result->relationship_count; i++) {
        rejoin(pass, i);
    }
    return code == PK_OK && needs_second_round(pass) ? second_round(pass, err) : code;
}
