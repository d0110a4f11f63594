/*
 * Prefixes and pools may have blanks in a file (`10.0.0.1 - 10.0.0.9`), so blanks are taken out
 * before the strict parsers of base/ see the text.
 */
#include "drivers/kea-subnets.h"

#include <stdlib.h>
#include <string.h>

static const char *
without_blanks(struct pk_pool *pool, const char *text)
{
    char *out = pk_strdup(pool, text);
    size_t count = 0;
    for (; *text != '\0'; text++) {
        if (*text != ' ' && *text != '\t') {
            out[count++] = *text;
        }
    }
    out[count] = '\0';
    return out;
}

static void
take_pools(struct pk_pool *pool, struct pk_kea_subnet *subnet)
{
    struct pk_kea_items list = pk_kea_list(subnet->json, "pools");
    struct pk_kea_pool *pools = pk_array(pool, struct pk_kea_pool, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        const char *text = pk_kea_text(&list.at[i], "pool");
        struct pk_range range;
        if (text != NULL && pk_parse_range(without_blanks(pool, text), &range) &&
            range.first <= range.last) {
            pools[subnet->pool_count++] = (struct pk_kea_pool){&list.at[i], range};
        }
    }
    subnet->pools = pools;
}

static void
take_subnet(struct pk_pool *pool, const struct pk_kea_value *json,
            const struct pk_kea_value *network, struct pk_kea_subnets *out)
{
    const char *text = pk_kea_text(json, "subnet");
    struct pk_prefix prefix;
    int64_t id = 0;
    if (text == NULL || !pk_parse_prefix(without_blanks(pool, text), &prefix)) {
        return;
    }
    if (!pk_kea_integer(json, "id", &id) || id < 0 || id > UINT32_MAX) {
        id = 0;
    }
    struct pk_kea_subnet *subnet = pk_push(pool, out);
    *subnet = (struct pk_kea_subnet){
        .json = json,
        .network = network,
        .text = text,
        .prefix = {prefix.address & pk_prefix_mask(prefix), prefix.length},
        .has_host_bits = !pk_prefix_is_canonical(prefix),
        .id = (uint32_t)id,
    };
    take_pools(pool, subnet);
}

static int
compare_subnets(const void *a, const void *b)
{
    return pk_prefix_compare(((const struct pk_kea_subnet *)a)->prefix,
                             ((const struct pk_kea_subnet *)b)->prefix);
}

struct pk_kea_subnets
pk_kea_subnets_of(struct pk_pool *pool, const struct pk_kea_value *dhcp4)
{
    struct pk_kea_subnets out = {0};
    struct pk_kea_items alone = pk_kea_list(dhcp4, "subnet4");
    for (size_t i = 0; i < alone.count; i++) {
        take_subnet(pool, &alone.at[i], NULL, &out);
    }
    struct pk_kea_items networks = pk_kea_list(dhcp4, "shared-networks");
    for (size_t i = 0; i < networks.count; i++) {
        struct pk_kea_items members = pk_kea_list(&networks.at[i], "subnet4");
        for (size_t j = 0; j < members.count; j++) {
            take_subnet(pool, &members.at[j], &networks.at[i], &out);
        }
    }
    if (out.count > 1) {
        qsort(out.at, out.count, sizeof *out.at, compare_subnets);
    }
    return out;
}

const struct pk_kea_subnet *
pk_kea_subnets_find(const struct pk_kea_subnets *subnets, struct pk_prefix prefix)
{
    const struct pk_kea_subnet wanted = {.prefix = prefix};
    return subnets->count == 0
               ? NULL
               : bsearch(&wanted, subnets->at, subnets->count, sizeof wanted, compare_subnets);
}

const struct pk_kea_value *
pk_kea_subnet_inherits(const struct pk_kea_subnet *subnet, const struct pk_kea_value *dhcp4,
                       const char *key)
{
    const struct pk_kea_value *value = pk_kea_get(subnet->json, key);
    value = value != NULL ? value : pk_kea_get(subnet->network, key);
    return value != NULL ? value : pk_kea_get(dhcp4, key);
}
