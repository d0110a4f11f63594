/**
 * @file
 * The base: what was last verified on a server, per (server, subnet, part).
 *
 * Kept without foreign keys to the rows it describes: it must outlive them.  Only an observation
 * moves it (design 5.2).  Whatever is written here of a scope is no longer what was verified of it
 * (adm/verified.h), so that is forgotten with it.
 */
#ifndef PK_ADM_APPLIED_H
#define PK_ADM_APPLIED_H

#include "adm/db.h"
#include "adm/model.h"

/**
 * Base of the scopes on @p server: rows with relationship, parts and hash, sorted by subnet.
 * @param relationship  only those last verified in it; NULL = all of the server.  A scope has one
 *                      base on a server: verified in another relationship, it moves there.
 */
enum pk_code pk_applied_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                             const char *server, struct pk_rows *out, struct pk_error *err);

/** The same for these subnets (sorted) alone, whatever their relationship. */
enum pk_code pk_applied_load_some(struct pk_db *db, struct pk_pool *pool, const char *server,
                                  const struct pk_prefix *subnets, size_t count,
                                  struct pk_rows *out, struct pk_error *err);

/** The subnets alone of all that has a base on @p server, sorted. */
enum pk_code pk_applied_subnets(struct pk_db *db, struct pk_pool *pool, const char *server,
                                struct pk_prefixes *out, struct pk_error *err);

/** Relationship names that have a base, sorted; to find those that Git no longer names. */
enum pk_code
pk_applied_relationships(struct pk_db *db, struct pk_pool *pool, const char *const **names,
                         size_t *count, struct pk_error *err);

/** How many scopes have a base of @p relationship on which server, by name of the server. */
struct pk_applied_server {
    const char *server;
    int64_t scopes;
};

enum pk_code
pk_applied_servers(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                   const struct pk_applied_server **at, size_t *count, struct pk_error *err);

/**
 * Replaces the base of one scope on one server, whatever relationship it was kept under before;
 * written only where it differs.
 */
void pk_applied_put(struct pk_txn *txn, const char *relationship, const char *server,
                    struct pk_prefix subnet, const struct pk_parts *parts);

/** Removes it, after a verified delete. */
void pk_applied_delete(struct pk_txn *txn, const char *relationship, const char *server,
                       struct pk_prefix subnet);

/**
 * The fields Git owned at the last acting pass, to tell what it has released since: one row per
 * scope, each part's value is `true`.  For kea fields the key tells which.
 */
enum pk_code pk_owned_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                           struct pk_rows *out, struct pk_error *err);
/** The same for these subnets (sorted) alone. */
enum pk_code pk_owned_load_some(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                                const struct pk_prefix *subnets, size_t count, struct pk_rows *out,
                                struct pk_error *err);
void pk_owned_put(struct pk_txn *txn, const char *relationship, struct pk_prefix subnet,
                  const struct pk_parts *owned);

/** Base of the relationship's own comparable fields; count 0 when never verified. */
enum pk_code
pk_applied_relation_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                         struct pk_relation *out, struct pk_error *err);
void pk_applied_relation_put(struct pk_txn *txn, const struct pk_relation *relation);

/** Moves everything kept under a relationship's name to another (bases, conditions, approvals). */
void pk_applied_rename(struct pk_txn *txn, const char *old_name, const char *new_name);

#endif
