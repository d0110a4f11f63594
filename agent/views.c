/*
 * Everything that spans relationships is settled here, so that a view can be judged alone: which
 * bases belong to which server, who was renamed, which scopes move, whose the unlinked scopes are.
 */
#include "agent/views.h"

#include <stdlib.h>
#include <string.h>

#include "adm/applied.h"
#include "adm/scopes.h"
#include "agent/narrow.h"
#include "agent/renames.h"
#include "base/json.h"
#include "reconcilers/split-ranges.h"

struct building {
    struct pk_pool *pool;
    const struct pk_config *config;
    const struct pk_snapshot *snapshot;
    const struct pk_fleet *fleet;
    struct pk_db *db;
    const struct pk_narrow *narrow;
    struct pk_remembered remembered;
    struct pk_rows *bases; /* of each fleet server, all relationships, sorted by subnet */
};

static enum pk_code
load_bases(struct building *building, struct pk_error *err)
{
    const struct pk_narrow *narrow = building->narrow;
    for (size_t i = 0; i < building->fleet->count; i++) {
        const char *server = building->fleet->at[i].config->name;
        struct pk_rows *bases = &building->bases[i];
        enum pk_code code =
            narrow->used
                ? pk_applied_load_some(building->db, building->pool, server, narrow->subnets.at,
                                       narrow->subnets.count, bases, err)
                : pk_applied_load(building->db, building->pool, NULL, server, bases, err);
        if (code != PK_OK) {
            return code;
        }
    }
    return PK_OK;
}

/* -- Moves ----------------------------------------------------------------------------------------
 */

/* Servers a relationship had or has: Git's word, else what was verified last. */
static const char *const *
members(const struct building *building, const char *name)
{
    const struct pk_wanted_relationship *wanted =
        pk_snapshot_relationship(building->snapshot, name);
    if (wanted != NULL) {
        return wanted->servers;
    }
    const struct pk_remembered_relationship *known =
        pk_remembered_find(&building->remembered, name);
    return known != NULL ? known->relation.servers : NULL;
}

static bool
is_still_there(const struct building *building, const char *name, struct pk_prefix subnet)
{
    const char *const *servers = members(building, name);
    for (int side = 0; servers != NULL && side < PK_PAIR; side++) {
        const struct pk_fleet_server *server =
            servers[side] != NULL ? pk_fleet_find(building->fleet, servers[side]) : NULL;
        if (server == NULL || !server->known) {
            return true; /* unknown is not absent */
        }
        const struct pk_row *row = pk_rows_find(&server->observed.rows, subnet);
        if (row != NULL && row->relationship != NULL && strcmp(row->relationship, name) == 0) {
            return true;
        }
    }
    return servers == NULL;
}

/* The relationship that Git wants a subnet in, other than @p name; NULL when there is none. */
static const struct pk_wanted_scope *
wanted_elsewhere(const struct pk_wanted_scope *const *by_subnet, size_t count,
                 struct pk_prefix subnet, const char *name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pk_prefix_compare(by_subnet[middle]->subnet, subnet) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct pk_wanted_scope *elsewhere = NULL;
    for (; low < count && pk_prefix_compare(by_subnet[low]->subnet, subnet) == 0; low++) {
        if (strcmp(by_subnet[low]->relationship, name) == 0) {
            return NULL; /* still wanted where it is */
        }
        elsewhere = by_subnet[low];
    }
    return elsewhere;
}

static int
compare_by_subnet(const void *a, const void *b)
{
    const struct pk_wanted_scope *const *x = a, *const *y = b;
    return pk_prefix_compare((*x)->subnet, (*y)->subnet);
}

static const struct pk_wanted_scope **
sort_by_subnet(const struct building *building)
{
    const struct pk_snapshot *snapshot = building->snapshot;
    const struct pk_wanted_scope **by_subnet =
        pk_array(building->pool, const struct pk_wanted_scope *, snapshot->scope_count + 1);
    for (size_t i = 0; i < snapshot->scope_count; i++) {
        by_subnet[i] = &snapshot->scopes[i];
    }
    qsort(by_subnet, snapshot->scope_count, sizeof *by_subnet, compare_by_subnet);
    return by_subnet;
}

struct moves {
    PK_VECTOR(struct pk_move) list;
};

static int
compare_moves(const void *a, const void *b)
{
    return pk_prefix_compare(((const struct pk_move *)a)->subnet,
                             ((const struct pk_move *)b)->subnet);
}

/* Sorted, each subnet once: a scope has a base on both servers of the pair it leaves. */
static struct pk_moves
finish_moves(struct moves *moves)
{
    size_t kept = 0;
    if (moves->list.count != 0) {
        qsort(moves->list.at, moves->list.count, sizeof *moves->list.at, compare_moves);
    }
    for (size_t i = 0; i < moves->list.count; i++) {
        if (kept == 0 || compare_moves(&moves->list.at[kept - 1], &moves->list.at[i]) != 0) {
            moves->list.at[kept++] = moves->list.at[i];
        }
    }
    return (struct pk_moves){.at = moves->list.at, .count = kept};
}

static size_t
view_index(const struct building *building, const char *name)
{
    const struct pk_wanted_relationship *found = pk_snapshot_relationship(building->snapshot, name);
    return found != NULL ? (size_t)(found - building->snapshot->relationships) : SIZE_MAX;
}

/* Of each view, while they are found. */
struct found_moves {
    struct moves *leaving, *coming, *relinked;
};

static void
note_move(const struct building *building, const struct pk_row *base, const char *to,
          const struct found_moves *found)
{
    const char *from = base->relationship;
    const char *const *old = members(building, from);
    if (old == NULL) {
        return;
    }
    bool same_servers = pk_is_same_pair(old, members(building, to));
    const struct pk_wanted_relationship *loser = pk_snapshot_relationship(building->snapshot, from);
    if (loser != NULL) {
        struct moves *lists = same_servers ? found->relinked : found->leaving;
        *pk_push(building->pool, &lists[view_index(building, from)].list) =
            (struct pk_move){.subnet = base->subnet, .other = to};
    }
    if (same_servers) {
        return;
    }
    *pk_push(building->pool, &found->coming[view_index(building, to)].list) = (struct pk_move){
        .subnet = base->subnet,
        .other = from,
        .other_prunes = loser != NULL && loser->prune == PK_PRUNE_OWNED,
        .still_there = is_still_there(building, from, base->subnet),
    };
}

static void
find_moves(const struct building *building, struct pk_views *views)
{
    const struct pk_wanted_scope **by_subnet = sort_by_subnet(building);
    struct found_moves found = {
        .leaving = pk_array(building->pool, struct moves, views->count + 1),
        .coming = pk_array(building->pool, struct moves, views->count + 1),
        .relinked = pk_array(building->pool, struct moves, views->count + 1),
    };
    for (size_t s = 0; s < building->fleet->count; s++) {
        for (size_t i = 0; i < building->bases[s].count; i++) {
            const struct pk_row *base = &building->bases[s].at[i];
            const struct pk_wanted_scope *to = wanted_elsewhere(
                by_subnet, building->snapshot->scope_count, base->subnet, base->relationship);
            if (to != NULL) {
                note_move(building, base, to->relationship, &found);
            }
        }
    }
    for (size_t i = 0; i < views->count; i++) {
        views->at[i].leaving = finish_moves(&found.leaving[i]);
        views->at[i].coming = finish_moves(&found.coming[i]);
        views->at[i].relinked = finish_moves(&found.relinked[i]);
    }
}

/* -- One view -------------------------------------------------------------------------------------
 */

static bool
is_first_of_server(const struct building *building, const char *relationship, const char *server)
{
    for (size_t i = 0; i < building->snapshot->relationship_count; i++) {
        const struct pk_wanted_relationship *one = &building->snapshot->relationships[i];
        if (strcmp(one->servers[0], server) == 0 || strcmp(one->servers[1], server) == 0) {
            return strcmp(one->name, relationship) == 0;
        }
    }
    return false;
}

/*
 * A base verified in a relationship with other servers says nothing about this one: a scope that
 * moves here is new here.  Between the same two servers it is the same row, only linked anew.
 */
static struct pk_rows
bases_of(const struct building *building, const struct pk_wanted_relationship *relationship,
         const struct pk_rows *all)
{
    struct pk_row *kept = pk_array(building->pool, struct pk_row, all->count + 1);
    size_t count = 0;
    const char *judged = NULL;
    bool belongs = false;
    for (size_t i = 0; i < all->count; i++) {
        const char *from = all->at[i].relationship;
        if (judged == NULL || strcmp(judged, from) != 0) {
            const char *const *old = members(building, from);
            belongs = strcmp(from, relationship->name) == 0 ||
                      (old != NULL && pk_is_same_pair(old, relationship->servers));
            judged = from;
        }
        if (belongs) {
            kept[count++] = all->at[i];
        }
    }
    return (struct pk_rows){.at = kept, .count = count};
}

static void
fill_side(const struct building *building, struct pk_pair_view *view, int side)
{
    const char *name = view->relationship->servers[side];
    const struct pk_fleet_server *server = pk_fleet_find(building->fleet, name);
    struct pk_server_view *out = &view->servers[side];
    *out = (struct pk_server_view){
        .name = name,
        .known = server->known,
        .reason = server->reason,
        .rows = server->observed.rows,
        .relations = server->observed.relations,
        .defaults = server->observed.defaults,
        .default_count = server->observed.default_count,
        .observed_at = server->observed_at,
        .retired_ids = server->retired_ids,
    };
    if (server->connection != NULL) {
        out->capabilities = server->driver->capabilities(server->connection);
        out->writes = server->config->writes && out->capabilities->writes &&
                      server->problem == NULL; /* who is whose partner is not certain */
    }
    view->base[side] =
        bases_of(building, view->relationship, &building->bases[server - building->fleet->at]);
    view->adopts_unlinked[side] = is_first_of_server(building, view->relationship->name, name);
}

/* -- Split ranges -- */

/*
 * The class of the clients that a server serves in the relationship, or NULL; a peer's name that is
 * no UTF-8 cannot be part of one here.
 */
static const char *
peer_class(struct pk_pool *pool, const struct pk_fleet_server *server, const char *relationship)
{
    for (size_t i = 0; i < server->peerings.count; i++) {
        const char *name = server->names[i].relationship;
        if (name != NULL && strcmp(name, relationship) == 0) {
            json_auto_t *self = json_string(server->peerings.at[i].self);
            return self != NULL ? pk_sprintf(pool, "%s%s", server->driver->peer_class,
                                             json_string_value(self))
                                : NULL;
        }
    }
    return NULL;
}

static bool
is_in_hot_standby(const struct pk_server_view *server, const char *relationship)
{
    const struct pk_relation *found = pk_relations_find(&server->relations, relationship);
    const struct pk_field *field = &pk_relationship_fields.at[PK_RELATIONSHIP_MODE];
    const char *mode = found != NULL ? pk_parts_get(&found->parts, field, "") : NULL;
    return mode != NULL && strcmp(mode, "\"hot-standby\"") == 0;
}

/* Why halves of this server's ranges have no meaning, with what to do; NULL when they have. */
static const char *
no_halves(struct pk_pool *pool, const struct pk_server_view *view,
          const struct pk_fleet_server *server, const char *relationship)
{
    if (peer_class(pool, server, relationship) == NULL) {
        return pk_sprintf(
            pool,
            "it has no peer in relationship %s, and `split-ranges: true` ties half of "
            "each range to the clients of each peer; %s",
            relationship,
            server->problem != NULL ? server->problem
                                    : "correct its high availability, or remove split-ranges");
    }
    return is_in_hot_standby(view, relationship)
               ? "it is in mode hot-standby, where one server serves everybody and `split-ranges: "
                 "true` would leave half of each range unused; change its mode, or remove "
                 "split-ranges"
               : NULL;
}

/* Where halves have no meaning it is not known what is wanted: the server counts as not known. */
static void
split_ranges(const struct building *building, struct pk_pair_view *view)
{
    const char *classes[PK_PAIR] = {NULL, NULL};
    const char *relationship = view->relationship->name;
    for (int side = 0; side < PK_PAIR; side++) {
        struct pk_server_view *out = &view->servers[side];
        const struct pk_fleet_server *server = pk_fleet_find(building->fleet, out->name);
        if (out->known) {
            out->reason = no_halves(building->pool, out, server, relationship);
            out->known = out->reason == NULL;
            classes[side] = peer_class(building->pool, server, relationship);
        }
    }
    if (view->servers[PK_SERVER_1].known && view->servers[PK_SERVER_2].known) {
        view->scopes = pk_split_scopes(building->pool, view->scopes, classes);
    }
}

static enum pk_code
load_owned(const struct building *building, const char *relationship, struct pk_rows *out,
           struct pk_error *err)
{
    const struct pk_narrow *narrow = building->narrow;
    if (building->db == NULL) {
        return PK_OK;
    }
    return narrow->used ? pk_owned_load_some(building->db, building->pool, relationship,
                                             narrow->subnets.at, narrow->subnets.count, out, err)
                        : pk_owned_load(building->db, building->pool, relationship, out, err);
}

static enum pk_code
fill_view(const struct building *building, const struct pk_wanted_relationship *relationship,
          struct pk_pair_view *view, struct pk_error *err)
{
    view->relationship = relationship;
    view->scopes = pk_snapshot_scopes(building->snapshot, relationship->name);
    view->renamed_from = pk_remembered_old_name(&building->remembered, building->snapshot,
                                                building->fleet, relationship);
    for (int side = 0; side < PK_PAIR; side++) {
        fill_side(building, view, side);
    }
    if (relationship->split_ranges) {
        split_ranges(building, view);
    }
    const char *kept_as =
        view->renamed_from != NULL &&
                pk_remembered_find(&building->remembered, view->renamed_from) != NULL
            ? view->renamed_from
            : relationship->name;
    const struct pk_remembered_relationship *known =
        pk_remembered_find(&building->remembered, kept_as);
    if (known != NULL && known->relation.name != NULL) {
        view->base_relation = &known->relation;
    }
    if (building->narrow->used) {
        view->unseen = building->narrow->unseen[relationship - building->snapshot->relationships];
    }
    return load_owned(building, kept_as, &view->owned_before, err);
}

static enum pk_code
credit_unsettled(const struct building *building, struct pk_views *views, struct pk_error *err)
{
    struct pk_operation *unsettled;
    size_t count;
    enum pk_code code =
        pk_operations_unsettled(building->db, building->pool, &unsettled, &count, err);
    for (size_t i = 0; code == PK_OK && count != 0 && i < views->count; i++) {
        pk_view_credit_intents(building->pool, &views->at[i], unsettled, count);
    }
    return code;
}

static void
find_dropped(const struct building *building, struct pk_views *views)
{
    const char **dropped = pk_array(building->pool, const char *, building->remembered.count + 1);
    for (size_t i = 0; i < building->remembered.count; i++) {
        const char *name = building->remembered.at[i].name;
        bool renamed = false;
        for (size_t v = 0; v < views->count; v++) {
            const char *from = views->at[v].renamed_from;
            renamed = renamed || (from != NULL && strcmp(from, name) == 0);
        }
        if (!renamed && pk_snapshot_relationship(building->snapshot, name) == NULL) {
            dropped[views->dropped_count++] = name;
        }
    }
    views->dropped = dropped;
}

enum pk_code
pk_views_build(struct pk_pool *pool, const struct pk_config *config,
               const struct pk_snapshot *snapshot, const struct pk_fleet *fleet, struct pk_db *db,
               const struct pk_narrow *narrow, bool bases_unknown, struct pk_views *out,
               struct pk_error *err)
{
    struct building building = {
        .pool = pool,
        .config = config,
        .snapshot = snapshot,
        .fleet = fleet,
        .db = db,
        .narrow = narrow,
        .bases = pk_array(pool, struct pk_rows, fleet->count + 1),
    };
    enum pk_code code = PK_OK;
    if (db != NULL) {
        code = pk_remembered_load(db, pool, &building.remembered, err);
        code = code == PK_OK ? load_bases(&building, err) : code;
    }
    struct pk_views views = {
        .at = pk_array(pool, struct pk_pair_view, snapshot->relationship_count + 1),
    };
    for (; code == PK_OK && views.count < snapshot->relationship_count; views.count++) {
        struct pk_pair_view *view = &views.at[views.count];
        code = fill_view(&building, &snapshot->relationships[views.count], view, err);
        view->bases_unknown = bases_unknown;
    }
    if (code == PK_OK) {
        find_moves(&building, &views);
        find_dropped(&building, &views);
        code = db != NULL ? credit_unsettled(&building, &views, err) : PK_OK;
    }
    if (code == PK_OK) {
        *out = views;
    }
    return code;
}
