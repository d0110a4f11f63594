/*
 * The rows of the tables and of the look are sorted alike, so one walk finds what came, went and
 * changed.  What went is deleted before anything is put, and so is what changed its subnet id: ids
 * that were exchanged between two subnets would else collide on the way.
 *
 * Ages and counters of a healthy pair move all the time: they are written with a change of state,
 * and else only when the record is no longer fresh, as sightings are.
 */
#include "adm/mirror.h"

#include <string.h>

#include "adm/query.h"
#include "adm/steering.h"

static int64_t
server_id(struct pk_txn *txn, const char *server)
{
    return pk_txn_number(txn, PK_SQL_SERVER_FIND, 0, PK_VALUES(sql_text(server)));
}

/* -- Rows ------------------------------------------------------------------------------------- */

static const char *
id_of(const struct pk_row *row)
{
    const char *id = pk_parts_get(&row->parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
    return id != NULL ? id : "";
}

static void
delete_gone(struct pk_txn *txn, const char *server, const struct pk_rows *stored,
            const struct pk_rows *seen)
{
    for (size_t i = 0; i < stored->count; i++) {
        const struct pk_row *row = &stored->at[i];
        const struct pk_row *now = pk_rows_find(seen, row->subnet);
        if (now == NULL || strcmp(id_of(now), id_of(row)) != 0) {
            pk_adm_scope_delete(txn, server, row->subnet);
        }
    }
}

/* @return false when the tables cannot hold the row */
static bool
put_row(struct pk_txn *txn, const char *server, const struct pk_row *row)
{
    struct pk_txn own;
    struct pk_error why = {0};
    pk_txn_begin(txn->db, &own);
    pk_adm_scope_put(&own, server, row);
    enum pk_code code = pk_txn_end(&own, &why);
    if (pk_db_has_failed(code)) {
        pk_txn_fail(txn, &why);
    }
    return code == PK_OK;
}

void
pk_mirror_put_row(struct pk_txn *txn, const char *server, struct pk_prefix subnet,
                  const struct pk_row *row)
{
    if (row == NULL) {
        pk_adm_scope_delete(txn, server, subnet);
    } else {
        (void)put_row(txn, server, row);
    }
}

static bool
is_stored(const struct pk_rows *stored, const struct pk_row *row)
{
    const struct pk_row *before = pk_rows_find(stored, row->subnet);
    return before != NULL && pk_sha256_equal(&before->hash, &row->hash) &&
           strcmp(id_of(before), id_of(row)) == 0;
}

/* @return whether the tables hold every row now */
static bool
put_rows(struct pk_txn *txn, const struct pk_mirrored *look)
{
    PK_SCRATCH(scratch);
    struct pk_rows stored;
    if (pk_adm_scopes_load(txn->db, scratch, look->server, NULL, 0, &stored, &txn->failure) !=
        PK_OK) {
        return false;
    }
    bool all = true;
    delete_gone(txn, look->server, &stored, look->rows);
    for (size_t i = 0; i < look->rows->count && !pk_txn_failed(txn); i++) {
        const struct pk_row *row = &look->rows->at[i];
        all = (is_stored(&stored, row) || put_row(txn, look->server, row)) && all;
    }
    return all;
}

/* -- Relationships and their health ----------------------------------------------------------- */

/* A partner that was never seen has no row yet: its name stands in the parts all the same. */
static struct pk_relation
with_known_members(struct pk_txn *txn, const struct pk_relation *relation)
{
    struct pk_relation known = *relation;
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (known.servers[side] != NULL && server_id(txn, known.servers[side]) == 0) {
            known.servers[side] = NULL;
        }
    }
    return known;
}

static bool
says_the_same(struct pk_txn *txn, const struct pk_relation *relation)
{
    PK_SCRATCH(scratch);
    struct pk_relations all;
    if (pk_adm_relations_load(txn->db, scratch, &all, &txn->failure) != PK_OK) {
        return false;
    }
    const struct pk_relation *stored = pk_relations_find(&all, relation->name);
    struct pk_sha256 one = pk_parts_hash(&relation->parts);
    struct pk_sha256 other = {{0}};
    if (stored != NULL) {
        other = pk_parts_hash(&stored->parts);
    }
    return pk_sha256_equal(&one, &other);
}

/*
 * Both servers say what they are in; the first one's word stands, or the row would change at every
 * look of a pair that differs.
 * @return whether the tables say what the server says
 */
static bool
put_relations(struct pk_txn *txn, const struct pk_mirrored *look)
{
    bool all = true;
    for (size_t i = 0; i < look->relations->count && !pk_txn_failed(txn); i++) {
        const struct pk_relation *relation = &look->relations->at[i];
        const char *first = relation->servers[PK_SERVER_1];
        int64_t stored =
            pk_txn_number(txn, PK_SQL_RELATION_FIND, 0, PK_VALUES(sql_text(relation->name)));
        if (stored == 0 || (first != NULL && strcmp(first, look->server) == 0)) {
            struct pk_relation known = with_known_members(txn, relation);
            pk_adm_relation_put(txn, &known);
        }
        all = says_the_same(txn, relation) && all;
    }
    return all;
}

static void
put_peerings(struct pk_txn *txn, const struct pk_mirrored *look)
{
    int64_t server = server_id(txn, look->server);
    for (size_t i = 0; i < look->peerings->count; i++) {
        const struct pk_peering *peering = &look->peerings->at[i];
        pk_txn_run(txn, PK_SQL_PEERING_PUT,
                   PK_VALUES(sql_int(server), sql_int((int64_t)i), sql_text(peering->self),
                             sql_text(peering->partner), sql_int(peering->self_is_first)));
    }
    pk_txn_run(txn, PK_SQL_PEERINGS_DELETE,
               PK_VALUES(sql_int(server), sql_int((int64_t)look->peerings->count)));
}

void
pk_mirror_put_health(struct pk_txn *txn, const char *server, const struct pk_relations *relations,
                     struct pk_wall seen)
{
    int64_t id = server_id(txn, server);
    for (size_t i = 0; i < relations->count && id != 0; i++) {
        const struct pk_relation *relation = &relations->at[i];
        const struct pk_pair_health *health = relation->health;
        if (health == NULL) {
            continue;
        }
        pk_txn_run(txn, PK_SQL_PAIR_HEALTH_PUT,
                   PK_VALUES(sql_int(id), sql_text(relation->name), sql_int(relation->state),
                             sql_text(health->role), sql_text(health->state),
                             sql_text(health->partner_state),
                             sql_int_unless(PK_NOT_SAID, health->contact_age_s),
                             sql_int_unless(PK_NOT_SAID, health->unsent_updates),
                             sql_int_unless(PK_NOT_SAID, health->unacked_clients),
                             sql_int(health->in_touch), sql_int(health->interrupted),
                             sql_int(seen.ms), sql_int(seen.ms - PK_SIGHTING_FRESH_MS)));
    }
}

void
pk_mirror_put(struct pk_txn *txn, const struct pk_mirrored *look)
{
    pk_adm_server_put(txn, look->server, look->driver);
    put_peerings(txn, look);
    bool all = put_relations(txn, look);
    all = put_rows(txn, look) && all;
    pk_txn_run(txn, PK_SQL_MIRROR_PUT,
               PK_VALUES(sql_int(server_id(txn, look->server)),
                         sql_text(all ? look->sequence : NULL), sql_text(look->surroundings)));
    pk_mirror_put_health(txn, look->server, look->relations, look->seen);
}

void
pk_mirror_set_unsaved(struct pk_txn *txn, const char *server, const char *driver, bool unsaved)
{
    pk_adm_server_put(txn, server, driver);
    pk_txn_run(txn, PK_SQL_MIRROR_SET_UNSAVED,
               PK_VALUES(sql_int(server_id(txn, server)), sql_int(unsaved)));
}

/* -- Reading ---------------------------------------------------------------------------------- */

static enum pk_code
text_of(struct pk_db *db, struct pk_pool *pool, enum pk_sql statement, const char *server,
        const char **out, struct pk_error *err)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, statement, PK_VALUES(sql_text(server)));
    const char *text = pk_cursor_next(&cursor) ? pk_column_text(pool, &cursor, 0) : NULL;
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *out = text;
    }
    return code;
}

enum pk_code
pk_mirror_sequence(struct pk_db *db, struct pk_pool *pool, const char *server, const char **out,
                   struct pk_error *err)
{
    return text_of(db, pool, PK_SQL_MIRROR_SEQUENCE, server, out, err);
}

enum pk_code
pk_mirror_surroundings(struct pk_db *db, struct pk_pool *pool, const char *server, const char **out,
                       struct pk_error *err)
{
    return text_of(db, pool, PK_SQL_MIRROR_SURROUNDINGS, server, out, err);
}

enum pk_code
pk_mirror_peerings_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                        struct pk_peerings *out, struct pk_error *err)
{
    PK_VECTOR(struct pk_peering) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_PEERINGS_LOAD, PK_VALUES(sql_text(server)));
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_peering){
            .self = pk_column_text(pool, &cursor, 0),
            .partner = pk_column_text(pool, &cursor, 1),
            .self_is_first = pk_column_int(&cursor, 2) != 0,
        };
    }
    *out = (struct pk_peerings){.at = list.at, .count = list.count};
    return pk_cursor_close(&cursor, err);
}

static int64_t
number_or_not_said(const struct pk_cursor *cursor, int column)
{
    return pk_column_is_null(cursor, column) ? PK_NOT_SAID : pk_column_int(cursor, column);
}

enum pk_code
pk_mirror_health_load(struct pk_db *db, struct pk_pool *pool, struct pk_health_record **at,
                      size_t *count, struct pk_error *err)
{
    enum {
        SERVER,
        RELATIONSHIP,
        PAIR_STATE,
        ROLE,
        STATE,
        PARTNER_STATE,
        CONTACT_AGE,
        UNSENT,
        UNACKED,
        IN_TOUCH,
        INTERRUPTED,
        SEEN,
    };
    PK_VECTOR(struct pk_health_record) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_PAIR_HEALTH_LOAD, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_health_record){
            .server = pk_column_text(pool, &cursor, SERVER),
            .relationship = pk_column_text(pool, &cursor, RELATIONSHIP),
            .pair_state = (enum pk_pair_state)pk_column_int(&cursor, PAIR_STATE),
            .health = {.role = pk_column_text(pool, &cursor, ROLE),
                       .state = pk_column_text(pool, &cursor, STATE),
                       .partner_state = pk_column_text(pool, &cursor, PARTNER_STATE),
                       .contact_age_s = number_or_not_said(&cursor, CONTACT_AGE),
                       .unsent_updates = number_or_not_said(&cursor, UNSENT),
                       .unacked_clients = number_or_not_said(&cursor, UNACKED),
                       .in_touch = pk_column_int(&cursor, IN_TOUCH) != 0,
                       .interrupted = pk_column_int(&cursor, INTERRUPTED) != 0},
            .seen = pk_column_time(&cursor, SEEN),
        };
    }
    *at = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}

enum pk_code
pk_mirror_unsaved_load(struct pk_db *db, struct pk_pool *pool, const char *const **names,
                       size_t *count, struct pk_error *err)
{
    PK_VECTOR(const char *) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_MIRRORS_UNSAVED, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = pk_column_text(pool, &cursor, 0);
    }
    *names = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}
