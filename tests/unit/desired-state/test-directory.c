/*
 * Reading a plain directory must give what reading a commit of it gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "git-fixture.h"

static enum pk_code
read_directory(struct fixture *fixture, const char *directory)
{
    fixture->diagnostics = (struct pk_diagnostics){.pool = fixture->pool};
    return pk_directory_read(fixture->pool, directory, &fixture->config, &fixture->files,
                             &fixture->count, &fixture->diagnostics, &fixture->err);
}

static void
reads(struct fixture *fixture, const char *directory, const char *want_paths,
      const char *want_findings)
{
    if (read_directory(fixture, directory) != PK_OK) {
        fail_msg("%s: %s", fixture->err.where, fixture->err.message);
    }
    assert_string_equal(paths(fixture), want_paths);
    assert_string_equal(findings(fixture), want_findings);
}

static void
a_directory_reads_like_a_commit_of_it(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "cd source; mkdir -p b/c .d e.yaml; printf 'x: 1' >b/c/z.yml; : >b/a.yaml; "
                 "echo >a.yaml; echo >.d/a.yaml; echo >.a.yaml; echo >README.md; "
                 "echo >e.yaml/f.yaml; ln -s a.yaml l.yaml; ln -s b folder; "
                 "echo >\"$(printf 'c\\377\\n.yaml')\"; git add .; git commit -q -m all");
    static const char want[] = "a.yaml b/a.yaml b/c/z.yml c\\xff\\x0a.yaml e.yaml/f.yaml";
    static const char found[] =
        "l.yaml: this is a symbolic link, which is not followed [not-a-file]";
    reads(fixture, in(fixture, "source"), want, found);
    assert_string_equal(fixture->files[2].bytes, "x: 1");
    assert_int_equal(fixture->files[2].size, 4);
    assert_null(fixture->files[2].object_id);

    fixture->config.bare = in(fixture, "source/.git");
    fixture->diagnostics = (struct pk_diagnostics){.pool = fixture->pool};
    const char *id = output(fixture, "git -C source rev-parse HEAD");
    assert_int_equal(pk_repository_read(fixture->pool, &fixture->config, id, &fixture->files,
                                        &fixture->count, &fixture->diagnostics, &fixture->err),
                     PK_OK);
    assert_string_equal(paths(fixture), want);
    assert_string_equal(findings(fixture), found);
}

static void
the_directory_itself_may_be_a_link(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "mkdir real; echo >real/a.yaml; ln -s real link");
    reads(fixture, in(fixture, "link"), "a.yaml", "");
}

static void
what_is_no_file_is_an_error_and_not_waited_for(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "mkdir real; mkfifo real/a.yaml real/b");
    reads(fixture, in(fixture, "real"), "",
          "a.yaml: this is neither a file nor a folder, which is not followed [not-a-file]");
}

static void
the_limits_are_those_of_a_commit(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "mkdir real; head -c 101 /dev/zero >real/a.yaml; printf 1234 >real/b.yaml");
    fixture->config.limits.file_bytes = 100;
    reads(fixture, in(fixture, "real"), "b.yaml",
          "a.yaml: the file has 101 bytes, the limit is 100 [too-large]");
    fixture->config.files_limit = 1;
    run(fixture, "cp real/b.yaml real/c.yaml");
    assert_int_equal(read_directory(fixture, in(fixture, "real")), PK_OK);
    assert_int_equal(fixture->count, 1);
    assert_non_null(strstr(findings(fixture), "more than 1 YAML files [too-many-files]"));
}

static void
a_directory_that_is_not_there_or_a_file_is_named(void **state)
{
    struct fixture *fixture = *state;
    const char *nowhere = in(fixture, "nowhere"), *file = in(fixture, "file");
    run(fixture, "touch file");
    assert_int_equal(read_directory(fixture, nowhere), PK_ENOENT);
    assert_string_equal(fixture->err.where, nowhere);
    assert_string_equal(fixture->err.message, "there is nothing here; correct the path");
    assert_int_equal(read_directory(fixture, file), PK_ENOENT);
    assert_string_equal(fixture->err.where, file);
    assert_string_equal(fixture->err.message, "this is not a folder; name the folder it is in");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(a_directory_reads_like_a_commit_of_it),
        TEST(the_directory_itself_may_be_a_link),
        TEST(what_is_no_file_is_an_error_and_not_waited_for),
        TEST(the_limits_are_those_of_a_commit),
        TEST(a_directory_that_is_not_there_or_a_file_is_named),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
