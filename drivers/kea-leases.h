/**
 * @file
 * Active leases of a Kea server as stat-lease4-get and lease4-get-all tell of them.  Pure.
 */
#ifndef PK_DRIVERS_KEA_LEASES_H
#define PK_DRIVERS_KEA_LEASES_H

#include "adm/model.h"
#include "drivers/kea-json.h"

/**
 * Fills in the active leases of each row.
 * @param rows        every one is changed, so they must be the caller's
 * @param statistics  of stat-lease4-get; of another shape: nobody knows
 */
void pk_kea_count_leases(struct pk_row *rows, size_t count, const struct pk_kea_value *statistics);

/**
 * The addresses that are leased, in @p pool.
 * @param answer  of lease4-get-all
 * @return false when it is of another shape
 */
bool pk_kea_leased_addresses(struct pk_pool *pool, const struct pk_kea_value *answer,
                             const uint32_t **out, size_t *count);

#endif
