/*
 * The protocol is one datagram of lines, so no library.  The watchdog has a thread of its own
 * because a pass blocks for as long as its deadlines allow: what is checked is that the deadline it
 * announced is kept.
 */
#include "agent/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    MESSAGE_BYTES = 512,
    TICKS_PER_WATCHDOG = 4, /* well inside the manager's limit */
    NS_PER_MS = 1000000,
};

static int
connect_to(const char *path, struct pk_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
        pk_error_set(err, PK_EINVAL, "NOTIFY_SOCKET", "'%s' is no socket address", path);
        return -1;
    }
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') {
        address.sun_path[0] = '\0'; /* abstract */
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, bytes) != 0) {
        pk_error_set(err, PK_ESYS, "NOTIFY_SOCKET", "cannot reach '%s'", path);
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

static void *
feed_watchdog(void *argument)
{
    struct pk_notify *notify = argument;
    int64_t tick_ms = notify->watchdog_ms / TICKS_PER_WATCHDOG;
    const struct timespec tick = {.tv_sec = tick_ms / 1000, .tv_nsec = tick_ms % 1000 * NS_PER_MS};
    while (!atomic_load(&notify->ends)) {
        if (pk_mono_now().ms <= atomic_load(&notify->promised_until_ms)) {
            pk_notify_send(notify, "WATCHDOG=1");
        }
        nanosleep(&tick, NULL);
    }
    return NULL;
}

static int64_t
watchdog_from_environment(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (usec == NULL || (pid != NULL && strtol(pid, NULL, 10) != getpid())) {
        return 0;
    }
    int64_t ms = strtoll(usec, NULL, 10) / 1000;
    return ms > TICKS_PER_WATCHDOG ? ms : 0;
}

enum pk_code
pk_notify_open(struct pk_notify *notify, struct pk_error *err)
{
    *notify = (struct pk_notify){.socket = -1};
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL) {
        return PK_OK;
    }
    notify->socket = connect_to(path, err);
    if (notify->socket < 0) {
        return err != NULL ? err->code : PK_ESYS;
    }
    notify->watchdog_ms = watchdog_from_environment();
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    if (notify->watchdog_ms != 0) {
        pk_notify_promise(notify, notify->watchdog_ms);
        if (pthread_create(&notify->thread, NULL, feed_watchdog, notify) != 0) {
            return pk_error_set(err, PK_ESYS, "watchdog", "cannot start its thread");
        }
    }
    return PK_OK;
}

void
pk_notify_close(struct pk_notify *notify)
{
    if (notify->watchdog_ms != 0) {
        atomic_store(&notify->ends, true);
        pthread_join(notify->thread, NULL);
        notify->watchdog_ms = 0;
    }
    if (notify->socket >= 0) {
        close(notify->socket);
        notify->socket = -1;
    }
}

void
pk_notify_send(const struct pk_notify *notify, const char *format, ...)
{
    if (notify->socket < 0) {
        return;
    }
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    /* A manager that does not listen any more is no reason to stop serving. */
    ssize_t ignored = send(notify->socket, message, strlen(message), MSG_NOSIGNAL);
    (void)ignored;
}

void
pk_notify_reloading(const struct pk_notify *notify)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    pk_notify_send(notify, "RELOADING=1\nMONOTONIC_USEC=%lld",
                   (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void
pk_notify_promise(struct pk_notify *notify, int64_t within_ms)
{
    atomic_store(&notify->promised_until_ms, pk_mono_now().ms + within_ms);
}
