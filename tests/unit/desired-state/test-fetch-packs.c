/*
 * What our copy of a repository costs as it grows: a commit brings what is new in it, and the packs
 * stay few.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "git-fixture.h"

enum { COMMITS = 48, PACKS_AT_MOST = 32, MERGES = 4 };

static const char count_objects[] = "git -C copy.git count-objects -v | sed -n 's/^in-pack: //p'";
static const char count_packs[] = "ls copy.git/objects/pack/*.pack | wc -l";

static void
commit_file(struct fixture *fixture, int number)
{
    run(fixture, "echo '%d: 1' >source/%d.yaml; git -C source add .; git -C source commit -q -m c",
        number, number);
}

static const char *
fetch(struct fixture *fixture)
{
    char *commit = pk_alloc(fixture->pool, PK_COMMIT_TEXT_BYTES);
    if (pk_repository_fetch(&fixture->config, commit, &fixture->err) != PK_OK) {
        fail_msg("%s: %s", fixture->err.where, fixture->err.message);
    }
    assert_string_equal(commit, output(fixture, "git -C source rev-parse main"));
    return commit;
}

static long
number_of(struct fixture *fixture, const char *command)
{
    return strtol(output(fixture, "%s", command), NULL, 10);
}

static void
a_small_commit_of_a_tagged_repository_brings_a_commit_a_tree_and_a_file(void **state)
{
    enum { FIRST = 20, NEW_OBJECTS = 3 };
    struct fixture *fixture = *state;
    for (int i = 0; i < FIRST; i++) {
        commit_file(fixture, i);
        run(fixture, "git -C source tag -a -m tag v%d", i);
    }
    run(fixture, "git -C source branch other; git -C source tag -a -m tag b HEAD^{tree}");
    fetch(fixture);
    assert_string_equal(output(fixture, "git -C copy.git rev-list --objects --count "
                                        "refs/pairkeeper/main"),
                        output(fixture, "%s", count_objects));
    long before = number_of(fixture, count_objects);
    commit_file(fixture, FIRST);
    fetch(fixture);
    assert_int_equal(number_of(fixture, count_objects) - before, NEW_OBJECTS);
    run(fixture, "git -C copy.git fsck --strict 2>&1");
}

static void
many_fetches_leave_few_packs_and_lose_nothing(void **state)
{
    struct fixture *fixture = *state;
    commit_file(fixture, 0);
    const char *first = fetch(fixture);
    commit_file(fixture, 1);
    const char *left = fetch(fixture);
    run(fixture, "git -C source reset -q --hard %s", first); /* `left` is on no branch now */
    for (int i = 2; i < COMMITS; i++) {
        commit_file(fixture, i);
        fetch(fixture);
    }
    assert_true(number_of(fixture, count_packs) < PACKS_AT_MOST);
    assert_string_equal(output(fixture, "cd copy.git/objects/pack; ls *.pack | sed s/.pack//"),
                        output(fixture, "cd copy.git/objects/pack; ls *.idx | sed s/.idx//"));
    assert_string_equal(output(fixture, "git -C copy.git show %s:1.yaml", left), "1: 1");
    run(fixture, "git -C copy.git fsck --strict 2>&1");
    assert_string_equal(output(fixture, "git -C copy.git rev-list --count refs/pairkeeper/main"),
                        output(fixture, "git -C source rev-list --count main"));
}

static void
a_merge_that_was_killed_after_its_pack_was_written_is_done_again(void **state)
{
    struct fixture *fixture = *state;
    commit_file(fixture, 0);
    fetch(fixture);
    run(fixture, "mkdir saved");
    for (int i = 1; i < COMMITS; i++) {
        commit_file(fixture, i);
        /* For later: packs come back, as if the merge had not come to removing them. */
        run(fixture, "cp -n copy.git/objects/pack/* saved");
        fetch(fixture);
    }
    /* Often enough that a merge makes the very pack that is there, which is not to be removed. */
    for (int i = 0; i < MERGES; i++) {
        run(fixture, "cp -n saved/* copy.git/objects/pack; cd copy.git/objects/pack; "
                     "touch pack-0123456789012345678901234567890123456789.idx");
        assert_true(number_of(fixture, count_packs) >= PACKS_AT_MOST);
        fetch(fixture);
    }
    assert_true(number_of(fixture, count_packs) < PACKS_AT_MOST);
    run(fixture, "! ls copy.git/objects/pack/pack-01234567890* 2>&1");
    run(fixture, "git -C copy.git fsck --strict 2>&1");
}

static void
a_shallow_clone_is_told_how_to_become_whole(void **state)
{
    struct fixture *fixture = *state;
    commit_file(fixture, 0);
    commit_file(fixture, 1);
    run(fixture, "git clone -q --depth 1 \"file://$PWD/source\" shallow");
    fixture->config.url = in(fixture, "shallow");
    char commit[PK_COMMIT_TEXT_BYTES];
    assert_int_equal(pk_repository_fetch(&fixture->config, commit, &fixture->err), PK_EINVAL);
    assert_non_null(strstr(fixture->err.message, "git fetch --unshallow"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(a_small_commit_of_a_tagged_repository_brings_a_commit_a_tree_and_a_file),
        TEST(many_fetches_leave_few_packs_and_lose_nothing),
        TEST(a_merge_that_was_killed_after_its_pack_was_written_is_done_again),
        TEST(a_shallow_clone_is_told_how_to_become_whole),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
