/**
 * @file
 * The field table: every field of a scope and of a relationship, described once.
 *
 * Decoding, validation, comparison, printing, storage and the reference page read these rows, so
 * adding a field is adding a row (CONTRIBUTING.md, "Add a field").
 *
 * Values everywhere are *canonical JSON text* (base/json.h) in the kind's own unit: a lease time is
 * `28800`, a state `"active"`, an option `["10.0.0.1"]`.  Equal meaning is equal text; a value
 * equal to the field's default is not stored at all.
 */
#ifndef PK_ADM_FIELD_H
#define PK_ADM_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

/** How a field is written, checked and compared.  In brackets: the canonical JSON. */
enum pk_kind {
    PK_KIND_TEXT,        /**< any one-line text [string]                                         */
    PK_KIND_NAME,        /**< letters, digits, `.`, `_`, `-`: names of our own things [string]    */
    PK_KIND_BOOLEAN,     /**< true | false [true, false]                                         */
    PK_KIND_NUMBER,      /**< decimal within min..max [integer]                                  */
    PK_KIND_DURATION,    /**< 90s, 15m, 8h, 2d, seconds, unlimited [integer seconds; unlimited =
                              4294967295]                                                        */
    PK_KIND_CHOICE,      /**< one of the row's choices [string]                                  */
    PK_KIND_PREFIX,      /**< ADDRESS/LENGTH, host bits zero [string]                            */
    PK_KIND_SERVER_PAIR, /**< two server names, order counts [array of two strings]              */
    PK_KIND_RANGES,      /**< address ranges with each one's pool settings, less the exclusions
                              [array sorted by address, touching ranges with equal settings
                              joined: "FIRST-LAST" or {"kea": {…}, "range": "FIRST-LAST"}]       */
    PK_KIND_EXCLUSIONS,  /**< YAML only: taken off the ranges, never a part of its own           */
    PK_KIND_OPTIONS,     /**< by option name; one part each [see adm/option.h]                   */
    PK_KIND_RESERVATIONS, /**< by identifier `mac=00:1a:…`; one part each [object: hostname, ip,
                               name, options, kea; absent keys left out]                          */
    PK_KIND_JSON_MAP,     /**< by key; one part each [the value as JSON]                          */
    PK_KIND_DEFAULTS,     /**< YAML only: a mapping of the inheritable scope fields               */
};

enum pk_field_flag {
    PK_FIELD_REQUIRED = 1,    /**< must be stated                                                 */
    PK_FIELD_INHERITED = 2,   /**< may stand in scope-defaults; `null` in a scope = not inherited */
    PK_FIELD_KEY = 4,         /**< says *which* object: never compared                            */
    PK_FIELD_POLICY = 8,      /**< what pairkeeper may do: never on a server, never compared      */
    PK_FIELD_MEMBERSHIP = 16, /**< a change of it is held by guard `member`                       */
    PK_FIELD_KEPT_BY_US = 32, /**< not the server's content: left out of row hashes (sync status) */
};

struct pk_field {
    const char *name; /**< YAML key, and first word of a part's name                         */
    enum pk_kind kind;
    unsigned flags;             /**< enum pk_field_flag                                      */
    int64_t min, max;           /**< NUMBER: value; TEXT, NAME: bytes; DURATION: seconds     */
    const char *default_value;  /**< canonical; NULL = absent means "the server's own value" */
    const char *const *choices; /**< CHOICE: NULL-terminated, in the order they are printed  */
    const char *document;       /**< one sentence for the reference page                     */
};

struct pk_field_table {
    const char *object; /**< "scope", "relationship": for messages */
    const struct pk_field *at;
    size_t count; /**< <= 64: sets of fields are 64-bit masks */
};

extern const struct pk_field_table pk_scope_fields;
extern const struct pk_field_table pk_relationship_fields;

/**
 * Keys of one reservation, in the same table form.  The identifiers, of which exactly one must be
 * there, carry PK_FIELD_KEY; `ip` is kept as text.
 */
extern const struct pk_field_table pk_reservation_fields;

/** The closed list of a relationship's `kea:` keys: kinds NUMBER and BOOLEAN, no defaults. */
extern const struct pk_field_table pk_relationship_kea_keys;

/** A key that a scope's `kea:` may not hold. */
struct pk_kea_refusal {
    const char *key;
    const char *instead; /**< what to do, as the end of a message: "use the field `ranges`" */
};

extern const struct pk_kea_refusal pk_scope_kea_refused[];
extern const size_t pk_scope_kea_refused_count;

/** What to do instead of @p key in a scope's `kea:`; NULL when the key is allowed. */
const char *pk_scope_kea_refusal(const char *key);

/** The row called @p name, or NULL. */
const struct pk_field *pk_field_find(const struct pk_field_table *table, const char *name);

/** Position of a row in its table: the bit of a field mask and the sort order of parts. */
size_t pk_field_index(const struct pk_field_table *table, const struct pk_field *field);

/** Has one part per key (options, reservations, kea); other fields are one part with key "". */
bool pk_field_is_map(const struct pk_field *field);

/** Rows that other rooms refer to by name, so that a typing error does not compile. */
enum pk_scope_field {
    PK_SCOPE_SUBNET,
    PK_SCOPE_RELATIONSHIP,
    PK_SCOPE_ID,
    PK_SCOPE_NAME,
    PK_SCOPE_DESCRIPTION,
    PK_SCOPE_STATE,
    PK_SCOPE_RANGES,
    PK_SCOPE_EXCLUSIONS,
    PK_SCOPE_LEASE_TIME,
    PK_SCOPE_RENEW_TIME,
    PK_SCOPE_REBIND_TIME,
    PK_SCOPE_SHARED_NETWORK,
    PK_SCOPE_OPTIONS,
    PK_SCOPE_RESERVATIONS,
    PK_SCOPE_KEA,
    PK_SCOPE_FIELD_COUNT
};

enum pk_relationship_field {
    PK_RELATIONSHIP_MODE,
    PK_RELATIONSHIP_SERVERS,
    PK_RELATIONSHIP_SOURCE,
    PK_RELATIONSHIP_LOAD_SPLIT,
    PK_RELATIONSHIP_STANDBY_RESERVE,
    PK_RELATIONSHIP_MCLT,
    PK_RELATIONSHIP_AUTO_STATE_TRANSITION,
    PK_RELATIONSHIP_STATE_SWITCH_INTERVAL,
    PK_RELATIONSHIP_KEA,
    PK_RELATIONSHIP_HEAL,
    PK_RELATIONSHIP_PRUNE,
    PK_RELATIONSHIP_FOREIGN,
    PK_RELATIONSHIP_SETTINGS,
    PK_RELATIONSHIP_SPLIT_RANGES,
    PK_RELATIONSHIP_SUSPEND,
    PK_RELATIONSHIP_SCOPE_DEFAULTS,
    PK_RELATIONSHIP_FIELD_COUNT
};

enum pk_reservation_field {
    PK_RESERVATION_MAC,
    PK_RESERVATION_CLIENT_ID,
    PK_RESERVATION_DUID,
    PK_RESERVATION_CIRCUIT_ID,
    PK_RESERVATION_FLEX_ID,
    PK_RESERVATION_IP,
    PK_RESERVATION_HOSTNAME,
    PK_RESERVATION_NAME,
    PK_RESERVATION_OPTIONS,
    PK_RESERVATION_KEA,
    PK_RESERVATION_FIELD_COUNT
};

/**
 * Value as people read it: 28800 → `8h`, ["10.0.0.1"] → `10.0.0.1`, NULL → `-`.  Never holds
 * control characters, so it is safe on a terminal.
 */
const char *pk_field_display(struct pk_pool *pool, const struct pk_field *field, const char *value);

#endif
