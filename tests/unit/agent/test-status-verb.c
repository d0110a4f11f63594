/* Status: the JSON keys of the contract, and every scope counted once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/applied.h"
#include "adm/operations.h"
#include "adm/scopes.h"
#include "adm/steering.h"
#include "agent/screen.h"
#include "desk.h"

#define DIGEST "3f2c1ab0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static void
put_scope(struct pk_txn *txn, const char *server, uint32_t third, enum pk_sync_status status)
{
    struct pk_part part = {&pk_scope_fields.at[PK_SCOPE_RELATIONSHIP], "", "\"campus\""};
    struct pk_row row = {
        .subnet = {0x0a140000U | third << 8, 24}, .relationship = "campus", .parts = {&part, 1}};
    pk_adm_scope_put(txn, server, &row);
    pk_adm_scope_set_status(txn, server, row.subnet, status);
}

static void
own(struct pk_txn *txn, uint32_t third)
{
    static const struct pk_part part = {NULL, "", "true"};
    struct pk_part owned = part;
    owned.field = &pk_scope_fields.at[PK_SCOPE_NAME];
    struct pk_parts parts = {&owned, 1};
    pk_owned_put(txn, "campus", (struct pk_prefix){0x0a140000U | third << 8, 24}, &parts);
}

/* 0 in sync, 1 out of sync, 2 unknown, 3 on one server, 4 on none, 5 foreign. */
static void
fill(struct desk *desk)
{
    struct pk_txn txn;
    struct pk_error err = {0};
    struct pk_wall now = {1000};
    pk_txn_begin(desk_db(desk), &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    pk_adm_server_put(&txn, "dhcp-b", "adm");
    pk_adm_relation_put(&txn,
                        &(struct pk_relation){.name = "campus", .servers = {"dhcp-a", "dhcp-b"}});
    static const enum pk_sync_status statuses[] = {PK_SYNC_IN_SYNC, PK_SYNC_OUT_OF_SYNC,
                                                   PK_SYNC_UNKNOWN};
    for (uint32_t i = 0; i < 3; i++) {
        put_scope(&txn, "dhcp-a", i, statuses[i]);
        put_scope(&txn, "dhcp-b", i, statuses[i]);
    }
    put_scope(&txn, "dhcp-a", 3, PK_SYNC_UNKNOWN);
    put_scope(&txn, "dhcp-b", 5, PK_SYNC_UNKNOWN);
    for (uint32_t i = 0; i < 5; i++) {
        own(&txn, i);
    }
    pk_condition_set(&txn, "campus",
                     &(struct pk_condition){PK_CONDITION_READY, PK_FALSE, PK_CONDITION_GUARD,
                                            "updates: 5 of 9", now},
                     now);
    pk_held_put(&txn,
                &(struct pk_held_plan){"campus", DIGEST, DIGEST, "updates", "5 of 9", "{}", now});
    pk_sighting_put(&txn, &(struct pk_sighting){"dhcp-a", true, now, NULL});
    pk_sighting_put(&txn, &(struct pk_sighting){"dhcp-b", true, now, NULL});
    pk_revision_set(&txn, "", PK_REVISION_ATTEMPTED, COMMIT, now);
    pk_revision_set(&txn, "campus", PK_REVISION_ATTEMPTED, COMMIT, now);
    struct pk_operation operation = {.kind = PK_OPERATION_REPLICATE_SCOPE,
                                     .relationship = "campus",
                                     .source = "dhcp-a",
                                     .partner = "dhcp-b",
                                     .actor = "agent",
                                     .started = now};
    int64_t id = pk_operation_begin(&txn, &operation);
    pk_operation_end(&txn, id, NULL, now);
    assert_int_equal(pk_txn_end(&txn, &err), PK_OK);
}

static void
lose_partner(struct desk *desk)
{
    struct pk_txn txn;
    struct pk_error err = {0};
    pk_txn_begin(desk_db(desk), &txn);
    pk_sighting_put(&txn, &(struct pk_sighting){"dhcp-b", false, {0}, "no answer"});
    assert_int_equal(pk_txn_end(&txn, &err), PK_OK);
}

static int64_t
number(const json_t *object, const char *key)
{
    assert_true(json_is_integer(json_object_get(object, key)));
    return json_integer_value(json_object_get(object, key));
}

static void
json_has_the_shape_of_the_contract(void **state)
{
    struct desk *desk = *state;
    fill(desk);
    lose_partner(desk);
    assert_int_equal(desk_run(desk, "-o", "json", "status", NULL), PK_EXIT_IN_STEP);
    json_auto_t *document = pk_json_parse(desk->out, NULL);
    json_t *revision = NULL, *campus = NULL, *scopes = NULL, *conditions = NULL, *servers = NULL,
           *operation = NULL, *held = NULL;
    const char *name = NULL;
    assert_int_equal(json_unpack(document, "{s:s, s:o, s:[o]}", "format_version", &name, "revision",
                                 &revision, "relationships", &campus),
                     0);
    assert_string_equal(json_string_value(json_object_get(revision, "attempted")), COMMIT);
    assert_true(json_is_null(json_object_get(revision, "applied")));
    assert_true(json_is_null(json_object_get(revision, "verified")));
    assert_int_equal(json_unpack(campus, "{s:s, s:{s:s, s:n}, s:o, s:o, s:o, s:o, s:o}", "name",
                                 &name, "revision", "attempted", &name, "applied", "conditions",
                                 &conditions, "scopes", &scopes, "servers", &servers, "held", &held,
                                 "last_operation", &operation),
                     0);
    const char *type = NULL, *status = NULL, *reason = NULL, *message = NULL, *since = NULL;
    assert_int_equal(json_unpack(json_array_get(conditions, 0), "{s:s, s:s, s:s, s:s, s:s!}",
                                 "type", &type, "status", &status, "reason", &reason, "message",
                                 &message, "since", &since),
                     0);
    assert_string_equal(type, "Ready");
    assert_string_equal(status, "False");
    assert_string_equal(since, "1970-01-01T00:00:01.000Z");
    assert_string_equal(json_string_value(json_object_get(held, "digest")), DIGEST);
    assert_string_equal(json_string_value(json_object_get(operation, "operation")),
                        "replicate-scope");
    json_t *first = json_array_get(servers, 0), *second = json_array_get(servers, 1);
    assert_true(json_is_true(json_object_get(first, "reachable")));
    assert_string_equal(json_string_value(json_object_get(first, "driver")), "adm");
    assert_string_equal(json_string_value(json_object_get(first, "observed_at")),
                        "1970-01-01T00:00:01.000Z");
    assert_true(json_is_false(json_object_get(second, "reachable")));
    assert_true(json_is_null(json_object_get(second, "observed_at")));
    assert_int_equal(number(scopes, "in_sync"), 0); /* as of when dhcp-b could be read */
    assert_int_equal(number(scopes, "out_of_sync"), 0);
    assert_int_equal(number(scopes, "unknown"), 5);
    assert_int_equal(number(scopes, "foreign"), 1);
}

static void
text_says_what_is_held_and_how_to_let_it_go(void **state)
{
    struct desk *desk = *state;
    fill(desk);
    assert_int_equal(desk_run(desk, "status", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "1 in sync, 3 out of sync, 1 unknown, 1 foreign");
    desk_assert_out(desk, "False Guard: updates: 5 of 9");
    desk_assert_out(desk, "not in force");
    desk_assert_out(desk, "pairkeeper approve 3f2c1ab0aaaa");
}

static void
scopes_of_a_server_that_cannot_be_read_are_unknown(void **state)
{
    struct desk *desk = *state;
    fill(desk);
    lose_partner(desk);
    assert_int_equal(desk_run(desk, "status", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "0 in sync, 0 out of sync, 5 unknown, 1 foreign");
    desk_assert_out(desk, "cannot be read: no answer");
}

static void
text_keeps_to_the_width_of_the_terminal(void **state)
{
    struct desk *desk = *state;
    fill(desk);
    for (desk->columns = 34; desk->columns < 80; desk->columns++) {
        assert_int_equal(desk_run(desk, "status", NULL), PK_EXIT_IN_STEP);
        for (const char *line = desk->out; *line != '\0'; line += strspn(line, "\n")) {
            size_t length = strcspn(line, "\n");
            PK_SCRATCH(pool);
            assert_true(pk_screen_width(pk_strndup(pool, line, length)) <= desk->columns);
            line += length;
        }
    }
}

static void
without_a_database_nothing_is_known_and_none_is_made(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "status", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "no relationship is known yet");
    assert_int_equal(desk_run(desk, "-o", "json", "status", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "\"relationships\": []");
    assert_null(fopen(desk_path(desk, "pairkeeper.db"), "r"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(json_has_the_shape_of_the_contract),
        TEST(text_says_what_is_held_and_how_to_let_it_go),
        TEST(scopes_of_a_server_that_cannot_be_read_are_unknown),
        TEST(text_keeps_to_the_width_of_the_terminal),
        TEST(without_a_database_nothing_is_known_and_none_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
