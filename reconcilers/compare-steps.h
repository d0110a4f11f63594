/**
 * @file
 * The steps of a comparison, one file each, over one working state.  Only for the files that
 * compare and plan; everybody else sees reconcilers/compare.h.
 */
#ifndef PK_RECONCILERS_COMPARE_STEPS_H
#define PK_RECONCILERS_COMPARE_STEPS_H

#include "reconcilers/compare.h"

/** Subnet ids in use or retired, built when the first scope needs one. */
struct pk_used_id {
    uint32_t id;
    struct pk_prefix subnet;
    unsigned sides; /**< bit of each server it counts on */
};

struct pk_used_ids {
    const struct pk_used_id *at; /**< sorted by id; NULL = not built yet */
    size_t count;
    uint32_t next_free; /**< where the search for a free id goes on */
};

struct pk_comparing {
    struct pk_pool *pool;
    const struct pk_pair_view *view;
    int source, partner;
    const char *name_value;    /**< the relationship's name as a part's value   */
    struct pk_scope_state *at; /**< sorted by subnet                            */
    size_t count;
    size_t *replaced_by; /**< of each scope: index of the one that takes its place,
                              or PK_NOT_REPLACED; set by pk_find_replacements()  */
    bool lost[PK_PAIR], edited[PK_PAIR];
    bool refill;
    struct pk_used_ids ids;
};

#define PK_NOT_REPLACED SIZE_MAX

/** Begins with all scopes that are this relationship's or wanted there, kinds and rows filled. */
struct pk_comparing pk_comparing_begin(struct pk_pool *pool, const struct pk_pair_view *view);

/** The scope of exactly @p subnet, or NULL. */
struct pk_scope_state *
pk_comparing_find(const struct pk_comparing *comparing, struct pk_prefix subnet);

/** Which servers are lost (5.1). */
void pk_judge_lost(struct pk_comparing *comparing);

/** Sets scope->want (5.1), which may block the scope for want of an id. */
void pk_want_scope(struct pk_comparing *comparing, struct pk_scope_state *scope);

/** A row of @p subnet in this relationship; takes @p parts over, which it sorts. */
struct pk_row pk_want_row(const struct pk_comparing *comparing, struct pk_prefix subnet,
                          struct pk_part *parts, size_t count);

/** An id for a new scope as a part's value; NULL = none: the scope is blocked (5.6). */
const char *pk_choose_subnet_id(struct pk_comparing *comparing, struct pk_scope_state *scope);

/** Blocks a scope whose wanted id belongs to another prefix where it would be written. */
void pk_check_subnet_id(struct pk_comparing *comparing, struct pk_scope_state *scope);

/** Differences, what to write, conflict and adoption of a scope whose want is set. */
void pk_differ_scope(struct pk_comparing *comparing, struct pk_scope_state *scope);

/** The differences of one side from scope->want, for a caller that writes nothing else. */
void pk_differ_side(struct pk_comparing *comparing, struct pk_scope_state *scope, int side);

/** Which dropped scopes make room for another length of the same network address. */
void pk_find_replacements(struct pk_comparing *comparing);

/** Blocks what still stands in the relationship it comes from. */
void pk_block_moves(struct pk_comparing *comparing);

/** Blocks what would overlap a row that stays. */
void pk_block_overlaps(struct pk_comparing *comparing);

/** The relationship's own fields. */
void pk_compare_settings(const struct pk_comparing *comparing, struct pk_comparison *out);

#endif
