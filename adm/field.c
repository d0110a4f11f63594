/*
 * Three tables and nothing else worth reading: what a field is stands here once, and every other
 * room asks.  The order of rows is the order in which fields are printed, hashed and compared.
 */
#include "adm/field.h"

#include <string.h>

#include "base/number.h"

enum {
    NAME_BYTES = 255,
    DESCRIPTION_BYTES = 4000,
    RELATIONSHIP_NAME_BYTES = 126, /* the least that any kind of server takes */
    SERVER_NAME_BYTES = 63,
    IDENTIFIER_BYTES = 512,
    IPV4_TEXT_SHORTEST = 7,
    IPV4_TEXT_LONGEST = 15,
};

static const int64_t subnet_id_max = 4294967294;
static const int64_t duration_max = PK_DURATION_UNLIMITED;
static const int64_t interval_max = PK_DURATION_UNLIMITED - 1;

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const scope_states[] = {"active", "inactive", NULL};

static const struct pk_field scope_rows[] = {
    [PK_SCOPE_SUBNET] = {"subnet", PK_KIND_PREFIX, PK_FIELD_REQUIRED | PK_FIELD_KEY,
                         .document = "Network address and prefix length of the scope."},
    [PK_SCOPE_RELATIONSHIP] = {"relationship", PK_KIND_NAME, PK_FIELD_REQUIRED, .min = 1,
                               .max = RELATIONSHIP_NAME_BYTES,
                               .document = "The failover relationship whose two servers hold "
                                           "the scope."},
    [PK_SCOPE_ID] = {"id", PK_KIND_NUMBER, .min = 1, .max = subnet_id_max,
                     .document = "Subnet id, the same on both servers; chosen when absent."},
    [PK_SCOPE_NAME] = {"name", PK_KIND_TEXT, .max = NAME_BYTES, .default_value = "\"\"",
                       .document = "A short label for people."},
    [PK_SCOPE_DESCRIPTION] = {"description", PK_KIND_TEXT, PK_FIELD_INHERITED,
                              .max = DESCRIPTION_BYTES, .default_value = "\"\"",
                              .document = "A longer remark for people."},
    [PK_SCOPE_STATE] = {"state", PK_KIND_CHOICE, PK_FIELD_INHERITED, .default_value = "\"active\"",
                        .choices = scope_states,
                        .document = "Whether the servers lease addresses from the scope."},
    [PK_SCOPE_RANGES] = {"ranges", PK_KIND_RANGES, .default_value = "[]",
                         .document = "The addresses to lease: FIRST-LAST, a prefix or one address, "
                                     "each with its own pool settings if need be."},
    [PK_SCOPE_EXCLUSIONS] = {"exclusions", PK_KIND_EXCLUSIONS, .default_value = "[]",
                             .document = "Addresses inside the ranges that are never leased."},
    [PK_SCOPE_LEASE_TIME] = {"lease-time", PK_KIND_DURATION, PK_FIELD_INHERITED, .min = 1,
                             .max = duration_max,
                             .document = "How long a client may keep an address."},
    [PK_SCOPE_RENEW_TIME] = {"renew-time", PK_KIND_DURATION, PK_FIELD_INHERITED, .min = 1,
                             .max = duration_max,
                             .document = "When a client asks its own server again (T1)."},
    [PK_SCOPE_REBIND_TIME] = {"rebind-time", PK_KIND_DURATION, PK_FIELD_INHERITED, .min = 1,
                              .max = duration_max,
                              .document = "When a client asks any server again (T2)."},
    [PK_SCOPE_SHARED_NETWORK] = {"shared-network", PK_KIND_TEXT, PK_FIELD_INHERITED, .min = 1,
                                 .max = NAME_BYTES,
                                 .document = "Name of the superscope that groups the subnets of "
                                             "one link."},
    [PK_SCOPE_OPTIONS] = {"options", PK_KIND_OPTIONS, PK_FIELD_INHERITED,
                          .document = "DHCP options by standard name, code or space.code."},
    [PK_SCOPE_RESERVATIONS] = {"reservations", PK_KIND_RESERVATIONS,
                               .document = "Clients with an address or settings of their own."},
    [PK_SCOPE_KEA] = {"kea", PK_KIND_JSON_MAP, PK_FIELD_INHERITED,
                      .document = "Subnet parameters that only Kea has, each owned by itself."},
};
_Static_assert(COUNT_OF(scope_rows) == PK_SCOPE_FIELD_COUNT, "a row per scope field");
_Static_assert(COUNT_OF(scope_rows) <= 64, "sets of fields are 64-bit masks");

const struct pk_field_table pk_scope_fields = {"scope", scope_rows, COUNT_OF(scope_rows)};

static const char *const modes[] = {"load-balance", "hot-standby", NULL};
static const char *const heal_policies[] = {"enforce", "commits", "report", NULL};
static const char *const prune_policies[] = {"never", "owned", NULL};
static const char *const foreign_policies[] = {"report", "replicate", NULL};
static const char *const settings_policies[] = {"report", "enforce", NULL};

static const struct pk_field relationship_rows[] = {
    [PK_RELATIONSHIP_MODE] = {"mode", PK_KIND_CHOICE, PK_FIELD_MEMBERSHIP,
                              .default_value = "\"load-balance\"", .choices = modes,
                              .document = "Whether both servers answer or one waits."},
    [PK_RELATIONSHIP_SERVERS] = {"servers", PK_KIND_SERVER_PAIR,
                                 PK_FIELD_REQUIRED | PK_FIELD_MEMBERSHIP, .min = 1,
                                 .max = SERVER_NAME_BYTES,
                                 .document = "Server 1 (primary) and server 2, by their names in "
                                             "the agent's configuration."},
    [PK_RELATIONSHIP_SOURCE] = {"source", PK_KIND_NAME, PK_FIELD_MEMBERSHIP, .min = 1,
                                .max = SERVER_NAME_BYTES,
                                .document = "The server whose content is replicated to the other; "
                                            "server 1 when absent."},
    [PK_RELATIONSHIP_LOAD_SPLIT] = {"load-split", PK_KIND_NUMBER, .max = 100, .default_value = "50",
                                    .document = "Percent of the clients that server 1 serves in "
                                                "load-balance mode."},
    [PK_RELATIONSHIP_STANDBY_RESERVE] = {"standby-reserve", PK_KIND_NUMBER, .max = 100,
                                         .default_value = "5",
                                         .document = "Percent of the addresses kept for the "
                                                     "standby in hot-standby mode."},
    [PK_RELATIONSHIP_MCLT] = {"mclt", PK_KIND_DURATION, .min = 1, .max = interval_max,
                              .default_value = "3600",
                              .document = "Maximum client lead time: how far a lease may run ahead "
                                          "of what the partner knows."},
    [PK_RELATIONSHIP_AUTO_STATE_TRANSITION] = {"auto-state-transition", PK_KIND_BOOLEAN,
                                               .default_value = "true",
                                               .document = "Whether a server that lost its partner "
                                                           "takes over by itself."},
    [PK_RELATIONSHIP_STATE_SWITCH_INTERVAL] = {"state-switch-interval", PK_KIND_DURATION, .min = 1,
                                               .max = interval_max, .default_value = "3600",
                                               .document = "How long it waits before it does."},
    [PK_RELATIONSHIP_KEA] = {"kea", PK_KIND_JSON_MAP,
                             .document = "HA tuning parameters that only Kea has, from a closed "
                                         "list."},
    [PK_RELATIONSHIP_HEAL] = {"heal", PK_KIND_CHOICE, PK_FIELD_POLICY,
                              .default_value = "\"enforce\"", .choices = heal_policies,
                              .document = "What is written back: every difference, only what Git "
                                          "changed, or nothing."},
    [PK_RELATIONSHIP_PRUNE] = {"prune", PK_KIND_CHOICE, PK_FIELD_POLICY,
                               .default_value = "\"never\"", .choices = prune_policies,
                               .document = "Whether scopes that Git no longer names are deleted."},
    [PK_RELATIONSHIP_FOREIGN] = {"foreign", PK_KIND_CHOICE, PK_FIELD_POLICY,
                                 .default_value = "\"report\"", .choices = foreign_policies,
                                 .document = "Whether scopes that Git does not name are kept equal "
                                             "on both servers."},
    [PK_RELATIONSHIP_SETTINGS] = {"settings", PK_KIND_CHOICE, PK_FIELD_POLICY,
                                  .default_value = "\"report\"", .choices = settings_policies,
                                  .document = "Whether differing settings of the relationship are "
                                              "written or only reported."},
    [PK_RELATIONSHIP_SPLIT_RANGES] = {"split-ranges", PK_KIND_BOOLEAN, PK_FIELD_POLICY,
                                      .default_value = "false",
                                      .document = "Whether each range is wanted in two halves, one "
                                                  "for the clients of each server (load-balance, "
                                                  "Kea)."},
    [PK_RELATIONSHIP_SUSPEND] = {"suspend", PK_KIND_BOOLEAN, PK_FIELD_POLICY,
                                 .default_value = "false",
                                 .document = "Whether pairkeeper writes nothing for now."},
    [PK_RELATIONSHIP_SCOPE_DEFAULTS] = {"scope-defaults", PK_KIND_DEFAULTS, PK_FIELD_POLICY,
                                        .document = "Fields that every scope of the relationship "
                                                    "inherits."},
};
_Static_assert(COUNT_OF(relationship_rows) == PK_RELATIONSHIP_FIELD_COUNT,
               "a row per relationship field");
_Static_assert(COUNT_OF(relationship_rows) <= 64, "sets of fields are 64-bit masks");

const struct pk_field_table pk_relationship_fields = {"relationship", relationship_rows,
                                                      COUNT_OF(relationship_rows)};

static const struct pk_field reservation_rows[] = {
    [PK_RESERVATION_MAC] = {"mac", PK_KIND_TEXT, PK_FIELD_KEY, .min = 1, .max = IDENTIFIER_BYTES,
                            .document = "Hardware address of the client."},
    [PK_RESERVATION_CLIENT_ID] = {"client-id", PK_KIND_TEXT, PK_FIELD_KEY, .min = 1,
                                  .max = IDENTIFIER_BYTES,
                                  .document = "What the client sends in option 61, hexadecimal."},
    [PK_RESERVATION_DUID] = {"duid", PK_KIND_TEXT, PK_FIELD_KEY, .min = 1, .max = IDENTIFIER_BYTES,
                             .document = "DHCP unique identifier of the client, hexadecimal."},
    [PK_RESERVATION_CIRCUIT_ID] = {"circuit-id", PK_KIND_TEXT, PK_FIELD_KEY, .min = 1,
                                   .max = IDENTIFIER_BYTES,
                                   .document = "What the relay says of the port, hexadecimal."},
    [PK_RESERVATION_FLEX_ID] = {"flex-id", PK_KIND_TEXT, PK_FIELD_KEY, .min = 1,
                                .max = IDENTIFIER_BYTES,
                                .document = "Value of the server's own identifier expression, "
                                            "hexadecimal."},
    [PK_RESERVATION_IP] = {"ip", PK_KIND_TEXT, .min = IPV4_TEXT_SHORTEST, .max = IPV4_TEXT_LONGEST,
                           .document = "The address kept for the client."},
    [PK_RESERVATION_HOSTNAME] = {"hostname", PK_KIND_TEXT, .max = NAME_BYTES,
                                 .default_value = "\"\"",
                                 .document = "The host name given to the client."},
    [PK_RESERVATION_NAME] = {"name", PK_KIND_TEXT, .max = NAME_BYTES, .default_value = "\"\"",
                             .document = "A label for people; no client sees it."},
    [PK_RESERVATION_OPTIONS] = {"options", PK_KIND_OPTIONS,
                                .document = "DHCP options for this client alone."},
    [PK_RESERVATION_KEA] = {"kea", PK_KIND_JSON_MAP,
                            .document = "Reservation parameters that only Kea has."},
};
_Static_assert(COUNT_OF(reservation_rows) == PK_RESERVATION_FIELD_COUNT,
               "a row per reservation field");

const struct pk_field_table pk_reservation_fields = {"reservation", reservation_rows,
                                                     COUNT_OF(reservation_rows)};

const struct pk_field *
pk_field_find(const struct pk_field_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->at[i].name, name) == 0) {
            return &table->at[i];
        }
    }
    return NULL;
}

size_t
pk_field_index(const struct pk_field_table *table, const struct pk_field *field)
{
    return (size_t)(field - table->at);
}

bool
pk_field_is_map(const struct pk_field *field)
{
    return field->kind == PK_KIND_OPTIONS || field->kind == PK_KIND_RESERVATIONS ||
           field->kind == PK_KIND_JSON_MAP;
}
