/*
 * Everything is read from the tables as the last pass left them; no server is asked.  A
 * relationship is one that the tables know by any name: its row, its base, a held plan, a
 * suspension.
 */
#include "agent/status.h"

#include <stdlib.h>
#include <string.h>

#include "adm/scopes.h"

struct reading {
    struct pk_db *db;
    struct pk_pool *pool;
    const struct pk_config *config;
    struct pk_relations relations;
    struct pk_held_plan *held;
    size_t held_count;
    struct pk_suspension *suspensions;
    size_t suspension_count;
    struct pk_sighting *sightings;
    size_t sighting_count;
    struct pk_health_record *health;
    size_t health_count;
    const char *const *based; /* relationships with a base */
    size_t based_count;
};

static enum pk_code
read_tables(struct reading *in, struct pk_error *err)
{
    enum pk_code code = pk_adm_relations_load(in->db, in->pool, &in->relations, err);
    if (code == PK_OK) {
        code = pk_held_load(in->db, in->pool, &in->held, &in->held_count, err);
    }
    if (code == PK_OK) {
        code = pk_suspensions_load(in->db, in->pool, pk_wall_now(), &in->suspensions,
                                   &in->suspension_count, err);
    }
    if (code == PK_OK) {
        code = pk_sightings_load(in->db, in->pool, &in->sightings, &in->sighting_count, err);
    }
    if (code == PK_OK) {
        code = pk_mirror_health_load(in->db, in->pool, &in->health, &in->health_count, err);
    }
    if (code == PK_OK) {
        code = pk_applied_relationships(in->db, in->pool, &in->based, &in->based_count, err);
    }
    return code;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every name that the tables use, sorted, each once. */
static const char **
names_of(const struct reading *in, size_t *count)
{
    size_t most = in->relations.count + in->held_count + in->suspension_count + in->based_count;
    const char **names = pk_array(in->pool, const char *, most + 1);
    size_t all = 0;
    for (size_t i = 0; i < in->relations.count; i++) {
        names[all++] = in->relations.at[i].name;
    }
    for (size_t i = 0; i < in->held_count; i++) {
        names[all++] = in->held[i].relationship;
    }
    for (size_t i = 0; i < in->suspension_count; i++) {
        names[all++] = in->suspensions[i].relationship;
    }
    for (size_t i = 0; i < in->based_count; i++) {
        names[all++] = in->based[i];
    }
    qsort(names, all, sizeof names[0], compare_names);
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        if (*count == 0 || strcmp(names[*count - 1], names[i]) != 0) {
            names[(*count)++] = names[i];
        }
    }
    return names;
}

static enum pk_code
find_members(const struct reading *in, const char *name, const char *servers[PK_PAIR],
             struct pk_error *err)
{
    const struct pk_relation *relation = pk_relations_find(&in->relations, name);
    struct pk_relation base = {0};
    enum pk_code code = PK_OK;
    if (relation == NULL) {
        code = pk_applied_relation_load(in->db, in->pool, name, &base, err);
        relation = &base;
    }
    for (size_t i = 0; code == PK_OK && i < PK_PAIR; i++) {
        servers[i] = relation->servers[i];
    }
    return code;
}

static struct pk_status_server
server_of(const struct reading *in, const char *relationship, const char *name)
{
    const struct pk_server_config *config = pk_config_server(in->config, name);
    struct pk_status_server out = {.name = name, .driver = config != NULL ? config->driver : NULL};
    for (size_t i = 0; i < in->sighting_count; i++) {
        if (strcmp(in->sightings[i].server, name) == 0) {
            out.sighting = &in->sightings[i];
        }
    }
    for (size_t i = 0; i < in->health_count; i++) {
        if (strcmp(in->health[i].server, name) == 0 &&
            strcmp(in->health[i].relationship, relationship) == 0) {
            out.health = &in->health[i];
        }
    }
    return out;
}

/* -- Scopes: a merge walk over the rows of both servers -- */

static bool
is_of(const struct pk_row *row, const char *relationship)
{
    return row->relationship != NULL && strcmp(row->relationship, relationship) == 0;
}

/* Of a scope that Git has dropped the record keeps that it was named, and nothing else. */
static bool
is_dropped(const struct pk_row *stated)
{
    return stated->parts.count == 1 &&
           stated->parts.at[0].field == &pk_scope_fields.at[PK_SCOPE_SUBNET];
}

static void
count_scope(struct pk_status_scopes *counts, const struct pk_rows *owned, const struct pk_row *a,
            const struct pk_row *b)
{
    const struct pk_row *any = a != NULL ? a : b;
    const struct pk_row *stated = pk_rows_find(owned, any->subnet);
    if (stated == NULL || is_dropped(stated)) {
        counts->foreign++;
    } else if (a == NULL || b == NULL || a->status == PK_SYNC_OUT_OF_SYNC ||
               b->status == PK_SYNC_OUT_OF_SYNC) {
        counts->out_of_sync++;
    } else if (a->status == PK_SYNC_UNKNOWN || b->status == PK_SYNC_UNKNOWN) {
        counts->unknown++;
    } else {
        counts->in_sync++;
    }
}

/* Scopes that Git wants and neither server has are out of sync too. */
static void
count_missing(struct pk_status_scopes *counts, const struct pk_rows *owned,
              const struct pk_rows rows[PK_PAIR])
{
    for (size_t i = 0; i < owned->count; i++) {
        counts->out_of_sync += !is_dropped(&owned->at[i]) &&
                               pk_rows_find(&rows[0], owned->at[i].subnet) == NULL &&
                               pk_rows_find(&rows[1], owned->at[i].subnet) == NULL;
    }
}

static struct pk_status_scopes
count_scopes(const char *relationship, const struct pk_rows *owned,
             const struct pk_rows rows[PK_PAIR])
{
    struct pk_status_scopes counts = {0};
    size_t i = 0, j = 0;
    while (i < rows[0].count || j < rows[1].count) {
        const struct pk_row *a = i < rows[0].count ? &rows[0].at[i] : NULL;
        const struct pk_row *b = j < rows[1].count ? &rows[1].at[j] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : pk_prefix_compare(a->subnet, b->subnet);
        a = order <= 0 ? a : NULL;
        b = order >= 0 ? b : NULL;
        i += order <= 0;
        j += order >= 0;
        if ((a != NULL && is_of(a, relationship)) || (b != NULL && is_of(b, relationship))) {
            count_scope(&counts, owned, a, b);
        }
    }
    count_missing(&counts, owned, rows);
    return counts;
}

static bool
is_unread(const struct pk_status_server *server)
{
    return server->sighting != NULL && !server->sighting->reachable;
}

/* What a server held when it could still be read says nothing of now. */
static void
count_as_unknown(struct pk_status_scopes *counts)
{
    counts->unknown += counts->in_sync + counts->out_of_sync;
    counts->in_sync = counts->out_of_sync = 0;
}

static enum pk_code
read_scopes(const struct reading *in, struct pk_status_relationship *out, struct pk_error *err)
{
    struct pk_rows rows[PK_PAIR] = {0}, owned = {0};
    enum pk_code code = pk_owned_load(in->db, in->pool, out->name, &owned, err);
    for (size_t i = 0; code == PK_OK && i < out->server_count; i++) {
        code = pk_adm_scopes_load(in->db, in->pool, out->servers[i].name, NULL, 0, &rows[i], err);
    }
    if (code == PK_OK) {
        out->scopes = count_scopes(out->name, &owned, rows);
    }
    for (size_t i = 0; code == PK_OK && i < out->server_count; i++) {
        if (is_unread(&out->servers[i])) {
            count_as_unknown(&out->scopes);
        }
    }
    return code;
}

static enum pk_code
read_operation(const struct reading *in, struct pk_status_relationship *out, struct pk_error *err)
{
    struct pk_operation *operations = NULL;
    size_t count = 0;
    enum pk_code code =
        pk_operations_load(in->db, in->pool, out->name, 1, &operations, &count, err);
    out->operation = code == PK_OK && count > 0 ? operations : NULL;
    return code;
}

static enum pk_code
read_conditions(const struct reading *in, struct pk_status_relationship *out, struct pk_error *err)
{
    struct pk_condition *conditions = NULL;
    enum pk_code code =
        pk_conditions_load(in->db, in->pool, out->name, &conditions, &out->condition_count, err);
    out->conditions = conditions;
    return code;
}

static bool
is_member(const struct pk_status_relationship *relationship, const char *server)
{
    for (size_t i = 0; i < relationship->server_count; i++) {
        if (strcmp(relationship->servers[i].name, server) == 0) {
            return true;
        }
    }
    return false;
}

/* A server that is no member any more keeps the scopes that were verified on it. */
static enum pk_code
read_left(const struct reading *in, struct pk_status_relationship *out, struct pk_error *err)
{
    const struct pk_applied_server *servers = NULL;
    size_t count = 0;
    enum pk_code code = pk_applied_servers(in->db, in->pool, out->name, &servers, &count, err);
    struct pk_applied_server *left = pk_array(in->pool, struct pk_applied_server, count + 1);
    for (size_t i = 0; code == PK_OK && out->server_count == PK_PAIR && i < count; i++) {
        if (!is_member(out, servers[i].server)) {
            left[out->left_count++] = servers[i];
        }
    }
    out->left = left;
    return code;
}

static enum pk_code
read_relationship(const struct reading *in, struct pk_status_relationship *out,
                  struct pk_error *err)
{
    const char *members[PK_PAIR] = {NULL, NULL};
    enum pk_code code = find_members(in, out->name, members, err);
    for (size_t i = 0; code == PK_OK && i < PK_PAIR; i++) {
        if (members[i] != NULL) {
            out->servers[out->server_count++] = server_of(in, out->name, members[i]);
        }
    }
    for (size_t i = 0; i < in->held_count; i++) {
        if (strcmp(in->held[i].relationship, out->name) == 0) {
            out->held = &in->held[i];
        }
    }
    if (code == PK_OK) {
        code = read_conditions(in, out, err);
    }
    if (code == PK_OK) {
        code = pk_revision_get(in->db, in->pool, out->name, PK_REVISION_ATTEMPTED, &out->attempted,
                               err);
    }
    if (code == PK_OK) {
        code =
            pk_revision_get(in->db, in->pool, out->name, PK_REVISION_APPLIED, &out->applied, err);
    }
    if (code == PK_OK) {
        code = read_left(in, out, err);
    }
    if (code == PK_OK) {
        code = read_scopes(in, out, err);
    }
    return code == PK_OK ? read_operation(in, out, err) : code;
}

/* The last pass could not take the tip: then everything below is older than it looks. */
static enum pk_code
read_problem(const struct reading *in, struct pk_status *out, struct pk_error *err)
{
    struct pk_condition *conditions = NULL;
    size_t count = 0;
    enum pk_code code = pk_conditions_load(in->db, in->pool, "", &conditions, &count, err);
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        if (conditions[i].type == PK_CONDITION_READY && conditions[i].status == PK_FALSE) {
            out->problem = &conditions[i];
        }
    }
    return code;
}

static enum pk_code
read_revisions(const struct reading *in, struct pk_status *out, struct pk_error *err)
{
    const char **commits[PK_REVISION_KIND_COUNT] = {
        [PK_REVISION_ATTEMPTED] = &out->attempted,
        [PK_REVISION_APPLIED] = &out->applied,
        [PK_REVISION_VERIFIED] = &out->verified,
    };
    enum pk_code code = PK_OK;
    for (size_t kind = 0; code == PK_OK && kind < PK_REVISION_KIND_COUNT; kind++) {
        code =
            pk_revision_get(in->db, in->pool, "", (enum pk_revision_kind)kind, commits[kind], err);
    }
    return code;
}

enum pk_code
pk_status_load(struct pk_db *db, struct pk_pool *pool, const struct pk_config *config,
               struct pk_status *out, struct pk_error *err)
{
    struct reading in = {.db = db, .pool = pool, .config = config};
    struct pk_status status = {0};
    enum pk_code code = read_tables(&in, err);
    if (code == PK_OK) {
        code = read_revisions(&in, &status, err);
    }
    if (code == PK_OK) {
        code = read_problem(&in, &status, err);
    }
    if (code != PK_OK) {
        return code;
    }
    const char **names = names_of(&in, &status.relationship_count);
    status.relationships =
        pk_array(pool, struct pk_status_relationship, status.relationship_count + 1);
    for (size_t i = 0; code == PK_OK && i < status.relationship_count; i++) {
        status.relationships[i].name = names[i];
        code = read_relationship(&in, &status.relationships[i], err);
    }
    if (code == PK_OK) {
        *out = status;
    }
    return code;
}
