/**
 * @file
 * What every verb is run with: configuration, streams, who asks, and the database on demand.
 *
 * A verb never touches stdout, stderr or the process: it writes to the context's streams and
 * returns an exit code.  So the same function serves the command line and, with the streams of a
 * request, the control socket of the running agent.
 */
#ifndef PK_AGENT_CONTEXT_H
#define PK_AGENT_CONTEXT_H

#include <stdio.h>

#include "agent/config.h"
#include "agent/exit-code.h"
#include "base/json.h"

enum pk_format { PK_FORMAT_TEXT, PK_FORMAT_JSON, PK_FORMAT_MARKDOWN, PK_FORMAT_SOAP };

struct pk_context {
    struct pk_pool *pool;           /**< dies with the call */
    const struct pk_config *config; /**< NULL for verbs that need none */
    const char *config_file;        /**< --config, or NULL             */
    enum pk_format format;
    FILE *out, *err, *in; /**< in: NULL when nobody can be asked */
    bool out_is_terminal, err_is_terminal, in_is_terminal;
    unsigned columns;         /**< width of the terminal; 80 when there is none */
    bool color;               /**< never without a terminal, never with NO_COLOR */
    bool ascii;               /**< the locale of whoever reads is not UTF-8 */
    const char *actor;        /**< "alice (uid 1000)" */
    struct pk_db *db;         /**< open database, borrowed; NULL until pk_context_db() */
    bool db_is_borrowed;      /**< the running agent's: not closed by the verb */
    const volatile int *stop; /**< set by SIGTERM and SIGINT */
    struct pk_agent *agent;   /**< the running agent when called through its socket, else NULL */
};

/**
 * The configuration, read the first time it is asked for.
 * @return PK_OK; codes of pk_config_load(), all errors in @p diagnostics
 */
enum pk_code pk_context_config(struct pk_context *context, struct pk_diagnostics *diagnostics,
                               struct pk_error *err);

/**
 * The database, opened the first time it is asked for.
 * @return PK_OK; PK_ENOENT (reading and there is none): ctx->db stays NULL; other codes of
 *         pk_db_open()
 */
enum pk_code pk_context_db(struct pk_context *context, enum pk_db_mode mode, struct pk_error *err);

/** Prints an error as text or JSON (6.1) and returns @p code. */
enum pk_exit
pk_context_fail(struct pk_context *context, enum pk_exit code, const struct pk_error *err);

/** The same; in JSON the document has @p more, whose reference is taken, as @p key. */
enum pk_exit pk_context_fail_with(struct pk_context *context, enum pk_exit code,
                                  const struct pk_error *err, const char *key, json_t *more);

/** Diagnostics as text or in the JSON shape of `validate`'s errors, behind one failure. */
enum pk_exit pk_context_fail_invalid(struct pk_context *context, const char *what,
                                     struct pk_diagnostics *diagnostics);

/** The errors, or the warnings, as a JSON array of 6.1's objects. */
json_t *pk_json_diagnostics(const struct pk_diagnostics *diagnostics, bool warnings);

/** A time as RFC 3339 text; null for "never" (0). */
json_t *pk_json_time(struct pk_wall time);

/** Text or, for NULL, null. */
json_t *pk_json_text_or_null(const char *text);

/** Asks yes or no on a terminal; false when nobody can be asked. */
bool pk_context_confirm(struct pk_context *context, const char *question);

/** `{format_version, …}` documents are begun with this object. */
json_t *pk_json_document(void);

/** Prints a JSON value sorted, indented, with a newline; takes the reference. */
void pk_context_print_json(struct pk_context *context, json_t *value);

#endif
