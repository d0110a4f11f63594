/**
 * @file
 * What is, read from the ADM: per relationship its revision, conditions, scopes, servers.
 */
#ifndef PK_AGENT_STATUS_H
#define PK_AGENT_STATUS_H

#include "adm/applied.h"
#include "adm/mirror.h"
#include "adm/operations.h"
#include "adm/steering.h"
#include "agent/config.h"

struct pk_status_server {
    const char *name;
    const char *driver;                 /**< NULL = no longer in the configuration */
    const struct pk_sighting *sighting; /**< NULL = never tried */
    const struct pk_health_record
        *health; /**< of this pair; NULL = the server says nothing of it */
};

/** Scopes, each counted once for both servers. */
struct pk_status_scopes {
    size_t in_sync, out_of_sync, unknown, foreign;
};

struct pk_status_relationship {
    const char *name;
    const char *attempted, *applied; /**< commits, or NULL */
    const struct pk_condition *conditions;
    size_t condition_count;
    struct pk_status_scopes scopes;
    struct pk_status_server servers[PK_PAIR];
    size_t server_count;                  /**< 0 while nothing says which */
    const struct pk_applied_server *left; /**< servers that left it and keep its scopes */
    size_t left_count;
    const struct pk_held_plan *held;      /**< or NULL */
    const struct pk_operation *operation; /**< the last, or NULL */
};

struct pk_status {
    const char *attempted, *applied, *verified;   /**< of the repository, or NULL */
    const struct pk_condition *problem;           /**< why its tip is not in force, or NULL */
    struct pk_status_relationship *relationships; /**< sorted by name */
    size_t relationship_count;
};

enum pk_code pk_status_load(struct pk_db *db, struct pk_pool *pool, const struct pk_config *config,
                            struct pk_status *out, struct pk_error *err);

#endif
