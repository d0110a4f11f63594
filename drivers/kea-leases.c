/*
 * Leases hang on a subnet id and stay when the subnet goes, so they are counted by it.  A lease
 * that has run out and is not reclaimed yet counts: its client may still be using the address.
 */
#include "drivers/kea-leases.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipv4.h"
#include "drivers/kea-server.h"

static const char state_in_use[] = "0";

/* -- By subnet -------------------------------------------------------------------------------- */

struct column {
    size_t subnet_id, assigned;
};

static bool
find_column(struct pk_kea_items columns, const char *name, size_t *out)
{
    for (size_t i = 0; i < columns.count; i++) {
        if (columns.at[i].kind == PK_KEA_STRING && strcmp(columns.at[i].text, name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool
read_cell(const struct pk_kea_value *row, size_t column, int64_t *out)
{
    char *end;
    if (row->kind != PK_KEA_LIST || column >= row->count ||
        row->items[column].kind != PK_KEA_NUMBER) {
        return false;
    }
    *out = strtoll(row->items[column].text, &end, 10);
    return *end == '\0' && *out >= 0;
}

struct count_of {
    int64_t subnet_id, leases;
};

static int
compare_counts(const void *a, const void *b)
{
    int64_t first = ((const struct count_of *)a)->subnet_id;
    int64_t second = ((const struct count_of *)b)->subnet_id;
    return (first > second) - (first < second);
}

static int64_t
subnet_id_of(const struct pk_row *row)
{
    const char *id = pk_parts_get(&row->parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
    return id != NULL ? strtoll(id, NULL, 10) : 0;
}

void
pk_kea_count_leases(struct pk_row *rows, size_t count, const struct pk_kea_value *statistics)
{
    PK_SCRATCH(scratch);
    const struct pk_kea_value *set = pk_kea_get(statistics, "result-set");
    struct pk_kea_items columns = pk_kea_list(set, "columns"), lines = pk_kea_list(set, "rows");
    struct count_of *counts = pk_array(scratch, struct count_of, lines.count);
    struct column at;
    size_t known = 0;
    bool has_columns = find_column(columns, "subnet-id", &at.subnet_id) &&
                       find_column(columns, "assigned-addresses", &at.assigned);
    for (size_t i = 0; has_columns && i < lines.count; i++) {
        known += read_cell(&lines.at[i], at.subnet_id, &counts[known].subnet_id) &&
                 read_cell(&lines.at[i], at.assigned, &counts[known].leases);
    }
    qsort(counts, known, sizeof *counts, compare_counts);
    for (size_t i = 0; i < count; i++) {
        struct count_of key = {.subnet_id = subnet_id_of(&rows[i])};
        const struct count_of *found = bsearch(&key, counts, known, sizeof key, compare_counts);
        rows[i].active_leases = found != NULL ? found->leases : PK_LEASES_UNKNOWN;
    }
}

/* -- By address ------------------------------------------------------------------------------- */

bool
pk_kea_leased_addresses(struct pk_pool *pool, const struct pk_kea_value *answer,
                        const uint32_t **out, size_t *count)
{
    struct pk_kea_items leases = pk_kea_list(answer, "leases");
    uint32_t *addresses = pk_array(pool, uint32_t, leases.count + 1);
    *count = 0;
    for (size_t i = 0; i < leases.count; i++) {
        const struct pk_kea_value *state = pk_kea_get(&leases.at[i], "state");
        const char *address = pk_kea_text(&leases.at[i], "ip-address");
        if (state == NULL || state->kind != PK_KEA_NUMBER || address == NULL ||
            !pk_parse_ipv4(address, &addresses[*count])) {
            return false;
        }
        *count += strcmp(state->text, state_in_use) == 0;
    }
    *out = addresses;
    return pk_kea_get(answer, "leases") != NULL;
}

/* -- Asking ----------------------------------------------------------------------------------- */

/* Statistics are a courtesy: a server without them still has its scopes. */
void
pk_kea_fill_leases(struct pk_server *server, struct pk_pool *pool, struct pk_rows *rows)
{
    PK_SCRATCH(scratch);
    struct pk_error ignored;
    struct pk_kea_value statistics = {.kind = PK_KEA_NULL};
    struct pk_row *counted = pk_array(pool, struct pk_row, rows->count);
    if (server->has[PK_KEA_STAT_LEASE4_GET] && rows->count != 0) {
        pk_kea_ask(server->client, scratch, pk_kea_optional_command(PK_KEA_STAT_LEASE4_GET), NULL,
                   &statistics, &ignored);
    }
    for (size_t i = 0; i < rows->count; i++) {
        counted[i] = rows->at[i];
    }
    pk_kea_count_leases(counted, rows->count, &statistics);
    rows->at = counted;
}

enum pk_code
pk_kea_leases(struct pk_server *server, struct pk_pool *pool, uint32_t subnet_id,
              const uint32_t **out, size_t *count, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_answer answer;
    const char *command = pk_kea_optional_command(PK_KEA_LEASE4_GET_ALL);
    enum pk_code code = pk_kea_learn_commands(server, err);
    if (code == PK_OK && !server->has[PK_KEA_LEASE4_GET_ALL]) {
        code = pk_error_set(err, PK_EREFUSED, server->where, "%s has no %s: load lease_cmds",
                            server->where, command);
    }
    if (code == PK_OK) {
        code = pk_kea_command(server->client, scratch, command,
                              pk_sprintf(scratch, "{\"subnets\":[%" PRIu32 "]}", subnet_id),
                              PK_KEA_READS, &answer, err);
    }
    if (code != PK_OK) {
        return code;
    }
    *out = NULL;
    *count = 0;
    if (answer.result == PK_KEA_EMPTY) {
        return PK_OK;
    }
    return answer.result == PK_KEA_SUCCESS &&
                   pk_kea_leased_addresses(pool, &answer.arguments, out, count)
               ? PK_OK
               : pk_kea_not_as_expected(server, command, "no leases", err);
}
