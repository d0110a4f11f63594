/*
 * The pass with acting switched off.  It is of use to whoever may not read the agent's database,
 * too; what cannot be told then is said.
 */
#include "agent/pass-result.h"
#include "agent/pass-verb.h"
#include "agent/plan-file.h"
#include "agent/render.h"

/* The result is on stdout already, in whatever form; this is said beside it. */
static void
print_plan_failure(struct pk_context *context, const struct pk_error *err)
{
    fprintf(context->err, "pairkeeper: %s: %s\n", err->where, err->message);
}

enum pk_exit
pk_verb_diff(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct pk_error err = {0};
    struct pk_pass_request request = {
        .names = arguments->positional_count > 0 ? arguments->positional : NULL,
        .name_count = arguments->positional_count,
        .repository = pk_argument(arguments, "repo"),
        .revision = pk_argument(arguments, "revision"),
        .actor = context->actor,
        .stop = context->stop,
    };
    if (pk_argument(arguments, "out") != NULL && request.names != NULL) {
        return pk_verb_usage(context, arguments,
                             "a plan file is about all relationships: leave out '%s' or --out",
                             request.names[0]);
    }
    if (pk_pass_verb_bases(context, &request.bases_unknown, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    struct pk_pass_result result = {0};
    if (pk_pass_run(context->pool, context->config, context->db, &request, &result, &err) !=
        PK_OK) {
        return pk_pass_verb_fail(context, &result, &err);
    }
    if (request.bases_unknown) {
        pk_pass_note(context->pool, &result,
                     "bases are unknown: you may not read %s; who edited what cannot be told and "
                     "guards that need it are not judged",
                     context->config->database);
    }
    pk_render_pass(context, &result, false);
    const char *out = pk_argument(arguments, "out");
    if (out != NULL && pk_plan_file_write(context->pool, out, &result, &err) != PK_OK) {
        print_plan_failure(context, &err);
        return PK_EXIT_CANNOT_RUN;
    }
    return result.exit;
}
