/*
 * A reader of our own, because none there is reads what Kea writes.  jansson and cJSON take Kea's
 * bytes for characters and know neither comments nor includes; cJSON makes doubles of all numbers;
 * jansson, which is exact about numbers, needs 175 ms for the configuration of 10,000 subnets
 * (12.5 MB) and 150 ms more to free it.  This one needs a quarter of that: the document is copied
 * once and taken apart in place, and the tree is freed with its pool.
 */
#include "drivers/kea-json-reader.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum {
    ASCII_END = 0x80,
    BYTES_END = 0x100,
    UNICODE_ESCAPE_DIGITS = 4,
    HEX_BITS = 4,
    HIGH_SURROGATES = 0xd800,
    LOW_SURROGATES = 0xdc00,
    SURROGATES_END = 0xe000,
    SURROGATE_BITS = 10,
    SURROGATES_BASE = 0x10000,
};

static bool read_value(struct pk_kea_reader *reader, struct pk_kea_value *out);

bool
pk_kea_fail(struct pk_kea_reader *reader, const char *at, const char *format, ...)
{
    const struct pk_kea_source *source = reader->source;
    PK_SCRATCH(scratch);
    va_list args;
    va_start(args, format);
    const char *message = pk_vsprintf(scratch, format, args);
    va_end(args);
    size_t column = at >= source->line_start ? (size_t)(at - source->line_start) + 1 : 1;
    const char *where =
        pk_sprintf(scratch, "%s:%u:%zu", source->name, (unsigned)source->line, column);
    reader->code = pk_error_set(reader->err, PK_EINVAL, where, "%s: %s", where, message);
    return false;
}

/* What stands at @p at, for a message. */
static const char *
found(struct pk_kea_reader *reader, const char *at)
{
    unsigned char byte = (unsigned char)*at;
    if (at == reader->source->end) {
        return "the end";
    }
    return byte > ' ' && byte < ASCII_END - 1 ? pk_sprintf(reader->scratch, "'%c'", byte)
                                              : pk_sprintf(reader->scratch, "byte 0x%02x", byte);
}

static bool
fail_unexpected(struct pk_kea_reader *reader, const char *wanted)
{
    const char *at = reader->source->at;
    return pk_kea_fail(reader, at, "%s where %s is wanted", found(reader, at), wanted);
}

/* -- between values --------------------------------------------------------------------------- */

static void
skip_blanks(struct pk_kea_source *source)
{
    for (;; source->at++) {
        if (*source->at == '\n') {
            source->line++;
            source->line_start = source->at + 1;
        } else if (*source->at != ' ' && *source->at != '\t' && *source->at != '\r') {
            return;
        }
    }
}

/* To the next byte that means something, out of an included source that has ended. */
static bool
skip(struct pk_kea_reader *reader)
{
    for (;;) {
        struct pk_kea_source *source = reader->source;
        skip_blanks(source);
        if (source->at == source->end && source->includer != NULL) {
            reader->source = source->includer;
            reader->includes--;
            continue;
        }
        const char *before = source->at;
        if (reader->skip_foreign == NULL) {
            return true;
        }
        if (!reader->skip_foreign(reader)) {
            return false;
        }
        if (reader->source == source && source->at == before) {
            return true;
        }
    }
}

/* -- strings ---------------------------------------------------------------------------------- */

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
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
static bool
read_string(struct pk_kea_reader *reader, const char **text, size_t *count)
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

/* -- numbers and words ------------------------------------------------------------------------ */

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
    strtoll(number, NULL, 10); /* NOLINT(cert-err33-c): errno tells */
    return errno != ERANGE;
}

/* Moves one byte to the left, over what was read before it, to make room for the NUL. */
static bool
read_number(struct pk_kea_reader *reader, struct pk_kea_value *out)
{
    struct pk_kea_source *source = reader->source;
    bool real;
    const char *end = end_of_number(source->at, reader->skip_foreign != NULL, &real);
    if (end == NULL) {
        return pk_kea_fail(reader, source->at, "a number that is none of JSON's");
    }
    size_t length = (size_t)(end - source->at);
    char *text = memmove(source->at - 1, source->at, length);
    text[length] = '\0';
    if (!is_in_range(text, real)) {
        return pk_kea_fail(reader, source->at, "a number beyond 64 bits");
    }
    source->at += length;
    out->text = text;
    out->count = length;
    return true;
}

static bool
read_word(struct pk_kea_reader *reader, const char *word, size_t length)
{
    struct pk_kea_source *source = reader->source;
    if (strncmp(source->at, word, length) != 0) {
        return fail_unexpected(reader, "a value");
    }
    source->at += length;
    return true;
}

/* -- containers ------------------------------------------------------------------------------- */

static bool
enter(struct pk_kea_reader *reader)
{
    if (++reader->depth > PK_KEA_DEPTH_MAX) {
        return pk_kea_fail(reader, reader->source->at, "nested deeper than %d levels",
                           PK_KEA_DEPTH_MAX);
    }
    reader->source->at++;
    return skip(reader);
}

/* After a member: true with @p more telling whether another one follows. */
static bool
go_on(struct pk_kea_reader *reader, char close, bool *more)
{
    if (!skip(reader)) {
        return false;
    }
    *more = *reader->source->at == ',';
    if (*more) {
        reader->source->at++;
        if (!skip(reader)) {
            return false;
        }
        bool trailing = *reader->source->at == close && reader->skip_foreign != NULL;
        *more = !trailing;
    }
    if (!*more && *reader->source->at != close) {
        return fail_unexpected(reader, close == ']' ? "',' or ']'" : "',' or '}'");
    }
    return true;
}

static void
leave(struct pk_kea_reader *reader, size_t first)
{
    reader->source->at++;
    reader->depth--;
    reader->open.count = first;
}

static bool
read_list(struct pk_kea_reader *reader, struct pk_kea_value *out)
{
    const size_t first = reader->open.count;
    if (!enter(reader)) {
        return false;
    }
    for (bool more = *reader->source->at != ']'; more;) {
        struct pk_kea_member item = {0};
        if (!read_value(reader, &item.value)) {
            return false;
        }
        *pk_push(reader->scratch, &reader->open) = item;
        if (!go_on(reader, ']', &more)) {
            return false;
        }
    }
    out->count = reader->open.count - first;
    struct pk_kea_value *items = pk_array(reader->pool, struct pk_kea_value, out->count);
    for (size_t i = 0; i < out->count; i++) {
        items[i] = reader->open.at[first + i].value;
    }
    out->items = items;
    leave(reader, first);
    return true;
}

static bool
read_member(struct pk_kea_reader *reader, struct pk_kea_member *member)
{
    const char *at = reader->source->at;
    size_t length;
    if (*at != '"') {
        return fail_unexpected(reader, "a key in quotes");
    }
    if (!read_string(reader, &member->key, &length)) {
        return false;
    }
    if (strlen(member->key) != length) {
        return pk_kea_fail(reader, at, "a key that holds a zero byte");
    }
    if (!skip(reader)) {
        return false;
    }
    if (*reader->source->at != ':') {
        return fail_unexpected(reader, "':'");
    }
    reader->source->at++;
    return skip(reader) && read_value(reader, &member->value);
}

static int
compare_keys(const void *left, const void *right)
{
    const struct pk_kea_member *const *a = left, *const *b = right;
    int order = strcmp((*a)->key, (*b)->key);
    return order != 0 ? order : *a < *b ? -1 : *a > *b;
}

/* Drops all but the last of the members with one key; their order stays.  Kea writes its maps
 * sorted, so this is rarely needed. */
static size_t
drop_repeated(struct pk_pool *scratch, struct pk_kea_member *members, size_t count)
{
    struct pk_kea_member **sorted = pk_array(scratch, struct pk_kea_member *, count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &members[i];
    }
    qsort(sorted, count, sizeof sorted[0], compare_keys);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0) {
            sorted[i - 1]->key = NULL;
            /* a key that comes a third time is compared with the second */
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (members[i].key != NULL) {
            members[kept++] = members[i];
        }
    }
    return kept;
}

static void
close_map(struct pk_kea_reader *reader, size_t first, bool sorted, struct pk_kea_value *out)
{
    const size_t count = reader->open.count - first;
    if (count != 0) {
        struct pk_kea_member *own = &reader->open.at[first];
        out->count = sorted ? count : drop_repeated(reader->scratch, own, count);
        struct pk_kea_member *members = pk_array(reader->pool, struct pk_kea_member, out->count);
        memcpy(members, own, out->count * sizeof own[0]);
        out->members = members;
    }
    leave(reader, first);
}

static bool
read_map(struct pk_kea_reader *reader, struct pk_kea_value *out)
{
    const size_t first = reader->open.count;
    bool sorted = true;
    if (!enter(reader)) {
        return false;
    }
    for (bool more = *reader->source->at != '}'; more;) {
        struct pk_kea_member member = {0};
        if (!read_member(reader, &member)) {
            return false;
        }
        size_t count = reader->open.count;
        sorted =
            sorted && (count == first || strcmp(reader->open.at[count - 1].key, member.key) < 0);
        *pk_push(reader->scratch, &reader->open) = member;
        if (!go_on(reader, '}', &more)) {
            return false;
        }
    }
    close_map(reader, first, sorted, out);
    return true;
}

/* -- values ----------------------------------------------------------------------------------- */

/* The kinds by their first byte. */
static enum pk_kea_kind
kind_at(char first)
{
    switch (first) {
    case '{':
        return PK_KEA_MAP;
    case '[':
        return PK_KEA_LIST;
    case '"':
        return PK_KEA_STRING;
    case 't':
        return PK_KEA_TRUE;
    case 'f':
        return PK_KEA_FALSE;
    case 'n':
        return PK_KEA_NULL;
    default:
        return PK_KEA_NUMBER;
    }
}

static bool
read_value(struct pk_kea_reader *reader, struct pk_kea_value *out)
{
    const char first = *reader->source->at;
    *out = (struct pk_kea_value){.kind = kind_at(first), .line = reader->source->line};
    switch (out->kind) {
    case PK_KEA_MAP:
        return read_map(reader, out);
    case PK_KEA_LIST:
        return read_list(reader, out);
    case PK_KEA_STRING:
        return read_string(reader, &out->text, &out->count);
    case PK_KEA_TRUE:
        return read_word(reader, "true", 4);
    case PK_KEA_FALSE:
        return read_word(reader, "false", 5);
    case PK_KEA_NULL:
        return read_word(reader, "null", 4);
    case PK_KEA_NUMBER:
        break;
    }
    bool digit = first >= '0' && first <= '9';
    bool point = first == '.' && reader->skip_foreign != NULL;
    return digit || first == '-' || point ? read_number(reader, out)
                                          : fail_unexpected(reader, "a value");
}

struct pk_kea_source *
pk_kea_source_new(struct pk_pool *pool, const char *name, size_t count)
{
    struct pk_kea_source *source = pk_new(pool, struct pk_kea_source);
    char *bytes = pk_alloc(pool, count + 2); /* the byte before, and the NUL */
    *source = (struct pk_kea_source){.name = name,
                                     .at = bytes + 1,
                                     .end = bytes + 1 + count,
                                     .line_start = bytes + 1,
                                     .line = 1};
    return source;
}

enum pk_code
pk_kea_read(struct pk_kea_reader *reader, struct pk_kea_value *out)
{
    bool read = skip(reader) && read_value(reader, out) && skip(reader) &&
                (reader->source->at == reader->source->end || fail_unexpected(reader, "the end"));
    return read ? PK_OK : reader->code;
}

enum pk_code
pk_kea_parse(struct pk_pool *pool, const char *where, const char *bytes, size_t count,
             struct pk_kea_value *out, struct pk_error *err)
{
    if (count > PK_KEA_BYTES_MAX) {
        return pk_error_set(err, PK_EINVAL, where, "%s: more than %d bytes", where,
                            PK_KEA_BYTES_MAX);
    }
    PK_SCRATCH(scratch);
    struct pk_kea_reader reader = {.pool = pool, .scratch = scratch, .err = err};
    reader.source = pk_kea_source_new(pool, where, count);
    if (count != 0) {
        memcpy(reader.source->at, bytes, count);
    }
    return pk_kea_read(&reader, out);
}
