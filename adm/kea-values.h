/**
 * @file
 * What values of Kea's own parameters mean: newest spelling, defaults, canonical form.
 *
 * The `kea:` parts of scopes, pools and reservations hold values that only Kea understands.  Git
 * writes them in any spelling that some Kea takes, servers answer them in their own; both come
 * through here, so equal meaning is equal text.  One row per parameter in kea-values.c.
 *
 * Beyond the rows: reals have the six significant digits that Kea keeps, wherever they stand.
 */
#ifndef PK_ADM_KEA_VALUES_H
#define PK_ADM_KEA_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"

/** Where a parameter stands: the same key may mean something else elsewhere. */
enum pk_kea_place { PK_KEA_OF_SUBNET, PK_KEA_OF_POOL, PK_KEA_OF_RESERVATION };

/** One parameter in canonical form. */
struct pk_kea_setting {
    const char *key; /**< newest spelling */
    const char
        *value; /**< canonical JSON text; NULL = the default of Kea: same as not being there */
};

/** How a value becomes canonical. */
enum pk_kea_form {
    PK_KEA_AS_IS,
    PK_KEA_REAL,           /**< `1` is 1.0                                                    */
    PK_KEA_CLASS,          /**< the name of one class, for a list of them                     */
    PK_KEA_CONFLICT,       /**< a boolean, for the mode of resolution                         */
    PK_KEA_RELAY,          /**< `ip-address` and `ip-addresses`, sorted                       */
    PK_KEA_OPTIONS,        /**< a list of options, sorted, without what is usual              */
    PK_KEA_EMPTY_IS_UNSET, /**< the empty text is the same as not being there: inherits       */
};

struct pk_kea_parameter {
    const char *key;
    const char *newest;        /**< another key that says the same now, or NULL */
    const char *default_value; /**< canonical; NULL = none, or unlike in different versions */
    enum pk_kea_form form;
    bool inherited; /**< a shared network or the server's globals may have it instead */
};

/** Sorted by key. */
extern const struct pk_kea_parameter pk_kea_parameters[];
enum { PK_KEA_PARAMETER_COUNT = 45 };

/** The row of @p key, or NULL when nothing is known of it. */
const struct pk_kea_parameter *pk_kea_parameter_find(const char *key);

/** Is @p parameter's default the same as not being there?  In a pool what is inherited is not. */
bool pk_kea_default_is_absent(const struct pk_kea_parameter *parameter, enum pk_kea_place place);

/**
 * @param value  any JSON text of the parameter, canonical as base/json.h has it
 * @return in @p pool, or borrowed from the arguments and constant tables
 */
struct pk_kea_setting pk_kea_setting_canonical(struct pk_pool *pool, enum pk_kea_place place,
                                               const char *key, const char *value);

/**
 * The way back: how a server is told.
 * @param old  as Kea 2.2 spells it, where that can say the value
 */
struct pk_kea_setting
pk_kea_setting_spelled(struct pk_pool *pool, const char *key, const char *value, bool old);

/** What to do instead of @p key in the user-context at @p place; NULL when the key is free. */
const char *pk_kea_context_refusal(enum pk_kea_place place, const char *key);

/** May the parameter be inherited from a shared network or the server's globals? */
bool pk_kea_setting_is_inherited(const char *key);

#endif
