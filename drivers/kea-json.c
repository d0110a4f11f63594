/*
 * A tree of Kea's JSON, asked and written.  Maps are searched from the front: they are small, and
 * whoever needs all members walks them once.
 */
#include "drivers/kea-json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

enum { ASCII_END = 0x80 };

/* -- asking ----------------------------------------------------------------------------------- */

const struct pk_kea_value *
pk_kea_get(const struct pk_kea_value *map, const char *key)
{
    if (map == NULL || map->kind != PK_KEA_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->members[i].key, key) == 0) {
            return &map->members[i].value;
        }
    }
    return NULL;
}

struct pk_kea_items
pk_kea_list(const struct pk_kea_value *map, const char *key)
{
    const struct pk_kea_value *list = pk_kea_get(map, key);
    return list != NULL && list->kind == PK_KEA_LIST
               ? (struct pk_kea_items){.at = list->items, .count = list->count}
               : (struct pk_kea_items){0};
}

const char *
pk_kea_text(const struct pk_kea_value *map, const char *key)
{
    const struct pk_kea_value *value = pk_kea_get(map, key);
    return value != NULL && value->kind == PK_KEA_STRING ? value->text : NULL;
}

bool
pk_kea_is_true(const struct pk_kea_value *map, const char *key)
{
    const struct pk_kea_value *value = pk_kea_get(map, key);
    return value != NULL && value->kind == PK_KEA_TRUE;
}

bool
pk_kea_integer(const struct pk_kea_value *map, const char *key, int64_t *out)
{
    const struct pk_kea_value *value = pk_kea_get(map, key);
    if (value == NULL || value->kind != PK_KEA_NUMBER) {
        return false;
    }
    char *end;
    errno = 0;
    int64_t number = strtoll(value->text, &end, 10);
    if (*end != '\0' || errno == ERANGE) {
        return false;
    }
    *out = number;
    return true;
}

/* -- canonical text --------------------------------------------------------------------------- */

static size_t
plain_run(const char *at, size_t left)
{
    size_t run = 0;
    while (run < left && (unsigned char)at[run] >= ' ' && (unsigned char)at[run] < ASCII_END &&
           at[run] != '"' && at[run] != '\\') {
        run++;
    }
    return run;
}

/* The escape of a byte below 0x80, as base/text.h has it. */
static void
add_escaped(struct pk_text *out, char byte)
{
    static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *name = byte != '\0' ? strchr(named, byte) : NULL;
    if (name != NULL) {
        const char escape[] = {'\\', names[name - named]};
        pk_text_add_bytes(out, escape, sizeof escape);
    } else {
        pk_text_addf(out, "\\u%04X", (unsigned char)byte);
    }
}

/* A byte of no UTF-8 as the character of its number; how many bytes were taken. */
static size_t
add_character(struct pk_text *out, const char *at, size_t left)
{
    uint32_t point;
    size_t length = pk_utf8_decode(at, left, &point);
    if (length != 0) {
        pk_text_add_bytes(out, at, length);
        return length;
    }
    char character[PK_UTF8_BYTES_MAX];
    pk_text_add_bytes(out, character, pk_utf8_encode(character, (unsigned char)*at));
    return 1;
}

static void
add_canonical_string(struct pk_text *out, const char *at, size_t left)
{
    pk_text_add(out, "\"");
    while (left != 0) {
        size_t taken = plain_run(at, left);
        if (taken != 0) {
            pk_text_add_bytes(out, at, taken);
        } else if ((unsigned char)*at < ASCII_END) {
            add_escaped(out, *at);
            taken = 1;
        } else {
            taken = add_character(out, at, left);
        }
        at += taken;
        left -= taken;
    }
    pk_text_add(out, "\"");
}

/* Whole numbers as they are; the JSON library has the one form of the others. */
static void
add_canonical_number(struct pk_text *out, const char *text)
{
    if (strcmp(text, "-0") == 0) {
        pk_text_add(out, "0");
    } else if (text[strcspn(text, ".eE")] == '\0') {
        pk_text_add(out, text);
    } else {
        json_auto_t *real = json_real(strtod(text, NULL));
        pk_text_add(out, pk_json_text(out->pool, real));
    }
}

static int
compare_members(const void *left, const void *right)
{
    return strcmp(((const struct pk_kea_member *)left)->key,
                  ((const struct pk_kea_member *)right)->key);
}

static bool
is_sorted(const struct pk_kea_value *map)
{
    for (size_t i = 1; i < map->count; i++) {
        if (strcmp(map->members[i - 1].key, map->members[i].key) > 0) {
            return false;
        }
    }
    return true;
}

static void add_canonical(struct pk_text *out, const struct pk_kea_value *value);

static void
add_canonical_map(struct pk_text *out, const struct pk_kea_value *map)
{
    const struct pk_kea_member *members = map->members;
    PK_CLEANUP(pk_pool_release) struct pk_pool *scratch = NULL;
    if (!is_sorted(map)) {
        scratch = pk_pool_new(NULL);
        struct pk_kea_member *sorted = pk_array(scratch, struct pk_kea_member, map->count);
        memcpy(sorted, members, map->count * sizeof members[0]);
        qsort(sorted, map->count, sizeof sorted[0], compare_members);
        members = sorted;
    }
    pk_text_add(out, "{");
    for (size_t i = 0; i < map->count; i++) {
        pk_text_add(out, i != 0 ? "," : "");
        add_canonical_string(out, members[i].key, strlen(members[i].key));
        pk_text_add(out, ":");
        add_canonical(out, &members[i].value);
    }
    pk_text_add(out, "}");
}

/* Recursion ends at the reader's limit of depth. */
static void
add_canonical(struct pk_text *out, const struct pk_kea_value *value)
{
    switch (value->kind) {
    case PK_KEA_NULL:
        pk_text_add(out, "null");
        break;
    case PK_KEA_FALSE:
        pk_text_add(out, "false");
        break;
    case PK_KEA_TRUE:
        pk_text_add(out, "true");
        break;
    case PK_KEA_NUMBER:
        add_canonical_number(out, value->text);
        break;
    case PK_KEA_STRING:
        add_canonical_string(out, value->text, value->count);
        break;
    case PK_KEA_LIST:
        pk_text_add(out, "[");
        for (size_t i = 0; i < value->count; i++) {
            pk_text_add(out, i != 0 ? "," : "");
            add_canonical(out, &value->items[i]);
        }
        pk_text_add(out, "]");
        break;
    case PK_KEA_MAP:
        add_canonical_map(out, value);
        break;
    }
}

const char *
pk_kea_canonical(struct pk_pool *pool, const struct pk_kea_value *value)
{
    struct pk_text out = {.pool = pool};
    add_canonical(&out, value);
    return pk_text_end(&out);
}

/* -- as Kea takes it -------------------------------------------------------------------------- */

static void
print_string(struct pk_text *out, const char *at, size_t left)
{
    pk_text_add(out, "\"");
    while (left != 0) {
        size_t run = plain_run(at, left);
        if (run != 0) {
            pk_text_add_bytes(out, at, run);
        } else {
            add_escaped(out, *at);
            run = 1;
        }
        at += run;
        left -= run;
    }
    pk_text_add(out, "\"");
}

void
pk_kea_print(struct pk_text *out, const struct pk_kea_value *value)
{
    switch (value->kind) {
    case PK_KEA_NULL:
        pk_text_add(out, "null");
        break;
    case PK_KEA_FALSE:
        pk_text_add(out, "false");
        break;
    case PK_KEA_TRUE:
        pk_text_add(out, "true");
        break;
    case PK_KEA_NUMBER:
        pk_text_add(out, value->text);
        break;
    case PK_KEA_STRING:
        print_string(out, value->text, value->count);
        break;
    case PK_KEA_LIST:
        pk_text_add(out, "[");
        for (size_t i = 0; i < value->count; i++) {
            pk_text_add(out, i != 0 ? "," : "");
            pk_kea_print(out, &value->items[i]);
        }
        pk_text_add(out, "]");
        break;
    case PK_KEA_MAP:
        pk_text_add(out, "{");
        for (size_t i = 0; i < value->count; i++) {
            pk_text_add(out, i != 0 ? "," : "");
            print_string(out, value->members[i].key, strlen(value->members[i].key));
            pk_text_add(out, ":");
            pk_kea_print(out, &value->members[i].value);
        }
        pk_text_add(out, "}");
        break;
    }
}
