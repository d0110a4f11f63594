/* What can only be seen with a server that cannot be read, and that no result breaks the printing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/explain.h"
#include "pass-results.h"

static const struct pk_prefix library = {0x0a140000, 24};

static struct pk_context
context_on(struct pk_pool *pool, char **text, size_t *bytes, enum pk_format format)
{
    return (struct pk_context){
        .pool = pool, .format = format, .columns = 80, .out = open_memstream(text, bytes)};
}

/* A wanted scope of a pair whose second server cannot be read. */
static struct pk_pass_relationship
half_known(struct pk_pool *pool)
{
    static const struct pk_wanted_relationship campus = {
        .name = "campus", .servers = {"dhcp-a", "dhcp-b"}, .source = PK_SERVER_1};
    struct pk_part *part = pk_new(pool, struct pk_part);
    struct pk_mark *mark = pk_new(pool, struct pk_mark);
    struct pk_wanted_scope *scope = pk_new(pool, struct pk_wanted_scope);
    struct pk_pair_view *view = pk_new(pool, struct pk_pair_view);
    struct pk_unknown_server *unknown = pk_new(pool, struct pk_unknown_server);
    *part = (struct pk_part){&pk_scope_fields.at[PK_SCOPE_LEASE_TIME], "", "28800"};
    *mark = (struct pk_mark){"a.yaml", 7, 3};
    *scope = (struct pk_wanted_scope){.subnet = library,
                                      .relationship = "campus",
                                      .parts = {part, 1},
                                      .origin = mark,
                                      .owned = UINT64_C(1) << PK_SCOPE_LEASE_TIME,
                                      .mark = {"a.yaml", 5, 1}};
    *view = (struct pk_pair_view){.relationship = &campus, .scopes = {scope, 1}};
    view->servers[PK_SERVER_1] = (struct pk_server_view){.name = "dhcp-a", .known = true};
    view->servers[PK_SERVER_2] = (struct pk_server_view){.name = "dhcp-b"};
    *unknown = (struct pk_unknown_server){"dhcp-b", "no answer within 10 s"};
    return (struct pk_pass_relationship){
        .name = "campus", .plan = {.view = view}, .unknown = unknown, .unknown_count = 1};
}

static const struct pk_explained_field *
field_of(const struct pk_explanation *explanation, enum pk_scope_field field)
{
    for (size_t i = 0; i < explanation->field_count; i++) {
        if (explanation->fields[i].field == &pk_scope_fields.at[field]) {
            return &explanation->fields[i];
        }
    }
    fail_msg("the field %s is missing", pk_scope_fields.at[field].name);
    return NULL;
}

static void
an_unreadable_server_is_named_and_what_git_says_is_still_explained(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_relationship relationship = half_known(pool);
    struct pk_explanation explanation;
    assert_true(pk_explain(pool, &relationship, library, &explanation));
    assert_false(explanation.is_wanted);
    assert_int_equal(explanation.wait_count, 1);
    assert_string_equal(explanation.waits[0].reason, "unknown");
    assert_non_null(strstr(explanation.waits[0].message, "dhcp-b could not be read: no answer"));
    const struct pk_explained_field *lease = field_of(&explanation, PK_SCOPE_LEASE_TIME);
    assert_string_equal(lease->want, "28800");
    assert_int_equal(lease->origin.kind, PK_ORIGIN_GIT);
    assert_int_equal(lease->origin.mark.line, 7);
    assert_null(lease->sides[PK_SERVER_1].difference);
}

static void
a_server_that_was_not_read_is_not_said_to_lack_the_scope(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_relationship relationship = half_known(pool);
    struct pk_pass_result result = {.relationships = &relationship, .relationship_count = 1};
    char *text = NULL;
    size_t bytes = 0;
    struct pk_context context = context_on(pool, &text, &bytes, PK_FORMAT_TEXT);
    pk_explain_print(&context, &result, library);
    fclose(context.out);
    assert_non_null(strstr(text, "dhcp-a: the scope is not there"));
    assert_non_null(strstr(text, "dhcp-b: not known"));
    free(text);
}

static void
assert_explained(struct pk_pool *pool, const struct pk_pass_result *result, struct pk_prefix subnet)
{
    for (int format = PK_FORMAT_TEXT; format <= PK_FORMAT_JSON; format++) {
        char *text = NULL;
        size_t bytes = 0;
        struct pk_context context = context_on(pool, &text, &bytes, (enum pk_format)format);
        pk_explain_print(&context, result, subnet);
        fclose(context.out);
        assert_true(bytes > 0);
        free(text);
    }
}

static void
every_scope_of_every_story_is_explained_in_both_formats(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    size_t explained = 0;
    for (size_t i = 0; i < story_count; i++) {
        struct pk_pass_result result = stories[i].build(pool);
        for (size_t r = 0; r < result.relationship_count; r++) {
            const struct pk_comparison *comparison = &result.relationships[r].plan.comparison;
            for (size_t s = 0; s < comparison->count; s++) {
                /* the stories keep theirs in the order they tell them */
                if (pk_comparison_find(comparison, comparison->at[s].subnet) != NULL) {
                    assert_explained(pool, &result, comparison->at[s].subnet);
                    explained++;
                }
            }
        }
    }
    assert_true(explained > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unreadable_server_is_named_and_what_git_says_is_still_explained),
        cmocka_unit_test(a_server_that_was_not_read_is_not_said_to_lack_the_scope),
        cmocka_unit_test(every_scope_of_every_story_is_explained_in_both_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
