/**
 * @file
 * Pieces of Kea's JSON while it is built, in our own text; for kea-build.c.
 */
#ifndef PK_DRIVERS_KEA_BUILD_OPTIONS_H
#define PK_DRIVERS_KEA_BUILD_OPTIONS_H

#include <stdbool.h>

#include "base/json.h"
#include "base/text.h"

/* An object while it is written. */
struct pk_kea_object {
    struct pk_text text;
    bool any;
};

struct pk_kea_object pk_kea_object_begin(struct pk_pool *pool);
void pk_kea_object_add(struct pk_kea_object *object, const char *key, const char *json);
const char *pk_kea_object_end(struct pk_kea_object *object);

/** A JSON string. */
const char *pk_kea_quoted(struct pk_pool *pool, const char *text);

/**
 * Adds a member to a list of option-data.
 * @param value  of an options part; false when Kea cannot be told it
 */
bool pk_kea_add_option(struct pk_pool *pool, struct pk_text *list, const char *name,
                       const json_t *value);

/** @param more  canonical list of options that the fields cannot hold, or NULL */
void pk_kea_add_leftover(struct pk_pool *pool, struct pk_text *list, const char *more);

/** All of them as a list; NULL when one cannot be told. */
const char *pk_kea_option_list(struct pk_pool *pool, json_t *options, const char *leftover);

#endif
