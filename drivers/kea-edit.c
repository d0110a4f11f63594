/*
 * config-get shows more than was configured: what a subnet inherits stands in it as if it had been
 * written there.  Sent back as it is, a later change of a global would reach no subnet any more. So
 * whatever equals what would be inherited is left out again.
 *
 * And it shows less: an option 43 that was given in bytes comes back empty.  Whether one that looks
 * empty is so cannot be told, so a configuration with one is not sent back at all.
 */
#include "drivers/kea-edit.h"

#include <string.h>

#include "drivers/kea-build.h"
#include "drivers/kea-inherit.h"
#include "drivers/kea-names.h"

enum { LOSSY_OPTION = 43 };

struct editing {
    struct pk_pool *pool;
    const struct pk_kea_value *dhcp4;
    const struct pk_kea_edit *edits;
    size_t count;
    const struct pk_kea_naming *naming;
    bool old;
    const struct pk_kea_value **replaced; /* of each edit: the subnet that was there, or NULL */
    bool *placed;                         /* of each edit: stands in its container already    */
};

/* -- What would be lost ----------------------------------------------------------------------- */

static bool
is_lossy(const struct pk_kea_value *option)
{
    int64_t code = 0;
    const char *name = pk_kea_text(option, "name");
    if (!(pk_kea_integer(option, "code", &code) && code == LOSSY_OPTION) &&
        !(name != NULL && strcmp(name, "vendor-encapsulated-options") == 0)) {
        return false;
    }
    const char *space = pk_kea_text(option, "space"), *data = pk_kea_text(option, "data");
    bool standard = space == NULL || strcmp(space, "dhcp4") == 0;
    return standard && (data == NULL || *data == '\0');
}

/* Depth is limited by the reader. */
bool
pk_kea_holds_lossy(const struct pk_kea_value *value)
{
    bool found = value->kind == PK_KEA_MAP && is_lossy(value);
    for (size_t i = 0; !found && value->kind == PK_KEA_LIST && i < value->count; i++) {
        found = pk_kea_holds_lossy(&value->items[i]);
    }
    for (size_t i = 0; !found && value->kind == PK_KEA_MAP && i < value->count; i++) {
        found = pk_kea_holds_lossy(&value->members[i].value);
    }
    return found;
}

enum pk_code
pk_kea_refuse_lossy(const char *when, struct pk_error *err)
{
    return pk_error_set(err, PK_EREFUSED, "option-data",
                        "an option 43 is shown empty by Kea, and would be empty for clients %s: "
                        "give it by its sub-options, or change this server by hand "
                        "[not-representable]",
                        when);
}

/* -- Inherited again -------------------------------------------------------------------------- */

static bool
same(struct pk_pool *pool, const struct pk_kea_value *a, const struct pk_kea_value *b)
{
    return a != NULL && b != NULL &&
           strcmp(pk_kea_canonical(pool, a), pk_kea_canonical(pool, b)) == 0;
}

/* Least and most come from the value where the level above does not have them. */
static const struct pk_kea_value *
from_above(const char *key, const struct pk_kea_value *network, const struct pk_kea_value *dhcp4)
{
    const struct pk_kea_value *value = pk_kea_get(network, key);
    value = value != NULL ? value : pk_kea_get(dhcp4, key);
    bool bound = strcmp(key, "min-valid-lifetime") == 0 || strcmp(key, "max-valid-lifetime") == 0;
    return value == NULL && bound ? from_above("valid-lifetime", network, dhcp4) : value;
}

static struct pk_kea_value
inheriting(const struct editing *editing, const struct pk_kea_value *map,
           const struct pk_kea_value *network)
{
    struct pk_kea_member *members = pk_array(editing->pool, struct pk_kea_member, map->count + 1);
    struct pk_kea_value out = {.kind = PK_KEA_MAP, .members = members};
    for (size_t i = 0; i < map->count; i++) {
        const struct pk_kea_member *member = &map->members[i];
        if (!pk_kea_is_copied_down(member->key) ||
            !same(editing->pool, &member->value,
                  from_above(member->key, network, editing->dhcp4))) {
            members[out.count++] = *member;
        }
    }
    return out;
}

/* -- Subnets ---------------------------------------------------------------------------------- */

static bool
edit_of(const struct editing *editing, const struct pk_kea_value *subnet, size_t *at)
{
    const char *text = pk_kea_text(subnet, "subnet");
    struct pk_prefix prefix;
    if (text == NULL || !pk_parse_prefix(text, &prefix)) {
        return false;
    }
    prefix.address &= pk_prefix_mask(prefix);
    for (*at = 0; *at < editing->count; ++*at) {
        if (pk_prefix_compare(editing->edits[*at].subnet, prefix) == 0) {
            return true;
        }
    }
    return false;
}

static bool
belongs_to(const struct editing *editing, size_t edit, const char *network)
{
    const struct pk_row *wanted = editing->edits[edit].wanted;
    const char *name = wanted != NULL ? pk_kea_network_of(editing->pool, wanted) : NULL;
    return wanted != NULL &&
           (network == name || (network != NULL && name != NULL && strcmp(network, name) == 0));
}

static const char *
link_of(const struct editing *editing, size_t edit)
{
    const struct pk_row *wanted = editing->edits[edit].wanted;
    return wanted != NULL ? pk_kea_link_name(editing->pool, editing->dhcp4, editing->naming,
                                             wanted->relationship, editing->replaced[edit])
                          : NULL;
}

/* The list of subnets of one container: those that stay, and those wanted there. */
static enum pk_code
subnets_in(struct editing *editing, const struct pk_kea_value *container, const char *network,
           struct pk_kea_value *out, struct pk_error *err)
{
    struct pk_kea_items has = pk_kea_list(container, "subnet4");
    struct pk_kea_value *items =
        pk_array(editing->pool, struct pk_kea_value, has.count + editing->count + 1);
    *out = (struct pk_kea_value){.kind = PK_KEA_LIST, .items = items};
    struct pk_kea_level above;
    enum pk_code code = pk_kea_level_above(editing->pool, editing->dhcp4, network, &above, err);
    if (code != PK_OK) {
        return code;
    }
    for (size_t i = 0, edit; i < has.count; i++) {
        if (!edit_of(editing, &has.at[i], &edit)) {
            items[out->count++] =
                inheriting(editing, &has.at[i], network != NULL ? container : NULL);
        }
    }
    for (size_t i = 0; i < editing->count; i++) {
        const struct pk_kea_style style = {
            .old_spelling = editing->old,
            .reservations = true,
            .above = &above,
            .existing = editing->replaced[i],
            .server_name = link_of(editing, i),
        };
        if (editing->placed[i] || !belongs_to(editing, i, network)) {
            continue;
        }
        code = pk_kea_build_subnet(editing->pool, editing->edits[i].wanted, &style,
                                   &items[out->count++], err);
        if (code != PK_OK) {
            return code;
        }
        editing->placed[i] = true;
    }
    return PK_OK;
}

static struct pk_kea_value
with_subnets(struct pk_pool *pool, const struct pk_kea_value *map,
             const struct pk_kea_value *subnets)
{
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, map->count + 1);
    struct pk_kea_value out = {.kind = PK_KEA_MAP, .members = members};
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->members[i].key, "subnet4") != 0) {
            members[out.count++] = map->members[i];
        }
    }
    members[out.count++] = (struct pk_kea_member){.key = "subnet4", .value = *subnets};
    return out;
}

/* -- Shared networks -------------------------------------------------------------------------- */

static enum pk_code
edit_network(struct editing *editing, const struct pk_kea_value *network, struct pk_kea_value *out,
             struct pk_error *err)
{
    struct pk_kea_value subnets;
    enum pk_code code = subnets_in(editing, network, pk_kea_text(network, "name"), &subnets, err);
    if (code == PK_OK) {
        struct pk_kea_value bare = inheriting(editing, network, NULL);
        *out = with_subnets(editing->pool, &bare, &subnets);
    }
    return code;
}

/* A network that no server has yet has a name and nothing else. */
static enum pk_code
add_network(struct editing *editing, const char *name, struct pk_kea_value *out,
            struct pk_error *err)
{
    struct pk_kea_member *named = pk_array(editing->pool, struct pk_kea_member, 1);
    *named = (struct pk_kea_member){
        .key = "name", .value = {.kind = PK_KEA_STRING, .count = strlen(name), .text = name}};
    const struct pk_kea_value empty = {.kind = PK_KEA_MAP, .count = 1, .members = named};
    return edit_network(editing, &empty, out, err);
}

static enum pk_code
edit_networks(struct editing *editing, struct pk_kea_value *out, struct pk_error *err)
{
    struct pk_kea_items has = pk_kea_list(editing->dhcp4, "shared-networks");
    struct pk_kea_value *items =
        pk_array(editing->pool, struct pk_kea_value, has.count + editing->count + 1);
    enum pk_code code = PK_OK;
    *out = (struct pk_kea_value){.kind = PK_KEA_LIST, .items = items};
    for (size_t i = 0; i < has.count && code == PK_OK; i++) {
        code = edit_network(editing, &has.at[i], &items[out->count++], err);
    }
    for (size_t i = 0; i < editing->count && code == PK_OK; i++) {
        const struct pk_row *wanted = editing->edits[i].wanted;
        const char *name = wanted != NULL ? pk_kea_network_of(editing->pool, wanted) : NULL;
        if (name != NULL && !editing->placed[i]) {
            code = add_network(editing, name, &items[out->count++], err);
        }
    }
    return code;
}

/* -- The whole -------------------------------------------------------------------------------- */

/* Every container is walked once before anything is built, so that each edit knows what it replaces
   wherever that stood. */
static void
find_replaced(struct editing *editing)
{
    struct pk_kea_items networks = pk_kea_list(editing->dhcp4, "shared-networks");
    for (size_t n = 0; n <= networks.count; n++) {
        const struct pk_kea_value *container =
            n < networks.count ? &networks.at[n] : editing->dhcp4;
        struct pk_kea_items subnets = pk_kea_list(container, "subnet4");
        for (size_t i = 0, edit; i < subnets.count; i++) {
            if (edit_of(editing, &subnets.at[i], &edit)) {
                editing->replaced[edit] = &subnets.at[i];
            }
        }
    }
}

enum pk_code
pk_kea_edit(struct pk_pool *pool, const struct pk_kea_value *dhcp4, const struct pk_kea_edit *edits,
            size_t count, const struct pk_kea_naming *naming, bool old, struct pk_kea_value *out,
            struct pk_error *err)
{
    struct editing editing = {
        .pool = pool,
        .dhcp4 = dhcp4,
        .edits = edits,
        .count = count,
        .naming = naming,
        .old = old,
        .replaced = pk_alloc_array(pool, count + 1, sizeof *editing.replaced),
        .placed = pk_array(pool, bool, count + 1),
    };
    struct pk_kea_value subnets, networks;
    if (pk_kea_holds_lossy(dhcp4)) {
        return pk_kea_refuse_lossy("were its configuration sent back", err);
    }
    find_replaced(&editing);
    enum pk_code code = subnets_in(&editing, dhcp4, NULL, &subnets, err);
    if (code == PK_OK) {
        code = edit_networks(&editing, &networks, err);
    }
    if (code != PK_OK) {
        return code;
    }
    struct pk_kea_value whole = with_subnets(pool, dhcp4, &subnets);
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, whole.count + 1);
    *out = (struct pk_kea_value){.kind = PK_KEA_MAP, .members = members};
    for (size_t i = 0; i < whole.count; i++) {
        if (strcmp(whole.members[i].key, "shared-networks") != 0) {
            members[out->count++] = whole.members[i];
        }
    }
    members[out->count++] = (struct pk_kea_member){.key = "shared-networks", .value = networks};
    return PK_OK;
}
