/* One object a line keeps both ends trivial to write in any language, and to read in a trace. */
#include "agent/control-line.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum pk_code
pk_control_address(const char *path, struct sockaddr_un *address, struct pk_error *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path) {
        return pk_error_set(err, PK_EINVAL, path,
                            "too long for a control socket (%zu bytes at most): move the database",
                            sizeof address->sun_path - 1);
    }
    memcpy(address->sun_path, path, strlen(path));
    return PK_OK;
}

void
pk_control_set_timeout(int fd, int64_t timeout_ms)
{
    const struct timeval limit = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static enum pk_code
send_all(int fd, const char *at, size_t bytes, struct pk_error *err)
{
    while (bytes != 0) {
        ssize_t sent = send(fd, at, bytes, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return pk_error_set(err, PK_ESYS, "control socket", "the other end is gone");
        }
        at += sent;
        bytes -= (size_t)sent;
    }
    return PK_OK;
}

enum pk_code
pk_control_send(int fd, json_t *object, struct pk_error *err)
{
    PK_SCRATCH(pool);
    const char *line = pk_sprintf(pool, "%s\n", pk_json_text(pool, object));
    json_decref(object);
    return send_all(fd, line, strlen(line), err);
}

/* Takes the first line out of the buffer; NULL when it holds none yet. */
static char *
take_line(struct pk_control_stream *stream, struct pk_pool *pool)
{
    char *end = memchr(stream->buffer, '\n', stream->filled);
    if (end == NULL) {
        return NULL;
    }
    size_t length = (size_t)(end - stream->buffer);
    char *line = pk_strndup(pool, stream->buffer, length);
    stream->filled -= length + 1;
    memmove(stream->buffer, end + 1, stream->filled);
    return line;
}

static enum pk_code
fill(struct pk_control_stream *stream, struct pk_error *err)
{
    if (stream->filled == PK_CONTROL_LINE_BYTES) {
        return pk_error_set(err, PK_EINVAL, "control socket", "a line is longer than %d bytes",
                            PK_CONTROL_LINE_BYTES);
    }
    ssize_t got = recv(stream->fd, stream->buffer + stream->filled,
                       PK_CONTROL_LINE_BYTES - stream->filled, 0);
    if (got < 0 && errno == EINTR) {
        return PK_OK;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return pk_error_set(err, PK_EAGAIN, "control socket", "no answer in time");
    }
    if (got <= 0) {
        return pk_error_set(err, PK_ENOENT, "control socket", "the other end closed");
    }
    stream->filled += (size_t)got;
    return PK_OK;
}

enum pk_code
pk_control_receive(struct pk_control_stream *stream, json_t **object, struct pk_error *err)
{
    PK_SCRATCH(pool);
    char *line;
    while ((line = take_line(stream, pool)) == NULL) {
        enum pk_code code = fill(stream, err);
        if (code != PK_OK) {
            return code;
        }
    }
    json_t *value = pk_json_parse(line, err);
    if (value == NULL) {
        return PK_EINVAL;
    }
    if (!json_is_object(value)) {
        json_decref(value);
        return pk_error_set(err, PK_EINVAL, "control socket", "not a JSON object");
    }
    *object = value;
    return PK_OK;
}
