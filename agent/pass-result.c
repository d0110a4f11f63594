/* The exit code is the worst of what became of the relationships; agent/exit-code.c has the order.
 */
#include "agent/pass-result.h"

#include <stdarg.h>
#include <string.h>

enum { NOTES_LIMIT = 64 };

void
pk_pass_note(struct pk_pool *pool, struct pk_pass_result *result, const char *format, ...)
{
    if (result->note_count == NOTES_LIMIT) {
        return;
    }
    const char **notes = pk_array(pool, const char *, result->note_count + 1);
    if (result->note_count != 0) {
        memcpy(notes, result->notes, result->note_count * sizeof *notes);
    }
    va_list args;
    va_start(args, format);
    notes[result->note_count++] = pk_vsprintf(pool, format, args);
    va_end(args);
    result->notes = notes;
}

void
pk_pass_note_dropped(struct pk_pool *pool, const struct pk_views *views,
                     struct pk_pass_result *result)
{
    for (size_t i = 0; i < views->dropped_count; i++) {
        pk_pass_note(
            pool, result,
            "%s: Git no longer names this relationship: its scopes are kept and not touched",
            views->dropped[i]);
    }
}

static bool
is_noted(const struct pk_pass_result *result, const char *text)
{
    for (size_t i = 0; i < result->note_count; i++) {
        if (strcmp(result->notes[i], text) == 0) {
            return true;
        }
    }
    return false;
}

void
pk_pass_note_problems(struct pk_pool *pool, const struct pk_fleet *fleet,
                      struct pk_pass_result *result)
{
    for (size_t i = 0; i < fleet->count; i++) {
        const char *problem = fleet->at[i].problem;
        if (problem != NULL && !is_noted(result, problem)) {
            pk_pass_note(pool, result, "%s", problem);
        }
    }
}

static struct pk_relationship_plan *
plans_of(struct pk_pool *pool, const struct pk_pass_result *result)
{
    struct pk_relationship_plan *plans =
        pk_array(pool, struct pk_relationship_plan, result->relationship_count + 1);
    for (size_t i = 0; i < result->relationship_count; i++) {
        plans[i] = result->relationships[i].plan;
    }
    return plans;
}

struct pk_sha256
pk_pass_digest(struct pk_pool *pool, const struct pk_pass_result *result)
{
    return pk_plan_digest(plans_of(pool, result), result->relationship_count);
}

static bool
is_settled(const struct pk_action *action)
{
    return action->status == PK_ACTION_DONE || action->status == PK_ACTION_FAILED ||
           action->status == PK_ACTION_NOT_APPLICABLE;
}

void
pk_pass_merge_rounds(struct pk_pool *pool, const struct pk_pass_relationship *first,
                     struct pk_pass_relationship *again)
{
    const struct pk_relationship_plan *old = &first->plan;
    struct pk_relationship_plan *plan = &again->plan;
    struct pk_action *actions =
        pk_array(pool, struct pk_action, old->action_count + plan->action_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < old->action_count; i++) {
        if (is_settled(&old->actions[i])) {
            actions[count++] = old->actions[i];
        }
    }
    for (size_t i = 0; i < plan->action_count; i++) {
        actions[count++] = plan->actions[i];
    }
    plan->actions = actions;
    plan->action_count = count;
}

/* -- Exit code -- */

static enum pk_exit
exit_of_action(const struct pk_action *action)
{
    switch (action->status) {
    case PK_ACTION_DONE:
    case PK_ACTION_NOT_APPLICABLE:
        return PK_EXIT_IN_STEP;
    case PK_ACTION_HELD:
        return PK_EXIT_HELD;
    case PK_ACTION_FAILED:
    case PK_ACTION_BLOCKED:
    case PK_ACTION_STALE:
    case PK_ACTION_NOT_RUN:
        return PK_EXIT_PARTIAL;
    case PK_ACTION_PLANNED:
    case PK_ACTION_SKIPPED:
        return PK_EXIT_DRIFT;
    }
    return PK_EXIT_DRIFT;
}

static enum pk_exit
exit_of(const struct pk_pass_relationship *relationship)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    if (!plan->is_known) {
        return PK_EXIT_PARTIAL;
    }
    enum pk_exit worst = plan->left_alone != 0 ? PK_EXIT_DRIFT : PK_EXIT_IN_STEP;
    for (size_t i = 0; i < plan->action_count; i++) {
        worst = pk_exit_worse(worst, exit_of_action(&plan->actions[i]));
    }
    return worst;
}

void
pk_pass_finish(struct pk_pool *pool, const struct pk_pass_request *request,
               struct pk_pass_result *result)
{
    result->summary = pk_plan_summary(plans_of(pool, result), result->relationship_count);
    enum pk_exit worst = PK_EXIT_IN_STEP;
    size_t unknown = 0;
    for (size_t i = 0; i < result->relationship_count; i++) {
        const struct pk_pass_relationship *relationship = &result->relationships[i];
        unknown += !relationship->plan.is_known;
        worst = pk_exit_worse(worst, exit_of(relationship));
    }
    if (!request->acts && worst != PK_EXIT_IN_STEP) {
        worst = PK_EXIT_DRIFT; /* what would be held or blocked is drift that was found */
    }
    bool nothing_known = unknown != 0 && unknown == result->relationship_count;
    if (nothing_known || (!request->acts && unknown != 0)) {
        worst = PK_EXIT_CANNOT_RUN;
    }
    result->exit = worst;
}

const char *
pk_pass_condition(const struct pk_pass_relationship *relationship)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    if (!plan->is_known) {
        return "unknown";
    }
    if (plan->permit == PK_PERMIT_SUSPENDED) {
        return "suspended";
    }
    enum pk_exit left = exit_of(relationship);
    if (left == PK_EXIT_IN_STEP) {
        return "in-sync";
    }
    return plan->held.is_held && !plan->approved ? "held" : "drifted";
}
