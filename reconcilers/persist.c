/*
 * Where a write is one step and its surviving a restart another, the second one is owed from before
 * the first write until it was seen to be done.  The debt stands in the ADM, so it outlives the
 * agent; it is paid at the end of an operation or, after a failure or a kill, by the next pass.
 */
#include "adm/applied.h"
#include "adm/mirror.h"
#include "base/crew.h"
#include "reconcilers/task.h"

/* A relationship has no rows: it is written on both. */
static bool
is_written(const struct pk_tasks *tasks, int side)
{
    if (tasks->count == 0) {
        return true;
    }
    for (size_t i = 0; i < tasks->count; i++) {
        const struct pk_task_side *row = &tasks->at[i].sides[side];
        if (row->put != NULL || row->removal != NULL) {
            return true;
        }
    }
    return false;
}

static bool
owes(const struct pk_run *run, const struct pk_tasks *tasks, int side)
{
    return run->executor->drivers[side]->persist != NULL && is_written(tasks, side);
}

void
pk_tasks_owe(struct pk_run *run, struct pk_txn *txn, const struct pk_tasks *tasks)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (owes(run, tasks, side)) {
            pk_mirror_set_unsaved(txn, pk_run_server(run, side), run->executor->drivers[side]->name,
                                  true);
        }
    }
}

/*
 * A server that dies before it has saved comes back with what was deleted on it.  The base stays
 * until then, or nobody would know that the scope was ours to delete.
 */
static void
forget_removed(const struct pk_run *run, struct pk_txn *txn, const struct pk_tasks *tasks, int side)
{
    for (size_t i = 0; i < tasks->count; i++) {
        const struct pk_task_side *row = &tasks->at[i].sides[side];
        if (tasks->at[i].read_back && row->removed == PK_OUTCOME_WRITTEN) {
            pk_applied_delete(txn, run->plan->view->relationship->name, pk_run_server(run, side),
                              row->removal->subnet);
        }
    }
}

static void
tell_not_saved(struct pk_run *run, int64_t operation, int side, const struct pk_error *why)
{
    struct pk_event event = pk_run_event(run, PK_REASON_SERVER_NOT_SAVED, operation);
    struct pk_txn txn;
    event.server = pk_run_server(run, side);
    event.message = why->message;
    pk_txn_begin(run->executor->db, &txn);
    pk_event_add(&txn, &event);
    if (pk_txn_end(&txn, NULL) != PK_OK) {
        run->out->record_failed = true;
    }
}

/* @param leaned  on the partner: whatever was done may have been cut off */
static enum pk_code
save(const struct pk_driver *driver, struct pk_server *server, bool leaned, struct pk_error *err)
{
    enum pk_code code = driver->persist != NULL ? driver->persist(server, err) : PK_OK;
    if (code != PK_OK) {
        pk_error_prefix(err, "it is in memory only");
    } else if (leaned && driver->mend != NULL) {
        code = driver->mend(server, err);
    }
    return code;
}

/* One server that is told to save. */
struct saving {
    int side;
    const struct pk_driver *driver;
    struct pk_server *server;
    bool leaned;
    enum pk_code code;
    struct pk_error why;
};

static void
save_one(void *user, size_t index)
{
    struct saving *saving = &((struct saving *)user)[index];
    saving->code = save(saving->driver, saving->server, saving->leaned, &saving->why);
}

/*
 * One whose whole configuration is replaced leans on its partner meanwhile; the settings of a
 * relationship, which have no tasks, are never written otherwise.
 */
static bool
lean_on_each_other(const struct pk_run *run, const struct pk_tasks *tasks)
{
    return tasks->count == 0 || run->capabilities[PK_SERVER_1]->whole_configuration ||
           run->capabilities[PK_SERVER_2]->whole_configuration;
}

static bool
conclude(struct pk_run *run, int64_t operation, const struct pk_action *leader,
         const struct pk_tasks *tasks, const struct saving *saving, struct pk_fault *fault)
{
    const char *name = pk_run_server(run, saving->side);
    struct pk_error why = {0};
    if (saving->code != PK_OK) {
        pk_fault_set(fault, pk_operation_fault(leader->kind), PK_FAULT_GENERIC_ERROR_OCCURRED,
                     "written and verified, but not settled on server %s: %s", name,
                     saving->why.message);
        tell_not_saved(run, operation, saving->side, &saving->why);
        return false;
    }
    struct pk_txn txn;
    pk_txn_begin(run->executor->db, &txn);
    pk_mirror_set_unsaved(&txn, name, saving->driver->name, false);
    forget_removed(run, &txn, tasks, saving->side);
    if (pk_txn_end(&txn, &why) != PK_OK) {
        run->out->record_failed = true;
    }
    return true;
}

bool
pk_tasks_persist(struct pk_run *run, int64_t operation, const struct pk_action *leader,
                 const struct pk_tasks *tasks, struct pk_fault *fault)
{
    struct saving servers[PK_PAIR];
    size_t count = 0;
    bool saved = true, lean = lean_on_each_other(run, tasks);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (owes(run, tasks, side)) {
            servers[count++] = (struct saving){.side = side,
                                               .driver = run->executor->drivers[side],
                                               .server = run->executor->servers[side],
                                               .leaned = lean};
        }
    }
    pk_crew_run(pk_run_both_are_remote(run) && !lean ? PK_PAIR : 1, count, save_one, servers);
    for (size_t i = 0; i < count; i++) {
        saved = conclude(run, operation, leader, tasks, &servers[i], fault) && saved;
    }
    run->out->unsaved = run->out->unsaved || !saved;
    return saved;
}

enum pk_code
pk_persist_owed(struct pk_db *db, const struct pk_driver *driver, struct pk_server *server,
                const char *name, const char *actor, struct pk_error *err)
{
    enum pk_code code = save(driver, server, true, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_txn txn;
    pk_txn_begin(db, &txn);
    pk_mirror_set_unsaved(&txn, name, driver->name, false);
    pk_event_add(
        &txn, &(struct pk_event){.time = pk_wall_now(),
                                 .reason = PK_REASON_SERVER_SAVED,
                                 .server = name,
                                 .actor = actor,
                                 .message = "what an earlier pass had written is on its disk now"});
    return pk_txn_end(&txn, err);
}
