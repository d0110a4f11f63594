/**
 * @file
 * Gathers the facts that checks look at: from a server that runs, or from a file.
 */
#ifndef PK_DRIVERS_KEA_FACTS_ASK_H
#define PK_DRIVERS_KEA_FACTS_ASK_H

#include "drivers/kea-client.h"
#include "drivers/kea-facts.h"

/**
 * Asks a running server: only reads, and only once each.
 * @param out  in @p pool
 * @return PK_OK when its configuration is known, whatever else could not be found out; else as
 *         pk_kea_ask()
 */
enum pk_code pk_kea_facts_ask(struct pk_kea_client *client, const struct pk_server_config *config,
                              struct pk_pool *pool, struct pk_kea_facts *out, struct pk_error *err);

/** What a configuration (`Dhcp4`) alone says. */
struct pk_kea_facts
pk_kea_facts_of_file(struct pk_pool *pool, const char *server, const struct pk_kea_value *dhcp4);

/** Seconds that a `date-time` of ha-heartbeat is ahead of @p now; false when it is none. */
bool pk_kea_clock_ahead(const char *date_time, struct pk_wall now, int64_t *ahead_s);

#endif
