/*
 * What rules do with several files, several servers and many scopes; each rule by itself has its
 * files under tests/golden.
 */
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

static struct pk_source_file
file_of(const char *path, const char *text)
{
    return (struct pk_source_file){.path = path, .bytes = text, .size = strlen(text)};
}

/* All diagnostics of @p files, judged with @p servers (NULL = no configuration at hand). */
static const char *
judge(struct pk_pool *pool, const struct pk_source_file *files, size_t count,
      const struct pk_known_server *servers, size_t server_count)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    const struct pk_snapshot_context context = {
        .servers = servers, .server_count = server_count, .limits = pk_document_default_limits};
    pk_snapshot_build(pool, files, count, &context, &diagnostics, &snapshot);
    return diagnostics_text(pool, &diagnostics);
}

static void
a_relationship_in_two_files_is_reported_in_the_second(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_source_file files[] = {
        file_of("b.yaml", "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n"),
        file_of("a.yaml", "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n"),
        file_of("c.yaml", "relationships: {campus: {servers: [dhcp-c, dhcp-d]}}\n"),
    };
    assert_string_equal(judge(pool, files, 2, NULL, 0),
                        "b.yaml:1:17: relationship 'campus' is already in a.yaml:1:17; put both "
                        "into one place [relationship-twice]\n");
    assert_string_equal(judge(pool, &files[1], 1, NULL, 0), "");
    assert_string_equal(judge(pool, &files[1], 2, NULL, 0),
                        "c.yaml:1:17: relationship 'campus' is already in a.yaml:1:17; put both "
                        "into one place [relationship-twice]\n");
}

static void
scopes_of_two_files_are_judged_together(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_source_file files[] = {
        file_of("scopes/b.yaml", "scopes:\n  - {subnet: 10.0.0.0/24, relationship: campus}\n"),
        file_of("scopes/a.yaml", "scopes:\n  - {subnet: 10.0.0.0/24, relationship: campus}\n"),
        file_of("pairs.yml", "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n"),
    };
    assert_string_equal(judge(pool, files, COUNT_OF(files), NULL, 0),
                        "scopes/b.yaml:2:14: 10.0.0.0/24 is already a scope of 'campus' in "
                        "scopes/a.yaml:2:14; keep one of the two [subnet-twice]\n");
}

static void
a_syntax_error_stops_its_file_only(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_source_file files[] = {
        file_of("a.yaml", "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n"),
        file_of("b.yaml", "scopes:\n  - {subnet: 10.0.0.0/24, relationship: campus\n"),
        file_of("c.yaml", "scopes:\n  - {subnet: 10.0.1.1/24, relationship: campus}\n"),
    };
    assert_string_equal(judge(pool, files, COUNT_OF(files), NULL, 0),
                        "b.yaml:3:1: not YAML: while parsing a flow mapping: did not find expected "
                        "',' or '}'; close the mapping with '}' [syntax]\n"
                        "c.yaml:2:14: subnet: 10.0.1.1/24 has host bits set; did you mean "
                        "'10.0.1.0/24'? [host-bits]\n");
}

static void
what_an_unreadable_file_may_hold_is_not_missed(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *const scopes = "scopes:\n  - {subnet: 10.0.0.0/24, relationship: campus}\n";
    const struct pk_source_file broken[] = {file_of("a.yaml", "relationships: [\n"),
                                            file_of("b.yaml", scopes)};
    const struct pk_source_file whole[] = {file_of("a.yaml", "relationships: {}\n"),
                                           file_of("b.yaml", scopes)};
    assert_null(strstr(judge(pool, broken, 2, NULL, 0), "relationship-unknown"));
    assert_null(strstr(judge(pool, broken, 2, NULL, 0), "nothing-wanted"));
    assert_non_null(strstr(judge(pool, whole, 2, NULL, 0), "relationship-unknown"));
    assert_non_null(strstr(judge(pool, whole, 2, NULL, 0), "nothing-wanted"));
}

static void
a_mistake_in_defaults_is_reported_once_whoever_inherits_it(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_text yaml = {.pool = pool};
    pk_text_add(&yaml, "relationships:\n"
                       "  campus:\n"
                       "    servers: [dhcp-a, dhcp-b]\n"
                       "    scope-defaults: {lease-time: 1h, renew-time: 1h, state: on}\n"
                       "scopes:\n");
    for (int i = 0; i < 50; i++) {
        pk_text_addf(&yaml, "  - {subnet: 10.0.%d.0/24, relationship: campus}\n", i);
    }
    const struct pk_source_file file = file_of("a.yaml", pk_text_end(&yaml));
    assert_string_equal(judge(pool, &file, 1, NULL, 0),
                        "a.yaml:4:50: renew-time 1h is not below lease-time 1h; renew-time < "
                        "rebind-time < lease-time [timer-order]\n"
                        "a.yaml:4:61: state: 'on' is not one of active, inactive [bad-value]\n");
}

static void
servers_are_judged_only_with_a_configuration_at_hand(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct pk_known_server servers[] = {{.name = "dhcp-a"}, {.name = "dhcp-c"}};
    const struct pk_source_file file =
        file_of("a.yaml", "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n");
    assert_string_equal(judge(pool, &file, 1, NULL, 0), "");
    assert_string_equal(judge(pool, &file, 1, servers, COUNT_OF(servers)),
                        "a.yaml:1:44: servers: 'dhcp-b' is not in the agent's configuration; did "
                        "you mean 'dhcp-a'? [server-unknown]\n");
}

static void
one_demanding_server_of_the_two_makes_the_warning_an_error(void **state)
{
    (void)state;
    static const struct pk_known_server servers[] = {
        {.name = "easy"}, {.name = "easy-2"}, {.name = "strict", .demands_valid_scope = true}};
    static const struct {
        const char *pair, *want;
    } cases[] = {
        {"easy, easy-2", "a.yaml:2:21: warning: some kinds of server refuse such a scope: the "
                         "prefix length is not within 1..30 [scope-not-portable]\n"},
        {"easy, strict", "a.yaml:2:21: server 'strict' refuses such a scope: the prefix length is "
                         "not within 1..30 [scope-refused]\n"},
        {"strict, easy", "a.yaml:2:21: server 'strict' refuses such a scope: the prefix length is "
                         "not within 1..30 [scope-refused]\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PK_SCRATCH(pool);
        const struct pk_source_file file =
            file_of("a.yaml", pk_sprintf(pool,
                                         "relationships: {campus: {servers: [%s]}}\n"
                                         "scopes: [ {subnet:  10.0.0.0/32, relationship: campus}]",
                                         cases[i].pair));
        assert_string_equal(judge(pool, &file, 1, servers, COUNT_OF(servers)), cases[i].want);
    }
}

/* All inside one /8, so every one of them overlaps: comparing each with each would not end. */
static void
many_scopes_that_overlap_are_judged_by_neighbours(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    enum { FILES = 40, SCOPES = 250 };
    struct pk_source_file files[FILES + 1];
    files[FILES] = file_of("a.yaml", "relationships: {campus: {servers: [dhcp-a, dhcp-b]}}\n"
                                     "scopes: [{subnet: 10.0.0.0/8, relationship: campus}]\n");
    for (int i = 0; i < FILES; i++) {
        struct pk_text yaml = {.pool = pool};
        pk_text_add(&yaml, "scopes:\n");
        for (int j = 0; j < SCOPES; j++) {
            pk_text_addf(&yaml, "  - {subnet: 10.%d.%d.0/24, relationship: campus, id: %d}\n", i, j,
                         i * SCOPES + j + 1);
        }
        files[i] = file_of(pk_sprintf(pool, "b%d.yaml", i), pk_text_end(&yaml));
    }
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    const struct pk_snapshot_context context = {.limits = pk_document_default_limits};
    assert_int_equal(pk_snapshot_build(pool, files, FILES + 1, &context, &diagnostics, &snapshot),
                     PK_EINVAL);
    assert_int_equal(diagnostics.errors, FILES * SCOPES);
    assert_int_equal(diagnostics.list.at[0].rule, PK_RULE_SUBNET_OVERLAP);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relationship_in_two_files_is_reported_in_the_second),
        cmocka_unit_test(scopes_of_two_files_are_judged_together),
        cmocka_unit_test(a_syntax_error_stops_its_file_only),
        cmocka_unit_test(what_an_unreadable_file_may_hold_is_not_missed),
        cmocka_unit_test(a_mistake_in_defaults_is_reported_once_whoever_inherits_it),
        cmocka_unit_test(servers_are_judged_only_with_a_configuration_at_hand),
        cmocka_unit_test(one_demanding_server_of_the_two_makes_the_warning_an_error),
        cmocka_unit_test(many_scopes_that_overlap_are_judged_by_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
