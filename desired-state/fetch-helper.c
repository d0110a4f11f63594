/*
 * The working half of a fetch, in a process of its own that may be killed at any moment.  What a
 * killed predecessor left (a lock on our reference, half a pack) is removed before work begins; the
 * lock on the folder says that nobody else is at work there.
 *
 * Objects arrive as one pack that appears whole, then our reference moves; so a tip that is in the
 * object database has its history with it, and asking for the tip is all there is to do.
 */
#include "desired-state/fetch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/text.h"
#include "desired-state/git.h"
#include "desired-state/repository.h"

/* Sanitizers reserve terabytes of address space for their shadow, so there the limit is off. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIMIT_ADDRESS_SPACE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LIMIT_ADDRESS_SPACE 0
#endif
#endif
#ifndef LIMIT_ADDRESS_SPACE
#define LIMIT_ADDRESS_SPACE 1
#endif

#define HEADS "refs/heads/"

enum {
    CPU_LIMIT_S = 600,
    OPEN_FILES_LIMIT = 1024,
    OPEN_PACKS_LIMIT = 512,
    PACK_OBJECTS_LIMIT = 4 * 1000 * 1000,
    PACK_FILE_FACTOR = 2, /* a pack on disk with the bases added to it, against what arrived */
    BRANCHES_NAMED = 8,
};

static const rlim_t address_space_limit = 2ULL << 30;
static const size_t map_window_bytes = 32U << 20, map_total_bytes = 512U << 20;

/* One fetch: where from, where to, and what is open meanwhile. */
struct fetch {
    struct pk_pool *pool;
    const char *bare, *source, *branch;
    const char *source_ref, *our_ref;
    uint64_t pack_bytes_limit;
    struct pk_git git;
    git_remote *remote;
    int lock;
    bool over_limit;
};

static void
fetch_done(struct fetch *fetch)
{
    git_remote_free(fetch->remote);
    pk_git_close(&fetch->git);
    if (fetch->lock >= 0) {
        close(fetch->lock);
    }
}

/* Limits that are lower already stay. */
static void
limit_resources(uint64_t pack_bytes_limit)
{
    const struct {
        __rlimit_resource_t resource;
        rlim_t most;
    } limits[] = {
        {RLIMIT_CORE, 0},
        {RLIMIT_CPU, CPU_LIMIT_S},
        {RLIMIT_NOFILE, OPEN_FILES_LIMIT},
        {RLIMIT_FSIZE, PACK_FILE_FACTOR * pack_bytes_limit},
        {RLIMIT_AS, LIMIT_ADDRESS_SPACE ? address_space_limit : RLIM_INFINITY},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rlimit now;
        if (getrlimit(limits[i].resource, &now) == 0 && now.rlim_max > limits[i].most) {
            now = (struct rlimit){limits[i].most, limits[i].most};
            setrlimit(limits[i].resource, &now);
        }
    }
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit then fails with a reason */
}

static enum pk_code
cannot_read_source(const struct fetch *fetch, int reason, struct pk_error *err)
{
    switch (reason) {
    case ENOENT:
    case ENOTDIR:
        return pk_error_set(err, PK_ENOENT, fetch->source,
                            "there is no such folder; correct repository.url");
    case EACCES:
        return pk_error_set(err, PK_EACCESS, fetch->source,
                            "user %u, as which pairkeeper runs, may not read the repository; "
                            "give that user read access",
                            (unsigned)geteuid());
    default:
        return pk_error_set(err, PK_ESYS, fetch->source,
                            "the repository cannot be read: %s; see the file system",
                            strerror(reason));
    }
}

/* The library says "not a repository" of what it may not read: so look first. */
static enum pk_code
check_source(const struct fetch *fetch, struct pk_error *err)
{
    static const char *const must_be_readable[] = {"HEAD", "objects", ".git/HEAD", ".git/objects"};
    int folder = open(fetch->source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
    int failed = git_repository_open_ext(NULL, fetch->source, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (failed == GIT_ENOTFOUND) {
        return pk_error_set(err, PK_ENOENT, fetch->source,
                            "this folder is not a Git repository; correct repository.url, or make "
                            "it one with `git init`");
    }
    return failed == 0 ? PK_OK
                       : pk_git_failed(err, PK_ESYS, fetch->source, "the repository does not open",
                                       "see whether `git -C PATH log` works there");
}

/* Opens our bare repository, making it when it is missing or was only half made. */
static enum pk_code
open_bare(struct fetch *fetch, struct pk_error *err)
{
    int failed = git_repository_open_bare(&fetch->git.repository, fetch->bare);
    if (failed == GIT_ENOTFOUND) {
        failed = git_repository_init(&fetch->git.repository, fetch->bare, true);
        if (failed != 0) {
            return pk_git_failed(err, PK_ESYS, fetch->bare,
                                 "no place for the copy of the repository",
                                 "see whether its folder exists and may be written");
        }
    }
    if (failed != 0 || git_repository_odb(&fetch->git.odb, fetch->git.repository) != 0) {
        return pk_git_damaged(err, fetch->bare, "the copy of the repository does not open");
    }
    return PK_OK;
}

static void
remove_leftovers(const struct fetch *fetch)
{
    static const char unfinished_pack[] = "pack_git2_";
    const char *const locked[] = {"HEAD", "config", "packed-refs", fetch->our_ref};
    for (size_t i = 0; i < sizeof locked / sizeof locked[0]; i++) {
        unlink(pk_sprintf(fetch->pool, "%s/%s.lock", fetch->bare, locked[i]));
    }
    DIR *packs = opendir(pk_sprintf(fetch->pool, "%s/objects/pack", fetch->bare));
    for (struct dirent *entry; packs != NULL && (entry = readdir(packs)) != NULL;) {
        if (strncmp(entry->d_name, unfinished_pack, sizeof unfinished_pack - 1) == 0) {
            unlinkat(dirfd(packs), entry->d_name, 0);
        }
    }
    if (packs != NULL) {
        closedir(packs);
    }
}

/* Waits for another fetch into the same folder; the parent's deadline ends the wait. */
static enum pk_code
lock_bare(struct fetch *fetch, struct pk_error *err)
{
    const char *path = pk_sprintf(fetch->pool, "%s/pairkeeper.lock", fetch->bare);
    if (mkdir(fetch->bare, S_IRWXU) != 0 && errno != EEXIST) {
        return pk_error_set(err, errno == EACCES ? PK_EACCESS : PK_ESYS, fetch->bare,
                            "no place for the copy of the repository: %s; see whether its folder "
                            "exists and may be written",
                            strerror(errno));
    }
    fetch->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fetch->lock < 0 || flock(fetch->lock, LOCK_EX) != 0) {
        return pk_error_set(err, errno == EACCES ? PK_EACCESS : PK_ESYS, path,
                            "the copy of the repository cannot be written: %s; let the user as "
                            "which pairkeeper runs write it",
                            strerror(errno));
    }
    remove_leftovers(fetch);
    return PK_OK;
}

static enum pk_code
connect_remote(struct fetch *fetch, const git_remote_head ***heads, size_t *count,
               struct pk_error *err)
{
    const git_remote_create_options options = {
        .version = GIT_REMOTE_CREATE_OPTIONS_VERSION,
        .repository = fetch->git.repository,
        .flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC,
    };
    if (git_remote_create_with_opts(&fetch->remote, fetch->source, &options) != 0 ||
        git_remote_connect(fetch->remote, GIT_DIRECTION_FETCH, NULL, NULL, NULL) != 0 ||
        git_remote_ls(heads, count, fetch->remote) != 0) {
        return pk_git_failed(err, PK_EAGAIN, fetch->source,
                             "the repository does not list its branches",
                             "see whether `git fsck` finds it whole");
    }
    return PK_OK;
}

/* "it has main, next and 3 more": the nearest name first. */
static const char *
branches_text(struct fetch *fetch, const git_remote_head *const *heads, size_t count)
{
    struct pk_text text = {.pool = fetch->pool};
    struct pk_nearest nearest = {.wanted = fetch->branch};
    const size_t prefix = sizeof HEADS - 1;
    size_t branches = 0, named = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(heads[i]->name, HEADS, prefix) == 0) {
            branches++;
            pk_nearest_offer(&nearest, heads[i]->name + prefix);
        }
    }
    if (nearest.best != NULL) {
        pk_text_addf(&text, "%s", nearest.best);
        named++;
    }
    for (size_t i = 0; i < count && named < BRANCHES_NAMED; i++) {
        const char *name = heads[i]->name + prefix;
        if (strncmp(heads[i]->name, HEADS, prefix) == 0 && name != nearest.best) {
            pk_text_addf(&text, "%s%s", named == 0 ? "" : ", ", name);
            named++;
        }
    }
    if (branches > named) {
        pk_text_addf(&text, " and %zu more", branches - named);
    }
    return pk_text_end(&text);
}

static enum pk_code
find_tip(struct fetch *fetch, git_oid *tip, struct pk_error *err)
{
    const git_remote_head **heads = NULL;
    size_t count = 0;
    enum pk_code code = connect_remote(fetch, &heads, &count, err);
    if (code != PK_OK) {
        return code;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(heads[i]->name, fetch->source_ref) == 0) {
            git_oid_cpy(tip, &heads[i]->oid);
            return PK_OK;
        }
    }
    const char *branches = branches_text(fetch, heads, count);
    if (branches[0] == '\0') {
        return pk_error_set(err, PK_ENOENT, fetch->source,
                            "the repository has no commit yet; commit the desired state to branch "
                            "'%s'",
                            fetch->branch);
    }
    return pk_error_set(err, PK_ENOENT, fetch->source,
                        "the repository has no branch '%s', it has %s; correct repository.branch, "
                        "or create the branch",
                        fetch->branch, branches);
}

static int
watch_transfer(const git_indexer_progress *progress, void *payload)
{
    struct fetch *fetch = payload;
    if (progress->received_bytes > fetch->pack_bytes_limit ||
        progress->total_objects > PACK_OBJECTS_LIMIT) {
        fetch->over_limit = true;
        return GIT_EUSER;
    }
    return 0;
}

static enum pk_code
download(struct fetch *fetch, const git_oid *tip, struct pk_error *err)
{
    char *refspec = pk_sprintf(fetch->pool, "+%s:%s", fetch->source_ref, fetch->our_ref);
    const git_strarray refspecs = {&refspec, 1};
    const git_fetch_options options = {
        .version = GIT_FETCH_OPTIONS_VERSION,
        .callbacks = {.version = GIT_REMOTE_CALLBACKS_VERSION,
                      .transfer_progress = watch_transfer,
                      .payload = fetch},
        .download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE,
        .follow_redirects = GIT_REMOTE_REDIRECT_NONE,
        .proxy_opts = {.version = GIT_PROXY_OPTIONS_VERSION, .type = GIT_PROXY_NONE},
    };
    int failed = git_remote_download(fetch->remote, &refspecs, &options);
    /* One object may be beyond the limit by itself: then writing it failed before it was seen. */
    if (fetch->over_limit ||
        git_remote_stats(fetch->remote)->received_bytes > fetch->pack_bytes_limit) {
        return pk_error_set(err, PK_EINVAL, fetch->source,
                            "the fetch was stopped: it brings more than %" PRIu64
                            " bytes or %d objects; keep the desired state in a repository of its "
                            "own",
                            fetch->pack_bytes_limit, PACK_OBJECTS_LIMIT);
    }
    if (failed != 0) {
        return pk_git_failed(
            err, PK_EAGAIN, fetch->source, "the fetch failed",
            "it is tried again; see whether `git fsck` finds the repository whole");
    }
    if (!git_odb_exists(fetch->git.odb, tip)) {
        return pk_error_set(err, PK_EAGAIN, fetch->source,
                            "the branch moved during the fetch; try again");
    }
    return PK_OK;
}

/* Writes nothing when the reference is there already. */
static enum pk_code
move_reference(struct fetch *fetch, const git_oid *tip, struct pk_error *err)
{
    git_oid now;
    if (git_reference_name_to_id(&now, fetch->git.repository, fetch->our_ref) == 0 &&
        git_oid_equal(&now, tip)) {
        return PK_OK;
    }
    PK_CLEANUP(pk_git_commit_release) git_commit *commit = NULL;
    if (git_commit_lookup(&commit, fetch->git.repository, tip) != 0) {
        return pk_git_failed(err, PK_EINVAL, fetch->source, "the branch does not hold a commit",
                             "see whether `git fsck` finds the repository whole");
    }
    PK_CLEANUP(pk_git_reference_release) git_reference *moved = NULL;
    const int force = true;
    if (git_reference_create(&moved, fetch->git.repository, fetch->our_ref, tip, force, NULL) !=
        0) {
        return pk_git_failed(err, PK_ESYS, fetch->bare, "the fetched tip cannot be noted",
                             "see whether the folder may be written and the disk has room");
    }
    return PK_OK;
}

static enum pk_code
set_fetch_options(struct pk_error *err)
{
    int failed = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, map_window_bytes);
    failed |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, map_total_bytes);
    failed |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, (size_t)OPEN_PACKS_LIMIT);
    failed |= git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)PACK_OBJECTS_LIMIT);
    failed |= git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    return failed == 0 ? PK_OK
                       : pk_git_failed(err, PK_ESYS, "libgit2", "the Git library takes no limits",
                                       "check the installation of libgit2");
}

static enum pk_code
run(struct fetch *fetch, git_oid *tip, struct pk_error *err)
{
    int valid = 0;
    enum pk_code code = set_fetch_options(err);
    if (code != PK_OK) {
        return code;
    }
    if (git_reference_name_is_valid(&valid, fetch->source_ref) != 0 || !valid) {
        return pk_error_set(err, PK_EINVAL, "repository.branch",
                            "'%s' is no name for a branch; correct repository.branch",
                            fetch->branch);
    }
    if ((code = check_source(fetch, err)) != PK_OK || (code = lock_bare(fetch, err)) != PK_OK ||
        (code = open_bare(fetch, err)) != PK_OK || (code = find_tip(fetch, tip, err)) != PK_OK) {
        return code;
    }
    if (!git_odb_exists(fetch->git.odb, tip) && (code = download(fetch, tip, err)) != PK_OK) {
        return code;
    }
    return move_reference(fetch, tip, err);
}

static enum pk_code
fetch_from_arguments(struct pk_pool *pool, int argc, char **argv, git_oid *tip,
                     struct pk_error *err)
{
    int64_t pack_bytes = 0;
    if (argc != PK_FETCH_ARGUMENTS ||
        !pk_parse_number(argv[PK_FETCH_PACK_BYTES], 1, INT64_MAX / PACK_FILE_FACTOR, &pack_bytes)) {
        return pk_error_set(err, PK_EINVAL, argv[PK_FETCH_PROGRAM],
                            "%s is for pairkeeper itself; see `pairkeeper help`",
                            PK_FETCH_HELPER_VERB);
    }
    limit_resources((uint64_t)pack_bytes);
    const char *branch = argv[PK_FETCH_BRANCH];
    PK_CLEANUP(fetch_done)
    struct fetch fetch = {
        .pool = pool,
        .bare = argv[PK_FETCH_BARE],
        .source = argv[PK_FETCH_SOURCE],
        .branch = branch,
        .source_ref = pk_sprintf(pool, HEADS "%s", branch),
        .our_ref = pk_sprintf(pool, PK_GIT_OUR_REFS "%s", branch),
        .pack_bytes_limit = (uint64_t)pack_bytes,
        .lock = -1,
    };
    enum pk_code code = pk_git_start(&fetch.git, err);
    return code == PK_OK ? run(&fetch, tip, err) : code;
}

int
pk_repository_fetch_helper(int argc, char **argv)
{
    PK_SCRATCH(pool);
    struct pk_error err = {0};
    git_oid tip;
    char commit[PK_COMMIT_TEXT_BYTES];
    enum pk_code code = fetch_from_arguments(pool, argc, argv, &tip, &err);
    if (code != PK_OK) {
        dprintf(STDOUT_FILENO, PK_FETCH_REPLY_ERROR "%d %s%c%s\n", (int)code, err.where,
                PK_FETCH_REPLY_SEPARATOR, err.message);
        return EXIT_FAILURE;
    }
    dprintf(STDOUT_FILENO, PK_FETCH_REPLY_COMMIT "%s\n",
            git_oid_tostr(commit, sizeof commit, &tip));
    return EXIT_SUCCESS;
}
