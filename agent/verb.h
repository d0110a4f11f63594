/**
 * @file
 * The table of verbs: parsing, help, access to the database and tests all read the same rows.
 */
#ifndef PK_AGENT_VERB_H
#define PK_AGENT_VERB_H

#include "agent/context.h"
#include "base/ipv4.h"

/** One `--option` of a verb. */
struct pk_verb_option {
    const char *name;     /**< `revision`, without the dashes        */
    const char *argument; /**< `REV`, or NULL for a switch           */
    const char *document;
};

/** Options and arguments as written; values are borrowed from argv. */
struct pk_arguments {
    const struct pk_verb *verb;
    const char **values; /**< of each option of the verb: text, "" for a switch, NULL = not given */
    const char *const *positional;
    size_t positional_count;
    int argc; /**< the verb's own words again, to hand them to the agent */
    char **argv;
};

enum pk_verb_access {
    PK_ACCESS_NONE,    /**< no database                                               */
    PK_ACCESS_SHOWS,   /**< asks the running agent, else reads                        */
    PK_ACCESS_READS,   /**< reads beside a running agent, never asks it               */
    PK_ACCESS_CHANGES, /**< takes the lock, or hands the request to the running agent */
    PK_ACCESS_ASKS,    /**< only the running agent can do it: the request is handed over      */
    PK_ACCESS_RUNS,    /**< is the agent                                              */
};

struct pk_verb {
    const char *name;
    const char *arguments; /**< `[NAME…]` */
    const char *summary;   /**< one line of `help` */
    const char *document;  /**< a paragraph for `--help` */
    const char *example;
    const struct pk_verb_option *options; /**< ends with a NULL name; NULL = none */
    size_t positional_min, positional_max;
    /** First words with which a verb that changes only shows: `list show`; NULL = none. */
    const char *showing_words;
    /** With an argument, a file, it reads that itself and hands over what it found in it. */
    bool reads_file;
    /** Switch with which a verb that shows reads beside the agent for as long as it likes. */
    const char *beside_option;
    enum pk_exit (*run)(struct pk_context *context, const struct pk_arguments *arguments);
    enum pk_verb_access access;
    bool needs_config;
    bool has_markdown;       /**< accepts `-o markdown` too; every verb has text and json */
    const char *soap_option; /**< option with which `-o soap` is accepted too; NULL = none */
};

extern const struct pk_verb pk_verbs[];
extern const size_t pk_verb_count;

const struct pk_verb *pk_verb_find(const char *name);

/** How these words touch the database: the row's access, or what its exceptions say. */
enum pk_verb_access pk_arguments_access(const struct pk_arguments *arguments);

/** The option of @p verb called @p name (without dashes), or NULL. */
const struct pk_verb_option *pk_verb_option_find(const struct pk_verb *verb, const char *name);

/** Value of an option of the verb, NULL = not given. */
const char *pk_argument(const struct pk_arguments *arguments, const char *option);

/**
 * Parses a verb's words (argv[0] = the verb) by its row.
 * @return PK_OK; PK_EINVAL with a message that names the nearest option
 */
enum pk_code pk_arguments_parse(struct pk_pool *pool, int argc, char **argv,
                                struct pk_arguments *out, struct pk_error *err);

/** Can these words be answered in this format?  PK_EINVAL with those that they can. */
enum pk_code pk_arguments_check_format(const struct pk_arguments *arguments, enum pk_format format,
                                       struct pk_error *err);

void pk_verb_help(struct pk_context *context, const struct pk_verb *verb);

/** Help of the whole program: every verb, global options, exit codes. */
void pk_program_help(struct pk_context *context);

/**
 * Runs a verb as its access asks: opens or locks the database, or hands the words to the agent.
 * The database it opened is closed by the caller of the verb: context->db, unless borrowed.
 */
enum pk_exit pk_verb_dispatch(struct pk_context *context, const struct pk_arguments *arguments);

/** A failure of the command line itself: what is wrong, and where help is. */
enum pk_exit pk_verb_usage(struct pk_context *context, const struct pk_arguments *arguments,
                           const char *format, ...) PK_PRINTF(3, 4);

/** A subnet as an argument; false after having said what is wrong with it (PK_EXIT_USAGE). */
bool pk_verb_subnet(struct pk_context *context, const struct pk_arguments *arguments,
                    const char *text, struct pk_prefix *out);

/** Every verb, one file each: agent/verb-NAME.c. */
enum pk_exit pk_verb_validate(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_diff(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_apply(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_run(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_reconcile(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_status(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_events(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_explain(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_import(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_replicate(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_suspend(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_resume(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_approve(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_adm(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_doctor(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_schema(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_version(struct pk_context *, const struct pk_arguments *);
enum pk_exit pk_verb_help_all(struct pk_context *, const struct pk_arguments *);

#endif
