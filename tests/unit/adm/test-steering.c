/* What is promised about what the agent remembers of its own work. */
#include "store.h"

#include "adm/steering.h"

static const struct pk_wall morning = {1000}, noon = {2000}, evening = {3000};

static struct pk_condition *
conditions(struct store *store, struct pk_pool *pool, size_t *count)
{
    struct pk_condition *at = NULL;
    struct pk_error err = {0};
    must(pk_conditions_load(store->db, pool, "campus", &at, count, &err), &err);
    return at;
}

static void
set(struct store *store, struct pk_condition condition, struct pk_wall now)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_condition_set(&txn, "campus", &condition, now);
    must_end(&txn);
}

static void
since_moves_only_with_the_status(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    size_t count = 0;
    struct pk_condition drifted = {.type = PK_CONDITION_DRIFTED,
                                   .status = PK_TRUE,
                                   .reason = PK_CONDITION_DRIFT,
                                   .message = "3 scopes differ"};
    set(store, drifted, morning);
    drifted.message = "4 scopes differ";
    set(store, drifted, noon);
    struct pk_condition *at = conditions(store, pool, &count);
    assert_int_equal(count, 1);
    assert_int_equal(at[0].since.ms, morning.ms);
    assert_string_equal(at[0].message, "4 scopes differ");
    assert_int_equal(at[0].reason, PK_CONDITION_DRIFT);

    drifted.status = PK_FALSE;
    set(store, drifted, evening);
    at = conditions(store, pool, &count);
    assert_int_equal(at[0].since.ms, evening.ms);
    assert_int_equal(at[0].status, PK_FALSE);
}

static void
an_equal_condition_is_not_written(void **state)
{
    struct store *store = *state;
    struct pk_condition ready = {.status = PK_TRUE, .message = "in step"};
    set(store, ready, morning);
    int64_t changes = pk_db_changes(store->db);
    set(store, ready, evening);
    assert_int_equal(pk_db_changes(store->db), changes);
}

static void
conditions_come_in_the_order_of_their_types(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    for (enum pk_condition_type type = PK_CONDITION_TYPE_COUNT; type-- > 0;) {
        set(store, (struct pk_condition){.type = type, .status = PK_UNKNOWN}, morning);
    }
    size_t count = 0;
    struct pk_condition *at = conditions(store, pool, &count);
    assert_int_equal(count, PK_CONDITION_TYPE_COUNT);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(at[i].type, i);
        assert_int_equal(at[i].status, PK_UNKNOWN);
        assert_string_equal(at[i].message, "");
    }
}

static void
every_condition_reason_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (enum pk_condition_reason one = 0; one < PK_CONDITION_REASON_COUNT; one++) {
        assert_non_null(pk_condition_reason_name(one));
        for (enum pk_condition_reason other = 0; other < one; other++) {
            assert_string_not_equal(pk_condition_reason_name(one), pk_condition_reason_name(other));
        }
    }
    assert_string_equal(pk_condition_type_name(PK_CONDITION_PARTNERS_IN_SYNC), "PartnersInSync");
    assert_string_equal(pk_truth_name(PK_UNKNOWN), "Unknown");
}

static void
hold(struct store *store, struct pk_held_plan held)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_held_put(&txn, &held);
    must_end(&txn);
}

static void
a_held_plan_is_kept_since_it_was_first_held(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_held_plan held = {"campus", "d1", "p1", "deletes", "deletes, updates", "{}", morning};
    hold(store, held);
    int64_t changes = pk_db_changes(store->db);
    held.since = noon;
    hold(store, held);
    assert_int_equal(pk_db_changes(store->db), changes);
    struct pk_held_plan *at = NULL;
    size_t count = 0;
    must(pk_held_load(store->db, pool, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(at[0].relationship, "campus");
    assert_string_equal(at[0].digest, "d1");
    assert_string_equal(at[0].plan_digest, "p1");
    assert_string_equal(at[0].guard, "deletes");
    assert_string_equal(at[0].reason, "deletes, updates");
    assert_string_equal(at[0].plan, "{}");
    assert_int_equal(at[0].since.ms, morning.ms);

    held.digest = "d2"; /* another plan */
    hold(store, held);
    must(pk_held_load(store->db, pool, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(at[0].since.ms, noon.ms);

    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_held_delete(&txn, "campus");
    must_end(&txn);
    must(pk_held_load(store->db, pool, &at, &count, &err), &err);
    assert_int_equal(count, 0);
}

static void
an_approval_holds_until_its_time_or_its_use(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_approval *at = NULL;
    size_t count = 0;
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_approval_put(&txn, &(struct pk_approval){"d1", "ann", "planned", morning, noon});
    pk_approval_put(&txn, &(struct pk_approval){"d2", "bob", "agreed", morning, evening});
    pk_approval_put(&txn, &(struct pk_approval){"d2", "ann", "agreed too", noon, evening});
    must_end(&txn);
    must(pk_approvals_load(store->db, pool, morning, &at, &count, &err), &err);
    assert_int_equal(count, 2);
    must(pk_approvals_load(store->db, pool, noon, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(at[0].digest, "d2");
    assert_string_equal(at[0].actor, "ann");
    assert_string_equal(at[0].reason, "agreed too");
    assert_int_equal(at[0].given.ms, noon.ms);
    assert_int_equal(at[0].until.ms, evening.ms);
    pk_txn_begin(store->db, &txn);
    pk_approval_delete(&txn, "d2");
    must_end(&txn);
    must(pk_approvals_load(store->db, pool, noon, &at, &count, &err), &err);
    assert_int_equal(count, 0);
}

static void
a_suspension_ends_by_time_or_by_hand(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_suspension *at = NULL;
    size_t count = 0;
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_suspension_put(&txn, &(struct pk_suspension){"campus", "ann", "move", morning, {0}});
    pk_suspension_put(&txn, &(struct pk_suspension){"annex", "bob", "test", morning, noon});
    must_end(&txn);
    must(pk_suspensions_load(store->db, pool, morning, &at, &count, &err), &err);
    assert_int_equal(count, 2);
    must(pk_suspensions_load(store->db, pool, noon, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(at[0].relationship, "campus");
    assert_string_equal(at[0].actor, "ann");
    assert_string_equal(at[0].reason, "move");
    pk_txn_begin(store->db, &txn);
    pk_suspension_delete(&txn, "campus");
    must_end(&txn);
    must(pk_suspensions_load(store->db, pool, noon, &at, &count, &err), &err);
    assert_int_equal(count, 0);
}

static void
a_retry_is_kept_across_restarts(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_retry *at = NULL;
    size_t count = 0;
    struct pk_retry retry = {"campus", "w1", 3, evening, noon, true};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_retry_put(&txn, &retry);
    must_end(&txn);
    pk_db_release(&store->db);
    must(pk_db_open(store->path, PK_DB_WRITE, false, &store->db, &err), &err);

    must(pk_retries_load(store->db, pool, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(at[0].want_digest, "w1");
    assert_int_equal(at[0].attempts, 3);
    assert_int_equal(at[0].next.ms, evening.ms);
    assert_int_equal(at[0].quiet_since.ms, noon.ms);
    assert_true(at[0].stalled);
    int64_t changes = pk_db_changes(store->db);
    pk_txn_begin(store->db, &txn);
    pk_retry_put(&txn, &retry);
    must_end(&txn);
    assert_int_equal(pk_db_changes(store->db), changes);
    pk_txn_begin(store->db, &txn);
    pk_retry_delete(&txn, "campus");
    must_end(&txn);
    must(pk_retries_load(store->db, pool, &at, &count, &err), &err);
    assert_int_equal(count, 0);
}

static void
heals_are_found_since_a_time_and_forgotten(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_heal *at = NULL;
    size_t count = 0;
    struct pk_heal heal = {.relationship = "campus",
                           .server = "dhcp-b",
                           .part = "options.routers",
                           .subnet = prefix("10.20.0.0/24"),
                           .had = "[\"10.20.0.254\"]",
                           .time = morning};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_heal_add(&txn, &heal);
    heal.time = evening;
    pk_heal_add(&txn, &heal);
    heal.relationship = "annex";
    pk_heal_add(&txn, &heal);
    must_end(&txn);
    must(pk_heals_load(store->db, pool, "campus", noon, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(at[0].server, "dhcp-b");
    assert_string_equal(at[0].part, "options.routers");
    assert_int_equal(pk_prefix_compare(at[0].subnet, heal.subnet), 0);
    assert_string_equal(at[0].had, "[\"10.20.0.254\"]");
    assert_null(at[0].healed);

    pk_txn_begin(store->db, &txn);
    pk_heals_forget(&txn, NULL, noon);
    must_end(&txn);
    must(pk_heals_load(store->db, pool, "campus", (struct pk_wall){0}, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    pk_txn_begin(store->db, &txn);
    pk_heals_forget(&txn, "campus", noon);
    must_end(&txn);
    must(pk_heals_load(store->db, pool, "campus", (struct pk_wall){0}, &at, &count, &err), &err);
    assert_int_equal(count, 0);
    must(pk_heals_load(store->db, pool, "annex", (struct pk_wall){0}, &at, &count, &err), &err);
    assert_int_equal(count, 1);
}

static void
revisions_are_kept_by_kind(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    const char *commit = "";
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_revision_set(&txn, "", PK_REVISION_ATTEMPTED, "bad", morning);
    pk_revision_set(&txn, "", PK_REVISION_APPLIED, "good", morning);
    must_end(&txn);
    int64_t changes = pk_db_changes(store->db);
    pk_txn_begin(store->db, &txn);
    pk_revision_set(&txn, "", PK_REVISION_APPLIED, "good", evening);
    must_end(&txn);
    assert_int_equal(pk_db_changes(store->db), changes);
    must(pk_revision_get(store->db, pool, "", PK_REVISION_ATTEMPTED, &commit, &err), &err);
    assert_string_equal(commit, "bad");
    must(pk_revision_get(store->db, pool, "", PK_REVISION_APPLIED, &commit, &err), &err);
    assert_string_equal(commit, "good");
    must(pk_revision_get(store->db, pool, "", PK_REVISION_VERIFIED, &commit, &err), &err);
    assert_null(commit);
}

static void
see(struct store *store, struct pk_sighting sighting)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_sighting_put(&txn, &sighting);
    must_end(&txn);
}

static void
a_server_seen_again_the_same_way_is_not_written(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_sighting *at = NULL;
    size_t count = 0;
    see(store, (struct pk_sighting){"dhcp-a", true, morning, NULL});
    int64_t changes = pk_db_changes(store->db);
    const struct pk_wall still_fresh = {morning.ms + PK_SIGHTING_FRESH_MS - 1};
    see(store, (struct pk_sighting){"dhcp-a", true, still_fresh, NULL});
    assert_int_equal(pk_db_changes(store->db), changes);
    const struct pk_wall stale = {morning.ms + PK_SIGHTING_FRESH_MS};
    see(store, (struct pk_sighting){"dhcp-a", true, stale, NULL});
    assert_int_equal(pk_db_changes(store->db), changes + 1);
    changes++;
    see(store, (struct pk_sighting){"dhcp-a", false, noon, "timed out"});
    see(store, (struct pk_sighting){"dhcp-a", false, noon, "refused"});
    assert_int_equal(pk_db_changes(store->db), changes + 2);
    must(pk_sightings_load(store->db, pool, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(at[0].server, "dhcp-a");
    assert_false(at[0].reachable);
    assert_int_equal(at[0].observed_at.ms, noon.ms);
    assert_string_equal(at[0].reason, "refused");
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, store_open, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(since_moves_only_with_the_status),
        TEST(an_equal_condition_is_not_written),
        TEST(conditions_come_in_the_order_of_their_types),
        cmocka_unit_test(every_condition_reason_has_a_name_of_its_own),
        TEST(a_held_plan_is_kept_since_it_was_first_held),
        TEST(an_approval_holds_until_its_time_or_its_use),
        TEST(a_suspension_ends_by_time_or_by_hand),
        TEST(a_retry_is_kept_across_restarts),
        TEST(heals_are_found_since_a_time_and_forgotten),
        TEST(revisions_are_kept_by_kind),
        TEST(a_server_seen_again_the_same_way_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
