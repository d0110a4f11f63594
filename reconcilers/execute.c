/*
 * The order of care: intent, look, write, look again, record; chunk by chunk, operation by
 * operation.  A failure belongs to its scope and the rest goes on (D14); only a server that cannot
 * be reached, a database that cannot be written, or a request to stop ends the run, and then every
 * operation still gets its one end (D13, D29).
 */
#include "reconcilers/execute.h"

#include <string.h>

#include "adm/applied.h"
#include "reconcilers/task.h"

const char *
pk_run_server(const struct pk_run *run, int side)
{
    return run->plan->view->servers[side].name;
}

bool
pk_run_both_are_remote(const struct pk_run *run)
{
    const struct pk_driver *const *drivers = run->executor->drivers;
    return drivers[PK_SERVER_1]->is_remote && drivers[PK_SERVER_2]->is_remote;
}

void
pk_run_end(struct pk_run *run, const char *reason)
{
    if (run->end_reason == NULL) {
        run->end_reason = reason;
    }
}

static void
heed_stop(struct pk_run *run)
{
    if (run->executor->stop != NULL && *run->executor->stop != 0) {
        pk_run_end(run, "it was asked to stop");
    }
}

/* -- Chunks ----------------------------------------------------------------------------------- */

/*
 * One chunk fits one batch of either server.  But a server that is configured as a whole has an
 * outage for each batch: beside it the other one takes its scopes as they come.
 */
static size_t
chunk_limit(const struct pk_run *run)
{
    const struct pk_capabilities *one = run->capabilities[PK_SERVER_1];
    const struct pk_capabilities *two = run->capabilities[PK_SERVER_2];
    size_t limit = one->batch_limit < two->batch_limit ? one->batch_limit : two->batch_limit;
    if (one->whole_configuration != two->whole_configuration) {
        limit = one->whole_configuration ? one->batch_limit : two->batch_limit;
    }
    return limit != 0 ? limit : 1;
}

static void
skip_chunk(struct pk_run *run, struct pk_tasks *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        if (chunk->at[i].status == PK_ACTION_PLANNED) {
            chunk->at[i].status = PK_ACTION_NOT_RUN;
            chunk->at[i].note = pk_sprintf(run->pool, "not run: %s", run->end_reason);
        }
    }
}

static void
run_chunk(struct pk_run *run, struct pk_tasks *chunk)
{
    heed_stop(run);
    if (run->end_reason != NULL) {
        skip_chunk(run, chunk);
    } else if (pk_tasks_check(run, chunk)) {
        pk_tasks_write(run, chunk);
        pk_tasks_verify(run, chunk);
    }
    for (size_t i = 0; i < chunk->count; i++) {
        pk_task_finish(run, &chunk->at[i]);
    }
}

static void
end_unrecorded(struct pk_run *run, const struct pk_error *err)
{
    run->out->record_failed = true;
    pk_run_end(run,
               pk_sprintf(run->lasting, "the database could not be written: %s", err->message));
}

/* The servers are as they are; what they hold is credited to this operation's intent later. */
static void
fail_unrecorded(struct pk_run *run, struct pk_tasks *chunk, const struct pk_error *err)
{
    end_unrecorded(run, err);
    for (size_t i = 0; i < chunk->count; i++) {
        struct pk_task *task = &chunk->at[i];
        if (task->status == PK_ACTION_DONE) {
            task->status = PK_ACTION_FAILED;
            pk_fault_set(&task->fault, pk_operation_fault(task->action->kind),
                         PK_FAULT_GENERIC_DATABASE_ERROR,
                         "scope %s: written and verified, but the database could not record it: "
                         "%s; make room or repair it, the next pass takes it as ours",
                         pk_task_subnet(run, task), err->message);
        }
    }
}

static void
report_progress(const struct pk_run *run, const struct pk_action *first, size_t done, size_t total)
{
    const struct pk_executor *executor = run->executor;
    if (executor->progress != NULL) {
        executor->progress(executor->progress_context, run->plan->view->relationship->name,
                           pk_operation_name(first->kind), done, total);
    }
}

static void
run_tasks(struct pk_run *run, int64_t operation, const struct pk_action *first,
          const struct pk_tasks *tasks)
{
    size_t limit = chunk_limit(run);
    for (size_t start = 0; start < tasks->count; start += limit) {
        size_t left = tasks->count - start;
        struct pk_tasks chunk = {.at = &tasks->at[start], .count = left < limit ? left : limit};
        struct pk_error err = {0};
        run_chunk(run, &chunk);
        if (pk_tasks_record(run, operation, &chunk, start, tasks->count, &err) != PK_OK) {
            fail_unrecorded(run, &chunk, &err);
        }
        report_progress(run, first, start + chunk.count, tasks->count);
    }
}

/* -- Operations ------------------------------------------------------------------------------- */

static const struct pk_fault *
run_relationship(struct pk_run *run, struct pk_action *action)
{
    heed_stop(run);
    if (run->end_reason != NULL) {
        action->status = PK_ACTION_NOT_RUN;
        pk_fault_set(&action->fault, pk_operation_fault(action->kind),
                     PK_FAULT_GENERIC_ERROR_OCCURRED,
                     "interrupted: %s; the next pass plans it again", run->end_reason);
    } else {
        pk_relationship_write(run, action);
    }
    if (action->status == PK_ACTION_STALE) {
        pk_fault_set(&action->fault, pk_operation_fault(action->kind),
                     PK_FAULT_OBJECT_STATE_IS_INVALID,
                     "relationship %s changed after it was planned: planned once more",
                     run->plan->view->relationship->name);
    }
    return action->status == PK_ACTION_DONE ? NULL : &action->fault;
}

/* With other members or another source, nothing that was planned for them may be written now. */
static void
heed_relationship(struct pk_run *run, const struct pk_action *action)
{
    if (action->status != PK_ACTION_DONE && run->plan->comparison.member_change != NULL) {
        pk_run_end(run, "the relationship itself could not be changed first");
    }
}

static enum pk_code
record_relationship(struct pk_run *run, int64_t operation, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(run->executor->db, &txn);
    pk_applied_relation_put(&txn, &run->plan->comparison.want_relation);
    if (operation != 0) {
        struct pk_event event = pk_run_event(run, PK_REASON_RELATIONSHIP_CHANGED, operation);
        event.message = "both servers hold the relationship as Git has it";
        pk_event_add(&txn, &event);
    }
    return pk_txn_end(&txn, err);
}

/* One that failed or did not apply before acting still gets its sub-task, and so its reason. */
static bool
is_runnable(const struct pk_action *action)
{
    return action->block == PK_BLOCK_NONE &&
           (action->status == PK_ACTION_PLANNED || action->status == PK_ACTION_NOT_APPLICABLE ||
            action->status == PK_ACTION_FAILED);
}

/* What an operation is called after: its first action that is to be run. */
static struct pk_action *
leader_of(struct pk_action *actions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (actions[i].status != PK_ACTION_NOT_APPLICABLE) {
            return &actions[i];
        }
    }
    return &actions[0];
}

/*
 * Relationships stand alone: each is an operation without scopes.  What does not apply belongs to
 * the operation it was left out of, whatever kind it would have been by itself.
 */
static bool
belong_together(const struct pk_action *a, const struct pk_action *b)
{
    bool same_kind = a->kind == b->kind || a->status == PK_ACTION_NOT_APPLICABLE ||
                     b->status == PK_ACTION_NOT_APPLICABLE;
    return same_kind && a->from == b->from && a->to == b->to &&
           a->kind != PK_OPERATION_RELATIONSHIP && is_runnable(b);
}

/* Intent, work, end.  @return PK_OK unless the intent could not be made durable */
static enum pk_code
run_operation(struct pk_run *run, struct pk_action *actions, size_t count, struct pk_error *err)
{
    PK_SCRATCH(pool);
    run->pool = pool;
    struct pk_action *leader = leader_of(actions, count);
    struct pk_tasks tasks = pk_tasks_of(run, actions, count);
    int64_t operation;
    enum pk_code code = pk_operation_intend(run, leader, &tasks, &operation, err);
    if (code != PK_OK) {
        return code;
    }
    const struct pk_fault *fault = NULL;
    struct pk_fault unsaved = {0};
    struct pk_error why = {0};
    if (leader->kind == PK_OPERATION_RELATIONSHIP) {
        fault = run_relationship(run, leader);
        heed_relationship(run, leader);
        if (fault == NULL && record_relationship(run, operation, &why) != PK_OK) {
            end_unrecorded(run, &why);
        }
    } else {
        run_tasks(run, operation, leader, &tasks);
    }
    if (!pk_tasks_persist(run, operation, leader, &tasks, &unsaved)) {
        run->out->unsaved_fault = unsaved;
        fault = fault == NULL ? &unsaved : fault;
    }
    if (pk_operation_conclude(run, operation, leader, &tasks, fault, &why) != PK_OK) {
        end_unrecorded(run, &why);
    }
    pk_tasks_settle(run, &tasks, actions, count);
    return PK_OK;
}

static void
leave_out(struct pk_run *run, size_t from)
{
    for (size_t i = from; i < run->plan->action_count; i++) {
        if (run->plan->actions[i].status == PK_ACTION_PLANNED) {
            run->plan->actions[i].status = PK_ACTION_NOT_RUN;
            run->out->not_run++;
        }
    }
}

/* The end of the run of actions that make one operation with the one at @p first. */
static size_t
operation_end(const struct pk_relationship_plan *plan, size_t first)
{
    struct pk_action *actions = &plan->actions[first];
    size_t end = first + 1;
    while (end < plan->action_count &&
           belong_together(leader_of(actions, end - first), &plan->actions[end])) {
        end++;
    }
    return end;
}

static enum pk_code
run_operations(struct pk_run *run, struct pk_error *err)
{
    struct pk_relationship_plan *plan = run->plan;
    size_t next = 0;
    for (heed_stop(run); next < plan->action_count && run->end_reason == NULL; heed_stop(run)) {
        size_t first = next;
        if (!is_runnable(&plan->actions[first])) {
            next++;
            continue;
        }
        struct pk_error why = {0};
        next = operation_end(plan, first);
        enum pk_code code = run_operation(run, &plan->actions[first], next - first, &why);
        if (code != PK_OK && !run->wrote) {
            pk_error_set(err, why.code, why.where, "%s", why.message);
            return code;
        }
        if (code != PK_OK) {
            end_unrecorded(run, &why);
            next = first;
        }
    }
    leave_out(run, next);
    return PK_OK;
}

/* -- Before and after ------------------------------------------------------------------------- */

static bool
may_act(const struct pk_relationship_plan *plan)
{
    return plan->is_known && plan->permit == PK_PERMIT_ACT &&
           (!plan->held.is_held || plan->approved);
}

static void
set_aside(struct pk_relationship_plan *plan)
{
    bool held = plan->held.is_held && !plan->approved;
    for (size_t i = 0; i < plan->action_count; i++) {
        struct pk_action *action = &plan->actions[i];
        if (action->block != PK_BLOCK_NONE) {
            action->status = PK_ACTION_BLOCKED;
        } else if (!may_act(plan) && action->status == PK_ACTION_PLANNED) {
            action->status = held ? PK_ACTION_HELD : PK_ACTION_SKIPPED;
        }
    }
}

static void
tell_blocked(struct pk_run *run, struct pk_txn *txn, const struct pk_action *action)
{
    for (size_t i = 0; i < action->scope_count; i++) {
        struct pk_event event = pk_run_event(run, PK_REASON_SCOPE_BLOCKED, 0);
        event.subnet = pk_prefix_text(run->lasting, action->scopes[i]->subnet);
        event.message = action->block_message;
        pk_event_add(txn, &event);
    }
}

static enum pk_code
record_blocked(struct pk_run *run, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(run->executor->db, &txn);
    for (size_t i = 0; i < run->plan->action_count; i++) {
        if (run->plan->actions[i].status == PK_ACTION_BLOCKED) {
            tell_blocked(run, &txn, &run->plan->actions[i]);
        }
    }
    return pk_txn_end(&txn, err);
}

/* A relationship made by the way is base as soon as both servers were seen to hold it. */
static void
verify_new_relationship(struct pk_run *run)
{
    PK_SCRATCH(pool);
    struct pk_error err = {0};
    const struct pk_relation *wanted = &run->plan->comparison.want_relation;
    if (run->plan->view->base_relation != NULL || wanted->name == NULL || run->out->done == 0 ||
        run->out->record_failed) {
        return;
    }
    run->pool = pool;
    if (pk_relationship_verify(run, &err) && record_relationship(run, 0, &err) != PK_OK) {
        run->out->record_failed = true;
    }
}

enum pk_code
pk_execute(const struct pk_executor *executor, struct pk_relationship_plan *plan,
           struct pk_execution *out, struct pk_error *err)
{
    PK_SCRATCH(lasting);
    *out = (struct pk_execution){0};
    set_aside(plan);
    if (!may_act(plan)) {
        return PK_OK;
    }
    struct pk_run run = {.executor = executor, .plan = plan, .out = out, .lasting = lasting};
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        run.capabilities[side] = executor->drivers[side]->capabilities(executor->servers[side]);
    }
    enum pk_code code = record_blocked(&run, err);
    if (code == PK_OK) {
        code = run_operations(&run, err);
    }
    if (code == PK_OK) {
        verify_new_relationship(&run);
    }
    return code;
}
