/**
 * @file
 * The running agent: passes every interval, requests through the control socket, signals.
 */
#ifndef PK_AGENT_AGENT_H
#define PK_AGENT_AGENT_H

#include "agent/context.h"
#include "agent/notify.h"
#include "agent/pass.h"

struct pk_agent {
    struct pk_pool *config_pool; /**< owns config; replaced by a reload                     */
    const struct pk_config *config;
    struct pk_db *db;
    const char *actor;
    const volatile int *stop; /**< set by SIGTERM and SIGINT                                */
    int control;              /**< listening socket                                         */
    int hangups;              /**< signalfd of SIGHUP                                       */
    struct pk_notify notify;
    struct pk_mono next_pass;
    unsigned long long passes;
    int64_t busy_ms; /**< the longest that a server was kept busy by the last pass              */
    bool was_asked;  /**< by a person, since the last pass: nothing keeps it from fetching     */
    struct pk_error failure; /**< why it cannot go on                                       */
};

/**
 * Runs until told to stop.
 * @param context  of the `run` verb: configuration loaded, database open for writing
 * @return PK_EXIT_IN_STEP after SIGTERM or SIGINT; PK_EXIT_CANNOT_RUN when it could not start, or
 *         lost its database
 */
enum pk_exit pk_agent_run(struct pk_context *context);

/** One pass of the agent itself, now; @p names as in a request.  Logs how it ended. */
enum pk_exit pk_agent_pass(struct pk_agent *agent, struct pk_pool *pool, const char *const *names,
                           size_t name_count, struct pk_pass_result *result, struct pk_error *err);

/** A person asks for a pass as soon as the agent is idle: that token is never queued twice. */
void pk_agent_wake(struct pk_agent *agent);

/**
 * The interval, or so much longer that the servers spend no more than a hundredth of their time on
 * being asked.
 */
int64_t pk_agent_interval_ms(int64_t configured_ms, int64_t busy_ms);

/** Between @p interval_ms less and more a tenth, so that many agents do not ask Git at once. */
int64_t pk_agent_jitter_ms(int64_t interval_ms, uint64_t random);

#endif
