/**
 * @file
 * Secrets are in files, read at the moment of use and wiped by who used them.
 *
 * A file that everybody on the machine may read holds no secret, so it is refused.
 */
#ifndef PK_BASE_SECRET_H
#define PK_BASE_SECRET_H

#include <sys/types.h>

#include "base/error.h"

enum { PK_SECRET_BYTES = 16 * 1024 };

/**
 * The whole of @p file, ended by NUL.
 * @param secret  to be wiped with explicit_bzero(), also after a failure
 * @return PK_OK; PK_ENOENT, PK_EACCESS, PK_ESYS; PK_EINVAL: no file, or not 1 to 16383 bytes of
 * text
 */
enum pk_code pk_secret_read(const char *file, char secret[PK_SECRET_BYTES], struct pk_error *err);

/** As pk_secret_read() for a password or token: one line, whose end is not part of it. */
enum pk_code
pk_secret_read_line(const char *file, char secret[PK_SECRET_BYTES], struct pk_error *err);

/** Could pk_secret_read() read it now?  For secrets that a library reads by itself. */
enum pk_code pk_secret_check(const char *file, struct pk_error *err);

/** Reads until @p room is full or nothing more comes; -1 with errno on failure. */
ssize_t pk_read_all(int descriptor, char *to, size_t room);

#endif
