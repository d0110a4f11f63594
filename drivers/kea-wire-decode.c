/* Bytes to the texts that people write, which adm/option.h then judges as it judges theirs. */
#include "drivers/kea-wire.h"

#include <string.h>

#include "base/ipv4.h"
#include "base/utf8.h"

enum {
    BYTE_BITS = 8,
    IPV4_BYTES = 4,
    IPV4_BITS = 32,
    PAIR_BYTES = 8,
    LABEL_BYTES = 63,
};

struct texts {
    struct pk_pool *pool;
    PK_VECTOR(const char *) list;
};

/* What is left to read. */
struct bytes {
    const unsigned char *at;
    size_t left;
};

static uint32_t
take(struct bytes *bytes, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << BYTE_BITS | bytes->at[i];
    }
    bytes->at += count;
    bytes->left -= count;
    return value;
}

static const char *
address_text(struct pk_pool *pool, uint32_t address)
{
    char text[PK_IPV4_TEXT_BYTES];
    return pk_strdup(pool, pk_format_ipv4(text, address));
}

static const char *
take_hex(struct pk_pool *pool, struct bytes *bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = pk_alloc(pool, 2 * bytes->left + 1), *to = hex;
    for (; bytes->left != 0; bytes->at++, bytes->left--) {
        *to++ = digits[*bytes->at / (sizeof digits - 1)];
        *to++ = digits[*bytes->at % (sizeof digits - 1)];
    }
    return hex;
}

/* Only text that can be written as text: UTF-8 without a zero byte but at the end, where Kea drops
 * them. */
static const char *
take_text(struct pk_pool *pool, struct bytes *bytes)
{
    while (bytes->left != 0 && bytes->at[bytes->left - 1] == '\0') {
        bytes->left--;
    }
    const char *text = pk_strndup(pool, (const char *)bytes->at, bytes->left);
    uint32_t point;
    for (size_t length, done = 0; done < bytes->left; done += length) {
        length = text[done] != '\0' ? pk_utf8_decode(text + done, bytes->left - done, &point) : 0;
        if (length == 0) {
            return NULL;
        }
    }
    bytes->left = 0;
    return text;
}

/* One name, without compression. */
static const char *
take_fqdn(struct pk_pool *pool, struct bytes *bytes)
{
    struct pk_text out = {.pool = pool};
    while (bytes->left != 0) {
        size_t length = take(bytes, 1);
        if (length == 0) {
            return pk_text_end(&out);
        }
        if (length > LABEL_BYTES || length > bytes->left ||
            memchr(bytes->at, '.', length) != NULL || memchr(bytes->at, '\0', length) != NULL) {
            return NULL;
        }
        pk_text_add(&out, out.count != 0 ? "." : "");
        pk_text_add_bytes(&out, (const char *)bytes->at, length);
        bytes->at += length;
        bytes->left -= length;
    }
    return NULL;
}

static const char *
take_pair(struct pk_pool *pool, struct bytes *bytes)
{
    const char *first = address_text(pool, take(bytes, IPV4_BYTES));
    return pk_sprintf(pool, "%s %s", first, address_text(pool, take(bytes, IPV4_BYTES)));
}

static const char *
take_route(struct pk_pool *pool, struct bytes *bytes)
{
    struct pk_prefix prefix = {.length = (uint8_t)take(bytes, 1)};
    size_t filled = ((size_t)prefix.length + BYTE_BITS - 1) / BYTE_BITS;
    if (prefix.length > IPV4_BITS || bytes->left < filled + IPV4_BYTES) {
        return NULL;
    }
    if (filled != 0) {
        prefix.address = take(bytes, filled) << (IPV4_BITS - BYTE_BITS * filled);
    }
    return pk_sprintf(pool, "%s %s", pk_prefix_text(pool, prefix),
                      address_text(pool, take(bytes, IPV4_BYTES)));
}

/* Bytes of one value, 0 = as many as there are or as it says itself. */
static size_t
size_of(enum pk_option_type type)
{
    static const size_t sizes[] = {
        [PK_OPTION_BOOLEAN] = sizeof(uint8_t), [PK_OPTION_UINT8] = sizeof(uint8_t),
        [PK_OPTION_UINT16] = sizeof(uint16_t), [PK_OPTION_UINT32] = sizeof(uint32_t),
        [PK_OPTION_INT32] = sizeof(uint32_t),  [PK_OPTION_IPV4] = IPV4_BYTES,
        [PK_OPTION_IPV4_PAIR] = PAIR_BYTES,    [PK_OPTION_CLASSLESS_ROUTE] = 0,
    };
    return sizes[type];
}

/* NULL when the bytes are no value of the type. */
static const char *
take_value(struct pk_pool *pool, enum pk_option_type type, struct bytes *bytes)
{
    if (bytes->left < size_of(type)) {
        return NULL;
    }
    uint32_t number;
    switch (type) {
    case PK_OPTION_BYTES:
        return take_hex(pool, bytes);
    case PK_OPTION_BOOLEAN:
        number = take(bytes, 1);
        return number == 0 ? "false" : number == 1 ? "true" : NULL;
    case PK_OPTION_UINT8:
    case PK_OPTION_UINT16:
    case PK_OPTION_UINT32:
        return pk_sprintf(pool, "%u", (unsigned)take(bytes, size_of(type)));
    case PK_OPTION_INT32:
        return pk_sprintf(pool, "%d", (int)take(bytes, sizeof(uint32_t)));
    case PK_OPTION_IPV4:
        return address_text(pool, take(bytes, IPV4_BYTES));
    case PK_OPTION_IPV4_PAIR:
        return take_pair(pool, bytes);
    case PK_OPTION_TEXT:
        return take_text(pool, bytes);
    case PK_OPTION_FQDN:
        return take_fqdn(pool, bytes);
    case PK_OPTION_CLASSLESS_ROUTE:
        return take_route(pool, bytes);
    case PK_OPTION_EMPTY:
        break;
    }
    return NULL;
}

static enum pk_option_type
type_on_wire(const struct pk_option *option)
{
    return option == NULL                               ? PK_OPTION_BYTES
           : option->code == PK_OPTION_CODE_DOMAIN_NAME ? PK_OPTION_TEXT
                                                        : option->type;
}

const char *
pk_kea_decode(struct pk_pool *pool, const struct pk_option *option, const char *bytes, size_t count)
{
    PK_SCRATCH(scratch);
    struct texts texts = {.pool = scratch};
    struct bytes rest = {.at = (const unsigned char *)bytes, .left = count};
    while (rest.left != 0) {
        enum pk_option_type type = type_on_wire(option);
        const char *text = take_value(scratch, type, &rest);
        if (text == NULL) {
            return NULL;
        }
        *pk_push(scratch, &texts.list) = text;
    }
    return pk_option_values(pool, option, texts.list.at, texts.list.count, NULL);
}
