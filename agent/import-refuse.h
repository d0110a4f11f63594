/**
 * @file
 * What the rules refuse is found by asking them: the YAML is produced and validated, what is
 * complained about is left out, until nothing is.
 */
#ifndef PK_AGENT_IMPORT_REFUSE_H
#define PK_AGENT_IMPORT_REFUSE_H

#include "agent/import-yaml.h"
#include "desired-state/snapshot.h"

/**
 * Settles what is stated, inherited and left out.
 * @param known  servers and limits the rules shall know
 * @param files  the clean files, in @p pool
 * @return PK_OK; PK_EINVAL when the relationship itself is refused (its name, its servers)
 */
enum pk_code pk_import_settle(struct pk_pool *pool, struct pk_import *import,
                              const struct pk_snapshot_context *known,
                              struct pk_import_files *files, struct pk_error *err);

#endif
