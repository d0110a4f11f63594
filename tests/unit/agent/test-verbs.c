/* The table of verbs: what every row promises, and how words are judged by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/command-line.h"
#include "desk.h"

enum { WORDS_MAX = 16, COLUMNS = 80, MANY = 12 };

static enum pk_code
parse(struct pk_pool *pool, struct pk_command_line *line, struct pk_error *err,
      const char *const *words)
{
    char **argv = pk_array(pool, char *, WORDS_MAX);
    int argc = 0;
    argv[argc++] = pk_strdup(pool, "pairkeeper");
    for (; *words != NULL; words++) {
        argv[argc++] = pk_strdup(pool, *words);
    }
    return pk_command_line_parse(pool, argc, argv, line, err);
}

#define PARSE(...) parse(pool, &line, &err, (const char *const[]){__VA_ARGS__, NULL})

static void
the_help_of_every_verb_names_its_options_and_shows_an_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_verb_count; i++) {
        PK_SCRATCH(pool);
        const struct pk_verb *verb = &pk_verbs[i];
        char *out = NULL;
        size_t bytes = 0;
        struct pk_context context = {
            .pool = pool, .out = open_memstream(&out, &bytes), .columns = COLUMNS};
        pk_verb_help(&context, verb);
        fclose(context.out);
        assert_non_null(strstr(out, verb->example));
        assert_non_null(strstr(out, "--config FILE"));
        for (size_t j = 0; verb->options != NULL && verb->options[j].name != NULL; j++) {
            assert_non_null(strstr(out, pk_sprintf(pool, "--%s", verb->options[j].name)));
        }
        free(out);
    }
}

/* Splits an example at spaces; quotes hold words together. */
static void
the_example_of_every_verb_is_a_command_line_that_parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_verb_count; i++) {
        PK_SCRATCH(pool);
        struct pk_command_line line;
        struct pk_error err = {0};
        char *argv[WORDS_MAX], *text = pk_strdup(pool, pk_verbs[i].example);
        int argc = 0;
        for (char *at = text; *at != '\0';) {
            char *end = *at == '"' ? strchr(at + 1, '"') : at + strcspn(at, " ");
            argv[argc++] = at + (*at == '"');
            bool last = *end == '\0';
            *end = '\0';
            at = last ? end : end + 1 + strspn(end + 1, " ");
        }
        assert_int_equal(pk_command_line_parse(pool, argc, argv, &line, &err), PK_OK);
        assert_ptr_equal(line.arguments.verb, &pk_verbs[i]);
    }
}

static void
every_misspelt_option_brings_the_nearest_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_verb_count; i++) {
        const struct pk_verb *verb = &pk_verbs[i];
        for (size_t j = 0; verb->options != NULL && verb->options[j].name != NULL; j++) {
            PK_SCRATCH(pool);
            struct pk_command_line line;
            struct pk_error err = {0};
            const char *name = verb->options[j].name;
            assert_int_equal(PARSE(verb->name, pk_sprintf(pool, "--%sx", name)), PK_EINVAL);
            assert_non_null(strstr(err.message, pk_sprintf(pool, "did you mean --%s?", name)));
        }
    }
}

static void
every_misspelt_verb_brings_the_nearest_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_verb_count; i++) {
        PK_SCRATCH(pool);
        struct pk_command_line line;
        struct pk_error err = {0};
        assert_int_equal(PARSE(pk_sprintf(pool, "%sx", pk_verbs[i].name)), PK_EINVAL);
        assert_non_null(
            strstr(err.message, pk_sprintf(pool, "did you mean %s?", pk_verbs[i].name)));
    }
}

static void
every_verb_refuses_too_few_and_too_many_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_verb_count; i++) {
        PK_SCRATCH(pool);
        const struct pk_verb *verb = &pk_verbs[i];
        char *argv[WORDS_MAX];
        struct pk_arguments arguments;
        struct pk_error err = {0};
        argv[0] = pk_strdup(pool, verb->name);
        for (int words = 0; words < MANY; words++) {
            bool fits =
                (size_t)words >= verb->positional_min && (size_t)words <= verb->positional_max;
            argv[words + 1] = pk_strdup(pool, "word");
            assert_int_equal(pk_arguments_parse(pool, words + 1, argv, &arguments, &err),
                             fits ? PK_OK : PK_EINVAL);
        }
    }
}

static void
an_option_that_needs_a_value_says_so(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_command_line line;
    struct pk_error err = {0};
    assert_int_equal(PARSE("approve", "0123", "--reason"), PK_EINVAL);
    assert_non_null(strstr(err.message, "--reason needs a value"));
    assert_int_equal(PARSE("apply", "--yes=1"), PK_EINVAL);
    assert_non_null(strstr(err.message, "takes no value"));
    assert_int_equal(PARSE("approve", "0123", "--reason", "a", "--reason=b"), PK_EINVAL);
    assert_non_null(strstr(err.message, "given twice"));
    assert_int_equal(PARSE("status", "--config"), PK_EINVAL);
    assert_non_null(strstr(err.message, "--config needs a value"));
}

static void
global_options_stand_before_or_after_the_verb(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_command_line line;
    struct pk_error err = {0};
    assert_int_equal(PARSE("--config", "a.yaml", "-o", "json", "status"), PK_OK);
    assert_string_equal(line.config, "a.yaml");
    assert_int_equal(line.format, PK_FORMAT_JSON);
    assert_int_equal(PARSE("status", "-ojson", "--config=a.yaml"), PK_OK);
    assert_string_equal(line.config, "a.yaml");
    assert_int_equal(line.format, PK_FORMAT_JSON);
    assert_int_equal(line.arguments.argc, 1);
}

static void
the_value_of_an_option_is_never_taken_for_a_global_option(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_command_line line;
    struct pk_error err = {0};
    assert_int_equal(PARSE("suspend", "campus", "--reason", "--help"), PK_OK);
    assert_false(line.help);
    assert_string_equal(pk_argument(&line.arguments, "reason"), "--help");
    assert_int_equal(PARSE("diff", "--", "--help"), PK_OK);
    assert_false(line.help);
    assert_string_equal(line.arguments.positional[0], "--help");
}

static void
help_is_given_whatever_else_is_wrong_with_the_words(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_command_line line;
    struct pk_error err = {0};
    assert_int_equal(PARSE("approve", "--help"), PK_OK);
    assert_true(line.help);
    assert_string_equal(line.arguments.verb->name, "approve");
    assert_int_equal(PARSE("--version"), PK_OK);
    assert_true(line.version);
}

static void
markdown_is_refused_by_verbs_that_have_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_verb_count; i++) {
        PK_SCRATCH(pool);
        struct pk_command_line line;
        struct pk_error err = {0};
        const char *word = pk_verbs[i].positional_min > 0 ? "word" : NULL;
        const char *more = pk_verbs[i].positional_min > 1 ? "word" : NULL;
        assert_int_equal(PARSE(pk_verbs[i].name, "-o", "markdown", word, more),
                         pk_verbs[i].has_markdown ? PK_OK : PK_EINVAL);
        assert_int_equal(PARSE(pk_verbs[i].name, "-o", "json", word, more), PK_OK);
    }
}

static void
an_unknown_format_brings_those_there_are(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_command_line line;
    struct pk_error err = {0};
    assert_int_equal(PARSE("diff", "-o", "xml"), PK_EINVAL);
    assert_non_null(strstr(err.message, "text, json, markdown or soap"));
}

static void
listing_and_following_take_no_lock(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_command_line line;
    struct pk_error err = {0};
    PARSE("adm", "list");
    assert_int_equal(pk_arguments_access(&line.arguments), PK_ACCESS_SHOWS);
    PARSE("adm", "set", "10.0.0.0/24", "name=x");
    assert_int_equal(pk_arguments_access(&line.arguments), PK_ACCESS_CHANGES);
    PARSE("events");
    assert_int_equal(pk_arguments_access(&line.arguments), PK_ACCESS_SHOWS);
    PARSE("events", "--follow");
    assert_int_equal(pk_arguments_access(&line.arguments), PK_ACCESS_READS);
}

static void
a_usage_error_has_the_json_shape_of_errors(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "-o", "json", "events", "--since", "yesterday", NULL),
                     PK_EXIT_USAGE);
    json_auto_t *document = pk_json_parse(desk->out, NULL);
    const char *version = NULL, *code = NULL, *message = NULL, *where = NULL;
    json_t *errors = NULL;
    assert_int_equal(json_unpack(document, "{s:s, s:{s:s, s:s, s:s}, s:o}", "format_version",
                                 &version, "error", "code", &code, "message", &message, "where",
                                 &where, "errors", &errors),
                     0);
    assert_string_equal(version, "1.0");
    assert_string_equal(code, "usage");
    assert_int_equal(json_array_size(errors), 0);
}

static void
a_database_held_by_another_is_exit_7_and_names_it(void **state)
{
    struct desk *desk = *state;
    struct pk_db *holder = desk_db(desk);
    desk->db = NULL; /* kept open over the run */
    assert_int_equal(desk_run(desk, "suspend", "campus", "--reason", "x", NULL), PK_EXIT_LOCKED);
    desk_assert_err(desk, "pairkeeper.db");
    pk_db_close(holder);
    assert_int_equal(desk_run(desk, "suspend", "campus", "--reason", "x", NULL), PK_EXIT_IN_STEP);
}

static void
reconcile_without_an_agent_says_what_to_do_and_makes_no_database(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "reconcile", NULL), PK_EXIT_CANNOT_RUN);
    desk_assert_err(desk, "pairkeeper run");
    assert_null(fopen(desk_path(desk, "pairkeeper.db"), "r"));
}

static void
validate_judges_a_folder_without_database_or_network(void **state)
{
    struct desk *desk = *state;
    const char *folder = pk_sprintf(desk->pool, "%s/dhcp", desk->folder);
    assert_int_equal(desk_run(desk, "validate", desk_path(desk, "pairkeeper.yaml"), NULL),
                     PK_EXIT_CANNOT_RUN);
    assert_int_equal(system(pk_sprintf(desk->pool, "mkdir '%s'", folder)), 0);
    desk_write(desk, "dhcp/a.yaml",
               "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n"
               "scopes:\n"
               "  - {subnet: 10.0.0.0/24, relationship: campus, nmae: x, "
               "ranges: [10.0.0.9-10.0.0.8]}\n");
    assert_int_equal(desk_run(desk, "validate", folder, NULL), PK_EXIT_INVALID);
    desk_assert_out(desk, "a.yaml:3:");
    desk_assert_out(desk, "did you mean 'name'");
    desk_assert_out(desk, "invalid: 2 errors");
    assert_int_equal(desk_run(desk, "-o", "json", "validate", folder, NULL), PK_EXIT_INVALID);
    json_auto_t *document = pk_json_parse(desk->out, NULL);
    assert_true(json_is_false(json_object_get(document, "valid")));
    assert_int_equal(json_array_size(json_object_get(document, "errors")), 2);
    desk_write(desk, "dhcp/a.yaml", "relationships: {campus: {servers: [dhcp-a, dhcp-x]}}\n");
    assert_int_equal(desk_run(desk, "validate", folder, NULL), PK_EXIT_INVALID);
    desk_write(desk, "dhcp/a.yaml", "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n");
    assert_int_equal(desk_run(desk, "validate", folder, NULL), PK_EXIT_IN_STEP);
    assert_null(fopen(desk_path(desk, "pairkeeper.db"), "r"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_help_of_every_verb_names_its_options_and_shows_an_example),
        cmocka_unit_test(the_example_of_every_verb_is_a_command_line_that_parses),
        cmocka_unit_test(every_misspelt_option_brings_the_nearest_one),
        cmocka_unit_test(every_misspelt_verb_brings_the_nearest_one),
        cmocka_unit_test(every_verb_refuses_too_few_and_too_many_words),
        cmocka_unit_test(an_option_that_needs_a_value_says_so),
        cmocka_unit_test(global_options_stand_before_or_after_the_verb),
        cmocka_unit_test(the_value_of_an_option_is_never_taken_for_a_global_option),
        cmocka_unit_test(help_is_given_whatever_else_is_wrong_with_the_words),
        cmocka_unit_test(markdown_is_refused_by_verbs_that_have_none),
        cmocka_unit_test(an_unknown_format_brings_those_there_are),
        cmocka_unit_test(listing_and_following_take_no_lock),
        cmocka_unit_test_setup_teardown(a_usage_error_has_the_json_shape_of_errors, desk_setup,
                                        desk_teardown),
        cmocka_unit_test_setup_teardown(a_database_held_by_another_is_exit_7_and_names_it,
                                        desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(
            reconcile_without_an_agent_says_what_to_do_and_makes_no_database, desk_setup,
            desk_teardown),
        cmocka_unit_test_setup_teardown(validate_judges_a_folder_without_database_or_network,
                                        desk_setup, desk_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
