/* The JSON that scripts read: the shape of every object, and bytes that do not move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/render.h"
#include "pass-results.h"

static const char *
printed(struct pk_pool *pool, const struct pk_pass_result *result)
{
    char *text = NULL;
    size_t bytes;
    struct pk_context context = {.pool = pool,
                                 .out = open_memstream(&text, &bytes),
                                 .err = stderr,
                                 .format = PK_FORMAT_JSON,
                                 .columns = 80};
    pk_render_pass(&context, result, false);
    fclose(context.out);
    const char *copy = pk_strdup(pool, text);
    free(text);
    return copy;
}

static void
every_story_is_its_file(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < story_count; i++) {
        struct pk_pass_result result = stories[i].build(pool);
        assert_golden(pk_sprintf(pool, "%s.json", stories[i].name), printed(pool, &result));
    }
}

static void
equal_results_are_equal_bytes(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < story_count; i++) {
        struct pk_pass_result once = stories[i].build(pool), again = stories[i].build(pool);
        assert_string_equal(printed(pool, &once), printed(pool, &again));
        assert_string_equal(printed(pool, &once), printed(pool, &once));
    }
}

/* Exactly these keys; @p types has one letter each, `?` = also null. */
struct shape {
    const char *key, *types;
};

static bool
is_of_type(const json_t *value, char type)
{
    switch (type) {
    case 's':
        return json_is_string(value);
    case 'i':
        return json_is_integer(value);
    case 'b':
        return json_is_boolean(value);
    case 'o':
        return json_is_object(value);
    case 'a':
        return json_is_array(value);
    case '?':
        return json_is_null(value);
    default:
        return type == '*';
    }
}

static void
assert_shape(const json_t *object, const struct shape *shape, size_t count)
{
    assert_true(json_is_object(object));
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, shape[i].key);
        bool fits = false;
        for (const char *type = shape[i].types; value != NULL && *type != '\0'; type++) {
            fits = fits || is_of_type(value, *type);
        }
        if (!fits) {
            fail_msg("key %s is missing or not of type %s", shape[i].key, shape[i].types);
        }
    }
    assert_int_equal(json_object_size(object), count);
}

#define ASSERT_SHAPE(object, ...)                                                                  \
    assert_shape((object), (const struct shape[]){__VA_ARGS__},                                    \
                 sizeof((const struct shape[]){__VA_ARGS__}) / sizeof(struct shape))

static void
assert_action(const json_t *action, bool acted)
{
    ASSERT_SHAPE(action, {"operation", "s"}, {"subnet", "s?"}, {"subnets", "a"}, {"server", "s"},
                 {"partner", "s"}, {"reason", "s?"}, {"status", acted ? "s" : "?"},
                 {"fault", acted ? "o?" : "?"}, {"fields", "a"}, {"block", "o?"});
    const json_t *fault = json_object_get(action, "fault"),
                 *block = json_object_get(action, "block");
    if (json_is_object(fault)) {
        ASSERT_SHAPE(fault, {"outer", "o"}, {"inner", "o"}, {"message", "s"});
        ASSERT_SHAPE(json_object_get(fault, "outer"), {"id", "i"}, {"name", "s"});
        ASSERT_SHAPE(json_object_get(fault, "inner"), {"id", "i"}, {"name", "s"});
    }
    if (json_is_object(block)) {
        ASSERT_SHAPE(block, {"reason", "s"}, {"message", "s?"});
    }
    size_t i;
    json_t *field;
    json_array_foreach(json_object_get(action, "fields"), i, field)
    {
        ASSERT_SHAPE(field, {"field", "s"}, {"server", "s"}, {"have", "*"}, {"want", "*"},
                     {"cause", "s"});
    }
}

static void
assert_relationship(const json_t *relationship, bool acted)
{
    ASSERT_SHAPE(relationship, {"name", "s"}, {"mode", "s"}, {"source", "s"}, {"partner", "s"},
                 {"condition", "s"}, {"digest", "s?"}, {"held", "o?"}, {"approved", "b"},
                 {"permit", "s"}, {"actions", "a"}, {"foreign", "a"}, {"unknown", "a"},
                 {"settings", "a"}, {"left_alone", "a"});
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(relationship, "actions"), i, one)
    {
        assert_action(one, acted);
    }
    json_array_foreach(json_object_get(relationship, "foreign"), i, one)
    {
        ASSERT_SHAPE(one, {"subnet", "s"}, {"server", "s"}, {"dropped", "b"});
    }
    json_array_foreach(json_object_get(relationship, "unknown"), i, one)
    {
        ASSERT_SHAPE(one, {"server", "s"}, {"reason", "s?"});
    }
    json_array_foreach(json_object_get(relationship, "settings"), i, one)
    {
        ASSERT_SHAPE(one, {"field", "s"}, {"server", "s"}, {"have", "*"}, {"want", "*"},
                     {"cause", "s"});
    }
    if (json_is_object(json_object_get(relationship, "held"))) {
        ASSERT_SHAPE(json_object_get(relationship, "held"), {"guard", "s"}, {"reason", "s?"});
    }
}

static void
every_object_has_every_key_of_its_shape(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t s = 0; s < story_count; s++) {
        struct pk_pass_result result = stories[s].build(pool);
        json_auto_t *document = pk_render_pass_json(&result);
        ASSERT_SHAPE(document, {"format_version", "s"}, {"revision", "o"}, {"digest", "s?"},
                     {"summary", "o"}, {"relationships", "a"}, {"notes", "a"});
        ASSERT_SHAPE(json_object_get(document, "revision"), {"ref", "s?"}, {"commit", "s?"},
                     {"attempted", "s?"});
        ASSERT_SHAPE(json_object_get(document, "summary"), {"create", "i"}, {"update", "i"},
                     {"delete", "i"}, {"replicate", "i"}, {"foreign", "i"}, {"unknown", "i"},
                     {"in_sync", "i"}, {"drifted", "i"});
        size_t i;
        json_t *relationship;
        json_array_foreach(json_object_get(document, "relationships"), i, relationship)
        {
            assert_relationship(relationship, result.acted);
        }
    }
}

/* The first action of a kind, borrowed from @p document. */
static json_t *
action_of(json_t *document, const char *operation)
{
    json_t *relationship = json_array_get(json_object_get(document, "relationships"), 0);
    size_t i;
    json_t *action;
    json_array_foreach(json_object_get(relationship, "actions"), i, action)
    {
        if (strcmp(json_string_value(json_object_get(action, "operation")), operation) == 0) {
            return action;
        }
    }
    return NULL;
}

static void
a_new_scope_lists_what_git_states_and_nothing_else(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = story("every-kind")->build(pool);
    json_auto_t *document = pk_render_pass_json(&result);
    json_t *fields = json_object_get(action_of(document, "create-scope"), "fields");
    static const char *const expected[] = {"name", "ranges", "name", "ranges"};
    assert_int_equal(json_array_size(fields), 4);
    for (size_t i = 0; i < 4; i++) {
        json_t *field = json_array_get(fields, i);
        assert_string_equal(json_string_value(json_object_get(field, "field")), expected[i]);
        assert_true(json_is_null(json_object_get(field, "have")));
    }
}

static void
replicate_server_names_its_subnets_and_no_fields(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = story("whole-server")->build(pool);
    json_auto_t *document = pk_render_pass_json(&result);
    json_t *action = action_of(document, "replicate-server");
    assert_true(json_is_null(json_object_get(action, "subnet")));
    assert_int_equal(json_array_size(json_object_get(action, "subnets")), 3);
    assert_int_equal(json_array_size(json_object_get(action, "fields")), 0);
}

static void
values_are_json_of_their_kind_and_an_absent_one_is_the_default(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = story("every-kind")->build(pool);
    json_auto_t *document = pk_render_pass_json(&result);
    json_t *lease =
        json_array_get(json_object_get(action_of(document, "update-scope"), "fields"), 0);
    assert_int_equal(json_integer_value(json_object_get(lease, "have")), 28800);
    assert_int_equal(json_integer_value(json_object_get(lease, "want")), 43200);
    json_t *fields = json_object_get(action_of(document, "replicate-scope"), "fields");
    json_t *scope_state = json_array_get(fields, 0), *allocator = json_array_get(fields, 2);
    assert_string_equal(json_string_value(json_object_get(scope_state, "have")), "active");
    assert_string_equal(json_string_value(json_object_get(allocator, "have")), "random");
    assert_true(json_is_null(json_object_get(allocator, "want")));
}

static void
an_approved_hold_is_no_hold(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = story("held")->build(pool);
    json_auto_t *held = pk_render_relationship_json(&result.relationships[0], false);
    json_auto_t *approved = pk_render_relationship_json(&result.relationships[2], false);
    assert_string_equal(json_string_value(json_object_get(json_object_get(held, "held"), "guard")),
                        "adopt");
    assert_true(json_is_null(json_object_get(approved, "held")));
    assert_true(json_is_true(json_object_get(approved, "approved")));
}

static void
a_message_cut_inside_a_character_is_still_json(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_pass_result result = result_with_fault(pool, "Stra\xc3");
    json_auto_t *document = pk_render_pass_json(&result);
    json_t *fault = json_object_get(action_of(document, "replicate-scope"), "fault");
    assert_string_equal(json_string_value(json_object_get(fault, "message")), "Stra\xef\xbf\xbd");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_story_is_its_file),
        cmocka_unit_test(equal_results_are_equal_bytes),
        cmocka_unit_test(every_object_has_every_key_of_its_shape),
        cmocka_unit_test(a_new_scope_lists_what_git_states_and_nothing_else),
        cmocka_unit_test(replicate_server_names_its_subnets_and_no_fields),
        cmocka_unit_test(values_are_json_of_their_kind_and_an_absent_one_is_the_default),
        cmocka_unit_test(an_approved_hold_is_no_hold),
        cmocka_unit_test(a_message_cut_inside_a_character_is_still_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
