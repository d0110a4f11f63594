/*
 * Plain texts are the nicest to read and the easiest to get wrong, so a text stays plain only when
 * nothing in it could mean something: to this reader, to YAML 1.1 (`no`, `010`, `12:30:45`) or to
 * YAML 1.2.  In doubt it is quoted.
 */
#include "agent/yaml-text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/ipv4.h"
#include "base/utf8.h"
#include "desired-state/bytes.h"

enum { BYTE_LAST = 0xff, PLANE_0_LAST = 0xffff, TERMINATED = 8 };

/* What some reader of YAML takes for null, a truth value, a number or a key of its own. */
static const char *const words[] = {
    "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "+.inf", ".nan", "<<",
};

static bool
is_word(const char *text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(words[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* Numbers of every base, times, dates; hexadecimal bytes too, which are digits often enough. */
static bool
looks_like_number(const char *text)
{
    static const char of_numbers[] = "0123456789abcdefABCDEFxXoO_.:+-TZtz ";
    const char *digit = text + (*text == '+' || *text == '.');
    struct pk_range range;
    return *digit >= '0' && *digit <= '9' && text[strspn(text, of_numbers)] == '\0' &&
           !(strchr(text, '.') != NULL && pk_parse_range(text, &range));
}

/* Reads one character; what is no UTF-8 is U+FFFD. */
static uint32_t
next_character(const char **at)
{
    uint32_t point = 0;
    size_t length = pk_utf8_decode(*at, TERMINATED, &point);
    const uint32_t replacement = 0xfffd;
    *at += length != 0 ? length : 1;
    return length != 0 ? point : replacement;
}

/* Must it be written as an escape? */
static bool
needs_escape(uint32_t point)
{
    return point < ' ' || !pk_character_acceptable(point);
}

static bool
holds_escape(const char *text)
{
    const char *at = text;
    while (*at != '\0') {
        const char *begin = at;
        uint32_t point = 0;
        bool valid = pk_utf8_decode(begin, TERMINATED, &point) != 0;
        if (!valid || needs_escape(next_character(&at))) {
            return true;
        }
    }
    return false;
}

static bool
may_be_plain(const char *text, enum pk_yaml_place place)
{
    static const char indicators[] = "-?:,[]{}#&*!|>'\"%@`=";
    static const char of_flow[] = ",[]{}:?\"'#";
    size_t length = strlen(text);
    bool blank = length == 0 || text[0] == ' ' || text[length - 1] == ' ';
    if (blank || strchr(indicators, text[0]) != NULL || text[length - 1] == ':' ||
        strncmp(text, "...", 3) == 0) {
        return false;
    }
    bool split = strstr(text, ": ") != NULL || strstr(text, " #") != NULL;
    bool in_flow = place == PK_YAML_FLOW && text[strcspn(text, of_flow)] != '\0';
    return !split && !in_flow && !is_word(text) && !looks_like_number(text);
}

static void
add_escape(struct pk_text *out, uint32_t point)
{
    static const struct {
        uint32_t point;
        const char *escape;
    } short_forms[] = {{'\n', "\\n"}, {'\r', "\\r"}, {'\t', "\\t"}};
    for (size_t i = 0; i < sizeof short_forms / sizeof short_forms[0]; i++) {
        if (short_forms[i].point == point) {
            pk_text_add(out, short_forms[i].escape);
            return;
        }
    }
    pk_text_addf(out, point <= BYTE_LAST ? "\\x%02x" : "\\u%04x", point);
}

/* A double-quoted text, or a remark: there a backslash and a quote are themselves. */
static void
add_escaped(struct pk_text *out, const char *text, bool quoted)
{
    const char *at = text;
    while (*at != '\0') {
        const char *begin = at;
        uint32_t point = next_character(&at);
        if (needs_escape(point)) {
            add_escape(out, point);
        } else if (quoted && (point == '"' || point == '\\')) {
            pk_text_addf(out, "\\%c", (char)point);
        } else if (pk_utf8_decode(begin, TERMINATED, &point) == 0) {
            pk_text_add(out, "\xef\xbf\xbd");
        } else {
            pk_text_add_bytes(out, begin, (size_t)(at - begin));
        }
    }
}

static void
add_single_quoted(struct pk_text *out, const char *text)
{
    pk_text_add(out, "'");
    for (const char *at = text; *at != '\0'; at++) {
        pk_text_add_bytes(out, *at == '\'' ? "''" : at, *at == '\'' ? 2 : 1);
    }
    pk_text_add(out, "'");
}

void
pk_yaml_add_text(struct pk_text *out, const char *text, enum pk_yaml_place place)
{
    bool escapes = holds_escape(text);
    if (!escapes && may_be_plain(text, place)) {
        pk_text_add(out, text);
    } else if (!escapes && strpbrk(text, "\"\\") != NULL) {
        add_single_quoted(out, text);
    } else {
        pk_text_add(out, "\"");
        add_escaped(out, text, true);
        pk_text_add(out, "\"");
    }
}

void
pk_yaml_add_remark(struct pk_text *out, const char *text)
{
    add_escaped(out, text, false);
}

static void
add_object(struct pk_text *out, json_t *object)
{
    const char *key, *separator = "";
    json_t *value;
    json_object_foreach(object, key, value)
    {
        pk_text_add(out, separator);
        pk_yaml_add_text(out, key, PK_YAML_FLOW);
        pk_text_add(out, ": ");
        pk_yaml_add_json(out, value, PK_YAML_FLOW);
        separator = ", ";
    }
}

void
pk_yaml_add_json(struct pk_text *out, json_t *value, enum pk_yaml_place place)
{
    if (json_is_string(value)) {
        pk_yaml_add_text(out, json_string_value(value), place);
    } else if (json_is_object(value)) {
        pk_text_add(out, "{");
        add_object(out, value);
        pk_text_add(out, "}");
    } else if (json_is_array(value)) {
        pk_text_add(out, "[");
        for (size_t i = 0; i < json_array_size(value); i++) {
            pk_text_add(out, i != 0 ? ", " : "");
            pk_yaml_add_json(out, json_array_get(value, i), PK_YAML_FLOW);
        }
        pk_text_add(out, "]");
    } else {
        pk_text_add(out, pk_json_text(out->pool, value));
    }
}
