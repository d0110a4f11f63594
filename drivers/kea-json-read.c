/*
 * A reader of our own, because none there is reads what Kea writes.  jansson and cJSON take Kea's
 * bytes for characters and know neither comments nor includes; cJSON makes doubles of all numbers;
 * jansson, which is exact about numbers, needs 175 ms for the configuration of 10,000 subnets
 * (12.5 MB) and 150 ms more to free it.  This one needs a quarter of that: the document is taken
 * apart in place, and the tree is freed with its pool.
 */
#include "drivers/kea-json-reader.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { ASCII_END = 0x80 };

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
        return "it ends";
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

/* -- containers and words --------------------------------------------------------------------- */

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
    if (!pk_kea_scan_string(reader, &member->key, &length)) {
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
        for (size_t i = 0; i < out->count; i++) {
            members[i] = own[i];
        }
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
        struct pk_kea_member member = {.key = ""};
        if (!read_member(reader, &member)) {
            return false;
        }
        size_t count = reader->open.count;
        sorted = sorted &&
                 (count == first || pk_key_compare(reader->open.at[count - 1].key, member.key) < 0);
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
        return pk_kea_scan_string(reader, &out->text, &out->count);
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
    return digit || first == '-' || point ? pk_kea_scan_number(reader, out)
                                          : fail_unexpected(reader, "a value");
}

struct pk_kea_source *
pk_kea_source_new(struct pk_pool *pool, const char *name, char *bytes, size_t count)
{
    struct pk_kea_source *source = pk_new(pool, struct pk_kea_source);
    *source = (struct pk_kea_source){.name = name,
                                     .first = bytes,
                                     .at = bytes,
                                     .end = bytes + count,
                                     .line_start = bytes,
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

static enum pk_code
check_size(const char *where, size_t count, struct pk_error *err)
{
    return count <= PK_KEA_BYTES_MAX ? PK_OK
                                     : pk_error_set(err, PK_EINVAL, where, "%s: more than %d bytes",
                                                    where, PK_KEA_BYTES_MAX);
}

enum pk_code
pk_kea_parse_in_place(struct pk_pool *pool, const char *where, char *bytes, size_t count,
                      struct pk_kea_value *out, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_reader reader = {.pool = pool, .scratch = scratch, .err = err};
    reader.source = pk_kea_source_new(pool, where, bytes, count);
    enum pk_code code = check_size(where, count, err);
    return code == PK_OK ? pk_kea_read(&reader, out) : code;
}

enum pk_code
pk_kea_parse(struct pk_pool *pool, const char *where, const char *bytes, size_t count,
             struct pk_kea_value *out, struct pk_error *err)
{
    enum pk_code code = check_size(where, count, err);
    if (code != PK_OK) {
        return code;
    }
    char *own = pk_strndup(pool, count != 0 ? bytes : "", count);
    return pk_kea_parse_in_place(pool, where, own, count, out, err);
}
