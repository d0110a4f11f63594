/*
 * What can be wrong with a secret's file is said before anybody is asked to accept the secret: a
 * server would only answer that it does not know us.
 */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pool.h"

static void
close_descriptor(const int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
}

ssize_t
pk_read_all(int descriptor, char *to, size_t room)
{
    size_t count = 0;
    while (count < room) {
        ssize_t got = read(descriptor, to + count, room - count);
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        count += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)count;
}

static enum pk_code
cannot_read(const char *file, struct pk_error *err)
{
    int reason = errno;
    return pk_error_set(err,
                        reason == ENOENT   ? PK_ENOENT
                        : reason == EACCES ? PK_EACCESS
                                           : PK_ESYS,
                        file, "the secret cannot be read: %s; see the credentials",
                        strerror(reason));
}

enum pk_code
pk_secret_read(const char *file, char secret[PK_SECRET_BYTES], struct pk_error *err)
{
    struct stat about;
    PK_CLEANUP(close_descriptor)
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 || fstat(descriptor, &about) != 0) {
        return cannot_read(file, err);
    }
    if (!S_ISREG(about.st_mode)) {
        return pk_error_set(err, PK_EINVAL, file, "this is no file; name one that holds a secret");
    }
    if ((about.st_mode & S_IRWXO) != 0) {
        return pk_error_set(err, PK_EACCESS, file,
                            "every user of this machine may use this secret; take that right away "
                            "with chmod o= and think of replacing the secret");
    }
    ssize_t count = pk_read_all(descriptor, secret, PK_SECRET_BYTES);
    if (count < 0) {
        return cannot_read(file, err);
    }
    if (count == 0 || count == PK_SECRET_BYTES || memchr(secret, '\0', (size_t)count) != NULL) {
        return pk_error_set(err, PK_EINVAL, file,
                            "a secret is text of 1 to %d bytes, this file holds something else",
                            PK_SECRET_BYTES - 1);
    }
    secret[count] = '\0';
    return PK_OK;
}

enum pk_code
pk_secret_read_line(const char *file, char secret[PK_SECRET_BYTES], struct pk_error *err)
{
    enum pk_code code = pk_secret_read(file, secret, err);
    if (code != PK_OK) {
        return code;
    }
    size_t length = strcspn(secret, "\r\n");
    size_t end = length + strspn(secret + length, "\r\n");
    if (length == 0 || secret[end] != '\0') {
        return pk_error_set(err, PK_EINVAL, file,
                            "a password or token is one line, this file holds none or several");
    }
    secret[length] = '\0';
    return PK_OK;
}

enum pk_code
pk_secret_check(const char *file, struct pk_error *err)
{
    char secret[PK_SECRET_BYTES];
    enum pk_code code = pk_secret_read(file, secret, err);
    explicit_bzero(secret, sizeof secret);
    return code;
}
