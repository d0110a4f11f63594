/**
 * @file
 * What both ways to a plan share: actions from scopes, digest, finish.  Only for plan*.c.
 */
#ifndef PK_RECONCILERS_PLAN_PARTS_H
#define PK_RECONCILERS_PLAN_PARTS_H

#include "reconcilers/plan.h"

struct pk_actions {
    PK_VECTOR(struct pk_action) list;
};

/**
 * An action over one scope with the changes of its rows: planned, or blocked as the scope is.
 * @param replaced  the scope that makes room, or NULL
 */
struct pk_action pk_action_of_scope(struct pk_pool *pool, const struct pk_pair_view *view,
                                    enum pk_operation_kind kind, const struct pk_scope_state *scope,
                                    const struct pk_scope_state *replaced);

/** One replicate-server to @p to over @p count scopes. */
struct pk_action pk_action_of_server(struct pk_pool *pool, int to,
                                     const struct pk_scope_state *const *scopes, size_t count);

/** Puts actions, digest and guards into a plan whose comparison is complete. */
void pk_plan_finish(struct pk_pool *pool, struct pk_relationship_plan *plan,
                    const struct pk_actions *actions, const struct pk_plan_options *options);

#endif
