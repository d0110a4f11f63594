/**
 * @file
 * One fetch, inside the child.  Private to desired-state/.
 *
 * What is common to all sources (limits, lock, our bare repository, our reference) is in
 * desired-state/fetch-helper.c; a source is opened, listed and downloaded from by its transport.
 */
#ifndef PK_DESIRED_STATE_FETCH_WORK_H
#define PK_DESIRED_STATE_FETCH_WORK_H

#include <sys/types.h>

#include "desired-state/fetch.h"
#include "desired-state/git.h"

#define PK_FETCH_HEADS "refs/heads/"

/* Is this a build that watches its own memory? */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PK_FETCH_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PK_FETCH_SANITIZED 1
#endif
#endif
#ifndef PK_FETCH_SANITIZED
#define PK_FETCH_SANITIZED 0
#endif

enum { PK_FETCH_OBJECTS_LIMIT = 4 * 1000 * 1000 };

struct pk_fetch_branch {
    const char *name; /**< without refs/heads/ */
    git_oid tip;
};

struct pk_fetch {
    struct pk_pool *pool;
    struct pk_fetch_source source;
    struct pk_fetch_access access;
    const char *bare, *branch;
    const char *damaged; /**< what bare will replace, NULL = nothing */
    const char *source_ref, *our_ref;
    uint64_t pack_bytes_limit;
    struct pk_git git; /**< our bare repository */
    int lock;
    PK_VECTOR(struct pk_fetch_branch) branches; /**< of the source */
    bool over_limit;
    git_repository *local;   /**< PK_FETCH_LOCAL: the source */
    git_remote *remote;      /**< the others: the connection */
    bool has_answered;       /**< the credentials were asked for, and given */
    struct pk_error refusal; /**< of ours, said to a library that only hears "no" */
};

struct pk_fetch_steps {
    /** Before our own repository is touched. */
    enum pk_code (*open)(struct pk_fetch *fetch, struct pk_error *err);
    /** Fills fetch->branches. */
    enum pk_code (*list)(struct pk_fetch *fetch, struct pk_error *err);
    /** Brings @p tip with its history into our repository, all of it or nothing. */
    enum pk_code (*download)(struct pk_fetch *fetch, const git_oid *tip, struct pk_error *err);
};

extern const struct pk_fetch_steps pk_fetch_local_steps, pk_fetch_remote_steps;

/** The library's callback while objects arrive; @p payload is the fetch. */
int pk_fetch_watch(const git_indexer_progress *progress, void *payload);

/** Says that the limits were passed, with what to do about it. */
enum pk_code pk_fetch_too_much(const struct pk_fetch *fetch, struct pk_error *err);

/**
 * From here on this process's connections for HTTP and HTTPS go to the source's host and port and
 * nowhere else, whatever a server says.
 */
enum pk_code pk_fetch_bind_sockets(const struct pk_fetch_source *source, struct pk_error *err);

/** A pack of our repository. */
struct pk_fetch_pack {
    const char *name; /**< without its ending */
    off_t bytes;
};

struct pk_fetch_packs {
    PK_VECTOR(struct pk_fetch_pack) list;
};

/** Those that are there, sorted by size. */
void pk_fetch_list_packs(const struct pk_fetch *fetch, struct pk_fetch_packs *out);

/** The objects of one pack alone, for git_odb_free() even if it fails. @return the library's code
 */
int pk_fetch_open_pack(const struct pk_fetch *fetch, const char *name, git_odb **out);

void pk_fetch_remove_pack(const struct pk_fetch *fetch, const char *name);

/**
 * Is everything in packs that are not @p known small enough to be unpacked by whoever reads our
 * repository?  A pack for which that is not so is removed.
 * @return PK_OK; PK_EINVAL; PK_ESYS for a pack that cannot be read
 */
enum pk_code pk_fetch_check_objects(struct pk_fetch *fetch, const struct pk_fetch_packs *known,
                                    struct pk_error *err);

/** From here on our repository is a new one, inside the damaged one. */
void pk_fetch_begin_afresh(struct pk_fetch *fetch);

/**
 * Lets the damaged repository have what arrived in the new one, which ends.
 * @return PK_OK; PK_ESYS: the damaged one is as it was, or better
 */
enum pk_code pk_fetch_take_over(struct pk_fetch *fetch, struct pk_error *err);

/** Removes a new one that was cut off. */
void pk_fetch_remove_fresh(const struct pk_fetch *fetch);

/** Keeps the number of packs in our repository small.  A failure costs time later, nothing else. */
void pk_fetch_merge_packs(struct pk_fetch *fetch);

#endif
