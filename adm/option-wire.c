/* What each type looks like on the wire; RFC 2132, for routes RFC 3442, for names RFC 1035. */
#include "adm/option-wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipv4.h"
#include "base/json.h"
#include "base/text.h"

enum { ADDRESS_BITS = 32, BYTE_BITS = 8, BYTE_MASK = 0xff };

static void
add_number(struct pk_text *out, uint64_t number, unsigned bytes)
{
    while (bytes-- > 0) {
        pk_text_addf(out, "%02x", (unsigned)(number >> (BYTE_BITS * bytes) & BYTE_MASK));
    }
}

static void
add_bytes(struct pk_text *out, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_number(out, (unsigned char)bytes[i], 1);
    }
}

static bool
add_address(struct pk_text *out, const char *text)
{
    uint32_t address;
    if (!pk_parse_ipv4(text, &address)) {
        return false;
    }
    add_number(out, address, sizeof address);
    return true;
}

/* "FIRST SECOND" */
static bool
add_pair(struct pk_text *out, const char *text, bool first_is_prefix)
{
    const char *second = strchr(text, ' ');
    if (second == NULL) {
        return false;
    }
    char *first = pk_strndup(out->pool, text, (size_t)(second - text));
    struct pk_prefix prefix;
    if (!first_is_prefix) {
        return add_address(out, first) && add_address(out, second + 1);
    }
    if (!pk_parse_prefix(first, &prefix)) {
        return false;
    }
    add_number(out, prefix.length, 1);
    unsigned bytes = (prefix.length + BYTE_BITS - 1U) / BYTE_BITS;
    add_number(out, (uint64_t)prefix.address >> (ADDRESS_BITS - BYTE_BITS * bytes), bytes);
    return add_address(out, second + 1);
}

static void
add_name(struct pk_text *out, const char *name)
{
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        add_number(out, length, 1);
        add_bytes(out, name, length);
        name += length;
        name += *name == '.';
    }
    add_number(out, 0, 1);
}

static bool
add_text_value(struct pk_text *out, enum pk_option_type type, const char *text)
{
    switch (type) {
    case PK_OPTION_BYTES:
        pk_text_add(out, text);
        return true;
    case PK_OPTION_IPV4:
        return add_address(out, text);
    case PK_OPTION_IPV4_PAIR:
        return add_pair(out, text, false);
    case PK_OPTION_CLASSLESS_ROUTE:
        return add_pair(out, text, true);
    case PK_OPTION_TEXT:
        add_bytes(out, text, strlen(text));
        return true;
    case PK_OPTION_FQDN:
        add_name(out, text);
        return true;
    case PK_OPTION_EMPTY:
    case PK_OPTION_BOOLEAN:
    case PK_OPTION_UINT8:
    case PK_OPTION_UINT16:
    case PK_OPTION_UINT32:
    case PK_OPTION_INT32:
        break;
    }
    return false;
}

static unsigned
number_bytes(enum pk_option_type type)
{
    switch (type) {
    case PK_OPTION_UINT8:
        return sizeof(uint8_t);
    case PK_OPTION_UINT16:
        return sizeof(uint16_t);
    case PK_OPTION_UINT32:
    case PK_OPTION_INT32:
        return sizeof(uint32_t);
    case PK_OPTION_BYTES:
    case PK_OPTION_EMPTY:
    case PK_OPTION_BOOLEAN:
    case PK_OPTION_IPV4:
    case PK_OPTION_IPV4_PAIR:
    case PK_OPTION_TEXT:
    case PK_OPTION_FQDN:
    case PK_OPTION_CLASSLESS_ROUTE:
        break;
    }
    return 0;
}

static bool
add_value(struct pk_text *out, enum pk_option_type type, const json_t *value)
{
    if (json_is_string(value)) {
        return add_text_value(out, type, json_string_value(value));
    }
    if (json_is_boolean(value) && type == PK_OPTION_BOOLEAN) {
        add_number(out, json_is_true(value), 1);
        return true;
    }
    unsigned bytes = json_is_integer(value) ? number_bytes(type) : 0;
    if (bytes != 0) {
        add_number(out, (uint64_t)json_integer_value(value), bytes);
    }
    return bytes != 0;
}

const char *
pk_option_wire(struct pk_pool *pool, const struct pk_option *option, const char *values)
{
    json_auto_t *array = pk_json_parse(values, NULL);
    enum pk_option_type type = option != NULL ? option->type : PK_OPTION_BYTES;
    struct pk_text out = {.pool = pool};
    bool ok = json_is_array(array);
    for (size_t i = 0; ok && i < json_array_size(array); i++) {
        ok = add_value(&out, type, json_array_get(array, i));
    }
    return ok ? pk_text_end(&out) : NULL;
}
