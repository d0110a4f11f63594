/**
 * @file
 * The subnets of a Kea configuration as checks want them: flat, sorted by prefix, numbers parsed.
 *
 * Lenient where pk_kea_config_observe() is strict: what makes no sense is what checks look for.
 */
#ifndef PK_DRIVERS_KEA_SUBNETS_H
#define PK_DRIVERS_KEA_SUBNETS_H

#include "base/ipv4.h"
#include "drivers/kea-json.h"

struct pk_kea_pool {
    const struct pk_kea_value *json;
    struct pk_range range;
};

struct pk_kea_subnet {
    const struct pk_kea_value *json;
    const struct pk_kea_value *network; /**< its shared network, or NULL              */
    const char *text;                   /**< the prefix as the server writes it       */
    struct pk_prefix prefix;            /**< without host bits                        */
    bool has_host_bits;
    uint32_t id;                     /**< 0 = none */
    const struct pk_kea_pool *pools; /**< those that are ranges                    */
    size_t pool_count;
};

struct pk_kea_subnets {
    struct pk_kea_subnet *at; /**< sorted by prefix; those without a prefix are not here */
    size_t count, capacity;
};

struct pk_kea_subnets pk_kea_subnets_of(struct pk_pool *pool, const struct pk_kea_value *dhcp4);

/** The subnet with this prefix, or NULL. */
const struct pk_kea_subnet *
pk_kea_subnets_find(const struct pk_kea_subnets *subnets, struct pk_prefix prefix);

/**
 * A member of the subnet, else of its shared network, else of @p dhcp4; NULL = nowhere.  What a
 * Kea server does with most of its parameters.
 */
const struct pk_kea_value *
pk_kea_subnet_inherits(const struct pk_kea_subnet *subnet, const struct pk_kea_value *dhcp4,
                       const char *key);

#endif
