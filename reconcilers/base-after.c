/* One function decides what becomes base, whether a write was verified or a pass only looked. */
#include "reconcilers/base-after.h"

#include <string.h>

static bool
same_value(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool
pk_parts_are_equal(const struct pk_parts *a, const struct pk_parts *b)
{
    struct pk_parts_walk walk = {.a = a, .b = b};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        if (!same_value(pair.a, pair.b)) {
            return false;
        }
    }
    return true;
}

bool
pk_base_after(struct pk_pool *pool, const struct pk_parts *have, const struct pk_parts *want,
              const struct pk_parts *base, struct pk_parts *out)
{
    static const struct pk_parts nothing;
    if (base == NULL && (have == NULL || !pk_parts_are_equal(have, want))) {
        return false;
    }
    const struct pk_parts *now = have != NULL ? have : &nothing;
    struct pk_part *at = pk_array(pool, struct pk_part, now->count + want->count);
    size_t count = 0;
    struct pk_parts_walk walk = {.a = now, .b = want};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        const char *value = pair.a;
        if (!same_value(pair.a, pair.b)) {
            value = pk_parts_get(base, pair.field, pair.key);
        }
        if (value != NULL) {
            at[count++] = (struct pk_part){.field = pair.field, .key = pair.key, .value = value};
        }
    }
    *out = (struct pk_parts){.at = at, .count = count};
    return true;
}

bool
pk_base_follows(const struct pk_pair_view *view, const struct pk_scope_state *scope)
{
    return scope->is_kept_equal &&
           (scope->wanted != NULL || view->relationship->foreign == PK_FOREIGN_REPLICATE);
}

struct pk_parts
pk_base_want(struct pk_pool *pool, const struct pk_scope_state *scope)
{
    const struct pk_wanted_scope *wanted = scope->wanted;
    if (wanted == NULL) {
        return scope->want.parts;
    }
    struct pk_part *at =
        pk_array(pool, struct pk_part, scope->want.parts.count + wanted->parts.count);
    size_t count = 0;
    struct pk_parts_walk walk = {.a = &scope->want.parts, .b = &wanted->parts};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        const char *value = pk_wanted_owns(wanted, pair.field, pair.key) ? pair.b : pair.a;
        if (value != NULL) {
            at[count++] = (struct pk_part){.field = pair.field, .key = pair.key, .value = value};
        }
    }
    return (struct pk_parts){.at = at, .count = count};
}

struct pk_parts
pk_owned_parts(struct pk_pool *pool, const struct pk_wanted_scope *wanted)
{
    struct pk_part *at =
        pk_array(pool, struct pk_part, pk_scope_fields.count + wanted->owned_kea_count);
    size_t count = 0;
    for (size_t i = 0; i < pk_scope_fields.count; i++) {
        if ((wanted->owned >> i & 1) != 0) {
            at[count++] =
                (struct pk_part){.field = &pk_scope_fields.at[i], .key = "", .value = "true"};
        }
    }
    for (size_t i = 0; i < wanted->owned_kea_count; i++) {
        at[count++] = (struct pk_part){.field = &pk_scope_fields.at[PK_SCOPE_KEA],
                                       .key = wanted->owned_kea[i],
                                       .value = "true"};
    }
    return (struct pk_parts){.at = at, .count = count};
}

enum pk_sync_status
pk_rows_status(const struct pk_row *const rows[PK_PAIR])
{
    const struct pk_row *one = rows[PK_SERVER_1], *two = rows[PK_SERVER_2];
    return one != NULL && two != NULL && pk_parts_are_equal(&one->parts, &two->parts)
               ? PK_SYNC_IN_SYNC
               : PK_SYNC_OUT_OF_SYNC;
}
