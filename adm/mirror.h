/**
 * @file
 * The tables as a mirror of servers that are not the tables themselves.
 *
 * After a look every such server's rows, relationships and pair health stand in the protocol's
 * tables, so that status, explain and later passes read one place for all kinds of servers.  Only
 * what differs is written.
 */
#ifndef PK_ADM_MIRROR_H
#define PK_ADM_MIRROR_H

#include "adm/scopes.h"

/** One look at a whole server. */
struct pk_mirrored {
    const char *server, *driver;
    const char *sequence;     /**< change sequence the rows belong to */
    const char *surroundings; /**< what the driver wants to know of it again, or NULL */
    const struct pk_rows *rows;
    const struct pk_relations *relations;
    const struct pk_peerings *peerings;
    struct pk_wall seen;
};

/**
 * Makes the tables hold the look.  A row that they cannot hold (two subnets of one address, an id
 * twice) is left out; the mirror then has no sequence, so nobody takes it for the server.  Of a
 * relationship server 1's word is kept, and where server 2 says something else it has no sequence
 * either.
 */
void pk_mirror_put(struct pk_txn *txn, const struct pk_mirrored *look);

/** One row as it was read back, or NULL when it is gone; what the tables cannot hold is left out.
 */
void pk_mirror_put_row(struct pk_txn *txn, const char *server, struct pk_prefix subnet,
                       const struct pk_row *row);

/** Only the health of its relationships: for a look that read nothing else. */
void pk_mirror_put_health(struct pk_txn *txn, const char *server,
                          const struct pk_relations *relations, struct pk_wall seen);

/** The change sequence that the server's rows in the tables belong to; NULL = they are not it. */
enum pk_code pk_mirror_sequence(struct pk_db *db, struct pk_pool *pool, const char *server,
                                const char **out, struct pk_error *err);

/** What the driver had kept with that sequence, or NULL. */
enum pk_code pk_mirror_surroundings(struct pk_db *db, struct pk_pool *pool, const char *server,
                                    const char **out, struct pk_error *err);

/**
 * Whether what we wrote may be in the server's memory only.  Set before the first write and taken
 * back once the server has saved it, so a killed agent leaves a word.  Setting it takes the
 * mirror's sequence away: after our writes nobody can tell whether they were the only ones.
 */
void
pk_mirror_set_unsaved(struct pk_txn *txn, const char *server, const char *driver, bool unsaved);

/** Names of the servers that are unsaved, sorted. */
enum pk_code pk_mirror_unsaved_load(struct pk_db *db, struct pk_pool *pool,
                                    const char *const **names, size_t *count, struct pk_error *err);

/** The server's peerings as of the mirror's sequence. */
enum pk_code pk_mirror_peerings_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                                     struct pk_peerings *out, struct pk_error *err);

/** Pair health as last recorded. */
struct pk_health_record {
    const char *server, *relationship;
    enum pk_pair_state pair_state;
    struct pk_pair_health health;
    struct pk_wall seen;
};

/** Of all servers, sorted by relationship and server. */
enum pk_code
pk_mirror_health_load(struct pk_db *db, struct pk_pool *pool, struct pk_health_record **at,
                      size_t *count, struct pk_error *err);

#endif
