/* Parts: names, order, defaults, hashes and the merge walk; rows and relations found in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/model.h"

#define SCOPE(row)      (&pk_scope_fields.at[PK_SCOPE_##row])
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void
a_part_is_named_by_field_and_key(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(pk_part_name(pool, SCOPE(LEASE_TIME), ""), "lease-time");
    assert_string_equal(pk_part_name(pool, SCOPE(OPTIONS), "routers"), "options.routers");
    assert_string_equal(pk_part_name(pool, SCOPE(OPTIONS), "vendor-4491.1"),
                        "options.vendor-4491.1");
}

static void
names_read_back_as_field_and_key(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum pk_scope_field field;
        const char *key;
    } cases[] = {
        {"lease-time", PK_SCOPE_LEASE_TIME, ""},
        {"ranges", PK_SCOPE_RANGES, ""},
        {"options.routers", PK_SCOPE_OPTIONS, "routers"},
        {"options.vendor-4491.1", PK_SCOPE_OPTIONS, "vendor-4491.1"},
        {"reservations.mac=00:1a:2b:3c:4d:5e", PK_SCOPE_RESERVATIONS, "mac=00:1a:2b:3c:4d:5e"},
        {"kea.allocator", PK_SCOPE_KEA, "allocator"},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct pk_field *field;
        const char *key;
        assert_true(pk_part_parse_name(&pk_scope_fields, cases[i].name, &field, &key));
        assert_ptr_equal(field, &pk_scope_fields.at[cases[i].field]);
        assert_string_equal(key, cases[i].key);
        assert_string_equal(pk_part_name(pool, field, key), cases[i].name);
    }
}

static void
names_without_a_needed_key_or_with_a_needless_one_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",         ".",        "lease",    "lease-time.", "lease-time.x", "options",
        "options.", "optionsx", "option.x", "exclusions",  "LEASE-TIME",   "scope-defaults",
        ".routers", "kea",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct pk_field *field = NULL;
        const char *key = NULL;
        assert_false(pk_part_parse_name(&pk_scope_fields, wrong[i], &field, &key));
        assert_null(field);
        assert_null(key);
    }
}

static void
canonical_parts_are_sorted_and_without_defaults(void **state)
{
    (void)state;
    struct pk_part at[] = {
        {SCOPE(KEA), "allocator", "\"random\""},
        {SCOPE(OPTIONS), "routers", "[\"10.0.0.1\"]"},
        {SCOPE(STATE), "", "\"active\""},
        {SCOPE(NAME), "", "\"\""},
        {SCOPE(OPTIONS), "domain-name", "[\"x\"]"},
        {SCOPE(DESCRIPTION), "", "\"\""},
        {SCOPE(RANGES), "", "[]"},
        {SCOPE(LEASE_TIME), "", "3600"},
        {SCOPE(KEA), "relay", "{}"},
    };
    static const char *const want[] = {"lease-time", "options.domain-name", "options.routers",
                                       "kea.allocator", "kea.relay"};
    struct pk_parts parts = pk_parts_canonical(at, COUNT_OF(at));
    assert_int_equal(parts.count, COUNT_OF(want));
    PK_SCRATCH(pool);
    for (size_t i = 0; i < parts.count; i++) {
        assert_string_equal(pk_part_name(pool, parts.at[i].field, parts.at[i].key), want[i]);
    }
    assert_int_equal(pk_parts_canonical(NULL, 0).count, 0);
}

static void
a_value_is_found_by_field_and_key(void **state)
{
    (void)state;
    struct pk_part at[] = {
        {SCOPE(OPTIONS), "routers", "[\"10.0.0.1\"]"},
        {SCOPE(NAME), "", "\"lab\""},
        {SCOPE(KEA), "allocator", "\"random\""},
    };
    struct pk_parts parts = pk_parts_canonical(at, COUNT_OF(at)), none = {0};
    assert_string_equal(pk_parts_get(&parts, SCOPE(NAME), ""), "\"lab\"");
    assert_string_equal(pk_parts_get(&parts, SCOPE(OPTIONS), "routers"), "[\"10.0.0.1\"]");
    assert_null(pk_parts_get(&parts, SCOPE(OPTIONS), "domain-name"));
    assert_null(pk_parts_get(&parts, SCOPE(OPTIONS), ""));
    assert_null(pk_parts_get(&none, SCOPE(NAME), ""));
}

static struct pk_sha256
hash_of(const struct pk_part *at, size_t count)
{
    struct pk_parts parts = {.at = at, .count = count};
    return pk_parts_hash(&parts);
}

static void
the_same_parts_in_any_order_and_place_have_the_same_hash(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_part a[] = {{SCOPE(NAME), "", "\"lab\""}, {SCOPE(LEASE_TIME), "", "60"}};
    struct pk_part b[] = {{SCOPE(LEASE_TIME), "", pk_strdup(pool, "60")},
                          {SCOPE(STATE), "", "\"active\""},
                          {SCOPE(NAME), "", pk_strdup(pool, "\"lab\"")}};
    struct pk_parts sorted_a = pk_parts_canonical(a, 2), sorted_b = pk_parts_canonical(b, 3);
    struct pk_sha256 hash_a = pk_parts_hash(&sorted_a), hash_b = pk_parts_hash(&sorted_b);
    assert_true(pk_sha256_equal(&hash_a, &hash_b));
}

static void
any_difference_changes_the_hash(void **state)
{
    (void)state;
    const struct pk_part rows[][2] = {
        {{SCOPE(OPTIONS), "a", "1"}, {SCOPE(OPTIONS), "b", "2"}},
        {{SCOPE(OPTIONS), "a", "1"}, {SCOPE(OPTIONS), "b", "3"}},
        {{SCOPE(OPTIONS), "a", "1"}, {SCOPE(OPTIONS), "c", "2"}},
        {{SCOPE(OPTIONS), "a", "1"}, {SCOPE(KEA), "b", "2"}},
        {{SCOPE(OPTIONS), "a", "12"}, {SCOPE(OPTIONS), "b", ""}},
        {{SCOPE(OPTIONS), "", "a1"}, {SCOPE(OPTIONS), "b", "2"}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_sha256 one = hash_of(rows[i], 1), both = hash_of(rows[i], 2);
        assert_false(pk_sha256_equal(&one, &both));
        for (size_t j = 0; j < i; j++) {
            struct pk_sha256 other = hash_of(rows[j], 2);
            assert_false(pk_sha256_equal(&both, &other));
        }
    }
    struct pk_sha256 empty = hash_of(NULL, 0);
    assert_false(pk_sha256_is_zero(&empty));
}

static void
what_we_keep_ourselves_is_not_hashed(void **state)
{
    (void)state;
    const struct pk_field kept = {.name = "sync-status", .flags = PK_FIELD_KEPT_BY_US};
    const struct pk_part with[] = {{SCOPE(NAME), "", "\"lab\""}, {&kept, "", "\"in-sync\""}};
    struct pk_sha256 a = hash_of(with, 2), b = hash_of(with, 1);
    assert_true(pk_sha256_equal(&a, &b));
}

static void
a_walk_pairs_what_stands_in_either_list(void **state)
{
    (void)state;
    const struct pk_part left[] = {
        {SCOPE(NAME), "", "\"x\""}, {SCOPE(OPTIONS), "routers", "1"}, {SCOPE(KEA), "z", "9"}};
    const struct pk_part right[] = {{SCOPE(OPTIONS), "domain-name", "2"},
                                    {SCOPE(OPTIONS), "routers", "1"}};
    static const struct {
        const char *name, *a, *b;
    } want[] = {
        {"name", "\"x\"", NULL},
        {"options.domain-name", NULL, "2"},
        {"options.routers", "1", "1"},
        {"kea.z", "9", NULL},
    };
    struct pk_parts a = {left, COUNT_OF(left)}, b = {right, COUNT_OF(right)};
    struct pk_parts_walk walk = {.a = &a, .b = &b};
    struct pk_part_pair pair;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        assert_true(pk_parts_step(&walk, &pair));
        assert_string_equal(pk_part_name(pool, pair.field, pair.key), want[i].name);
        assert_int_equal(pair.a == NULL, want[i].a == NULL);
        assert_int_equal(pair.b == NULL, want[i].b == NULL);
        assert_string_equal(pair.a != NULL ? pair.a : "", want[i].a != NULL ? want[i].a : "");
        assert_string_equal(pair.b != NULL ? pair.b : "", want[i].b != NULL ? want[i].b : "");
    }
    assert_false(pk_parts_step(&walk, &pair));
    assert_false(pk_parts_step(&walk, &pair));
}

static void
rows_are_found_by_their_subnet(void **state)
{
    (void)state;
    const struct pk_row at[] = {
        {.subnet = {0x0a000000, 8}},
        {.subnet = {0x0a000000, 24}},
        {.subnet = {0x0a000100, 24}},
    };
    const struct pk_rows rows = {at, COUNT_OF(at)}, none = {0};
    for (size_t i = 0; i < COUNT_OF(at); i++) {
        assert_ptr_equal(pk_rows_find(&rows, at[i].subnet), &at[i]);
    }
    assert_null(pk_rows_find(&rows, (struct pk_prefix){0x0a000000, 16}));
    assert_null(pk_rows_find(&none, at[0].subnet));
}

static void
relations_are_found_by_their_name(void **state)
{
    (void)state;
    const struct pk_relation at[] = {{.name = "branch"}, {.name = "campus"}};
    const struct pk_relations relations = {at, COUNT_OF(at)}, none = {0};
    assert_ptr_equal(pk_relations_find(&relations, "branch"), &at[0]);
    assert_ptr_equal(pk_relations_find(&relations, "campus"), &at[1]);
    assert_null(pk_relations_find(&relations, "camp"));
    assert_null(pk_relations_find(&none, "campus"));
}

static void
states_have_the_words_of_the_contract(void **state)
{
    (void)state;
    assert_string_equal(pk_sync_status_name(PK_SYNC_UNKNOWN), "unknown");
    assert_string_equal(pk_sync_status_name(PK_SYNC_IN_SYNC), "in-sync");
    assert_string_equal(pk_sync_status_name(PK_SYNC_OUT_OF_SYNC), "out-of-sync");
    assert_string_equal(pk_pair_state_name(PK_PAIR_NORMAL), "normal");
    assert_string_equal(pk_pair_state_name(PK_PAIR_PARTNER_DOWN), "partner-down");
    assert_string_equal(pk_pair_state_name(PK_PAIR_TERMINATED), "terminated");
    assert_string_equal(pk_pair_state_name(PK_PAIR_OUT_OF_TOUCH), "out-of-touch");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_named_by_field_and_key),
        cmocka_unit_test(names_read_back_as_field_and_key),
        cmocka_unit_test(names_without_a_needed_key_or_with_a_needless_one_are_refused),
        cmocka_unit_test(canonical_parts_are_sorted_and_without_defaults),
        cmocka_unit_test(a_value_is_found_by_field_and_key),
        cmocka_unit_test(the_same_parts_in_any_order_and_place_have_the_same_hash),
        cmocka_unit_test(any_difference_changes_the_hash),
        cmocka_unit_test(what_we_keep_ourselves_is_not_hashed),
        cmocka_unit_test(a_walk_pairs_what_stands_in_either_list),
        cmocka_unit_test(rows_are_found_by_their_subnet),
        cmocka_unit_test(relations_are_found_by_their_name),
        cmocka_unit_test(states_have_the_words_of_the_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
