/*
 * Two servers as partners: ids, identity, settings, clocks.  A relationship of one server is
 * matched with the relationship of the other that has a peer of the same name as its own.
 */
#include <stdlib.h>
#include <string.h>

#include "drivers/kea-looks.h"

/* -- Subnet ids -- */

void
pk_kea_look_ids(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                const struct pk_kea_facts *b)
{
    for (size_t i = 0; i < a->subnets.count; i++) {
        const struct pk_kea_subnet *mine = &a->subnets.at[i];
        const struct pk_kea_subnet *theirs = pk_kea_subnets_find(&b->subnets, mine->prefix);
        if (theirs != NULL && theirs->id != mine->id) {
            pk_kea_tell(report, mine->text, "id %u on %s, %u on %s", mine->id, a->server,
                        theirs->id, b->server);
        }
    }
}

struct by_id {
    uint32_t id;
    const struct pk_kea_subnet *subnet;
};

static int
compare_ids(const void *a, const void *b)
{
    uint32_t first = ((const struct by_id *)a)->id, second = ((const struct by_id *)b)->id;
    return (first > second) - (first < second);
}

static struct by_id *
sorted_by_id(struct pk_pool *pool, const struct pk_kea_subnets *subnets)
{
    struct by_id *all = pk_array(pool, struct by_id, subnets->count + 1);
    for (size_t i = 0; i < subnets->count; i++) {
        all[i] = (struct by_id){subnets->at[i].id, &subnets->at[i]};
    }
    qsort(all, subnets->count, sizeof *all, compare_ids);
    return all;
}

/* Where the prefixes are on both sides, the mismatch of their ids is told already. */
void
pk_kea_look_id_elsewhere(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                         const struct pk_kea_facts *b)
{
    PK_SCRATCH(scratch);
    const struct by_id *theirs = sorted_by_id(scratch, &b->subnets);
    for (size_t i = 0; i < a->subnets.count; i++) {
        const struct pk_kea_subnet *mine = &a->subnets.at[i];
        const struct by_id wanted = {.id = mine->id};
        const struct by_id *same =
            mine->id != 0 && b->subnets.count > 0
                ? bsearch(&wanted, theirs, b->subnets.count, sizeof wanted, compare_ids)
                : NULL;
        if (same != NULL && pk_prefix_compare(same->subnet->prefix, mine->prefix) != 0 &&
            pk_kea_subnets_find(&b->subnets, mine->prefix) == NULL) {
            pk_kea_tell(report, mine->text, "id %u is %s on %s, %s on %s", mine->id, mine->text,
                        a->server, same->subnet->text, b->server);
        }
    }
}

/* -- Relationships -- */

static const char *
own_name(const struct pk_kea_value *relationship)
{
    const char *name = pk_kea_text(relationship, "this-server-name");
    return name != NULL ? name : "";
}

/* The relationship of @p b that knows the server of @p mine; NULL = none. */
static const struct pk_kea_value *
counterpart(const struct pk_kea_value *mine, const struct pk_kea_facts *b)
{
    for (size_t i = 0; i < b->relationships.count; i++) {
        const struct pk_kea_value *theirs = &b->relationships.at[i];
        if (pk_kea_peer(theirs, own_name(mine)) != NULL &&
            pk_kea_peer(mine, own_name(theirs)) != NULL) {
            return theirs;
        }
    }
    return NULL;
}

void
pk_kea_look_not_partners(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                         const struct pk_kea_facts *b)
{
    for (size_t i = 0; i < a->relationships.count; i++) {
        if (counterpart(&a->relationships.at[i], b) != NULL) {
            return;
        }
    }
    pk_kea_tell(report, NULL, "no HA relationship of %s has a peer that %s is", a->server,
                b->server);
}

void
pk_kea_look_same_name(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                      const struct pk_kea_facts *b)
{
    for (size_t i = 0; i < a->relationships.count; i++) {
        const struct pk_kea_value *mine = &a->relationships.at[i];
        const struct pk_kea_value *theirs = counterpart(mine, b);
        if (theirs != NULL && strcmp(own_name(mine), own_name(theirs)) == 0) {
            pk_kea_tell(report, NULL, "this-server-name is %s on both", own_name(mine));
        }
    }
}

static bool
same_text(const struct pk_kea_value *a, const struct pk_kea_value *b, const char *key)
{
    const char *first = pk_kea_text(a, key), *second = pk_kea_text(b, key);
    return first == second || (first != NULL && second != NULL && strcmp(first, second) == 0);
}

/* Kea puts a slash behind a URL that has none. */
static bool
same_url(struct pk_pool *pool, const struct pk_kea_value *a, const struct pk_kea_value *b)
{
    const char *first = pk_kea_text(a, "url"), *second = pk_kea_text(b, "url");
    int64_t first_port, second_port;
    return first == second ||
           (first != NULL && second != NULL &&
            strcmp(pk_kea_url_host(pool, first, &first_port),
                   pk_kea_url_host(pool, second, &second_port)) == 0 &&
            first_port == second_port && strncmp(first, second, strlen("https")) == 0);
}

static void
tell_peers(const struct pk_kea_report *report, const struct pk_kea_value *mine,
           const struct pk_kea_value *theirs, const char *server)
{
    struct pk_kea_items peers = pk_kea_list(mine, "peers");
    for (size_t i = 0; i < peers.count; i++) {
        const char *name = pk_kea_text(&peers.at[i], "name");
        const struct pk_kea_value *same = pk_kea_peer(theirs, name);
        if (name != NULL && same == NULL) {
            pk_kea_tell(report, NULL, "%s does not have the peer %s", server, name);
        } else if (!same_text(&peers.at[i], same, "role")) {
            pk_kea_tell(report, NULL, "the role of peer %s differs", name);
        } else if (!same_url(report->pool, &peers.at[i], same)) {
            pk_kea_tell(report, NULL, "the url of peer %s differs", name);
        }
    }
}

static void
tell_missing_peers(const struct pk_kea_report *report, const struct pk_kea_value *mine,
                   const struct pk_kea_value *theirs, const char *server)
{
    struct pk_kea_items peers = pk_kea_list(theirs, "peers");
    for (size_t i = 0; i < peers.count; i++) {
        const char *name = pk_kea_text(&peers.at[i], "name");
        if (name != NULL && pk_kea_peer(mine, name) == NULL) {
            pk_kea_tell(report, NULL, "%s does not have the peer %s", server, name);
        }
    }
}

void
pk_kea_look_peers(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                  const struct pk_kea_facts *b)
{
    for (size_t i = 0; i < a->relationships.count; i++) {
        const struct pk_kea_value *mine = &a->relationships.at[i];
        const struct pk_kea_value *theirs = counterpart(mine, b);
        if (theirs != NULL) {
            tell_peers(report, mine, theirs, b->server);
            tell_missing_peers(report, mine, theirs, a->server);
        }
    }
}

static const struct {
    const char *key;
    int64_t otherwise;
} timers[] = {
    {"heartbeat-delay", PK_KEA_HEARTBEAT_MS}, {"max-response-delay", PK_KEA_RESPONSE_MS},
    {"max-ack-delay", PK_KEA_ACK_MS},         {"max-unacked-clients", 10},
    {"max-rejected-lease-updates", 10},
};

void
pk_kea_look_ha_settings(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                        const struct pk_kea_facts *b)
{
    for (size_t i = 0; i < a->relationships.count; i++) {
        const struct pk_kea_value *mine = &a->relationships.at[i];
        const struct pk_kea_value *theirs = counterpart(mine, b);
        if (theirs == NULL) {
            continue;
        }
        if (strcmp(pk_kea_mode(mine), pk_kea_mode(theirs)) != 0) {
            pk_kea_tell(report, NULL, "mode: %s on %s, %s on %s", pk_kea_mode(mine), a->server,
                        pk_kea_mode(theirs), b->server);
        }
        for (size_t j = 0; j < sizeof timers / sizeof timers[0]; j++) {
            int64_t first = pk_kea_number(mine, timers[j].key, timers[j].otherwise);
            int64_t second = pk_kea_number(theirs, timers[j].key, timers[j].otherwise);
            if (first != second) {
                pk_kea_tell(report, NULL, "%s: %lld on %s, %lld on %s", timers[j].key,
                            (long long)first, a->server, (long long)second, b->server);
            }
        }
    }
}

/* -- Versions -- */

static bool
speak_alike(struct pk_kea_version a, struct pk_kea_version b)
{
    return pk_kea_version_is_from(a, 2, 7) == pk_kea_version_is_from(b, 2, 7);
}

static void
tell_versions(const struct pk_kea_report *report, const struct pk_kea_facts *a,
              const struct pk_kea_facts *b)
{
    pk_kea_tell(report, NULL, "Kea %s on %s, %s on %s",
                pk_kea_version_text(report->pool, a->version), a->server,
                pk_kea_version_text(report->pool, b->version), b->server);
}

static bool
both_known(const struct pk_kea_facts *a, const struct pk_kea_facts *b)
{
    return pk_kea_version_known(a->version) && pk_kea_version_known(b->version);
}

void
pk_kea_look_incompatible(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                         const struct pk_kea_facts *b)
{
    if (both_known(a, b) && !speak_alike(a->version, b->version)) {
        tell_versions(report, a, b);
    }
}

void
pk_kea_look_versions(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                     const struct pk_kea_facts *b)
{
    bool same_series = a->version.major == b->version.major && a->version.minor == b->version.minor;
    if (both_known(a, b) && !same_series && speak_alike(a->version, b->version)) {
        tell_versions(report, a, b);
    }
}

/* -- Clocks -- */

static void
tell_clocks(const struct pk_kea_report *report, const struct pk_kea_facts *a,
            const struct pk_kea_facts *b, int64_t more_than, int64_t at_most)
{
    int64_t apart = llabs(a->clock_ahead_s - b->clock_ahead_s);
    if (a->has_clock && b->has_clock && apart > more_than && apart <= at_most) {
        pk_kea_tell(report, NULL, "the clocks of %s and %s are %lld s apart", a->server, b->server,
                    (long long)apart);
    }
}

void
pk_kea_look_clocks(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                   const struct pk_kea_facts *b)
{
    tell_clocks(report, a, b, PK_KEA_CLOCK_WARNS_S, PK_KEA_CLOCK_ENDS_S);
}

void
pk_kea_look_clocks_far(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                       const struct pk_kea_facts *b)
{
    tell_clocks(report, a, b, PK_KEA_CLOCK_ENDS_S, INT64_MAX);
}
