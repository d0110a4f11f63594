/**
 * @file
 * The abstract data model in memory: what a server holds.  Names: protocol part 1; see docs/adm.md.
 *
 * Plain data, built in a test with a literal.  Everything a pointer points to lives in the pool the
 * object was read into.
 */
#ifndef PK_ADM_MODEL_H
#define PK_ADM_MODEL_H

#include <stdbool.h>

#include "adm/part.h"
#include "base/clock.h"
#include "base/ipv4.h"

/** The two servers of a relationship, wherever something is kept per server. */
enum { PK_SERVER_1, PK_SERVER_2, PK_PAIR };

/** FailoverConfigSyncStatus; the numbers are the protocol's. */
enum pk_sync_status { PK_SYNC_UNKNOWN = 0, PK_SYNC_IN_SYNC = 1, PK_SYNC_OUT_OF_SYNC = 2 };

const char *pk_sync_status_name(enum pk_sync_status status);

/** Active leases of a row when the server cannot tell. */
#define PK_LEASES_UNKNOWN (-1)

/** One scope as one server holds it. */
struct pk_row {
    struct pk_prefix subnet;    /**< key on a server                                             */
    const char *relationship;   /**< name of the relationship it is linked to on this server;
                                     NULL = none                                                 */
    struct pk_parts parts;      /**< content; PK_SCOPE_RELATIONSHIP is a part too when linked    */
    struct pk_sha256 hash;      /**< pk_parts_hash(&parts)                                       */
    enum pk_sync_status status; /**< as recorded with the row                                    */
    int64_t active_leases;      /**< or PK_LEASES_UNKNOWN                                        */
};

/** Sorted by subnet, each once. */
struct pk_rows {
    const struct pk_row *at;
    size_t count;
};

/** A list that grows by pk_push(). */
struct pk_prefixes {
    struct pk_prefix *at;
    size_t count, capacity;
};

/** Sorts and removes repeats. */
void pk_prefixes_sort(struct pk_prefixes *prefixes);

/** Is the subnet one of the sorted list? */
bool pk_prefixes_contain(const struct pk_prefixes *prefixes, struct pk_prefix subnet);

/** The row of @p subnet, or NULL. */
const struct pk_row *pk_rows_find(const struct pk_rows *rows, struct pk_prefix subnet);

/** State of a pair as one server sees it, in the words guards need. */
enum pk_pair_state {
    PK_PAIR_NORMAL,    /**< also: the driver has no pair states                 */
    PK_PAIR_SYNCING,   /**< waiting, syncing, ready: normal soon by itself      */
    PK_PAIR_DISTURBED, /**< communications interrupted, conflict, maintenance   */
    PK_PAIR_PARTNER_DOWN,
    PK_PAIR_TERMINATED,   /**< the partners have stopped talking                   */
    PK_PAIR_OUT_OF_TOUCH, /**< says that all is well, and heard nothing for long   */
};

const char *pk_pair_state_name(enum pk_pair_state state);

/** What one server says of its pair, for people; numbers are PK_NOT_SAID where it does not. */
#define PK_NOT_SAID (-1)

struct pk_pair_health {
    const char *role;          /**< in the server's words: primary, standby, …         */
    const char *state;         /**< in the server's words: load-balancing, waiting, …  */
    const char *partner_state; /**< last it heard of its partner, or NULL              */
    int64_t contact_age_s;     /**< since it heard of its partner                      */
    int64_t unsent_updates;    /**< leases the partner does not know yet               */
    int64_t unacked_clients;   /**< clients the partner seems not to answer            */
    bool in_touch;             /**< has ever heard of its partner since it started     */
    bool interrupted;          /**< counts the communication as lost                   */
};

/** A failover relationship as one server (or the ADM) holds it. */
struct pk_relation {
    const char *name;
    const char *servers[PK_PAIR];        /**< NULL = a server that is not managed here           */
    struct pk_parts parts;               /**< comparable fields of pk_relationship_fields        */
    enum pk_pair_state state;            /**< as this server sees it                             */
    const struct pk_pair_health *health; /**< NULL where the server has nothing to say of it     */
};

/** What a server says of its pair, in its own words where it has some: "says terminated". */
const char *pk_relation_says(struct pk_pool *pool, const struct pk_relation *relation);

struct pk_relations {
    const struct pk_relation *at; /**< sorted by name */
    size_t count;
};

/**
 * A relationship in the words of a server that has no names of ours for it: on Kea the names of the
 * two peers that answer clients.  Both servers of one pair say the same two names, with self and
 * partner exchanged, which is how a pair is recognised.
 */
struct pk_peering {
    const char *self, *partner;
    bool self_is_first; /**< this server is server 1 (primary) */
};

struct pk_peerings {
    const struct pk_peering *at; /**< in the server's own order */
    size_t count;
};

/** The relationship called @p name, or NULL. */
const struct pk_relation *pk_relations_find(const struct pk_relations *relations, const char *name);

#endif
