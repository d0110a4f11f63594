/* Lookups in sorted arrays, and the words for states. */
#include "adm/model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *
pk_sync_status_name(enum pk_sync_status status)
{
    switch (status) {
    case PK_SYNC_UNKNOWN:
        return "unknown";
    case PK_SYNC_IN_SYNC:
        return "in-sync";
    case PK_SYNC_OUT_OF_SYNC:
        return "out-of-sync";
    }
    return "unknown";
}

const char *
pk_pair_state_name(enum pk_pair_state state)
{
    switch (state) {
    case PK_PAIR_NORMAL:
        return "normal";
    case PK_PAIR_SYNCING:
        return "syncing";
    case PK_PAIR_DISTURBED:
        return "disturbed";
    case PK_PAIR_PARTNER_DOWN:
        return "partner-down";
    case PK_PAIR_TERMINATED:
        return "terminated";
    case PK_PAIR_OUT_OF_TOUCH:
        return "out-of-touch";
    }
    return "unknown";
}

/* A server that lost its partner goes on calling its state normal. */
const char *
pk_relation_says(struct pk_pool *pool, const struct pk_relation *relation)
{
    const struct pk_pair_health *health = relation->health;
    if (health == NULL) {
        return pk_sprintf(pool, "says %s", pk_pair_state_name(relation->state));
    }
    bool is_silent = health->interrupted || relation->state == PK_PAIR_OUT_OF_TOUCH;
    return is_silent && health->contact_age_s != PK_NOT_SAID
               ? pk_sprintf(pool, "says %s and has not heard from its partner for %" PRId64 " s",
                            health->state, health->contact_age_s)
               : pk_sprintf(pool, "says %s", health->state);
}

static int
compare_subnet(const void *subnet, const void *row)
{
    return pk_prefix_compare(*(const struct pk_prefix *)subnet,
                             ((const struct pk_row *)row)->subnet);
}

const struct pk_row *
pk_rows_find(const struct pk_rows *rows, struct pk_prefix subnet)
{
    return rows->count == 0
               ? NULL
               : bsearch(&subnet, rows->at, rows->count, sizeof rows->at[0], compare_subnet);
}

static int
compare_name(const void *name, const void *relation)
{
    return strcmp(name, ((const struct pk_relation *)relation)->name);
}

const struct pk_relation *
pk_relations_find(const struct pk_relations *relations, const char *name)
{
    return relations->count == 0 ? NULL
                                 : bsearch(name, relations->at, relations->count,
                                           sizeof relations->at[0], compare_name);
}

static int
compare_subnets(const void *a, const void *b)
{
    return pk_prefix_compare(*(const struct pk_prefix *)a, *(const struct pk_prefix *)b);
}

void
pk_prefixes_sort(struct pk_prefixes *prefixes)
{
    if (prefixes->count < 2) {
        return;
    }
    qsort(prefixes->at, prefixes->count, sizeof prefixes->at[0], compare_subnets);
    size_t kept = 1;
    for (size_t i = 1; i < prefixes->count; i++) {
        if (pk_prefix_compare(prefixes->at[kept - 1], prefixes->at[i]) != 0) {
            prefixes->at[kept++] = prefixes->at[i];
        }
    }
    prefixes->count = kept;
}

bool
pk_prefixes_contain(const struct pk_prefixes *prefixes, struct pk_prefix subnet)
{
    return prefixes->count != 0 && bsearch(&subnet, prefixes->at, prefixes->count,
                                           sizeof prefixes->at[0], compare_subnets) != NULL;
}
