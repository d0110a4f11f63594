/* jansson sorts keys and keeps integers apart from reals, which is all that canonical needs. */
#include "base/json.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    DEPTH_LIMIT = 64, /* what the reader of a server's answer allows (drivers/kea-json.h) */
    REAL_DIGITS = 15, /* the most that every decimal survives: 0.1 stays 0.1 */
};

static void *
allocate(size_t bytes)
{
    void *at = malloc(bytes);
    if (at == NULL) {
        pk_out_of_memory();
    }
    return at;
}

void
pk_json_start(void)
{
    json_set_alloc_funcs(allocate, free);
}

const char *
pk_json_text(struct pk_pool *pool, const json_t *value)
{
    const size_t flags =
        JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS);
    size_t bytes = json_dumpb(value, NULL, 0, flags);
    char *text = pk_alloc(pool, bytes + 1);
    json_dumpb(value, text, bytes, flags);
    return text;
}

/* jansson stops at 2048 levels of its own; ours keeps the recursion of every reader small. */
static size_t
depth_of(const char *text)
{
    size_t depth = 0, deepest = 0;
    bool in_string = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (in_string) {
            if (*at == '\\' && at[1] != '\0') {
                at++;
            } else if (*at == '"') {
                in_string = false;
            }
        } else if (*at == '"') {
            in_string = true;
        } else if (*at == '[' || *at == '{') {
            deepest = ++depth > deepest ? depth : deepest;
        } else if ((*at == ']' || *at == '}') && depth > 0) {
            depth--;
        }
    }
    return deepest;
}

json_t *
pk_json_parse(const char *text, struct pk_error *err)
{
    if (depth_of(text) > DEPTH_LIMIT) {
        pk_error_set(err, PK_EINVAL, "JSON", "nested deeper than %d levels", DEPTH_LIMIT);
        return NULL;
    }
    json_error_t why;
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &why);
    if (value == NULL) {
        pk_error_set(err, PK_EINVAL, "JSON", "%s at line %d, column %d", why.text, why.line,
                     why.column);
    }
    return value;
}
