/**
 * @file
 * `option-data` lists of Kea as options of ours, and what stays Kea's of them.
 */
#ifndef PK_DRIVERS_KEA_OPTIONS_H
#define PK_DRIVERS_KEA_OPTIONS_H

#include "adm/kea-values.h"
#include "drivers/kea-json.h"

struct pk_kea_definitions; /* the server's own option definitions */

/** Those of `option-def` that make sense; the others define nothing.  Borrows from @p dhcp4. */
const struct pk_kea_definitions *
pk_kea_definitions_read(struct pk_pool *pool, const struct pk_kea_value *dhcp4);

struct pk_kea_options {
    struct pk_kea_setting *at; /**< canonical name and value (adm/option.h), sorted by name */
    size_t count;
    const char *leftover; /**< canonical list (adm/kea-option-data.h) of what is there twice, bound
                               to classes, has a context of its own, or is no value; NULL = none */
};

/**
 * Reads one list.  Standard options become values of their type, whatever the definition or the
 * form they were written by; all others the bytes that the client gets.
 */
void pk_kea_options_read(struct pk_pool *pool, const struct pk_kea_definitions *definitions,
                         struct pk_kea_items entries, struct pk_kea_options *out);

/**
 * The same as one list, canonical as adm/kea-option-data.h has it, for places without a field of
 * ours: standard options by the text of their values, all others by their bytes.
 */
const char *pk_kea_options_list(struct pk_pool *pool, const struct pk_kea_definitions *definitions,
                                struct pk_kea_items entries);

#endif
