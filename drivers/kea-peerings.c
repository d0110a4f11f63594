/*
 * The HA relationships of a server, as the hook library has them: with the defaults that it would
 * use, because older libraries do not print all of them.
 */
#include <string.h>

#include "drivers/kea-relations.h"

static const char passive_backup[] = "passive-backup";

static const struct mode {
    const char *kea, *ours;
} modes[] = {
    {"load-balancing", "\"load-balance\""},
    {"hot-standby", "\"hot-standby\""},
};

/* Defaults by mode, in the order of `modes`. */
static const struct {
    const char *key, *defaults[2];
} parameters[] = {
    {"delayed-updates-limit", {"100", "0"}},    {"heartbeat-delay", {"10000", "10000"}},
    {"max-ack-delay", {"10000", "10000"}},      {"max-rejected-lease-updates", {"10", "10"}},
    {"max-response-delay", {"60000", "60000"}}, {"max-unacked-clients", {"10", "10"}},
    {"send-lease-updates", {"true", "true"}},   {"sync-leases", {"true", "true"}},
    {"sync-page-limit", {"10000", "10000"}},    {"sync-timeout", {"60000", "60000"}},
    {"wait-backup-ack", {"false", "false"}},
};

enum { PARAMETER_COUNT = sizeof parameters / sizeof parameters[0] };

static const struct mode *
mode_of(const struct pk_kea_value *relationship)
{
    const char *name = pk_kea_text(relationship, "mode");
    for (size_t i = 0; name != NULL && i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(modes[i].kea, name) == 0) {
            return &modes[i];
        }
    }
    return NULL;
}

static enum pk_code
fail(const char *what, const char *value, struct pk_error *err)
{
    return pk_error_set(err, PK_EINVAL, "high-availability", "high-availability: %s%s%s%s", what,
                        value != NULL ? " '" : "", value != NULL ? value : "",
                        value != NULL ? "'" : "");
}

static bool
is_role(const struct pk_kea_value *peer, const char *role)
{
    const char *own = pk_kea_text(peer, "role");
    return own != NULL && strcmp(own, role) == 0;
}

/* One of the two that answer clients. */
static bool
is_active(const struct pk_kea_value *peer)
{
    return is_role(peer, "primary") || is_role(peer, "secondary") || is_role(peer, "standby");
}

/* Leaves `self` NULL when this server is a backup. */
static enum pk_code
read_peering(const struct pk_kea_value *relationship, struct pk_peering *out, struct pk_error *err)
{
    const char *self = pk_kea_text(relationship, "this-server-name");
    struct pk_kea_items peers = pk_kea_list(relationship, "peers");
    size_t active = 0, primaries = 0;
    bool found = false;
    *out = (struct pk_peering){0};
    if (mode_of(relationship) == NULL) {
        return fail("no mode that is known", pk_kea_text(relationship, "mode"), err);
    }
    for (size_t i = 0; self != NULL && i < peers.count; i++) {
        const char *name = pk_kea_text(&peers.at[i], "name");
        bool is_self = name != NULL && strcmp(name, self) == 0;
        found = found || is_self;
        if (name == NULL || !is_active(&peers.at[i])) {
            continue;
        }
        active++;
        primaries += is_role(&peers.at[i], "primary");
        out->self = is_self ? name : out->self;
        out->partner = is_self ? out->partner : name;
        out->self_is_first = out->self_is_first || (is_self && is_role(&peers.at[i], "primary"));
    }
    if (!found) {
        return fail("this server is none of the peers:", self != NULL ? self : "", err);
    }
    bool whole = out->self == NULL || out->partner != NULL;
    return whole && active == PK_PAIR && primaries == 1
               ? PK_OK
               : fail("not one primary and one other server among the peers of", self, err);
}

static bool
is_passive(const struct pk_kea_value *relationship)
{
    const char *mode = pk_kea_text(relationship, "mode");
    return mode != NULL && strcmp(mode, passive_backup) == 0;
}

enum pk_code
pk_kea_relationships_read(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                          struct pk_kea_relationships *out, struct pk_error *err)
{
    struct pk_kea_items hooks = pk_kea_list(dhcp4, "hooks-libraries");
    *out = (struct pk_kea_relationships){0};
    for (size_t i = 0; i < hooks.count; i++) {
        struct pk_kea_items list =
            pk_kea_list(pk_kea_get(&hooks.at[i], "parameters"), "high-availability");
        for (size_t j = 0; j < list.count; j++) {
            struct pk_peering peering;
            if (is_passive(&list.at[j])) {
                continue;
            }
            enum pk_code code = read_peering(&list.at[j], &peering, err);
            if (code != PK_OK) {
                return code;
            }
            if (peering.self != NULL) {
                *pk_push(pool, out) = (struct pk_kea_relationship){peering, &list.at[j]};
            }
        }
    }
    return PK_OK;
}

enum pk_code
pk_kea_config_peerings(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                       struct pk_peerings *out, struct pk_error *err)
{
    struct pk_kea_relationships all;
    enum pk_code code = pk_kea_relationships_read(pool, dhcp4, &all, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_peering *at = pk_array(pool, struct pk_peering, all.count);
    for (size_t i = 0; i < all.count; i++) {
        const struct pk_peering *peering = &all.at[i].peering;
        at[i] = (struct pk_peering){pk_strdup(pool, peering->self),
                                    pk_strdup(pool, peering->partner), peering->self_is_first};
    }
    *out = (struct pk_peerings){.at = at, .count = all.count};
    return PK_OK;
}

/* -- as a relationship of ours ---------------------------------------------------------------- */

static const char *
server_pair(struct pk_pool *pool, const char *const servers[PK_PAIR])
{
    struct pk_text out = {.pool = pool};
    pk_text_add(&out, "[");
    pk_text_add_json(&out, servers[PK_SERVER_1]);
    pk_text_add(&out, ",");
    pk_text_add_json(&out, servers[PK_SERVER_2]);
    pk_text_add(&out, "]");
    return pk_text_end(&out);
}

void
pk_kea_relation_of(struct pk_pool *pool, const struct pk_kea_relationship *relationship,
                   const char *server, const struct pk_peering_name *name, struct pk_relation *out)
{
    const struct pk_field *rows = pk_relationship_fields.at;
    const struct mode *mode = mode_of(relationship->written);
    struct pk_part *parts = pk_array(pool, struct pk_part, PARAMETER_COUNT + 2);
    size_t count = 0;
    const bool first = relationship->peering.self_is_first;
    *out = (struct pk_relation){
        .name = name->relationship,
        .servers = {first ? server : name->partner, first ? name->partner : server}};
    parts[count++] = (struct pk_part){&rows[PK_RELATIONSHIP_MODE], "", mode->ours};
    if (name->partner != NULL) {
        parts[count++] =
            (struct pk_part){&rows[PK_RELATIONSHIP_SERVERS], "", server_pair(pool, out->servers)};
    }
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct pk_kea_value *value = pk_kea_get(relationship->written, parameters[i].key);
        parts[count++] = (struct pk_part){&rows[PK_RELATIONSHIP_KEA], parameters[i].key,
                                          value != NULL ? pk_kea_canonical(pool, value)
                                                        : parameters[i].defaults[mode - modes]};
    }
    out->parts = pk_parts_canonical(parts, count);
}
