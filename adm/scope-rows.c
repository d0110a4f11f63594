/*
 * Five cursors in one order, merged: the scopes, and what hangs on them.  So a server's hundred
 * thousand scopes are five scans and not five hundred thousand questions.  One scope is the same
 * with both ends of the address interval at its address.
 */
#include "adm/scopes.h"

#include <string.h>

#include "adm/column.h"
#include "adm/ranges.h"
#include "adm/scope-fields.h"
#include "base/text.h"

/* One of the cursors; column 0 is the record id of the scope. */
struct stream {
    struct pk_cursor cursor;
    bool live; /* stands on a row */
};

enum { SCOPES, RANGES, OPTIONS, RESERVATIONS, RESERVATION_OPTIONS, STREAMS };

struct reader {
    struct pk_db *db;
    struct pk_pool *pool;    /* of the rows                          */
    struct pk_pool *scratch; /* of what is used again for each scope */
    struct stream streams[STREAMS];
    struct pk_part_list parts;
    struct pk_text text;
    PK_VECTOR(struct pk_pool_range) ranges;
    PK_VECTOR(struct pk_row) rows;
};

static void
advance(struct stream *stream)
{
    stream->live = pk_cursor_next(&stream->cursor);
}

static bool
belongs_to(const struct stream *stream, int64_t scope)
{
    return stream->live && pk_column_int(&stream->cursor, 0) == scope;
}

static void
add_part(struct reader *reader, enum pk_scope_field field, const char *key, const char *value)
{
    *pk_push(reader->scratch, &reader->parts) =
        (struct pk_part){.field = &pk_scope_fields.at[field], .key = key, .value = value};
}

static struct pk_text *
empty_text(struct reader *reader)
{
    reader->text.count = 0;
    return &reader->text;
}

static void
add_scope_columns(struct reader *reader, const struct pk_cursor *cursor)
{
    enum { RELATIONSHIP = 5, SUPERSCOPE, KEA, FIRST_FIELD };
    struct pk_pool *pool = reader->pool;
    for (int i = 0; i < PK_SCOPE_COLUMN_COUNT; i++) {
        const struct pk_field *field = &pk_scope_fields.at[pk_scope_columns[i]];
        pk_field_from_column(pool, field, cursor, FIRST_FIELD + i, &reader->parts);
    }
    pk_field_from_column(pool, &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP], cursor, RELATIONSHIP,
                         &reader->parts);
    pk_field_from_column(pool, &pk_scope_fields.at[PK_SCOPE_SHARED_NETWORK], cursor, SUPERSCOPE,
                         &reader->parts);
    pk_map_from_column(pool, &pk_scope_fields.at[PK_SCOPE_KEA], cursor, KEA, &reader->parts);
}

static void
add_ranges(struct reader *reader, int64_t scope)
{
    struct stream *stream = &reader->streams[RANGES];
    reader->ranges.count = 0;
    for (; belongs_to(stream, scope); advance(stream)) {
        const struct pk_cursor *cursor = &stream->cursor;
        *pk_push(reader->scratch, &reader->ranges) = (struct pk_pool_range){
            .range = {(uint32_t)pk_column_int(cursor, 1), (uint32_t)pk_column_int(cursor, 2)},
            .settings = pk_column_text(reader->pool, cursor, 3),
        };
    }
    if (reader->ranges.count > 0) {
        add_part(
            reader, PK_SCOPE_RANGES, "",
            pk_ranges_canonical(reader->pool, reader->ranges.at, reader->ranges.count, NULL, 0));
    }
}

/* `"name":` when the flag in @p column is said at all. */
static void
add_flag(struct pk_text *text, const char *name, const struct pk_cursor *cursor, int column)
{
    if (!pk_column_is_null(cursor, column)) {
        pk_text_addf(text, "\"%s\":%s,", name, pk_column_int(cursor, column) ? "true" : "false");
    }
}

/* The option's value from columns values, always_send, never_send. */
static void
add_option_value(struct pk_text *text, const struct pk_cursor *cursor, int column)
{
    const char *values = pk_column_peek(cursor, column);
    if (pk_column_is_null(cursor, column + 1) && pk_column_is_null(cursor, column + 2)) {
        pk_text_add(text, values);
        return;
    }
    pk_text_add(text, "{");
    add_flag(text, "always-send", cursor, column + 1);
    add_flag(text, "never-send", cursor, column + 2);
    pk_text_addf(text, "\"value\":%s}", values);
}

static void
add_options(struct reader *reader, int64_t scope)
{
    struct stream *stream = &reader->streams[OPTIONS];
    for (; belongs_to(stream, scope); advance(stream)) {
        struct pk_text *text = empty_text(reader);
        add_option_value(text, &stream->cursor, 2);
        add_part(reader, PK_SCOPE_OPTIONS, pk_column_text(reader->pool, &stream->cursor, 1),
                 pk_strdup(reader->pool, text->at));
    }
}

/* `"name":` before a member; the caller writes the value. */
static void
begin_member(struct pk_text *text, const char *name)
{
    pk_text_add(text, text->at[text->count - 1] == '{' ? "" : ",");
    pk_text_add_json(text, name);
    pk_text_add(text, ":");
}

static void
add_text_member(struct pk_text *text, const char *name, const struct pk_cursor *cursor, int column)
{
    const char *value = pk_column_peek(cursor, column);
    if (value != NULL) {
        begin_member(text, name);
        pk_text_add_json(text, value);
    }
}

static void
add_reservation_options(struct reader *reader, struct pk_text *text, int64_t scope,
                        int64_t reservation)
{
    struct stream *stream = &reader->streams[RESERVATION_OPTIONS];
    if (!belongs_to(stream, scope) || pk_column_int(&stream->cursor, 1) != reservation) {
        return;
    }
    begin_member(text, "options");
    pk_text_add(text, "{");
    for (; belongs_to(stream, scope) && pk_column_int(&stream->cursor, 1) == reservation;
         advance(stream)) {
        begin_member(text, pk_column_peek(&stream->cursor, 2));
        add_option_value(text, &stream->cursor, 3);
    }
    pk_text_add(text, "}");
}

/* Members in the order of their names, as canonical JSON has them. */
static void
add_reservations(struct reader *reader, int64_t scope)
{
    enum { RECORD = 1, TYPE, IDENTIFIER, ADDRESS, HOSTNAME, NAME, KEA };
    struct stream *stream = &reader->streams[RESERVATIONS];
    for (; belongs_to(stream, scope); advance(stream)) {
        const struct pk_cursor *cursor = &stream->cursor;
        struct pk_text *text = empty_text(reader);
        pk_text_add(text, "{");
        add_text_member(text, "hostname", cursor, HOSTNAME);
        if (!pk_column_is_null(cursor, ADDRESS)) {
            char address[PK_IPV4_TEXT_BYTES];
            begin_member(text, "ip");
            pk_text_add_json(text,
                             pk_format_ipv4(address, (uint32_t)pk_column_int(cursor, ADDRESS)));
        }
        if (!pk_column_is_null(cursor, KEA)) {
            begin_member(text, "kea");
            pk_text_add(text, pk_column_peek(cursor, KEA));
        }
        add_text_member(text, "name", cursor, NAME);
        add_reservation_options(reader, text, scope, pk_column_int(cursor, RECORD));
        pk_text_add(text, "}");
        add_part(reader, PK_SCOPE_RESERVATIONS,
                 pk_sprintf(reader->pool, "%s=%s", pk_column_peek(cursor, TYPE),
                            pk_column_peek(cursor, IDENTIFIER)),
                 pk_strdup(reader->pool, text->at));
    }
}

static void
read_scope(struct reader *reader)
{
    enum { STATUS = 3, LEASES, RELATIONSHIP };
    const struct pk_cursor *cursor = &reader->streams[SCOPES].cursor;
    int64_t scope = pk_column_int(cursor, 0);
    reader->parts.count = 0;
    add_scope_columns(reader, cursor);
    add_ranges(reader, scope);
    add_options(reader, scope);
    add_reservations(reader, scope);

    struct pk_parts parts = pk_part_list_canonical(reader->pool, &reader->parts);
    bool counted = !pk_column_is_null(cursor, LEASES);
    *pk_push(reader->pool, &reader->rows) = (struct pk_row){
        .subnet = pk_column_prefix(cursor, 1),
        .relationship = pk_column_text(reader->pool, cursor, RELATIONSHIP),
        .parts = parts,
        .hash = pk_parts_hash(&parts),
        .status = (enum pk_sync_status)pk_column_int(cursor, STATUS),
        .active_leases = counted ? pk_column_int(cursor, LEASES) : PK_LEASES_UNKNOWN,
    };
}

/* Adds the scopes of @p server with addresses in @p range. */
static enum pk_code
read_range(struct reader *reader, const char *server, struct pk_range range, struct pk_error *err)
{
    static const enum pk_sql statements[STREAMS] = {
        [SCOPES] = PK_SQL_SCOPES,
        [RANGES] = PK_SQL_SCOPE_RANGES,
        [OPTIONS] = PK_SQL_SCOPE_OPTIONS,
        [RESERVATIONS] = PK_SQL_SCOPE_RESERVATIONS,
        [RESERVATION_OPTIONS] = PK_SQL_RESERVATION_OPTIONS,
    };
    for (size_t i = 0; i < STREAMS; i++) {
        pk_cursor_open(&reader->streams[i].cursor, reader->db, statements[i],
                       PK_VALUES(sql_text(server), sql_int(range.first), sql_int(range.last)));
        advance(&reader->streams[i]);
    }
    for (; reader->streams[SCOPES].live; advance(&reader->streams[SCOPES])) {
        read_scope(reader);
    }
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < STREAMS; i++) {
        enum pk_code one = pk_cursor_close(&reader->streams[i].cursor, code == PK_OK ? err : NULL);
        code = code == PK_OK ? one : code;
    }
    return code;
}

/* Each of @p only, unless it has another length here. */
static enum pk_code
read_only(struct reader *reader, const char *server, const struct pk_prefix *only, size_t count,
          struct pk_error *err)
{
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < count && code == PK_OK; i++) {
        size_t before = reader->rows.count;
        code = read_range(reader, server, (struct pk_range){only[i].address, only[i].address}, err);
        if (reader->rows.count > before &&
            reader->rows.at[before].subnet.length != only[i].length) {
            reader->rows.count = before;
        }
    }
    return code;
}

enum pk_code
pk_adm_scopes_load(struct pk_db *db, struct pk_pool *pool, const char *server,
                   const struct pk_prefix *only, size_t only_count, struct pk_rows *out,
                   struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct reader reader = {.db = db, .pool = pool, .scratch = scratch, .text = {.pool = scratch}};
    bool begun = pk_snapshot_begin(db);
    enum pk_code code = only != NULL
                            ? read_only(&reader, server, only, only_count, err)
                            : read_range(&reader, server, (struct pk_range){0, UINT32_MAX}, err);
    pk_snapshot_end(db, begun);
    if (code == PK_OK) {
        *out = (struct pk_rows){.at = reader.rows.at, .count = reader.rows.count};
    }
    return code;
}
