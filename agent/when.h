/**
 * @file
 * Times as people write them on the command line: a moment, or so long ago, or after so long.
 */
#ifndef PK_AGENT_WHEN_H
#define PK_AGENT_WHEN_H

#include <stdbool.h>

#include "base/clock.h"

/** RFC 3339 in UTC, or a duration before @p now; false when it is neither. */
bool pk_when_past(const char *text, struct pk_wall now, struct pk_wall *out);

/** RFC 3339 in UTC, or a duration after @p now; false when it is neither. */
bool pk_when_future(const char *text, struct pk_wall now, struct pk_wall *out);

#endif
