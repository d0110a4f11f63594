/* Single values: every kind to its canonical text, and JSON as the JSON library would write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "desired-state/decode.h"
#include "reading.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct pk_node *
parse_value(struct pk_pool *pool, const char *yaml)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    const char *text = pk_sprintf(pool, "v: %s\n", yaml);
    const struct pk_node *root = pk_document_parse(pool, "a.yaml", text, strlen(text),
                                                   &pk_document_default_limits, &diagnostics);
    assert_string_equal(diagnostics_text(pool, &diagnostics), "");
    return pk_node_get(root, "v");
}

static void
scalars_become_the_canonical_text_of_their_kind(void **state)
{
    (void)state;
    static const char *const choices[] = {"active", "inactive", NULL};
    static const struct {
        struct pk_field field;
        const char *yaml, *want;
    } cases[] = {
        {{.kind = PK_KIND_TEXT, .max = 9}, "no", "\"no\""},
        {{.kind = PK_KIND_TEXT, .max = 9}, "'a \"b\"'", "\"a \\\"b\\\"\""},
        {{.kind = PK_KIND_TEXT, .max = 9}, "\"\"", "\"\""},
        {{.kind = PK_KIND_NAME, .min = 1, .max = 10}, "dhcp-a.x_1", "\"dhcp-a.x_1\""},
        {{.kind = PK_KIND_NAME, .min = 1, .max = 10}, "010", "\"010\""},
        {{.kind = PK_KIND_BOOLEAN}, "true", "true"},
        {{.kind = PK_KIND_BOOLEAN}, "'false'", "false"},
        {{.kind = PK_KIND_NUMBER, .min = -5, .max = 5}, "-5", "-5"},
        {{.kind = PK_KIND_NUMBER, .max = 5}, "\"5\"", "5"},
        {{.kind = PK_KIND_DURATION, .max = 4294967295}, "8h", "28800"},
        {{.kind = PK_KIND_DURATION, .max = 4294967295}, "90", "90"},
        {{.kind = PK_KIND_DURATION, .max = 4294967295}, "unlimited", "4294967295"},
        {{.kind = PK_KIND_CHOICE, .choices = choices}, "inactive", "\"inactive\""},
        {{.kind = PK_KIND_PREFIX}, "10.0.0.0/8", "\"10.0.0.0/8\""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        struct pk_field field = cases[i].field;
        field.name = "v";
        struct pk_diagnostics diagnostics = {.pool = pool};
        const char *got = pk_decode_scalar(pool, &field, "a.yaml", parse_value(pool, cases[i].yaml),
                                           &diagnostics);
        assert_string_equal(diagnostics_text(pool, &diagnostics), "");
        assert_string_equal(got, cases[i].want);
    }
}

static void
booleans_in_other_words_name_the_right_one(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *want;
    } cases[] = {
        {"Yes", "a.yaml:1:4: v: 'Yes' is neither true nor false; did you mean 'true'? "
                "[bad-value]\n"},
        {"off", "a.yaml:1:4: v: 'off' is neither true nor false; did you mean 'false'? "
                "[bad-value]\n"},
        {"ture", "a.yaml:1:4: v: 'ture' is neither true nor false; did you mean 'true'? "
                 "[bad-value]\n"},
        {"perhaps", "a.yaml:1:4: v: 'perhaps' is neither true nor false [bad-value]\n"},
    };
    static const struct pk_field field = {.name = "v", .kind = PK_KIND_BOOLEAN};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        struct pk_diagnostics diagnostics = {.pool = pool};
        assert_null(pk_decode_scalar(pool, &field, "a.yaml", parse_value(pool, cases[i].yaml),
                                     &diagnostics));
        assert_string_equal(diagnostics_text(pool, &diagnostics), cases[i].want);
    }
}

static void
untyped_values_are_json(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *want;
    } cases[] = {
        {"true", "true"},
        {"\"true\"", "\"true\""},
        {"yes", "\"yes\""},
        {"null", "null"},
        {"~", "null"},
        {"'~'", "\"~\""},
        {"12", "12"},
        {"-12", "-12"},
        {"'12'", "\"12\""},
        {"010", "\"010\""},
        {"12:30:45", "\"12:30:45\""},
        {"0x10", "\"0x10\""},
        {"1.50", "1.5"},
        {"1e3", "1000.0"},
        {"-0", "0"},
        {"10.0.0.1", "\"10.0.0.1\""},
        {"99999999999999999999", "\"99999999999999999999\""},
        {"[b, 1, [ ], {}]", "[\"b\",1,[],{}]"},
        {"{b: 1, a: {d: 2, c: ü}, B: x}", "{\"B\":\"x\",\"a\":{\"c\":\"ü\",\"d\":2},\"b\":1}"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        assert_string_equal(pk_decode_json(pool, parse_value(pool, cases[i].yaml)), cases[i].want);
    }
}

/* A random flow value, as YAML. */
static void
add_random(struct pk_text *out, unsigned depth)
{
    static const char *const words[] = {"true", "12", "\"a\\tb\"", "'x'",           "0.1",
                                        "null", "-3", "é",         "\"\\\\ \\\"\"", "010"};
    int kind = depth == 0 ? 2 : rand() % 3;
    int count = rand() % 4;
    if (kind == 2) {
        pk_text_add(out, words[(size_t)rand() % COUNT_OF(words)]);
        return;
    }
    pk_text_add(out, kind == 0 ? "[" : "{");
    for (int i = 0; i < count; i++) {
        pk_text_add(out, i != 0 ? ", " : "");
        if (kind == 1) {
            pk_text_addf(out, "k%d%d: ", (rand() % 90) + 10, i);
        }
        add_random(out, depth - 1);
    }
    pk_text_add(out, kind == 0 ? "]" : "}");
}

static void
json_text_is_what_the_json_library_writes_for_it(void **state)
{
    (void)state;
    srand(7);
    for (int i = 0; i < 500; i++) {
        PK_SCRATCH(pool);
        struct pk_text yaml = {.pool = pool};
        add_random(&yaml, 4);
        const char *got = pk_decode_json(pool, parse_value(pool, pk_text_end(&yaml)));
        struct pk_error err = {0};
        json_auto_t *json = pk_json_parse(got, &err);
        assert_non_null(json);
        assert_string_equal(got, pk_json_text(pool, json));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_become_the_canonical_text_of_their_kind),
        cmocka_unit_test(booleans_in_other_words_name_the_right_one),
        cmocka_unit_test(untyped_values_are_json),
        cmocka_unit_test(json_text_is_what_the_json_library_writes_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
