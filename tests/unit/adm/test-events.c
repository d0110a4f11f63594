/* What is promised about events: appended, counted, chained. */
#include "store.h"

#include <string.h>

#include "adm/events.h"

static const struct pk_event unknown = {
    .time = {1000},
    .reason = PK_REASON_SERVER_UNKNOWN,
    .relationship = "campus",
    .server = "dhcp-b",
    .message = "no answer within 10 s",
};

static void
add(struct store *store, struct pk_event event)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_event_add(&txn, &event);
    must_end(&txn);
}

static struct pk_event *
load(struct store *store, struct pk_pool *pool, size_t *count)
{
    struct pk_event *events = NULL;
    struct pk_error err = {0};
    must(pk_events_load(store->db, pool, 0, (struct pk_wall){0}, 0, &events, count, &err), &err);
    return events;
}

static enum pk_code
verify(struct store *store, struct pk_error *err)
{
    int64_t count = 0;
    return pk_events_verify(store->db, &count, err);
}

/* Five transitions of a scope each. */
static void
add_five(struct store *store)
{
    static const char *const subnets[] = {"10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24",
                                          "10.0.4.0/24", "10.0.5.0/24"};
    for (int i = 0; i < 5; i++) {
        add(store, (struct pk_event){.time = {i},
                                     .reason = PK_REASON_SCOPE_UPDATED,
                                     .subnet = subnets[i],
                                     .attributes = "{\"fields\":1}"});
    }
}

static void
an_event_is_read_back_whole(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_event whole = {
        .time = {1234},
        .reason = PK_REASON_SCOPE_REPLICATED,
        .relationship = "campus",
        .subnet = "10.20.0.0/24",
        .server = "dhcp-b",
        .operation = 7,
        .revision = "3f2c1ab",
        .actor = "ann",
        .message = "made equal",
        .attributes = "{\"fields\":[\"routers\"]}",
    };
    add(store, whole);
    size_t count = 0;
    struct pk_event *events = load(store, pool, &count);
    assert_int_equal(count, 1);
    assert_int_equal(events[0].seq, 1);
    assert_int_equal(events[0].time.ms, 1234);
    assert_int_equal(events[0].reason, PK_REASON_SCOPE_REPLICATED);
    assert_string_equal(events[0].relationship, whole.relationship);
    assert_string_equal(events[0].subnet, whole.subnet);
    assert_string_equal(events[0].server, whole.server);
    assert_int_equal(events[0].operation, 7);
    assert_string_equal(events[0].revision, whole.revision);
    assert_string_equal(events[0].actor, whole.actor);
    assert_string_equal(events[0].message, whole.message);
    assert_string_equal(events[0].attributes, whole.attributes);
    assert_int_equal(events[0].count, 1);
}

static void
every_reason_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (enum pk_reason one = 0; one < PK_REASON_COUNT; one++) {
        assert_non_null(pk_reason_name(one));
        for (enum pk_reason other = 0; other < one; other++) {
            assert_string_not_equal(pk_reason_name(one), pk_reason_name(other));
        }
    }
}

static void
a_state_that_stays_is_counted_not_appended(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_event later = unknown, other = unknown;
    later.time.ms = 2000;
    other.server = "dhcp-a";
    add(store, unknown);
    add(store, other);
    add(store, later);
    add(store, later);
    size_t count = 0;
    struct pk_event *events = load(store, pool, &count);
    assert_int_equal(count, 2);
    assert_int_equal(events[0].count, 3);
    assert_int_equal(events[1].count, 1);
    struct pk_error err = {0};
    must(verify(store, &err), &err);
}

static void
a_state_with_another_message_is_news(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_event other = unknown;
    other.message = "refused";
    add(store, unknown);
    add(store, other);
    add(store, unknown);
    size_t count = 0;
    load(store, pool, &count);
    assert_int_equal(count, 3);
}

static void
a_transition_is_always_appended_and_makes_the_state_news_again(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_event known = unknown;
    known.reason = PK_REASON_SERVER_KNOWN_AGAIN;
    add(store, unknown);
    add(store, known);
    add(store, known);
    add(store, unknown);
    size_t count = 0;
    struct pk_event *events = load(store, pool, &count);
    assert_int_equal(count, 4);
    assert_int_equal(events[3].reason, PK_REASON_SERVER_UNKNOWN);
}

static void
events_are_found_by_number_time_and_limit(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_event *events = NULL;
    size_t count = 0;
    add_five(store);
    must(pk_events_load(store->db, pool, 2, (struct pk_wall){0}, 2, &events, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_int_equal(events[0].seq, 3);
    must(pk_events_load(store->db, pool, 0, (struct pk_wall){4}, 0, &events, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(events[0].seq, 5);
}

static void
an_untouched_chain_is_good(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    int64_t count = -1;
    must(pk_events_verify(store->db, &count, &err), &err);
    assert_int_equal(count, 0);
    add_five(store);
    must(pk_events_verify(store->db, &count, &err), &err);
    assert_int_equal(count, 5);
}

static void
a_touched_chain_names_the_place(void **state)
{
    static const struct {
        const char *sql, *message;
    } cases[] = {
        {"UPDATE events SET message = 'x' WHERE seq = 3", "event 3 was changed"},
        {"UPDATE events SET time_ms = time_ms + 1 WHERE seq = 2", "event 2 was changed"},
        {"UPDATE events SET reason = 'Other' WHERE seq = 4", "event 4 was changed"},
        {"UPDATE events SET attributes = NULL WHERE seq = 1", "event 1 was changed"},
        {"UPDATE events SET operation_id = 9 WHERE seq = 5", "event 5 was changed"},
        {"UPDATE events SET subnet = NULL, server = subnet WHERE seq = 5", "event 5 was changed"},
        {"DELETE FROM events WHERE seq = 1", "event 2 does not follow event 0"},
        {"DELETE FROM events WHERE seq = 3", "event 4 does not follow event 2"},
        {"DELETE FROM events WHERE seq = 5", "the events from 5 to 5 were removed"},
        {"DELETE FROM events", "the events from 1 to 5 were removed"},
        {"DELETE FROM events WHERE seq = 3; UPDATE events SET seq = seq - 1 WHERE seq > 3",
         "event 3 was changed"},
        {"INSERT INTO events(seq, time_ms, reason, hash) SELECT 6, 9, 'ScopeUpdated', hash"
         " FROM events WHERE seq = 5",
         "event 6 was changed"},
        {"INSERT INTO events(seq, time_ms, reason, hash) VALUES(-1, 9, 'ScopeUpdated', x'00')",
         "event -1 does not follow event 0"},
        {"UPDATE event_anchor SET hash = randomblob(32)", "event 1 was changed"},
        {"DELETE FROM event_anchor", "the anchor of the events is gone"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *fresh = NULL;
        store_open(&fresh);
        struct store *store = fresh;
        struct pk_error err = {0};
        add_five(store);
        store_sql(store, cases[i].sql);
        assert_int_equal(verify(store, &err), PK_EINVAL);
        if (strstr(err.message, cases[i].message) == NULL) {
            fail_msg("case %zu: '%s' does not say '%s'", i, err.message, cases[i].message);
        }
        store_remove(&fresh);
    }
    (void)state;
}

static void
what_was_removed_for_its_age_may_be_missing(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    int64_t count = 0;
    add_five(store);
    store_sql(store, "UPDATE event_anchor SET (seq, hash) = (SELECT seq, hash FROM events"
                     " WHERE seq = 2); DELETE FROM events WHERE seq <= 2");
    must(pk_events_verify(store->db, &count, &err), &err);
    assert_int_equal(count, 3);
}

static void
an_event_of_a_failed_transaction_is_not_there(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error lost = {.code = PK_ESYS, .message = "lost"};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_event_add(&txn, &unknown);
    pk_txn_fail(&txn, &lost);
    assert_int_equal(pk_txn_end(&txn, NULL), PK_ESYS);
    add(store, unknown);
    size_t count = 0;
    struct pk_event *events = load(store, pool, &count);
    assert_int_equal(count, 1);
    assert_int_equal(events[0].seq, 1);
    assert_int_equal(events[0].count, 1);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, store_open, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(an_event_is_read_back_whole),
        TEST(every_reason_has_a_name_of_its_own),
        TEST(a_state_that_stays_is_counted_not_appended),
        TEST(a_state_with_another_message_is_news),
        TEST(a_transition_is_always_appended_and_makes_the_state_news_again),
        TEST(events_are_found_by_number_time_and_limit),
        TEST(an_untouched_chain_is_good),
        cmocka_unit_test(a_touched_chain_names_the_place),
        TEST(what_was_removed_for_its_age_may_be_missing),
        TEST(an_event_of_a_failed_transaction_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
