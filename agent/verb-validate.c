/*
 * Checks without acting: the same reader and the same rules as a pass, of a folder as it lies there
 * or of a revision.  A configuration is used when there is one (it knows the servers), but a
 * checkout in a pipeline needs none.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/desired.h"
#include "agent/verb.h"
#include "base/text.h"

static bool
is_directory(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool
exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

static struct pk_snapshot_context
what_rules_know(struct pk_context *context)
{
    struct pk_snapshot_context known = {.limits = pk_document_default_limits};
    if (context->config != NULL) {
        known.servers = pk_config_known_servers(context->pool, context->config);
        known.server_count = context->config->server_count;
    }
    return known;
}

/* PK_OK and PK_EINVAL are verdicts, the errors in @p diagnostics; all else could not be judged. */
static enum pk_code
validate_directory(struct pk_context *context, const char *directory,
                   struct pk_diagnostics *diagnostics, struct pk_error *err)
{
    struct pk_source_file *files = NULL;
    size_t count = 0;
    struct pk_snapshot snapshot;
    struct pk_repository_config limits = pk_config_default_limits();
    struct pk_snapshot_context known = what_rules_know(context);
    enum pk_code code =
        pk_directory_read(context->pool, directory, &limits, &files, &count, diagnostics, err);
    return code == PK_OK
               ? pk_snapshot_build(context->pool, files, count, &known, diagnostics, &snapshot)
               : code;
}

static enum pk_code
validate_revision(struct pk_context *context, const char *revision,
                  struct pk_diagnostics *diagnostics, struct pk_error *err)
{
    struct pk_pass_request request = {.revision = revision, .actor = context->actor};
    struct pk_desired desired = {.diagnostics = diagnostics};
    enum pk_exit exit = PK_EXIT_IN_STEP;
    enum pk_code code =
        pk_desired_load(context->pool, context->config, NULL, &request, &desired, &exit, err);
    if (desired.diagnostics != NULL && desired.diagnostics != diagnostics) {
        *diagnostics = *desired.diagnostics;
    }
    pk_desired_close(&desired);
    return code;
}

static enum pk_exit
print(struct pk_context *context, const char *what, struct pk_diagnostics *diagnostics)
{
    bool valid = diagnostics->errors == 0;
    pk_diagnostics_sort(diagnostics);
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_object_set_new(document, "valid", json_boolean(valid));
        json_object_set_new(document, "errors", pk_json_diagnostics(diagnostics, false));
        json_object_set_new(document, "warnings", pk_json_diagnostics(diagnostics, true));
        pk_context_print_json(context, document);
        return valid ? PK_EXIT_IN_STEP : PK_EXIT_INVALID;
    }
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        fprintf(context->out, "%s\n", pk_diagnostic_text(context->pool, &diagnostics->list.at[i]));
    }
    fprintf(context->out, "%s: %s: %zu error%s, %zu warning%s\n", what, valid ? "valid" : "invalid",
            diagnostics->errors, pk_plural(diagnostics->errors), diagnostics->warnings,
            pk_plural(diagnostics->warnings));
    return valid ? PK_EXIT_IN_STEP : PK_EXIT_INVALID;
}

static enum pk_code
nothing_to_read(const char *path, struct pk_error *err)
{
    return pk_error_set(err, PK_ENOENT, path,
                        exists(path) ? "is a file; name the folder that holds it"
                                     : "is no folder here, and without a configuration there is no "
                                       "repository to look for such a revision; write one or name "
                                       "it with --config FILE");
}

enum pk_exit
pk_verb_validate(struct pk_context *context, const struct pk_arguments *arguments)
{
    const char *path = arguments->positional_count > 0 ? arguments->positional[0] : NULL;
    struct pk_diagnostics wrong_config = {.pool = context->pool};
    struct pk_diagnostics diagnostics = {.pool = context->pool};
    struct pk_error err = {0};
    enum pk_code code = pk_context_config(context, &wrong_config, &err);
    if (code == PK_EINVAL) {
        return pk_context_fail_invalid(context, err.where, &wrong_config);
    }
    if (code != PK_OK && (code != PK_ENOENT || context->config_file != NULL)) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    bool has_config = code == PK_OK;
    const char *what = path != NULL ? path : has_config ? context->config->repository.branch : ".";
    if (path != NULL ? is_directory(path) : !has_config) {
        code = validate_directory(context, what, &diagnostics, &err);
    } else if (has_config && (path == NULL || !exists(path))) {
        code = validate_revision(context, path, &diagnostics, &err);
    } else {
        code = nothing_to_read(path, &err);
    }
    if (code != PK_OK && (code != PK_EINVAL || diagnostics.errors == 0)) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    return print(context, what, &diagnostics);
}
