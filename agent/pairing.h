/**
 * @file
 * Which relationship of Git is which peering of a server.
 *
 * Pure.  A Kea server has no name of ours for its relationships; it says the names of the two
 * peers. Two servers are a pair when they say the same two names with self and partner exchanged.
 */
#ifndef PK_AGENT_PAIRING_H
#define PK_AGENT_PAIRING_H

#include "desired-state/snapshot.h"
#include "drivers/driver.h"

struct pk_paired_server {
    const char *name;
    bool answers;                  /**< false: its peerings could not be asked for        */
    struct pk_peerings peerings;   /**< what it said                                      */
    struct pk_peering_name *names; /**< out: one for each peering                         */
    struct pk_peering_name alone;  /**< out: when it has no peering at all                */
    const char *problem;           /**< out: what does not fit Git, and what to do; or NULL */
};

/**
 * Fills what is out.
 *  - A peering of one server and one of the other that fit are the relationship between the two;
 *    several relationships take them in the order of their names.
 *  - Where the partner cannot be asked, a server's only peering is its only relationship.
 *  - A server without any peering is alone in its only relationship.
 *  - All other peerings stay without a name, and their server has a problem if Git has one for it.
 * @param servers  those whose driver has peerings; other members of relationships are not in it
 */
void pk_pair_servers(struct pk_pool *pool, const struct pk_wanted_relationship *relationships,
                     size_t relationship_count, struct pk_paired_server *servers, size_t count);

#endif
