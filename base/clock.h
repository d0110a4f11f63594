/**
 * @file
 * Two kinds of time that must not be mixed: wall time is shown and stored, monotonic time measures.
 */
#ifndef PK_BASE_CLOCK_H
#define PK_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

struct pk_wall {
    int64_t ms; /**< since 1970-01-01T00:00:00Z */
};

struct pk_mono {
    int64_t ms; /**< since some fixed point of this boot, sleep included */
};

struct pk_wall pk_wall_now(void);
struct pk_mono pk_mono_now(void);

/** RFC 3339 in UTC with milliseconds: 2026-03-01T12:00:00.000Z. */
const char *pk_wall_text(struct pk_pool *pool, struct pk_wall time);
/** The same form; milliseconds may be absent, the zone is Z. */
bool pk_wall_parse(const char *text, struct pk_wall *time);

#endif
