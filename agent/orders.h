/**
 * @file
 * The standing orders of a pass: approvals and suspensions by people, retries waiting for their
 * time.
 */
#ifndef PK_AGENT_ORDERS_H
#define PK_AGENT_ORDERS_H

#include "adm/steering.h"
#include "base/sha256.h"

struct pk_orders {
    struct pk_approval *approvals;
    size_t approval_count;
    struct pk_suspension *suspensions;
    size_t suspension_count;
    struct pk_retry *retries;
    size_t retry_count;
};

/** Those in force at @p now. */
enum pk_code pk_orders_load(struct pk_pool *pool, struct pk_db *db, struct pk_wall now,
                            struct pk_orders *out, struct pk_error *err);

/** Each NULL when there is none; borrowed from @p orders. */
const struct pk_approval *
pk_orders_approval(const struct pk_orders *orders, const struct pk_sha256 *digest);
const struct pk_suspension *
pk_orders_suspension(const struct pk_orders *orders, const char *relationship);
const struct pk_retry *pk_orders_retry(const struct pk_orders *orders, const char *relationship);

#endif
