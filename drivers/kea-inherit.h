/**
 * @file
 * What a subnet has to say itself, so that it is in force what a row holds.  Pure.
 *
 * A subnet inherits from its shared network and from the server.  What it would inherit anyway is
 * better left out: a later change of a global then still reaches it.  What it must not inherit has
 * to be said although it is Kea's default.
 */
#ifndef PK_DRIVERS_KEA_INHERIT_H
#define PK_DRIVERS_KEA_INHERIT_H

#include "drivers/kea-scope.h"

/**
 * What is in force for the subnets of a shared network.
 * @param network  NULL, or one that is not there: what the server itself has
 */
enum pk_code
pk_kea_level_above(struct pk_pool *pool, const struct pk_kea_value *dhcp4, const char *network,
                   struct pk_kea_level *out, struct pk_error *err);

/** Does Kea copy the parameter into each subnet that is configured, as if it stood there? */
bool pk_kea_is_copied_down(const char *key);

/** What to say. */
struct pk_kea_said {
    PK_VECTOR(struct pk_kea_setting) list; /**< newest spelling and JSON text */
    const char *unsayable; /**< NULL, or a key: it is inherited, and a subnet cannot be without */
};

/**
 * @param copied  false: also what is copied down is left out where it is inherited; true: it is
 *                said, because it would be copied from somewhere else than @p above
 * @param out     in @p pool
 */
void pk_kea_say(struct pk_pool *pool, const struct pk_kea_level *wanted,
                const struct pk_kea_level *above, bool copied, struct pk_kea_said *out);

#endif
