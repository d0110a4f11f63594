/* Canonical JSON: equal values, equal texts; what it refuses to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

/* The canonical text of @p text, or the error's message. */
static const char *
canonical(struct pk_pool *pool, const char *text)
{
    struct pk_error err = {0};
    json_auto_t *value = pk_json_parse(text, &err);
    if (value == NULL) {
        assert_int_equal(err.code, PK_EINVAL);
        assert_string_equal(err.where, "JSON");
        return pk_strdup(pool, err.message);
    }
    return pk_json_text(pool, value);
}

static void
equal_values_have_equal_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {" { \"b\" : 1 , \"a\" : [ true , null ] } ", "{\"a\":[true,null],\"b\":1}"},
        {"{\"a\":{\"z\":1,\"y\":2}}", "{\"a\":{\"y\":2,\"z\":1}}"},
        {"{\"B\":1,\"a\":2,\"A\":3}", "{\"A\":3,\"B\":1,\"a\":2}"},
        {"\"\\u0041\\/\"", "\"A/\""},
        {"4294967295", "4294967295"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"0.1", "0.1"},
        {"0.10", "0.1"},
        {"0.875", "0.875"},
        {"1.0", "1.0"},
        {"[]", "[]"},
        {"{}", "{}"},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *once = canonical(pool, cases[i].text);
        assert_string_equal(once, cases[i].want);
        assert_string_equal(canonical(pool, once), once);
    }
}

static void
an_integer_is_not_a_real(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_not_equal(canonical(pool, "1"), canonical(pool, "1.0"));
}

static void
duplicate_keys_are_refused(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_non_null(strstr(canonical(pool, "{\"a\":1,\"a\":2}"), "duplicate object key"));
}

static void
what_is_not_json_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        " ",
                                        "{",
                                        "[1,]",
                                        "tru",
                                        "1 2",
                                        "'a'",
                                        "{a:1}",
                                        "99999999999999999999",
                                        "\"\\ud800\"",
                                        "\"\xff\""};
    PK_SCRATCH(pool);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_non_null(strstr(canonical(pool, wrong[i]), "at line 1, column "));
    }
    assert_null(pk_json_parse("{", NULL));
}

static const char *
nested(struct pk_pool *pool, size_t levels)
{
    char *text = pk_alloc(pool, 2 * levels + 1);
    memset(text, '[', levels);
    memset(text + levels, ']', levels);
    return text;
}

static void
nesting_ends_at_64_levels(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(canonical(pool, nested(pool, 64)), nested(pool, 64));
    assert_string_equal(canonical(pool, nested(pool, 65)), "nested deeper than 64 levels");
}

static void
brackets_inside_strings_are_no_levels(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *text = pk_sprintf(pool, "\"\\\"%s\"", nested(pool, 70));
    assert_string_equal(canonical(pool, text), text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_have_equal_texts),
        cmocka_unit_test(an_integer_is_not_a_real),
        cmocka_unit_test(duplicate_keys_are_refused),
        cmocka_unit_test(what_is_not_json_is_refused_with_its_place),
        cmocka_unit_test(nesting_ends_at_64_levels),
        cmocka_unit_test(brackets_inside_strings_are_no_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
