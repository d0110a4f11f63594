/**
 * @file
 * The service manager's notification socket (sd_notify), and a watchdog that tells the truth.
 *
 * Without $NOTIFY_SOCKET everything here does nothing.  Both variables are taken out of the
 * environment, so that children cannot speak for the agent.
 */
#ifndef PK_AGENT_NOTIFY_H
#define PK_AGENT_NOTIFY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"

struct pk_notify {
    int socket;          /**< -1: nobody listens */
    int64_t watchdog_ms; /**< 0: no watchdog asked for */
    pthread_t thread;
    atomic_bool ends;
    _Atomic int64_t promised_until_ms; /**< monotonic: the scheduler will have moved by then */
};

/** Reads the environment; starts the watchdog's thread when one is asked for. */
enum pk_code pk_notify_open(struct pk_notify *notify, struct pk_error *err);
void pk_notify_close(struct pk_notify *notify);

/** Sends `NAME=VALUE` lines: "READY=1", "STATUS=…", "STOPPING=1". */
void pk_notify_send(const struct pk_notify *notify, const char *format, ...) PK_PRINTF(2, 3);

/** RELOADING=1 with the time stamp that Type=notify-reload wants. */
void pk_notify_reloading(const struct pk_notify *notify);

/**
 * The scheduler's promise: it will promise again within @p within_ms.  The watchdog is fed while
 * promises are kept, so a hang is noticed and a long fetch is not taken for one.
 */
void pk_notify_promise(struct pk_notify *notify, int64_t within_ms);

#endif
