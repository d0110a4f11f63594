/*
 * `reconcile` only ever runs inside the agent that was asked: without --wait it moves the next pass
 * to now and returns, with it the pass runs inside the request and its result is the answer.
 */
#include "agent/agent.h"
#include "agent/render.h"
#include "agent/verb.h"

static enum pk_exit
pass_now(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct pk_pass_result result;
    struct pk_error err = {0};
    context->agent->was_asked = true;
    enum pk_exit exit =
        pk_agent_pass(context->agent, context->pool,
                      arguments->positional_count != 0 ? arguments->positional : NULL,
                      arguments->positional_count, &result, &err);
    if (err.code != PK_OK) {
        return pk_context_fail(context, exit, &err);
    }
    pk_render_pass(context, &result, false);
    return exit;
}

enum pk_exit
pk_verb_reconcile(struct pk_context *context, const struct pk_arguments *arguments)
{
    bool now = pk_argument(arguments, "wait") != NULL || arguments->positional_count != 0;
    if (now) {
        return pass_now(context, arguments);
    }
    pk_agent_wake(context->agent);
    fputs("a pass was asked for; `pairkeeper status` shows its result\n", context->out);
    return PK_EXIT_IN_STEP;
}
