/*
 * Everything is sorted by subnet, so one walk over the verified scopes keeps a place in each of the
 * other lists: Git's scopes by relationship, rows and bases by server.  What the walk could not
 * pair up with a verified scope is left over, whichever list it stands in: a row nobody verified, a
 * scope nobody has, a base of something that is gone.
 */
#include "agent/sift.h"

#include <stdlib.h>
#include <string.h>

#include "adm/applied.h"
#include "adm/verified.h"
#include "base/number.h"

enum { WORTH_IT = 4 }; /* with more than one in so many left over, reading all is no slower */

/* A sorted list of things that begin with their subnet, and a place in it. */
struct lane {
    const char *at;
    size_t stride, count, next;
    bool *settled; /* of each: is it in step? */
};

struct pk_sifted {
    struct pk_snapshot whole;
    struct pk_fleet *fleet;
    struct lane *rows; /* of each server of the fleet */
};

struct sifting {
    struct pk_fleet *fleet;
    const struct pk_snapshot *snapshot;
    const char **sequences;     /* of each server                  */
    struct lane *rows, *bases;  /* of each server                  */
    struct lane *wanted;        /* of each relationship            */
    size_t (*members)[PK_PAIR]; /* of each: places in the fleet    */
    size_t relationship;        /* of the scope before             */
};

/* -- Lanes ------------------------------------------------------------------------------------ */

static struct lane
lane_of(struct pk_pool *pool, const void *at, size_t stride, size_t count)
{
    return (struct lane){
        .at = at,
        .stride = stride,
        .count = count,
        .settled = pk_array(pool, bool, count + 1),
    };
}

static struct pk_prefix
subnet_at(const struct lane *lane, size_t index)
{
    return *(const struct pk_prefix *)(const void *)(lane->at + index * lane->stride);
}

/* What the lane has of @p subnet, or NULL; subnets are asked for in their order. */
static const void *
go_to(struct lane *lane, struct pk_prefix subnet)
{
    int order = -1;
    while (lane->next < lane->count &&
           (order = pk_prefix_compare(subnet_at(lane, lane->next), subnet)) < 0) {
        lane->next++;
    }
    return order == 0 ? lane->at + lane->next * lane->stride : NULL;
}

static void
list_left_over(struct pk_pool *pool, const struct lane *lane, struct pk_prefixes *out)
{
    for (size_t i = 0; i < lane->count; i++) {
        if (!lane->settled[i]) {
            *pk_push(pool, out) = subnet_at(lane, i);
        }
    }
}

/* -- The walk --------------------------------------------------------------------------------- */

/* False when Git has no such relationship. */
static bool
find_relationship(struct sifting *sifting, const char *name)
{
    const struct pk_snapshot *snapshot = sifting->snapshot;
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

static bool
says(const struct pk_wanted_scope *wanted, const struct pk_sha256 *hash)
{
    struct pk_sha256 declared = pk_wanted_hash(wanted);
    return pk_sha256_equal(&declared, hash);
}

/* Is this scope still what it was, in all the places that were looked at then? */
static void
judge(struct sifting *sifting, const struct pk_verified_scope *scope)
{
    if (!find_relationship(sifting, scope->relationship)) {
        return;
    }
    struct lane *wanted = &sifting->wanted[sifting->relationship];
    const struct pk_wanted_scope *said = go_to(wanted, scope->subnet);
    bool same = said != NULL;
    const size_t *members = sifting->members[sifting->relationship];
    for (int side = 0; same && side < PK_PAIR; side++) {
        same = holds(go_to(&sifting->rows[members[side]], scope->subnet), &scope->held) &&
               go_to(&sifting->bases[members[side]], scope->subnet) != NULL;
    }
    if (!same || !says(said, &scope->declared)) {
        return;
    }
    wanted->settled[wanted->next] = true;
    for (int side = 0; side < PK_PAIR; side++) {
        struct lane *rows = &sifting->rows[members[side]], *bases = &sifting->bases[members[side]];
        rows->settled[rows->next] = true;
        bases->settled[bases->next] = true;
    }
}

/* -- What is walked --------------------------------------------------------------------------- */

static bool
load_server(struct sifting *sifting, size_t index)
{
    struct pk_pool *pool = sifting->fleet->pool;
    const struct pk_fleet_server *server = &sifting->fleet->at[index];
    const struct pk_driver *driver = server->driver;
    struct pk_row_hashes hashes;
    struct pk_prefixes bases;
    struct pk_error ignored; /* a pass that reads everything says it better */
    if (server->connection == NULL || driver->read_hashes == NULL || driver->read_near == NULL ||
        driver->sequence(server->connection, pool, &sifting->sequences[index], &ignored) != PK_OK ||
        driver->read_hashes(server->connection, pool, &hashes, &ignored) != PK_OK ||
        pk_applied_subnets(sifting->fleet->db, pool, server->config->name, &bases, &ignored) !=
            PK_OK) {
        return false;
    }
    sifting->rows[index] = lane_of(pool, hashes.at, sizeof hashes.at[0], hashes.count);
    sifting->bases[index] = lane_of(pool, bases.at, sizeof bases.at[0], bases.count);
    return true;
}

static bool
load_relationship(struct sifting *sifting, size_t index)
{
    const struct pk_wanted_relationship *relationship = &sifting->snapshot->relationships[index];
    const struct pk_wanted_scopes scopes =
        pk_snapshot_scopes(sifting->snapshot, relationship->name);
    sifting->wanted[index] =
        lane_of(sifting->fleet->pool, scopes.at, sizeof scopes.at[0], scopes.count);
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

static bool
load_lanes(struct sifting *sifting)
{
    struct pk_pool *pool = sifting->fleet->pool;
    size_t servers = sifting->fleet->count, relationships = sifting->snapshot->relationship_count;
    sifting->sequences = pk_array(pool, const char *, servers + 1);
    sifting->rows = pk_array(pool, struct lane, servers + 1);
    sifting->bases = pk_array(pool, struct lane, servers + 1);
    sifting->wanted = pk_array(pool, struct lane, relationships + 1);
    sifting->members = pk_alloc_array(pool, relationships + 1, sizeof *sifting->members);
    bool ok = relationships != 0;
    for (size_t i = 0; ok && i < servers; i++) {
        ok = load_server(sifting, i);
    }
    for (size_t i = 0; ok && i < relationships; i++) {
        ok = load_relationship(sifting, i);
    }
    return ok;
}

static bool
walk(struct sifting *sifting, const char *fingerprint, struct pk_narrow *narrow)
{
    PK_SCRATCH(scratch);
    struct pk_verified verified;
    const struct pk_verified_scope *scopes;
    size_t count;
    struct pk_error ignored;
    struct pk_db *db = sifting->fleet->db;
    if (pk_verified_load(db, scratch, &verified, &ignored) != PK_OK ||
        verified.fingerprint == NULL || strcmp(verified.fingerprint, fingerprint) != 0 ||
        pk_verified_scopes_load(db, scratch, &scopes, &count, &ignored) != PK_OK ||
        !load_lanes(sifting)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        judge(sifting, &scopes[i]);
    }
    narrow->verified = verified.compared_at;
    return true;
}

/* -- What is left ----------------------------------------------------------------------------- */

static void
gather_left_over(const struct sifting *sifting, struct pk_prefixes *out)
{
    struct pk_pool *pool = sifting->fleet->pool;
    *out = (struct pk_prefixes){0};
    for (size_t i = 0; i < sifting->fleet->count; i++) {
        list_left_over(pool, &sifting->rows[i], out);
        list_left_over(pool, &sifting->bases[i], out);
    }
    for (size_t i = 0; i < sifting->snapshot->relationship_count; i++) {
        list_left_over(pool, &sifting->wanted[i], out);
    }
    pk_prefixes_sort(out);
}

/* A subnet that is looked at in one relationship is looked at in all. */
static const size_t *
count_unseen(const struct sifting *sifting, const struct pk_prefixes *subnets)
{
    size_t relationships = sifting->snapshot->relationship_count;
    size_t *unseen = pk_array(sifting->fleet->pool, size_t, relationships + 1);
    for (size_t i = 0; i < relationships; i++) {
        const struct lane *wanted = &sifting->wanted[i];
        for (size_t j = 0; j < wanted->count; j++) {
            unseen[i] += !pk_prefixes_contain(subnets, subnet_at(wanted, j));
        }
    }
    return unseen;
}

static bool
have_not_changed(const struct sifting *sifting)
{
    bool same = true;
    for (size_t i = 0; same && i < sifting->fleet->count; i++) {
        same = strcmp(sifting->fleet->at[i].observed.sequence, sifting->sequences[i]) == 0;
    }
    return same;
}

bool
pk_sift(struct pk_fleet *fleet, const char *fingerprint, struct pk_snapshot *snapshot,
        struct pk_narrow *narrow)
{
    struct sifting sifting = {.fleet = fleet, .snapshot = snapshot};
    struct pk_narrow found = *narrow;
    if (fleet->db == NULL || !walk(&sifting, fingerprint, &found)) {
        return false;
    }
    gather_left_over(&sifting, &found.subnets);
    if (found.subnets.count * WORTH_IT > snapshot->scope_count) {
        return false;
    }
    struct pk_snapshot only = pk_snapshot_only(fleet->pool, snapshot, &found.subnets);
    if (!pk_narrow_list_ids(fleet->pool, &only, &found) || !pk_narrow_look(fleet, &found) ||
        !have_not_changed(&sifting)) {
        return false;
    }
    struct pk_sifted *sifted = pk_new(fleet->pool, struct pk_sifted);
    *sifted = (struct pk_sifted){.whole = *snapshot, .fleet = fleet, .rows = sifting.rows};
    found.unseen = count_unseen(&sifting, &found.subnets);
    found.sifted = sifted;
    found.used = true;
    *narrow = found;
    *snapshot = only;
    return true;
}

struct pk_snapshot
pk_sift_whole(const struct pk_sifted *sifted)
{
    return sifted->whole;
}

/* -- Subnet ids ------------------------------------------------------------------------------- */

struct ids {
    uint32_t *at;
    size_t count, capacity;
};

static int
compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void
add_ids(struct pk_pool *pool, const struct pk_rows *rows, struct ids *out)
{
    for (size_t i = 0; i < rows->count; i++) {
        const char *text = pk_parts_get(&rows->at[i].parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
        int64_t id = 0;
        if (text != NULL && pk_parse_number(text, 1, UINT32_MAX, &id)) {
            *pk_push(pool, out) = (uint32_t)id;
        }
    }
}

static bool
is_apart(const struct lane *rows, const struct ids *ids, const struct pk_prefixes *subnets)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct pk_row_hash *row = (const void *)(rows->at + i * rows->stride);
        if (bsearch(&row->id, ids->at, ids->count, sizeof ids->at[0], compare_ids) != NULL &&
            !pk_prefixes_contain(subnets, row->subnet)) {
            return false;
        }
    }
    return true;
}

bool
pk_sift_keeps_ids_apart(const struct pk_narrow *narrow, const struct pk_views *views)
{
    PK_SCRATCH(scratch);
    bool apart = true;
    for (size_t i = 0; apart && i < views->count; i++) {
        const struct pk_pair_view *view = &views->at[i];
        struct ids ids = {0};
        for (int side = 0; side < PK_PAIR; side++) {
            add_ids(scratch, &view->servers[side].rows, &ids);
            add_ids(scratch, &view->base[side], &ids);
        }
        if (ids.count == 0) {
            continue;
        }
        qsort(ids.at, ids.count, sizeof ids.at[0], compare_ids);
        for (int side = 0; apart && side < PK_PAIR; side++) {
            const struct pk_fleet_server *server =
                pk_fleet_find(narrow->sifted->fleet, view->servers[side].name);
            apart = is_apart(&narrow->sifted->rows[server - narrow->sifted->fleet->at], &ids,
                             &narrow->subnets);
        }
    }
    return apart;
}
