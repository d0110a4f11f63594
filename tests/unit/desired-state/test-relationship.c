/* Relationships: policies as members, settings as parts. */
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

static const struct pk_wanted_relationship *
relationship_of(struct pk_pool *pool, const char *content)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    const char *yaml =
        pk_sprintf(pool, "relationships: {campus: {servers: [dhcp-a, dhcp-b]%s}}\n", content);
    assert_int_equal(build_text(pool, yaml, &diagnostics, &snapshot), PK_OK);
    assert_int_equal(diagnostics.errors, 0);
    return pk_snapshot_relationship(&snapshot, "campus");
}

static const char *
parts_text(struct pk_pool *pool, const struct pk_parts *parts)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < parts->count; i++) {
        pk_text_addf(&out, "%s%s=%s", i != 0 ? " " : "",
                     pk_part_name(pool, parts->at[i].field, parts->at[i].key), parts->at[i].value);
    }
    return pk_text_end(&out);
}

static void
what_is_not_written_has_its_default(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_wanted_relationship *got = relationship_of(pool, "");
    assert_string_equal(got->name, "campus");
    assert_string_equal(got->servers[PK_SERVER_1], "dhcp-a");
    assert_string_equal(got->servers[PK_SERVER_2], "dhcp-b");
    assert_int_equal(got->source, PK_SERVER_1);
    assert_int_equal(got->heal, PK_HEAL_ENFORCE);
    assert_int_equal(got->prune, PK_PRUNE_NEVER);
    assert_int_equal(got->foreign, PK_FOREIGN_REPORT);
    assert_int_equal(got->settings, PK_SETTINGS_REPORT);
    assert_false(got->suspend);
    assert_false(got->split_ranges);
    assert_int_equal(got->mark.column, 17);
}

static void
every_policy_is_read(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_wanted_relationship *got = relationship_of(
        pool,
        ", heal: commits, prune: owned, foreign: replicate, settings: enforce, suspend: true, "
        "split-ranges: true");
    assert_int_equal(got->heal, PK_HEAL_COMMITS);
    assert_int_equal(got->prune, PK_PRUNE_OWNED);
    assert_int_equal(got->foreign, PK_FOREIGN_REPLICATE);
    assert_int_equal(got->settings, PK_SETTINGS_ENFORCE);
    assert_true(got->suspend);
    assert_true(got->split_ranges);
    assert_int_equal(relationship_of(pool, ", heal: report")->heal, PK_HEAL_REPORT);
}

static void
settings_are_parts_and_policies_are_not(void **state)
{
    (void)state;
    const uint64_t members = UINT64_C(1) << PK_RELATIONSHIP_SERVERS | UINT64_C(1)
                                                                          << PK_RELATIONSHIP_SOURCE;
    static const struct {
        const char *content, *parts;
        uint64_t owned; /* beside servers and source */
    } cases[] = {
        {"", "servers=[\"dhcp-a\",\"dhcp-b\"] source=\"dhcp-a\"", 0},
        {", heal: report, scope-defaults: {lease-time: 8h}",
         "servers=[\"dhcp-a\",\"dhcp-b\"] source=\"dhcp-a\"", 0},
        {", mode: hot-standby, standby-reserve: 10, source: dhcp-b",
         "mode=\"hot-standby\" servers=[\"dhcp-a\",\"dhcp-b\"] source=\"dhcp-b\" "
         "standby-reserve=10",
         UINT64_C(1) << PK_RELATIONSHIP_MODE | UINT64_C(1) << PK_RELATIONSHIP_STANDBY_RESERVE},
        {", load-split: 50, mclt: 1h", "servers=[\"dhcp-a\",\"dhcp-b\"] source=\"dhcp-a\"",
         UINT64_C(1) << PK_RELATIONSHIP_LOAD_SPLIT | UINT64_C(1) << PK_RELATIONSHIP_MCLT},
        {", auto-state-transition: false, state-switch-interval: 30m, kea: {sync-timeout: 5}",
         "servers=[\"dhcp-a\",\"dhcp-b\"] source=\"dhcp-a\" auto-state-transition=false "
         "state-switch-interval=1800 kea.sync-timeout=5",
         UINT64_C(1) << PK_RELATIONSHIP_AUTO_STATE_TRANSITION |
             UINT64_C(1) << PK_RELATIONSHIP_STATE_SWITCH_INTERVAL |
             UINT64_C(1) << PK_RELATIONSHIP_KEA},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        const struct pk_wanted_relationship *got = relationship_of(pool, cases[i].content);
        assert_string_equal(parts_text(pool, &got->parts), cases[i].parts);
        assert_true(got->owned == (members | cases[i].owned));
    }
}

static void
the_source_is_a_side(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_int_equal(relationship_of(pool, ", source: dhcp-a")->source, PK_SERVER_1);
    assert_int_equal(relationship_of(pool, ", source: dhcp-b")->source, PK_SERVER_2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_written_has_its_default),
        cmocka_unit_test(every_policy_is_read),
        cmocka_unit_test(settings_are_parts_and_policies_are_not),
        cmocka_unit_test(the_source_is_a_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
