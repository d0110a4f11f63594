/*
 * libyaml's event interface, never its document interface: events can be refused one by one, so a
 * megabyte of `[` stops at the seventeenth, and aliases are never resolved by anybody.
 *
 * Nodes of containers that are still open lie on one stack; when a container ends, its share is
 * copied into the pool in one piece.  The children of a node are thus an array, and a file costs as
 * many allocations as it has containers and texts.
 */
#include "desired-state/document.h"

#include <assert.h>
#include <string.h>

#include <yaml.h>

#include "desired-state/bytes.h"

const struct pk_document_limits pk_document_default_limits = {
    .file_bytes = (size_t)256 * 1024,
    .depth = 16,
};

enum { FEW_KEYS = 16 };

/* A container that has begun: its children are the stack from here on. */
struct frame {
    enum pk_node_kind kind;
    unsigned line, column;
    size_t first_child;
};

struct reader {
    struct pk_pool *pool;
    const char *file;
    const struct pk_document_limits *limits;
    struct pk_diagnostics *diagnostics;
    PK_VECTOR(struct pk_node) stack;
    PK_VECTOR(struct frame) frames;
    PK_VECTOR(struct pk_node *) keys; /* of the mapping that is being closed */
    size_t documents;
    bool refused; /* something was read that has no meaning here: there is no tree */
};

static struct pk_mark
place(const struct reader *reader, unsigned line, unsigned column)
{
    return (struct pk_mark){.file = reader->file, .line = line, .column = column};
}

static struct pk_mark
event_place(const struct reader *reader, const yaml_event_t *event)
{
    return place(reader, (unsigned)event->start_mark.line + 1,
                 (unsigned)event->start_mark.column + 1);
}

/* What libyaml's shortest phrases mean to somebody who wrote the file. */
static const struct {
    const char *problem, *hint;
} advice[] = {
    {"mapping values are not allowed in this context",
     "quote a value that holds ': ', or look at the indentation"},
    {"found character that cannot start any token",
     "indent with spaces, not tabs, and quote a value that begins with '@' or '`'"},
    {"did not find expected key", "look at the indentation and for a missing ':' or quote"},
    {"could not find expected ':'", "write 'key: value', with a space after the colon"},
    {"did not find expected '-' indicator", "begin each item of the list with '- '"},
    {"did not find expected ',' or ']'", "close the list with ']'"},
    {"did not find expected ',' or '}'", "close the mapping with '}'"},
    {"found unexpected end of stream", "close the quote"},
    {"found a tab character that violates indentation", "indent with spaces"},
    {"found unknown escape character", "use single quotes, or '\\\\' for a backslash"},
    {"block sequence entries are not allowed in this context",
     "begin the list on a line of its own"},
};

static void
diagnose_syntax(const struct reader *reader, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        pk_out_of_memory();
    }
    const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
    const char *hint = NULL;
    for (size_t i = 0; i < sizeof advice / sizeof advice[0]; i++) {
        if (strcmp(advice[i].problem, problem) == 0) {
            hint = advice[i].hint;
        }
    }
    const char *context = parser->context != NULL ? parser->context : "";
    pk_diagnose(reader->diagnostics, PK_RULE_SYNTAX,
                place(reader, (unsigned)parser->problem_mark.line + 1,
                      (unsigned)parser->problem_mark.column + 1),
                hint, "not YAML: %s%s%s", context, *context != '\0' ? ": " : "", problem);
}

static void
refuse(struct reader *reader, enum pk_rule rule, const yaml_event_t *event, const char *hint,
       const char *message)
{
    pk_diagnose(reader->diagnostics, rule, event_place(reader, event), hint, "%s", message);
    reader->refused = true;
}

static void
refuse_properties(struct reader *reader, const yaml_event_t *event, const yaml_char_t *anchor,
                  const yaml_char_t *tag)
{
    if (anchor != NULL) {
        refuse(reader, PK_RULE_ANCHOR, event, "repeat the value, or state it in scope-defaults",
               "anchors are not read");
    }
    if (tag != NULL) {
        refuse(reader, PK_RULE_TAG, event, "remove the tag", "tags are not read");
    }
}

static void
push_scalar(struct reader *reader, const yaml_event_t *event)
{
    refuse_properties(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (memchr(text, '\0', length) != NULL) { /* "\0" in double quotes */
        refuse(reader, PK_RULE_NOT_UTF8, event, "remove it", "character U+0000 is not allowed");
    }
    *pk_push(reader->pool, &reader->stack) = (struct pk_node){
        .kind = PK_NODE_SCALAR,
        .plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
        .line = (unsigned)event->start_mark.line + 1,
        .column = (unsigned)event->start_mark.column + 1,
        .text = pk_strndup(reader->pool, text, length),
    };
}

/* It holds its place, so that what stands around it is judged as it was written. */
static void
push_alias(struct reader *reader, const yaml_event_t *event)
{
    refuse(reader, PK_RULE_ANCHOR, event, "repeat the value, or state it in scope-defaults",
           "aliases are not read");
    *pk_push(reader->pool, &reader->stack) = (struct pk_node){
        .kind = PK_NODE_SCALAR,
        .line = (unsigned)event->start_mark.line + 1,
        .column = (unsigned)event->start_mark.column + 1,
        .text = pk_sprintf(reader->pool, "*%s", (const char *)event->data.alias.anchor),
    };
}

/* @return false when the file nests too deep to go on */
static bool
open_container(struct reader *reader, const yaml_event_t *event, enum pk_node_kind kind)
{
    if (kind == PK_NODE_MAPPING) {
        refuse_properties(reader, event, event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
    } else {
        refuse_properties(reader, event, event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
    }
    if (reader->frames.count == reader->limits->depth) {
        pk_diagnose(reader->diagnostics, PK_RULE_TOO_DEEP, event_place(reader, event),
                    "nothing here needs more: look at the brackets",
                    "lists and mappings are nested deeper than %u levels", reader->limits->depth);
        return false;
    }
    *pk_push(reader->pool, &reader->frames) = (struct frame){
        .kind = kind,
        .line = (unsigned)event->start_mark.line + 1,
        .column = (unsigned)event->start_mark.column + 1,
        .first_child = reader->stack.count,
    };
    return true;
}

static bool
is_left_empty(const struct pk_node *node)
{
    return node->kind == PK_NODE_SCALAR && node->plain && node->text[0] == '\0';
}

/* Judges a pair by itself; a key without text is not copied into the tree. */
static void
check_pair(struct reader *reader, struct pk_node *key, const struct pk_node *value)
{
    if (key->kind != PK_NODE_SCALAR) {
        pk_diagnose(reader->diagnostics, PK_RULE_WRONG_TYPE, place(reader, key->line, key->column),
                    "quote it if the braces or brackets belong to a name", "a key is text, not %s",
                    pk_node_kind_name(key->kind));
    } else if (key->plain && strcmp(key->text, "<<") == 0) {
        pk_diagnose(reader->diagnostics, PK_RULE_ANCHOR, place(reader, key->line, key->column),
                    "state shared values in scope-defaults", "merge keys are not read");
        key->text = NULL;
    } else if (is_left_empty(value)) {
        pk_diagnose(reader->diagnostics, PK_RULE_EMPTY_VALUE, place(reader, key->line, key->column),
                    "write it, or one of null, \"\", [] and {}", "key '%s' has no value",
                    key->text);
        key->text = NULL;
    } else {
        *pk_push(reader->pool, &reader->keys) = key;
    }
}

static int
compare_keys(const void *left, const void *right)
{
    const struct pk_node *a = *(struct pk_node *const *)left;
    const struct pk_node *b = *(struct pk_node *const *)right;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : a < b ? -1 : 1;
}

/* Few keys are compared each with each: cheaper than bringing them into an order. */
static bool
are_few_and_differ(struct pk_node *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (count > FEW_KEYS || strcmp(keys[i]->text, keys[j]->text) == 0) {
                return false;
            }
        }
    }
    return true;
}

/* The first of equal keys counts. */
static void
drop_duplicates(struct reader *reader)
{
    struct pk_node **keys = reader->keys.at;
    if (are_few_and_differ(keys, reader->keys.count)) {
        return;
    }
    qsort(keys, reader->keys.count, sizeof keys[0], compare_keys);
    const struct pk_node *first = keys[0];
    for (size_t i = 1; i < reader->keys.count; i++) {
        if (strcmp(keys[i]->text, first->text) != 0) {
            first = keys[i];
            continue;
        }
        pk_diagnose(reader->diagnostics, PK_RULE_DUPLICATE_KEY,
                    place(reader, keys[i]->line, keys[i]->column), "remove one of the two",
                    "key '%s' is already written in line %u, column %u", first->text, first->line,
                    first->column);
        keys[i]->text = NULL;
    }
}

static size_t
copy_pairs(struct reader *reader, struct pk_node *from, size_t count, struct pk_node *to)
{
    reader->keys.count = 0;
    for (size_t i = 0; i < count; i += 2) {
        check_pair(reader, &from[i], &from[i + 1]);
    }
    drop_duplicates(reader);
    size_t pairs = 0;
    for (size_t i = 0; i < count; i += 2) {
        if (from[i].text != NULL) {
            to[2 * pairs] = from[i];
            to[2 * pairs + 1] = from[i + 1];
            pairs++;
        }
    }
    return pairs;
}

static size_t
copy_items(struct reader *reader, const struct pk_node *from, size_t count, struct pk_node *to)
{
    size_t items = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_left_empty(&from[i])) {
            pk_diagnose(reader->diagnostics, PK_RULE_EMPTY_VALUE,
                        place(reader, from[i].line, from[i].column),
                        "remove it, or write \"\" for an empty text", "a list item has no value");
        } else {
            to[items++] = from[i];
        }
    }
    return items;
}

static void
close_container(struct reader *reader)
{
    assert(reader->frames.at != NULL && reader->frames.count != 0); /* libyaml's events nest */
    const struct frame frame = reader->frames.at[--reader->frames.count];
    size_t count = reader->stack.count - frame.first_child;
    struct pk_node *children = count != 0 ? reader->stack.at + frame.first_child : NULL;
    struct pk_node *items = count != 0 ? pk_array(reader->pool, struct pk_node, count) : NULL;
    struct pk_node node = {
        .kind = frame.kind, .line = frame.line, .column = frame.column, .items = items};
    if (count != 0) {
        node.count = frame.kind == PK_NODE_MAPPING ? copy_pairs(reader, children, count, items)
                                                   : copy_items(reader, children, count, items);
    }
    reader->stack.count = frame.first_child;
    *pk_push(reader->pool, &reader->stack) = node;
}

/* @return false when reading ends here */
static bool
take(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (reader->documents++ != 0) {
            refuse(reader, PK_RULE_SECOND_DOCUMENT, event, "put it into a file of its own",
                   "a second document begins here");
            return false;
        }
        return true;
    case YAML_ALIAS_EVENT:
        push_alias(reader, event);
        return true;
    case YAML_SCALAR_EVENT:
        push_scalar(reader, event);
        return true;
    case YAML_SEQUENCE_START_EVENT:
        return open_container(reader, event, PK_NODE_SEQUENCE);
    case YAML_MAPPING_START_EVENT:
        return open_container(reader, event, PK_NODE_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_container(reader);
        return true;
    case YAML_STREAM_END_EVENT:
        return false;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

static bool
read_events(struct reader *reader, const char *bytes, size_t size)
{
    PK_CLEANUP(yaml_parser_delete) yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        pk_out_of_memory();
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, size);
    bool more = true;
    while (more) {
        PK_CLEANUP(yaml_event_delete) yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            diagnose_syntax(reader, &parser);
            return false;
        }
        more = take(reader, &event);
    }
    return !reader->refused && reader->frames.count == 0;
}

static const struct pk_node *
root_mapping(struct reader *reader)
{
    assert(reader->stack.count <= 1);
    const struct pk_node *root = reader->stack.count != 0 ? &reader->stack.at[0] : NULL;
    if (root == NULL || is_left_empty(root)) {
        return NULL;
    }
    if (root->kind != PK_NODE_MAPPING) {
        pk_diagnose(reader->diagnostics, PK_RULE_WRONG_TYPE,
                    place(reader, root->line, root->column), "begin with 'key: value'",
                    "a file is a mapping, not %s", pk_node_kind_name(root->kind));
        return NULL;
    }
    return root;
}

const struct pk_node *
pk_document_parse(struct pk_pool *pool, const char *file, const char *bytes, size_t size,
                  const struct pk_document_limits *limits, struct pk_diagnostics *diagnostics)
{
    struct reader reader = {
        .pool = pool, .file = file, .limits = limits, .diagnostics = diagnostics};
    if (size > limits->file_bytes) {
        pk_diagnose(diagnostics, PK_RULE_TOO_LARGE, place(&reader, 0, 0),
                    "split it: all files of a revision are read together",
                    "the file has %zu bytes, more than the %zu allowed", size, limits->file_bytes);
        return NULL;
    }
    if (!pk_bytes_acceptable(file, bytes, size, diagnostics) ||
        !read_events(&reader, bytes, size)) {
        return NULL;
    }
    return root_mapping(&reader);
}

const struct pk_node *
pk_node_get(const struct pk_node *mapping, const char *key)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (strcmp(mapping->items[2 * i].text, key) == 0) {
            return &mapping->items[2 * i + 1];
        }
    }
    return NULL;
}

struct pk_mark
pk_node_mark(const char *file, const struct pk_node *node)
{
    return (struct pk_mark){.file = file, .line = node->line, .column = node->column};
}

bool
pk_node_is_null(const struct pk_node *node)
{
    return node->kind == PK_NODE_SCALAR && node->plain &&
           (strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0);
}

const char *
pk_node_kind_name(enum pk_node_kind kind)
{
    static const char *const names[] = {
        [PK_NODE_SCALAR] = "text",
        [PK_NODE_SEQUENCE] = "a list",
        [PK_NODE_MAPPING] = "a mapping",
    };
    return names[kind];
}
