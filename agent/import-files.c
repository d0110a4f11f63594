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
as_file(const struct pk_lines *lines, const char *name, size_t head_bytes)
{
    return (struct pk_import_file){
        .name = name,
        .text = pk_text_end(&lines->text),
        .size = lines->text.count,
        .head_bytes = head_bytes,
        .lines = lines->list.at,
        .line_count = lines->list.count,
    };
}

static struct pk_import_file
write_relationship(struct pk_pool *pool, const struct pk_import *import)
{
    struct pk_lines lines = {.pool = pool, .import = import, .text = {.pool = pool}};
    put_origin(&lines);
    put_loners(&lines);
    pk_lines_put_relationship(&lines);
    return as_file(&lines, relationship_file, lines.text.count);
}

/* -- Files of scopes -------------------------------------------------------------------------- */

/* Files are to be edited: they begin with as much room as they have text. */
enum { ROOM_TO_GROW = 2 };

/* Unless all there is stands behind a `#`. */
static void
put_header(struct pk_lines *lines, size_t first, size_t end)
{
    const struct pk_import_scope *scopes = lines->import->scopes;
    while (first < end && scopes[first].refusal.message != NULL) {
        first++;
    }
    if (first < end) {
        pk_lines_put_blank(lines);
        pk_lines_put(lines, PK_INDENT_NONE, scopes_header, NULL, NULL);
    }
}

/* At least one, and as many as there is room for in @p bytes: what was too much is taken back.
   @return one past the last */
static size_t
put_scopes(struct pk_lines *lines, size_t first, size_t bytes)
{
    size_t end = first;
    for (; end < lines->import->scope_count; end++) {
        const size_t text_before = lines->text.count, lines_before = lines->list.count;
        if (end != first) {
            pk_lines_put_blank(lines);
        }
        pk_lines_put_scope(lines, &lines->import->scopes[end]);
        if (end != first && lines->text.count > bytes) {
            lines->text.count = text_before;
            lines->list.count = lines_before;
            break;
        }
    }
    return end;
}

static void
append(struct pk_lines *lines, const struct pk_lines *more)
{
    pk_text_add_bytes(&lines->text, more->text.at, more->text.count);
    for (size_t i = 0; i < more->list.count; i++) {
        *pk_push(lines->pool, &lines->list) = more->list.at[i];
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

/* The head is said last: what is in it depends on the scopes.  @return one past the last scope */
static size_t
write_scopes(struct pk_pool *pool, const struct pk_import *import, size_t first, size_t bytes,
             struct pk_import_file *out)
{
    PK_SCRATCH(scratch);
    struct pk_lines scopes = {.pool = scratch, .import = import, .text = {.pool = scratch}};
    struct pk_lines lines = {.pool = pool, .import = import, .text = {.pool = pool}};
    put_origin(&lines);
    const size_t blank_line = 1, used = lines.text.count + blank_line + sizeof scopes_header;
    const size_t end = put_scopes(&scopes, first, bytes > used ? bytes - used : 0);
    put_header(&lines, first, end);
    const size_t head_bytes = lines.text.count;
    append(&lines, &scopes);
    *out = as_file(&lines, name_of(pool, import, first, end), head_bytes);
    return end;
}

void
pk_import_write(struct pk_pool *pool, const struct pk_import *import, size_t file_bytes,
                struct pk_import_files *out)
{
    *out = (struct pk_import_files){0};
    *pk_push(pool, out) = write_relationship(pool, import);
    for (size_t i = 0; i < import->scope_count;) {
        i = write_scopes(pool, import, i, file_bytes / ROOM_TO_GROW, pk_push(pool, out));
    }
}

const char *
pk_import_as_one(struct pk_pool *pool, const struct pk_import *import,
                 const struct pk_import_files *files)
{
    struct pk_lines lines = {.pool = pool, .import = import, .text = {.pool = pool}};
    for (size_t i = 0; i < files->count; i++) {
        const struct pk_import_file *file = &files->at[i];
        const size_t skipped = i == 0 ? 0 : file->head_bytes;
        if (i == 1) {
            put_header(&lines, 0, import->scope_count);
        } else if (i > 1) {
            pk_lines_put_blank(&lines);
        }
        pk_text_add_bytes(&lines.text, file->text + skipped, file->size - skipped);
    }
    return pk_text_end(&lines.text);
}
