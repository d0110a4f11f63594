/*
 * The files under tests/golden: invalid/NAME.yaml has exactly the diagnostics of NAME.expected,
 * valid/NAME.yaml has none.  NAME begins with the code of the rule that it is about.
 *
 * `test-golden write` writes the .expected files and docs/rules.md anew; read the difference before
 * committing it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>

#include <cmocka.h>

#include "base/text.h"
#include "reading.h"

enum { FILE_BYTES_MAX = 64 * 1024 };

static const struct pk_known_server servers[] = {
    {.name = "dhcp-a"},
    {.name = "dhcp-b"},
    {.name = "dhcp-c", .demands_valid_scope = true},
    {.name = "dhcp-d"},
    {.name = "dhcp-e", .cannot_split_ranges = true},
};

/* These need more than one file, or what the repository's walk finds; see the other tests. */
static const enum pk_rule elsewhere[] = {PK_RULE_TOO_LARGE, PK_RULE_TOO_MANY_FILES,
                                         PK_RULE_NOT_A_FILE, PK_RULE_RELATIONSHIP_TWICE};

struct names {
    const char **at;
    size_t count, capacity;
};

static const char *
read_file(struct pk_pool *pool, const char *path, size_t *size)
{
    char *bytes = pk_alloc(pool, FILE_BYTES_MAX);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    *size = fread(bytes, 1, FILE_BYTES_MAX - 1, file);
    fclose(file);
    return bytes;
}

static int
compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names without `.yaml`, sorted. */
static struct names
list(struct pk_pool *pool, const char *folder)
{
    static const char ending[] = ".yaml";
    struct names names = {0};
    DIR *directory = opendir(pk_sprintf(pool, GOLDEN "/%s", folder));
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length > strlen(ending) &&
            strcmp(entry->d_name + length - strlen(ending), ending) == 0) {
            *pk_push(pool, &names) = pk_strndup(pool, entry->d_name, length - strlen(ending));
        }
    }
    closedir(directory);
    if (names.at == NULL) {
        fail_msg("no files in %s/%s", GOLDEN, folder);
        return names;
    }
    qsort(names.at, names.count, sizeof names.at[0], compare);
    return names;
}

static const char *
diagnose(struct pk_pool *pool, const char *folder, const char *name, enum pk_code *code,
         struct pk_diagnostics *diagnostics)
{
    struct pk_source_file file = {.path = pk_sprintf(pool, "%s.yaml", name)};
    file.bytes = read_file(pool, pk_sprintf(pool, GOLDEN "/%s/%s", folder, file.path), &file.size);
    const struct pk_snapshot_context context = {
        .servers = servers,
        .server_count = sizeof servers / sizeof servers[0],
        .limits = pk_document_default_limits,
    };
    struct pk_snapshot snapshot;
    *diagnostics = (struct pk_diagnostics){.pool = pool};
    *code = pk_snapshot_build(pool, &file, 1, &context, diagnostics, &snapshot);
    return diagnostics_text(pool, diagnostics);
}

static void
invalid_files_have_exactly_their_diagnostics(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct names names = list(pool, "invalid");
    assert_true(names.count >= 40);
    for (size_t i = 0; i < names.count; i++) {
        enum pk_code code;
        size_t size;
        struct pk_diagnostics diagnostics;
        const char *got = diagnose(pool, "invalid", names.at[i], &code, &diagnostics);
        const char *want =
            read_file(pool, pk_sprintf(pool, GOLDEN "/invalid/%s.expected", names.at[i]), &size);
        assert_string_equal(got, want);
        assert_int_equal(code, diagnostics.errors != 0 ? PK_EINVAL : PK_OK);
    }
}

static void
valid_files_have_none(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct names names = list(pool, "valid");
    for (size_t i = 0; i < names.count; i++) {
        enum pk_code code;
        struct pk_diagnostics diagnostics;
        assert_string_equal(diagnose(pool, "valid", names.at[i], &code, &diagnostics), "");
        assert_int_equal(code, PK_OK);
    }
}

static bool
is_tested_elsewhere(enum pk_rule rule)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        if (elsewhere[i] == rule) {
            return true;
        }
    }
    return false;
}

static bool
has_name(const struct names *names, const char *name)
{
    return bsearch(&name, names->at, names->count, sizeof names->at[0], compare) != NULL;
}

static void
every_rule_has_a_file_that_breaks_it_and_one_that_nearly_does(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct names invalid = list(pool, "invalid"), valid = list(pool, "valid");
    bool broken[PK_RULE_COUNT] = {false};
    for (size_t i = 0; i < invalid.count; i++) {
        enum pk_code code;
        struct pk_diagnostics diagnostics;
        diagnose(pool, "invalid", invalid.at[i], &code, &diagnostics);
        for (size_t j = 0; j < diagnostics.list.count; j++) {
            broken[diagnostics.list.at[j].rule] = true;
        }
    }
    for (int i = 0; i < PK_RULE_COUNT; i++) {
        enum pk_rule rule = (enum pk_rule)i;
        const char *code = pk_rule_row(rule)->code;
        bool covered = broken[rule] && has_name(&invalid, code) && has_name(&valid, code);
        if (!covered && !is_tested_elsewhere(rule)) {
            fail_msg("rule %s has no golden files", code);
        }
    }
}

static void
every_field_has_a_valid_file(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct names valid = list(pool, "valid");
    for (size_t i = 0; i < pk_scope_fields.count; i++) {
        const char *name = pk_sprintf(pool, "field-%s", pk_scope_fields.at[i].name);
        if (!has_name(&valid, name)) {
            fail_msg("no valid/%s.yaml", name);
        }
    }
    for (size_t i = 0; i < pk_relationship_fields.count; i++) {
        const char *name =
            pk_sprintf(pool, "field-relationship-%s", pk_relationship_fields.at[i].name);
        if (!has_name(&valid, name)) {
            fail_msg("no valid/%s.yaml", name);
        }
    }
}

/* docs/rules.md as the table of rules has it. */
static const char *
rules_page(struct pk_pool *pool)
{
    struct pk_text page = {.pool = pool};
    pk_text_add(&page, "# Rules of the YAML\n\n"
                       "Every message of `pairkeeper validate` ends with the code of its rule, "
                       "`file:line:column: message [code]`.\n"
                       "An error rejects the revision: the last good one stays in force. "
                       "A warning does not.\n"
                       "Codes are stable. "
                       "An example of each is `tests/golden/invalid/CODE.yaml`.\n\n"
                       "| code | severity | what is asked for |\n|---|---|---|\n");
    for (int i = 0; i < PK_RULE_COUNT; i++) {
        const struct pk_rule_row *row = pk_rule_row((enum pk_rule)i);
        pk_text_addf(&page, "| `%s` | %s | %s |\n", row->code, row->warning ? "warning" : "error",
                     row->document);
    }
    return pk_text_end(&page);
}

static void
the_page_of_rules_is_the_table(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    size_t size;
    assert_string_equal(read_file(pool, RULES_PAGE, &size), rules_page(pool));
}

static bool
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        return false;
    }
    bool written = fputs(text, file) != EOF;
    return fclose(file) == 0 && written;
}

static int
write_expected(void)
{
    PK_SCRATCH(pool);
    struct names names = list(pool, "invalid");
    for (size_t i = 0; i < names.count; i++) {
        enum pk_code code;
        struct pk_diagnostics diagnostics;
        const char *text = diagnose(pool, "invalid", names.at[i], &code, &diagnostics);
        if (!write_file(pk_sprintf(pool, GOLDEN "/invalid/%s.expected", names.at[i]), text)) {
            return EXIT_FAILURE;
        }
    }
    return write_file(RULES_PAGE, rules_page(pool)) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "write") == 0) {
        return write_expected();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invalid_files_have_exactly_their_diagnostics),
        cmocka_unit_test(valid_files_have_none),
        cmocka_unit_test(every_rule_has_a_file_that_breaks_it_and_one_that_nearly_does),
        cmocka_unit_test(every_field_has_a_valid_file),
        cmocka_unit_test(the_page_of_rules_is_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
