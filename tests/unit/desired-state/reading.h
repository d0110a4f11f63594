/**
 * @file
 * Shared by this room's tests: what was found wrong, as the text that users see.
 */
#ifndef PK_TESTS_READING_H
#define PK_TESTS_READING_H

#include "desired-state/snapshot.h"

/** All diagnostics in order, each with its line feed; "" when there are none. */
const char *diagnostics_text(struct pk_pool *pool, struct pk_diagnostics *diagnostics);

/** Builds a snapshot of one file `a.yaml`; no server is known. */
enum pk_code build_text(struct pk_pool *pool, const char *yaml, struct pk_diagnostics *diagnostics,
                        struct pk_snapshot *snapshot);

#endif
