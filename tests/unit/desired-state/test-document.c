/* The strict reader: what it keeps, what it refuses, and that refusing is quick. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "desired-state/document.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct pk_node *
parse_bytes(struct pk_pool *pool, const char *bytes, size_t size,
            struct pk_diagnostics *diagnostics)
{
    *diagnostics = (struct pk_diagnostics){.pool = pool};
    return pk_document_parse(pool, "a.yaml", bytes, size, &pk_document_default_limits, diagnostics);
}

static const struct pk_node *
parse(struct pk_pool *pool, const char *text, struct pk_diagnostics *diagnostics)
{
    return parse_bytes(pool, text, strlen(text), diagnostics);
}

static void
assert_first(struct pk_pool *pool, const struct pk_diagnostics *diagnostics, const char *want)
{
    assert_true(diagnostics->list.count > 0);
    assert_string_equal(pk_diagnostic_text(pool, &diagnostics->list.at[0]), want);
}

static void
scalars_keep_what_was_written(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics;
    const struct pk_node *root = parse(
        pool, "# a remark\na: no\nb: 010\nc: 12:30:45\nd: \"null\"\ne: ~\nf: 'x'\n", &diagnostics);
    assert_int_equal(diagnostics.list.count, 0);
    assert_int_equal(root->count, 6);
    assert_string_equal(pk_node_get(root, "a")->text, "no");
    assert_string_equal(pk_node_get(root, "b")->text, "010");
    assert_string_equal(pk_node_get(root, "c")->text, "12:30:45");
    assert_false(pk_node_is_null(pk_node_get(root, "d")));
    assert_true(pk_node_is_null(pk_node_get(root, "e")));
    assert_true(pk_node_get(root, "a")->plain);
    assert_false(pk_node_get(root, "f")->plain);
    assert_null(pk_node_get(root, "g"));
}

static void
nodes_know_their_place(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics;
    const struct pk_node *root = parse(pool, "a:\n  - x\n  - {é: ü, k: v}\n", &diagnostics);
    const struct pk_node *list = pk_node_get(root, "a");
    assert_int_equal(list->kind, PK_NODE_SEQUENCE);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->items[0].line, 2);
    assert_int_equal(list->items[0].column, 5);
    const struct pk_node *value = pk_node_get(&list->items[1], "k");
    assert_int_equal(value->line, 3);
    assert_int_equal(value->column, 15); /* characters, not bytes */
}

static void
a_file_without_content_is_no_error(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# only a remark\n", "---\n", "---\n...\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        PK_SCRATCH(pool);
        struct pk_diagnostics diagnostics;
        assert_null(parse(pool, texts[i], &diagnostics));
        assert_int_equal(diagnostics.list.count, 0);
    }
}

static void
each_construct_that_is_not_read_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a: &x 1\n", "a.yaml:1:4: anchors are not read; repeat the value, or state it in "
                      "scope-defaults [anchor]"},
        {"a: *x\n", "a.yaml:1:4: aliases are not read; repeat the value, or state it in "
                    "scope-defaults [anchor]"},
        {"a: {<<: {b: 1}}\n", "a.yaml:1:5: merge keys are not read; state shared values in "
                              "scope-defaults [anchor]"},
        {"a: !!str 1\n", "a.yaml:1:4: tags are not read; remove the tag [tag]"},
        {"a: ! 1\n", "a.yaml:1:4: tags are not read; remove the tag [tag]"},
        {"%YAML 1.1\n---\na: 1\n", "a.yaml:1:1: a line begins with '%'; remove the line, or indent "
                                   "it if it is part of a text [directive]"},
        {"a: 1\r%TAG\n", "a.yaml:2:1: a line begins with '%'; remove the line, or indent it if it "
                         "is part of a text [directive]"},
        {"a: 1\n---\nb: 1\n", "a.yaml:2:1: a second document begins here; put it into a file of "
                              "its own [second-document]"},
        {"- a\n", "a.yaml:1:1: a file is a mapping, not a list; begin with 'key: value' "
                  "[wrong-type]"},
        {"a\n", "a.yaml:1:1: a file is a mapping, not text; begin with 'key: value' [wrong-type]"},
        {"? [a]\n: 1\n", "a.yaml:1:3: a key is text, not a list; quote it if the braces or "
                         "brackets belong to a name [wrong-type]"},
        {"a:\nb: 1\n", "a.yaml:1:1: key 'a' has no value; write it, or one of null, \"\", [] and "
                       "{} [empty-value]"},
        {"a:\n  -\n  - b\n", "a.yaml:2:4: a list item has no value; remove it, or write \"\" for "
                             "an empty text [empty-value]"},
        {"a: 1\nb: 2\na: 3\n", "a.yaml:3:1: key 'a' is already written in line 1, column 1; "
                               "remove one of the two [duplicate-key]"},
        {"a: \"x\\0y\"\n", "a.yaml:1:4: character U+0000 is not allowed; remove it [not-utf8]"},
        {"a: x\x01\n", "a.yaml:1:5: character U+0001 is not allowed; remove it [not-utf8]"},
        {"a: \xe2\x80\xa8\n", "a.yaml:1:4: character U+2028 is not allowed; remove it [not-utf8]"},
        {"a: x\x1f\n", "a.yaml:1:5: character U+001F is not allowed; remove it [not-utf8]"},
        {"a: x\x7f\n", "a.yaml:1:5: character U+007F is not allowed; remove it [not-utf8]"},
        {"a: \xc2\x80\n", "a.yaml:1:4: character U+0080 is not allowed; remove it [not-utf8]"},
        {"a: \xef\xbb\xbf\n", "a.yaml:1:4: character U+FEFF is not allowed; remove it [not-utf8]"},
        {"a: \xed\xbf\xbf\n", "a.yaml:1:4: byte 0xed is not UTF-8; save the file as UTF-8 "
                              "[not-utf8]"},
        {"a: 1\r\n%TAG\n", "a.yaml:2:1: a line begins with '%'; remove the line, or indent it if "
                           "it is part of a text [directive]"},
        {"a: \xc3\x28\n", "a.yaml:1:4: byte 0xc3 is not UTF-8; save the file as UTF-8 [not-utf8]"},
        {"a: \xed\xa0\x80\n", "a.yaml:1:4: byte 0xed is not UTF-8; save the file as UTF-8 "
                              "[not-utf8]"},
        {"\xef\xbb\xbf"
         "a: 1\n",
         "a.yaml:1:1: the file begins with a byte order mark; save the file as UTF-8 without a "
         "byte order mark [not-utf8]"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        struct pk_diagnostics diagnostics;
        parse(pool, cases[i].text, &diagnostics);
        assert_first(pool, &diagnostics, cases[i].want);
        assert_int_equal(diagnostics.list.count, 1);
    }
}

static void
utf_16_is_refused_with_and_without_its_mark(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {{"\xff\xfe"
                  "a\0",
                  4},
                 {"\xfe\xff\0a", 4},
                 {"a\0:\0", 4},
                 {"\0a\0:", 4}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        struct pk_diagnostics diagnostics;
        assert_null(parse_bytes(pool, cases[i].bytes, cases[i].size, &diagnostics));
        assert_first(pool, &diagnostics,
                     "a.yaml:1:1: the file is UTF-16 or UTF-32, not UTF-8; save the file as UTF-8 "
                     "without a byte order mark [not-utf8]");
    }
}

static void
a_percent_sign_inside_a_line_is_text(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics;
    const struct pk_node *root = parse(pool, "a: 100%\nb: |\n  %x\n", &diagnostics);
    assert_int_equal(diagnostics.list.count, 0);
    assert_string_equal(pk_node_get(root, "b")->text, "%x\n");
}

static void
characters_next_to_the_refused_ones_are_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"\xc2\xa0",     "\xed\x9f\xbf",     "\xee\x80\x80",
                                        "\xef\xbf\xbd", "\xf0\x9f\x96\xa8", "~}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        PK_SCRATCH(pool);
        struct pk_diagnostics diagnostics;
        const struct pk_node *root =
            parse(pool, pk_sprintf(pool, "a: \"%s\"\r\n", texts[i]), &diagnostics);
        assert_int_equal(diagnostics.list.count, 0);
        assert_string_equal(pk_node_get(root, "a")->text, texts[i]);
    }
}

static void
a_file_with_repeated_keys_keeps_the_first_value(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics;
    const struct pk_node *root = parse(pool, "b: 1\na: 2\nb: 3\nb: 4\n", &diagnostics);
    assert_int_equal(diagnostics.errors, 2);
    assert_int_equal(root->count, 2);
    assert_string_equal(pk_node_get(root, "b")->text, "1");
    assert_string_equal(root->items[2].text, "a");
}

static void
syntax_errors_say_where_and_what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a: b: c\n", "a.yaml:1:5: not YAML: mapping values are not allowed in this context; quote "
                      "a value that holds ': ', or look at the indentation [syntax]"},
        {"a:\n\t- b\n", "a.yaml:2:1: not YAML: while scanning for the next token: found character "
                        "that cannot start any token; indent with spaces, not tabs, and quote a "
                        "value that begins with '@' or '`' [syntax]"},
        {"a: [1, 2\nb: 3\n", "a.yaml:2:2: not YAML: while parsing a flow sequence: did not find "
                             "expected ',' or ']'; close the list with ']' [syntax]"},
        {"a: \"x\n", "a.yaml:2:1: not YAML: while scanning a quoted scalar: found unexpected end "
                     "of stream; close the quote [syntax]"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        struct pk_diagnostics diagnostics;
        assert_null(parse(pool, cases[i].text, &diagnostics));
        assert_first(pool, &diagnostics, cases[i].want);
    }
}

static const char *
nested(struct pk_pool *pool, size_t lists)
{
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, "a: ");
    for (size_t i = 0; i < lists; i++) {
        pk_text_add(&text, "[");
    }
    pk_text_add(&text, "x");
    for (size_t i = 0; i < lists; i++) {
        pk_text_add(&text, "]");
    }
    return pk_text_end(&text);
}

static void
sixteen_levels_are_read_and_seventeen_are_not(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics;
    assert_non_null(parse(pool, nested(pool, 15), &diagnostics));
    assert_int_equal(diagnostics.list.count, 0);
    assert_null(parse(pool, nested(pool, 16), &diagnostics));
    assert_first(pool, &diagnostics,
                 "a.yaml:1:19: lists and mappings are nested deeper than 16 levels; nothing here "
                 "needs more: look at the brackets [too-deep]");
}

/* libyaml needs minutes for this when it is let: the test's time-out is the assertion. */
static void
a_megabyte_of_brackets_is_refused_at_the_seventeenth(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    enum { MEGABYTE = 1024 * 1024 };
    struct pk_document_limits limits = {.file_bytes = MEGABYTE, .depth = 16};
    char *bytes = pk_alloc(pool, MEGABYTE);
    static const char *const patterns[] = {"[", "{?"};
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        size_t period = strlen(patterns[i]);
        for (size_t j = 0; j < MEGABYTE; j++) {
            bytes[j] = patterns[i][j % period];
        }
        struct pk_diagnostics diagnostics = {.pool = pool};
        assert_null(pk_document_parse(pool, "a.yaml", bytes, MEGABYTE, &limits, &diagnostics));
        assert_int_equal(diagnostics.list.count, 1);
        assert_int_equal(diagnostics.list.at[0].rule, PK_RULE_TOO_DEEP);
        assert_int_equal(diagnostics.list.at[0].mark.column, 16 * period + 1);
    }
}

static void
a_file_at_the_limit_is_read_and_one_byte_more_is_not(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_document_limits limits = {.file_bytes = 5, .depth = 16};
    struct pk_diagnostics diagnostics = {.pool = pool};
    assert_non_null(pk_document_parse(pool, "a.yaml", "a: 1\n", 5, &limits, &diagnostics));
    assert_null(pk_document_parse(pool, "a.yaml", "a: 12\n", 6, &limits, &diagnostics));
    assert_first(pool, &diagnostics,
                 "a.yaml: the file has 6 bytes, more than the 5 allowed; split it: all files of a "
                 "revision are read together [too-large]");
}

static void
many_equal_keys_are_found_without_comparing_all_with_all(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_text text = {.pool = pool};
    for (unsigned i = 0; i < 20000; i++) {
        pk_text_addf(&text, "k%u: 1\n", i);
    }
    pk_text_add(&text, "k7: 2\n");
    struct pk_diagnostics diagnostics;
    const struct pk_node *root = parse(pool, pk_text_end(&text), &diagnostics);
    assert_int_equal(root->count, 20000);
    assert_first(pool, &diagnostics,
                 "a.yaml:20001:1: key 'k7' is already written in line 8, column 1; remove one of "
                 "the two [duplicate-key]");
}

static void
sorting_diagnostics_drops_exact_repeats_and_recounts(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_mark later = {"b.yaml", 2, 1}, earlier = {"a.yaml", 9, 9};
    pk_diagnose(&diagnostics, PK_RULE_SYNTAX, later, NULL, "x");
    pk_diagnose(&diagnostics, PK_RULE_NO_RANGE, earlier, NULL, "y");
    pk_diagnose(&diagnostics, PK_RULE_SYNTAX, later, NULL, "x");
    assert_int_equal(diagnostics.errors, 2);
    pk_diagnostics_sort(&diagnostics);
    assert_int_equal(diagnostics.list.count, 2);
    assert_int_equal(diagnostics.errors, 1);
    assert_int_equal(diagnostics.warnings, 1);
    assert_first(pool, &diagnostics, "a.yaml:9:9: warning: y [scope-serves-nobody]");
}

static void
an_alias_keeps_its_place_among_other_errors(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics;
    assert_null(parse(pool, "*x : 1\n*x :\n*x : 2\n", &diagnostics));
    pk_diagnostics_sort(&diagnostics);
    for (size_t i = 0; i < diagnostics.list.count; i++) {
        assert_true(diagnostics.list.at[i].mark.line != 0);
    }
    assert_int_equal(diagnostics.errors, 5); /* three aliases, no value, a repeat */
}

static void
a_diagnostic_is_one_line_whatever_it_quotes(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics = {.pool = pool};
    pk_diagnose(&diagnostics, PK_RULE_BAD_VALUE, (struct pk_mark){"a.yaml", 1, 1}, "not '\x7f'",
                "'%s' is wrong", "a\n\x1b[2J\t\xc2\x9b\xff\xc3\xa9");
    assert_first(pool, &diagnostics,
                 "a.yaml:1:1: 'a\\x0a\\x1b[2J\\x09\\xc2\\x9b\\xff\xc3\xa9' is wrong; "
                 "not '\\x7f' [bad-value]");
}

static void
every_rule_has_a_code_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < PK_RULE_COUNT; i++) {
        const struct pk_rule_row *row = pk_rule_row((enum pk_rule)i);
        assert_int_equal(strspn(row->code, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(row->code));
        assert_int_equal(row->document[strlen(row->document) - 1], '.');
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(row->code, pk_rule_row((enum pk_rule)j)->code);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_keep_what_was_written),
        cmocka_unit_test(nodes_know_their_place),
        cmocka_unit_test(a_file_without_content_is_no_error),
        cmocka_unit_test(each_construct_that_is_not_read_is_refused_at_its_place),
        cmocka_unit_test(utf_16_is_refused_with_and_without_its_mark),
        cmocka_unit_test(a_percent_sign_inside_a_line_is_text),
        cmocka_unit_test(characters_next_to_the_refused_ones_are_text),
        cmocka_unit_test(a_file_with_repeated_keys_keeps_the_first_value),
        cmocka_unit_test(syntax_errors_say_where_and_what_to_do),
        cmocka_unit_test(sixteen_levels_are_read_and_seventeen_are_not),
        cmocka_unit_test(a_megabyte_of_brackets_is_refused_at_the_seventeenth),
        cmocka_unit_test(a_file_at_the_limit_is_read_and_one_byte_more_is_not),
        cmocka_unit_test(many_equal_keys_are_found_without_comparing_all_with_all),
        cmocka_unit_test(sorting_diagnostics_drops_exact_repeats_and_recounts),
        cmocka_unit_test(an_alias_keeps_its_place_among_other_errors),
        cmocka_unit_test(a_diagnostic_is_one_line_whatever_it_quotes),
        cmocka_unit_test(every_rule_has_a_code_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
