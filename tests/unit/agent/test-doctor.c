/* What doctor says of the installation and of rows, and the order in which it says it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/doctor-installation.h"
#include "agent/doctor-rows.h"
#include "agent/doctor.h"
#include "desk.h"

/* -- The installation: every check with what it finds and what is just beside it -- */

static const char *const one_error[] = {"pairkeeper.yaml:1:1: no"};
static const struct pk_installation_file exposed = {"key", NULL, 0604}, kept = {"key", NULL, 0660},
                                         missing = {"key", "No such file or directory", 0};

#define GOOD .has_database = true, .free_bytes = -1, .now = {1800000000000}

static const struct {
    const char *code;
    struct pk_installation finds, passes;
} examples[] = {
    {"configuration-unusable", {GOOD, .config_errors = one_error, .config_error_count = 1}, {GOOD}},
    {"configuration-writable",
     {GOOD, .config = {"c", NULL, 0602}},
     {GOOD, .config = {"c", NULL, 0664}}},
    {"secret-unreadable",
     {GOOD, .secrets = &missing, .secret_count = 1},
     {GOOD, .secrets = &kept, .secret_count = 1}},
    {"secret-exposed",
     {GOOD, .secrets = &exposed, .secret_count = 1},
     {GOOD, .secrets = &kept, .secret_count = 1}},
    {"repository-unreachable", {GOOD, .repository_failure = "no"}, {GOOD, .revision_failure = "x"}},
    {"revision-not-in-force", {GOOD, .revision_failure = "no"}, {GOOD, .repository_failure = "x"}},
    {"pairs-not-looked-at", {GOOD, .knows_no_pair = true}, {GOOD}},
    {"database-unusable", {GOOD, .database_failure = "no"}, {GOOD}},
    {"database-missing",
     {.free_bytes = -1, .now = {1800000000000}},
     {.free_bytes = -1, .now = {1800000000000}, .database_failure = "no"}},
    {"disk-full",
     {.free_bytes = 104857599, .has_database = true},
     {.free_bytes = 104857600, .has_database = true}},
    {"agent-silent", {GOOD, .agent = PK_AGENT_SILENT}, {GOOD, .agent = PK_AGENT_RUNS}},
    {"agent-not-running", {GOOD, .agent = PK_AGENT_ABSENT}, {GOOD, .agent = PK_AGENT_SILENT}},
    {"clock-wrong",
     {.has_database = true, .now = {1735689599999}},
     {.has_database = true, .now = {1735689600000}}},
    {"clock-not-synchronised", {GOOD, .clock_unsynchronised = true}, {GOOD}},
};
enum { EXAMPLES = sizeof examples / sizeof examples[0] };

static bool
holds(const struct pk_findings *findings, const char *code)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (strcmp(findings->at[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static bool
finds(struct pk_pool *pool, const struct pk_installation *installation, const char *code)
{
    struct pk_findings found = {0};
    pk_installation_examine(pool, installation, &found);
    return holds(&found, code);
}

static void
every_check_of_the_installation_finds_its_example_and_not_what_is_beside_it(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_int_equal(EXAMPLES, pk_installation_check_count);
    for (size_t i = 0; i < EXAMPLES; i++) {
        assert_string_equal(examples[i].code, pk_installation_checks[i].is.code);
        if (!finds(pool, &examples[i].finds, examples[i].code)) {
            fail_msg("%s is not found", examples[i].code);
        }
        if (finds(pool, &examples[i].passes, examples[i].code)) {
            fail_msg("%s is found where it is not", examples[i].code);
        }
    }
}

static void
an_installation_as_it_should_be_has_no_findings(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_findings found = {0};
    pk_installation_examine(pool, &(struct pk_installation){GOOD}, &found);
    assert_int_equal(found.count, 0);
}

/* -- Rows -- */

static struct pk_row
row(const char *subnet, const struct pk_part *part)
{
    struct pk_row out = {.parts = {part, part != NULL}};
    assert_true(pk_parse_prefix(subnet, &out.subnet));
    return out;
}

static struct pk_part
part(enum pk_scope_field field, const char *key, const char *value)
{
    return (struct pk_part){&pk_scope_fields.at[field], key, value};
}

static void
rows_that_overlap_are_found_and_neighbours_are_not(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_findings found = {0};
    const struct pk_row at[] = {row("10.0.0.0/16", NULL), row("10.0.3.0/24", NULL),
                                row("10.0.200.0/24", NULL), row("10.1.0.0/24", NULL)};
    pk_rows_examine(pool, "dhcp-a", &(struct pk_rows){at, 4}, &found);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.at[0].code, "overlapping-subnets");
    assert_string_equal(found.at[1].subnet, "10.0.200.0/24");
    assert_string_equal(found.at[1].message, "overlaps 10.0.0.0/16");
    found.count = 0;
    pk_rows_examine(pool, "dhcp-a", &(struct pk_rows){&at[1], 3}, &found);
    assert_int_equal(found.count, 0);
}

static void
a_reserved_address_outside_of_its_subnet_is_found(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_findings found = {0};
    const struct pk_part outside =
        part(PK_SCOPE_RESERVATIONS, "mac=00:00:00:00:00:01", "{\"ip\":\"10.0.1.0\"}");
    const struct pk_part inside =
        part(PK_SCOPE_RESERVATIONS, "mac=00:00:00:00:00:01", "{\"ip\":\"10.0.1.255\"}");
    const struct pk_part none = part(PK_SCOPE_RESERVATIONS, "mac=00:00:00:00:00:01", "{}");
    const struct pk_row at[] = {row("10.0.0.0/24", &outside), row("10.0.1.0/24", &inside),
                                row("10.0.2.0/24", &none)};
    pk_rows_examine(pool, "dhcp-a", &(struct pk_rows){at, 3}, &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.at[0].code, "reservation-outside");
    assert_string_equal(found.at[0].server, "dhcp-a");
}

static void
ids_that_differ_between_partners_are_found(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_findings found = {0};
    const struct pk_part seven = part(PK_SCOPE_ID, "", "7"), eight = part(PK_SCOPE_ID, "", "8");
    const struct pk_row a[] = {row("10.0.0.0/24", &seven), row("10.0.1.0/24", &eight),
                               row("10.0.2.0/24", &eight)};
    const struct pk_row b[] = {row("10.0.0.0/24", &eight), row("10.0.1.0/24", &eight),
                               row("10.0.2.0/24", NULL)};
    const struct pk_rows first = {a, 3}, second = {b, 3};
    pk_rows_examine_pair(pool, (const char *const[]){"dhcp-a", "dhcp-b"},
                         (const struct pk_rows *const[]){&first, &second}, &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.at[0].code, "subnet-id-mismatch");
    assert_string_equal(found.at[0].message, "id 7 on dhcp-a, 8 on dhcp-b");
}

static void
every_check_of_rows_is_one_of_servers_or_of_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < pk_row_check_count; i++) {
        assert_true((pk_row_checks[i].look == NULL) != (pk_row_checks[i].look_pair == NULL));
    }
}

/* -- What comes of them -- */

static struct pk_findings
one_finding(struct pk_pool *pool, const char *code, enum pk_severity_of_finding severity,
            const char *server, const char *subnet)
{
    struct pk_findings found = {0};
    *pk_push(pool, &found) = (struct pk_finding){severity, code, server, subnet, "m", "a"};
    return found;
}

static struct pk_doctor
three_subjects(struct pk_pool *pool)
{
    struct pk_doctor doctor = {.pool = pool,
                               .subjects = pk_array(pool, struct pk_doctor_subject, 3)};
    pk_doctor_add_subject(&doctor, (struct pk_doctor_subject){0});
    pk_doctor_add_subject(&doctor, (struct pk_doctor_subject){.server = "dhcp-a"});
    pk_doctor_add_subject(&doctor, (struct pk_doctor_subject){.relationship = "campus"});
    return doctor;
}

static void
what_a_driver_has_told_is_not_told_again_of_its_rows(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_doctor doctor = three_subjects(pool);
    struct pk_findings own =
        one_finding(pool, "overlapping-subnets", PK_FINDING_PROBLEM, "dhcp-a", "10.0.0.0/24");
    struct pk_findings other =
        one_finding(pool, "overlapping-subnets", PK_FINDING_PROBLEM, "dhcp-b", "10.0.0.0/24");
    pk_doctor_take(&doctor, NULL, &own);
    pk_doctor_take(&doctor, NULL, &own);
    pk_doctor_take(&doctor, NULL, &other);
    assert_int_equal(doctor.findings.count, 2);
}

static void
the_worst_comes_first_within_installation_servers_and_pairs(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_doctor doctor = three_subjects(pool);
    const struct pk_findings all[] = {
        one_finding(pool, "pair", PK_FINDING_PROBLEM, NULL, NULL),
        one_finding(pool, "note", PK_FINDING_NOTE, "dhcp-a", NULL),
        one_finding(pool, "first", PK_FINDING_WARNING, "dhcp-a", NULL),
        one_finding(pool, "second", PK_FINDING_WARNING, "dhcp-a", NULL),
        one_finding(pool, "bad", PK_FINDING_PROBLEM, "dhcp-a", NULL),
        one_finding(pool, "here", PK_FINDING_NOTE, NULL, NULL),
    };
    static const char *const order[] = {"here", "bad", "first", "second", "note", "pair"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        pk_doctor_take(&doctor, i == 0 ? "campus" : NULL, &all[i]);
    }
    pk_doctor_sort(&doctor);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        assert_string_equal(doctor.findings.at[i].is.code, order[i]);
    }
    assert_int_equal(pk_doctor_count(&doctor, PK_FINDING_WARNING), 2);
}

static void
a_check_that_finds_hundreds_shows_the_first_few_and_says_how_many_more(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_doctor doctor = three_subjects(pool);
    struct pk_findings found = {0};
    for (int i = 0; i < 200; i++) {
        *pk_push(pool, &found) = (struct pk_finding){PK_FINDING_PROBLEM,
                                                     "many",
                                                     "dhcp-a",
                                                     pk_sprintf(pool, "10.0.%d.0/24", i),
                                                     "m",
                                                     "do so"};
    }
    char *out = NULL;
    size_t bytes = 0;
    struct pk_context context = {
        .pool = pool, .out = open_memstream(&out, &bytes), .columns = 80, .ascii = true};
    pk_doctor_take(&doctor, NULL, &found);
    pk_doctor_sort(&doctor);
    pk_doctor_print(&context, &doctor);
    fclose(context.out);
    assert_non_null(strstr(out, "x many\n    10.0.0.0/24  m\n"));
    assert_non_null(strstr(out, "10.0.9.0/24"));
    assert_null(strstr(out, "10.0.10.0/24"));
    assert_non_null(strstr(out, "and 190 more"));
    assert_non_null(strstr(out, "-> do so\n"));
    assert_non_null(strstr(out, "200 problems, 0 warnings, 0 notes"));
    free(out);
}

/* -- The verb -- */

static void
without_a_usable_configuration_it_says_so_and_could_look_at_nothing(void **state)
{
    struct desk *desk = *state;
    desk_write(desk, "pairkeeper.yaml", "repository: {url: repo}\nsevers: {}\n");
    assert_int_equal(desk_run(desk, "doctor", NULL), PK_EXIT_CANNOT_RUN);
    desk_assert_out(desk, "configuration-unusable");
    desk_assert_out(desk, "did you mean 'servers'?");
    assert_int_equal(desk_run(desk, "-o", "json", "doctor", NULL), PK_EXIT_CANNOT_RUN);
    desk_assert_out(desk, "\"problems\": ");
}

static void
what_cannot_be_looked_at_is_a_finding_and_the_rest_goes_on(void **state)
{
    struct desk *desk = *state; /* there is no repository and no database */
    assert_int_equal(desk_run(desk, "doctor", NULL), PK_EXIT_IN_STEP);
    desk_assert_out(desk, "repository-unreachable");
    desk_assert_out(desk, "database-missing");
    desk_assert_out(desk, "dhcp-b  adm\n  nothing found");
    desk_assert_out(desk, "read 2 of 2 servers");
}

static void
a_misspelt_name_brings_the_nearest_server(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "doctor", "dhcp-aa", NULL), PK_EXIT_USAGE);
    desk_assert_err(desk, "did you mean 'dhcp-a'?");
}

#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            every_check_of_the_installation_finds_its_example_and_not_what_is_beside_it),
        cmocka_unit_test(an_installation_as_it_should_be_has_no_findings),
        cmocka_unit_test(rows_that_overlap_are_found_and_neighbours_are_not),
        cmocka_unit_test(a_reserved_address_outside_of_its_subnet_is_found),
        cmocka_unit_test(ids_that_differ_between_partners_are_found),
        cmocka_unit_test(every_check_of_rows_is_one_of_servers_or_of_pairs),
        cmocka_unit_test(what_a_driver_has_told_is_not_told_again_of_its_rows),
        cmocka_unit_test(the_worst_comes_first_within_installation_servers_and_pairs),
        cmocka_unit_test(a_check_that_finds_hundreds_shows_the_first_few_and_says_how_many_more),
        AT_DESK(without_a_usable_configuration_it_says_so_and_could_look_at_nothing),
        AT_DESK(what_cannot_be_looked_at_is_a_finding_and_the_rest_goes_on),
        AT_DESK(a_misspelt_name_brings_the_nearest_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
