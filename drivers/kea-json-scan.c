/*
 * Strings and numbers, taken apart where they lie: neither ever grows, so each ends with its NUL
 * inside the bytes that it was written with.
 */
#include "drivers/kea-json-reader.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum {
    BYTES_END = 0x100,
    DECIMAL = 10,
    UNICODE_ESCAPE_DIGITS = 4,
    HEX_BITS = 4,
    HIGH_SURROGATES = 0xd800,
    LOW_SURROGATES = 0xdc00,
    SURROGATES_END = 0xe000,
    SURROGATE_BITS = 10,
    SURROGATES_BASE = 0x10000,
};

/* -- strings ---------------------------------------------------------------------------------- */

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + DECIMAL
           : c >= 'A' && c <= 'F' ? c - 'A' + DECIMAL
                                  : -1;
}

/* The four digits of an escape; nothing beyond the end is read, since a NUL stands there. */
static bool
read_unicode(const char *at, uint32_t *point)
{
    *point = 0;
    for (int i = 0; i < UNICODE_ESCAPE_DIGITS; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0) {
            return false;
        }
        *point = *point << HEX_BITS | (uint32_t)digit;
    }
    return true;
}

/* The second half of a pair stands after the first; no half stands alone. */
static bool
join_surrogates(const char **at, uint32_t *point)
{
    uint32_t low;
    if (*point < HIGH_SURROGATES || *point >= SURROGATES_END) {
        return true;
    }
    const char *second = *at + UNICODE_ESCAPE_DIGITS;
    if (*point >= LOW_SURROGATES || second[0] != '\\' || second[1] != 'u' ||
        !read_unicode(second + 2, &low) || low < LOW_SURROGATES || low >= SURROGATES_END) {
        return false;
    }
    *point =
        SURROGATES_BASE + ((*point - HIGH_SURROGATES) << SURROGATE_BITS | (low - LOW_SURROGATES));
    *at = second + 2;
    return true;
}

/* One byte up to ff, as Kea means it; characters beyond, which Kea never writes, as UTF-8. */
static char *
put_point(char *to, uint32_t point)
{
    if (point < BYTES_END) {
        *to++ = (char)point;
        return to;
    }
    return to + pk_utf8_encode(to, point);
}

/* At the backslash; leaves the reader after the escape. */
static bool
read_escape(struct pk_kea_reader *reader, char **to)
{
    static const char named[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    struct pk_kea_source *source = reader->source;
    const char *at = source->at + 1;
    const char *name = *at != '\0' ? strchr(named, *at) : NULL;
    uint32_t point;
    if (name != NULL) {
        *(*to)++ = meant[name - named];
        source->at += 2;
        return true;
    }
    if (*at++ != 'u' || !read_unicode(at, &point) || !join_surrogates(&at, &point)) {
        return pk_kea_fail(reader, source->at, "an escape that is none of JSON's");
    }
    *to = put_point(*to, point);
    source->at += (at - source->at) + UNICODE_ESCAPE_DIGITS;
    return true;
}

/* At the opening quote. */
bool
pk_kea_scan_string(struct pk_kea_reader *reader, const char **text, size_t *count)
{
    struct pk_kea_source *source = reader->source;
    char *first = ++source->at, *to = first;
    for (;;) {
        char *plain = source->at, *at = plain;
        while ((unsigned char)*at >= ' ' && *at != '"' && *at != '\\') {
            at++;
        }
        size_t length = (size_t)(at - plain);
        if (to != plain) {
            memmove(to, plain, length);
        }
        to += length;
        source->at = at;
        if (*at == '"') {
            break;
        }
        if (*at != '\\') {
            return pk_kea_fail(reader, at, "%s inside a string",
                               at == source->end ? "the end" : "a control character");
        }
        if (!read_escape(reader, &to)) {
            return false;
        }
    }
    source->at++;
    *to = '\0';
    *text = first;
    *count = (size_t)(to - first);
    return true;
}

/* -- numbers -------- ------------------------------------------------------------------------ */

static const char *
skip_digits(const char *at)
{
    while (*at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* What follows the number that begins at @p at; NULL when there is none.  The lenient form of Kea's
 * files has reals without a digit before or after the point. */
static const char *
end_of_number(const char *at, bool lenient, bool *real)
{
    const char *whole = at + (*at == '-');
    const char *end = *whole == '0' ? whole + 1 : skip_digits(whole);
    bool some = end != whole;
    *real = false;
    if ((some || lenient) && *end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        *real = true;
        if (!(end != fraction || (lenient && some))) {
            return NULL;
        }
        some = true;
    }
    if (some && (*end == 'e' || *end == 'E')) {
        const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');
        end = skip_digits(exponent);
        *real = true;
        some = end != exponent;
    }
    return some ? end : NULL;
}

static bool
is_in_range(const char *number, bool real)
{
    errno = 0;
    if (real) {
        return isfinite(strtod(number, NULL));
    }
    strtoll(number, NULL, DECIMAL); /* NOLINT(cert-err33-c): errno tells */
    return errno != ERANGE;
}

/* Moves one byte to the left, over what was read before it, to make room for the NUL; a document
 * that is a number has nothing before it. */
bool
pk_kea_scan_number(struct pk_kea_reader *reader, struct pk_kea_value *out)
{
    struct pk_kea_source *source = reader->source;
    bool real;
    const char *end = end_of_number(source->at, reader->skip_foreign != NULL, &real);
    if (end == NULL) {
        return pk_kea_fail(reader, source->at, "a number that is none of JSON's");
    }
    size_t length = (size_t)(end - source->at);
    char *text = source->at != source->first ? memmove(source->at - 1, source->at, length)
                                             : pk_strndup(reader->pool, source->at, length);
    text[length] = '\0';
    if (!is_in_range(text, real)) {
        return pk_kea_fail(reader, source->at, "a number beyond 64 bits");
    }
    source->at += length;
    out->text = text;
    out->count = length;
    return true;
}
