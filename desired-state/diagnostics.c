/*
 * Diagnostics are copied into their own pool because they outlive everything they speak of: the
 * tree of the file, and the snapshot that a rejected revision never becomes.
 *
 * They quote what was written, and a quoted YAML text may hold anything, so that is the place where
 * line ends and the escape sequences of terminals are taken out.
 */
#include "desired-state/diagnostics.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

enum { DELETE = 0x7f, C1_CONTROLS_END = 0xa0 };

/* @p text with control characters and what is not UTF-8 as \xHH. */
static const char *
on_one_line(struct pk_pool *pool, const char *text)
{
    struct pk_text line = {.pool = pool};
    for (const char *at = text; *at != '\0';) {
        uint32_t point = 0;
        size_t length = pk_utf8_decode(at, SIZE_MAX, &point);
        if (length == 0 || point < ' ' || (point >= DELETE && point < C1_CONTROLS_END)) {
            length = length == 0 ? 1 : length;
            for (size_t i = 0; i < length; i++) {
                pk_text_addf(&line, "\\x%02x", (unsigned char)at[i]);
            }
        } else {
            pk_text_add_bytes(&line, at, length);
        }
        at += length;
    }
    return pk_text_end(&line);
}

static void
count(struct pk_diagnostics *diagnostics, enum pk_rule rule)
{
    if (pk_rule_row(rule)->warning) {
        diagnostics->warnings++;
    } else {
        diagnostics->errors++;
    }
}

void
pk_diagnose(struct pk_diagnostics *diagnostics, enum pk_rule rule, struct pk_mark mark,
            const char *hint, const char *format, ...)
{
    struct pk_pool *pool = diagnostics->pool;
    va_list args;
    va_start(args, format);
    const char *message = on_one_line(pool, pk_vsprintf(pool, format, args));
    va_end(args);
    mark.file = pk_strdup(pool, mark.file);
    *pk_push(pool, &diagnostics->list) = (struct pk_diagnostic){
        .mark = mark,
        .rule = rule,
        .message = message,
        .hint = hint != NULL ? on_one_line(pool, hint) : NULL,
    };
    count(diagnostics, rule);
}

static int
compare(const void *left, const void *right)
{
    const struct pk_diagnostic *a = left, *b = right;
    int order = strcmp(a->mark.file, b->mark.file);
    if (order != 0) {
        return order;
    }
    if (a->mark.line != b->mark.line) {
        return a->mark.line < b->mark.line ? -1 : 1;
    }
    if (a->mark.column != b->mark.column) {
        return a->mark.column < b->mark.column ? -1 : 1;
    }
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    return strcmp(a->message, b->message);
}

void
pk_diagnostics_sort(struct pk_diagnostics *diagnostics)
{
    size_t total = diagnostics->list.count, kept = 0;
    struct pk_diagnostic *at = diagnostics->list.at;
    if (total != 0) {
        qsort(at, total, sizeof *at, compare);
    }
    diagnostics->errors = diagnostics->warnings = 0;
    for (size_t i = 0; i < total; i++) {
        if (kept == 0 || compare(&at[kept - 1], &at[i]) != 0) {
            count(diagnostics, at[i].rule);
            at[kept++] = at[i];
        }
    }
    diagnostics->list.count = kept;
}

const char *
pk_diagnostic_text(struct pk_pool *pool, const struct pk_diagnostic *diagnostic)
{
    const struct pk_rule_row *rule = pk_rule_row(diagnostic->rule);
    const struct pk_mark *mark = &diagnostic->mark;
    struct pk_text out = {.pool = pool};
    if (mark->file[0] != '\0') {
        pk_text_add(&out, mark->file);
        if (mark->line != 0) {
            pk_text_addf(&out, ":%u:%u", mark->line, mark->column);
        }
        pk_text_add(&out, ": ");
    }
    pk_text_add(&out, rule->warning ? "warning: " : "");
    pk_text_add(&out, diagnostic->message);
    if (diagnostic->hint != NULL) {
        pk_text_addf(&out, "; %s", diagnostic->hint);
    }
    pk_text_addf(&out, " [%s]", rule->code);
    return pk_text_end(&out);
}
