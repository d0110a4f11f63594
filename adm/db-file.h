/**
 * @file
 * The database as files in a folder: its place, its lock, and setting a damaged one aside.
 */
#ifndef PK_ADM_DB_FILE_H
#define PK_ADM_DB_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/** What the lock file remembers of those who held it before. */
struct pk_db_past {
    bool known; /**< a pairkeeper has held this lock                */
    bool made;  /**< and has had a database with its tables under it */
};

/**
 * The path with the symbolic links of its folder resolved; the file itself must not be one.
 * @param out  yours, for free()
 * @return PK_OK; PK_ENOENT (no such folder); PK_EACCESS; PK_EINVAL (a symbolic link, or no regular
 *         file); PK_ESYS
 */
enum pk_code pk_db_file_resolve(const char *path, char **out, struct pk_error *err);

/** @return PK_OK; PK_ENOENT; PK_EACCESS; PK_ESYS */
enum pk_code pk_db_file_readable(const char *path, struct pk_error *err);

/** Makes an empty file that only its owner may read, when there is none. */
enum pk_code pk_db_file_create(const char *path, struct pk_error *err);

/**
 * Takes `<path>.lock` and writes our process id into it.
 * @param descriptor  holds the lock until it is closed
 * @return PK_OK; PK_ELOCKED naming the holder; PK_EACCESS; PK_ESYS
 */
enum pk_code
pk_db_lock(const char *path, int *descriptor, struct pk_db_past *past, struct pk_error *err);

/** The same past without the lock; nothing is known of one that may not be read. */
void pk_db_past_read(const char *path, struct pk_db_past *out);

/** Takes back that this lock was ever held, when what it guards turned out not to be ours. */
void pk_db_lock_forget(int descriptor, const struct pk_db_past *past);

/** Remembers that there is a database now, so that its absence will be a loss. */
enum pk_code pk_db_lock_made(int descriptor, const char *path, struct pk_error *err);

/** Which file it is, whatever its name. */
struct pk_db_identity {
    dev_t device;
    ino_t inode;
};

/** @return false when there is no such file (or none that can be looked at) */
bool pk_db_file_identity(const char *path, struct pk_db_identity *out);

/** Renames @p path and its companions to `<path>.damaged-<time>…`; nothing is deleted. */
enum pk_code pk_db_file_set_aside(const char *path, struct pk_error *err);

#endif
