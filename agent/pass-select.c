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

enum pk_code
pk_select_check(const struct pk_pass_request *request, const struct pk_snapshot *snapshot,
                struct pk_error *err)
{
    enum pk_code code = PK_OK;
    for (size_t i = 0; code == PK_OK && i < request->name_count; i++) {
        code = check_relationship(request->names[i], snapshot, err);
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

static enum pk_code
check_replicate(const struct pk_replicate_request *replicate, const struct pk_config *config,
                const struct pk_views *views, struct pk_error *err)
{
    PK_SCRATCH(pool);
    const char **servers = pk_array(pool, const char *, config->server_count + 1);
    for (size_t i = 0; i < config->server_count; i++) {
        servers[i] = config->servers[i].name;
    }
    const struct pk_replicate_scene scene = {
        .views = views->at,
        .view_count = views->count,
        .servers = servers,
        .server_count = config->server_count,
    };
    struct pk_fault fault = {0};
    enum pk_code code = pk_replicate_check(&scene, replicate, &fault);
    return code == PK_OK ? PK_OK : pk_error_set(err, code, "replicate", "%s", fault.message);
}

enum pk_code
pk_select_check_observed(const struct pk_pass_request *request, const struct pk_config *config,
                         const struct pk_views *views, struct pk_error *err)
{
    if (request->subnet != NULL && !is_known(views, *request->subnet)) {
        return pk_nearest_scopes_fail(views, *request->subnet, err);
    }
    return request->replicate != NULL ? check_replicate(request->replicate, config, views, err)
                                      : PK_OK;
}

bool
pk_select_is_due(const struct pk_pass_request *request, const struct pk_pair_view *view)
{
    if (request->replicate != NULL) {
        return pk_replicate_concerns(view, request->replicate);
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
