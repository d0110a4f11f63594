/*
 * Full jitter: the delay is drawn from the whole of 0..limit, so that many agents that failed
 * together do not come back together.  The random number is the caller's, which keeps this pure.
 *
 * Waiting is not quiet: the ten minutes that clear a count begin where the wait ends, else a wait
 * of fifteen minutes would clear itself.
 */
#include "reconcilers/backoff.h"

#include <string.h>

int64_t
pk_backoff_delay_ms(int attempts, uint64_t random)
{
    int64_t limit_ms = PK_BACKOFF_BASE_MS;
    for (int i = 0; i < attempts && limit_ms < PK_BACKOFF_CAP_MS; i++) {
        limit_ms *= 2;
    }
    limit_ms = limit_ms < PK_BACKOFF_CAP_MS ? limit_ms : PK_BACKOFF_CAP_MS;
    return (int64_t)(random % ((uint64_t)limit_ms + 1));
}

static bool
is_quiet(const struct pk_retry *retry, struct pk_wall now)
{
    return now.ms >= retry->quiet_since.ms + PK_QUIET_MS;
}

struct pk_retry
pk_backoff_failed(const struct pk_retry *before, const char *relationship, const char *want_digest,
                  bool refused, struct pk_wall now, uint64_t random)
{
    bool again =
        before != NULL && strcmp(before->want_digest, want_digest) == 0 && !is_quiet(before, now);
    int failures = again ? before->attempts : 0;
    struct pk_wall next = {.ms = now.ms + pk_backoff_delay_ms(failures, random)};
    return (struct pk_retry){
        .relationship = relationship,
        .want_digest = want_digest,
        .attempts = failures + 1,
        .next = next,
        .quiet_since = next,
        .stalled = refused,
    };
}

bool
pk_backoff_holds(const struct pk_retry *retry, const char *want_digest, struct pk_wall now)
{
    if (retry == NULL || strcmp(retry->want_digest, want_digest) != 0) {
        return false;
    }
    bool clock_went_back = retry->next.ms - now.ms > PK_BACKOFF_CAP_MS;
    return retry->stalled || (now.ms < retry->next.ms && !clock_went_back);
}
