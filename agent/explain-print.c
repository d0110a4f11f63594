/*
 * One line for a field on which everybody agrees; where somebody does not, a line for each server
 * below it.  The JSON has the same facts with every key always there.
 */
#include "agent/explain.h"

#include <string.h>

#include "agent/render-parts.h"
#include "agent/render-text.h"

enum { NAME_WIDEST = 44 };

static const char *
server_of(const struct pk_explanation *one, int side)
{
    return one->relationship->plan.view->servers[side].name;
}

static const char *
mark_text(struct pk_pool *pool, struct pk_mark mark)
{
    return pk_sprintf(pool, "%s:%u", mark.file, mark.line);
}

static const char *
kind_name(enum pk_scope_kind kind)
{
    switch (kind) {
    case PK_SCOPE_WANTED:
        return "wanted";
    case PK_SCOPE_DROPPED:
        return "dropped";
    case PK_SCOPE_FOREIGN:
        return "foreign";
    }
    return "";
}

/* -- JSON -- */

static json_t *
json_of_value(const char *canonical)
{
    json_t *value = canonical != NULL ? pk_json_parse(canonical, NULL) : json_null();
    return value != NULL ? value : pk_json_text_or_null(canonical);
}

static json_t *
json_of_mark(const struct pk_mark *mark)
{
    if (mark == NULL) {
        return json_null();
    }
    return json_pack("{s:s, s:i, s:i}", "file", mark->file, "line", (int)mark->line, "column",
                     (int)mark->column);
}

static json_t *
json_of_origin(const struct pk_explanation *one, const struct pk_origin *origin)
{
    bool of_server = origin->kind == PK_ORIGIN_SERVER || origin->kind == PK_ORIGIN_BASE;
    return json_pack("{s:s, s:o, s:o, s:b}", "kind", pk_origin_name(origin->kind), "at",
                     json_of_mark(origin->kind == PK_ORIGIN_GIT ? &origin->mark : NULL), "server",
                     pk_json_text_or_null(of_server ? server_of(one, origin->side) : NULL), "split",
                     (int)origin->split);
}

static json_t *
json_of_side(const struct pk_explanation *one, const struct pk_explained_field *field, int side)
{
    const struct pk_explained_side *of = &field->sides[side];
    bool acts = of->difference != NULL && !of->left_alone && one->action != NULL;
    const char *cause = of->difference != NULL ? pk_cause_name(of->difference->cause) : NULL;
    const char *operation = acts ? pk_operation_name(one->action->kind) : NULL;
    return json_pack("{s:s, s:o, s:o, s:b, s:o, s:o, s:b}", "server", server_of(one, side), "have",
                     json_of_value(of->have), "base", json_of_value(of->base), "differs",
                     (int)(of->difference != NULL), "cause", pk_json_text_or_null(cause), "action",
                     pk_json_text_or_null(operation), "left_alone", (int)of->left_alone);
}

static json_t *
json_of_field(struct pk_pool *pool, const struct pk_explanation *one,
              const struct pk_explained_field *field)
{
    json_t *servers = json_array();
    for (int side = 0; side < PK_PAIR; side++) {
        json_array_append_new(servers, json_of_side(one, field, side));
    }
    return json_pack("{s:s, s:b, s:o, s:o, s:o}", "field",
                     pk_part_name(pool, field->field, field->key), "owned", (int)field->owned,
                     "want", json_of_value(field->want), "origin",
                     json_of_origin(one, &field->origin), "servers", servers);
}

static json_t *
json_of_action(const struct pk_explanation *one)
{
    const struct pk_action *action = one->action;
    if (action == NULL) {
        return json_null();
    }
    return json_pack("{s:s, s:s, s:s, s:o}", "operation", pk_operation_name(action->kind), "server",
                     server_of(one, action->from), "partner", server_of(one, action->to), "reason",
                     pk_json_text_or_null(action->reason));
}

static json_t *
json_of_waits(const struct pk_explanation *one)
{
    json_t *waits = json_array();
    for (size_t i = 0; i < one->wait_count; i++) {
        const struct pk_wait *wait = &one->waits[i];
        json_array_append_new(waits, json_pack("{s:s, s:o, s:o}", "reason", wait->reason, "guard",
                                               pk_json_text_or_null(wait->guard), "message",
                                               pk_json_text_or_null(wait->message)));
    }
    return waits;
}

static json_t *
json_of_explanation(struct pk_pool *pool, const struct pk_explanation *one)
{
    const struct pk_pair_view *view = one->relationship->plan.view;
    json_t *fields = json_array();
    for (size_t i = 0; i < one->field_count; i++) {
        json_array_append_new(fields, json_of_field(pool, one, &one->fields[i]));
    }
    int source = view->relationship->source;
    const struct pk_wanted_scope *wanted = one->scope.wanted;
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:o, s:o, s:o}", "name",
                     one->relationship->name, "source", view->servers[source].name, "partner",
                     view->servers[pk_other_side(source)].name, "kind", kind_name(one->scope.kind),
                     "at", json_of_mark(wanted != NULL ? &wanted->mark : NULL), "known",
                     (int)one->relationship->plan.is_known, "action", json_of_action(one), "waits",
                     json_of_waits(one), "fields", fields);
}

/* -- Text -- */

static const char *
shown(const struct pk_screen *screen, const struct pk_field *field, const char *value)
{
    return pk_field_display(screen->pool, field, value);
}

static const char *
origin_words(const struct pk_screen *screen, const struct pk_explanation *one,
             const struct pk_origin *origin)
{
    switch (origin->kind) {
    case PK_ORIGIN_GIT:
        return pk_sprintf(screen->pool, "%s%s", mark_text(screen->pool, origin->mark),
                          origin->split ? ", in halves by split-ranges" : "");
    case PK_ORIGIN_SERVER:
        return pk_sprintf(screen->pool, "not in Git, from %s", server_of(one, origin->side));
    case PK_ORIGIN_BASE:
        return pk_sprintf(screen->pool, "not in Git, last verified on %s",
                          server_of(one, origin->side));
    case PK_ORIGIN_DEFAULT:
        return "default of the field";
    case PK_ORIGIN_CHOSEN:
        return "chosen for the new scope";
    case PK_ORIGIN_NOBODY:
    case PK_ORIGIN_COUNT:
        break;
    }
    return "the server's own";
}

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The server has no row and never had one of ours: said once, not field by field. */
static bool
is_blank(const struct pk_explanation *one, int side)
{
    return one->scope.have[side] == NULL && one->scope.base[side] == NULL;
}

/* Nobody disagrees about it: one line says all. */
static bool
is_agreed(const struct pk_explanation *one, const struct pk_explained_field *field)
{
    const char *value = one->is_wanted ? field->want : field->sides[PK_SERVER_1].have;
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_explained_side *of = &field->sides[side];
        if (of->difference != NULL || !equal(of->have, value) ||
            (one->scope.base[side] != NULL && !equal(of->base, value))) {
            return false;
        }
    }
    return one->relationship->plan.is_known;
}

static bool
is_read(const struct pk_explanation *one, int side)
{
    return one->relationship->plan.view->servers[side].known;
}

static const char *
side_words(const struct pk_screen *screen, const struct pk_explanation *one,
           const struct pk_explained_field *field, int side)
{
    const struct pk_explained_side *of = &field->sides[side];
    const char *base =
        one->scope.base[side] == NULL
            ? "never verified"
            : pk_sprintf(screen->pool, "base %s", shown(screen, field->field, of->base));
    const char *have = !is_read(one, side)             ? "not read"
                       : one->scope.have[side] == NULL ? "not there"
                                                       : shown(screen, field->field, of->have);
    const char *words = pk_sprintf(screen->pool, "%s, %s", have, base);
    if (of->difference == NULL) {
        return words;
    }
    const char *next = of->left_alone        ? "left alone"
                       : one->action == NULL ? "nothing planned"
                                             : pk_operation_name(one->action->kind);
    return pk_sprintf(screen->pool, "%s, cause %s %s %s", words,
                      pk_cause_name(of->difference->cause), pk_screen_glyph(screen, PK_GLYPH_ARROW),
                      next);
}

static void
put_side(const struct pk_screen *screen, const struct pk_explanation *one,
         const struct pk_explained_field *field, int side, size_t column)
{
    bool differs = field->sides[side].difference != NULL;
    pk_screen_space(screen, PK_INDENT_FIELD);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, server_of(one, side), column - PK_INDENT_FIELD);
    pk_screen_wrap(screen, differs ? PK_STYLE_CHANGE : PK_STYLE_FAINT, column, column,
                   side_words(screen, one, field, side));
}

static void
put_field(const struct pk_screen *screen, const struct pk_explanation *one,
          const struct pk_explained_field *field, size_t width)
{
    bool agreed = is_agreed(one, field);
    const char *mark = agreed ? " " : one->relationship->plan.is_known ? "~" : "?";
    const char *name = pk_part_name(screen->pool, field->field, field->key);
    const char *value =
        one->is_wanted || field->owned ? field->want : field->sides[PK_SERVER_1].have;
    const char *wanted = value != NULL ? value : field->field->default_value;
    size_t column = PK_INDENT_SCOPE + 2 + width + PK_GAP;
    pk_screen_space(screen, PK_INDENT_SCOPE);
    pk_screen_put_padded(screen, PK_STYLE_CHANGE, mark, 2);
    pk_screen_put_padded(screen, agreed ? PK_STYLE_PLAIN : PK_STYLE_STRONG, name, width + PK_GAP);
    size_t used = pk_screen_width(name) > width ? pk_screen_width(name) - width : 0;
    pk_screen_wrap(screen, PK_STYLE_PLAIN, column + used, column,
                   one->is_wanted || field->owned
                       ? pk_sprintf(screen->pool, "%s  (%s)", shown(screen, field->field, wanted),
                                    origin_words(screen, one, &field->origin))
                   : agreed ? shown(screen, field->field, wanted)
                            : "nothing is wanted");
    for (int side = 0; !agreed && side < PK_PAIR; side++) {
        if (!is_blank(one, side)) {
            put_side(screen, one, field, side, column);
        }
    }
}

static const char *
kind_words(const struct pk_screen *screen, const struct pk_explanation *one)
{
    switch (one->scope.kind) {
    case PK_SCOPE_WANTED:
        return pk_sprintf(screen->pool, "written in %s",
                          mark_text(screen->pool, one->scope.wanted->mark));
    case PK_SCOPE_DROPPED:
        return one->scope.is_deleted ? "no longer in Git: to be deleted"
                                     : "no longer in Git: kept and not touched";
    case PK_SCOPE_FOREIGN:
        return one->is_wanted ? "Git does not name it: kept equal on both servers"
                              : "Git does not name it: reported and not touched";
    }
    return "";
}

static void
put_line(const struct pk_screen *screen, enum pk_style style, const char *head, const char *text)
{
    size_t column = PK_INDENT_SCOPE + pk_screen_width(head);
    pk_screen_space(screen, PK_INDENT_SCOPE);
    pk_screen_put(screen, PK_STYLE_FAINT, head);
    pk_screen_wrap(screen, style, column, PK_INDENT_FIELD, text);
}

static void
put_next(const struct pk_screen *screen, const struct pk_explanation *one)
{
    const struct pk_relationship_plan *plan = &one->relationship->plan;
    if (one->action != NULL) {
        put_line(screen, PK_STYLE_PLAIN,
                 "next:    ", pk_text_action_words(screen, plan, one->action));
    } else if (one->wait_count == 0) {
        put_line(screen, PK_STYLE_GOOD, "next:    ", "nothing to do");
    }
    for (size_t i = 0; i < one->wait_count; i++) {
        put_line(screen, PK_STYLE_CHANGE, "not yet: ", one->waits[i].message);
    }
}

static void
put_blank_sides(const struct pk_screen *screen, const struct pk_explanation *one)
{
    for (int side = 0; side < PK_PAIR; side++) {
        if (is_blank(one, side)) {
            put_line(screen, PK_STYLE_PLAIN, pk_sprintf(screen->pool, "%s: ", server_of(one, side)),
                     is_read(one, side) ? "the scope is not there and was never verified"
                                        : "not known, and never verified");
        }
    }
}

static size_t
widest_name(const struct pk_screen *screen, const struct pk_explanation *one)
{
    size_t widest = 0;
    for (size_t i = 0; i < one->field_count; i++) {
        const struct pk_explained_field *field = &one->fields[i];
        size_t width = pk_screen_width(pk_part_name(screen->pool, field->field, field->key));
        widest = width > widest && width <= NAME_WIDEST ? width : widest;
    }
    return widest < screen->columns / 2 ? widest : screen->columns / 2;
}

static void
put_explanation(const struct pk_screen *screen, const struct pk_pass_result *result,
                const struct pk_explanation *one)
{
    const char *pair = pk_screen_glyph(screen, PK_GLYPH_PAIR);
    char subnet[PK_PREFIX_TEXT_BYTES];
    pk_screen_put(screen, PK_STYLE_STRONG, pk_format_prefix(subnet, one->scope.subnet));
    pk_screen_put(screen, PK_STYLE_PLAIN,
                  pk_sprintf(screen->pool, "  %s  %s %s %s  %s", one->relationship->name,
                             server_of(one, PK_SERVER_1), pair, server_of(one, PK_SERVER_2),
                             pk_text_revision(screen->pool, result->ref, result->commit)));
    pk_screen_line(screen);
    put_line(screen, PK_STYLE_PLAIN, "Git:     ", kind_words(screen, one));
    put_next(screen, one);
    put_blank_sides(screen, one);
    size_t width = widest_name(screen, one);
    for (size_t i = 0; i < one->field_count; i++) {
        put_field(screen, one, &one->fields[i], width);
    }
}

/* -- Both -- */

void
pk_explain_print(struct pk_context *context, const struct pk_pass_result *result,
                 struct pk_prefix subnet)
{
    struct pk_screen screen = pk_screen_of(context);
    json_t *relationships = json_array();
    for (size_t i = 0; i < result->relationship_count; i++) {
        struct pk_explanation one;
        if (!pk_explain(context->pool, &result->relationships[i], subnet, &one)) {
            continue;
        }
        if (context->format == PK_FORMAT_JSON) {
            json_array_append_new(relationships, json_of_explanation(context->pool, &one));
        } else {
            put_explanation(&screen, result, &one);
        }
    }
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_object_set_new(document, "subnet", json_string(pk_prefix_text(context->pool, subnet)));
        json_object_set_new(document, "revision", pk_json_revision(result));
        json_object_set_new(document, "relationships", relationships);
        pk_context_print_json(context, document);
    } else {
        json_decref(relationships);
    }
}
