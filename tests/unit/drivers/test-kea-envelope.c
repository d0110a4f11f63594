/* What stands around an answer of Kea: bodies as real servers sent them, and many that none sends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/kea-envelope.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char where[] = "server dhcp-a";

static enum pk_code
open_envelope(struct pk_pool *pool, const char *body, struct pk_kea_answer *out,
              struct pk_error *err)
{
    return pk_kea_envelope(pool, where, pk_strdup(pool, body), strlen(body), out, err);
}

static void
assert_tells(const struct pk_error *err)
{
    assert_string_equal(err->where, where);
    assert_non_null(strstr(err->message, "; ")); /* what is, and what to do */
}

static void
an_answer_is_a_list_of_one_or_a_bare_map(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *body;
        enum pk_kea_result result;
        const char *text;
        enum pk_kea_kind arguments;
    } rows[] = {
        {"[ { \"result\": 0, \"text\": \"2.2.0\" } ]", PK_KEA_SUCCESS, "2.2.0", PK_KEA_NULL},
        {"[ { \"arguments\": { \"hash\": \"57FD\" }, \"result\": 0 } ]", PK_KEA_SUCCESS, "",
         PK_KEA_MAP},
        {"{ \"result\": 0, \"arguments\": [ \"config-get\" ] }", PK_KEA_SUCCESS, "", PK_KEA_LIST},
        {"[ { \"result\": 2, \"text\": \"'nosuch' command not supported.\" } ]", PK_KEA_UNSUPPORTED,
         "'nosuch' command not supported.", PK_KEA_NULL},
        {"[ { \"arguments\": {  }, \"result\": 3, \"text\": \"0 IPv4 subnets found\" } ]",
         PK_KEA_EMPTY, "0 IPv4 subnets found", PK_KEA_MAP},
        {"[{\"result\": 4}]", PK_KEA_CLASH, "", PK_KEA_NULL},
        {"[{\"result\": 0, \"arguments\": null}]\n", PK_KEA_SUCCESS, "", PK_KEA_NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_kea_answer answer;
        assert_int_equal(open_envelope(pool, rows[i].body, &answer, NULL), PK_OK);
        assert_int_equal(answer.result, rows[i].result);
        assert_string_equal(answer.text, rows[i].text);
        assert_int_equal(answer.arguments.kind, rows[i].arguments);
    }
}

static void
whatever_is_no_answer_is_refused(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const bodies[] = {
        "",
        " ",
        "null",
        "0",
        "\"result\"",
        "[]",
        "{}",
        "[{}]",
        "[[]]",
        "[[{\"result\": 0}]]",
        "[{\"result\": 0}, {\"result\": 0}]",
        "[{\"result\": 0}",
        "[{\"result\": 0}]]",
        "[{\"result\": 0}] <!-- -->",
        "[{\"result\": \"0\"}]",
        "[{\"result\": 0.0}]",
        "[{\"result\": null}]",
        "[{\"result\": true}]",
        "[{\"result\": [0]}]",
        "[{\"result\": -1}]",
        "[{\"result\": 5}]",
        "[{\"result\": 99999999999999999999}]",
        "{ \"result\": 400, \"text\": \"Bad Request\" }",
        "[{\"result\": 0, \"text\": 1}]",
        "[{\"result\": 0, \"text\": null}]",
        "[{\"Result\": 0}]",
        "[{result: 0}]",
        "<html><body>It works!</body></html>",
        "\xff\xfe",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct pk_kea_answer answer;
        struct pk_error err = {0};
        assert_int_equal(open_envelope(pool, bodies[i], &answer, &err), PK_EINVAL);
        assert_tells(&err);
        assert_null(strstr(err.message, "html"));
    }
}

static void
an_answer_cut_anywhere_is_none(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char body[] =
        "[ { \"arguments\": { \"Dhcp4\": { \"subnet4\": [ { \"id\": 1, \"subnet\": "
        "\"10.1.0.0/24\" } ] } }, \"result\": 0, \"text\": \"x\\u00e9\" } ]";
    struct pk_kea_answer answer;
    for (size_t count = 0; count < sizeof body - 1; count++) {
        const char *cut = pk_strndup(pool, body, count);
        assert_int_equal(open_envelope(pool, cut, &answer, NULL), PK_EINVAL);
    }
    assert_int_equal(open_envelope(pool, body, &answer, NULL), PK_OK);
}

static void
every_http_status_but_200_is_a_failure_that_says_what_to_do(void **state)
{
    (void)state;
    static const struct {
        long status;
        enum pk_code code;
        const char *says;
    } rows[] = {
        {401, PK_EACCESS, "user name and password"},
        {403, PK_EACCESS, "credentials"},
        {400, PK_EINVAL, "`url`"},
        {404, PK_EINVAL, "`url`"},
        {408, PK_EAGAIN, "network"},
        {302, PK_EINVAL, "redirects are not followed"},
        {500, PK_EAGAIN, "log of the server"},
        {503, PK_EAGAIN, "log of the server"},
        {204, PK_EINVAL, "`url`"},
        {0, PK_EINVAL, "`url`"},
        {999, PK_EINVAL, "`url`"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_error err = {0};
        assert_int_equal(pk_kea_http_status(rows[i].status, where, &err), rows[i].code);
        assert_non_null(strstr(err.message, rows[i].says));
        assert_tells(&err);
    }
    assert_int_equal(pk_kea_http_status(200, where, NULL), PK_OK);
}

static void
a_refusal_carries_the_servers_words_and_what_to_do(void **state)
{
    (void)state;
    static const struct {
        enum pk_kea_result result;
        const char *text;
        enum pk_code code;
        const char *says;
    } rows[] = {
        {PK_KEA_ERROR,
         "unable to forward command to the dhcp4 service: No such file or directory. The server is "
         "likely to be offline",
         PK_EAGAIN, "start kea-dhcp4"},
        {PK_KEA_ERROR, "forwarding socket is not configured for the server type dhcp4", PK_EREFUSED,
         "control-sockets"},
        {PK_KEA_UNSUPPORTED, "'config-get' command not supported.", PK_EREFUSED, "hook library"},
        {PK_KEA_EMPTY, "", PK_EREFUSED, "no reason"},
        {PK_KEA_ERROR, "a\x1b[31mred\n", PK_EREFUSED, "a?[31mred?"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_error err = {0};
        const struct pk_kea_answer answer = {.result = rows[i].result, .text = rows[i].text};
        assert_int_equal(pk_kea_refusal(&answer, where, &err), rows[i].code);
        assert_non_null(strstr(err.message, rows[i].says));
        assert_tells(&err);
    }
    assert_int_equal(pk_kea_refusal(&(struct pk_kea_answer){.text = ""}, where, NULL), PK_OK);
}

static void
words_without_end_are_cut(void **state)
{
    (void)state;
    static char text[4096];
    memset(text, 'x', sizeof text - 1);
    struct pk_error err = {0};
    pk_kea_refusal(&(struct pk_kea_answer){.result = PK_KEA_ERROR, .text = text}, where, &err);
    assert_non_null(strstr(err.message, "see the log"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_a_list_of_one_or_a_bare_map),
        cmocka_unit_test(whatever_is_no_answer_is_refused),
        cmocka_unit_test(an_answer_cut_anywhere_is_none),
        cmocka_unit_test(every_http_status_but_200_is_a_failure_that_says_what_to_do),
        cmocka_unit_test(a_refusal_carries_the_servers_words_and_what_to_do),
        cmocka_unit_test(words_without_end_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
