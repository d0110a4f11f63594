/**
 * @file
 * The JSON library behind one door: canonical text in, canonical text out.
 *
 * Canonical JSON text = compact, object keys sorted bytewise, integers as integers.  Two values are
 * equal exactly when their canonical texts are equal, so the rest of the program compares strings.
 */
#ifndef PK_BASE_JSON_H
#define PK_BASE_JSON_H

#include <jansson.h>

#include "base/pool.h"

/**
 * To be called once, before anything else here: from then on the library's allocations succeed or
 * end the process, so a document is never silently without one of its keys.
 */
void pk_json_start(void);

/** Canonical text of @p value, in @p pool. */
const char *pk_json_text(struct pk_pool *pool, const json_t *value);

/**
 * Parses any JSON value of at most 64 levels; duplicate keys are refused.
 * @return a new reference for json_decref() or json_auto_t; NULL with @p err filled (PK_EINVAL)
 */
json_t *pk_json_parse(const char *text, struct pk_error *err);

#endif
