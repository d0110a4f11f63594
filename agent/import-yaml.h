/**
 * @file
 * An import as the text of YAML files, with what stands in each line, so that a complaint about a
 * place is a complaint about a part.
 *
 * Pure, and byte-stable: the same import gives the same text.
 */
#ifndef PK_AGENT_IMPORT_YAML_H
#define PK_AGENT_IMPORT_YAML_H

#include "agent/import-model.h"
#include "agent/yaml-text.h"

/** What a line is about; all NULL: the relationship itself, or nothing. */
struct pk_import_line {
    struct pk_import_scope *scope;
    struct pk_import_part *part;               /**< of the scope, or a setting            */
    const struct pk_import_default *inherited; /**< a line of scope-defaults              */
};

struct pk_import_file {
    const char *name; /**< relative: `relationship.yaml` */
    const char *text;
    size_t size;
    size_t head_bytes;                  /**< before the first scope   */
    const struct pk_import_line *lines; /**< of each line of the text */
    size_t line_count;
};

struct pk_import_files {
    struct pk_import_file *at; /**< the relationship's first, then scopes in their order */
    size_t count, capacity;
};

/** The name of server 2 while none is known: the YAML is complete but for it. */
extern const char pk_import_unnamed_server[];

/**
 * One file for the relationship and one for the scopes; more of these, named by their first subnet,
 * where one would fill more than half of @p file_bytes: they are to be edited.
 */
void pk_import_write(struct pk_pool *pool, const struct pk_import *import, size_t file_bytes,
                     struct pk_import_files *out);

/** Files that were written, as one document. */
const char *pk_import_as_one(struct pk_pool *pool, const struct pk_import *import,
                             const struct pk_import_files *files);

/**
 * The value of a part as YAML of one line: `8h`, `[10.0.0.1]`,
 * `{ip: 10.0.0.7, mac: "00:1a:2b:3c:4d:5e"}`.
 * @param value  NULL: the field's default, or NULL when it has none
 */
const char *pk_import_value(struct pk_pool *pool, const struct pk_field *field, const char *key,
                            const char *value, enum pk_yaml_place place);

#endif
