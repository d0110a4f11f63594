/*
 * What most scopes share is said once.  Each inheritable value is weighed by the lines it saves:
 * one in every scope that has it, less its own, less one in every scope that has no such value at
 * all and must say so.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/import-model.h"

/* One inheritable value of one scope. */
struct candidate {
    struct pk_import_part *part;
};

struct candidates {
    struct candidate *at;
    size_t count, capacity;
};

static int
compare_candidates(const void *left, const void *right)
{
    const struct pk_import_part *a = ((const struct candidate *)left)->part;
    const struct pk_import_part *b = ((const struct candidate *)right)->part;
    int order = a->field != b->field ? (a->field < b->field ? -1 : 1) : strcmp(a->key, b->key);
    return order != 0 ? order : strcmp(a->value, b->value);
}

static bool
is_candidate(const struct pk_import_scope *scope, const struct pk_import_part *part)
{
    return (part->field->flags & PK_FIELD_INHERITED) != 0 && part->value != NULL &&
           !part->not_default && !pk_import_is_left_out(scope, part);
}

/* @return how many scopes count */
static size_t
gather(struct pk_pool *pool, const struct pk_import *import, struct candidates *out)
{
    size_t scopes = 0;
    for (size_t i = 0; i < import->scope_count; i++) {
        const struct pk_import_scope *scope = &import->scopes[i];
        if (scope->refusal.message != NULL) {
            continue;
        }
        scopes++;
        for (size_t j = 0; j < scope->parts.count; j++) {
            if (is_candidate(scope, &scope->parts.at[j])) {
                pk_push(pool, out)->part = &scope->parts.at[j];
            }
        }
    }
    if (out->count > 1) {
        qsort(out->at, out->count, sizeof out->at[0], compare_candidates);
    }
    return scopes;
}

static bool
same_part(const struct pk_import_part *a, const struct pk_import_part *b)
{
    return a->field == b->field && strcmp(a->key, b->key) == 0;
}

/* The most frequent value among @p count candidates of one (field, key), sorted by value. */
static const struct pk_import_part *
most_frequent(const struct candidate *at, size_t count, size_t *frequency)
{
    const struct pk_import_part *best = NULL;
    *frequency = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count; end++) {
            if (strcmp(at[end].part->value, at[i].part->value) != 0) {
                break;
            }
        }
        if (end - i > *frequency) {
            *frequency = end - i;
            best = at[i].part;
        }
    }
    return best;
}

void
pk_import_factor(struct pk_pool *pool, struct pk_import *import)
{
    PK_SCRATCH(scratch);
    struct candidates all = {0};
    size_t scopes = gather(scratch, import, &all);
    import->defaults = (struct pk_import_defaults){0};
    for (size_t i = 0, end; i < all.count; i = end) {
        for (end = i + 1; end < all.count && same_part(all.at[end].part, all.at[i].part);) {
            end++;
        }
        size_t frequency, lacking = scopes - (end - i);
        const struct pk_import_part *best = most_frequent(&all.at[i], end - i, &frequency);
        if (frequency > scopes / 2 && frequency > lacking + 1) {
            *pk_push(pool, &import->defaults) =
                (struct pk_import_default){best->field, best->key, best->value};
        }
    }
}

const char *
pk_import_default_of(const struct pk_import *import, const struct pk_field *field, const char *key)
{
    for (size_t i = 0; i < import->defaults.count; i++) {
        const struct pk_import_default *one = &import->defaults.at[i];
        if (one->field == field && strcmp(one->key, key) == 0) {
            return one->value;
        }
    }
    return NULL;
}
