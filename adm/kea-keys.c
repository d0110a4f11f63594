/*
 * What a `kea:` block may hold.  For a relationship a closed list: HA parameters that tune and can
 * neither move a server nor carry a secret.  For a scope all but what has a field here or belongs
 * to one server, because a subnet's parameters are Kea's to extend.
 */
#include <string.h>

#include "adm/field.h"
#include "adm/kea-values.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const int64_t counter_max = UINT32_MAX;
static const int64_t delay_max_ms = UINT16_MAX; /* Kea refuses longer ones */

static const struct pk_field relationship_keys[] = {
    {"heartbeat-delay", PK_KIND_NUMBER, .min = 1, .max = delay_max_ms,
     .document = "Milliseconds between two heartbeats."},
    {"max-response-delay", PK_KIND_NUMBER, .min = 1, .max = delay_max_ms,
     .document = "Milliseconds without an answer after which communication counts as lost."},
    {"max-ack-delay", PK_KIND_NUMBER, .max = delay_max_ms,
     .document = "Milliseconds a client may try before it counts as unserved by the partner."},
    {"max-unacked-clients", PK_KIND_NUMBER, .max = counter_max,
     .document = "Unserved clients after which the partner counts as down."},
    {"max-rejected-lease-updates", PK_KIND_NUMBER, .max = counter_max,
     .document = "Clients whose lease updates are refused before the pair terminates; 0 = never."},
    {"delayed-updates-limit", PK_KIND_NUMBER, .max = counter_max,
     .document =
         "Lease updates kept for the partner while communication is lost; 0 in hot-standby."},
    {"sync-timeout", PK_KIND_NUMBER, .min = 1, .max = counter_max,
     .document = "Milliseconds that fetching the partner's leases may take."},
    {"sync-page-limit", PK_KIND_NUMBER, .min = 1, .max = counter_max,
     .document = "Leases fetched from the partner at once."},
    {"wait-backup-ack", PK_KIND_BOOLEAN,
     .document = "Whether a client waits until the backup servers know its lease: Kea takes no "
                 "`true` here."},
    {"send-lease-updates", PK_KIND_BOOLEAN, .document = "Whether leases are sent to the partner."},
    {"sync-leases", PK_KIND_BOOLEAN,
     .document = "Whether leases are fetched from the partner at the start."},
};

const struct pk_field_table pk_relationship_kea_keys = {"relationship's kea", relationship_keys,
                                                        COUNT_OF(relationship_keys)};

static const char of_one_server[] = "leave it out: it belongs to one server";

const struct pk_kea_refusal pk_scope_kea_refused[] = {
    {"4o6-interface", of_one_server},
    {"4o6-interface-id", of_one_server},
    {"4o6-subnet", "leave it out: IPv6 is not supported"},
    {"comment", "use the field `description`"},
    {"id", "use the field `id`"},
    {"interface", of_one_server},
    {"option-data", "use the field `options`"},
    {"pools", "use the field `ranges`"},
    {"rebind-timer", "use the field `rebind-time`"},
    {"renew-timer", "use the field `renew-time`"},
    {"reservation-mode", "use `reservations-global`, `reservations-in-subnet` and "
                         "`reservations-out-of-pool`"},
    {"reservations", "use the field `reservations`"},
    {"shared-network-name", "use the field `shared-network`"},
    {"subnet", "use the field `subnet`"},
    {"valid-lifetime", "use the field `lease-time`"},
};
const size_t pk_scope_kea_refused_count = COUNT_OF(pk_scope_kea_refused);

const char *
pk_scope_kea_refusal(const char *key)
{
    for (size_t i = 0; i < pk_scope_kea_refused_count; i++) {
        if (strcmp(pk_scope_kea_refused[i].key, key) == 0) {
            return pk_scope_kea_refused[i].instead;
        }
    }
    return NULL;
}

const char *
pk_kea_context_refusal(enum pk_kea_place place, const char *key)
{
    static const struct {
        enum pk_kea_place place;
        struct pk_kea_refusal refusal;
    } refused[] = {
        {PK_KEA_OF_SUBNET, {"comment", "use the field `description`"}},
        {PK_KEA_OF_SUBNET, {"subnet-name", "use the field `name`"}},
        {PK_KEA_OF_RESERVATION, {"comment", "use the key `name` of the reservation"}},
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (refused[i].place == place && strcmp(refused[i].refusal.key, key) == 0) {
            return refused[i].refusal.instead;
        }
    }
    return NULL;
}
