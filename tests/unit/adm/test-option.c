/* The option table is sound; names and values have one canonical text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/option.h"
#include "base/json.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void
every_option_is_found_by_name_and_by_code(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < pk_standard_option_count; i++) {
        const struct pk_option *option = &pk_standard_options[i];
        assert_in_range(option->code, 1, 254);
        assert_true(i == 0 || option[-1].code < option->code);
        assert_ptr_equal(pk_option_by_code(option->code), option);
        assert_ptr_equal(pk_option_find(option->name), option);
        assert_ptr_equal(pk_option_find(pk_sprintf(pool, "%u", option->code)), option);
    }
    assert_null(pk_option_by_code(0));
    assert_null(pk_option_by_code(224));
    assert_null(pk_option_by_code(255));
    assert_null(pk_option_find("Routers"));
    assert_null(pk_option_find("03"));
}

static void
well_known_options_have_their_code_and_type(void **state)
{
    (void)state;
    static const struct pk_option known[] = {
        {"subnet-mask", PK_OPTION_IPV4, 1, false, false},
        {"time-offset", PK_OPTION_INT32, 2, false, false},
        {"routers", PK_OPTION_IPV4, 3, true, false},
        {"domain-name-servers", PK_OPTION_IPV4, 6, true, false},
        {"domain-name", PK_OPTION_FQDN, 15, false, false},
        {"interface-mtu", PK_OPTION_UINT16, 26, false, false},
        {"static-routes", PK_OPTION_IPV4_PAIR, 33, true, false},
        {"ntp-servers", PK_OPTION_IPV4, 42, true, false},
        {"vendor-encapsulated-options", PK_OPTION_BYTES, 43, false, false},
        {"netbios-name-servers", PK_OPTION_IPV4, 44, true, false},
        {"dhcp-lease-time", PK_OPTION_UINT32, 51, false, true},
        {"dhcp-message-type", PK_OPTION_UINT8, 53, false, true},
        {"dhcp-server-identifier", PK_OPTION_IPV4, 54, false, true},
        {"tftp-server-name", PK_OPTION_TEXT, 66, false, false},
        {"boot-file-name", PK_OPTION_TEXT, 67, false, false},
        {"dhcp-agent-options", PK_OPTION_BYTES, 82, false, true},
        {"v6-only-preferred", PK_OPTION_UINT32, 108, false, false},
        {"v4-captive-portal", PK_OPTION_TEXT, 114, false, false},
        {"domain-search", PK_OPTION_FQDN, 119, true, false},
        {"classless-static-route", PK_OPTION_CLASSLESS_ROUTE, 121, true, false},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const struct pk_option *option = pk_option_by_code(known[i].code);
        assert_non_null(option);
        assert_string_equal(option->name, known[i].name);
        assert_int_equal(option->type, known[i].type);
        assert_int_equal(option->array, known[i].array);
        assert_int_equal(option->server_set, known[i].server_set);
    }
}

static void
every_way_to_name_an_option_has_one_canonical_name(void **state)
{
    (void)state;
    static const struct {
        const char *written, *name, *space;
        uint16_t code;
    } cases[] = {
        {"routers", "routers", "dhcp4", 3},
        {"3", "routers", "dhcp4", 3},
        {"dhcp4.3", "routers", "dhcp4", 3},
        {"dhcp4.routers", "routers", "dhcp4", 3},
        {"224", "224", "dhcp4", 224},
        {"dhcp4.224", "224", "dhcp4", 224},
        {"254", "254", "dhcp4", 254},
        {"vendor-4491.1", "vendor-4491.1", "vendor-4491", 1},
        {"vendor-encapsulated-options-space.254", "vendor-encapsulated-options-space.254",
         "vendor-encapsulated-options-space", 254},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *name = pk_option_canonical_name(pool, cases[i].written), *space;
        uint16_t code;
        assert_string_equal(name, cases[i].name);
        assert_string_equal(pk_option_canonical_name(pool, name), name);
        assert_true(pk_option_code(pool, name, &space, &code));
        assert_string_equal(space, cases[i].space);
        assert_int_equal(code, cases[i].code);
    }
}

static void
what_names_no_option_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "router",
        "0",
        "255",
        "256",
        "-3",
        "03",
        "+3",
        "dhcp4.",
        "dhcp4.0",
        ".3",
        "space.",
        "sp ace.1",
        "a.b.1",
        "vendor.01",
        "vendor.255",
        "dhcp4.dhcp4.3",
        "dhcp4.vendor-4491.1",
        "vendor.routers",
        "a/b.1",
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const char *space = NULL;
        uint16_t code;
        assert_null(pk_option_canonical_name(pool, wrong[i]));
        if (strncmp(wrong[i], "dhcp4.", 6) != 0) {
            assert_false(pk_option_code(pool, wrong[i], &space, &code));
            assert_null(space);
        }
    }
}

static void
values_have_one_canonical_text(void **state)
{
    (void)state;
    static const struct {
        enum pk_option_type type;
        const char *text, *want;
    } cases[] = {
        {PK_OPTION_BYTES, "0a1b", "\"0a1b\""},
        {PK_OPTION_BYTES, "0A1B", "\"0a1b\""},
        {PK_OPTION_BYTES, "0x0A1b", "\"0a1b\""},
        {PK_OPTION_BYTES, "0a:1B", "\"0a1b\""},
        {PK_OPTION_BYTES, "a:1b", "\"0a1b\""},
        {PK_OPTION_BYTES, "00", "\"00\""},
        {PK_OPTION_BOOLEAN, "true", "true"},
        {PK_OPTION_BOOLEAN, "false", "false"},
        {PK_OPTION_UINT8, "0", "0"},
        {PK_OPTION_UINT8, "255", "255"},
        {PK_OPTION_UINT16, "65535", "65535"},
        {PK_OPTION_UINT32, "4294967295", "4294967295"},
        {PK_OPTION_INT32, "-2147483648", "-2147483648"},
        {PK_OPTION_INT32, "2147483647", "2147483647"},
        {PK_OPTION_IPV4, "10.0.0.1", "\"10.0.0.1\""},
        {PK_OPTION_IPV4_PAIR, "10.1.0.0 10.0.0.1", "\"10.1.0.0 10.0.0.1\""},
        {PK_OPTION_IPV4_PAIR, "10.1.0.0   10.0.0.1", "\"10.1.0.0 10.0.0.1\""},
        {PK_OPTION_TEXT, "a \"b\" \xc3\xa9", "\"a \\\"b\\\" \xc3\xa9\""},
        {PK_OPTION_FQDN, "example.org", "\"example.org\""},
        {PK_OPTION_FQDN, "Example.ORG.", "\"example.org\""},
        {PK_OPTION_FQDN, "lab", "\"lab\""},
        {PK_OPTION_FQDN, "_ldap._tcp.x-1.example", "\"_ldap._tcp.x-1.example\""},
        {PK_OPTION_CLASSLESS_ROUTE, "10.0.0.0/8 10.0.0.1", "\"10.0.0.0/8 10.0.0.1\""},
        {PK_OPTION_CLASSLESS_ROUTE, "10.0.0.0/8 - 10.0.0.1", "\"10.0.0.0/8 10.0.0.1\""},
        {PK_OPTION_CLASSLESS_ROUTE, "0.0.0.0/0 10.0.0.1", "\"0.0.0.0/0 10.0.0.1\""},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *got = pk_option_value(pool, cases[i].type, cases[i].text, NULL);
        assert_string_equal(got, cases[i].want);
        json_auto_t *value = pk_json_parse(got, NULL);
        assert_string_equal(pk_json_text(pool, value), got);
        const char *again = json_is_string(value) ? json_string_value(value) : got;
        assert_string_equal(pk_option_value(pool, cases[i].type, again, NULL), got);
    }
}

static void
values_of_another_type_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum pk_option_type type;
        const char *text;
    } cases[] = {
        {PK_OPTION_BYTES, ""},
        {PK_OPTION_BYTES, "0x"},
        {PK_OPTION_BYTES, "abc"},
        {PK_OPTION_BYTES, "0g"},
        {PK_OPTION_BYTES, "0a:"},
        {PK_OPTION_BYTES, ":0a"},
        {PK_OPTION_BYTES, "0a::1b"},
        {PK_OPTION_BYTES, "0a:abc"},
        {PK_OPTION_BYTES, "0a 1b"},
        {PK_OPTION_BYTES, "0x0x0a"},
        {PK_OPTION_EMPTY, ""},
        {PK_OPTION_BOOLEAN, "yes"},
        {PK_OPTION_BOOLEAN, "1"},
        {PK_OPTION_BOOLEAN, "True"},
        {PK_OPTION_UINT8, "256"},
        {PK_OPTION_UINT8, "-1"},
        {PK_OPTION_UINT8, "010"},
        {PK_OPTION_UINT8, ""},
        {PK_OPTION_UINT16, "65536"},
        {PK_OPTION_UINT32, "4294967296"},
        {PK_OPTION_INT32, "2147483648"},
        {PK_OPTION_INT32, "-2147483649"},
        {PK_OPTION_IPV4, "10.0.0"},
        {PK_OPTION_IPV4, "10.0.0.256"},
        {PK_OPTION_IPV4, "010.0.0.1"},
        {PK_OPTION_IPV4, "ns.example.org"},
        {PK_OPTION_IPV4_PAIR, "10.0.0.1"},
        {PK_OPTION_IPV4_PAIR, "10.0.0.1 "},
        {PK_OPTION_IPV4_PAIR, "10.0.0.1 10.0.0.2 10.0.0.3"},
        {PK_OPTION_TEXT, ""},
        {PK_OPTION_FQDN, ""},
        {PK_OPTION_FQDN, "."},
        {PK_OPTION_FQDN, "a..b"},
        {PK_OPTION_FQDN, ".a"},
        {PK_OPTION_FQDN, "a.b.."},
        {PK_OPTION_FQDN, "-a.b"},
        {PK_OPTION_FQDN, "a-.b"},
        {PK_OPTION_FQDN, "a b"},
        {PK_OPTION_FQDN, "\xc3\xa9.org"},
        {PK_OPTION_CLASSLESS_ROUTE, "10.0.0.1/8 10.0.0.1"},
        {PK_OPTION_CLASSLESS_ROUTE, "10.0.0.0 10.0.0.1"},
        {PK_OPTION_CLASSLESS_ROUTE, "10.0.0.0/8"},
        {PK_OPTION_CLASSLESS_ROUTE, "10.0.0.0/33 10.0.0.1"},
    };
    PK_SCRATCH(pool);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pk_error err = {0};
        assert_null(pk_option_value(pool, cases[i].type, cases[i].text, &err));
        assert_int_equal(err.code, PK_EINVAL);
        assert_non_null(strstr(err.message, pk_option_type_name(cases[i].type)));
    }
}

static void
a_refused_value_is_told_what_was_wanted(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_error err = {0};
    pk_option_value(pool, PK_OPTION_IPV4, "10.0.0", &err);
    assert_string_equal(err.message, "'10.0.0' is not an IPv4 address");
    pk_option_value(pool, PK_OPTION_BOOLEAN, "yes", &err);
    assert_string_equal(err.message, "'yes' is not true or false");
    pk_option_value(pool, PK_OPTION_UINT8, "256", &err);
    assert_string_equal(err.message, "'256' is not a number 0..255");
}

static void
names_end_at_63_bytes_a_label_and_253_in_all(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    char label[65] = {0};
    memset(label, 'a', 63);
    assert_non_null(pk_option_value(pool, PK_OPTION_FQDN, label, NULL));
    label[63] = 'a';
    assert_null(pk_option_value(pool, PK_OPTION_FQDN, label, NULL));
    label[61] = '\0';
    const char *most = pk_sprintf(pool, "%s.%s.%s.%s.aaaaa", label, label, label, label);
    assert_int_equal(strlen(most), 253);
    assert_non_null(pk_option_value(pool, PK_OPTION_FQDN, most, NULL));
    assert_non_null(pk_option_value(pool, PK_OPTION_FQDN, pk_sprintf(pool, "%s.", most), NULL));
    assert_null(pk_option_value(pool, PK_OPTION_FQDN, pk_sprintf(pool, "%sa", most), NULL));
}

static void
an_option_takes_as_many_values_as_its_definition_allows(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const addresses[] = {"10.0.0.2", "10.0.0.1"};
    static const char *const bytes[] = {"0A"};
    const struct pk_option *routers = pk_option_find("routers"), *mask = pk_option_by_code(1);
    const struct pk_option *rapid_commit = pk_option_by_code(80);
    assert_string_equal(pk_option_values(pool, routers, addresses, 2, NULL),
                        "[\"10.0.0.2\",\"10.0.0.1\"]");
    assert_string_equal(pk_option_values(pool, mask, addresses, 1, NULL), "[\"10.0.0.2\"]");
    assert_string_equal(pk_option_values(pool, NULL, bytes, 1, NULL), "[\"0a\"]");
    assert_string_equal(pk_option_values(pool, rapid_commit, NULL, 0, NULL), "[]");

    struct pk_error err = {0};
    assert_null(pk_option_values(pool, routers, NULL, 0, &err));
    assert_string_equal(err.message, "0 values where at least one is wanted");
    assert_null(pk_option_values(pool, mask, addresses, 2, &err));
    assert_string_equal(err.message, "2 values where exactly one is wanted");
    assert_null(pk_option_values(pool, rapid_commit, bytes, 1, &err));
    assert_string_equal(err.message, "1 values where none is wanted");
    assert_null(pk_option_values(pool, routers, bytes, 1, &err));
    assert_string_equal(err.message, "'0A' is not an IPv4 address");
}

static void
flags_wrap_the_values_canonically(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        bool always, never;
        const char *want;
    } cases[] = {
        {false, false, "[\"10.0.0.7\"]"},
        {true, false, "{\"always-send\":true,\"value\":[\"10.0.0.7\"]}"},
        {false, true, "{\"never-send\":true,\"value\":[\"10.0.0.7\"]}"},
        {true, true, "{\"always-send\":true,\"never-send\":true,\"value\":[\"10.0.0.7\"]}"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *got = pk_option_wrap(pool, "[\"10.0.0.7\"]", cases[i].always, cases[i].never);
        assert_string_equal(got, cases[i].want);
        json_auto_t *value = pk_json_parse(got, NULL);
        assert_string_equal(pk_json_text(pool, value), got);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_found_by_name_and_by_code),
        cmocka_unit_test(well_known_options_have_their_code_and_type),
        cmocka_unit_test(every_way_to_name_an_option_has_one_canonical_name),
        cmocka_unit_test(what_names_no_option_is_refused),
        cmocka_unit_test(values_have_one_canonical_text),
        cmocka_unit_test(values_of_another_type_are_refused),
        cmocka_unit_test(a_refused_value_is_told_what_was_wanted),
        cmocka_unit_test(names_end_at_63_bytes_a_label_and_253_in_all),
        cmocka_unit_test(an_option_takes_as_many_values_as_its_definition_allows),
        cmocka_unit_test(flags_wrap_the_values_canonically),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
