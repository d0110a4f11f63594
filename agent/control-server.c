/*
 * Requests are served one after the other by the agent's own thread, between passes: a verb that
 * changes something then needs no lock of its own.  The verb's streams are cookies that turn each
 * write into a line to the client and each read into a question.
 */
#include "agent/control-server.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/control-line.h"
#include "agent/control.h"
#include "base/log.h"

enum {
    REQUEST_TIMEOUT_MS = 5 * 1000,
    QUESTION_TIMEOUT_MS = 120 * 1000,
    BACKLOG = 16,
    SOCKET_MODE = 0660,
    ARGUMENTS_LIMIT = 256,
};

/* -- The socket -- */

enum pk_code
pk_control_listen(const char *database, int *fd, struct pk_error *err)
{
    PK_SCRATCH(pool);
    const char *path = pk_control_path(pool, database);
    struct sockaddr_un address;
    enum pk_code code = pk_control_address(path, &address, err);
    if (code != PK_OK) {
        return code;
    }
    unlink(path); /* the database's lock says that no other agent lives */
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listening < 0 || bind(listening, (const struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(path, SOCKET_MODE) != 0 || listen(listening, BACKLOG) != 0) {
        int why = errno;
        if (listening >= 0) {
            close(listening);
        }
        return pk_error_set(err, PK_ESYS, path, "cannot make the control socket: %s",
                            strerror(why));
    }
    *fd = listening;
    return PK_OK;
}

void
pk_control_unlisten(const char *database, int *fd)
{
    PK_SCRATCH(pool);
    if (*fd >= 0) {
        unlink(pk_control_path(pool, database));
        close(*fd);
        *fd = -1;
    }
}

/* -- The streams of a request -- */

struct client {
    int fd;
    struct pk_control_stream stream;
};

struct output {
    struct client *client;
    const char *key; /* "out" or "err" */
};

/* Longer writes go in pieces that fit a line even when every byte has to be escaped. */
enum { PIECE_BYTES = PK_CONTROL_LINE_BYTES / 16 };

/* Never inside a UTF-8 sequence. */
static size_t
piece_length(const char *at, size_t bytes)
{
    if (bytes <= PIECE_BYTES) {
        return bytes;
    }
    size_t length = PIECE_BYTES;
    while (length > 1 && ((unsigned char)at[length] & 0xc0) == 0x80) {
        length--;
    }
    return length;
}

static ssize_t
write_output(void *cookie, const char *at, size_t bytes)
{
    const struct output *output = cookie;
    for (size_t done = 0; done < bytes;) {
        size_t length = piece_length(at + done, bytes - done);
        json_t *text = json_stringn(at + done, length);
        if (text == NULL) {
            text = json_string("?"); /* not UTF-8: nothing of ours prints that */
        }
        if (pk_control_send(output->client->fd, json_pack("{s:o}", output->key, text), NULL) !=
            PK_OK) {
            return 0;
        }
        done += length;
    }
    return (ssize_t)bytes;
}

static ssize_t
read_answer(void *cookie, char *at, size_t bytes)
{
    struct client *client = cookie;
    pk_control_set_timeout(client->fd, QUESTION_TIMEOUT_MS);
    json_t *answer = NULL;
    enum pk_code code = pk_control_send(client->fd, json_pack("{s:b}", "ask", 1), NULL);
    if (code == PK_OK) {
        code = pk_control_receive(&client->stream, &answer, NULL);
    }
    pk_control_set_timeout(client->fd, REQUEST_TIMEOUT_MS);
    const json_t *said = code == PK_OK ? json_object_get(answer, "in") : NULL;
    const char *line = json_string_value(said);
    size_t length = json_string_length(said);
    length = length < bytes ? length : bytes;
    if (length != 0) {
        memcpy(at, line, length);
    }
    json_decref(answer);
    return (ssize_t)length;
}

static FILE *
open_output(struct output *output)
{
    FILE *stream = fopencookie(output, "w", (cookie_io_functions_t){.write = write_output});
    if (stream != NULL) {
        setvbuf(stream, NULL, _IOLBF, 0);
    }
    return stream;
}

/* -- One request -- */

static const char *
actor_of(struct pk_pool *pool, int fd)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t bytes = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) {
        return "unknown";
    }
    const struct passwd *user = getpwuid(peer.uid);
    return pk_sprintf(pool, "%s (uid %u)", user != NULL ? user->pw_name : "user", peer.uid);
}

static bool
flag(const json_t *request, const char *key)
{
    return json_is_true(json_object_get(request, key));
}

static enum pk_code
parse_request(struct pk_pool *pool, const json_t *request, struct pk_arguments *out,
              struct pk_error *err)
{
    const json_t *argv = json_object_get(request, "argv");
    size_t count = json_array_size(argv);
    if (count == 0 || count > ARGUMENTS_LIMIT) {
        pk_error_set(err, PK_EINVAL, "control socket", "a request has 1 to %d words",
                     ARGUMENTS_LIMIT);
        return PK_EINVAL;
    }
    char **words = pk_array(pool, char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *word = json_string_value(json_array_get(argv, i));
        if (word == NULL) {
            pk_error_set(err, PK_EINVAL, "control socket", "a word of it is not text");
            return PK_EINVAL;
        }
        words[i] = pk_strdup(pool, word);
    }
    enum pk_code code = pk_arguments_parse(pool, (int)count, words, out, err);
    if (code != PK_OK) {
        return code;
    }
    enum pk_verb_access access = pk_arguments_access(out);
    bool is_served =
        access == PK_ACCESS_CHANGES || access == PK_ACCESS_SHOWS || access == PK_ACCESS_ASKS;
    return is_served ? PK_OK : pk_error_set(err, PK_EINVAL, words[0], "is not for a running agent");
}

static void
take_presentation(struct pk_context *context, const json_t *request)
{
    json_int_t format = json_integer_value(json_object_get(request, "format"));
    json_int_t columns = json_integer_value(json_object_get(request, "columns"));
    context->format = format >= PK_FORMAT_TEXT && format <= PK_FORMAT_SOAP ? (enum pk_format)format
                                                                           : PK_FORMAT_TEXT;
    context->columns = columns > 0 && columns < INT16_MAX ? (unsigned)columns : context->columns;
    context->color = flag(request, "color");
    context->ascii = flag(request, "ascii");
    context->out_is_terminal = flag(request, "out_is_terminal");
    context->err_is_terminal = flag(request, "err_is_terminal");
    context->in_is_terminal = flag(request, "in_is_terminal");
}

enum pk_code
pk_control_take_request(struct pk_context *context, const json_t *request,
                        struct pk_arguments *arguments, struct pk_error *err)
{
    take_presentation(context, request);
    enum pk_code code = parse_request(context->pool, request, arguments, err);
    return code == PK_OK ? pk_arguments_check_format(arguments, context->format, err) : code;
}

static enum pk_exit
run_verb(struct pk_context *context, const json_t *request)
{
    struct pk_error err = {0};
    struct pk_arguments arguments;
    return pk_control_take_request(context, request, &arguments, &err) == PK_OK
               ? arguments.verb->run(context, &arguments)
               : pk_context_fail(context, PK_EXIT_USAGE, &err);
}

static void
answer(struct client *client, const struct pk_context *base, const json_t *request)
{
    PK_SCRATCH(pool);
    struct output out = {client, "out"}, errors = {client, "err"};
    struct pk_context context = *base;
    context.pool = pool;
    context.actor = actor_of(pool, client->fd);
    context.out = open_output(&out);
    context.err = open_output(&errors);
    context.in = fopencookie(client, "r", (cookie_io_functions_t){.read = read_answer});
    if (context.out != NULL && context.err != NULL && context.in != NULL) {
        enum pk_exit exit = run_verb(&context, request);
        fflush(context.out);
        fflush(context.err);
        pk_control_send(client->fd, json_pack("{s:i}", "exit", (int)exit), NULL);
    }
    FILE *const streams[] = {context.out, context.err, context.in};
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        if (streams[i] != NULL) {
            fclose(streams[i]);
        }
    }
}

void
pk_control_serve(int listening, const struct pk_context *base)
{
    PK_SCRATCH(pool);
    struct client client = {.fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC)};
    if (client.fd < 0) {
        return;
    }
    client.stream = (struct pk_control_stream){.fd = client.fd,
                                               .buffer = pk_alloc(pool, PK_CONTROL_LINE_BYTES)};
    pk_control_set_timeout(client.fd, REQUEST_TIMEOUT_MS);
    json_t *request = NULL;
    struct pk_error err = {0};
    if (pk_control_receive(&client.stream, &request, &err) == PK_OK) {
        answer(&client, base, request);
    } else {
        pk_log(PK_LOG_WARNING, "request-refused", "reason", err.message, NULL);
    }
    json_decref(request);
    close(client.fd);
}
