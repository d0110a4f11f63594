/* Kea's JSON: bytes, numbers as written, and files with comments and includes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "drivers/kea-json.h"
#include "tests/support/kea-json-properties.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct pk_kea_value
parse(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value value;
    struct pk_error err = {0};
    if (pk_kea_parse(pool, "server dhcp-a", text, strlen(text), &value, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    return value;
}

static const char *
refusal(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value value;
    struct pk_error err = {0};
    assert_int_equal(pk_kea_parse(pool, "dhcp-a", text, strlen(text), &value, &err), PK_EINVAL);
    return pk_strdup(pool, err.message);
}

static const char *
canonical(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value value = parse(pool, text);
    return pk_kea_canonical(pool, &value);
}

static const char *
printed(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value value = parse(pool, text);
    struct pk_text out = {.pool = pool};
    pk_kea_print(&out, &value);
    return pk_text_end(&out);
}

static void
a_byte_of_kea_is_a_byte_on_every_way(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_value value = parse(pool, "\"Caf\\u00c3\\u00a9\"");
    assert_int_equal(value.count, 5);
    assert_string_equal(value.text, "Caf\xc3\xa9");
    assert_string_equal(canonical(pool, "\"Caf\\u00c3\\u00a9\""), "\"Caf\xc3\xa9\"");
    assert_string_equal(canonical(pool, "\"Caf\xc3\xa9\""), "\"Caf\xc3\xa9\"");
    assert_string_equal(printed(pool, "\"Caf\xc3\xa9\""), "\"Caf\\u00C3\\u00A9\"");
}

static void
a_byte_that_is_no_utf8_is_the_character_of_its_number(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(canonical(pool, "\"\\u00e9\""), "\"\xc3\xa9\"");
    assert_string_equal(printed(pool, "\"\\u00e9\""), "\"\\u00E9\"");
}

static void
characters_that_kea_never_writes_are_utf8(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(parse(pool, "\"\\u20ac\"").text, "\xe2\x82\xac");
    assert_string_equal(parse(pool, "\"\\ud83d\\ude00\"").text, "\xf0\x9f\x98\x80");
}

static void
a_zero_byte_is_kept_by_the_length(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_value value = parse(pool, "\"a\\u0000b\"");
    assert_int_equal(value.count, 3);
    assert_memory_equal(value.text, "a\0b", 4);
    assert_string_equal(canonical(pool, "\"a\\u0000b\""), "\"a\\u0000b\"");
}

static void
numbers_stay_as_they_were_written(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *text = "[9223372036854775807,-0,0.50,1e5,123456789.5]";
    assert_string_equal(printed(pool, text), text);
    assert_string_equal(canonical(pool, text), "[9223372036854775807,0,0.5,100000.0,123456789.5]");
}

/* Texts that some sloppy comparison would take for each other. */
static void
a_value_is_a_text_only_when_that_is_its_canonical_one(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const texts[] = {"null",
                                        "true",
                                        "false",
                                        "1",
                                        "10",
                                        "-1",
                                        "0.5",
                                        "0.50",
                                        "-0",
                                        "\"\"",
                                        "\"a\"",
                                        "\"ab\"",
                                        "\"a\\\"b\"",
                                        "\"a\\\\\"",
                                        "\"\\u0000\"",
                                        "\"\\u00e9\"",
                                        "\"null\"",
                                        "[]",
                                        "[[]]",
                                        "[1]",
                                        "[1,2]",
                                        "[12]",
                                        "[\"a\",\"b\"]",
                                        "[\"a\\\",\\\"b\"]",
                                        "{}",
                                        "[{}]",
                                        "{\"a\":1}",
                                        "{\"a\":1,\"b\":[]}",
                                        "{\"b\":[],\"a\":1}",
                                        "{\"a\\\":1,\\\"b\":[]}",
                                        "{\"a\":{\"b\":[1,{}]}}",
                                        "{\"ip-addresses\":[]}"};
    static const char *const sure[] = {
        "null", "10", "\"ab\"", "[]", "[1,2]", "{\"a\":1,\"b\":[]}", "{\"ip-addresses\":[]}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct pk_kea_value value = parse(pool, texts[i]);
        for (size_t j = 0; j < COUNT_OF(texts); j++) {
            const char *text = canonical(pool, texts[j]);
            assert_true(!pk_kea_is_text(&value, text) ||
                        strcmp(pk_kea_canonical(pool, &value), text) == 0);
        }
    }
    for (size_t i = 0; i < COUNT_OF(sure); i++) {
        struct pk_kea_value value = parse(pool, sure[i]);
        assert_true(pk_kea_is_text(&value, sure[i]));
    }
}

static void
of_a_repeated_key_the_last_one_wins(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_value map = parse(pool, "{\"b\":1,\"a\":2,\"b\":3,\"c\":4,\"b\":5}");
    assert_int_equal(map.count, 3);
    assert_string_equal(printed(pool, "{\"b\":1,\"a\":2,\"b\":3,\"c\":4,\"b\":5}"),
                        "{\"a\":2,\"c\":4,\"b\":5}");
    int64_t number;
    assert_true(pk_kea_integer(&map, "b", &number));
    assert_int_equal(number, 5);
}

static void
what_is_wrong_is_named_with_its_place(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "dhcp-a:1:1: it ends where a value is wanted"},
        {"{\n  \"a\": 01}", "dhcp-a:2:9: '1' where ',' or '}' is wanted"},
        {"[1,]", "dhcp-a:1:4: ']' where a value is wanted"},
        {"[1 // one\n]", "dhcp-a:1:4: '/' where ',' or ']' is wanted"},
        {"[.5]", "dhcp-a:1:2: '.' where a value is wanted"},
        {"[1e-05.0]", "dhcp-a:1:7: '.' where ',' or ']' is wanted"},
        {"9223372036854775808", "dhcp-a:1:1: a number beyond 64 bits"},
        {"1e999", "dhcp-a:1:1: a number beyond 64 bits"},
        {"\"a", "dhcp-a:1:3: the end inside a string"},
        {"\"a\n\"", "dhcp-a:1:3: a control character inside a string"},
        {"\"\\ud83d\"", "dhcp-a:1:2: an escape that is none of JSON's"},
        {"{\"a\\u0000\":1}", "dhcp-a:1:2: a key that holds a zero byte"},
        {"{} {}", "dhcp-a:1:4: '{' where the end is wanted"},
        {"\xef\xbb\xbf{}", "dhcp-a:1:1: byte 0xef where a value is wanted"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(refusal(pool, rows[i].text), rows[i].message);
    }
}

static void
nesting_has_a_limit(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    char text[2 * PK_KEA_DEPTH_MAX + 3] = {0};
    memset(text, '[', PK_KEA_DEPTH_MAX);
    memset(text + PK_KEA_DEPTH_MAX, ']', PK_KEA_DEPTH_MAX);
    assert_string_equal(canonical(pool, text), text);
    memset(text, '[', PK_KEA_DEPTH_MAX + 1);
    memset(text + PK_KEA_DEPTH_MAX + 1, ']', PK_KEA_DEPTH_MAX + 1);
    assert_string_equal(refusal(pool, text), "dhcp-a:1:65: nested deeper than 64 levels");
}

static void
what_is_asked_of_another_kind_is_not_there(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_value map =
        parse(pool, "{\"text\":\"x\",\"list\":[1,2],\"yes\":true,\"real\":1.5,\"whole\":7}");
    int64_t number = 0;
    assert_string_equal(pk_kea_text(&map, "text"), "x");
    assert_null(pk_kea_text(&map, "list"));
    assert_null(pk_kea_text(NULL, "text"));
    assert_int_equal(pk_kea_list(&map, "list").count, 2);
    assert_int_equal(pk_kea_list(&map, "text").count, 0);
    assert_true(pk_kea_is_true(&map, "yes"));
    assert_false(pk_kea_is_true(&map, "whole"));
    assert_true(pk_kea_integer(&map, "whole", &number));
    assert_false(pk_kea_integer(&map, "real", &number));
    assert_false(pk_kea_integer(&map, "text", &number));
    assert_int_equal(number, 7);
}

/* -- against jansson -------------------------------------------------------------------------- */

static const char document[] =
    "{ \"Dhcp4\": { \"subnet4\": [ { \"id\": 1, \"t1-percent\": 0.5, \"pools\": [  ],\n"
    " \"user-context\": { \"comment\": \"Caf\\u00c3\\u00a9 \\\"x\\\" \\ud83d\\ude00\" }, "
    "\"o\": [ null, true, false, -1.25e-7, 9223372036854775807 ] } ] } }";

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* One byte becomes one of those that mean something; every tenth document is cut as well. */
static size_t
mutate(char *text, size_t count, uint32_t *seed)
{
    static const char meaning[] = "{}[]\",:\\u0019.eE+-tfn d\x80\xc3\xff\n\x01/#*";
    text[next_random(seed) % count] = meaning[next_random(seed) % sizeof meaning];
    return next_random(seed) % 10 == 0 ? next_random(seed) % count : count;
}

static void
it_reads_what_jansson_reads_and_refuses_what_jansson_refuses(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char text[sizeof document];
        memcpy(text, document, sizeof text);
        size_t count = sizeof document - 1;
        for (uint32_t changes = next_random(&seed) % 3; changes > 0 && count > 0; changes--) {
            count = mutate(text, count, &seed);
        }
        const char *defect = pk_kea_json_defect(text, count);
        if (defect != NULL) {
            fail_msg("%s: %.*s", defect, (int)count, text);
        }
    }
}

/* -- files ------------------------------------------------------------------------------------ */

static char folder[] = "/tmp/pairkeeper-kea-json-XXXXXX";

static const char *
path_of(struct pk_pool *pool, const char *name)
{
    return pk_sprintf(pool, "%s/%s", folder, name);
}

static const char *
write_file(struct pk_pool *pool, const char *name, const char *text)
{
    const char *path = path_of(pool, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static const char *
read_file(struct pk_pool *pool, const char *path)
{
    struct pk_kea_value value;
    struct pk_error err = {0};
    if (pk_kea_parse_file(pool, path, &value, &err) != PK_OK) {
        const char *message = pk_strdup(pool, err.message);
        const char *at = strstr(message, folder);
        return at == message ? message + sizeof folder : message;
    }
    return pk_kea_canonical(pool, &value);
}

static int
make_folder(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    return mkdtemp(folder) == NULL || mkdir(path_of(pool, "more"), 0700) != 0;
}

static int
remove_folder(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    return system(pk_sprintf(pool, "rm -r %s", folder)); /* NOLINT(cert-env33-c) */
}

static void
a_file_has_comments_trailing_commas_and_bare_reals(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *path =
        write_file(pool, "dialect.conf",
                   "# one\n{ // two\n/* three\n * lines */ \"a\": [ .5, 1., -.25, ],\n"
                   " \"b\": \"# // /* no comment */\", } // end");
    assert_string_equal(read_file(pool, path),
                        "{\"a\":[0.5,1.0,-0.25],\"b\":\"# // /* no comment */\"}");
}

static void
an_include_stands_for_its_text(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    write_file(pool, "more/items.conf", "1, 2 # no end of line");
    write_file(pool, "more/members.conf", "\"x\": true,\n");
    const char *path =
        write_file(pool, "include.conf",
                   "{ <?include \"more/members.conf\"?> \"list\": [0, <?include "
                   "\"more/items.conf\"?>, 3], \"alone\": [<?include  \"more/items.conf\" ?>]}");
    assert_string_equal(read_file(pool, path), "{\"alone\":[1,2],\"list\":[0,1,2,3],\"x\":true}");
}

static void
a_mistake_in_an_include_is_named_there(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    write_file(pool, "more/wrong.conf", "\n  nonsense");
    const char *path = write_file(pool, "names.conf", "[\n<?include \"more/wrong.conf\"?>]");
    assert_string_equal(read_file(pool, path), "more/wrong.conf:2:3: 'n' where a value is wanted");
}

static void
an_include_never_leaves_the_folder(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_int_equal(symlink("/etc/passwd", path_of(pool, "link.conf")), 0);
    assert_int_equal(symlink("more", path_of(pool, "inside")), 0);
    write_file(pool, "more/one.conf", "1");
    const char *link = write_file(pool, "a.conf", "[<?include \"link.conf\"?>]");
    const char *up = write_file(pool, "b.conf", "[<?include \"../../etc/passwd\"?>]");
    const char *away = write_file(pool, "c.conf", "[<?include \"/etc/passwd\"?>]");
    const char *good = write_file(pool, "d.conf", "[<?include \"inside/one.conf\"?>]");
    assert_non_null(strstr(read_file(pool, link), "which is not below"));
    assert_non_null(strstr(read_file(pool, up), "which is not below"));
    assert_non_null(strstr(read_file(pool, away), "which is not below"));
    assert_string_equal(read_file(pool, good), "[1]");
}

static void
includes_end_ten_levels_deep(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *path = write_file(pool, "loop.conf", "[<?include \"loop.conf\"?>]");
    assert_string_equal(read_file(pool, path),
                        "loop.conf:1:2: more than 10 includes inside each other");
}

static void
a_file_that_cannot_be_read_is_told_from_a_wrong_one(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_value value;
    assert_int_equal(pk_kea_parse_file(pool, path_of(pool, "none.conf"), &value, NULL), PK_ENOENT);
    assert_int_equal(pk_kea_parse_file(pool, folder, &value, NULL), PK_EINVAL);
    const char *open = write_file(pool, "open.conf", "[1 /* never\nclosed");
    assert_string_equal(read_file(pool, open),
                        "open.conf:2:7: the comment of line 1 is not closed");
    const char *bad = write_file(pool, "bad.conf", "[<?include nothing?>]");
    assert_string_equal(read_file(pool, bad),
                        "bad.conf:1:2: an include without a file name in quotes");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_of_kea_is_a_byte_on_every_way),
        cmocka_unit_test(a_byte_that_is_no_utf8_is_the_character_of_its_number),
        cmocka_unit_test(characters_that_kea_never_writes_are_utf8),
        cmocka_unit_test(a_zero_byte_is_kept_by_the_length),
        cmocka_unit_test(numbers_stay_as_they_were_written),
        cmocka_unit_test(a_value_is_a_text_only_when_that_is_its_canonical_one),
        cmocka_unit_test(of_a_repeated_key_the_last_one_wins),
        cmocka_unit_test(what_is_wrong_is_named_with_its_place),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(what_is_asked_of_another_kind_is_not_there),
        cmocka_unit_test(it_reads_what_jansson_reads_and_refuses_what_jansson_refuses),
        cmocka_unit_test(a_file_has_comments_trailing_commas_and_bare_reals),
        cmocka_unit_test(an_include_stands_for_its_text),
        cmocka_unit_test(a_mistake_in_an_include_is_named_there),
        cmocka_unit_test(an_include_never_leaves_the_folder),
        cmocka_unit_test(includes_end_ten_levels_deep),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told_from_a_wrong_one),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
