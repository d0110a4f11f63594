/**
 * @file
 * JSON as Kea speaks it, read into a tree and written again without a loss.
 *
 * Kea's strings are bytes: it prints every byte above 0x7f as one `\u00XX`, so a reader that takes
 * them for characters doubles them on every way there and back.  Its numbers are 64-bit integers
 * and reals that must come back as they were written.  Its files have comments, trailing commas and
 * includes.  Hence a reader of its own: numbers stay text, strings are bytes with a length, a place
 * stands in every message, and everything lives in a pool.
 */
#ifndef PK_DRIVERS_KEA_JSON_H
#define PK_DRIVERS_KEA_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum pk_kea_kind {
    PK_KEA_NULL,
    PK_KEA_FALSE,
    PK_KEA_TRUE,
    PK_KEA_NUMBER,
    PK_KEA_STRING,
    PK_KEA_LIST,
    PK_KEA_MAP,
};

struct pk_kea_member;

struct pk_kea_value {
    enum pk_kea_kind kind;
    uint32_t line; /**< where it begins in its source, from 1; 0 = made by us */
    size_t count;  /**< bytes of a STRING, items of a LIST, members of a MAP  */
    union {
        const char *text; /**< NUMBER: as written; STRING: its bytes, ended by NUL */
        const struct pk_kea_value *items;
        const struct pk_kea_member
            *members; /**< in their order; each key once, the last one wins */
    };
};

struct pk_kea_member {
    const char *key;
    struct pk_kea_value value;
};

/** Limits that every reader has: what is larger is refused before it costs anything. */
enum { PK_KEA_DEPTH_MAX = 64, PK_KEA_BYTES_MAX = 256 << 20 };

/**
 * Strict JSON, as it comes over the wire.  Nothing of @p bytes is borrowed.
 * @param where  the server or file, for messages
 * @return PK_OK; PK_EINVAL "where:line:column: message" (not JSON, too deep, too large)
 */
enum pk_code pk_kea_parse(struct pk_pool *pool, const char *where, const char *bytes, size_t count,
                          struct pk_kea_value *out, struct pk_error *err);

/**
 * The same of bytes that nobody else needs: they are taken apart where they lie, with a NUL behind
 * them, and must live as long as the pool.
 */
enum pk_code pk_kea_parse_in_place(struct pk_pool *pool, const char *where, char *bytes,
                                   size_t count, struct pk_kea_value *out, struct pk_error *err);

/**
 * A configuration file: comments of all three kinds, trailing commas, reals without a leading zero,
 * `<?include "file"?>`.  Includes are read from the folder of @p path and below it only, never
 * through a link that leads out, ten levels deep at the most.
 * @return PK_OK; PK_ENOENT, PK_EACCESS, PK_ESYS; PK_EINVAL as above, naming the file it is in
 */
enum pk_code pk_kea_parse_file(struct pk_pool *pool, const char *path, struct pk_kea_value *out,
                               struct pk_error *err);

/** The member called @p key of a map; NULL when there is none, or @p map is NULL or no map. */
const struct pk_kea_value *pk_kea_get(const struct pk_kea_value *map, const char *key);

/** The items of the list @p key of a map; none when it is not there or no list. */
struct pk_kea_items {
    const struct pk_kea_value *at;
    size_t count;
};
struct pk_kea_items pk_kea_list(const struct pk_kea_value *map, const char *key);

/** The string @p key of a map, ended by NUL; NULL when it is not there or no string. */
const char *pk_kea_text(const struct pk_kea_value *map, const char *key);

/** True only when the member is there and `true`. */
bool pk_kea_is_true(const struct pk_kea_value *map, const char *key);

/** The whole number @p key of a map; false when it is not there, no integer or out of range. */
bool pk_kea_integer(const struct pk_kea_value *map, const char *key, int64_t *out);

/** All of it again, in @p pool. */
struct pk_kea_value pk_kea_copy(struct pk_pool *pool, const struct pk_kea_value *value);

/**
 * As canonical JSON text (base/json.h): keys sorted, numbers in their shortest form; bytes that are
 * UTF-8 as the characters they are, others each as the character of its number.
 */
const char *pk_kea_canonical(struct pk_pool *pool, const struct pk_kea_value *value);

/** A key of a map as it stands in canonical text, and the order of keys there. */
void pk_kea_add_key(struct pk_text *out, const char *key);
int pk_kea_key_compare(const char *left, const char *right);

/**
 * Is this its canonical text?  Without making it, so in doubt no: of a map that is not sorted, of a
 * string that holds more than printable ASCII or has an escape, of a number in another form.
 */
bool pk_kea_is_text(const struct pk_kea_value *value, const char *text);

/** As Kea takes it: numbers as they were written, bytes above 0x7f as `\u00XX`. */
void pk_kea_print(struct pk_text *out, const struct pk_kea_value *value);

#endif
