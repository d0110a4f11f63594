/*
 * The relationship's block: who, how, and what its scopes share.  What pairkeeper may do (heal,
 * prune, ...) is left at its defaults; that is for whoever owns the file to decide.
 */
#include "agent/import-lines.h"
#include "agent/yaml-text.h"

const char pk_import_unnamed_server[] = "to-be-named";

static const char *
text_of(struct pk_lines *lines, const char *value)
{
    struct pk_text out = {.pool = lines->pool};
    pk_yaml_add_text(&out, value, PK_YAML_FLOW);
    return pk_text_end(&out);
}

static const char *
value_or_absent(struct pk_lines *lines, const struct pk_import_part *part, const char *value)
{
    const char *text = pk_import_value(lines->pool, part->field, part->key, value, PK_YAML_BLOCK);
    return text != NULL ? text : "absent";
}

static void
put_setting(struct pk_lines *lines, const struct pk_import_part *part)
{
    const char *name = pk_part_name(lines->pool, part->field, part->key);
    bool in_map = pk_field_is_map(part->field);
    if (part->differs) {
        pk_lines_put(lines, PK_INDENT_FIELD,
                     pk_sprintf(lines->pool, "# %s: %s on %s, %s on %s", name,
                                value_or_absent(lines, part, part->value), lines->import->source,
                                value_or_absent(lines, part, part->other), lines->import->partner),
                     NULL, NULL);
    } else if (part->refusal.message != NULL) {
        pk_lines_put_refusal(lines, PK_INDENT_FIELD, &part->refusal, "");
    } else {
        pk_lines_put_member(
            lines, in_map ? PK_INDENT_MEMBER : PK_INDENT_FIELD, in_map ? part->key : name,
            pk_import_value(lines->pool, part->field, part->key, part->value, PK_YAML_BLOCK), NULL);
    }
}

static bool
is_stated(const struct pk_import_part *part)
{
    return !part->differs && part->refusal.message == NULL;
}

/* Settings in which the servers agree are stated, the others are remarks before them. */
static void
put_settings(struct pk_lines *lines, bool stated)
{
    const struct pk_import_parts *settings = &lines->import->settings;
    bool begun = false;
    for (size_t i = 0; i < settings->count; i++) {
        struct pk_import_part *part = &settings->at[i];
        if (is_stated(part) != stated) {
            continue;
        }
        if (stated && pk_field_is_map(part->field) && !begun) {
            begun = true;
            pk_lines_put(lines, PK_INDENT_FIELD, pk_sprintf(lines->pool, "%s:", part->field->name),
                         NULL, NULL);
        }
        lines->at.part = part;
        put_setting(lines, part);
        lines->at.part = NULL;
    }
}

static void
put_defaults(struct pk_lines *lines)
{
    const struct pk_import_defaults *defaults = &lines->import->defaults;
    const struct pk_field *begun = NULL;
    if (defaults->count != 0) {
        pk_lines_put(lines, PK_INDENT_FIELD, "scope-defaults:", NULL, NULL);
    }
    for (size_t i = 0; i < defaults->count; i++) {
        const struct pk_import_default *one = &defaults->at[i];
        bool in_map = pk_field_is_map(one->field);
        if (in_map && begun != one->field) {
            begun = one->field;
            pk_lines_put(lines, PK_INDENT_MEMBER, pk_sprintf(lines->pool, "%s:", one->field->name),
                         NULL, NULL);
        }
        lines->at.inherited = one;
        pk_lines_put_member(
            lines, in_map ? PK_INDENT_DEEP : PK_INDENT_MEMBER, in_map ? one->key : one->field->name,
            pk_import_value(lines->pool, one->field, one->key, one->value, PK_YAML_BLOCK), NULL);
        lines->at.inherited = NULL;
    }
}

void
pk_lines_put_relationship(struct pk_lines *lines)
{
    const struct pk_import *import = lines->import;
    bool paired = import->servers[PK_SERVER_2] != NULL;
    pk_lines_put_blank(lines);
    pk_lines_put(lines, PK_INDENT_NONE, "relationships:", NULL, NULL);
    pk_lines_put_member(lines, PK_INDENT_SCOPE, import->relationship, NULL, NULL);
    pk_lines_put(lines, PK_INDENT_FIELD, "mode:",
                 pk_import_value(lines->pool, &pk_relationship_fields.at[PK_RELATIONSHIP_MODE], "",
                                 import->mode, PK_YAML_BLOCK),
                 NULL);
    const char *second = paired ? import->servers[PK_SERVER_2] : pk_import_unnamed_server;
    pk_lines_put(lines, PK_INDENT_FIELD, "servers:",
                 pk_sprintf(lines->pool, "[%s, %s]", text_of(lines, import->servers[PK_SERVER_1]),
                            text_of(lines, second)),
                 paired ? NULL : "name server 2 here: no partner is known");
    pk_lines_put(lines, PK_INDENT_FIELD, "source:", text_of(lines, import->source), NULL);
    put_settings(lines, false);
    put_settings(lines, true);
    put_defaults(lines);
}
