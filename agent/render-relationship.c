/*
 * A relationship in text: heading, why nothing may happen to it, its actions, what is only
 * reported.  One in step with nothing to report is not printed at all.
 */
#include <string.h>

#include "agent/render-parts.h"
#include "agent/render-text.h"

enum { COMMIT_SHORT = 7 };

const char *
pk_text_revision(struct pk_pool *pool, const char *ref, const char *commit)
{
    const char *at = ref != NULL && *ref != '\0' && commit != NULL ? "@" : "";
    return pk_sprintf(pool, "%s%s%.*s", ref != NULL ? ref : "", at, COMMIT_SHORT,
                      commit != NULL ? commit : "");
}

static void
put_heading(const struct pk_screen *screen, const struct pk_pass_result *result,
            const struct pk_pair_view *view)
{
    const struct pk_field *mode = &pk_relationship_fields.at[PK_RELATIONSHIP_MODE];
    const char *pair =
        pk_sprintf(screen->pool, "  %s  %s %s %s",
                   pk_field_display(screen->pool, mode, pk_relationship_mode(view->relationship)),
                   view->servers[PK_SERVER_1].name, pk_screen_glyph(screen, PK_GLYPH_PAIR),
                   view->servers[PK_SERVER_2].name);
    const char *revision = pk_text_revision(screen->pool, result->ref, result->commit);
    size_t behind = PK_GAP + pk_screen_width(revision);
    size_t used = pk_screen_width(view->relationship->name) + pk_screen_width(pair);
    pk_screen_put(screen, PK_STYLE_STRONG, view->relationship->name);
    if (used + behind <= screen->columns) {
        pk_screen_put_padded(screen, PK_STYLE_PLAIN, pair,
                             pk_screen_width(pair) + screen->columns - used - behind + PK_GAP);
        pk_screen_put(screen, PK_STYLE_FAINT, revision);
        pk_screen_line(screen);
    } else {
        pk_screen_wrap(screen, PK_STYLE_PLAIN, used - pk_screen_width(pair), PK_INDENT_SCOPE, pair);
        pk_screen_space(screen, PK_INDENT_SCOPE);
        pk_screen_put(screen, PK_STYLE_FAINT, revision);
        pk_screen_line(screen);
    }
}

static void
put_remark(const struct pk_screen *screen, enum pk_style style, const char *text)
{
    pk_screen_space(screen, PK_INDENT_SCOPE);
    pk_screen_wrap(screen, style, PK_INDENT_SCOPE, PK_INDENT_FIELD, text);
}

/* A command is never broken: it is there to be copied. */
static void
put_command(const struct pk_screen *screen, const char *command)
{
    pk_screen_space(screen, PK_INDENT_FIELD);
    pk_screen_put(screen, PK_STYLE_STRONG, command);
    pk_screen_line(screen);
}

/* The reason begins with the guard's name: `conflict: 1 scope …; updates: 12 of 20 …`. */
static void
put_held(const struct pk_screen *screen, const struct pk_relationship_plan *plan, bool by_hand)
{
    const struct pk_held *held = &plan->held;
    const char *reason = held->reason != NULL ? held->reason : pk_guard_name(held->guard);
    if (!held->is_held) {
        return;
    }
    if (plan->approved) {
        put_remark(screen, PK_STYLE_PLAIN,
                   pk_sprintf(screen->pool, "approved, though held by %s", reason));
        return;
    }
    put_remark(screen, PK_STYLE_CHANGE, pk_sprintf(screen->pool, "held by %s", reason));
    if (by_hand && pk_held_is_answerable(held)) {
        put_remark(screen, PK_STYLE_PLAIN, "a person answers this: yes on a terminal, else --yes");
    } else if (pk_held_can_be_approved(held)) {
        put_remark(screen, PK_STYLE_PLAIN, "if that is what you want:");
        put_command(screen, pk_sprintf(screen->pool, "pairkeeper approve %s --reason \"%s\"",
                                       pk_sha256_text(screen->pool, &plan->digest),
                                       pk_screen_glyph(screen, PK_GLYPH_ELLIPSIS)));
    } else {
        put_remark(screen, PK_STYLE_PLAIN,
                   "this guard judges the moment, so it cannot be approved: it lets go by itself "
                   "once the pair is well and freshly read; run the command again then");
    }
}

static void
put_permit(const struct pk_screen *screen, const struct pk_relationship_plan *plan)
{
    bool tells = plan->action_count > 0 || plan->permit == PK_PERMIT_SUSPENDED;
    const char *words = pk_permit_words(screen->pool, plan);
    if (words != NULL && tells) {
        put_remark(screen, PK_STYLE_CHANGE, words);
    }
}

static void
put_unknown(const struct pk_screen *screen, const struct pk_pass_relationship *relationship)
{
    for (size_t i = 0; i < relationship->unknown_count; i++) {
        const struct pk_unknown_server *server = &relationship->unknown[i];
        put_remark(screen, PK_STYLE_BAD,
                   pk_sprintf(screen->pool, "%s could not be read: %s", server->server,
                              server->reason != NULL ? server->reason : "no reason was given"));
    }
    if (!relationship->plan.is_known) {
        put_remark(screen, PK_STYLE_PLAIN,
                   "its scopes are unknown and nothing is written to either server; see to the "
                   "server or its entry in the agent's configuration, then run this again");
    }
}

static bool
is_same_scope(const struct pk_foreign *a, const struct pk_foreign *b)
{
    return pk_prefix_compare(a->subnet, b->subnet) == 0 && a->dropped == b->dropped;
}

static void
put_foreign(const struct pk_screen *screen, const struct pk_relationship_plan *plan)
{
    const struct pk_pair_view *view = plan->view;
    bool equal = view->relationship->foreign == PK_FOREIGN_REPLICATE;
    for (size_t i = 0; i < plan->foreign_count; i++) {
        const struct pk_foreign *scope = &plan->foreign[i];
        const char *servers = view->servers[scope->side].name;
        if (i + 1 < plan->foreign_count && is_same_scope(scope, scope + 1)) {
            i++;
            servers = pk_sprintf(screen->pool, "%s and %s", servers,
                                 view->servers[plan->foreign[i].side].name);
        }
        put_remark(screen, PK_STYLE_FAINT,
                   pk_sprintf(screen->pool, "? %s  (%s %s)  %s",
                              pk_prefix_text(screen->pool, scope->subnet),
                              scope->dropped ? "no longer in Git, on" : "foreign on", servers,
                              equal ? "kept, equal on both" : "kept"));
    }
}

static bool
writes_settings(const struct pk_relationship_plan *plan)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        if (plan->actions[i].kind == PK_OPERATION_RELATIONSHIP) {
            return true;
        }
    }
    return false;
}

/* Those that are to be written stand with their action. */
static void
put_settings(const struct pk_screen *screen, const struct pk_relationship_plan *plan)
{
    const struct pk_comparison *comparison = &plan->comparison;
    if (comparison->settings_count > 0 && !writes_settings(plan)) {
        put_remark(screen, PK_STYLE_FAINT,
                   ". settings of the relationship differ, reported only (settings: report)");
        pk_text_fields(screen, plan->view, NULL, comparison->settings, comparison->settings_count);
    }
}

static bool
has_something_to_say(const struct pk_pass_relationship *relationship)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    return !plan->is_known || relationship->unknown_count > 0 || plan->action_count > 0 ||
           plan->foreign_count > 0 || plan->left_alone > 0 || plan->held.is_held ||
           plan->held.notes != NULL || plan->comparison.settings_count > 0 ||
           plan->permit == PK_PERMIT_SUSPENDED;
}

void
pk_text_relationship(const struct pk_screen *screen, const struct pk_pass_result *result,
                     const struct pk_pass_relationship *relationship, bool by_hand)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    if (!has_something_to_say(relationship)) {
        return;
    }
    put_heading(screen, result, plan->view);
    put_unknown(screen, relationship);
    if (plan->is_known) {
        put_held(screen, plan, by_hand);
        if (plan->held.notes != NULL) {
            put_remark(screen, PK_STYLE_PLAIN, plan->held.notes);
        }
        put_permit(screen, plan);
        pk_text_actions(screen, plan, result->acted);
        put_foreign(screen, plan);
        put_settings(screen, plan);
    }
}
