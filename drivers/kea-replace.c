/*
 * The order is what keeps clients served: read, edit, test, have the partner cover, set, and give
 * back.  A set that is refused although its test was not leaves Kea 2.2 deaf while it says that all
 * is well; any set that is taken cures it, so the configuration that was saved goes back at once. A
 * set that changes nothing would be an outage for nothing: it is not sent.
 */
#include "drivers/kea-site.h"

#include <string.h>

#include "drivers/kea-edit.h"

struct replacing {
    const struct pk_kea_site *site;
    struct pk_pool *pool;
    const struct pk_change *changes;
    size_t count;
    struct pk_change_result *results;
    struct pk_kea_value had;
};

/* {"Dhcp4": …} */
static const char *
arguments_of(struct pk_pool *pool, const struct pk_kea_value *dhcp4)
{
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, "{\"Dhcp4\":");
    pk_kea_print(&text, dhcp4);
    pk_text_add(&text, "}");
    return pk_text_end(&text);
}

static enum pk_code
read_whole(struct replacing *replacing, struct pk_rows *rows, struct pk_error *err)
{
    const struct pk_kea_site *site = replacing->site;
    struct pk_kea_value arguments;
    struct pk_observation seen = {.sequence = ""};
    enum pk_code code =
        pk_kea_ask(site->client, replacing->pool, "config-get", NULL, &arguments, err);
    const struct pk_kea_value *dhcp4 = code == PK_OK ? pk_kea_get(&arguments, "Dhcp4") : NULL;
    if (code == PK_OK && dhcp4 == NULL) {
        code = pk_error_set(err, PK_EINVAL, site->name, "server %s: config-get has no Dhcp4",
                            site->name);
    }
    if (code == PK_OK && dhcp4 != NULL) {
        replacing->had = *dhcp4;
        code = pk_kea_config_observe(replacing->pool, dhcp4, &site->naming, &seen, err);
        *rows = seen.rows;
    }
    return code;
}

/* What is still as it was when it was planned. */
static struct pk_kea_edit *
edits_of(struct replacing *replacing, const struct pk_rows *rows, size_t *count)
{
    struct pk_kea_edit *edits = pk_array(replacing->pool, struct pk_kea_edit, replacing->count + 1);
    *count = 0;
    for (size_t i = 0; i < replacing->count; i++) {
        const struct pk_change *change = &replacing->changes[i];
        const struct pk_row *row = pk_rows_find(rows, change->subnet);
        struct pk_sha256 now = {{0}};
        now = row != NULL ? row->hash : now;
        if (change->kind == PK_PUT_RELATION || !pk_sha256_equal(&now, &change->expected)) {
            replacing->results[i].outcome = PK_OUTCOME_STALE;
            continue;
        }
        edits[(*count)++] = (struct pk_kea_edit){
            .subnet = change->subnet,
            .wanted = change->kind == PK_PUT_SCOPE ? change->wanted : NULL,
        };
    }
    return edits;
}

static void
settle(struct replacing *replacing, enum pk_outcome outcome)
{
    for (size_t i = 0; i < replacing->count; i++) {
        if (replacing->results[i].outcome == PK_OUTCOME_NOT_RUN) {
            replacing->results[i].outcome = outcome;
        }
    }
}

/* PK_EREFUSED when the server understood and said no. */
static enum pk_code
send(struct replacing *replacing, const char *command, const char *arguments, struct pk_error *err)
{
    const struct pk_kea_site *site = replacing->site;
    struct pk_kea_answer answer;
    enum pk_kea_effect effect = strcmp(command, "config-test") == 0 ? PK_KEA_READS : PK_KEA_CHANGES;
    enum pk_code code =
        pk_kea_command(site->client, replacing->pool, command, arguments, effect, &answer, err);
    return code == PK_OK && answer.result != PK_KEA_SUCCESS
               ? pk_error_set(err, PK_EREFUSED, site->name, "server %s refuses %s: %s", site->name,
                              command, answer.text)
               : code;
}

/* @return of the set; whatever it was, the partners give back */
static enum pk_code
set(struct replacing *replacing, struct pk_kea_cover *covers, size_t cover_count,
    const char *arguments, struct pk_error *err)
{
    struct pk_kea_client *client = replacing->site->client;
    struct pk_error why = {0};
    pk_kea_cover_pause(covers, cover_count);
    enum pk_code code = send(replacing, "config-set", arguments, err);
    if (code == PK_EREFUSED) {
        const char *before = arguments_of(replacing->pool, &replacing->had);
        if (send(replacing, "config-set", before, &why) != PK_OK) {
            pk_error_prefix(err,
                            "it may be deaf, because what it had could not be put back (%s); "
                            "restart it",
                            why.message);
        }
    }
    pk_kea_cover_resume(client, covers, cover_count);
    if (code == PK_OK || code == PK_EREFUSED) {
        enum pk_code ended = pk_kea_cover_end(client, covers, cover_count, &why);
        if (ended != PK_OK && code == PK_OK) {
            code = pk_error_set(err, ended, why.where, "%s", why.message);
        }
    }
    return code;
}

static enum pk_code
replace(struct replacing *replacing, struct pk_kea_cover *covers, size_t cover_count,
        const struct pk_kea_value *wanted, struct pk_error *err)
{
    const char *arguments = arguments_of(replacing->pool, wanted);
    enum pk_code code = send(replacing, "config-test", arguments, err);
    if (code == PK_OK) {
        code = pk_kea_cover_begin(replacing->site->client, covers, cover_count, err);
    }
    return code == PK_OK ? set(replacing, covers, cover_count, arguments, err) : code;
}

enum pk_code
pk_kea_replace_scopes(const struct pk_kea_site *site, struct pk_kea_cover *covers,
                      size_t cover_count, const struct pk_change *changes, size_t count,
                      struct pk_change_result *results, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct replacing replacing = {
        .site = site, .pool = pool, .changes = changes, .count = count, .results = results};
    struct pk_rows rows = {0};
    struct pk_kea_value wanted;
    size_t edit_count;
    memset(results, 0, count * sizeof *results);
    enum pk_code code = read_whole(&replacing, &rows, err);
    if (code != PK_OK) {
        return code;
    }
    const struct pk_kea_edit *edits = edits_of(&replacing, &rows, &edit_count);
    if (edit_count == 0) {
        return PK_OK;
    }
    code = pk_kea_edit(pool, &replacing.had, edits, edit_count, &site->naming, site->old_spelling,
                       &wanted, err);
    if (code == PK_OK) {
        code = replace(&replacing, covers, cover_count, &wanted, err);
    }
    if (code == PK_OK) {
        settle(&replacing, PK_OUTCOME_WRITTEN);
    } else if (code != PK_EREFUSED) {
        settle(&replacing, PK_OUTCOME_UNKNOWN);
    } else {
        memset(results, 0, count * sizeof *results); /* as one: nothing was written */
    }
    return code;
}
