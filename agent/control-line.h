/**
 * @file
 * Lines of JSON over a socket, with a limit and a deadline: what both ends of the control socket
 * use.
 */
#ifndef PK_AGENT_CONTROL_LINE_H
#define PK_AGENT_CONTROL_LINE_H

#include <sys/un.h>

#include "base/json.h"

enum { PK_CONTROL_LINE_BYTES = 64 * 1024 };

struct pk_control_stream {
    int fd;
    char *buffer; /**< PK_CONTROL_LINE_BYTES */
    size_t filled;
};

/** Address of @p path; PK_EINVAL when it is too long for a unix socket. */
enum pk_code
pk_control_address(const char *path, struct sockaddr_un *address, struct pk_error *err);

/** Gives up on a silent peer after @p timeout_ms for each read or write; 0 = never. */
void pk_control_set_timeout(int fd, int64_t timeout_ms);

/** Sends one object as a line; takes the reference.  PK_ESYS when the peer is gone. */
enum pk_code pk_control_send(int fd, json_t *object, struct pk_error *err);

/**
 * Receives one object.
 * @return PK_OK with a new reference; PK_ENOENT: the peer ended; PK_EINVAL: no JSON object, or too
 *         long; PK_EAGAIN: silent for too long
 */
enum pk_code
pk_control_receive(struct pk_control_stream *stream, json_t **object, struct pk_error *err);

#endif
