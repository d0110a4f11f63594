/**
 * @file
 * What the agent calls the peerings of one Kea server, kept between name_peerings() and read().
 */
#ifndef PK_DRIVERS_KEA_NAMES_H
#define PK_DRIVERS_KEA_NAMES_H

#include "drivers/kea-config.h"

struct pk_kea_names {
    struct pk_peering_name *at;
    size_t count;
    struct pk_peering_name alone;
};

/** @param pool  keeps the list; the texts stay the agent's */
void pk_kea_names_take(struct pk_pool *pool, struct pk_kea_names *names,
                       const struct pk_peering_name *at, size_t count,
                       const struct pk_peering_name *alone);

/** As pk_kea_config_peerings(); a failure says what to do. */
enum pk_code
pk_kea_names_peerings(struct pk_pool *pool, const char *where, const struct pk_kea_value *dhcp4,
                      struct pk_peerings *out, struct pk_error *err);

/**
 * Rows and relationships of a configuration under these names.  Peerings that appeared since they
 * were named have none.
 * @param where  for messages, as "server dhcp-a"
 */
enum pk_code
pk_kea_names_observe(struct pk_pool *pool, const struct pk_kea_names *names, const char *server,
                     const char *where, const struct pk_kea_value *dhcp4,
                     struct pk_observation *out, struct pk_error *err);

/**
 * The `ha-server-name` by which a subnet is linked to a relationship.
 * @param existing  the subnet that is replaced, or NULL: a name that fits stays
 * @return NULL when none is needed
 */
const char *pk_kea_link_name(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                             const struct pk_kea_naming *naming, const char *relationship,
                             const struct pk_kea_value *existing);

/** Of @p all those of @p subnets (sorted). */
struct pk_rows pk_kea_rows_only(struct pk_pool *pool, const struct pk_rows *all,
                                const struct pk_prefix *subnets, size_t count);

#endif
