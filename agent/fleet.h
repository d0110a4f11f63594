/**
 * @file
 * The servers of a pass: opened once, observed together, closed at the end.
 *
 * Servers over a network are read beside each other, each by one thread into a pool of its own; the
 * embedded ones by the thread that the database belongs to.
 */
#ifndef PK_AGENT_FLEET_H
#define PK_AGENT_FLEET_H

#include "agent/config.h"
#include "reconcilers/view.h"

struct pk_fleet_server {
    const struct pk_server_config *config;
    const struct pk_driver *driver;
    struct pk_server *connection;        /**< NULL: could not be opened */
    struct pk_peerings peerings;         /**< as it said them itself */
    const struct pk_peering_name *names; /**< of each peering: what Git calls it */
    struct pk_observation observed;
    bool partly; /**< only what is near some subnets was read */
    bool known;
    const char *reason;  /**< why not known: names the server and what to do */
    const char *problem; /**< known, but its high availability is not what Git says: what to do
                              (agent/pairing.h); or NULL */
    struct pk_mono observed_at;
    int64_t busy_ms; /**< it spent on answering us in this pass, 0 unless remote */
    struct pk_retired_ids retired_ids;
};

struct pk_fleet {
    struct pk_pool *pool;
    struct pk_db *db;
    unsigned workers;
    const struct pk_wanted_relationship *relationships;
    size_t relationship_count;
    struct pk_fleet_server *at; /**< sorted by name */
    size_t count;
};

/**
 * Opens the named servers (any order, repeats allowed); a failure makes that server unknown.
 * @param snapshot  its relationships are what the servers' own are called; they must stay as long
 */
void pk_fleet_open(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                   const struct pk_snapshot *snapshot, const char *const *names, size_t name_count,
                   struct pk_fleet *out);

/** Reads every open server (again); older results stay in the pool until it dies. */
void pk_fleet_observe(struct pk_fleet *fleet);

/** Reads of every open server only what is near these subnets (drivers' read_near). */
void pk_fleet_observe_near(struct pk_fleet *fleet, const struct pk_prefix *subnets,
                           const uint32_t *ids, size_t count);

/** The server called @p name, or NULL. */
struct pk_fleet_server *pk_fleet_find(const struct pk_fleet *fleet, const char *name);

/** Asks for the change sequence (drivers/driver.h): false when it cannot be told. */
bool pk_fleet_sequence(struct pk_fleet *fleet, struct pk_fleet_server *server, const char *since,
                       const char **out);

/** Asks all at once: is each still at the sequence that @p since has for it, in the same order? */
bool pk_fleet_is_unchanged(struct pk_fleet *fleet, const char *const *since);

/** The longest that one server was kept from its clients. */
int64_t pk_fleet_busy_ms(const struct pk_fleet *fleet);

/** For PK_CLEANUP. */
void pk_fleet_close(struct pk_fleet *fleet);

/**
 * Records who could be read and who could not, with events on every change, and mirrors in the
 * tables what was read of servers that are not the tables.
 */
void pk_fleet_record(struct pk_txn *txn, const struct pk_fleet *fleet, struct pk_wall now);

#endif
