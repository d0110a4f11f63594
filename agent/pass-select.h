/**
 * @file
 * What a request is about: which relationships are due, which servers they need.
 */
#ifndef PK_AGENT_PASS_SELECT_H
#define PK_AGENT_PASS_SELECT_H

#include "agent/views.h"

#include "agent/pass.h"

/** Do the names of the request exist?  PK_ENOENT with the nearest name. */
enum pk_code pk_select_check(const struct pk_pass_request *request,
                             const struct pk_snapshot *snapshot, struct pk_error *err);

/** What only the servers can answer: are the scopes and servers of the request known? */
enum pk_code
pk_select_check_observed(const struct pk_pass_request *request, const struct pk_config *config,
                         const struct pk_views *views, struct pk_error *err);

/** Every server that some relationship names.  All are read: overlaps and moves span pairs. */
const char *const *
pk_select_servers(struct pk_pool *pool, const struct pk_snapshot *snapshot, size_t *count);

/** Is this relationship part of the request? */
bool pk_select_is_due(const struct pk_pass_request *request, const struct pk_pair_view *view);

/** The view of a relationship; NULL when there is none. */
const struct pk_pair_view *pk_select_view(const struct pk_views *views, const char *name);

/**
 * Lowers what Git asks for to what the configuration allows (`allow:`), with a note for each.
 * @param snapshot  its relationships are replaced by changed copies where needed
 */
void pk_select_limit_policies(struct pk_pool *pool, const struct pk_config *config,
                              struct pk_snapshot *snapshot, struct pk_pass_result *result);

#endif
