/**
 * @file
 * All that is known of one relationship at one moment: the input of every decision.
 *
 * Plain data borrowed from snapshot, observations and ADM; nothing here reads or writes anything,
 * so a test builds a view with literals.
 */
#ifndef PK_RECONCILERS_VIEW_H
#define PK_RECONCILERS_VIEW_H

#include "adm/operations.h"
#include "adm/scopes.h"
#include "desired-state/snapshot.h"
#include "drivers/driver.h"

/** What one server of the pair told us. */
struct pk_server_view {
    const char *name;
    bool known;         /**< false: could not be read; rows and relations are then meaningless   */
    const char *reason; /**< why not, or NULL                                                     */
    bool writes;        /**< server and driver allow writing                                      */
    struct pk_rows rows; /**< everything on the server                                  */
    struct pk_relations relations;
    const struct pk_scope_defaults *defaults; /**< as struct pk_observation has them */
    size_t default_count;
    const struct pk_capabilities *capabilities;
    struct pk_mono observed_at;
    struct pk_retired_ids retired_ids;
};

/** A scope that leaves one relationship for another with other servers. */
struct pk_move {
    struct pk_prefix subnet;
    const char *other; /**< the relationship it comes from or goes to                          */
    bool other_prunes; /**< incoming: the losing relationship has `prune: owned`               */
    bool still_there;  /**< incoming: rows of it are still on the losing relationship's servers */
};

struct pk_moves {
    const struct pk_move *at; /**< sorted by subnet */
    size_t count;
};

struct pk_pair_view {
    const struct pk_wanted_relationship *relationship;
    struct pk_wanted_scopes scopes;
    struct pk_server_view servers[PK_PAIR];
    struct pk_rows base[PK_PAIR]; /**< of every scope that has a base on that server, whatever its
                                       relationship was then; row.relationship tells            */
    struct pk_rows owned_before;  /**< what Git owned at the last acting pass (adm/applied.h)     */
    const struct pk_relation *base_relation; /**< last verified relationship, NULL = never        */
    const char *renamed_from; /**< its name on the servers when Git renamed it, else NULL; rows of
                                   that name count as this relationship's                        */
    size_t unseen; /**< scopes left out of everything here: wanted, verified and in step before, and
                        nothing about them changed since                                      */
    bool bases_unknown; /**< no database at hand: guards that need bases are not judged           */
    struct pk_prefixes half_written[PK_PAIR]; /**< ours, cut off: nobody's edit, and no source */
    struct pk_prefixes in_doubt[PK_PAIR]; /**< all that was cut off or failed and was not verified
                                               since: those, and others done or not begun */
    struct pk_moves leaving, coming;
    /** Scopes that Git now names in another relationship of the same two servers: that one links
        them anew, so here they are neither dropped nor foreign. */
    struct pk_moves relinked;
    /** Scopes without a link belong here when this is the first relationship of that server. */
    bool adopts_unlinked[PK_PAIR];
};

/** Is this row of server @p side this relationship's (linked to it, or unlinked and adopted)? */
bool pk_view_has(const struct pk_pair_view *view, int side, const struct pk_row *row);

/** Does a relationship of these two servers, in either order, join the same pair as the view's? */
bool pk_view_is_our_pair(const struct pk_pair_view *view, const char *const servers[PK_PAIR]);

/** Was our own writing of the row cut off? */
bool pk_view_is_half_written(const struct pk_pair_view *view, int side, struct pk_prefix subnet);

/** The relationship as server @p side holds it, under its old name too; NULL = not there. */
const struct pk_relation *pk_view_relation(const struct pk_pair_view *view, int side);

/** Scopes of the relationship that have a base, on either server: the n of the guards. */
size_t pk_view_base_count(const struct pk_pair_view *view);

/** The move of @p subnet, or NULL. */
const struct pk_move *pk_moves_find(const struct pk_moves *moves, struct pk_prefix subnet);

/** The side content flows to. */
static inline int
pk_other_side(int side)
{
    return PK_SERVER_2 - side;
}

/**
 * Rows that hold exactly what an unfinished operation of ours meant to write count as base; where
 * it meant to delete and the row is gone, so is its base.  One that is between what was there and
 * what was meant is half written; it counts as base, too, where nothing was there.
 * @param pool  owns the new base arrays put into @p view
 */
void pk_view_credit_intents(struct pk_pool *pool, struct pk_pair_view *view,
                            const struct pk_operation *unfinished, size_t count);

/** A scope is as it is to be: what earlier operations left open in it is over. */
void pk_view_settle_intents(const struct pk_pair_view *view, struct pk_txn *txn,
                            struct pk_prefix subnet);

#endif
