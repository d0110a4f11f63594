/**
 * @file
 * One row per granularity: what replicate.c needs of replicate-scope.c, replicate-relationship.c
 * and replicate-server.c.
 */
#ifndef PK_RECONCILERS_REPLICATE_STEPS_H
#define PK_RECONCILERS_REPLICATE_STEPS_H

#include "reconcilers/replicate.h"

struct pk_replicate_delegate {
    enum pk_fault_id outer; /**< of the operation */
    enum pk_code (*check)(const struct pk_replicate_scene *scene,
                          const struct pk_replicate_request *request, struct pk_fault *fault);
    bool (*concerns)(const struct pk_pair_view *view, const struct pk_replicate_request *request);
    struct pk_relationship_plan (*plan)(struct pk_pool *pool, const struct pk_pair_view *view,
                                        int from, const struct pk_replicate_request *request,
                                        const struct pk_plan_options *options);
};

extern const struct pk_replicate_delegate pk_replicate_scope;
extern const struct pk_replicate_delegate pk_replicate_relationship;
extern const struct pk_replicate_delegate pk_replicate_server;

/** The side of @p server in the relationship, or PK_PAIR. */
int pk_replicate_side(const struct pk_pair_view *view, const char *server);

/** A whole relationship in one operation, which exists even when there is nothing to do (D12). */
struct pk_relationship_plan
pk_replicate_whole(struct pk_pool *pool, const struct pk_pair_view *view, int from,
                   const struct pk_replicate_request *request,
                   const struct pk_plan_options *options);

#endif
