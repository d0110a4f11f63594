/*
 * Two spellings of an option are equal when the client gets the same bytes, so every text becomes
 * bytes first, by the definition that Kea would use; only then do standard options become values.
 */
#include "drivers/kea-wire.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "adm/kea-option-data.h"
#include "base/ipv4.h"
#include "base/utf8.h"

enum {
    BYTE_BITS = 8,
    BYTE_MAX = 0xff,
    IPV4_BYTES = 4,
    IPV6_BITS = 128,
    PSID_BITS = 16,
    LABEL_BYTES = 63,
    DECIMAL = 10,
    HEXADECIMAL = 16,
};

/* -- formats ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum pk_kea_type type;
} type_names[] = {
    {"binary", PK_KEA_TYPE_BINARY},     {"boolean", PK_KEA_TYPE_BOOLEAN},
    {"empty", PK_KEA_TYPE_EMPTY},       {"fqdn", PK_KEA_TYPE_FQDN},
    {"int16", PK_KEA_TYPE_INT16},       {"int32", PK_KEA_TYPE_INT32},
    {"int8", PK_KEA_TYPE_INT8},         {"ipv4-address", PK_KEA_TYPE_IPV4},
    {"ipv6-address", PK_KEA_TYPE_IPV6}, {"ipv6-prefix", PK_KEA_TYPE_IPV6_PREFIX},
    {"psid", PK_KEA_TYPE_PSID},         {"string", PK_KEA_TYPE_STRING},
    {"tuple", PK_KEA_TYPE_TUPLE},       {"uint16", PK_KEA_TYPE_UINT16},
    {"uint32", PK_KEA_TYPE_UINT32},     {"uint8", PK_KEA_TYPE_UINT8},
};

/* Standard options whose bytes are not of the type that their values have. */
static const struct {
    uint16_t code;
    struct pk_kea_format format;
} standard_formats[] = {
    {PK_OPTION_CODE_DOMAIN_NAME, {{PK_KEA_TYPE_STRING}, 1, .record = false}},
    {78, {{PK_KEA_TYPE_BOOLEAN, PK_KEA_TYPE_IPV4}, 2, .record = true, .array = true}},
    {79, {{PK_KEA_TYPE_BOOLEAN, PK_KEA_TYPE_STRING}, 2, .record = true}},
    {94, {{PK_KEA_TYPE_UINT8, PK_KEA_TYPE_UINT8, PK_KEA_TYPE_UINT8}, 3, .record = true}},
    {97, {{PK_KEA_TYPE_UINT8, PK_KEA_TYPE_BINARY}, 2, .record = true}},
    {124, {{PK_KEA_TYPE_UINT32, PK_KEA_TYPE_BINARY}, 2, .record = true}},
    {125, {{PK_KEA_TYPE_UINT32}, 1, .record = false}},
    {143, {{PK_KEA_TYPE_TUPLE}, 1, .array = true}},
    {146,
     {{PK_KEA_TYPE_UINT8, PK_KEA_TYPE_IPV4, PK_KEA_TYPE_IPV4, PK_KEA_TYPE_FQDN},
      4,
      .record = true,
      .array = true}},
    {159, {{PK_KEA_TYPE_UINT8, PK_KEA_TYPE_PSID}, 2, .record = true}},
    {212,
     {{PK_KEA_TYPE_UINT8, PK_KEA_TYPE_UINT8, PK_KEA_TYPE_IPV6, PK_KEA_TYPE_IPV4},
      4,
      .record = true,
      .array = true}},
};

static enum pk_kea_type
type_called(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        if (strlen(type_names[i].name) == length &&
            strncmp(type_names[i].name, name, length) == 0) {
            return type_names[i].type;
        }
    }
    return PK_KEA_TYPE_UNKNOWN;
}

bool
pk_kea_format_parse(const char *type, const char *record, bool array, struct pk_kea_format *out)
{
    static const char separators[] = ", ";
    *out = (struct pk_kea_format){.record = strcmp(type, "record") == 0, .array = array};
    for (const char *at = out->record ? record : type; *at != '\0';) {
        size_t length = strcspn(at, separators);
        if (length != 0) {
            enum pk_kea_type field = type_called(at, length);
            if (field == PK_KEA_TYPE_UNKNOWN || out->count == PK_KEA_FIELDS_MAX) {
                return false;
            }
            out->types[out->count++] = field;
        }
        at += length + (at[length] != '\0');
    }
    return out->count != 0;
}

static enum pk_kea_type
kea_type(enum pk_option_type type)
{
    static const enum pk_kea_type types[] = {
        [PK_OPTION_BYTES] = PK_KEA_TYPE_BINARY,    [PK_OPTION_EMPTY] = PK_KEA_TYPE_EMPTY,
        [PK_OPTION_BOOLEAN] = PK_KEA_TYPE_BOOLEAN, [PK_OPTION_UINT8] = PK_KEA_TYPE_UINT8,
        [PK_OPTION_UINT16] = PK_KEA_TYPE_UINT16,   [PK_OPTION_UINT32] = PK_KEA_TYPE_UINT32,
        [PK_OPTION_INT32] = PK_KEA_TYPE_INT32,     [PK_OPTION_IPV4] = PK_KEA_TYPE_IPV4,
        [PK_OPTION_IPV4_PAIR] = PK_KEA_TYPE_IPV4,  [PK_OPTION_TEXT] = PK_KEA_TYPE_STRING,
        [PK_OPTION_FQDN] = PK_KEA_TYPE_FQDN,       [PK_OPTION_CLASSLESS_ROUTE] = PK_KEA_TYPE_ROUTES,
    };
    return types[type];
}

struct pk_kea_format
pk_kea_format_of(const struct pk_option *option)
{
    for (size_t i = 0; i < sizeof standard_formats / sizeof standard_formats[0]; i++) {
        if (standard_formats[i].code == option->code) {
            return standard_formats[i].format;
        }
    }
    return (struct pk_kea_format){
        .types = {kea_type(option->type)}, .count = 1, .array = option->array};
}

/* -- text to bytes ---------------------------------------------------------------------------- */

static void
put_byte(struct pk_text *out, unsigned value)
{
    const char byte = (char)value;
    pk_text_add_bytes(out, &byte, 1);
}

static void
put_number(struct pk_text *out, uint32_t value, size_t bytes)
{
    while (bytes-- > 0) {
        put_byte(out, value >> (BYTE_BITS * bytes) & BYTE_MAX);
    }
}

/* Kea takes decimal digits, and hexadecimal ones where those fail. */
static bool
put_integer(struct pk_text *out, const char *text, size_t bytes, bool is_signed)
{
    const int bits = BYTE_BITS * (int)bytes;
    const int64_t min = is_signed ? -(INT64_C(1) << (bits - 1)) : 0;
    const int64_t max = (INT64_C(1) << (is_signed ? bits - 1 : bits)) - 1;
    char *end;
    errno = 0;
    int64_t value = strtoll(text, &end, DECIMAL);
    if (*end != '\0') {
        value = strtoll(text, &end, HEXADECIMAL);
    }
    if (*text == '\0' || *end != '\0' || errno != 0 || value < min || value > max) {
        return false;
    }
    put_number(out, (uint32_t)value, bytes);
    return true;
}

static bool
put_boolean(struct pk_text *out, const char *text)
{
    bool yes = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
    put_byte(out, yes);
    return yes || strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

static bool
put_ipv4(struct pk_text *out, const char *text)
{
    uint32_t address;
    if (!pk_parse_ipv4(text, &address)) {
        return false;
    }
    put_number(out, address, IPV4_BYTES);
    return true;
}

/* With a prefix length: the length and the bytes that it fills. */
static bool
put_ipv6(struct pk_text *out, const char *text, bool prefix)
{
    PK_SCRATCH(scratch);
    struct in6_addr address;
    char *copy = pk_strdup(scratch, text), *slash = strchr(copy, '/');
    size_t bytes = sizeof address.s6_addr;
    if (prefix != (slash != NULL)) {
        return false;
    }
    if (slash != NULL) {
        char *end;
        long length = strtol(slash + 1, &end, DECIMAL);
        if (*end != '\0' || end == slash + 1 || length < 0 || length > IPV6_BITS) {
            return false;
        }
        *slash = '\0';
        put_byte(out, (unsigned)length);
        bytes = ((size_t)length + BYTE_BITS - 1) / BYTE_BITS;
    }
    if (inet_pton(AF_INET6, copy, &address) != 1) {
        return false;
    }
    pk_text_add_bytes(out, (const char *)address.s6_addr, bytes);
    return true;
}

/* `PSID/LENGTH`: the length, and the bits at the left. */
static bool
put_psid(struct pk_text *out, const char *text)
{
    char *slash, *end;
    long psid = strtol(text, &slash, DECIMAL);
    long length = *slash == '/' ? strtol(slash + 1, &end, DECIMAL) : -1;
    if (length < 0 || *end != '\0' || length > PSID_BITS || psid < 0 || psid >> length != 0) {
        return false;
    }
    put_byte(out, (unsigned)length);
    put_number(out, (uint32_t)psid << (PSID_BITS - length), PSID_BITS / BYTE_BITS);
    return true;
}

static bool
put_fqdn(struct pk_text *out, const char *text)
{
    const char *label = text;
    while (*label != '\0') {
        size_t length = strcspn(label, ".");
        if (length == 0 || length > LABEL_BYTES || memchr(label, '\\', length) != NULL) {
            return strcmp(text, ".") == 0 && (put_byte(out, 0), true);
        }
        put_byte(out, (unsigned)length);
        pk_text_add_bytes(out, label, length);
        label += length + (label[length] == '.');
    }
    put_byte(out, 0);
    return label != text;
}

static bool
put_tuple(struct pk_text *out, const char *text)
{
    size_t length = strlen(text);
    put_byte(out, (unsigned)length);
    pk_text_add_bytes(out, text, length);
    return length <= BYTE_MAX;
}

/* `PREFIX - ADDRESS`: the length, the bytes that it fills, the router. */
static bool
put_route(struct pk_text *out, const char *text)
{
    PK_SCRATCH(scratch);
    struct pk_prefix prefix;
    size_t first = strcspn(text, " -");
    const char *router = text + first + strspn(text + first, " -");
    if (!pk_parse_prefix(pk_strndup(scratch, text, first), &prefix)) {
        return false;
    }
    put_byte(out, prefix.length);
    for (unsigned bits = 0; bits < prefix.length; bits += BYTE_BITS) {
        put_byte(out, prefix.address >> (IPV4_BYTES * BYTE_BITS - BYTE_BITS - bits) & BYTE_MAX);
    }
    return put_ipv4(out, router);
}

bool
pk_kea_encode_hex(const char *data, struct pk_text *out)
{
    PK_SCRATCH(scratch);
    const char *hex = pk_kea_option_hex(scratch, data);
    for (const char *at = hex; at != NULL && *at != '\0'; at += 2) {
        const char digits[] = {at[0], at[1], '\0'};
        put_byte(out, (unsigned)strtoul(digits, NULL, HEXADECIMAL));
    }
    return hex != NULL;
}

static bool
put_value(struct pk_text *out, enum pk_kea_type type, const char *text)
{
    switch (type) {
    case PK_KEA_TYPE_BINARY:
        return pk_kea_encode_hex(text, out);
    case PK_KEA_TYPE_BOOLEAN:
        return put_boolean(out, text);
    case PK_KEA_TYPE_FQDN:
        return put_fqdn(out, text);
    case PK_KEA_TYPE_INT8:
    case PK_KEA_TYPE_UINT8:
        return put_integer(out, text, sizeof(uint8_t), type == PK_KEA_TYPE_INT8);
    case PK_KEA_TYPE_INT16:
    case PK_KEA_TYPE_UINT16:
        return put_integer(out, text, sizeof(uint16_t), type == PK_KEA_TYPE_INT16);
    case PK_KEA_TYPE_INT32:
    case PK_KEA_TYPE_UINT32:
        return put_integer(out, text, sizeof(uint32_t), type == PK_KEA_TYPE_INT32);
    case PK_KEA_TYPE_IPV4:
        return put_ipv4(out, text);
    case PK_KEA_TYPE_IPV6:
    case PK_KEA_TYPE_IPV6_PREFIX:
        return put_ipv6(out, text, type == PK_KEA_TYPE_IPV6_PREFIX);
    case PK_KEA_TYPE_PSID:
        return put_psid(out, text);
    case PK_KEA_TYPE_ROUTES:
        return put_route(out, text);
    case PK_KEA_TYPE_STRING:
        pk_text_add(out, text);
        return true;
    case PK_KEA_TYPE_TUPLE:
        return put_tuple(out, text);
    case PK_KEA_TYPE_EMPTY:
    case PK_KEA_TYPE_UNKNOWN:
        break;
    }
    return false;
}

/* Kea overlooks values that are too many, unless the last field repeats. */
bool
pk_kea_encode(const struct pk_kea_format *format, const char *data, struct pk_text *out)
{
    PK_SCRATCH(scratch);
    const char *const *tokens;
    size_t count = pk_kea_option_tokens(scratch, data, &tokens);
    if (!format->record && format->types[0] == PK_KEA_TYPE_EMPTY) {
        return count == 0;
    }
    if (count < format->count) {
        return false;
    }
    size_t used = format->array ? count : format->count;
    for (size_t i = 0; i < used; i++) {
        size_t field = i < format->count ? i : format->count - 1;
        if (!put_value(out, format->types[field], tokens[i])) {
            return false;
        }
    }
    return true;
}
