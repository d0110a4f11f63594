/**
 * @file
 * What values of Kea's own parameters mean: newest spelling, defaults, canonical form.
 *
 * The `kea:` parts of scopes, pools and reservations hold values that only Kea understands.  Git
 * writes them in any spelling that some Kea takes, servers answer them in their own; both come
 * through here, so equal meaning is equal text.  One row per parameter in kea-values.c.
 */
#ifndef PK_ADM_KEA_VALUES_H
#define PK_ADM_KEA_VALUES_H

#include <stdbool.h>

#include "base/pool.h"

/** Where a parameter stands: the same key may mean something else elsewhere. */
enum pk_kea_place { PK_KEA_OF_SUBNET, PK_KEA_OF_POOL, PK_KEA_OF_RESERVATION };

/** One parameter in canonical form. */
struct pk_kea_setting {
    const char *key; /**< newest spelling */
    const char
        *value; /**< canonical JSON text; NULL = the default of Kea: same as not being there */
};

/**
 * @param value  any JSON text of the parameter, canonical as base/json.h has it
 * @return in @p pool, or borrowed from the arguments and constant tables
 */
struct pk_kea_setting pk_kea_setting_canonical(struct pk_pool *pool, enum pk_kea_place place,
                                               const char *key, const char *value);

/** May the parameter be inherited from a shared network or the server's globals? */
bool pk_kea_setting_is_inherited(const char *key);

#endif
