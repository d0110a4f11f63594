/**
 * @file
 * Text that grows: a builder for messages, canonical values and JSON.
 *
 * `struct pk_text out = {.pool = pool};` is ready to use; `out.at` is always terminated and lives
 * as long as the pool.
 */
#ifndef PK_BASE_TEXT_H
#define PK_BASE_TEXT_H

#include <stddef.h>
#include <string.h>

#include "base/pool.h"

struct pk_text {
    struct pk_pool *pool;
    char *at; /**< NULL until the first append; use pk_text_end() for a sure string */
    size_t count, capacity;
};

void pk_text_add(struct pk_text *text, const char *more);
void pk_text_add_bytes(struct pk_text *text, const char *more, size_t bytes);
void pk_text_addf(struct pk_text *text, const char *format, ...) PK_PRINTF(2, 3);

/** @p more as a JSON string with its quotes.  Invalid UTF-8 becomes U+FFFD. */
void pk_text_add_json(struct pk_text *text, const char *more);

/** As strcmp(), for keys: most of them differ in their first letter. */
static inline int
pk_key_compare(const char *a, const char *b)
{
    int first = (unsigned char)*a - (unsigned char)*b;
    return first != 0 ? first : strcmp(a, b);
}

/** "s" unless there is exactly one: for "%zu scope%s". */
const char *pk_plural(size_t count);

/** The text built so far, "" when nothing was added. */
const char *pk_text_end(const struct pk_text *text);

#endif
