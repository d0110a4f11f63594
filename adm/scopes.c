/* The servers' rows, and what is done to a scope's row as a whole. */
#include "adm/scopes.h"

#include "adm/definitions.h"
#include "adm/query.h"

void
pk_adm_server_put(struct pk_txn *txn, const char *server, const char *driver)
{
    int64_t id = pk_txn_number(txn, PK_SQL_SERVER_FIND, 0, PK_VALUES(sql_text(server)));
    if (id == 0) {
        pk_txn_run(txn, PK_SQL_SERVER_INSERT, PK_VALUES(sql_text(server), sql_text(driver)));
    } else {
        pk_txn_run(txn, PK_SQL_SERVER_SET_DRIVER, PK_VALUES(sql_int(id), sql_text(driver)));
    }
}

enum pk_code
pk_adm_sequence(struct pk_db *db, const char *server, int64_t *sequence, struct pk_error *err)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SERVER_SEQUENCE, PK_VALUES(sql_text(server)));
    int64_t number = pk_cursor_next(&cursor) ? pk_column_int(&cursor, 0) : 0;
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *sequence = number;
    }
    return code;
}

/* Record ids of a scope and its server; scope 0 when there is no such row. */
struct place {
    int64_t server, scope;
};

static struct place
find(struct pk_txn *txn, const char *server, struct pk_prefix subnet)
{
    struct place place = {0};
    place.server = pk_txn_number(txn, PK_SQL_SERVER_FIND, 0, PK_VALUES(sql_text(server)));
    if (place.server == 0 || pk_txn_failed(txn)) {
        return place;
    }
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, txn->db, PK_SQL_SCOPE_FIND,
                   PK_VALUES(sql_int(place.server), sql_int(subnet.address)));
    if (pk_cursor_next(&cursor) && pk_column_int(&cursor, 1) == subnet.length) {
        place.scope = pk_column_int(&cursor, 0);
    }
    pk_cursor_close_in(&cursor, txn);
    return place;
}

void
pk_adm_scope_delete(struct pk_txn *txn, const char *server, struct pk_prefix subnet)
{
    struct place place = find(txn, server, subnet);
    if (place.scope != 0) {
        pk_txn_run(txn, PK_SQL_RETIRED_INSERT, PK_VALUES(sql_int(place.scope)));
        pk_txn_run(txn, PK_SQL_SCOPE_DELETE, PK_VALUES(sql_int(place.scope)));
        pk_txn_run(txn, PK_SQL_SERVER_CHANGED, PK_VALUES(sql_int(place.server)));
    }
}

/* No new change sequence: the status is our record, not the server's content. */
void
pk_adm_scope_set_status(struct pk_txn *txn, const char *server, struct pk_prefix subnet,
                        enum pk_sync_status status)
{
    struct place place = find(txn, server, subnet);
    pk_txn_run(txn, PK_SQL_SCOPE_SET_STATUS, PK_VALUES(sql_int(place.scope), sql_int(status)));
}

void
pk_adm_scope_set_leases(struct pk_txn *txn, const char *server, struct pk_prefix subnet,
                        int64_t active_leases)
{
    struct place place = find(txn, server, subnet);
    int64_t before = pk_db_changes(txn->db);
    pk_txn_run(txn, PK_SQL_SCOPE_SET_LEASES,
               PK_VALUES(sql_int(place.scope), sql_int_unless(PK_LEASES_UNKNOWN, active_leases)));
    if (pk_db_changes(txn->db) != before) {
        pk_txn_run(txn, PK_SQL_SERVER_CHANGED, PK_VALUES(sql_int(place.server)));
    }
}

enum pk_code
pk_adm_scopes_near(struct pk_db *db, struct pk_pool *pool, const char *server,
                   struct pk_prefix subnet, uint32_t id, struct pk_prefixes *out,
                   struct pk_error *err)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SCOPES_NEAR,
                   PK_VALUES(sql_text(server), sql_int(subnet.address),
                             sql_int(pk_prefix_range(subnet).last), sql_int(id)));
    while (pk_cursor_next(&cursor)) {
        struct pk_prefix found = pk_column_prefix(&cursor, 0);
        bool has_id = id != 0 && pk_column_int(&cursor, 2) == id;
        if (has_id || pk_prefixes_overlap(found, subnet)) {
            *pk_push(pool, out) = found;
        }
    }
    return pk_cursor_close(&cursor, err);
}

enum pk_code
pk_adm_scopes_load_near(struct pk_db *db, struct pk_pool *pool, const char *server,
                        const struct pk_prefix *subnets, const uint32_t *ids, size_t count,
                        struct pk_rows *out, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_prefixes near = {0};
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < count && code == PK_OK; i++) {
        code = pk_adm_scopes_near(db, scratch, server, subnets[i], ids[i], &near, err);
        *pk_push(scratch, &near) = subnets[i];
    }
    pk_prefixes_sort(&near);
    if (code != PK_OK || near.count == 0) {
        *out = (struct pk_rows){.count = 0};
        return code;
    }
    return pk_adm_scopes_load(db, pool, server, near.at, near.count, out, err);
}

enum pk_code
pk_adm_retired_ids_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                        struct pk_retired_ids *out, struct pk_error *err)
{
    PK_VECTOR(struct pk_retired_id) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_RETIRED_LOAD, PK_VALUES(sql_text(server)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_retired_id){
            .id = (uint32_t)pk_column_int(&cursor, 0),
            .subnet = pk_column_prefix(&cursor, 1),
        };
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *out = (struct pk_retired_ids){.at = list.at, .count = list.count};
    }
    return code;
}

enum pk_code
pk_adm_hashes_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                   struct pk_row_hashes *out, struct pk_error *err)
{
    enum { SUBNET, ID = 2, HASH };
    PK_VECTOR(struct pk_row_hash) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SCOPE_HASHES, PK_VALUES(sql_text(server)));
    while (pk_cursor_next(&cursor)) {
        struct pk_row_hash *row = pk_push(pool, &list);
        row->subnet = pk_column_prefix(&cursor, SUBNET);
        row->id = (uint32_t)pk_column_int(&cursor, ID);
        row->hash = pk_column_hash(&cursor, HASH);
        row->known = !pk_sha256_is_zero(&row->hash);
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *out = (struct pk_row_hashes){.at = list.at, .count = list.count};
    }
    return code;
}

void
pk_adm_hashes_fill(struct pk_txn *txn, const char *server, const struct pk_rows *rows)
{
    const struct pk_value name = sql_text(server);
    if (pk_txn_number(txn, PK_SQL_SCOPE_HASHES_LACKING, 0, &name, 1) == 0) {
        return;
    }
    for (size_t i = 0; i < rows->count; i++) {
        const struct pk_row *row = &rows->at[i];
        pk_txn_run(txn, PK_SQL_SCOPE_FILL_HASH,
                   PK_VALUES(name, sql_int(row->subnet.address), sql_int(row->subnet.length),
                             sql_hash(&row->hash)));
    }
}
