/*
 * A read has two rounds where servers have names of their own for their relationships: first all
 * say them, then, when it is known which two belong together, all are read.  A server that cannot
 * be opened or read stays in the list as unknown, so that nobody mistakes it for an empty one.
 */
#include "agent/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "adm/events.h"
#include "adm/mirror.h"
#include "adm/steering.h"
#include "agent/pairing.h"
#include "base/crew.h"

static int
compare_names(const void *a, const void *b)
{
    return strcmp(((const struct pk_fleet_server *)a)->config->name,
                  ((const struct pk_fleet_server *)b)->config->name);
}

static void
mark_unknown(struct pk_fleet *fleet, struct pk_fleet_server *server, const struct pk_error *err)
{
    server->known = false;
    server->observed = (struct pk_observation){0};
    server->reason = pk_sprintf(fleet->pool, "server %s: %s", server->config->name, err->message);
}

static void
open_server(struct pk_fleet *fleet, struct pk_fleet_server *server)
{
    struct pk_error err = {0};
    if (server->driver->open(server->config, fleet->db, &server->connection, &err) != PK_OK) {
        server->connection = NULL;
        mark_unknown(fleet, server, &err);
    }
}

void
pk_fleet_open(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
              const struct pk_snapshot *snapshot, const char *const *names, size_t name_count,
              struct pk_fleet *out)
{
    *out = (struct pk_fleet){
        .pool = pool,
        .db = db,
        .workers = config->workers,
        .relationships = snapshot->relationships,
        .relationship_count = snapshot->relationship_count,
        .at = pk_array(pool, struct pk_fleet_server, name_count),
    };
    for (size_t i = 0; i < name_count; i++) {
        const struct pk_server_config *server = pk_config_server(config, names[i]);
        if (server == NULL || pk_fleet_find(out, names[i]) != NULL) {
            continue;
        }
        struct pk_fleet_server *opened = &out->at[out->count++];
        *opened = (struct pk_fleet_server){
            .config = server,
            .driver = pk_driver_find(server->driver),
        };
        open_server(out, opened);
    }
    qsort(out->at, out->count, sizeof *out->at, compare_names);
}

/* What a read came to, with what the ADM alone knows of the server. */
static void
take_observation(struct pk_fleet *fleet, struct pk_fleet_server *server, enum pk_code code,
                 struct pk_error *err)
{
    if (code == PK_OK && fleet->db != NULL) {
        code = pk_adm_retired_ids_load(fleet->db, fleet->pool, server->config->name,
                                       &server->retired_ids, err);
    }
    if (code != PK_OK) {
        mark_unknown(fleet, server, err);
        return;
    }
    server->known = true;
    server->reason = NULL;
    server->observed_at = pk_mono_now();
}

/* -- Rounds ----------------------------------------------------------------------------------- */

/* What one round asks one server. */
struct task {
    struct pk_fleet_server *server;
    const char *since;    /* for sequences */
    struct pk_pool *pool; /* a root of its own while a thread is at work */
    struct pk_peerings peerings;
    struct pk_observation observed;
    const char *sequence;
    enum pk_code code;
    struct pk_error err;
};

struct tasks {
    struct task *at;
    size_t count;
    void (*work)(struct task *task);
};

/* A server does nothing else while it answers; one that is here has no clients to keep waiting. */
static void
count_busy(struct pk_fleet_server *server, struct pk_mono since)
{
    if (server->driver->is_remote) {
        server->busy_ms += pk_mono_now().ms - since.ms;
    }
}

static void
ask_peerings(struct task *task)
{
    struct pk_fleet_server *server = task->server;
    struct pk_mono start = pk_mono_now();
    task->code =
        server->driver->peerings(server->connection, task->pool, &task->peerings, &task->err);
    count_busy(server, start);
}

static void
read_all(struct task *task)
{
    struct pk_fleet_server *server = task->server;
    struct pk_mono start = pk_mono_now();
    task->code = server->driver->read(server->connection, task->pool, &task->observed, &task->err);
    count_busy(server, start);
}

static void
ask_sequence(struct task *task)
{
    struct pk_fleet_server *server = task->server;
    struct pk_mono start = pk_mono_now();
    task->code = server->driver->sequence(server->connection, task->pool, task->since,
                                          &task->sequence, &task->err);
    count_busy(server, start);
}

static void
work_on(void *user, size_t index)
{
    struct tasks *tasks = user;
    if (tasks->at[index].server->driver->is_remote) {
        tasks->work(&tasks->at[index]);
    }
}

/* The embedded servers first: they are here already. */
static void
run_round(struct pk_fleet *fleet, struct tasks *tasks)
{
    size_t remote = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        struct task *task = &tasks->at[i];
        task->pool = pk_pool_new(NULL);
        remote += task->server->driver->is_remote;
        if (!task->server->driver->is_remote) {
            tasks->work(task);
        }
    }
    unsigned workers = remote < fleet->workers ? (unsigned)remote : fleet->workers;
    pk_crew_run(workers, tasks->count, work_on, tasks);
    for (size_t i = 0; i < tasks->count; i++) {
        pk_pool_adopt(fleet->pool, tasks->at[i].pool);
    }
}

/* -- Peerings --------------------------------------------------------------------------------- */

/* Partners of one kind may have to do something together. */
static void
introduce(const struct pk_fleet *fleet, const struct pk_driver *driver,
          struct pk_peering_name *name)
{
    const struct pk_fleet_server *partner =
        name->partner != NULL ? pk_fleet_find(fleet, name->partner) : NULL;
    name->connection = partner != NULL && partner->driver == driver ? partner->connection : NULL;
}

static void
name_peerings(struct pk_fleet *fleet, const struct tasks *asked)
{
    struct pk_paired_server *servers = pk_array(fleet->pool, struct pk_paired_server, asked->count);
    for (size_t i = 0; i < asked->count; i++) {
        servers[i] = (struct pk_paired_server){
            .name = asked->at[i].server->config->name,
            .answers = asked->at[i].code == PK_OK,
            .peerings = asked->at[i].peerings,
        };
    }
    pk_pair_servers(fleet->pool, fleet->relationships, fleet->relationship_count, servers,
                    asked->count);
    for (size_t i = 0; i < asked->count; i++) {
        struct pk_fleet_server *server = asked->at[i].server;
        for (size_t j = 0; j < servers[i].peerings.count; j++) {
            introduce(fleet, server->driver, &servers[i].names[j]);
        }
        server->problem = servers[i].problem;
        server->names = servers[i].names;
        server->driver->name_peerings(server->connection, servers[i].names,
                                      servers[i].peerings.count, &servers[i].alone);
    }
}

/* The ADM is asked by one thread. */
static void
recall_peerings(struct pk_fleet *fleet, struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++) {
        struct task *task = &tasks->at[i];
        struct pk_fleet_server *server = task->server;
        task->code = server->driver->recall_peerings(server->connection, fleet->pool,
                                                     &task->peerings, &task->err);
    }
}

/* One round more where servers have to say whom they belong to, or are remembered to have said. */
static void
meet(struct pk_fleet *fleet, bool recalled)
{
    struct tasks tasks = {.at = pk_array(fleet->pool, struct task, fleet->count),
                          .work = ask_peerings};
    for (size_t i = 0; i < fleet->count; i++) {
        struct pk_fleet_server *server = &fleet->at[i];
        server->known = false; /* until this observation says otherwise */
        if (server->connection != NULL && server->driver->peerings != NULL) {
            tasks.at[tasks.count++].server = server;
        }
    }
    if (recalled) {
        recall_peerings(fleet, &tasks);
    } else {
        run_round(fleet, &tasks);
    }
    name_peerings(fleet, &tasks);
    for (size_t i = 0; i < tasks.count; i++) {
        struct pk_fleet_server *server = tasks.at[i].server;
        if (tasks.at[i].code != PK_OK) {
            mark_unknown(fleet, server, &tasks.at[i].err);
        } else {
            server->reason = NULL;
            server->peerings = tasks.at[i].peerings;
        }
    }
}

/* One that could not say whom it belongs to is not read. */
static bool
has_met(const struct pk_fleet_server *server)
{
    return server->connection != NULL &&
           (server->driver->peerings == NULL || server->reason == NULL);
}

void
pk_fleet_observe(struct pk_fleet *fleet)
{
    struct tasks tasks = {.at = pk_array(fleet->pool, struct task, fleet->count), .work = read_all};
    meet(fleet, false);
    for (size_t i = 0; i < fleet->count; i++) {
        if (has_met(&fleet->at[i])) {
            tasks.at[tasks.count++].server = &fleet->at[i];
        }
    }
    run_round(fleet, &tasks);
    for (size_t i = 0; i < tasks.count; i++) {
        struct task *task = &tasks.at[i];
        task->server->observed = task->observed;
        task->server->partly = false;
        take_observation(fleet, task->server, task->code, &task->err);
    }
}

void
pk_fleet_observe_near(struct pk_fleet *fleet, const struct pk_prefix *subnets, const uint32_t *ids,
                      size_t count)
{
    meet(fleet, true);
    for (size_t i = 0; i < fleet->count; i++) {
        struct pk_fleet_server *server = &fleet->at[i];
        struct pk_error err = {0};
        if (has_met(server)) {
            enum pk_code code = server->driver->read_near(server->connection, fleet->pool, subnets,
                                                          ids, count, &server->observed, &err);
            take_observation(fleet, server, code, &err);
            server->partly = true;
        }
    }
}

bool
pk_fleet_sequence(struct pk_fleet *fleet, struct pk_fleet_server *server, const char *since,
                  const char **out)
{
    struct pk_error ignored; /* whoever reads it says it better */
    struct pk_mono start = pk_mono_now();
    bool told =
        server->connection != NULL &&
        server->driver->sequence(server->connection, fleet->pool, since, out, &ignored) == PK_OK;
    count_busy(server, start);
    return told;
}

bool
pk_fleet_is_unchanged(struct pk_fleet *fleet, const char *const *since)
{
    struct tasks tasks = {.at = pk_array(fleet->pool, struct task, fleet->count),
                          .work = ask_sequence};
    for (size_t i = 0; i < fleet->count; i++) {
        if (fleet->at[i].connection == NULL) {
            return false;
        }
        tasks.at[tasks.count++] = (struct task){.server = &fleet->at[i], .since = since[i]};
    }
    run_round(fleet, &tasks);
    bool same = true;
    for (size_t i = 0; same && i < tasks.count; i++) {
        same = tasks.at[i].code == PK_OK && strcmp(tasks.at[i].sequence, since[i]) == 0;
    }
    return same;
}

int64_t
pk_fleet_busy_ms(const struct pk_fleet *fleet)
{
    int64_t most = 0;
    for (size_t i = 0; i < fleet->count; i++) {
        most = fleet->at[i].busy_ms > most ? fleet->at[i].busy_ms : most;
    }
    return most;
}

struct pk_fleet_server *
pk_fleet_find(const struct pk_fleet *fleet, const char *name)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (strcmp(fleet->at[i].config->name, name) == 0) {
            return &fleet->at[i];
        }
    }
    return NULL;
}

void
pk_fleet_close(struct pk_fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        fleet->at[i].driver->close(fleet->at[i].connection);
        fleet->at[i].connection = NULL;
    }
}

static const struct pk_sighting *
find_sighting(const struct pk_sighting *at, size_t count, const char *server)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(at[i].server, server) == 0) {
            return &at[i];
        }
    }
    return NULL;
}

static void
record_server(struct pk_txn *txn, const struct pk_fleet_server *server,
              const struct pk_sighting *before, struct pk_wall now)
{
    struct pk_sighting sighting = {
        .server = server->config->name,
        .reachable = server->known,
        .observed_at = server->known    ? now
                       : before != NULL ? before->observed_at
                                        : (struct pk_wall){0},
        .reason = server->known ? server->problem : server->reason,
    };
    pk_sighting_put(txn, &sighting);
    bool was_reachable = before == NULL || before->reachable;
    if (was_reachable != server->known) {
        pk_event_add(
            txn,
            &(struct pk_event){
                .time = now,
                .reason = server->known ? PK_REASON_SERVER_KNOWN_AGAIN : PK_REASON_SERVER_UNKNOWN,
                .server = server->config->name,
                .message = server->known ? "the server can be read again" : server->reason,
            });
    }
}

/* Waiting and syncing end by themselves: they are no news. */
static bool
is_settled(enum pk_pair_state state)
{
    return state == PK_PAIR_NORMAL || state == PK_PAIR_SYNCING;
}

static enum pk_pair_state
state_before(const struct pk_health_record *at, size_t count, const char *server,
             const char *relationship)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(at[i].server, server) == 0 && strcmp(at[i].relationship, relationship) == 0) {
            return at[i].pair_state;
        }
    }
    return PK_PAIR_NORMAL;
}

/* What a server says of its pairs, when it says something else than before. */
static void
tell_pair_states(struct pk_txn *txn, struct pk_pool *pool, const struct pk_fleet_server *server,
                 const struct pk_health_record *before, size_t count, struct pk_wall now)
{
    const struct pk_relations *relations = &server->observed.relations;
    for (size_t i = 0; server->known && i < relations->count; i++) {
        const struct pk_relation *relation = &relations->at[i];
        const char *name = server->config->name;
        enum pk_pair_state was = state_before(before, count, name, relation->name);
        bool settled = is_settled(relation->state);
        if (was == relation->state || (settled && is_settled(was))) {
            continue;
        }
        pk_event_add(
            txn, &(struct pk_event){
                     .time = now,
                     .reason = settled ? PK_REASON_PAIR_NORMAL_AGAIN : PK_REASON_PAIR_DISTURBED,
                     .relationship = relation->name,
                     .server = name,
                     .message = pk_sprintf(pool, "%s %s", name, pk_relation_says(pool, relation)),
                 });
    }
}

/* The embedded servers are the tables; of the others the tables keep what was seen. */
static bool
is_mirrored(const struct pk_fleet_server *server)
{
    return strcmp(server->driver->name, pk_embedded_driver) != 0;
}

static void
mirror_server(struct pk_txn *txn, const struct pk_fleet_server *server, struct pk_wall now)
{
    const struct pk_observation *seen = &server->observed;
    if (!server->known || !is_mirrored(server)) {
        return;
    }
    if (server->partly) {
        pk_mirror_put_health(txn, server->config->name, &seen->relations, now);
    } else {
        pk_mirror_put(txn, &(struct pk_mirrored){.server = server->config->name,
                                                 .driver = server->driver->name,
                                                 .sequence = seen->sequence,
                                                 .surroundings = seen->surroundings,
                                                 .rows = &seen->rows,
                                                 .relations = &seen->relations,
                                                 .peerings = &server->peerings,
                                                 .seen = now});
    }
}

void
pk_fleet_record(struct pk_txn *txn, const struct pk_fleet *fleet, struct pk_wall now)
{
    PK_SCRATCH(pool);
    struct pk_sighting *before;
    struct pk_health_record *health;
    size_t count, health_count;
    struct pk_error err = {0};
    if (pk_sightings_load(txn->db, pool, &before, &count, &err) != PK_OK ||
        pk_mirror_health_load(txn->db, pool, &health, &health_count, &err) != PK_OK) {
        pk_txn_fail(txn, &err);
        return;
    }
    for (size_t i = 0; i < fleet->count; i++) {
        if (is_mirrored(&fleet->at[i])) {
            pk_adm_server_put(txn, fleet->at[i].config->name, fleet->at[i].driver->name);
        }
    }
    for (size_t i = 0; i < fleet->count; i++) {
        record_server(txn, &fleet->at[i], find_sighting(before, count, fleet->at[i].config->name),
                      now);
        tell_pair_states(txn, pool, &fleet->at[i], health, health_count, now);
        mirror_server(txn, &fleet->at[i], now);
    }
}
