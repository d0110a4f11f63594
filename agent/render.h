/**
 * @file
 * A pass's result for people and for programs (design 6, 6.1).
 */
#ifndef PK_AGENT_RENDER_H
#define PK_AGENT_RENDER_H

#include "agent/context.h"
#include "agent/pass.h"

/**
 * What `diff`, `apply` and `replicate` print: warnings of the revision on the context's err, the
 * result in the context's format on its out.
 * @param by_hand  a person asked for this replicate: some holds are answered with --yes
 */
void pk_render_pass(struct pk_context *context, const struct pk_pass_result *result, bool by_hand);

/** The text of `diff` and `apply`: one line a scope, then its fields, then the summary. */
void
pk_render_pass_text(struct pk_context *context, const struct pk_pass_result *result, bool by_hand);

/**
 * The same for a comment on a merge request: less than 60,000 characters, whatever the plan's size,
 * and a first line by which a script finds the comment again (`<!-- pairkeeper:diff … -->`).
 */
const char *
pk_render_pass_markdown(struct pk_pool *pool, const struct pk_pass_result *result, bool by_hand);

/** The JSON shape of `diff`/`apply`. */
json_t *pk_render_pass_json(const struct pk_pass_result *result);

/** `{ref, commit, attempted}` of a result. */
json_t *pk_json_revision(const struct pk_pass_result *result);

/** One relationship's object of that shape: also kept with a held plan. */
json_t *pk_render_relationship_json(const struct pk_pass_relationship *relationship, bool acted);

#endif
