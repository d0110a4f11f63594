/* Who may talk to the server, over what, and whether its clock can be believed. */
#include <stdlib.h>

#include "drivers/kea-looks.h"

static bool
is_in_clear(const struct pk_kea_access *access)
{
    return access->is_network && !access->is_https && !access->is_this_host;
}

void
pk_kea_look_clear_credentials(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (is_in_clear(&facts->access) && facts->access.has_credentials) {
        pk_kea_tell(report, NULL, "a password is sent to another host over http");
    }
}

void
pk_kea_look_plain_http(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (is_in_clear(&facts->access) && !facts->access.has_credentials) {
        pk_kea_tell(report, NULL, "another host is asked over http");
    }
}

void
pk_kea_look_open_control(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (facts->access.answers_all == PK_KEA_YES) {
        pk_kea_tell(report, NULL, "the control socket obeys without credentials");
    }
}

void
pk_kea_look_open_listener(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    bool restricts = pk_kea_version_is_from(facts->version, 3, 0);
    for (size_t i = 0; i < facts->relationships.count; i++) {
        const struct pk_kea_value *one = &facts->relationships.at[i];
        const char *url = pk_kea_text(pk_kea_own_peer(one), "url");
        int64_t port;
        bool guarded = pk_kea_truth(one, "restrict-commands", restricts) ||
                       pk_kea_text(one, "trust-anchor") != NULL;
        if (url != NULL && pk_kea_ha_has_listener(facts, one) && !guarded &&
            !pk_kea_is_loopback(pk_kea_url_host(report->pool, url, &port))) {
            pk_kea_tell(report, NULL, "%s obeys every command", url);
        }
    }
}

static void
tell_clock(const struct pk_kea_report *report, const struct pk_kea_facts *facts, int64_t more_than,
           int64_t at_most)
{
    int64_t off = llabs(facts->clock_ahead_s);
    if (facts->has_clock && off > more_than && off <= at_most) {
        pk_kea_tell(report, NULL, "its clock is %lld s %s this machine's", (long long)off,
                    facts->clock_ahead_s > 0 ? "ahead of" : "behind");
    }
}

void
pk_kea_look_clock(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    tell_clock(report, facts, PK_KEA_CLOCK_WARNS_S, PK_KEA_CLOCK_ENDS_S);
}

void
pk_kea_look_clock_far(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    tell_clock(report, facts, PK_KEA_CLOCK_ENDS_S, INT64_MAX);
}
