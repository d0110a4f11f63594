/* Option data of Kea as options of ours: types, definitions, and what stays Kea's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/kea-options.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define OPTION(code, data) "{\"code\":" #code ",\"data\":\"" data "\"}"
#define BYTES(code, data)  "{\"code\":" #code ",\"csv-format\":false,\"data\":\"" data "\"}"

/* "name=value …", then the leftover. */
static const char *
read_options(struct pk_pool *pool, const char *definitions, const char *entries)
{
    struct pk_kea_value dhcp4;
    struct pk_error err = {0};
    const char *text =
        pk_sprintf(pool, "{\"option-def\":[%s],\"option-data\":[%s]}", definitions, entries);
    if (pk_kea_parse(pool, "test", text, strlen(text), &dhcp4, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    struct pk_kea_options options;
    pk_kea_options_read(pool, pk_kea_definitions_read(pool, &dhcp4),
                        pk_kea_list(&dhcp4, "option-data"), &options);
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < options.count; i++) {
        pk_text_addf(&out, "%s%s=%s", i != 0 ? " " : "", options.at[i].key, options.at[i].value);
    }
    pk_text_addf(&out, "%s%s", options.leftover != NULL ? "|" : "",
                 options.leftover != NULL ? options.leftover : "");
    return pk_text_end(&out);
}

static void
text_and_bytes_of_a_standard_option_are_one_value(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const rows[][3] = {
        {OPTION(3, "10.0.0.1,10.0.0.2"), BYTES(3, "0a0000010A000002"),
         "routers=[\"10.0.0.1\",\"10.0.0.2\"]"},
        {OPTION(2, "-1"), BYTES(2, "ffffffff"), "time-offset=[-1]"},
        {OPTION(23, "64"), BYTES(23, "40"), "default-ip-ttl=[64]"},
        {OPTION(25, "68, 296"), BYTES(25, "00440128"), "path-mtu-plateau-table=[68,296]"},
        {OPTION(24, "600"), BYTES(24, "00000258"), "path-mtu-aging-timeout=[600]"},
        {OPTION(19, "true"), BYTES(19, "01"), "ip-forwarding=[true]"},
        {OPTION(12, "host"), BYTES(12, "686f737400"), "host-name=[\"host\"]"},
        {OPTION(15, "A.b."), BYTES(15, "412e62"), "domain-name=[\"a.b\"]"},
        {OPTION(119, "a.b,c"), BYTES(119, "0161016200016300"), "domain-search=[\"a.b\",\"c\"]"},
        {OPTION(33, "10.0.0.0,10.0.0.1"), BYTES(33, "0a0000000a000001"),
         "static-routes=[\"10.0.0.0 10.0.0.1\"]"},
        {OPTION(121, "10.0.0.0/8 - 10.0.0.1"), BYTES(121, "080a0a000001"),
         "classless-static-route=[\"10.0.0.0/8 10.0.0.1\"]"},
        {OPTION(78, "1, 10.0.0.1"), BYTES(78, "010a000001"),
         "slp-directory-agent=[\"010a000001\"]"},
        {OPTION(159, "0, 3/4"), BYTES(159, "00043000"), "v4-portparams=[\"00043000\"]"},
        {OPTION(143, "ab, c"), BYTES(143, "0261620163"), "v4-sztp-redirect=[\"0261620163\"]"},
        {OPTION(212, "0, 8, ::1, 10.0.0.1"),
         BYTES(212, "0008000000000000000000000000000000010a000001"),
         "option-6rd=[\"0008000000000000000000000000000000010a000001\"]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(read_options(pool, "", rows[i][0]), rows[i][2]);
        assert_string_equal(read_options(pool, "", rows[i][1]), rows[i][2]);
    }
}

static void
an_option_of_the_servers_own_is_the_bytes_that_its_text_means(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *definition, *data, *bytes;
    } rows[] = {
        {"\"type\":\"uint8\"", "7", "07"},
        {"\"type\":\"int16\",\"array\":true", "-2,3", "fffe0003"},
        {"\"type\":\"record\",\"record-types\":\"uint8, string\"", "1, a", "0161"},
        {"\"type\":\"record\",\"record-types\":\"uint8,uint16\",\"array\":true", "1,2,3",
         "0100020003"},
        {"\"type\":\"ipv6-prefix\"", "2001:db8::/32", "2020010db8"},
        {"\"type\":\"boolean\"", "FALSE", "00"},
        {"\"type\":\"binary\"", "0x0A", "0a"},
        {"\"type\":\"tuple\"", "ab", "026162"},
        {"\"type\":\"string\"", "a\\\\,b, c", "612c62"},
        {"\"type\":\"fqdn\"", "a.B", "0161014200"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *definition =
            pk_sprintf(pool, "{\"name\":\"mine\",\"code\":222,%s}", rows[i].definition);
        const char *by_name = pk_sprintf(pool, "{\"name\":\"mine\",\"data\":\"%s\"}", rows[i].data);
        const char *by_code = pk_sprintf(
            pool, "{\"code\":222,\"csv-format\":true,\"space\":\"dhcp4\",\"data\":\"%s\"}",
            rows[i].data);
        const char *expected = pk_sprintf(pool, "222=[\"%s\"]", rows[i].bytes);
        assert_string_equal(read_options(pool, definition, by_name), expected);
        assert_string_equal(read_options(pool, definition, by_code), expected);
    }
}

static void
what_is_no_value_stays_keas(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const rows[][2] = {
        {OPTION(3, "10.0.0"), "|[{\"data\":\"10.0.0\",\"name\":\"routers\"}]"},
        {BYTES(3, "0a"), "|[{\"csv-format\":false,\"data\":\"0a\",\"name\":\"routers\"}]"},
        {BYTES(12, "ff"), "|[{\"csv-format\":false,\"data\":\"ff\",\"name\":\"host-name\"}]"},
        {BYTES(12, "610062"),
         "|[{\"csv-format\":false,\"data\":\"610062\",\"name\":\"host-name\"}]"},
        {BYTES(119, "c000"),
         "|[{\"csv-format\":false,\"data\":\"c000\",\"name\":\"domain-search\"}]"},
        {OPTION(23, "256"), "|[{\"data\":\"256\",\"name\":\"default-ip-ttl\"}]"},
        {OPTION(300, "01"), "|[{\"code\":300,\"data\":\"01\"}]"},
        {OPTION(240, "xx"), "|[{\"code\":240,\"data\":\"xx\"}]"},
        {"{\"code\":240,\"csv-format\":true,\"data\":\"1, 2\"}",
         "|[{\"code\":240,\"csv-format\":true,\"data\":\"1,2\"}]"},
        {"{\"name\":\"nobody-knows\",\"data\":\"x\"}",
         "|[{\"data\":\"x\",\"name\":\"nobody-knows\"}]"},
        {"{\"code\":3}", "|[{\"name\":\"routers\"}]"},
        {"7", "|[7]"},
        {"{\"code\":3,\"data\":\"10.0.0.1\",\"future\":1}",
         "|[{\"data\":\"10.0.0.1\",\"future\":1,\"name\":\"routers\"}]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(read_options(pool, "", rows[i][0]), rows[i][1]);
    }
}

static void
an_option_bound_to_classes_leaves_the_one_that_is_not(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(read_options(pool, "",
                                     OPTION(3, "10.0.0.1") ",{\"code\":3,\"data\":\"10.0.0.2\","
                                                           "\"client-classes\":[\"a\"]}"),
                        "routers=[\"10.0.0.1\"]|[{\"client-classes\":[\"a\"],\"data\":\"10.0.0.2\","
                        "\"name\":\"routers\"}]");
}

static void
option_43_is_what_kea_builds_of_its_options(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char inner[] = "{\"space\":\"vendor-encapsulated-options-space\",\"code\":2,"
                                "\"data\":\"0b\"},{\"space\":\"vendor-encapsulated-options-space\","
                                "\"code\":1,\"data\":\"0a\"}";
    static const char expected[] = "vendor-encapsulated-options=[\"01010a02010b\"] "
                                   "vendor-encapsulated-options-space.1=[\"0a\"] "
                                   "vendor-encapsulated-options-space.2=[\"0b\"]";
    assert_string_equal(read_options(pool, "", pk_sprintf(pool, "{\"code\":43},%s", inner)),
                        expected);
    assert_string_equal(
        read_options(pool, "", pk_sprintf(pool, "%s,%s", inner, BYTES(43, "01010A02010B"))),
        expected);
    assert_string_equal(read_options(pool, "", BYTES(43, "0102ff")),
                        "vendor-encapsulated-options=[\"0102ff\"]");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_bytes_of_a_standard_option_are_one_value),
        cmocka_unit_test(an_option_of_the_servers_own_is_the_bytes_that_its_text_means),
        cmocka_unit_test(what_is_no_value_stays_keas),
        cmocka_unit_test(an_option_bound_to_classes_leaves_the_one_that_is_not),
        cmocka_unit_test(option_43_is_what_kea_builds_of_its_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
