/**
 * @file
 * The functions behind the rows of drivers/kea-checks.h; what each looks for stands in its row.
 */
#ifndef PK_DRIVERS_KEA_LOOKS_H
#define PK_DRIVERS_KEA_LOOKS_H

#include "drivers/kea-checks.h"

typedef void pk_kea_look(const struct pk_kea_report *report, const struct pk_kea_facts *facts);
typedef void pk_kea_pair_look(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                              const struct pk_kea_facts *b);

/* Software, hooks, what is kept: kea-looks-software.c */
pk_kea_look pk_kea_look_vulnerable, pk_kea_look_end_of_life, pk_kea_look_development,
    pk_kea_look_lease_cmds, pk_kea_look_write_cmds, pk_kea_look_stat_cmds, pk_kea_look_backend,
    pk_kea_look_unsaved, pk_kea_look_leases_kept;

/* Who may talk to it, and its clock: kea-looks-access.c */
pk_kea_look pk_kea_look_clear_credentials, pk_kea_look_plain_http, pk_kea_look_open_control,
    pk_kea_look_open_listener, pk_kea_look_clock, pk_kea_look_clock_far;

/* High availability of one server: kea-looks-ha.c */
pk_kea_look pk_kea_look_no_relationship, pk_kea_look_terminated, pk_kea_look_not_normal,
    pk_kea_look_heartbeat_stopped, pk_kea_look_sockets, pk_kea_look_response_delay,
    pk_kea_look_ack_delay, pk_kea_look_slow_heartbeat, pk_kea_look_rejects, pk_kea_look_threads,
    pk_kea_look_no_listener, pk_kea_look_shared_port, pk_kea_look_url_name, pk_kea_look_primary,
    pk_kea_look_untied, pk_kea_look_backlog;

/* Subnets of one server: kea-looks-subnets.c */
pk_kea_look pk_kea_look_overlap, pk_kea_look_host_bits, pk_kea_look_no_id,
    pk_kea_look_small_network, pk_kea_look_idle_subnet, pk_kea_look_all_out_of_pool,
    pk_kea_look_reservation_outside, pk_kea_look_exhausted_pool, pk_kea_look_option_43;

/* Two servers beside each other: kea-looks-pair.c and kea-looks-pair-content.c */
pk_kea_pair_look pk_kea_look_ids, pk_kea_look_id_elsewhere, pk_kea_look_incompatible,
    pk_kea_look_versions, pk_kea_look_not_partners, pk_kea_look_same_name, pk_kea_look_peers,
    pk_kea_look_ha_settings, pk_kea_look_clocks, pk_kea_look_clocks_far, pk_kea_look_unsplit_pools,
    pk_kea_look_global_options, pk_kea_look_option_definitions, pk_kea_look_classes,
    pk_kea_look_networks, pk_kea_look_global_reservations;

/* -- What several of them need -- */

/** Is the version known and at least MAJOR.MINOR.0? */
bool pk_kea_version_is_from(struct pk_kea_version version, unsigned major, unsigned minor);

/** The whole number @p key of a map, or @p otherwise. */
int64_t pk_kea_number(const struct pk_kea_value *map, const char *key, int64_t otherwise);

/** The truth value @p key of a map, or @p otherwise. */
bool pk_kea_truth(const struct pk_kea_value *map, const char *key, bool otherwise);

/** The peer of a relationship that is the server itself; NULL when it is not among them. */
const struct pk_kea_value *pk_kea_own_peer(const struct pk_kea_value *relationship);

/** The peer called @p name, or NULL. */
const struct pk_kea_value *pk_kea_peer(const struct pk_kea_value *relationship, const char *name);

/** Kea's word for the relationship's mode, "" when there is none. */
const char *pk_kea_mode(const struct pk_kea_value *relationship);

/** Can a scope be written without a config-set? */
bool pk_kea_takes_single_scopes(const struct pk_kea_facts *facts);

/** Does the HA hook use threads in this relationship?  Since 2.4 unless it says otherwise. */
bool
pk_kea_ha_has_threads(const struct pk_kea_facts *facts, const struct pk_kea_value *relationship);

/** And does it listen for its partner itself? */
bool
pk_kea_ha_has_listener(const struct pk_kea_facts *facts, const struct pk_kea_value *relationship);

/** Defaults of the HA hook in ms, where a configuration says nothing. */
enum { PK_KEA_HEARTBEAT_MS = 10000, PK_KEA_RESPONSE_MS = 60000, PK_KEA_ACK_MS = 10000 };

/** Lease updates that load balancing keeps for a partner out of reach, likewise. */
enum { PK_KEA_DELAYED_UPDATES = 100 };

/** From which difference on a clock is told, and from which on the HA hook ends the relationship.
 */
enum { PK_KEA_CLOCK_WARNS_S = 30, PK_KEA_CLOCK_ENDS_S = 60 };

/** How many things there are and the first few of them: "3 (a, b, c)". */
struct pk_kea_tally {
    size_t count;
    const char *names; /**< NULL until the first */
};
void pk_kea_tally_add(struct pk_pool *pool, struct pk_kea_tally *tally, const char *name);
const char *pk_kea_tally_text(struct pk_pool *pool, const struct pk_kea_tally *tally);

#endif
