/**
 * @file
 * A pair that has stopped talking to itself because its servers differed begins anew once they do
 * not differ any more.
 */
#ifndef PK_RECONCILERS_REJOIN_H
#define PK_RECONCILERS_REJOIN_H

#include "reconcilers/execute.h"

/**
 * Do both servers say that they have stopped, and is nothing left that would stop them again?
 * @param plan  as pk_execute() left it
 */
bool pk_pair_may_rejoin(const struct pk_relationship_plan *plan);

/** Has both servers begin anew, and records it with what had stopped them as far as it was seen. */
enum pk_code pk_pair_rejoin(const struct pk_executor *executor,
                            const struct pk_relationship_plan *plan, struct pk_error *err);

#endif
