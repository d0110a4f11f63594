/**
 * @file
 * What a Kea server says of itself beside its configuration: age, high availability.
 *
 * Pure: from the arguments of status-get and ha-heartbeat.
 */
#ifndef PK_DRIVERS_KEA_STATUS_H
#define PK_DRIVERS_KEA_STATUS_H

#include "drivers/driver.h"
#include "drivers/kea-json.h"

/** Seconds by the server's own clock. */
struct pk_kea_age {
    int64_t pid;
    int64_t uptime_s; /**< since it was started                          */
    int64_t reload_s; /**< since it took a whole configuration last      */
};

/** @return false when @p status is no answer of status-get */
bool pk_kea_age_read(const struct pk_kea_value *status, struct pk_kea_age *out);

/** Has the server certainly been started or configured anew between the two? */
bool pk_kea_age_has_changed(const struct pk_kea_age *before, const struct pk_kea_age *after);

/** The change sequence of a server that can only say how old its configuration is. */
const char *pk_kea_age_sequence(struct pk_pool *pool, const struct pk_kea_age *age);

/** For a server that may have changed since: never the sequence of anything that was read. */
const char *pk_kea_age_unconfirmed(struct pk_pool *pool, const struct pk_kea_age *age);

/**
 * Is it certain that nothing was configured since the read that had the sequence @p since?  Within
 * the rounding of two clocks that only know seconds it is not.
 */
bool pk_kea_age_is_since(const struct pk_kea_age *now, const char *since);

/** State of one peering and what there is to tell about it. */
struct pk_kea_pair {
    enum pk_pair_state state;
    struct pk_pair_health health;
};

/**
 * @param status  of status-get: the entry of @p peering in `high-availability`; 2.2 has one at the
 *                most and does not name it
 * @return a pair that is disturbed when the server has no such entry
 */
struct pk_kea_pair
pk_kea_pair_read(const struct pk_kea_value *status, const struct pk_peering *peering);

/**
 * Does the server say that its pair is normal, and has it heard nothing from its partner for so
 * many heartbeats that its own can hardly be running?  So says a server of 2.2 that is deaf.
 */
bool pk_kea_is_out_of_touch(const struct pk_pair_health *health, int64_t heartbeat_ms);

/** The entry of @p peering in `high-availability` of status-get; NULL = there is none. */
const struct pk_kea_value *
pk_kea_entry(const struct pk_kea_value *status, const struct pk_peering *peering);

/** The worst state over all entries; PK_PAIR_NORMAL when there are none. */
enum pk_pair_state pk_kea_worst_state(const struct pk_kea_value *status);

#endif
