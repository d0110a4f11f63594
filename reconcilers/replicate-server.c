/*
 * ReplicateFailoverServer: every linked scope of one server, relationship after relationship.  A
 * server without any is done at once, with zero sub-tasks (D12); one that nobody knows is a fault.
 */
#include <string.h>

#include "base/nearest.h"
#include "reconcilers/replicate-steps.h"

static bool
concerns(const struct pk_pair_view *view, const struct pk_replicate_request *request)
{
    return pk_replicate_side(view, request->name) != PK_PAIR;
}

static bool
is_known(const struct pk_replicate_scene *scene, const struct pk_replicate_request *request)
{
    for (size_t i = 0; i < scene->server_count; i++) {
        if (strcmp(scene->servers[i], request->name) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < scene->view_count; i++) {
        if (concerns(&scene->views[i], request)) {
            return true;
        }
    }
    return false;
}

static enum pk_code
check(const struct pk_replicate_scene *scene, const struct pk_replicate_request *request,
      struct pk_fault *fault)
{
    if (request->name == NULL) {
        pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_SERVER, PK_FAULT_INVALID_PARAMETER,
                     "no server was named; name one of pairkeeper.yaml");
        return PK_EINVAL;
    }
    if (!is_known(scene, request)) {
        struct pk_nearest nearest = {.wanted = request->name};
        for (size_t i = 0; i < scene->server_count; i++) {
            pk_nearest_offer(&nearest, scene->servers[i]);
        }
        const char *best = nearest.best != NULL ? nearest.best : "";
        pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_SERVER, PK_FAULT_SERVER_NOT_FOUND_IN_DB,
                     "server %s is not known; %s%s%sadd it to `servers` in pairkeeper.yaml or "
                     "correct the name",
                     request->name, *best != '\0' ? "did you mean " : "", best,
                     *best != '\0' ? "? " : "");
        return PK_ENOENT;
    }
    return PK_OK;
}

const struct pk_replicate_delegate pk_replicate_server = {
    .outer = PK_FAULT_FAILED_TO_REPLICATE_SERVER,
    .check = check,
    .concerns = concerns,
    .plan = pk_replicate_whole,
};
