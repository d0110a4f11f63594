/**
 * @file
 * "Did you mean" for subnets: a scope that nobody knows, and those beside it.
 */
#ifndef PK_AGENT_NEAREST_SCOPES_H
#define PK_AGENT_NEAREST_SCOPES_H

#include "agent/views.h"

/** Fills @p err with PK_ENOENT: nobody has @p subnet, and the known scopes nearest to it. */
enum pk_code
pk_nearest_scopes_fail(const struct pk_views *views, struct pk_prefix subnet, struct pk_error *err);

#endif
