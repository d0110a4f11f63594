/* What a running Kea answers to config-get, and what it never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/kea-shape.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define REST            ", \"shared-networks\": [], \"option-data\": []}"

static enum pk_code
check(const char *text, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_kea_value value;
    assert_int_equal(pk_kea_parse(pool, "test", text, strlen(text), &value, NULL), PK_OK);
    return pk_kea_shape_check(&value, "server dhcp-a", err);
}

static void
what_a_server_answers_is_taken(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "{\"subnet4\": []" REST,
        "{\"subnet4\": [{\"id\": 1, \"subnet\": \"10.0.0.0/24\"}]" REST,
        "{\"subnet4\": [{\"id\": 4294967294, \"subnet\": \"10.0.0.0/24\", \"pools\": [{\"pool\": "
        "\"10.0.0.1/32\", \"option-data\": []}], \"option-data\": [{}], \"reservations\": "
        "[{\"hostname\": \"x\", \"ip-address\": \"10.0.0.9\"}]}]" REST,
        "{\"subnet4\": [], \"shared-networks\": [{\"name\": \"hall\", \"subnet4\": [{\"id\": 2, "
        "\"subnet\": \"10.0.1.0/24\"}]}], \"hooks-libraries\": [{\"library\": \"x.so\"}, "
        "{\"library\": \"y.so\", \"parameters\": {\"high-availability\": [{}]}}]}",
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        assert_int_equal(check(answers[i], NULL), PK_OK);
    }
}

static void
what_it_never_answers_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"{}", "Dhcp4.subnet4 is not there"},
        {"{\"subnet4\": []}", "Dhcp4.shared-networks is not there"},
        {"{\"subnet4\": {}" REST, "Dhcp4.subnet4 is no list"},
        {"{\"subnet4\": [null]" REST, "Dhcp4.subnet4[0] is no map"},
        {"{\"subnet4\": [{\"subnet\": \"10.0.0.0/24\"}]" REST, "Dhcp4.subnet4[0].id is not there"},
        {"{\"subnet4\": [{\"id\": 1}]" REST, "Dhcp4.subnet4[0].subnet is not there"},
        {"{\"subnet4\": [{\"id\": 1, \"subnet\": \"a\", \"pools\": [{\"pool\": 7}]}]" REST,
         "Dhcp4.subnet4[0].pools[0].pool is no text"},
        {"{\"subnet4\": [{\"id\": 1, \"subnet\": \"a\", \"reservations\": [[]]}]" REST,
         "Dhcp4.subnet4[0].reservations[0] is no map"},
        {"{\"subnet4\": [], \"shared-networks\": [{\"name\": \"x\"}]}",
         "Dhcp4.shared-networks[0].subnet4 is not there"},
        {"{\"subnet4\": [], \"hooks-libraries\": [{\"library\": \"x\", \"parameters\": "
         "{\"high-availability\": 1}}]" REST,
         "Dhcp4.hooks-libraries[0].parameters.high-availability is no list"},
        {"{\"subnet4\": [{\"id\": 0, \"subnet\": \"a\"}]" REST, "a subnet's id is no number"},
        {"{\"subnet4\": [{\"id\": 1.5, \"subnet\": \"a\"}]" REST, "id is no number"},
        {"{\"subnet4\": [{\"id\": 4294967295, \"subnet\": \"a\"}]" REST, "id is no number"},
        {"{\"subnet4\": [{\"id\": 7, \"subnet\": \"a\"}], \"shared-networks\": [{\"name\": \"x\", "
         "\"subnet4\": [{\"id\": 7, \"subnet\": \"b\"}]}]}",
         "two subnets have id 7"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_error err = {0};
        assert_int_equal(check(rows[i].text, &err), PK_EINVAL);
        assert_string_equal(err.where, "server dhcp-a");
        assert_non_null(strstr(err.message, rows[i].says));
        assert_non_null(strstr(err.message, "; see what answers"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_server_answers_is_taken),
        cmocka_unit_test(what_it_never_answers_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
