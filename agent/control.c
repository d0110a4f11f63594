/*
 * The asking end.  The agent runs the verb with streams that reach back here, so what a person sees
 * is what the verb would have printed in this process, questions included.
 */
#include "agent/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/control-line.h"

enum { CONNECT_TIMEOUT_MS = 10 * 1000, ANSWER_BYTES = 1024 };

const char *
pk_control_path(struct pk_pool *pool, const char *database)
{
    return pk_sprintf(pool, "%s.sock", database);
}

static void
close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

static enum pk_code
connect_to_agent(const char *path, int *out, struct pk_error *err)
{
    struct sockaddr_un address;
    enum pk_code code = pk_control_address(path, &address, err);
    if (code != PK_OK) {
        return code;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        int why = errno;
        close_fd(&fd);
        if (why == EACCES || why == EPERM) {
            return pk_error_set(err, PK_EACCESS, path,
                                "the running agent may not be asked: %s; run this as its user",
                                strerror(why));
        }
        return pk_error_set(err, PK_ENOENT, path, "no agent listens");
    }
    *out = fd;
    return PK_OK;
}

static json_t *
make_request(const struct pk_context *context, const struct pk_arguments *arguments)
{
    json_t *argv = json_array();
    for (int i = 0; i < arguments->argc; i++) {
        json_array_append_new(argv, json_string(arguments->argv[i]));
    }
    return json_pack("{s:o, s:i, s:i, s:b, s:b, s:b, s:b, s:b}", "argv", argv, "format",
                     (int)context->format, "columns", (int)context->columns, "color",
                     (int)context->color, "ascii", (int)context->ascii, "out_is_terminal",
                     (int)context->out_is_terminal, "err_is_terminal",
                     (int)context->err_is_terminal, "in_is_terminal",
                     (int)(context->in_is_terminal && context->in != NULL));
}

/* The agent wants a line from the person: the question itself came as output. */
static enum pk_code
answer_question(const struct pk_context *context, int fd, struct pk_error *err)
{
    char line[ANSWER_BYTES] = "";
    fflush(context->out);
    fflush(context->err);
    if (context->in == NULL || fgets(line, sizeof line, context->in) == NULL) {
        line[0] = '\0';
    }
    return pk_control_send(fd, json_pack("{s:s}", "in", line), err);
}

/* @return true when this was the last line */
static bool
take_answer(struct pk_context *context, const json_t *answer, enum pk_exit *exit)
{
    const char *out = json_string_value(json_object_get(answer, "out"));
    const char *error = json_string_value(json_object_get(answer, "err"));
    const json_t *code = json_object_get(answer, "exit");
    if (out != NULL) {
        bool lost = fputs(out, context->out) == EOF || fflush(context->out) != 0;
        if (lost && errno == EPIPE) {
            clearerr(context->out); /* the reader has left, and later nobody knows that any more */
        }
    }
    if (error != NULL) {
        fputs(error, context->err);
        fflush(context->err);
    }
    if (json_is_integer(code)) {
        *exit = (enum pk_exit)json_integer_value(code);
    }
    return json_is_integer(code);
}

enum pk_code
pk_control_ask(struct pk_context *context, const struct pk_arguments *arguments, enum pk_exit *exit,
               struct pk_error *err)
{
    PK_SCRATCH(pool);
    PK_CLEANUP(close_fd) int fd = -1;
    enum pk_code code =
        connect_to_agent(pk_control_path(pool, context->config->database), &fd, err);
    if (code != PK_OK) {
        return code;
    }
    pk_control_set_timeout(fd, CONNECT_TIMEOUT_MS);
    code = pk_control_send(fd, make_request(context, arguments), err);
    pk_control_set_timeout(fd, 0); /* a pass may take as long as it takes */

    struct pk_control_stream stream = {.fd = fd, .buffer = pk_alloc(pool, PK_CONTROL_LINE_BYTES)};
    bool ended = false;
    while (code == PK_OK && !ended) {
        json_t *answer = NULL;
        code = pk_control_receive(&stream, &answer, err);
        if (code == PK_OK && json_object_get(answer, "ask") != NULL) {
            code = answer_question(context, fd, err);
        } else if (code == PK_OK) {
            ended = take_answer(context, answer, exit);
        }
        json_decref(answer);
    }
    if (code != PK_OK) {
        return pk_error_set(err, PK_ESYS, "control socket",
                            "the agent ended before it answered; `pairkeeper status` shows how far "
                            "it came");
    }
    return PK_OK;
}
