/**
 * @file
 * One Kea server over HTTP: a command goes out, its answer comes back or a failure that says what
 * to do.
 *
 * Both transports are the same to a caller: a daemon's own HTTP(S) socket and the control agent
 * (commands carry `service: ["dhcp4"]`, answers come as a list of one).  One connection per server,
 * kept open between commands.  Bodies are never logged: config-get shows passwords in clear.
 *
 * Nothing is retried that a server may have begun to do: after a time-out the caller looks first.
 * Commands that only read are sent once more when a kept connection turned out to be dead; those
 * that change something go over a connection of their own, which is then kept for the next reads.
 *
 * Failures name the server in their `where` and the command in their message.
 */
#ifndef PK_DRIVERS_KEA_CLIENT_H
#define PK_DRIVERS_KEA_CLIENT_H

#include "drivers/driver.h"
#include "drivers/kea-json.h"

struct pk_kea_client;

/** What is wrong with such a URL and how to write it, or NULL. */
const char *pk_kea_url_fault(const char *url);

/**
 * @param config  with a URL that is in order
 * @return PK_OK; PK_EINVAL (half a credential), PK_EACCESS or PK_ENOENT (a secret's file); connects
 *         later
 */
enum pk_code pk_kea_client_open(const struct pk_server_config *config, struct pk_kea_client **out,
                                struct pk_error *err);
void pk_kea_client_close(struct pk_kea_client *client); /**< NULL is allowed */

/** `result` of an answer, as Kea numbers them. */
enum pk_kea_result {
    PK_KEA_SUCCESS = 0,
    PK_KEA_ERROR = 1,
    PK_KEA_UNSUPPORTED = 2,
    PK_KEA_EMPTY = 3, /**< nothing found: also the list of nothing */
    PK_KEA_CLASH = 4,
};

struct pk_kea_answer {
    enum pk_kea_result result;
    const char *text;              /**< what the server says, "" when it says nothing */
    struct pk_kea_value arguments; /**< PK_KEA_NULL when there are none */
};

enum pk_kea_effect { PK_KEA_READS, PK_KEA_CHANGES };

/**
 * @param arguments  JSON text of the arguments, or NULL
 * @param effect     PK_KEA_CHANGES: never sent twice
 * @param out        in @p pool
 * @return PK_OK: the server answered, out->result tells what; PK_EAGAIN unreachable, timed out, cut
 *         off (what a change came to is unknown); PK_EACCESS 401, certificate; PK_EINVAL an answer
 *         that is none: HTML, truncated, too large, too deep, of another shape.  The failure names
 *         server and command and says what to do; it never quotes a body.
 */
enum pk_code pk_kea_command(struct pk_kea_client *client, struct pk_pool *pool, const char *command,
                            const char *arguments, enum pk_kea_effect effect,
                            struct pk_kea_answer *out, struct pk_error *err);

/** As pk_kea_command() for what has to succeed: any other result is a failure with the text. */
enum pk_code pk_kea_ask(struct pk_kea_client *client, struct pk_pool *pool, const char *command,
                        const char *arguments, struct pk_kea_value *out, struct pk_error *err);

#endif
