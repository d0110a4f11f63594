/**
 * @file
 * The whole command line: global options before or after the verb, then the verb's own words.
 */
#ifndef PK_AGENT_COMMAND_LINE_H
#define PK_AGENT_COMMAND_LINE_H

#include "agent/verb.h"

struct pk_command_line {
    const char *config; /**< --config FILE, or NULL */
    enum pk_format format;
    bool help, version;
    struct pk_arguments arguments; /**< verb NULL: none was given */
};

/** Rows of the global options, for help; ends with a NULL name. */
extern const struct pk_verb_option pk_global_options[];

/**
 * Parses argv as main() got it.
 * @param out  format is set as far as it was understood, also after a failure
 * @return PK_OK; PK_EINVAL.  With help or version asked for, the verb's words are not judged.
 */
enum pk_code pk_command_line_parse(struct pk_pool *pool, int argc, char **argv,
                                   struct pk_command_line *out, struct pk_error *err);

#endif
