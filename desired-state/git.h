/**
 * @file
 * The Git library as this room uses it: opened without anybody's configuration, its errors turned
 * into ours.  Private to desired-state/.
 */
#ifndef PK_DESIRED_STATE_GIT_H
#define PK_DESIRED_STATE_GIT_H

#include <stdbool.h>

#include <git2.h>

#include "base/pool.h"

/** Where the tips of fetched branches are kept in our bare repository. */
#define PK_GIT_OUR_REFS "refs/pairkeeper/"

/** For PK_CLEANUP(pk_git_close): pairs the library's start and end. */
struct pk_git {
    bool started;
    git_repository *repository; /**< NULL until opened */
    git_odb *odb;
};

/**
 * Starts the library: no global or system Git configuration, objects checked on writing and by
 * their hash on reading.  One thread at a time may open and close.
 */
enum pk_code pk_git_start(struct pk_git *git, struct pk_error *err);

/** pk_git_start(), then our bare repository, which must exist (else PK_ENOENT). */
enum pk_code pk_git_open(struct pk_git *git, const char *bare, struct pk_error *err);

void pk_git_close(struct pk_git *git);

/**
 * From here on the library, started by pk_repository_start(), may hold @p bytes in pieces of 1 MiB
 * and more, arrays apart.  Before it would hold more, @p exceeded is called, which must end the
 * process.
 */
void pk_git_limit_memory(size_t bytes, void (*exceeded)(void));

/**
 * Is @p wanted in the history of @p tip?  "No" only when all of it was seen: the library's own
 * git_graph_descendant_of() says so, too, of a history that it cannot read.
 * @return 1, 0, or the library's code
 */
int pk_git_find(git_repository *repository, const git_oid *tip, const git_oid *wanted);

/** Fills @p err with "ATTEMPT: the library's last message; REMEDY". */
enum pk_code pk_git_failed(struct pk_error *err, enum pk_code code, const char *where,
                           const char *attempt, const char *remedy);

/** PK_EDAMAGED: an object of our bare repository cannot be read, which is only a copy. */
enum pk_code pk_git_damaged(struct pk_error *err, const char *bare, const char *attempt);

/* For PK_CLEANUP. */
void pk_git_commit_release(git_commit **commit);
void pk_git_tree_release(git_tree **tree);
void pk_git_remote_release(git_remote **remote);
void pk_git_reference_release(git_reference **reference);

#endif
