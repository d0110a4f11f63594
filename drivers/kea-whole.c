/*
 * The order is what keeps clients served: read, edit, test, have the partner cover, set, and give
 * back.  A set that is refused although its test was not leaves Kea 2.2 deaf while it says that all
 * is well; any set that is taken cures it, so the configuration that was saved goes back at once. A
 * set that changes nothing would be an outage for nothing: it is not sent.
 */
#include "drivers/kea-whole.h"

#include <string.h>

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

enum pk_code
pk_kea_whole_read(struct pk_kea_whole *whole, struct pk_error *err)
{
    const struct pk_kea_site *site = whole->site;
    struct pk_kea_value arguments;
    enum pk_code code = pk_kea_ask(site->client, whole->pool, "config-get", NULL, &arguments, err);
    if (code != PK_OK) {
        return code;
    }
    const struct pk_kea_value *dhcp4 = pk_kea_get(&arguments, "Dhcp4");
    if (dhcp4 == NULL) {
        return pk_error_set(err, PK_EINVAL, site->name, "server %s: config-get has no Dhcp4",
                            site->name);
    }
    whole->had = *dhcp4;
    return pk_kea_config_observe(whole->pool, dhcp4, &site->naming, &whole->seen, err);
}

/* PK_EREFUSED when the server understood and said no. */
static enum pk_code
send(struct pk_kea_whole *whole, const char *command, const char *arguments, struct pk_error *err)
{
    const struct pk_kea_site *site = whole->site;
    struct pk_kea_answer answer;
    enum pk_kea_effect effect = strcmp(command, "config-test") == 0 ? PK_KEA_READS : PK_KEA_CHANGES;
    enum pk_code code =
        pk_kea_command(site->client, whole->pool, command, arguments, effect, &answer, err);
    return code == PK_OK && answer.result != PK_KEA_SUCCESS
               ? pk_error_set(err, PK_EREFUSED, site->name, "server %s refuses %s: %s", site->name,
                              command, answer.text)
               : code;
}

/* @return of the set; whatever it was, the partners give back */
static enum pk_code
set(struct pk_kea_whole *whole, struct pk_kea_cover *covers, size_t cover_count,
    const char *arguments, struct pk_error *err)
{
    struct pk_kea_client *client = whole->site->client;
    struct pk_error why = {0};
    pk_kea_cover_pause(covers, cover_count);
    enum pk_code code = send(whole, "config-set", arguments, err);
    if (code == PK_EREFUSED) {
        const char *before = arguments_of(whole->pool, &whole->had);
        if (send(whole, "config-set", before, &why) != PK_OK) {
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

enum pk_code
pk_kea_whole_replace(struct pk_kea_whole *whole, struct pk_kea_cover *covers, size_t cover_count,
                     const struct pk_kea_value *wanted, struct pk_error *err)
{
    const char *arguments = arguments_of(whole->pool, wanted);
    enum pk_code code = send(whole, "config-test", arguments, err);
    if (code == PK_OK) {
        code = pk_kea_cover_begin(whole->site->client, covers, cover_count, err);
    }
    return code == PK_OK ? set(whole, covers, cover_count, arguments, err) : code;
}
