/**
 * @file
 * Lists in the order of subnets, walked in step.  Only agent/sift*.c includes this.
 */
#ifndef PK_AGENT_SIFT_LANES_H
#define PK_AGENT_SIFT_LANES_H

#include "adm/verified.h"
#include "agent/fleet.h"

/** A sorted list of things that begin with their subnet, and a place in it. */
struct pk_lane {
    const char *at;
    size_t stride, count, next;
    bool *settled; /**< of each: is it in step? */
};

/** What both servers of every relationship hold, beside what was verified of it. */
struct pk_sifting {
    struct pk_fleet *fleet;
    const struct pk_snapshot *snapshot;
    const struct pk_verified_scope *verified; /**< in the order of subnets      */
    size_t verified_count;
    struct pk_wall compared_at;
    const char **sequences;     /**< of each server, before its hashes were read */
    struct pk_lane *rows;       /**< of each server: struct pk_row_hash          */
    size_t (*members)[PK_PAIR]; /**< of each relationship: places in the fleet   */
    size_t relationship;        /**< that pk_sifting_enter() found               */
};

struct pk_lane pk_lane_of(struct pk_pool *pool, const void *at, size_t stride, size_t count);

struct pk_prefix pk_lane_subnet(const struct pk_lane *lane, size_t index);

/** What the lane has of @p subnet, or NULL; subnets are asked for in their order. */
const void *pk_lane_go_to(struct pk_lane *lane, struct pk_prefix subnet);

/** Appends the subnets of what is not settled. */
void pk_lane_left_over(struct pk_pool *pool, const struct pk_lane *lane, struct pk_prefixes *out);

/** Loads hashes; false when there are none of use, or a server keeps none. */
bool pk_sifting_begin(struct pk_sifting *sifting, const char *fingerprint);

/** Finds the relationship of a verified scope; false when Git has none of that name. */
bool pk_sifting_enter(struct pk_sifting *sifting, const struct pk_verified_scope *scope);

/** Do both servers hold it as it was verified?  Their lanes then stand at its rows. */
bool pk_sifting_holds(struct pk_sifting *sifting, const struct pk_verified_scope *scope);

/** Its rows are settled. */
void pk_sifting_settle(struct pk_sifting *sifting);

#endif
