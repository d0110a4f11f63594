/*
 * Own parser instead of inet_pton: positions of users' mistakes are reported by the caller, and
 * inet_aton's octal and short forms must never get in.
 */
#include "base/ipv4.h"

#include <string.h>

enum { DECIMAL = 10, DECIMAL_DIGITS = 10 };

/* Reads one number 0..max without leading zeros; NULL when there is none. */
static const char *
read_part(const char *at, uint32_t max, uint32_t *out)
{
    if (*at < '0' || *at > '9' || (at[0] == '0' && at[1] >= '0' && at[1] <= '9')) {
        return NULL;
    }
    uint32_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (uint32_t)(*at - '0');
        if (value > max) {
            return NULL;
        }
    }
    *out = value;
    return at;
}

static const char *
read_address(const char *at, uint32_t *out)
{
    uint32_t address = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t part;
        if (i > 0 && *at++ != '.') {
            return NULL;
        }
        at = read_part(at, 255, &part);
        if (at == NULL) {
            return NULL;
        }
        address = address << 8 | part;
    }
    *out = address;
    return at;
}

bool
pk_parse_ipv4(const char *text, uint32_t *address)
{
    uint32_t value;
    const char *end = read_address(text, &value);
    if (end == NULL || *end != '\0') {
        return false;
    }
    *address = value;
    return true;
}

bool
pk_parse_prefix(const char *text, struct pk_prefix *prefix)
{
    uint32_t address, length;
    const char *at = read_address(text, &address);
    if (at == NULL || *at != '/') {
        return false;
    }
    at = read_part(at + 1, 32, &length);
    if (at == NULL || *at != '\0') {
        return false;
    }
    *prefix = (struct pk_prefix){.address = address, .length = (uint8_t)length};
    return true;
}

bool
pk_parse_range(const char *text, struct pk_range *range)
{
    struct pk_prefix prefix;
    if (pk_parse_prefix(text, &prefix)) {
        if (!pk_prefix_is_canonical(prefix)) {
            return false;
        }
        *range = pk_prefix_range(prefix);
        return true;
    }
    struct pk_range value;
    const char *at = read_address(text, &value.first);
    if (at == NULL) {
        return false;
    }
    value.last = value.first;
    if (*at == '-') {
        at = read_address(at + 1, &value.last);
    }
    if (at == NULL || *at != '\0') {
        return false;
    }
    *range = value;
    return true;
}

/* Addresses are written by the hundred thousand, so not by format.  @return the end */
static char *
write_number(char *out, unsigned number)
{
    char digits[DECIMAL_DIGITS];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % DECIMAL);
        number /= DECIMAL;
    } while (number != 0);
    while (count != 0) {
        *out++ = digits[--count];
    }
    return out;
}

static char *
write_ipv4(char *out, uint32_t address)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        out = write_number(out, address >> shift & 255);
        *out++ = '.';
    }
    return out - 1;
}

char *
pk_format_ipv4(char out[PK_IPV4_TEXT_BYTES], uint32_t address)
{
    *write_ipv4(out, address) = '\0';
    return out;
}

char *
pk_format_prefix(char out[PK_PREFIX_TEXT_BYTES], struct pk_prefix prefix)
{
    char *end = write_ipv4(out, prefix.address);
    *end++ = '/';
    *write_number(end, prefix.length) = '\0';
    return out;
}

char *
pk_format_range(char out[PK_RANGE_TEXT_BYTES], struct pk_range range)
{
    char *end = write_ipv4(out, range.first);
    if (range.first != range.last) {
        *end++ = '-';
        end = write_ipv4(end, range.last);
    }
    *end = '\0';
    return out;
}

const char *
pk_prefix_text(struct pk_pool *pool, struct pk_prefix prefix)
{
    char text[PK_PREFIX_TEXT_BYTES];
    return pk_strdup(pool, pk_format_prefix(text, prefix));
}

uint32_t
pk_prefix_mask(struct pk_prefix prefix)
{
    return prefix.length == 0 ? 0 : UINT32_MAX << (32 - prefix.length);
}

struct pk_range
pk_prefix_range(struct pk_prefix prefix)
{
    uint32_t mask = pk_prefix_mask(prefix);
    return (struct pk_range){.first = prefix.address & mask, .last = prefix.address | ~mask};
}

bool
pk_prefix_is_canonical(struct pk_prefix prefix)
{
    return (prefix.address & ~pk_prefix_mask(prefix)) == 0;
}

bool
pk_prefix_contains(struct pk_prefix prefix, uint32_t address)
{
    return ((prefix.address ^ address) & pk_prefix_mask(prefix)) == 0;
}

bool
pk_prefixes_overlap(struct pk_prefix a, struct pk_prefix b)
{
    return pk_prefix_contains(a.length <= b.length ? a : b, (a.length <= b.length ? b : a).address);
}

int
pk_prefix_compare(struct pk_prefix a, struct pk_prefix b)
{
    if (a.address != b.address) {
        return a.address < b.address ? -1 : 1;
    }
    return (int)a.length - (int)b.length;
}
