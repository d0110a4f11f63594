/**
 * @file
 * The answering end of the control socket.
 */
#ifndef PK_AGENT_CONTROL_SERVER_H
#define PK_AGENT_CONTROL_SERVER_H

#include "agent/verb.h"
#include "base/json.h"

/** Makes the socket (mode 0660) in place of one left by a dead agent.  @param fd  yours */
enum pk_code pk_control_listen(const char *database, int *fd, struct pk_error *err);

/** Takes the socket away again. */
void pk_control_unlisten(const char *database, int *fd);

/**
 * What a request asks for: the words to run, and in @p context how their answer is to look.
 * @return PK_OK: a verb that a running agent serves; PK_EINVAL
 */
enum pk_code pk_control_take_request(struct pk_context *context, const json_t *request,
                                     struct pk_arguments *arguments, struct pk_error *err);

/**
 * Serves one waiting client: reads its request, runs the verb with streams that lead back to the
 * client, answers.  A client that is silent or sends nonsense costs at most some seconds.
 *
 * @param base  configuration, database, stop flag and agent that the verb is to use
 */
void pk_control_serve(int listening, const struct pk_context *base);

#endif
