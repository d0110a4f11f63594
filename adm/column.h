/**
 * @file
 * Fields and parts as columns: for the files of adm/ only.
 */
#ifndef PK_ADM_COLUMN_H
#define PK_ADM_COLUMN_H

#include "adm/part.h"
#include "adm/query.h"

/** Parts on their way into a pk_parts. */
struct pk_part_list {
    struct pk_part *at;
    size_t count, capacity;
};

/** A copy of the list in @p pool, made canonical. */
struct pk_parts pk_part_list_canonical(struct pk_pool *pool, const struct pk_part_list *list);

/**
 * @p field of @p parts as its column holds it, its default when absent.  Kinds TEXT, NAME, NUMBER,
 * DURATION, BOOLEAN and CHOICE (from 1, in the order of the choices, which is the protocol's).
 */
struct pk_value pk_field_to_column(struct pk_pool *pool, const struct pk_field *field,
                                   const struct pk_parts *parts);
/** Adds the field from its column, unless that is NULL. */
void pk_field_from_column(struct pk_pool *pool, const struct pk_field *field,
                          const struct pk_cursor *cursor, int column, struct pk_part_list *list);

/** The parts of a map field as one canonical JSON object, "{}" when there are none. */
const char *
pk_map_to_column(struct pk_pool *pool, const struct pk_field *field, const struct pk_parts *parts);
void pk_map_from_column(struct pk_pool *pool, const struct pk_field *field,
                        const struct pk_cursor *cursor, int column, struct pk_part_list *list);

/** A JSON string with its quotes, and back. */
const char *pk_text_to_json(struct pk_pool *pool, const char *text);
const char *pk_text_from_json(struct pk_pool *pool, const char *json);

#endif
