/* A config-get stalls a server, so the pair's checks do not ask for it once more. */
#include "drivers/kea-examined.h"

enum pk_code
pk_kea_examined_know(struct pk_kea_examined *examined, struct pk_kea_client *client,
                     const struct pk_server_config *config, struct pk_error *err)
{
    if (examined->pool != NULL) {
        return PK_OK;
    }
    struct pk_pool *pool = pk_pool_new(NULL);
    enum pk_code code = pk_kea_facts_ask(client, config, pool, &examined->facts, err);
    if (code != PK_OK) {
        pk_pool_free(pool);
        return code;
    }
    examined->pool = pool;
    return PK_OK;
}

void
pk_kea_examined_forget(struct pk_kea_examined *examined)
{
    pk_pool_free(examined->pool);
    *examined = (struct pk_kea_examined){.pool = NULL};
}
