/* The bar is for people who wait: nobody else sees anything of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/progress.h"

static const char *
drawn(struct pk_pool *pool, bool terminal, unsigned columns, size_t total)
{
    char *text = NULL;
    size_t bytes;
    struct pk_context context = {.pool = pool,
                                 .err = open_memstream(&text, &bytes),
                                 .err_is_terminal = terminal,
                                 .columns = columns,
                                 .ascii = true};
    struct pk_progress_bar bar = pk_progress_bar_on(&context);
    pk_progress_bar_draw(&bar, "campus", "replicate-server", total / 2, total);
    pk_progress_bar_end(&bar);
    fclose(context.err);
    const char *copy = pk_strdup(pool, text);
    free(text);
    return copy;
}

static void
long_work_on_a_terminal_is_drawn_and_wiped(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(drawn(pool, true, 80, 40),
                        "\r\033[K##########           20/40  campus, replicate-server\r\033[K");
}

static void
nothing_is_drawn_for_short_work_or_without_a_terminal(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(drawn(pool, true, 80, 19), "");
    assert_string_equal(drawn(pool, false, 80, 4000), "");
}

static void
a_narrow_terminal_gets_one_line_all_the_same(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *text = drawn(pool, true, 40, 4000);
    const char *line = text + strlen("\r\033[K");
    assert_true(strchr(line, '\r') - line < 40);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_work_on_a_terminal_is_drawn_and_wiped),
        cmocka_unit_test(nothing_is_drawn_for_short_work_or_without_a_terminal),
        cmocka_unit_test(a_narrow_terminal_gets_one_line_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
