/*
 * The page around the relationships.  What can make clients lose their addresses comes first: a
 * subnet id that differs between the partners makes them refuse each other's lease updates.
 */
#include "agent/render-text.h"

#include <string.h>

#include "base/text.h"

struct counts {
    size_t in_sync, drifted, held, unknown, suspended, statuses[PK_ACTION_NOT_RUN + 1];
};

static const char *
id_of(const struct pk_row *row)
{
    return row == NULL ? NULL : pk_parts_get(&row->parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
}

static void
put_id_mismatch(const struct pk_screen *screen, const struct pk_pair_view *view,
                const struct pk_scope_state *scope)
{
    const char *first = id_of(scope->have[PK_SERVER_1]), *second = id_of(scope->have[PK_SERVER_2]);
    if (first == NULL || second == NULL || strcmp(first, second) == 0) {
        return;
    }
    const char *text = pk_sprintf(
        screen->pool, "! subnet id mismatch: %s is %s on %s and %s on %s (%s)",
        pk_prefix_text(screen->pool, scope->subnet), first, view->servers[PK_SERVER_1].name, second,
        view->servers[PK_SERVER_2].name, view->relationship->name);
    pk_screen_wrap(screen, PK_STYLE_BAD, 0, PK_INDENT_SCOPE, text);
}

static void
put_id_mismatches(const struct pk_screen *screen, const struct pk_pass_result *result)
{
    for (size_t i = 0; i < result->relationship_count; i++) {
        const struct pk_relationship_plan *plan = &result->relationships[i].plan;
        for (size_t j = 0; plan->is_known && j < plan->comparison.count; j++) {
            put_id_mismatch(screen, plan->view, &plan->comparison.at[j]);
        }
    }
}

static void
put_attempted(const struct pk_screen *screen, const struct pk_pass_result *result)
{
    if (result->attempted == NULL || result->commit == NULL || *result->attempted == '\0' ||
        strcmp(result->attempted, result->commit) == 0) {
        return;
    }
    const char *text = pk_sprintf(screen->pool,
                                  "! the tip %s is not in force, %s is; `pairkeeper validate` says "
                                  "what is wrong with the tip",
                                  pk_text_revision(screen->pool, "", result->attempted),
                                  pk_text_revision(screen->pool, result->ref, result->commit));
    pk_screen_wrap(screen, PK_STYLE_BAD, 0, PK_INDENT_SCOPE, text);
}

static void
put_notes(const struct pk_screen *screen, const struct pk_pass_result *result)
{
    for (size_t i = 0; i < result->note_count; i++) {
        const char *text = pk_sprintf(screen->pool, "note: %s", result->notes[i]);
        pk_screen_wrap(screen, PK_STYLE_PLAIN, 0, PK_INDENT_SCOPE, text);
    }
}

static struct counts
count_all(const struct pk_pass_result *result)
{
    struct counts counts = {0};
    const struct {
        const char *condition;
        size_t *count;
    } rows[] = {{"in-sync", &counts.in_sync},
                {"drifted", &counts.drifted},
                {"held", &counts.held},
                {"unknown", &counts.unknown},
                {"suspended", &counts.suspended}};
    for (size_t i = 0; i < result->relationship_count; i++) {
        const char *condition = pk_pass_condition(&result->relationships[i]);
        for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++) {
            *rows[j].count += strcmp(rows[j].condition, condition) == 0;
        }
        const struct pk_relationship_plan *plan = &result->relationships[i].plan;
        for (size_t j = 0; j < plan->action_count; j++) {
            counts.statuses[plan->actions[j].status]++;
        }
    }
    return counts;
}

static void
add_count(struct pk_text *text, const char *separator, size_t count, const char *what)
{
    if (count > 0) {
        pk_text_addf(text, "%s%zu %s", separator, count, what);
    }
}

static const char *
summary_words(const struct pk_screen *screen, const struct pk_pass_result *result,
              const struct counts *counts)
{
    const struct pk_summary *summary = &result->summary;
    struct pk_text text = {.pool = screen->pool};
    pk_text_addf(&text, "%zu relationship%s drifted", counts->drifted, pk_plural(counts->drifted));
    add_count(&text, ", ", counts->held, "held");
    add_count(&text, ", ", counts->suspended, "suspended");
    add_count(&text, ", ", counts->unknown, "unknown");
    pk_text_addf(&text, ", %zu in step %s %zu create, %zu update, %zu delete", counts->in_sync,
                 pk_screen_glyph(screen, PK_GLYPH_DOT), summary->create, summary->update,
                 summary->delete);
    add_count(&text, ", ", summary->replicate, "replicate");
    add_count(&text, ", ", summary->foreign, "foreign");
    add_count(&text, ", ", summary->unknown, "unknown");
    return pk_text_end(&text);
}

/* What became of the actions, in the order of good news to bad. */
static void
put_outcome(const struct pk_screen *screen, const struct counts *counts)
{
    static const struct {
        enum pk_action_status status;
        const char *word;
    } rows[] = {{PK_ACTION_DONE, "done"},
                {PK_ACTION_NOT_APPLICABLE, "not applicable"},
                {PK_ACTION_SKIPPED, "not written"},
                {PK_ACTION_HELD, "held"},
                {PK_ACTION_STALE, "changed meanwhile"},
                {PK_ACTION_NOT_RUN, "not run"},
                {PK_ACTION_BLOCKED, "blocked"},
                {PK_ACTION_FAILED, "failed"}};
    struct pk_text text = {.pool = screen->pool};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        add_count(&text, text.count > 0 ? ", " : "actions: ", counts->statuses[rows[i].status],
                  rows[i].word);
    }
    if (text.count > 0) {
        pk_screen_wrap(screen, PK_STYLE_STRONG, 0, 0, pk_text_end(&text));
    }
}

/* Nothing to do, and nothing that would have to be done if we could see or were allowed. */
static bool
is_all_in_step(const struct pk_pass_result *result, const struct counts *counts)
{
    bool any_action = false;
    for (size_t i = 0; i < result->relationship_count; i++) {
        any_action = any_action || result->relationships[i].plan.action_count > 0;
    }
    return !any_action && counts->in_sync == result->relationship_count;
}

static const char *
nothing_to_do_words(const struct pk_screen *screen, const struct pk_pass_result *result,
                    bool by_hand)
{
    const struct pk_summary *summary = &result->summary;
    struct pk_text text = {.pool = screen->pool};
    pk_text_addf(&text, "nothing to do: %zu scope%s of %zu relationship%s ", summary->in_sync,
                 pk_plural(summary->in_sync), result->relationship_count,
                 pk_plural(result->relationship_count));
    if (by_hand) { /* compared with the partner, not with Git */
        pk_text_add(&text, "equal on both servers");
    } else {
        pk_text_addf(&text, "in step with %s",
                     pk_text_revision(screen->pool, result->ref, result->commit));
    }
    add_count(&text, ", ", summary->foreign, "foreign");
    return pk_text_end(&text);
}

const char *
pk_text_summary(const struct pk_screen *screen, const struct pk_pass_result *result, bool by_hand)
{
    struct counts counts = count_all(result);
    return is_all_in_step(result, &counts) ? nothing_to_do_words(screen, result, by_hand)
                                           : summary_words(screen, result, &counts);
}

void
pk_render_pass_text(struct pk_context *context, const struct pk_pass_result *result, bool by_hand)
{
    struct pk_screen screen = pk_screen_of(context);
    struct counts counts = count_all(result);
    put_attempted(&screen, result);
    put_id_mismatches(&screen, result);
    for (size_t i = 0; i < result->relationship_count; i++) {
        pk_text_relationship(&screen, result, &result->relationships[i], by_hand);
    }
    put_notes(&screen, result);
    bool in_step = is_all_in_step(result, &counts);
    pk_screen_wrap(&screen, in_step ? PK_STYLE_GOOD : PK_STYLE_STRONG, 0, 0,
                   pk_text_summary(&screen, result, by_hand));
    if (!in_step && result->acted) {
        put_outcome(&screen, &counts);
    }
}

static void
put_warnings(struct pk_context *context, const struct pk_diagnostics *diagnostics)
{
    for (size_t i = 0; diagnostics != NULL && i < diagnostics->list.count; i++) {
        const struct pk_diagnostic *diagnostic = &diagnostics->list.at[i];
        if (pk_rule_row(diagnostic->rule)->warning) {
            fprintf(context->err, "%s\n", pk_diagnostic_text(context->pool, diagnostic));
        }
    }
}

void
pk_render_pass(struct pk_context *context, const struct pk_pass_result *result, bool by_hand)
{
    put_warnings(context, result->diagnostics);
    if (context->format == PK_FORMAT_JSON) {
        pk_context_print_json(context, pk_render_pass_json(result));
    } else if (context->format == PK_FORMAT_MARKDOWN) {
        fputs(pk_render_pass_markdown(context->pool, result, by_hand), context->out);
    } else {
        pk_render_pass_text(context, result, by_hand);
    }
}
