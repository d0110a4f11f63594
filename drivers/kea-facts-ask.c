/*
 * Each question may fail on its own: what an older server lacks, or a credential does not allow, is
 * simply not known.  Only the configuration has to come.
 */
#include "drivers/kea-facts-ask.h"

#include <string.h>
#include <time.h>

#include "drivers/kea-saved.h"

enum { MS_PER_S = 1000 };

/* The arguments of an answer, in the pool; NULL when there are none to be had. */
static const struct pk_kea_value *
try_asking(struct pk_kea_client *client, struct pk_pool *pool, const char *command,
           const char *arguments)
{
    struct pk_kea_value *answer = pk_new(pool, struct pk_kea_value);
    struct pk_error ignored;
    return pk_kea_ask(client, pool, command, arguments, answer, &ignored) == PK_OK ? answer : NULL;
}

static struct pk_kea_version
ask_version(struct pk_kea_client *client)
{
    PK_SCRATCH(scratch);
    struct pk_kea_answer answer;
    struct pk_error ignored;
    bool said = pk_kea_command(client, scratch, "version-get", NULL, PK_KEA_READS, &answer,
                               &ignored) == PK_OK &&
                answer.result == PK_KEA_SUCCESS;
    return said ? pk_kea_version_parse(answer.text) : (struct pk_kea_version){0};
}

/* The same server, asked by somebody who has no credentials. */
static enum pk_kea_certainty
ask_without_credentials(const struct pk_server_config *config)
{
    PK_SCRATCH(scratch);
    struct pk_server_config nobody = *config;
    struct pk_kea_client *client = NULL;
    struct pk_kea_answer answer;
    struct pk_error ignored;
    nobody.username = nobody.password_file = NULL;
    nobody.certificate_file = nobody.key_file = NULL;
    if (pk_kea_client_open(&nobody, &client, &ignored) != PK_OK) {
        return PK_KEA_CANNOT_TELL;
    }
    enum pk_code code =
        pk_kea_command(client, scratch, "version-get", NULL, PK_KEA_READS, &answer, &ignored);
    pk_kea_client_close(client);
    return code == PK_OK ? PK_KEA_YES : code == PK_EACCESS ? PK_KEA_NO : PK_KEA_CANNOT_TELL;
}

bool
pk_kea_clock_ahead(const char *date_time, struct pk_wall now, int64_t *ahead_s)
{
    struct tm parts = {0};
    const char *end =
        date_time != NULL ? strptime(date_time, "%a, %d %b %Y %H:%M:%S GMT", &parts) : NULL;
    if (end == NULL || *end != '\0') {
        return false;
    }
    *ahead_s = (int64_t)timegm(&parts) - now.ms / MS_PER_S;
    return true;
}

/* With several relationships the command has to say whose heartbeat it wants. */
static void
ask_clock(struct pk_kea_client *client, struct pk_kea_facts *facts)
{
    PK_SCRATCH(scratch);
    if (facts->relationships.count == 0) {
        return;
    }
    const char *self = pk_kea_text(&facts->relationships.at[0], "this-server-name");
    struct pk_text arguments = {.pool = scratch};
    if (facts->relationships.count > 1 && self != NULL) {
        pk_text_add(&arguments, "{\"server-name\":");
        pk_text_add_json(&arguments, self);
        pk_text_add(&arguments, "}");
    }
    const struct pk_kea_value *heartbeat = try_asking(
        client, scratch, "ha-heartbeat", arguments.count > 0 ? pk_text_end(&arguments) : NULL);
    facts->has_clock = pk_kea_clock_ahead(pk_kea_text(heartbeat, "date-time"), pk_wall_now(),
                                          &facts->clock_ahead_s);
}

/* Only a server on this machine has its file here. */
static int64_t
count_unsaved(const struct pk_kea_facts *facts)
{
    PK_SCRATCH(scratch);
    int64_t pid = 0;
    struct pk_kea_value file;
    struct pk_error ignored;
    if (!facts->access.is_this_host || !pk_kea_integer(facts->status, "pid", &pid)) {
        return PK_KEA_UNSAVED_UNKNOWN;
    }
    const char *path = pk_kea_file_of_process(scratch, pid);
    if (path == NULL || pk_kea_parse_file(scratch, path, &file, &ignored) != PK_OK) {
        return PK_KEA_UNSAVED_UNKNOWN;
    }
    const struct pk_kea_value *dhcp4 = pk_kea_get(&file, "Dhcp4");
    return dhcp4 != NULL ? pk_kea_count_unsaved(facts->dhcp4, dhcp4) : PK_KEA_UNSAVED_UNKNOWN;
}

enum pk_code
pk_kea_facts_ask(struct pk_kea_client *client, const struct pk_server_config *config,
                 struct pk_pool *pool, struct pk_kea_facts *out, struct pk_error *err)
{
    struct pk_kea_value configuration;
    enum pk_code code = pk_kea_ask(client, pool, "config-get", NULL, &configuration, err);
    const struct pk_kea_value *dhcp4 = code == PK_OK ? pk_kea_get(&configuration, "Dhcp4") : NULL;
    if (code != PK_OK) {
        return code;
    }
    if (dhcp4 == NULL) {
        return pk_error_set(err, PK_EINVAL, pk_sprintf(pool, "server %s", config->name),
                            "config-get: no Dhcp4 in the answer; see what answers at `url`");
    }
    struct pk_kea_facts facts = {
        .server = config->name,
        .version = ask_version(client),
        .dhcp4 = dhcp4,
        .commands = try_asking(client, pool, "list-commands", NULL),
        .status = try_asking(client, pool, "status-get", NULL),
        .access = pk_kea_access_of(config),
    };
    pk_kea_facts_complete(pool, &facts);
    facts.access.answers_all = ask_without_credentials(config);
    ask_clock(client, &facts);
    facts.unsaved_scopes = count_unsaved(&facts);
    *out = facts;
    return PK_OK;
}

struct pk_kea_facts
pk_kea_facts_of_file(struct pk_pool *pool, const char *server, const struct pk_kea_value *dhcp4)
{
    struct pk_kea_facts facts = {
        .server = server, .dhcp4 = dhcp4, .unsaved_scopes = PK_KEA_UNSAVED_UNKNOWN};
    pk_kea_facts_complete(pool, &facts);
    return facts;
}
