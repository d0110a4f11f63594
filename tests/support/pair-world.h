/**
 * @file
 * Two servers, one relationship and a real database: what a test of planning and acting stands on.
 *
 * The servers are `dhcp-a` (server 1, source) and `dhcp-b`, the relationship is `campus`.  Parts
 * are written as `name=value` with the canonical value: `lease-time=3600`,
 * `options.routers=["10.0.0.1"]`. A failure of the world itself ends the test program.
 */
#ifndef PK_TESTS_PAIR_WORLD_H
#define PK_TESTS_PAIR_WORLD_H

#include "adm/events.h"
#include "reconcilers/execute.h"
#include "reconcilers/replicate.h"

enum { PK_WORLD_PATH_BYTES = 64 };

struct pk_world {
    struct pk_pool *pool;
    char folder[PK_WORLD_PATH_BYTES];
    struct pk_db *db;
    const struct pk_driver *drivers[PK_PAIR];
    struct pk_server_config configs[PK_PAIR];
    struct pk_server *servers[PK_PAIR];
    struct pk_wanted_relationship relationship;
    PK_VECTOR(struct pk_wanted_scope) scopes;
    struct pk_pair_view view;
    volatile int stop;
};

/** @param driver  of both servers; the embedded one lives in the world's database */
void pk_world_open(struct pk_world *world, const struct pk_driver *driver);
void pk_world_close(struct pk_world *world);

struct pk_prefix pk_world_subnet(const char *text);

/** A row of `campus` with these parts, and its link. */
struct pk_row *
pk_world_row(struct pk_world *world, const char *subnet, const char *const *parts, size_t count);

/** The `name=value` arguments of the functions below. */
#define PK_PARTS(...)                                                                              \
    (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)
#define PK_NO_PARTS NULL, 0

/** Git names this scope and owns exactly these parts; again for the same subnet: replaced. */
void
pk_world_want(struct pk_world *world, const char *subnet, const char *const *parts, size_t count);
/** Git no longer names it. */
void pk_world_unwant(struct pk_world *world, const char *subnet);

/** Somebody makes this server hold exactly this, behind our back. */
void pk_world_hold(struct pk_world *world, int side, const char *subnet, const char *const *parts,
                   size_t count);
/** As pk_world_hold(), in no relationship. */
void pk_world_hold_unlinked(struct pk_world *world, int side, const char *subnet,
                            const char *const *parts, size_t count);
void pk_world_lose(struct pk_world *world, int side, const char *subnet);

/** Reads servers and database into world->view. */
void pk_world_observe(struct pk_world *world);

/** Observes and plans; the plan is approved unless an approval could not lift what holds it. */
struct pk_relationship_plan pk_world_plan(struct pk_world *world);

/** Observes and plans a replicate by hand. */
struct pk_relationship_plan
pk_world_plan_replicate(struct pk_world *world, const struct pk_replicate_request *request);

struct pk_executor pk_world_executor(struct pk_world *world);
/** Executes; the recording of the database must work. */
struct pk_execution pk_world_act(struct pk_world *world, struct pk_relationship_plan *plan);
/** Records the observation the plan stands on. */
void pk_world_record(struct pk_world *world, const struct pk_relationship_plan *plan);
/** A whole pass with everything approved: plan, record, act. */
struct pk_execution pk_world_pass(struct pk_world *world);

/** What a server holds now; NULL = nothing. */
const struct pk_row *pk_world_holds(struct pk_world *world, int side, const char *subnet);
/** Value of a part a server holds now; NULL = absent. */
const char *pk_world_value(struct pk_world *world, int side, const char *subnet, const char *part);

/** The latest operations, newest first. */
size_t pk_world_operations(struct pk_world *world, struct pk_operation **at);
/** How many events of @p reason there are, about @p subnet unless NULL. */
size_t pk_world_events(struct pk_world *world, enum pk_reason reason, const char *subnet);

#endif
