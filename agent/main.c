/*
 * The process: streams, signals, who asks.  Everything else is a verb, which knows none of these.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "adm/db.h"
#include "agent/command-line.h"
#include "base/json.h"
#include "base/number.h"
#include "base/sha256.h"
#include "desired-state/repository.h"

enum { COLUMNS_DEFAULT = 80, COLUMNS_MAX = 1000 };

/* The one thing that a signal handler may touch. */
static volatile int stop;

static void
on_stop(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

/* The first signal asks for an end after the action in flight, the second ends at once. */
static void
watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static unsigned
terminal_columns(void)
{
    int64_t columns = 0;
    const char *stated = getenv("COLUMNS");
    if (stated != NULL && pk_parse_number(stated, 1, COLUMNS_MAX, &columns)) {
        return (unsigned)columns;
    }
    struct winsize size = {0};
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : COLUMNS_DEFAULT;
}

static const char *
actor(struct pk_pool *pool)
{
    const struct passwd *user = getpwuid(getuid());
    return pk_sprintf(pool, "%s (uid %u)", user != NULL ? user->pw_name : "unknown",
                      (unsigned)getuid());
}

static struct pk_context
context_of_process(struct pk_pool *pool)
{
    const char *no_color = getenv("NO_COLOR");
    bool out_is_terminal = isatty(STDOUT_FILENO) == 1;
    return (struct pk_context){
        .pool = pool,
        .out = stdout,
        .err = stderr,
        .in = stdin,
        .out_is_terminal = out_is_terminal,
        .err_is_terminal = isatty(STDERR_FILENO) == 1,
        .in_is_terminal = isatty(STDIN_FILENO) == 1,
        .columns = terminal_columns(),
        .color = out_is_terminal && (no_color == NULL || *no_color == '\0'),
        .ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
        .actor = actor(pool),
        .stop = &stop,
    };
}

static enum pk_exit
run_verb(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct pk_diagnostics diagnostics = {.pool = context->pool};
    struct pk_error err = {0};
    enum pk_code code =
        arguments->verb->needs_config ? pk_context_config(context, &diagnostics, &err) : PK_OK;
    if (code == PK_EINVAL) {
        return pk_context_fail_invalid(context, err.where, &diagnostics);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    return pk_verb_dispatch(context, arguments);
}

static enum pk_exit
run_line(struct pk_context *context, int argc, char **argv)
{
    struct pk_command_line line;
    struct pk_error err = {0};
    enum pk_code code = pk_command_line_parse(context->pool, argc, argv, &line, &err);
    context->format = line.format;
    context->config_file = line.config;
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_USAGE, &err);
    }
    if (line.version) {
        return pk_verb_version(context, &line.arguments);
    }
    if (line.help && line.arguments.verb != NULL) {
        pk_verb_help(context, line.arguments.verb);
        return PK_EXIT_IN_STEP;
    }
    if (line.help) {
        pk_program_help(context);
        return PK_EXIT_IN_STEP;
    }
    return run_verb(context, &line.arguments);
}

/* A result that nobody could read is no success; a reader who has left (EPIPE) knows it. */
static enum pk_exit
finish_output(enum pk_exit exit)
{
    bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    if (failed && errno != EPIPE) {
        fprintf(stderr, "pairkeeper: stdout: the result could not be written: %s\n",
                strerror(errno));
        return pk_exit_worse(exit, PK_EXIT_CANNOT_RUN);
    }
    return exit;
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], PK_FETCH_HELPER_VERB) == 0) {
        return pk_repository_fetch_helper(argc, argv);
    }
    pk_json_start();
    pk_sha256_start();
    pk_repository_start();
    watch_signals();
    setlocale(LC_CTYPE, "");
    PK_SCRATCH(pool);
    struct pk_context context = context_of_process(pool);
    enum pk_exit exit = run_line(&context, argc, argv);
    if (context.db != NULL && !context.db_is_borrowed) {
        pk_db_close(context.db);
    }
    return (int)finish_output(exit);
}
