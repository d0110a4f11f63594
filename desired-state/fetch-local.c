/*
 * Fetching from a folder.  The library can do it through a remote, but then packs whatever the
 * source's tags lead to, each time; here exactly the missing commits are walked and packed.
 */
#include "desired-state/fetch-work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <git2/sys/repository.h>

static enum pk_code
cannot_read_source(const struct pk_fetch *fetch, int reason, struct pk_error *err)
{
    switch (reason) {
    case ENOENT:
    case ENOTDIR:
        return pk_error_set(err, PK_ENOENT, fetch->source.address,
                            "there is no such folder; correct repository.url");
    case EACCES:
        return pk_error_set(err, PK_EACCESS, fetch->source.address,
                            "user %u, as which pairkeeper runs, may not read the repository; "
                            "give that user read access",
                            (unsigned)geteuid());
    default:
        return pk_error_set(err, PK_ESYS, fetch->source.address,
                            "the repository cannot be read: %s; see the file system",
                            strerror(reason));
    }
}

/* The library says "not a repository" of what it may not read: so look first. */
static enum pk_code
open_source(struct pk_fetch *fetch, struct pk_error *err)
{
    static const char *const must_be_readable[] = {"HEAD", "objects", ".git/HEAD", ".git/objects"};
    int folder = open(fetch->source.address, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int reason = folder < 0 ? errno : 0;
    for (size_t i = 0; reason == 0 && i < sizeof must_be_readable / sizeof *must_be_readable; i++) {
        if (faccessat(folder, must_be_readable[i], R_OK, AT_EACCESS) != 0 && errno == EACCES) {
            reason = EACCES;
        }
    }
    if (folder >= 0) {
        close(folder);
    }
    if (reason != 0) {
        return cannot_read_source(fetch, reason, err);
    }
    int failed = git_repository_open_ext(&fetch->local, fetch->source.address,
                                         GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (failed == GIT_ENOTFOUND) {
        return pk_error_set(err, PK_ENOENT, fetch->source.address,
                            "this folder is not a Git repository; correct repository.url, or make "
                            "it one with `git init`");
    }
    return failed == 0
               ? PK_OK
               : pk_git_failed(err, PK_ESYS, fetch->source.address, "the repository does not open",
                               "see whether `git -C PATH log` works there");
}

static enum pk_code
source_failed(const struct pk_fetch *fetch, const char *attempt, struct pk_error *err)
{
    return pk_git_failed(err, PK_EAGAIN, fetch->source.address, attempt,
                         "it is tried again; see whether `git fsck` finds the repository whole");
}

static void
release_iterator(git_reference_iterator **iterator)
{
    git_reference_iterator_free(*iterator);
}

static enum pk_code
list_branches(struct pk_fetch *fetch, struct pk_error *err)
{
    PK_CLEANUP(release_iterator) git_reference_iterator *iterator = NULL;
    int failed = git_reference_iterator_glob_new(&iterator, fetch->local, PK_FETCH_HEADS "*");
    const char *name;
    while (failed == 0 && (failed = git_reference_next_name(&name, iterator)) == 0) {
        struct pk_fetch_branch branch;
        if (git_reference_name_to_id(&branch.tip, fetch->local, name) == 0) {
            branch.name = pk_strdup(fetch->pool, name + sizeof PK_FETCH_HEADS - 1);
            *pk_push(fetch->pool, &fetch->branches) = branch;
        }
    }
    return failed == GIT_ITEROVER
               ? PK_OK
               : source_failed(fetch, "the repository does not list its branches", err);
}

/* What is being packed, and where to. */
struct packing {
    struct pk_fetch *fetch;
    git_revwalk *walk;
    git_packbuilder *pack;
    git_odb_writepack *writer;
    git_indexer_progress progress;
};

static void
packing_done(struct packing *packing)
{
    if (packing->writer != NULL) {
        packing->writer->free(packing->writer);
    }
    git_packbuilder_free(packing->pack);
    git_revwalk_free(packing->walk);
}

/* A commit that the source does not have (any more) hides nothing there. */
static int
hide_ours(const char *reference, void *payload)
{
    const struct packing *packing = payload;
    git_oid ours;
    if (strncmp(reference, PK_GIT_OUR_REFS, sizeof PK_GIT_OUR_REFS - 1) == 0 &&
        git_reference_name_to_id(&ours, packing->fetch->git.repository, reference) == 0) {
        git_revwalk_hide(packing->walk, &ours);
    }
    return 0;
}

static int
pass_on(void *bytes, size_t count, void *payload)
{
    struct packing *packing = payload;
    packing->progress.received_bytes += count;
    int failed = pk_fetch_watch(&packing->progress, packing->fetch);
    return failed != 0 ? failed
                       : packing->writer->append(packing->writer, bytes, count, &packing->progress);
}

/* How to pack is for us to say, not for the configuration of the source. */
static int
use_our_settings(const struct pk_fetch *fetch)
{
    git_config *ours = NULL;
    int failed = git_repository_config(&ours, fetch->git.repository);
    if (failed == 0) {
        failed = git_repository_set_config(fetch->local, ours);
    }
    git_config_free(ours);
    return failed;
}

static int
choose_objects(struct packing *packing, const git_oid *tip)
{
    git_repository *source = packing->fetch->local;
    int failed = use_our_settings(packing->fetch);
    if (failed == 0 && (failed = git_revwalk_new(&packing->walk, source)) == 0 &&
        (failed = git_revwalk_push(packing->walk, tip)) == 0 &&
        (failed = git_reference_foreach_name(packing->fetch->git.repository, hide_ours, packing)) ==
            0 &&
        (failed = git_packbuilder_new(&packing->pack, source)) == 0) {
        failed = git_packbuilder_insert_walk(packing->pack, packing->walk);
    }
    return failed;
}

static int
write_objects(struct packing *packing)
{
    struct pk_fetch *fetch = packing->fetch;
    int failed = git_odb_write_pack(&packing->writer, fetch->git.odb, pk_fetch_watch, fetch);
    if (failed == 0) {
        failed = git_packbuilder_foreach(packing->pack, pass_on, packing);
    }
    return failed != 0 ? failed : packing->writer->commit(packing->writer, &packing->progress);
}

static enum pk_code
copy_history(struct pk_fetch *fetch, const git_oid *tip, struct pk_error *err)
{
    if (git_repository_is_shallow(fetch->local) == 1) {
        return pk_error_set(err, PK_EINVAL, fetch->source.address,
                            "the repository is a shallow clone, its history cannot be followed; "
                            "complete it with `git fetch --unshallow` (in CI: fetch-depth 0)");
    }
    PK_CLEANUP(packing_done) struct packing packing = {.fetch = fetch};
    int failed = choose_objects(&packing, tip);
    if (failed == 0) {
        failed = write_objects(&packing);
    }
    /* One object may be beyond the limit by itself: then writing it failed before it was seen. */
    if (fetch->over_limit || packing.progress.received_bytes > fetch->pack_bytes_limit) {
        return pk_fetch_too_much(fetch, err);
    }
    return failed == 0 ? PK_OK : source_failed(fetch, "the fetch failed", err);
}

const struct pk_fetch_steps pk_fetch_local_steps = {
    .open = open_source,
    .list = list_branches,
    .download = copy_history,
};
