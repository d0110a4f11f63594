/* What stands in a merge request: compared with files, and the promises that no file can hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/render.h"
#include "base/text.h"
#include "pass-results.h"

enum { FORGE_LIMIT = 60000, MANY = 5000 };

static void
every_story_reads_as_its_file(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < story_count; i++) {
        struct pk_pass_result result = stories[i].build(pool);
        assert_golden(pk_sprintf(pool, "%s.md", stories[i].name),
                      pk_render_pass_markdown(pool, &result, stories[i].by_hand));
    }
}

static void
the_first_line_is_a_marker_that_holds_nothing_of_others(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = result_with_value(pool, "\"-- > <!-- a\"", "\"b\"");
    result.ref = "feature-->x";
    const char *text = pk_render_pass_markdown(pool, &result, false);
    const char *end = strchr(text, '\n');
    assert_true(strncmp(text, "<!-- pairkeeper:diff ", 21) == 0);
    assert_memory_equal(end - 4, " -->", 4);
    assert_null(strstr(text, "feature-->"));
    assert_null(strstr(end, "<!--"));
}

/* Values that would break a table, a comment or the page, or ring somebody's bell. */
static const char *const hostile[] = {
    "a | b \\| c \\\\| d",   "`code` ``more``",      "</code><script>alert(1)</script>",
    "&lt; &amp; &#124;",     "@everyone see #12 !7", "https://example.org/ www.example.org",
    "*bold* _under_ ~~no~~", "[x](javascript:y)",    "</details>| - | - |",
};

static void
nothing_of_others_is_markdown_or_html(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_text value = {.pool = pool};
        pk_text_add_json(&value, hostile[i]);
        struct pk_pass_result result = result_with_value(pool, pk_text_end(&value), "\"b\"");
        const char *text = pk_render_pass_markdown(pool, &result, false);
        static const char *const marks[] = {"<script", "&lt;",   "@everyone",  " #12",
                                            "https:",  "www.ex", "*bold",      "](",
                                            "`code",   "\\|",    "</details>|"};
        for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
            if (strstr(text, marks[m]) != NULL) {
                fail_msg("%s got through:\n%s", marks[m], text);
            }
        }
    }
}

static void
every_row_of_a_table_has_the_cells_of_its_head(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = result_with_value(pool, "\"a | b \\\\| c\"", "\"|\"");
    char *text = pk_strdup(pool, pk_render_pass_markdown(pool, &result, false));
    size_t expected = 0, rows = 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        size_t pipes = 0;
        for (const char *at = line; *at != '\0'; at++) {
            pipes += *at == '|';
        }
        if (line[0] != '|') {
            expected = 0;
            continue;
        }
        expected = expected == 0 ? pipes : expected;
        assert_int_equal(pipes, expected);
        rows++;
    }
    assert_true(rows >= 6);
}

/* The one relationship of a result, MANY times over. */
static struct pk_pass_result
many_relationships(struct pk_pool *pool)
{
    struct pk_pass_result result = result_with_value(pool, "\"a\"", "\"b\"");
    struct pk_pass_relationship *all = pk_array(pool, struct pk_pass_relationship, MANY);
    for (size_t i = 0; i < MANY; i++) {
        all[i] = result.relationships[0];
    }
    result.relationships = all;
    result.relationship_count = MANY;
    return result;
}

/* One relationship whose action is there MANY times. */
static struct pk_pass_result
many_scopes(struct pk_pool *pool)
{
    struct pk_pass_result result = result_with_value(pool, "\"a\"", "\"b\"");
    struct pk_relationship_plan *plan = &result.relationships[0].plan;
    struct pk_action *all = pk_array(pool, struct pk_action, MANY);
    for (size_t i = 0; i < MANY; i++) {
        all[i] = plan->actions[0];
    }
    plan->actions = all;
    plan->action_count = MANY;
    return result;
}

static void
the_largest_plan_stays_below_the_limit_and_says_what_is_missing(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result results[] = {many_relationships(pool), many_scopes(pool)};
    for (size_t i = 0; i < 2; i++) {
        const char *text = pk_render_pass_markdown(pool, &results[i], false);
        assert_in_range(strlen(text), FORGE_LIMIT / 2, FORGE_LIMIT - 1);
        assert_non_null(strstr(text, "Not shown for want of room"));
        size_t opened = 0, closed = 0;
        for (const char *at = text; (at = strstr(at, "<details>")) != NULL; at++) {
            opened++;
        }
        for (const char *at = text; (at = strstr(at, "</details>")) != NULL; at++) {
            closed++;
        }
        assert_int_equal(opened, closed);
    }
}

static void
what_is_left_out_and_what_is_shown_is_all(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = many_scopes(pool);
    const char *text = pk_render_pass_markdown(pool, &result, false);
    size_t shown = 0, relationships = 0, left_out = 0;
    for (const char *at = text; (at = strstr(at, "\n| <code>")) != NULL; at++) {
        shown++;
    }
    const char *note = strstr(text, "Not shown");
    assert_non_null(note);
    assert_int_equal(sscanf(note, "Not shown for want of room: %zu relationships, %zu scopes",
                            &relationships, &left_out),
                     2);
    assert_int_equal(shown + left_out, MANY);
}

static void
a_long_value_is_cut_between_characters_and_its_length_said(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_text value = {.pool = pool};
    pk_text_add(&value, "\"x");
    for (size_t i = 0; i < FORGE_LIMIT; i++) {
        pk_text_add(&value, "é");
    }
    pk_text_add(&value, "\"");
    struct pk_pass_result result = result_with_value(pool, pk_text_end(&value), "\"b\"");
    const char *text = pk_render_pass_markdown(pool, &result, false);
    assert_in_range(strlen(text), 1, 10000);
    assert_null(strstr(text, "\xef\xbf\xbd"));
    assert_non_null(strstr(text, " bytes"));
}

static void
text_that_would_turn_direction_is_made_visible(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = result_with_value(pool, "\"a\u202eb\u2066c\"", "\"b\"");
    const char *text = pk_render_pass_markdown(pool, &result, false);
    assert_null(strstr(text, "\u202e"));
    assert_null(strstr(text, "\u2066"));
    assert_non_null(strstr(text, "\xef\xbf\xbd"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_story_reads_as_its_file),
        cmocka_unit_test(the_first_line_is_a_marker_that_holds_nothing_of_others),
        cmocka_unit_test(nothing_of_others_is_markdown_or_html),
        cmocka_unit_test(every_row_of_a_table_has_the_cells_of_its_head),
        cmocka_unit_test(the_largest_plan_stays_below_the_limit_and_says_what_is_missing),
        cmocka_unit_test(what_is_left_out_and_what_is_shown_is_all),
        cmocka_unit_test(a_long_value_is_cut_between_characters_and_its_length_said),
        cmocka_unit_test(text_that_would_turn_direction_is_made_visible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
