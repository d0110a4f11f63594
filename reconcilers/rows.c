/*
 * Looking before and after.  Before: nothing is written over what nobody has planned for, and
 * nothing is copied from a source that has changed.  After: only what was read back counts.
 */
#include "reconcilers/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/crew.h"
#include "base/text.h"

enum { MOST_DIFFERENCES_NAMED = 3 };

static const struct pk_sha256 no_row;

static int
compare_subnets(const void *a, const void *b)
{
    return pk_prefix_compare(*(const struct pk_prefix *)a, *(const struct pk_prefix *)b);
}

/* Sorted, each once: the scopes, and the rows they replace. */
static const struct pk_prefix *
subnets_of(struct pk_run *run, const struct pk_tasks *chunk, size_t *count)
{
    struct pk_prefix *at = pk_array(run->pool, struct pk_prefix, (PK_PAIR + 1) * chunk->count);
    size_t all = 0;
    for (size_t i = 0; i < chunk->count; i++) {
        const struct pk_task *task = &chunk->at[i];
        at[all++] = task->scope->subnet;
        for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
            if (task->sides[side].removal != NULL) {
                at[all++] = task->sides[side].removal->subnet;
            }
        }
    }
    qsort(at, all, sizeof at[0], compare_subnets);
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        if (i == 0 || pk_prefix_compare(at[i], at[i - 1]) != 0) {
            at[(*count)++] = at[i];
        }
    }
    return at;
}

/* One server that is read back. */
struct reading {
    const struct pk_driver *driver;
    struct pk_server *server;
    struct pk_pool *pool; /* its own: both may be read at the same time */
    const struct pk_prefix *subnets;
    size_t count;
    struct pk_rows rows;
    enum pk_code code;
    struct pk_error err;
};

static void
read_back(void *user, size_t index)
{
    struct reading *reading = &((struct reading *)user)[index];
    reading->code = reading->driver->verify(reading->server, reading->pool, reading->subnets,
                                            reading->count, &reading->rows, &reading->err);
}

/* @return the side that could not be read, or PK_PAIR */
static int
read_both(struct pk_run *run, const struct pk_tasks *chunk, struct pk_rows rows[PK_PAIR],
          struct pk_error *err)
{
    struct reading servers[PK_PAIR] = {0};
    size_t count;
    const struct pk_prefix *subnets = subnets_of(run, chunk, &count);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        servers[side] = (struct reading){.driver = run->executor->drivers[side],
                                         .server = run->executor->servers[side],
                                         .pool = pk_pool_new(run->pool),
                                         .subnets = subnets,
                                         .count = count};
    }
    pk_crew_run(pk_run_both_are_remote(run) ? PK_PAIR : 1, PK_PAIR, read_back, servers);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        rows[side] = servers[side].rows;
        if (servers[side].code != PK_OK) {
            *err = servers[side].err;
            return side;
        }
    }
    return PK_PAIR;
}

static void
fail_unread(struct pk_run *run, struct pk_tasks *chunk, int side, const struct pk_error *err,
            const char *doing)
{
    const struct pk_trouble trouble = {
        .side = side,
        .cause = run->capabilities[side]->keeps_relationships
                     ? PK_FAULT_SCOPE_FAILED_TO_FETCH_FROM_DB
                     : PK_FAULT_SERVER_FAILED_TO_FETCH_FROM_REMOTE,
        .what = pk_sprintf(run->pool, "%s: %s", doing, err->message),
        .next = "make the server reachable, the next pass looks again",
    };
    for (size_t i = 0; i < chunk->count; i++) {
        if (chunk->at[i].status == PK_ACTION_PLANNED) {
            pk_task_fail(&chunk->at[i], &trouble);
        }
    }
    pk_run_end(run,
               pk_sprintf(run->lasting, "server %s could not be read", pk_run_server(run, side)));
}

static bool
holds(const struct pk_rows *rows, struct pk_prefix subnet, const struct pk_sha256 *expected)
{
    const struct pk_row *row = pk_rows_find(rows, subnet);
    struct pk_sha256 now = row != NULL ? pk_parts_hash(&row->parts) : no_row;
    return pk_sha256_equal(&now, expected);
}

/* A side that is not written counts too: content may flow from it. */
static bool
is_as_planned(const struct pk_task *task, int side, const struct pk_rows *rows)
{
    const struct pk_task_side *plan = &task->sides[side];
    if (plan->removal != NULL && !holds(rows, plan->removal->subnet, &plan->removal->before)) {
        return false;
    }
    if (plan->put != NULL) {
        return holds(rows, plan->put->subnet, &plan->put->before);
    }
    const struct pk_row *have = task->scope->have[side];
    return plan->removal != NULL ||
           holds(rows, task->scope->subnet, have != NULL ? &have->hash : &no_row);
}

static bool
any_planned(const struct pk_tasks *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        if (chunk->at[i].status == PK_ACTION_PLANNED) {
            return true;
        }
    }
    return false;
}

bool
pk_tasks_check(struct pk_run *run, struct pk_tasks *chunk)
{
    if (!any_planned(chunk)) {
        return false;
    }
    struct pk_rows rows[PK_PAIR];
    struct pk_error err = {0};
    int unread = read_both(run, chunk, rows, &err);
    if (unread != PK_PAIR) {
        fail_unread(run, chunk, unread, &err, "nothing was written because it could not be read");
        return false;
    }
    for (size_t i = 0; i < chunk->count; i++) {
        struct pk_task *task = &chunk->at[i];
        for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
            if (task->status == PK_ACTION_PLANNED && !is_as_planned(task, side, &rows[side])) {
                task->status = PK_ACTION_STALE;
                task->note = pk_sprintf(run->pool,
                                        "%s holds something else than when this was planned: "
                                        "nothing was written, it is planned once more",
                                        pk_run_server(run, side));
            }
        }
    }
    return true;
}

/* -- After ------------------------------------------------------------------------------------ */

/* `lease-time 8h instead of 12h, …`: what a server holds that it was not told to. */
static const char *
differences(struct pk_run *run, const struct pk_row *found, const struct pk_row *wanted)
{
    static const struct pk_parts nothing;
    struct pk_text text = {.pool = run->pool};
    struct pk_parts_walk walk = {.a = found != NULL ? &found->parts : &nothing,
                                 .b = wanted != NULL ? &wanted->parts : &nothing};
    struct pk_part_pair pair;
    size_t count = 0;
    while (pk_parts_step(&walk, &pair)) {
        const char *has = pk_field_display(run->pool, pair.field, pair.a);
        const char *want = pk_field_display(run->pool, pair.field, pair.b);
        bool equal = pair.a != NULL && pair.b != NULL && strcmp(pair.a, pair.b) == 0;
        if (!equal && count++ < MOST_DIFFERENCES_NAMED) {
            pk_text_addf(&text, "%s%s %s instead of %s", text.count != 0 ? ", " : "",
                         pk_part_name(run->pool, pair.field, pair.key), has, want);
        }
    }
    if (count > MOST_DIFFERENCES_NAMED) {
        pk_text_addf(&text, " and %zu more", count - MOST_DIFFERENCES_NAMED);
    }
    return pk_text_end(&text);
}

static void
fail_lying(struct pk_run *run, struct pk_task *task, int side)
{
    const struct pk_row_change *put = task->sides[side].put;
    const struct pk_row *found = task->sides[side].found;
    const char *what = "it took the write but the scope is still there";
    if (put != NULL) {
        what = found == NULL ? "it took the write but does not have the scope"
                             : pk_sprintf(run->pool, "it took the write but holds %s",
                                          differences(run, found, put->row));
    }
    pk_task_fail(task, &(struct pk_trouble){
                           .side = side,
                           .cause = pk_task_cause(run, task, side),
                           .what = what,
                           .next = "look into the server's own log, the next pass plans again",
                       });
}

static bool
is_as_wanted(const struct pk_task *task, int side, const struct pk_rows *rows)
{
    const struct pk_task_side *plan = &task->sides[side];
    if (plan->removal != NULL && !holds(rows, plan->removal->subnet, &no_row)) {
        return false;
    }
    return plan->put == NULL || holds(rows, plan->put->subnet, &plan->put->wanted);
}

static void
judge(struct pk_run *run, struct pk_task *task, const struct pk_rows rows[PK_PAIR])
{
    int wrong = PK_PAIR;
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        task->sides[side].found = pk_rows_find(&rows[side], task->scope->subnet);
        if (wrong == PK_PAIR && !is_as_wanted(task, side, &rows[side])) {
            wrong = side;
        }
    }
    task->read_back = true;
    if (wrong == PK_PAIR && (task->unsure || task->status == PK_ACTION_PLANNED)) {
        task->status = PK_ACTION_DONE;
    } else if (task->status == PK_ACTION_PLANNED) {
        fail_lying(run, task, wrong);
    }
}

static bool
was_touched(const struct pk_task *task)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_task_side *plan = &task->sides[side];
        if (plan->removed == PK_OUTCOME_WRITTEN || plan->written == PK_OUTCOME_WRITTEN) {
            return true;
        }
    }
    return task->unsure || task->status == PK_ACTION_PLANNED;
}

void
pk_tasks_verify(struct pk_run *run, struct pk_tasks *chunk)
{
    struct pk_rows rows[PK_PAIR];
    struct pk_error err = {0};
    bool any = false;
    for (size_t i = 0; i < chunk->count; i++) {
        any = any || was_touched(&chunk->at[i]);
    }
    int unread = any ? read_both(run, chunk, rows, &err) : PK_PAIR;
    if (unread != PK_PAIR) {
        fail_unread(run, chunk, unread, &err, "it was written but could not be read back");
    }
    for (size_t i = 0; i < chunk->count; i++) {
        struct pk_task *task = &chunk->at[i];
        if (any && unread == PK_PAIR && was_touched(task)) {
            judge(run, task, rows);
        }
        pk_task_finish(run, task);
    }
}
