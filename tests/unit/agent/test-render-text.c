/* What people read, compared with files, and the promises that no file can hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/render.h"
#include "agent/screen.h"
#include "pass-results.h"

struct view {
    unsigned columns;
    bool color, ascii;
};

/* Text in @p pool; @p err (may be NULL) gets what went to stderr. */
static const char *
rendered(struct pk_pool *pool, const struct pk_pass_result *result, const struct view *view,
         bool by_hand, const char **err)
{
    char *out_text = NULL, *err_text = NULL;
    size_t out_bytes, err_bytes;
    struct pk_context context = {.pool = pool,
                                 .out = open_memstream(&out_text, &out_bytes),
                                 .err = open_memstream(&err_text, &err_bytes),
                                 .columns = view->columns,
                                 .color = view->color,
                                 .ascii = view->ascii};
    pk_render_pass(&context, result, by_hand);
    fclose(context.out);
    fclose(context.err);
    const char *text = pk_strdup(pool, out_text);
    if (err != NULL) {
        *err = pk_strdup(pool, err_text);
    }
    free(out_text);
    free(err_text);
    return text;
}

static const char *
rendered_story(struct pk_pool *pool, const struct story *story, const struct view *view)
{
    struct pk_pass_result result = story->build(pool);
    return rendered(pool, &result, view, story->by_hand, NULL);
}

static const unsigned widths[] = {40, 80, 120};
enum { WIDTH_COUNT = sizeof widths / sizeof widths[0] };

static void
every_story_reads_as_its_files_at_every_width(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < story_count; i++) {
        for (size_t w = 0; w < WIDTH_COUNT; w++) {
            struct view view = {.columns = widths[w]};
            assert_golden(pk_sprintf(pool, "%s-%u.txt", stories[i].name, widths[w]),
                          rendered_story(pool, &stories[i], &view));
        }
    }
}

static void
colour_adds_codes_and_nothing_else(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < story_count; i++) {
        const char *plain = rendered_story(pool, &stories[i], &(struct view){.columns = 80});
        const char *at = rendered_story(pool, &stories[i], &(struct view){80, .color = true});
        assert_null(strchr(plain, '\033'));
        assert_non_null(strchr(at, '\033'));
        if (strcmp(stories[i].name, "every-kind") == 0) {
            assert_golden("every-kind-80-color.txt", at);
        }
        char *stripped = pk_alloc(pool, strlen(at) + 1);
        for (size_t used = 0; *at != '\0'; at++) {
            if (*at == '\033') {
                at = strchr(at, 'm');
            } else {
                stripped[used++] = *at;
            }
        }
        assert_string_equal(stripped, plain);
    }
}

static void
without_utf8_our_own_signs_are_ascii(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct view view = {.columns = 80, .ascii = true};
    struct pk_pass_result result = result_with_value(pool, "\"a\"", "\"b\"");
    const char *text = rendered(pool, &result, &view, false, NULL);
    for (const char *at = text; *at != '\0'; at++) {
        assert_true((unsigned char)*at < 0x80);
    }
    assert_golden("every-kind-80-ascii.txt", rendered_story(pool, story("every-kind"), &view));
}

static bool
is_command(const char *line)
{
    return strstr(line, "pairkeeper approve") != NULL;
}

static void
only_a_command_is_wider_than_the_screen(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < story_count; i++) {
        for (unsigned columns = 40; columns <= 130; columns += 3) {
            struct view view = {.columns = columns};
            char *text = pk_strdup(pool, rendered_story(pool, &stories[i], &view));
            char *rest = text;
            for (char *line = strtok_r(text, "\n", &rest); line != NULL;
                 line = strtok_r(NULL, "\n", &rest)) {
                if (!is_command(line) && pk_screen_width(line) > columns) {
                    fail_msg("%s at %u columns: %s", stories[i].name, columns, line);
                }
            }
        }
    }
}

static const char *
without_spaces(struct pk_pool *pool, const char *text)
{
    char *out = pk_alloc(pool, strlen(text) + 1);
    size_t used = 0;
    for (; *text != '\0'; text++) {
        if (*text != ' ' && *text != '\n') {
            out[used++] = *text;
        }
    }
    return out;
}

static void
no_part_of_a_value_is_left_out_on_a_narrow_screen(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char want[] = "one two three four five six seven eight nine ten eleven twelve "
                               "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    struct pk_pass_result result = result_with_value(pool, NULL, pk_sprintf(pool, "\"%s\"", want));
    for (unsigned columns = 40; columns < 100; columns += 7) {
        const char *text = rendered(pool, &result, &(struct view){.columns = columns}, false, NULL);
        assert_non_null(strstr(without_spaces(pool, text), without_spaces(pool, want)));
    }
}

static void
a_command_to_copy_stands_whole_on_its_line(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *text = rendered_story(pool, story("held"), &(struct view){.columns = 40});
    char digest[PK_SHA256_HEX_BYTES];
    struct pk_sha256 hash = pk_sha256_of("adopting", strlen("adopting"));
    const char *command =
        pk_sprintf(pool, "pairkeeper approve %s --reason", pk_sha256_hex(digest, &hash));
    assert_non_null(strstr(text, command));
}

static void
what_a_server_says_cannot_steer_the_terminal(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = result_with_fault(pool, "log\033[2Jin \xc2\x9b"
                                                           "31m\r\x07now");
    const char *text = rendered(pool, &result, &(struct view){.columns = 80}, false, NULL);
    assert_null(strpbrk(text, "\033\r\x07"));
    assert_null(strstr(text, "\xc2\x9b"));
    assert_non_null(strstr(text, "log?[2Jin ?31m??now"));
}

static void
warnings_of_the_revision_go_to_stderr(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_mark mark = {.file = "lab.yaml", .line = 3, .column = 5};
    pk_diagnose(&diagnostics, PK_RULE_NO_RANGE, mark, NULL, "this scope serves nobody");
    struct pk_pass_result result = story("every-kind")->build(pool);
    const char *err;
    const char *before = rendered(pool, &result, &(struct view){.columns = 80}, false, NULL);
    result.diagnostics = &diagnostics;
    const char *text = rendered(pool, &result, &(struct view){.columns = 80}, false, &err);
    assert_string_equal(text, before);
    assert_non_null(strstr(err, "lab.yaml:3:5: "));
    assert_non_null(strstr(err, "this scope serves nobody"));
}

static void
a_subnet_id_mismatch_is_the_first_thing_printed(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *text = rendered_story(pool, story("every-kind"), &(struct view){.columns = 120});
    static const char first[] =
        "! subnet id mismatch: 10.20.4.0/24 is 20 on dhcp-a and 77 on dhcp-b";
    assert_int_equal(strncmp(text, first, sizeof first - 1), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_story_reads_as_its_files_at_every_width),
        cmocka_unit_test(colour_adds_codes_and_nothing_else),
        cmocka_unit_test(without_utf8_our_own_signs_are_ascii),
        cmocka_unit_test(only_a_command_is_wider_than_the_screen),
        cmocka_unit_test(no_part_of_a_value_is_left_out_on_a_narrow_screen),
        cmocka_unit_test(a_command_to_copy_stands_whole_on_its_line),
        cmocka_unit_test(what_a_server_says_cannot_steer_the_terminal),
        cmocka_unit_test(warnings_of_the_revision_go_to_stderr),
        cmocka_unit_test(a_subnet_id_mismatch_is_the_first_thing_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
