/*
 * Scopes of HA are the peers' names: who serves "server1" answers the clients that are the
 * primary's. Any change of a server's HA state resets its scopes to what that state means, so a
 * cover that is cut off leaves either a served pair or clients that are answered twice, and the
 * latter is what pk_kea_cover_mend() looks for.
 *
 * The server is polled: its main loop sleeps for up to a second when nobody asks it anything, and
 * so does its heartbeat.
 */
#include "drivers/kea-cover.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "drivers/kea-status.h"

enum {
    POLL_MS = 20,
    HEARTBEATS_TO_RETURN = 4, /* waiting, syncing, ready, and one to spare */
    PATIENCE_MS = 10000,      /* a busy machine, whatever the heartbeat    */
    NS_PER_MS = 1000000,
    SCOPES_MOST = 2,
    PAUSE_S = 20, /* at most, if we die */
};

/* Names of peers, in their order. */
struct scopes {
    const char *at[SCOPES_MOST];
    size_t count;
};

static void
add(struct scopes *scopes, const char *name)
{
    scopes->at[scopes->count++] = name;
}

/* What each of the two serves when all is well: hot standby has one scope, the primary's. */
static struct scopes
own_scopes(const struct pk_kea_cover *cover, bool of_self)
{
    struct scopes scopes = {.count = 0};
    if (cover->shares || cover->self_is_first == of_self) {
        add(&scopes, of_self ? cover->self : cover->partner);
    }
    return scopes;
}

static struct scopes
both(const struct pk_kea_cover *cover)
{
    struct scopes all = own_scopes(cover, true), other = own_scopes(cover, false);
    for (size_t i = 0; i < other.count; i++) {
        add(&all, other.at[i]);
    }
    return all;
}

static enum pk_code
set_scopes(struct pk_kea_client *client, const char *server, struct scopes scopes,
           struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_text text = {.pool = pool};
    struct pk_kea_answer answer;
    pk_text_add(&text, "{\"scopes\":[");
    for (size_t i = 0; i < scopes.count; i++) {
        pk_text_add(&text, i > 0 ? "," : "");
        pk_text_add_json(&text, scopes.at[i]);
    }
    pk_text_add(&text, "],\"server-name\":");
    pk_text_add_json(&text, server);
    pk_text_add(&text, "}");
    enum pk_code code =
        pk_kea_command(client, pool, "ha-scopes", pk_text_end(&text), PK_KEA_CHANGES, &answer, err);
    return code == PK_OK && answer.result != PK_KEA_SUCCESS
               ? pk_error_set(err, PK_EREFUSED, server, "%s refuses ha-scopes: %s", server,
                              answer.text)
               : code;
}

static enum pk_code
set_own(struct pk_kea_client *client, const struct pk_kea_cover *cover, bool at_self,
        struct pk_error *err)
{
    return set_scopes(client, at_self ? cover->self : cover->partner, own_scopes(cover, at_self),
                      err);
}

/* -- Looking ---------------------------------------------------------------------------------- */

struct seen {
    enum pk_pair_state state;
    bool lacks_scopes, has_other_scopes; /* than its own */
};

/* How many of @p wanted it serves. */
static size_t
count_served(struct pk_kea_items served, struct scopes wanted)
{
    size_t found = 0;
    for (size_t i = 0; i < served.count; i++) {
        for (size_t j = 0; j < wanted.count && served.at[i].kind == PK_KEA_STRING; j++) {
            found += strcmp(served.at[i].text, wanted.at[j]) == 0;
        }
    }
    return found;
}

static const struct pk_kea_value *
local_of(const struct pk_kea_value *status, const struct pk_peering *peering)
{
    return pk_kea_get(pk_kea_get(pk_kea_entry(status, peering), "ha-servers"), "local");
}

static enum pk_code
look(struct pk_kea_client *client, const struct pk_kea_cover *cover, bool at_self, struct seen *out,
     struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_kea_value status;
    const struct pk_peering peering = {.self = at_self ? cover->self : cover->partner,
                                       .partner = at_self ? cover->partner : cover->self};
    enum pk_code code = pk_kea_ask(client, pool, "status-get", NULL, &status, err);
    if (code == PK_OK) {
        struct pk_kea_items served = pk_kea_list(local_of(&status, &peering), "scopes");
        struct scopes own = own_scopes(cover, at_self);
        size_t found = count_served(served, own);
        out->state = pk_kea_pair_read(&status, &peering).state;
        out->lacks_scopes = found < own.count;
        out->has_other_scopes = found < served.count;
    }
    return code;
}

static bool
is_normal(struct pk_kea_client *client, const struct pk_kea_cover *cover, bool at_self)
{
    struct seen seen;
    struct pk_error ignored; /* it is being configured: asked again until the deadline */
    return look(client, cover, at_self, &seen, &ignored) == PK_OK && seen.state == PK_PAIR_NORMAL;
}

static void
pause_ms(int64_t ms)
{
    struct timespec time = {.tv_nsec = ms * NS_PER_MS};
    nanosleep(&time, NULL);
}

static bool
wait_normal(struct pk_kea_client *client, const struct pk_kea_cover *cover, bool at_self)
{
    int64_t end_ms = pk_mono_now().ms + HEARTBEATS_TO_RETURN * cover->heartbeat_ms + PATIENCE_MS;
    while (!is_normal(client, cover, at_self)) {
        if (pk_mono_now().ms > end_ms) {
            return false;
        }
        pause_ms(POLL_MS);
    }
    return true;
}

/* -- Covering --------------------------------------------------------------------------------- */

static enum pk_code
begin_one(struct pk_kea_client *client, struct pk_kea_cover *cover, struct pk_error *err)
{
    static const struct scopes none;
    if (own_scopes(cover, true).count == 0 || cover->helper == NULL ||
        !is_normal(client, cover, true) || !is_normal(cover->helper, cover, false)) {
        return PK_OK;
    }
    enum pk_code code = set_scopes(cover->helper, cover->partner, both(cover), err);
    if (code != PK_OK) {
        return code;
    }
    cover->begun = true;
    code = set_scopes(client, cover->self, none, err);
    if (code != PK_OK) {
        struct pk_error ignored; /* the first failure tells; the next pass mends */
        set_own(cover->helper, cover, false, &ignored);
        cover->begun = false;
    }
    return code;
}

enum pk_code
pk_kea_cover_begin(struct pk_kea_client *client, struct pk_kea_cover *covers, size_t count,
                   struct pk_error *err)
{
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < count && code == PK_OK; i++) {
        code = begin_one(client, &covers[i], err);
    }
    if (code != PK_OK) {
        struct pk_error ignored;
        pk_kea_cover_mend(client, covers, count, &ignored);
    }
    return code;
}

static enum pk_code
not_back(const char *server, const char *partner, struct pk_error *err)
{
    return pk_error_set(err, PK_EAGAIN, server,
                        "%s is not back in its normal HA state in time; its partner %s goes on "
                        "serving for it; see the log of %s, the next pass looks again",
                        server, partner, server);
}

static enum pk_code
end_one(struct pk_kea_client *client, struct pk_kea_cover *cover, struct pk_error *err)
{
    if (!wait_normal(client, cover, true)) {
        return not_back(cover->self, cover->partner, err);
    }
    enum pk_code code = cover->begun ? set_own(cover->helper, cover, false, err) : PK_OK;
    cover->begun = cover->begun && code != PK_OK;
    if (code == PK_OK && cover->helper != NULL) {
        (void)wait_normal(cover->helper, cover, false); /* the next write asks anyway */
    }
    return code;
}

enum pk_code
pk_kea_cover_end(struct pk_kea_client *client, struct pk_kea_cover *covers, size_t count,
                 struct pk_error *err)
{
    enum pk_code first = PK_OK;
    for (size_t i = 0; i < count; i++) {
        struct pk_error why = {0};
        enum pk_code code = end_one(client, &covers[i], &why);
        if (code != PK_OK && first == PK_OK) {
            first = code;
            pk_error_set(err, code, why.where, "%s", why.message);
        }
    }
    return first;
}

/* -- Pausing ---------------------------------------------------------------------------------
 *
 * A server that is configured does not take lease updates for a moment.  In load balancing the
 * partner takes that for a lost connection and begins a recovery, which ends with both waiting for
 * each other and nobody answering for two heartbeats.  Clients that meet the moment ask again.
 */

static void
switch_dhcp(const struct pk_kea_cover *covers, size_t count, const char *command,
            const char *arguments)
{
    for (size_t i = 0; i < count; i++) {
        PK_SCRATCH(pool);
        struct pk_kea_answer ignored;
        struct pk_error why; /* without a pause it is only likelier that clients wait */
        if (covers[i].begun && covers[i].shares) {
            (void)pk_kea_command(covers[i].helper, pool, command, arguments, PK_KEA_CHANGES,
                                 &ignored, &why);
        }
    }
}

void
pk_kea_cover_pause(const struct pk_kea_cover *covers, size_t count)
{
    PK_SCRATCH(pool);
    switch_dhcp(covers, count, "dhcp-disable",
                pk_sprintf(pool, "{\"origin\":\"user\",\"max-period\":%d}", PAUSE_S));
    pause_ms(POLL_MS); /* for updates that are on their way */
}

void
pk_kea_cover_resume(struct pk_kea_client *client, const struct pk_kea_cover *covers, size_t count)
{
    PK_SCRATCH(pool);
    struct pk_kea_value status;
    struct pk_error ignored;
    (void)pk_kea_ask(client, pool, "status-get", NULL, &status, &ignored); /* it listens again */
    switch_dhcp(covers, count, "dhcp-enable", "{\"origin\":\"user\"}");
}

/* -- Mending ---------------------------------------------------------------------------------- */

/* Clients whom nobody answers. */
static enum pk_code
mend_lack(struct pk_kea_client *client, const struct pk_kea_cover *cover, bool at_self,
          struct seen *seen, struct pk_error *err)
{
    enum pk_code code = look(client, cover, at_self, seen, err);
    return code == PK_OK && seen->state == PK_PAIR_NORMAL && seen->lacks_scopes
               ? set_own(client, cover, at_self, err)
               : code;
}

/* Clients who are answered twice, or only here while the other one is not back. */
static enum pk_code
mend_excess(struct pk_kea_client *client, const struct pk_kea_cover *cover, bool at_self,
            struct pk_kea_client *other, const struct seen *seen, struct pk_error *err)
{
    if (seen->state != PK_PAIR_NORMAL || !seen->has_other_scopes) {
        return PK_OK;
    }
    if (other != NULL && !wait_normal(other, cover, !at_self)) {
        return at_self ? not_back(cover->partner, cover->self, err)
                       : not_back(cover->self, cover->partner, err);
    }
    return set_own(client, cover, at_self, err);
}

static enum pk_code
mend_one(struct pk_kea_client *client, const struct pk_kea_cover *cover, struct pk_error *err)
{
    struct seen self, helper = {.state = PK_PAIR_NORMAL};
    enum pk_code code = mend_lack(client, cover, true, &self, err);
    if (code == PK_OK && cover->helper != NULL) {
        code = mend_lack(cover->helper, cover, false, &helper, err);
    }
    if (code == PK_OK) {
        code = mend_excess(client, cover, true, cover->helper, &self, err);
    }
    return code == PK_OK && cover->helper != NULL
               ? mend_excess(cover->helper, cover, false, client, &helper, err)
               : code;
}

enum pk_code
pk_kea_cover_mend(struct pk_kea_client *client, const struct pk_kea_cover *covers, size_t count,
                  struct pk_error *err)
{
    enum pk_code code = PK_OK;
    for (size_t i = 0; i < count && code == PK_OK; i++) {
        code = mend_one(client, &covers[i], err);
    }
    return code;
}
