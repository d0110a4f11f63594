/**
 * @file
 * Rows as Kea's own JSON: the way back from kea-config.h.
 *
 * What is built says all of a subnet, so that taking it leaves nothing of what was there before;
 * what belongs to one server (its interface) is taken over from the subnet it replaces.  Building
 * what was read and reading what was built come to the same parts.
 */
#ifndef PK_DRIVERS_KEA_BUILD_H
#define PK_DRIVERS_KEA_BUILD_H

#include "adm/model.h"
#include "drivers/kea-scope.h"

struct pk_kea_style {
    bool old_spelling; /**< Kea 2.2's names of parameters                                    */
    bool reservations; /**< inside the subnet, as a whole configuration has them             */
    bool copied; /**< say also what would be inherited but is copied from elsewhere (kea-inherit.h)
                  */
    const struct pk_kea_level *above;    /**< what it inherits; NULL = of a bare server      */
    const struct pk_kea_value *existing; /**< the subnet that is replaced, or NULL           */
    const char *server_name; /**< `ha-server-name` that links it, where the row has none; or NULL */
};

/**
 * A member of `subnet4`.
 * @param out  in @p pool, and borrowing from style->existing
 * @return PK_OK; PK_EREFUSED: this Kea cannot say it, and what to do instead
 */
enum pk_code pk_kea_build_subnet(struct pk_pool *pool, const struct pk_row *row,
                                 const struct pk_kea_style *style, struct pk_kea_value *out,
                                 struct pk_error *err);

/**
 * One reservation, as reservation-add takes it.
 * @param key, value  of the part: `mac=00:1a:…` and its canonical object
 */
enum pk_code pk_kea_build_reservation(struct pk_pool *pool, const char *key, const char *value,
                                      struct pk_kea_value *out, struct pk_error *err);

/** The shared network of a row; NULL = none. */
const char *pk_kea_network_of(struct pk_pool *pool, const struct pk_row *row);

#endif
