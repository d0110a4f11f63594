/*
 * The relationship itself: written by an action of its own only where its settings differ, but made
 * by the way with the first scope that needs it.  Either way it is read back before it is base.
 */
#include <string.h>

#include "reconcilers/task.h"

static void
fail(struct pk_run *run, struct pk_action *action, int side, enum pk_fault_id cause,
     const char *what, const char *next)
{
    action->status = PK_ACTION_FAILED;
    pk_fault_set(&action->fault, pk_operation_fault(action->kind),
                 cause != PK_FAULT_NONE ? cause : PK_FAULT_FAILOVER_FAILED_TO_UPDATE_IN_DB,
                 "server %s, relationship %s: %s; %s", pk_run_server(run, side),
                 run->plan->view->relationship->name, what, next);
}

/* @return whether the other side may be written too */
static bool
write_side(struct pk_run *run, struct pk_action *action, int side)
{
    const struct pk_relation *have = pk_view_relation(run->plan->view, side);
    struct pk_change change = {
        .kind = PK_PUT_RELATION,
        .relation = &run->plan->comparison.want_relation,
    };
    if (have != NULL) {
        change.expected = pk_parts_hash(&have->parts);
    }
    struct pk_change_result result = {0};
    struct pk_error err = {.message = "the driver did not try"};
    run->wrote = true;
    enum pk_code code = run->executor->drivers[side]->write(run->executor->servers[side], &change,
                                                            1, &result, &err);
    if (code == PK_EREFUSED || result.outcome == PK_OUTCOME_REFUSED) {
        run->out->refused = true;
        const char *why = result.fault.message[0] != '\0' ? result.fault.message : err.message;
        fail(run, action, side, result.fault.inner, pk_sprintf(run->pool, "refused: %s", why),
             "correct the relationship in Git, or the server");
    } else if (result.outcome == PK_OUTCOME_STALE) {
        action->status = PK_ACTION_STALE;
    } else if (code != PK_OK || result.outcome != PK_OUTCOME_WRITTEN) {
        fail(run, action, side, result.fault.inner, err.message,
             "make the server reachable, the next pass looks again");
        pk_run_end(run, pk_sprintf(run->lasting, "server %s could not be written",
                                   pk_run_server(run, side)));
    }
    return action->status == PK_ACTION_PLANNED;
}

void
pk_relationship_write(struct pk_run *run, struct pk_action *action)
{
    struct pk_error err = {0};
    enum pk_write_order order = run->capabilities[action->from]->update_order;
    int first = order == PK_SOURCE_FIRST     ? action->from
                : order == PK_SERVER_1_FIRST ? PK_SERVER_1
                                             : PK_SERVER_2;
    if (!write_side(run, action, first) || !write_side(run, action, pk_other_side(first))) {
        return;
    }
    if (pk_relationship_verify(run, &err)) {
        action->status = PK_ACTION_DONE;
    } else {
        fail(run, action, action->to, PK_FAULT_NONE,
             err.code != PK_OK ? err.message : "it took the write but holds something else",
             "look into the server's own log, the next pass plans again");
    }
}

/* Can this kind of server hold the field?  Where content comes from, only our own rows know. */
static bool
can_hold(const struct pk_capabilities *can, const struct pk_field *field)
{
    size_t index = pk_field_index(&pk_relationship_fields, field);
    return (can->lacks >> index & 1) == 0 &&
           (index != PK_RELATIONSHIP_SOURCE || can->keeps_relationships);
}

static bool
holds_all(const struct pk_capabilities *can, const struct pk_parts *have,
          const struct pk_parts *want)
{
    struct pk_parts_walk walk = {.a = have, .b = want};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        bool same = pair.a != NULL && pair.b != NULL && strcmp(pair.a, pair.b) == 0;
        if (!same && can_hold(can, pair.field)) {
            return false;
        }
    }
    return true;
}

static bool
holds_wanted(struct pk_run *run, int side, struct pk_error *err)
{
    struct pk_observation seen;
    if (run->executor->drivers[side]->read(run->executor->servers[side], run->pool, &seen, err) !=
        PK_OK) {
        return false;
    }
    const struct pk_relation *wanted = &run->plan->comparison.want_relation;
    const struct pk_relation *found = pk_relations_find(&seen.relations, wanted->name);
    return found != NULL && holds_all(run->capabilities[side], &found->parts, &wanted->parts);
}

bool
pk_relationship_verify(struct pk_run *run, struct pk_error *err)
{
    return holds_wanted(run, PK_SERVER_1, err) && holds_wanted(run, PK_SERVER_2, err);
}
