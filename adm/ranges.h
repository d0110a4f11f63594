/**
 * @file
 * Address ranges with their pool settings: the one form of `ranges` and `exclusions`.
 */
#ifndef PK_ADM_RANGES_H
#define PK_ADM_RANGES_H

#include "base/ipv4.h"

struct pk_pool_range {
    struct pk_range range;
    const char *settings; /**< canonical JSON object of the range's `kea:` part, or "" for none */
};

struct pk_pool_ranges {
    const struct pk_pool_range *at; /**< sorted, disjoint */
    size_t count;
};

/**
 * The canonical set: @p count disjoint ranges less the exclusions, sorted, touching ranges with
 * equal settings joined.
 * @return canonical JSON text for a part of kind PK_KIND_RANGES; "[]" when nothing is left
 */
const char *pk_ranges_canonical(struct pk_pool *pool, const struct pk_pool_range *at, size_t count,
                                const struct pk_range *exclusions, size_t exclusion_count);

/** Reads canonical text back; false when it is not canonical `ranges` text. */
bool pk_ranges_parse(struct pk_pool *pool, const char *value, struct pk_pool_ranges *out);

/** Number of addresses. */
uint64_t pk_ranges_size(const struct pk_pool_ranges *ranges);

#endif
