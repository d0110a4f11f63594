/*
 * Content that scopes inherit or refer to and that is no part of them, so that no comparison of
 * scopes would show it.  Two servers may be written by different hands and versions: what is empty,
 * false or a default is as good as absent, and lists are compared without their order.
 */
#include <stdlib.h>
#include <string.h>

#include "drivers/kea-looks.h"

static bool
says_nothing(const struct pk_kea_member *member)
{
    const struct pk_kea_value *value = &member->value;
    switch (value->kind) {
    case PK_KEA_NULL:
    case PK_KEA_FALSE:
        return true;
    case PK_KEA_STRING:
        return value->count == 0 ||
               (strcmp(member->key, "space") == 0 && strcmp(value->text, "dhcp4") == 0);
    case PK_KEA_LIST:
    case PK_KEA_MAP:
        return value->count == 0;
    case PK_KEA_TRUE:
    case PK_KEA_NUMBER:
        return false;
    }
    return false;
}

static struct pk_kea_value
telling(struct pk_pool *pool, const struct pk_kea_value *map)
{
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, map->count + 1);
    struct pk_kea_value out = {.kind = PK_KEA_MAP};
    for (size_t i = 0; i < map->count; i++) {
        if (!says_nothing(&map->members[i]) && strcmp(map->members[i].key, "user-context") != 0) {
            members[out.count++] = map->members[i];
        }
    }
    out.members = members;
    return out;
}

/* A map as text; equal meaning is equal text as far as that can be told without definitions. */
static const char *
meaning(struct pk_pool *pool, const struct pk_kea_value *map)
{
    const struct pk_kea_value value = telling(pool, map);
    return pk_kea_canonical(pool, &value);
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *
list_meaning(struct pk_pool *pool, const struct pk_kea_value *holder, const char *key)
{
    struct pk_kea_items list = pk_kea_list(holder, key);
    const char **texts = pk_array(pool, const char *, list.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (list.at[i].kind == PK_KEA_MAP) {
            texts[count++] = meaning(pool, &list.at[i]);
        }
    }
    qsort(texts, count, sizeof *texts, compare_texts);
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < count; i++) {
        pk_text_addf(&out, "%s\n", texts[i]);
    }
    return pk_text_end(&out);
}

/* -- Lists whose items have names -- */

static const struct pk_kea_value *
find_named(struct pk_kea_items list, const char *name)
{
    for (size_t i = 0; i < list.count; i++) {
        const char *other = pk_kea_text(&list.at[i], "name");
        if (other != NULL && strcmp(other, name) == 0) {
            return &list.at[i];
        }
    }
    return NULL;
}

typedef const char *meaning_of(struct pk_pool *pool, const struct pk_kea_value *item);

/* Names that only one server has, or that mean something else on the other. */
static struct pk_kea_tally
differing_names(struct pk_pool *pool, struct pk_kea_items a, struct pk_kea_items b,
                meaning_of *means)
{
    PK_SCRATCH(scratch);
    struct pk_kea_tally found = {0};
    for (size_t i = 0; i < a.count; i++) {
        const char *name = pk_kea_text(&a.at[i], "name");
        const struct pk_kea_value *other = name != NULL ? find_named(b, name) : NULL;
        if (name != NULL &&
            (other == NULL || strcmp(means(scratch, &a.at[i]), means(scratch, other)) != 0)) {
            pk_kea_tally_add(pool, &found, name);
        }
    }
    for (size_t i = 0; i < b.count; i++) {
        const char *name = pk_kea_text(&b.at[i], "name");
        if (name != NULL && find_named(a, name) == NULL) {
            pk_kea_tally_add(pool, &found, name);
        }
    }
    return found;
}

static void
tell_names(const struct pk_kea_report *report, const char *key, const struct pk_kea_facts *a,
           const struct pk_kea_facts *b, meaning_of *means)
{
    struct pk_kea_tally found = differing_names(report->pool, pk_kea_list(a->dhcp4, key),
                                                pk_kea_list(b->dhcp4, key), means);
    if (found.count > 0) {
        pk_kea_tell(report, NULL, "%s that differ: %s", key,
                    pk_kea_tally_text(report->pool, &found));
    }
}

void
pk_kea_look_option_definitions(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                               const struct pk_kea_facts *b)
{
    tell_names(report, "option-def", a, b, meaning);
}

void
pk_kea_look_classes(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                    const struct pk_kea_facts *b)
{
    tell_names(report, "client-classes", a, b, meaning);
}

/* Without its subnets, which are scopes, and with its options in any order. */
static const char *
network_meaning(struct pk_pool *pool, const struct pk_kea_value *network)
{
    const struct pk_kea_value all = telling(pool, network);
    struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, all.count + 1);
    struct pk_kea_value own = {.kind = PK_KEA_MAP};
    for (size_t i = 0; i < all.count; i++) {
        if (strcmp(all.members[i].key, "subnet4") != 0 &&
            strcmp(all.members[i].key, "option-data") != 0 &&
            strcmp(all.members[i].key, "interface") != 0) {
            members[own.count++] = all.members[i];
        }
    }
    own.members = members;
    return pk_sprintf(pool, "%s\n%s", pk_kea_canonical(pool, &own),
                      list_meaning(pool, network, "option-data"));
}

void
pk_kea_look_networks(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                     const struct pk_kea_facts *b)
{
    tell_names(report, "shared-networks", a, b, network_meaning);
}

/* -- Lists without names -- */

static bool
lists_differ(const struct pk_kea_facts *a, const struct pk_kea_facts *b, const char *key)
{
    PK_SCRATCH(scratch);
    return strcmp(list_meaning(scratch, a->dhcp4, key), list_meaning(scratch, b->dhcp4, key)) != 0;
}

void
pk_kea_look_global_options(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                           const struct pk_kea_facts *b)
{
    if (lists_differ(a, b, "option-data")) {
        pk_kea_tell(report, NULL, "the option-data of %s and %s", a->server, b->server);
    }
}

void
pk_kea_look_global_reservations(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                                const struct pk_kea_facts *b)
{
    if (lists_differ(a, b, "reservations")) {
        pk_kea_tell(report, NULL, "the global reservations of %s and %s", a->server, b->server);
    }
}

/* -- Pools in load-balancing -- */

/* Any class may be derived from a peer's HA_ class, so only a pool without one is surely shared. */
static bool
names_a_class(const struct pk_kea_value *holder)
{
    const char *one = pk_kea_text(holder, "client-class");
    return (one != NULL && *one != '\0') || pk_kea_list(holder, "client-classes").count > 0;
}

static bool
has_untied_pool(const struct pk_kea_subnet *subnet)
{
    if (names_a_class(subnet->json) || names_a_class(subnet->network)) {
        return false;
    }
    for (size_t i = 0; i < subnet->pool_count; i++) {
        if (!names_a_class(subnet->pools[i].json)) {
            return true;
        }
    }
    return false;
}

static bool
balances(const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        if (strcmp(pk_kea_mode(&facts->relationships.at[i]), "load-balancing") == 0) {
            return true;
        }
    }
    return false;
}

void
pk_kea_look_unsplit_pools(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                          const struct pk_kea_facts *b)
{
    struct pk_kea_tally found = {0};
    for (size_t i = 0; i < a->subnets.count && balances(a); i++) {
        const struct pk_kea_subnet *subnet = &a->subnets.at[i];
        if (has_untied_pool(subnet) && pk_kea_subnets_find(&b->subnets, subnet->prefix) != NULL) {
            pk_kea_tally_add(report->pool, &found, subnet->text);
        }
    }
    if (found.count > 0) {
        pk_kea_tell(report, NULL, "subnets with pools that both servers use: %s",
                    pk_kea_tally_text(report->pool, &found));
    }
}
