/* What values of Kea's own parameters mean: spellings, defaults, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/kea-option-data.h"
#include "adm/kea-values.h"
#include "base/json.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* "key=value", or "key=" for what is absent. */
static const char *
canonical(struct pk_pool *pool, enum pk_kea_place place, const char *key, const char *value)
{
    struct pk_kea_setting setting = pk_kea_setting_canonical(pool, place, key, value);
    return pk_sprintf(pool, "%s=%s", setting.key, setting.value != NULL ? setting.value : "");
}

static void
parameters_are_sorted_and_their_newest_spelling_is_one_of_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < PK_KEA_PARAMETER_COUNT; i++) {
        const struct pk_kea_parameter *parameter = &pk_kea_parameters[i];
        assert_non_null(parameter->key);
        assert_true(i == 0 || strcmp(pk_kea_parameters[i - 1].key, parameter->key) < 0);
        assert_ptr_equal(pk_kea_parameter_find(parameter->key), parameter);
        if (parameter->newest != NULL) {
            assert_non_null(pk_kea_parameter_find(parameter->newest));
            assert_null(pk_kea_parameter_find(parameter->newest)->newest);
        }
    }
}

static void
defaults_are_canonical_themselves(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < PK_KEA_PARAMETER_COUNT; i++) {
        const struct pk_kea_parameter *parameter = &pk_kea_parameters[i];
        if (parameter->default_value != NULL) {
            json_auto_t *value = pk_json_parse(parameter->default_value, NULL);
            assert_string_equal(pk_json_text(pool, value), parameter->default_value);
            assert_null(pk_kea_setting_canonical(pool, PK_KEA_OF_SUBNET, parameter->key,
                                                 parameter->default_value)
                            .value);
        }
    }
}

static void
equal_meaning_is_equal_text(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *key, *value, *expected;
    } rows[] = {
        {"client-class", "\"guests\"", "client-classes=[\"guests\"]"},
        {"client-class", "\"\"", "client-classes="},
        {"client-classes", "[\"guests\"]", "client-classes=[\"guests\"]"},
        {"require-client-classes", "[\"late\"]", "evaluate-additional-classes=[\"late\"]"},
        {"require-client-classes", "[]", "evaluate-additional-classes="},
        {"only-if-required", "true", "only-in-additional-list=true"},
        {"ddns-use-conflict-resolution", "true", "ddns-conflict-resolution-mode="},
        {"ddns-use-conflict-resolution", "false",
         "ddns-conflict-resolution-mode=\"no-check-with-dhcid\""},
        {"t1-percent", "0.5", "t1-percent="},
        {"t1-percent", "1", "t1-percent=1.0"},
        {"t1-percent", "0.333333333333333", "t1-percent=0.333333"},
        {"cache-threshold", "0.25", "cache-threshold="},
        {"relay", "{\"ip-addresses\":[]}", "relay="},
        {"relay", "{\"ip-address\":\"10.0.0.9\"}", "relay={\"ip-addresses\":[\"10.0.0.9\"]}"},
        {"relay", "{\"ip-addresses\":[\"10.0.0.10\",\"10.0.0.9\"]}",
         "relay={\"ip-addresses\":[\"10.0.0.9\",\"10.0.0.10\"]}"},
        {"relay", "\"none\"", "relay=\"none\""},
        {"user-context", "{}", "user-context="},
        {"user-context", "{\"pi\":3.14159265}", "user-context={\"pi\":3.14159}"},
        {"user-context", "{\"big\":123456789.5,\"n\":9223372036854775807}",
         "user-context={\"big\":123457000.0,\"n\":9223372036854775807}"},
        {"next-server", "\"\"", "next-server="},
        {"next-server", "\"0.0.0.0\"", "next-server="},
        {"next-server", "\"10.0.0.1\"", "next-server=\"10.0.0.1\""},
        {"future-key", "[1,2]", "future-key=[1,2]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(canonical(pool, PK_KEA_OF_SUBNET, rows[i].key, rows[i].value),
                            rows[i].expected);
    }
}

static void
a_pool_that_states_a_default_does_not_inherit(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(canonical(pool, PK_KEA_OF_POOL, "ddns-send-updates", "true"),
                        "ddns-send-updates=true");
    assert_string_equal(canonical(pool, PK_KEA_OF_POOL, "client-classes", "[]"), "client-classes=");
    assert_string_equal(canonical(pool, PK_KEA_OF_POOL, "pool-id", "0"), "pool-id=");
    assert_string_equal(canonical(pool, PK_KEA_OF_RESERVATION, "next-server", "\"0.0.0.0\""),
                        "next-server=");
}

static void
option_data_is_the_same_however_it_is_spelled(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const rows[][2] = {
        {"[]", "[]"},
        {"[{\"always-send\":false,\"code\":3,\"csv-format\":true,\"data\":\" 10.0.0.1 \","
         "\"name\":\"routers\",\"never-send\":false,\"space\":\"dhcp4\"}]",
         "[{\"data\":\"10.0.0.1\",\"name\":\"routers\"}]"},
        {"[{\"code\":6,\"data\":\"10.0.0.1 ,10.0.0.2\"}]",
         "[{\"data\":\"10.0.0.1,10.0.0.2\",\"name\":\"domain-name-servers\"}]"},
        {"[{\"code\":15,\"data\":\"X.Example.\"}]",
         "[{\"data\":\"x.example\",\"name\":\"domain-name\"}]"},
        {"[{\"code\":19,\"data\":\"1\"}]", "[{\"data\":\"true\",\"name\":\"ip-forwarding\"}]"},
        {"[{\"code\":23,\"data\":\" 64 \"}]", "[{\"data\":\"64\",\"name\":\"default-ip-ttl\"}]"},
        {"[{\"code\":66,\"data\":\"a\\\\,b\"}]",
         "[{\"data\":\"a\\\\,b\",\"name\":\"tftp-server-name\"}]"},
        {"[{\"code\":224,\"csv-format\":false,\"data\":\"0A:0B\",\"name\":\"mine\"}]",
         "[{\"code\":224,\"data\":\"0a0b\"}]"},
        {"[{\"code\":224,\"csv-format\":true,\"data\":\"1, 2\",\"name\":\"mine\"}]",
         "[{\"code\":224,\"csv-format\":true,\"data\":\"1,2\"}]"},
        {"[{\"code\":43,\"csv-format\":false,\"data\":\"\"}]",
         "[{\"name\":\"vendor-encapsulated-options\"}]"},
        {"[{\"code\":2,\"space\":\"b\"},{\"code\":10,\"space\":\"a\"},{\"code\":9,\"space\":\"a\"}"
         "]",
         "[{\"code\":9,\"space\":\"a\"},{\"code\":10,\"space\":\"a\"},{\"code\":2,\"space\":\"b\"}"
         "]"},
        {"[{\"client-classes\":[],\"code\":3,\"user-context\":{}}]", "[{\"name\":\"routers\"}]"},
        {"[1]", "[1]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(pk_kea_option_data_canonical(pool, rows[i][0]), rows[i][1]);
        assert_string_equal(pk_kea_option_data_canonical(pool, rows[i][1]), rows[i][1]);
    }
}

static void
option_data_goes_back_as_bytes_where_not_every_release_defines_the_option(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const rows[][2] = {
        {"[{\"data\":\"10.0.0.1,10.0.0.2\",\"name\":\"routers\"}]",
         "[{\"code\":3,\"csv-format\":true,\"data\":\"10.0.0.1,10.0.0.2\"}]"},
        {"[{\"data\":\"10.0.0.1,10.0.0.2\",\"name\":\"tftp-server-address\"}]",
         "[{\"code\":150,\"csv-format\":false,\"data\":\"0a0000010a000002\"}]"},
        {"[{\"csv-format\":false,\"data\":\"0a000001\",\"name\":\"tftp-server-address\"}]",
         "[{\"code\":150,\"csv-format\":false,\"data\":\"0a000001\"}]"},
        {"[{\"data\":\"somewhere\",\"name\":\"tftp-server-address\"}]",
         "[{\"code\":150,\"csv-format\":true,\"data\":\"somewhere\"}]"},
        {"[{\"code\":224,\"data\":\"0a0b\"}]",
         "[{\"code\":224,\"csv-format\":false,\"data\":\"0a0b\"}]"},
        {"[{\"code\":224,\"csv-format\":true,\"data\":\"1,2\"}]",
         "[{\"code\":224,\"csv-format\":true,\"data\":\"1,2\"}]"},
        {"[{\"name\":\"tftp-server-address\"}]", "[{\"code\":150}]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(pk_kea_option_data_spelled(pool, rows[i][0]), rows[i][1]);
    }
}

static void
bytes_are_read_in_every_form_that_kea_takes(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const rows[][2] = {
        {"0a0b", "0a0b"},   {"0A:0B", "0a0b"}, {"0a 0b", "0a0b"},         {"0x0a0b", "0a0b"},
        {"abc", "0abc"},    {"a:b", "0a0b"},   {"'hello'", "68656c6c6f"}, {"", ""},
        {" 0a0b ", "0a0b"}, {"''", ""},
    };
    static const char *const wrong[] = {"0g", "0a:", ":0a", "0abc:0d", "0a::0b", "'"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(pk_kea_option_hex(pool, rows[i][0]), rows[i][1]);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_null(pk_kea_option_hex(pool, wrong[i]));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_sorted_and_their_newest_spelling_is_one_of_them),
        cmocka_unit_test(defaults_are_canonical_themselves),
        cmocka_unit_test(equal_meaning_is_equal_text),
        cmocka_unit_test(a_pool_that_states_a_default_does_not_inherit),
        cmocka_unit_test(option_data_is_the_same_however_it_is_spelled),
        cmocka_unit_test(option_data_goes_back_as_bytes_where_not_every_release_defines_the_option),
        cmocka_unit_test(bytes_are_read_in_every_form_that_kea_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
