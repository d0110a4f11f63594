/*
 * The YAML says everything at its place; this is the sum, and for programs the lists, so that
 * nobody has to read comments.
 */
#include "agent/import-report.h"

#include <string.h>

static size_t
scopes_imported(const struct pk_import *import)
{
    size_t count = 0;
    for (size_t i = 0; i < import->scope_count; i++) {
        count += import->scopes[i].refusal.message == NULL;
    }
    return count;
}

static size_t
reservations_imported(const struct pk_import *import)
{
    size_t count = 0;
    for (size_t i = 0; i < import->scope_count; i++) {
        const struct pk_import_scope *scope = &import->scopes[i];
        for (size_t j = 0; scope->refusal.message == NULL && j < scope->parts.count; j++) {
            const struct pk_import_part *part = &scope->parts.at[j];
            count += part->field == &pk_scope_fields.at[PK_SCOPE_RESERVATIONS] &&
                     part->value != NULL && !pk_import_is_left_out(scope, part);
        }
    }
    return count;
}

/* -- Lists ------------------------------------------------------------------------------------- */

static void
add_left_out(json_t *list, const char *subnet, const char *field,
             const struct pk_import_refusal *why)
{
    json_t *one = json_pack("{s:s, s:s}", "message", why->message, "subnet", subnet);
    json_object_set_new(one, "field", pk_json_text_or_null(field));
    json_object_set_new(one, "rule", pk_json_text_or_null(why->rule));
    json_array_append_new(list, one);
}

static json_t *
left_out(struct pk_pool *pool, const struct pk_import *import)
{
    json_t *list = json_array();
    for (size_t i = 0; i < import->loner_count; i++) {
        const struct pk_import_loner *loner = &import->loners[i];
        struct pk_import_refusal why = {
            .message = pk_sprintf(pool, "is in no relationship on %s", loner->server)};
        add_left_out(list, pk_prefix_text(pool, loner->subnet), NULL, &why);
    }
    for (size_t i = 0; i < import->scope_count; i++) {
        const struct pk_import_scope *scope = &import->scopes[i];
        if (scope->refusal.message != NULL) {
            add_left_out(list, scope->written, NULL, &scope->refusal);
        }
        for (size_t j = 0; j < scope->parts.count; j++) {
            const struct pk_import_part *part = &scope->parts.at[j];
            if (part->refusal.message != NULL) {
                add_left_out(list, scope->written, pk_part_name(pool, part->field, part->key),
                             &part->refusal);
            }
        }
    }
    return list;
}

/* As diff has it: the field's default where the server has no value of its own. */
static json_t *
value_json(const struct pk_field *field, const char *value)
{
    value = value != NULL ? value : field->default_value;
    json_t *json = value != NULL ? pk_json_parse(value, NULL) : NULL;
    return json != NULL ? json : json_null();
}

static json_t *
held_by(const char *server, json_t *value)
{
    json_t *one = json_pack("{s:s}", "server", server);
    json_object_set_new(one, "have", value);
    return one;
}

static void
add_difference(json_t *list, const struct pk_import *import, const char *subnet, const char *field,
               json_t *source, json_t *partner)
{
    json_t *servers = json_array();
    json_array_append_new(servers, held_by(import->source, source));
    json_array_append_new(servers, held_by(import->partner, partner));
    json_t *one = json_object();
    json_object_set_new(one, "subnet", pk_json_text_or_null(subnet));
    json_object_set_new(one, "field", pk_json_text_or_null(field));
    json_object_set_new(one, "servers", servers);
    json_array_append_new(list, one);
}

static void
add_differences(struct pk_pool *pool, json_t *list, const struct pk_import *import,
                const char *subnet, const struct pk_import_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct pk_import_part *part = &parts->at[i];
        if (part->differs) {
            add_difference(list, import, subnet, pk_part_name(pool, part->field, part->key),
                           value_json(part->field, part->value),
                           value_json(part->field, part->other));
        }
    }
}

/* Settings have no subnet; a scope that one server lacks has no field: have says who has it. */
static json_t *
differences(struct pk_pool *pool, const struct pk_import *import)
{
    json_t *list = json_array();
    add_differences(pool, list, import, NULL, &import->settings);
    for (size_t i = 0; i < import->scope_count; i++) {
        const struct pk_import_scope *scope = &import->scopes[i];
        if (scope->missing_on != NULL) {
            bool on_source = strcmp(scope->missing_on, import->source) != 0;
            add_difference(list, import, scope->written, NULL, json_boolean(on_source),
                           json_boolean(!on_source));
        }
        add_differences(pool, list, import, scope->written, &scope->parts);
    }
    return list;
}

static json_t *
files_json(const struct pk_import_files *files, bool with_text)
{
    json_t *list = json_array();
    for (size_t i = 0; i < files->count; i++) {
        const struct pk_import_file *file = &files->at[i];
        json_t *one = json_pack("{s:s, s:I}", "name", file->name, "bytes", (json_int_t)file->size);
        json_object_set_new(one, "text", with_text ? json_string(file->text) : json_null());
        json_array_append_new(list, one);
    }
    return list;
}

json_t *
pk_import_json(struct pk_pool *pool, const struct pk_import *import,
               const struct pk_import_files *files, const char *folder)
{
    json_t *document = pk_json_document(),
           *lists[] = {left_out(pool, import), differences(pool, import)};
    json_t *counts =
        json_pack("{s:I, s:I, s:I, s:I}", "scopes", (json_int_t)scopes_imported(import),
                  "reservations", (json_int_t)reservations_imported(import), "left_out",
                  (json_int_t)json_array_size(lists[0]), "differences",
                  (json_int_t)json_array_size(lists[1]));
    json_object_set_new(document, "relationship", json_string(import->relationship));
    json_object_set_new(document, "source", json_string(import->source));
    json_object_set_new(document, "partner", pk_json_text_or_null(import->partner));
    json_object_set_new(document, "counts", counts);
    json_object_set_new(document, "folder", pk_json_text_or_null(folder));
    json_object_set_new(document, "files", files_json(files, folder == NULL));
    json_object_set_new(document, "left_out", lists[0]);
    json_object_set_new(document, "differences", lists[1]);
    return document;
}

/* -- For people -------------------------------------------------------------------------------- */

static const char *
plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void
print_next(const struct pk_import *import, const char *folder, FILE *out)
{
    if (import->partner == NULL) {
        fprintf(out,
                "no partner of %s is known: write the name of server 2 instead of %s, or import "
                "again with --partner NAME\n",
                import->source, pk_import_unnamed_server);
    } else if (folder != NULL) {
        fprintf(out,
                "next: pairkeeper validate %s; commit it; pairkeeper diff shows what differs\n",
                folder);
    }
}

void
pk_import_print(struct pk_pool *pool, const struct pk_import *import,
                const struct pk_import_files *files, const char *folder, FILE *out)
{
    json_auto_t *not_stated = left_out(pool, import), *differing = differences(pool, import);
    size_t scopes = scopes_imported(import), reservations = reservations_imported(import);
    size_t lost = json_array_size(not_stated), differ = json_array_size(differing);
    fprintf(out, "%s: %zu scope%s, %zu reservation%s; %zu left out, %zu difference%s\n",
            import->relationship, scopes, plural(scopes), reservations, plural(reservations), lost,
            differ, plural(differ));
    for (size_t i = 0; folder != NULL && i < files->count; i++) {
        fprintf(out, "wrote %s/%s\n", folder, files->at[i].name);
    }
    if (lost != 0) {
        fprintf(out, "look for '# left out' in the YAML: it says what the rules refuse and why\n");
    }
    print_next(import, folder, out);
}
