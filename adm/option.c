/*
 * Names and values of options.  A value is brought to its one canonical text here and nowhere else,
 * so what Git says and what a server holds compare as strings.
 */
#include "adm/option.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipv4.h"
#include "base/number.h"
#include "base/text.h"

enum {
    CODE_FIRST = 1, /* 0 is padding, 255 the end mark */
    CODE_LAST = 254,
    LABEL_BYTES = 63,
    NAME_BYTES = 253, /* as text, without the final dot */
};

static const char dhcp4_space[] = "dhcp4";

static int
compare_code(const void *code, const void *option)
{
    return (int)*(const uint16_t *)code - (int)((const struct pk_option *)option)->code;
}

const struct pk_option *
pk_option_by_code(uint16_t code)
{
    return bsearch(&code, pk_standard_options, pk_standard_option_count,
                   sizeof pk_standard_options[0], compare_code);
}

static bool
parse_code(const char *text, uint16_t *code)
{
    int64_t number;
    if (!pk_parse_number(text, CODE_FIRST, CODE_LAST, &number)) {
        return false;
    }
    *code = (uint16_t)number;
    return true;
}

const struct pk_option *
pk_option_find(const char *name)
{
    uint16_t code;
    if (parse_code(name, &code)) {
        return pk_option_by_code(code);
    }
    for (size_t i = 0; i < pk_standard_option_count; i++) {
        if (strcmp(pk_standard_options[i].name, name) == 0) {
            return &pk_standard_options[i];
        }
    }
    return NULL;
}

static bool
is_space_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_') {
            return false;
        }
    }
    return length > 0;
}

/* What is written after `dhcp4.`, else all of it. */
static const char *
without_standard_space(const char *written)
{
    size_t length = sizeof dhcp4_space - 1;
    bool standard = strncmp(written, dhcp4_space, length) == 0 && written[length] == '.';
    return standard ? written + length + 1 : written;
}

const char *
pk_option_canonical_name(struct pk_pool *pool, const char *written)
{
    const char *name = without_standard_space(written);
    const struct pk_option *option = pk_option_find(name);
    if (option != NULL) {
        return option->name;
    }
    uint16_t code;
    if (parse_code(name, &code)) {
        return pk_strdup(pool, name);
    }
    const char *dot = strchr(name, '.');
    bool in_space = name == written && dot != NULL && parse_code(dot + 1, &code) &&
                    is_space_name(name, (size_t)(dot - name));
    return in_space ? pk_strdup(pool, name) : NULL;
}

bool
pk_option_code(struct pk_pool *pool, const char *name, const char **space, uint16_t *code)
{
    const struct pk_option *option = pk_option_find(name);
    if (option != NULL || parse_code(name, code)) {
        *space = dhcp4_space;
        *code = option != NULL ? option->code : *code;
        return true;
    }
    const char *dot = strchr(name, '.');
    if (dot == NULL || !is_space_name(name, (size_t)(dot - name)) || !parse_code(dot + 1, code)) {
        return false;
    }
    *space = pk_strndup(pool, name, (size_t)(dot - name));
    return true;
}

/* -- values ---------------------------------------------------------------------------------- */

static const char *
json_string(struct pk_pool *pool, const char *text)
{
    struct pk_text out = {.pool = pool};
    pk_text_add_json(&out, text);
    return pk_text_end(&out);
}

static const char *
read_number(struct pk_pool *pool, const char *text, int64_t min, int64_t max)
{
    int64_t number;
    return pk_parse_number(text, min, max, &number) ? pk_sprintf(pool, "%lld", (long long)number)
                                                    : NULL;
}

static const char *
read_boolean(const char *text)
{
    return strcmp(text, "true") == 0 ? "true" : strcmp(text, "false") == 0 ? "false" : NULL;
}

/* One group of digits between separators; a group of one digit stands for a whole byte. */
static bool
add_group(struct pk_text *out, const char *group, size_t digits, bool alone)
{
    if (digits == 0 || (digits % 2 != 0 && (alone || digits != 1))) {
        return false;
    }
    if (digits == 1) {
        pk_text_add(out, "0");
    }
    for (size_t i = 0; i < digits; i++) {
        char lower = (char)tolower((unsigned char)group[i]);
        pk_text_add_bytes(out, &lower, 1);
    }
    return true;
}

static const char *
read_bytes(struct pk_pool *pool, const char *text)
{
    static const char hex_digits[] = "0123456789abcdefABCDEF";
    const char *at = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0 ? text + 2 : text;
    bool alone = strchr(at, ':') == NULL;
    struct pk_text out = {.pool = pool};
    pk_text_add(&out, "\"");
    for (;; at++) {
        size_t digits = strspn(at, hex_digits);
        if (!add_group(&out, at, digits, alone)) {
            return NULL;
        }
        at += digits;
        if (*at != ':') {
            break;
        }
    }
    pk_text_add(&out, "\"");
    return *at == '\0' ? pk_text_end(&out) : NULL;
}

static const char *
read_ipv4(struct pk_pool *pool, const char *text)
{
    uint32_t address;
    return pk_parse_ipv4(text, &address) ? json_string(pool, text) : NULL;
}

/* Splits "FIRST SECOND" (a lone `-` between them is allowed); false unless there are two words. */
static bool
split_pair(struct pk_pool *pool, const char *text, const char **first, const char **second)
{
    size_t first_length = strcspn(text, " ");
    const char *rest = text + first_length;
    rest += strspn(rest, " ");
    if (rest[0] == '-' && rest[1] == ' ') {
        rest += 1 + strspn(rest + 1, " ");
    }
    *first = pk_strndup(pool, text, first_length);
    *second = rest;
    return *rest != '\0';
}

static const char *
read_pair(struct pk_pool *pool, const char *text)
{
    const char *first, *second;
    uint32_t address;
    if (!split_pair(pool, text, &first, &second) || !pk_parse_ipv4(first, &address) ||
        !pk_parse_ipv4(second, &address)) {
        return NULL;
    }
    return pk_sprintf(pool, "\"%s %s\"", first, second);
}

static const char *
read_route(struct pk_pool *pool, const char *text)
{
    const char *first, *second;
    struct pk_prefix prefix;
    uint32_t address;
    if (!split_pair(pool, text, &first, &second) || !pk_parse_prefix(first, &prefix) ||
        !pk_prefix_is_canonical(prefix) || !pk_parse_ipv4(second, &address)) {
        return NULL;
    }
    return pk_sprintf(pool, "\"%s %s\"", first, second);
}

static const char *
read_text(struct pk_pool *pool, const char *text)
{
    return *text != '\0' ? json_string(pool, text) : NULL;
}

static bool
is_label(const char *at, size_t length)
{
    if (length == 0 || length > LABEL_BYTES || at[0] == '-' || at[length - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)at[i]) && at[i] != '-' && at[i] != '_') {
            return false;
        }
    }
    return true;
}

/* Names are equal whatever the case and with or without the final dot. */
static const char *
read_fqdn(struct pk_pool *pool, const char *text)
{
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '.') {
        length--;
    }
    if (length == 0 || length > NAME_BYTES) {
        return NULL;
    }
    char *name = pk_strndup(pool, text, length);
    for (const char *label = name;; label++) {
        size_t label_length = strcspn(label, ".");
        if (!is_label(label, label_length)) {
            return NULL;
        }
        label += label_length;
        if (*label == '\0') {
            break;
        }
    }
    for (char *at = name; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return json_string(pool, name);
}

/* NULL when @p text is no value of the type. */
static const char *
read_value(struct pk_pool *pool, enum pk_option_type type, const char *text)
{
    switch (type) {
    case PK_OPTION_BYTES:
        return read_bytes(pool, text);
    case PK_OPTION_EMPTY:
        return NULL;
    case PK_OPTION_BOOLEAN:
        return read_boolean(text);
    case PK_OPTION_UINT8:
        return read_number(pool, text, 0, UINT8_MAX);
    case PK_OPTION_UINT16:
        return read_number(pool, text, 0, UINT16_MAX);
    case PK_OPTION_UINT32:
        return read_number(pool, text, 0, UINT32_MAX);
    case PK_OPTION_INT32:
        return read_number(pool, text, INT32_MIN, INT32_MAX);
    case PK_OPTION_IPV4:
        return read_ipv4(pool, text);
    case PK_OPTION_IPV4_PAIR:
        return read_pair(pool, text);
    case PK_OPTION_TEXT:
        return read_text(pool, text);
    case PK_OPTION_FQDN:
        return read_fqdn(pool, text);
    case PK_OPTION_CLASSLESS_ROUTE:
        return read_route(pool, text);
    }
    return NULL;
}

static const char *const type_names[] = {
    [PK_OPTION_BYTES] = "hexadecimal byte string (0a1b, 0x0a1b or 0a:1b)",
    [PK_OPTION_EMPTY] = "empty value",
    [PK_OPTION_BOOLEAN] = "true or false",
    [PK_OPTION_UINT8] = "number 0..255",
    [PK_OPTION_UINT16] = "number 0..65535",
    [PK_OPTION_UINT32] = "number 0..4294967295",
    [PK_OPTION_INT32] = "number -2147483648..2147483647",
    [PK_OPTION_IPV4] = "IPv4 address",
    [PK_OPTION_IPV4_PAIR] = "pair of IPv4 addresses (10.1.0.0 10.0.0.1)",
    [PK_OPTION_TEXT] = "text of at least one character",
    [PK_OPTION_FQDN] = "domain name",
    [PK_OPTION_CLASSLESS_ROUTE] = "route (10.1.0.0/16 10.0.0.1)",
};

const char *
pk_option_type_name(enum pk_option_type type)
{
    return type_names[type];
}

const char *
pk_option_value(struct pk_pool *pool, enum pk_option_type type, const char *text,
                struct pk_error *err)
{
    const char *value = read_value(pool, type, text);
    if (value == NULL) {
        const char *name = pk_option_type_name(type);
        bool bare = type == PK_OPTION_BOOLEAN;
        const char *article = bare ? "" : strchr("aeioAEIO", name[0]) != NULL ? "an " : "a ";
        pk_error_set(err, PK_EINVAL, "", "'%s' is not %s%s", text, article, name);
    }
    return value;
}

const char *
pk_option_values(struct pk_pool *pool, const struct pk_option *option, const char *const *texts,
                 size_t count, struct pk_error *err)
{
    enum pk_option_type type = option != NULL ? option->type : PK_OPTION_BYTES;
    bool array = option != NULL && option->array;
    if (type == PK_OPTION_EMPTY ? count != 0 : array ? count == 0 : count != 1) {
        pk_error_set(err, PK_EINVAL, "", "%zu values where %s is wanted", count,
                     type == PK_OPTION_EMPTY ? "none"
                     : array                 ? "at least one"
                                             : "exactly one");
        return NULL;
    }
    struct pk_text out = {.pool = pool};
    pk_text_add(&out, "[");
    for (size_t i = 0; i < count; i++) {
        const char *value = pk_option_value(pool, type, texts[i], err);
        if (value == NULL) {
            return NULL;
        }
        pk_text_add(&out, i > 0 ? "," : "");
        pk_text_add(&out, value);
    }
    pk_text_add(&out, "]");
    return pk_text_end(&out);
}

const char *
pk_option_wrap(struct pk_pool *pool, const char *values, bool always_send, bool never_send)
{
    if (!always_send && !never_send) {
        return values;
    }
    return pk_sprintf(pool, "{%s%s\"value\":%s}", always_send ? "\"always-send\":true," : "",
                      never_send ? "\"never-send\":true," : "", values);
}
