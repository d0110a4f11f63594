/* Scopes: what Git wants, what it owns, where each part was written, how defaults merge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "reading.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char campus[] = "relationships:\n"
                             "  campus:\n"
                             "    servers: [dhcp-a, dhcp-b]\n";

/* The one scope of campus, with @p defaults and @p content as flow mappings. */
static const struct pk_wanted_scope *
scope_of(struct pk_pool *pool, const char *defaults, const char *content)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    const char *yaml = pk_sprintf(pool,
                                  "%s    scope-defaults: {%s}\n"
                                  "scopes:\n"
                                  "  - {subnet: 10.20.0.0/24, relationship: campus%s%s}\n",
                                  campus, defaults, *content != '\0' ? ", " : "", content);
    enum pk_code code = build_text(pool, yaml, &diagnostics, &snapshot);
    if (code != PK_OK) {
        fail_msg("%s", diagnostics_text(pool, &diagnostics));
    }
    assert_int_equal(snapshot.scope_count, 1);
    return &snapshot.scopes[0];
}

/* `name=value` of every part but the relationship, a space between. */
static const char *
parts_text(struct pk_pool *pool, const struct pk_wanted_scope *scope)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < scope->parts.count; i++) {
        const struct pk_part *part = &scope->parts.at[i];
        if (part->field != &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP]) {
            pk_text_addf(&out, "%s%s=%s", out.count != 0 ? " " : "",
                         pk_part_name(pool, part->field, part->key), part->value);
        }
    }
    return pk_text_end(&out);
}

/* Names of the owned fields and kea keys but the relationship, a space between. */
static const char *
owned_text(struct pk_pool *pool, const struct pk_wanted_scope *scope)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < PK_SCOPE_FIELD_COUNT; i++) {
        if (i != PK_SCOPE_RELATIONSHIP && (scope->owned & UINT64_C(1) << i) != 0) {
            pk_text_addf(&out, "%s%s", out.count != 0 ? " " : "", pk_scope_fields.at[i].name);
        }
    }
    for (size_t i = 0; i < scope->owned_kea_count; i++) {
        pk_text_addf(&out, "%skea.%s", out.count != 0 ? " " : "", scope->owned_kea[i]);
    }
    return pk_text_end(&out);
}

static void
parts_are_canonical_and_ownership_follows_what_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *defaults, *content, *parts, *owned;
    } cases[] = {
        {"", "", "", ""},
        {"", "name: x, id: 20", "id=20 name=\"x\"", "id name"},
        /* a default that is stated is owned and yet no part */
        {"", "state: active, description: \"\"", "", "description state"},
        {"", "state: inactive", "state=\"inactive\"", "state"},
        {"lease-time: 8h", "", "lease-time=28800", "lease-time"},
        {"lease-time: 8h", "lease-time: 1h", "lease-time=3600", "lease-time"},
        {"lease-time: 8h", "lease-time: null", "", ""},
        /* options: owned whole, merged by canonical name */
        {"", "options: {}", "", "options"},
        {"options: {routers: [10.20.0.1]}", "", "options.routers=[\"10.20.0.1\"]", "options"},
        {"options: {\"3\": [10.20.0.1], domain-name: a.b}", "options: {routers: 10.20.0.2}",
         "options.domain-name=[\"a.b\"] options.routers=[\"10.20.0.2\"]", "options"},
        {"options: {routers: [10.20.0.1]}", "options: {}", "options.routers=[\"10.20.0.1\"]",
         "options"},
        {"options: {tftp-server-name: x, routers: [10.20.0.1]}",
         "options: {tftp-server-name: null}", "options.routers=[\"10.20.0.1\"]", "options"},
        {"options: {routers: [10.20.0.1]}", "options: null", "", ""},
        {"", "options: {tftp-server-name: null}", "", "options"},
        {"", "options: {ntp-servers: {value: [10.0.0.7], always-send: true}}",
         "options.ntp-servers={\"always-send\":true,\"value\":[\"10.0.0.7\"]}", "options"},
        {"", "options: {ntp-servers: {value: 10.0.0.7, always-send: false}}",
         "options.ntp-servers=[\"10.0.0.7\"]", "options"},
        /* kea: owned key by key, null is wanted absent */
        {"kea: {b: 1, a: {y: 2, x: [no, 1.5]}}", "kea: {b: null, c: true}",
         "kea.a={\"x\":[\"no\",1.5],\"y\":2} kea.c=true", "kea.a kea.b kea.c"},
        {"kea: {b: null}", "", "", "kea.b"},
        {"kea: {b: null}", "kea: {b: 1}", "kea.b=1", "kea.b"},
        {"kea: {b: 1}", "kea: null", "", ""},
        /* Kea's newest spelling; what is Kea's default is wanted absent */
        {"", "kea: {client-class: a, t1-percent: 1, relay: {ip-address: 10.0.0.9}}",
         "kea.client-classes=[\"a\"] kea.relay={\"ip-addresses\":[\"10.0.0.9\"]} "
         "kea.t1-percent=1.0",
         "kea.client-classes kea.relay kea.t1-percent"},
        {"kea: {match-client-id: false}", "kea: {match-client-id: true}", "",
         "kea.match-client-id"},
        {"", "ranges: [{range: 10.20.0.7, kea: {client-class: a, option-data: []}}]",
         "ranges=[{\"kea\":{\"client-classes\":[\"a\"]},\"range\":\"10.20.0.7\"}]", "ranges"},
        {"kea: {b: 1}", "kea: {}", "kea.b=1", "kea.b"},
        /* ranges and exclusions: one field */
        {"", "ranges: []", "", "ranges"},
        {"", "ranges: [10.20.0.9, 10.20.0.4-10.20.0.8], exclusions: [10.20.0.6]",
         "ranges=[\"10.20.0.4-10.20.0.5\",\"10.20.0.7-10.20.0.9\"]", "ranges"},
        {"", "ranges: [{range: 10.20.0.8/30, kea: {client-classes: [b]}}, 10.20.0.7]",
         "ranges=[\"10.20.0.7\",{\"kea\":{\"client-classes\":[\"b\"]},"
         "\"range\":\"10.20.0.8-10.20.0.11\"}]",
         "ranges"},
        {"", "ranges: [{range: 10.20.0.8/30, kea: {}}]", "ranges=[\"10.20.0.8-10.20.0.11\"]",
         "ranges"},
        {"", "reservations: []", "", "reservations"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        const struct pk_wanted_scope *scope = scope_of(pool, cases[i].defaults, cases[i].content);
        assert_string_equal(parts_text(pool, scope), cases[i].parts);
        assert_string_equal(owned_text(pool, scope), cases[i].owned);
    }
}

static void
identifiers_have_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *content, *want;
    } cases[] = {
        {"mac: 00:1A:2b:3C:4d:5E", "mac=00:1a:2b:3c:4d:5e"},
        {"mac: 001a2B3c4d5e", "mac=00:1a:2b:3c:4d:5e"},
        {"mac: 00-1a-2b-3c-4d-5e", "mac=00:1a:2b:3c:4d:5e"},
        {"mac: 0:1a:2b:3c:4d:5e", "mac=00:1a:2b:3c:4d:5e"},
        {"client-id: 0x01aa", "client-id=01:aa"},
        {"duid: \"'ab'\"", "duid=61:62"},
        {"circuit-id: ff", "circuit-id=ff"},
        {"flex-id: \"'s0'\"", "flex-id=73:30"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        const struct pk_wanted_scope *scope =
            scope_of(pool, "", pk_sprintf(pool, "reservations: [{%s}]", cases[i].content));
        assert_string_equal(parts_text(pool, scope),
                            pk_sprintf(pool, "reservations.%s={}", cases[i].want));
    }
}

static void
a_reservation_is_an_object_without_what_is_absent(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_wanted_scope *scope =
        scope_of(pool, "",
                 "reservations: [{options: {\"6\": [10.0.0.1], routers: 10.20.0.2}, kea: {b: 1}, "
                 "name: \"North, wall\", hostname: printer-1, ip: 10.20.0.61, duid: 00}, "
                 "{mac: 00:01, hostname: \"\", name: \"\", options: {}, kea: {}}]");
    assert_string_equal(parts_text(pool, scope),
                        "reservations.duid=00={\"hostname\":\"printer-1\",\"ip\":\"10.20.0.61\","
                        "\"kea\":{\"b\":1},\"name\":\"North, wall\",\"options\":"
                        "{\"domain-name-servers\":[\"10.0.0.1\"],\"routers\":[\"10.20.0.2\"]}} "
                        "reservations.mac=00:01={}");
}

static void
each_part_knows_where_it_was_written(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    const char *yaml = pk_sprintf(pool, "%s%s", campus,
                                  "    scope-defaults:\n"
                                  "      lease-time: 8h\n"
                                  "      state: active\n"
                                  "      options:\n"
                                  "        routers: [10.20.0.1]\n"
                                  "scopes:\n"
                                  "  - subnet: 10.20.0.0/24\n"
                                  "    relationship: campus\n"
                                  "    options:\n"
                                  "      domain-name: a.b\n"
                                  "    ranges:\n"
                                  "      - 10.20.0.5-10.20.0.9\n");
    assert_int_equal(build_text(pool, yaml, &diagnostics, &snapshot), PK_OK);
    static const struct {
        const char *name;
        unsigned line, column;
    } want[] = {{"relationship", 11, 19},
                {"ranges", 15, 7},
                {"lease-time", 5, 19},
                {"options.domain-name", 13, 7},
                {"options.routers", 8, 9}};
    const struct pk_wanted_scope *scope = &snapshot.scopes[0];
    assert_int_equal(scope->parts.count, COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        const struct pk_part *part = &scope->parts.at[i];
        assert_string_equal(pk_part_name(pool, part->field, part->key), want[i].name);
        assert_string_equal(scope->origin[i].file, "a.yaml");
        assert_int_equal(scope->origin[i].line, want[i].line);
        assert_int_equal(scope->origin[i].column, want[i].column);
    }
    assert_int_equal(scope->mark.line, 10);
    assert_int_equal(scope->mark.column, 13);
}

static void
a_map_is_owned_whole_but_kea_by_key(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_field *rows = pk_scope_fields.at;
    const struct pk_wanted_scope *scope =
        scope_of(pool, "", "options: {routers: 10.20.0.1}, kea: {b: null, d: 1}");
    assert_true(pk_wanted_owns(scope, &rows[PK_SCOPE_OPTIONS], "routers"));
    assert_true(pk_wanted_owns(scope, &rows[PK_SCOPE_OPTIONS], "domain-name"));
    assert_true(pk_wanted_owns(scope, &rows[PK_SCOPE_RELATIONSHIP], ""));
    assert_false(pk_wanted_owns(scope, &rows[PK_SCOPE_NAME], ""));
    assert_false(pk_wanted_owns(scope, &rows[PK_SCOPE_RESERVATIONS], "mac=00"));
    assert_true(pk_wanted_owns(scope, &rows[PK_SCOPE_KEA], "b"));
    assert_true(pk_wanted_owns(scope, &rows[PK_SCOPE_KEA], "d"));
    assert_false(pk_wanted_owns(scope, &rows[PK_SCOPE_KEA], "c"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_canonical_and_ownership_follows_what_is_written),
        cmocka_unit_test(identifiers_have_one_form),
        cmocka_unit_test(a_reservation_is_an_object_without_what_is_absent),
        cmocka_unit_test(each_part_knows_where_it_was_written),
        cmocka_unit_test(a_map_is_owned_whole_but_kea_by_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
