/*
 * What one revision says otherwise than another.  Where something is written does not count: a line
 * added above a scope does not change it.
 */
#include <string.h>

#include "base/text.h"
#include "desired-state/snapshot.h"

static int
compare_scopes(const struct pk_wanted_scope *a, const struct pk_wanted_scope *b)
{
    int order = strcmp(a->relationship, b->relationship);
    return order != 0 ? order : pk_prefix_compare(a->subnet, b->subnet);
}

static bool
own_the_same(const struct pk_wanted_scope *a, const struct pk_wanted_scope *b)
{
    bool equal = a->owned == b->owned && a->owned_kea_count == b->owned_kea_count;
    for (size_t i = 0; equal && i < a->owned_kea_count; i++) {
        equal = strcmp(a->owned_kea[i], b->owned_kea[i]) == 0;
    }
    return equal;
}

static bool
say_the_same(const struct pk_wanted_scope *a, const struct pk_wanted_scope *b)
{
    bool equal = own_the_same(a, b) && a->parts.count == b->parts.count;
    for (size_t i = 0; equal && i < a->parts.count; i++) {
        equal = pk_part_compare(&a->parts.at[i], &b->parts.at[i]) == 0 &&
                strcmp(a->parts.at[i].value, b->parts.at[i].value) == 0;
    }
    return equal;
}

struct pk_sha256
pk_wanted_hash(const struct pk_wanted_scope *scope)
{
    if (scope->owned_kea_count == 0) {
        return pk_parts_hash_with(&scope->parts, &scope->owned, sizeof scope->owned);
    }
    PK_SCRATCH(scratch);
    struct pk_text owned = {.pool = scratch};
    pk_text_add_bytes(&owned, (const char *)&scope->owned, sizeof scope->owned);
    for (size_t i = 0; i < scope->owned_kea_count; i++) {
        pk_text_add_bytes(&owned, scope->owned_kea[i], strlen(scope->owned_kea[i]) + 1);
    }
    return pk_parts_hash_with(&scope->parts, owned.at, owned.count);
}

struct pk_prefixes
pk_snapshot_changes(struct pk_pool *pool, const struct pk_snapshot *a, const struct pk_snapshot *b)
{
    struct pk_prefixes changes = {0};
    size_t i = 0, j = 0;
    while (i < a->scope_count || j < b->scope_count) {
        int order = i == a->scope_count   ? 1
                    : j == b->scope_count ? -1
                                          : compare_scopes(&a->scopes[i], &b->scopes[j]);
        if (order != 0 || !say_the_same(&a->scopes[i], &b->scopes[j])) {
            *pk_push(pool, &changes) = order <= 0 ? a->scopes[i].subnet : b->scopes[j].subnet;
        }
        i += order <= 0;
        j += order >= 0;
    }
    pk_prefixes_sort(&changes);
    return changes;
}

struct pk_snapshot
pk_snapshot_only(struct pk_pool *pool, const struct pk_snapshot *snapshot,
                 const struct pk_prefixes *subnets)
{
    struct pk_snapshot only = *snapshot;
    struct pk_wanted_scope *scopes =
        pk_array(pool, struct pk_wanted_scope, snapshot->scope_count + 1);
    only.scopes = scopes;
    only.scope_count = 0;
    for (size_t i = 0; i < snapshot->scope_count; i++) {
        if (pk_prefixes_contain(subnets, snapshot->scopes[i].subnet)) {
            scopes[only.scope_count++] = snapshot->scopes[i];
        }
    }
    return only;
}
