/*
 * The conditions are computed from what is left undone, by one function each, so that status never
 * depends on the path a pass took.
 */
#include "agent/record.h"

#include <string.h>

#include "adm/events.h"
#include "agent/render.h"
#include "base/text.h"
#include "reconcilers/backoff.h"

struct left {
    size_t undone, failed, blocked, held, skipped; /* actions */
    size_t scopes;
    bool overlap;
    bool partners_differ;
};

static bool
rows_equal(const struct pk_scope_state *scope)
{
    const struct pk_row *a = scope->have[PK_SERVER_1], *b = scope->have[PK_SERVER_2];
    return a != NULL && b != NULL && pk_sha256_equal(&a->hash, &b->hash);
}

static void
count_action(struct left *left, const struct pk_action *action)
{
    if (action->status == PK_ACTION_DONE || action->status == PK_ACTION_NOT_APPLICABLE) {
        return;
    }
    left->undone++;
    left->scopes += action->scope_count;
    left->failed += action->status == PK_ACTION_FAILED || action->status == PK_ACTION_STALE ||
                    action->status == PK_ACTION_NOT_RUN;
    left->blocked += action->block != PK_BLOCK_NONE;
    left->overlap = left->overlap || action->block == PK_BLOCK_OVERLAP;
    left->held += action->status == PK_ACTION_HELD;
    left->skipped += action->status == PK_ACTION_SKIPPED;
    for (size_t i = 0; i < action->scope_count; i++) {
        left->partners_differ = left->partners_differ || !rows_equal(action->scopes[i]);
    }
}

static struct left
count_left(const struct pk_relationship_plan *plan)
{
    struct left left = {0};
    for (size_t i = 0; i < plan->action_count; i++) {
        count_action(&left, &plan->actions[i]);
    }
    for (size_t i = 0; i < plan->comparison.count; i++) {
        const struct pk_scope_state *scope = &plan->comparison.at[i];
        left.partners_differ = left.partners_differ || (scope->left_alone && !rows_equal(scope));
    }
    return left;
}

/* -- Conditions -----------------------------------------------------------------------------------
 */

static const char *
unknown_reason(const struct pk_pass_relationship *relationship)
{
    return relationship->unknown_count != 0 ? relationship->unknown[0].reason : "";
}

/* "dhcp-a says terminated", or "" for a pair that answers its clients as it should. */
static const char *
pair_problem(struct pk_pool *pool, const struct pk_pair_view *view)
{
    struct pk_text out = {.pool = pool};
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        const struct pk_capabilities *can = view->servers[side].capabilities;
        const struct pk_relation *relation = pk_view_relation(view, side);
        if (can == NULL || !can->has_pair_states || relation == NULL ||
            relation->state == PK_PAIR_NORMAL) {
            continue;
        }
        pk_text_addf(&out, "%s%s %s", out.count > 0 ? ", " : "", view->servers[side].name,
                     pk_relation_says(pool, relation));
    }
    return pk_text_end(&out);
}

static const char *
scopes_differ(struct pk_pool *pool, size_t count)
{
    return pk_sprintf(pool, "%zu %s", count, count == 1 ? "scope differs" : "scopes differ");
}

static struct pk_condition
ready(struct pk_pool *pool, const struct pk_outcome_of *outcome, const struct left *left)
{
    const struct pk_pass_relationship *relationship = outcome->relationship;
    const struct pk_relationship_plan *plan = &relationship->plan;
    struct pk_condition condition = {.type = PK_CONDITION_READY, .status = PK_FALSE, .message = ""};
    if (!plan->is_known) {
        condition.reason = PK_CONDITION_SERVER_UNKNOWN;
        condition.message = unknown_reason(relationship);
    } else if (left->held != 0) {
        condition.reason = PK_CONDITION_GUARD;
        condition.message = plan->held.reason;
    } else if (left->failed != 0) {
        condition.reason = PK_CONDITION_SCOPES_FAILED;
        condition.message =
            pk_sprintf(pool, "%zu action%s failed", left->failed, pk_plural(left->failed));
    } else if (relationship->unsaved) {
        condition.reason = PK_CONDITION_SCOPES_FAILED;
        condition.message = "written, but a server keeps it in memory only";
    } else if (left->blocked != 0) {
        condition.reason = left->overlap ? PK_CONDITION_OVERLAP : PK_CONDITION_SCOPES_BLOCKED;
        condition.message =
            pk_sprintf(pool, "%zu scope%s blocked", left->blocked, pk_plural(left->blocked));
    } else if (left->undone != 0 || plan->left_alone != 0) {
        static const enum pk_condition_reason reasons[] = {
            [PK_PERMIT_ACT] = PK_CONDITION_REPORT_ONLY,
            [PK_PERMIT_NO_WRITES] = PK_CONDITION_WRITES_OFF,
            [PK_PERMIT_SUSPENDED] = PK_CONDITION_BY_OPERATOR,
            [PK_PERMIT_REPORT] = PK_CONDITION_REPORT_ONLY,
            [PK_PERMIT_BACKING_OFF] = PK_CONDITION_BACKING_OFF,
        };
        condition.reason = reasons[plan->permit];
        condition.message = scopes_differ(pool, left->scopes + plan->left_alone);
    } else if (*(condition.message = pair_problem(pool, plan->view)) != '\0') {
        condition.reason = PK_CONDITION_PAIR_STATE;
    } else {
        condition.status = PK_TRUE;
        condition.reason = PK_CONDITION_IN_STEP;
    }
    return condition;
}

static struct pk_condition
stalled(struct pk_pool *pool, const struct pk_outcome_of *outcome, const struct left *left)
{
    struct pk_condition condition = {
        .type = PK_CONDITION_STALLED, .reason = PK_CONDITION_NOT_STALLED, .message = ""};
    bool waits = outcome->relationship->plan.permit == PK_PERMIT_BACKING_OFF &&
                 outcome->retry != NULL && outcome->retry->stalled;
    if (left->held != 0) {
        condition.status = PK_TRUE;
        condition.reason = PK_CONDITION_GUARD;
        condition.message =
            pk_sprintf(pool, "guard %s", pk_guard_name(outcome->relationship->plan.held.guard));
    } else if (left->blocked != 0) {
        condition.status = PK_TRUE;
        condition.reason = left->overlap ? PK_CONDITION_OVERLAP : PK_CONDITION_SCOPES_BLOCKED;
    } else if (outcome->refused || waits) {
        condition.status = PK_TRUE;
        condition.reason = PK_CONDITION_SCOPES_FAILED;
        condition.message = "a server refused: waits for a change in Git or on the server";
    }
    return condition;
}

static struct pk_condition
drifted(struct pk_pool *pool, const struct pk_relationship_plan *plan, const struct left *left)
{
    struct pk_condition condition = {
        .type = PK_CONDITION_DRIFTED, .reason = PK_CONDITION_IN_STEP, .message = ""};
    if (!plan->is_known) {
        condition.status = PK_UNKNOWN;
        condition.reason = PK_CONDITION_SERVER_UNKNOWN;
    } else if (left->undone != 0 || plan->left_alone != 0) {
        char digest[PK_SHA256_HEX_BYTES];
        bool can_act = !pk_sha256_is_zero(&plan->digest);
        condition.status = PK_TRUE;
        condition.reason = PK_CONDITION_DRIFT;
        condition.message = pk_sprintf(
            pool, "%s%s%.12s", scopes_differ(pool, left->scopes + plan->left_alone),
            can_act ? ", plan " : "", can_act ? pk_sha256_hex(digest, &plan->digest) : "");
    }
    return condition;
}

static struct pk_condition
partners_in_sync(const struct pk_relationship_plan *plan, const struct left *left)
{
    struct pk_condition condition = {
        .type = PK_CONDITION_PARTNERS_IN_SYNC,
        .status = left->partners_differ ? PK_FALSE : PK_TRUE,
        .reason = left->partners_differ ? PK_CONDITION_DRIFT : PK_CONDITION_IN_STEP,
        .message = "",
    };
    if (!plan->is_known) {
        condition.status = PK_UNKNOWN;
        condition.reason = PK_CONDITION_SERVER_UNKNOWN;
    }
    return condition;
}

static struct pk_condition
suspended(struct pk_pool *pool, const struct pk_outcome_of *outcome)
{
    const struct pk_suspension *suspension = outcome->suspension;
    bool by_git = outcome->relationship->plan.view->relationship->suspend;
    return (struct pk_condition){
        .type = PK_CONDITION_SUSPENDED,
        .status = by_git || suspension != NULL ? PK_TRUE : PK_FALSE,
        .reason = suspension != NULL ? PK_CONDITION_BY_OPERATOR
                  : by_git           ? PK_CONDITION_BY_GIT
                                     : PK_CONDITION_NOT_SUSPENDED,
        .message = suspension != NULL
                       ? pk_sprintf(pool, "%s: %s", suspension->actor, suspension->reason)
                       : "",
    };
}

/* -- Events -- */

static bool
edited_by_hand(const struct pk_difference *difference)
{
    return difference->cause != PK_CAUSE_GIT;
}

static void
tell_drift_of(struct pk_txn *txn, const struct pk_record *record,
              const struct pk_outcome_of *outcome, const struct pk_scope_state *scope)
{
    PK_SCRATCH(pool);
    struct pk_text message = {.pool = pool};
    for (size_t i = 0; i < scope->difference_count; i++) {
        const struct pk_difference *difference = &scope->differences[i];
        if (edited_by_hand(difference)) {
            pk_text_addf(&message, "%s%s on %s (%s)", message.count != 0 ? ", " : "",
                         pk_part_name(pool, difference->field, difference->key),
                         outcome->relationship->plan.view->servers[difference->side].name,
                         pk_cause_name(difference->cause));
        }
    }
    if (message.count != 0) {
        pk_event_add(txn, &(struct pk_event){
                              .time = record->now,
                              .reason = PK_REASON_DRIFT_FOUND,
                              .relationship = outcome->relationship->name,
                              .subnet = pk_prefix_text(pool, scope->subnet),
                              .revision = record->revision,
                              .message = pk_text_end(&message),
                          });
    }
}

/* The last word on a drift is its plan's digest, which the condition's message carries. */
static bool
is_new_drift(struct pk_txn *txn, struct pk_pool *pool, const char *relationship,
             const struct pk_condition *now_drifted)
{
    struct pk_condition *before;
    size_t count;
    struct pk_error err = {0};
    if (pk_conditions_load(txn->db, pool, relationship, &before, &count, &err) != PK_OK) {
        pk_txn_fail(txn, &err);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (before[i].type == PK_CONDITION_DRIFTED) {
            return strcmp(before[i].message, now_drifted->message) != 0;
        }
    }
    return true;
}

void
pk_record_drift(struct pk_txn *txn, const struct pk_record *record,
                const struct pk_outcome_of *outcome)
{
    PK_SCRATCH(pool);
    const struct pk_relationship_plan *plan = &outcome->relationship->plan;
    const struct left left = count_left(plan);
    const struct pk_condition now_drifted = drifted(pool, plan, &left);
    if (!plan->is_known || !is_new_drift(txn, pool, outcome->relationship->name, &now_drifted)) {
        return;
    }
    const struct pk_comparison *comparison = &plan->comparison;
    for (size_t i = 0; i < comparison->count; i++) {
        if (comparison->at[i].is_kept_equal && comparison->at[i].difference_count != 0) {
            tell_drift_of(txn, record, outcome, &comparison->at[i]);
        }
    }
}

/* -- Held plans -- */

static const struct pk_held_plan *
find_held(const struct pk_held_plan *at, size_t count, const char *relationship)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(at[i].relationship, relationship) == 0) {
            return &at[i];
        }
    }
    return NULL;
}

static void
keep_held(struct pk_txn *txn, struct pk_pool *pool, const struct pk_record *record,
          const struct pk_pass_relationship *relationship, const struct pk_held_plan *before)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    const char *digest = pk_sha256_text(pool, &plan->digest);
    bool is_new = before == NULL || strcmp(before->digest, digest) != 0;
    if (!is_new && strcmp(before->plan_digest, record->plan_digest) == 0) {
        return;
    }
    json_t *json = pk_render_relationship_json(relationship, false);
    pk_held_put(txn, &(struct pk_held_plan){
                         .relationship = relationship->name,
                         .digest = digest,
                         .plan_digest = record->plan_digest,
                         .guard = pk_guard_name(plan->held.guard),
                         .reason = plan->held.reason,
                         .plan = pk_json_text(pool, json),
                         .since = is_new ? record->now : before->since,
                     });
    json_decref(json);
    if (is_new) {
        pk_event_add(txn, &(struct pk_event){
                              .time = record->now,
                              .reason = PK_REASON_PLAN_HELD,
                              .relationship = relationship->name,
                              .revision = record->revision,
                              .message = plan->held.reason,
                              .attributes = pk_sprintf(pool, "{\"digest\":\"%s\",\"guard\":\"%s\"}",
                                                       digest, pk_guard_name(plan->held.guard)),
                          });
    }
}

static void
record_held(struct pk_txn *txn, struct pk_pool *pool, const struct pk_record *record,
            const struct pk_pass_relationship *relationship, bool is_held)
{
    struct pk_held_plan *held;
    size_t count;
    struct pk_error err = {0};
    if (pk_held_load(txn->db, pool, &held, &count, &err) != PK_OK) {
        pk_txn_fail(txn, &err);
        return;
    }
    const struct pk_held_plan *before = find_held(held, count, relationship->name);
    if (is_held) {
        keep_held(txn, pool, record, relationship, before);
    } else if (before != NULL) {
        pk_held_delete(txn, relationship->name);
    }
}

/* -- Pace and revision -- */

static void
record_retry(struct pk_txn *txn, struct pk_pool *pool, const struct pk_record *record,
             const struct pk_outcome_of *outcome, const struct left *left)
{
    const struct pk_pass_relationship *relationship = outcome->relationship;
    if (outcome->acted && left->failed != 0) {
        struct pk_sha256 rest = pk_relationship_digest(&relationship->plan);
        struct pk_retry retry = pk_backoff_failed(record->paced ? outcome->retry : NULL,
                                                  relationship->name, pk_sha256_text(pool, &rest),
                                                  outcome->refused, record->now, outcome->random);
        pk_retry_put(txn, &retry);
    } else if (outcome->retry != NULL && (outcome->acted || left->undone == 0)) {
        pk_retry_delete(txn, relationship->name);
    }
}

static void
move_revision(struct pk_txn *txn, struct pk_pool *pool, const struct pk_record *record,
              const char *relationship, enum pk_revision_kind kind)
{
    const char *before = NULL;
    struct pk_error err = {0};
    if (pk_revision_get(txn->db, pool, relationship, kind, &before, &err) != PK_OK) {
        pk_txn_fail(txn, &err);
    } else if (before == NULL || strcmp(before, record->revision) != 0) {
        pk_revision_set(txn, relationship, kind, record->revision, record->now);
    }
}

void
pk_record_relationship(struct pk_txn *txn, const struct pk_record *record,
                       const struct pk_outcome_of *outcome)
{
    PK_SCRATCH(pool);
    const struct pk_pass_relationship *relationship = outcome->relationship;
    const struct pk_relationship_plan *plan = &relationship->plan;
    const struct left left = count_left(plan);
    const struct pk_condition conditions[] = {
        ready(pool, outcome, &left),
        stalled(pool, outcome, &left),
        drifted(pool, plan, &left),
        partners_in_sync(plan, &left),
        suspended(pool, outcome),
        {.type = PK_CONDITION_RECONCILING, .reason = PK_CONDITION_NOT_ACTING, .message = ""},
    };
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        pk_condition_set(txn, relationship->name, &conditions[i], record->now);
    }
    record_held(txn, pool, record, relationship, left.held != 0);
    record_retry(txn, pool, record, outcome, &left);
    move_revision(txn, pool, record, relationship->name, PK_REVISION_ATTEMPTED);
    if (plan->is_known && left.undone == 0 && plan->left_alone == 0) {
        move_revision(txn, pool, record, relationship->name, PK_REVISION_APPLIED);
    }
}

void
pk_record_acting(struct pk_txn *txn, const char *relationship, struct pk_wall now)
{
    pk_condition_set(txn, relationship,
                     &(struct pk_condition){.type = PK_CONDITION_RECONCILING,
                                            .status = PK_TRUE,
                                            .reason = PK_CONDITION_ACTING,
                                            .message = ""},
                     now);
}

void
pk_record_dropped(struct pk_txn *txn, const char *relationship, struct pk_wall now)
{
    pk_condition_set(txn, relationship,
                     &(struct pk_condition){
                         .type = PK_CONDITION_READY,
                         .status = PK_UNKNOWN,
                         .reason = PK_CONDITION_DROPPED,
                         .message = "Git no longer names it: its scopes are kept and not touched",
                     },
                     now);
}
