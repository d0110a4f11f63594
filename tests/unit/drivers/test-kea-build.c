/* What is built from a row and read again is the row, whatever stands above it on the server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/kea-build.h"
#include "drivers/kea-config.h"
#include "drivers/kea-inherit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { ROUNDS = 400, KEYS_MOST = 6, POOLS_MOST = 3 };

/* -- Random subnets --------------------------------------------------------------------------- */

static uint32_t
next(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 8) % below;
}

/* Members of a subnet that a server may also have for all of them, and two values of each. */
static const char *const settings[][2] = {
    {"\"valid-lifetime\":4000", "\"valid-lifetime\":5000"},
    {"\"match-client-id\":false", "\"match-client-id\":true"},
    {"\"next-server\":\"192.0.2.1\"", "\"next-server\":\"192.0.2.2\""},
    {"\"t1-percent\":0.25", "\"t1-percent\":0.5"},
    {"\"ddns-send-updates\":false", "\"ddns-send-updates\":true"},
    {"\"ddns-qualifying-suffix\":\"a.example.\"", "\"ddns-qualifying-suffix\":\"b.example.\""},
    {"\"store-extended-info\":true", "\"store-extended-info\":false"},
    {"\"reservations-global\":true", "\"reservations-global\":false"},
};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

static const char *const contents[] = {
    "\"option-data\":[{\"code\":3,\"data\":\"10.0.0.1, 10.0.0.2\"}]",
    "\"option-data\":[{\"code\":66,\"data\":\"a, b\\\\,c\"}]",
    "\"option-data\":[{\"code\":224,\"csv-format\":false,\"data\":\"00FF\"}]",
    "\"option-data\":[{\"code\":150,\"csv-format\":false,\"data\":\"0A000001\"}]",
    "\"reservations\":[{\"hw-address\":\"00:1a:2b:3c:4d:5e\",\"ip-address\":\"10.0.0.9\"}]",
    "\"reservations\":[{\"client-id\":\"0102\",\"hostname\":\"h\",\"client-classes\":[\"c\"]}]",
    "\"user-context\":{\"comment\":\"c\",\"subnet-name\":\"n\",\"x\":[1,null,0.5]}",
    "\"user-context\":{\"subnet-name\":\"Gr\\u00c3\\u00b6\"}",
    "\"client-class\":\"c\"",
};
enum { CONTENTS = sizeof contents / sizeof contents[0] };

static void
add(struct pk_text *text, const char *member)
{
    pk_text_addf(text, ",%s", member);
}

static void
add_settings(struct pk_text *text, uint32_t *seed, uint32_t most)
{
    uint32_t first = next(seed, SETTINGS);
    for (uint32_t i = 0; i < next(seed, most + 1) && i < SETTINGS; i++) {
        add(text, settings[(first + i) % SETTINGS][next(seed, 2)]);
    }
}

static void
add_pools(struct pk_text *text, uint32_t *seed)
{
    static const char *const keys[] = {"", ",\"client-class\":\"c\"",
                                       ",\"option-data\":[{\"code\":6,\"data\":\"10.0.0.1\"}]"};
    uint32_t at = 10, count = next(seed, POOLS_MOST + 1);
    pk_text_add(text, ",\"pools\":[");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t last = at + next(seed, 20);
        pk_text_addf(text, "%s{\"pool\":\"10.0.0.%u-10.0.0.%u\"%s}", i != 0 ? "," : "", at, last,
                     keys[next(seed, 3)]);
        at = last + 2 + next(seed, 20);
    }
    pk_text_add(text, "]");
}

static const char *
subnet(struct pk_pool *pool, uint32_t *seed)
{
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, "{\"id\":7,\"subnet\":\"10.0.0.0/24\"");
    add_settings(&text, seed, KEYS_MOST);
    add_pools(&text, seed);
    add(&text, contents[next(seed, 3)]);
    add(&text, contents[3 + next(seed, 2)]);
    add(&text, contents[5 + next(seed, 2)]);
    if (next(seed, 2) != 0) {
        add(&text, contents[CONTENTS - 1]);
    }
    pk_text_add(&text, "}");
    return pk_text_end(&text);
}

/* -- There and back --------------------------------------------------------------------------- */

static void
parse(struct pk_pool *pool, const char *text, struct pk_kea_value *out)
{
    struct pk_error err = {0};
    if (pk_kea_parse(pool, "test", text, strlen(text), out, &err) != PK_OK) {
        fail_msg("%s: %s", err.message, text);
    }
}

static struct pk_row
read_row(struct pk_pool *pool, const char *above, const char *one)
{
    struct pk_kea_value dhcp4;
    struct pk_observation seen = {.sequence = ""};
    struct pk_error err = {0};
    const struct pk_kea_naming naming = {.server = "s"};
    parse(pool, pk_sprintf(pool, "{\"subnet4\":[%s]%s}", one, above), &dhcp4);
    if (pk_kea_config_observe(pool, &dhcp4, &naming, &seen, &err) != PK_OK) {
        fail_msg("%s: %s", err.message, one);
    }
    assert_int_equal(seen.rows.count, 1);
    return seen.rows.at[0];
}

static void
insist_on_a_way_back(struct pk_pool *pool, const struct pk_row *row, const char *above, bool old)
{
    struct pk_kea_value dhcp4, built;
    struct pk_kea_level level;
    struct pk_error err = {0};
    parse(pool, pk_sprintf(pool, "{\"subnet4\":[]%s}", above), &dhcp4);
    assert_int_equal(pk_kea_level_above(pool, &dhcp4, NULL, &level, &err), PK_OK);
    const struct pk_kea_style style = {.old_spelling = old, .reservations = true, .above = &level};
    if (pk_kea_build_subnet(pool, row, &style, &built, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    struct pk_text text = {.pool = pool};
    pk_kea_print(&text, &built);
    struct pk_row again = read_row(pool, above, pk_text_end(&text));
    if (!pk_sha256_equal(&again.hash, &row->hash)) {
        fail_msg("below {%s} it comes back as another: %s", above, pk_text_end(&text));
    }
}

static void
what_is_built_from_a_row_and_read_again_is_the_row(void **state)
{
    (void)state;
    for (uint32_t round = 0, seed = 1; round < ROUNDS; round++) {
        PK_SCRATCH(pool);
        struct pk_text from = {.pool = pool}, to = {.pool = pool};
        add_settings(&from, &seed, KEYS_MOST);
        add_settings(&to, &seed, KEYS_MOST);
        struct pk_row row = read_row(pool, pk_text_end(&from), subnet(pool, &seed));
        insist_on_a_way_back(pool, &row, pk_text_end(&from), round % 2 != 0);
        insist_on_a_way_back(pool, &row, pk_text_end(&to), round % 2 != 0);
    }
}

static void
what_would_be_inherited_is_not_said(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_level level = pk_kea_level_default;
    struct pk_kea_said said;
    level.times[PK_KEA_LEASE] = "4000";
    pk_kea_say(pool, &level, &level, false, &said);
    assert_int_equal(said.list.count, 0);
    pk_kea_say(pool, &level, &pk_kea_level_default, false, &said);
    assert_int_equal(said.list.count, 3); /* the lease time and its bounds are one */
}

static void
what_a_subnet_cannot_be_without_is_refused(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_kea_value built;
    struct pk_kea_level level = pk_kea_level_default;
    struct pk_error err = {0};
    struct pk_row row = read_row(pool, "", "{\"id\":7,\"subnet\":\"10.0.0.0/24\"}");
    level.times[PK_KEA_RENEW] = "900";
    const struct pk_kea_style style = {.above = &level};
    assert_int_equal(pk_kea_build_subnet(pool, &row, &style, &built, &err), PK_EREFUSED);
    assert_non_null(strstr(err.message, "renew-timer"));
    assert_non_null(strstr(err.message, "not-representable"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_from_a_row_and_read_again_is_the_row),
        cmocka_unit_test(what_would_be_inherited_is_not_said),
        cmocka_unit_test(what_a_subnet_cannot_be_without_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
