/**
 * @file
 * A pass's result for people and for programs (design 6, 6.1).
 */
#ifndef PK_AGENT_RENDER_H
#define PK_AGENT_RENDER_H

#include "agent/context.h"
#include "agent/pass.h"

/** The text of `diff` and `apply`: one line a scope, then its fields, then the summary. */
void pk_render_pass_text(struct pk_context *context, const struct pk_pass_result *result);

/** The JSON shape of `diff`/`apply`. */
json_t *pk_render_pass_json(const struct pk_pass_result *result);

/** One relationship's object of that shape: also kept with a held plan. */
json_t *pk_render_relationship_json(const struct pk_pass_relationship *relationship, bool acted);

#endif
