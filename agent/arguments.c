/*
 * Words by their row.  A loop of our own instead of getopt_long: it keeps no hidden state, so the
 * agent may parse for several callers, it takes no abbreviations that a later option would make
 * ambiguous, and it can say which option was meant.
 */
#include <stdint.h>
#include <string.h>

#include "agent/command-line.h"
#include "base/nearest.h"

static size_t
option_count(const struct pk_verb *verb)
{
    size_t count = 0;
    while (verb->options != NULL && verb->options[count].name != NULL) {
        count++;
    }
    return count;
}

const struct pk_verb_option *
pk_verb_option_find(const struct pk_verb *verb, const char *name)
{
    for (size_t i = 0; i < option_count(verb); i++) {
        if (strcmp(verb->options[i].name, name) == 0) {
            return &verb->options[i];
        }
    }
    return NULL;
}

const char *
pk_argument(const struct pk_arguments *arguments, const char *option)
{
    const struct pk_verb_option *found = pk_verb_option_find(arguments->verb, option);
    return found != NULL ? arguments->values[found - arguments->verb->options] : NULL;
}

enum pk_code
pk_arguments_check_format(const struct pk_arguments *arguments, enum pk_format format,
                          struct pk_error *err)
{
    const struct pk_verb *verb = arguments->verb;
    if (format == PK_FORMAT_MARKDOWN && !verb->has_markdown) {
        return pk_error_set(err, PK_EINVAL, verb->name,
                            "has no markdown form; choose -o text or -o json");
    }
    bool has_soap = verb->soap_option != NULL && pk_argument(arguments, verb->soap_option) != NULL;
    if (format == PK_FORMAT_SOAP && !has_soap) {
        return pk_error_set(err, PK_EINVAL, verb->name,
                            "has no SOAP form; only events --fault SEQ has one");
    }
    return PK_OK;
}

static bool
is_word_of(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
        size_t span = strcspn(at, " ");
        if (span == length && memcmp(at, word, span) == 0) {
            return true;
        }
        at += span;
    }
    return false;
}

enum pk_verb_access
pk_arguments_access(const struct pk_arguments *arguments)
{
    const struct pk_verb *verb = arguments->verb;
    if (verb->showing_words != NULL && arguments->positional_count > 0 &&
        is_word_of(verb->showing_words, arguments->positional[0])) {
        return PK_ACCESS_SHOWS;
    }
    if (verb->beside_option != NULL && pk_argument(arguments, verb->beside_option) != NULL) {
        return PK_ACCESS_READS;
    }
    if (verb->reads_file && arguments->positional_count > 0) {
        return PK_ACCESS_READS;
    }
    return verb->access;
}

static enum pk_code
unknown_option(const struct pk_verb *verb, const char *name, struct pk_error *err)
{
    struct pk_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < option_count(verb); i++) {
        pk_nearest_offer(&nearest, verb->options[i].name);
    }
    for (const struct pk_verb_option *row = pk_global_options; row->name != NULL; row++) {
        pk_nearest_offer(&nearest, row->name);
    }
    if (nearest.best != NULL) {
        return pk_error_set(err, PK_EINVAL, verb->name,
                            "there is no option --%s; did you mean --%s?", name, nearest.best);
    }
    return pk_error_set(err, PK_EINVAL, verb->name,
                        "there is no option --%s; see pairkeeper %s --help", name, verb->name);
}

/* One `--name`, `--name=value` or `--name value`; @p at is moved over what it took. */
static enum pk_code
take_option(struct pk_pool *pool, struct pk_arguments *out, int *at, struct pk_error *err)
{
    const struct pk_verb *verb = out->verb;
    const char *word = out->argv[*at] + strspn(out->argv[*at], "-");
    const char *name = pk_strndup(pool, word, strcspn(word, "="));
    const char *value = strchr(word, '=') != NULL ? strchr(word, '=') + 1 : NULL;
    const struct pk_verb_option *option = pk_verb_option_find(verb, name);
    if (option == NULL) {
        return unknown_option(verb, name, err);
    }
    if (option->argument == NULL && value != NULL) {
        return pk_error_set(err, PK_EINVAL, verb->name, "--%s takes no value; leave out '=%s'",
                            name, value);
    }
    if (option->argument != NULL && value == NULL) {
        value = *at + 1 < out->argc ? out->argv[++*at] : NULL;
    }
    if (option->argument != NULL && value == NULL) {
        return pk_error_set(err, PK_EINVAL, verb->name, "--%s needs a value: --%s %s", name, name,
                            option->argument);
    }
    const char **slot = &out->values[option - verb->options];
    if (*slot != NULL) {
        return pk_error_set(err, PK_EINVAL, verb->name, "--%s is given twice; give it once", name);
    }
    *slot = value != NULL ? value : "";
    return PK_OK;
}

static enum pk_code
check_number(const struct pk_arguments *arguments, struct pk_error *err)
{
    const struct pk_verb *verb = arguments->verb;
    if (arguments->positional_count < verb->positional_min) {
        return pk_error_set(err, PK_EINVAL, verb->name,
                            "something is missing: pairkeeper %s %s; see pairkeeper %s --help",
                            verb->name, verb->arguments, verb->name);
    }
    if (arguments->positional_count > verb->positional_max) {
        return pk_error_set(err, PK_EINVAL, verb->name,
                            "'%s' is too much: pairkeeper %s%s%s; see pairkeeper %s --help",
                            arguments->positional[verb->positional_max], verb->name,
                            *verb->arguments != '\0' ? " " : "", verb->arguments, verb->name);
    }
    return PK_OK;
}

static enum pk_code
find_verb(const char *name, const struct pk_verb **out, struct pk_error *err)
{
    *out = pk_verb_find(name);
    if (*out != NULL) {
        return PK_OK;
    }
    struct pk_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < pk_verb_count; i++) {
        pk_nearest_offer(&nearest, pk_verbs[i].name);
    }
    if (nearest.best != NULL) {
        return pk_error_set(err, PK_EINVAL, "command line",
                            "there is no verb '%s'; did you mean %s?", name, nearest.best);
    }
    return pk_error_set(err, PK_EINVAL, "command line",
                        "there is no verb '%s'; see pairkeeper "
                        "help",
                        name);
}

enum pk_code
pk_arguments_parse(struct pk_pool *pool, int argc, char **argv, struct pk_arguments *out,
                   struct pk_error *err)
{
    const struct pk_verb *verb = NULL;
    if (argc < 1) {
        return pk_error_set(err, PK_EINVAL, "command line", "no verb; see pairkeeper help");
    }
    enum pk_code code = find_verb(argv[0], &verb, err);
    if (code != PK_OK) {
        return code;
    }
    const char **positional = pk_array(pool, const char *, (size_t)argc);
    *out = (struct pk_arguments){
        .verb = verb,
        .values = pk_array(pool, const char *, option_count(verb) + 1),
        .positional = positional,
        .argc = argc,
        .argv = argv,
    };
    bool options_end = false;
    for (int i = 1; i < argc && code == PK_OK; i++) {
        bool dashed = argv[i][0] == '-' && argv[i][1] != '\0';
        if (options_end || !dashed) {
            positional[out->positional_count++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            options_end = true;
        } else {
            code = take_option(pool, out, &i, err);
        }
    }
    return code == PK_OK ? check_number(out, err) : code;
}
