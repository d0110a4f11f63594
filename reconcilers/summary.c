/*
 * Counts of scopes, and the words for what became of an action.
 */
#include "reconcilers/plan.h"

const char *
pk_action_status_name(enum pk_action_status status)
{
    switch (status) {
    case PK_ACTION_PLANNED:
        return "planned";
    case PK_ACTION_DONE:
        return "done";
    case PK_ACTION_FAILED:
        return "failed";
    case PK_ACTION_BLOCKED:
        return "blocked";
    case PK_ACTION_HELD:
        return "held";
    case PK_ACTION_STALE:
        return "stale";
    case PK_ACTION_SKIPPED:
        return "skipped";
    case PK_ACTION_NOT_APPLICABLE:
        return "not-applicable";
    case PK_ACTION_NOT_RUN:
        return "not-run";
    }
    return "planned";
}

static void
count_action(struct pk_summary *summary, const struct pk_action *action)
{
    size_t scopes = action->scope_count;
    if (action->status == PK_ACTION_NOT_APPLICABLE) {
        return;
    }
    summary->drifted += scopes;
    switch (action->kind) {
    case PK_OPERATION_CREATE_SCOPE:
        summary->create += scopes;
        break;
    case PK_OPERATION_UPDATE_SCOPE:
        summary->update += scopes;
        break;
    case PK_OPERATION_DELETE_SCOPE:
        summary->delete += scopes;
        break;
    case PK_OPERATION_REPLACE_SCOPE:
        summary->create += scopes;
        summary->delete += scopes;
        break;
    case PK_OPERATION_REPLICATE_SCOPE:
    case PK_OPERATION_REPLICATE_SERVER:
        summary->replicate += scopes;
        break;
    case PK_OPERATION_RELATIONSHIP:
    case PK_OPERATION_COUNT:
        break;
    }
}

struct pk_summary
pk_plan_summary(const struct pk_relationship_plan *plans, size_t count)
{
    struct pk_summary summary = {0};
    for (size_t i = 0; i < count; i++) {
        const struct pk_relationship_plan *plan = &plans[i];
        if (!plan->is_known) {
            summary.unknown += plan->view->scopes.count + plan->view->unseen;
            continue;
        }
        summary.in_sync += plan->in_sync;
        for (size_t j = 0; j < plan->foreign_count; j++) {
            summary.foreign += j == 0 || pk_prefix_compare(plan->foreign[j - 1].subnet,
                                                           plan->foreign[j].subnet) != 0;
        }
        for (size_t j = 0; j < plan->action_count; j++) {
            count_action(&summary, &plan->actions[j]);
        }
    }
    return summary;
}
