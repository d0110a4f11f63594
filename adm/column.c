/*
 * Canonical JSON is what the program compares; columns hold plain text and numbers, so that the
 * tables can be read and edited with any SQLite tool.  Both directions stand side by side here.
 */
#include "adm/column.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

struct pk_parts
pk_part_list_canonical(struct pk_pool *pool, const struct pk_part_list *list)
{
    struct pk_part *at = pk_array(pool, struct pk_part, list->count);
    if (list->count > 0) {
        memcpy(at, list->at, list->count * sizeof *at);
    }
    return pk_parts_canonical(at, list->count);
}

const char *
pk_text_to_json(struct pk_pool *pool, const char *text)
{
    struct pk_text json = {.pool = pool};
    pk_text_add_json(&json, text);
    return json.at;
}

const char *
pk_text_from_json(struct pk_pool *pool, const char *json)
{
    size_t length = strlen(json);
    if (length >= 2 && strchr(json, '\\') == NULL) {
        return pk_strndup(pool, json + 1, length - 2);
    }
    json_auto_t *value = pk_json_parse(json, NULL);
    const char *text = json_string_value(value);
    return pk_strdup(pool, text != NULL ? text : "");
}

/* Position of a choice from 1; 0 when it is none. */
static int64_t
choice_number(const struct pk_field *field, const char *text)
{
    for (int64_t i = 0; field->choices[i] != NULL; i++) {
        if (strcmp(field->choices[i], text) == 0) {
            return i + 1;
        }
    }
    return 0;
}

struct pk_value
pk_field_to_column(struct pk_pool *pool, const struct pk_field *field, const struct pk_parts *parts)
{
    const char *stated = pk_parts_get(parts, field, "");
    const char *value = stated != NULL ? stated : field->default_value;
    if (value == NULL) {
        return sql_text(NULL);
    }
    if (field->kind == PK_KIND_CHOICE) {
        return sql_int(choice_number(field, pk_text_from_json(pool, value)));
    }
    if (field->kind == PK_KIND_BOOLEAN) {
        return sql_int(strcmp(value, "true") == 0);
    }
    if (field->kind == PK_KIND_NUMBER || field->kind == PK_KIND_DURATION) {
        return sql_int(strtoll(value, NULL, 10));
    }
    return sql_text(pk_text_from_json(pool, value));
}

static const char *
value_from_column(struct pk_pool *pool, const struct pk_field *field,
                  const struct pk_cursor *cursor, int column)
{
    if (field->kind == PK_KIND_CHOICE) {
        int64_t number = pk_column_int(cursor, column);
        return pk_text_to_json(pool, field->choices[number - 1]);
    }
    if (field->kind == PK_KIND_BOOLEAN) {
        return pk_column_int(cursor, column) != 0 ? "true" : "false";
    }
    if (field->kind == PK_KIND_NUMBER || field->kind == PK_KIND_DURATION) {
        return pk_column_text(pool, cursor, column);
    }
    return pk_text_to_json(pool, pk_column_peek(cursor, column));
}

void
pk_field_from_column(struct pk_pool *pool, const struct pk_field *field,
                     const struct pk_cursor *cursor, int column, struct pk_part_list *list)
{
    if (!pk_column_is_null(cursor, column)) {
        *pk_push(pool, list) = (struct pk_part){
            .field = field, .key = "", .value = value_from_column(pool, field, cursor, column)};
    }
}

const char *
pk_map_to_column(struct pk_pool *pool, const struct pk_field *field, const struct pk_parts *parts)
{
    struct pk_text object = {.pool = pool};
    for (size_t i = 0; i < parts->count; i++) {
        const struct pk_part *part = &parts->at[i];
        if (part->field == field) {
            pk_text_add(&object, object.count == 0 ? "{" : ",");
            pk_text_add_json(&object, part->key);
            pk_text_addf(&object, ":%s", part->value);
        }
    }
    pk_text_add(&object, object.count == 0 ? "{}" : "}");
    return object.at;
}

void
pk_map_from_column(struct pk_pool *pool, const struct pk_field *field,
                   const struct pk_cursor *cursor, int column, struct pk_part_list *list)
{
    const char *text = pk_column_peek(cursor, column);
    if (strcmp(text, "{}") == 0) {
        return;
    }
    json_auto_t *object = pk_json_parse(text, NULL);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        *pk_push(pool, list) = (struct pk_part){
            .field = field, .key = pk_strdup(pool, key), .value = pk_json_text(pool, value)};
    }
}
