/**
 * @file
 * What an import came to, for people and for programs.
 */
#ifndef PK_AGENT_IMPORT_REPORT_H
#define PK_AGENT_IMPORT_REPORT_H

#include "agent/context.h"
#include "agent/import-yaml.h"

/** The JSON document; files have their text unless they were written to @p folder. */
json_t *pk_import_json(struct pk_pool *pool, const struct pk_import *import,
                       const struct pk_import_files *files, const char *folder);

/** The same in some lines, to @p out. */
void pk_import_print(struct pk_pool *pool, const struct pk_import *import,
                     const struct pk_import_files *files, const char *folder, FILE *out);

#endif
