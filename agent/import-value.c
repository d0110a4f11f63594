/*
 * Canonical values as people write them: the inverse of desired-state's decoders, by the kind of
 * the field.  Canonical forms are many brackets; people write one value without.
 */
#include <stdlib.h>
#include <string.h>

#include "adm/option.h"
#include "adm/ranges.h"
#include "agent/import-yaml.h"
#include "agent/yaml-text.h"
#include "base/number.h"

/* Shorter than as a prefix is only what has fewer addresses. */
enum { PREFIX_ADDRESSES_MIN = 4, HEX_DIGITS = 2, HEX_BASE = 16, ADDRESS_BITS = 32 };

/* The prefix of exactly these addresses; false when there is none that is worth it. */
static bool
as_prefix(struct pk_range range, struct pk_prefix *out)
{
    uint64_t size = (uint64_t)range.last - range.first + 1;
    if (size < PREFIX_ADDRESSES_MIN || (size & (size - 1)) != 0 || range.first % size != 0) {
        return false;
    }
    *out = (struct pk_prefix){.address = range.first, .length = ADDRESS_BITS};
    while (size > 1) {
        size /= 2;
        out->length--;
    }
    return true;
}

static void
add_range(struct pk_text *out, const struct pk_pool_range *range)
{
    char text[PK_RANGE_TEXT_BYTES];
    struct pk_prefix prefix;
    const char *addresses = as_prefix(range->range, &prefix) ? pk_prefix_text(out->pool, prefix)
                                                             : pk_format_range(text, range->range);
    if (*range->settings == '\0') {
        pk_text_add(out, addresses);
        return;
    }
    json_auto_t *settings = pk_json_parse(range->settings, NULL);
    pk_text_addf(out, "{range: %s, kea: ", addresses);
    pk_yaml_add_json(out, settings, PK_YAML_FLOW);
    pk_text_add(out, "}");
}

/* What is no canonical text is shown as it is: somebody has to look at it. */
static void
add_ranges(struct pk_text *out, const char *text, json_t *value)
{
    struct pk_pool_ranges ranges = {0};
    if (!pk_ranges_parse(out->pool, text, &ranges)) {
        pk_yaml_add_json(out, value, PK_YAML_BLOCK);
        return;
    }
    pk_text_add(out, "[");
    for (size_t i = 0; i < ranges.count; i++) {
        pk_text_add(out, i != 0 ? ", " : "");
        add_range(out, &ranges.at[i]);
    }
    pk_text_add(out, "]");
}

/* The values of an option; a single one of an option that takes no more stands without brackets. */
static void
add_option_values(struct pk_text *out, const char *name, json_t *values, enum pk_yaml_place place)
{
    const struct pk_option *option = pk_option_find(name);
    bool single = json_array_size(values) == 1 && (option == NULL || !option->array);
    pk_yaml_add_json(out, single ? json_array_get(values, 0) : values, place);
}

static void
add_option(struct pk_text *out, const char *name, json_t *value, enum pk_yaml_place place)
{
    if (!json_is_object(value)) {
        add_option_values(out, name, value, place);
        return;
    }
    static const char *const flags[] = {"always-send", "never-send"};
    pk_text_add(out, "{value: ");
    add_option_values(out, name, json_object_get(value, "value"), PK_YAML_FLOW);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (json_is_true(json_object_get(value, flags[i]))) {
            pk_text_addf(out, ", %s: true", flags[i]);
        }
    }
    pk_text_add(out, "}");
}

/* -- Reservations ----------------------------------------------------------------------------- */

/* What relays say of a port is often text: then it is shown as such, `'port1'`. */
static const char *
identifier_text(struct pk_pool *pool, const char *kind, const char *bytes)
{
    struct pk_text text = {.pool = pool};
    bool may_be_text = strcmp(kind, "circuit-id") == 0 || strcmp(kind, "flex-id") == 0;
    pk_text_add(&text, "'");
    for (const char *at = bytes; may_be_text && *at != '\0'; at += *at == ':') {
        const char digits[] = {at[0], at[1], '\0'};
        char byte = (char)strtoul(digits, NULL, HEX_BASE);
        may_be_text = byte >= ' ' && byte <= '~' && byte != '\'';
        pk_text_add_bytes(&text, &byte, 1);
        at += HEX_DIGITS;
    }
    pk_text_add(&text, "'");
    return may_be_text ? pk_text_end(&text) : bytes;
}

/* `mac=00:1a:…` as a key and its value. */
static void
add_identifier(struct pk_text *out, const char *key)
{
    size_t length = strcspn(key, "=");
    const char *kind = pk_strndup(out->pool, key, length);
    const char *bytes = key[length] == '=' ? key + length + 1 : "";
    pk_text_addf(out, "%s: ", kind);
    pk_yaml_add_text(out, identifier_text(out->pool, kind, bytes), PK_YAML_FLOW);
}

static void
add_reserved_options(struct pk_text *out, json_t *options)
{
    const char *name, *separator = "{";
    json_t *value;
    json_object_foreach(options, name, value)
    {
        pk_text_add(out, separator);
        pk_yaml_add_text(out, name, PK_YAML_FLOW);
        pk_text_add(out, ": ");
        add_option(out, name, value, PK_YAML_FLOW);
        separator = ", ";
    }
    pk_text_add(out, *separator == '{' ? "{}" : "}");
}

static void
add_member(struct pk_text *out, enum pk_reservation_field field, json_t *reservation)
{
    const char *name = pk_reservation_fields.at[field].name;
    json_t *value = json_object_get(reservation, name);
    if (value == NULL) {
        return;
    }
    pk_text_addf(out, ", %s: ", name);
    if (field == PK_RESERVATION_OPTIONS) {
        add_reserved_options(out, value);
    } else {
        pk_yaml_add_json(out, value, PK_YAML_FLOW);
    }
}

/* The address first, as people look for it. */
static void
add_reservation(struct pk_text *out, const char *key, json_t *reservation)
{
    static const enum pk_reservation_field rest[] = {PK_RESERVATION_HOSTNAME, PK_RESERVATION_NAME,
                                                     PK_RESERVATION_OPTIONS, PK_RESERVATION_KEA};
    const char *ip = json_string_value(json_object_get(reservation, "ip"));
    pk_text_add(out, "{");
    if (ip != NULL) {
        pk_text_add(out, "ip: ");
        pk_yaml_add_text(out, ip, PK_YAML_FLOW);
        pk_text_add(out, ", ");
    }
    add_identifier(out, key);
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        add_member(out, rest[i], reservation);
    }
    pk_text_add(out, "}");
}

/* -- By kind ---------------------------------------------------------------------------------- */

static void
add_value(struct pk_text *out, const struct pk_field *field, const char *key, const char *text,
          json_t *value, enum pk_yaml_place place)
{
    switch (field->kind) {
    case PK_KIND_DURATION:
        pk_text_add(out, pk_format_duration(out->pool, (uint32_t)json_integer_value(value)));
        break;
    case PK_KIND_RANGES:
        add_ranges(out, text, value);
        break;
    case PK_KIND_OPTIONS:
        add_option(out, key, value, place);
        break;
    case PK_KIND_RESERVATIONS:
        add_reservation(out, key, value);
        break;
    case PK_KIND_TEXT:
    case PK_KIND_NAME:
    case PK_KIND_BOOLEAN:
    case PK_KIND_NUMBER:
    case PK_KIND_CHOICE:
    case PK_KIND_PREFIX:
    case PK_KIND_SERVER_PAIR:
    case PK_KIND_EXCLUSIONS:
    case PK_KIND_JSON_MAP:
    case PK_KIND_DEFAULTS:
        pk_yaml_add_json(out, value, place);
        break;
    }
}

const char *
pk_import_value(struct pk_pool *pool, const struct pk_field *field, const char *key,
                const char *value, enum pk_yaml_place place)
{
    value = value != NULL ? value : field->default_value;
    json_auto_t *json = value != NULL ? pk_json_parse(value, NULL) : NULL;
    if (json == NULL) {
        return NULL;
    }
    struct pk_text out = {.pool = pool};
    add_value(&out, field, key, value, json, place);
    return pk_text_end(&out);
}
