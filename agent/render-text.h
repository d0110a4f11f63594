/**
 * @file
 * The pieces of a pass's text: fields, actions, relationships (agent/render-text.c puts them
 * together).
 */
#ifndef PK_AGENT_RENDER_TEXT_H
#define PK_AGENT_RENDER_TEXT_H

#include "agent/render.h"
#include "agent/screen.h"

/** Columns at which the lines of a relationship begin. */
enum { PK_INDENT_SCOPE = 2, PK_INDENT_FIELD = 6, PK_INDENT_VALUE = 8, PK_GAP = 2 };

/**
 * Differences as a table: part, both servers, cause.  Where a line would be wider than the screen,
 * each server gets a line of its own and long values are wrapped.
 * @param scope  the scope, or NULL for settings of the relationship; a server without its row is
 *               left out: the action's own line says so
 */
void pk_text_fields(const struct pk_screen *screen, const struct pk_pair_view *view,
                    const struct pk_scope_state *scope, const struct pk_difference *differences,
                    size_t count);

/** What an action does, by the servers it writes: `update dhcp-a, replicate → dhcp-b`. */
const char *
pk_text_action_words(const struct pk_screen *screen, const struct pk_relationship_plan *plan,
                     const struct pk_action *action);

/** Every action with its fields, then what heal leaves alone. */
void pk_text_actions(const struct pk_screen *screen, const struct pk_relationship_plan *plan,
                     bool acted);

/** One relationship; nothing when there is nothing to say about it. */
void pk_text_relationship(const struct pk_screen *screen, const struct pk_pass_result *result,
                          const struct pk_pass_relationship *relationship, bool by_hand);

/** The last line: counts of relationships and scopes, or that there is nothing to do. */
const char *
pk_text_summary(const struct pk_screen *screen, const struct pk_pass_result *result, bool by_hand);

/** `main@3f2c1ab` */
const char *pk_text_revision(struct pk_pool *pool, const char *ref, const char *commit);

#endif
