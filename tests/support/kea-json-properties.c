/*
 * Kea's strings are bytes and jansson's are characters, so texts are compared where they are ASCII;
 * a document that is no UTF-8 has no judge and is only read.  A zero byte after a number, which
 * jansson overlooks, is refused.
 */
#include "tests/support/kea-json-properties.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "drivers/kea-json.h"

static bool
is_utf8(const char *at, size_t left)
{
    uint32_t point;
    while (left != 0) {
        size_t length = pk_utf8_decode(at, left, &point);
        if (length == 0) {
            return false;
        }
        at += length;
        left -= length;
    }
    return true;
}

static bool
is_ascii(const char *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((unsigned char)at[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static bool is_same(const struct pk_kea_value *ours, const json_t *judge);

static bool
is_same_map(const struct pk_kea_value *ours, const json_t *judge)
{
    bool all_ascii = json_is_object(judge);
    for (size_t i = 0; i < ours->count; i++) {
        const struct pk_kea_member *member = &ours->members[i];
        if (!is_ascii(member->key, strlen(member->key))) {
            all_ascii = false;
        } else if (!is_same(&member->value, json_object_get(judge, member->key))) {
            return false;
        }
    }
    return !all_ascii || ours->count == json_object_size(judge);
}

static bool
is_same_list(const struct pk_kea_value *ours, const json_t *judge)
{
    if (!json_is_array(judge) || ours->count != json_array_size(judge)) {
        return false;
    }
    for (size_t i = 0; i < ours->count; i++) {
        if (!is_same(&ours->items[i], json_array_get(judge, i))) {
            return false;
        }
    }
    return true;
}

static bool
is_same_string(const struct pk_kea_value *ours, const json_t *judge)
{
    return json_is_string(judge) && ours->text[ours->count] == '\0' &&
           (!is_ascii(ours->text, ours->count) ||
            (ours->count == json_string_length(judge) &&
             memcmp(ours->text, json_string_value(judge), ours->count) == 0));
}

static bool
is_same(const struct pk_kea_value *ours, const json_t *judge)
{
    PK_SCRATCH(pool);
    switch (ours->kind) {
    case PK_KEA_NULL:
        return json_is_null(judge);
    case PK_KEA_FALSE:
        return json_is_false(judge);
    case PK_KEA_TRUE:
        return json_is_true(judge);
    case PK_KEA_NUMBER:
        return json_is_number(judge) &&
               strcmp(pk_kea_canonical(pool, ours), pk_json_text(pool, judge)) == 0;
    case PK_KEA_STRING:
        return is_same_string(ours, judge);
    case PK_KEA_LIST:
        return is_same_list(ours, judge);
    case PK_KEA_MAP:
        return json_is_object(judge) && is_same_map(ours, judge);
    }
    return false;
}

/* Reads @p text again and compares what is canonical. */
static bool
reads_again(struct pk_pool *pool, const struct pk_kea_value *value, const char *text)
{
    struct pk_kea_value again;
    return pk_kea_parse(pool, "again", text, strlen(text), &again, NULL) == PK_OK &&
           strcmp(pk_kea_canonical(pool, value), pk_kea_canonical(pool, &again)) == 0;
}

static const char *
value_defect(struct pk_pool *pool, const struct pk_kea_value *value)
{
    struct pk_text printed = {.pool = pool};
    pk_kea_print(&printed, value);
    if (!is_ascii(printed.at, printed.count) || !reads_again(pool, value, printed.at)) {
        return "what is printed for Kea does not read the same again";
    }
    const char *canonical = pk_kea_canonical(pool, value);
    json_auto_t *judge = json_loads(canonical, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (judge == NULL || strcmp(pk_json_text(pool, judge), canonical) != 0) {
        return "canonical text is not what the JSON library writes";
    }
    return reads_again(pool, value, canonical) ? NULL : "canonical text does not read the same";
}

/* Deeper than we read: only jansson's limit is larger. */
static bool
is_too_deep(const struct pk_error *err)
{
    return strstr(err->message, "nested deeper") != NULL;
}

const char *
pk_kea_json_defect(const char *bytes, size_t count)
{
    PK_SCRATCH(pool);
    struct pk_kea_value value;
    struct pk_error err = {0};
    json_auto_t *judge = memchr(bytes, '\0', count) == NULL
                             ? json_loadb(bytes, count, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
                             : NULL;
    if (pk_kea_parse(pool, "input", bytes, count, &value, &err) != PK_OK) {
        return judge != NULL && !is_too_deep(&err)             ? "jansson takes it"
               : err.code != PK_EINVAL || err.where[0] == '\0' ? "refused without a place"
                                                               : NULL;
    }
    if (judge == NULL && is_utf8(bytes, count)) {
        return "jansson refuses it";
    }
    if (judge != NULL && !is_same(&value, judge)) {
        return "jansson reads something else";
    }
    return value_defect(pool, &value);
}
