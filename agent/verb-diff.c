/*
 * The pass with acting switched off.  It must be of use to whoever may not read the agent's
 * database, but it must not mislead: embedded servers live in that file, so without it they would
 * look empty.
 */
#include "agent/pass-result.h"
#include "agent/pass-verb.h"
#include "agent/render.h"

static enum pk_code
open_bases(struct pk_context *context, bool *unknown, struct pk_error *err)
{
    enum pk_code code = pk_context_db(context, PK_DB_READ, err);
    *unknown = code == PK_EACCESS && !pk_config_has_embedded(context->config);
    return code == PK_ENOENT || *unknown ? PK_OK : code;
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
    if (open_bases(context, &request.bases_unknown, &err) != PK_OK) {
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
    return result.exit;
}
