/**
 * @file
 * Inside of the JSON reader: what its two dialects share.
 *
 * A source is one document that nobody else needs, taken apart where it lies: strings lose their
 * escapes in place and keep their bytes there, so a tree costs its nodes and nothing else.
 */
#ifndef PK_DRIVERS_KEA_JSON_READER_H
#define PK_DRIVERS_KEA_JSON_READER_H

#include "drivers/kea-json.h"

struct pk_kea_source {
    const char *name; /**< for messages       */
    char *first;      /**< byte               */
    char *at;         /**< next byte          */
    char *end;        /**< a NUL stands there */
    char *line_start;
    uint32_t line;
    struct pk_kea_source *includer; /**< goes on when this one has ended; NULL = the first */
};

struct pk_kea_reader {
    struct pk_pool *pool;    /* the tree's */
    struct pk_pool *scratch; /* ends with the reading */
    struct pk_kea_source *source;
    /** Reads over what is no JSON value: comments, includes.  NULL = strict JSON. */
    bool (*skip_foreign)(struct pk_kea_reader *reader);
    const char *folder; /* includes come from here; resolved */
    size_t bytes_left;  /* of what includes may bring */
    size_t depth, includes;
    PK_VECTOR(struct pk_kea_member) open; /* members of the containers that are not closed yet */
    enum pk_code code;
    struct pk_error *err;
};

/** A source of @p count bytes that live as long as the pool, with a NUL behind them. */
struct pk_kea_source *
pk_kea_source_new(struct pk_pool *pool, const char *name, char *bytes, size_t count);

/** Reads the one value of the first source, and nothing may follow it. */
enum pk_code pk_kea_read(struct pk_kea_reader *reader, struct pk_kea_value *out);

/** At the opening quote; leaves the reader after the closing one. */
bool pk_kea_scan_string(struct pk_kea_reader *reader, const char **text, size_t *count);

/** At the first byte of a number. */
bool pk_kea_scan_number(struct pk_kea_reader *reader, struct pk_kea_value *out);

/** Notes the failure with the place of @p at in the current source; false, to be returned. */
bool
pk_kea_fail(struct pk_kea_reader *reader, const char *at, const char *format, ...) PK_PRINTF(3, 4);

#endif
