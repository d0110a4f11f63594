/**
 * @file
 * What the ADM remembers of relationships, and under which name one was known before Git renamed
 * it.
 */
#ifndef PK_AGENT_RENAMES_H
#define PK_AGENT_RENAMES_H

#include "agent/fleet.h"
#include "agent/views.h"

/** One relationship, whatever Git calls it now. */
struct pk_remembered_relationship {
    const char *name;
    struct pk_relation relation; /**< name NULL: its settings were never verified */
};

struct pk_remembered {
    struct pk_remembered_relationship *at;
    size_t count;
};

enum pk_code pk_remembered_load(struct pk_db *db, struct pk_pool *pool, struct pk_remembered *out,
                                struct pk_error *err);

/** NULL: nothing is remembered of it. */
const struct pk_remembered_relationship *
pk_remembered_find(const struct pk_remembered *remembered, const char *name);

/** Do both name the same two servers, in whatever order?  Not where one of them is not known. */
bool pk_is_same_pair(const char *const a[PK_PAIR], const char *const b[PK_PAIR]);

/** A name of this pair that Git no longer has, on the servers or in memory; else NULL. */
const char *
pk_remembered_old_name(const struct pk_remembered *remembered, const struct pk_snapshot *snapshot,
                       const struct pk_fleet *fleet, const struct pk_wanted_relationship *wanted);

/** Persists renames that the views found, with their events. */
void pk_views_record_renames(struct pk_txn *txn, const struct pk_views *views, const char *revision,
                             struct pk_wall now);

#endif
