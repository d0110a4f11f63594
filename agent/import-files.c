/*
 * People open a file to change a scope, so the scopes stay together as long as they may; a
 * revision's limit of a file's size says when they may not.
 */
#include <string.h>

#include "agent/import-lines.h"
#include "agent/yaml-text.h"

static const char relationship_file[] = "relationship.yaml";
static const char scopes_file[] = "scopes.yaml";
static const char scopes_header[] = "scopes:";

void
pk_lines_put(struct pk_lines *lines, unsigned indent, const char *word, const char *value,
             const char *remark)
{
    struct pk_text *out = &lines->text;
    if (lines->commented) {
        pk_text_addf(out, "%*s# %*s", PK_INDENT_SCOPE, "", (int)indent - PK_INDENT_SCOPE, "");
    } else {
        pk_text_addf(out, "%*s", (int)indent, "");
    }
    bool is_remark = *word == '#';
    if (is_remark) {
        pk_yaml_add_remark(out, word);
    } else {
        pk_text_add(out, word);
    }
    if (value != NULL) {
        pk_text_add(out, " ");
        pk_text_add(out, value);
    }
    if (remark != NULL) {
        pk_text_add(out, "  # ");
        pk_yaml_add_remark(out, remark);
    }
    pk_text_add(out, "\n");
    *pk_push(lines->pool, &lines->list) = lines->at;
}

void
pk_lines_put_blank(struct pk_lines *lines)
{
    pk_text_add(&lines->text, "\n");
    *pk_push(lines->pool, &lines->list) = (struct pk_import_line){0};
}

/* Is there anything that is not behind a `#`? */
static bool
has_scopes(const struct pk_import *import, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (import->scopes[i].refusal.message == NULL) {
            return true;
        }
    }
    return false;
}

static void
put_origin(struct pk_lines *lines)
{
    const struct pk_import *import = lines->import;
    if (import->partner != NULL) {
        pk_lines_put(lines, PK_INDENT_NONE,
                     pk_sprintf(lines->pool,
                                "# Imported from %s; what %s holds instead is said behind the "
                                "values.",
                                import->source, import->partner),
                     NULL, NULL);
    } else {
        pk_lines_put(lines, PK_INDENT_NONE,
                     pk_sprintf(lines->pool, "# Imported from %s.", import->source), NULL, NULL);
    }
}

/* Scopes that are nobody's are said once, so that nobody misses them. */
static void
put_loners(struct pk_lines *lines)
{
    for (size_t i = 0; i < lines->import->loner_count; i++) {
        const struct pk_import_loner *loner = &lines->import->loners[i];
        pk_lines_put(lines, PK_INDENT_NONE,
                     pk_sprintf(lines->pool, "# left out: %s on %s is in no relationship there",
                                pk_prefix_text(lines->pool, loner->subnet), loner->server),
                     NULL, NULL);
    }
}

static struct pk_import_file
as_file(const struct pk_lines *lines, const char *name)
{
    return (struct pk_import_file){
        .name = name,
        .text = pk_text_end(&lines->text),
        .size = lines->text.count,
        .lines = lines->list.at,
        .line_count = lines->list.count,
    };
}

static size_t
size_of_scope(const struct pk_import *import, struct pk_import_scope *scope)
{
    PK_SCRATCH(scratch);
    struct pk_lines lines = {.pool = scratch, .import = import, .text = {.pool = scratch}};
    pk_lines_put_scope(&lines, scope);
    return lines.text.count;
}

/* Files are to be edited: they begin with as much room as they have text. */
enum { ROOM_TO_GROW = 2 };

/* One past the last scope that fits beside @p first; at least one is taken. */
static size_t
end_of_file(const struct pk_import *import, size_t first, size_t file_bytes, size_t used)
{
    const size_t blank_line = 1;
    size_t end = first;
    while (end < import->scope_count) {
        used += size_of_scope(import, &import->scopes[end]) + blank_line;
        if (used > file_bytes && end > first) {
            break;
        }
        end++;
    }
    return end;
}

static void
put_scopes(struct pk_lines *lines, size_t first, size_t end)
{
    if (has_scopes(lines->import, first, end)) {
        pk_lines_put_blank(lines);
        pk_lines_put(lines, PK_INDENT_NONE, scopes_header, NULL, NULL);
    }
    for (size_t i = first; i < end; i++) {
        if (i != first) {
            pk_lines_put_blank(lines);
        }
        pk_lines_put_scope(lines, &lines->import->scopes[i]);
    }
}

static const char *
name_of(struct pk_pool *pool, const struct pk_import *import, size_t first, size_t end)
{
    char address[PK_IPV4_TEXT_BYTES];
    return first == 0 && end == import->scope_count
               ? scopes_file
               : pk_sprintf(pool, "scopes-from-%s.yaml",
                            pk_format_ipv4(address, import->scopes[first].subnet.address));
}

void
pk_import_write(struct pk_pool *pool, const struct pk_import *import, size_t file_bytes,
                struct pk_import_files *out)
{
    *out = (struct pk_import_files){0};
    struct pk_lines lines = {.pool = pool, .import = import, .text = {.pool = pool}};
    put_origin(&lines);
    put_loners(&lines);
    pk_lines_put_relationship(&lines);
    *pk_push(pool, out) = as_file(&lines, relationship_file);
    for (size_t i = 0, end; i < import->scope_count; i = end) {
        lines = (struct pk_lines){.pool = pool, .import = import, .text = {.pool = pool}};
        put_origin(&lines);
        end = end_of_file(import, i, file_bytes / ROOM_TO_GROW,
                          lines.text.count + sizeof scopes_header);
        put_scopes(&lines, i, end);
        *pk_push(pool, out) = as_file(&lines, name_of(pool, import, i, end));
    }
}

struct pk_import_file
pk_import_write_one(struct pk_pool *pool, const struct pk_import *import)
{
    struct pk_lines lines = {.pool = pool, .import = import, .text = {.pool = pool}};
    put_origin(&lines);
    put_loners(&lines);
    pk_lines_put_relationship(&lines);
    put_scopes(&lines, 0, import->scope_count);
    return as_file(&lines, relationship_file);
}
