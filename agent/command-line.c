/*
 * Two steps: take the global options out, wherever they stand, then let the verb's row judge the
 * rest.  The first step has to know which options of the verb take a value, lest
 * `--reason -o` be mistaken.
 */
#include "agent/command-line.h"

#include <string.h>

#include "base/nearest.h"

const struct pk_verb_option pk_global_options[] = {
    {"config", "FILE",
     "the configuration; else $PAIRKEEPER_CONFIG, ./pairkeeper.yaml, "
     "/etc/pairkeeper/pairkeeper.yaml"},
    {"output", "FORMAT", "text or json; markdown and soap where the verb says so (also -o)"},
    {"help", NULL, "explain the program or the verb (also -h)"},
    {"version", NULL, "print the version"},
    {.name = NULL},
};

static const char *const formats[] = {[PK_FORMAT_TEXT] = "text",
                                      [PK_FORMAT_JSON] = "json",
                                      [PK_FORMAT_MARKDOWN] = "markdown",
                                      [PK_FORMAT_SOAP] = "soap"};

struct walk {
    int argc, at;
    char **argv;
    const struct pk_verb *verb; /* NULL until it was met */
    char **own;                 /* the verb's own words */
    int own_count;
};

static enum pk_code
take_format(const char *value, struct pk_command_line *out, struct pk_error *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i], value) == 0) {
            out->format = (enum pk_format)i;
            return PK_OK;
        }
    }
    return pk_error_set(err, PK_EINVAL, "command line",
                        "there is no output format '%s'; choose text, json, markdown or soap",
                        value);
}

/* The global option of a word, and its value when that is written behind `=` or `-o`. */
static const struct pk_verb_option *
global_of(const char *word, const char **value)
{
    *value = NULL;
    if (strncmp(word, "-o", 2) == 0) {
        *value = word[2] != '\0' ? word + 2 : NULL;
        word = "--output";
    } else if (strcmp(word, "-h") == 0) {
        word = "--help";
    }
    if (strncmp(word, "--", 2) != 0) {
        return NULL;
    }
    size_t length = strcspn(word + 2, "=");
    for (const struct pk_verb_option *row = pk_global_options; row->name != NULL; row++) {
        if (strlen(row->name) == length && memcmp(row->name, word + 2, length) == 0) {
            *value = word[2 + length] == '=' ? word + 2 + length + 1 : *value;
            return row;
        }
    }
    return NULL;
}

static enum pk_code
take_switch(const struct pk_verb_option *row, const char *value, struct pk_command_line *out,
            struct pk_error *err)
{
    if (value != NULL) {
        return pk_error_set(err, PK_EINVAL, "command line", "--%s takes no value; leave out '=%s'",
                            row->name, value);
    }
    if (strcmp(row->name, "help") == 0) {
        out->help = true;
    } else {
        out->version = true;
    }
    return PK_OK;
}

static enum pk_code
take_global(struct walk *walk, const struct pk_verb_option *row, const char *value,
            struct pk_command_line *out, struct pk_error *err)
{
    if (row->argument == NULL) {
        return take_switch(row, value, out, err);
    }
    if (value == NULL && ++walk->at < walk->argc) {
        value = walk->argv[walk->at];
    }
    if (value == NULL) {
        return pk_error_set(err, PK_EINVAL, "command line", "--%s needs a value: --%s %s",
                            row->name, row->name, row->argument);
    }
    if (strcmp(row->name, "output") == 0) {
        return take_format(value, out, err);
    }
    out->config = value;
    return PK_OK;
}

static enum pk_code
unknown_global(const char *word, struct pk_error *err)
{
    struct pk_nearest nearest = {.wanted = word + strspn(word, "-")};
    for (const struct pk_verb_option *row = pk_global_options; row->name != NULL; row++) {
        pk_nearest_offer(&nearest, row->name);
    }
    bool near = nearest.best != NULL;
    return pk_error_set(err, PK_EINVAL, "command line",
                        "there is no option %s before the verb; %s%s", word,
                        near ? "did you mean --" : "see pairkeeper help", near ? nearest.best : "");
}

/* Does this word of the verb take the next word as its value? */
static bool
takes_next(const struct walk *walk, const char *word)
{
    if (walk->verb == NULL || strncmp(word, "--", 2) != 0) {
        return false;
    }
    const struct pk_verb_option *option = pk_verb_option_find(walk->verb, word + 2);
    return option != NULL && option->argument != NULL;
}

static void
take_own(struct walk *walk, char *word)
{
    if (walk->own_count == 0) {
        walk->verb = pk_verb_find(word);
    }
    walk->own[walk->own_count++] = word;
    if (takes_next(walk, word) && walk->at + 1 < walk->argc) {
        walk->own[walk->own_count++] = walk->argv[++walk->at];
    }
}

enum pk_code
pk_command_line_parse(struct pk_pool *pool, int argc, char **argv, struct pk_command_line *out,
                      struct pk_error *err)
{
    *out = (struct pk_command_line){0};
    struct walk walk = {
        .argc = argc, .argv = argv, .own = pk_array(pool, char *, (size_t)argc + 1)};
    enum pk_code code = PK_OK;
    bool options_end = false;
    for (walk.at = 1; walk.at < argc && code == PK_OK; walk.at++) {
        const char *value = NULL;
        const struct pk_verb_option *row = options_end ? NULL : global_of(argv[walk.at], &value);
        options_end = options_end || strcmp(argv[walk.at], "--") == 0;
        if (row != NULL) {
            code = take_global(&walk, row, value, out, err);
        } else if (walk.own_count == 0 && argv[walk.at][0] == '-') {
            code = unknown_global(argv[walk.at], err);
        } else {
            take_own(&walk, argv[walk.at]);
        }
    }
    if (code != PK_OK) {
        return code;
    }
    if (out->help || out->version) {
        out->arguments.verb = walk.verb;
        return PK_OK;
    }
    code = pk_arguments_parse(pool, walk.own_count, walk.own, &out->arguments, err);
    return code == PK_OK ? pk_arguments_check_format(&out->arguments, out->format, err) : code;
}
