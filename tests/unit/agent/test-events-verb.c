/* Printing events: the JSON keys of the contract, what is chosen, the chain. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "adm/events.h"
#include "desk.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { HOUR_MS = 3600 * 1000 };

static void
add(struct desk *desk, struct pk_wall time, enum pk_reason reason, const char *message)
{
    struct pk_txn txn;
    struct pk_error err = {0};
    struct pk_event event = {.time = time,
                             .reason = reason,
                             .relationship = "campus",
                             .subnet = "10.20.0.0/24",
                             .server = "dhcp-b",
                             .operation = 3,
                             .revision = "3f2c1ab",
                             .actor = "agent",
                             .message = message,
                             .attributes = "{\"fields\":[\"name\"]}",
                             .count = 1};
    pk_txn_begin(desk_db(desk), &txn);
    pk_event_add(&txn, &event);
    assert_int_equal(pk_txn_end(&txn, &err), PK_OK);
}

static void
add_three(struct desk *desk)
{
    struct pk_wall now = pk_wall_now();
    add(desk, (struct pk_wall){now.ms - 3 * HOUR_MS}, PK_REASON_SCOPE_CREATED, "first");
    add(desk, (struct pk_wall){now.ms - HOUR_MS}, PK_REASON_SCOPE_FAILED, "second");
    add(desk, now, PK_REASON_SCOPE_UPDATED, "third");
}

static void
json_is_one_object_a_line_with_every_key(void **state)
{
    struct desk *desk = *state;
    static const char *const keys[] = {"seq",    "time",    "reason",    "severity", "relationship",
                                       "subnet", "server",  "operation", "revision", "actor",
                                       "count",  "message", "attributes"};
    add_three(desk);
    assert_int_equal(desk_run(desk, "-o", "json", "events", NULL), PK_EXIT_IN_STEP);
    int64_t lines = 0;
    for (char *line = strtok(desk->out, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        json_auto_t *event = pk_json_parse(line, NULL);
        assert_int_equal(json_object_size(event), COUNT_OF(keys));
        for (size_t i = 0; i < COUNT_OF(keys); i++) {
            assert_non_null(json_object_get(event, keys[i]));
        }
        assert_int_equal(json_integer_value(json_object_get(event, "seq")), ++lines);
        assert_true(json_is_object(json_object_get(event, "attributes")));
        assert_string_equal(json_string_value(json_object_get(event, "severity")),
                            lines == 2 ? "error" : "info");
    }
    assert_int_equal(lines, 3);
}

static void
assert_prints(const struct desk *desk, bool first, bool second, bool third)
{
    assert_int_equal(strstr(desk->out, "first") != NULL, first);
    assert_int_equal(strstr(desk->out, "second") != NULL, second);
    assert_int_equal(strstr(desk->out, "third") != NULL, third);
}

static void
since_after_and_limit_choose(void **state)
{
    struct desk *desk = *state;
    add_three(desk);
    desk_run(desk, "events", NULL);
    assert_prints(desk, true, true, true);
    desk_run(desk, "events", "--since", "2h", NULL);
    assert_prints(desk, false, true, true);
    desk_run(desk, "events", "--since", "2020-01-01T00:00:00Z", NULL);
    assert_prints(desk, true, true, true);
    desk_run(desk, "events", "--after", "2", NULL);
    assert_prints(desk, false, false, true);
    desk_run(desk, "events", "--limit", "1", NULL);
    assert_prints(desk, false, false, true);
    desk_run(desk, "events", "--after", "0", "--limit", "1", NULL);
    assert_prints(desk, true, false, false);
}

static void
wrong_choices_are_usage_errors(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "events", "--since", "noon", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "events", "--after", "x", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "events", "--limit", "0", NULL), PK_EXIT_USAGE);
    assert_int_equal(desk_run(desk, "events", "--verify", "--follow", NULL), PK_EXIT_USAGE);
}

static void
text_shows_who_and_what_and_cannot_steer_a_terminal(void **state)
{
    struct desk *desk = *state;
    add(desk, (struct pk_wall){HOUR_MS}, PK_REASON_SCOPE_CREATED, "na\033[2Jme");
    desk_run(desk, "events", NULL);
    desk_assert_out(desk, "1970-01-01T01:00:00Z  ScopeCreated  campus 10.20.0.0/24 dhcp-b  na");
    desk_assert_out(desk, "by agent");
    assert_null(strchr(desk->out, '\033'));
}

static void
verify_tells_a_whole_chain(void **state)
{
    struct desk *desk = *state;
    add_three(desk);
    assert_int_equal(desk_run(desk, "events", "--verify", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "ok: the chain of 3 events is whole");
    assert_int_equal(desk_run(desk, "-o", "json", "events", "--verify", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "\"count\": 3");
}

static void
without_a_database_there_are_no_events_and_none_is_made(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "events", NULL), PK_EXIT_IN_STEP);
    assert_string_equal(desk->out, "");
    desk_assert_err(desk, "no database yet");
    assert_int_equal(desk_run(desk, "events", "--verify", NULL), PK_EXIT_CANNOT_RUN);
    assert_null(fopen(desk_path(desk, "pairkeeper.db"), "r"));
}

/* Without an end this test would run into its time limit. */
static void
following_ends_when_nobody_reads_any_more(void **state)
{
    struct desk *desk = *state;
    int ends[2];
    add_three(desk);
    desk_db_close(desk);
    signal(SIGPIPE, SIG_IGN);
    for (int quiet = 0; quiet < 2; quiet++) {
        PK_SCRATCH(pool);
        char *argv[] = {pk_strdup(pool, "events"), pk_strdup(pool, "--follow"),
                        pk_sprintf(pool, "--after=%d", quiet ? 3 : 0), NULL};
        struct pk_arguments arguments;
        struct pk_diagnostics diagnostics = {.pool = pool};
        struct pk_error err = {0};
        assert_int_equal(pipe(ends), 0);
        close(ends[0]);
        struct pk_context context = {.pool = pool,
                                     .config_file = desk_path(desk, "pairkeeper.yaml"),
                                     .out = fdopen(ends[1], "w"),
                                     .err = stderr};
        assert_int_equal(pk_context_config(&context, &diagnostics, &err), PK_OK);
        assert_int_equal(pk_arguments_parse(pool, 3, argv, &arguments, &err), PK_OK);
        assert_int_equal(pk_verb_dispatch(&context, &arguments), PK_EXIT_IN_STEP);
        pk_db_close(context.db);
        fclose(context.out);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(json_is_one_object_a_line_with_every_key),
        TEST(since_after_and_limit_choose),
        TEST(wrong_choices_are_usage_errors),
        TEST(text_shows_who_and_what_and_cannot_steer_a_terminal),
        TEST(verify_tells_a_whole_chain),
        TEST(following_ends_when_nobody_reads_any_more),
        TEST(without_a_database_there_are_no_events_and_none_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
