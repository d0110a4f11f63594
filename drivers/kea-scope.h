/**
 * @file
 * Inside of the mapping of a Kea configuration: one subnet, and what it inherits.
 */
#ifndef PK_DRIVERS_KEA_SCOPE_H
#define PK_DRIVERS_KEA_SCOPE_H

#include "adm/kea-values.h"
#include "adm/model.h"
#include "drivers/kea-json.h"
#include "drivers/kea-options.h"

enum pk_kea_time { PK_KEA_LEASE, PK_KEA_RENEW, PK_KEA_REBIND, PK_KEA_TIME_COUNT };

/** Parameters in force at some level: of the server, a network, a subnet.  Canonical texts. */
struct pk_kea_level {
    const char *kea[PK_KEA_PARAMETER_COUNT]; /**< by row; NULL = Kea's default   */
    const char *times[PK_KEA_TIME_COUNT];    /**< seconds; NULL = the server's own choice */
};

/** Of a server that states nothing. */
extern const struct pk_kea_level pk_kea_level_default;

/** What one reading shares; vectors are used again and again. */
struct pk_kea_mapper {
    struct pk_pool *pool;    /* rows live here */
    struct pk_pool *scratch; /* ends with the reading, or with the subnet that is read */
    const char *server;
    const struct pk_kea_definitions *definitions;
    PK_VECTOR(struct pk_part) parts;
    PK_VECTOR(struct pk_kea_setting) settings;
    const char *subnet; /* being read, for messages */
    struct pk_error *err;
};

/** Where a subnet stands. */
struct pk_kea_subnet_place {
    const struct pk_kea_level *above;
    const char *network;      /**< name of its shared network, or NULL */
    const char *relationship; /**< it is linked to, or NULL            */
    const char *server_name;  /**< `ha-server-name` that said so and needs no telling, or NULL */
    uint32_t next_id;         /**< of a subnet without one; 0 = none is given */
};

/** PK_EINVAL with "server S: subnet X: message", to be returned. */
enum pk_code
pk_kea_mapper_fail(const struct pk_kea_mapper *mapper, const char *format, ...) PK_PRINTF(2, 3);

/** Sets what @p map states of the parameters that others may inherit. */
enum pk_code pk_kea_level_read(struct pk_kea_mapper *mapper, const struct pk_kea_value *map,
                               struct pk_kea_level *level);

/** The same for one parameter, also one that nobody inherits. */
void pk_kea_level_set(struct pk_kea_mapper *mapper, struct pk_kea_level *level,
                      const struct pk_kea_parameter *parameter, const struct pk_kea_value *value);

/** The same for a time, by Kea's key; true with @p code set when @p key is one. */
bool pk_kea_level_time(struct pk_kea_mapper *mapper, struct pk_kea_level *level, const char *key,
                       const struct pk_kea_value *value, enum pk_code *code);

/** `reservation-mode` of 2.2 is three booleans. */
void pk_kea_level_mode(struct pk_kea_level *level, const struct pk_kea_value *mode);

/** Notes a parameter of a pool or reservation in `settings`, unless it is a default. */
void pk_kea_note_setting(struct pk_kea_mapper *mapper, enum pk_kea_place place, const char *key,
                         const struct pk_kea_value *value);

/** {"key":value,…} of `settings`, sorted, in @p pool; "" for none.  Forgets them. */
const char *pk_kea_settings_object(struct pk_kea_mapper *mapper, struct pk_pool *pool);

/**
 * A user-context without some members of it.
 * @param without  NULL-terminated keys
 * @return canonical text in @p pool, NULL when nothing is left
 */
const char *pk_kea_context(struct pk_pool *pool, const struct pk_kea_value *context,
                           const char *const *without);

/** Canonical text of a string without zero bytes, NULL of anything else. */
const char *pk_kea_plain_text(struct pk_pool *pool, const struct pk_kea_value *value);

/** Appends the part (field, key). */
void pk_kea_add_part(struct pk_kea_mapper *mapper, enum pk_scope_field field, const char *key,
                     const char *value);

/** Prefixes and pools may have blanks in a file: a copy without. */
const char *pk_kea_without_blanks(struct pk_pool *pool, const char *text);

/** Parts `ranges` and `state`. */
enum pk_code pk_kea_pools_read(struct pk_kea_mapper *mapper, const struct pk_kea_value *pools);

/** Parts of `reservations`, and `kea.reservations` of those that have no identifier of ours. */
enum pk_code
pk_kea_reservations_read(struct pk_kea_mapper *mapper, const struct pk_kea_value *reservations);

/** What is in force there as parts of a row, sorted. */
struct pk_parts pk_kea_level_parts(struct pk_kea_mapper *mapper, const struct pk_kea_level *level);

/** The whole row. */
enum pk_code
pk_kea_subnet_read(const struct pk_kea_mapper *mapper, const struct pk_kea_value *subnet,
                   const struct pk_kea_subnet_place *place, struct pk_row *out);

#endif
