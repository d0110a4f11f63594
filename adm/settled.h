/**
 * @file
 * What was verified as in step: with the same commit and the same change sequences there is nothing
 * to compare but the scopes left open, with another commit only these and what it changes.
 *
 * Written by acting passes alone, together with what they record.  It saves work and decides
 * nothing: without it the next pass compares everything and comes to the same plan.
 */
#ifndef PK_ADM_SETTLED_H
#define PK_ADM_SETTLED_H

#include "adm/db.h"
#include "adm/model.h"

/** A file that declares relationships or open scopes. */
struct pk_settled_file {
    const char *path, *content;
};

struct pk_settled_relationship {
    const char *name;
    size_t scopes; /**< wanted, verified and equal on both servers */
};

struct pk_settled_server {
    const char *name, *sequence;
};

struct pk_settled {
    const char *commit;      /**< NULL = nothing is settled                       */
    const char *fingerprint; /**< of the program and the configuration that said so */
    struct pk_wall verified; /**< last comparison of everything                   */
    size_t files;            /**< of the commit */
    uint64_t bytes;
    const struct pk_settled_file *sources; /**< sorted by path */
    size_t source_count;
    struct pk_prefixes open; /**< scopes not in step, whether wanted or only there; sorted */
    const struct pk_settled_relationship *relationships; /**< all of the commit, sorted by name */
    size_t relationship_count;
    const struct pk_settled_server *servers; /**< of all relationships, sorted by name */
    size_t server_count;
};

/** @param out  in @p pool; without commit when nothing is settled */
enum pk_code pk_settled_load(struct pk_db *db, struct pk_pool *pool, struct pk_settled *out,
                             struct pk_error *err);

/** Takes the place of what was settled before. */
void pk_settled_put(struct pk_txn *txn, const struct pk_settled *settled);

/** Nothing is settled any more; writes nothing when nothing was. */
void pk_settled_forget(struct pk_txn *txn);

#endif
