/**
 * @file
 * The facts of one server, kept between the examination of it and that of its pair.
 */
#ifndef PK_DRIVERS_KEA_EXAMINED_H
#define PK_DRIVERS_KEA_EXAMINED_H

#include "drivers/kea-facts-ask.h"

struct pk_kea_examined {
    struct pk_pool *pool; /**< NULL = nothing asked yet */
    struct pk_kea_facts facts;
};

/** Asks unless it is known already; codes of pk_kea_facts_ask(). */
enum pk_code pk_kea_examined_know(struct pk_kea_examined *examined, struct pk_kea_client *client,
                                  const struct pk_server_config *config, struct pk_error *err);
void pk_kea_examined_forget(struct pk_kea_examined *examined);

#endif
