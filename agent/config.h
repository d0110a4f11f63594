/**
 * @file
 * The agent's own configuration, `pairkeeper.yaml` (design 4): where and with which secrets.
 *
 * Read by the same strict reader as the desired state and decoded from one table of keys
 * (agent/config-keys.c), which also documents them.  Relative paths are relative to the folder of
 * the configuration file; secret files to $CREDENTIALS_DIRECTORY when it is set.
 */
#ifndef PK_AGENT_CONFIG_H
#define PK_AGENT_CONFIG_H

#include "desired-state/repository.h"
#include "desired-state/snapshot.h"
#include "drivers/driver.h"
#include "reconcilers/guards.h"

/** Where a secret is; the secret itself is read at the moment of use and never kept here. */
struct pk_credential {
    const char *name;
    const char *username;      /**< or NULL */
    const char *password_file; /**< absolute, or NULL */
    const char *ssh_key_file;
    const char *certificate_file, *key_file; /**< both or neither */
    const char *const *host_keys;
    size_t host_key_count;
};

struct pk_config {
    const char *file;                       /**< for messages */
    struct pk_repository_config repository; /**< bare = `<database>.git`, helper = this program  */
    uint32_t interval_ms;
    bool rewind_allowed;
    const char *database;
    bool writes;
    enum pk_prune_policy allow_prune; /**< the most that Git may ask for */
    enum pk_settings_policy allow_settings;
    const struct pk_server_config *servers; /**< sorted by name */
    size_t server_count;
    const struct pk_credential *credentials; /**< sorted by name */
    size_t credential_count;
    const char *repository_credentials; /**< name, or NULL */
    struct pk_guard_limits guards;
    unsigned workers;
};

/**
 * @param file  path; NULL: $PAIRKEEPER_CONFIG when it is set, else ./pairkeeper.yaml, else
 *              /etc/pairkeeper/pairkeeper.yaml.  A named file that is not there is a failure, never
 *              a reason to take another.
 * @param out   lives in @p pool; untouched unless PK_OK
 * @return PK_OK; PK_ENOENT (none found: the message lists where it looked); PK_EINVAL with all
 *         errors in @p diagnostics; PK_EACCESS; PK_ESYS
 */
enum pk_code
pk_config_load(struct pk_pool *pool, const char *file, struct pk_diagnostics *diagnostics,
               struct pk_config *out, struct pk_error *err);

/** Only the limits of what is read: for a folder without a configuration. */
struct pk_repository_config pk_config_default_limits(void);

/** The server called @p name, or NULL. */
const struct pk_server_config *pk_config_server(const struct pk_config *config, const char *name);

/** What the rules may know of the servers, config->server_count of them. */
struct pk_known_server *
pk_config_known_servers(struct pk_pool *pool, const struct pk_config *config);

/** `adm`: the driver of servers that are the tables themselves. */
extern const char pk_embedded_driver[];

/** Does the configuration have an embedded server (driver `adm`)? */
bool pk_config_has_embedded(const struct pk_config *config);

#endif
