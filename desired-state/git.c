/*
 * Owner validation (safe.directory) is off: it guards programs that run hooks or commands named in
 * a repository's configuration, and the agent, often another user than the repository's owner, runs
 * neither.  Which folder is read is said by the agent's own configuration, by nobody in Git.
 */
#include "desired-state/git.h"

/* Options of the library are one set for the process, so only the first start sets them. */
static int
set_options(void)
{
    static const git_config_level_t levels[] = {
        GIT_CONFIG_LEVEL_PROGRAMDATA,
        GIT_CONFIG_LEVEL_SYSTEM,
        GIT_CONFIG_LEVEL_XDG,
        GIT_CONFIG_LEVEL_GLOBAL,
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        failed |= git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    }
    failed |= git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    failed |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
    failed |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
    return failed;
}

enum pk_code
pk_git_start(struct pk_git *git, struct pk_error *err)
{
    *git = (struct pk_git){0};
    int users = git_libgit2_init();
    git->started = true; /* a start that failed is counted, too: the next would find half of it */
    if (users < 0 || (users == 1 && set_options() != 0)) {
        return pk_git_failed(err, PK_ESYS, "libgit2", "the Git library does not start",
                             "check the installation of libgit2");
    }
    return PK_OK;
}

enum pk_code
pk_git_open(struct pk_git *git, const char *bare, struct pk_error *err)
{
    enum pk_code code = pk_git_start(git, err);
    if (code != PK_OK) {
        return code;
    }
    int failed = git_repository_open_bare(&git->repository, bare);
    if (failed == GIT_ENOTFOUND) {
        return pk_error_set(err, PK_ENOENT, bare, "nothing was fetched yet; fetch first");
    }
    if (failed != 0 || git_repository_odb(&git->odb, git->repository) != 0) {
        return pk_git_damaged(err, bare, "the copy of the repository does not open");
    }
    return PK_OK;
}

void
pk_git_close(struct pk_git *git)
{
    git_odb_free(git->odb);
    git_repository_free(git->repository);
    if (git->started) {
        git_libgit2_shutdown();
    }
    *git = (struct pk_git){0};
}

int
pk_git_find(git_repository *repository, const git_oid *tip, const git_oid *wanted)
{
    git_revwalk *walk = NULL;
    git_oid id;
    bool found = false;
    int failed = git_revwalk_new(&walk, repository);
    if (failed == 0) {
        failed = git_revwalk_push(walk, tip);
    }
    while (failed == 0 && !found && (failed = git_revwalk_next(&id, walk)) == 0) {
        found = git_oid_equal(&id, wanted);
    }
    git_revwalk_free(walk);
    return found ? 1 : failed == GIT_ITEROVER ? 0 : failed;
}

enum pk_code
pk_git_failed(struct pk_error *err, enum pk_code code, const char *where, const char *attempt,
              const char *remedy)
{
    const git_error *last = git_error_last();
    return pk_error_set(err, code, where, "%s: %s; %s", attempt,
                        last != NULL ? last->message : "no reason given", remedy);
}

enum pk_code
pk_git_damaged(struct pk_error *err, const char *bare, const char *attempt)
{
    return pk_git_failed(err, PK_EDAMAGED, bare, attempt,
                         "remove this folder, it is only a copy and is fetched again");
}

void
pk_git_commit_release(git_commit **commit)
{
    git_commit_free(*commit);
}

void
pk_git_tree_release(git_tree **tree)
{
    git_tree_free(*tree);
}

void
pk_git_remote_release(git_remote **remote)
{
    git_remote_free(*remote);
}

void
pk_git_reference_release(git_reference **reference)
{
    git_reference_free(*reference);
}
