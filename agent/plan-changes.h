/**
 * @file
 * What has changed since a plan was made: its actions and fields against those of now.
 */
#ifndef PK_AGENT_PLAN_CHANGES_H
#define PK_AGENT_PLAN_CHANGES_H

#include "base/json.h"

struct pk_plan_change {
    const char *relationship;
    const char *subnet;     /**< "" = of the relationship itself */
    const char *part;       /**< `lease-time on dhcp-b`, or "" for the action */
    const char *then, *now; /**< an operation, or `HAVE → WANT`; NULL = was, or is, not there */
};

struct pk_plan_changes {
    const struct pk_plan_change *at; /**< by relationship, subnet, part */
    size_t count;
};

/**
 * Compares two documents of the shape of `diff`, both checked.  Relationships whose digests differ
 * although nothing that they list does have one change without subnet: a server holds something
 * else in what the plan does not list.
 */
struct pk_plan_changes pk_plan_changes(struct pk_pool *pool, const json_t *then, const json_t *now);

/** One line: `campus 10.20.1.0/24: create-scope is new`. */
const char *pk_plan_change_text(struct pk_pool *pool, const struct pk_plan_change *change);

#endif
