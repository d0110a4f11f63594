/*
 * A configuration that Kea 2.2 refuses leaves it without sockets and timers, while it goes on
 * saying that it is ready.  From outside that looks like a lost line between the partners; but once
 * the partner serves for both, or is served and heard itself, beginning anew harms nobody in either
 * case.  While both are out of touch nobody can tell which of them is deaf, so both are let be.
 */
#include "reconcilers/revive.h"

#include "adm/events.h"
#include "base/text.h"

static bool
is_in_state(const struct pk_pair_view *view, int side, enum pk_pair_state state)
{
    const struct pk_capabilities *can = view->servers[side].capabilities;
    const struct pk_relation *relation = pk_view_relation(view, side);
    return can != NULL && can->has_pair_states && relation != NULL && relation->state == state;
}

int
pk_pair_deaf_side(const struct pk_relationship_plan *plan)
{
    for (int side = PK_SERVER_1; side < PK_PAIR && plan->is_known && plan->permit == PK_PERMIT_ACT;
         side++) {
        int other = pk_other_side(side);
        if (is_in_state(plan->view, side, PK_PAIR_OUT_OF_TOUCH) &&
            (is_in_state(plan->view, other, PK_PAIR_PARTNER_DOWN) ||
             is_in_state(plan->view, other, PK_PAIR_NORMAL))) {
            return side;
        }
    }
    return PK_PAIR;
}

enum pk_code
pk_pair_revive(const struct pk_executor *executor, const struct pk_relationship_plan *plan,
               int side, struct pk_error *err)
{
    PK_SCRATCH(pool);
    const struct pk_pair_view *view = plan->view;
    const struct pk_driver *driver = executor->drivers[side];
    if (driver->revive == NULL) {
        return PK_OK;
    }
    enum pk_code code = driver->revive(executor->servers[side], err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_txn txn;
    pk_txn_begin(executor->db, &txn);
    pk_event_add(&txn,
                 &(struct pk_event){
                     .time = pk_wall_now(),
                     .reason = PK_REASON_SERVER_REVIVED,
                     .relationship = view->relationship->name,
                     .server = view->servers[side].name,
                     .revision = executor->revision,
                     .actor = executor->actor,
                     .message = pk_sprintf(pool, "%s %s: it was given its configuration again",
                                           view->servers[side].name,
                                           pk_relation_says(pool, pk_view_relation(view, side))),
                 });
    return pk_txn_end(&txn, err);
}
