/*
 * HA parameters are read once, when the hook is loaded: there is no command for them, only another
 * configuration, and with it a restart of the HA service that the partner covers.  Nothing of the
 * relationship but the parameters of the closed list is touched: not its peers, not its mode.
 */
#include <string.h>

#include "drivers/kea-relations.h"
#include "drivers/kea-whole.h"

static const struct pk_kea_relationship *
called(const struct pk_kea_site *site, const struct pk_kea_relationships *all, const char *name)
{
    for (size_t i = 0; i < all->count && i < site->naming.count; i++) {
        const char *own = site->naming.names[i].relationship;
        if (own != NULL && strcmp(own, name) == 0) {
            return &all->at[i];
        }
    }
    return NULL;
}

/* A copy of @p value in which @p to stands where @p from stood; all else is borrowed. */
static struct pk_kea_value
exchanged(struct pk_pool *pool, const struct pk_kea_value *value, const struct pk_kea_value *from,
          const struct pk_kea_value *to)
{
    struct pk_kea_value copy = value == from ? *to : *value;
    if (value != from && value->kind == PK_KEA_LIST) {
        struct pk_kea_value *items = pk_array(pool, struct pk_kea_value, value->count);
        for (size_t i = 0; i < value->count; i++) {
            items[i] = exchanged(pool, &value->items[i], from, to);
        }
        copy.items = items;
    } else if (value != from && value->kind == PK_KEA_MAP) {
        struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, value->count);
        for (size_t i = 0; i < value->count; i++) {
            members[i].key = value->members[i].key;
            members[i].value = exchanged(pool, &value->members[i].value, from, to);
        }
        copy.members = members;
    }
    return copy;
}

static enum pk_code
set_member(struct pk_pool *pool, struct pk_kea_value *map, struct pk_kea_member *members,
           const char *key, const char *value, struct pk_error *err)
{
    size_t at = 0;
    while (at < map->count && strcmp(members[at].key, key) != 0) {
        at++;
    }
    map->count += at == map->count;
    members[at].key = key;
    return pk_kea_parse(pool, key, value, strlen(value), &members[at].value, err);
}

/* The parameters in which the two differ, as wanted, in the relationship's own map. */
static enum pk_code
edit_map(struct pk_pool *pool, const struct pk_kea_value *written, const struct pk_parts *have,
         const struct pk_parts *want, struct pk_kea_value *out, struct pk_error *err)
{
    const struct pk_field *kea = &pk_relationship_fields.at[PK_RELATIONSHIP_KEA];
    struct pk_kea_member *members =
        pk_array(pool, struct pk_kea_member, written->count + pk_relationship_kea_keys.count);
    memcpy(members, written->members, written->count * sizeof *members);
    *out = (struct pk_kea_value){.kind = PK_KEA_MAP, .count = written->count, .members = members};
    enum pk_code code = PK_OK;
    for (size_t i = 0; code == PK_OK && i < pk_relationship_kea_keys.count; i++) {
        const char *key = pk_relationship_kea_keys.at[i].name;
        const char *is = pk_parts_get(have, kea, key), *wanted = pk_parts_get(want, kea, key);
        if (wanted != NULL && (is == NULL || strcmp(is, wanted) != 0)) {
            code = set_member(pool, out, members, key, wanted, err);
        }
    }
    return code;
}

enum pk_code
pk_kea_replace_settings(const struct pk_kea_site *site, struct pk_kea_cover *covers,
                        size_t cover_count, const struct pk_change *change,
                        struct pk_change_result *result, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_kea_whole whole = {.site = site, .pool = pool};
    struct pk_kea_relationships all = {0};
    struct pk_kea_value map, wanted;
    *result = (struct pk_change_result){.outcome = PK_OUTCOME_NOT_RUN};
    enum pk_code code = pk_kea_whole_read(&whole, err);
    if (code == PK_OK) {
        code = pk_kea_relationships_read(pool, &whole.had, &all, err);
    }
    if (code != PK_OK) {
        return code;
    }
    const char *name = change->relation->name;
    const struct pk_relation *have = pk_relations_find(&whole.seen.relations, name);
    const struct pk_kea_relationship *in = called(site, &all, name);
    struct pk_sha256 now = {{0}};
    now = have != NULL ? pk_parts_hash(&have->parts) : now;
    if (in == NULL || have == NULL || !pk_sha256_equal(&now, &change->expected)) {
        result->outcome = PK_OUTCOME_STALE;
        return PK_OK;
    }
    code = edit_map(pool, in->written, &have->parts, &change->relation->parts, &map, err);
    if (code == PK_OK) {
        wanted = exchanged(pool, &whole.had, in->written, &map);
        code = pk_kea_whole_replace(&whole, covers, cover_count, &wanted, err);
    }
    result->outcome = code == PK_OK         ? PK_OUTCOME_WRITTEN
                      : code == PK_EREFUSED ? PK_OUTCOME_NOT_RUN
                                            : PK_OUTCOME_UNKNOWN;
    return code;
}
