/**
 * @file
 * From the YAML tree of the configuration to the plain structs of agent/config-keys.h.
 */
#ifndef PK_AGENT_CONFIG_READ_H
#define PK_AGENT_CONFIG_READ_H

#include "agent/config-keys.h"
#include "desired-state/document.h"

struct pk_config_reader {
    struct pk_pool *pool;
    const char *file;           /**< for messages */
    const char *folder;         /**< of the file: relative paths begin here */
    const char *secrets_folder; /**< $CREDENTIALS_DIRECTORY, or the same as folder */
    struct pk_diagnostics *diagnostics;
};

/**
 * Fills @p target (zeroed, section->bytes large) with the defaults of the section and what
 * @p mapping says; everything wrong goes to the diagnostics.
 * @param mapping  NULL = nothing is written: the defaults alone
 */
void pk_config_read_section(const struct pk_config_reader *reader,
                            const struct pk_config_section *section, const struct pk_node *mapping,
                            void *target);

/** @p path, seen from @p folder. */
const char *pk_config_path(struct pk_pool *pool, const char *folder, const char *path);

#endif
