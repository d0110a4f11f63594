/*
 * Relationships as rows.  A member is kept twice: as the row of a server managed here, and by the
 * name that the relationship itself uses (its field `servers`), which may be all there is.
 */
#include <string.h>

#include "adm/column.h"
#include "adm/definitions.h"
#include "adm/scopes.h"
#include "base/json.h"
#include "base/text.h"

enum { COLUMN_COUNT = 7 };

/* Fields in plain columns, in the order of the statements that read and write the row. */
static const enum pk_relationship_field columns[COLUMN_COUNT] = {
    PK_RELATIONSHIP_MODE,
    PK_RELATIONSHIP_SOURCE,
    PK_RELATIONSHIP_LOAD_SPLIT,
    PK_RELATIONSHIP_STANDBY_RESERVE,
    PK_RELATIONSHIP_MCLT,
    PK_RELATIONSHIP_AUTO_STATE_TRANSITION,
    PK_RELATIONSHIP_STATE_SWITCH_INTERVAL,
};

static const struct pk_field *
field(enum pk_relationship_field id)
{
    return &pk_relationship_fields.at[id];
}

/* -- Reading ---------------------------------------------------------------------------------- */

static void
add_server_pair(struct pk_pool *pool, const struct pk_cursor *cursor, int column,
                struct pk_part_list *list)
{
    if (!pk_column_is_null(cursor, column)) {
        struct pk_text pair = {.pool = pool};
        pk_text_add(&pair, "[");
        pk_text_add_json(&pair, pk_column_peek(cursor, column));
        pk_text_add(&pair, ",");
        pk_text_add_json(&pair, pk_column_peek(cursor, column + 1));
        pk_text_add(&pair, "]");
        *pk_push(pool, list) =
            (struct pk_part){.field = field(PK_RELATIONSHIP_SERVERS), .key = "", .value = pair.at};
    }
}

static struct pk_relation
read_relation(struct pk_pool *pool, const struct pk_cursor *cursor)
{
    enum { NAME, SERVER_1, SERVER_2, STATE, KEA, PAIR, FIRST_FIELD = 7 };
    struct pk_part_list list = {0};
    for (int i = 0; i < COLUMN_COUNT; i++) {
        pk_field_from_column(pool, field(columns[i]), cursor, FIRST_FIELD + i, &list);
    }
    add_server_pair(pool, cursor, PAIR, &list);
    pk_map_from_column(pool, field(PK_RELATIONSHIP_KEA), cursor, KEA, &list);
    return (struct pk_relation){
        .name = pk_column_text(pool, cursor, NAME),
        .servers = {[PK_SERVER_1] = pk_column_text(pool, cursor, SERVER_1),
                    [PK_SERVER_2] = pk_column_text(pool, cursor, SERVER_2)},
        .parts = pk_parts_canonical(list.at, list.count),
        .state = (enum pk_pair_state)pk_column_int(cursor, STATE),
    };
}

/* @p name NULL = all. */
static enum pk_code
load(struct pk_db *db, struct pk_pool *pool, const char *name, struct pk_relations *out,
     struct pk_error *err)
{
    PK_VECTOR(struct pk_relation) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_RELATIONS, PK_VALUES(sql_text(name)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = read_relation(pool, &cursor);
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *out = (struct pk_relations){.at = list.at, .count = list.count};
    }
    return code;
}

enum pk_code
pk_adm_relations_load(struct pk_db *db, struct pk_pool *pool, struct pk_relations *out,
                      struct pk_error *err)
{
    return load(db, pool, NULL, out, err);
}

static bool
is_member(const struct pk_relation *relation, const char *server)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (relation->servers[side] != NULL && strcmp(relation->servers[side], server) == 0) {
            return true;
        }
    }
    return false;
}

enum pk_code
pk_adm_relations_of(struct pk_db *db, struct pk_pool *pool, const char *server,
                    struct pk_relations *out, struct pk_error *err)
{
    struct pk_relations all;
    enum pk_code code = load(db, pool, NULL, &all, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_relation *mine = pk_array(pool, struct pk_relation, all.count);
    *out = (struct pk_relations){.at = mine};
    for (size_t i = 0; i < all.count; i++) {
        if (is_member(&all.at[i], server)) {
            mine[out->count++] = all.at[i];
        }
    }
    return PK_OK;
}

/* -- Writing ---------------------------------------------------------------------------------- */

static bool
same_name(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
same_parts(const struct pk_parts *a, const struct pk_parts *b)
{
    struct pk_parts_walk walk = {.a = a, .b = b};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        if (!same_name(pair.a, pair.b)) {
            return false;
        }
    }
    return true;
}

/* Members and fields; the state is not what was configured. */
static bool
same_content(const struct pk_relation *a, const struct pk_relation *b)
{
    return same_name(a->servers[PK_SERVER_1], b->servers[PK_SERVER_1]) &&
           same_name(a->servers[PK_SERVER_2], b->servers[PK_SERVER_2]) &&
           same_parts(&a->parts, &b->parts);
}

static void
update(struct pk_txn *txn, int64_t id, const struct pk_relation *relation)
{
    PK_SCRATCH(scratch);
    enum { FIRST_FIELD = 7, VALUES = FIRST_FIELD + COLUMN_COUNT };
    const struct pk_parts *parts = &relation->parts;
    int64_t members[PK_PAIR] = {0};
    for (size_t i = 0; i < PK_PAIR; i++) {
        if (relation->servers[i] != NULL) {
            members[i] = pk_adm_server_id(txn, relation->servers[i]);
        }
    }
    const char *pair = pk_parts_get(parts, field(PK_RELATIONSHIP_SERVERS), "");
    json_auto_t *named = pair != NULL ? pk_json_parse(pair, NULL) : NULL;
    struct pk_value values[VALUES] = {
        sql_int(id),
        sql_int_unless(0, members[PK_SERVER_1]),
        sql_int_unless(0, members[PK_SERVER_2]),
        sql_int(relation->state),
        sql_text(pk_map_to_column(scratch, field(PK_RELATIONSHIP_KEA), parts)),
        sql_text(json_string_value(json_array_get(named, PK_SERVER_1))),
        sql_text(json_string_value(json_array_get(named, PK_SERVER_2))),
    };
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        values[FIRST_FIELD + i] = pk_field_to_column(scratch, field(columns[i]), parts);
    }
    pk_txn_run(txn, PK_SQL_RELATION_UPDATE, values, VALUES);
}

/*
 * Both members' content has changed, before the update and after it; that of linked scopes too when
 * the name changes or a link goes, and their hashes then have to be found anew.
 */
static void
mark_changed(struct pk_txn *txn, int64_t id)
{
    pk_txn_run(txn, PK_SQL_RELATION_FORGET_HASHES, PK_VALUES(sql_int(id)));
    pk_txn_run(txn, PK_SQL_RELATION_CHANGED, PK_VALUES(sql_int(id)));
}

void
pk_adm_relation_put(struct pk_txn *txn, const struct pk_relation *relation)
{
    PK_SCRATCH(scratch);
    struct pk_relations stored = {0};
    if (pk_txn_failed(txn) ||
        load(txn->db, scratch, relation->name, &stored, &txn->failure) != PK_OK) {
        return;
    }
    bool same = stored.count > 0 && same_content(&stored.at[0], relation);
    if (same && stored.at[0].state == relation->state) {
        return;
    }
    const struct pk_value name = sql_text(relation->name);
    int64_t id = stored.count > 0 ? pk_txn_number(txn, PK_SQL_RELATION_FIND, 0, PK_VALUES(name))
                                  : pk_txn_insert(txn, PK_SQL_RELATION_INSERT, PK_VALUES(name));
    if (!same) {
        mark_changed(txn, id);
    }
    update(txn, id, relation);
    if (!same) {
        pk_txn_run(txn, PK_SQL_RELATION_UNLINK, PK_VALUES(sql_int(id)));
        mark_changed(txn, id);
    }
    if (pk_txn_failed(txn)) {
        pk_error_prefix(&txn->failure, "cannot store relationship %s", relation->name);
    }
}

void
pk_adm_relation_rename(struct pk_txn *txn, const char *old_name, const char *new_name)
{
    int64_t id = pk_txn_number(txn, PK_SQL_RELATION_FIND, 0, PK_VALUES(sql_text(old_name)));
    if (id != 0) {
        pk_txn_run(txn, PK_SQL_RELATION_RENAME, PK_VALUES(sql_int(id), sql_text(new_name)));
        mark_changed(txn, id);
    }
}
