/* The text builder and its JSON strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"

static void
an_untouched_builder_is_the_empty_text(void **state)
{
    (void)state;
    struct pk_text text = {0};
    assert_string_equal(pk_text_end(&text), "");
}

static void
every_way_of_adding_appends(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, "a");
    pk_text_add_bytes(&text, "bcd", 2);
    pk_text_addf(&text, "%d", 42);
    pk_text_addf(&text, "%s", "");
    pk_text_add(&text, "");
    assert_string_equal(pk_text_end(&text), "abc42");
    assert_int_equal(text.count, 5);
}

static void
long_texts_stay_whole_and_terminated(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_text text = {.pool = pool};
    for (int i = 0; i < 3000; i++) {
        pk_text_addf(&text, "%d,", i % 10);
        assert_int_equal(strlen(text.at), text.count);
    }
    assert_int_equal(text.count, 6000);
    assert_memory_equal(text.at, "0,1,2,3,4,5,6,7,8,9,0,", 22);
    assert_memory_equal(text.at + 5998, "9,", 3);
}

static const char *
quoted(struct pk_pool *pool, const char *more)
{
    struct pk_text text = {.pool = pool};
    pk_text_add_json(&text, more);
    return pk_text_end(&text);
}

static void
a_json_string_is_the_one_that_the_json_library_writes(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (int c = 1; c < 0x80; c++) {
        char raw[] = {'<', (char)c, '>', '\0'};
        json_auto_t *value = json_string(raw);
        assert_string_equal(quoted(pool, raw), pk_json_text(pool, value));
    }
    static const char *const texts[] = {"",
                                        "Library, floor 1",
                                        "\xc3\xa9t\xc3\xa9",
                                        "\xe2\x82\xac",
                                        "\xf0\x9f\x96\xa8",
                                        "\xf4\x8f\xbf\xbf",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_auto_t *value = json_string(texts[i]);
        assert_string_equal(quoted(pool, texts[i]), pk_json_text(pool, value));
    }
}

static void
bytes_that_are_not_utf_8_become_replacement_characters(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *want;
    } cases[] = {
        {"\x80", "\"\xef\xbf\xbd\""},                                 /* stray continuation */
        {"\xff", "\"\xef\xbf\xbd\""},                                 /* never used         */
        {"\xc3", "\"\xef\xbf\xbd\""},                                 /* cut off            */
        {"\xc3(", "\"\xef\xbf\xbd(\""},                               /* bad continuation   */
        {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                 /* overlong           */
        {"\xe0\x80\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* overlong           */
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* surrogate          */
        {"\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(quoted(pool, cases[i].raw), cases[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_builder_is_the_empty_text),
        cmocka_unit_test(every_way_of_adding_appends),
        cmocka_unit_test(long_texts_stay_whole_and_terminated),
        cmocka_unit_test(a_json_string_is_the_one_that_the_json_library_writes),
        cmocka_unit_test(bytes_that_are_not_utf_8_become_replacement_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
