/**
 * @file
 * SHA-256, by libcrypto.  Used for hashes of rows, digests of plans and the chain of events.
 */
#ifndef PK_BASE_SHA256_H
#define PK_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"

enum { PK_SHA256_BYTES = 32, PK_SHA256_HEX_BYTES = 65 };

/** All zero = "no such row". */
struct pk_sha256 {
    unsigned char bytes[PK_SHA256_BYTES];
};

/**
 * To be called once, before libcrypto is used: from then on its allocations succeed or end the
 * process (it follows a null pointer when one fails while it starts).
 */
void pk_sha256_start(void);

/** To be called at the end of every thread but the first: not all of libcrypto's goes by itself. */
void pk_sha256_stop_thread(void);

struct pk_sha256 pk_sha256_of(const void *data, size_t bytes);
bool pk_sha256_equal(const struct pk_sha256 *a, const struct pk_sha256 *b);
bool pk_sha256_is_zero(const struct pk_sha256 *hash);

/** Lower-case hexadecimal. */
char *pk_sha256_hex(char out[PK_SHA256_HEX_BYTES], const struct pk_sha256 *hash);
const char *pk_sha256_text(struct pk_pool *pool, const struct pk_sha256 *hash);
/** @return false when @p hex is not 64 lower-case hexadecimal digits */
bool pk_sha256_parse(const char *hex, struct pk_sha256 *hash);

#endif
