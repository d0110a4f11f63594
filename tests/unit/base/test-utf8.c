/* What is UTF-8 and what only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void
each_length_is_read_and_written_at_both_ends(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t point;
    } rows[] = {
        {"\x01", 0x01},
        {"\x7f", 0x7f},
        {"\xc2\x80", 0x80},
        {"\xdf\xbf", 0x7ff},
        {"\xe0\xa0\x80", 0x800},
        {"\xed\x9f\xbf", 0xd7ff},
        {"\xee\x80\x80", 0xe000},
        {"\xef\xbf\xbf", 0xffff},
        {"\xf0\x90\x80\x80", 0x10000},
        {"\xf4\x8f\xbf\xbf", 0x10ffff},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t point = 0;
        size_t length = strlen(rows[i].bytes);
        char again[PK_UTF8_BYTES_MAX];
        assert_int_equal(pk_utf8_decode(rows[i].bytes, length, &point), length);
        assert_int_equal(pk_utf8_encode(again, rows[i].point), length);
        assert_memory_equal(again, rows[i].bytes, length);
        assert_int_equal(point, rows[i].point);
        if (length > 1) {
            assert_int_equal(pk_utf8_decode(rows[i].bytes, length - 1, &point), 0);
        }
    }
}

static void
what_only_looks_like_it_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80",             /* a continuation alone   */
        "\xc0\x80",         /* overlong               */
        "\xc1\xbf",         /* overlong               */
        "\xe0\x9f\xbf",     /* overlong               */
        "\xf0\x8f\xbf\xbf", /* overlong               */
        "\xed\xa0\x80",     /* a surrogate            */
        "\xed\xbf\xbf",     /* a surrogate            */
        "\xf4\x90\x80\x80", /* beyond Unicode         */
        "\xf5\x80\x80\x80", /* beyond Unicode         */
        "\xff",             /* never                  */
        "\xc2",             /* cut                    */
        "\xe2\x82",         /* cut                    */
        "\xe2\x28\xa1",     /* no continuation        */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint32_t point = 7;
        assert_int_equal(pk_utf8_decode(wrong[i], SIZE_MAX, &point), 0);
        assert_int_equal(point, 7);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_length_is_read_and_written_at_both_ends),
        cmocka_unit_test(what_only_looks_like_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
