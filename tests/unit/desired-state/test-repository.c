/*
 * Reading commits: `source/.git` is read directly, as if it were our copy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "git-fixture.h"

static int
setup(void **state)
{
    int failed = fixture_setup(state);
    struct fixture *fixture = *state;
    fixture->config.bare = in(fixture, "source/.git");
    return failed;
}

/* Commits what is in `source` and in its index. */
static const char *
commit(const struct fixture *fixture)
{
    run(fixture, "git -C source add .; git -C source commit -q -m change");
    return output(fixture, "git -C source rev-parse HEAD");
}

static enum pk_code
read_commit(struct fixture *fixture, const char *id)
{
    return pk_repository_read(fixture->pool, &fixture->config, id, &fixture->files, &fixture->count,
                              &fixture->diagnostics, &fixture->err);
}

static void
reads(struct fixture *fixture, const char *id, const char *want_paths, const char *want_findings)
{
    fixture->diagnostics = (struct pk_diagnostics){.pool = fixture->pool};
    if (read_commit(fixture, id) != PK_OK) {
        fail_msg("%s: %s", fixture->err.where, fixture->err.message);
    }
    assert_string_equal(paths(fixture), want_paths);
    assert_string_equal(findings(fixture), want_findings);
}

static void
refuses(struct fixture *fixture, const char *id, enum pk_code want, const char *where,
        const char *part)
{
    assert_int_equal(read_commit(fixture, id), want);
    assert_string_equal(fixture->err.where, where);
    if (strstr(fixture->err.message, part) == NULL) {
        fail_msg("'%s' is not in '%s'", part, fixture->err.message);
    }
}

static void
yaml_files_of_all_folders_are_read_sorted_by_path(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; mkdir -p b/c b.yaml; printf 'x: 1' >b/c/z.yml; echo >b/a.yaml; "
                 "echo >b.yaml/y.yaml; echo >'b-c d.yaml'; : >a.yaml; chmod +x a.yaml");
    const char *id = commit(fixture);
    reads(fixture, id, "a.yaml b-c d.yaml b.yaml/y.yaml b/a.yaml b/c/z.yml", "");
    assert_int_equal(fixture->files[0].size, 0);
    assert_string_equal(fixture->files[4].bytes, "x: 1");
    assert_int_equal(fixture->files[4].size, 4);
    assert_string_equal(fixture->files[4].object_id,
                        output(fixture, "git -C source rev-parse HEAD:b/c/z.yml"));
}

static void
names_that_are_not_ours_are_passed_over(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; mkdir -p .github d; echo >.github/a.yaml; echo >.a.yaml; "
                 "echo >d/.b.yml; echo >README.md; echo >a.yaml.txt; echo >yaml; echo >b.YAML; "
                 "ln -s /etc/passwd link; ln -s d folder; ln -s x .c.yaml; "
                 "git update-index --add --cacheinfo "
                 "160000,0123456789012345678901234567890123456789,module");
    run(fixture, "git -C source add .; git -C source commit -q -m odd");
    reads(fixture, output(fixture, "git -C source rev-parse HEAD"), "", "");
}

static void
only_the_configured_path_is_read(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; mkdir -p net/dhcp .hidden; echo >net/dhcp/a.yaml; echo >net/b.yaml; "
                 "echo >.hidden/c.yaml; echo >top.yaml");
    const char *id = commit(fixture);
    static const char *const spellings[] = {"net/dhcp", "net/dhcp/", "./net//dhcp", "/net/dhcp"};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        fixture->config.path = spellings[i];
        reads(fixture, id, "a.yaml", "");
    }
    fixture->config.path = ".hidden"; /* its owner said so */
    reads(fixture, id, "c.yaml", "");
}

static void
a_path_that_is_absent_or_a_file_wants_nothing(void **state)
{
    static const struct {
        const char *path, *where, *what;
    } rows[] = {
        {"net/dhcpp/x", "net/dhcpp", "no such folder"},
        {"net/a.yaml", "net/a.yaml", "a file here, not a folder"},
        {"net/../net", "net/..", "no such folder"},
    };
    struct fixture *fixture = *state;
    run(fixture, "mkdir source/net; echo >source/net/a.yaml");
    const char *id = commit(fixture);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture->config.path = rows[i].path;
        reads(fixture, id, "",
              pk_sprintf(fixture->pool, "%s: commit %.8s has %s [nothing-wanted]", rows[i].where,
                         id, rows[i].what));
    }
}

static void
links_and_submodules_named_like_ours_are_errors(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; echo >a.yaml; ln -s /etc/passwd b.yaml; ln -s a.yaml c.yml; "
                 "git add .; git update-index --add --cacheinfo "
                 "160000,0123456789012345678901234567890123456789,d.yaml; git commit -q -m odd");
    reads(fixture, output(fixture, "git -C source rev-parse HEAD"), "a.yaml",
          "b.yaml: this is a symbolic link, which is not followed [not-a-file]; "
          "c.yml: this is a symbolic link, which is not followed [not-a-file]; "
          "d.yaml: this is a submodule, which is not followed [not-a-file]");
    assert_int_equal(fixture->diagnostics.errors, 3);
}

static void
a_link_or_submodule_on_the_way_to_the_path_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; mkdir real; echo >real/a.yaml; ln -s real net; git add .; "
                 "git update-index --add --cacheinfo "
                 "160000,0123456789012345678901234567890123456789,module; git commit -q -m odd");
    const char *id = output(fixture, "git -C source rev-parse HEAD");
    fixture->config.path = "net";
    reads(fixture, id, "", "net: this is a symbolic link, which is not followed [not-a-file]");
    fixture->config.path = "module/dhcp";
    reads(fixture, id, "", "module: this is a submodule, which is not followed [not-a-file]");
}

static void
a_file_over_the_limit_is_an_error_and_one_at_it_is_read(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; head -c 100 /dev/zero >a.yaml; head -c 101 /dev/zero >b.yaml");
    const char *id = commit(fixture);
    fixture->config.limits.file_bytes = 100;
    reads(fixture, id, "a.yaml", "b.yaml: the file has 101 bytes, the limit is 100 [too-large]");
}

static void
more_files_or_bytes_in_all_than_allowed_are_one_error(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; for f in a b c d; do printf 12345678 >$f.yaml; done");
    const char *id = commit(fixture);
    fixture->config.files_limit = 2;
    reads(fixture, id, "a.yaml b.yaml", "c.yaml: more than 2 YAML files [too-many-files]");
    fixture->config.files_limit = 4;
    fixture->config.total_bytes_limit = 31;
    reads(fixture, id, "a.yaml b.yaml c.yaml",
          "d.yaml: the YAML files have more than 31 bytes in all [too-large]");
    fixture->config.total_bytes_limit = 32;
    reads(fixture, id, "a.yaml b.yaml c.yaml d.yaml", "");
}

static void
trees_that_multiply_are_stopped(void **state)
{
    struct fixture *fixture = *state;
    const char *id = output(
        fixture, "cd source; tree=$(printf '' | git mktree); "
                 "for level in 1 2 3 4 5 6 7 8 9; do tree=$(for i in 0 1 2 3 4 5 6 7 8 9; do "
                 "printf '040000 tree %%s\\t%%s\\n' $tree $i; done | git mktree); done; "
                 "git commit-tree -m bomb $tree");
    assert_int_equal(read_commit(fixture, id), PK_OK);
    assert_int_equal(fixture->diagnostics.errors, 1);
    assert_non_null(strstr(findings(fixture), "more than 1000 files and folders of any name"));
}

static void
folders_nested_too_deep_are_an_error(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; d=$(printf 'd/%%.0s' $(seq 32)); mkdir -p $d/e; echo >$d/a.yaml; "
                 "echo >$d/e/b.yaml");
    const char *id = commit(fixture);
    assert_int_equal(read_commit(fixture, id), PK_OK);
    assert_int_equal(fixture->count, 1);
    assert_non_null(strstr(findings(fixture), "nested more than 32 deep [too-deep]"));
}

static void
odd_names_stay_on_one_line_and_files_named_so_are_read(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; echo >\"$(printf 'a\\nb.yaml')\"; echo >\"$(printf 'c\\377.yaml')\"; "
                 "echo >'d\\e.yaml'; echo >'f \"g.yaml'; echo >'\xc3\xa9\xf0\x9f\x96\xa8.yaml'; "
                 "mkdir \"$(printf 'h\\300\\200')\"; echo >\"$(printf 'h\\300\\200')/i.yaml\"");
    reads(fixture, commit(fixture),
          "a\\x0ab.yaml c\\xff.yaml d\\x5ce.yaml f \"g.yaml h\\xc0\\x80/i.yaml "
          "\xc3\xa9\xf0\x9f\x96\xa8.yaml",
          "");
}

static void
a_file_that_cannot_be_read_never_looks_absent(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; mkdir d; echo 1 >a.yaml; echo 2 >d/b.yaml");
    const char *id = commit(fixture);
    const char *bare = fixture->config.bare;
    run(fixture, "cd source/.git/objects; o=$(git rev-parse HEAD:d | sed 's|^..|&/|'); mv $o tree");
    refuses(fixture, id, PK_EDAMAGED, bare, "remove this folder, it is only a copy");
    run(fixture, "cd source/.git/objects; o=$(git rev-parse HEAD:a.yaml | sed 's|^..|&/|'); "
                 "chmod +w $o; head -c 5 $o >cut; cat cut >$o");
    refuses(fixture, id, PK_EDAMAGED, bare, "a.yaml: ");
}

static void
an_unknown_commit_or_copy_is_named(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "echo >source/a.yaml");
    commit(fixture);
    refuses(fixture, "0123456789012345678901234567890123456789", PK_ENOENT,
            "0123456789012345678901234567890123456789", "no such commit; fetch first");
    refuses(fixture, "main", PK_EINVAL, "main", "40 hexadecimal digits");
    fixture->config.bare = in(fixture, "nowhere");
    refuses(fixture, "0123456789012345678901234567890123456789", PK_ENOENT, fixture->config.bare,
            "nothing was fetched yet");
}

static void
resolves(struct fixture *fixture, const char *revision, const char *want)
{
    char found[PK_COMMIT_TEXT_BYTES];
    assert_int_equal(pk_repository_resolve(&fixture->config, revision, found, &fixture->err),
                     PK_OK);
    assert_string_equal(found, want);
}

static void
does_not_resolve(struct fixture *fixture, const char *revision, const char *part)
{
    char found[PK_COMMIT_TEXT_BYTES];
    assert_int_equal(pk_repository_resolve(&fixture->config, revision, found, &fixture->err),
                     PK_ENOENT);
    assert_string_equal(fixture->err.where, revision);
    if (strstr(fixture->err.message, part) == NULL) {
        fail_msg("'%s' is not in '%s'", part, fixture->err.message);
    }
}

static void
branches_and_commit_ids_resolve_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "echo >source/a.yaml");
    const char *first = commit(fixture);
    run(fixture, "echo >source/b.yaml");
    const char *second = commit(fixture);
    run(fixture, "cd source; git update-ref refs/pairkeeper/main HEAD; "
                 "git update-ref refs/pairkeeper/net/lab HEAD~1");
    resolves(fixture, "main", second);
    resolves(fixture, "net/lab", first);
    resolves(fixture, first, first);
    resolves(fixture, pk_strndup(fixture->pool, first, 8), first);
    does_not_resolve(fixture, pk_strndup(fixture->pool, first, 7), "at least 8 digits");
    does_not_resolve(fixture, "mian", "did you mean 'main'?");
    static const char *const others[] = {
        "main~1",          "HEAD", "@{-1}",    ":/change",
        "refs/heads/main", "",     "01234567", "0123456789abcdef0123456789abcdef012"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        does_not_resolve(fixture, others[i], "no branch or commit of this name");
    }
    does_not_resolve(fixture, output(fixture, "git -C source rev-parse HEAD:a.yaml"),
                     "no branch or commit");
}

static enum pk_code
descends(struct fixture *fixture, const char *tip, const char *ancestor)
{
    return pk_repository_descends(&fixture->config, tip, ancestor, &fixture->err);
}

static void
a_commit_descends_from_itself_and_its_history_only(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "echo >source/a.yaml");
    const char *first = commit(fixture);
    run(fixture, "echo >source/b.yaml");
    const char *second = commit(fixture);
    run(fixture, "git -C source reset -q --hard HEAD~1; echo >source/c.yaml");
    const char *rewound = commit(fixture);
    static const char unknown[] = "0123456789012345678901234567890123456789";

    assert_int_equal(descends(fixture, first, first), PK_OK);
    assert_int_equal(descends(fixture, second, first), PK_OK);
    assert_int_equal(descends(fixture, rewound, first), PK_OK);
    assert_int_equal(descends(fixture, first, second), PK_ENOENT);
    assert_int_equal(descends(fixture, rewound, second), PK_ENOENT);
    assert_non_null(strstr(fixture->err.message, "was the branch rewound or replaced?"));
    assert_int_equal(descends(fixture, first, unknown), PK_ENOENT);
    assert_int_equal(descends(fixture, unknown, first), PK_EDAMAGED);
    assert_int_equal(descends(fixture, first, "main"), PK_EINVAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
        TEST(yaml_files_of_all_folders_are_read_sorted_by_path),
        TEST(names_that_are_not_ours_are_passed_over),
        TEST(only_the_configured_path_is_read),
        TEST(a_path_that_is_absent_or_a_file_wants_nothing),
        TEST(links_and_submodules_named_like_ours_are_errors),
        TEST(a_link_or_submodule_on_the_way_to_the_path_is_an_error),
        TEST(a_file_over_the_limit_is_an_error_and_one_at_it_is_read),
        TEST(more_files_or_bytes_in_all_than_allowed_are_one_error),
        TEST(trees_that_multiply_are_stopped),
        TEST(folders_nested_too_deep_are_an_error),
        TEST(odd_names_stay_on_one_line_and_files_named_so_are_read),
        TEST(a_file_that_cannot_be_read_never_looks_absent),
        TEST(an_unknown_commit_or_copy_is_named),
        TEST(branches_and_commit_ids_resolve_and_nothing_else),
        TEST(a_commit_descends_from_itself_and_its_history_only),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
