/*
 * Kea keeps the text of option data as it was written, and names, codes and flags as it likes.  The
 * definitions of a server are not known here, so an option that is not standard keeps the form it
 * has: by code, and as text only where it says so.
 */
#include "adm/kea-option-data.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "adm/option-wire.h"
#include "base/json.h"
#include "base/text.h"

enum { LAST_CODE_ALWAYS_DEFINED = 76 };

static const char blanks[] = " \t\r\n";

/* -- data as text ----------------------------------------------------------------------------- */

static const char *
trimmed(struct pk_pool *pool, const char *text, size_t length)
{
    size_t first = 0;
    while (first < length && strchr(blanks, text[first]) != NULL) {
        first++;
    }
    while (length > first && strchr(blanks, text[length - 1]) != NULL) {
        length--;
    }
    return pk_strndup(pool, text + first, length - first);
}

size_t
pk_kea_option_tokens(struct pk_pool *pool, const char *data, const char *const **out)
{
    PK_VECTOR(const char *) tokens = {0};
    struct pk_text token = {.pool = pool};
    for (const char *at = data;; at++) {
        if (*at == '\0' || *at == ',') {
            if (token.count != 0) {
                *pk_push(pool, &tokens) = trimmed(pool, token.at, token.count);
            }
            token = (struct pk_text){.pool = pool};
            if (*at == '\0') {
                break;
            }
        } else if (*at == '\\' && (at[1] == ',' || at[1] == '\\')) {
            pk_text_add_bytes(&token, ++at, 1);
        } else {
            pk_text_add_bytes(&token, at, 1);
        }
    }
    *out = tokens.at;
    return tokens.count;
}

/* -- data as bytes ---------------------------------------------------------------------------- */

/* 'text': its bytes. */
static const char *
hex_of_quoted(struct pk_pool *pool, const char *text, size_t length)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < length; i++) {
        pk_text_addf(&out, "%02x", (unsigned char)text[i]);
    }
    return pk_text_end(&out);
}

/* Groups of one or two digits between separators, or all digits without any. */
static bool
add_digits(struct pk_text *out, const char *group, size_t digits, bool alone)
{
    if (digits == 0 || (!alone && digits > 2)) {
        return false;
    }
    if (digits % 2 != 0) {
        pk_text_add(out, "0");
    }
    for (size_t i = 0; i < digits; i++) {
        char lower = (char)tolower((unsigned char)group[i]);
        pk_text_add_bytes(out, &lower, 1);
    }
    return true;
}

const char *
pk_kea_option_hex(struct pk_pool *pool, const char *data)
{
    static const char separators[] = ": ", digits[] = "0123456789abcdefABCDEF";
    const char *text = trimmed(pool, data, strlen(data));
    size_t length = strlen(text);
    if (length >= 2 && text[0] == '\'' && text[length - 1] == '\'') {
        return hex_of_quoted(pool, text + 1, length - 2);
    }
    text += strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0 ? 2 : 0;
    bool alone = strpbrk(text, separators) == NULL;
    struct pk_text out = {.pool = pool};
    while (*text != '\0') {
        size_t count = strspn(text, digits);
        if (!add_digits(&out, text, count, alone)) {
            return NULL;
        }
        text += count;
        if (*text != '\0' && (strchr(separators, *text) == NULL || text[1] == '\0')) {
            return NULL;
        }
        text += *text != '\0';
    }
    return pk_text_end(&out);
}

/* -- one option ------------------------------------------------------------------------------- */

static const char *
space_of(const json_t *entry)
{
    const char *space = json_string_value(json_object_get(entry, "space"));
    return space != NULL ? space : "dhcp4";
}

static const struct pk_option *
standard_option(const json_t *entry)
{
    const json_t *code = json_object_get(entry, "code");
    const char *name = json_string_value(json_object_get(entry, "name"));
    if (strcmp(space_of(entry), "dhcp4") != 0) {
        return NULL;
    }
    if (json_is_integer(code)) {
        json_int_t number = json_integer_value(code);
        return number > 0 && number <= UINT8_MAX ? pk_option_by_code((uint16_t)number) : NULL;
    }
    return name != NULL ? pk_option_find(name) : NULL;
}

static void
name_once(json_t *entry, const struct pk_option *option)
{
    if (option != NULL) {
        json_object_del(entry, "code");
        json_object_set_new(entry, "name", json_string(option->name));
    } else if (json_object_get(entry, "code") != NULL) {
        json_object_del(entry, "name");
    }
    if (strcmp(space_of(entry), "dhcp4") == 0) {
        json_object_del(entry, "space");
    }
}

static void
lower_name(char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++) {
        name[i] = (char)tolower((unsigned char)name[i]);
    }
    if (length > 1 && name[length - 1] == '.') {
        name[length - 1] = '\0';
    }
}

/* A truth value or number in its one form. */
static const char *
scalar_text(struct pk_pool *pool, enum pk_option_type type, const char *token)
{
    struct pk_error err;
    bool boolean = type == PK_OPTION_BOOLEAN;
    bool scalar = boolean || type == PK_OPTION_UINT8 || type == PK_OPTION_UINT16 ||
                  type == PK_OPTION_UINT32 || type == PK_OPTION_INT32;
    if (boolean && (strcmp(token, "0") == 0 || strcmp(token, "1") == 0)) {
        return *token == '1' ? "true" : "false";
    }
    const char *value = scalar ? pk_option_value(pool, type, token, &err) : NULL;
    return value != NULL ? value : token;
}

/* Values between commas, as Kea reads them again. */
static const char *
canonical_text(struct pk_pool *pool, const struct pk_option *option, const char *data)
{
    const char *const *tokens;
    size_t count = pk_kea_option_tokens(pool, data, &tokens);
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < count; i++) {
        enum pk_option_type type = option != NULL ? option->type : PK_OPTION_BYTES;
        char *token = pk_strdup(pool, scalar_text(pool, type, tokens[i]));
        if (type == PK_OPTION_FQDN) {
            lower_name(token);
        }
        pk_text_add(&out, i != 0 ? "," : "");
        for (const char *at = token; *at != '\0'; at++) {
            pk_text_add(&out, *at == ',' || *at == '\\' ? "\\" : "");
            pk_text_add_bytes(&out, at, 1);
        }
    }
    return pk_text_end(&out);
}

/* Text is usual for standard options, bytes for all others. */
static void
canonical_data(struct pk_pool *pool, json_t *entry, const struct pk_option *option)
{
    const json_t *csv = json_object_get(entry, "csv-format");
    const char *data = json_string_value(json_object_get(entry, "data"));
    bool as_text = csv != NULL ? json_is_true(csv) : option != NULL;
    if (data == NULL || *data == '\0') {
        json_object_del(entry, "data");
        json_object_del(entry, "csv-format");
        return;
    }
    const char *text = as_text ? canonical_text(pool, option, data) : pk_kea_option_hex(pool, data);
    json_object_set_new(entry, "data", json_string(text != NULL ? text : data));
    if (as_text == (option != NULL)) {
        json_object_del(entry, "csv-format");
    } else {
        json_object_set_new(entry, "csv-format", json_boolean(as_text));
    }
}

/* A remark in a file is one of the context's members. */
static void
join_comment(json_t *entry)
{
    json_t *comment = json_object_get(entry, "comment");
    json_t *context = json_object_get(entry, "user-context");
    if (comment == NULL) {
        return;
    }
    if (!json_is_object(context)) {
        context = json_object();
        json_object_set_new(entry, "user-context", context);
    }
    json_object_set(context, "comment", comment);
    json_object_del(entry, "comment");
}

static void
drop_usual(json_t *entry)
{
    static const char *const flags[] = {"always-send", "never-send"};
    static const char *const containers[] = {"client-classes", "user-context"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (json_is_false(json_object_get(entry, flags[i]))) {
            json_object_del(entry, flags[i]);
        }
    }
    for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++) {
        const json_t *value = json_object_get(entry, containers[i]);
        if (json_array_size(value) + json_object_size(value) == 0) {
            json_object_del(entry, containers[i]);
        }
    }
}

/* -- the list --------------------------------------------------------------------------------- */

struct sorted_entry {
    const char *key; /* space, option */
    size_t index;
    json_t *entry;
};

static int
compare_entries(const void *left, const void *right)
{
    const struct sorted_entry *a = left, *b = right;
    int order = strcmp(a->key, b->key);
    return order != 0 ? order : a->index < b->index ? -1 : a->index > b->index;
}

static const char *
sort_key(struct pk_pool *pool, const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    json_int_t code = json_integer_value(json_object_get(entry, "code"));
    return name != NULL ? pk_sprintf(pool, "%s %s", space_of(entry), name)
                        : pk_sprintf(pool, "%s %05lld", space_of(entry), (long long)code);
}

const char *
pk_kea_option_data_canonical(struct pk_pool *pool, const char *text)
{
    PK_SCRATCH(scratch);
    json_auto_t *list = pk_json_parse(text, NULL);
    size_t count = json_array_size(list), index;
    struct sorted_entry *sorted = pk_array(scratch, struct sorted_entry, count);
    json_t *entry;
    json_array_foreach(list, index, entry)
    {
        if (!json_is_object(entry)) {
            return text;
        }
        const struct pk_option *option = standard_option(entry);
        name_once(entry, option);
        canonical_data(scratch, entry, option);
        join_comment(entry);
        drop_usual(entry);
        sorted[index] = (struct sorted_entry){sort_key(scratch, entry), index, entry};
    }
    if (!json_is_array(list)) {
        return text;
    }
    qsort(sorted, count, sizeof sorted[0], compare_entries);
    json_auto_t *out = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append(out, sorted[i].entry);
    }
    return pk_json_text(pool, out);
}

/* -- the way back ----------------------------------------------------------------------------- */

bool
pk_kea_always_defines(const struct pk_option *option)
{
    return option->code <= LAST_CODE_ALWAYS_DEFINED;
}

/* The bytes of canonical text, or NULL when it is no value of the option. */
static const char *
bytes_of_text(struct pk_pool *pool, const struct pk_option *option, const char *data)
{
    const char *const *tokens;
    size_t count = pk_kea_option_tokens(pool, data, &tokens);
    struct pk_error ignored;
    const char *values = pk_option_values(pool, option, tokens, count, &ignored);
    return values != NULL ? pk_option_wire(pool, option, values) : NULL;
}

/* Whether it is text or bytes is always said: that depends on the server's definitions. */
static void
spell_data(struct pk_pool *pool, json_t *entry, const struct pk_option *option)
{
    const char *data = json_string_value(json_object_get(entry, "data"));
    const json_t *csv = json_object_get(entry, "csv-format");
    if (data == NULL) {
        return;
    }
    bool as_text = csv != NULL ? json_is_true(csv) : option != NULL;
    const char *bytes = as_text && option != NULL && !pk_kea_always_defines(option)
                            ? bytes_of_text(pool, option, data)
                            : NULL;
    if (bytes != NULL) {
        json_object_set_new(entry, "data", json_string(bytes));
    }
    json_object_set_new(entry, "csv-format", json_boolean(as_text && bytes == NULL));
}

const char *
pk_kea_option_data_spelled(struct pk_pool *pool, const char *text)
{
    json_auto_t *list = pk_json_parse(text, NULL);
    size_t index;
    json_t *entry;
    json_array_foreach(list, index, entry)
    {
        const struct pk_option *option = standard_option(entry);
        if (option != NULL) {
            json_object_del(entry, "name");
            json_object_set_new(entry, "code", json_integer(option->code));
        }
        spell_data(pool, entry, option);
    }
    return list != NULL ? pk_json_text(pool, list) : text;
}
