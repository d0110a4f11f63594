/**
 * @file
 * The protocol's replicate operations, asked for by hand: ReplicateFailoverScope,
 * DoFailoverReplication (a relationship) and ReplicateFailoverServer.
 *
 * Each is a way of choosing scopes and a direction; the result is an ordinary plan per
 * relationship, judged by the same guards and carried out by pk_execute().  What is copied is what
 * the servers hold, never what was sent (D23): a request has only names and subnets.  Pure.
 */
#ifndef PK_RECONCILERS_REPLICATE_H
#define PK_RECONCILERS_REPLICATE_H

#include "reconcilers/plan.h"

enum pk_replicate_what {
    PK_REPLICATE_SCOPES,
    PK_REPLICATE_RELATIONSHIP,
    PK_REPLICATE_SERVER,
    PK_REPLICATE_COUNT
};

struct pk_replicate_request {
    enum pk_replicate_what what;
    const struct pk_prefix *scopes; /**< SCOPES: these, sorted */
    size_t scope_count;
    const char *name; /**< RELATIONSHIP, SERVER: its name */
    const char *from; /**< server to copy from; NULL = the relationship's source (SERVER: itself) */
};

/** All there is to choose from. */
struct pk_replicate_scene {
    const struct pk_pair_view *views;
    size_t view_count;
    const char *const *servers; /**< every server known, in a relationship or not */
    size_t server_count;
};

/**
 * Where content from @p server goes in @p relation: the other server (D1).
 * @return its name; NULL with @p fault filled (inner 12) when there is none: the server is neither
 *         side, the other side is not managed, or both are the same.  Never @p server itself (D19).
 */
const char *pk_replicate_destination(const struct pk_relation *relation, const char *server,
                                     struct pk_fault *fault);

/**
 * Can this be asked at all?
 * @return PK_OK; PK_EINVAL (nothing named; @p fault inner 2, or 12 for a server that is no member)
 *         or PK_ENOENT (inner 48 server, 618 scope, 12 relationship)
 */
enum pk_code pk_replicate_check(const struct pk_replicate_scene *scene,
                                const struct pk_replicate_request *request, struct pk_fault *fault);

/** Does the request touch this relationship? */
bool
pk_replicate_concerns(const struct pk_pair_view *view, const struct pk_replicate_request *request);

/**
 * The plan of the request for one relationship it concerns, in one direction (D11).  Nothing to do
 * is an action without scopes: an operation that succeeds with zero sub-tasks (D12).  Scopes
 * without a destination have failed before they are run.
 */
struct pk_relationship_plan pk_replicate_plan(struct pk_pool *pool, const struct pk_pair_view *view,
                                              const struct pk_replicate_request *request,
                                              const struct pk_plan_options *options);

#endif
