/* What is kept of a configuration for the scopes in it, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/kea-server.h"

static const char configuration[] =
    "{\"valid-lifetime\":4000,\"renew-timer\":1000,\"ddns-qualifying-suffix\":\"caf\\u00e9."
    "example\","
    "\"reservation-mode\":\"all\","
    "\"option-def\":[{\"name\":\"shelf\",\"code\":240,\"type\":\"uint8\"}],"
    "\"lease-database\":{\"type\":\"mysql\",\"password\":\"SECRET\"},"
    "\"hosts-databases\":[{\"password\":\"SECRET\"}],"
    "\"control-sockets\":[{\"authentication\":{\"clients\":[{\"password\":\"SECRET\"}]}}],"
    "\"user-context\":{\"token\":\"SECRET\"},"
    "\"hooks-libraries\":[{\"library\":\"radius\",\"parameters\":{\"secret\":\"SECRET\"}},"
    "{\"parameters\":{\"high-availability\":[{\"mode\":\"hot-standby\",\"heartbeat-delay\":3000,"
    "\"this-server-name\":\"a\",\"peers\":["
    "{\"name\":\"a\",\"role\":\"primary\",\"basic-auth-password\":\"SECRET\"},"
    "{\"name\":\"b\",\"role\":\"standby\",\"url\":\"http://SECRET@b\"}]}]}}],"
    "\"shared-networks\":[{\"name\":\"library\",\"renew-timer\":5,"
    "\"user-context\":{\"ha-server-name\":\"a\"},\"subnet4\":[{\"subnet\":\"10.7.0.0/24\"}]}],"
    "\"subnet4\":[{\"subnet\":\"10.8.0.0/24\"}]}";

static const char kept[] =
    "{\"ddns-qualifying-suffix\":\"caf\\u00e9.example\","
    "\"hooks-libraries\":[{\"parameters\":{\"high-availability\":[]}},"
    "{\"parameters\":{\"high-availability\":[{\"heartbeat-delay\":3000,\"mode\":\"hot-standby\","
    "\"peers\":[{\"name\":\"a\",\"role\":\"primary\"},{\"name\":\"b\",\"role\":\"standby\"}],"
    "\"this-server-name\":\"a\"}]}}],"
    "\"option-def\":[{\"code\":240,\"name\":\"shelf\",\"type\":\"uint8\"}],"
    "\"renew-timer\":1000,\"reservation-mode\":\"all\","
    "\"shared-networks\":[{\"name\":\"library\",\"renew-timer\":5,"
    "\"user-context\":{\"ha-server-name\":\"a\"}}],"
    "\"valid-lifetime\":4000}";

static struct pk_kea_value
parsed(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value value = {.kind = PK_KEA_NULL};
    assert_int_equal(pk_kea_parse(pool, "a", text, strlen(text), &value, NULL), PK_OK);
    return value;
}

/* In one order, whatever order a text has. */
static const char *
canonical(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value value = parsed(pool, text);
    return pk_kea_canonical(pool, &value);
}

static void
what_scopes_rest_on_is_kept_and_no_secret(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_server server = {.where = "server a"};
    struct pk_kea_value dhcp4 = parsed(pool, configuration);
    pk_kea_around_keep(&server, &dhcp4);
    const char *text = pk_kea_around_text(&server, pool);
    assert_null(strstr(text, "SECRET"));
    assert_string_equal(canonical(pool, text), canonical(pool, kept));
    pk_pool_free(server.around_pool);
}

static void
what_is_recalled_is_what_was_kept(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_server server = {.where = "server a"}, later = {.where = "server a", .loses = true};
    struct pk_kea_value dhcp4 = parsed(pool, configuration);
    pk_kea_around_keep(&server, &dhcp4);
    pk_kea_around_recall(&later, pk_kea_around_text(&server, pool));
    assert_false(later.loses);
    assert_string_equal(pk_kea_around_text(&later, pool), pk_kea_around_text(&server, pool));
    pk_pool_free(server.around_pool);
    pk_pool_free(later.around_pool);
}

static void
of_a_server_that_would_lose_something_nothing_is_written_down(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_server server = {.where = "server a"};
    struct pk_kea_value dhcp4 =
        parsed(pool, "{\"client-classes\":[{\"name\":\"c\",\"option-data\":[{\"code\":43,\"name\":"
                     "\"vendor-encapsulated-options\",\"csv-format\":false,\"data\":\"\"}]}]}");
    pk_kea_around_keep(&server, &dhcp4);
    assert_true(server.loses);
    assert_null(pk_kea_around_text(&server, pool));
    pk_pool_free(server.around_pool);
}

static void
what_cannot_be_recalled_is_not_known(void **state)
{
    (void)state;
    struct pk_server server = {.where = "server a"};
    pk_kea_around_recall(&server, "{\"valid-lifetime\":");
    assert_null(server.around_pool);
    pk_kea_around_recall(&server, "[]");
    assert_null(server.around_pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_scopes_rest_on_is_kept_and_no_secret),
        cmocka_unit_test(what_is_recalled_is_what_was_kept),
        cmocka_unit_test(of_a_server_that_would_lose_something_nothing_is_written_down),
        cmocka_unit_test(what_cannot_be_recalled_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
