/*
 * The way of a verb to the database.  Whoever changes something needs the lock or asks its holder;
 * whoever only shows prefers the agent's word, because it is newer than the file.
 */
#include <stdarg.h>
#include <stdio.h>

#include "agent/control.h"

enum pk_exit
pk_verb_usage(struct pk_context *context, const struct pk_arguments *arguments, const char *format,
              ...)
{
    va_list args;
    va_start(args, format);
    const char *message = pk_vsprintf(context->pool, format, args);
    va_end(args);
    struct pk_error err;
    pk_error_set(&err, PK_EINVAL, arguments->verb->name, "%s; see pairkeeper %s --help", message,
                 arguments->verb->name);
    return pk_context_fail(context, PK_EXIT_USAGE, &err);
}

bool
pk_verb_subnet(struct pk_context *context, const struct pk_arguments *arguments, const char *text,
               struct pk_prefix *out)
{
    if (!pk_parse_prefix(text, out)) {
        pk_verb_usage(context, arguments, "'%s' is no subnet like 10.20.0.0/24", text);
        return false;
    }
    if (!pk_prefix_is_canonical(*out)) {
        struct pk_prefix network = {out->address & pk_prefix_mask(*out), out->length};
        pk_verb_usage(context, arguments, "'%s' has host bits: did you mean %s?", text,
                      pk_prefix_text(context->pool, network));
        return false;
    }
    return true;
}

/* @p locked says who holds the database; an agent that cannot be asked does not change that. */
static enum pk_exit
ask_the_holder(struct pk_context *context, const struct pk_arguments *arguments,
               const struct pk_error *locked)
{
    enum pk_exit exit = PK_EXIT_IN_STEP;
    struct pk_error err = {0};
    enum pk_code code = pk_control_ask(context, arguments, &exit, &err);
    if (code == PK_OK) {
        return exit;
    }
    return pk_context_fail(context, PK_EXIT_LOCKED, code == PK_ENOENT ? locked : &err);
}

static enum pk_exit
run_changing(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct pk_error err = {0};
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, &err);
    if (code == PK_ELOCKED) {
        return ask_the_holder(context, arguments, &err);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    return arguments->verb->run(context, arguments);
}

static enum pk_exit
run_showing(struct pk_context *context, const struct pk_arguments *arguments)
{
    enum pk_exit exit = PK_EXIT_IN_STEP;
    struct pk_error err = {0};
    enum pk_code code = pk_control_ask(context, arguments, &exit, &err);
    if (code == PK_OK) {
        return exit;
    }
    bool can_read_itself = code == PK_ENOENT || code == PK_EACCESS;
    return can_read_itself ? arguments->verb->run(context, arguments)
                           : pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
}

static enum pk_exit
run_asking(struct pk_context *context, const struct pk_arguments *arguments)
{
    enum pk_exit exit = PK_EXIT_IN_STEP;
    struct pk_error err = {0};
    enum pk_code code = pk_control_ask(context, arguments, &exit, &err);
    if (code == PK_OK) {
        return exit;
    }
    if (code == PK_ENOENT) {
        pk_error_set(&err, PK_ENOENT, context->config->database,
                     "no agent is running; start one with pairkeeper run, or do one pass with "
                     "pairkeeper apply");
    }
    return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
}

enum pk_exit
pk_verb_dispatch(struct pk_context *context, const struct pk_arguments *arguments)
{
    switch (pk_arguments_access(arguments)) {
    case PK_ACCESS_CHANGES:
        return run_changing(context, arguments);
    case PK_ACCESS_SHOWS:
        return run_showing(context, arguments);
    case PK_ACCESS_ASKS:
        return run_asking(context, arguments);
    case PK_ACCESS_NONE:
    case PK_ACCESS_READS:
    case PK_ACCESS_RUNS:
        break;
    }
    return arguments->verb->run(context, arguments);
}
