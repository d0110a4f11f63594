/*
 * Between actions, which are what people read, and scopes, which are what is written: a
 * replicate-server is one line of a plan and a hundred rows on a server.
 */
#include "reconcilers/task.h"

#include <stdlib.h>

static int
compare_tasks(const void *a, const void *b)
{
    return pk_prefix_compare(((const struct pk_task *)a)->scope->subnet,
                             ((const struct pk_task *)b)->scope->subnet);
}

/* By network address: a replaced row has another length than the scope that replaces it. */
static int
compare_address(const void *subnet, const void *task)
{
    uint32_t a = ((const struct pk_prefix *)subnet)->address;
    uint32_t b = ((const struct pk_task *)task)->scope->subnet.address;
    return (a > b) - (a < b);
}

static void
attach(struct pk_tasks *tasks, const struct pk_row_change *change)
{
    struct pk_task *task =
        bsearch(&change->subnet, tasks->at, tasks->count, sizeof tasks->at[0], compare_address);
    if (task == NULL) {
        return;
    }
    struct pk_task_side *side = &task->sides[change->side];
    if (change->row != NULL) {
        side->put = change;
    } else {
        side->removal = change;
    }
}

static void
fill(struct pk_tasks *tasks, struct pk_action *action)
{
    for (size_t i = 0; i < tasks->count; i++) {
        tasks->at[i] = (struct pk_task){
            .action = action,
            .scope = action->scopes[i],
            .status = action->status,
            .note = action->status == PK_ACTION_NOT_APPLICABLE ? action->reason : NULL,
            .fault = action->fault,
        };
    }
    if (tasks->count > 1) {
        qsort(tasks->at, tasks->count, sizeof tasks->at[0], compare_tasks);
    }
    for (size_t i = 0; tasks->count != 0 && i < action->change_count; i++) {
        attach(tasks, &action->changes[i]);
    }
}

struct pk_tasks
pk_tasks_of(struct pk_run *run, struct pk_action *actions, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += actions[i].scope_count;
    }
    struct pk_tasks all = {.at = pk_array(run->pool, struct pk_task, total), .count = total};
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        struct pk_tasks own = {.at = &all.at[next], .count = actions[i].scope_count};
        fill(&own, &actions[i]);
        next += own.count;
    }
    return all;
}

const char *
pk_task_subnet(struct pk_run *run, const struct pk_task *task)
{
    return pk_prefix_text(run->pool, task->scope->subnet);
}

enum pk_fault_id
pk_task_cause(const struct pk_run *run, const struct pk_task *task, int side)
{
    static const enum pk_fault_id causes[2][3] = {
        {PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_REMOTE, PK_FAULT_SCOPE_FAILED_TO_ADD_IN_REMOTE,
         PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE},
        {PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_DB, PK_FAULT_SCOPE_FAILED_TO_ADD_IN_DB,
         PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_DB},
    };
    enum { DELETE, ADD, UPDATE };
    const struct pk_row_change *put = task->sides[side].put;
    bool embedded = run->capabilities[side]->keeps_relationships;
    return causes[embedded][put == NULL ? DELETE : pk_sha256_is_zero(&put->before) ? ADD : UPDATE];
}

void
pk_task_fail(struct pk_task *task, const struct pk_trouble *trouble)
{
    task->status = PK_ACTION_FAILED;
    task->trouble = *trouble;
}

void
pk_task_finish(struct pk_run *run, struct pk_task *task)
{
    const struct pk_trouble *trouble = &task->trouble;
    if (task->status != PK_ACTION_FAILED || trouble->what == NULL) {
        return;
    }
    pk_fault_set(&task->fault, pk_operation_fault(task->action->kind), trouble->cause,
                 "server %s, scope %s: %s%s%s; %s", pk_run_server(run, trouble->side),
                 pk_task_subnet(run, task), trouble->what, trouble->aftermath != NULL ? ", " : "",
                 trouble->aftermath != NULL ? trouble->aftermath : "", trouble->next);
}

/* The one status that stands for several scopes: the worst. */
static unsigned
weight(enum pk_action_status status)
{
    static const unsigned weights[] = {
        [PK_ACTION_DONE] = 1,    [PK_ACTION_NOT_APPLICABLE] = 2, [PK_ACTION_NOT_RUN] = 3,
        [PK_ACTION_PLANNED] = 3, [PK_ACTION_STALE] = 4,          [PK_ACTION_FAILED] = 5,
    };
    return (size_t)status < sizeof weights / sizeof weights[0] ? weights[status] : 0;
}

static void
count_action(struct pk_execution *out, enum pk_action_status status)
{
    out->done += status == PK_ACTION_DONE;
    out->failed += status == PK_ACTION_FAILED;
    out->stale += status == PK_ACTION_STALE;
    out->not_run += status == PK_ACTION_NOT_RUN;
}

void
pk_tasks_settle(struct pk_run *run, const struct pk_tasks *tasks, struct pk_action *actions,
                size_t count)
{
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        struct pk_action *action = &actions[i];
        if (action->kind != PK_OPERATION_RELATIONSHIP) {
            action->status = PK_ACTION_DONE;
        }
        for (size_t left = action->scope_count; left > 0; left--, next++) {
            const struct pk_task *task = &tasks->at[next];
            if (weight(task->status) > weight(action->status)) {
                action->status = task->status;
                action->fault = task->fault;
            }
        }
        count_action(run->out, action->status);
    }
}
