/*
 * What the service manager hears, on a socket of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/notify.h"
#include "base/clock.h"

enum { PATIENCE_S = 10, SHORT_MS = 400 };

static int
listen_as_manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    memcpy(address.sun_path, name, length);
    address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, bytes), 0);
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setenv("NOTIFY_SOCKET", name, 1);
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    return fd;
}

static const char *
hear(int manager, char *buffer, size_t bytes)
{
    ssize_t got = recv(manager, buffer, bytes - 1, 0);
    buffer[got > 0 ? got : 0] = '\0';
    return buffer;
}

static void
messages_reach_an_abstract_socket_and_the_environment_is_cleared(void **state)
{
    (void)state;
    int manager = listen_as_manager("@pairkeeper-test-notify-1");
    struct pk_notify notify;
    struct pk_error err = {0};
    assert_int_equal(pk_notify_open(&notify, &err), PK_OK);
    assert_null(getenv("NOTIFY_SOCKET"));
    char buffer[256];
    pk_notify_send(&notify, "READY=1\nSTATUS=%d scopes", 7);
    assert_string_equal(hear(manager, buffer, sizeof buffer), "READY=1\nSTATUS=7 scopes");
    pk_notify_reloading(&notify);
    assert_non_null(strstr(hear(manager, buffer, sizeof buffer), "RELOADING=1\nMONOTONIC_USEC="));
    pk_notify_close(&notify);
    close(manager);
}

static void
without_a_manager_nothing_is_sent_and_nothing_fails(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    struct pk_notify notify;
    struct pk_error err = {0};
    assert_int_equal(pk_notify_open(&notify, &err), PK_OK);
    assert_int_equal(notify.socket, -1);
    pk_notify_send(&notify, "READY=1");
    pk_notify_close(&notify);
}

static void
a_socket_that_is_no_address_is_an_error_that_names_it(void **state)
{
    (void)state;
    setenv("NOTIFY_SOCKET", "relative", 1);
    struct pk_notify notify;
    struct pk_error err = {0};
    assert_int_equal(pk_notify_open(&notify, &err), PK_EINVAL);
    assert_string_equal(err.message, "'relative' is no socket address");
    unsetenv("NOTIFY_SOCKET");
}

static void
the_watchdog_is_fed_while_promises_are_kept_and_not_after(void **state)
{
    (void)state;
    int manager = listen_as_manager("@pairkeeper-test-notify-2");
    setenv("WATCHDOG_USEC", "200000", 1);
    struct pk_notify notify;
    struct pk_error err = {0};
    assert_int_equal(pk_notify_open(&notify, &err), PK_OK);
    char buffer[64];
    pk_notify_promise(&notify, PATIENCE_S * 1000);
    assert_string_equal(hear(manager, buffer, sizeof buffer), "WATCHDOG=1");
    assert_string_equal(hear(manager, buffer, sizeof buffer), "WATCHDOG=1");

    pk_notify_promise(&notify, -1); /* broken: the scheduler is late */
    const struct timeval until_silent = {.tv_usec = SHORT_MS * 1000};
    setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &until_silent, sizeof until_silent);
    int64_t give_up_ms = pk_mono_now().ms + PATIENCE_S * 1000;
    while (*hear(manager, buffer, sizeof buffer) != '\0') {
        assert_true(pk_mono_now().ms < give_up_ms); /* those under way, then silence */
    }
    pk_notify_close(&notify);
    close(manager);
}

static void
a_watchdog_meant_for_another_process_is_left_alone(void **state)
{
    (void)state;
    int manager = listen_as_manager("@pairkeeper-test-notify-3");
    setenv("WATCHDOG_USEC", "200000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    struct pk_notify notify;
    struct pk_error err = {0};
    assert_int_equal(pk_notify_open(&notify, &err), PK_OK);
    assert_int_equal(notify.watchdog_ms, 0);
    pk_notify_close(&notify);
    close(manager);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_reach_an_abstract_socket_and_the_environment_is_cleared),
        cmocka_unit_test(without_a_manager_nothing_is_sent_and_nothing_fails),
        cmocka_unit_test(a_socket_that_is_no_address_is_an_error_that_names_it),
        cmocka_unit_test(the_watchdog_is_fed_while_promises_are_kept_and_not_after),
        cmocka_unit_test(a_watchdog_meant_for_another_process_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
