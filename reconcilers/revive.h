/**
 * @file
 * A server that says that all is well and hears neither its partner nor its clients begins anew
 * before anything else is decided on the pair.
 */
#ifndef PK_RECONCILERS_REVIVE_H
#define PK_RECONCILERS_REVIVE_H

#include "reconcilers/execute.h"

/**
 * The one server of the pair that is out of touch while the other can serve, if it may be touched.
 * @return PK_SERVER_1, PK_SERVER_2, or PK_PAIR = none
 */
int pk_pair_deaf_side(const struct pk_relationship_plan *plan);

/**
 * Has that server begin anew, and records it.
 * @return as struct pk_driver's revive()
 */
enum pk_code
pk_pair_revive(const struct pk_executor *executor, const struct pk_relationship_plan *plan,
               int side, struct pk_error *err);

#endif
