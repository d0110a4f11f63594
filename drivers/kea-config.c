/*
 * The walk over a whole configuration: what is in force for all, for a network, for a subnet; and
 * which relationship a subnet belongs to.  All of it or nothing: a server that was half understood
 * would look as if somebody had deleted the rest.
 */
#include "drivers/kea-config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "drivers/kea-relations.h"
#include "drivers/kea-scope.h"

struct observing {
    struct pk_kea_mapper mapper;
    const struct pk_kea_naming *naming;
    struct pk_kea_relationships relationships;
    struct pk_row *rows;
    size_t count;
    struct pk_scope_defaults *defaults;
    size_t default_count;
    uint32_t next_id;
};

/* -- relationships ---------------------------------------------------------------------------- */

static bool
is_peer(const struct pk_peering *peering, const char *name)
{
    return strcmp(peering->self, name) == 0 || strcmp(peering->partner, name) == 0;
}

static const char *
ha_server_name(const struct pk_kea_value *map)
{
    return pk_kea_text(pk_kea_get(map, "user-context"), "ha-server-name");
}

/* The name of a peer tells where there are several relationships, and is not needed else. */
static void
link_subnet(const struct observing *observing, const struct pk_kea_value *network,
            const struct pk_kea_value *subnet, struct pk_kea_subnet_place *place)
{
    const struct pk_kea_naming *naming = observing->naming;
    const size_t count = observing->relationships.count;
    if (count == 0) {
        place->relationship = naming->alone.relationship;
        return;
    }
    const char *own = ha_server_name(subnet);
    const char *name = own != NULL ? own : ha_server_name(network);
    if (count == 1) {
        place->relationship = naming->names[0].relationship;
    }
    for (size_t i = 0; name != NULL && i < count; i++) {
        if (is_peer(&observing->relationships.at[i].peering, name)) {
            place->relationship = naming->names[i].relationship;
            place->server_name = name;
        }
    }
}

static int
compare_relations(const void *left, const void *right)
{
    return strcmp(((const struct pk_relation *)left)->name,
                  ((const struct pk_relation *)right)->name);
}

static struct pk_relations
observe_relations(const struct observing *observing)
{
    const struct pk_kea_naming *naming = observing->naming;
    struct pk_pool *pool = observing->mapper.pool;
    const size_t count = observing->relationships.count;
    struct pk_relation *at = pk_array(pool, struct pk_relation, count);
    size_t named = 0;
    for (size_t i = 0; i < count; i++) {
        if (naming->names[i].relationship != NULL) {
            pk_kea_relation_of(pool, &observing->relationships.at[i], naming->server,
                               &naming->names[i], &at[named++]);
        }
    }
    qsort(at, named, sizeof at[0], compare_relations);
    return (struct pk_relations){.at = at, .count = named};
}

/* -- subnets ---------------------------------------------------------------------------------- */

/* Kea 2.2 counts those without an id in the order in which it reads them. */
static enum pk_code
observe_subnet(struct observing *observing, const struct pk_kea_value *network,
               const struct pk_kea_value *subnet, const struct pk_kea_level *above)
{
    const struct pk_kea_value *id = pk_kea_get(subnet, "id");
    struct pk_kea_subnet_place place = {.above = above, .network = pk_kea_text(network, "name")};
    if (subnet->kind != PK_KEA_MAP) {
        return pk_kea_mapper_fail(&observing->mapper, "a subnet that is no map");
    }
    link_subnet(observing, network, subnet, &place);
    if (id == NULL || pk_kea_is_text(id, "0")) {
        place.next_id = ++observing->next_id;
    }
    return pk_kea_subnet_read(&observing->mapper, subnet, &place,
                              &observing->rows[observing->count++]);
}

static enum pk_code
observe_subnets(struct observing *observing, const struct pk_kea_value *network,
                const struct pk_kea_value *holder, const struct pk_kea_level *above)
{
    struct pk_kea_items subnets = pk_kea_list(holder, "subnet4");
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < subnets.count && code == PK_OK; i++) {
        code = observe_subnet(observing, network, &subnets.at[i], above);
    }
    return code;
}

static void
add_defaults(struct observing *observing, const char *network, const struct pk_kea_level *level)
{
    struct pk_text name = {.pool = observing->mapper.pool};
    if (network != NULL) {
        pk_text_add_json(&name, network);
    }
    observing->defaults[observing->default_count++] = (struct pk_scope_defaults){
        .network = network != NULL ? pk_text_end(&name) : NULL,
        .parts = pk_kea_level_parts(&observing->mapper, level),
    };
}

static enum pk_code
observe_networks(struct observing *observing, const struct pk_kea_value *dhcp4,
                 const struct pk_kea_level *global)
{
    struct pk_kea_items networks = pk_kea_list(dhcp4, "shared-networks");
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < networks.count && code == PK_OK; i++) {
        const struct pk_kea_value *network = &networks.at[i];
        struct pk_kea_level level = *global;
        if (network->kind != PK_KEA_MAP || pk_kea_text(network, "name") == NULL) {
            return pk_kea_mapper_fail(&observing->mapper, "a shared network without a name");
        }
        code = pk_kea_level_read(&observing->mapper, network, &level);
        if (code == PK_OK) {
            add_defaults(observing, pk_kea_text(network, "name"), &level);
            code = observe_subnets(observing, network, network, &level);
        }
    }
    return code;
}

static int
compare_rows(const void *left, const void *right)
{
    return pk_prefix_compare(((const struct pk_row *)left)->subnet,
                             ((const struct pk_row *)right)->subnet);
}

static enum pk_code
sort_rows(struct observing *observing)
{
    struct pk_row *rows = observing->rows;
    qsort(rows, observing->count, sizeof rows[0], compare_rows);
    for (size_t i = 1; i < observing->count; i++) {
        if (pk_prefix_compare(rows[i - 1].subnet, rows[i].subnet) == 0) {
            observing->mapper.subnet = pk_prefix_text(observing->mapper.scratch, rows[i].subnet);
            return pk_kea_mapper_fail(&observing->mapper,
                                      "is there twice; delete one of them on the server");
        }
    }
    return PK_OK;
}

static size_t
count_subnets(const struct pk_kea_value *dhcp4)
{
    struct pk_kea_items networks = pk_kea_list(dhcp4, "shared-networks");
    size_t count = pk_kea_list(dhcp4, "subnet4").count;
    for (size_t i = 0; i < networks.count; i++) {
        count += pk_kea_list(&networks.at[i], "subnet4").count;
    }
    return count;
}

/* A list that is something else would read as an empty server. */
static enum pk_code
check_lists(const struct observing *observing, const struct pk_kea_value *dhcp4)
{
    static const char *const lists[] = {"shared-networks", "subnet4", "hooks-libraries"};
    if (dhcp4 == NULL || dhcp4->kind != PK_KEA_MAP) {
        return pk_kea_mapper_fail(&observing->mapper, "no configuration of a DHCPv4 server");
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const struct pk_kea_value *list = pk_kea_get(dhcp4, lists[i]);
        if (list != NULL && list->kind != PK_KEA_LIST) {
            return pk_kea_mapper_fail(&observing->mapper, "'%s' is no list", lists[i]);
        }
    }
    return PK_OK;
}

static enum pk_code
observe(struct observing *observing, const struct pk_kea_value *dhcp4)
{
    struct pk_kea_mapper *mapper = &observing->mapper;
    struct pk_kea_level global = pk_kea_level_default;
    enum pk_code code = check_lists(observing, dhcp4);
    if (code == PK_OK) {
        code = pk_kea_relationships_read(mapper->scratch, dhcp4, &observing->relationships,
                                         mapper->err);
    }
    if (code == PK_OK && observing->relationships.count != observing->naming->count) {
        code = pk_kea_mapper_fail(mapper, "its relationships changed while it was read");
    }
    if (code == PK_OK) {
        mapper->definitions = pk_kea_definitions_read(mapper->scratch, dhcp4);
        observing->rows = pk_array(mapper->pool, struct pk_row, count_subnets(dhcp4));
        observing->defaults = pk_array(mapper->pool, struct pk_scope_defaults,
                                       pk_kea_list(dhcp4, "shared-networks").count + 1);
        code = pk_kea_level_read(mapper, dhcp4, &global);
    }
    if (code == PK_OK) {
        add_defaults(observing, NULL, &global);
    }
    if (code == PK_OK) {
        code = observe_networks(observing, dhcp4, &global);
    }
    if (code == PK_OK) {
        code = observe_subnets(observing, NULL, dhcp4, &global);
    }
    return code == PK_OK ? sort_rows(observing) : code;
}

static const char *
copy_text(struct pk_pool *pool, const char *text)
{
    return text != NULL ? pk_strdup(pool, text) : NULL;
}

/* Rows and relationships borrow from it, and live longer than the caller's. */
static struct pk_kea_naming
copy_of(struct pk_pool *pool, const struct pk_kea_naming *naming)
{
    struct pk_kea_naming copy = *naming;
    struct pk_peering_name *names = pk_array(pool, struct pk_peering_name, naming->count);
    for (size_t i = 0; i < naming->count; i++) {
        names[i] = naming->names[i];
        names[i].relationship = copy_text(pool, names[i].relationship);
        names[i].partner = copy_text(pool, names[i].partner);
    }
    copy.server = pk_strdup(pool, naming->server);
    copy.names = names;
    copy.alone.relationship = copy_text(pool, naming->alone.relationship);
    return copy;
}

enum pk_code
pk_kea_config_observe(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                      const struct pk_kea_naming *naming, struct pk_observation *out,
                      struct pk_error *err)
{
    PK_SCRATCH(scratch);
    const struct pk_kea_naming own = copy_of(pool, naming);
    struct observing observing = {
        .mapper = {.pool = pool, .scratch = scratch, .server = own.server, .err = err},
        .naming = &own};
    enum pk_code code = observe(&observing, dhcp4);
    if (code == PK_OK) {
        out->rows = (struct pk_rows){.at = observing.rows, .count = observing.count};
        out->relations = observe_relations(&observing);
        out->defaults = observing.defaults;
        out->default_count = observing.default_count;
    }
    return code;
}
