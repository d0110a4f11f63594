/* The numbers and their precedence are a contract: stated here once more, on purpose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/exit-code.h"

static const int precedence[] = {64, 7, 3, 8, 6, 1, 4, 5, 2, 0};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void
of_two_outcomes_the_one_with_precedence_is_reported(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(precedence); i++) {
        for (size_t j = 0; j < COUNT_OF(precedence); j++) {
            int worse = precedence[i < j ? i : j];
            assert_int_equal(
                pk_exit_worse((enum pk_exit)precedence[i], (enum pk_exit)precedence[j]), worse);
        }
    }
}

static void
every_code_is_a_row_with_a_sentence(void **state)
{
    (void)state;
    assert_int_equal(pk_exit_count, COUNT_OF(precedence));
    for (size_t i = 0; i < COUNT_OF(precedence); i++) {
        assert_int_equal(pk_exits[i].code, precedence[i]);
        const char *sentence = pk_exit_document((enum pk_exit)precedence[i]);
        assert_int_equal(sentence[strlen(sentence) - 1], '.');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_two_outcomes_the_one_with_precedence_is_reported),
        cmocka_unit_test(every_code_is_a_row_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
