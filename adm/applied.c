/*
 * Bases are written part by part and only where they differ: a pass that verifies 100,000 scopes
 * and finds one changed writes one row.
 */
#include "adm/applied.h"

#include <string.h>

#include "adm/column.h"
#include "adm/verified.h"

enum { FIELD_NAME_BYTES = 64 };

/*
 * A part's name split at its first dot.  Unlike pk_part_parse_name() a map may stand without key:
 * `options` is owned whole.  @return false for a field that this program does not have
 */
static bool
split_name(struct pk_pool *pool, const struct pk_field_table *table, const char *name,
           struct pk_part *part)
{
    char field[FIELD_NAME_BYTES];
    size_t length = strcspn(name, ".");
    if (length >= sizeof field) {
        return false;
    }
    memcpy(field, name, length);
    field[length] = '\0';
    part->field = pk_field_find(table, field);
    part->key = name[length] == '.' ? pk_strdup(pool, name + length + 1) : "";
    return part->field != NULL;
}

/* Adds the part in columns @p column (name) and the next (value), when it is one we know. */
static void
add_part(struct pk_pool *pool, const struct pk_field_table *table, const struct pk_cursor *cursor,
         int column, struct pk_part_list *list)
{
    struct pk_part part = {0};
    const char *name = pk_column_peek(cursor, column);
    if (name != NULL && split_name(pool, table, name, &part)) {
        part.value = pk_column_text(pool, cursor, column + 1);
        *pk_push(pool, list) = part;
    }
}

/* The parts that a statement answers as (name, value). */
static struct pk_parts
parts_of(struct pk_txn *txn, struct pk_pool *pool, const struct pk_field_table *table,
         enum pk_sql id, const struct pk_value *values, size_t count)
{
    struct pk_part_list list = {0};
    if (!pk_txn_failed(txn)) {
        struct pk_cursor cursor;
        pk_cursor_open(&cursor, txn->db, id, values, count);
        while (pk_cursor_next(&cursor)) {
            add_part(pool, table, &cursor, 0, &list);
        }
        pk_cursor_close_in(&cursor, txn);
    }
    return pk_parts_canonical(list.at, list.count);
}

struct row_list {
    struct pk_row *at;
    size_t count, capacity;
};

/* Completes the last row, unless it was there @p before. */
static void
finish_row(struct pk_pool *pool, struct row_list *rows, size_t before, struct pk_part_list *parts)
{
    if (rows->count > before) {
        struct pk_row *row = &rows->at[rows->count - 1];
        row->parts = pk_part_list_canonical(pool, parts);
        row->hash = pk_parts_hash(&row->parts);
        parts->count = 0;
    }
}

/*
 * Adds rows from columns scope_id, prefix_length, relationship, part, value, in the order of
 * scopes, and closes the cursor.
 */
static enum pk_code
add_rows(struct pk_cursor *cursor, struct pk_pool *pool, struct row_list *rows,
         struct pk_error *err)
{
    struct pk_part_list parts = {0};
    size_t before = rows->count;
    while (pk_cursor_next(cursor)) {
        struct pk_prefix subnet = pk_column_prefix(cursor, 0);
        if (rows->count == before ||
            pk_prefix_compare(rows->at[rows->count - 1].subnet, subnet) != 0) {
            finish_row(pool, rows, before, &parts);
            struct pk_row *row = pk_push(pool, rows);
            row->subnet = subnet;
            row->relationship = pk_column_text(pool, cursor, 2);
            row->active_leases = PK_LEASES_UNKNOWN;
        }
        add_part(pool, &pk_scope_fields, cursor, 3, &parts);
    }
    finish_row(pool, rows, before, &parts);
    return pk_cursor_close(cursor, err);
}

static enum pk_code
load_rows(struct pk_cursor *cursor, struct pk_pool *pool, struct pk_rows *out, struct pk_error *err)
{
    struct row_list rows = {0};
    enum pk_code code = add_rows(cursor, pool, &rows, err);
    if (code == PK_OK) {
        *out = (struct pk_rows){.at = rows.at, .count = rows.count};
    }
    return code;
}

/* One lookup a subnet: these are few. */
static enum pk_code
load_some(struct pk_db *db, struct pk_pool *pool, enum pk_sql id, const char *name,
          const struct pk_prefix *subnets, size_t count, struct pk_rows *out, struct pk_error *err)
{
    struct row_list rows = {0};
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < count && code == PK_OK; i++) {
        struct pk_cursor cursor;
        pk_cursor_open(
            &cursor, db, id,
            PK_VALUES(sql_text(name), sql_int(subnets[i].address), sql_int(subnets[i].length)));
        code = add_rows(&cursor, pool, &rows, err);
    }
    if (code == PK_OK) {
        *out = (struct pk_rows){.at = rows.at, .count = rows.count};
    }
    return code;
}

enum pk_code
pk_applied_load_some(struct pk_db *db, struct pk_pool *pool, const char *server,
                     const struct pk_prefix *subnets, size_t count, struct pk_rows *out,
                     struct pk_error *err)
{
    return load_some(db, pool, PK_SQL_APPLIED_LOAD_ONE, server, subnets, count, out, err);
}

enum pk_code
pk_owned_load_some(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                   const struct pk_prefix *subnets, size_t count, struct pk_rows *out,
                   struct pk_error *err)
{
    return load_some(db, pool, PK_SQL_OWNED_LOAD_ONE, relationship, subnets, count, out, err);
}

enum pk_code
pk_applied_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                const char *server, struct pk_rows *out, struct pk_error *err)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_APPLIED_LOAD,
                   PK_VALUES(sql_text(server), sql_text(relationship)));
    return load_rows(&cursor, pool, out, err);
}

enum pk_code
pk_applied_subnets(struct pk_db *db, struct pk_pool *pool, const char *server,
                   struct pk_prefixes *out, struct pk_error *err)
{
    struct pk_prefixes list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_APPLIED_SUBNETS, PK_VALUES(sql_text(server)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = pk_column_prefix(&cursor, 0);
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *out = list;
    }
    return code;
}

enum pk_code
pk_applied_relationships(struct pk_db *db, struct pk_pool *pool, const char *const **names,
                         size_t *count, struct pk_error *err)
{
    PK_VECTOR(const char *) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_APPLIED_RELATIONSHIPS, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = pk_column_text(pool, &cursor, 0);
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *names = list.at;
        *count = list.count;
    }
    return code;
}

enum pk_code
pk_applied_servers(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                   const struct pk_applied_server **at, size_t *count, struct pk_error *err)
{
    PK_VECTOR(struct pk_applied_server) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_APPLIED_SERVERS, PK_VALUES(sql_text(relationship)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_applied_server){
            .server = pk_column_text(pool, &cursor, 0),
            .scopes = pk_column_int(&cursor, 1),
        };
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *at = list.at;
        *count = list.count;
    }
    return code;
}

void
pk_applied_put(struct pk_txn *txn, const char *relationship, const char *server,
               struct pk_prefix subnet, const struct pk_parts *parts)
{
    PK_SCRATCH(scratch);
    const struct pk_value address = sql_int(subnet.address), length = sql_int(subnet.length);
    pk_txn_run(txn, PK_SQL_APPLIED_PUT,
               PK_VALUES(sql_text(server), address, length, sql_text(relationship)));
    int64_t base =
        pk_txn_number(txn, PK_SQL_APPLIED_FIND, 0, PK_VALUES(sql_text(server), address, length));
    struct pk_parts stored =
        parts_of(txn, scratch, &pk_scope_fields, PK_SQL_APPLIED_PARTS, PK_VALUES(sql_int(base)));
    pk_verified_scope_forget(txn, subnet);
    struct pk_parts_walk walk = {.a = &stored, .b = parts};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        const char *name = pk_part_name(scratch, pair.field, pair.key);
        if (pair.b == NULL) {
            pk_txn_run(txn, PK_SQL_APPLIED_PART_DELETE, PK_VALUES(sql_int(base), sql_text(name)));
        } else if (pair.a == NULL || strcmp(pair.a, pair.b) != 0) {
            pk_txn_run(txn, PK_SQL_APPLIED_PART_PUT,
                       PK_VALUES(sql_int(base), sql_text(name), sql_text(pair.b)));
        }
    }
}

void
pk_applied_delete(struct pk_txn *txn, const char *relationship, const char *server,
                  struct pk_prefix subnet)
{
    pk_verified_scope_forget(txn, subnet);
    pk_txn_run(txn, PK_SQL_APPLIED_DELETE,
               PK_VALUES(sql_text(server), sql_int(subnet.address), sql_int(subnet.length),
                         sql_text(relationship)));
}

enum pk_code
pk_owned_load(struct pk_db *db, struct pk_pool *pool, const char *relationship, struct pk_rows *out,
              struct pk_error *err)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_OWNED_LOAD, PK_VALUES(sql_text(relationship)));
    return load_rows(&cursor, pool, out, err);
}

void
pk_owned_put(struct pk_txn *txn, const char *relationship, struct pk_prefix subnet,
             const struct pk_parts *owned)
{
    PK_SCRATCH(scratch);
    const struct pk_value address = sql_int(subnet.address), length = sql_int(subnet.length);
    struct pk_parts stored = parts_of(txn, scratch, &pk_scope_fields, PK_SQL_OWNED_PARTS,
                                      PK_VALUES(sql_text(relationship), address, length));
    pk_verified_scope_forget(txn, subnet);
    struct pk_parts_walk walk = {.a = &stored, .b = owned};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        if ((pair.a == NULL) != (pair.b == NULL)) {
            const char *name = pk_part_name(scratch, pair.field, pair.key);
            pk_txn_run(txn, pair.b != NULL ? PK_SQL_OWNED_INSERT : PK_SQL_OWNED_DELETE,
                       PK_VALUES(sql_text(relationship), address, length, sql_text(name)));
        }
    }
}

enum pk_code
pk_applied_relation_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                         struct pk_relation *out, struct pk_error *err)
{
    struct pk_relation relation = {.name = pk_strdup(pool, relationship)};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_APPLIED_RELATION_LOAD, PK_VALUES(sql_text(relationship)));
    if (pk_cursor_next(&cursor)) {
        relation.servers[PK_SERVER_1] = pk_column_text(pool, &cursor, 0);
        relation.servers[PK_SERVER_2] = pk_column_text(pool, &cursor, 1);
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code != PK_OK) {
        return code;
    }

    struct pk_part_list list = {0};
    pk_cursor_open(&cursor, db, PK_SQL_APPLIED_RELATION_PARTS, PK_VALUES(sql_text(relationship)));
    while (pk_cursor_next(&cursor)) {
        add_part(pool, &pk_relationship_fields, &cursor, 0, &list);
    }
    code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        relation.parts = pk_parts_canonical(list.at, list.count);
        *out = relation;
    }
    return code;
}

void
pk_applied_relation_put(struct pk_txn *txn, const struct pk_relation *relation)
{
    PK_SCRATCH(scratch);
    const struct pk_value name = sql_text(relation->name);
    pk_txn_run(txn, PK_SQL_APPLIED_RELATION_PUT,
               PK_VALUES(name, sql_text(relation->servers[PK_SERVER_1]),
                         sql_text(relation->servers[PK_SERVER_2])));
    struct pk_parts stored = parts_of(txn, scratch, &pk_relationship_fields,
                                      PK_SQL_APPLIED_RELATION_PARTS, PK_VALUES(name));
    struct pk_parts_walk walk = {.a = &stored, .b = &relation->parts};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        const char *part = pk_part_name(scratch, pair.field, pair.key);
        if (pair.b == NULL) {
            pk_txn_run(txn, PK_SQL_APPLIED_RELATION_PART_DELETE, PK_VALUES(name, sql_text(part)));
        } else if (pair.a == NULL || strcmp(pair.a, pair.b) != 0) {
            pk_txn_run(txn, PK_SQL_APPLIED_RELATION_PART_PUT,
                       PK_VALUES(name, sql_text(part), sql_text(pair.b)));
        }
    }
}

void
pk_applied_rename(struct pk_txn *txn, const char *old_name, const char *new_name)
{
    static const enum pk_sql renames[] = {
        PK_SQL_RENAME_APPLIED, PK_SQL_RENAME_OWNED,      PK_SQL_RENAME_APPLIED_RELATION,
        PK_SQL_RENAME_HELD,    PK_SQL_RENAME_CONDITIONS, PK_SQL_RENAME_SUSPENSION,
        PK_SQL_RENAME_RETRY,   PK_SQL_RENAME_HEALS,      PK_SQL_RENAME_REVISIONS,
    };
    for (size_t i = 0; i < sizeof renames / sizeof renames[0]; i++) {
        pk_txn_run(txn, renames[i], PK_VALUES(sql_text(old_name), sql_text(new_name)));
    }
    pk_verified_forget(txn);
}
