/*
 * Properties instead of expected results: they need no second reader, so they can be asked about
 * any bytes at all.
 */
#include "reading-properties.h"

#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"

enum { DELETE = 0x7f, C1_CONTROLS_END = 0xa0 };

/* -- Diagnostics -- */

static bool
is_one_line(const char *text)
{
    while (*text != '\0') {
        uint32_t point = 0;
        size_t length = pk_utf8_decode(text, SIZE_MAX, &point);
        if (length == 0 || point < ' ' || (point >= DELETE && point < C1_CONTROLS_END)) {
            return false;
        }
        text += length;
    }
    return true;
}

static unsigned
count_lines(const struct pk_source_file *file)
{
    unsigned lines = 1;
    for (size_t i = 0; i < file->size; i++) {
        lines += file->bytes[i] == '\n' || file->bytes[i] == '\r';
    }
    return lines;
}

struct place_check {
    struct pk_pool *pool;
    const struct pk_source_file *files;
    size_t file_count;
    unsigned *lines; /* of each file */
};

static const char *
mark_defect(const struct place_check *check, const struct pk_mark *mark)
{
    if (mark->file[0] == '\0') {
        return mark->line == 0 ? NULL : "a line of no file";
    }
    for (size_t i = 0; i < check->file_count; i++) {
        if (strcmp(check->files[i].path, mark->file) != 0) {
            continue;
        }
        if ((mark->line == 0) != (mark->column == 0)) {
            return "a line without a column";
        }
        /* An end that is missing is missed after the last line. */
        return mark->line <= check->lines[i] + 1
                   ? NULL
                   : pk_sprintf(check->pool, "line %u is beyond the file", mark->line);
    }
    return pk_sprintf(check->pool, "a place in a file that was not read: %s", mark->file);
}

const char *
diagnostics_defect(struct pk_pool *pool, const struct pk_diagnostics *diagnostics,
                   const struct pk_source_file *files, size_t file_count)
{
    const struct place_check check = {
        .pool = pool,
        .files = files,
        .file_count = file_count,
        .lines = pk_array(pool, unsigned, file_count + 1),
    };
    for (size_t i = 0; i < file_count; i++) {
        check.lines[i] = count_lines(&files[i]);
    }
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct pk_diagnostic *one = &diagnostics->list.at[i];
        const char *text = pk_diagnostic_text(pool, one);
        if (!is_one_line(text)) {
            return "a diagnostic is not one line of text";
        }
        bool of_the_whole = one->rule == PK_RULE_TOO_LARGE || one->rule == PK_RULE_MISSING_KEY;
        if (one->mark.line == 0 && one->mark.file[0] != '\0' && !of_the_whole) {
            return pk_sprintf(pool, "no line: %s", text);
        }
        const char *defect = mark_defect(&check, &one->mark);
        if (defect != NULL) {
            return pk_sprintf(pool, "%s: %s", defect, text);
        }
    }
    return NULL;
}

static const char *
diagnostics_text(struct pk_pool *pool, const struct pk_diagnostics *diagnostics)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        pk_text_addf(&out, "%s\n", pk_diagnostic_text(pool, &diagnostics->list.at[i]));
    }
    return pk_text_end(&out);
}

/* -- The tree of a file -- */

static bool
is_utf8(const char *text)
{
    while (*text != '\0') {
        uint32_t point = 0;
        size_t length = pk_utf8_decode(text, SIZE_MAX, &point);
        if (length == 0) {
            return false;
        }
        text += length;
    }
    return true;
}

static const char *
keys_defect(const struct pk_node *mapping)
{
    for (size_t i = 0; i < mapping->count; i++) {
        const struct pk_node *key = &mapping->items[2 * i];
        if (key->kind != PK_NODE_SCALAR) {
            return "a key that is no text";
        }
        if (pk_node_get(mapping, key->text) != key + 1) {
            return "a key stands twice in a mapping";
        }
    }
    return NULL;
}

static const char *
tree_defect(const struct pk_node *node, unsigned depth, unsigned limit)
{
    if (node->line == 0 || node->column == 0) {
        return "a node without a place";
    }
    if (node->kind == PK_NODE_SCALAR) {
        return is_utf8(node->text) ? NULL : "text that is not UTF-8";
    }
    if (depth == limit) {
        return "a tree deeper than allowed";
    }
    const char *defect = node->kind == PK_NODE_MAPPING ? keys_defect(node) : NULL;
    size_t nodes = node->kind == PK_NODE_MAPPING ? 2 * node->count : node->count;
    for (size_t i = 0; i < nodes && defect == NULL; i++) {
        defect = tree_defect(&node->items[i], depth + 1, limit);
    }
    return defect;
}

static const struct pk_node *
parse(struct pk_pool *pool, const struct pk_source_file *file, struct pk_diagnostics *diagnostics)
{
    *diagnostics = (struct pk_diagnostics){.pool = pool};
    return pk_document_parse(pool, file->path, file->bytes, file->size, &pk_document_default_limits,
                             diagnostics);
}

const char *
document_defect(struct pk_pool *pool, const struct pk_source_file *file)
{
    struct pk_diagnostics diagnostics, again;
    const struct pk_node *root = parse(pool, file, &diagnostics);
    const char *defect = diagnostics_defect(pool, &diagnostics, file, 1);
    if (defect == NULL && root != NULL) {
        defect = root->kind == PK_NODE_MAPPING
                     ? tree_defect(root, 0, pk_document_default_limits.depth)
                     : "a root that is no mapping";
    }
    const struct pk_node *other = parse(pool, file, &again);
    bool same = (root == NULL) == (other == NULL) &&
                strcmp(diagnostics_text(pool, &diagnostics), diagnostics_text(pool, &again)) == 0;
    return defect != NULL ? defect : same ? NULL : "the second reading differs from the first";
}

/* -- The snapshot -- */

struct reading
read_files(struct pk_pool *pool, const struct pk_source_file *files, size_t file_count)
{
    const struct pk_snapshot_context context = {.limits = pk_document_default_limits};
    struct reading reading = {.diagnostics = {.pool = pool}};
    reading.code = pk_snapshot_build(pool, files, file_count, &context, &reading.diagnostics,
                                     &reading.snapshot);
    pk_diagnostics_sort(&reading.diagnostics);
    return reading;
}

static const char *
part_defect(struct pk_pool *pool, const struct pk_field_table *table, const struct pk_part *part)
{
    const char *name = pk_part_name(pool, part->field, part->key);
    const struct pk_field *field;
    const char *key;
    if (!pk_part_parse_name(table, name, &field, &key) || field != part->field ||
        strcmp(key, part->key) != 0) {
        return pk_sprintf(pool, "the name of part %s does not lead back to it", name);
    }
    json_auto_t *value = pk_json_parse(part->value, NULL);
    if (value == NULL || strcmp(pk_json_text(pool, value), part->value) != 0) {
        return pk_sprintf(pool, "%s is not canonical: %s", name, part->value);
    }
    return is_one_line(pk_field_display(pool, part->field, part->value))
               ? NULL
               : pk_sprintf(pool, "%s is shown as more than one line", name);
}

static const char *
parts_defect(struct pk_pool *pool, const struct pk_field_table *table, const struct pk_parts *parts)
{
    const char *defect = NULL;
    for (size_t i = 0; i < parts->count && defect == NULL; i++) {
        defect = i > 0 && pk_part_compare(&parts->at[i - 1], &parts->at[i]) >= 0
                     ? "parts are not sorted"
                     : part_defect(pool, table, &parts->at[i]);
    }
    return defect;
}

static const char *
scope_defect(struct pk_pool *pool, const struct pk_snapshot *snapshot, size_t index)
{
    const struct pk_wanted_scope *scope = &snapshot->scopes[index];
    if (pk_snapshot_relationship(snapshot, scope->relationship) == NULL) {
        return "a scope of a relationship that is not there";
    }
    for (size_t i = 0; i < scope->parts.count; i++) {
        if (scope->origin[i].line == 0) {
            return "a part that was written nowhere";
        }
    }
    if (index > 0) {
        const struct pk_wanted_scope *before = scope - 1;
        int order = strcmp(before->relationship, scope->relationship);
        if (order > 0 || (order == 0 && pk_prefix_compare(before->subnet, scope->subnet) >= 0)) {
            return "scopes are not sorted";
        }
    }
    return parts_defect(pool, &pk_scope_fields, &scope->parts);
}

static const char *
snapshot_defect(struct pk_pool *pool, const struct pk_snapshot *snapshot)
{
    const char *defect = NULL;
    for (size_t i = 0; i < snapshot->relationship_count && defect == NULL; i++) {
        const struct pk_wanted_relationship *relationship = &snapshot->relationships[i];
        defect = i > 0 && strcmp(relationship[-1].name, relationship->name) >= 0
                     ? "relationships are not sorted"
                     : parts_defect(pool, &pk_relationship_fields, &relationship->parts);
    }
    for (size_t i = 0; i < snapshot->scope_count && defect == NULL; i++) {
        defect = scope_defect(pool, snapshot, i);
    }
    return defect;
}

static void
add_parts(struct pk_text *out, const struct pk_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        pk_text_addf(out, " %s=%s", pk_part_name(out->pool, parts->at[i].field, parts->at[i].key),
                     parts->at[i].value);
    }
    pk_text_add(out, "\n");
}

/* Everything that acting would go by. */
static const char *
reading_text(struct pk_pool *pool, const struct reading *reading)
{
    struct pk_text out = {.pool = pool};
    pk_text_add(&out, diagnostics_text(pool, &reading->diagnostics));
    const struct pk_snapshot *snapshot = &reading->snapshot;
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        const struct pk_wanted_relationship *one = &snapshot->relationships[i];
        pk_text_addf(&out, "%s %d %d %d %d %d %llx", one->name, one->heal, one->prune, one->foreign,
                     one->settings, one->suspend, (unsigned long long)one->owned);
        add_parts(&out, &one->parts);
    }
    for (size_t i = 0; i < snapshot->scope_count; i++) {
        const struct pk_wanted_scope *one = &snapshot->scopes[i];
        pk_text_addf(&out, "%llx", (unsigned long long)one->owned);
        for (size_t j = 0; j < one->owned_kea_count; j++) {
            pk_text_addf(&out, " %s", one->owned_kea[j]);
        }
        add_parts(&out, &one->parts);
    }
    return pk_text_end(&out);
}

static const char *
order_defect(struct pk_pool *pool, const struct pk_source_file *files, size_t file_count,
             const struct reading *reading)
{
    struct pk_source_file *reversed = pk_array(pool, struct pk_source_file, file_count + 1);
    for (size_t i = 0; i < file_count; i++) {
        reversed[file_count - 1 - i] = files[i];
    }
    const struct reading again = read_files(pool, reversed, file_count);
    return again.code == reading->code &&
                   strcmp(reading_text(pool, reading), reading_text(pool, &again)) == 0
               ? NULL
               : pk_sprintf(pool, "files in another order are read differently:\n%s---\n%s",
                            reading_text(pool, reading), reading_text(pool, &again));
}

const char *
files_defect(struct pk_pool *pool, const struct pk_source_file *files, size_t file_count)
{
    const struct reading reading = read_files(pool, files, file_count);
    enum pk_code expected = reading.diagnostics.errors == 0 ? PK_OK : PK_EINVAL;
    if (reading.code != expected) {
        return pk_sprintf(pool, "%zu errors, but code %d", reading.diagnostics.errors,
                          reading.code);
    }
    const char *defect = diagnostics_defect(pool, &reading.diagnostics, files, file_count);
    if (defect == NULL && reading.code == PK_OK) {
        defect = snapshot_defect(pool, &reading.snapshot);
    }
    return defect != NULL ? defect : order_defect(pool, files, file_count, &reading);
}
