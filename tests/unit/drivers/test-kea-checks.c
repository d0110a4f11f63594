/* Every check of a Kea server finds what it is for, and stays silent just beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "drivers/kea-checks.h"
#include "drivers/kea-facts-ask.h"
#include "drivers/kea-saved.h"
#include "drivers/kea-versions.h"
#include "kea-check-examples.h"

static struct pk_kea_value *
parse(struct pk_pool *pool, const char *quoted)
{
    char *text = pk_strdup(pool, quoted);
    for (char *at = strchr(text, '\''); at != NULL; at = strchr(at, '\'')) {
        *at = '"';
    }
    struct pk_kea_value *value = pk_new(pool, struct pk_kea_value);
    struct pk_error err = {0};
    if (pk_kea_parse(pool, "example", text, strlen(text), value, &err) != PK_OK) {
        fail_msg("%s: %s\n%s", err.where, err.message, text);
    }
    return value;
}

static struct pk_kea_facts
facts_of(struct pk_pool *pool, const char *name, const char *quoted)
{
    const struct pk_kea_value *server = parse(pool, quoted);
    const struct pk_kea_value *answers = pk_kea_get(server, "answers-all");
    struct pk_kea_facts facts = {
        .server = name,
        .version = pk_kea_version_parse(pk_kea_text(server, "version")),
        .dhcp4 = pk_kea_get(server, "dhcp4"),
        .commands = pk_kea_get(server, "commands"),
        .status = pk_kea_get(server, "status"),
        .unsaved_scopes = -1,
    };
    facts.access = pk_kea_access_of(&(struct pk_server_config){
        .url = pk_kea_text(server, "url"),
        .password_file = pk_kea_is_true(server, "password") ? "secret" : NULL});
    facts.access.answers_all = answers == NULL                ? PK_KEA_CANNOT_TELL
                               : answers->kind == PK_KEA_TRUE ? PK_KEA_YES
                                                              : PK_KEA_NO;
    facts.has_clock = pk_kea_integer(server, "clock-ahead", &facts.clock_ahead_s);
    pk_kea_integer(server, "unsaved", &facts.unsaved_scopes);
    assert_non_null(facts.dhcp4);
    pk_kea_facts_complete(pool, &facts);
    return facts;
}

static const struct pk_finding *
find(const struct pk_findings *findings, const char *code)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (strcmp(findings->at[i].code, code) == 0) {
            return &findings->at[i];
        }
    }
    return NULL;
}

static const struct pk_finding *
examine(struct pk_pool *pool, const char *code, const char *server)
{
    struct pk_findings found = {0};
    const struct pk_kea_facts facts = facts_of(pool, "kea-a", server);
    pk_kea_examine(pool, &facts, &found);
    return find(&found, code);
}

static const struct pk_finding *
examine_pair(struct pk_pool *pool, const char *code, const char *const servers[2])
{
    struct pk_findings found = {0};
    const struct pk_kea_facts a = facts_of(pool, "kea-a", servers[0]);
    const struct pk_kea_facts b = facts_of(pool, "kea-b", servers[1]);
    pk_kea_examine_pair(pool, &a, &b, &found);
    return find(&found, code);
}

/* Its place in the list; fails the test when there is none. */
static size_t
example_of(const char *code)
{
    size_t i = 0;
    while (i < kea_example_count && strcmp(kea_examples[i].code, code) != 0) {
        i++;
    }
    if (i == kea_example_count) {
        fail_msg("the check %s has no example", code);
    }
    return i;
}

static size_t
pair_example_of(const char *code)
{
    size_t i = 0;
    while (i < kea_pair_example_count && strcmp(kea_pair_examples[i].code, code) != 0) {
        i++;
    }
    if (i == kea_pair_example_count) {
        fail_msg("the check %s has no example", code);
    }
    return i;
}

static void
every_check_of_a_server_finds_its_example_and_not_what_is_beside_it(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < pk_kea_check_count; i++) {
        const char *code = pk_kea_checks[i].is.code;
        const struct kea_example *example = &kea_examples[example_of(code)];
        const struct pk_finding *found = examine(pool, code, example->finds);
        if (found == NULL) {
            fail_msg("%s is not found", code);
            return;
        }
        assert_string_equal(found->server, "kea-a");
        assert_true(found->severity == pk_kea_checks[i].is.severity);
        found = examine(pool, code, example->passes);
        if (found != NULL) {
            fail_msg("%s is found where it is not: %s", code, found->message);
        }
    }
    assert_int_equal(kea_example_count, pk_kea_check_count);
}

static void
every_check_of_a_pair_finds_its_example_and_not_what_is_beside_it(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    for (size_t i = 0; i < pk_kea_pair_check_count; i++) {
        const char *code = pk_kea_pair_checks[i].is.code;
        const struct kea_pair_example *example = &kea_pair_examples[pair_example_of(code)];
        const struct pk_finding *found = examine_pair(pool, code, example->finds);
        if (found == NULL) {
            fail_msg("%s is not found", code);
            return;
        }
        assert_null(found->server);
        found = examine_pair(pool, code, example->passes);
        if (found != NULL) {
            fail_msg("%s is found where it is not: %s", code, found->message);
        }
    }
    assert_int_equal(kea_pair_example_count, pk_kea_pair_check_count);
}

static void
the_ids_of_subnets_are_the_first_thing_told_of_a_pair(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_findings found = {0};
    const struct pk_kea_facts a =
        facts_of(pool, "kea-a",
                 "{'version': '2.2.0', 'dhcp4': {'subnet4': [{'id': 1, 'subnet': "
                 "'10.0.0.0/24'}, {'id': 2, 'subnet': '10.0.1.0/24'}]}}");
    const struct pk_kea_facts b =
        facts_of(pool, "kea-b",
                 "{'version': '3.0.4', 'dhcp4': {'subnet4': [{'id': 2, 'subnet': "
                 "'10.0.0.0/24'}, {'id': 1, 'subnet': '10.0.1.0/24'}]}}");
    pk_kea_examine_pair(pool, &a, &b, &found);
    assert_string_equal(found.at[0].code, "subnet-id-mismatch");
    assert_string_equal(found.at[0].subnet, "10.0.0.0/24");
    assert_string_equal(found.at[0].message, "id 1 on kea-a, 2 on kea-b");
    assert_string_equal(found.at[1].code, "subnet-id-mismatch");
    assert_null(find(&found, "subnet-id-elsewhere")); /* the same two once more */
}

static void
a_server_as_it_should_be_has_no_findings(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_findings found = {0};
    const struct pk_kea_facts facts = facts_of(
        pool, "kea-a",
        "{'version': '3.0.5', 'url': 'https://kea-a.example:8000/', 'password': true,"
        " 'answers-all': false, 'clock-ahead': 2, 'unsaved': 0,"
        " 'commands': ['lease4-update', 'subnet4-add', 'reservation-add', 'stat-lease4-get'],"
        " 'status': {'sockets': {'status': 'ready'}, 'multi-threading-enabled': true,"
        "  'high-availability': [{'ha-mode': 'hot-standby', 'ha-servers': {'local': {'state': "
        "'hot-standby'}, 'remote': {'age': 4, 'in-touch': true}}}]},"
        " 'dhcp4': {'hooks-libraries': [{'library': '/x/libdhcp_ha.so', 'parameters': "
        "{'high-availability': [{'this-server-name': 's1', 'mode': 'hot-standby', 'peers': ["
        "{'name': 's1', 'role': 'primary', 'url': 'http://10.0.0.1:8001/'}, {'name': 's2', "
        "'role': 'standby', 'url': 'http://10.0.0.2:8001/'}]}]}}],"
        " 'lease-database': {'type': 'memfile'},"
        " 'subnet4': [{'id': 1, 'subnet': '10.0.0.0/24', 'pools': [{'pool': '10.0.0.8/29'}]}]}}");
    pk_kea_examine(pool, &facts, &found);
    if (found.count > 0) {
        fail_msg("%s: %s", found.at[0].code, found.at[0].message);
    }
}

static void
what_could_not_be_found_out_is_no_finding(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_findings found = {0};
    const struct pk_kea_facts facts = facts_of(pool, "kea-a", "{'dhcp4': {}}");
    pk_kea_examine(pool, &facts, &found);
    for (size_t i = 0; i < found.count; i++) { /* all that an empty file itself says */
        assert_true(strcmp(found.at[i].code, "no-relationship") == 0 ||
                    strcmp(found.at[i].code, "statistics-missing") == 0);
    }
}

static void
debians_kea_is_told_with_its_weaknesses_and_what_mends_them(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_finding *found =
        examine(pool, "vulnerable-version", "{'version': '2.2.0', 'dhcp4': {}}");
    assert_non_null(found);
    assert_non_null(strstr(found->message, "CVE-2025-32801"));
    assert_non_null(strstr(found->message, "mended in 2.4.2"));
}

static void
a_weakness_begins_before_it_is_mended(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_kea_weakness_count; i++) {
        const struct pk_kea_weakness *one = &pk_kea_weaknesses[i];
        assert_true(pk_kea_version_compare(one->first, one->end) < 0);
        assert_true(pk_kea_version_compare(one->end, one->fixed) <= 0);
    }
}

/* Each weakness at its edges: what public sources name as affected and as mended. */
static void
versions_are_judged_as_the_advisories_do(void **state)
{
    (void)state;
    static const struct {
        const char *version, *name;
        bool has_it;
    } rows[] = {
        {"2.4.1", "CVE-2025-32801", true},  {"2.4.2", "CVE-2025-32801", false},
        {"2.6.2", "CVE-2025-32801", true},  {"2.6.3", "CVE-2025-32801", false},
        {"2.7.8", "CVE-2025-32801", true},  {"2.7.9", "CVE-2025-32801", false},
        {"2.7.0", "CVE-2025-40779", false}, {"2.7.1", "CVE-2025-40779", true},
        {"3.0.0", "CVE-2025-40779", true},  {"3.0.1", "CVE-2025-40779", false},
        {"3.1.0", "CVE-2025-40779", true},  {"3.1.1", "CVE-2025-40779", false},
        {"3.0.0", "CVE-2025-11232", false}, {"3.0.1", "CVE-2025-11232", true},
        {"3.0.2", "CVE-2025-11232", false}, {"3.1.2", "CVE-2025-11232", true},
        {"3.1.3", "CVE-2025-11232", false}, {"2.6.4", "CVE-2026-3608", true},
        {"2.6.5", "CVE-2026-3608", false},  {"3.0.2", "CVE-2026-3608", true},
        {"3.0.3", "CVE-2026-3608", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct pk_kea_version version = pk_kea_version_parse(rows[i].version);
        bool has_it = false;
        for (size_t j = 0; j < pk_kea_weakness_count; j++) {
            const struct pk_kea_weakness *one = &pk_kea_weaknesses[j];
            has_it = has_it || (strncmp(one->names, rows[i].name, strlen(rows[i].name)) == 0 &&
                                pk_kea_version_compare(version, one->first) >= 0 &&
                                pk_kea_version_compare(version, one->end) < 0);
        }
        if (has_it != rows[i].has_it) {
            fail_msg("%s in %s", rows[i].name, rows[i].version);
        }
    }
}

static void
clocks_are_read_as_kea_writes_them(void **state)
{
    (void)state;
    int64_t ahead_s = 0;
    const struct pk_wall now = {INT64_C(1795322106500)}; /* 2026-11-22T04:35:06.5Z */
    assert_true(pk_kea_clock_ahead("Sun, 22 Nov 2026 04:35:46 GMT", now, &ahead_s));
    assert_int_equal(ahead_s, 40);
    assert_false(pk_kea_clock_ahead("2026-11-22T04:35:46Z", now, &ahead_s));
    assert_false(pk_kea_clock_ahead(NULL, now, &ahead_s));
}

static int64_t
unsaved(struct pk_pool *pool, const char *running, const char *file)
{
    return pk_kea_count_unsaved(parse(pool, running), parse(pool, file));
}

static void
what_a_file_spells_otherwise_is_saved_and_what_it_lacks_is_not(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char ha[] = "'hooks-libraries': [{'library': 'libdhcp_ha.so', 'parameters': "
                             "{'high-availability': [{'this-server-name': 's1', 'mode': "
                             "'hot-standby', 'peers': [{'name': 's1', 'role': 'primary', 'url': "
                             "'http://10.0.0.1/'}, {'name': 's2', 'role': 'standby', 'url': "
                             "'http://10.0.0.2/'}]}]}}], ";
    const char *file = pk_sprintf(
        pool,
        "{%s'subnet4': [{'id': 1, 'subnet': '10.0.0.0/24', 'pools': [{'pool': '10.0.0.8 - "
        "10.0.0.15'}]}]}",
        ha);
    const char *same = pk_sprintf(
        pool,
        "{%s'subnet4': [{'subnet': '10.0.0.0/24', 'id': 1, 'pools': [{'pool': '10.0.0.8/29', "
        "'option-data': []}]}]}",
        ha);
    const char *other =
        pk_sprintf(pool,
                   "{%s'subnet4': [{'id': 1, 'subnet': '10.0.0.0/24'}, {'id': 2, 'subnet': "
                   "'10.0.1.0/24'}]}",
                   ha);
    assert_int_equal(unsaved(pool, same, file), 0);
    assert_int_equal(unsaved(pool, other, file), 2); /* one differs, one is not there */
    assert_int_equal(unsaved(pool, file, other), 2);
    assert_int_equal(unsaved(pool, same, "{'subnet4': [{'subnet': '10.0.0.0/24'}]}"),
                     PK_KEA_UNSAVED_UNKNOWN); /* without an id nobody knows */
}

static void
only_a_kea_server_tells_its_file(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_null(pk_kea_file_of_process(pool, getpid())); /* is no kea-dhcp4 */
    assert_null(pk_kea_file_of_process(pool, 0));
}

static void
urls_are_taken_apart(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *url, *host;
        int64_t port;
    } rows[] = {
        {"http://10.0.0.1:8001/", "10.0.0.1", 8001},
        {"https://kea.example", "kea.example", 0},
        {"http://[::1]:80", "::1", 80},
        {"http://[2001:db8::1]/", "2001:db8::1", 0},
        {"http://h:x/", "h", 0},
        {"", "", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t port = -1;
        assert_string_equal(pk_kea_url_host(pool, rows[i].url, &port), rows[i].host);
        assert_int_equal(port, rows[i].port);
    }
    assert_true(pk_kea_is_loopback("127.8.0.1") && pk_kea_is_loopback("::1") &&
                pk_kea_is_loopback("LocalHost") && !pk_kea_is_loopback("localhost.example"));
}

static void
assert_is_well_written(const struct pk_check *check)
{
    const char *document = check->document, *advice = check->advice;
    assert_int_equal(strspn(check->code, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                     strlen(check->code));
    assert_int_equal(document[strlen(document) - 1], '.');
    assert_int_not_equal(advice[strlen(advice) - 1], '.');
    assert_null(strchr(document, '\n'));
}

static void
every_row_has_a_code_of_its_own_and_says_what_to_do(void **state)
{
    (void)state;
    size_t count = pk_kea_check_count + pk_kea_pair_check_count;
    for (size_t i = 0; i < count; i++) {
        const struct pk_check *one = i < pk_kea_check_count
                                         ? &pk_kea_checks[i].is
                                         : &pk_kea_pair_checks[i - pk_kea_check_count].is;
        assert_is_well_written(one);
        for (size_t j = 0; j < i; j++) {
            const struct pk_check *other = j < pk_kea_check_count
                                               ? &pk_kea_checks[j].is
                                               : &pk_kea_pair_checks[j - pk_kea_check_count].is;
            assert_string_not_equal(one->code, other->code);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_of_a_server_finds_its_example_and_not_what_is_beside_it),
        cmocka_unit_test(every_check_of_a_pair_finds_its_example_and_not_what_is_beside_it),
        cmocka_unit_test(the_ids_of_subnets_are_the_first_thing_told_of_a_pair),
        cmocka_unit_test(a_server_as_it_should_be_has_no_findings),
        cmocka_unit_test(what_could_not_be_found_out_is_no_finding),
        cmocka_unit_test(debians_kea_is_told_with_its_weaknesses_and_what_mends_them),
        cmocka_unit_test(a_weakness_begins_before_it_is_mended),
        cmocka_unit_test(versions_are_judged_as_the_advisories_do),
        cmocka_unit_test(clocks_are_read_as_kea_writes_them),
        cmocka_unit_test(what_a_file_spells_otherwise_is_saved_and_what_it_lacks_is_not),
        cmocka_unit_test(only_a_kea_server_tells_its_file),
        cmocka_unit_test(urls_are_taken_apart),
        cmocka_unit_test(every_row_has_a_code_of_its_own_and_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
