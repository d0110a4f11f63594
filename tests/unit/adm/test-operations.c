/* What is promised about operations: the intent first, one end, everything read back. */
#include "store.h"

#include <string.h>

#include "adm/operations.h"

static const struct pk_sha256 hash_a = {{0xaa}}, hash_b = {{0xbb}}, hash_c = {{0xcc}};

/* An operation over three scopes. */
static int64_t
begin(struct store *store, const char *relationship)
{
    struct pk_sub_task tasks[] = {
        {.subnet = prefix("10.20.0.0/24"),
         .rows = {{.server = NULL}, {"dhcp-b", hash_a, hash_b}},
         .status = PK_SUB_TASK_NOT_STARTED},
        {.subnet = prefix("10.21.0.0/24"),
         .rows = {{"dhcp-a", {{0}}, hash_c}, {"dhcp-b", {{0}}, hash_c}}},
        {.subnet = prefix("10.22.0.0/24"),
         .status = PK_SUB_TASK_NOT_APPLICABLE,
         .reason = "not on dhcp-a"},
    };
    struct pk_operation operation = {
        .kind = PK_OPERATION_REPLICATE_SERVER,
        .relationship = relationship,
        .source = "dhcp-a",
        .partner = "dhcp-b",
        .revision = "3f2c1ab",
        .actor = "ann",
        .digest = "d16e57",
        .started = {1000},
        .sub_tasks = tasks,
        .sub_task_count = 3,
    };
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    int64_t id = pk_operation_begin(&txn, &operation);
    must_end(&txn);
    assert_true(id > 0);
    return id;
}

static enum pk_code
try_end_task(struct store *store, int64_t id, size_t index, enum pk_sub_task_status status,
             int percent, struct pk_error *err)
{
    struct pk_sub_task task = {.status = status};
    if (status == PK_SUB_TASK_COMPLETED_WITH_ERROR) {
        pk_fault_set(&task.fault, PK_FAULT_FAILED_TO_REPLICATE_SERVER,
                     PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE, "dhcp-b said no");
    }
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_sub_task_end(&txn, id, index, &task, percent);
    return pk_txn_end(&txn, err);
}

static void
end_task(struct store *store, int64_t id, size_t index, enum pk_sub_task_status status, int percent)
{
    struct pk_error err = {0};
    must(try_end_task(store, id, index, status, percent, &err), &err);
}

static enum pk_code
try_end(struct store *store, int64_t id, const struct pk_fault *fault, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_operation_end(&txn, id, fault, (struct pk_wall){5000});
    return pk_txn_end(&txn, err);
}

static struct pk_operation
only_one(struct store *store, struct pk_pool *pool)
{
    struct pk_operation *at = NULL;
    size_t count = 0;
    struct pk_error err = {0};
    must(pk_operations_load(store->db, pool, NULL, 10, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    return at[0];
}

static size_t
unfinished(struct store *store, struct pk_pool *pool)
{
    struct pk_operation *at = NULL;
    size_t count = 0;
    struct pk_error err = {0};
    must(pk_operations_unfinished(store->db, pool, &at, &count, &err), &err);
    return count;
}

static void
the_intent_is_read_back_whole(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    int64_t id = begin(store, "campus");
    struct pk_operation got = only_one(store, pool);
    assert_int_equal(got.id, id);
    assert_int_equal(got.kind, PK_OPERATION_REPLICATE_SERVER);
    assert_string_equal(got.relationship, "campus");
    assert_string_equal(got.source, "dhcp-a");
    assert_string_equal(got.partner, "dhcp-b");
    assert_string_equal(got.revision, "3f2c1ab");
    assert_string_equal(got.actor, "ann");
    assert_string_equal(got.digest, "d16e57");
    assert_int_equal(got.status, PK_OVERALL_IN_PROGRESS);
    assert_int_equal(got.percent, 0);
    assert_int_equal(got.started.ms, 1000);
    assert_int_equal(got.ended.ms, 0);
    assert_int_equal(got.sub_task_count, 3);

    const struct pk_sub_task *task = &got.sub_tasks[0];
    assert_int_equal(pk_prefix_compare(task->subnet, prefix("10.20.0.0/24")), 0);
    assert_null(task->rows[PK_SERVER_1].server);
    assert_string_equal(task->rows[PK_SERVER_2].server, "dhcp-b");
    assert_true(pk_sha256_equal(&task->rows[PK_SERVER_2].before, &hash_a));
    assert_true(pk_sha256_equal(&task->rows[PK_SERVER_2].wanted, &hash_b));
    assert_true(pk_sha256_is_zero(&got.sub_tasks[1].rows[PK_SERVER_1].before));
    assert_true(pk_sha256_equal(&got.sub_tasks[1].rows[PK_SERVER_1].wanted, &hash_c));
    assert_int_equal(got.sub_tasks[2].status, PK_SUB_TASK_NOT_APPLICABLE);
    assert_string_equal(got.sub_tasks[2].reason, "not on dhcp-a");
    assert_int_equal(unfinished(store, pool), 1);
}

static void
only_the_end_reaches_one_hundred_percent(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    int64_t id = begin(store, "campus");
    end_task(store, id, 0, PK_SUB_TASK_COMPLETED_WITH_SUCCESS, 50);
    assert_int_equal(only_one(store, pool).percent, 50);
    end_task(store, id, 1, PK_SUB_TASK_COMPLETED_WITH_SUCCESS, 100);
    struct pk_operation got = only_one(store, pool);
    assert_int_equal(got.percent, 99);
    assert_int_equal(got.status, PK_OVERALL_IN_PROGRESS);
    must(try_end(store, id, NULL, &err), &err);
    got = only_one(store, pool);
    assert_int_equal(got.percent, 100);
    assert_int_equal(got.status, PK_OVERALL_COMPLETED_WITH_SUCCESS);
    assert_int_equal(got.ended.ms, 5000);
    assert_int_equal(unfinished(store, pool), 0);
}

static void
one_failed_sub_task_fails_the_operation_with_its_cause_inside(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    int64_t id = begin(store, "campus");
    end_task(store, id, 0, PK_SUB_TASK_COMPLETED_WITH_SUCCESS, 30);
    end_task(store, id, 1, PK_SUB_TASK_COMPLETED_WITH_ERROR, 60);
    must(try_end(store, id, NULL, &err), &err);
    struct pk_operation got = only_one(store, pool);
    assert_int_equal(got.status, PK_OVERALL_COMPLETED_WITH_FAILURE);
    assert_int_equal(got.fault.outer, PK_FAULT_FAILED_TO_REPLICATE_SERVER);
    assert_int_equal(got.fault.inner, PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE);
    assert_string_equal(got.fault.message, "dhcp-b said no");
    assert_string_equal(got.sub_tasks[1].fault.message, "dhcp-b said no");
}

static void
a_sub_task_that_was_not_reached_is_not_run_and_a_failure(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    int64_t id = begin(store, "campus");
    end_task(store, id, 0, PK_SUB_TASK_COMPLETED_WITH_SUCCESS, 30);
    must(try_end(store, id, NULL, &err), &err);
    struct pk_operation got = only_one(store, pool);
    assert_int_equal(got.sub_tasks[1].status, PK_SUB_TASK_NOT_RUN);
    assert_int_equal(got.sub_tasks[2].status, PK_SUB_TASK_NOT_APPLICABLE);
    assert_int_equal(got.status, PK_OVERALL_COMPLETED_WITH_FAILURE);
}

static void
nothing_to_do_is_success(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_operation empty = {.kind = PK_OPERATION_REPLICATE_SERVER, .relationship = "campus"};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    int64_t id = pk_operation_begin(&txn, &empty);
    must_end(&txn);
    must(try_end(store, id, NULL, &err), &err);
    assert_int_equal(only_one(store, pool).status, PK_OVERALL_COMPLETED_WITH_SUCCESS);
}

static void
a_fault_of_the_whole_is_a_failure_whatever_the_sub_tasks_say(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_fault fault = {0};
    pk_fault_set(&fault, PK_FAULT_FAILED_TO_REPLICATE_SERVER, PK_FAULT_SERVER_NOT_FOUND_IN_DB,
                 "dhcp-b is gone");
    int64_t id = begin(store, "campus");
    end_task(store, id, 0, PK_SUB_TASK_COMPLETED_WITH_SUCCESS, 30);
    end_task(store, id, 1, PK_SUB_TASK_COMPLETED_WITH_SUCCESS, 60);
    must(try_end(store, id, &fault, &err), &err);
    struct pk_operation got = only_one(store, pool);
    assert_int_equal(got.status, PK_OVERALL_COMPLETED_WITH_FAILURE);
    assert_int_equal(got.fault.inner, PK_FAULT_SERVER_NOT_FOUND_IN_DB);
}

static void
an_operation_ends_once_and_nothing_follows(void **state)
{
    struct store *store = *state;
    struct pk_error err = {0};
    int64_t id = begin(store, "campus");
    must(try_end(store, id, NULL, &err), &err);
    assert_int_equal(try_end(store, id, NULL, &err), PK_EINVAL);
    assert_non_null(strstr(err.message, "operation 1 has already ended"));
    assert_int_equal(try_end_task(store, id, 0, PK_SUB_TASK_COMPLETED_WITH_SUCCESS, 10, &err),
                     PK_EINVAL);
    assert_int_equal(try_end(store, id + 1, NULL, &err), PK_EINVAL);
    assert_non_null(strstr(err.message, "operation 2 was never begun"));
}

static void
operations_come_newest_first_by_relationship(void **state)
{
    PK_SCRATCH(pool);
    struct store *store = *state;
    struct pk_error err = {0};
    struct pk_operation *at = NULL;
    size_t count = 0;
    int64_t one = begin(store, "campus");
    begin(store, "annex");
    int64_t three = begin(store, "campus");
    must(pk_operations_load(store->db, pool, "campus", 5, &at, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_int_equal(at[0].id, three);
    assert_int_equal(at[1].id, one);
    must(pk_operations_load(store->db, pool, NULL, 1, &at, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(at[0].id, three);
}

static void
names_are_the_plans(void **state)
{
    (void)state;
    assert_string_equal(pk_operation_name(PK_OPERATION_REPLACE_SCOPE), "replace-scope");
    assert_int_equal(pk_operation_fault(PK_OPERATION_REPLICATE_SCOPE),
                     PK_FAULT_FAILED_TO_REPLICATE_SCOPES);
    assert_string_equal(pk_overall_status_name(PK_OVERALL_COMPLETED_WITH_FAILURE),
                        "completed-with-failure");
    assert_string_equal(pk_sub_task_status_name(PK_SUB_TASK_NOT_APPLICABLE), "not-applicable");
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, store_open, store_remove)
    const struct CMUnitTest tests[] = {
        TEST(the_intent_is_read_back_whole),
        TEST(only_the_end_reaches_one_hundred_percent),
        TEST(one_failed_sub_task_fails_the_operation_with_its_cause_inside),
        TEST(a_sub_task_that_was_not_reached_is_not_run_and_a_failure),
        TEST(nothing_to_do_is_success),
        TEST(a_fault_of_the_whole_is_a_failure_whatever_the_sub_tasks_say),
        TEST(an_operation_ends_once_and_nothing_follows),
        TEST(operations_come_newest_first_by_relationship),
        cmocka_unit_test(names_are_the_plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
