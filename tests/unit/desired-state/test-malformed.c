/*
 * Malformed files, one after the other and one among good ones: an error with its place or a valid
 * snapshot, nothing in between.  The processor time that all of them together may take is limited,
 * so that one that takes minutes is a failure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <ftw.h>

#include <cmocka.h>

#include "malformed.h"
#include "reading-properties.h"

enum {
    FILES_MAX = 256,
    MUTANTS = 3000,
    MALFORMED_AT_LEAST = 500, /* of the mutants */
    SEED = 20240229,
    PROCESSOR_LIMIT_S = 100, /* some seconds are needed; a single quadratic file takes more */
};

struct originals {
    struct pk_pool *pool;
    struct pk_source_file at[FILES_MAX];
    size_t count;
};

/* nftw() has no argument of ours. */
static struct originals *collecting;

static int
collect(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)where;
    const char *ending = strrchr(path, '.');
    if (kind != FTW_F || ending == NULL || strcmp(ending, ".yaml") != 0) {
        return 0;
    }
    assert_true(collecting->count < FILES_MAX);
    size_t size = (size_t)about->st_size;
    char *bytes = pk_alloc(collecting->pool, size + 1);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    collecting->at[collecting->count++] = (struct pk_source_file){
        .path = pk_strdup(collecting->pool, path), .bytes = bytes, .size = size};
    return 0;
}

static int
by_path(const void *a, const void *b)
{
    const struct pk_source_file *left = a, *right = b;
    return strcmp(left->path, right->path);
}

static struct originals *
originals(struct pk_pool *pool, const char *folder)
{
    enum { OPEN_FOLDERS = 8 };
    collecting = pk_new(pool, struct originals);
    collecting->pool = pool;
    assert_int_equal(nftw(folder, collect, OPEN_FOLDERS, FTW_PHYS), 0);
    assert_true(collecting->count > 0);
    qsort(collecting->at, collecting->count, sizeof collecting->at[0], by_path);
    return collecting;
}

/* Something is wrong with the file itself, not with what its revision lacks. */
static bool
has_placed_error(const struct reading *reading)
{
    for (size_t i = 0; i < reading->diagnostics.list.count; i++) {
        const struct pk_diagnostic *one = &reading->diagnostics.list.at[i];
        if (one->mark.line != 0 && one->rule != PK_RULE_RELATIONSHIP_UNKNOWN &&
            !pk_rule_row(one->rule)->warning) {
            return true;
        }
    }
    return false;
}

static bool
breaks(const struct reading *reading, const char *code)
{
    for (size_t i = 0; i < reading->diagnostics.list.count; i++) {
        if (strcmp(pk_rule_row(reading->diagnostics.list.at[i].rule)->code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void
files_written_by_hand_are_refused_by_their_rule(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < malformed_file_count; i++) {
        const struct malformed_file *malformed = &malformed_files[i];
        PK_SCRATCH(pool);
        struct pk_source_file file = {.path = "a.yaml"};
        file.bytes = malformed_text(pool, malformed, &file.size);
        const struct reading reading = read_files(pool, &file, 1);
        const char *defect = files_defect(pool, &file, 1);
        if (reading.code != PK_EINVAL || !breaks(&reading, malformed->code)) {
            defect = pk_sprintf(pool, "not refused as %s but: %s", malformed->code,
                                reading.diagnostics.list.count != 0
                                    ? pk_diagnostic_text(pool, &reading.diagnostics.list.at[0])
                                    : "not at all");
        }
        if (defect != NULL) {
            print_error("file %zu, %.60s%.20s…\n  %s\n", i, malformed->text,
                        malformed->more != NULL ? malformed->more : "", defect);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
a_mutant_is_valid_or_has_an_error_with_its_place(void **state)
{
    (void)state;
    PK_SCRATCH(all);
    const struct originals *campus = originals(all, CAMPUS);
    struct dice dice = {SEED};
    size_t malformed = 0;
    for (size_t i = 0; i < MUTANTS; i++) {
        PK_SCRATCH(pool);
        struct pk_source_file file = campus->at[i % campus->count];
        file.bytes = mutate(pool, &dice, file.bytes, file.size, &file.size);
        file.bytes = pk_strndup(pool, file.bytes, file.size); /* what is beyond its end is found */
        const char *defect = document_defect(pool, &file);
        defect = defect != NULL ? defect : files_defect(pool, &file, 1);
        if (defect != NULL) {
            fail_msg("mutant %zu of %s: %s\n%s", i, file.path, defect, file.bytes);
        }
        const struct reading reading = read_files(pool, &file, 1);
        malformed += has_placed_error(&reading);
    }
    assert_in_range(malformed, MALFORMED_AT_LEAST, MUTANTS);
    print_message("%zu of %d mutants are malformed\n", malformed, MUTANTS);
}

static void
a_mutant_among_good_files_rejects_them_all_or_none(void **state)
{
    (void)state;
    enum { ROUNDS = 120 };
    PK_SCRATCH(all);
    struct originals *campus = originals(all, CAMPUS);
    const struct reading good = read_files(all, campus->at, campus->count);
    assert_int_equal(good.code, PK_OK);
    struct dice dice = {SEED + 1};
    size_t rejected = 0;
    for (size_t i = 0; i < ROUNDS; i++) {
        PK_SCRATCH(pool);
        struct pk_source_file *file = &campus->at[dice_roll(&dice, campus->count)];
        const struct pk_source_file original = *file;
        file->bytes = mutate(pool, &dice, original.bytes, original.size, &file->size);
        const char *defect = files_defect(pool, campus->at, campus->count);
        rejected += read_files(pool, campus->at, campus->count).code == PK_EINVAL;
        if (defect != NULL) {
            fail_msg("round %zu, %s: %s\n%.*s", i, file->path, defect, (int)file->size,
                     file->bytes);
        }
        *file = original;
    }
    assert_in_range(rejected, 1, ROUNDS);
}

static void
two_invalid_files_show_the_errors_of_both(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct originals *golden = originals(pool, GOLDEN);
    const struct reading reading = read_files(pool, golden->at, golden->count);
    const char *defect = files_defect(pool, golden->at, golden->count);
    if (defect != NULL) {
        fail_msg("%s", defect);
    }
    assert_int_equal(reading.code, PK_EINVAL);
    for (size_t i = 0; i < golden->count; i++) {
        const struct reading alone = read_files(pool, &golden->at[i], 1);
        bool named = !has_placed_error(&alone);
        for (size_t j = 0; j < reading.diagnostics.list.count && !named; j++) {
            named = strcmp(reading.diagnostics.list.at[j].mark.file, golden->at[i].path) == 0;
        }
        if (!named) {
            fail_msg("the errors of %s are lost among the others", golden->at[i].path);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_written_by_hand_are_refused_by_their_rule),
        cmocka_unit_test(a_mutant_is_valid_or_has_an_error_with_its_place),
        cmocka_unit_test(a_mutant_among_good_files_rejects_them_all_or_none),
        cmocka_unit_test(two_invalid_files_show_the_errors_of_both),
    };
    const struct rlimit processor = {PROCESSOR_LIMIT_S, PROCESSOR_LIMIT_S};
    setrlimit(RLIMIT_CPU, &processor);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
