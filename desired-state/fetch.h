/**
 * @file
 * What the fetching parent and its child say to each other.  Private to desired-state/.
 *
 * The parent starts `HELPER fetch-helper BARE SOURCE BRANCH PACK-BYTES HOW` with an empty
 * environment, HOW being "onto" what BARE has, or "afresh" because that is damaged;
 * what the child needs to get in (pk_fetch_access) is on its standard input, because arguments and
 * environment can be read by others.  The child answers with one line on its standard output:
 *
 *     commit 40-HEX-DIGITS
 *     error CODE WHERE<tab>MESSAGE
 */
#ifndef PK_DESIRED_STATE_FETCH_H
#define PK_DESIRED_STATE_FETCH_H

#include <stdbool.h>

#include "desired-state/repository.h"

enum pk_fetch_argument {
    PK_FETCH_PROGRAM,
    PK_FETCH_VERB,
    PK_FETCH_BARE,
    PK_FETCH_SOURCE,
    PK_FETCH_BRANCH,
    PK_FETCH_PACK_BYTES,
    PK_FETCH_HOW,
    PK_FETCH_ARGUMENTS /**< how many */
};

#define PK_FETCH_ONTO   "onto"
#define PK_FETCH_AFRESH "afresh"

#define PK_FETCH_REPLY_COMMIT    "commit "
#define PK_FETCH_REPLY_ERROR     "error "
#define PK_FETCH_REPLY_SEPARATOR '\t'

enum { PK_FETCH_REPLY_BYTES = 1024 };

enum pk_fetch_transport { PK_FETCH_LOCAL, PK_FETCH_HTTP, PK_FETCH_HTTPS, PK_FETCH_SSH };

/** Where to fetch from; @p address reads as the same source again. */
struct pk_fetch_source {
    enum pk_fetch_transport transport;
    const char *address; /**< a path, or a URL with scheme and host in lower case */
    const char *host;    /**< without the brackets of IPv6; "" for a path         */
    const char *port;    /**< always there: "443"; "" for a path                  */
};

/**
 * What @p url means, in @p pool.
 * @return PK_OK; PK_EINVAL with the form to write; the message repeats no user name and password
 */
enum pk_code pk_fetch_source_parse(struct pk_pool *pool, const char *url,
                                   struct pk_fetch_source *out, struct pk_error *err);

/** Same transport, host and port? */
bool pk_fetch_same_origin(const struct pk_fetch_source *a, const struct pk_fetch_source *b);

/** What a child needs to get in; the parts that its transport has no use for are absent. */
struct pk_fetch_access {
    const char *username; /**< NULL = no credentials */
    const char *password, *ssh_key, *ca;
    PK_VECTOR(const char *) host_keys;
};

/** Does the configuration have what the transport needs?  No file is read. */
enum pk_code pk_fetch_access_check(const struct pk_repository_config *config,
                                   const struct pk_fetch_source *source, struct pk_error *err);

/**
 * Reads the secret files and writes what the child may know where only it will read it.
 * @param input  descriptor for the child's standard input, positioned at its begin
 */
enum pk_code
pk_fetch_access_send(const struct pk_repository_config *config,
                     const struct pk_fetch_source *source, int *input, struct pk_error *err);

/** The child's side; reads to the end of @p input. */
enum pk_code pk_fetch_access_receive(struct pk_pool *pool, int input, struct pk_fetch_access *out,
                                     struct pk_error *err);

#endif
