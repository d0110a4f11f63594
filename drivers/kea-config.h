/**
 * @file
 * A Kea DHCPv4 configuration as rows and relationships of the abstract data model.
 *
 * Pure: the same for what config-get answers, for a configuration file, for Kea 2.2 and 3.x.  What
 * Kea makes explicit, sorts or spells anew on the way in is undone here, so that equal meaning is
 * equal text (kea-values.h has the facts):
 *
 *  - a row holds what is in force for its clients: the subnet's own value, else its shared
 *    network's, else the server's; a value that is Kea's default is absent.  Not so options and
 *    classes, which Kea adds up level by level: they are the subnet's own
 *  - pools are address sets; a pool's own settings stay with its range
 *  - options are typed by the standard table, else their bytes by the server's definitions
 *  - a reservation's identifier is its bytes; `comment` of a user-context is the description,
 *    `subnet-name` the name (for a reservation `comment` is the name); `ha-server-name` is shown by
 *    the relationship where it tells one
 *  - all pools behind the class PAIRKEEPER_INACTIVE: state inactive, and the class is not shown
 *  - whatever has no field of ours is a part of `kea:` under Kea's newest spelling, canonical; also
 *    what the fields cannot hold, under keys that Git may not state: `subnet` (a prefix with host
 *    bits), `option-data` (options that are there twice, bound to classes, with a context of their
 *    own or not of their type), `reservations` (those without an identifier of ours)
 *  - `interface`, `4o6-…` and `metadata` belong to one server and are left out
 */
#ifndef PK_DRIVERS_KEA_CONFIG_H
#define PK_DRIVERS_KEA_CONFIG_H

#include "drivers/driver.h"
#include "drivers/kea-json.h"

/** Class that no packet is ever in: it takes the pools of an inactive scope out of service. */
extern const char pk_kea_inactive_class[];

/** Kea puts a client into the class of this and the name of the peer that serves it. */
extern const char pk_kea_peer_class[];

/**
 * The HA relationships of a configuration (`Dhcp4`), without backup peers and passive-backup ones.
 * @return PK_OK, also when there are none; PK_EINVAL when the HA parameters make no sense
 */
enum pk_code pk_kea_config_peerings(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                                    struct pk_peerings *out, struct pk_error *err);

/** How the agent calls what a server is in. */
struct pk_kea_naming {
    const char *server;                  /**< the server's name in the agent's configuration */
    const struct pk_peering_name *names; /**< one for each peering of pk_kea_config_peerings() */
    size_t count;
    struct pk_peering_name alone; /**< of a server without any peering */
};

/**
 * All subnets, those in shared networks too, as rows, and every named peering as a relationship
 * (parts: mode, servers, the HA parameters of pk_relationship_kea_keys; state and health are the
 * caller's).  With one peering every subnet is linked to it; with several the user-context's
 * `ha-server-name` of the subnet, else of its network, tells, and the others stay unlinked.  HA
 * parameters that are absent have their defaults, so that older libraries do not differ.
 * @param out  in @p pool, nothing of it borrowed; `sequence` untouched
 * @return PK_OK; PK_EINVAL naming the subnet: the same prefix twice, a subnet without prefix, a
 *         value of a kind that Kea never has there.  Never a partial result.  A subnet without an
 * id is counted as Kea 2.2 counts it.
 */
enum pk_code pk_kea_config_observe(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                                   const struct pk_kea_naming *naming, struct pk_observation *out,
                                   struct pk_error *err);

/**
 * What an HA parameter of pk_relationship_kea_keys is when nobody states it.
 * @param mode  canonical, as a relationship's `mode`
 * @return canonical; NULL when Kea has no such parameter
 */
const char *pk_kea_default_parameter(const char *mode, const char *key);

#endif
