/* The field tables are sound, and values read as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/field.h"
#include "base/json.h"
#include "base/number.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct pk_field_table *const tables[] = {
    &pk_scope_fields,
    &pk_relationship_fields,
    &pk_reservation_fields,
    &pk_relationship_kea_keys,
};

/* Calls @p check for every row of every table. */
static void
for_each_row(void (*check)(const struct pk_field_table *table, const struct pk_field *row))
{
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (size_t j = 0; j < tables[i]->count; j++) {
            check(tables[i], &tables[i]->at[j]);
        }
    }
}

static void
check_found_by_name(const struct pk_field_table *table, const struct pk_field *row)
{
    assert_ptr_equal(pk_field_find(table, row->name), row);
    assert_ptr_equal(&table->at[pk_field_index(table, row)], row);
}

static void
every_field_is_found_by_its_name(void **state)
{
    (void)state;
    for_each_row(check_found_by_name);
    assert_null(pk_field_find(&pk_scope_fields, "lease_time"));
    assert_null(pk_field_find(&pk_scope_fields, ""));
}

static void
the_enums_name_the_rows(void **state)
{
    (void)state;
    const struct pk_field *scope = pk_scope_fields.at;
    assert_string_equal(scope[PK_SCOPE_SUBNET].name, "subnet");
    assert_string_equal(scope[PK_SCOPE_LEASE_TIME].name, "lease-time");
    assert_string_equal(scope[PK_SCOPE_KEA].name, "kea");
    const struct pk_field *relationship = pk_relationship_fields.at;
    assert_string_equal(relationship[PK_RELATIONSHIP_MODE].name, "mode");
    assert_string_equal(relationship[PK_RELATIONSHIP_SCOPE_DEFAULTS].name, "scope-defaults");
    assert_string_equal(pk_reservation_fields.at[PK_RESERVATION_IP].name, "ip");
}

static void
check_documented(const struct pk_field_table *table, const struct pk_field *row)
{
    (void)table;
    assert_non_null(row->document);
    size_t length = strlen(row->document);
    assert_true(length > 10 && row->document[length - 1] == '.');
}

static void
every_field_is_explained_in_a_sentence(void **state)
{
    (void)state;
    for_each_row(check_documented);
}

static bool
is_choice(const struct pk_field *row, const char *text)
{
    for (const char *const *choice = row->choices; choice != NULL && *choice != NULL; choice++) {
        if (strcmp(*choice, text) == 0) {
            return true;
        }
    }
    return false;
}

static void
check_default(const struct pk_field_table *table, const struct pk_field *row)
{
    (void)table;
    assert_int_equal(row->kind == PK_KIND_CHOICE, row->choices != NULL);
    if (row->default_value == NULL) {
        return;
    }
    PK_SCRATCH(pool);
    json_auto_t *value = pk_json_parse(row->default_value, NULL);
    assert_non_null(value);
    assert_string_equal(pk_json_text(pool, value), row->default_value);
    if (row->kind == PK_KIND_CHOICE) {
        assert_true(is_choice(row, json_string_value(value)));
    } else if (row->kind == PK_KIND_NUMBER || row->kind == PK_KIND_DURATION) {
        assert_true(json_integer_value(value) >= row->min);
        assert_true(json_integer_value(value) <= row->max);
    }
}

static void
every_default_is_canonical_and_within_the_limits(void **state)
{
    (void)state;
    for_each_row(check_default);
}

static void
check_limits(const struct pk_field_table *table, const struct pk_field *row)
{
    (void)table;
    bool limited = row->kind == PK_KIND_NUMBER || row->kind == PK_KIND_DURATION ||
                   row->kind == PK_KIND_TEXT || row->kind == PK_KIND_NAME ||
                   row->kind == PK_KIND_SERVER_PAIR;
    assert_true(row->min <= row->max);
    assert_int_equal(limited, row->max > 0);
}

static void
every_kind_that_needs_limits_has_them(void **state)
{
    (void)state;
    for_each_row(check_limits);
}

static void
what_a_field_may_do_is_marked(void **state)
{
    (void)state;
    const struct pk_field *scope = pk_scope_fields.at, *pair = pk_relationship_fields.at;
    for (size_t i = 0; i < PK_SCOPE_FIELD_COUNT; i++) {
        assert_int_equal((scope[i].flags & PK_FIELD_KEY) != 0, i == PK_SCOPE_SUBNET);
    }
    static const enum pk_scope_field of_one_scope[] = {
        PK_SCOPE_SUBNET, PK_SCOPE_RELATIONSHIP, PK_SCOPE_ID,           PK_SCOPE_NAME,
        PK_SCOPE_RANGES, PK_SCOPE_EXCLUSIONS,   PK_SCOPE_RESERVATIONS,
    };
    for (size_t i = 0; i < COUNT_OF(of_one_scope); i++) {
        assert_false(scope[of_one_scope[i]].flags & PK_FIELD_INHERITED);
    }
    assert_true(scope[PK_SCOPE_LEASE_TIME].flags & PK_FIELD_INHERITED);
    assert_true(scope[PK_SCOPE_OPTIONS].flags & PK_FIELD_INHERITED);
    assert_true(pair[PK_RELATIONSHIP_SOURCE].flags & PK_FIELD_MEMBERSHIP);
    assert_true(pair[PK_RELATIONSHIP_MODE].flags & PK_FIELD_MEMBERSHIP);
    assert_true(pair[PK_RELATIONSHIP_SERVERS].flags & PK_FIELD_MEMBERSHIP);
    for (size_t i = PK_RELATIONSHIP_HEAL; i < PK_RELATIONSHIP_FIELD_COUNT; i++) {
        assert_true(pair[i].flags & PK_FIELD_POLICY);
    }
}

static void
values_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        enum pk_scope_field field;
        const char *value, *want;
    } cases[] = {
        {PK_SCOPE_LEASE_TIME, NULL, "-"},
        {PK_SCOPE_LEASE_TIME, "28800", "8h"},
        {PK_SCOPE_LEASE_TIME, "4294967295", "unlimited"},
        {PK_SCOPE_ID, "20", "20"},
        {PK_SCOPE_NAME, "\"Library, floor 1\"", "Library, floor 1"},
        {PK_SCOPE_NAME, "\"\"", "\"\""},
        {PK_SCOPE_STATE, "\"inactive\"", "inactive"},
        {PK_SCOPE_RANGES, "[]", "[]"},
        {PK_SCOPE_RANGES, "[\"10.0.0.1-10.0.0.9\",\"10.0.0.20\"]", "10.0.0.1-10.0.0.9, 10.0.0.20"},
        {PK_SCOPE_RANGES, "[{\"kea\":{\"client-classes\":[\"guests\"]},\"range\":\"10.0.0.7\"}]",
         "10.0.0.7 {\"client-classes\":[\"guests\"]}"},
        {PK_SCOPE_OPTIONS, "[\"10.0.0.53\",\"10.0.1.53\"]", "10.0.0.53, 10.0.1.53"},
        {PK_SCOPE_OPTIONS, "[true]", "true"},
        {PK_SCOPE_OPTIONS, "[]", "[]"},
        {PK_SCOPE_OPTIONS, "{\"always-send\":true,\"value\":[\"10.0.0.7\"]}",
         "10.0.0.7 (always-send)"},
        {PK_SCOPE_RESERVATIONS,
         "{\"hostname\":\"printer-1\",\"ip\":\"10.20.0.61\",\"options\":{\"routers\":[\"10.20.0."
         "2\"]}}",
         "ip 10.20.0.61, hostname printer-1, options {\"routers\":[\"10.20.0.2\"]}"},
        {PK_SCOPE_RESERVATIONS, "{}", "{}"},
        {PK_SCOPE_KEA, "\"random\"", "random"},
        {PK_SCOPE_KEA, "[\"a\",1]", "[\"a\",1]"},
        {PK_SCOPE_KEA, "true", "true"},
        {PK_SCOPE_KEA, "not json", "not json"},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct pk_field *field = &pk_scope_fields.at[cases[i].field];
        assert_string_equal(pk_field_display(pool, field, cases[i].value), cases[i].want);
    }
    assert_string_equal(pk_field_display(pool, &pk_relationship_fields.at[PK_RELATIONSHIP_SERVERS],
                                         "[\"dhcp-a\",\"dhcp-b\"]"),
                        "dhcp-a, dhcp-b");
}

static void
no_value_steers_a_terminal(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_field *name = &pk_scope_fields.at[PK_SCOPE_NAME];
    assert_string_equal(pk_field_display(pool, name, "\"\\u001b[2J\\n\x7f\""),
                        "\\x1b[2J\\x0a\\x7f");
    assert_string_equal(pk_field_display(pool, name, "\"\xc2\x9b!\xc3\xa9\""), "\\x9b!\xc3\xa9");
}

static void
a_scope_refuses_kea_keys_that_have_a_field_or_belong_to_one_server(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "id",           "interface",    "subnet",         "pools",
        "option-data",  "reservations", "valid-lifetime", "renew-timer",
        "rebind-timer", "4o6-subnet",   "4o6-interface",  "4o6-interface-id"};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        assert_non_null(pk_scope_kea_refusal(refused[i]));
    }
    static const char *const allowed[] = {"relay", "allocator", "match-client-id", "next-server",
                                          "user-context"};
    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        assert_null(pk_scope_kea_refusal(allowed[i]));
    }
}

static void
a_refusal_names_a_field_that_exists(void **state)
{
    (void)state;
    static const char opening[] = "use the field `";
    for (size_t i = 0; i < pk_scope_kea_refused_count; i++) {
        const char *instead = pk_scope_kea_refused[i].instead;
        if (strncmp(instead, opening, sizeof opening - 1) == 0) {
            PK_SCRATCH(pool);
            const char *name = instead + sizeof opening - 1;
            assert_non_null(
                pk_field_find(&pk_scope_fields, pk_strndup(pool, name, strcspn(name, "`"))));
        }
    }
}

static void
a_relationships_kea_keys_carry_no_address_and_no_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_relationship_kea_keys.count; i++) {
        enum pk_kind kind = pk_relationship_kea_keys.at[i].kind;
        assert_true(kind == PK_KIND_NUMBER || kind == PK_KIND_BOOLEAN);
        assert_null(pk_relationship_kea_keys.at[i].default_value);
    }
    assert_non_null(pk_field_find(&pk_relationship_kea_keys, "heartbeat-delay"));
    assert_null(pk_field_find(&pk_relationship_kea_keys, "peers"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_found_by_its_name),
        cmocka_unit_test(the_enums_name_the_rows),
        cmocka_unit_test(every_field_is_explained_in_a_sentence),
        cmocka_unit_test(every_default_is_canonical_and_within_the_limits),
        cmocka_unit_test(every_kind_that_needs_limits_has_them),
        cmocka_unit_test(what_a_field_may_do_is_marked),
        cmocka_unit_test(values_read_as_people_write_them),
        cmocka_unit_test(no_value_steers_a_terminal),
        cmocka_unit_test(a_scope_refuses_kea_keys_that_have_a_field_or_belong_to_one_server),
        cmocka_unit_test(a_refusal_names_a_field_that_exists),
        cmocka_unit_test(a_relationships_kea_keys_carry_no_address_and_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
