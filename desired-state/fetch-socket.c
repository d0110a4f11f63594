/*
 * The library follows a redirect to another port of the same host even when told to follow none,
 * and would send the credentials there.  A server cannot talk us into a connection that is never
 * opened: so the sockets are ours, and open to one place.
 *
 * The library's constructor of sockets has no parameter for us.  The place stands in the
 * environment of this process, which has no other content and ends with the fetch.
 */
#include "desired-state/fetch-work.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <git2/sys/stream.h>

#define ORIGIN_VARIABLE "PAIRKEEPER_FETCH_ORIGIN"

enum { MESSAGE_BYTES = 512, HOST_BYTES = 256, PORT_BYTES = 32, NO_SOCKET = -1 };

struct origin_socket {
    git_stream stream; /* first, so that one is the other */
    int descriptor;
    char host[HOST_BYTES], port[PORT_BYTES];
};

static int
fail(const struct origin_socket *at, const char *attempt, const char *reason)
{
    char message[MESSAGE_BYTES];
    snprintf(message, sizeof message, "%s %s port %s: %s", attempt, at->host, at->port, reason);
    git_error_set_str(GIT_ERROR_NET, message);
    return GIT_ERROR;
}

/* Tries every address; errno of the last when none answers. */
static int
open_any(const struct addrinfo *addresses)
{
    int descriptor = NO_SOCKET;
    for (const struct addrinfo *a = addresses; a != NULL && descriptor < 0; a = a->ai_next) {
        descriptor = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (descriptor >= 0 && connect(descriptor, a->ai_addr, a->ai_addrlen) != 0) {
            int reason = errno;
            close(descriptor);
            errno = reason;
            descriptor = NO_SOCKET;
        }
    }
    return descriptor;
}

static int
connect_socket(git_stream *stream)
{
    struct origin_socket *at = (struct origin_socket *)stream;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    struct addrinfo *addresses = NULL;
    int failed = getaddrinfo(at->host, at->port, &hints, &addresses);
    if (failed != 0) {
        return fail(at, "no address of", gai_strerror(failed));
    }
    at->descriptor = open_any(addresses);
    int reason = errno;
    freeaddrinfo(addresses);
    return at->descriptor >= 0 ? 0 : fail(at, "no connection to", strerror(reason));
}

static ssize_t
read_socket(git_stream *stream, void *to, size_t room)
{
    const struct origin_socket *at = (const struct origin_socket *)stream;
    ssize_t got = recv(at->descriptor, to, room, 0);
    return got >= 0 ? got : fail(at, "no answer from", strerror(errno));
}

static ssize_t
write_socket(git_stream *stream, const char *bytes, size_t count, int flags)
{
    const struct origin_socket *at = (const struct origin_socket *)stream;
    ssize_t sent = send(at->descriptor, bytes, count, flags | MSG_NOSIGNAL);
    return sent >= 0 ? sent : fail(at, "nothing can be sent to", strerror(errno));
}

static int
close_socket(git_stream *stream)
{
    struct origin_socket *at = (struct origin_socket *)stream;
    int failed = at->descriptor >= 0 ? close(at->descriptor) : 0;
    at->descriptor = NO_SOCKET;
    return failed;
}

static void
free_socket(git_stream *stream)
{
    close_socket(stream);
    free(stream);
}

static const char *
origin_text(char out[MESSAGE_BYTES], const char *host, const char *port)
{
    snprintf(out, MESSAGE_BYTES, "%s port %s", host, port);
    return out;
}

/* The library frees what it gets, so this is from malloc(). */
static int
make_socket(git_stream **out, const char *host, const char *port)
{
    char asked[MESSAGE_BYTES], message[MESSAGE_BYTES];
    const char *origin = getenv(ORIGIN_VARIABLE);
    if (origin == NULL || strcmp(origin_text(asked, host, port), origin) != 0) {
        snprintf(message, sizeof message, "the server redirects to %.*s", MESSAGE_BYTES / 2, asked);
        git_error_set_str(GIT_ERROR_NET, message);
        return GIT_ERROR;
    }
    struct origin_socket *made = calloc(1, sizeof *made);
    if (made == NULL) {
        git_error_set_str(GIT_ERROR_NOMEMORY, "no memory for a socket");
        return GIT_ERROR;
    }
    made->stream = (git_stream){
        .version = GIT_STREAM_VERSION,
        .connect = connect_socket,
        .read = read_socket,
        .write = write_socket,
        .close = close_socket,
        .free = free_socket,
    };
    made->descriptor = NO_SOCKET;
    snprintf(made->host, sizeof made->host, "%s", host);
    snprintf(made->port, sizeof made->port, "%s", port);
    *out = &made->stream;
    return 0;
}

enum pk_code
pk_fetch_bind_sockets(const struct pk_fetch_source *source, struct pk_error *err)
{
    char origin[MESSAGE_BYTES];
    git_stream_registration ours = {.version = GIT_STREAM_VERSION, .init = make_socket};
    if (setenv(ORIGIN_VARIABLE, origin_text(origin, source->host, source->port), true) != 0 ||
        git_stream_register(GIT_STREAM_STANDARD, &ours) != 0) {
        return pk_git_failed(err, PK_ESYS, source->address, "no sockets for the Git library",
                             "check the installation of libgit2");
    }
    return PK_OK;
}
