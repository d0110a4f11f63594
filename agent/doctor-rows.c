/* Rows are sorted by prefix: one that holds others comes right before them. */
#include "agent/doctor-rows.h"

#include <string.h>

#include "base/json.h"

static void
look_overlap(struct pk_pool *pool, const struct pk_check *check, const char *server,
             const struct pk_rows *rows, struct pk_findings *out)
{
    const struct pk_row *outer = NULL;
    for (size_t i = 0; i < rows->count; i++) {
        const struct pk_row *row = &rows->at[i];
        if (outer != NULL && pk_prefixes_overlap(outer->subnet, row->subnet)) {
            pk_finding_add(pool, out, check, server, pk_prefix_text(pool, row->subnet),
                           "overlaps %s", pk_prefix_text(pool, outer->subnet));
        } else {
            outer = row;
        }
    }
}

static void
look_at_reservation(struct pk_pool *pool, const struct pk_check *check, const char *server,
                    const struct pk_row *row, const struct pk_part *part, struct pk_findings *out)
{
    json_auto_t *reservation = pk_json_parse(part->value, NULL);
    const char *ip = json_string_value(json_object_get(reservation, "ip"));
    uint32_t address;
    if (ip != NULL && pk_parse_ipv4(ip, &address) && !pk_prefix_contains(row->subnet, address)) {
        pk_finding_add(pool, out, check, server, pk_prefix_text(pool, row->subnet),
                       "the reservation %s has the address %s", part->key, ip);
    }
}

static void
look_reservations(struct pk_pool *pool, const struct pk_check *check, const char *server,
                  const struct pk_rows *rows, struct pk_findings *out)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct pk_parts *parts = &rows->at[i].parts;
        for (size_t j = 0; j < parts->count; j++) {
            if (parts->at[j].field == &pk_scope_fields.at[PK_SCOPE_RESERVATIONS]) {
                look_at_reservation(pool, check, server, &rows->at[i], &parts->at[j], out);
            }
        }
    }
}

static const char *
id_of(const struct pk_row *row)
{
    return row != NULL ? pk_parts_get(&row->parts, &pk_scope_fields.at[PK_SCOPE_ID], "") : NULL;
}

static void
look_ids(struct pk_pool *pool, const struct pk_check *check, const char *const servers[PK_PAIR],
         const struct pk_rows *const rows[PK_PAIR], struct pk_findings *out)
{
    for (size_t i = 0; i < rows[PK_SERVER_1]->count; i++) {
        const struct pk_row *row = &rows[PK_SERVER_1]->at[i];
        const char *first = id_of(row);
        const char *second = id_of(pk_rows_find(rows[PK_SERVER_2], row->subnet));
        if (first != NULL && second != NULL && strcmp(first, second) != 0) {
            pk_finding_add(pool, out, check, NULL, pk_prefix_text(pool, row->subnet),
                           "id %s on %s, %s on %s", first, servers[PK_SERVER_1], second,
                           servers[PK_SERVER_2]);
        }
    }
}

const struct pk_row_check pk_row_checks[] = {
    {.is = {"overlapping-subnets", PK_FINDING_PROBLEM,
            "Two subnets hold the same addresses: a client may get one from either.",
            "remove or shrink one of them"},
     .look = look_overlap},
    {.is = {"reservation-outside", PK_FINDING_PROBLEM, "A reserved address is not in its subnet.",
            "correct the address or move the reservation"},
     .look = look_reservations},
    {.is = {"subnet-id-mismatch", PK_FINDING_PROBLEM,
            "The partners use different ids for one prefix: they refuse each other's leases.",
            "give the subnet the same id on both: set id in Git, or let pairkeeper replicate the "
            "scope"},
     .look_pair = look_ids},
};
const size_t pk_row_check_count = sizeof pk_row_checks / sizeof pk_row_checks[0];

void
pk_rows_examine(struct pk_pool *pool, const char *server, const struct pk_rows *rows,
                struct pk_findings *out)
{
    for (size_t i = 0; i < pk_row_check_count; i++) {
        if (pk_row_checks[i].look != NULL) {
            pk_row_checks[i].look(pool, &pk_row_checks[i].is, server, rows, out);
        }
    }
}

void
pk_rows_examine_pair(struct pk_pool *pool, const char *const servers[PK_PAIR],
                     const struct pk_rows *const rows[PK_PAIR], struct pk_findings *out)
{
    for (size_t i = 0; i < pk_row_check_count; i++) {
        if (pk_row_checks[i].look_pair != NULL) {
            pk_row_checks[i].look_pair(pool, &pk_row_checks[i].is, servers, rows, out);
        }
    }
}
