/*
 * The working half of a fetch, in a process of its own that may be killed at any moment.  What a
 * killed predecessor left (a lock on our reference, half a pack) is removed before work begins; the
 * lock on the folder says that nobody else is at work there.
 *
 * Objects arrive as one pack that appears whole, then our reference moves; so a tip that is in the
 * object database has its history with it, and asking for the tip is all there is to do.
 */
#include "desired-state/fetch-work.h"

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

enum {
    CPU_LIMIT_S = 600,
    OPEN_FILES_LIMIT = 1024,
    OPEN_PACKS_LIMIT = 512,
    PACK_FILE_FACTOR = 2, /* a pack on disk with the bases added to it, against what arrived */
    BRANCHES_NAMED = 8,
    BYTES_A_MIB = 1 << 20,
};

static const rlim_t address_space_limit = 2ULL << 30;
static const size_t map_window_bytes = 8U << 20, map_total_bytes = 32U << 20;

/* The largest object that is unpacked from deltas of one of half its size; more needs no fetch. */
static const size_t memory_limit = 100U << 20;

static void
fetch_done(struct pk_fetch *fetch)
{
    git_remote_free(fetch->remote);
    git_repository_free(fetch->local);
    pk_git_close(&fetch->git);
    if (fetch->lock >= 0) {
        close(fetch->lock);
    }
}

/* Limits that are lower already stay; sanitizers reserve terabytes of address space. */
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
        {RLIMIT_AS, PK_FETCH_SANITIZED ? RLIM_INFINITY : address_space_limit},
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

/* The library is in the midst of something: what it leaves is cleared away by the next fetch. */
static void
too_much_memory(void)
{
    dprintf(STDOUT_FILENO,
            PK_FETCH_REPLY_ERROR "%d %c"
                                 "the fetch was stopped: it needs more than %zu MiB of memory, "
                                 "some object is too large when unpacked; keep the desired state "
                                 "in a repository of its own\n",
            (int)PK_EINVAL, PK_FETCH_REPLY_SEPARATOR, memory_limit / BYTES_A_MIB);
    _exit(EXIT_FAILURE);
}

/*
 * To find deltas the library holds the objects of a window, and an index of each.  The large ones
 * are packed as they are: libgit2 1.5 takes deltaCacheSize for the size from which on they are.
 */
static int
limit_packing(git_repository *bare)
{
    static const struct {
        const char *key;
        int64_t bytes;
    } settings[] = {{"pack.windowMemory", 16 << 20}, {"pack.deltaCacheSize", 8 << 20}};
    git_config *config = NULL;
    int failed = git_repository_config(&config, bare);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0] && failed == 0; i++) {
        int64_t now = 0;
        if (git_config_get_int64(&now, config, settings[i].key) != 0 || now != settings[i].bytes) {
            failed = git_config_set_int64(config, settings[i].key, settings[i].bytes);
        }
    }
    git_config_free(config);
    return failed;
}

/* Opens our bare repository, making it when it is missing or was only half made. */
static enum pk_code
open_bare(struct pk_fetch *fetch, struct pk_error *err)
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
    if (failed != 0 || limit_packing(fetch->git.repository) != 0 ||
        git_repository_odb(&fetch->git.odb, fetch->git.repository) != 0) {
        return pk_git_damaged(err, fetch->bare, "the copy of the repository does not open");
    }
    return PK_OK;
}

static void
remove_leftovers(const struct pk_fetch *fetch)
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
    pk_fetch_remove_fresh(fetch);
}

/* Waits for another fetch into the same folder; the parent's deadline ends the wait. */
static enum pk_code
lock_bare(struct pk_fetch *fetch, struct pk_error *err)
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

/* "it has main, next and 3 more": the nearest name first. */
static const char *
branches_text(struct pk_fetch *fetch)
{
    struct pk_text text = {.pool = fetch->pool};
    struct pk_nearest nearest = {.wanted = fetch->branch};
    size_t count = fetch->branches.count, named = 0;
    for (size_t i = 0; i < count; i++) {
        pk_nearest_offer(&nearest, fetch->branches.at[i].name);
    }
    if (nearest.best != NULL) {
        pk_text_addf(&text, "%s", nearest.best);
        named++;
    }
    for (size_t i = 0; i < count && named < BRANCHES_NAMED; i++) {
        const char *name = fetch->branches.at[i].name;
        if (name != nearest.best) {
            pk_text_addf(&text, "%s%s", named == 0 ? "" : ", ", name);
            named++;
        }
    }
    if (count > named) {
        pk_text_addf(&text, " and %zu more", count - named);
    }
    return pk_text_end(&text);
}

static enum pk_code
find_tip(struct pk_fetch *fetch, git_oid *tip, struct pk_error *err)
{
    for (size_t i = 0; i < fetch->branches.count; i++) {
        if (strcmp(fetch->branches.at[i].name, fetch->branch) == 0) {
            git_oid_cpy(tip, &fetch->branches.at[i].tip);
            return PK_OK;
        }
    }
    const char *where = fetch->source.address;
    if (fetch->branches.count == 0) {
        return pk_error_set(err, PK_ENOENT, where,
                            "the repository has no commit yet; commit the desired state to branch "
                            "'%s'",
                            fetch->branch);
    }
    return pk_error_set(err, PK_ENOENT, where,
                        "the repository has no branch '%s', it has %s; correct repository.branch "
                        "or the revision that was asked for, or create the branch",
                        fetch->branch, branches_text(fetch));
}

int
pk_fetch_watch(const git_indexer_progress *progress, void *payload)
{
    struct pk_fetch *fetch = payload;
    if (progress->received_bytes > fetch->pack_bytes_limit ||
        progress->total_objects > PK_FETCH_OBJECTS_LIMIT) {
        fetch->over_limit = true;
        return GIT_EUSER;
    }
    return 0;
}

enum pk_code
pk_fetch_too_much(const struct pk_fetch *fetch, struct pk_error *err)
{
    return pk_error_set(err, PK_EINVAL, fetch->source.address,
                        "the fetch was stopped: it brings more than %" PRIu64
                        " bytes or %d objects; keep the desired state in a repository of its own",
                        fetch->pack_bytes_limit, PK_FETCH_OBJECTS_LIMIT);
}

static bool
is_at(const struct pk_fetch *fetch, const git_oid *tip)
{
    git_oid now;
    return git_reference_name_to_id(&now, fetch->git.repository, fetch->our_ref) == 0 &&
           git_oid_equal(&now, tip);
}

/* An object is here when its head can be read: an empty file is what a power cut leaves. */
static bool
has(const struct pk_fetch *fetch, const git_oid *id)
{
    size_t bytes;
    git_object_t kind;
    return git_odb_read_header(&bytes, &kind, fetch->git.odb, id) == 0;
}

/* What a fetch builds on: the history of each of our references. */
static int
look_for_history(const char *reference, void *payload)
{
    const struct pk_fetch *fetch = payload;
    const git_oid nothing = {0};
    git_oid ours;
    if (strncmp(reference, PK_GIT_OUR_REFS, sizeof PK_GIT_OUR_REFS - 1) != 0) {
        return 0;
    }
    int failed = git_reference_name_to_id(&ours, fetch->git.repository, reference);
    return failed != 0 ? failed : pk_git_find(fetch->git.repository, &ours, &nothing);
}

/* A fetch has failed: was it for want of what our repository should have had? */
static enum pk_code
blame_history(struct pk_fetch *fetch, enum pk_code code, struct pk_error *err)
{
    return git_reference_foreach_name(fetch->git.repository, look_for_history, fetch) == 0
               ? code
               : pk_git_damaged(err, fetch->bare, "the history cannot be read");
}

/*
 * Until the download has succeeded, our repository has all of a tip or nothing.  A tip that is here
 * without our reference may be what a predecessor brought that was killed before it looked.
 */
static enum pk_code
bring(struct pk_fetch *fetch, const struct pk_fetch_steps *steps, const git_oid *tip,
      struct pk_error *err)
{
    struct pk_fetch_packs known = {0};
    if (has(fetch, tip)) {
        return is_at(fetch, tip) ? PK_OK : pk_fetch_check_objects(fetch, &known, err);
    }
    pk_fetch_list_packs(fetch, &known);
    enum pk_code code = steps->download(fetch, tip, err);
    if (code == PK_OK && !has(fetch, tip)) {
        code = pk_error_set(err, PK_EAGAIN, fetch->source.address,
                            "the branch moved during the fetch; try again");
    }
    return code == PK_OK ? pk_fetch_check_objects(fetch, &known, err)
                         : blame_history(fetch, code, err);
}

/* Writes nothing when the reference is there already. */
static enum pk_code
move_reference(struct pk_fetch *fetch, const git_oid *tip, struct pk_error *err)
{
    if (is_at(fetch, tip)) {
        return PK_OK;
    }
    PK_CLEANUP(pk_git_commit_release) git_commit *commit = NULL;
    if (git_commit_lookup(&commit, fetch->git.repository, tip) != 0) {
        return pk_git_failed(err, PK_EINVAL, fetch->source.address,
                             "the branch does not hold a commit",
                             "see whether `git fsck` finds the repository whole");
    }
    PK_CLEANUP(pk_git_reference_release) git_reference *moved = NULL;
    const int force = true;
    if (git_reference_create(&moved, fetch->git.repository, fetch->our_ref, tip, force, NULL) !=
        0) {
        pk_git_failed(err, PK_ESYS, fetch->bare, "the fetched tip cannot be noted",
                      "see whether the folder may be written and the disk has room");
        int old = git_reference_name_to_id(&(git_oid){0}, fetch->git.repository, fetch->our_ref);
        return old == 0 || old == GIT_ENOTFOUND
                   ? PK_ESYS
                   : pk_git_damaged(err, fetch->bare, "the last tip cannot be read");
    }
    return PK_OK;
}

static enum pk_code
set_fetch_options(struct pk_error *err)
{
    int failed = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, map_window_bytes);
    failed |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, map_total_bytes);
    failed |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, (size_t)OPEN_PACKS_LIMIT);
    failed |= git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)PK_FETCH_OBJECTS_LIMIT);
    failed |= git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    return failed == 0 ? PK_OK
                       : pk_git_failed(err, PK_ESYS, "libgit2", "the Git library takes no limits",
                                       "check the installation of libgit2");
}

/* What is left to do may be left undone: the answer has been given. */
static void
leave_it(void)
{
    _exit(EXIT_SUCCESS);
}

static void
answer(const git_oid *tip)
{
    char commit[PK_COMMIT_TEXT_BYTES];
    dprintf(STDOUT_FILENO, PK_FETCH_REPLY_COMMIT "%s\n", git_oid_tostr(commit, sizeof commit, tip));
}

static enum pk_code
open_ours(struct pk_fetch *fetch, bool afresh, struct pk_error *err)
{
    enum pk_code code = lock_bare(fetch, err);
    if (code == PK_OK && afresh) {
        pk_fetch_begin_afresh(fetch);
    }
    return code == PK_OK ? open_bare(fetch, err) : code;
}

static enum pk_code
run(struct pk_fetch *fetch, bool afresh, struct pk_error *err)
{
    int valid = 0;
    git_oid tip;
    enum pk_code code = set_fetch_options(err);
    if (code != PK_OK) {
        return code;
    }
    if (git_reference_name_is_valid(&valid, fetch->source_ref) != 0 || !valid) {
        return pk_error_set(err, PK_EINVAL, "repository.branch",
                            "'%s' is no name for a branch; correct repository.branch, or ask for a "
                            "branch or for at least 8 digits of a commit",
                            fetch->branch);
    }
    const struct pk_fetch_steps *steps =
        fetch->source.transport == PK_FETCH_LOCAL ? &pk_fetch_local_steps : &pk_fetch_remote_steps;
    if ((code = steps->open(fetch, err)) != PK_OK ||
        (code = open_ours(fetch, afresh, err)) != PK_OK ||
        (code = steps->list(fetch, err)) != PK_OK || (code = find_tip(fetch, &tip, err)) != PK_OK ||
        (code = bring(fetch, steps, &tip, err)) != PK_OK ||
        (code = move_reference(fetch, &tip, err)) != PK_OK ||
        (afresh && (code = pk_fetch_take_over(fetch, err)) != PK_OK)) {
        return code;
    }
    answer(&tip);
    if (!afresh) {
        pk_git_limit_memory(memory_limit, leave_it);
        pk_fetch_merge_packs(fetch);
    }
    return PK_OK;
}

static enum pk_code
fetch_from_arguments(struct pk_pool *pool, int argc, char **argv, struct pk_error *err)
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
    struct pk_fetch fetch = {
        .pool = pool,
        .bare = argv[PK_FETCH_BARE],
        .branch = branch,
        .source_ref = pk_sprintf(pool, PK_FETCH_HEADS "%s", branch),
        .our_ref = pk_sprintf(pool, PK_GIT_OUR_REFS "%s", branch),
        .pack_bytes_limit = (uint64_t)pack_bytes,
        .lock = -1,
    };
    enum pk_code code = pk_fetch_source_parse(pool, argv[PK_FETCH_SOURCE], &fetch.source, err);
    if (code == PK_OK && fetch.source.transport != PK_FETCH_LOCAL) {
        code = pk_fetch_access_receive(pool, STDIN_FILENO, &fetch.access, err);
    }
    if (code == PK_OK) {
        pk_repository_start();
        pk_git_limit_memory(memory_limit, too_much_memory);
        code = pk_git_start(&fetch.git, err);
    }
    if (code == PK_OK) {
        code = run(&fetch, strcmp(argv[PK_FETCH_HOW], PK_FETCH_AFRESH) == 0, err);
    }
    return code;
}

int
pk_repository_fetch_helper(int argc, char **argv)
{
    PK_SCRATCH(pool);
    struct pk_error err = {0};
    enum pk_code code = fetch_from_arguments(pool, argc, argv, &err);
    if (code != PK_OK) {
        dprintf(STDOUT_FILENO, PK_FETCH_REPLY_ERROR "%d %s%c%s\n", (int)code, err.where,
                PK_FETCH_REPLY_SEPARATOR, err.message);
    }
    return code == PK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
