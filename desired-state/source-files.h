/**
 * @file
 * Which entries of a tree are ours and how much of them may be read: the same rules for a commit
 * (tree-walk.c) and a plain directory (directory.c).  Private to desired-state/.
 */
#ifndef PK_DESIRED_STATE_SOURCE_FILES_H
#define PK_DESIRED_STATE_SOURCE_FILES_H

#include "desired-state/repository.h"

enum pk_entry_kind {
    PK_ENTRY_FOLDER,
    PK_ENTRY_FILE,
    PK_ENTRY_LINK,
    PK_ENTRY_SUBMODULE,
    PK_ENTRY_OTHER
};

enum pk_entry_use {
    PK_ENTRY_SKIP,
    PK_ENTRY_READ,    /**< a file of ours             */
    PK_ENTRY_DESCEND, /**< a folder to look into      */
    PK_ENTRY_STOP,    /**< too many: read nothing more */
};

/** The files found so far and what is left of the limits. */
struct pk_source_files {
    struct pk_pool *pool;
    const struct pk_repository_config *limits;
    struct pk_diagnostics *diagnostics;
    PK_VECTOR(struct pk_source_file) list;
    uint64_t bytes;
    size_t entries; /**< everything looked at: a few trees can name each other a billion times */
};

/**
 * Path of an entry for people: @p folder ("" = the top) and @p name joined, with backslashes,
 * control characters and what is not UTF-8 as \xHH, so that it is one line of text and unique.
 */
const char *pk_source_path(struct pk_pool *pool, const char *folder, const char *name);

/** Judges an entry by name and kind; what may not be there becomes a diagnostic. */
enum pk_entry_use pk_source_entry(struct pk_source_files *files, const char *path, const char *name,
                                  enum pk_entry_kind kind, unsigned depth);

/** May a file of @p size bytes be read?  PK_ENTRY_READ, _SKIP or _STOP; else with a diagnostic. */
enum pk_entry_use pk_source_admit(struct pk_source_files *files, const char *path, uint64_t size);

/** A link or submodule where a file or folder of ours should be. */
void
pk_source_not_a_file(struct pk_diagnostics *diagnostics, const char *path, enum pk_entry_kind kind);

/** The files sorted by path. */
void pk_source_finish(struct pk_source_files *files, struct pk_source_file **list, size_t *count);

#endif
