/* Whatever is written as YAML is read back the same, and looks as a person would have written it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/yaml-text.h"
#include "base/text.h"
#include "desired-state/decode.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { ROUNDS = 20000, TEXT_BYTES = 24, LONG_BYTES = 5000, NESTING = 4, MEMBERS = 4 };

static const char *
written(struct pk_pool *pool, const char *text, enum pk_yaml_place place)
{
    struct pk_text out = {.pool = pool};
    pk_yaml_add_text(&out, text, place);
    return pk_text_end(&out);
}

static const struct pk_node *
read_back(struct pk_pool *pool, const char *yaml)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    const struct pk_node *root = pk_document_parse(pool, "a.yaml", yaml, strlen(yaml),
                                                   &pk_document_default_limits, &diagnostics);
    if (diagnostics.list.count != 0) {
        fail_msg("%s in\n%s", pk_diagnostic_text(pool, &diagnostics.list.at[0]), yaml);
    }
    return root;
}

/* As a value, a list item, a key and between brackets. */
static void
assert_survives(const char *text)
{
    PK_SCRATCH(pool);
    const char *block = written(pool, text, PK_YAML_BLOCK);
    const char *flow = written(pool, text, PK_YAML_FLOW);
    const struct pk_node *root =
        read_back(pool, pk_sprintf(pool, "a: %s  # b: c\nl:\n  - %s\nf: [x, %s, {k: %s}]\n", block,
                                   block, flow, flow));
    assert_string_equal(pk_node_get(root, "a")->text, text);
    assert_string_equal(pk_node_get(root, "l")->items[0].text, text);
    const struct pk_node *list = pk_node_get(root, "f");
    assert_int_equal(list->count, 3);
    assert_string_equal(list->items[1].text, text);
    assert_string_equal(pk_node_get(&list->items[2], "k")->text, text);
    assert_false(pk_node_is_null(pk_node_get(root, "a")));
    enum { KEY_BYTES = 1000 }; /* YAML's limit of a key that needs no `?` */
    if (*text != '\0' && strlen(block) < KEY_BYTES) {
        root = read_back(pool, pk_sprintf(pool, "%s: 1\nf: {%s: 2}\n", block, flow));
        assert_string_equal(root->items[0].text, text);
        assert_string_equal(pk_node_get(root, "f")->items[0].text, text);
    }
}

static void
texts_are_quoted_where_somebody_needs_it_and_nowhere_else(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *text, *yaml;
    } examples[] = {
        {"Library, floor 1", "Library, floor 1"},
        {"10.20.0.1", "10.20.0.1"},
        {"10.20.0.50-10.20.0.200", "10.20.0.50-10.20.0.200"},
        {"10.20.0.0/24", "10.20.0.0/24"},
        {"2nd floor", "2nd floor"},
        {"it's here", "it's here"},
        {"Bücherei", "Bücherei"},
        {"", "\"\""},
        {"no", "\"no\""},
        {"NULL", "\"NULL\""},
        {"~", "\"~\""},
        {"010", "\"010\""},
        {"1e3", "\"1e3\""},
        {"0x1F", "\"0x1F\""},
        {"+1", "\"+1\""},
        {".5", "\".5\""},
        {"2026-03-01", "\"2026-03-01\""},
        {"12:30:45", "\"12:30:45\""},
        {"yes, really: a colon", "\"yes, really: a colon\""},
        {"room #7", "\"room #7\""},
        {"#7", "\"#7\""},
        {" x", "\" x\""},
        {"x ", "\"x \""},
        {"ends:", "\"ends:\""},
        {"- x", "\"- x\""},
        {"%x", "\"%x\""},
        {"a\nb\t\x01", "\"a\\nb\\t\\x01\""},
        {"say \"hi\"", "say \"hi\""},
        {"\"hi\" it's", "'\"hi\" it''s'"},
        {"\\\\x: y", "'\\\\x: y'"},
        {"a\xc2\x85z", "\"a\\x85z\""},
        {"a\xe2\x80\xa8z", "\"a\\u2028z\""},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        assert_string_equal(written(pool, examples[i].text, PK_YAML_BLOCK), examples[i].yaml);
        assert_survives(examples[i].text);
    }
    assert_string_equal(written(pool, "a, b", PK_YAML_FLOW), "\"a, b\"");
    assert_string_equal(written(pool, "00:1a:2b", PK_YAML_FLOW), "\"00:1a:2b\"");
    assert_string_equal(written(pool, "printer-1", PK_YAML_FLOW), "printer-1");
}

/* Pieces that mean something somewhere, between letters, in any order. */
static const char *
random_text(struct pk_pool *pool, unsigned *seed)
{
    static const char *const pieces[] = {
        "a",
        "b",
        " ",
        "  ",
        ":",
        ": ",
        " #",
        "#",
        "-",
        "- ",
        "?",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        "'",
        "''",
        "\"",
        "\\",
        "\\n",
        "\n",
        "\r",
        "\t",
        "%",
        "&",
        "*",
        "!",
        "|",
        ">",
        "@",
        "`",
        "0",
        "1",
        "9",
        ".",
        "e",
        "x",
        "null",
        "true",
        "no",
        "...",
        "---",
        "~",
        "=",
        "<<",
        "+",
        "_",
        "/",
        "ä",
        "€",
        "\xc2\x80",
        "\xc2\xa0",
        "😀",
        "\x7f",
        "\xef\xbb\xbf",
        "\xe2\x80\xa9",
        "\xef\xbf\xbe",
        "\x1b[0m",
    };
    struct pk_text out = {.pool = pool};
    size_t count = (size_t)rand_r(seed) % TEXT_BYTES;
    for (size_t i = 0; i < count; i++) {
        pk_text_add(&out, pieces[(size_t)rand_r(seed) % COUNT_OF(pieces)]);
    }
    return pk_text_end(&out);
}

static void
any_text_is_read_back_the_same(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int i = 0; i < ROUNDS; i++) {
        PK_SCRATCH(pool);
        assert_survives(random_text(pool, &seed));
    }
}

static void
long_texts_are_read_back_the_same(void **state)
{
    (void)state;
    static const char *const pieces[] = {"word ", "x", ": ", "\n", "\"", "é"};
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        PK_SCRATCH(pool);
        struct pk_text text = {.pool = pool};
        while (text.count < LONG_BYTES) {
            pk_text_add(&text, pieces[i]);
        }
        assert_survives(pk_text_end(&text));
    }
}

static json_t *
random_json(struct pk_pool *pool, unsigned *seed, int depth)
{
    enum { NUMBER, REAL, TRUE, FALSE, TEXT, LIST, OBJECT, KINDS };
    int kind = rand_r(seed) % (depth > 0 ? KINDS : LIST);
    json_t *out;
    switch (kind) {
    case NUMBER:
        return json_integer(rand_r(seed) - RAND_MAX / 2);
    case REAL:
        return json_real((double)rand_r(seed) / (double)(rand_r(seed) + 1));
    case TRUE:
    case FALSE:
        return json_boolean(kind == TRUE);
    case LIST:
        out = json_array();
        for (int i = rand_r(seed) % MEMBERS; i > 0; i--) {
            json_array_append_new(out, random_json(pool, seed, depth - 1));
        }
        return out;
    case OBJECT:
        out = json_object();
        for (int i = rand_r(seed) % MEMBERS; i > 0; i--) {
            json_object_set_new(out, pk_sprintf(pool, "k%s", random_text(pool, seed)),
                                random_json(pool, seed, depth - 1));
        }
        return out;
    default:
        return json_string(random_text(pool, seed));
    }
}

static void
any_json_is_read_back_the_same(void **state)
{
    (void)state;
    unsigned seed = 2;
    for (int i = 0; i < ROUNDS; i++) {
        PK_SCRATCH(pool);
        json_auto_t *value = random_json(pool, &seed, NESTING);
        struct pk_text out = {.pool = pool};
        pk_text_add(&out, "a: ");
        pk_yaml_add_json(&out, value, PK_YAML_BLOCK);
        const struct pk_node *root = read_back(pool, pk_text_end(&out));
        assert_string_equal(pk_decode_json(pool, pk_node_get(root, "a")),
                            pk_json_text(pool, value));
    }
}

static void
a_remark_stays_on_its_line(void **state)
{
    (void)state;
    unsigned seed = 3;
    for (int i = 0; i < ROUNDS; i++) {
        PK_SCRATCH(pool);
        struct pk_text out = {.pool = pool};
        pk_text_add(&out, "a: 1 # ");
        pk_yaml_add_remark(&out, random_text(pool, &seed));
        pk_text_add(&out, "\nb: 2\n");
        assert_int_equal(read_back(pool, pk_text_end(&out))->count, 2);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_quoted_where_somebody_needs_it_and_nowhere_else),
        cmocka_unit_test(any_text_is_read_back_the_same),
        cmocka_unit_test(long_texts_are_read_back_the_same),
        cmocka_unit_test(any_json_is_read_back_the_same),
        cmocka_unit_test(a_remark_stays_on_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
