/*
 * Options that Kea has known for ever are spelled for people; the others go as bytes by code,
 * because what a name or a comma means there depends on the server's version and definitions.
 */
#include "drivers/kea-build-options.h"

#include <ctype.h>
#include <string.h>

#include "adm/kea-option-data.h"
#include "adm/option-wire.h"

struct pk_kea_object
pk_kea_object_begin(struct pk_pool *pool)
{
    struct pk_kea_object object = {.text = {.pool = pool}};
    pk_text_add(&object.text, "{");
    return object;
}

void
pk_kea_object_add(struct pk_kea_object *object, const char *key, const char *json)
{
    pk_text_add(&object->text, object->any ? "," : "");
    pk_text_add_json(&object->text, key);
    pk_text_add(&object->text, ":");
    pk_text_add(&object->text, json);
    object->any = true;
}

const char *
pk_kea_object_end(struct pk_kea_object *object)
{
    pk_text_add(&object->text, "}");
    return pk_text_end(&object->text);
}

const char *
pk_kea_quoted(struct pk_pool *pool, const char *text)
{
    struct pk_text out = {.pool = pool};
    pk_text_add_json(&out, text);
    return pk_text_end(&out);
}

/* -- Options ---------------------------------------------------------------------------------- */

/* Text that no version of Kea takes for a list or for something else than it is. */
static bool
is_plain(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        if (!isgraph((unsigned char)text[i]) && text[i] != ' ') {
            return false;
        }
    }
    return length > 0 && text[0] != ' ' && text[length - 1] != ' ' &&
           strpbrk(text, ",\\\"'") == NULL;
}

static bool
is_spelled(const struct pk_option *option, const json_t *values)
{
    if (option == NULL || !pk_kea_always_defines(option) || option->type == PK_OPTION_BYTES ||
        option->type == PK_OPTION_EMPTY || option->type == PK_OPTION_CLASSLESS_ROUTE) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *text = json_string_value(json_array_get(values, i));
        if (text != NULL && !is_plain(text)) {
            return false;
        }
    }
    return true;
}

/* "10.0.0.1, 10.0.0.2": pairs of addresses are addresses one after the other. */
static const char *
spelled(struct pk_pool *pool, const json_t *values, bool pairs)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);
        const char *text = json_string_value(value);
        pk_text_add(&out, i > 0 ? ", " : "");
        if (text == NULL) {
            pk_text_add(&out, pk_json_text(pool, value));
            continue;
        }
        for (const char *at = text; *at != '\0'; at++) {
            pk_text_add_bytes(&out, pairs && *at == ' ' ? ", " : at, pairs && *at == ' ' ? 2 : 1);
        }
    }
    return pk_text_end(&out);
}

bool
pk_kea_add_option(struct pk_pool *pool, struct pk_text *list, const char *name, const json_t *value)
{
    const json_t *values = json_is_object(value) ? json_object_get(value, "value") : value;
    const struct pk_option *option = pk_option_find(name);
    const char *space;
    uint16_t code;
    if (!pk_option_code(pool, name, &space, &code)) {
        return false;
    }
    struct pk_kea_object entry = pk_kea_object_begin(pool);
    bool as_text = is_spelled(option, values);
    const char *data = as_text ? spelled(pool, values, option->type == PK_OPTION_IPV4_PAIR)
                               : pk_option_wire(pool, option, pk_json_text(pool, values));
    if (data == NULL) {
        return false;
    }
    pk_kea_object_add(&entry, "space", pk_kea_quoted(pool, space));
    pk_kea_object_add(&entry, "code", pk_sprintf(pool, "%u", code));
    pk_kea_object_add(&entry, "csv-format", as_text ? "true" : "false");
    pk_kea_object_add(&entry, "data", pk_kea_quoted(pool, data));
    if (json_is_true(json_object_get(value, "always-send"))) {
        pk_kea_object_add(&entry, "always-send", "true");
    }
    if (json_is_true(json_object_get(value, "never-send"))) {
        pk_kea_object_add(&entry, "never-send", "true");
    }
    pk_text_add(list, list->count > 1 ? "," : "");
    pk_text_add(list, pk_kea_object_end(&entry));
    return true;
}

/* @p more  canonical list of options that the fields cannot hold, or NULL */
void
pk_kea_add_leftover(struct pk_pool *pool, struct pk_text *list, const char *more)
{
    json_auto_t *entries =
        more != NULL ? pk_json_parse(pk_kea_option_data_spelled(pool, more), NULL) : NULL;
    for (size_t i = 0; i < json_array_size(entries); i++) {
        pk_text_add(list, list->count > 1 ? "," : "");
        pk_text_add(list, pk_json_text(pool, json_array_get(entries, i)));
    }
}

const char *
pk_kea_option_list(struct pk_pool *pool, json_t *options, const char *leftover)
{
    struct pk_text list = {.pool = pool};
    const char *name;
    json_t *value;
    pk_text_add(&list, "[");
    json_object_foreach(options, name, value)
    {
        if (!pk_kea_add_option(pool, &list, name, value)) {
            return NULL;
        }
    }
    pk_kea_add_leftover(pool, &list, leftover);
    pk_text_add(&list, "]");
    return pk_text_end(&list);
}
