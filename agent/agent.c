/*
 * One thread, one loop: wait for the next pass, a client or a signal, then do that one thing to its
 * end.  Passes, requests and reloads therefore never see each other half done, and the database has
 * one writer without a lock in the program.
 *
 * SIGTERM and SIGINT are only let in while the loop sleeps or a pass runs; a pass looks at the flag
 * between actions, so the action in flight is always finished.
 */
#include "agent/agent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "adm/events.h"
#include "agent/control-server.h"
#include "base/log.h"
#include "base/text.h"

enum {
    PASSES_UNTIL_ALL = 10,          /* every tenth pass compares everything                  */
    JITTER_PARTS = 10,              /* a tenth of the interval, either way                   */
    PARTS_FOR_CLIENTS = 100,        /* one of them is ours                                   */
    IDLE_PROMISE_MS = 5 * 1000,     /* how late the loop may be after a planned wake-up      */
    ACTION_PROMISE_MS = 120 * 1000, /* the longest single step of a pass beside the fetch */
};

int64_t
pk_agent_jitter_ms(int64_t interval_ms, uint64_t random)
{
    int64_t spread = interval_ms / JITTER_PARTS;
    return spread == 0 ? interval_ms
                       : interval_ms - spread + (int64_t)(random % (uint64_t)(2 * spread + 1));
}

int64_t
pk_agent_interval_ms(int64_t configured_ms, int64_t busy_ms)
{
    int64_t bearable_ms = busy_ms * PARTS_FOR_CLIENTS;
    return bearable_ms > configured_ms ? bearable_ms : configured_ms;
}

static void
schedule_next(struct pk_agent *agent)
{
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) {
        random = (uint64_t)pk_mono_now().ms;
    }
    int64_t interval_ms = pk_agent_interval_ms(agent->config->interval_ms, agent->busy_ms);
    agent->next_pass.ms = pk_mono_now().ms + pk_agent_jitter_ms(interval_ms, random);
}

void
pk_agent_wake(struct pk_agent *agent)
{
    agent->next_pass = pk_mono_now();
    agent->was_asked = true;
}

/* -- A pass -- */

static void
promise_progress(void *context, const char *relationship, const char *operation, size_t done,
                 size_t total)
{
    struct pk_agent *agent = context;
    pk_notify_promise(&agent->notify, ACTION_PROMISE_MS);
    if (done == total) {
        pk_log(PK_LOG_INFO, "operation-ended", "relationship", relationship, "operation", operation,
               NULL);
    }
}

static void
log_pass(const struct pk_pass_result *result, enum pk_code code, const struct pk_error *err)
{
    PK_SCRATCH(pool);
    const struct pk_summary *summary = &result->summary;
    if (result->problem != NULL) {
        pk_log(PK_LOG_WARNING, "tip-not-in-force", "tip", result->attempted, "reason",
               result->problem, NULL);
    }
    if (code != PK_OK) {
        pk_log(PK_LOG_ERROR, "pass-failed", "where", err->where, "reason", err->message, "exit",
               pk_sprintf(pool, "%d", (int)result->exit), NULL);
        return;
    }
    bool clean = result->exit == PK_EXIT_IN_STEP;
    pk_log(clean ? PK_LOG_INFO : PK_LOG_WARNING, "pass-ended", "revision", result->commit,
           "rejected",
           result->attempted != NULL && result->commit != NULL &&
                   strcmp(result->attempted, result->commit) != 0
               ? result->attempted
               : NULL,
           "in-sync", pk_sprintf(pool, "%zu", summary->in_sync), "drifted",
           pk_sprintf(pool, "%zu", summary->drifted), "unknown",
           pk_sprintf(pool, "%zu", summary->unknown), "exit",
           pk_sprintf(pool, "%d", (int)result->exit), NULL);
}

static void
notify_status(const struct pk_agent *agent, const struct pk_pass_result *result, enum pk_code code,
              const struct pk_error *err)
{
    if (code != PK_OK) {
        pk_notify_send(&agent->notify, "STATUS=%s: %s", err->where, err->message);
        return;
    }
    pk_notify_send(&agent->notify, "STATUS=%.12s: %zu scope%s in step, %zu drifted, %zu unknown",
                   result->commit, result->summary.in_sync, pk_plural(result->summary.in_sync),
                   result->summary.drifted, result->summary.unknown);
}

enum pk_exit
pk_agent_pass(struct pk_agent *agent, struct pk_pool *pool, const char *const *names,
              size_t name_count, struct pk_pass_result *result, struct pk_error *err)
{
    const struct pk_pass_request request = {
        .acts = true,
        .paced = names == NULL,
        .fetch_paced = names == NULL && !agent->was_asked,
        .last_good = true,
        .compare_all = (agent->passes + 1) % PASSES_UNTIL_ALL == 0,
        .names = names,
        .name_count = name_count,
        .actor = agent->actor,
        .progress = promise_progress,
        .progress_context = agent,
        .stop = agent->stop,
    };
    pk_notify_promise(&agent->notify,
                      (int64_t)agent->config->repository.timeout_ms + ACTION_PROMISE_MS);
    enum pk_code code = pk_pass_run(pool, agent->config, agent->db, &request, result, err);
    agent->passes++;
    agent->was_asked = false;
    agent->busy_ms = result->busy_ms;
    log_pass(result, code, err);
    notify_status(agent, result, code, err);
    return result->exit;
}

/* -- Signals -- */

static int
open_hangups(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
block_endings(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(how, &set, NULL);
}

static void
add_agent_event(struct pk_agent *agent, enum pk_reason reason, const char *message)
{
    struct pk_txn txn;
    struct pk_error err = {0};
    pk_txn_begin(agent->db, &txn);
    pk_event_add(&txn, &(struct pk_event){.time = pk_wall_now(),
                                          .reason = reason,
                                          .actor = agent->actor,
                                          .message = message});
    if (pk_txn_end(&txn, &err) != PK_OK) {
        pk_log(PK_LOG_ERROR, "event-lost", "reason", err.message, NULL);
    }
}

/* @return why the new configuration cannot be used, NULL when it can */
static const char *
load_configuration(struct pk_agent *agent, struct pk_pool *pool, struct pk_config *config)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_error err = {0};
    if (pk_config_load(pool, agent->config->file, &diagnostics, config, &err) != PK_OK) {
        return diagnostics.errors != 0 ? pk_diagnostic_text(pool, &diagnostics.list.at[0])
                                       : pk_strdup(pool, err.message);
    }
    if (strcmp(config->database, agent->config->database) != 0) {
        return "`database` changed: that needs a restart";
    }
    return NULL;
}

static void
reload(struct pk_agent *agent)
{
    pk_notify_reloading(&agent->notify);
    struct pk_pool *pool = pk_pool_new(NULL);
    struct pk_config *config = pk_new(pool, struct pk_config);
    const char *why_not = load_configuration(agent, pool, config);
    if (why_not == NULL) {
        pk_pool_free(agent->config_pool);
        agent->config_pool = pool;
        agent->config = config;
        pk_log(PK_LOG_INFO, "configuration-reloaded", "file", config->file, NULL);
        add_agent_event(agent, PK_REASON_CONFIGURATION_RELOADED,
                        "the configuration was read again");
        pk_agent_wake(agent);
    } else {
        pk_log(PK_LOG_ERROR, "configuration-kept", "reason", why_not, NULL);
        pk_pool_free(pool);
    }
    pk_notify_send(&agent->notify, "READY=1");
}

static void
take_hangups(struct pk_agent *agent)
{
    struct signalfd_siginfo info;
    bool any = false;
    while (read(agent->hangups, &info, sizeof info) == (ssize_t)sizeof info) {
        any = true;
    }
    if (any) {
        reload(agent);
    }
}

/* -- The loop -- */

/* Without its database an agent has nothing to say and nothing to do. */
static bool
has_lost_database(struct pk_agent *agent)
{
    if (pk_db_present(agent->db, &agent->failure) == PK_OK) {
        return false;
    }
    pk_log(PK_LOG_ERROR, "database-lost", "where", agent->failure.where, "reason",
           agent->failure.message, NULL);
    return true;
}

static void
serve_client(struct pk_agent *agent)
{
    const struct pk_context base = {
        .config = agent->config,
        .columns = 80,
        .actor = agent->actor,
        .db = agent->db,
        .db_is_borrowed = true,
        .stop = agent->stop,
        .agent = agent,
    };
    pk_notify_promise(&agent->notify,
                      (int64_t)agent->config->repository.timeout_ms + ACTION_PROMISE_MS);
    pk_control_serve(agent->control, &base);
}

/* Sleeps until something is due.  SIGTERM and SIGINT get in here and nowhere between. */
static bool
wait_for_work(struct pk_agent *agent, struct pollfd polled[2])
{
    int64_t left_ms = agent->next_pass.ms - pk_mono_now().ms;
    left_ms = left_ms > 0 ? left_ms : 0;
    const struct timespec timeout = {.tv_sec = left_ms / 1000, .tv_nsec = left_ms % 1000 * 1000000};
    sigset_t open;
    sigprocmask(SIG_BLOCK, NULL, &open);
    sigdelset(&open, SIGTERM);
    sigdelset(&open, SIGINT);
    polled[0] = (struct pollfd){.fd = agent->hangups, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = agent->control, .events = POLLIN};
    pk_notify_promise(&agent->notify, left_ms + IDLE_PROMISE_MS);
    return ppoll(polled, 2, &timeout, &open) > 0;
}

static void
scheduled_pass(struct pk_agent *agent)
{
    PK_SCRATCH(pool);
    struct pk_pass_result result;
    struct pk_error err = {0};
    schedule_next(agent);
    block_endings(SIG_UNBLOCK);
    pk_agent_pass(agent, pool, NULL, 0, &result, &err);
    block_endings(SIG_BLOCK);
}

static void
loop(struct pk_agent *agent)
{
    block_endings(SIG_BLOCK);
    while (*agent->stop == 0 && !has_lost_database(agent)) {
        if (pk_mono_now().ms >= agent->next_pass.ms) {
            scheduled_pass(agent);
            continue;
        }
        struct pollfd polled[2];
        if (!wait_for_work(agent, polled) || has_lost_database(agent)) {
            continue;
        }
        if (polled[0].revents != 0) {
            take_hangups(agent);
        }
        if (polled[1].revents != 0) {
            block_endings(SIG_UNBLOCK);
            serve_client(agent);
            block_endings(SIG_BLOCK);
        }
    }
    block_endings(SIG_UNBLOCK);
}

static enum pk_code
start(struct pk_agent *agent, struct pk_error *err)
{
    enum pk_code code = pk_control_listen(agent->config->database, &agent->control, err);
    if (code != PK_OK) {
        return code;
    }
    agent->hangups = open_hangups();
    if (agent->hangups < 0) {
        return pk_error_set(err, PK_ESYS, "SIGHUP", "cannot be watched: %s", strerror(errno));
    }
    return pk_notify_open(&agent->notify, err);
}

static void
end(struct pk_agent *agent)
{
    pk_control_unlisten(agent->config->database, &agent->control);
    if (agent->hangups >= 0) {
        close(agent->hangups);
    }
    pk_notify_close(&agent->notify);
    pk_pool_free(agent->config_pool);
}

enum pk_exit
pk_agent_run(struct pk_context *context)
{
    struct pk_agent agent = {
        .config = context->config,
        .db = context->db,
        .actor = "agent",
        .stop = context->stop,
        .control = -1,
        .hangups = -1,
        .notify = {.socket = -1},
        .next_pass = pk_mono_now(),
        .was_asked = true, /* by whoever started it */
    };
    struct pk_error err = {0};
    if (start(&agent, &err) != PK_OK) {
        end(&agent);
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    pk_log(PK_LOG_INFO, "agent-started", "database", agent.config->database, "repository",
           agent.config->repository.url, NULL);
    add_agent_event(&agent, PK_REASON_AGENT_STARTED, "the agent started");
    pk_notify_send(&agent.notify, "READY=1\nSTATUS=first pass");
    loop(&agent);
    pk_notify_send(&agent.notify, "STOPPING=1");
    if (agent.failure.code != PK_OK) {
        end(&agent);
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &agent.failure);
    }
    add_agent_event(&agent, PK_REASON_AGENT_STOPPED, "the agent was told to stop");
    pk_log(PK_LOG_INFO, "agent-stopped", NULL);
    end(&agent);
    return PK_EXIT_IN_STEP;
}
