/**
 * @file
 * One value by its field's kind: from a YAML node to canonical text.  Driven by the field table.
 */
#ifndef PK_DESIRED_STATE_DECODE_H
#define PK_DESIRED_STATE_DECODE_H

#include "adm/field.h"
#include "base/nearest.h"
#include "desired-state/document.h"

/**
 * A scalar kind (TEXT, NAME, BOOLEAN, NUMBER, DURATION, CHOICE, PREFIX).
 * @return canonical JSON text in @p pool; NULL when the node is wrong, which is then in
 *         @p diagnostics with its place
 */
const char *pk_decode_scalar(struct pk_pool *pool, const struct pk_field *field, const char *file,
                             const struct pk_node *node, struct pk_diagnostics *diagnostics);

/** Any YAML value as canonical JSON; plain true/false/null/numbers as such, the rest as strings. */
const char *pk_decode_json(struct pk_pool *pool, const struct pk_node *node);

/**
 * Walks a mapping's keys: each known key is handed to @p visit once, unknown ones are reported with
 * the nearest known name, required ones that are missing too.  A node that is no mapping is
 * reported as such.
 */
typedef void pk_decode_visit(void *context, const struct pk_field *field, const struct pk_node *key,
                             const struct pk_node *value);
void pk_decode_mapping(const struct pk_field_table *table, const char *file,
                       const struct pk_node *mapping, pk_decode_visit *visit, void *context,
                       struct pk_diagnostics *diagnostics);

/** The same where only the rows that carry @p flag are known (scope-defaults). */
void pk_decode_mapping_of(const struct pk_field_table *table, enum pk_field_flag flag,
                          const char *file, const struct pk_node *mapping, pk_decode_visit *visit,
                          void *context, struct pk_diagnostics *diagnostics);

/**
 * Is @p node of @p kind?  If not, that is reported: "@p what is text, not a list".
 */
bool pk_decode_kind(const char *file, const char *what, const struct pk_node *node,
                    enum pk_node_kind kind, struct pk_diagnostics *diagnostics);

/** "did you mean 'routers'", or NULL when nothing is near enough: a hint. */
const char *pk_did_you_mean(struct pk_pool *pool, const struct pk_nearest *nearest);

#endif
