/**
 * @file
 * The connection to one Kea server: what the files of the driver share.  For drivers/kea*.c only.
 */
#ifndef PK_DRIVERS_KEA_SERVER_H
#define PK_DRIVERS_KEA_SERVER_H

#include "drivers/kea-examined.h"
#include "drivers/kea-names.h"
#include "drivers/kea-site.h"
#include "drivers/kea-status.h"

/** Commands that not every server has. */
enum pk_kea_optional_command {
    PK_KEA_CONFIG_HASH_GET,
    PK_KEA_STAT_LEASE4_GET,
    PK_KEA_LEASE4_GET_ALL,
    PK_KEA_HA_HEARTBEAT,
    PK_KEA_SUBNET4_UPDATE,
    PK_KEA_RESERVATION_ADD,
    PK_KEA_OPTIONAL_COMMANDS
};

/** What one read of a server begins with. */
struct pk_kea_fetched {
    struct pk_pool *pool; /**< NULL = nothing was fetched */
    struct pk_kea_age age;
    struct pk_kea_value status, dhcp4;
    const char *hash; /**< NULL: the server has none */
};

struct pk_server {
    struct pk_pool *pool; /**< holds this struct */
    const struct pk_server_config *config;
    struct pk_db *db; /**< of the mirror, or NULL */
    struct pk_kea_client *client;
    const char *where;
    struct pk_capabilities capabilities;
    const char *sequence; /**< as last asked, or NULL */
    bool knows_commands, has[PK_KEA_OPTIONAL_COMMANDS];
    struct pk_kea_fetched kept; /**< for the next read */
    struct pk_pool *around_pool;
    struct pk_kea_value around; /**< what its scopes rest on; pool NULL = not known */
    struct pk_kea_listing listing;
    bool loses; /**< it shows something that it would lose if it read it again (kea-edit.h) */
    struct pk_kea_names names;
    struct pk_kea_examined examined;
};

/** Name of a command, as Kea has it. */
const char *pk_kea_optional_command(enum pk_kea_optional_command command);

/** Asks once which commands there are, and settles what the server can do. */
enum pk_code pk_kea_learn_commands(struct pk_server *server, struct pk_error *err);

/** The whole configuration, as one moment of the server. */
enum pk_code
pk_kea_fetch(struct pk_server *server, struct pk_kea_fetched *out, struct pk_error *err);
void pk_kea_forget(struct pk_kea_fetched *fetched);

/** An answer that kea-dhcp4 never gives. */
enum pk_code pk_kea_not_as_expected(const struct pk_server *server, const char *command,
                                    const char *what, struct pk_error *err);

/** status-get, and how old the server and its configuration are. */
enum pk_code
pk_kea_ask_status(struct pk_server *server, struct pk_pool *pool, struct pk_kea_value *status,
                  struct pk_kea_age *age, struct pk_error *err);

/** State and health of each relationship that is one of the peerings, from @p status. */
void
pk_kea_fill_pairs(struct pk_server *server, struct pk_pool *pool, const struct pk_kea_value *status,
                  const struct pk_peerings *peerings, struct pk_relations *relations);

/* -- kea-around.c ------------------------------------------------------------------------------ */

/**
 * Remembers of a configuration what scopes rest on: inherited values, definitions, networks and
 * relationships, without subnets and secrets.
 */
void pk_kea_around_keep(struct pk_server *server, const struct pk_kea_value *dhcp4);

/** The same as text, to be recalled; NULL: it has to be read again. */
const char *pk_kea_around_text(const struct pk_server *server, struct pk_pool *pool);

/** From a text of a moment since when nothing has changed. */
void pk_kea_around_recall(struct pk_server *server, const char *text);

/* -- kea-leases.c ------------------------------------------------------------------------------ */

/** Counts the active leases of each row, where the server can. */
void pk_kea_fill_leases(struct pk_server *server, struct pk_pool *pool, struct pk_rows *rows);
/** The driver's function, see drivers/driver.h. */
enum pk_code pk_kea_leases(struct pk_server *server, struct pk_pool *pool, uint32_t subnet_id,
                           const uint32_t **out, size_t *count, struct pk_error *err);

/* -- kea-mirror.c: the driver's functions that answer from the ADM, see drivers/driver.h --------
 */

enum pk_code pk_kea_recall_peerings(struct pk_server *server, struct pk_pool *pool,
                                    struct pk_peerings *out, struct pk_error *err);
enum pk_code pk_kea_read_near(struct pk_server *server, struct pk_pool *pool,
                              const struct pk_prefix *subnets, const uint32_t *ids, size_t count,
                              struct pk_observation *out, struct pk_error *err);

/* -- kea-change.c: the driver's functions that change a server, see drivers/driver.h ----------- */

enum pk_code pk_kea_write(struct pk_server *server, const struct pk_change *changes, size_t count,
                          struct pk_change_result *results, struct pk_error *err);
enum pk_code
pk_kea_verify(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
              size_t count, struct pk_rows *out, struct pk_error *err);
enum pk_code pk_kea_persist(struct pk_server *server, struct pk_error *err);
enum pk_code pk_kea_mend(struct pk_server *server, struct pk_error *err);
enum pk_code
pk_kea_rejoin(struct pk_server *server, const char *relationship, struct pk_error *err);
enum pk_code pk_kea_revive(struct pk_server *server, struct pk_error *err);

#endif
