/**
 * @file
 * What text and JSON of a pass have in common: which values are shown and what things are called.
 */
#ifndef PK_AGENT_RENDER_PARTS_H
#define PK_AGENT_RENDER_PARTS_H

#include "reconcilers/plan.h"

/** Canonical values as shown; NULL = absent. */
struct pk_shown {
    const char *have, *want;
};

/**
 * The two values of a difference.  A field that an existing row does not hold has its default, if
 * there is one, so that a change reads `active → inactive`.
 * @param scope  the scope, or NULL for a setting of the relationship
 */
struct pk_shown
pk_shown_of(const struct pk_scope_state *scope, const struct pk_difference *difference);

/** Canonical mode of a relationship, stated or by default. */
const char *pk_relationship_mode(const struct pk_wanted_relationship *relationship);

/**
 * Who made a difference: `git`, `partner edited`; with it that wanted are halves: `git,
 * split-ranges`.
 * @param scope  the scope, or NULL for a setting of the relationship
 */
const char *pk_cause_words(struct pk_pool *pool, const struct pk_scope_state *scope,
                           const struct pk_difference *difference);

/** `planned`, `done`, `changed meanwhile`: what became of an action, for people. */
const char *pk_action_status_words(enum pk_action_status status);

/** The scope's name as Git states it, else as a server has it; "" when nobody names it. */
const char *pk_scope_label(struct pk_pool *pool, const struct pk_scope_state *scope);

/** Does the scope differ, but heal leaves all of it alone, so that no action stands for it? */
bool pk_scope_is_left_alone(const struct pk_scope_state *scope);

/** `act`, `no-writes`, `suspended`, `report`, `backing-off`. */
const char *pk_permit_name(enum pk_permit permit);

/** Why nothing is written, with what to do about it; NULL when nothing keeps it from acting. */
const char *pk_permit_words(struct pk_pool *pool, const struct pk_relationship_plan *plan);

/**
 * Is this hold one that `replicate` by hand leaves to a person: adopt, conflict, updates,
 * server-lost and no other?
 */
bool pk_held_is_answerable(const struct pk_held *held);

#endif
