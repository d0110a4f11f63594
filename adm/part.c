/*
 * Parts compare by the address of their field row: both lists come from the same table, so the
 * order of rows is the order of addresses and no index is looked up in a loop over 100,000 scopes.
 */
#include "adm/part.h"

#include <stdlib.h>
#include <string.h>

enum {
    USUAL_HASHED_BYTES = 2048, /* a scope with some options and reservations */
    TEXTS_OF_A_PART = 3,
};

int
pk_part_compare(const struct pk_part *a, const struct pk_part *b)
{
    if (a->field != b->field) {
        return a->field < b->field ? -1 : 1;
    }
    return strcmp(a->key, b->key);
}

const char *
pk_part_name(struct pk_pool *pool, const struct pk_field *field, const char *key)
{
    return *key == '\0' ? field->name : pk_sprintf(pool, "%s.%s", field->name, key);
}

bool
pk_part_parse_name(const struct pk_field_table *table, const char *name,
                   const struct pk_field **field, const char **key)
{
    size_t length = strcspn(name, ".");
    for (size_t i = 0; i < table->count; i++) {
        const struct pk_field *row = &table->at[i];
        if (strncmp(row->name, name, length) != 0 || row->name[length] != '\0') {
            continue;
        }
        bool has_key = name[length] == '.' && name[length + 1] != '\0';
        bool part_of_its_own = row->kind != PK_KIND_EXCLUSIONS && row->kind != PK_KIND_DEFAULTS;
        if (!part_of_its_own || has_key != pk_field_is_map(row) ||
            (!has_key && name[length] != '\0')) {
            return false;
        }
        *field = row;
        *key = has_key ? name + length + 1 : "";
        return true;
    }
    return false;
}

static int
compare_parts(const void *a, const void *b)
{
    return pk_part_compare(a, b);
}

const char *
pk_parts_get(const struct pk_parts *parts, const struct pk_field *field, const char *key)
{
    if (parts->count == 0) {
        return NULL;
    }
    const struct pk_part wanted = {.field = field, .key = key};
    const struct pk_part *found =
        bsearch(&wanted, parts->at, parts->count, sizeof parts->at[0], compare_parts);
    return found != NULL ? found->value : NULL;
}

static bool
holds_default(const struct pk_part *part)
{
    const char *fallback = part->field->default_value;
    return fallback != NULL && strcmp(fallback, part->value) == 0;
}

/* Parts mostly arrive in the order of their table: looking is cheaper than sorting. */
static bool
are_sorted(const struct pk_part *at, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (pk_part_compare(&at[i - 1], &at[i]) > 0) {
            return false;
        }
    }
    return true;
}

struct pk_parts
pk_parts_canonical(struct pk_part *at, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!holds_default(&at[i])) {
            at[kept++] = at[i];
        }
    }
    if (!are_sorted(at, kept)) {
        qsort(at, kept, sizeof at[0], compare_parts);
    }
    return (struct pk_parts){.at = at, .count = kept};
}

static bool
is_hashed(const struct pk_part *part)
{
    return (part->field->flags & PK_FIELD_KEPT_BY_US) == 0;
}

static size_t
hashed_bytes(const struct pk_parts *parts)
{
    size_t bytes = 0;
    for (size_t i = 0; i < parts->count; i++) {
        const struct pk_part *part = &parts->at[i];
        if (is_hashed(part)) {
            bytes += strlen(part->field->name) + strlen(part->key) + strlen(part->value) +
                     TEXTS_OF_A_PART;
        }
    }
    return bytes;
}

/* No name, key or canonical value holds a NUL, so NUL ends each: no two lists read the same. */
static char *
add_terminated(char *at, const char *more)
{
    size_t bytes = strlen(more) + 1;
    memcpy(at, more, bytes);
    return at + bytes;
}

struct pk_sha256
pk_parts_hash_with(const struct pk_parts *parts, const void *more, size_t more_bytes)
{
    char usual[USUAL_HASHED_BYTES];
    size_t bytes = hashed_bytes(parts) + more_bytes;
    char *text = usual;
    PK_CLEANUP(pk_pool_release) struct pk_pool *pool = NULL;
    if (bytes > sizeof usual) {
        pool = pk_pool_new(NULL);
        text = pk_alloc(pool, bytes);
    }
    char *end = text;
    for (size_t i = 0; i < parts->count; i++) {
        const struct pk_part *part = &parts->at[i];
        if (is_hashed(part)) {
            end = add_terminated(end, part->field->name);
            end = add_terminated(end, part->key);
            end = add_terminated(end, part->value);
        }
    }
    memcpy(end, more, more_bytes);
    return pk_sha256_of(text, bytes);
}

struct pk_sha256
pk_parts_hash(const struct pk_parts *parts)
{
    return pk_parts_hash_with(parts, "", 0);
}

bool
pk_parts_step(struct pk_parts_walk *walk, struct pk_part_pair *pair)
{
    const struct pk_part *a = walk->i < walk->a->count ? &walk->a->at[walk->i] : NULL;
    const struct pk_part *b = walk->j < walk->b->count ? &walk->b->at[walk->j] : NULL;
    if (a == NULL && b == NULL) {
        return false;
    }
    int order = a == NULL ? 1 : b == NULL ? -1 : pk_part_compare(a, b);
    const struct pk_part *first = order <= 0 ? a : b;
    *pair = (struct pk_part_pair){
        .field = first->field,
        .key = first->key,
        .a = order <= 0 ? a->value : NULL,
        .b = order >= 0 ? b->value : NULL,
    };
    walk->i += order <= 0;
    walk->j += order >= 0;
    return true;
}
