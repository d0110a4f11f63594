/* The snapshot: sorted whatever the layout of files, found by name, never half of a revision. */
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

static const struct pk_snapshot_context context = {.limits = {.file_bytes = 4096, .depth = 16}};

/* Everything that a snapshot says, marks included. */
static const char *
snapshot_text(struct pk_pool *pool, const struct pk_snapshot *snapshot)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        const struct pk_wanted_relationship *relationship = &snapshot->relationships[i];
        pk_text_addf(&out, "%s %s %s %d %llx %s:%u\n", relationship->name,
                     relationship->servers[PK_SERVER_1], relationship->servers[PK_SERVER_2],
                     relationship->source, (unsigned long long)relationship->owned,
                     relationship->mark.file, relationship->mark.line);
    }
    for (size_t i = 0; i < snapshot->scope_count; i++) {
        const struct pk_wanted_scope *scope = &snapshot->scopes[i];
        pk_text_addf(&out, "%s %s %llx %s:%u", scope->relationship,
                     pk_prefix_text(pool, scope->subnet), (unsigned long long)scope->owned,
                     scope->mark.file, scope->mark.line);
        for (size_t j = 0; j < scope->parts.count; j++) {
            const struct pk_part *part = &scope->parts.at[j];
            pk_text_addf(&out, " %s=%s@%s:%u", pk_part_name(pool, part->field, part->key),
                         part->value, scope->origin[j].file, scope->origin[j].line);
        }
        pk_text_add(&out, "\n");
    }
    return pk_text_end(&out);
}

enum { FILE_COUNT = 12 };

/* Four relationships in as many files, the scopes spread over the rest. */
static void
make_files(struct pk_pool *pool, struct pk_source_file files[FILE_COUNT])
{
    for (int i = 0; i < FILE_COUNT; i++) {
        struct pk_text yaml = {.pool = pool};
        if (i < 4) {
            pk_text_addf(&yaml,
                         "relationships:\n"
                         "  r%d:\n"
                         "    servers: [a%d, b%d]\n"
                         "    scope-defaults: {lease-time: %dh, options: {\"3\": [10.%d.0.1]}}\n",
                         3 - i, i, i, i + 1, 3 - i);
        } else {
            pk_text_add(&yaml, "scopes:\n");
            for (int j = 0; j < 10; j++) {
                pk_text_addf(&yaml,
                             "  - {subnet: 10.%d.%d.0/24, relationship: r%d, id: %d, options: "
                             "{domain-name: n%d.example}}\n",
                             j % 4, 100 - i * 5 - j / 4, j % 4, i * 10 + j + 1, i);
            }
        }
        const char *path = pk_sprintf(pool, "f%02d.yaml", (i * 7) % FILE_COUNT);
        const char *text = pk_text_end(&yaml);
        files[i] = (struct pk_source_file){.path = path, .bytes = text, .size = strlen(text)};
    }
}

static void
files_in_any_order_give_the_same_snapshot(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_source_file files[FILE_COUNT];
    const char *first = NULL;
    make_files(pool, files);
    srand(11);
    for (int round = 0; round < 50; round++) {
        struct pk_diagnostics diagnostics = {.pool = pool};
        struct pk_snapshot snapshot;
        enum pk_code code =
            pk_snapshot_build(pool, files, FILE_COUNT, &context, &diagnostics, &snapshot);
        assert_string_equal(diagnostics_text(pool, &diagnostics), "");
        assert_int_equal(code, PK_OK);
        const char *text = snapshot_text(pool, &snapshot);
        first = first == NULL ? text : first;
        assert_string_equal(text, first);
        for (size_t i = FILE_COUNT - 1; i > 0; i--) {
            size_t j = (size_t)rand() % (i + 1);
            struct pk_source_file swapped = files[i];
            files[i] = files[j];
            files[j] = swapped;
        }
    }
}

static void
relationships_and_scopes_are_sorted_and_found_by_name(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_source_file files[FILE_COUNT];
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    make_files(pool, files);
    assert_int_equal(pk_snapshot_build(pool, files, FILE_COUNT, &context, &diagnostics, &snapshot),
                     PK_OK);
    assert_int_equal(snapshot.relationship_count, 4);
    assert_int_equal(snapshot.scope_count, 80);
    size_t seen = 0;
    for (size_t i = 0; i < snapshot.relationship_count; i++) {
        const char *name = snapshot.relationships[i].name;
        assert_true(i == 0 || strcmp(snapshot.relationships[i - 1].name, name) < 0);
        assert_ptr_equal(pk_snapshot_relationship(&snapshot, name), &snapshot.relationships[i]);
        struct pk_wanted_scopes scopes = pk_snapshot_scopes(&snapshot, name);
        assert_ptr_equal(scopes.at, snapshot.scopes + seen);
        for (size_t j = 0; j < scopes.count; j++) {
            assert_string_equal(scopes.at[j].relationship, name);
            assert_true(j == 0 ||
                        pk_prefix_compare(scopes.at[j - 1].subnet, scopes.at[j].subnet) < 0);
        }
        seen += scopes.count;
    }
    assert_int_equal(seen, snapshot.scope_count);
    assert_null(pk_snapshot_relationship(&snapshot, "r"));
    assert_int_equal(pk_snapshot_scopes(&snapshot, "r4").count, 0);
}

static void
a_revision_without_a_relationship_is_invalid(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const texts[] = {"", "# nothing yet\n", "relationships: {}\n",
                                        "scopes: []\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct pk_diagnostics diagnostics = {.pool = pool};
        struct pk_snapshot snapshot = {.ref = "untouched"};
        assert_int_equal(build_text(pool, texts[i], &diagnostics, &snapshot), PK_EINVAL);
        assert_string_equal(snapshot.ref, "untouched");
        assert_string_equal(diagnostics_text(pool, &diagnostics),
                            "no file has a relationship: nothing is wanted; look at the "
                            "configured branch and path [nothing-wanted]\n");
    }
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    assert_int_equal(pk_snapshot_build(pool, NULL, 0, &context, &diagnostics, &snapshot),
                     PK_EINVAL);
    assert_int_equal(diagnostics.list.at[0].rule, PK_RULE_NOTHING_WANTED);
}

static void
errors_found_before_reject_the_revision_too(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot = {.ref = "untouched"};
    pk_diagnose(&diagnostics, PK_RULE_NOT_A_FILE, (struct pk_mark){.file = "link.yaml"}, NULL,
                "a symbolic link");
    assert_int_equal(
        build_text(pool, "relationships: {r: {servers: [a, b]}}\n", &diagnostics, &snapshot),
        PK_EINVAL);
    assert_string_equal(snapshot.ref, "untouched");
    assert_string_equal(diagnostics_text(pool, &diagnostics),
                        "link.yaml: a symbolic link [not-a-file]\n");
}

static void
warnings_do_not_reject_a_revision(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    const char *yaml = "relationships: {r: {servers: [a, b], standby-reserve: 5}}\n";
    assert_int_equal(build_text(pool, yaml, &diagnostics, &snapshot), PK_OK);
    assert_int_equal(diagnostics.warnings, 1);
    assert_int_equal(snapshot.relationship_count, 1);
}

/* The file's bytes and name may go once the snapshot is built. */
static void
a_snapshot_borrows_nothing_from_its_files(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_source_file files[FILE_COUNT];
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    struct pk_pool *short_lived = pk_pool_new(NULL);
    make_files(short_lived, files);
    assert_int_equal(pk_snapshot_build(pool, files, FILE_COUNT, &context, &diagnostics, &snapshot),
                     PK_OK);
    pk_pool_free(short_lived);
    const char *text = snapshot_text(pool, &snapshot); /* the address sanitizer watches */
    assert_non_null(strstr(text, "r0 10.0.60.0/24"));
}

static struct pk_snapshot
of_text(struct pk_pool *pool, const char *scopes)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    const char *yaml = pk_sprintf(pool,
                                  "relationships:\n  r: {servers: [a, b]}\n"
                                  "  s: {servers: [c, d]}\nscopes:\n%s",
                                  scopes);
    assert_int_equal(build_text(pool, yaml, &diagnostics, &snapshot), PK_OK);
    return snapshot;
}

static const char *
changes_text(struct pk_pool *pool, const char *before, const char *after)
{
    struct pk_snapshot a = of_text(pool, before), b = of_text(pool, after);
    struct pk_prefixes changes = pk_snapshot_changes(pool, &a, &b);
    const char *text = "";
    for (size_t i = 0; i < changes.count; i++) {
        text = pk_sprintf(pool, "%s%s ", text, pk_prefix_text(pool, changes.at[i]));
    }
    return text;
}

static void
a_change_is_what_is_said_otherwise_wherever_it_stands(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const char *one = "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 1h}\n";
    const char *other = "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 2h}\n";
    const char *moved = "  - {subnet: 10.0.1.0/24, relationship: s, lease-time: 1h}\n";
    const char *owns = "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 1h, options: {}}\n";
    const char *two = "  - {subnet: 10.0.2.0/24, relationship: r}\n";
    assert_string_equal(changes_text(pool, one, pk_sprintf(pool, "\n# word\n%s", one)), "");
    assert_string_equal(changes_text(pool, one, other), "10.0.1.0/24 ");
    assert_string_equal(changes_text(pool, one, moved), "10.0.1.0/24 ");
    assert_string_equal(changes_text(pool, one, owns), "10.0.1.0/24 ");
    assert_string_equal(changes_text(pool, one, two), "10.0.1.0/24 10.0.2.0/24 ");
    assert_string_equal(changes_text(pool, one, pk_sprintf(pool, "%s%s", two, one)),
                        "10.0.2.0/24 ");
}

static void
a_hash_is_of_what_is_said_and_owned_wherever_it_stands(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const char *const differing[] = {
        "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 1h}\n",
        "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 2h}\n",
        "  - {subnet: 10.0.1.0/24, relationship: s, lease-time: 1h}\n",
        "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 1h, options: {}}\n",
        "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 1h, kea: {a: null}}\n",
        "  - {subnet: 10.0.1.0/24, relationship: r, lease-time: 1h, kea: {b: null}}\n",
    };
    enum { COUNT = sizeof differing / sizeof differing[0] };
    struct pk_sha256 hashes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        struct pk_snapshot lower = of_text(pool, pk_sprintf(pool, "\n# word\n%s", differing[i]));
        struct pk_snapshot snapshot = of_text(pool, differing[i]);
        hashes[i] = pk_wanted_hash(&snapshot.scopes[0]);
        struct pk_sha256 same = pk_wanted_hash(&lower.scopes[0]);
        assert_true(pk_sha256_equal(&hashes[i], &same));
        for (size_t j = 0; j < i; j++) {
            assert_false(pk_sha256_equal(&hashes[i], &hashes[j]));
        }
    }
}

static void
a_cut_down_snapshot_keeps_its_relationships(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_snapshot all = of_text(pool, "  - {subnet: 10.0.1.0/24, relationship: r}\n"
                                           "  - {subnet: 10.0.2.0/24, relationship: s}\n");
    struct pk_prefix kept[] = {{0x0a000200, 24}};
    struct pk_snapshot only =
        pk_snapshot_only(pool, &all, &(struct pk_prefixes){.at = kept, .count = 1});
    assert_int_equal(only.relationship_count, 2);
    assert_int_equal(only.scope_count, 1);
    assert_string_equal(only.scopes[0].relationship, "s");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_in_any_order_give_the_same_snapshot),
        cmocka_unit_test(relationships_and_scopes_are_sorted_and_found_by_name),
        cmocka_unit_test(a_revision_without_a_relationship_is_invalid),
        cmocka_unit_test(errors_found_before_reject_the_revision_too),
        cmocka_unit_test(warnings_do_not_reject_a_revision),
        cmocka_unit_test(a_change_is_what_is_said_otherwise_wherever_it_stands),
        cmocka_unit_test(a_hash_is_of_what_is_said_and_owned_wherever_it_stands),
        cmocka_unit_test(a_cut_down_snapshot_keeps_its_relationships),
        cmocka_unit_test(a_snapshot_borrows_nothing_from_its_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
