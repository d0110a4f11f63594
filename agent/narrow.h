/**
 * @file
 * A pass that looks only at what may have changed.
 *
 * The last acting pass left on record which commit was in step and at which change sequences
 * (adm/settled.h).  While the servers still have these sequences, only what the commit in force
 * says otherwise, and what was not in step then, can need anything.  Snapshot, observation and
 * bases are cut down to those subnets; every decision after that is the same code over a smaller
 * view.
 *
 * Whatever is out of the ordinary ends this: then everything is compared.  So the record saves work
 * and never decides.
 */
#ifndef PK_AGENT_NARROW_H
#define PK_AGENT_NARROW_H

#include "adm/settled.h"
#include "agent/fleet.h"
#include "agent/pass-result.h"
#include "agent/views.h"

struct pk_sifted;

struct pk_narrow {
    bool used;
    bool over;                 /**< everything is to be compared: not cut down again */
    struct pk_settled settled; /**< what it stands on; commit NULL = nothing */
    bool reopened; /**< settled is not as it was put on record: a server has changed since */
    const struct pk_sifted *sifted; /**< or, of the whole commit, what hashes tell (agent/sift.h) */
    struct pk_wall verified;        /**< last comparison of everything            */
    struct pk_prefixes subnets;     /**< all that is looked at, sorted            */
    const uint32_t *ids;            /**< of each: the subnet id it may need, 0 = none */
    const size_t *unseen;           /**< of each relationship of the snapshot     */
    struct pk_snapshot before;      /**< what the settled commit said of them     */
};

/** The files a snapshot was built from. */
struct pk_snapshot_source {
    const struct pk_source_file *files;
    size_t count;
    size_t all_files; /**< of the commit; more than count when narrow */
    uint64_t all_bytes;
};

/** What has to be the same for a record to be of use: program and configuration. */
const char *pk_narrow_fingerprint(struct pk_pool *pool, const struct pk_config *config);

/**
 * The snapshot of @p commit cut down to what may have changed.
 * @param narrow  settled is set; the rest is filled, used says whether it can be done
 */
void pk_narrow_load(struct pk_pool *pool, const struct pk_repository_config *repository,
                    const struct pk_snapshot_context *context, const char *commit,
                    struct pk_narrow *narrow, struct pk_snapshot *out,
                    struct pk_snapshot_source *source);

/**
 * Sets narrow->ids for narrow->subnets from what Git says of them now.
 * @return false when two relationships want one of the subnets
 */
bool
pk_narrow_list_ids(struct pk_pool *pool, const struct pk_snapshot *after, struct pk_narrow *narrow);

/** Observes narrow->subnets; false when a server cannot be read or has something in their way. */
bool pk_narrow_look(struct pk_fleet *fleet, const struct pk_narrow *narrow);

/** Observes what is looked at; false when a server has changed or something else is in the way. */
bool pk_narrow_observe(struct pk_fleet *fleet, const struct pk_narrow *narrow);

/** False when what was found there needs to know the rest. */
bool pk_narrow_suffices(const struct pk_narrow *narrow, const struct pk_views *views,
                        const struct pk_pass_result *result);

#endif
