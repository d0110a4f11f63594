/**
 * @file
 * Where Git objects are kept: `<database>.git`, or a private temporary repository for verbs that
 * may not write there.
 */
#ifndef PK_AGENT_BARE_REPOSITORY_H
#define PK_AGENT_BARE_REPOSITORY_H

#include <stdbool.h>

#include "base/pool.h"

struct pk_bare_repository {
    const char *path;
    bool is_temporary;
};

/**
 * @param database  path of the ADM database
 * @param private   true: never use or make `<database>.git` (another repository's objects, or no
 *                  database whose company it could keep)
 */
enum pk_code pk_bare_repository_open(struct pk_pool *pool, const char *database, bool private,
                                     struct pk_bare_repository *out, struct pk_error *err);

/** Removes it when it is temporary.  For PK_CLEANUP. */
void pk_bare_repository_close(struct pk_bare_repository *bare);

#endif
