/**
 * @file
 * Inside of the mapping of a Kea configuration: its HA relationships.
 */
#ifndef PK_DRIVERS_KEA_RELATIONS_H
#define PK_DRIVERS_KEA_RELATIONS_H

#include "drivers/kea-config.h"

struct pk_kea_relationship {
    struct pk_peering peering;
    const struct pk_kea_value *written; /**< its map in the configuration */
};

/** In the configuration's order; borrowed from it. */
struct pk_kea_relationships {
    struct pk_kea_relationship *at;
    size_t count, capacity;
};

/** Those in which this server answers clients.  Errors as pk_kea_config_peerings(). */
enum pk_code pk_kea_relationships_read(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                                       struct pk_kea_relationships *out, struct pk_error *err);

/** With its mode, servers and HA parameters as parts; a parameter that is absent has its default.
 */
void
pk_kea_relation_of(struct pk_pool *pool, const struct pk_kea_relationship *relationship,
                   const char *server, const struct pk_peering_name *name, struct pk_relation *out);

#endif
