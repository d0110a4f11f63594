/* Words of `replicate` that cannot mean anything are refused before anything is opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/verb.h"

static const struct pk_verb_option options[] = {
    {"from", "SERVER", ""}, {"yes", NULL, ""}, {NULL, NULL, NULL}};
static const struct pk_verb verb = {
    .name = "replicate", .options = options, .run = pk_verb_replicate};

/* What the verb says to these words; it must refuse them. */
static const char *
refusal(struct pk_pool *pool, const char *const *words, size_t count)
{
    char *text = NULL;
    size_t bytes;
    const char *values[] = {NULL, NULL};
    struct pk_arguments arguments = {
        .verb = &verb, .values = values, .positional = words, .positional_count = count};
    struct pk_context context = {
        .pool = pool, .out = stdout, .err = open_memstream(&text, &bytes), .columns = 80};
    assert_int_equal(pk_verb_replicate(&context, &arguments), PK_EXIT_USAGE);
    assert_null(context.db);
    fclose(context.err);
    const char *copy = pk_strdup(pool, text);
    free(text);
    return copy;
}

static void
words_without_a_meaning_are_refused_with_what_to_write(void **state)
{
    (void)state;
    static const struct {
        const char *words[3];
        size_t count;
        const char *says;
    } cases[] = {
        {{"scopes", "10.20.0.0/24"}, 2, "scope, relationship or server, not 'scopes'"},
        {{"scope", "10.20.0.0"}, 2, "'10.20.0.0' is no subnet like 10.20.0.0/24"},
        {{"scope", "10.20.0.0/24", "010.20.1.0/24"}, 3, "'010.20.1.0/24' is no subnet"},
        {{"scope", "10.20.0.7/24"}, 2, "'10.20.0.7/24' has host bits: did you mean 10.20.0.0/24?"},
        {{"relationship", "campus", "labs"}, 3, "takes one name, 'labs' is too much"},
        {{"server", "dhcp-a", "dhcp-b"}, 3, "takes one name, 'dhcp-b' is too much"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        const char *said = refusal(pool, cases[i].words, cases[i].count);
        if (strstr(said, cases[i].says) == NULL) {
            fail_msg("'%s' is not in: %s", cases[i].says, said);
        }
        assert_non_null(strstr(said, "pairkeeper replicate --help"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_without_a_meaning_are_refused_with_what_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
