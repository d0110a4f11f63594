/* A request names things as people do; here the names become slices of snapshot and views. */
#include "agent/pass-select.h"

#include <string.h>

#include "agent/nearest-scopes.h"
#include "agent/pass-result.h"
#include "base/nearest.h"

static enum pk_code
check_relationship(const char *name, const struct pk_snapshot *snapshot, struct pk_error *err)
{
    if (pk_snapshot_relationship(snapshot, name) != NULL) {
        return PK_OK;
    }
    struct pk_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        pk_nearest_offer(&nearest, snapshot->relationships[i].name);
    }
    const char *best = nearest.best != NULL ? nearest.best : snapshot->relationships[0].name;
    return pk_error_set(err, PK_ENOENT, name, "no relationship is called '%s'; did you mean '%s'?",
                        name, best);
}

static bool
is_member(const struct pk_wanted_relationship *relationship, const char *server)
{
    return strcmp(relationship->servers[0], server) == 0 ||
           strcmp(relationship->servers[1], server) == 0;
}

static enum pk_code
check_server(const char *name, const struct pk_snapshot *snapshot, struct pk_error *err)
{
    struct pk_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        if (is_member(&snapshot->relationships[i], name)) {
            return PK_OK;
        }
        pk_nearest_offer(&nearest, snapshot->relationships[i].servers[0]);
        pk_nearest_offer(&nearest, snapshot->relationships[i].servers[1]);
    }
    return pk_error_set(err, PK_ENOENT, name, "no relationship has a server called '%s'%s%s", name,
                        nearest.best != NULL ? "; did you mean " : "",
                        nearest.best != NULL ? nearest.best : "");
}

enum pk_code
pk_select_check(const struct pk_pass_request *request, const struct pk_snapshot *snapshot,
                struct pk_error *err)
{
    enum pk_code code = PK_OK;
    for (size_t i = 0; code == PK_OK && i < request->name_count; i++) {
        code = check_relationship(request->names[i], snapshot, err);
    }
    const struct pk_hand_replicate *replicate = request->replicate;
    if (code == PK_OK && replicate != NULL && replicate->relationship != NULL) {
        code = check_relationship(replicate->relationship, snapshot, err);
    }
    if (code == PK_OK && replicate != NULL && replicate->server != NULL) {
        code = check_server(replicate->server, snapshot, err);
    }
    if (code == PK_OK && replicate != NULL && replicate->from != NULL) {
        code = check_server(replicate->from, snapshot, err);
    }
    return code;
}

const char *const *
pk_select_servers(struct pk_pool *pool, const struct pk_snapshot *snapshot, size_t *count)
{
    const char **names = pk_array(pool, const char *, PK_PAIR * snapshot->relationship_count + 1);
    *count = 0;
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        for (int side = 0; side < PK_PAIR; side++) {
            names[(*count)++] = snapshot->relationships[i].servers[side];
        }
    }
    return names;
}

static bool
has_scope(const struct pk_pair_view *view, struct pk_prefix subnet)
{
    for (size_t i = 0; i < view->scopes.count; i++) {
        if (pk_prefix_compare(view->scopes.at[i].subnet, subnet) == 0) {
            return true;
        }
    }
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_row *row = pk_rows_find(&view->servers[side].rows, subnet);
        if (row != NULL && pk_view_has(view, side, row)) {
            return true;
        }
    }
    return false;
}

static bool
is_known(const struct pk_views *views, struct pk_prefix subnet)
{
    bool found = false;
    for (size_t i = 0; i < views->count; i++) {
        found = found || has_scope(&views->at[i], subnet);
    }
    return found;
}

enum pk_code
pk_select_check_subnets(const struct pk_pass_request *request, const struct pk_views *views,
                        struct pk_error *err)
{
    if (request->subnet != NULL && !is_known(views, *request->subnet)) {
        return pk_nearest_scopes_fail(views, *request->subnet, err);
    }
    const struct pk_hand_replicate *replicate = request->replicate;
    for (size_t i = 0; replicate != NULL && i < replicate->subnet_count; i++) {
        if (!is_known(views, replicate->subnets[i])) {
            char subnet[PK_PREFIX_TEXT_BYTES];
            return pk_error_set(err, PK_ENOENT, pk_format_prefix(subnet, replicate->subnets[i]),
                                "neither Git nor a server of a relationship has this scope; "
                                "`pairkeeper diff` and `pairkeeper adm list` show what there is");
        }
    }
    return PK_OK;
}

static bool
is_due_by_hand(const struct pk_hand_replicate *replicate, const struct pk_pair_view *view)
{
    const struct pk_wanted_relationship *relationship = view->relationship;
    if (replicate->from != NULL && !is_member(relationship, replicate->from)) {
        return false;
    }
    if (replicate->relationship != NULL) {
        return strcmp(replicate->relationship, relationship->name) == 0;
    }
    if (replicate->server != NULL) {
        return is_member(relationship, replicate->server);
    }
    for (size_t i = 0; i < replicate->subnet_count; i++) {
        if (has_scope(view, replicate->subnets[i])) {
            return true;
        }
    }
    return false;
}

bool
pk_select_is_due(const struct pk_pass_request *request, const struct pk_pair_view *view)
{
    if (request->replicate != NULL) {
        return is_due_by_hand(request->replicate, view);
    }
    if (request->subnet != NULL) {
        return has_scope(view, *request->subnet);
    }
    if (request->names == NULL) {
        return true;
    }
    for (size_t i = 0; i < request->name_count; i++) {
        if (strcmp(request->names[i], view->relationship->name) == 0) {
            return true;
        }
    }
    return false;
}

struct pk_relationship_plan
pk_select_replicate(struct pk_pool *pool, const struct pk_pair_view *view,
                    const struct pk_hand_replicate *replicate,
                    const struct pk_plan_options *options)
{
    const char *from = replicate->from != NULL ? replicate->from : replicate->server;
    int side = view->relationship->source;
    if (from != NULL) {
        side =
            strcmp(view->relationship->servers[PK_SERVER_1], from) == 0 ? PK_SERVER_1 : PK_SERVER_2;
    }
    if (replicate->subnets == NULL) {
        return pk_plan_replicate(pool, view, side, NULL, 0, replicate->kind, options);
    }
    struct pk_prefix *only = pk_array(pool, struct pk_prefix, replicate->subnet_count);
    size_t count = 0;
    for (size_t i = 0; i < replicate->subnet_count; i++) {
        if (has_scope(view, replicate->subnets[i])) {
            only[count++] = replicate->subnets[i];
        }
    }
    return pk_plan_replicate(pool, view, side, only, count, replicate->kind, options);
}

const struct pk_pair_view *
pk_select_view(const struct pk_views *views, const char *name)
{
    for (size_t i = 0; i < views->count; i++) {
        if (strcmp(views->at[i].relationship->name, name) == 0) {
            return &views->at[i];
        }
    }
    return NULL;
}

void
pk_select_limit_policies(struct pk_pool *pool, const struct pk_config *config,
                         struct pk_snapshot *snapshot, struct pk_pass_result *result)
{
    struct pk_wanted_relationship *copies =
        pk_array(pool, struct pk_wanted_relationship, snapshot->relationship_count + 1);
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        copies[i] = snapshot->relationships[i];
        if (copies[i].prune > config->allow_prune) {
            copies[i].prune = config->allow_prune;
            pk_pass_note(pool, result,
                         "%s: `prune: owned` is not allowed by %s: nothing is deleted",
                         copies[i].name, config->file);
        }
        if (copies[i].settings > config->allow_settings) {
            copies[i].settings = config->allow_settings;
            pk_pass_note(pool, result,
                         "%s: `settings: enforce` is not allowed by %s: reported only",
                         copies[i].name, config->file);
        }
    }
    snapshot->relationships = copies;
}
