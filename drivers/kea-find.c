/*
 * subnet4-get tells neither the reservations nor the shared network of a subnet, and its values are
 * only the subnet's own.  So each subnet is put back into an otherwise empty copy of the
 * configuration it belongs to, and read there by the same code that reads whole configurations.
 */
#include "drivers/kea-site.h"

#include <string.h>

#include "base/json.h"

static bool
is_content(const char *key)
{
    return strcmp(key, "subnet4") == 0 || strcmp(key, "shared-networks") == 0;
}

/* The map with one more member. */
static struct pk_kea_value
with_member(struct pk_pool *pool, const struct pk_kea_value *map, const char *key,
            const struct pk_kea_value *value)
{
    size_t count = 0;
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, map->count + 1);
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->members[i].key, key) != 0) {
            members[count++] = map->members[i];
        }
    }
    members[count++] = (struct pk_kea_member){.key = key, .value = *value};
    return (struct pk_kea_value){.kind = PK_KEA_MAP, .count = count, .members = members};
}

static struct pk_kea_value
list_of(struct pk_pool *pool, const struct pk_kea_value *only)
{
    struct pk_kea_value *items = pk_new(pool, struct pk_kea_value);
    *items = *only;
    return (struct pk_kea_value){.kind = PK_KEA_LIST, .count = 1, .items = items};
}

static const struct pk_kea_value *
network_called(const struct pk_kea_value *dhcp4, const char *name)
{
    struct pk_kea_items networks = pk_kea_list(dhcp4, "shared-networks");
    for (size_t i = 0; i < networks.count; i++) {
        const char *called = pk_kea_text(&networks.at[i], "name");
        if (called != NULL && strcmp(called, name) == 0) {
            return &networks.at[i];
        }
    }
    return NULL;
}

/* A network that was made since the configuration was read has nothing but its name. */
static struct pk_kea_value
network_or_name(struct pk_pool *pool, const struct pk_kea_value *dhcp4, const char *name)
{
    const struct pk_kea_value *known = network_called(dhcp4, name);
    if (known != NULL) {
        return *known;
    }
    struct pk_kea_value empty = {.kind = PK_KEA_MAP};
    struct pk_kea_value text = {.kind = PK_KEA_STRING, .count = strlen(name), .text = name};
    return with_member(pool, &empty, "name", &text);
}

/* The server's configuration with this one subnet and no other. */
static struct pk_kea_value
configuration_around(struct pk_pool *pool, const struct pk_kea_site *site,
                     const struct pk_kea_value *subnet, const char *network)
{
    struct pk_kea_value around = {.kind = PK_KEA_MAP};
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, site->dhcp4->count + 1);
    for (size_t i = 0; i < site->dhcp4->count; i++) {
        if (!is_content(site->dhcp4->members[i].key)) {
            members[around.count++] = site->dhcp4->members[i];
        }
    }
    around.members = members;
    struct pk_kea_value content = list_of(pool, subnet);
    if (network == NULL) {
        return with_member(pool, &around, "subnet4", &content);
    }
    struct pk_kea_value shared = network_or_name(pool, site->dhcp4, network);
    shared = with_member(pool, &shared, "subnet4", &content);
    content = list_of(pool, &shared);
    return with_member(pool, &around, "shared-networks", &content);
}

/* -- Asking ----------------------------------------------------------------------------------- */

static enum pk_code
ask(const struct pk_kea_site *site, struct pk_pool *pool, const char *command,
    const char *arguments, struct pk_kea_answer *answer, struct pk_error *err)
{
    enum pk_code code =
        pk_kea_command(site->client, pool, command, arguments, PK_KEA_READS, answer, err);
    if (code == PK_OK && answer->result != PK_KEA_SUCCESS && answer->result != PK_KEA_EMPTY) {
        return pk_error_set(err, PK_EREFUSED, site->name, "server %s refuses %s: %s", site->name,
                            command, answer->text);
    }
    return code;
}

/* Reservations come with the id of their subnet, which a configuration does not have there. */
static enum pk_code
add_reservations(const struct pk_kea_site *site, struct pk_pool *pool, int64_t id,
                 struct pk_kea_value *subnet, struct pk_error *err)
{
    struct pk_kea_answer answer;
    const char *arguments =
        pk_sprintf(pool, "{\"subnet-id\":%lld,\"operation-target\":\"memory\"}", (long long)id);
    enum pk_code code = ask(site, pool, "reservation-get-all", arguments, &answer, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_kea_items hosts = pk_kea_list(&answer.arguments, "hosts");
    struct pk_kea_value *items = pk_array(pool, struct pk_kea_value, hosts.count + 1);
    for (size_t i = 0; i < hosts.count; i++) {
        struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, hosts.at[i].count + 1);
        items[i] = (struct pk_kea_value){.kind = PK_KEA_MAP, .members = members};
        for (size_t j = 0; j < hosts.at[i].count; j++) {
            if (strcmp(hosts.at[i].members[j].key, "subnet-id") != 0) {
                members[items[i].count++] = hosts.at[i].members[j];
            }
        }
    }
    struct pk_kea_value list = {.kind = PK_KEA_LIST, .count = hosts.count, .items = items};
    *subnet = with_member(pool, subnet, "reservations", &list);
    return PK_OK;
}

static enum pk_code
read_row(const struct pk_kea_site *site, struct pk_pool *pool, struct pk_kea_found *found,
         struct pk_error *err)
{
    struct pk_observation seen = {.sequence = ""};
    struct pk_kea_value around = configuration_around(pool, site, &found->subnet, found->network);
    enum pk_code code = pk_kea_config_observe(pool, &around, &site->naming, &seen, err);
    if (code == PK_OK && seen.rows.count != 1) {
        return pk_error_set(err, PK_EINVAL, site->name,
                            "server %s: subnet4-get answers something else than one subnet",
                            site->name);
    }
    if (code == PK_OK) {
        found->row = seen.rows.at[0];
        found->is_there = true;
    }
    return code;
}

static enum pk_code
find_one(const struct pk_kea_site *site, struct pk_pool *pool, struct pk_prefix subnet,
         struct pk_kea_found *found, struct pk_error *err)
{
    const struct pk_kea_listed *place = pk_kea_listing_find(site->listing, subnet);
    struct pk_kea_answer answer;
    struct pk_text arguments = {.pool = pool};
    int64_t id = 0;
    *found = (struct pk_kea_found){.is_there = false};
    if (place != NULL && place->network != NULL) {
        found->network = pk_strdup(pool, place->network);
    }
    pk_text_add(&arguments, "{\"subnet\":");
    pk_text_add_json(&arguments, place != NULL ? place->spelled : pk_prefix_text(pool, subnet));
    pk_text_add(&arguments, "}");
    enum pk_code code = ask(site, pool, "subnet4-get", pk_text_end(&arguments), &answer, err);
    struct pk_kea_items subnets = pk_kea_list(&answer.arguments, "subnet4");
    if (code != PK_OK || answer.result == PK_KEA_EMPTY) {
        return code;
    }
    if (subnets.count != 1 || !pk_kea_integer(&subnets.at[0], "id", &id)) {
        return pk_error_set(err, PK_EINVAL, site->name,
                            "server %s: subnet4-get answers something else than one subnet",
                            site->name);
    }
    found->subnet = subnets.at[0];
    code = add_reservations(site, pool, id, &found->subnet, err);
    return code == PK_OK ? read_row(site, pool, found, err) : code;
}

enum pk_code
pk_kea_find_scopes(const struct pk_kea_site *site, struct pk_pool *pool,
                   const struct pk_prefix *subnets, size_t count, struct pk_kea_found *found,
                   struct pk_error *err)
{
    enum pk_code code = pk_kea_listing_ask(site->listing, site->client, site->name, err);
    for (size_t i = 0; i < count && code == PK_OK; i++) {
        code = find_one(site, pool, subnets[i], &found[i], err);
    }
    return code;
}
