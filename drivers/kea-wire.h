/**
 * @file
 * Option data of Kea as the bytes that go to the client, and back to values.
 */
#ifndef PK_DRIVERS_KEA_WIRE_H
#define PK_DRIVERS_KEA_WIRE_H

#include "adm/option.h"
#include "base/text.h"

/** Types of Kea's option definitions. */
enum pk_kea_type {
    PK_KEA_TYPE_UNKNOWN,
    PK_KEA_TYPE_BINARY,
    PK_KEA_TYPE_BOOLEAN,
    PK_KEA_TYPE_EMPTY,
    PK_KEA_TYPE_FQDN,
    PK_KEA_TYPE_INT8,
    PK_KEA_TYPE_INT16,
    PK_KEA_TYPE_INT32,
    PK_KEA_TYPE_IPV4,
    PK_KEA_TYPE_IPV6,
    PK_KEA_TYPE_IPV6_PREFIX,
    PK_KEA_TYPE_PSID,
    PK_KEA_TYPE_ROUTES, /**< of option 121: `PREFIX - ADDRESS`; no name in definitions */
    PK_KEA_TYPE_STRING,
    PK_KEA_TYPE_TUPLE,
    PK_KEA_TYPE_UINT8,
    PK_KEA_TYPE_UINT16,
    PK_KEA_TYPE_UINT32,
};

enum {
    PK_KEA_FIELDS_MAX = 16,
    PK_OPTION_CODE_DOMAIN_NAME = 15, /**< a domain name that goes to the client as text */
};

/** What an option's text means. */
struct pk_kea_format {
    enum pk_kea_type types[PK_KEA_FIELDS_MAX]; /**< of a record's fields, else one */
    size_t count;
    bool record;
    bool array; /**< of a record: its last field repeats */
};

/**
 * @param type    as in a definition's `type`
 * @param record  its `record-types`, "uint8, string"
 * @return false when a type is unknown or there are too many
 */
bool
pk_kea_format_parse(const char *type, const char *record, bool array, struct pk_kea_format *out);

/** How Kea reads the text of a standard option. */
struct pk_kea_format pk_kea_format_of(const struct pk_option *option);

/** Appends the bytes of `data` in csv-format; false when Kea would not take it. */
bool pk_kea_encode(const struct pk_kea_format *format, const char *data, struct pk_text *out);

/** Appends the bytes of hexadecimal `data`; false when it is none. */
bool pk_kea_encode_hex(const char *data, struct pk_text *out);

/**
 * The canonical value (adm/option.h) of these bytes.
 * @param option  NULL = no type: hexadecimal
 * @return NULL when they are no value of that type
 */
const char *pk_kea_decode(struct pk_pool *pool, const struct pk_option *option, const char *bytes,
                          size_t count);

#endif
