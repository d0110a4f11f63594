/* Failures described without memory of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

static void
setting_returns_the_code_and_keeps_all_three_parts(void **state)
{
    (void)state;
    struct pk_error err = {0};
    enum pk_code code =
        pk_error_set(&err, PK_ECONFLICT, "server dhcp-b", "scope %s changed", "lab");
    assert_int_equal(code, PK_ECONFLICT);
    assert_int_equal(err.code, PK_ECONFLICT);
    assert_string_equal(err.where, "server dhcp-b");
    assert_string_equal(err.message, "scope lab changed");
}

static void
nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(pk_error_set(NULL, PK_ESYS, "x", "y"), PK_ESYS);
    pk_error_prefix(NULL, "z");
}

static void
a_place_may_be_unknown(void **state)
{
    (void)state;
    struct pk_error err = {.where = "old"};
    pk_error_set(&err, PK_EINVAL, NULL, "m");
    assert_string_equal(err.where, "");
}

static void
context_goes_before_the_message(void **state)
{
    (void)state;
    struct pk_error err = {0};
    pk_error_set(&err, PK_EINVAL, "a.yaml:1:2", "not a number");
    pk_error_prefix(&err, "field %s", "id");
    pk_error_prefix(&err, "scope");
    assert_string_equal(err.message, "scope: field id: not a number");
    assert_string_equal(err.where, "a.yaml:1:2");
    assert_int_equal(err.code, PK_EINVAL);
}

static void
too_long_texts_are_cut_not_overrun(void **state)
{
    (void)state;
    struct pk_error err = {0};
    char where[sizeof err.where + 1];
    memset(where, 'w', sizeof where - 1);
    where[sizeof where - 1] = '\0';
    pk_error_set(&err, PK_EINVAL, where, "%2000d", 7);
    assert_int_equal(strlen(err.where), sizeof err.where - 1);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    pk_error_prefix(&err, "%2000d", 8);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
}

static void
every_code_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int code = PK_OK; code >= PK_EREFUSED; code--) {
        assert_string_not_equal(pk_code_name((enum pk_code)code), "unknown");
        for (int other = PK_OK; other > code; other--) {
            assert_string_not_equal(pk_code_name((enum pk_code)code),
                                    pk_code_name((enum pk_code)other));
        }
    }
    assert_string_equal(pk_code_name(PK_ECONFLICT), "conflict");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_returns_the_code_and_keeps_all_three_parts),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(a_place_may_be_unknown),
        cmocka_unit_test(context_goes_before_the_message),
        cmocka_unit_test(too_long_texts_are_cut_not_overrun),
        cmocka_unit_test(every_code_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
