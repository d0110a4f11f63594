/*
 * The order of writes.  A chunk is written on one server and then on the other, so a pair is
 * unequal for as short as the drivers allow (a batch limit of one gives scope by scope).  Rows that
 * have to go, go first on both.
 */
#include "reconcilers/task.h"

enum phase { REMOVALS, PUTS };

/* What goes to one server in one call, and to whom each result belongs. */
struct batch {
    int side;
    enum phase phase;
    struct pk_task **tasks;
    struct pk_change *changes;
    struct pk_change_result *results;
    size_t count;
};

static struct batch
new_batch(struct pk_run *run, int side, enum phase phase, size_t most)
{
    return (struct batch){
        .side = side,
        .phase = phase,
        .tasks = pk_array(run->pool, struct pk_task *, most),
        .changes = pk_array(run->pool, struct pk_change, most),
        .results = pk_array(run->pool, struct pk_change_result, most),
    };
}

static void
add_change(struct batch *batch, struct pk_task *task, const struct pk_change *change)
{
    batch->tasks[batch->count] = task;
    batch->changes[batch->count++] = *change;
}

/* -- One call --------------------------------------------------------------------------------- */

/*
 * A batch refused as one is halved until the scope that is to blame stands alone.  PK_OK: every
 * result tells; else the connection failed and results say how far it came.
 */
static enum pk_code
offer(struct pk_run *run, const struct batch *batch, size_t from, size_t count,
      struct pk_error *err)
{
    const struct pk_driver *driver = run->executor->drivers[batch->side];
    struct pk_error why = {0};
    run->wrote = true;
    enum pk_code code = driver->write(run->executor->servers[batch->side], &batch->changes[from],
                                      count, &batch->results[from], &why);
    if (code == PK_EREFUSED && count > 1) {
        size_t half = count / 2;
        code = offer(run, batch, from, half, err);
        return code != PK_OK ? code : offer(run, batch, from + half, count - half, err);
    }
    if (code == PK_EREFUSED) {
        struct pk_change_result *result = &batch->results[from];
        result->outcome = PK_OUTCOME_REFUSED;
        if (result->fault.message[0] == '\0') {
            pk_fault_set(&result->fault, PK_FAULT_NONE, result->fault.inner, "%s", why.message);
        }
        return PK_OK;
    }
    if (code != PK_OK && err != NULL) {
        *err = why;
    }
    return code;
}

static void
take_stale(struct pk_run *run, struct pk_task *task, int side)
{
    task->status = PK_ACTION_STALE;
    task->note = pk_sprintf(run->pool,
                            "%s was changed at the moment of writing: nothing was written there, "
                            "it is planned once more",
                            pk_run_server(run, side));
}

static void
take_refusal(struct pk_run *run, struct pk_task *task, int side, const struct pk_fault *fault)
{
    run->out->refused = true;
    pk_task_fail(task, &(struct pk_trouble){
                           .side = side,
                           .cause = fault->inner != PK_FAULT_NONE ? fault->inner
                                                                  : pk_task_cause(run, task, side),
                           .what = pk_sprintf(run->pool, "refused: %s", fault->message),
                           .next = "correct the scope in Git, or the server",
                       });
}

static void
take_cut(struct pk_run *run, struct pk_task *task, int side, const struct pk_error *err)
{
    pk_task_fail(task,
                 &(struct pk_trouble){
                     .side = side,
                     .cause = pk_task_cause(run, task, side),
                     .what = pk_sprintf(run->pool, "%s: %s",
                                        task->unsure ? "cut off while writing" : "not written",
                                        err->message),
                     .next = "make the server reachable, the next pass looks again",
                 });
}

static void
take_result(struct pk_run *run, const struct batch *batch, size_t index, const struct pk_error *err)
{
    struct pk_task *task = batch->tasks[index];
    struct pk_task_side *side = &task->sides[batch->side];
    const struct pk_change_result *result = &batch->results[index];
    *(batch->phase == PUTS ? &side->written : &side->removed) = result->outcome;
    switch (result->outcome) {
    case PK_OUTCOME_WRITTEN:
        break;
    case PK_OUTCOME_STALE:
        take_stale(run, task, batch->side);
        break;
    case PK_OUTCOME_REFUSED:
        take_refusal(run, task, batch->side, &result->fault);
        break;
    case PK_OUTCOME_UNKNOWN:
        task->unsure = true;
        take_cut(run, task, batch->side, err);
        break;
    case PK_OUTCOME_NOT_RUN:
        take_cut(run, task, batch->side, err);
        break;
    }
}

static void
send_batch(struct pk_run *run, const struct batch *batch)
{
    if (batch->count == 0) {
        return;
    }
    struct pk_error err = {.message = "the driver did not try"};
    if (offer(run, batch, 0, batch->count, &err) != PK_OK) {
        pk_run_end(run, pk_sprintf(run->lasting, "server %s could not be written: %s",
                                   pk_run_server(run, batch->side), err.message));
    }
    for (size_t i = 0; i < batch->count; i++) {
        take_result(run, batch, i, &err);
    }
}

/* -- One phase: first side, second side, and back where the second half failed ----------------- */

static void
write_side(struct pk_run *run, struct pk_tasks *chunk, enum phase phase, int side)
{
    struct batch batch = new_batch(run, side, phase, chunk->count);
    const struct pk_relation *relation = &run->plan->comparison.want_relation;
    for (size_t i = 0; i < chunk->count; i++) {
        struct pk_task *task = &chunk->at[i];
        const struct pk_row_change *row =
            phase == PUTS ? task->sides[side].put : task->sides[side].removal;
        if (task->status != PK_ACTION_PLANNED || row == NULL) {
            continue;
        }
        add_change(&batch, task,
                   &(struct pk_change){
                       .kind = phase == PUTS ? PK_PUT_SCOPE : PK_DELETE_SCOPE,
                       .subnet = row->subnet,
                       .expected = row->before,
                       .wanted = row->row,
                       .relation = relation->name != NULL ? relation : NULL,
                   });
    }
    send_batch(run, &batch);
}

/* Made here, by this action, and alone because the other half was not taken. */
static bool
is_half_create(const struct pk_task *task, int first)
{
    const struct pk_task_side *made = &task->sides[first];
    const struct pk_task_side *other = &task->sides[pk_other_side(first)];
    bool creates = task->action->kind == PK_OPERATION_CREATE_SCOPE ||
                   task->action->kind == PK_OPERATION_REPLACE_SCOPE;
    return creates && made->written == PK_OUTCOME_WRITTEN &&
           pk_sha256_is_zero(&made->put->before) &&
           (other->written == PK_OUTCOME_REFUSED || other->written == PK_OUTCOME_STALE);
}

static void
tell_undone(struct pk_run *run, struct pk_task *task, int first, bool undone)
{
    const char *what = undone ? "was taken back" : "could not be taken back and stays";
    task->trouble.aftermath =
        pk_sprintf(run->pool, "the half made on %s %s", pk_run_server(run, first), what);
    if (task->note != NULL) {
        task->note = pk_sprintf(run->pool, "%s; %s", task->note, task->trouble.aftermath);
    }
}

/* The expected hash is what we wrote: a row that somebody has touched since stays. */
static void
undo_half_creates(struct pk_run *run, struct pk_tasks *chunk, int first)
{
    struct batch batch = new_batch(run, first, PUTS, chunk->count);
    for (size_t i = 0; i < chunk->count; i++) {
        struct pk_task *task = &chunk->at[i];
        if (is_half_create(task, first)) {
            const struct pk_row_change *put = task->sides[first].put;
            add_change(&batch, task,
                       &(struct pk_change){.kind = PK_DELETE_SCOPE,
                                           .subnet = put->subnet,
                                           .expected = put->wanted});
        }
    }
    if (batch.count != 0) {
        (void)offer(run, &batch, 0, batch.count, NULL); /* the results tell what was left */
    }
    for (size_t i = 0; i < batch.count; i++) {
        tell_undone(run, batch.tasks[i], first, batch.results[i].outcome == PK_OUTCOME_WRITTEN);
    }
}

/* A driver that has an order of its own decides; most have none and content flows as it does. */
static int
first_side(const struct pk_run *run, const struct pk_action *action, enum phase phase)
{
    bool creates =
        action->kind == PK_OPERATION_CREATE_SCOPE || action->kind == PK_OPERATION_REPLACE_SCOPE;
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_capabilities *can = run->capabilities[side];
        enum pk_write_order order = phase == REMOVALS ? can->delete_order
                                    : creates         ? can->create_order
                                                      : can->update_order;
        if (order != PK_SOURCE_FIRST) {
            return order == PK_SERVER_1_FIRST ? PK_SERVER_1 : PK_SERVER_2;
        }
    }
    return action->from;
}

void
pk_tasks_write(struct pk_run *run, struct pk_tasks *chunk)
{
    const struct pk_action *action = chunk->at[0].action;
    int first = first_side(run, action, REMOVALS);
    write_side(run, chunk, REMOVALS, first);
    write_side(run, chunk, REMOVALS, pk_other_side(first));

    first = first_side(run, action, PUTS);
    write_side(run, chunk, PUTS, first);
    write_side(run, chunk, PUTS, pk_other_side(first));
    undo_half_creates(run, chunk, first);
}
