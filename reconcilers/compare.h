/**
 * @file
 * Want against have, scope by scope: what each server should hold, which parts differ, and who
 * changed them (design 5.1, 5.2).  Pure.
 */
#ifndef PK_RECONCILERS_COMPARE_H
#define PK_RECONCILERS_COMPARE_H

#include "reconcilers/view.h"

enum pk_cause {
    PK_CAUSE_GIT,
    PK_CAUSE_SOURCE,
    PK_CAUSE_PARTNER,
    PK_CAUSE_BOTH,
    PK_CAUSE_UNKNOWN,
    PK_CAUSE_COUNT
};

/** `git`, `source`, … as in JSON. */
const char *pk_cause_name(enum pk_cause cause);

/** What is known about one part on one server, for the truth table of 5.2. */
struct pk_cause_facts {
    bool any_row;   /**< some server of the relationship has the row */
    bool is_source; /**< the server in question is the source        */
    bool git_owns;
    bool has_base;                  /**< the scope has a base on this server         */
    const char *have, *base, *want; /**< canonical values, NULL = absent */
};

/** Only asked where have ≠ want. */
enum pk_cause pk_cause_of(const struct pk_cause_facts *facts);

/** A part that differs on one server. */
struct pk_difference {
    int side; /**< PK_SERVER_1 or PK_SERVER_2 */
    const struct pk_field *field;
    const char *key;
    const char *have, *want;
    enum pk_cause cause;
};

/** Why a scope cannot be acted on although it differs. */
enum pk_block {
    PK_BLOCK_NONE,
    PK_BLOCK_OVERLAP, /**< Conflict/Overlap, also: replace or move under prune: never */
    PK_BLOCK_NO_ID,   /**< no subnet id free to choose (5.6)                          */
};

const char *pk_block_name(enum pk_block block); /**< `Conflict/Overlap`, `NoFreeId` */

enum pk_scope_kind {
    PK_SCOPE_WANTED,  /**< named by Git                                           */
    PK_SCOPE_DROPPED, /**< once named and verified, no longer named               */
    PK_SCOPE_FOREIGN, /**< never named                                            */
};

/** One scope of a relationship, compared. */
struct pk_scope_state {
    struct pk_prefix subnet;
    enum pk_scope_kind kind;
    const struct pk_wanted_scope *wanted; /**< WANTED only                                     */
    const struct pk_row *have[PK_PAIR];   /**< NULL = absent                                   */
    const struct pk_row *base[PK_PAIR];
    bool half[PK_PAIR];           /**< our own writing of it was cut off               */
    bool is_kept_equal;           /**< pairkeeper wants something here: WANTED, or
                                       foreign: replicate                              */
    bool is_deleted;              /**< DROPPED under prune: owned, or moved away        */
    const char *moved_to;         /**< the relationship it moves to, or NULL            */
    struct pk_prefix replaces;    /**< length differs from subnet.length: the row of the
                                       same network address that has to go; else equal  */
    struct pk_row want;           /**< for both servers; meaningless when deleted       */
    struct pk_row write[PK_PAIR]; /**< what to write: want, less what heal leaves alone */
    bool writes[PK_PAIR];         /**< this side's row is to be written or deleted      */
    const struct pk_difference *differences; /**< by side, field, key; all of them               */
    size_t difference_count;
    bool left_alone; /**< some difference is not acted on because of heal  */
    bool conflict;   /**< cause both, or edited differently on both sides  */
    bool adopts;     /**< would change or delete a row without base        */
    enum pk_block block;
    const char *block_message;
};

struct pk_comparison {
    const struct pk_scope_state *at; /**< sorted by subnet; only scopes of this relationship   */
    size_t count;
    bool lost[PK_PAIR];   /**< 5.1, judged on bases                                  */
    bool edited[PK_PAIR]; /**< lost, and not for what it lacks: most was edited by hand */
    bool refill;          /**< the partner only lacks rows: refilled unasked         */
    const struct pk_difference *settings; /**< relationship's own fields, by side               */
    size_t settings_count;
    const char *member_change; /**< what of member, order, source or mode changed, or NULL */
    struct pk_relation want_relation;
    size_t base_count; /**< n of the guards: the relationship's scopes with a base */
};

/** The row that gives what Git does not own. */
struct pk_layer {
    const struct pk_row *row; /**< NULL = there is none: only defaults */
    int side;
    bool is_base;
};

/** The first row there is, in the order of 5.1, given which servers are lost. */
struct pk_layer
pk_scope_layer(const struct pk_scope_state *scope, int source, const bool lost[PK_PAIR]);

/** Both servers must be known.  @param pool  owns the result, which borrows from @p view */
struct pk_comparison pk_compare(struct pk_pool *pool, const struct pk_pair_view *view);

/** The scope of exactly @p subnet, or NULL. */
const struct pk_scope_state *
pk_comparison_find(const struct pk_comparison *comparison, struct pk_prefix subnet);

#endif
