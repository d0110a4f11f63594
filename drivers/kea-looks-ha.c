/*
 * High availability as one server sees and configures it.  What status-get says of a relationship
 * stands at the same place of its list as the relationship in the configuration.
 */
#include <string.h>

#include "drivers/kea-looks.h"

enum {
    MS_PER_S = 1000,
    HEARTBEATS_MISSED = 3,
    SLOW_HEARTBEAT_MS = 30000,
    SECOND_OF_ROUNDING = 1,
};

static const char passive_backup[] = "passive-backup", load_balancing[] = "load-balancing";

static const struct pk_kea_value *
status_of(const struct pk_kea_facts *facts, size_t index)
{
    struct pk_kea_items all = pk_kea_list(facts->status, "high-availability");
    return index < all.count ? pk_kea_get(&all.at[index], "ha-servers") : NULL;
}

/* Kea's word for the state, or NULL when the server cannot be asked. */
static const char *
state_of(const struct pk_kea_facts *facts, size_t index)
{
    return pk_kea_text(pk_kea_get(status_of(facts, index), "local"), "state");
}

static bool
is_normal(const struct pk_kea_value *relationship, const char *state)
{
    return strcmp(state, pk_kea_mode(relationship)) == 0;
}

void
pk_kea_look_no_relationship(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (facts->relationships.count == 0) {
        bool loaded = pk_kea_hook(facts->dhcp4, "ha") != NULL;
        pk_kea_tell(report, NULL,
                    loaded ? "the HA hook has no relationship" : "the HA hook is not loaded");
    }
}

void
pk_kea_look_terminated(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const char *state = state_of(facts, i);
        if (state != NULL && strcmp(state, "terminated") == 0) {
            pk_kea_tell(report, NULL, "its HA state is terminated");
        }
    }
}

void
pk_kea_look_not_normal(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        const char *state = state_of(facts, i);
        if (state != NULL && strcmp(state, "terminated") != 0 && !is_normal(one, state)) {
            const char *partner =
                pk_kea_text(pk_kea_get(status_of(facts, i), "remote"), "last-state");
            pk_kea_tell(report, NULL, "its HA state is %s, its partner's %s", state,
                        partner != NULL && *partner != '\0' ? partner : "unknown");
        }
    }
}

void
pk_kea_look_heartbeat_stopped(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        const struct pk_kea_value *remote = pk_kea_get(status_of(facts, i), "remote");
        const char *state = state_of(facts, i);
        int64_t heartbeat_ms = pk_kea_number(one, "heartbeat-delay", PK_KEA_HEARTBEAT_MS);
        int64_t patience_s = HEARTBEATS_MISSED * heartbeat_ms / MS_PER_S + SECOND_OF_ROUNDING;
        int64_t age_s = pk_kea_number(remote, "age", 0);
        if (state != NULL && is_normal(one, state) && pk_kea_is_true(remote, "in-touch") &&
            heartbeat_ms > 0 && age_s > patience_s) {
            pk_kea_tell(report, NULL, "heard of its partner %lld s ago, and calls itself %s",
                        (long long)age_s, state);
        }
    }
}

void
pk_kea_look_sockets(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    const struct pk_kea_value *sockets = pk_kea_get(facts->status, "sockets");
    const char *status = pk_kea_text(sockets, "status");
    if (status != NULL && strcmp(status, "ready") != 0) {
        struct pk_kea_items errors = pk_kea_list(sockets, "errors");
        bool says = errors.count > 0 && errors.at[0].kind == PK_KEA_STRING;
        pk_kea_tell(report, NULL, "sockets: %s%s%s", status, says ? ": " : "",
                    says ? errors.at[0].text : "");
    }
}

/* -- Settings -- */

static bool
has_partners(const struct pk_kea_value *relationship)
{
    return strcmp(pk_kea_mode(relationship), passive_backup) != 0;
}

void
pk_kea_look_response_delay(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        int64_t heartbeat = pk_kea_number(one, "heartbeat-delay", PK_KEA_HEARTBEAT_MS);
        int64_t response = pk_kea_number(one, "max-response-delay", PK_KEA_RESPONSE_MS);
        bool fits = heartbeat > 0 && response > heartbeat && response % heartbeat == 0;
        if (has_partners(one) && !fits) {
            pk_kea_tell(report, NULL, "max-response-delay %lld ms, heartbeat-delay %lld ms",
                        (long long)response, (long long)heartbeat);
        }
    }
}

void
pk_kea_look_ack_delay(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        int64_t ack = pk_kea_number(one, "max-ack-delay", PK_KEA_ACK_MS);
        int64_t response = pk_kea_number(one, "max-response-delay", PK_KEA_RESPONSE_MS);
        bool counts = pk_kea_get(one, "max-ack-delay") != NULL;
        if (has_partners(one) && counts && ack > response) {
            pk_kea_tell(report, NULL, "max-ack-delay %lld ms, max-response-delay %lld ms",
                        (long long)ack, (long long)response);
        }
    }
}

void
pk_kea_look_slow_heartbeat(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        int64_t heartbeat = pk_kea_number(one, "heartbeat-delay", PK_KEA_HEARTBEAT_MS);
        if (has_partners(one) && heartbeat > SLOW_HEARTBEAT_MS) {
            pk_kea_tell(report, NULL, "heartbeat-delay %lld ms", (long long)heartbeat);
        }
    }
}

void
pk_kea_look_rejects(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        if (pk_kea_number(&facts->relationships.at[i], "max-rejected-lease-updates", 1) == 0) {
            pk_kea_tell(report, NULL, "max-rejected-lease-updates is 0");
        }
    }
}

/* None at all is safe: then nothing can overflow. */
void
pk_kea_look_backlog(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        int64_t limit = pk_kea_number(one, "delayed-updates-limit", PK_KEA_DELAYED_UPDATES);
        if (strcmp(pk_kea_mode(one), load_balancing) == 0 && !pk_kea_takes_single_scopes(facts) &&
            limit > 0 && limit <= PK_KEA_DELAYED_UPDATES) {
            pk_kea_tell(report, NULL, "delayed-updates-limit is %lld", (long long)limit);
        }
    }
}

/* -- Threads and ports -- */

static bool
has_threads(const struct pk_kea_facts *facts)
{
    bool by_default = pk_kea_version_is_from(facts->version, 2, 4);
    const struct pk_kea_value *threads = pk_kea_get(facts->dhcp4, "multi-threading");
    bool configured = pk_kea_truth(threads, "enable-multi-threading", by_default);
    return pk_kea_truth(facts->status, "multi-threading-enabled", configured);
}

void
pk_kea_look_threads(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        if (has_threads(facts) && !pk_kea_ha_has_threads(facts, &facts->relationships.at[i])) {
            pk_kea_tell(report, NULL, "multi-threading is on, and off in the HA hook");
        }
    }
}

void
pk_kea_look_no_listener(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        if (has_threads(facts) && pk_kea_ha_has_threads(facts, one) &&
            !pk_kea_ha_has_listener(facts, one)) {
            pk_kea_tell(report, NULL,
                        "multi-threading in the HA hook without "
                        "http-dedicated-listener");
        }
    }
}

static bool
is_control_port(const struct pk_kea_facts *facts, int64_t port)
{
    struct pk_kea_items sockets = pk_kea_list(facts->dhcp4, "control-sockets");
    for (size_t i = 0; i < sockets.count; i++) {
        if (pk_kea_number(&sockets.at[i], "socket-port", 0) == port) {
            return true;
        }
    }
    return facts->access.port == port;
}

void
pk_kea_look_shared_port(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        const char *url = pk_kea_text(pk_kea_own_peer(one), "url");
        int64_t port = 0;
        if (url != NULL && pk_kea_ha_has_listener(facts, one)) {
            pk_kea_url_host(report->pool, url, &port);
        }
        if (port != 0 && is_control_port(facts, port)) {
            pk_kea_tell(report, NULL, "its peer url %s is the control socket's port", url);
        }
    }
}

/* -- Peers -- */

static bool
is_address(const char *host)
{
    uint32_t address;
    return pk_parse_ipv4(host, &address) || strchr(host, ':') != NULL;
}

void
pk_kea_look_url_name(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        struct pk_kea_items peers = pk_kea_list(&facts->relationships.at[i], "peers");
        for (size_t j = 0; j < peers.count; j++) {
            const char *url = pk_kea_text(&peers.at[j], "url");
            int64_t port;
            if (url != NULL && !is_address(pk_kea_url_host(report->pool, url, &port))) {
                pk_kea_tell(report, NULL, "url %s", url);
            }
        }
    }
}

void
pk_kea_look_primary(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->relationships.count; i++) {
        struct pk_kea_items peers = pk_kea_list(&facts->relationships.at[i], "peers");
        size_t primaries = 0;
        for (size_t j = 0; j < peers.count; j++) {
            const char *role = pk_kea_text(&peers.at[j], "role");
            primaries += role != NULL && strcmp(role, "primary") == 0;
        }
        if (primaries != 1) {
            pk_kea_tell(report, NULL, "peers with the role primary: %zu", primaries);
        }
    }
}

/* -- Several relationships -- */

static bool
says_its_relationship(const struct pk_kea_subnet *subnet)
{
    static const char key[] = "ha-server-name";
    return pk_kea_text(pk_kea_get(subnet->json, "user-context"), key) != NULL ||
           pk_kea_text(pk_kea_get(subnet->network, "user-context"), key) != NULL;
}

void
pk_kea_look_untied(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->subnets.count && facts->relationships.count > 1; i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        if (!says_its_relationship(subnet)) {
            pk_kea_tell(report, subnet->text, "%zu relationships, and no ha-server-name",
                        facts->relationships.count);
        }
    }
}
