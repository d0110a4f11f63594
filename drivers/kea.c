/*
 * One config-get is one moment of the server: everything that is compared comes out of it.  What
 * stands around it (age, high availability, leases) may be a moment older or newer; so the change
 * sequence is the hash that came with the configuration, or an age that was asked before it.
 *
 * What the server was asked for to learn its peerings serves the read that follows.
 */
#include "drivers/kea.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/kea-checks.h"
#include "drivers/kea-server.h"
#include "drivers/kea-shape.h"

enum {
    READ_ATTEMPTS = 5,        /* somebody may configure it between two of our questions */
    BATCH_OF_A_WHOLE = 100000 /* scopes in one configuration */
};

static const char *const optional_commands[PK_KEA_OPTIONAL_COMMANDS] = {
    [PK_KEA_CONFIG_HASH_GET] = "config-hash-get", [PK_KEA_STAT_LEASE4_GET] = "stat-lease4-get",
    [PK_KEA_LEASE4_GET_ALL] = "lease4-get-all",   [PK_KEA_HA_HEARTBEAT] = "ha-heartbeat",
    [PK_KEA_SUBNET4_UPDATE] = "subnet4-update",   [PK_KEA_RESERVATION_ADD] = "reservation-add",
};

/* Before the server was asked: the least that any can do. */
static const struct pk_capabilities at_first = {
    .writes = true,
    .whole_configuration = true,
    .batch_limit = 1,
    .has_pair_states = true,
    .create_order = PK_SERVER_2_FIRST,
    .delete_order = PK_SERVER_1_FIRST,
    .lacks = UINT64_C(1) << PK_RELATIONSHIP_LOAD_SPLIT |
             UINT64_C(1) << PK_RELATIONSHIP_STANDBY_RESERVE | UINT64_C(1) << PK_RELATIONSHIP_MCLT |
             UINT64_C(1) << PK_RELATIONSHIP_AUTO_STATE_TRANSITION |
             UINT64_C(1) << PK_RELATIONSHIP_STATE_SWITCH_INTERVAL,
};

const char *
pk_kea_optional_command(enum pk_kea_optional_command command)
{
    return optional_commands[command];
}

static enum pk_code
kea_open(const struct pk_server_config *config, struct pk_db *db, struct pk_server **out,
         struct pk_error *err)
{
    struct pk_kea_client *client;
    enum pk_code code = pk_kea_client_open(config, &client, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_pool *pool = pk_pool_new(NULL);
    struct pk_server *server = pk_new(pool, struct pk_server);
    *server = (struct pk_server){
        .pool = pool,
        .config = config,
        .db = db,
        .client = client,
        .capabilities = at_first,
        .where = pk_sprintf(pool, "server %s", config->name),
    };
    *out = server;
    return PK_OK;
}

void
pk_kea_forget(struct pk_kea_fetched *fetched)
{
    pk_pool_free(fetched->pool);
    *fetched = (struct pk_kea_fetched){.pool = NULL};
}

static void
kea_close(struct pk_server *server)
{
    if (server != NULL) {
        pk_kea_forget(&server->kept);
        pk_pool_free(server->around_pool);
        pk_kea_listing_forget(&server->listing);
        pk_kea_examined_forget(&server->examined);
        pk_kea_client_close(server->client);
        pk_pool_free(server->pool);
    }
}

static const struct pk_capabilities *
kea_capabilities(const struct pk_server *server)
{
    return &server->capabilities;
}

/* -- Asking ----------------------------------------------------------------------------------- */

enum pk_code
pk_kea_not_as_expected(const struct pk_server *server, const char *command, const char *what,
                       struct pk_error *err)
{
    return pk_error_set(err, PK_EINVAL, server->where,
                        "%s: the answer is none of kea-dhcp4: %s; see what answers at `url`",
                        command, what);
}

/* Both are needed to write a scope; without, the whole configuration is exchanged. */
static void
settle_capabilities(struct pk_server *server)
{
    bool by_scope = server->has[PK_KEA_SUBNET4_UPDATE] && server->has[PK_KEA_RESERVATION_ADD];
    server->capabilities.whole_configuration = !by_scope;
    server->capabilities.batch_limit = by_scope ? 1 : BATCH_OF_A_WHOLE;
}

enum pk_code
pk_kea_learn_commands(struct pk_server *server, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    static const char command[] = "list-commands";
    struct pk_kea_value commands;
    if (server->knows_commands) {
        return PK_OK;
    }
    enum pk_code code = pk_kea_ask(server->client, scratch, command, NULL, &commands, err);
    if (code != PK_OK) {
        return code;
    }
    if (commands.kind != PK_KEA_LIST || commands.count == 0) {
        return pk_kea_not_as_expected(server, command, "no list of commands", err);
    }
    for (size_t i = 0; i < commands.count; i++) {
        const struct pk_kea_value *one = &commands.items[i];
        for (int which = 0; which < PK_KEA_OPTIONAL_COMMANDS && one->kind == PK_KEA_STRING;
             which++) {
            server->has[which] =
                server->has[which] || strcmp(one->text, optional_commands[which]) == 0;
        }
    }
    settle_capabilities(server);
    server->knows_commands = true;
    return PK_OK;
}

enum pk_code
pk_kea_ask_status(struct pk_server *server, struct pk_pool *pool, struct pk_kea_value *status,
                  struct pk_kea_age *age, struct pk_error *err)
{
    static const char command[] = "status-get";
    enum pk_code code = pk_kea_ask(server->client, pool, command, NULL, status, err);
    return code == PK_OK && !pk_kea_age_read(status, age)
               ? pk_kea_not_as_expected(server, command, "no pid, uptime and reload", err)
               : code;
}

static enum pk_code
ask_configuration(struct pk_server *server, struct pk_kea_fetched *out, struct pk_error *err)
{
    static const char command[] = "config-get";
    struct pk_kea_value arguments;
    enum pk_code code = pk_kea_ask(server->client, out->pool, command, NULL, &arguments, err);
    if (code != PK_OK) {
        return code;
    }
    const struct pk_kea_value *dhcp4 = pk_kea_get(&arguments, "Dhcp4");
    if (dhcp4 == NULL || dhcp4->kind != PK_KEA_MAP) {
        return pk_kea_not_as_expected(server, command, "no Dhcp4 in it", err);
    }
    out->dhcp4 = *dhcp4;
    out->hash = pk_kea_text(&arguments, "hash");
    code = pk_kea_shape_check(dhcp4, server->where, err);
    if (code != PK_OK) {
        pk_error_prefix(err, "%s", command);
    }
    return code;
}

/* -- Fetching --------------------------------------------------------------------------------- */

static enum pk_code
fetch_once(struct pk_server *server, struct pk_kea_fetched *out, bool *has_changed,
           struct pk_error *err)
{
    struct pk_kea_value status_before;
    struct pk_kea_age before;
    enum pk_code code = pk_kea_ask_status(server, out->pool, &status_before, &before, err);
    if (code == PK_OK) {
        code = ask_configuration(server, out, err);
    }
    if (code == PK_OK) {
        code = pk_kea_ask_status(server, out->pool, &out->status, &out->age, err);
    }
    if (code == PK_OK) {
        *has_changed = pk_kea_age_has_changed(&before, &out->age);
        out->age = before; /* what is configured from now on is not in what was fetched */
    }
    return code;
}

enum pk_code
pk_kea_fetch(struct pk_server *server, struct pk_kea_fetched *out, struct pk_error *err)
{
    enum pk_code code = pk_kea_learn_commands(server, err);
    for (int attempt = 0; code == PK_OK && attempt < READ_ATTEMPTS; attempt++) {
        struct pk_kea_fetched seen = {.pool = pk_pool_new(NULL)};
        bool has_changed = false;
        code = fetch_once(server, &seen, &has_changed, err);
        if (code == PK_OK && !has_changed) {
            *out = seen;
            return PK_OK;
        }
        pk_pool_free(seen.pool);
    }
    return code != PK_OK
               ? code
               : pk_error_set(err, PK_EAGAIN, server->where,
                              "the server was configured or started anew each of %d times it was "
                              "read; try again in a moment, and see who configures it",
                              READ_ATTEMPTS);
}

static enum pk_code
kea_peerings(struct pk_server *server, struct pk_pool *pool, struct pk_peerings *out,
             struct pk_error *err)
{
    pk_kea_forget(&server->kept);
    enum pk_code code = pk_kea_fetch(server, &server->kept, err);
    return code == PK_OK ? pk_kea_names_peerings(pool, server->where, &server->kept.dhcp4, out, err)
                         : code;
}

static void
kea_name_peerings(struct pk_server *server, const struct pk_peering_name *names, size_t count,
                  const struct pk_peering_name *alone)
{
    pk_kea_names_take(server->pool, &server->names, names, count, alone);
}

/* -- Sequence --------------------------------------------------------------------------------- */

static enum pk_code
sequence_by_hash(struct pk_server *server, struct pk_pool *pool, const char **out,
                 struct pk_error *err)
{
    struct pk_kea_value arguments;
    const char *command = optional_commands[PK_KEA_CONFIG_HASH_GET];
    enum pk_code code = pk_kea_ask(server->client, pool, command, NULL, &arguments, err);
    if (code != PK_OK) {
        return code;
    }
    *out = pk_kea_text(&arguments, "hash");
    return *out != NULL ? PK_OK : pk_kea_not_as_expected(server, command, "no hash", err);
}

/* What cannot be told to be as it was then is another sequence, also within the same second. */
static enum pk_code
sequence_by_age(struct pk_server *server, struct pk_pool *pool, const char *since, const char **out,
                struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_value status;
    struct pk_kea_age age;
    enum pk_code code = pk_kea_ask_status(server, scratch, &status, &age, err);
    if (code == PK_OK) {
        *out = pk_kea_age_is_since(&age, since) ? pk_strdup(pool, since)
                                                : pk_kea_age_unconfirmed(pool, &age);
    }
    return code;
}

static enum pk_code
kea_sequence(struct pk_server *server, struct pk_pool *pool, const char *since, const char **out,
             struct pk_error *err)
{
    enum pk_code code = pk_kea_learn_commands(server, err);
    if (code == PK_OK) {
        code = server->has[PK_KEA_CONFIG_HASH_GET] ? sequence_by_hash(server, pool, out, err)
                                                   : sequence_by_age(server, pool, since, out, err);
    }
    server->sequence = code == PK_OK ? pk_strdup(server->pool, *out) : NULL;
    return code;
}

/* -- Reading ---------------------------------------------------------------------------------- */

/* Only a server with one peering says whose updates they are. */
static int64_t
ask_unsent_updates(struct pk_server *server, size_t peerings)
{
    PK_SCRATCH(scratch);
    struct pk_error ignored;
    struct pk_kea_value arguments = {.kind = PK_KEA_NULL};
    int64_t unsent = PK_NOT_SAID;
    if (server->has[PK_KEA_HA_HEARTBEAT] && peerings == 1) {
        pk_kea_ask(server->client, scratch, optional_commands[PK_KEA_HA_HEARTBEAT], NULL,
                   &arguments, &ignored);
        pk_kea_integer(&arguments, "unsent-update-count", &unsent);
    }
    return unsent;
}

static const char *
copy_of(struct pk_pool *pool, const char *text)
{
    return text != NULL ? pk_strdup(pool, text) : NULL;
}

/* Kea's default where its configuration says nothing: the relationship has it all the same. */
static int64_t
heartbeat_ms_of(const struct pk_relation *relation)
{
    const char *said = pk_parts_get(
        &relation->parts, &pk_relationship_fields.at[PK_RELATIONSHIP_KEA], "heartbeat-delay");
    return said != NULL ? strtoll(said, NULL, 10) : 0;
}

static void
fill_health(struct pk_pool *pool, const struct pk_kea_value *status,
            const struct pk_peering *peering, int64_t unsent_updates, struct pk_relation *relation)
{
    struct pk_kea_pair pair = pk_kea_pair_read(status, peering);
    struct pk_pair_health *health = pk_new(pool, struct pk_pair_health);
    *health = pair.health;
    health->role = copy_of(pool, health->role);
    health->state = copy_of(pool, health->state);
    health->partner_state = copy_of(pool, health->partner_state);
    health->unsent_updates = unsent_updates;
    relation->state = pk_kea_is_out_of_touch(health, heartbeat_ms_of(relation))
                          ? PK_PAIR_OUT_OF_TOUCH
                          : pair.state;
    relation->health = health;
}

static const struct pk_peering *
peering_called(const struct pk_server *server, const struct pk_peerings *peerings,
               const char *relationship)
{
    for (size_t i = 0; i < peerings->count && i < server->names.count; i++) {
        const char *name = server->names.at[i].relationship;
        if (name != NULL && strcmp(name, relationship) == 0) {
            return &peerings->at[i];
        }
    }
    return NULL;
}

void
pk_kea_fill_pairs(struct pk_server *server, struct pk_pool *pool, const struct pk_kea_value *status,
                  const struct pk_peerings *peerings, struct pk_relations *relations)
{
    int64_t unsent_updates = ask_unsent_updates(server, peerings->count);
    struct pk_relation *filled = pk_array(pool, struct pk_relation, relations->count);
    for (size_t i = 0; i < relations->count; i++) {
        filled[i] = relations->at[i];
        const struct pk_peering *peering = peering_called(server, peerings, filled[i].name);
        if (peering != NULL) {
            fill_health(pool, status, peering, unsent_updates, &filled[i]);
        }
    }
    relations->at = filled;
}

static enum pk_code
observe(struct pk_server *server, struct pk_pool *pool, const struct pk_kea_fetched *fetched,
        struct pk_observation *out, struct pk_error *err)
{
    struct pk_observation seen = {.sequence = ""};
    struct pk_peerings peerings;
    enum pk_code code = pk_kea_names_observe(pool, &server->names, server->config->name,
                                             server->where, &fetched->dhcp4, &seen, err);
    if (code == PK_OK) {
        code = pk_kea_names_peerings(pool, server->where, &fetched->dhcp4, &peerings, err);
    }
    if (code == PK_OK) {
        pk_kea_fill_pairs(server, pool, &fetched->status, &peerings, &seen.relations);
        pk_kea_fill_leases(server, pool, &seen.rows);
        seen.sequence = fetched->hash != NULL ? pk_strdup(pool, fetched->hash)
                                              : pk_kea_age_sequence(pool, &fetched->age);
        seen.surroundings = pk_kea_around_text(server, pool);
        *out = seen;
    }
    return code;
}

static enum pk_code
kea_read(struct pk_server *server, struct pk_pool *pool, struct pk_observation *out,
         struct pk_error *err)
{
    enum pk_code code =
        server->kept.pool != NULL ? PK_OK : pk_kea_fetch(server, &server->kept, err);
    if (code == PK_OK) {
        pk_kea_around_keep(server, &server->kept.dhcp4);
        code = observe(server, pool, &server->kept, out, err);
    }
    pk_kea_forget(&server->kept);
    return code;
}

/* -- The rest --------------------------------------------------------------------------------- */

static enum pk_code
kea_health(struct pk_server *server, struct pk_health *out, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    static const char command[] = "version-get";
    struct pk_kea_value status;
    struct pk_kea_age age;
    struct pk_kea_answer version;
    enum pk_code code = pk_kea_ask_status(server, scratch, &status, &age, err);
    if (code == PK_OK) {
        code = pk_kea_command(server->client, scratch, command, NULL, PK_KEA_READS, &version, err);
    }
    if (code == PK_OK && version.result != PK_KEA_SUCCESS) {
        code = pk_kea_not_as_expected(server, command, "no version", err);
    }
    if (code == PK_OK) {
        *out = (struct pk_health){.state = pk_kea_worst_state(&status),
                                  .version = pk_strdup(server->pool, version.text)};
    }
    return code;
}

static enum pk_code
know(struct pk_server *server, struct pk_error *err)
{
    return pk_kea_examined_know(&server->examined, server->client, server->config, err);
}

static enum pk_code
kea_examine(struct pk_server *server, struct pk_pool *pool, struct pk_findings *out,
            struct pk_error *err)
{
    pk_kea_examined_forget(&server->examined);
    enum pk_code code = know(server, err);
    if (code == PK_OK) {
        pk_kea_examine(pool, &server->examined.facts, out);
    }
    return code;
}

static enum pk_code
kea_examine_pair(struct pk_server *first, struct pk_server *second, struct pk_pool *pool,
                 struct pk_findings *out, struct pk_error *err)
{
    enum pk_code code = know(first, err);
    if (code == PK_OK) {
        code = know(second, err);
    }
    if (code == PK_OK) {
        pk_kea_examine_pair(pool, &first->examined.facts, &second->examined.facts, out);
    }
    return code;
}

const struct pk_driver pk_driver_kea = {
    .name = "kea",
    .needs_url = true,
    .url_fault = pk_kea_url_fault,
    .is_remote = true,
    .peer_class = pk_kea_peer_class,
    .open = kea_open,
    .capabilities = kea_capabilities,
    .sequence = kea_sequence,
    .peerings = kea_peerings,
    .name_peerings = kea_name_peerings,
    .recall_peerings = pk_kea_recall_peerings,
    .read = kea_read,
    .read_near = pk_kea_read_near,
    .write = pk_kea_write,
    .verify = pk_kea_verify,
    .persist = pk_kea_persist,
    .mend = pk_kea_mend,
    .leases = pk_kea_leases,
    .rejoin = pk_kea_rejoin,
    .revive = pk_kea_revive,
    .health = kea_health,
    .examine = kea_examine,
    .examine_pair = kea_examine_pair,
    .close = kea_close,
};
