/*
 * A scope is read and written in the light of what surrounds it: values that it inherits, options
 * that are defined, the relationships it can belong to.  Of a configuration of megabytes that is
 * little, so it is kept with the connection, and as text with the mirror, where it spares the next
 * program a read of the whole.
 *
 * Only what scopes rest on is kept, by name: configurations hold passwords, and those are nobody's
 * business here.
 */
#include "drivers/kea-edit.h"
#include "drivers/kea-server.h"

#include <string.h>

#include "adm/kea-values.h"

static const char networks_key[] = "shared-networks", subnets_key[] = "subnet4",
                  hooks_key[] = "hooks-libraries", parameters_key[] = "parameters",
                  relationships_key[] = "high-availability", peers_key[] = "peers";

/* -- What is kept ----------------------------------------------------------------------------- */

static bool
is_among(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static bool
is_of_all(const char *key)
{
    static const char *const others[] = {"option-def", "rebind-timer", "renew-timer",
                                         "reservation-mode", "valid-lifetime"};
    return pk_kea_setting_is_inherited(key) ||
           is_among(key, others, sizeof others / sizeof others[0]);
}

static bool
is_of_network(const char *key)
{
    return strcmp(key, subnets_key) != 0;
}

static bool
is_of_relationship(const char *key)
{
    return strcmp(key, peers_key) != 0;
}

static bool
is_of_peer(const char *key)
{
    static const char *const keys[] = {"name", "role"};
    return is_among(key, keys, sizeof keys / sizeof keys[0]);
}

/* A copy of these members, and some more. */
static struct pk_kea_value
only(struct pk_pool *pool, const struct pk_kea_value *map, bool (*is_kept)(const char *key),
     const struct pk_kea_member *more, size_t more_count)
{
    size_t count = map->kind == PK_KEA_MAP ? map->count : 0;
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, count + more_count);
    struct pk_kea_value out = {.kind = PK_KEA_MAP, .members = members};
    for (size_t i = 0; i < count; i++) {
        const struct pk_kea_member *member = &map->members[i];
        if (is_kept(member->key)) {
            members[out.count++] = (struct pk_kea_member){
                .key = pk_strdup(pool, member->key), .value = pk_kea_copy(pool, &member->value)};
        }
    }
    for (size_t i = 0; i < more_count; i++) {
        members[out.count++] = more[i];
    }
    return out;
}

/* -- Lists ------------------------------------------------------------------------------------ */

static struct pk_kea_value
each(struct pk_pool *pool, const struct pk_kea_value *map, const char *key,
     struct pk_kea_value (*keep)(struct pk_pool *pool, const struct pk_kea_value *item))
{
    struct pk_kea_items list = pk_kea_list(map, key);
    struct pk_kea_value *items = pk_array(pool, struct pk_kea_value, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        items[i] = keep(pool, &list.at[i]);
    }
    return (struct pk_kea_value){.kind = PK_KEA_LIST, .count = list.count, .items = items};
}

static struct pk_kea_value
network(struct pk_pool *pool, const struct pk_kea_value *item)
{
    return only(pool, item, is_of_network, NULL, 0);
}

static struct pk_kea_value
peer(struct pk_pool *pool, const struct pk_kea_value *item)
{
    return only(pool, item, is_of_peer, NULL, 0);
}

static struct pk_kea_value
relationship(struct pk_pool *pool, const struct pk_kea_value *item)
{
    const struct pk_kea_member peers = {peers_key, each(pool, item, peers_key, peer)};
    return only(pool, item, is_of_relationship, &peers, 1);
}

static struct pk_kea_value
map_of(struct pk_pool *pool, const char *key, struct pk_kea_value value)
{
    struct pk_kea_member *member = pk_new(pool, struct pk_kea_member);
    *member = (struct pk_kea_member){.key = key, .value = value};
    return (struct pk_kea_value){.kind = PK_KEA_MAP, .count = 1, .members = member};
}

/* A library that is not the one for high availability has no relationships. */
static struct pk_kea_value
hook(struct pk_pool *pool, const struct pk_kea_value *item)
{
    const struct pk_kea_value *given = pk_kea_get(item, parameters_key);
    return map_of(
        pool, parameters_key,
        map_of(pool, relationships_key, each(pool, given, relationships_key, relationship)));
}

/* -- Keeping ---------------------------------------------------------------------------------- */

void
pk_kea_around_keep(struct pk_server *server, const struct pk_kea_value *dhcp4)
{
    pk_pool_free(server->around_pool);
    server->around_pool = pk_pool_new(NULL);
    struct pk_pool *pool = server->around_pool;
    const struct pk_kea_member lists[] = {{networks_key, each(pool, dhcp4, networks_key, network)},
                                          {hooks_key, each(pool, dhcp4, hooks_key, hook)}};
    server->around = only(pool, dhcp4, is_of_all, lists, sizeof lists / sizeof lists[0]);
    server->loses = pk_kea_holds_lossy(dhcp4);
}

/* Whether anything is lost stands in parts that are not kept: such a server is read each time. */
const char *
pk_kea_around_text(const struct pk_server *server, struct pk_pool *pool)
{
    struct pk_text out = {.pool = pool};
    if (server->around_pool == NULL || server->loses) {
        return NULL;
    }
    pk_kea_print(&out, &server->around);
    return pk_text_end(&out);
}

void
pk_kea_around_recall(struct pk_server *server, const char *text)
{
    struct pk_error ignored;
    struct pk_pool *pool = pk_pool_new(NULL);
    struct pk_kea_value around;
    if (pk_kea_parse(pool, server->where, text, strlen(text), &around, &ignored) != PK_OK ||
        around.kind != PK_KEA_MAP) {
        pk_pool_free(pool); /* what is not known is read */
        return;
    }
    pk_pool_free(server->around_pool);
    server->around_pool = pool;
    server->around = around;
    server->loses = false;
}
