/*
 * A person who is asked sees a dry run of the same pass first.  The database stays locked while
 * they think, and the acting pass is told the digest that was shown: if Git or a server has moved
 * on meanwhile, nothing is written.
 */
#include "agent/pass-verb.h"

#include "agent/pass-result.h"
#include "agent/progress.h"
#include "agent/render-parts.h"
#include "agent/render.h"

enum pk_exit
pk_pass_verb_fail(struct pk_context *context, const struct pk_pass_result *result,
                  const struct pk_error *err)
{
    bool invalid = result->diagnostics != NULL && result->diagnostics->errors > 0;
    if (result->exit == PK_EXIT_INVALID && invalid) {
        return pk_context_fail_invalid(context, "desired state", result->diagnostics);
    }
    return pk_context_fail(context, result->exit, err);
}

/* Embedded servers live in the database: without it they would look empty, which misleads. */
enum pk_code
pk_pass_verb_bases(struct pk_context *context, bool *unknown, struct pk_error *err)
{
    enum pk_code code = pk_context_db(context, PK_DB_READ, err);
    *unknown = code == PK_EACCESS && !pk_config_has_embedded(context->config);
    return code == PK_ENOENT || *unknown ? PK_OK : code;
}

static bool
has_actions(const struct pk_pass_result *result)
{
    size_t actions = 0;
    for (size_t i = 0; i < result->relationship_count; i++) {
        actions += result->relationships[i].plan.action_count;
    }
    return actions > 0;
}

/* Is there something that a yes would write? */
static bool
wants_an_answer(const struct pk_pass_result *result, bool by_hand)
{
    for (size_t i = 0; i < result->relationship_count; i++) {
        const struct pk_relationship_plan *plan = &result->relationships[i].plan;
        bool free_to_act = !plan->held.is_held || plan->approved ||
                           (by_hand && pk_held_is_answerable(&plan->held));
        for (size_t j = 0; plan->is_known && plan->permit == PK_PERMIT_ACT && free_to_act &&
                           j < plan->action_count;
             j++) {
            if (plan->actions[j].block == PK_BLOCK_NONE &&
                plan->actions[j].status == PK_ACTION_PLANNED) {
                return true;
            }
        }
    }
    return false;
}

/* What is shown to be answered: always text, and not where a program reads the result. */
static void
show_plan(const struct pk_context *context, const struct pk_pass_result *plan, bool by_hand)
{
    struct pk_context shown = *context;
    shown.out = context->format == PK_FORMAT_TEXT ? context->out : context->err;
    shown.format = PK_FORMAT_TEXT;
    pk_render_pass(&shown, plan, by_hand);
}

static enum pk_exit
act(struct pk_context *context, struct pk_pass_request *request, const char *note)
{
    struct pk_progress_bar bar = pk_progress_bar_on(context);
    struct pk_pass_result result = {0};
    struct pk_error err = {0};
    request->acts = true;
    request->progress = pk_progress_bar_draw;
    request->progress_context = &bar;
    enum pk_code code =
        pk_pass_run(context->pool, context->config, context->db, request, &result, &err);
    pk_progress_bar_end(&bar);
    if (code != PK_OK) {
        return pk_pass_verb_fail(context, &result, &err);
    }
    if (note != NULL && has_actions(&result)) {
        pk_pass_note(context->pool, &result, "%s", note);
    }
    pk_render_pass(context, &result, request->replicate != NULL);
    return result.exit;
}

static enum pk_exit
ask_then_act(struct pk_context *context, struct pk_pass_request *request, const char *note)
{
    bool by_hand = request->replicate != NULL;
    struct pk_pass_result plan = {0};
    struct pk_error err = {0};
    request->acts = false;
    if (pk_pass_run(context->pool, context->config, context->db, request, &plan, &err) != PK_OK) {
        return pk_pass_verb_fail(context, &plan, &err);
    }
    if (wants_an_answer(&plan, by_hand)) {
        show_plan(context, &plan, by_hand);
        if (!pk_context_confirm(context, "Write this to the servers?")) {
            fputs("nothing was written\n", context->err);
            return plan.exit;
        }
        request->yes = true;
        request->expected = &plan.digest;
    }
    return act(context, request, note);
}

enum pk_exit
pk_pass_verb_act(struct pk_context *context, struct pk_pass_request request, const char *note)
{
    struct pk_error err = {0};
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, &err);
    if (code != PK_OK) {
        return pk_context_fail(context, code == PK_ELOCKED ? PK_EXIT_LOCKED : PK_EXIT_CANNOT_RUN,
                               &err);
    }
    request.actor = context->actor;
    request.stop = context->stop;
    bool asks =
        !request.yes && context->in != NULL && context->in_is_terminal && context->out_is_terminal;
    return asks ? ask_then_act(context, &request, note) : act(context, &request, note);
}
