/* One line per fact: what stands in it, and that no value can make it two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

enum { LINE_BYTES = 512 };

/* Sends stderr into a file; returns the descriptor that restores it. */
static int
divert(FILE *file)
{
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    return saved;
}

static void
restore(int saved, FILE *file, char line[LINE_BYTES])
{
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    line[fread(line, 1, LINE_BYTES - 1, file)] = '\0';
    fclose(file);
}

static void
a_line_is_level_event_and_pairs(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    char line[LINE_BYTES];
    FILE *file = tmpfile();
    int saved = divert(file);
    pk_log(PK_LOG_INFO, "pass-ended", "relationship", "campus", "skipped", NULL, "scopes", "40",
           NULL);
    restore(saved, file, line);
    assert_string_equal(line, "info pass-ended relationship=campus scopes=40\n");
}

static void
values_that_could_mislead_are_quoted(void **state)
{
    (void)state;
    unsetenv("JOURNAL_STREAM");
    char line[LINE_BYTES];
    FILE *file = tmpfile();
    int saved = divert(file);
    pk_log(PK_LOG_ERROR, "e", "a", "two words", "b", "x\nerror y", "c", "k=v", "d", "\"", "e", "",
           NULL);
    restore(saved, file, line);
    assert_string_equal(line,
                        "error e a=\"two words\" b=\"x\\nerror y\" c=\"k=v\" d=\"\\\"\" e=\"\"\n");
}

static void
the_journal_gets_the_priority(void **state)
{
    (void)state;
    setenv("JOURNAL_STREAM", "8:1", 1);
    char line[LINE_BYTES];
    FILE *file = tmpfile();
    int saved = divert(file);
    pk_log(PK_LOG_WARNING, "held", NULL);
    restore(saved, file, line);
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(line, "<4>warning held\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_level_event_and_pairs),
        cmocka_unit_test(values_that_could_mislead_are_quoted),
        cmocka_unit_test(the_journal_gets_the_priority),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
