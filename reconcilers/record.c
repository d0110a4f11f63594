/*
 * What became of a chunk, in one transaction with the rows it describes: sub-tasks, events, bases,
 * sync status, heals.  Only rows that were read back move a base or a status.
 */
#include <string.h>

#include "adm/applied.h"
#include "adm/mirror.h"
#include "base/text.h"
#include "reconcilers/base-after.h"
#include "reconcilers/task.h"

enum { ALMOST_DONE_PERCENT = 99 }; /* 100 belongs to the end of the operation */

/* -- Sub-tasks -------------------------------------------------------------------------------- */

static enum pk_sub_task_status
sub_task_status(enum pk_action_status status)
{
    switch (status) {
    case PK_ACTION_DONE:
        return PK_SUB_TASK_COMPLETED_WITH_SUCCESS;
    case PK_ACTION_FAILED:
        return PK_SUB_TASK_COMPLETED_WITH_ERROR;
    case PK_ACTION_NOT_APPLICABLE:
        return PK_SUB_TASK_NOT_APPLICABLE;
    case PK_ACTION_PLANNED:
    case PK_ACTION_BLOCKED:
    case PK_ACTION_HELD:
    case PK_ACTION_STALE:
    case PK_ACTION_SKIPPED:
    case PK_ACTION_NOT_RUN:
        break;
    }
    return PK_SUB_TASK_NOT_RUN;
}

static void
end_sub_task(struct pk_txn *txn, const struct pk_task *task, int64_t operation, size_t index,
             size_t total)
{
    const struct pk_sub_task sub_task = {
        .subnet = task->scope->subnet,
        .status = sub_task_status(task->status),
        .reason = task->note,
        .fault = task->fault,
    };
    int percent = (int)((index + 1) * ALMOST_DONE_PERCENT / total);
    pk_sub_task_end(txn, operation, index, &sub_task, percent);
}

/* -- Events ----------------------------------------------------------------------------------- */

static enum pk_reason
reason_of(const struct pk_task *task)
{
    static const enum pk_reason done[PK_OPERATION_COUNT] = {
        [PK_OPERATION_CREATE_SCOPE] = PK_REASON_SCOPE_CREATED,
        [PK_OPERATION_UPDATE_SCOPE] = PK_REASON_SCOPE_UPDATED,
        [PK_OPERATION_DELETE_SCOPE] = PK_REASON_SCOPE_DELETED,
        [PK_OPERATION_REPLACE_SCOPE] = PK_REASON_SCOPE_REPLACED,
        [PK_OPERATION_REPLICATE_SCOPE] = PK_REASON_SCOPE_REPLICATED,
        [PK_OPERATION_REPLICATE_SERVER] = PK_REASON_SCOPE_REPLICATED,
        [PK_OPERATION_RELATIONSHIP] = PK_REASON_RELATIONSHIP_CHANGED,
    };
    if (task->status == PK_ACTION_DONE) {
        return done[task->action->kind];
    }
    return task->status == PK_ACTION_FAILED ? PK_REASON_SCOPE_FAILED : PK_REASON_SCOPE_SKIPPED;
}

static const char *
json_or_null(const char *value)
{
    return value != NULL ? value : "null"; /* values are canonical JSON already */
}

/* Keys in byte order, so that equal events have equal texts. */
static const char *
attributes_of(struct pk_run *run, const struct pk_task *task)
{
    struct pk_text text = {.pool = run->pool};
    const char *separator = "";
    pk_text_add(&text, "{");
    if (task->status == PK_ACTION_FAILED) {
        pk_text_addf(&text, "\"fault\":{\"inner\":%d,\"outer\":%d},", task->fault.inner,
                     task->fault.outer);
    }
    pk_text_add(&text, "\"fields\":[");
    for (size_t i = 0; i < task->scope->difference_count; i++) {
        const struct pk_difference *difference = &task->scope->differences[i];
        if (task->sides[difference->side].put == NULL ||
            task->action->kind == PK_OPERATION_CREATE_SCOPE) {
            continue;
        }
        pk_text_addf(&text, "%s{\"cause\":\"%s\",\"field\":", separator,
                     pk_cause_name(difference->cause));
        pk_text_add_json(&text, pk_part_name(run->pool, difference->field, difference->key));
        pk_text_addf(&text, ",\"have\":%s,\"server\":", json_or_null(difference->have));
        pk_text_add_json(&text, pk_run_server(run, difference->side));
        pk_text_addf(&text, ",\"want\":%s}", json_or_null(difference->want));
        separator = ",";
    }
    pk_text_add(&text, "]}");
    return pk_text_end(&text);
}

static const char *
message_of(struct pk_run *run, const struct pk_task *task)
{
    if (task->status == PK_ACTION_FAILED) {
        return task->fault.message;
    }
    if (task->note != NULL) {
        return task->note;
    }
    const char *from = pk_run_server(run, task->action->from);
    const char *to = pk_run_server(run, task->action->to);
    const char *why = task->action->reason != NULL ? task->action->reason : "";
    return pk_sprintf(run->pool, "%s, %s to %s%s%s", pk_operation_name(task->action->kind), from,
                      to, *why != '\0' ? ": " : "", why);
}

/* The server an event is about: the one that failed, else where content went. */
static const char *
server_of(const struct pk_run *run, const struct pk_task *task)
{
    bool failed = task->status == PK_ACTION_FAILED && task->trouble.what != NULL;
    return pk_run_server(run, failed ? task->trouble.side : task->action->to);
}

static void
tell(struct pk_run *run, struct pk_txn *txn, const struct pk_task *task, int64_t operation)
{
    struct pk_event event = pk_run_event(run, reason_of(task), operation);
    event.subnet = pk_task_subnet(run, task);
    event.server = server_of(run, task);
    event.message = message_of(run, task);
    event.attributes = attributes_of(run, task);
    pk_event_add(txn, &event);
}

/* -- Bases, status, heals --------------------------------------------------------------------- */

static void
move_base(struct pk_run *run, struct pk_txn *txn, const struct pk_task *task, int side)
{
    const char *relationship = run->plan->view->relationship->name;
    const char *server = pk_run_server(run, side);
    const struct pk_task_side *plan = &task->sides[side];
    if (plan->removed == PK_OUTCOME_WRITTEN && run->executor->drivers[side]->persist == NULL) {
        pk_applied_delete(txn, relationship, server, plan->removal->subnet);
    }
    if (!pk_base_follows(run->plan->view, task->scope)) {
        return;
    }
    struct pk_parts want = pk_base_want(run->pool, task->scope), after;
    const struct pk_row *base = task->scope->base[side];
    if (pk_base_after(run->pool, plan->found != NULL ? &plan->found->parts : NULL, &want,
                      base != NULL ? &base->parts : NULL, &after)) {
        pk_applied_put(txn, relationship, server, task->scope->subnet, &after);
    }
}

static void
record_owned(struct pk_run *run, struct pk_txn *txn, const struct pk_task *task)
{
    if (task->scope->wanted != NULL && task->status == PK_ACTION_DONE) {
        struct pk_parts owned = pk_owned_parts(run->pool, task->scope->wanted);
        pk_owned_put(txn, run->plan->view->relationship->name, task->scope->subnet, &owned);
    }
}

static void
set_status(struct pk_run *run, struct pk_txn *txn, const struct pk_task *task)
{
    const struct pk_row *const found[PK_PAIR] = {
        task->sides[PK_SERVER_1].found,
        task->sides[PK_SERVER_2].found,
    };
    enum pk_sync_status status = pk_rows_status(found);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (found[side] != NULL && found[side]->status != status) {
            pk_adm_scope_set_status(txn, pk_run_server(run, side), task->scope->subnet, status);
        }
    }
}

/* A hand edit put back: the cause names the server that was edited, and that server is written. */
static bool
is_heal(const struct pk_run *run, const struct pk_task *task,
        const struct pk_difference *difference)
{
    int source = run->plan->view->relationship->source;
    bool of_source = difference->cause == PK_CAUSE_SOURCE && difference->side == source;
    bool of_partner = difference->cause == PK_CAUSE_PARTNER && difference->side != source;
    return (of_source || of_partner) && task->sides[difference->side].written == PK_OUTCOME_WRITTEN;
}

static void
record_heals(struct pk_run *run, struct pk_txn *txn, const struct pk_task *task)
{
    for (size_t i = 0; i < task->scope->difference_count; i++) {
        const struct pk_difference *difference = &task->scope->differences[i];
        if (is_heal(run, task, difference)) {
            pk_heal_add(txn,
                        &(struct pk_heal){
                            .relationship = run->plan->view->relationship->name,
                            .server = pk_run_server(run, difference->side),
                            .part = pk_part_name(run->pool, difference->field, difference->key),
                            .subnet = task->scope->subnet,
                            .had = difference->have,
                            .healed = difference->want,
                            .time = pk_wall_now(),
                        });
        }
    }
}

/* Where the tables are not the server they follow it. */
static void
mirror_row(struct pk_run *run, struct pk_txn *txn, const struct pk_task *task, int side)
{
    const struct pk_task_side *plan = &task->sides[side];
    if (run->capabilities[side]->changed_by_us_alone) {
        return;
    }
    if (plan->removed == PK_OUTCOME_WRITTEN) {
        pk_mirror_put_row(txn, pk_run_server(run, side), plan->removal->subnet, NULL);
    }
    if (plan->put != NULL) {
        pk_mirror_put_row(txn, pk_run_server(run, side), task->scope->subnet, plan->found);
    }
}

static void
record_task(struct pk_run *run, struct pk_txn *txn, const struct pk_task *task)
{
    if (!task->read_back) {
        return;
    }
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        mirror_row(run, txn, task, side);
        move_base(run, txn, task, side);
    }
    record_owned(run, txn, task);
    set_status(run, txn, task);
    if (task->status == PK_ACTION_DONE) {
        record_heals(run, txn, task);
        pk_view_settle_intents(run->plan->view, txn, task->scope->subnet);
    }
}

enum pk_code
pk_tasks_record(struct pk_run *run, int64_t operation, const struct pk_tasks *chunk, size_t start,
                size_t total, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(run->executor->db, &txn);
    for (size_t i = 0; i < chunk->count; i++) {
        record_task(run, &txn, &chunk->at[i]);
        end_sub_task(&txn, &chunk->at[i], operation, start + i, total);
        tell(run, &txn, &chunk->at[i], operation);
    }
    return pk_txn_end(&txn, err);
}
