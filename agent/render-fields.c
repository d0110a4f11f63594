/*
 * The differences come side by side (all of server 1, then all of server 2) and are read part by
 * part, so they are merged first and laid out afterwards, when all widths are known.
 */
#include <string.h>

#include "agent/render-parts.h"
#include "agent/render-text.h"

/* What one server holds and what it should. */
struct cell {
    const char *server, *values;
};

struct part_line {
    const char *name, *cause;
    struct cell cells[PK_PAIR];
    size_t cell_count;
};

struct part_lines {
    struct part_line *at;
    size_t count, capacity;
};

struct widths {
    size_t name, first, cells, cause;
};

/* Options and reservations by their key alone: `routers`, `mac=00:1a:…`. */
static const char *
name_of(struct pk_pool *pool, const struct pk_difference *difference)
{
    enum pk_kind kind = difference->field->kind;
    bool by_key = kind == PK_KIND_OPTIONS || kind == PK_KIND_RESERVATIONS;
    return by_key ? difference->key : pk_part_name(pool, difference->field, difference->key);
}

static struct cell
cell_of(const struct pk_screen *screen, const struct pk_pair_view *view,
        const struct pk_scope_state *scope, const struct pk_difference *difference)
{
    struct pk_shown shown = pk_shown_of(scope, difference);
    const struct pk_field *field = difference->field;
    const char *values = pk_sprintf(
        screen->pool, "%s %s %s", pk_field_display(screen->pool, field, shown.have),
        pk_screen_glyph(screen, PK_GLYPH_ARROW), pk_field_display(screen->pool, field, shown.want));
    return (struct cell){view->servers[difference->side].name, values};
}

/* heal: commits may write a scope and still leave what was edited in it by hand. */
static bool
is_left_alone(const struct pk_scope_state *scope, const struct pk_difference *difference)
{
    if (scope == NULL || !scope->left_alone) {
        return false;
    }
    const char *written =
        pk_parts_get(&scope->write[difference->side].parts, difference->field, difference->key);
    bool same = written != NULL && difference->have != NULL ? strcmp(written, difference->have) == 0
                                                            : written == difference->have;
    return !scope->writes[difference->side] || same;
}

static void
add_cell(const struct pk_screen *screen, const struct pk_pair_view *view,
         const struct pk_scope_state *scope, const struct pk_difference *difference,
         struct part_line *line)
{
    const char *cause = pk_cause_words(screen->pool, scope, difference);
    if (is_left_alone(scope, difference)) {
        cause = pk_sprintf(screen->pool, "%s, left alone", cause);
    }
    if (line->cause == NULL) {
        line->cause = cause;
    } else if (strcmp(line->cause, cause) != 0) {
        line->cause = pk_sprintf(screen->pool, "%s / %s", line->cause, cause);
    }
    line->cells[line->cell_count++] = cell_of(screen, view, scope, difference);
}

static int
order_of(const struct pk_difference *a, const struct pk_difference *b)
{
    struct pk_part first = {a->field, a->key, ""}, second = {b->field, b->key, ""};
    return pk_part_compare(&first, &second);
}

static bool
is_shown(const struct pk_scope_state *scope, const struct pk_difference *difference)
{
    return scope == NULL || scope->have[difference->side] != NULL;
}

/* A merge walk over the two servers' differences, each sorted by part. */
static struct part_lines
merge(const struct pk_screen *screen, const struct pk_pair_view *view,
      const struct pk_scope_state *scope, const struct pk_difference *at, size_t count)
{
    struct part_lines lines = {0};
    size_t second = 0;
    while (second < count && at[second].side == PK_SERVER_1) {
        second++;
    }
    size_t i = 0, j = second;
    while (i < second || j < count) {
        int order = i == second ? 1 : j == count ? -1 : order_of(&at[i], &at[j]);
        const struct pk_difference *a = order <= 0 ? &at[i++] : NULL;
        const struct pk_difference *b = order >= 0 ? &at[j++] : NULL;
        struct part_line line = {.name = name_of(screen->pool, a != NULL ? a : b)};
        if (a != NULL && is_shown(scope, a)) {
            add_cell(screen, view, scope, a, &line);
        }
        if (b != NULL && is_shown(scope, b)) {
            add_cell(screen, view, scope, b, &line);
        }
        if (line.cell_count > 0) {
            *pk_push(screen->pool, &lines) = line;
        }
    }
    return lines;
}

static size_t
larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t
cell_width(const struct cell *cell)
{
    return pk_screen_width(cell->server) + 1 + pk_screen_width(cell->values);
}

static struct widths
measure(const struct part_lines *lines)
{
    struct widths widths = {0};
    for (size_t i = 0; i < lines->count; i++) {
        const struct part_line *line = &lines->at[i];
        widths.name = larger(widths.name, pk_screen_width(line->name));
        widths.cause = larger(widths.cause, pk_screen_width(line->cause));
        if (line->cell_count == PK_PAIR) {
            widths.first = larger(widths.first, cell_width(&line->cells[0]));
        }
    }
    for (size_t i = 0; i < lines->count; i++) {
        const struct part_line *line = &lines->at[i];
        size_t cells = line->cell_count == PK_PAIR
                           ? widths.first + PK_GAP + cell_width(&line->cells[1])
                           : cell_width(&line->cells[0]);
        widths.cells = larger(widths.cells, cells);
    }
    return widths;
}

static size_t
put_cell(const struct pk_screen *screen, const struct cell *cell)
{
    pk_screen_put(screen, PK_STYLE_FAINT, cell->server);
    pk_screen_space(screen, 1);
    pk_screen_put(screen, PK_STYLE_PLAIN, cell->values);
    return cell_width(cell);
}

static void
put_in_one_line(const struct pk_screen *screen, const struct widths *widths,
                const struct part_line *line)
{
    pk_screen_space(screen, PK_INDENT_FIELD);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, line->name, widths->name + PK_GAP);
    size_t used = put_cell(screen, &line->cells[0]);
    if (line->cell_count == PK_PAIR) {
        pk_screen_space(screen, widths->first + PK_GAP - used);
        used = widths->first + PK_GAP + put_cell(screen, &line->cells[1]);
    }
    pk_screen_space(screen, widths->cells + PK_GAP - used);
    pk_screen_put(screen, PK_STYLE_FAINT, line->cause);
    pk_screen_line(screen);
}

static void
put_stacked(const struct pk_screen *screen, const struct part_line *line)
{
    pk_screen_space(screen, PK_INDENT_FIELD);
    const char *head = pk_sprintf(screen->pool, "%s  (%s)", line->name, line->cause);
    pk_screen_wrap(screen, PK_STYLE_PLAIN, PK_INDENT_FIELD, PK_INDENT_VALUE, head);
    for (size_t i = 0; i < line->cell_count; i++) {
        const struct cell *cell = &line->cells[i];
        size_t at = PK_INDENT_VALUE + pk_screen_width(cell->server) + PK_GAP;
        pk_screen_space(screen, PK_INDENT_VALUE);
        if (at > screen->columns / 2) { /* hardly any room beside the name: below it */
            pk_screen_wrap(screen, PK_STYLE_FAINT, PK_INDENT_VALUE, PK_INDENT_VALUE, cell->server);
            at = PK_INDENT_VALUE + PK_GAP;
            pk_screen_space(screen, at);
        } else {
            pk_screen_put_padded(screen, PK_STYLE_FAINT, cell->server, at - PK_INDENT_VALUE);
        }
        pk_screen_wrap(screen, PK_STYLE_PLAIN, at, at, cell->values);
    }
}

void
pk_text_fields(const struct pk_screen *screen, const struct pk_pair_view *view,
               const struct pk_scope_state *scope, const struct pk_difference *differences,
               size_t count)
{
    struct part_lines lines = merge(screen, view, scope, differences, count);
    struct widths widths = measure(&lines);
    size_t needed = PK_INDENT_FIELD + widths.name + PK_GAP + widths.cells + PK_GAP + widths.cause;
    for (size_t i = 0; i < lines.count; i++) {
        if (needed <= screen->columns) {
            put_in_one_line(screen, &widths, &lines.at[i]);
        } else {
            put_stacked(screen, &lines.at[i]);
        }
    }
}
