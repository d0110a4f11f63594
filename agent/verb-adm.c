/*
 * The console of the embedded servers.  It edits one side only and knows nothing of the partner,
 * exactly like the console of a real server: the drift it makes is the point.
 */
#include "agent/verb-adm.h"

#include <stdint.h>
#include <string.h>

#include "base/nearest.h"

struct word_row {
    const char *name;
    bool needs_server;
    size_t rest_min, rest_max;
    enum pk_exit (*run)(struct pk_context *, const struct pk_arguments *,
                        const struct pk_adm_words *);
};

static const struct word_row rows[] = {
    {"list", false, 0, 0, pk_adm_list},
    {"show", false, 1, SIZE_MAX, pk_adm_show},
    {"set", true, 2, SIZE_MAX, pk_adm_set},
    {"delete", true, 0, SIZE_MAX, pk_adm_delete},
};

enum pk_code
pk_adm_subnet(const char *word, struct pk_prefix *subnet, struct pk_error *err)
{
    if (!pk_parse_prefix(word, subnet)) {
        return pk_error_set(err, PK_EINVAL, word, "is no subnet like 10.20.0.0/24");
    }
    if (!pk_prefix_is_canonical(*subnet)) {
        struct pk_prefix network = {subnet->address & pk_prefix_mask(*subnet), subnet->length};
        char text[PK_PREFIX_TEXT_BYTES];
        return pk_error_set(err, PK_EINVAL, word, "has host bits; did you mean %s?",
                            pk_format_prefix(text, network));
    }
    return PK_OK;
}

static const struct word_row *
find_row(const char *name, struct pk_nearest *nearest)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
        pk_nearest_offer(nearest, rows[i].name);
    }
    return NULL;
}

static enum pk_code
check_server(const struct pk_config *config, const char *name, struct pk_error *err)
{
    const struct pk_server_config *server = pk_config_server(config, name);
    struct pk_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < config->server_count; i++) {
        pk_nearest_offer(&nearest, config->servers[i].name);
    }
    if (server == NULL && nearest.best != NULL) {
        return pk_error_set(err, PK_EINVAL, name,
                            "there is no such server in the configuration; did you mean %s?",
                            nearest.best);
    }
    if (server == NULL) {
        return pk_error_set(err, PK_EINVAL, name,
                            "there is no such server; add it to %s under servers", config->file);
    }
    if (strcmp(server->driver, pk_embedded_driver) != 0) {
        return pk_error_set(err, PK_EINVAL, name,
                            "is a server of its own (driver %s); edit it with its own tools",
                            server->driver);
    }
    return PK_OK;
}

static void
all_embedded(struct pk_context *context, struct pk_adm_words *words)
{
    const struct pk_config *config = context->config;
    const char **names = pk_array(context->pool, const char *, config->server_count + 1);
    for (size_t i = 0; i < config->server_count; i++) {
        if (strcmp(config->servers[i].driver, pk_embedded_driver) == 0) {
            names[words->server_count++] = config->servers[i].name;
        }
    }
    words->servers = names;
}

static enum pk_exit
check_row(struct pk_context *context, const struct pk_arguments *arguments,
          const struct word_row *row, size_t rest_count)
{
    if (row->needs_server && pk_argument(arguments, "server") == NULL) {
        return pk_verb_usage(context, arguments, "%s edits one server: add --server NAME",
                             row->name);
    }
    if (rest_count < row->rest_min || rest_count > row->rest_max) {
        return pk_verb_usage(context, arguments, "%s has too %s words", row->name,
                             rest_count < row->rest_min ? "few" : "many");
    }
    if (pk_argument(arguments, "all") != NULL && row->run != pk_adm_delete) {
        return pk_verb_usage(context, arguments, "--all belongs to delete");
    }
    return PK_EXIT_IN_STEP;
}

enum pk_exit
pk_verb_adm(struct pk_context *context, const struct pk_arguments *arguments)
{
    const char *name = arguments->positional[0];
    const char *const server = pk_argument(arguments, "server");
    struct pk_nearest nearest = {.wanted = name};
    const struct word_row *row = find_row(name, &nearest);
    if (row == NULL) {
        return pk_verb_usage(context, arguments, "'%s' is none of list, show, set, delete%s%s",
                             name, nearest.best != NULL ? "; did you mean " : "",
                             nearest.best != NULL ? nearest.best : "");
    }
    struct pk_adm_words words = {.rest = arguments->positional + 1,
                                 .rest_count = arguments->positional_count - 1};
    enum pk_exit usage = check_row(context, arguments, row, words.rest_count);
    if (usage != PK_EXIT_IN_STEP) {
        return usage;
    }
    struct pk_error err = {0};
    if (server == NULL) {
        all_embedded(context, &words);
    } else if (check_server(context->config, server, &err) == PK_OK) {
        const char **one = pk_array(context->pool, const char *, 1);
        one[0] = server;
        words.servers = one;
        words.server_count = 1;
    } else {
        return pk_context_fail(context, PK_EXIT_USAGE, &err);
    }
    return row->run(context, arguments, &words);
}
