/*
 * A server of 2.2 cannot say which configuration it has, only how long ago it took it, in whole
 * seconds of its own clock; so "not since" can be known and "which" cannot.  Changes of single
 * subnets (3.x) do not count there, which is why such servers are asked for a hash instead.
 */
#include "drivers/kea-status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDING_S = 2,
    MS_PER_S = 1000,
    HEARTBEATS_UNHEARD = 3,
    PATIENCE_MS = 5000, /* a busy machine, whatever the heartbeat */
};

/* -- Age -------------------------------------------------------------------------------------- */

static bool
read_counter(const struct pk_kea_value *map, const char *key, int64_t *out)
{
    return pk_kea_integer(map, key, out) && *out >= 0;
}

bool
pk_kea_age_read(const struct pk_kea_value *status, struct pk_kea_age *out)
{
    return read_counter(status, "pid", &out->pid) &&
           read_counter(status, "uptime", &out->uptime_s) &&
           read_counter(status, "reload", &out->reload_s);
}

bool
pk_kea_age_has_changed(const struct pk_kea_age *before, const struct pk_kea_age *after)
{
    return before->pid != after->pid || after->uptime_s < before->uptime_s ||
           after->reload_s < before->reload_s;
}

const char *
pk_kea_age_sequence(struct pk_pool *pool, const struct pk_kea_age *age)
{
    return pk_sprintf(pool, "pid:%" PRId64 " uptime:%" PRId64, age->pid, age->uptime_s);
}

const char *
pk_kea_age_unconfirmed(struct pk_pool *pool, const struct pk_kea_age *age)
{
    return pk_sprintf(pool, "%s unconfirmed", pk_kea_age_sequence(pool, age));
}

bool
pk_kea_age_is_since(const struct pk_kea_age *now, const char *since)
{
    int64_t pid, uptime_s;
    int end = 0;
    return since != NULL &&
           sscanf(since, "pid:%" SCNd64 " uptime:%" SCNd64 "%n", &pid, &uptime_s, &end) == 2 &&
           since[end] == '\0' && pid == now->pid && now->uptime_s >= uptime_s &&
           now->reload_s >= now->uptime_s - uptime_s + ROUNDING_S;
}

/* -- High availability ------------------------------------------------------------------------ */

/* What is not listed is out of the ordinary: maintenance, communication-recovery, a new word. */
static const struct {
    const char *said;
    enum pk_pair_state state;
} states[] = {
    {"hot-standby", PK_PAIR_NORMAL},    {"load-balancing", PK_PAIR_NORMAL},
    {"waiting", PK_PAIR_SYNCING},       {"syncing", PK_PAIR_SYNCING},
    {"ready", PK_PAIR_SYNCING},         {"partner-down", PK_PAIR_PARTNER_DOWN},
    {"terminated", PK_PAIR_TERMINATED},
};

static enum pk_pair_state
state_of(const char *said, bool interrupted)
{
    enum pk_pair_state state = PK_PAIR_DISTURBED;
    for (size_t i = 0; said != NULL && i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(states[i].said, said) == 0) {
            state = states[i].state;
        }
    }
    return state == PK_PAIR_NORMAL && interrupted ? PK_PAIR_DISTURBED : state;
}

bool
pk_kea_is_out_of_touch(const struct pk_pair_health *health, int64_t heartbeat_ms)
{
    return state_of(health->state, false) == PK_PAIR_NORMAL && heartbeat_ms > 0 &&
           health->contact_age_s * MS_PER_S > HEARTBEATS_UNHEARD * heartbeat_ms + PATIENCE_MS;
}

static int64_t
number_or_not_said(const struct pk_kea_value *map, const char *key)
{
    int64_t number;
    return pk_kea_integer(map, key, &number) ? number : PK_NOT_SAID;
}

static struct pk_kea_pair
read_entry(const struct pk_kea_value *entry)
{
    const struct pk_kea_value *servers = pk_kea_get(entry, "ha-servers");
    const struct pk_kea_value *local = pk_kea_get(servers, "local");
    const struct pk_kea_value *remote = pk_kea_get(servers, "remote");
    const char *role = pk_kea_text(local, "role"), *state = pk_kea_text(local, "state");
    bool interrupted = pk_kea_is_true(remote, "communication-interrupted");
    return (struct pk_kea_pair){
        .state = state_of(state, interrupted),
        .health =
            {
                .role = role != NULL ? role : "none",
                .state = state != NULL ? state : "none",
                .partner_state = pk_kea_text(remote, "last-state"),
                .contact_age_s = number_or_not_said(remote, "age"),
                .unsent_updates = PK_NOT_SAID,
                .unacked_clients = number_or_not_said(remote, "unacked-clients"),
                .in_touch = pk_kea_is_true(remote, "in-touch"),
                .interrupted = interrupted,
            },
    };
}

static bool
is_named(const struct pk_kea_value *servers, const char *which, const char *name)
{
    const char *said = pk_kea_text(pk_kea_get(servers, which), "server-name");
    return said == NULL || strcmp(said, name) == 0;
}

const struct pk_kea_value *
pk_kea_entry(const struct pk_kea_value *status, const struct pk_peering *peering)
{
    struct pk_kea_items entries = pk_kea_list(status, "high-availability");
    for (size_t i = 0; i < entries.count; i++) {
        const struct pk_kea_value *servers = pk_kea_get(&entries.at[i], "ha-servers");
        if (is_named(servers, "local", peering->self) &&
            is_named(servers, "remote", peering->partner)) {
            return &entries.at[i];
        }
    }
    return NULL;
}

struct pk_kea_pair
pk_kea_pair_read(const struct pk_kea_value *status, const struct pk_peering *peering)
{
    return read_entry(pk_kea_entry(status, peering));
}

enum pk_pair_state
pk_kea_worst_state(const struct pk_kea_value *status)
{
    struct pk_kea_items entries = pk_kea_list(status, "high-availability");
    enum pk_pair_state worst = PK_PAIR_NORMAL;
    for (size_t i = 0; i < entries.count; i++) {
        enum pk_pair_state state = read_entry(&entries.at[i]).state;
        worst = state > worst ? state : worst;
    }
    return worst;
}
