/**
 * @file
 * The strict YAML reader: one document of mappings, sequences and scalars, and nothing else.
 *
 * It serves the desired state and the agent's own configuration.  Scalars keep their text: what it
 * means is decided by the kind of the field that reads it, so `no`, `010` and `12:30:45` stay what
 * was written.
 */
#ifndef PK_DESIRED_STATE_DOCUMENT_H
#define PK_DESIRED_STATE_DOCUMENT_H

#include "desired-state/diagnostics.h"

enum pk_node_kind { PK_NODE_SCALAR, PK_NODE_SEQUENCE, PK_NODE_MAPPING };

struct pk_node {
    enum pk_node_kind kind;
    bool plain; /**< scalar written without quotes: may be `null`, a number, a boolean */
    unsigned line, column;
    const char *text; /**< scalar: UTF-8 without NUL                                          */
    size_t count;     /**< sequence: items; mapping: pairs                                    */
    const struct pk_node *items; /**< sequence: count; mapping: key, value, key, value …      */
};

struct pk_document_limits {
    size_t file_bytes; /**< 256 KiB */
    unsigned depth;    /**< 16      */
};

extern const struct pk_document_limits pk_document_default_limits;

/**
 * @param pool  owns the tree
 * @param file  name for messages
 * @return the root mapping; NULL when the file is empty of content or cannot be read, which is then
 *         in @p diagnostics.  A file whose keys repeat (the first value counts) or lack a value
 * still has a tree, so that decoding shows its other errors.
 */
const struct pk_node *
pk_document_parse(struct pk_pool *pool, const char *file, const char *bytes, size_t size,
                  const struct pk_document_limits *limits, struct pk_diagnostics *diagnostics);

/** Value of @p key in a mapping, or NULL. */
const struct pk_node *pk_node_get(const struct pk_node *mapping, const char *key);

/** Where a node stands; @p file is borrowed. */
struct pk_mark pk_node_mark(const char *file, const struct pk_node *node);

/** A plain `null` or `~`. */
bool pk_node_is_null(const struct pk_node *node);

/** "a mapping", "a list", "text": for messages. */
const char *pk_node_kind_name(enum pk_node_kind kind);

#endif
