/*
 * DoFailoverReplication: every scope of one relationship, from one of its servers.  The link table
 * lists the scopes of both servers; taking it literally copies each way in turn (D11).
 */
#include <string.h>

#include "base/nearest.h"
#include "reconcilers/replicate-steps.h"

static bool
concerns(const struct pk_pair_view *view, const struct pk_replicate_request *request)
{
    return strcmp(view->relationship->name, request->name) == 0;
}

static enum pk_code
check(const struct pk_replicate_scene *scene, const struct pk_replicate_request *request,
      struct pk_fault *fault)
{
    if (request->name == NULL) {
        pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_RELATION, PK_FAULT_INVALID_PARAMETER,
                     "no relationship was named; name one that Git has");
        return PK_EINVAL;
    }
    struct pk_nearest nearest = {.wanted = request->name};
    for (size_t i = 0; i < scene->view_count; i++) {
        if (concerns(&scene->views[i], request)) {
            return PK_OK;
        }
        pk_nearest_offer(&nearest, scene->views[i].relationship->name);
    }
    const char *best = nearest.best != NULL ? nearest.best : "";
    pk_fault_set(fault, PK_FAULT_FAILED_TO_REPLICATE_RELATION, PK_FAULT_OBJECT_STATE_IS_INVALID,
                 "relationship %s: Git has none of that name; %s%s%s`pairkeeper status` lists them",
                 request->name, *best != '\0' ? "did you mean " : "", best,
                 *best != '\0' ? "? " : "");
    return PK_ENOENT;
}

const struct pk_replicate_delegate pk_replicate_relationship = {
    .outer = PK_FAULT_FAILED_TO_REPLICATE_RELATION,
    .check = check,
    .concerns = concerns,
    .plan = pk_replicate_whole,
};
