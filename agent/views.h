/**
 * @file
 * From snapshot, observations and ADM to one view for each relationship.
 */
#ifndef PK_AGENT_VIEWS_H
#define PK_AGENT_VIEWS_H

#include "agent/fleet.h"

struct pk_views {
    struct pk_pair_view *at; /**< one for each relationship of the snapshot, in its order */
    size_t count;
    const char *const *dropped; /**< relationships with a base that Git no longer names, sorted */
    size_t dropped_count;
};

struct pk_narrow;

/**
 * @param narrow  what snapshot and fleet were cut down to, or not used: everything
 * @param db  NULL: no base is known (design 6, "No database")
 * @param bases_unknown  the database exists but may not be read
 */
enum pk_code pk_views_build(struct pk_pool *pool, const struct pk_config *config,
                            const struct pk_snapshot *snapshot, const struct pk_fleet *fleet,
                            struct pk_db *db, const struct pk_narrow *narrow, bool bases_unknown,
                            struct pk_views *out, struct pk_error *err);

#endif
