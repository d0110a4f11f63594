/**
 * @file
 * The configuration of one object as a sorted list of named parts.
 *
 * A part is the smallest thing that is compared, owned, remembered as base, reported and stored:
 * `lease-time`, `options.routers`, `reservations.mac=00:1a:2b:3c:4d:5e`, `ranges`, `kea.allocator`.
 * A scope's content is its parts and nothing else, whoever holds it (Git, a server, the base), so
 * want, diff, hash and display are walks over sorted arrays.
 *
 * A part is absent when the object has no such value or only the field's default.
 */
#ifndef PK_ADM_PART_H
#define PK_ADM_PART_H

#include "adm/field.h"
#include "base/sha256.h"

struct pk_part {
    const struct pk_field *field; /**< row of the object's table                              */
    const char *key;              /**< option name, identifier, kea key; "" for whole fields  */
    const char *value;            /**< canonical JSON text, never NULL                        */
};

/** Sorted by pk_part_compare(), each (field, key) once. */
struct pk_parts {
    const struct pk_part *at;
    size_t count;
};

/** Order of field rows, then of keys bytewise.  Both parts must be of the same table. */
int pk_part_compare(const struct pk_part *a, const struct pk_part *b);

/** `field` or `field.key`: the name in JSON, events and `applied`. */
const char *pk_part_name(struct pk_pool *pool, const struct pk_field *field, const char *key);

/** Splits a part's name; false when @p table has no such field or the key is missing or too much.
 */
bool pk_part_parse_name(const struct pk_field_table *table, const char *name,
                        const struct pk_field **field, const char **key);

/** The value of (field, key), or NULL when absent.  Borrowed from @p parts. */
const char *
pk_parts_get(const struct pk_parts *parts, const struct pk_field *field, const char *key);

/** Sorts @p count parts in place and drops those that only hold their field's default. */
struct pk_parts pk_parts_canonical(struct pk_part *at, size_t count);

/** SHA-256 over names and values in order, without PK_FIELD_KEPT_BY_US fields. */
struct pk_sha256 pk_parts_hash(const struct pk_parts *parts);

/** The same over @p more as well: what is kept beside the parts. */
struct pk_sha256
pk_parts_hash_with(const struct pk_parts *parts, const void *more, size_t more_bytes);

/** One step of a merge walk over two sorted lists. */
struct pk_part_pair {
    const struct pk_field *field;
    const char *key;
    const char *a, *b; /**< values; NULL = absent on that side */
};

struct pk_parts_walk {
    const struct pk_parts *a, *b;
    size_t i, j;
};

/** Next (field, key) that stands in either list, equal values included; false at the end. */
bool pk_parts_step(struct pk_parts_walk *walk, struct pk_part_pair *pair);

#endif
