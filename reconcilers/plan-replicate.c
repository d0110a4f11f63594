/*
 * Replicate by hand: one side's rows as they are, over the other's.  Git has no say here, the next
 * pass puts its own back; what stays is that nothing is deleted (D43), nothing falls through to a
 * side that lacks the scope (D19), and that a scope left out says why (D15).
 */
#include "reconcilers/compare-steps.h"
#include "reconcilers/plan-parts.h"

struct copying {
    struct pk_pool *pool;
    const struct pk_pair_view *view;
    int from, to;
    enum pk_operation_kind kind;
    struct pk_comparing comparing;
    struct pk_actions actions;
};

/* Why this scope cannot be copied; NULL = it can. */
static const char *
why_not(const struct copying *copying, const struct pk_scope_state *scope)
{
    const struct pk_pair_view *view = copying->view;
    const struct pk_row *row = pk_rows_find(&view->servers[copying->from].rows, scope->subnet);
    const char *server = view->servers[copying->from].name;
    if (row == NULL) {
        return pk_sprintf(copying->pool, "%s has no such scope to copy", server);
    }
    if (row->relationship != NULL && pk_view_has(view, copying->from, row)) {
        return NULL; /* listing an unlinked scope here does not make it part of the pair */
    }
    return row->relationship != NULL
               ? pk_sprintf(copying->pool, "on %s it is in relationship %s", server,
                            row->relationship)
               : pk_sprintf(copying->pool, "on %s it is in no relationship", server);
}

static void
leave_out(struct copying *copying, const struct pk_scope_state *scope, const char *reason)
{
    const struct pk_scope_state **scopes =
        pk_array(copying->pool, const struct pk_scope_state *, 1);
    scopes[0] = scope;
    *pk_push(copying->pool, &copying->actions.list) = (struct pk_action){
        .kind = copying->kind,
        .from = copying->from,
        .to = copying->to,
        .scopes = scopes,
        .scope_count = 1,
        .reason = reason,
        .status = PK_ACTION_NOT_APPLICABLE,
    };
}

/* The row of FROM, with its link under the relationship's own name. */
static void
want_copy(struct copying *copying, struct pk_scope_state *scope)
{
    const struct pk_parts *held = &scope->have[copying->from]->parts;
    const struct pk_field *link = &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP];
    struct pk_part *parts = pk_array(copying->pool, struct pk_part, held->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < held->count; i++) {
        if (held->at[i].field != link) {
            parts[count++] = held->at[i];
        }
    }
    parts[count++] =
        (struct pk_part){.field = link, .key = "", .value = copying->comparing.name_value};
    scope->want = pk_want_row(&copying->comparing, scope->subnet, parts, count);
}

/* The scopes asked for: found ones as gathered, others with nothing known of them. */
static void
select_scopes(struct copying *copying, const struct pk_prefix *only, size_t only_count)
{
    struct pk_comparing *comparing = &copying->comparing;
    if (only == NULL) {
        return;
    }
    struct pk_scope_state *at = pk_array(copying->pool, struct pk_scope_state, only_count + 1);
    for (size_t i = 0; i < only_count; i++) {
        const struct pk_scope_state *found = pk_comparing_find(comparing, only[i]);
        at[i] = found != NULL ? *found
                              : (struct pk_scope_state){.subnet = only[i],
                                                        .kind = PK_SCOPE_FOREIGN,
                                                        .replaces = only[i]};
    }
    comparing->at = at;
    comparing->count = only_count;
}

static void
prepare_scopes(struct copying *copying)
{
    struct pk_comparing *comparing = &copying->comparing;
    comparing->replaced_by = pk_array(copying->pool, size_t, comparing->count + 1);
    for (size_t i = 0; i < comparing->count; i++) {
        struct pk_scope_state *scope = &comparing->at[i];
        comparing->replaced_by[i] = PK_NOT_REPLACED;
        scope->is_deleted = false;
        scope->moved_to = NULL;
        scope->is_kept_equal = why_not(copying, scope) == NULL;
        if (scope->is_kept_equal) {
            want_copy(copying, scope);
            pk_differ_side(comparing, scope, copying->to);
            pk_check_subnet_id(comparing, scope);
        }
    }
    pk_block_overlaps(comparing);
}

static struct pk_action
copy_scope(const struct copying *copying, const struct pk_scope_state *scope)
{
    struct pk_action action =
        pk_action_of_scope(copying->pool, copying->view, PK_OPERATION_REPLICATE_SCOPE, scope, NULL);
    action.from = copying->from;
    action.to = copying->to;
    action.reason = scope->have[copying->to] == NULL ? "asked for by hand: missing"
                                                     : "asked for by hand: different";
    return action;
}

static void
plan_copies(struct copying *copying)
{
    struct pk_comparing *comparing = &copying->comparing;
    const struct pk_scope_state **together =
        pk_array(copying->pool, const struct pk_scope_state *, comparing->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < comparing->count; i++) {
        const struct pk_scope_state *scope = &comparing->at[i];
        if (!scope->is_kept_equal) {
            leave_out(copying, scope, why_not(copying, scope));
        } else if (scope->writes[copying->to] && (copying->kind != PK_OPERATION_REPLICATE_SERVER ||
                                                  scope->block != PK_BLOCK_NONE)) {
            *pk_push(copying->pool, &copying->actions.list) = copy_scope(copying, scope);
        } else if (scope->writes[copying->to]) {
            together[count++] = scope;
        }
    }
    if (count > 0) {
        *pk_push(copying->pool, &copying->actions.list) =
            pk_action_of_server(copying->pool, copying->to, together, count);
    }
}

struct pk_relationship_plan
pk_plan_replicate(struct pk_pool *pool, const struct pk_pair_view *view, int from,
                  const struct pk_prefix *only, size_t only_count, enum pk_operation_kind kind,
                  const struct pk_plan_options *options)
{
    struct pk_relationship_plan plan = {.view = view};
    plan.is_known = view->servers[PK_SERVER_1].known && view->servers[PK_SERVER_2].known;
    if (!plan.is_known) {
        return plan;
    }
    struct copying copying = {
        .pool = pool,
        .view = view,
        .from = from,
        .to = pk_other_side(from),
        .kind = kind,
        .comparing = pk_comparing_begin(pool, view),
    };
    select_scopes(&copying, only, only_count);
    prepare_scopes(&copying);
    plan_copies(&copying);
    plan.comparison = (struct pk_comparison){
        .at = copying.comparing.at,
        .count = copying.comparing.count,
        .base_count = pk_view_base_count(view),
    };
    pk_compare_settings(&copying.comparing, &plan.comparison);
    for (size_t i = 0; i < plan.comparison.count; i++) {
        const struct pk_scope_state *scope = &plan.comparison.at[i];
        plan.in_sync += scope->is_kept_equal && !scope->writes[copying.to];
    }
    pk_plan_finish(pool, &plan, &copying.actions, options);
    return plan;
}
