/*
 * On Kea about ten clients whose leases the partner refuses, because it lacks their subnet or knows
 * it by another id, end the exchange of leases for all subnets.  Beginning anew before every
 * difference is repaired would only end the same way.
 */
#include "reconcilers/rejoin.h"

#include <string.h>

#include "adm/events.h"
#include "base/text.h"

enum { MOST_NAMED = 3 };

static bool
has_ended(const struct pk_pair_view *view, int side)
{
    const struct pk_capabilities *can = view->servers[side].capabilities;
    const struct pk_relation *relation = pk_view_relation(view, side);
    return can != NULL && can->has_pair_states && relation != NULL &&
           relation->state == PK_PAIR_TERMINATED;
}

bool
pk_pair_may_rejoin(const struct pk_relationship_plan *plan)
{
    if (!plan->is_known || plan->permit != PK_PERMIT_ACT || plan->left_alone != 0 ||
        !has_ended(plan->view, PK_SERVER_1) || !has_ended(plan->view, PK_SERVER_2)) {
        return false;
    }
    for (size_t i = 0; i < plan->action_count; i++) {
        enum pk_action_status status = plan->actions[i].status;
        if (status != PK_ACTION_DONE && status != PK_ACTION_NOT_APPLICABLE) {
            return false;
        }
    }
    return true;
}

/* "10.2.0.0/24 was missing on dhcp-b", "the subnet id of 10.3.0.0/24 differed", or NULL. */
static const char *
culprit(struct pk_pool *pool, const struct pk_pair_view *view, const struct pk_scope_state *scope)
{
    const struct pk_field *id = &pk_scope_fields.at[PK_SCOPE_ID];
    const char *ids[PK_PAIR];
    const char *subnet = pk_prefix_text(pool, scope->subnet);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_row *row = scope->have[side], *other = scope->have[pk_other_side(side)];
        if (row == NULL && other != NULL) {
            return pk_sprintf(pool, "%s was missing on %s", subnet, view->servers[side].name);
        }
        ids[side] = row != NULL ? pk_parts_get(&row->parts, id, "") : NULL;
    }
    bool differ = ids[PK_SERVER_1] != NULL && ids[PK_SERVER_2] != NULL &&
                  strcmp(ids[PK_SERVER_1], ids[PK_SERVER_2]) != 0;
    return differ ? pk_sprintf(pool, "the subnet id of %s differed", subnet) : NULL;
}

static const char *
story(struct pk_pool *pool, const struct pk_relationship_plan *plan)
{
    struct pk_text out = {.pool = pool};
    size_t named = 0;
    pk_text_add(&out, "both servers had stopped exchanging leases and begin anew");
    for (size_t i = 0; i < plan->comparison.count; i++) {
        const char *why = culprit(pool, plan->view, &plan->comparison.at[i]);
        if (why != NULL && named < MOST_NAMED) {
            pk_text_addf(&out, "%s%s", named == 0 ? ": " : ", ", why);
        }
        named += why != NULL;
    }
    if (named > MOST_NAMED) {
        pk_text_addf(&out, " and %zu more", named - MOST_NAMED);
    }
    return pk_text_end(&out);
}

enum pk_code
pk_pair_rejoin(const struct pk_executor *executor, const struct pk_relationship_plan *plan,
               struct pk_error *err)
{
    PK_SCRATCH(pool);
    const char *name = plan->view->relationship->name;
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_driver *driver = executor->drivers[side];
        enum pk_code code =
            driver->rejoin != NULL ? driver->rejoin(executor->servers[side], name, err) : PK_OK;
        if (code != PK_OK) {
            return code;
        }
    }
    struct pk_txn txn;
    pk_txn_begin(executor->db, &txn);
    pk_event_add(&txn, &(struct pk_event){
                           .time = pk_wall_now(),
                           .reason = PK_REASON_PAIR_REJOINED,
                           .relationship = name,
                           .revision = executor->revision,
                           .actor = executor->actor,
                           .message = story(pool, plan),
                       });
    return pk_txn_end(&txn, err);
}
