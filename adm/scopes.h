/**
 * @file
 * The protocol's tables of servers, scopes and relationships (protocol part 1), by name and subnet.
 *
 * The store assigns every record id; identity is (server, subnet).  For the embedded servers these
 * rows *are* the servers; for others they mirror what was observed last.
 */
#ifndef PK_ADM_SCOPES_H
#define PK_ADM_SCOPES_H

#include "adm/db.h"
#include "adm/fault.h"
#include "adm/model.h"

/** Makes the server's row when there is none. */
void pk_adm_server_put(struct pk_txn *txn, const char *server, const char *driver);

/**
 * A number that grows with every change of the server's scopes or relationships; 0 = no such
 * server.  Equal numbers: nothing changed.
 */
enum pk_code
pk_adm_sequence(struct pk_db *db, const char *server, int64_t *sequence, struct pk_error *err);

/**
 * Scopes of one server.
 * @param only   just these (sorted), or NULL for all
 * @param out    rows in @p pool, sorted by subnet; an unknown server has none
 */
enum pk_code pk_adm_scopes_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                                const struct pk_prefix *only, size_t only_count,
                                struct pk_rows *out, struct pk_error *err);

/**
 * Appends the subnets of @p server's rows that overlap @p subnet or have the subnet id @p id (0:
 * none), in no order.  Rows are expected not to overlap each other.
 */
enum pk_code pk_adm_scopes_near(struct pk_db *db, struct pk_pool *pool, const char *server,
                                struct pk_prefix subnet, uint32_t id, struct pk_prefixes *out,
                                struct pk_error *err);

/**
 * The rows of these subnets (sorted) and all that are near one of them, as pk_adm_scopes_near()
 * finds them for the subnet id in @p ids.
 */
enum pk_code pk_adm_scopes_load_near(struct pk_db *db, struct pk_pool *pool, const char *server,
                                     const struct pk_prefix *subnets, const uint32_t *ids,
                                     size_t count, struct pk_rows *out, struct pk_error *err);

/** The relationships that @p server is a member of, sorted by name. */
enum pk_code pk_adm_relations_of(struct pk_db *db, struct pk_pool *pool, const char *server,
                                 struct pk_relations *out, struct pk_error *err);

/** A row by the hash of its content. */
struct pk_row_hash {
    struct pk_prefix subnet;
    uint32_t id; /**< the subnet id, 0 = none */
    bool known;  /**< false: the parts have to be read to tell */
    struct pk_sha256 hash;
};

struct pk_row_hashes {
    const struct pk_row_hash *at; /**< sorted by subnet */
    size_t count;
};

/** All rows of @p server by the hashes that are kept with them: no part is read. */
enum pk_code pk_adm_hashes_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                                struct pk_row_hashes *out, struct pk_error *err);

/** Keeps the hashes of @p rows, all of @p server as just read, where a row has none. */
void pk_adm_hashes_fill(struct pk_txn *txn, const char *server, const struct pk_rows *rows);

/** All relationships, sorted by name; a member that no longer exists is NULL. */
enum pk_code pk_adm_relations_load(struct pk_db *db, struct pk_pool *pool, struct pk_relations *out,
                                   struct pk_error *err);

/**
 * CreateDhcpScope / UpdateDhcpScope: makes the row of (@p server, row->subnet) hold exactly
 * row->parts: options, reservations, ranges and superscope included, mapped to this server's own
 * definitions.  A PK_SCOPE_RELATIONSHIP part sets the link row, its absence removes it; the
 * relationship must exist (PK_ENOENT otherwise).  row->hash, status and leases are not read.
 */
void pk_adm_scope_put(struct pk_txn *txn, const char *server, const struct pk_row *row);

/** Deletes the row and what hangs on it; no such row: nothing. */
void pk_adm_scope_delete(struct pk_txn *txn, const char *server, struct pk_prefix subnet);

/** FailoverConfigSyncStatus of one row; written only when it differs. */
void pk_adm_scope_set_status(struct pk_txn *txn, const char *server, struct pk_prefix subnet,
                             enum pk_sync_status status);

/** NumberOfActiveLeases of an embedded server's scope (console only). */
void pk_adm_scope_set_leases(struct pk_txn *txn, const char *server, struct pk_prefix subnet,
                             int64_t active_leases);

/**
 * Makes or changes a relationship's row.  Links of scopes on servers that are no longer members
 * are removed.
 */
void pk_adm_relation_put(struct pk_txn *txn, const struct pk_relation *relation);

/** Renames it; links follow. */
void pk_adm_relation_rename(struct pk_txn *txn, const char *old_name, const char *new_name);

/** Subnet ids never to be given to another prefix (design 5.6), sorted by id. */
struct pk_retired_id {
    uint32_t id;
    struct pk_prefix subnet;
};

struct pk_retired_ids {
    const struct pk_retired_id *at;
    size_t count;
};

enum pk_code pk_adm_retired_ids_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                                     struct pk_retired_ids *out, struct pk_error *err);

#endif
