/* A world is real as far as it goes: rows are written through the driver, bases come from SQLite.
 */
#include "tests/support/pair-world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adm/applied.h"

static const char *const server_names[PK_PAIR] = {"dhcp-a", "dhcp-b"};
enum { MOST_OPERATIONS = 1000 };

static const char relationship_name[] = "campus";

static void
must(enum pk_code code, const struct pk_error *err, const char *doing)
{
    if (code != PK_OK) {
        fprintf(stderr, "the test's world is broken: %s: %s\n", doing, err->message);
        abort();
    }
}

static const struct pk_field *
relationship_field(enum pk_relationship_field field)
{
    return &pk_relationship_fields.at[field];
}

static void
open_servers(struct pk_world *world, const struct pk_driver *driver)
{
    struct pk_error err = {0};
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        world->drivers[side] = driver;
        world->configs[side] = (struct pk_server_config){
            .name = server_names[side], .driver = driver->name, .writes = true};
        must(driver->open(&world->configs[side], world->db, &world->servers[side], &err), &err,
             "open a server");
    }
}

void
pk_world_open(struct pk_world *world, const struct pk_driver *driver)
{
    struct pk_error err = {0};
    *world = (struct pk_world){.pool = pk_pool_new(NULL)};
    const char *fast = "/dev/shm"; /* every commit is synced; in memory that costs nothing */
    snprintf(world->folder, sizeof world->folder, "%s/pk-world-XXXXXX",
             access(fast, W_OK) == 0 ? fast : "/tmp");
    if (mkdtemp(world->folder) == NULL) {
        abort();
    }
    const char *path = pk_sprintf(world->pool, "%s/adm.db", world->folder);
    must(pk_db_open(path, PK_DB_WRITE, true, &world->db, &err), &err, "open the database");
    open_servers(world, driver);

    struct pk_part *parts = pk_array(world->pool, struct pk_part, 1);
    parts[0] = (struct pk_part){.field = relationship_field(PK_RELATIONSHIP_SERVERS),
                                .key = "",
                                .value = "[\"dhcp-a\",\"dhcp-b\"]"};
    world->relationship = (struct pk_wanted_relationship){
        .name = relationship_name,
        .servers = {server_names[PK_SERVER_1], server_names[PK_SERVER_2]},
        .parts = {.at = parts, .count = 1},
        .owned = UINT64_C(1) << PK_RELATIONSHIP_SERVERS,
    };
}

void
pk_world_close(struct pk_world *world)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        world->drivers[side]->close(world->servers[side]);
    }
    pk_db_close(world->db);
    static const char *const files[] = {"adm.db", "adm.db-wal", "adm.db-shm", "adm.db.lock"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        unlink(pk_sprintf(world->pool, "%s/%s", world->folder, files[i]));
    }
    rmdir(world->folder);
    pk_pool_free(world->pool);
}

struct pk_prefix
pk_world_subnet(const char *text)
{
    struct pk_prefix subnet = {0};
    if (!pk_parse_prefix(text, &subnet)) {
        abort();
    }
    return subnet;
}

/* -- Rows ------------------------------------------------------------------------------------- */

static struct pk_part
parse_part(struct pk_pool *pool, const char *text)
{
    struct pk_part part = {0};
    size_t name = (size_t)(strchrnul(text, '=') - text);
    const char *reservation = strstr(text, "=[") == NULL ? strstr(text, "={") : NULL;
    if (strncmp(text, "reservations.", strlen("reservations.")) == 0 && reservation != NULL) {
        name = (size_t)(reservation - text); /* the key has a `=` of its own */
    }
    if (text[name] != '=' || !pk_part_parse_name(&pk_scope_fields, pk_strndup(pool, text, name),
                                                 &part.field, &part.key)) {
        fprintf(stderr, "not a part: %s\n", text);
        abort();
    }
    part.value = pk_strdup(pool, text + name + 1);
    return part;
}

static struct pk_row *
build_row(struct pk_world *world, const char *subnet, const char *const *texts, size_t count,
          bool linked)
{
    struct pk_part *parts = pk_array(world->pool, struct pk_part, count + 1);
    for (size_t i = 0; i < count; i++) {
        parts[i] = parse_part(world->pool, texts[i]);
    }
    if (linked) {
        parts[count++] = (struct pk_part){
            .field = &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP], .key = "", .value = "\"campus\""};
    }
    struct pk_row *row = pk_new(world->pool, struct pk_row);
    row->subnet = pk_world_subnet(subnet);
    row->relationship = linked ? relationship_name : NULL;
    row->parts = pk_parts_canonical(parts, count);
    row->hash = pk_parts_hash(&row->parts);
    return row;
}

struct pk_row *
pk_world_row(struct pk_world *world, const char *subnet, const char *const *parts, size_t count)
{
    return build_row(world, subnet, parts, count, true);
}

/* -- Git -------------------------------------------------------------------------------------- */

static int
compare_scopes(const void *a, const void *b)
{
    return pk_prefix_compare(((const struct pk_wanted_scope *)a)->subnet,
                             ((const struct pk_wanted_scope *)b)->subnet);
}

void
pk_world_unwant(struct pk_world *world, const char *subnet)
{
    size_t kept = 0;
    for (size_t i = 0; i < world->scopes.count; i++) {
        if (pk_prefix_compare(world->scopes.at[i].subnet, pk_world_subnet(subnet)) != 0) {
            world->scopes.at[kept++] = world->scopes.at[i];
        }
    }
    world->scopes.count = kept;
}

void
pk_world_want(struct pk_world *world, const char *subnet, const char *const *parts, size_t count)
{
    pk_world_unwant(world, subnet);
    struct pk_row *row = pk_world_row(world, subnet, parts, count);
    uint64_t owned = UINT64_C(1) << PK_SCOPE_RELATIONSHIP | UINT64_C(1) << PK_SCOPE_SUBNET;
    PK_VECTOR(const char *) kea = {0};
    for (size_t i = 0; i < count; i++) {
        struct pk_part part = parse_part(world->pool, parts[i]);
        if (part.field == &pk_scope_fields.at[PK_SCOPE_KEA]) {
            *pk_push(world->pool, &kea) = part.key;
        } else {
            owned |= UINT64_C(1) << pk_field_index(&pk_scope_fields, part.field);
        }
    }
    *pk_push(world->pool, &world->scopes) = (struct pk_wanted_scope){
        .subnet = row->subnet,
        .relationship = relationship_name,
        .parts = row->parts,
        .origin = pk_array(world->pool, struct pk_mark, row->parts.count + 1),
        .owned = owned,
        .owned_kea = kea.at,
        .owned_kea_count = kea.count,
    };
    qsort(world->scopes.at, world->scopes.count, sizeof world->scopes.at[0], compare_scopes);
}

/* -- Behind our back -------------------------------------------------------------------------- */

static void
write_one(struct pk_world *world, int side, struct pk_change *change)
{
    struct pk_error err = {0};
    struct pk_rows rows;
    const struct pk_driver *driver = world->drivers[side];
    must(driver->verify(world->servers[side], world->pool, &change->subnet, 1, &rows, &err), &err,
         "read a row");
    if (rows.count != 0) {
        change->expected = pk_parts_hash(&rows.at[0].parts);
    }
    struct pk_change_result result;
    must(driver->write(world->servers[side], change, 1, &result, &err), &err, "write a row");
    if (result.outcome != PK_OUTCOME_WRITTEN) {
        fprintf(stderr, "the test's world is broken: %s\n", result.fault.message);
        abort();
    }
}

static void
hold(struct pk_world *world, int side, const struct pk_row *row)
{
    const struct pk_relation relation = {
        .name = relationship_name,
        .servers = {server_names[PK_SERVER_1], server_names[PK_SERVER_2]},
        .parts = world->relationship.parts,
    };
    write_one(world, side,
              &(struct pk_change){.kind = PK_PUT_SCOPE,
                                  .subnet = row->subnet,
                                  .wanted = row,
                                  .relation = row->relationship != NULL ? &relation : NULL});
}

void
pk_world_hold(struct pk_world *world, int side, const char *subnet, const char *const *parts,
              size_t count)
{
    hold(world, side, build_row(world, subnet, parts, count, true));
}

void
pk_world_hold_unlinked(struct pk_world *world, int side, const char *subnet,
                       const char *const *parts, size_t count)
{
    hold(world, side, build_row(world, subnet, parts, count, false));
}

void
pk_world_lose(struct pk_world *world, int side, const char *subnet)
{
    write_one(world, side,
              &(struct pk_change){.kind = PK_DELETE_SCOPE, .subnet = pk_world_subnet(subnet)});
}

/* -- A pass ----------------------------------------------------------------------------------- */

static void
observe_side(struct pk_world *world, int side)
{
    struct pk_error err = {0};
    struct pk_observation seen;
    const struct pk_driver *driver = world->drivers[side];
    must(driver->read(world->servers[side], world->pool, &seen, &err), &err, "read a server");
    world->view.servers[side] = (struct pk_server_view){
        .name = server_names[side],
        .known = true,
        .writes = true,
        .rows = seen.rows,
        .relations = seen.relations,
        .capabilities = driver->capabilities(world->servers[side]),
        .observed_at = pk_mono_now(),
    };
    must(pk_applied_load(world->db, world->pool, NULL, server_names[side], &world->view.base[side],
                         &err),
         &err, "load bases");
    must(pk_adm_retired_ids_load(world->db, world->pool, server_names[side],
                                 &world->view.servers[side].retired_ids, &err),
         &err, "load retired ids");
}

void
pk_world_observe(struct pk_world *world)
{
    struct pk_error err = {0};
    world->view = (struct pk_pair_view){
        .relationship = &world->relationship,
        .scopes = {.at = world->scopes.at, .count = world->scopes.count},
    };
    observe_side(world, PK_SERVER_1);
    observe_side(world, PK_SERVER_2);
    must(pk_owned_load(world->db, world->pool, relationship_name, &world->view.owned_before, &err),
         &err, "load what Git owned");
    struct pk_relation *relation = pk_new(world->pool, struct pk_relation);
    enum pk_code code =
        pk_applied_relation_load(world->db, world->pool, relationship_name, relation, &err);
    if (code == PK_OK && relation->name != NULL && relation->parts.count != 0) {
        world->view.base_relation = relation;
    }
}

struct pk_relationship_plan
pk_world_plan(struct pk_world *world)
{
    const struct pk_plan_options options = {.limits = pk_guard_default_limits,
                                            .now = pk_mono_now()};
    pk_world_observe(world);
    struct pk_relationship_plan plan = pk_plan_relationship(world->pool, &world->view, &options);
    plan.approved = plan.held.is_held && pk_held_can_be_approved(&plan.held);
    return plan;
}

struct pk_relationship_plan
pk_world_plan_replicate(struct pk_world *world, const struct pk_replicate_request *request)
{
    const struct pk_plan_options options = {
        .limits = pk_guard_default_limits, .now = pk_mono_now(), .by_hand = true};
    pk_world_observe(world);
    return pk_replicate_plan(world->pool, &world->view, request, &options);
}

struct pk_executor
pk_world_executor(struct pk_world *world)
{
    struct pk_executor executor = {
        .db = world->db, .revision = "3f2c1ab", .actor = "agent", .stop = &world->stop};
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        executor.drivers[side] = world->drivers[side];
        executor.servers[side] = world->servers[side];
    }
    return executor;
}

struct pk_execution
pk_world_act(struct pk_world *world, struct pk_relationship_plan *plan)
{
    struct pk_executor executor = pk_world_executor(world);
    struct pk_execution execution;
    struct pk_error err = {0};
    must(pk_execute(&executor, plan, &execution, &err), &err, "execute");
    return execution;
}

void
pk_world_record(struct pk_world *world, const struct pk_relationship_plan *plan)
{
    struct pk_error err = {0};
    must(pk_record_observation(world->db, plan, "3f2c1ab", &err), &err, "record an observation");
}

struct pk_execution
pk_world_pass(struct pk_world *world)
{
    struct pk_relationship_plan plan = pk_world_plan(world);
    pk_world_record(world, &plan);
    return pk_world_act(world, &plan);
}

/* -- Looking ---------------------------------------------------------------------------------- */

const struct pk_row *
pk_world_holds(struct pk_world *world, int side, const char *subnet)
{
    struct pk_error err = {0};
    struct pk_observation seen;
    must(world->drivers[side]->read(world->servers[side], world->pool, &seen, &err), &err,
         "read a server");
    return pk_rows_find(&seen.rows, pk_world_subnet(subnet));
}

const char *
pk_world_value(struct pk_world *world, int side, const char *subnet, const char *part)
{
    const struct pk_row *row = pk_world_holds(world, side, subnet);
    const struct pk_field *field;
    const char *key;
    if (row == NULL || !pk_part_parse_name(&pk_scope_fields, part, &field, &key)) {
        return NULL;
    }
    return pk_parts_get(&row->parts, field, key);
}

size_t
pk_world_operations(struct pk_world *world, struct pk_operation **at)
{
    struct pk_error err = {0};
    size_t count;
    must(pk_operations_load(world->db, world->pool, NULL, MOST_OPERATIONS, at, &count, &err), &err,
         "load operations");
    return count;
}

size_t
pk_world_events(struct pk_world *world, enum pk_reason reason, const char *subnet)
{
    struct pk_error err = {0};
    struct pk_event *events;
    size_t count, found = 0;
    must(pk_events_load(world->db, world->pool, 0, (struct pk_wall){0}, 0, &events, &count, &err),
         &err, "load events");
    for (size_t i = 0; i < count; i++) {
        bool about =
            subnet == NULL || (events[i].subnet != NULL && strcmp(events[i].subnet, subnet) == 0);
        found += events[i].reason == reason && about;
    }
    return found;
}
