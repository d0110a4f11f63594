/*
 * The rules stand in desired-state/ and nowhere else; here is only what a complaint costs.  A field
 * that Git owns whole (options, reservations) goes whole: stated without the part in question it
 * would say that the part is to be deleted.  Unstated, it is nobody's and stays as it is.
 *
 * A clean file may still not say what the server holds, when a server spells a value in a way that
 * no reading gives back.  So what was read is compared with what was to be written.
 */
#include "agent/import-refuse.h"

#include <stdlib.h>
#include <string.h>

struct settling {
    struct pk_pool *pool;
    struct pk_import *import;
    const struct pk_import_files *files;
    size_t left_out; /* in this round */
};

/* Stated by every scope that has it, whatever is left out of it where. */
static void
keep_out_of_defaults(struct pk_import *import, const struct pk_field *field, const char *key)
{
    for (size_t i = 0; i < import->scope_count; i++) {
        struct pk_import_parts *parts = &import->scopes[i].parts;
        for (size_t j = 0; j < parts->count; j++) {
            struct pk_import_part *part = &parts->at[j];
            part->not_default =
                part->not_default || (part->field == field && strcmp(part->key, key) == 0);
        }
    }
}

static void
leave_out_part(struct settling *settling, struct pk_import_scope *scope,
               struct pk_import_part *part, struct pk_import_refusal why)
{
    if (part->refusal.message != NULL) {
        return;
    }
    settling->left_out++;
    if (scope == NULL) { /* a setting of the relationship */
        part->refusal = why;
        return;
    }
    pk_import_leave_out(scope, part, why);
    if (part->field == &pk_scope_fields.at[PK_SCOPE_KEA]) { /* null would say "not wanted" */
        keep_out_of_defaults(settling->import, part->field, part->key);
    }
}

static void
leave_out_scope(struct settling *settling, struct pk_import_scope *scope,
                struct pk_import_refusal why)
{
    if (scope->refusal.message == NULL) {
        settling->left_out++;
        scope->refusal = why;
    }
}

static const struct pk_import_file *
file_of(const struct settling *settling, const char *name)
{
    for (size_t i = 0; i < settling->files->count; i++) {
        if (strcmp(settling->files->at[i].name, name) == 0) {
            return &settling->files->at[i];
        }
    }
    return NULL;
}

/* What a place is about.  A complaint about a file as a whole is one about the scope it holds: only
 * a scope that is too large by itself has a file that is too large. */
static struct pk_import_line
subject(const struct settling *settling, const struct pk_mark *mark)
{
    const struct pk_import_file *file = file_of(settling, mark->file);
    if (file == NULL || mark->line > file->line_count) {
        return (struct pk_import_line){0};
    }
    return file->lines[mark->line != 0 ? mark->line - 1 : file->line_count - 1];
}

/* Messages name the other place of a pair; no place of this round's files is of use later. */
static const char *
without_place(struct pk_pool *pool, const char *message)
{
    static const char word[] = " in ";
    const char *last = NULL;
    for (const char *at = strstr(message, word); at != NULL; at = strstr(at + 1, word)) {
        last = at;
    }
    bool is_place = last != NULL && (strncmp(last, " in line ", sizeof " in line " - 1) == 0 ||
                                     strstr(last, ".yaml:") != NULL);
    return pk_strndup(pool, message, is_place ? (size_t)(last - message) : strlen(message));
}

static void
take(struct settling *settling, const struct pk_diagnostic *diagnostic)
{
    struct pk_import_line line = subject(settling, &diagnostic->mark);
    const struct pk_import_refusal why = {
        .rule = pk_rule_row(diagnostic->rule)->code,
        .message = without_place(settling->pool, diagnostic->message),
    };
    bool whole_file = diagnostic->mark.line == 0;
    if (line.inherited != NULL) {
        keep_out_of_defaults(settling->import, line.inherited->field, line.inherited->key);
        settling->left_out++;
    } else if (line.part != NULL && !whole_file) {
        leave_out_part(settling, line.scope, line.part, why);
    } else if (line.scope != NULL) {
        leave_out_scope(settling, line.scope, why);
    }
}

/* -- What was read is what was to be written --------------------------------------------------- */

static const char *
read_value(const struct pk_wanted_scope *wanted, const struct pk_import_part *part)
{
    const char *value = pk_parts_get(&wanted->parts, part->field, part->key);
    return value != NULL ? value : part->field->default_value;
}

static void
compare_scope(struct settling *settling, struct pk_import_scope *scope,
              const struct pk_wanted_scope *wanted)
{
    for (size_t i = 0; i < scope->parts.count; i++) {
        struct pk_import_part *part = &scope->parts.at[i];
        bool stated = part->value != NULL && !pk_import_is_left_out(scope, part) &&
                      part->field != &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP] &&
                      pk_wanted_owns(wanted, part->field, part->key);
        const char *read = stated ? read_value(wanted, part) : NULL;
        if (stated && (read == NULL || strcmp(read, part->value) != 0)) {
            leave_out_part(
                settling, scope, part,
                (struct pk_import_refusal){
                    .message = pk_sprintf(settling->pool, "%s: no YAML means what the server holds",
                                          pk_part_name(settling->pool, part->field, part->key))});
        }
    }
}

/* Both lists are sorted by subnet. */
static void
compare_with_snapshot(struct settling *settling, const struct pk_snapshot *snapshot)
{
    size_t next = 0;
    for (size_t i = 0; i < settling->import->scope_count; i++) {
        struct pk_import_scope *scope = &settling->import->scopes[i];
        if (scope->refusal.message == NULL && next < snapshot->scope_count) {
            compare_scope(settling, scope, &snapshot->scopes[next++]);
        }
    }
}

/* -- Rounds ------------------------------------------------------------------------------------ */

static enum pk_code
fail(const struct settling *settling, const struct pk_diagnostics *diagnostics,
     struct pk_error *err)
{
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct pk_diagnostic *one = &diagnostics->list.at[i];
        if (!pk_rule_row(one->rule)->warning) {
            return pk_error_set(err, PK_EINVAL, settling->import->relationship,
                                "the relationship cannot be written: %s%s%s [%s]; name it with "
                                "--relationship NAME",
                                one->message, one->hint != NULL ? "; " : "",
                                one->hint != NULL ? one->hint : "", pk_rule_row(one->rule)->code);
        }
    }
    return pk_error_set(err, PK_EINVAL, settling->import->relationship,
                        "the relationship cannot be written");
}

/* One round; @p done when it had nothing to complain about. */
static enum pk_code
settle_once(struct settling *settling, const struct pk_snapshot_context *known, bool *done,
            struct pk_error *err)
{
    PK_SCRATCH(round);
    const struct pk_import_files *files = settling->files;
    struct pk_source_file *sources = pk_array(round, struct pk_source_file, files->count);
    for (size_t i = 0; i < files->count; i++) {
        sources[i] = (struct pk_source_file){
            .path = files->at[i].name, .bytes = files->at[i].text, .size = files->at[i].size};
    }
    struct pk_diagnostics diagnostics = {.pool = round};
    struct pk_snapshot snapshot;
    settling->left_out = 0;
    if (pk_snapshot_build(round, sources, files->count, known, &diagnostics, &snapshot) == PK_OK) {
        compare_with_snapshot(settling, &snapshot);
        *done = settling->left_out == 0;
        return PK_OK;
    }
    for (size_t i = 0; i < diagnostics.list.count; i++) {
        if (!pk_rule_row(diagnostics.list.at[i].rule)->warning) {
            take(settling, &diagnostics.list.at[i]);
        }
    }
    *done = false;
    return settling->left_out != 0 ? PK_OK : fail(settling, &diagnostics, err);
}

/* What was written in the last round stays. */
enum pk_code
pk_import_settle(struct pk_pool *pool, struct pk_import *import,
                 const struct pk_snapshot_context *known, struct pk_import_files *files,
                 struct pk_error *err)
{
    struct settling settling = {.pool = pool, .import = import, .files = files};
    struct pk_pool *written = NULL;
    enum pk_code code = PK_OK;
    for (bool done = false; code == PK_OK && !done;) {
        pk_pool_free(written);
        written = pk_pool_new(pool);
        pk_import_factor(pool, import);
        pk_import_write(written, import, known->limits.file_bytes, files);
        code = settle_once(&settling, known, &done, err);
    }
    return code;
}
