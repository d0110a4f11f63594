/*
 * Everything is sorted by subnet, so one walk over the verified scopes keeps a place in each of the
 * other lists and moves it forward.
 */
#include "agent/sift-lanes.h"

#include <string.h>

/* -- Lanes ------------------------------------------------------------------------------------ */

struct pk_lane
pk_lane_of(struct pk_pool *pool, const void *at, size_t stride, size_t count)
{
    return (struct pk_lane){
        .at = at,
        .stride = stride,
        .count = count,
        .settled = pk_array(pool, bool, count + 1),
    };
}

struct pk_prefix
pk_lane_subnet(const struct pk_lane *lane, size_t index)
{
    return *(const struct pk_prefix *)(const void *)(lane->at + index * lane->stride);
}

const void *
pk_lane_go_to(struct pk_lane *lane, struct pk_prefix subnet)
{
    int order = -1;
    while (lane->next < lane->count &&
           (order = pk_prefix_compare(pk_lane_subnet(lane, lane->next), subnet)) < 0) {
        lane->next++;
    }
    return order == 0 ? lane->at + lane->next * lane->stride : NULL;
}

void
pk_lane_left_over(struct pk_pool *pool, const struct pk_lane *lane, struct pk_prefixes *out)
{
    for (size_t i = 0; i < lane->count; i++) {
        if (!lane->settled[i]) {
            *pk_push(pool, out) = pk_lane_subnet(lane, i);
        }
    }
}

/* -- Rows ------------------------------------------------------------------------------------- */

static bool
load_verified(struct pk_sifting *sifting, const char *fingerprint)
{
    struct pk_verified verified;
    struct pk_error ignored; /* a pass that reads everything says it better */
    struct pk_db *db = sifting->fleet->db;
    struct pk_pool *pool = sifting->fleet->pool;
    if (db == NULL || pk_verified_load(db, pool, &verified, &ignored) != PK_OK ||
        verified.fingerprint == NULL || strcmp(verified.fingerprint, fingerprint) != 0) {
        return false;
    }
    sifting->compared_at = verified.compared_at;
    return pk_verified_scopes_load(db, pool, &sifting->verified, &sifting->verified_count,
                                   &ignored) == PK_OK;
}

static bool
load_rows(struct pk_sifting *sifting, size_t index)
{
    struct pk_pool *pool = sifting->fleet->pool;
    struct pk_fleet_server *server = &sifting->fleet->at[index];
    const struct pk_driver *driver = server->driver;
    struct pk_row_hashes hashes;
    struct pk_error ignored;
    if (driver->read_hashes == NULL || driver->read_near == NULL ||
        !pk_fleet_sequence(sifting->fleet, server, NULL, &sifting->sequences[index]) ||
        driver->read_hashes(server->connection, pool, &hashes, &ignored) != PK_OK) {
        return false;
    }
    sifting->rows[index] = pk_lane_of(pool, hashes.at, sizeof hashes.at[0], hashes.count);
    return true;
}

static bool
find_members(struct pk_sifting *sifting, size_t index)
{
    const struct pk_wanted_relationship *relationship = &sifting->snapshot->relationships[index];
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_fleet_server *server =
            pk_fleet_find(sifting->fleet, relationship->servers[side]);
        if (server == NULL) {
            return false;
        }
        sifting->members[index][side] = (size_t)(server - sifting->fleet->at);
    }
    return true;
}

bool
pk_sifting_begin(struct pk_sifting *sifting, const char *fingerprint)
{
    struct pk_pool *pool = sifting->fleet->pool;
    size_t servers = sifting->fleet->count, relationships = sifting->snapshot->relationship_count;
    sifting->sequences = pk_array(pool, const char *, servers + 1);
    sifting->rows = pk_array(pool, struct pk_lane, servers + 1);
    sifting->members = pk_alloc_array(pool, relationships + 1, sizeof *sifting->members);
    bool ok = relationships != 0 && load_verified(sifting, fingerprint);
    for (size_t i = 0; ok && i < servers; i++) {
        ok = load_rows(sifting, i);
    }
    for (size_t i = 0; ok && i < relationships; i++) {
        ok = find_members(sifting, i);
    }
    return ok;
}

bool
pk_sifting_enter(struct pk_sifting *sifting, const struct pk_verified_scope *scope)
{
    const struct pk_snapshot *snapshot = sifting->snapshot;
    const char *name = scope->relationship;
    if (strcmp(snapshot->relationships[sifting->relationship].name, name) == 0) {
        return true;
    }
    const struct pk_wanted_relationship *found = pk_snapshot_relationship(snapshot, name);
    if (found == NULL) {
        return false;
    }
    sifting->relationship = (size_t)(found - snapshot->relationships);
    return true;
}

static bool
holds(const struct pk_row_hash *row, const struct pk_sha256 *hash)
{
    return row != NULL && row->known && pk_sha256_equal(&row->hash, hash);
}

bool
pk_sifting_holds(struct pk_sifting *sifting, const struct pk_verified_scope *scope)
{
    const size_t *members = sifting->members[sifting->relationship];
    bool same = true;
    for (int side = 0; same && side < PK_PAIR; side++) {
        same = holds(pk_lane_go_to(&sifting->rows[members[side]], scope->subnet), &scope->held);
    }
    return same;
}

void
pk_sifting_settle(struct pk_sifting *sifting)
{
    const size_t *members = sifting->members[sifting->relationship];
    for (int side = 0; side < PK_PAIR; side++) {
        struct pk_lane *rows = &sifting->rows[members[side]];
        rows->settled[rows->next] = true;
    }
}
