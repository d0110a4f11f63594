/* Read once a pass, so that an approval given in its middle takes effect in the next one as a
 * whole. */
#include "agent/orders.h"

#include <string.h>

enum pk_code
pk_orders_load(struct pk_pool *pool, struct pk_db *db, struct pk_wall now, struct pk_orders *out,
               struct pk_error *err)
{
    struct pk_orders orders;
    enum pk_code code =
        pk_approvals_load(db, pool, now, &orders.approvals, &orders.approval_count, err);
    if (code == PK_OK) {
        code =
            pk_suspensions_load(db, pool, now, &orders.suspensions, &orders.suspension_count, err);
    }
    if (code == PK_OK) {
        code = pk_retries_load(db, pool, &orders.retries, &orders.retry_count, err);
    }
    if (code == PK_OK) {
        *out = orders;
    }
    return code;
}

const struct pk_approval *
pk_orders_approval(const struct pk_orders *orders, const struct pk_sha256 *digest)
{
    char hex[PK_SHA256_HEX_BYTES];
    pk_sha256_hex(hex, digest);
    for (size_t i = 0; i < orders->approval_count; i++) {
        if (strcmp(orders->approvals[i].digest, hex) == 0) {
            return &orders->approvals[i];
        }
    }
    return NULL;
}

const struct pk_suspension *
pk_orders_suspension(const struct pk_orders *orders, const char *relationship)
{
    for (size_t i = 0; i < orders->suspension_count; i++) {
        if (strcmp(orders->suspensions[i].relationship, relationship) == 0) {
            return &orders->suspensions[i];
        }
    }
    return NULL;
}

const struct pk_retry *
pk_orders_retry(const struct pk_orders *orders, const char *relationship)
{
    for (size_t i = 0; i < orders->retry_count; i++) {
        if (strcmp(orders->retries[i].relationship, relationship) == 0) {
            return &orders->retries[i];
        }
    }
    return NULL;
}
