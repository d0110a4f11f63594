/**
 * @file
 * Which two servers an import is about, and what they hold.
 */
#ifndef PK_AGENT_IMPORT_PAIR_H
#define PK_AGENT_IMPORT_PAIR_H

#include "agent/fleet.h"
#include "agent/import-model.h"

struct pk_import_request {
    const char *server;
    const char *partner;      /**< or NULL */
    const char *relationship; /**< name in YAML, or NULL; also picks one of the server's own */
};

struct pk_import_pair {
    struct pk_fleet fleet;
    struct pk_import_side source, partner; /**< partner.server NULL: none is known */
    const char *name;                      /**< of the relationship in YAML        */
};

/**
 * Opens and reads the servers.
 * @param db   embedded servers, or NULL
 * @param out  for pk_import_pair_close(), whatever the result
 * @return PK_OK; PK_ENOENT (a server that is not configured); PK_EINVAL (no pair, or several to
 *         choose from: the message names them); PK_EAGAIN (a server cannot be read)
 */
enum pk_code pk_import_pair_open(struct pk_pool *pool, const struct pk_config *config,
                                 struct pk_db *db, const struct pk_import_request *request,
                                 struct pk_import_pair *out, struct pk_error *err);

/** For PK_CLEANUP. */
void pk_import_pair_close(struct pk_import_pair *pair);

#endif
