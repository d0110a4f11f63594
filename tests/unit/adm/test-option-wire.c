/* What clients get for a value: bytes by the standards that define the options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adm/option-wire.h"

static void
every_type_has_its_bytes(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *option, *values, *wire;
    } cases[] = {
        {"routers", "[\"10.0.0.1\",\"10.0.0.2\"]", "0a0000010a000002"},
        {"time-offset", "[-3600]", "fffff1f0"},
        {"interface-mtu", "[1500]", "05dc"},
        {"default-ip-ttl", "[64]", "40"},
        {"ip-forwarding", "[true]", "01"},
        {"all-subnets-local", "[false]", "00"},
        {"domain-name", "[\"example.org\"]", "076578616d706c65036f726700"},
        {"tftp-server-name", "[\"a,b\"]", "612c62"},
        {"static-routes", "[\"10.9.0.0 10.0.0.9\"]", "0a0900000a000009"},
        {"classless-static-route", "[\"0.0.0.0/0 10.0.0.1\",\"10.17.0.0/18 10.0.0.2\"]",
         "000a000001120a11000a000002"},
        {"vendor-encapsulated-options", "[\"0102ff\"]", "0102ff"},
        {"rapid-commit", "[]", ""},
        {"224", "[\"0a0b\"]", "0a0b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pk_option *option = pk_option_find(cases[i].option);
        assert_string_equal(pk_option_wire(pool, option, cases[i].values), cases[i].wire);
    }
}

static void
values_of_another_type_have_none(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_null(pk_option_wire(pool, pk_option_find("routers"), "[5]"));
    assert_null(pk_option_wire(pool, pk_option_find("routers"), "[\"lobby\"]"));
    assert_null(pk_option_wire(pool, pk_option_find("static-routes"), "[\"10.9.0.0\"]"));
    assert_null(pk_option_wire(pool, pk_option_find("interface-mtu"), "[true]"));
    assert_null(pk_option_wire(pool, pk_option_find("interface-mtu"), "no JSON"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_its_bytes),
        cmocka_unit_test(values_of_another_type_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
