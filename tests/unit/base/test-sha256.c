/* SHA-256 against FIPS 180 examples, and its text form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/sha256.h"

static const char empty_hex[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char abc_hex[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static void
known_texts_have_their_known_hashes(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_sha256 empty = pk_sha256_of("", 0), abc = pk_sha256_of("abc", 3);
    assert_string_equal(pk_sha256_text(pool, &empty), empty_hex);
    assert_string_equal(pk_sha256_text(pool, &abc), abc_hex);
}

static void
hexadecimal_reads_back_as_the_same_hash(void **state)
{
    (void)state;
    struct pk_sha256 abc = pk_sha256_of("abc", 3), got;
    assert_true(pk_sha256_parse(abc_hex, &got));
    assert_true(pk_sha256_equal(&got, &abc));
    char hex[PK_SHA256_HEX_BYTES];
    assert_string_equal(pk_sha256_hex(hex, &got), abc_hex);
}

static void
other_texts_are_refused_and_leave_the_hash_alone(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "ba7816bf",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015add",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct pk_sha256 got = {{0}};
        assert_false(pk_sha256_parse(wrong[i], &got));
        assert_true(pk_sha256_is_zero(&got));
    }
}

static void
only_the_hash_of_no_row_is_zero(void **state)
{
    (void)state;
    struct pk_sha256 zero = {{0}}, last = {{[PK_SHA256_BYTES - 1] = 1}};
    assert_true(pk_sha256_is_zero(&zero));
    assert_false(pk_sha256_is_zero(&last));
    assert_false(pk_sha256_equal(&zero, &last));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_have_their_known_hashes),
        cmocka_unit_test(hexadecimal_reads_back_as_the_same_hash),
        cmocka_unit_test(other_texts_are_refused_and_leave_the_hash_alone),
        cmocka_unit_test(only_the_hash_of_no_row_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
