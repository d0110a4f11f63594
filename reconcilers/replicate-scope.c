/*
 * ReplicateFailoverScope: the named scopes, wherever they are.  A scope in no relationship is not
 * an error but a sub-task that was not applicable (D15), so it goes to the first relationship whose
 * servers hold it.
 */
#include "reconcilers/replicate-steps.h"

static bool
holds(const struct pk_pair_view *view, int side, struct pk_prefix subnet)
{
    const struct pk_row *row = pk_rows_find(&view->servers[side].rows, subnet);
    return row != NULL && (row->relationship == NULL || pk_view_has(view, side, row));
}

static bool
concerns_scope(const struct pk_pair_view *view, struct pk_prefix subnet)
{
    for (size_t i = 0; i < view->scopes.count; i++) {
        if (pk_prefix_compare(view->scopes.at[i].subnet, subnet) == 0) {
            return true;
        }
    }
    return holds(view, PK_SERVER_1, subnet) || holds(view, PK_SERVER_2, subnet);
}

static bool
concerns(const struct pk_pair_view *view, const struct pk_replicate_request *request)
{
    for (size_t i = 0; i < request->scope_count; i++) {
        if (concerns_scope(view, request->scopes[i])) {
            return true;
        }
    }
    return false;
}

static bool
is_somewhere(const struct pk_replicate_scene *scene, struct pk_prefix subnet)
{
    for (size_t i = 0; i < scene->view_count; i++) {
        if (concerns_scope(&scene->views[i], subnet)) {
            return true;
        }
    }
    return false;
}

static enum pk_code
check(const struct pk_replicate_scene *scene, const struct pk_replicate_request *request,
      struct pk_fault *fault)
{
    if (request->scopes == NULL || request->scope_count == 0) {
        pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_SCOPES, PK_FAULT_INVALID_PARAMETER,
                     "no scope was named; name one or more as ADDRESS/LENGTH");
        return PK_EINVAL;
    }
    for (size_t i = 0; i < request->scope_count; i++) {
        if (!is_somewhere(scene, request->scopes[i])) {
            char subnet[PK_PREFIX_TEXT_BYTES];
            pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_SCOPES, PK_FAULT_SCOPE_NOT_FOUND_IN_DB,
                         "scope %s: no server of a relationship has it and Git does not name it; "
                         "`pairkeeper adm list` shows the scopes of embedded servers",
                         pk_format_prefix(subnet, request->scopes[i]));
            return PK_ENOENT;
        }
    }
    return PK_OK;
}

static struct pk_relationship_plan
plan_scopes(struct pk_pool *pool, const struct pk_pair_view *view, int from,
            const struct pk_replicate_request *request, const struct pk_plan_options *options)
{
    struct pk_prefix *only = pk_array(pool, struct pk_prefix, request->scope_count);
    size_t count = 0;
    for (size_t i = 0; i < request->scope_count; i++) {
        if (concerns_scope(view, request->scopes[i])) {
            only[count++] = request->scopes[i];
        }
    }
    return pk_plan_replicate(pool, view, from, only, count, PK_OPERATION_REPLICATE_SCOPE, options);
}

const struct pk_replicate_delegate pk_replicate_scope = {
    .outer = PK_FAULT_FAILED_TO_REPLICATE_SCOPES,
    .check = check,
    .concerns = concerns,
    .plan = plan_scopes,
};
