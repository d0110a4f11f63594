/* Lookups in sorted arrays, and the words for states. */
#include "adm/model.h"

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
    }
    return "unknown";
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
