/*
 * Canonical JSON turned into what a person would have written.  Values come from servers that
 * anybody may have edited, so what could steer a terminal is shown as its code.
 */
#include <stdlib.h>
#include <string.h>

#include "adm/field.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

enum { DELETE = 0x7f, C1_LEAD = 0xc2, C1_FIRST = 0x80, C1_LAST = 0x9f };

static void
add_safe(struct pk_text *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    for (; *at != '\0'; at++) {
        bool c1 = at[0] == C1_LEAD && at[1] >= C1_FIRST && at[1] <= C1_LAST;
        if (*at < ' ' || *at == DELETE || c1) {
            at += c1;
            pk_text_addf(out, "\\x%02x", *at);
        } else {
            pk_text_add_bytes(out, (const char *)at, 1);
        }
    }
}

/* A string as it is, anything else as JSON. */
static void
add_scalar(struct pk_text *out, const json_t *value)
{
    const char *text =
        json_is_string(value) ? json_string_value(value) : pk_json_text(out->pool, value);
    add_safe(out, *text != '\0' ? text : "\"\"");
}

static void
add_list(struct pk_text *out, const json_t *list)
{
    if (json_array_size(list) == 0) {
        pk_text_add(out, "[]");
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        pk_text_add(out, i > 0 ? ", " : "");
        const json_t *item = json_array_get(list, i);
        const json_t *range = json_object_get(item, "range");
        add_scalar(out, range != NULL ? range : item);
        if (range != NULL) {
            pk_text_add(out, " ");
            add_scalar(out, json_object_get(item, "kea"));
        }
    }
}

/* An option with flags: its values, then the flags that are set. */
static void
add_option(struct pk_text *out, const json_t *option)
{
    if (!json_is_object(option)) {
        add_list(out, option);
        return;
    }
    add_list(out, json_object_get(option, "value"));
    static const char *const flags[] = {"always-send", "never-send"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (json_is_true(json_object_get(option, flags[i]))) {
            pk_text_addf(out, " (%s)", flags[i]);
        }
    }
}

/* The keys in the order of their table: `ip 10.20.0.61, hostname printer-1`. */
static void
add_reservation(struct pk_text *out, const json_t *reservation)
{
    const char *separator = "";
    for (size_t i = 0; i < pk_reservation_fields.count; i++) {
        const char *key = pk_reservation_fields.at[i].name;
        const json_t *value = json_object_get(reservation, key);
        if (value != NULL) {
            pk_text_addf(out, "%s%s ", separator, key);
            add_scalar(out, value);
            separator = ", ";
        }
    }
    if (*separator == '\0') {
        add_scalar(out, reservation);
    }
}

static void
add_value(struct pk_text *out, enum pk_kind kind, const json_t *value)
{
    if (kind == PK_KIND_DURATION && json_is_integer(value)) {
        pk_text_add(out, pk_format_duration(out->pool, (uint32_t)json_integer_value(value)));
    } else if (kind == PK_KIND_OPTIONS && (json_is_array(value) || json_is_object(value))) {
        add_option(out, value);
    } else if (kind == PK_KIND_RESERVATIONS && json_is_object(value)) {
        add_reservation(out, value);
    } else if (kind != PK_KIND_JSON_MAP && json_is_array(value)) {
        add_list(out, value);
    } else {
        add_scalar(out, value);
    }
}

const char *
pk_field_display(struct pk_pool *pool, const struct pk_field *field, const char *value)
{
    if (value == NULL) {
        return "-";
    }
    struct pk_text out = {.pool = pool};
    json_auto_t *json = pk_json_parse(value, NULL);
    if (json == NULL) {
        add_safe(&out, value);
    } else {
        add_value(&out, field->kind, json);
    }
    return pk_text_end(&out);
}
