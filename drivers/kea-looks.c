/* Small readers that the checks share; all lenient, because what is odd is what they look for. */
#include "drivers/kea-looks.h"

#include <string.h>

enum { NAMES_SHOWN = 3 };

bool
pk_kea_version_is_from(struct pk_kea_version version, unsigned major, unsigned minor)
{
    const struct pk_kea_version least = {major, minor, 0};
    return pk_kea_version_known(version) && pk_kea_version_compare(version, least) >= 0;
}

int64_t
pk_kea_number(const struct pk_kea_value *map, const char *key, int64_t otherwise)
{
    int64_t number = otherwise;
    return pk_kea_integer(map, key, &number) ? number : otherwise;
}

bool
pk_kea_truth(const struct pk_kea_value *map, const char *key, bool otherwise)
{
    const struct pk_kea_value *value = pk_kea_get(map, key);
    bool says = value != NULL && (value->kind == PK_KEA_TRUE || value->kind == PK_KEA_FALSE);
    return says ? value->kind == PK_KEA_TRUE : otherwise;
}

const struct pk_kea_value *
pk_kea_peer(const struct pk_kea_value *relationship, const char *name)
{
    struct pk_kea_items peers = pk_kea_list(relationship, "peers");
    for (size_t i = 0; name != NULL && i < peers.count; i++) {
        const char *peer = pk_kea_text(&peers.at[i], "name");
        if (peer != NULL && strcmp(peer, name) == 0) {
            return &peers.at[i];
        }
    }
    return NULL;
}

const struct pk_kea_value *
pk_kea_own_peer(const struct pk_kea_value *relationship)
{
    return pk_kea_peer(relationship, pk_kea_text(relationship, "this-server-name"));
}

const char *
pk_kea_mode(const struct pk_kea_value *relationship)
{
    const char *mode = pk_kea_text(relationship, "mode");
    return mode != NULL ? mode : "";
}

bool
pk_kea_ha_has_threads(const struct pk_kea_facts *facts, const struct pk_kea_value *relationship)
{
    return pk_kea_truth(pk_kea_get(relationship, "multi-threading"), "enable-multi-threading",
                        pk_kea_version_is_from(facts->version, 2, 4));
}

bool
pk_kea_ha_has_listener(const struct pk_kea_facts *facts, const struct pk_kea_value *relationship)
{
    return pk_kea_ha_has_threads(facts, relationship) &&
           pk_kea_truth(pk_kea_get(relationship, "multi-threading"), "http-dedicated-listener",
                        pk_kea_version_is_from(facts->version, 2, 4));
}

void
pk_kea_tally_add(struct pk_pool *pool, struct pk_kea_tally *tally, const char *name)
{
    tally->count++;
    if (tally->count <= NAMES_SHOWN) {
        tally->names = pk_sprintf(pool, "%s%s%s", tally->names != NULL ? tally->names : "",
                                  tally->names != NULL ? ", " : "", name);
    }
}

const char *
pk_kea_tally_text(struct pk_pool *pool, const struct pk_kea_tally *tally)
{
    return pk_sprintf(pool, "%zu (%s%s)", tally->count, tally->names != NULL ? tally->names : "",
                      tally->count > NAMES_SHOWN ? ", …" : "");
}
