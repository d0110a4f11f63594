/*
 * One line a scope, in words by what each server will see: its row is created, updated, replicated
 * to, deleted.  Which servers an action writes is read from its row changes, not from its kind, so
 * the words cannot promise another write than the plan holds.
 */
#include "agent/render-parts.h"
#include "agent/render-text.h"
#include "base/text.h"

enum { NAME_SHORTEST = 8, MARKER_WIDTH = 2 };

struct look {
    const char *marker;
    enum pk_style style;
};

static const struct look looks[PK_OPERATION_COUNT] = {
    [PK_OPERATION_CREATE_SCOPE] = {"+", PK_STYLE_GOOD},
    [PK_OPERATION_UPDATE_SCOPE] = {"~", PK_STYLE_CHANGE},
    [PK_OPERATION_DELETE_SCOPE] = {"-", PK_STYLE_BAD},
    [PK_OPERATION_REPLACE_SCOPE] = {"!", PK_STYLE_BAD},
    [PK_OPERATION_REPLICATE_SCOPE] = {"~", PK_STYLE_CHANGE},
    [PK_OPERATION_REPLICATE_SERVER] = {"~", PK_STYLE_CHANGE},
    [PK_OPERATION_RELATIONSHIP] = {"~", PK_STYLE_CHANGE},
};

static const struct look left_alone_look = {".", PK_STYLE_FAINT};

static const enum pk_style status_styles[] = {
    [PK_ACTION_PLANNED] = PK_STYLE_PLAIN,  [PK_ACTION_DONE] = PK_STYLE_GOOD,
    [PK_ACTION_FAILED] = PK_STYLE_BAD,     [PK_ACTION_BLOCKED] = PK_STYLE_BAD,
    [PK_ACTION_HELD] = PK_STYLE_CHANGE,    [PK_ACTION_STALE] = PK_STYLE_CHANGE,
    [PK_ACTION_SKIPPED] = PK_STYLE_CHANGE, [PK_ACTION_NOT_APPLICABLE] = PK_STYLE_PLAIN,
    [PK_ACTION_NOT_RUN] = PK_STYLE_CHANGE,
};

/* Widths shared by all scope lines of a relationship. */
struct layout {
    size_t subnet, name;
};

struct sides {
    bool at[PK_PAIR];
};

static struct sides
written_sides(const struct pk_action *action)
{
    struct sides sides = {{false, false}};
    for (size_t i = 0; i < action->change_count; i++) {
        sides.at[action->changes[i].side] = true;
    }
    for (size_t i = 0; action->change_count == 0 && i < action->scope_count; i++) {
        for (int side = 0; side < PK_PAIR; side++) {
            sides.at[side] = sides.at[side] || action->scopes[i]->writes[side];
        }
    }
    return sides;
}

static const char *
server_name(const struct pk_relationship_plan *plan, int side)
{
    return plan->view->servers[side].name;
}

/* "both", or the one server. */
static const char *
where(const struct pk_relationship_plan *plan, const struct sides *sides)
{
    if (sides->at[PK_SERVER_1] == sides->at[PK_SERVER_2]) {
        return "both";
    }
    return server_name(plan, sides->at[PK_SERVER_1] ? PK_SERVER_1 : PK_SERVER_2);
}

/* `update dhcp-a, replicate → dhcp-b` */
static const char *
update_words(const struct pk_screen *screen, const struct pk_relationship_plan *plan,
             const struct pk_action *action, const struct sides *sides)
{
    const struct pk_row *const *have = action->scopes[0]->have;
    const char *words = "";
    if (sides->at[action->from]) {
        words =
            pk_sprintf(screen->pool, "%s %s", have[action->from] != NULL ? "update" : "create on",
                       server_name(plan, action->from));
    }
    if (sides->at[action->to]) {
        const char *arrow = pk_screen_glyph(screen, PK_GLYPH_ARROW);
        words = pk_sprintf(screen->pool, "%s%sreplicate %s %s", words, *words != '\0' ? ", " : "",
                           arrow, server_name(plan, action->to));
    }
    return words;
}

/* `replicate dhcp-a → dhcp-b` */
static const char *
replicate_words(const struct pk_screen *screen, const struct pk_relationship_plan *plan,
                const struct pk_action *action)
{
    bool missing = action->scope_count == 1 && action->scopes[0]->have[action->to] == NULL;
    return pk_sprintf(screen->pool, "replicate %s %s %s%s", server_name(plan, action->from),
                      pk_screen_glyph(screen, PK_GLYPH_ARROW), server_name(plan, action->to),
                      missing ? " (missing there)" : "");
}

const char *
pk_text_action_words(const struct pk_screen *screen, const struct pk_relationship_plan *plan,
                     const struct pk_action *action)
{
    struct pk_pool *pool = screen->pool;
    struct sides sides = written_sides(action);
    const char *on = where(plan, &sides);
    const char *reason = action->reason != NULL ? action->reason : "";
    switch (action->kind) {
    case PK_OPERATION_CREATE_SCOPE:
        return pk_sprintf(pool, "create on %s", on);
    case PK_OPERATION_UPDATE_SCOPE:
        return update_words(screen, plan, action, &sides);
    case PK_OPERATION_DELETE_SCOPE:
        return pk_sprintf(pool, "delete on %s (%s)", on, reason);
    case PK_OPERATION_REPLACE_SCOPE:
        return pk_sprintf(pool, "replace %s on %s",
                          pk_prefix_text(pool, action->scopes[0]->replaces), on);
    case PK_OPERATION_REPLICATE_SCOPE:
        return replicate_words(screen, plan, action);
    case PK_OPERATION_REPLICATE_SERVER:
        return pk_sprintf(pool, "%s, %zu scope%s (%s)", replicate_words(screen, plan, action),
                          action->scope_count, pk_plural(action->scope_count), reason);
    case PK_OPERATION_RELATIONSHIP:
        return pk_sprintf(pool, "write settings on %s (%s)", on, reason);
    case PK_OPERATION_COUNT:
        break;
    }
    return "";
}

static const char *
subnet_of(const struct pk_screen *screen, const struct pk_scope_state *scope)
{
    return pk_prefix_text(screen->pool, scope->subnet);
}

static bool
is_of_one_scope(const struct pk_action *action)
{
    return action->scope_count == 1 && action->kind != PK_OPERATION_REPLICATE_SERVER;
}

static const char left_alone_words[] = "differs, left alone by heal";

static void
widen(struct layout *layout, const struct pk_screen *screen, const struct pk_scope_state *scope)
{
    size_t subnet = pk_screen_width(subnet_of(screen, scope));
    size_t name = pk_screen_width(pk_scope_label(screen->pool, scope));
    layout->subnet = subnet > layout->subnet ? subnet : layout->subnet;
    layout->name = name > layout->name ? name : layout->name;
}

/* A line below the action that says why. */
static void
put_remark(const struct pk_screen *screen, enum pk_style style, const char *text)
{
    pk_screen_space(screen, PK_INDENT_FIELD);
    pk_screen_wrap(screen, style, PK_INDENT_FIELD, PK_INDENT_VALUE, text);
}

/* What is done, and after acting what became of it. */
static const char *
full_words(const struct pk_screen *screen, const struct pk_relationship_plan *plan,
           const struct pk_action *action, bool acted)
{
    const char *words = pk_text_action_words(screen, plan, action);
    if (!acted && action->status != PK_ACTION_NOT_APPLICABLE) {
        return words;
    }
    return pk_sprintf(screen->pool, "%s %s %s", words, pk_screen_glyph(screen, PK_GLYPH_DOT),
                      pk_action_status_words(action->status));
}

/* What is done takes at most half the screen beside the name; where it is longer it stands below.
 */
static struct layout
measure(const struct pk_screen *screen, const struct pk_relationship_plan *plan, bool acted)
{
    struct layout layout = {0};
    size_t words = 0;
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        size_t width = pk_screen_width(full_words(screen, plan, action, acted));
        for (size_t j = 0; j < action->scope_count; j++) {
            widen(&layout, screen, action->scopes[j]);
        }
        bool beside = is_of_one_scope(action) && width <= screen->columns / 2;
        words = beside && width > words ? width : words;
    }
    for (size_t i = 0; i < plan->comparison.count; i++) {
        if (pk_scope_is_left_alone(&plan->comparison.at[i])) {
            widen(&layout, screen, &plan->comparison.at[i]);
            words = sizeof left_alone_words > words ? sizeof left_alone_words - 1 : words;
        }
    }
    size_t used = PK_INDENT_SCOPE + MARKER_WIDTH + layout.subnet + PK_GAP;
    used += words > 0 ? PK_GAP + words : 0;
    size_t room = screen->columns > used + NAME_SHORTEST ? screen->columns - used : NAME_SHORTEST;
    layout.name = layout.name > room ? room : layout.name;
    return layout;
}

static void
put_scope(const struct pk_screen *screen, const struct layout *layout, const struct look *look,
          const struct pk_scope_state *scope, enum pk_style style, const char *words)
{
    const char *name = pk_screen_cut(screen, pk_scope_label(screen->pool, scope), layout->name);
    size_t padded = layout->name > 0 ? layout->name + PK_GAP : 0;
    size_t before = PK_INDENT_SCOPE + MARKER_WIDTH + layout->subnet + PK_GAP + padded;
    bool beside = *words != '\0' && before + pk_screen_width(words) <= screen->columns;
    pk_screen_space(screen, PK_INDENT_SCOPE);
    pk_screen_put_padded(screen, look->style, look->marker, MARKER_WIDTH);
    pk_screen_put_padded(screen, look->style, subnet_of(screen, scope),
                         *name != '\0' || beside ? layout->subnet + PK_GAP : 0);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, name, beside ? padded : 0);
    if (beside) {
        pk_screen_put(screen, style, words);
    }
    pk_screen_line(screen);
    if (*words != '\0' && !beside) {
        put_remark(screen, style, words);
    }
}

static void
put_outcome(const struct pk_screen *screen, const struct pk_action *action, bool acted)
{
    struct pk_pool *pool = screen->pool;
    if (action->block != PK_BLOCK_NONE) {
        const char *message = action->block_message != NULL ? action->block_message : "";
        put_remark(screen, PK_STYLE_BAD,
                   pk_sprintf(pool, "blocked, %s: %s", pk_block_name(action->block), message));
    }
    if (action->status == PK_ACTION_NOT_APPLICABLE && action->reason != NULL) {
        put_remark(screen, PK_STYLE_PLAIN, action->reason);
    }
    const struct pk_fault *fault = &action->fault;
    if (acted && fault->inner != PK_FAULT_NONE) {
        put_remark(screen, PK_STYLE_BAD,
                   pk_sprintf(pool, "%s (%s: %s)", fault->message, pk_fault_name(fault->outer),
                              pk_fault_name(fault->inner)));
    }
}

static void
put_fields(const struct pk_screen *screen, const struct pk_relationship_plan *plan,
           const struct pk_scope_state *scope)
{
    pk_text_fields(screen, plan->view, scope, scope->differences, scope->difference_count);
}

static void
put_server_scopes(const struct pk_screen *screen, const struct layout *layout,
                  const struct pk_relationship_plan *plan, const struct pk_action *action)
{
    static const struct look plain = {" ", PK_STYLE_PLAIN};
    for (size_t i = 0; i < action->scope_count; i++) {
        bool missing = action->scopes[i]->have[action->to] == NULL;
        put_scope(screen, layout, &plain, action->scopes[i], PK_STYLE_FAINT,
                  missing ? "missing there" : "");
        put_fields(screen, plan, action->scopes[i]);
    }
}

/* An action that is not about one scope has no columns to keep to. */
static void
put_headless(const struct pk_screen *screen, const struct look *look, const char *words)
{
    enum { AT = PK_INDENT_SCOPE + MARKER_WIDTH };
    pk_screen_space(screen, PK_INDENT_SCOPE);
    pk_screen_put_padded(screen, look->style, look->marker, MARKER_WIDTH);
    pk_screen_wrap(screen, look->style, AT, PK_INDENT_FIELD, words);
}

static void
put_action(const struct pk_screen *screen, const struct layout *layout,
           const struct pk_relationship_plan *plan, const struct pk_action *action, bool acted)
{
    const char *words = full_words(screen, plan, action, acted);
    const struct look *look = &looks[action->kind];
    if (is_of_one_scope(action)) {
        enum pk_style style = acted ? status_styles[action->status] : PK_STYLE_PLAIN;
        put_scope(screen, layout, look, action->scopes[0], style, words);
    } else {
        put_headless(screen, look, words);
    }
    put_outcome(screen, action, acted);
    if (action->kind == PK_OPERATION_RELATIONSHIP) {
        const struct pk_comparison *comparison = &plan->comparison;
        pk_text_fields(screen, plan->view, NULL, comparison->settings, comparison->settings_count);
    } else if (!is_of_one_scope(action)) {
        put_server_scopes(screen, layout, plan, action);
    } else if (action->kind != PK_OPERATION_DELETE_SCOPE) {
        put_fields(screen, plan, action->scopes[0]);
    }
}

void
pk_text_actions(const struct pk_screen *screen, const struct pk_relationship_plan *plan, bool acted)
{
    struct layout layout = measure(screen, plan, acted);
    for (size_t i = 0; i < plan->action_count; i++) {
        put_action(screen, &layout, plan, &plan->actions[i], acted);
    }
    for (size_t i = 0; i < plan->comparison.count; i++) {
        const struct pk_scope_state *scope = &plan->comparison.at[i];
        if (pk_scope_is_left_alone(scope)) {
            put_scope(screen, &layout, &left_alone_look, scope, PK_STYLE_FAINT, left_alone_words);
            put_fields(screen, plan, scope);
        }
    }
}
