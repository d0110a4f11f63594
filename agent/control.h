/**
 * @file
 * The unix socket beside the database: verbs handed to the running agent, answers handed back.
 *
 * A request is one JSON line {"argv": […], "format": …, "columns": …, "color": …}; the answer is a
 * stream of JSON lines {"out": text}, {"err": text} and, last, {"exit": code}.  Who asks is taken
 * from the peer's uid.
 */
#ifndef PK_AGENT_CONTROL_H
#define PK_AGENT_CONTROL_H

#include "agent/verb.h"

/** `<database>.sock` */
const char *pk_control_path(struct pk_pool *pool, const char *database);

/**
 * Hands a verb to the agent that holds the database and copies its answer to the context's streams.
 * @return PK_OK with @p exit set; PK_ENOENT: nobody listens
 */
enum pk_code pk_control_ask(struct pk_context *context, const struct pk_arguments *arguments,
                            enum pk_exit *exit, struct pk_error *err);

#endif
