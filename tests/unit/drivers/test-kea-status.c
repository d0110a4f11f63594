/* What a Kea server says of itself, from answers that real servers of 2.2 and 3.0 gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/kea-leases.h"
#include "drivers/kea-status.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char status_2_2[] =
    "{ \"high-availability\": [ { \"ha-mode\": \"hot-standby\", \"ha-servers\": { \"local\": { "
    "\"role\": \"primary\", \"scopes\": [ \"server1\" ], \"state\": \"hot-standby\" }, \"remote\": "
    "{ \"age\": 7, \"analyzed-packets\": 0, \"communication-interrupted\": false, "
    "\"connecting-clients\": 0, \"in-touch\": true, \"last-scopes\": [  ], \"last-state\": "
    "\"ready\", \"role\": \"standby\", \"unacked-clients\": 3, \"unacked-clients-left\": 0 } } } "
    "], "
    "\"multi-threading-enabled\": true, \"pid\": 24543, \"reload\": 2, \"sockets\": { \"status\": "
    "\"ready\" }, \"uptime\": 5 }";

static const char status_3_0[] =
    "{ \"high-availability\": [ { \"ha-mode\": \"load-balancing\", \"ha-servers\": { \"local\": { "
    "\"role\": \"primary\", \"scopes\": [ \"a1\" ], \"server-name\": \"a1\", \"state\": "
    "\"load-balancing\", \"system-time\": null }, \"remote\": { \"age\": 0, "
    "\"communication-interrupted\": true, \"in-touch\": true, \"last-state\": \"unavailable\", "
    "\"role\": \"secondary\", \"server-name\": \"b1\", \"unacked-clients\": 0 } } }, { "
    "\"ha-mode\": "
    "\"hot-standby\", \"ha-servers\": { \"local\": { \"role\": \"standby\", \"server-name\": "
    "\"a2\", \"state\": \"terminated\" }, \"remote\": { \"age\": 0, \"in-touch\": false, "
    "\"last-state\": \"\", \"role\": \"primary\", \"server-name\": \"c2\" } } } ], \"pid\": 1, "
    "\"reload\": 0, \"uptime\": 0 }";

static struct pk_kea_value
parse(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value value;
    assert_int_equal(pk_kea_parse(pool, "test", text, strlen(text), &value, NULL), PK_OK);
    return value;
}

static void
the_age_is_read_or_the_answer_is_none(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_age age;
    struct pk_kea_value status = parse(pool, status_2_2);
    assert_true(pk_kea_age_read(&status, &age));
    assert_int_equal(age.pid, 24543);
    assert_int_equal(age.uptime_s, 5);
    assert_int_equal(age.reload_s, 2);
    static const char *const wrong[] = {
        "{}",
        "[]",
        "null",
        "{\"pid\": 1, \"uptime\": 2}",
        "{\"pid\": \"1\", \"uptime\": 2, \"reload\": 3}",
        "{\"pid\": 1, \"uptime\": -2, \"reload\": 3}",
        "{\"pid\": 1, \"uptime\": 2, \"reload\": 3.5}",
        "{\"pid\": 1, \"uptime\": null, \"reload\": 3}",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct pk_kea_value value = parse(pool, wrong[i]);
        assert_false(pk_kea_age_read(&value, &age));
    }
}

static void
a_server_that_was_started_or_configured_between_two_looks_has_changed(void **state)
{
    (void)state;
    static const struct {
        struct pk_kea_age before, after;
        bool changed;
    } rows[] = {
        {{7, 100, 50}, {7, 100, 50}, false}, {{7, 100, 50}, {7, 103, 53}, false},
        {{7, 100, 50}, {8, 103, 53}, true},  {{7, 100, 50}, {7, 101, 0}, true},
        {{7, 100, 50}, {7, 2, 52}, true},    {{7, 0, 0}, {7, 0, 0}, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(pk_kea_age_has_changed(&rows[i].before, &rows[i].after), rows[i].changed);
    }
}

static void
a_sequence_is_answered_again_only_when_nothing_can_have_changed(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *since = pk_kea_age_sequence(pool, &(struct pk_kea_age){7, 100, 50});
    const char *unconfirmed = pk_kea_age_unconfirmed(pool, &(struct pk_kea_age){7, 100, 50});
    assert_string_not_equal(unconfirmed, since);
    assert_false(pk_kea_age_is_since(&(struct pk_kea_age){7, 160, 110}, unconfirmed));
    assert_string_equal(since, "pid:7 uptime:100");
    static const struct {
        struct pk_kea_age now;
        bool same;
    } rows[] = {
        {{7, 100, 50}, true},   /* nothing since */
        {{7, 160, 110}, true},  /* a minute later */
        {{7, 160, 62}, true},   /* configured two seconds before it was read */
        {{7, 160, 61}, false},  /* within the rounding */
        {{7, 160, 60}, false},  /* in the second of the read */
        {{7, 160, 5}, false},   /* configured since */
        {{7, 100, 1}, false},   /* just configured when it was read */
        {{8, 160, 110}, false}, /* started anew */
        {{7, 20, 50}, false},   /* the pid came again */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(pk_kea_age_is_since(&rows[i].now, since), rows[i].same);
    }
    static const char *const strange[] = {
        NULL, "", "pid:7", "pid:7 uptime:", "57FD", "pid:7 uptime:100 ", "pid:x uptime:100"};
    for (size_t i = 0; i < COUNT_OF(strange); i++) {
        assert_false(pk_kea_age_is_since(&(struct pk_kea_age){7, 160, 110}, strange[i]));
    }
}

static void
a_peering_has_its_own_state_and_numbers(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_value status = parse(pool, status_2_2);
    struct pk_kea_pair pair =
        pk_kea_pair_read(&status, &(struct pk_peering){"server1", "server2", true});
    assert_int_equal(pair.state, PK_PAIR_NORMAL);
    assert_string_equal(pair.health.role, "primary");
    assert_string_equal(pair.health.state, "hot-standby");
    assert_string_equal(pair.health.partner_state, "ready");
    assert_int_equal(pair.health.contact_age_s, 7);
    assert_int_equal(pair.health.unacked_clients, 3);
    assert_int_equal(pair.health.unsent_updates, PK_NOT_SAID);
    assert_true(pair.health.in_touch);
    assert_false(pair.health.interrupted);

    status = parse(pool, status_3_0);
    pair = pk_kea_pair_read(&status, &(struct pk_peering){"a1", "b1", true});
    assert_int_equal(pair.state, PK_PAIR_DISTURBED); /* normal, but interrupted */
    assert_true(pair.health.interrupted);
    pair = pk_kea_pair_read(&status, &(struct pk_peering){"a2", "c2", false});
    assert_int_equal(pair.state, PK_PAIR_TERMINATED);
    assert_int_equal(pair.health.unacked_clients, PK_NOT_SAID);
    assert_int_equal(pk_kea_worst_state(&status), PK_PAIR_TERMINATED);
}

static void
every_state_of_kea_means_something_to_the_guards(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *said;
        enum pk_pair_state state;
    } rows[] = {
        {"hot-standby", PK_PAIR_NORMAL},
        {"load-balancing", PK_PAIR_NORMAL},
        {"waiting", PK_PAIR_SYNCING},
        {"syncing", PK_PAIR_SYNCING},
        {"ready", PK_PAIR_SYNCING},
        {"partner-down", PK_PAIR_PARTNER_DOWN},
        {"terminated", PK_PAIR_TERMINATED},
        {"in-maintenance", PK_PAIR_DISTURBED},
        {"partner-in-maintenance", PK_PAIR_DISTURBED},
        {"communication-recovery", PK_PAIR_DISTURBED},
        {"a-word-of-tomorrow", PK_PAIR_DISTURBED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_kea_value status =
            parse(pool, pk_sprintf(pool,
                                   "{\"high-availability\": [{\"ha-servers\": {\"local\": "
                                   "{\"state\": \"%s\"}, \"remote\": {}}}]}",
                                   rows[i].said));
        assert_int_equal(pk_kea_worst_state(&status), rows[i].state);
    }
}

static void
a_server_that_calls_itself_normal_and_heard_nothing_for_long_is_out_of_touch(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        int64_t age_s, heartbeat_ms;
        bool expected;
    } rows[] = {
        {"hot-standby", 36, 10000, true},       {"load-balancing", 36, 10000, true},
        {"hot-standby", 35, 10000, false},      {"hot-standby", 6, 200, true},
        {"hot-standby", 5, 200, false},         {"partner-down", 3600, 10000, false},
        {"waiting", 3600, 10000, false},        {"terminated", 3600, 10000, false},
        {"a-word-of-tomorrow", 99, 1, false},   {"none", 99, 1, false},
        {"hot-standby", PK_NOT_SAID, 1, false}, {"hot-standby", 3600, 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_pair_health health = {.state = rows[i].state, .contact_age_s = rows[i].age_s};
        assert_int_equal(pk_kea_is_out_of_touch(&health, rows[i].heartbeat_ms), rows[i].expected);
    }
}

static void
a_peering_that_the_server_does_not_run_is_disturbed(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const without[] = {"{}",
                                          "null",
                                          "{\"high-availability\": []}",
                                          "{\"high-availability\": {}}",
                                          "{\"high-availability\": [null]}",
                                          "{\"high-availability\": [{\"ha-servers\": []}]}"};
    for (size_t i = 0; i < COUNT_OF(without); i++) {
        struct pk_kea_value status = parse(pool, without[i]);
        struct pk_kea_pair pair =
            pk_kea_pair_read(&status, &(struct pk_peering){"server1", "server2", true});
        assert_int_equal(pair.state, PK_PAIR_DISTURBED);
        assert_string_equal(pair.health.state, "none");
    }
    struct pk_kea_value other = parse(pool, status_3_0);
    struct pk_kea_pair pair = pk_kea_pair_read(&other, &(struct pk_peering){"a1", "c2", true});
    assert_int_equal(pair.state, PK_PAIR_DISTURBED);
}

static struct pk_row
row_with_id(struct pk_pool *pool, const char *id)
{
    struct pk_part *part = pk_new(pool, struct pk_part);
    *part = (struct pk_part){&pk_scope_fields.at[PK_SCOPE_ID], "", id};
    return (struct pk_row){.parts = {.at = part, .count = 1}, .active_leases = 99};
}

static void
leases_are_counted_by_subnet_id_and_unknown_otherwise(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *text;
        int64_t first, second;
    } rows[] = {
        {"{ \"result-set\": { \"columns\": [ \"subnet-id\", \"total-addresses\", "
         "\"cumulative-assigned-addresses\", \"assigned-addresses\", \"declined-addresses\" ], "
         "\"rows\": [ [ 20, 191, 9, 3, 0 ], [ 1, 191, 0, 0, 0 ] ], \"timestamp\": \"x\" } }",
         0, 3},
        {"{\"result-set\": {\"columns\": [\"assigned-addresses\", \"subnet-id\"], \"rows\": [[5, "
         "20]]}}",
         PK_LEASES_UNKNOWN, 5},
        {"{\"result-set\": {\"columns\": [\"subnet-id\"], \"rows\": [[1, 2]]}}", PK_LEASES_UNKNOWN,
         PK_LEASES_UNKNOWN},
        {"{\"result-set\": {\"columns\": [\"subnet-id\", \"assigned-addresses\"], \"rows\": [[1], "
         "null, [20, \"3\"], [20, -1], [20, 1.5]]}}",
         PK_LEASES_UNKNOWN, PK_LEASES_UNKNOWN},
        {"null", PK_LEASES_UNKNOWN, PK_LEASES_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_row counted[] = {row_with_id(pool, "1"), row_with_id(pool, "20")};
        struct pk_kea_value statistics = parse(pool, rows[i].text);
        pk_kea_count_leases(counted, COUNT_OF(counted), &statistics);
        assert_int_equal(counted[0].active_leases, rows[i].first);
        assert_int_equal(counted[1].active_leases, rows[i].second);
    }
}

static void
leased_addresses_are_those_in_use_and_a_strange_answer_is_none_at_all(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const uint32_t *addresses;
    size_t count;
    struct pk_kea_value answer =
        parse(pool, "{\"leases\": [{\"ip-address\": \"10.0.0.7\", \"state\": 0, \"subnet-id\": 1},"
                    " {\"ip-address\": \"10.0.0.8\", \"state\": 1},"
                    " {\"ip-address\": \"10.0.0.9\", \"state\": 2},"
                    " {\"ip-address\": \"10.0.0.10\", \"state\": 0}]}");
    assert_true(pk_kea_leased_addresses(pool, &answer, &addresses, &count));
    assert_int_equal(count, 2);
    assert_int_equal(addresses[0], 0x0a000007);
    assert_int_equal(addresses[1], 0x0a00000a);
    answer = parse(pool, "{\"leases\": []}");
    assert_true(pk_kea_leased_addresses(pool, &answer, &addresses, &count));
    assert_int_equal(count, 0);
    static const char *const strange[] = {
        "{}",
        "[]",
        "null",
        "{\"leases\": [null]}",
        "{\"leases\": [{\"state\": 0}]}",
        "{\"leases\": [{\"ip-address\": \"10.0.0.7\"}]}",
        "{\"leases\": [{\"ip-address\": \"10.0.0\", \"state\": 0}]}",
        "{\"leases\": [{\"ip-address\": \"10.0.0.7\", \"state\": \"0\"}]}",
    };
    for (size_t i = 0; i < COUNT_OF(strange); i++) {
        answer = parse(pool, strange[i]);
        assert_false(pk_kea_leased_addresses(pool, &answer, &addresses, &count));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_age_is_read_or_the_answer_is_none),
        cmocka_unit_test(a_server_that_was_started_or_configured_between_two_looks_has_changed),
        cmocka_unit_test(a_sequence_is_answered_again_only_when_nothing_can_have_changed),
        cmocka_unit_test(a_peering_has_its_own_state_and_numbers),
        cmocka_unit_test(every_state_of_kea_means_something_to_the_guards),
        cmocka_unit_test(
            a_server_that_calls_itself_normal_and_heard_nothing_for_long_is_out_of_touch),
        cmocka_unit_test(a_peering_that_the_server_does_not_run_is_disturbed),
        cmocka_unit_test(leases_are_counted_by_subnet_id_and_unknown_otherwise),
        cmocka_unit_test(leased_addresses_are_those_in_use_and_a_strange_answer_is_none_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
