/*
 * What the walk could not pair up with a verified scope is left over, whichever list it stands in:
 * a row nobody verified, a scope nobody has, a base of something that is gone.
 */
#include "agent/sift.h"

#include <stdlib.h>
#include <string.h>

#include "adm/applied.h"
#include "agent/sift-lanes.h"
#include "base/number.h"

enum { WORTH_IT = 4 }; /* with more than one in so many left over, reading all is no slower */

struct pk_sifted {
    struct pk_snapshot whole;
    struct pk_fleet *fleet;
    struct pk_lane *rows; /* of each server of the fleet */
};

/* The walk over rows, and what else is walked with it. */
struct whole {
    struct pk_sifting sifting;
    struct pk_lane *bases;  /* of each server       */
    struct pk_lane *wanted; /* of each relationship */
};

/* -- The walk --------------------------------------------------------------------------------- */

static bool
says(const struct pk_wanted_scope *wanted, const struct pk_sha256 *hash)
{
    struct pk_sha256 declared = pk_wanted_hash(wanted);
    return pk_sha256_equal(&declared, hash);
}

/* Is this scope still what it was, in all the places that were looked at then? */
static void
judge(struct whole *all, const struct pk_verified_scope *scope)
{
    struct pk_sifting *sifting = &all->sifting;
    if (!pk_sifting_enter(sifting, scope) || !pk_sifting_holds(sifting, scope)) {
        return;
    }
    struct pk_lane *wanted = &all->wanted[sifting->relationship];
    const struct pk_wanted_scope *said = pk_lane_go_to(wanted, scope->subnet);
    bool same = said != NULL;
    const size_t *members = sifting->members[sifting->relationship];
    for (int side = 0; same && side < PK_PAIR; side++) {
        same = pk_lane_go_to(&all->bases[members[side]], scope->subnet) != NULL;
    }
    if (!same || !says(said, &scope->declared)) {
        return;
    }
    pk_sifting_settle(sifting);
    wanted->settled[wanted->next] = true;
    for (int side = 0; side < PK_PAIR; side++) {
        struct pk_lane *bases = &all->bases[members[side]];
        bases->settled[bases->next] = true;
    }
}

static bool
load_bases(struct whole *all, size_t index)
{
    struct pk_fleet *fleet = all->sifting.fleet;
    struct pk_prefixes bases;
    struct pk_error ignored;
    if (pk_applied_subnets(fleet->db, fleet->pool, fleet->at[index].config->name, &bases,
                           &ignored) != PK_OK) {
        return false;
    }
    all->bases[index] = pk_lane_of(fleet->pool, bases.at, sizeof bases.at[0], bases.count);
    return true;
}

static void
list_wanted(struct whole *all)
{
    const struct pk_snapshot *snapshot = all->sifting.snapshot;
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        const struct pk_wanted_scopes scopes =
            pk_snapshot_scopes(snapshot, snapshot->relationships[i].name);
        all->wanted[i] =
            pk_lane_of(all->sifting.fleet->pool, scopes.at, sizeof scopes.at[0], scopes.count);
    }
}

static bool
walk(struct whole *all, const char *fingerprint)
{
    struct pk_sifting *sifting = &all->sifting;
    struct pk_pool *pool = sifting->fleet->pool;
    size_t servers = sifting->fleet->count, relationships = sifting->snapshot->relationship_count;
    all->bases = pk_array(pool, struct pk_lane, servers + 1);
    all->wanted = pk_array(pool, struct pk_lane, relationships + 1);
    bool ok = pk_sifting_begin(sifting, fingerprint);
    for (size_t i = 0; ok && i < servers; i++) {
        ok = load_bases(all, i);
    }
    if (!ok) {
        return false;
    }
    list_wanted(all);
    for (size_t i = 0; i < sifting->verified_count; i++) {
        judge(all, &sifting->verified[i]);
    }
    return true;
}

/* -- What is left ----------------------------------------------------------------------------- */

static void
gather_left_over(const struct whole *all, struct pk_prefixes *out)
{
    const struct pk_sifting *sifting = &all->sifting;
    struct pk_pool *pool = sifting->fleet->pool;
    *out = (struct pk_prefixes){0};
    for (size_t i = 0; i < sifting->fleet->count; i++) {
        pk_lane_left_over(pool, &sifting->rows[i], out);
        pk_lane_left_over(pool, &all->bases[i], out);
    }
    for (size_t i = 0; i < sifting->snapshot->relationship_count; i++) {
        pk_lane_left_over(pool, &all->wanted[i], out);
    }
    pk_prefixes_sort(out);
}

/* A subnet that is looked at in one relationship is looked at in all. */
static const size_t *
count_unseen(const struct whole *all, const struct pk_prefixes *subnets)
{
    size_t relationships = all->sifting.snapshot->relationship_count;
    size_t *unseen = pk_array(all->sifting.fleet->pool, size_t, relationships + 1);
    for (size_t i = 0; i < relationships; i++) {
        const struct pk_lane *wanted = &all->wanted[i];
        for (size_t j = 0; j < wanted->count; j++) {
            unseen[i] += !pk_prefixes_contain(subnets, pk_lane_subnet(wanted, j));
        }
    }
    return unseen;
}

static bool
have_not_changed(const struct pk_sifting *sifting)
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
    struct whole all = {.sifting = {.fleet = fleet, .snapshot = snapshot}};
    struct pk_narrow found = *narrow;
    if (!walk(&all, fingerprint)) {
        return false;
    }
    gather_left_over(&all, &found.subnets);
    if (found.subnets.count * WORTH_IT > snapshot->scope_count) {
        return false;
    }
    struct pk_snapshot only = pk_snapshot_only(fleet->pool, snapshot, &found.subnets);
    if (!pk_narrow_list_ids(fleet->pool, &only, &found) || !pk_narrow_look(fleet, &found) ||
        !have_not_changed(&all.sifting)) {
        return false;
    }
    struct pk_sifted *sifted = pk_new(fleet->pool, struct pk_sifted);
    *sifted = (struct pk_sifted){.whole = *snapshot, .fleet = fleet, .rows = all.sifting.rows};
    found.unseen = count_unseen(&all, &found.subnets);
    found.sifted = sifted;
    found.verified = all.sifting.compared_at;
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
is_apart(const struct pk_lane *rows, const struct ids *ids, const struct pk_prefixes *subnets)
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
