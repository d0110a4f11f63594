/*
 * An operation is told three times: what it means to write, before the first write; what became of
 * each scope (record.c); and once that it has ended.
 */
#include <string.h>

#include "base/text.h"
#include "reconcilers/task.h"

struct pk_event
pk_run_event(const struct pk_run *run, enum pk_reason reason, int64_t operation)
{
    return (struct pk_event){
        .time = pk_wall_now(),
        .reason = reason,
        .relationship = run->plan->view->relationship->name,
        .operation = operation,
        .revision = run->executor->revision,
        .actor = run->executor->actor,
    };
}

/* A row that is replaced has one intent: from what goes to what comes. */
static struct pk_intent
intent_of(const struct pk_run *run, const struct pk_task *task, int side)
{
    const struct pk_task_side *plan = &task->sides[side];
    if (plan->removal == NULL && plan->put == NULL) {
        return (struct pk_intent){.server = NULL};
    }
    struct pk_intent intent = {.server = pk_run_server(run, side)};
    intent.before = plan->removal != NULL ? plan->removal->before : plan->put->before;
    if (plan->put != NULL) {
        intent.wanted = plan->put->wanted;
    }
    return intent;
}

static struct pk_sub_task *
sub_tasks_of(struct pk_run *run, const struct pk_tasks *tasks)
{
    struct pk_sub_task *at = pk_array(run->pool, struct pk_sub_task, tasks->count);
    for (size_t i = 0; i < tasks->count; i++) {
        at[i] = (struct pk_sub_task){
            .subnet = tasks->at[i].scope->subnet,
            .status = PK_SUB_TASK_NOT_STARTED,
        };
        for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
            at[i].rows[side] = intent_of(run, &tasks->at[i], side);
        }
    }
    return at;
}

static const char *
scopes_text(struct pk_run *run, size_t count)
{
    return pk_sprintf(run->pool, "%zu scope%s", count, pk_plural(count));
}

enum pk_code
pk_operation_intend(struct pk_run *run, const struct pk_action *first, const struct pk_tasks *tasks,
                    int64_t *id, struct pk_error *err)
{
    const struct pk_operation operation = {
        .kind = first->kind,
        .relationship = run->plan->view->relationship->name,
        .source = pk_run_server(run, first->from),
        .partner = pk_run_server(run, first->to),
        .revision = run->executor->revision,
        .actor = run->executor->actor,
        .digest = pk_sha256_text(run->pool, &run->plan->digest),
        .status = PK_OVERALL_IN_PROGRESS,
        .started = pk_wall_now(),
        .sub_tasks = sub_tasks_of(run, tasks),
        .sub_task_count = tasks->count,
    };
    struct pk_txn txn;
    pk_txn_begin(run->executor->db, &txn);
    *id = pk_operation_begin(&txn, &operation);
    struct pk_event event = pk_run_event(run, PK_REASON_OPERATION_STARTED, *id);
    event.message = pk_sprintf(run->pool, "%s from %s to %s: %s", pk_operation_name(first->kind),
                               operation.source, operation.partner, scopes_text(run, tasks->count));
    pk_event_add(&txn, &event);
    pk_tasks_owe(run, &txn, tasks);
    return pk_txn_end(&txn, err);
}

/* -- The end ---------------------------------------------------------------------------------- */

struct tally {
    size_t failed, stale, not_run;
    const struct pk_task *first_failed;
};

static struct tally
tally_of(const struct pk_tasks *tasks)
{
    struct tally tally = {0};
    for (size_t i = 0; i < tasks->count; i++) {
        const struct pk_task *task = &tasks->at[i];
        tally.failed += task->status == PK_ACTION_FAILED;
        tally.stale += task->status == PK_ACTION_STALE;
        tally.not_run += task->status == PK_ACTION_NOT_RUN;
        if (task->status == PK_ACTION_FAILED && tally.first_failed == NULL) {
            tally.first_failed = task;
        }
    }
    return tally;
}

/* Outer = the operation, inner = the first cause; no fault when every scope went well. */
static struct pk_fault
fault_of(struct pk_run *run, const struct pk_action *first, const struct pk_tasks *tasks)
{
    struct tally tally = tally_of(tasks);
    struct pk_fault fault = {0};
    enum pk_fault_id outer = pk_operation_fault(first->kind);
    if (tally.failed != 0) {
        pk_fault_set(&fault, outer, tally.first_failed->fault.inner, "%zu of %s failed; first: %s",
                     tally.failed, scopes_text(run, tasks->count),
                     tally.first_failed->fault.message);
    } else if (tally.not_run != 0) {
        pk_fault_set(&fault, outer, PK_FAULT_GENERIC_ERROR_OCCURRED,
                     "interrupted: %zu of %s not run: %s; the next pass plans them again",
                     tally.not_run, scopes_text(run, tasks->count), run->end_reason);
    } else if (tally.stale != 0) {
        pk_fault_set(&fault, outer, PK_FAULT_OBJECT_STATE_IS_INVALID,
                     "%zu of %s changed after they were planned and are planned once more",
                     tally.stale, scopes_text(run, tasks->count));
    }
    return fault;
}

enum pk_code
pk_operation_conclude(struct pk_run *run, int64_t id, const struct pk_action *first,
                      const struct pk_tasks *tasks, const struct pk_fault *fault,
                      struct pk_error *err)
{
    struct pk_fault own = fault != NULL ? *fault : fault_of(run, first, tasks);
    bool failed = own.outer != PK_FAULT_NONE;
    struct pk_txn txn;
    pk_txn_begin(run->executor->db, &txn);
    pk_operation_end(&txn, id, failed ? &own : NULL, pk_wall_now());
    struct pk_event event =
        pk_run_event(run, failed ? PK_REASON_OPERATION_FAILED : PK_REASON_OPERATION_COMPLETED, id);
    event.message = failed ? own.message
                           : pk_sprintf(run->pool, "%s: %s", pk_operation_name(first->kind),
                                        scopes_text(run, tasks->count));
    if (failed) {
        event.attributes =
            pk_sprintf(run->pool, "{\"fault\":{\"inner\":%d,\"outer\":%d}}", own.inner, own.outer);
    }
    pk_event_add(&txn, &event);
    return pk_txn_end(&txn, err);
}
