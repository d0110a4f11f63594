/**
 * @file
 * How an observation moves the base of one row (design 5.2), and what is said about it.  Pure.
 */
#ifndef PK_RECONCILERS_BASE_AFTER_H
#define PK_RECONCILERS_BASE_AFTER_H

#include "adm/applied.h"
#include "reconcilers/compare.h"

/**
 * Each part with have = want becomes base; one that differs keeps its old base.  A row without base
 * gets one only when it is wanted as it is: else guard `adopt` could not tell that nobody has
 * agreed to overwrite it.
 * @param have  NULL = no row
 * @param base  NULL = none
 * @param out   in @p pool, borrows from the three; untouched when there is no base
 * @return whether the row has a base now
 */
bool pk_base_after(struct pk_pool *pool, const struct pk_parts *have, const struct pk_parts *want,
                   const struct pk_parts *base, struct pk_parts *out);

/**
 * Does the base of this scope follow what is wanted?  Not of one that nobody wants anything of, nor
 * of one that Git does not name and that is only copied by hand.
 */
bool pk_base_follows(const struct pk_pair_view *view, const struct pk_scope_state *scope);

/**
 * What Git wants of a scope.  A plan by hand wants one server's content as it is; where Git owns a
 * part, the base must go on telling that this is not what was wanted.
 */
struct pk_parts pk_base_want(struct pk_pool *pool, const struct pk_scope_state *scope);

bool pk_parts_are_equal(const struct pk_parts *a, const struct pk_parts *b);

/** What Git owns of a scope, in the form of pk_owned_put(). */
struct pk_parts pk_owned_parts(struct pk_pool *pool, const struct pk_wanted_scope *wanted);

/** In sync when both servers hold the same; the status of both rows (D22). */
enum pk_sync_status pk_rows_status(const struct pk_row *const rows[PK_PAIR]);

#endif
