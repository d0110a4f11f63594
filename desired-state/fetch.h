/**
 * @file
 * What the fetching parent and its child say to each other.  Private to desired-state/.
 *
 * The parent starts `HELPER fetch-helper BARE SOURCE BRANCH PACK-BYTES` with an empty environment;
 * the child answers with one line on its standard output:
 *
 *     commit 40-HEX-DIGITS
 *     error CODE WHERE<tab>MESSAGE
 *
 * A credential, for transports that need one, belongs on the child's standard input: arguments and
 * environment can be read by others.
 */
#ifndef PK_DESIRED_STATE_FETCH_H
#define PK_DESIRED_STATE_FETCH_H

#include "base/pool.h"

enum pk_fetch_argument {
    PK_FETCH_PROGRAM,
    PK_FETCH_VERB,
    PK_FETCH_BARE,
    PK_FETCH_SOURCE,
    PK_FETCH_BRANCH,
    PK_FETCH_PACK_BYTES,
    PK_FETCH_ARGUMENTS /**< how many */
};

#define PK_FETCH_REPLY_COMMIT    "commit "
#define PK_FETCH_REPLY_ERROR     "error "
#define PK_FETCH_REPLY_SEPARATOR '\t'

enum { PK_FETCH_REPLY_BYTES = 1024 };

/**
 * The local folder that @p url names.
 * @return in @p pool; NULL with @p err filled (PK_EINVAL) when this build cannot fetch from it
 */
const char *pk_fetch_source(struct pk_pool *pool, const char *url, struct pk_error *err);

#endif
