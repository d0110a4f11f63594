/* Which commits were seen and applied, and when servers were last read. */
#include "adm/query.h"
#include "adm/steering.h"

static const char *const kind_names[PK_REVISION_KIND_COUNT] = {
    [PK_REVISION_ATTEMPTED] = "attempted",
    [PK_REVISION_APPLIED] = "applied",
    [PK_REVISION_VERIFIED] = "verified",
};

void
pk_revision_set(struct pk_txn *txn, const char *relationship, enum pk_revision_kind kind,
                const char *commit, struct pk_wall now)
{
    pk_txn_run(txn, PK_SQL_REVISION_PUT,
               PK_VALUES(sql_text(relationship), sql_text(kind_names[kind]), sql_text(commit),
                         sql_int(now.ms)));
}

enum pk_code
pk_revision_get(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                enum pk_revision_kind kind, const char **commit, struct pk_error *err)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_REVISION_GET,
                   PK_VALUES(sql_text(relationship), sql_text(kind_names[kind])));
    const char *found = pk_cursor_next(&cursor) ? pk_column_text(pool, &cursor, 0) : NULL;
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *commit = found;
    }
    return code;
}

void
pk_sighting_put(struct pk_txn *txn, const struct pk_sighting *sighting)
{
    pk_txn_run(txn, PK_SQL_SIGHTING_PUT,
               PK_VALUES(sql_text(sighting->server), sql_int(sighting->reachable),
                         sql_int(sighting->observed_at.ms), sql_text(sighting->reason),
                         sql_int(PK_SIGHTING_FRESH_MS)));
}

enum pk_code
pk_sightings_load(struct pk_db *db, struct pk_pool *pool, struct pk_sighting **at, size_t *count,
                  struct pk_error *err)
{
    PK_VECTOR(struct pk_sighting) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_SIGHTINGS_LOAD, NULL, 0);
    while (pk_cursor_next(&cursor)) {
        *pk_push(pool, &list) = (struct pk_sighting){
            .server = pk_column_text(pool, &cursor, 0),
            .reachable = pk_column_int(&cursor, 1) != 0,
            .observed_at = pk_column_time(&cursor, 2),
            .reason = pk_column_text(pool, &cursor, 3),
        };
    }
    *at = list.at;
    *count = list.count;
    return pk_cursor_close(&cursor, err);
}
