/*
 * The control socket: what a client sends, over a real socket, up to the verb that would run.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/control-line.h"
#include "agent/control-server.h"

enum { CLIENT, AGENT, ENDS };

static const size_t sent_at_once = 102400; /* what a socket takes before anybody reads */

static const char *
request_defect(const struct pk_context *context, const struct pk_arguments *arguments)
{
    enum pk_verb_access access = pk_arguments_access(arguments);
    if (access != PK_ACCESS_CHANGES && access != PK_ACCESS_SHOWS && access != PK_ACCESS_ASKS) {
        return "a verb that is not for a running agent";
    }
    if (arguments->positional_count < arguments->verb->positional_min ||
        arguments->positional_count > arguments->verb->positional_max) {
        return "too few or too many words";
    }
    return context->columns > 0 && context->columns < INT16_MAX ? NULL : "a screen of no width";
}

static void
take(struct pk_pool *pool, const json_t *request)
{
    enum { COLUMNS = 80 };
    struct pk_context context = {.pool = pool, .columns = COLUMNS};
    struct pk_arguments arguments;
    struct pk_error err = {0};
    enum pk_code code = pk_control_take_request(&context, request, &arguments, &err);
    if (code == PK_OK) {
        insist_on_none(request_defect(&context, &arguments));
    } else {
        insist_on_none(code != PK_EINVAL || err.message[0] == '\0' ? "refused without a reason"
                                                                   : NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    PK_SCRATCH(pool);
    int ends[ENDS];
    size = size < sent_at_once ? size : sent_at_once;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 ||
        send(ends[CLIENT], bytes, size, MSG_DONTWAIT) != (ssize_t)size) {
        perror("socketpair");
        abort();
    }
    shutdown(ends[CLIENT], SHUT_WR);
    struct pk_control_stream stream = {.fd = ends[AGENT],
                                       .buffer = pk_alloc(pool, PK_CONTROL_LINE_BYTES)};
    json_t *request = NULL;
    while (pk_control_receive(&stream, &request, NULL) == PK_OK) {
        take(pool, request);
        json_decref(request);
    }
    close(ends[CLIENT]);
    close(ends[AGENT]);
    return 0;
}
