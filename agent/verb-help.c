/* Help is printed from the rows that parse: it cannot describe a program that does not exist. */
#include <string.h>

#include "agent/command-line.h"

enum { INDENT = 2, COLUMN = 26, WIDTH_MIN = 60, WIDTH_MAX = 100 };

/* Characters, not bytes: the rows hold `…`. */
static size_t
width_of(const char *text)
{
    size_t width = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        width += (*at & 0xC0U) != 0x80U;
    }
    return width;
}

/* Words from @p column on, wrapped and hanging at @p indent. */
static void
print_wrapped(struct pk_context *context, const char *text, size_t indent, size_t column)
{
    size_t limit = context->columns < WIDTH_MIN   ? WIDTH_MIN
                   : context->columns > WIDTH_MAX ? WIDTH_MAX
                                                  : context->columns;
    const char *separator = "";
    for (const char *at = text; *at != '\0';) {
        size_t bytes = strcspn(at, " ");
        size_t width = width_of(pk_strndup(context->pool, at, bytes));
        if (*separator != '\0' && column + 1 + width > limit) {
            fprintf(context->out, "\n%*s", (int)indent, "");
            column = indent;
            separator = "";
        }
        fprintf(context->out, "%s%.*s", separator, (int)bytes, at);
        column += width + strlen(separator);
        separator = " ";
        at += bytes + strspn(at + bytes, " ");
    }
    fputc('\n', context->out);
}

static void
print_row(struct pk_context *context, const char *left, const char *right)
{
    size_t column = INDENT + width_of(left);
    fprintf(context->out, "%*s%s", INDENT, "", left);
    if (column + INDENT > COLUMN) {
        fputc('\n', context->out);
        column = 0;
    }
    fprintf(context->out, "%*s", (int)(COLUMN - column), "");
    print_wrapped(context, right, COLUMN, COLUMN);
}

static void
print_options(struct pk_context *context, const struct pk_verb_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        bool valued = options->argument != NULL;
        print_row(context,
                  pk_sprintf(context->pool, "--%s%s%s", options->name, valued ? " " : "",
                             valued ? options->argument : ""),
                  options->document);
    }
}

void
pk_verb_help(struct pk_context *context, const struct pk_verb *verb)
{
    fprintf(context->out, "pairkeeper %s%s%s%s\n\n", verb->name,
            verb->options != NULL ? " [OPTION…]" : "", *verb->arguments != '\0' ? " " : "",
            verb->arguments);
    print_wrapped(context, verb->document, 0, 0);
    if (verb->options != NULL) {
        fputs("\nOptions:\n", context->out);
        print_options(context, verb->options);
    }
    fputs("\nOptions of every verb:\n", context->out);
    print_options(context, pk_global_options);
    fprintf(context->out, "\nExample:\n  %s\n", verb->example);
}

void
pk_program_help(struct pk_context *context)
{
    fputs("pairkeeper [--config FILE] [-o text|json|markdown] VERB\n\n", context->out);
    print_wrapped(context,
                  "Keeps failover pairs of DHCP servers in step with a Git repository: compares, "
                  "applies, replicates from partner to partner and records what happened.",
                  0, 0);
    fputs("\nVerbs:\n", context->out);
    for (size_t i = 0; i < pk_verb_count; i++) {
        print_row(context, pk_verbs[i].name, pk_verbs[i].summary);
    }
    fputs("\nOptions of every verb:\n", context->out);
    print_options(context, pk_global_options);
    fputs("\nExit codes, the first that fits:\n", context->out);
    for (size_t i = 0; i < pk_exit_count; i++) {
        print_row(context, pk_sprintf(context->pool, "%d", (int)pk_exits[i].code),
                  pk_exits[i].document);
    }
    fputs("\nExample:\n  pairkeeper diff\n\nMore: pairkeeper help VERB\n", context->out);
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
