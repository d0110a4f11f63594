/**
 * @file
 * When to try again: full jitter, base 1 s, cap 15 min (design 5.5).  Pure.
 */
#ifndef PK_RECONCILERS_BACKOFF_H
#define PK_RECONCILERS_BACKOFF_H

#include <stdint.h>

#include "adm/steering.h"

enum {
    PK_BACKOFF_BASE_MS = 1000,
    PK_BACKOFF_CAP_MS = 15 * 60 * 1000,
    PK_QUIET_MS = 10 * 60 * 1000
};

/** A delay of 0 .. min(cap, base · 2^attempts), chosen by @p random (any 64 bits). */
int64_t pk_backoff_delay_ms(int attempts, uint64_t random);

/**
 * The retry state after a failed try of the plan @p want_digest.
 * @param before        NULL = it did not fail before
 * @param relationship  borrowed by the result, as is @p want_digest
 * @param refused       the server understood and refused: time cannot cure that
 */
struct pk_retry
pk_backoff_failed(const struct pk_retry *before, const char *relationship, const char *want_digest,
                  bool refused, struct pk_wall now, uint64_t random);

/**
 * Must `run` leave this relationship alone now?  A new want clears it, as do 10 minutes without a
 * failure after the wait is over; a refusal stays until what is wanted or held changes.
 * @param retry  NULL = nothing failed
 */
bool pk_backoff_holds(const struct pk_retry *retry, const char *want_digest, struct pk_wall now);

#endif
