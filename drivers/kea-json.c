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
        if (pk_key_compare(map->members[i].key, key) == 0) {
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

/* A byte of no UTF-8 is the character of its number; how many bytes were taken. */
static size_t
character_of(const char *at, size_t left, uint32_t *point)
{
    size_t length = pk_utf8_decode(at, left, point);
    if (length != 0) {
        return length;
    }
    *point = (unsigned char)*at;
    return 1;
}

static size_t
add_character(struct pk_text *out, const char *at, size_t left)
{
    uint32_t point;
    char character[PK_UTF8_BYTES_MAX];
    size_t length = character_of(at, left, &point);
    pk_text_add_bytes(out, character, pk_utf8_encode(character, point));
    return length;
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

/* Nearly all are ASCII, and where they begin to differ decides. */
int
pk_kea_key_compare(const char *left, const char *right)
{
    uint32_t one, other;
    do {
        while (*left == *right && (unsigned char)*left < ASCII_END && *left != '\0') {
            left++;
            right++;
        }
        left += character_of(left, SIZE_MAX, &one);
        right += character_of(right, SIZE_MAX, &other);
    } while (one == other && one != '\0');
    return (one > other) - (one < other);
}

static int
compare_members(const void *left, const void *right)
{
    const char *one = ((const struct pk_kea_member *)left)->key;
    const char *other = ((const struct pk_kea_member *)right)->key;
    int order = pk_kea_key_compare(one, other);
    return order != 0 ? order : strcmp(one, other);
}

static bool
is_sorted(const struct pk_kea_value *map)
{
    for (size_t i = 1; i < map->count; i++) {
        if (pk_kea_key_compare(map->members[i - 1].key, map->members[i].key) >= 0) {
            return false;
        }
    }
    return true;
}

/* In the order of keys; a pool is made only when they are not: most maps are small and sorted. */
static const struct pk_kea_member *
sorted_members(struct pk_pool **scratch, const struct pk_kea_value *map)
{
    if (is_sorted(map)) {
        return map->members;
    }
    *scratch = pk_pool_new(NULL);
    struct pk_kea_member *sorted = pk_array(*scratch, struct pk_kea_member, map->count);
    memcpy(sorted, map->members, map->count * sizeof sorted[0]);
    qsort(sorted, map->count, sizeof sorted[0], compare_members);
    return sorted;
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

/* -- either way ------------------------------------------------------------------------------- */

/* The two ways of writing a value differ in these and in nothing else. */
struct spelling {
    void (*string)(struct pk_text *out, const char *bytes, size_t count);
    void (*number)(struct pk_text *out, const char *text);
    bool sorts;
};

static const struct spelling canonical = {add_canonical_string, add_canonical_number, true};
static const struct spelling as_kea_takes_it = {print_string, pk_text_add, false};

static void
add_value(struct pk_text *out, const struct spelling *spelling, const struct pk_kea_value *value);

static void
add_list(struct pk_text *out, const struct spelling *spelling, const struct pk_kea_value *list)
{
    pk_text_add(out, "[");
    for (size_t i = 0; i < list->count; i++) {
        pk_text_add(out, i != 0 ? "," : "");
        add_value(out, spelling, &list->items[i]);
    }
    pk_text_add(out, "]");
}

static void
add_map(struct pk_text *out, const struct spelling *spelling, const struct pk_kea_value *map)
{
    PK_CLEANUP(pk_pool_release) struct pk_pool *scratch = NULL;
    const struct pk_kea_member *members =
        spelling->sorts ? sorted_members(&scratch, map) : map->members;
    pk_text_add(out, "{");
    for (size_t i = 0; i < map->count; i++) {
        if (spelling->sorts && i != 0 &&
            pk_kea_key_compare(members[i - 1].key, members[i].key) == 0) {
            continue; /* the same text of other bytes */
        }
        pk_text_add(out, i != 0 ? "," : "");
        spelling->string(out, members[i].key, strlen(members[i].key));
        pk_text_add(out, ":");
        add_value(out, spelling, &members[i].value);
    }
    pk_text_add(out, "}");
}

/* Recursion ends at the reader's limit of depth. */
static void
add_value(struct pk_text *out, const struct spelling *spelling, const struct pk_kea_value *value)
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
        spelling->number(out, value->text);
        break;
    case PK_KEA_STRING:
        spelling->string(out, value->text, value->count);
        break;
    case PK_KEA_LIST:
        add_list(out, spelling, value);
        break;
    case PK_KEA_MAP:
        add_map(out, spelling, value);
        break;
    }
}

void
pk_kea_add_key(struct pk_text *out, const char *key)
{
    add_canonical_string(out, key, strlen(key));
}

const char *
pk_kea_canonical(struct pk_pool *pool, const struct pk_kea_value *value)
{
    struct pk_text out = {.pool = pool};
    add_value(&out, &canonical, value);
    return pk_text_end(&out);
}

void
pk_kea_print(struct pk_text *out, const struct pk_kea_value *value)
{
    add_value(out, &as_kea_takes_it, value);
}

/* -- comparing with text ---------------------------------------------------------------------- */

/* What follows in @p text, NULL when it does not begin so; NULL stays NULL. */
static const char *
after(const char *text, const char *bytes, size_t count)
{
    return text != NULL && strncmp(text, bytes, count) == 0 ? text + count : NULL;
}

static const char *
after_string(const char *text, const char *bytes, size_t count)
{
    text = plain_run(bytes, count) == count ? after(text, "\"", 1) : NULL;
    return after(after(text, bytes, count), "\"", 1);
}

/* Recursion ends at the reader's limit of depth. */
static const char *
after_value(const char *text, const struct pk_kea_value *value)
{
    switch (value->kind) {
    case PK_KEA_NULL:
        return after(text, "null", sizeof "null" - 1);
    case PK_KEA_FALSE:
        return after(text, "false", sizeof "false" - 1);
    case PK_KEA_TRUE:
        return after(text, "true", sizeof "true" - 1);
    case PK_KEA_NUMBER:
        return after(text, value->text, strlen(value->text));
    case PK_KEA_STRING:
        return after_string(text, value->text, value->count);
    case PK_KEA_LIST:
        text = after(text, "[", 1);
        for (size_t i = 0; text != NULL && i < value->count; i++) {
            text = after_value(after(text, ",", i != 0), &value->items[i]);
        }
        return after(text, "]", 1);
    case PK_KEA_MAP:
        text = after(text, "{", 1);
        for (size_t i = 0; text != NULL && i < value->count; i++) {
            const struct pk_kea_member *member = &value->members[i];
            text = after_string(after(text, ",", i != 0), member->key, strlen(member->key));
            text = after_value(after(text, ":", 1), &member->value);
        }
        return after(text, "}", 1);
    }
    return NULL;
}

bool
pk_kea_is_text(const struct pk_kea_value *value, const char *text)
{
    const char *rest = after_value(text, value);
    return rest != NULL && *rest == '\0';
}

/* -- copying ---------------------------------------------------------------------------------- */

static const char *
copy_bytes(struct pk_pool *pool, const struct pk_kea_value *value)
{
    size_t count = value->kind == PK_KEA_STRING ? value->count : strlen(value->text);
    char *bytes = pk_alloc(pool, count + 1);
    memcpy(bytes, value->text, count);
    return bytes;
}

struct pk_kea_value
pk_kea_copy(struct pk_pool *pool, const struct pk_kea_value *value)
{
    struct pk_kea_value copy = *value;
    if (value->kind == PK_KEA_STRING || value->kind == PK_KEA_NUMBER) {
        copy.text = copy_bytes(pool, value);
    } else if (value->kind == PK_KEA_LIST) {
        struct pk_kea_value *items = pk_array(pool, struct pk_kea_value, value->count);
        for (size_t i = 0; i < value->count; i++) {
            items[i] = pk_kea_copy(pool, &value->items[i]);
        }
        copy.items = items;
    } else if (value->kind == PK_KEA_MAP) {
        struct pk_kea_member *members = pk_array(pool, struct pk_kea_member, value->count);
        for (size_t i = 0; i < value->count; i++) {
            members[i].key = pk_strdup(pool, value->members[i].key);
            members[i].value = pk_kea_copy(pool, &value->members[i].value);
        }
        copy.members = members;
    }
    return copy;
}
