/**
 * @file
 * What `diff`, `apply` and `replicate` have in common: one pass, shown.
 */
#ifndef PK_AGENT_PASS_VERB_H
#define PK_AGENT_PASS_VERB_H

#include "agent/pass.h"
#include "agent/verb.h"

/**
 * Acts on @p request and prints what came of it.  On a terminal the plan is shown and a person
 * asked first, unless @p request says yes already; the answer is for the plan that was shown.
 * @param note  said with the result, or NULL
 */
enum pk_exit
pk_pass_verb_act(struct pk_context *context, struct pk_pass_request request, const char *note);

/**
 * Opens the database for a verb that only reads.  None at all is fine; one that may not be read is
 * fine where no server lives in it.
 * @param unknown  set when it may not be read: bases are unknown
 */
enum pk_code pk_pass_verb_bases(struct pk_context *context, bool *unknown, struct pk_error *err);

/** The exit code of a pass that could not run, after saying why. */
enum pk_exit pk_pass_verb_fail(struct pk_context *context, const struct pk_pass_result *result,
                               const struct pk_error *err);

#endif
