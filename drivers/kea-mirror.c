/*
 * A server that says it is as it was when it was mirrored need not be read again: its peerings and
 * rows stand in the tables.  Only what moves by itself is asked, the state of its pairs.
 */
#include "drivers/kea-server.h"

#include <string.h>

#include "adm/mirror.h"

/* Only after sequence() was asked on this connection: the caller compares what it answered. */
static bool
is_current(struct pk_server *server)
{
    PK_SCRATCH(scratch);
    const char *mirrored = NULL;
    struct pk_error ignored;
    return server->db != NULL && server->sequence != NULL &&
           pk_mirror_sequence(server->db, scratch, server->config->name, &mirrored, &ignored) ==
               PK_OK &&
           mirrored != NULL && strcmp(mirrored, server->sequence) == 0;
}

static enum pk_code
not_current(const struct pk_server *server, struct pk_error *err)
{
    return pk_error_set(err, PK_EAGAIN, server->where,
                        "what is known of %s is not of now: it has to be read", server->where);
}

enum pk_code
pk_kea_recall_peerings(struct pk_server *server, struct pk_pool *pool, struct pk_peerings *out,
                       struct pk_error *err)
{
    return is_current(server)
               ? pk_mirror_peerings_load(server->db, pool, server->config->name, out, err)
               : not_current(server, err);
}

static enum pk_code
fill_states(struct pk_server *server, struct pk_pool *pool, struct pk_relations *relations,
            struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_peerings peerings;
    struct pk_kea_value status;
    struct pk_kea_age age;
    enum pk_code code =
        pk_mirror_peerings_load(server->db, scratch, server->config->name, &peerings, err);
    if (code == PK_OK) {
        code = pk_kea_ask_status(server, scratch, &status, &age, err);
    }
    if (code == PK_OK) {
        pk_kea_fill_pairs(server, pool, &status, &peerings, relations);
    }
    return code;
}

/* What a scope would get from globals and networks when it is made, the tables do not tell. */
static bool
holds_all(const struct pk_rows *rows, const struct pk_prefix *subnets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pk_rows_find(rows, subnets[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* In the same breath as the rows: whatever is written next must not have to read them first. */
static enum pk_code
recall_around(struct pk_server *server, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    const char *text = NULL;
    enum pk_code code =
        pk_mirror_surroundings(server->db, scratch, server->config->name, &text, err);
    if (code == PK_OK && text != NULL) {
        pk_kea_around_recall(server, text);
    }
    return code;
}

enum pk_code
pk_kea_read_near(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
                 const uint32_t *ids, size_t count, struct pk_observation *out,
                 struct pk_error *err)
{
    const char *name = server->config->name;
    struct pk_observation seen = {.sequence = server->sequence};
    if (!is_current(server)) {
        return not_current(server, err);
    }
    enum pk_code code =
        pk_adm_scopes_load_near(server->db, pool, name, subnets, ids, count, &seen.rows, err);
    if (code == PK_OK && !holds_all(&seen.rows, subnets, count)) {
        code = not_current(server, err);
    }
    if (code == PK_OK) {
        code = pk_adm_relations_of(server->db, pool, name, &seen.relations, err);
    }
    if (code == PK_OK) {
        code = fill_states(server, pool, &seen.relations, err);
    }
    if (code == PK_OK) {
        code = recall_around(server, err);
    }
    if (code == PK_OK) {
        *out = seen;
    }
    return code;
}
