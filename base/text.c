/*
 * JSON strings are written here rather than through the JSON library because canonical values are
 * built by the hundred thousand; the library still reads and checks them.
 */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum {
    DELETE = 0x7f,
    FIRST_CAPACITY = 32, /* most values fit */
};

/* U+FFFD, for bytes that are no text. */
#define REPLACEMENT "\xef\xbf\xbd"

static void
reserve(struct pk_text *text, size_t more)
{
    size_t need = text->count + more + 1;
    if (need <= text->capacity) {
        return;
    }
    size_t capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity;
    while (capacity < need) {
        capacity *= 2;
    }
    char *larger = pk_alloc(text->pool, capacity);
    if (text->count != 0) {
        memcpy(larger, text->at, text->count);
    }
    text->at = larger;
    text->capacity = capacity;
}

void
pk_text_add_bytes(struct pk_text *text, const char *more, size_t bytes)
{
    reserve(text, bytes);
    memcpy(text->at + text->count, more, bytes);
    text->count += bytes;
    text->at[text->count] = '\0';
}

void
pk_text_add(struct pk_text *text, const char *more)
{
    pk_text_add_bytes(text, more, strlen(more));
}

void
pk_text_addf(struct pk_text *text, const char *format, ...)
{
    va_list args, again;
    reserve(text, 0);
    size_t room = text->capacity - text->count;
    va_start(args, format);
    va_copy(again, args);
    int bytes = vsnprintf(text->at + text->count, room, format, again);
    va_end(again);
    if (bytes > 0 && (size_t)bytes >= room) {
        reserve(text, (size_t)bytes);
        vsnprintf(text->at + text->count, (size_t)bytes + 1, format, args);
    }
    va_end(args);
    text->count += bytes > 0 ? (size_t)bytes : 0;
}

static void
add_escaped(struct pk_text *text, unsigned char c)
{
    static const char *const named[] = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
        ['\n'] = "\\n", ['\r'] = "\\r",  ['\t'] = "\\t",
    };
    if (c < sizeof named / sizeof named[0] && named[c] != NULL) {
        pk_text_add(text, named[c]);
    } else {
        pk_text_addf(text, "\\u%04X", c);
    }
}

/* How much of it stands in JSON as it is: printable ASCII but quote and backslash. */
static size_t
plain_bytes(const char *more)
{
    size_t count = 0;
    for (; more[count] >= ' ' && more[count] < DELETE; count++) {
        if (more[count] == '"' || more[count] == '\\') {
            break;
        }
    }
    return count;
}

/* The character that @p more begins with, whatever it is.  @return its length there */
static size_t
add_character(struct pk_text *text, const char *more)
{
    uint32_t point = 0;
    size_t length = pk_utf8_decode(more, SIZE_MAX, &point);
    if (length == 0) {
        pk_text_add(text, REPLACEMENT);
        return 1;
    }
    if (point < ' ' || point == '"' || point == '\\') {
        add_escaped(text, (unsigned char)point);
    } else {
        pk_text_add_bytes(text, more, length);
    }
    return length;
}

void
pk_text_add_json(struct pk_text *text, const char *more)
{
    if (text->capacity == 0) { /* mostly the string is all there will be */
        text->capacity = strlen(more) + sizeof "\"\"";
        text->at = pk_alloc(text->pool, text->capacity);
    }
    pk_text_add_bytes(text, "\"", 1);
    for (size_t length = plain_bytes(more); more[length] != '\0'; length = plain_bytes(more)) {
        pk_text_add_bytes(text, more, length);
        more += length;
        more += add_character(text, more);
    }
    pk_text_add(text, more);
    pk_text_add_bytes(text, "\"", 1);
}

const char *
pk_text_end(const struct pk_text *text)
{
    return text->at != NULL ? text->at : "";
}

const char *
pk_plural(size_t count)
{
    return count == 1 ? "" : "s";
}
