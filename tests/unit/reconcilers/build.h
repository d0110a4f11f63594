/**
 * @file
 * Views from short text, and plans as text: so that a case is two strings.
 *
 * One thing a line; `#` begins a comment line.  Servers are called `a` (server 1) and `b`:
 *
 *     relationship campus [source:b] [heal:commits] [prune:owned] [foreign:replicate]
 *                         [settings:enforce] [suspend] [mode="hot-standby"] [load-split=60]
 *     want SUBNET PART…     what Git states; `own:options` owns a field without stating any of it
 *     a SUBNET PART…        a row on server a; `b`, `both` likewise
 *     base-a SUBNET PART…   its base; `base-b`, `base` (both) likewise
 *     same SUBNET PART…     row and base on both servers
 *     owned SUBNET…         what Git named at the last acting pass
 *     relation-a NAME SERVER SERVER PART… [state:terminated]   also relation-b, relation (both),
 *                           relation-base
 *     leaving SUBNET NAME | coming SUBNET NAME [prunes] [still] | relinked SUBNET NAME
 *     retired-a ID SUBNET
 *     renamed NAME | bases-unknown | unlinked-a | kea | read-only…
 *
 * A part is `name=value` with a canonical value without spaces.  A row is linked to the
 * relationship of the view unless it says `link:NAME` or `link:-`; `leases:3` are its active ones
 * (`leases:?` = cannot tell, which is what a row has that says nothing: 0).
 */
#ifndef PK_TEST_RECONCILERS_BUILD_H
#define PK_TEST_RECONCILERS_BUILD_H

#include "reconcilers/plan.h"

struct pk_pair_view *build_view(struct pk_pool *pool, const char *text);

struct pk_prefix build_subnet(const char *text);

/** Options with default limits and observations that are new. */
struct pk_plan_options build_options(void);

/** One line an action: `replicate-scope 10.0.1.0/24 a>b write b`, `delete a b`, ` blocked WHY`. */
const char *describe_actions(struct pk_pool *pool, const struct pk_relationship_plan *plan);

/** One line a difference: `10.0.1.0/24 b lease-time 200>100 partner`; absent is `-`. */
const char *describe_differences(struct pk_pool *pool, const struct pk_comparison *comparison);

/** Parts of a row: `name="x" relationship="campus"`; `-` for no row. */
const char *describe_parts(struct pk_pool *pool, const struct pk_parts *parts);

#endif
