/*
 * A pass that does not act, told about one scope.  It says what the running agent would say: the
 * revision in force counts where the tip cannot be used, and back-off holds.
 */
#include "agent/explain.h"
#include "agent/pass-verb.h"

static enum pk_exit
explain(struct pk_context *context, struct pk_prefix subnet, bool bases_unknown)
{
    struct pk_error err = {0};
    struct pk_pass_result result = {0};
    const struct pk_pass_request request = {
        .paced = true,
        .last_good = true,
        .subnet = &subnet,
        .bases_unknown = bases_unknown,
        .actor = context->actor,
        .stop = context->stop,
    };
    if (pk_pass_run(context->pool, context->config, context->db, &request, &result, &err) !=
        PK_OK) {
        return pk_pass_verb_fail(context, &result, &err);
    }
    pk_explain_print(context, &result, subnet);
    return PK_EXIT_IN_STEP;
}

enum pk_exit
pk_verb_explain(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct pk_prefix subnet;
    bool bases_unknown = false;
    struct pk_error err = {0};
    if (!pk_verb_subnet(context, arguments, arguments->positional[0], &subnet)) {
        return PK_EXIT_USAGE;
    }
    if (pk_pass_verb_bases(context, &bases_unknown, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    return explain(context, subnet, bases_unknown);
}
