/*
 * JSON strings are written here rather than through the JSON library because canonical values are
 * built by the hundred thousand; the library still reads and checks them.
 */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void
reserve(struct pk_text *text, size_t more)
{
    size_t need = text->count + more + 1;
    if (need <= text->capacity) {
        return;
    }
    size_t capacity = text->capacity == 0 ? 64 : text->capacity;
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
    va_start(args, format);
    va_copy(again, args);
    int bytes = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (bytes > 0) {
        reserve(text, (size_t)bytes);
        vsnprintf(text->at + text->count, (size_t)bytes + 1, format, args);
        text->count += (size_t)bytes;
    }
    va_end(args);
}

/* Length of the valid UTF-8 sequence at @p at (0 when it is none): no overlong forms, no
 * surrogates. */
static size_t
utf8_length(const unsigned char *at)
{
    if (at[0] < 0x80) {
        return 1;
    }
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    uint32_t point = at[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        point = point << 6 | (at[i] & 0x3fU);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return at[0] < 0xc2 || at[0] > 0xf4 || point < smallest[length] || point > 0x10ffff || surrogate
               ? 0
               : length;
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

void
pk_text_add_json(struct pk_text *text, const char *more)
{
    const unsigned char *at = (const unsigned char *)more;
    pk_text_add(text, "\"");
    while (*at != '\0') {
        size_t length = utf8_length(at);
        if (length == 0) {
            pk_text_add(text, "\xef\xbf\xbd");
            at++;
        } else if (*at < 0x20 || *at == '"' || *at == '\\') {
            add_escaped(text, *at++);
        } else {
            pk_text_add_bytes(text, (const char *)at, length);
            at += length;
        }
    }
    pk_text_add(text, "\"");
}

const char *
pk_text_end(const struct pk_text *text)
{
    return text->at != NULL ? text->at : "";
}
