/*
 * Shared by the driver of servers and the driver of files.  Names are given once and hold for every
 * read after, but a configuration may have other peerings by then: a list that does not fit any
 * more names nothing.
 */
#include "drivers/kea-names.h"

#include <string.h>

void
pk_kea_names_take(struct pk_pool *pool, struct pk_kea_names *names,
                  const struct pk_peering_name *at, size_t count,
                  const struct pk_peering_name *alone)
{
    names->at = pk_array(pool, struct pk_peering_name, count);
    if (count != 0) {
        memcpy(names->at, at, count * sizeof *at);
    }
    names->count = count;
    names->alone = alone != NULL ? *alone : (struct pk_peering_name){.relationship = NULL};
}

/* The mapping says what is wrong; the place is said once, and what to do is added. */
static enum pk_code
explain(enum pk_code code, const char *where, struct pk_error *err)
{
    if (code != PK_OK && err != NULL) {
        struct pk_error inner = *err;
        size_t place = strlen(where);
        bool has_place = strncmp(inner.message, where, place) == 0 && inner.message[place] == ':';
        pk_error_set(err, code, where, "configuration: %.400s; correct it on the server",
                     inner.message + (has_place ? place + sizeof ": " - 1 : 0));
    }
    return code;
}

enum pk_code
pk_kea_names_peerings(struct pk_pool *pool, const char *where, const struct pk_kea_value *dhcp4,
                      struct pk_peerings *out, struct pk_error *err)
{
    return explain(pk_kea_config_peerings(pool, dhcp4, out, err), where, err);
}

enum pk_code
pk_kea_names_observe(struct pk_pool *pool, const struct pk_kea_names *names, const char *server,
                     const char *where, const struct pk_kea_value *dhcp4,
                     struct pk_observation *out, struct pk_error *err)
{
    struct pk_peerings peerings;
    enum pk_code code = pk_kea_names_peerings(pool, where, dhcp4, &peerings, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_kea_naming naming = {.server = server, .names = names->at, .count = peerings.count};
    if (peerings.count != names->count) {
        naming.names = pk_array(pool, struct pk_peering_name, peerings.count);
    }
    if (peerings.count == 0) {
        naming.alone = names->alone;
    }
    return explain(pk_kea_config_observe(pool, dhcp4, &naming, out, err), where, err);
}

static const struct pk_peering *
peering_of(const struct pk_peerings *peerings, const struct pk_kea_naming *naming,
           const char *relationship)
{
    for (size_t i = 0; i < peerings->count && i < naming->count; i++) {
        const char *name = naming->names[i].relationship;
        if (name != NULL && strcmp(name, relationship) == 0) {
            return &peerings->at[i];
        }
    }
    return NULL;
}

const char *
pk_kea_link_name(struct pk_pool *pool, const struct pk_kea_value *dhcp4,
                 const struct pk_kea_naming *naming, const char *relationship,
                 const struct pk_kea_value *existing)
{
    struct pk_peerings peerings = {.count = 0};
    struct pk_error ignored; /* it was read before, or nothing would be written now */
    const char *has = pk_kea_text(pk_kea_get(existing, "user-context"), "ha-server-name");
    (void)pk_kea_config_peerings(pool, dhcp4, &peerings, &ignored);
    const struct pk_peering *peering =
        relationship != NULL ? peering_of(&peerings, naming, relationship) : NULL;
    if (peering == NULL) {
        return NULL;
    }
    if (has != NULL && (strcmp(has, peering->self) == 0 || strcmp(has, peering->partner) == 0)) {
        return has;
    }
    return peerings.count > 1 ? peering->partner : NULL;
}

struct pk_rows
pk_kea_rows_only(struct pk_pool *pool, const struct pk_rows *all, const struct pk_prefix *subnets,
                 size_t count)
{
    struct pk_row *rows = pk_array(pool, struct pk_row, count);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct pk_row *row = pk_rows_find(all, subnets[i]);
        if (row != NULL) {
            rows[kept++] = *row;
        }
    }
    return (struct pk_rows){.at = rows, .count = kept};
}
