/*
 * Values that only a server understands travel as JSON.  The text is written directly: building a
 * JSON tree first would cost more than reading the file.
 */
#include "desired-state/decode.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

static bool
looks_like_number(const char *text)
{
    const char *digits = text + (*text == '-');
    return *digits >= '0' && *digits <= '9';
}

/* Whole numbers are canonical as they are; the JSON library has the one form of the others. */
static void
add_plain(struct pk_text *out, const char *text)
{
    int64_t number;
    bool word = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    if (word || pk_parse_number(text, INT64_MIN, INT64_MAX, &number)) {
        pk_text_add(out, text);
        return;
    }
    json_auto_t *json = looks_like_number(text) ? pk_json_parse(text, NULL) : NULL;
    if (json_is_number(json)) {
        pk_text_add(out, pk_json_text(out->pool, json));
    } else {
        pk_text_add_json(out, text);
    }
}

static int
compare_keys(const void *a, const void *b)
{
    const struct pk_node *const *left = a, *const *right = b;
    return strcmp((*left)->text, (*right)->text);
}

static void add_node(struct pk_text *out, const struct pk_node *node);

static void
add_mapping(struct pk_text *out, const struct pk_node *node)
{
    PK_SCRATCH(scratch);
    const struct pk_node **keys = pk_array(scratch, const struct pk_node *, node->count);
    for (size_t i = 0; i < node->count; i++) {
        keys[i] = &node->items[2 * i];
    }
    if (node->count > 1) {
        qsort(keys, node->count, sizeof keys[0], compare_keys);
    }
    pk_text_add(out, "{");
    for (size_t i = 0; i < node->count; i++) {
        pk_text_add(out, i != 0 ? "," : "");
        pk_text_add_json(out, keys[i]->text);
        pk_text_add(out, ":");
        add_node(out, keys[i] + 1);
    }
    pk_text_add(out, "}");
}

static void
add_sequence(struct pk_text *out, const struct pk_node *node)
{
    pk_text_add(out, "[");
    for (size_t i = 0; i < node->count; i++) {
        pk_text_add(out, i != 0 ? "," : "");
        add_node(out, &node->items[i]);
    }
    pk_text_add(out, "]");
}

/* Recursion ends at the reader's limit of depth. */
static void
add_node(struct pk_text *out, const struct pk_node *node)
{
    switch (node->kind) {
    case PK_NODE_MAPPING:
        add_mapping(out, node);
        break;
    case PK_NODE_SEQUENCE:
        add_sequence(out, node);
        break;
    case PK_NODE_SCALAR:
        if (pk_node_is_null(node)) {
            pk_text_add(out, "null");
        } else if (node->plain) {
            add_plain(out, node->text);
        } else {
            pk_text_add_json(out, node->text);
        }
        break;
    }
}

const char *
pk_decode_json(struct pk_pool *pool, const struct pk_node *node)
{
    struct pk_text out = {.pool = pool};
    add_node(&out, node);
    return pk_text_end(&out);
}
