/**
 * @file
 * IPv4 addresses, prefixes and ranges as numbers in host byte order.
 */
#ifndef PK_BASE_IPV4_H
#define PK_BASE_IPV4_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

struct pk_prefix {
    uint32_t address; /**< network address, host bits zero unless a function says otherwise */
    uint8_t length;   /**< 0..32                                                            */
};

struct pk_range {
    uint32_t first, last; /**< inclusive, first <= last */
};

enum { PK_IPV4_TEXT_BYTES = 16, PK_PREFIX_TEXT_BYTES = 20, PK_RANGE_TEXT_BYTES = 32 };

/** Four decimal parts, no leading zeros. */
bool pk_parse_ipv4(const char *text, uint32_t *address);

/** ADDRESS/LENGTH; host bits are kept: pk_prefix_is_canonical() judges them. */
bool pk_parse_prefix(const char *text, struct pk_prefix *prefix);

/**
 * ADDRESS, FIRST-LAST (first may be above last: the caller's rule says so) or ADDRESS/LENGTH
 * without host bits.
 */
bool pk_parse_range(const char *text, struct pk_range *range);

char *pk_format_ipv4(char out[PK_IPV4_TEXT_BYTES], uint32_t address);
char *pk_format_prefix(char out[PK_PREFIX_TEXT_BYTES], struct pk_prefix prefix);
/** FIRST-LAST, or the address alone when the range is one address. */
char *pk_format_range(char out[PK_RANGE_TEXT_BYTES], struct pk_range range);

/** The same in a pool. */
const char *pk_prefix_text(struct pk_pool *pool, struct pk_prefix prefix);

uint32_t pk_prefix_mask(struct pk_prefix prefix);
struct pk_range pk_prefix_range(struct pk_prefix prefix);
bool pk_prefix_is_canonical(struct pk_prefix prefix);
bool pk_prefix_contains(struct pk_prefix prefix, uint32_t address);
bool pk_prefixes_overlap(struct pk_prefix a, struct pk_prefix b);
/** By address, then by length: <0, 0, >0. */
int pk_prefix_compare(struct pk_prefix a, struct pk_prefix b);

#endif
