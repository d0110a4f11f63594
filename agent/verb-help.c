/* Help is printed from the rows that parse: it cannot describe a program that does not exist. */
#include "agent/command-line.h"
#include "agent/screen.h"

enum { INDENT = 2, COLUMN = 26 };

static void
put_row(const struct pk_screen *screen, const char *left, const char *right)
{
    size_t column = INDENT + pk_screen_width(left);
    pk_screen_space(screen, INDENT);
    pk_screen_put(screen, PK_STYLE_STRONG, left);
    if (column + INDENT > COLUMN) {
        pk_screen_line(screen);
        column = 0;
    }
    pk_screen_space(screen, COLUMN - column);
    pk_screen_wrap(screen, PK_STYLE_PLAIN, COLUMN, COLUMN, right);
}

static void
put_options(const struct pk_screen *screen, const struct pk_verb_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        bool valued = options->argument != NULL;
        put_row(screen,
                pk_sprintf(screen->pool, "--%s%s%s", options->name, valued ? " " : "",
                           valued ? options->argument : ""),
                options->document);
    }
}

static void
put_heading(const struct pk_screen *screen, const char *heading)
{
    pk_screen_line(screen);
    pk_screen_put(screen, PK_STYLE_PLAIN, heading);
    pk_screen_line(screen);
}

static void
put_example(const struct pk_screen *screen, const char *example)
{
    put_heading(screen, "Example:");
    pk_screen_space(screen, INDENT);
    pk_screen_put(screen, PK_STYLE_PLAIN, example);
    pk_screen_line(screen);
}

void
pk_verb_help(struct pk_context *context, const struct pk_verb *verb)
{
    struct pk_screen screen = pk_screen_of(context);
    pk_screen_put(&screen, PK_STYLE_STRONG,
                  pk_sprintf(context->pool, "pairkeeper %s%s%s%s", verb->name,
                             verb->options != NULL ? " [OPTION…]" : "",
                             *verb->arguments != '\0' ? " " : "", verb->arguments));
    pk_screen_line(&screen);
    pk_screen_line(&screen);
    pk_screen_wrap(&screen, PK_STYLE_PLAIN, 0, 0, verb->document);
    if (verb->options != NULL) {
        put_heading(&screen, "Options:");
        put_options(&screen, verb->options);
    }
    put_heading(&screen, "Options of every verb:");
    put_options(&screen, pk_global_options);
    put_example(&screen, verb->example);
}

void
pk_program_help(struct pk_context *context)
{
    struct pk_screen screen = pk_screen_of(context);
    pk_screen_put(&screen, PK_STYLE_STRONG,
                  "pairkeeper [--config FILE] [-o text|json|markdown] VERB");
    pk_screen_line(&screen);
    pk_screen_line(&screen);
    pk_screen_wrap(&screen, PK_STYLE_PLAIN, 0, 0,
                   "Keeps failover pairs of DHCP servers in step with a Git repository: compares, "
                   "applies, replicates from partner to partner and records what happened.");
    put_heading(&screen, "Verbs:");
    for (size_t i = 0; i < pk_verb_count; i++) {
        put_row(&screen, pk_verbs[i].name, pk_verbs[i].summary);
    }
    put_heading(&screen, "Options of every verb:");
    put_options(&screen, pk_global_options);
    put_heading(&screen, "Exit codes, the first that fits:");
    for (size_t i = 0; i < pk_exit_count; i++) {
        put_row(&screen, pk_sprintf(context->pool, "%d", (int)pk_exits[i].code),
                pk_exits[i].document);
    }
    put_example(&screen, "pairkeeper diff");
    put_heading(&screen, "More: pairkeeper help VERB");
}

enum pk_exit
pk_verb_help_all(struct pk_context *context, const struct pk_arguments *arguments)
{
    if (arguments->positional_count == 0) {
        pk_program_help(context);
        return PK_EXIT_IN_STEP;
    }
    char *words[] = {pk_strdup(context->pool, arguments->positional[0]), NULL};
    const struct pk_verb *verb = pk_verb_find(words[0]);
    if (verb == NULL) {
        struct pk_arguments unused;
        struct pk_error err;
        pk_arguments_parse(context->pool, 1, words, &unused, &err);
        return pk_context_fail(context, PK_EXIT_USAGE, &err);
    }
    pk_verb_help(context, verb);
    return PK_EXIT_IN_STEP;
}
