/*
 * Fetching, with real repositories and the real child; scripts stand in for a helper that hangs,
 * dies or talks nonsense.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "git-fixture.h"

enum { NOBODY = 65534, REPLY_BYTES = 1024, SHORT_TIMEOUT_MS = 300 };

static const char commit_a[] = "echo 'a: 1' >source/a.yaml; git -C source add .;"
                               "git -C source commit -q -m a";
static const char commit_b[] = "echo 'b: 1' >source/b.yaml; git -C source add .;"
                               "git -C source commit -q -m b";

static const char *
tip(const struct fixture *fixture)
{
    return output(fixture, "git -C source rev-parse main");
}

static void
fetches(struct fixture *fixture, const char *want)
{
    char commit[PK_COMMIT_TEXT_BYTES] = "";
    enum pk_code code = pk_repository_fetch(&fixture->config, commit, &fixture->err);
    if (code != PK_OK) {
        fail_msg("%s: %s", fixture->err.where, fixture->err.message);
    }
    assert_string_equal(commit, want);
}

static void
refuses(struct fixture *fixture, enum pk_code want, const char *where, const char *part)
{
    char commit[PK_COMMIT_TEXT_BYTES] = "untouched";
    assert_int_equal(pk_repository_fetch(&fixture->config, commit, &fixture->err), want);
    assert_string_equal(commit, "untouched");
    assert_string_equal(fixture->err.where, where);
    if (strstr(fixture->err.message, part) == NULL) {
        fail_msg("'%s' is not in '%s'", part, fixture->err.message);
    }
    assert_null(strpbrk(fixture->err.message, "\n\t"));
}

static void
a_first_fetch_brings_the_tip_with_its_history(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s; %s", commit_a, commit_b);
    fetches(fixture, tip(fixture));
    assert_string_equal(output(fixture, "git -C copy.git rev-list --objects --count "
                                        "refs/pairkeeper/main"),
                        output(fixture, "git -C source rev-list --objects --count main"));
    run(fixture, "git -C copy.git fsck --strict 2>&1");
}

static void
a_new_commit_is_fetched(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s", commit_a);
    fetches(fixture, tip(fixture));
    run(fixture, "%s", commit_b);
    fetches(fixture, tip(fixture));
    assert_string_equal(output(fixture, "git -C copy.git show refs/pairkeeper/main:b.yaml"),
                        "b: 1");
}

static void
nothing_is_written_while_the_branch_stays(void **state)
{
    static const char everything[] = "find copy.git -printf '%%p %%s %%T@ %%C@\\n' | sort";
    struct fixture *fixture = *state;
    run(fixture, "%s", commit_a);
    fetches(fixture, tip(fixture));
    const char *before = output(fixture, everything);
    fetches(fixture, tip(fixture));
    assert_string_equal(output(fixture, everything), before);
}

static void
a_branch_that_returns_to_a_fetched_commit_moves_without_a_download(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s", commit_a);
    const char *first = tip(fixture);
    fetches(fixture, first);
    run(fixture, "%s", commit_b);
    fetches(fixture, tip(fixture));
    const char *objects = output(fixture, "find copy.git/objects -type f | sort");
    run(fixture, "git -C source reset -q --hard HEAD~1");
    fetches(fixture, first);
    assert_string_equal(output(fixture, "git -C copy.git rev-parse refs/pairkeeper/main"), first);
    assert_string_equal(output(fixture, "find copy.git/objects -type f | sort"), objects);
}

static void
bare_repositories_relative_paths_and_file_urls_are_fetched(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s; git clone -q --bare source 'a bare.git'", commit_a);
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(fixture->folder), 0);
    const char *const urls[] = {
        "source",
        "./source",
        "a bare.git",
        in(fixture, "source/.git"),
        pk_sprintf(fixture->pool, "file://%s/a%%20bare.git", fixture->folder),
        pk_sprintf(fixture->pool, "file://localhost%s/source", fixture->folder),
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        run(fixture, "rm -rf copy.git");
        fixture->config.url = urls[i];
        fetches(fixture, tip(fixture));
    }
    assert_int_equal(chdir(before), 0);
}

static void
a_missing_branch_is_told_with_those_that_exist_the_nearest_first(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s; git -C source branch develop; git -C source branch next", commit_a);
    fixture->config.branch = "mian";
    refuses(fixture, PK_ENOENT, fixture->config.url,
            "no branch 'mian', it has main, develop, next; correct repository.branch");
    fixture->config.branch = "no..branch\nat all";
    refuses(fixture, PK_EINVAL, "repository.branch", "is no name for a branch");
}

static void
an_empty_repository_has_no_commit_yet(void **state)
{
    struct fixture *fixture = *state;
    refuses(fixture, PK_ENOENT, fixture->config.url,
            "has no commit yet; commit the desired state to branch 'main'");
}

static void
a_folder_that_is_no_repository_or_not_there_is_told_apart(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "mkdir source/folder; touch file");
    fixture->config.url = in(fixture, "source/folder");
    refuses(fixture, PK_ENOENT, fixture->config.url, "not a Git repository");
    fixture->config.url = in(fixture, "nowhere");
    refuses(fixture, PK_ENOENT, fixture->config.url, "no such folder; correct repository.url");
    fixture->config.url = in(fixture, "file");
    refuses(fixture, PK_ENOENT, fixture->config.url, "no such folder");
}

static void
a_copy_that_was_only_half_made_is_made_again(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s; mkdir -p copy.git/objects", commit_a);
    fetches(fixture, tip(fixture));
}

static void
what_a_killed_fetch_left_is_removed(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s", commit_a);
    fetches(fixture, tip(fixture));
    run(fixture, "%s; touch copy.git/refs/pairkeeper/main.lock copy.git/objects/pack/pack_git2_x",
        commit_b);
    fetches(fixture, tip(fixture));
    assert_string_equal(output(fixture, "find copy.git -name 'main.lock' -o -name 'pack_git2_*'"),
                        "");
}

static void
a_fetch_beyond_the_pack_limit_is_stopped(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "head -c 1000000 /dev/urandom >source/noise; %s", commit_a);
    fixture->config.pack_bytes_limit = 100000;
    refuses(fixture, PK_EINVAL, fixture->config.url, "more than 100000 bytes");
    fixture->config.pack_bytes_limit = 0;
    fetches(fixture, tip(fixture));
}

static bool
is_gone(long pid)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return true;
    }
    const char *read = fgets(line, sizeof line, file);
    fclose(file);
    return read == NULL || strstr(line, ") Z") != NULL;
}

static void
a_helper_that_never_answers_is_killed_with_all_it_started(void **state)
{
    enum { LOOKS = 500, LOOK_US = 10 * 1000 };
    struct fixture *fixture = *state;
    fixture->config.helper = script(fixture, "silent", "sleep 1000 & echo $! $$ >pids; wait");
    fixture->config.timeout_ms = SHORT_TIMEOUT_MS;
    const char *pids = "";
    while (pids[0] == '\0') { /* a busy machine may not start a shell within the time */
        refuses(fixture, PK_EAGAIN, fixture->config.url, "no answer within");
        pids = output(fixture, "cat pids 2>/dev/null || true");
        fixture->config.timeout_ms *= 2;
    }
    assert_non_null(strstr(fixture->err.message, "raise repository.timeout"));
    char *rest = NULL;
    long sleeper = strtol(pids, &rest, 10), helper = strtol(rest, NULL, 10);
    assert_true(sleeper > 1 && helper > 1);
    for (int i = 0; i < LOOKS && !(is_gone(sleeper) && is_gone(helper)); i++) {
        usleep(LOOK_US);
    }
    assert_true(is_gone(sleeper));
    assert_true(is_gone(helper));
}

static void
a_helper_that_dies_or_talks_nonsense_is_reported(void **state)
{
    static const char body_of_40[] = "echo commit 0123456789012345678901234567890123456789";
    const struct {
        const char *body, *part;
    } cases[] = {
        {"kill -SEGV $$", "ended by a signal"},
        {"exit 3", "ended without an answer"},
        {"printf 'commit 12'", "ended without an answer"},
        {"echo commit 1234", "no understandable answer"},
        {"echo hello", "no understandable answer"},
        {"echo 'error 0 where\tall is well'", "no understandable answer"},
        {"echo 'error -99 where\tfar away'", "no understandable answer"},
        {"yes", "ended without an answer"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *name = pk_sprintf(fixture->pool, "helper-%zu", i);
        fixture->config.helper = script(fixture, name, cases[i].body);
        bool answered = strstr(cases[i].part, "understandable") != NULL;
        refuses(fixture, PK_ESYS, answered ? fixture->config.helper : fixture->config.url,
                cases[i].part);
    }
    fixture->config.helper = in(fixture, "no-such-helper");
    refuses(fixture, PK_ESYS, fixture->config.helper, "does not start");
    fixture->config.helper = script(fixture, "good", body_of_40);
    fetches(fixture, "0123456789012345678901234567890123456789");
}

static void
the_helper_gets_neither_environment_nor_input_nor_open_files(void **state)
{
    struct fixture *fixture = *state;
    enum { LEAKED = 77 };
    assert_int_equal(dup2(STDERR_FILENO, LEAKED), LEAKED);
    assert_int_equal(setenv("PLANTED_SECRET", "hunter2", true), 0);
    fixture->config.helper = script(fixture, "curious",
                                    "tr '\\0' '\\n' </proc/self/environ >environment\n"
                                    "cat >input; ls /proc/$$/fd >files; echo $* >arguments");
    refuses(fixture, PK_ESYS, fixture->config.url, "without an answer");
    assert_int_equal(unsetenv("PLANTED_SECRET"), 0);
    close(LEAKED);
    assert_string_equal(output(fixture, "grep -c -e hunter2 -e HOME environment || true"), "0");
    assert_string_equal(output(fixture, "cat input"), "");
    assert_string_equal(output(fixture, "grep -x -e 1 -e 77 files"), "1");
    assert_string_equal(output(fixture, "cat arguments"),
                        pk_sprintf(fixture->pool, "%s %s %s main %llu onto", PK_FETCH_HELPER_VERB,
                                   fixture->config.bare, fixture->config.url, PK_PACK_BYTES_LIMIT));
}

/* The helper's body in a fork: what it prints, and what @p check says of the process afterwards. */
static const char *
helper_answers(struct fixture *fixture, int (*prepare)(void), bool (*check)(void))
{
    int ends[2], status;
    char *reply = pk_alloc(fixture->pool, REPLY_BYTES);
    char *argv[] = {pk_strdup(fixture->pool, "pairkeeper"),
                    pk_strdup(fixture->pool, PK_FETCH_HELPER_VERB),
                    pk_strdup(fixture->pool, fixture->config.bare),
                    pk_strdup(fixture->pool, fixture->config.url),
                    pk_strdup(fixture->pool, fixture->config.branch),
                    pk_strdup(fixture->pool, "1000000"),
                    pk_strdup(fixture->pool, "onto"),
                    NULL};
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0 || prepare() != 0) {
            _exit(EXIT_FAILURE);
        }
        pk_repository_fetch_helper(sizeof argv / sizeof argv[0] - 1, argv);
        _exit(check == NULL || check() ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ends[1]);
    assert_true(pid > 0 && read(ends[0], reply, REPLY_BYTES - 1) > 0);
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    return reply;
}

static int
nothing_to_prepare(void)
{
    return 0;
}

static int
use_the_folder_as_home(void)
{
    return setenv("HOME", ".", true) || setenv("XDG_CONFIG_HOME", ".", true);
}

static void
git_configuration_neither_stops_nor_redirects_a_fetch(void **state)
{
    struct fixture *fixture = *state;
    const char *url = fixture->config.url;
    run(fixture, "%s; git clone -q source other; git -C other commit -q --allow-empty -m other",
        commit_a);
    fetches(fixture, tip(fixture));
    run(fixture, "%s", commit_b);
    static const char *const files[] = {"copy.git/config", ".gitconfig"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        run(fixture, "git config -f %s url.'%s'.insteadOf '%s'", files[i], in(fixture, "other"),
            url);
    }
    assert_string_equal(output(fixture,
                               "GIT_CONFIG_GLOBAL=.gitconfig git ls-remote '%s' refs/heads/main "
                               "| cut -c1-40",
                               url),
                        output(fixture, "git -C other rev-parse main"));
    run(fixture, "mkdir git; echo '[broken' >git/config");
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(fixture->folder), 0);
    assert_string_equal(helper_answers(fixture, use_the_folder_as_home, NULL),
                        pk_sprintf(fixture->pool, "commit %s\n", tip(fixture)));
    assert_int_equal(chdir(before), 0);
}

static bool
at_most(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit now;
    return getrlimit(resource, &now) == 0 && now.rlim_cur <= most && now.rlim_max <= most;
}

static bool
is_limited(void)
{
    enum { BYTES = 2 * 1000 * 1000, OPEN_FILES = 1024, CPU_S = 600 };
    return at_most(RLIMIT_CORE, 0) && at_most(RLIMIT_FSIZE, BYTES) &&
           at_most(RLIMIT_NOFILE, OPEN_FILES) && at_most(RLIMIT_CPU, CPU_S);
}

static void
the_helper_limits_itself(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s", commit_a);
    assert_string_equal(helper_answers(fixture, nothing_to_prepare, is_limited),
                        pk_sprintf(fixture->pool, "commit %s\n", tip(fixture)));
}

static int
become_nobody(void)
{
    return geteuid() == 0 ? setresuid(NOBODY, NOBODY, NOBODY) : 0;
}

static void
a_repository_that_may_not_be_read_says_who_may_not(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "%s; chmod 777 .; chmod 0 source/.git/objects", commit_a);
    const char *told = helper_answers(fixture, become_nobody, NULL);
    run(fixture, "chmod 755 source/.git/objects");
    assert_non_null(strstr(told, "error -5 "));
    assert_non_null(strstr(told, "may not read the repository; give that user read access"));
}

static void
a_repository_of_another_user_is_fetched(void **state)
{
    struct fixture *fixture = *state;
    if (geteuid() != 0) {
        skip(); /* only root can give a repository away */
    }
    run(fixture, "%s", commit_a);
    const char *want = tip(fixture);
    run(fixture, "chown -R %d source", NOBODY);
    fetches(fixture, want);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(a_first_fetch_brings_the_tip_with_its_history),
        TEST(a_new_commit_is_fetched),
        TEST(nothing_is_written_while_the_branch_stays),
        TEST(a_branch_that_returns_to_a_fetched_commit_moves_without_a_download),
        TEST(bare_repositories_relative_paths_and_file_urls_are_fetched),
        TEST(a_missing_branch_is_told_with_those_that_exist_the_nearest_first),
        TEST(an_empty_repository_has_no_commit_yet),
        TEST(a_folder_that_is_no_repository_or_not_there_is_told_apart),
        TEST(a_copy_that_was_only_half_made_is_made_again),
        TEST(what_a_killed_fetch_left_is_removed),
        TEST(a_fetch_beyond_the_pack_limit_is_stopped),
        TEST(a_helper_that_never_answers_is_killed_with_all_it_started),
        TEST(a_helper_that_dies_or_talks_nonsense_is_reported),
        TEST(the_helper_gets_neither_environment_nor_input_nor_open_files),
        TEST(git_configuration_neither_stops_nor_redirects_a_fetch),
        TEST(the_helper_limits_itself),
        TEST(a_repository_that_may_not_be_read_says_who_may_not),
        TEST(a_repository_of_another_user_is_fetched),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
