/**
 * @file
 * What can be wrong with pairkeeper's own installation.
 *
 * Gathering is one edge (pk_installation_look), judging is pure: one row for each check.
 */
#ifndef PK_AGENT_DOCTOR_INSTALLATION_H
#define PK_AGENT_DOCTOR_INSTALLATION_H

#include "agent/config.h"
#include "drivers/finding.h"

/** A file that the configuration names, as it is found. */
struct pk_installation_file {
    const char *path;
    const char *failure; /**< why it cannot be read, or NULL */
    unsigned mode;       /**< permission bits */
};

enum pk_installation_agent {
    PK_AGENT_RUNS,   /**< and takes requests                               */
    PK_AGENT_SILENT, /**< the database is held, and nobody takes requests  */
    PK_AGENT_ABSENT,
};

struct pk_installation {
    const char *const *config_errors; /**< file:line:column: message; none = usable */
    size_t config_error_count;
    struct pk_installation_file config;
    const struct pk_installation_file *secrets;
    size_t secret_count;
    const char *repository_failure; /**< why the branch's tip is not known, or NULL           */
    const char *revision_failure;   /**< why the tip is not in force, or NULL                 */
    bool knows_no_pair;             /**< no relationship is known, from Git or from before    */
    const char *database_failure;   /**< why the database cannot be used, or NULL             */
    bool has_database;              /**< false with no failure: there is none yet             */
    int64_t free_bytes;             /**< where the database is; -1 = cannot tell              */
    enum pk_installation_agent agent;
    int64_t agent_pid; /**< of PK_AGENT_SILENT, 0 = not known */
    struct pk_wall now;
    bool clock_unsynchronised; /**< the kernel says that nobody corrects the clock */
};

struct pk_installation_check {
    struct pk_check is;
    void (*look)(struct pk_pool *pool, const struct pk_check *check,
                 const struct pk_installation *installation, struct pk_findings *out);
};

extern const struct pk_installation_check pk_installation_checks[];
extern const size_t pk_installation_check_count;

/** Files, database, running agent and clock; the rest is its caller's to fill. */
void pk_installation_look(struct pk_pool *pool, const struct pk_config *config,
                          struct pk_installation *out);

void pk_installation_examine(struct pk_pool *pool, const struct pk_installation *installation,
                             struct pk_findings *out);

#endif
