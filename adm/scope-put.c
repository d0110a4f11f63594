/*
 * Only what differs is written.  The row is read as parts, compared with the wanted parts, and each
 * difference is a removal, an addition, or both; all removals come first, so that an address can
 * move from one reservation to another.  Plain columns are written together, once.
 */
#include "adm/scopes.h"

#include <string.h>

#include "adm/column.h"
#include "adm/definitions.h"
#include "adm/ranges.h"
#include "adm/scope-fields.h"
#include "base/json.h"

struct put {
    struct pk_txn *txn;
    struct pk_pool *pool;
    int64_t server, scope; /* record ids */
    const struct pk_row *row;
    bool columns; /* a plain column differs */
};

/* -- Options ---------------------------------------------------------------------------------- */

/* 1, 0, or NULL when the flag is not said. */
static struct pk_value
flag_column(const json_t *value, const char *name)
{
    const json_t *flag = json_object_get(value, name);
    return json_is_boolean(flag) ? sql_int(json_is_true(flag)) : sql_text(NULL);
}

/* @p reservation 0 = an option of the scope itself. */
static void
insert_option(struct put *put, int64_t reservation, const char *name, const json_t *value)
{
    const json_t *values = json_is_object(value) ? json_object_get(value, "value") : value;
    if (!json_is_array(values)) {
        pk_txn_failf(put->txn, PK_EINVAL, "the value of option %s is not a list: write it as one",
                     name);
        return;
    }
    int64_t definition = pk_adm_definition_id(put->txn, put->server, name);
    pk_txn_run(put->txn, PK_SQL_OPTION_INSERT,
               PK_VALUES(sql_int(put->server), sql_int(put->scope), sql_int_unless(0, reservation),
                         sql_int(definition), sql_text(pk_json_text(put->pool, values)),
                         flag_column(value, "always-send"), flag_column(value, "never-send")));
}

static void
remove_option(struct put *put, const struct pk_part_pair *pair)
{
    int64_t definition = pk_adm_definition_id(put->txn, put->server, pair->key);
    pk_txn_run(put->txn, PK_SQL_OPTION_DELETE, PK_VALUES(sql_int(put->scope), sql_int(definition)));
}

static void
add_option(struct put *put, const struct pk_part_pair *pair)
{
    json_auto_t *value = pk_json_parse(pair->b, &put->txn->failure);
    insert_option(put, 0, pair->key, value);
}

/* -- Reservations ----------------------------------------------------------------------------- */

/* `mac=00:1a:…` as type and identifier; false after a failure. */
static bool
split_identifier(struct put *put, const char *key, const char **type, const char **identifier)
{
    size_t length = strcspn(key, "=");
    if (length == 0 || key[length] != '=' || key[length + 1] == '\0') {
        pk_txn_failf(put->txn, PK_EINVAL, "'%s' names no client: write TYPE=IDENTIFIER", key);
        return false;
    }
    *type = pk_strndup(put->pool, key, length);
    *identifier = key + length + 1;
    return true;
}

static void
remove_reservation(struct put *put, const struct pk_part_pair *pair)
{
    const char *type, *identifier;
    if (split_identifier(put, pair->key, &type, &identifier)) {
        pk_txn_run(put->txn, PK_SQL_RESERVATION_DELETE,
                   PK_VALUES(sql_int(put->scope), sql_text(type), sql_text(identifier)));
    }
}

/* The address of a reservation: NULL without one, a failure when it is none. */
static struct pk_value
address_column(struct put *put, const char *key, const json_t *reservation)
{
    const json_t *ip = json_object_get(reservation, "ip");
    uint32_t address = 0;
    if (ip == NULL) {
        return sql_text(NULL);
    }
    if (json_is_string(ip) && !pk_parse_ipv4(json_string_value(ip), &address)) {
        pk_txn_failf(put->txn, PK_EINVAL, "the address of reservation %s is no IPv4 address", key);
    }
    return sql_int(address);
}

/* What no column holds would be lost without a word. */
static void
check_members(struct put *put, const char *key, json_t *reservation)
{
    static const struct {
        const char *name;
        json_type type;
    } known[] = {{"hostname", JSON_STRING},
                 {"ip", JSON_STRING},
                 {"kea", JSON_OBJECT},
                 {"name", JSON_STRING},
                 {"options", JSON_OBJECT}};
    const char *member;
    json_t *value;
    json_object_foreach(reservation, member, value)
    {
        bool fits = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            fits |= strcmp(known[i].name, member) == 0 && json_typeof(value) == known[i].type;
        }
        if (!fits) {
            pk_txn_failf(put->txn, PK_EINVAL,
                         "reservation %s has no such field '%s': see the "
                         "reference of scope files",
                         key, member);
        }
    }
}

static void
add_reservation(struct put *put, const struct pk_part_pair *pair)
{
    const char *type, *identifier;
    json_auto_t *reservation = pk_json_parse(pair->b, &put->txn->failure);
    if (!split_identifier(put, pair->key, &type, &identifier)) {
        return;
    }
    check_members(put, pair->key, reservation);
    const json_t *kea = json_object_get(reservation, "kea");
    int64_t id = pk_txn_insert(
        put->txn, PK_SQL_RESERVATION_INSERT,
        PK_VALUES(sql_int(put->scope), sql_text(type), sql_text(identifier),
                  address_column(put, pair->key, reservation),
                  sql_text(json_string_value(json_object_get(reservation, "hostname"))),
                  sql_text(json_string_value(json_object_get(reservation, "name"))),
                  sql_text(kea != NULL ? pk_json_text(put->pool, kea) : NULL)));
    const char *option;
    json_t *value;
    json_object_foreach(json_object_get(reservation, "options"), option, value)
    {
        insert_option(put, id, option, value);
    }
}

/* -- Ranges ----------------------------------------------------------------------------------- */

static void
set_hull(struct put *put, const struct pk_pool_ranges *ranges)
{
    if (ranges->count == 0) {
        pk_txn_run(
            put->txn, PK_SQL_SCOPE_SET_RANGES,
            PK_VALUES(sql_int(put->scope), sql_text(NULL), sql_text(NULL), sql_int(0), sql_int(0)));
        return;
    }
    int64_t first = ranges->at[0].range.first, last = ranges->at[ranges->count - 1].range.last;
    int64_t total = last - first + 1;
    pk_txn_run(put->txn, PK_SQL_SCOPE_SET_RANGES,
               PK_VALUES(sql_int(put->scope), sql_int(first), sql_int(last), sql_int(total),
                         sql_int(total - (int64_t)pk_ranges_size(ranges))));
}

static void
remove_ranges(struct put *put, const struct pk_part_pair *pair)
{
    (void)pair;
    pk_txn_run(put->txn, PK_SQL_RANGES_DELETE, PK_VALUES(sql_int(put->scope)));
    set_hull(put, &(struct pk_pool_ranges){0});
}

static void
add_ranges(struct put *put, const struct pk_part_pair *pair)
{
    struct pk_pool_ranges ranges;
    if (!pk_ranges_parse(put->pool, pair->b, &ranges)) {
        pk_txn_failf(put->txn, PK_EINVAL, "%.200s are no canonical ranges", pair->b);
        return;
    }
    for (size_t i = 0; i < ranges.count; i++) {
        const struct pk_pool_range *one = &ranges.at[i];
        pk_txn_run(put->txn, PK_SQL_RANGE_INSERT,
                   PK_VALUES(sql_int(put->scope), sql_int(one->range.first),
                             sql_int(one->range.last), sql_text(one->settings)));
    }
    set_hull(put, &ranges);
}

/* -- Link, id, columns ------------------------------------------------------------------------ */

static void
remove_link(struct put *put, const struct pk_part_pair *pair)
{
    (void)pair;
    pk_txn_run(put->txn, PK_SQL_LINK_DELETE, PK_VALUES(sql_int(put->scope)));
}

static void
add_link(struct put *put, const struct pk_part_pair *pair)
{
    const char *name = pk_text_from_json(put->pool, pair->b);
    int64_t relation = pk_txn_number(put->txn, PK_SQL_RELATION_FIND, 0, PK_VALUES(sql_text(name)));
    if (relation == 0) {
        pk_txn_failf(put->txn, PK_ENOENT, "there is no relationship %s to link the scope to", name);
    } else if (pk_txn_number(put->txn, PK_SQL_RELATION_HAS_MEMBER, 0,
                             PK_VALUES(sql_int(relation), sql_int(put->server))) == 0) {
        pk_txn_failf(put->txn, PK_EINVAL,
                     "the server is not a member of relationship %s: a scope is linked on its two "
                     "servers only",
                     name);
    }
    pk_txn_run(put->txn, PK_SQL_LINK_INSERT, PK_VALUES(sql_int(put->scope), sql_int(relation)));
}

static void
note_columns(struct put *put, const struct pk_part_pair *pair)
{
    (void)pair;
    put->columns = true;
}

/* The id that is given up must not go to another prefix. */
static void
retire_id(struct put *put, const struct pk_part_pair *pair)
{
    pk_txn_run(put->txn, PK_SQL_RETIRED_INSERT, PK_VALUES(sql_int(put->scope)));
    note_columns(put, pair);
}

static void
write_columns(struct put *put)
{
    const struct pk_parts *parts = &put->row->parts;
    const char *network = pk_parts_get(parts, &pk_scope_fields.at[PK_SCOPE_SHARED_NETWORK], "");
    int64_t superscope =
        network == NULL
            ? 0
            : pk_adm_superscope_id(put->txn, put->server, pk_text_from_json(put->pool, network));
    enum { FIRST_FIELD = 3, VALUES = FIRST_FIELD + PK_SCOPE_COLUMN_COUNT };
    struct pk_value values[VALUES] = {
        sql_int(put->scope),
        sql_int_unless(0, superscope),
        sql_text(pk_map_to_column(put->pool, &pk_scope_fields.at[PK_SCOPE_KEA], parts)),
    };
    for (size_t i = 0; i < PK_SCOPE_COLUMN_COUNT; i++) {
        values[FIRST_FIELD + i] =
            pk_field_to_column(put->pool, &pk_scope_fields.at[pk_scope_columns[i]], parts);
    }
    pk_txn_run(put->txn, PK_SQL_SCOPE_UPDATE, values, VALUES);
}

/* -- The whole -------------------------------------------------------------------------------- */

/* How a difference of each field is written; a value that changes is removed, then added. */
static const struct {
    void (*remove)(struct put *put, const struct pk_part_pair *pair);
    void (*add)(struct put *put, const struct pk_part_pair *pair);
} stores[PK_SCOPE_FIELD_COUNT] = {
    [PK_SCOPE_RELATIONSHIP] = {remove_link, add_link},
    [PK_SCOPE_ID] = {retire_id, note_columns},
    [PK_SCOPE_NAME] = {note_columns, note_columns},
    [PK_SCOPE_DESCRIPTION] = {note_columns, note_columns},
    [PK_SCOPE_STATE] = {note_columns, note_columns},
    [PK_SCOPE_RANGES] = {remove_ranges, add_ranges},
    [PK_SCOPE_LEASE_TIME] = {note_columns, note_columns},
    [PK_SCOPE_RENEW_TIME] = {note_columns, note_columns},
    [PK_SCOPE_REBIND_TIME] = {note_columns, note_columns},
    [PK_SCOPE_SHARED_NETWORK] = {note_columns, note_columns},
    [PK_SCOPE_OPTIONS] = {remove_option, add_option},
    [PK_SCOPE_RESERVATIONS] = {remove_reservation, add_reservation},
    [PK_SCOPE_KEA] = {note_columns, note_columns},
};

/* Writes the removals or the additions among the differences; false when there are none. */
static bool
write_differences(struct put *put, const struct pk_parts *stored, bool additions)
{
    bool any = false;
    struct pk_parts_walk walk = {.a = stored, .b = &put->row->parts};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        const char *value = additions ? pair.b : pair.a;
        bool differs = pair.a == NULL || pair.b == NULL || strcmp(pair.a, pair.b) != 0;
        if (!differs || value == NULL || pk_txn_failed(put->txn)) {
            continue;
        }
        any = true;
        size_t field = pk_field_index(&pk_scope_fields, pair.field);
        if (additions) {
            stores[field].add(put, &pair);
        } else {
            stores[field].remove(put, &pair);
        }
    }
    return any;
}

/* The scope's record id, 0 when there is none; a failure when its address has another length. */
static int64_t
find_scope(struct pk_txn *txn, int64_t server, struct pk_prefix subnet)
{
    int64_t id = 0;
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, txn->db, PK_SQL_SCOPE_FIND,
                   PK_VALUES(sql_int(server), sql_int(subnet.address)));
    if (pk_cursor_next(&cursor)) {
        id = pk_column_int(&cursor, 0);
        int64_t length = pk_column_int(&cursor, 1);
        if (length != subnet.length) {
            pk_txn_failf(txn, PK_EREFUSED,
                         "the server holds the same network with length %lld: delete that scope "
                         "first",
                         (long long)length);
        }
    }
    pk_cursor_close_in(&cursor, txn);
    return id;
}

/* What stands there, or nothing at all for a scope that was just made. */
static struct pk_parts
stored_parts(struct put *put, const char *server, bool made)
{
    struct pk_rows rows = {0};
    struct pk_error why = {0};
    if (!made && pk_adm_scopes_load(put->txn->db, put->pool, server, &put->row->subnet, 1, &rows,
                                    &why) != PK_OK) {
        pk_txn_fail(put->txn, &why);
    }
    return rows.count > 0 ? rows.at[0].parts : (struct pk_parts){0};
}

static void
put_scope(struct put *put, const char *server)
{
    const struct pk_value address = sql_int(put->row->subnet.address);
    put->scope = find_scope(put->txn, put->server, put->row->subnet);
    bool made = put->scope == 0;
    if (made) {
        put->scope = pk_txn_insert(
            put->txn, PK_SQL_SCOPE_INSERT,
            PK_VALUES(sql_int(put->server), address, sql_int(put->row->subnet.length)));
    }
    struct pk_parts stored = stored_parts(put, server, made);
    bool removed = write_differences(put, &stored, false);
    bool added = write_differences(put, &stored, true);
    if (put->columns) {
        write_columns(put);
    }
    if (made || removed || added) {
        struct pk_sha256 hash = pk_parts_hash(&put->row->parts);
        pk_txn_run(put->txn, PK_SQL_SCOPE_SET_HASH,
                   PK_VALUES(sql_int(put->scope), sql_hash(&hash)));
        pk_txn_run(put->txn, PK_SQL_SERVER_CHANGED, PK_VALUES(sql_int(put->server)));
    }
}

void
pk_adm_scope_put(struct pk_txn *txn, const char *server, const struct pk_row *row)
{
    PK_SCRATCH(scratch);
    if (pk_txn_failed(txn)) {
        return;
    }
    struct put put = {.txn = txn, .pool = scratch, .row = row};
    put.server = pk_adm_server_id(txn, server);
    if (!pk_txn_failed(txn)) {
        put_scope(&put, server);
    }
    if (pk_txn_failed(txn)) {
        pk_error_prefix(&txn->failure, "cannot store scope %s on %s",
                        pk_prefix_text(scratch, row->subnet), server);
    }
}
