/*
 * One pass that acts; everything about asking stands in agent/pass-verb.c.
 *
 * With a plan file the verb first looks, beside a running agent, whether the plan would still be
 * made; if not, it says what has changed.  Then it is `apply --digest`: the digest and nothing else
 * of the file reaches whoever acts, who plans anew and compares once more.
 */
#include <string.h>

#include "adm/db.h"
#include "agent/pass-verb.h"
#include "agent/plan-changes.h"
#include "agent/plan-file.h"
#include "agent/render-text.h"
#include "agent/render.h"

enum { CHANGES_SHOWN = 50, WORDS = 4 };

static const char nothing[] = "none"; /* the digest of a plan without actions */

static enum pk_exit
act(struct pk_context *context, const struct pk_arguments *arguments)
{
    const char *text = pk_argument(arguments, "digest");
    struct pk_sha256 digest = {.bytes = {0}};
    if (text != NULL && strcmp(text, nothing) != 0 && !pk_sha256_parse(text, &digest)) {
        return pk_verb_usage(context, arguments,
                             "--digest takes the 64 digits of a plan's digest, or none");
    }
    const struct pk_pass_request request = {
        .yes = pk_argument(arguments, "yes") != NULL,
        .expected = text != NULL ? &digest : NULL,
    };
    return pk_pass_verb_act(context, request, NULL);
}

/* -- A plan that no longer fits -- */

static json_t *
json_of_changes(struct pk_pool *pool, const struct pk_plan_changes *changes)
{
    json_t *list = json_array();
    for (size_t i = 0; i < changes->count; i++) {
        const struct pk_plan_change *change = &changes->at[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "relationship",
                                        change->relationship, "subnet", change->subnet, "part",
                                        change->part, "then", pk_json_text_or_null(change->then),
                                        "now", pk_json_text_or_null(change->now), "message",
                                        pk_plan_change_text(pool, change)));
    }
    return list;
}

static enum pk_exit
fail_stale(struct pk_context *context, const char *path, const struct pk_plan_file *file,
           const struct pk_pass_result *result, const struct pk_plan_changes *changes)
{
    struct pk_error err;
    const char *then = pk_text_revision(context->pool, file->ref, file->commit);
    const char *now = pk_text_revision(context->pool, result->ref, result->commit);
    pk_error_set(&err, PK_ECONFLICT, path,
                 "the plan was made for %s and is no longer what would be done for %s: nothing was "
                 "written; make a new one with pairkeeper diff --out",
                 then, now);
    for (size_t i = 0; context->format != PK_FORMAT_JSON && i < changes->count; i++) {
        if (i == CHANGES_SHOWN) {
            fprintf(context->err, "  and %zu more\n", changes->count - i);
            break;
        }
        fprintf(context->err, "  %s\n", pk_plan_change_text(context->pool, &changes->at[i]));
    }
    return pk_context_fail_with(context, PK_EXIT_STALE_PLAN, &err, "changes",
                                json_of_changes(context->pool, changes));
}

/* What the plan lists must be what its digest stands for: that is what somebody has read. */
static enum pk_exit
compare(struct pk_context *context, const char *path, const struct pk_plan_file *file,
        const struct pk_pass_result *result)
{
    json_auto_t *now = pk_render_pass_json(result);
    struct pk_plan_changes changes = pk_plan_changes(context->pool, file->document, now);
    bool same_commit = strcmp(file->commit, result->commit) == 0;
    bool stale = !pk_sha256_equal(&file->digest, &result->digest);
    return stale || (same_commit && changes.count != 0)
               ? fail_stale(context, path, file, result, &changes)
               : PK_EXIT_IN_STEP;
}

static enum pk_exit
check_plan(struct pk_context *context, const char *path, const struct pk_plan_file *file)
{
    struct pk_error err = {0};
    struct pk_pass_result result = {0};
    struct pk_pass_request request = {.actor = context->actor, .stop = context->stop};
    if (pk_pass_verb_bases(context, &request.bases_unknown, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    enum pk_exit exit = PK_EXIT_IN_STEP;
    if (pk_pass_run(context->pool, context->config, context->db, &request, &result, &err) !=
        PK_OK) {
        exit = pk_pass_verb_fail(context, &result, &err);
    } else {
        exit = compare(context, path, file, &result);
    }
    if (context->db != NULL) { /* opened for reading; acting opens it anew */
        pk_db_close(context->db);
        context->db = NULL;
    }
    return exit;
}

static enum pk_exit
apply_digest(struct pk_context *context, const struct pk_arguments *arguments,
             const struct pk_sha256 *digest)
{
    char **words = pk_array(context->pool, char *, WORDS + 1);
    int count = 0;
    struct pk_arguments again;
    struct pk_error err = {0};
    words[count++] = pk_strdup(context->pool, arguments->verb->name);
    words[count++] = pk_strdup(context->pool, "--digest");
    words[count++] = pk_strdup(
        context->pool, pk_sha256_is_zero(digest) ? nothing : pk_sha256_text(context->pool, digest));
    if (pk_argument(arguments, "yes") != NULL) {
        words[count++] = pk_strdup(context->pool, "--yes");
    }
    if (pk_arguments_parse(context->pool, count, words, &again, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_USAGE, &err);
    }
    return pk_verb_dispatch(context, &again);
}

enum pk_exit
pk_verb_apply(struct pk_context *context, const struct pk_arguments *arguments)
{
    if (arguments->positional_count == 0) {
        return act(context, arguments);
    }
    if (pk_argument(arguments, "digest") != NULL) {
        return pk_verb_usage(context, arguments, "a plan has its own digest: leave out --digest");
    }
    const char *path = arguments->positional[0];
    PK_CLEANUP(pk_plan_file_close) struct pk_plan_file file = {0};
    struct pk_error err = {0};
    enum pk_code code = pk_plan_file_read(path, &file, &err);
    if (code != PK_OK) {
        return pk_context_fail(context, code == PK_EINVAL ? PK_EXIT_USAGE : PK_EXIT_CANNOT_RUN,
                               &err);
    }
    enum pk_exit exit = check_plan(context, path, &file);
    return exit == PK_EXIT_IN_STEP ? apply_digest(context, arguments, &file.digest) : exit;
}
