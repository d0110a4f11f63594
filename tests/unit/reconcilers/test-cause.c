/*
 * The truth table of causes, whole: every combination of facts and of values, absent ones too.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reconcilers/compare.h"

enum situation {
    NO_BASE_NO_ROW,
    NO_BASE_A_ROW,
    HAVE_IS_BASE,
    WANT_IS_BASE,
    BOTH_DIFFER,
    SITUATIONS
};

/* Columns: Git owns the part or not, on the partner or on the source. */
static const char *const expected[SITUATIONS][2][2] = {
    /*                   not Git's: partner, source     Git's: partner, source */
    [NO_BASE_NO_ROW] = {{"git", "git"}, {"git", "git"}},
    [NO_BASE_A_ROW] = {{"unknown", "unknown"}, {"unknown", "unknown"}},
    [HAVE_IS_BASE] = {{"source", "source"}, {"git", "git"}},
    [WANT_IS_BASE] = {{"partner", "source"}, {"partner", "source"}},
    [BOTH_DIFFER] = {{"both", "both"}, {"both", "both"}},
};

static const char *const values[] = {NULL, "1", "2", "3"};
enum { VALUES = 4 };

static enum situation
situation_of(bool has_base, bool any_row, int have, int base, int want)
{
    if (!has_base) {
        return any_row ? NO_BASE_A_ROW : NO_BASE_NO_ROW;
    }
    return have == base ? HAVE_IS_BASE : want == base ? WANT_IS_BASE : BOTH_DIFFER;
}

static void
ask(unsigned flags, int have, int base, int want)
{
    bool any_row = (flags & 1) != 0, is_source = (flags & 2) != 0;
    bool git_owns = (flags & 4) != 0, has_base = (flags & 8) != 0;
    enum pk_cause cause = pk_cause_of(&(struct pk_cause_facts){
        .any_row = any_row,
        .is_source = is_source,
        .git_owns = git_owns,
        .has_base = has_base,
        .have = values[have],
        .base = has_base ? values[base] : NULL,
        .want = values[want],
    });
    enum situation situation = situation_of(has_base, any_row, have, base, want);
    assert_string_equal(pk_cause_name(cause), expected[situation][git_owns][is_source]);
}

static void
every_combination_has_the_cause_of_the_table(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags < 16; flags++) {
        for (int have = 0; have < VALUES; have++) {
            for (int base = 0; base < VALUES; base++) {
                for (int want = 0; want < VALUES; want++) {
                    if (have != want) {
                        ask(flags, have, base, want);
                    }
                }
            }
        }
    }
}

static void
values_are_compared_as_texts_not_as_pointers(void **state)
{
    (void)state;
    char have[] = "12", base[] = "12";
    struct pk_cause_facts facts = {.any_row = true,
                                   .git_owns = true,
                                   .has_base = true,
                                   .have = have,
                                   .base = base,
                                   .want = "1"};
    assert_int_equal(pk_cause_of(&facts), PK_CAUSE_GIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_has_the_cause_of_the_table),
        cmocka_unit_test(values_are_compared_as_texts_not_as_pointers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
