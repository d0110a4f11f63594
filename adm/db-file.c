/*
 * The lock is a file of its own because SQLite opens, locks and closes the database as it likes. It
 * is never removed: a lock file that can vanish lets two processes lock two different files.
 */
#include "adm/db-file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"

enum { OWNER_ONLY = 0600, LOCK_TEXT_BYTES = 32 };

/* The second line of a lock file, after the process id. */
static const char made_line[] = "made\n";

static enum pk_code
system_failure(const char *path, const char *doing, struct pk_error *err)
{
    bool refused = errno == EACCES || errno == EPERM || errno == EROFS;
    return pk_error_set(err, refused ? PK_EACCESS : PK_ESYS, path, "cannot %s: %s; %s", doing,
                        strerror(errno),
                        refused ? "run as the user who owns the folder, or name another path"
                                : "check the folder and its file system");
}

static enum pk_code
resolve_folder(const char *path, char **out, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    const char *folder = dirname(pk_strdup(scratch, path));
    struct stat what;
    *out = realpath(folder, NULL);
    if (*out != NULL) {
        return PK_OK;
    }
    if (errno != ENOENT) {
        return system_failure(path, "find the folder of the database", err);
    }
    if (lstat(folder, &what) == 0) {
        return pk_error_set(err, PK_ENOENT, path,
                            "the folder %s is a symbolic link that leads nowhere: mend the link or "
                            "name another path",
                            folder);
    }
    return pk_error_set(err, PK_ENOENT, path, "there is no folder %s: create it (mkdir -p %s)",
                        folder, folder);
}

enum pk_code
pk_db_file_resolve(const char *path, char **out, struct pk_error *err)
{
    char *folder = NULL, *whole = NULL;
    enum pk_code code = resolve_folder(path, &folder, err);
    if (code != PK_OK) {
        return code;
    }
    PK_SCRATCH(scratch);
    const char *name = basename(pk_strdup(scratch, path));
    if (asprintf(&whole, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name) < 0) {
        pk_out_of_memory();
    }
    free(folder);

    struct stat what;
    if (lstat(whole, &what) == 0 && !S_ISREG(what.st_mode)) {
        free(whole);
        return pk_error_set(err, PK_EINVAL, path, "%s: name the database file itself",
                            S_ISLNK(what.st_mode) ? "is a symbolic link" : "is not a regular file");
    }
    *out = whole;
    return PK_OK;
}

enum pk_code
pk_db_file_readable(const char *path, struct pk_error *err)
{
    if (access(path, R_OK) == 0) {
        return PK_OK;
    }
    if (errno == ENOENT) {
        return pk_error_set(err, PK_ENOENT, path,
                            "there is no database yet: `pairkeeper apply` makes it");
    }
    return system_failure(path, "read the database", err);
}

enum pk_code
pk_db_file_create(const char *path, struct pk_error *err)
{
    int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, OWNER_ONLY);
    if (file < 0) {
        return system_failure(path, "create the database", err);
    }
    close(file);
    return PK_OK;
}

/* The process id in a lock file, 0 when there is none to read. */
static int64_t
read_holder(int file, bool *made)
{
    char text[LOCK_TEXT_BYTES];
    ssize_t bytes = pread(file, text, sizeof text - 1, 0);
    int64_t pid = 0;
    *made = false;
    if (bytes > 0) {
        text[bytes] = '\0';
        size_t first_line = strcspn(text, "\n");
        *made = text[first_line] != '\0' && strcmp(&text[first_line + 1], made_line) == 0;
        text[first_line] = '\0';
        pk_parse_number(text, 1, INT32_MAX, &pid);
    }
    return pid;
}

static enum pk_code
write_holder(int file, const char *lock_path, bool made, struct pk_error *err)
{
    char text[LOCK_TEXT_BYTES];
    int bytes = snprintf(text, sizeof text, "%ld\n%s", (long)getpid(), made ? made_line : "");
    if (ftruncate(file, 0) != 0 || pwrite(file, text, (size_t)bytes, 0) != bytes) {
        return system_failure(lock_path, "write the lock file", err);
    }
    return PK_OK;
}

enum pk_code
pk_db_lock(const char *path, int *descriptor, struct pk_db_past *past, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    const char *lock_path = pk_sprintf(scratch, "%s.lock", path);
    int file = open(lock_path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, OWNER_ONLY);
    if (file < 0) {
        return system_failure(lock_path, "open the lock file", err);
    }
    enum pk_code code = PK_OK;
    int64_t holder = read_holder(file, &past->made);
    past->known = holder != 0;
    bool locked = flock(file, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK) {
        code = system_failure(lock_path, "lock the database", err);
    } else if (!locked) {
        code = pk_error_set(err, PK_ELOCKED, path,
                            "another pairkeeper holds the database (process %lld): ask it, or stop "
                            "it first",
                            (long long)holder);
    } else {
        code = write_holder(file, lock_path, past->made, err);
    }
    if (code != PK_OK) {
        close(file);
        return code;
    }
    *descriptor = file;
    return PK_OK;
}

void
pk_db_past_read(const char *path, struct pk_db_past *out)
{
    PK_SCRATCH(scratch);
    int file = open(pk_sprintf(scratch, "%s.lock", path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    *out = (struct pk_db_past){0};
    if (file >= 0) {
        out->known = read_holder(file, &out->made) != 0;
        close(file);
    }
}

void
pk_db_lock_forget(int descriptor, const struct pk_db_past *past)
{
    if (!past->known && ftruncate(descriptor, 0) != 0) {
        return; /* the worst: a wrong path counts as known once it is damaged too */
    }
}

enum pk_code
pk_db_lock_made(int descriptor, const char *path, struct pk_error *err)
{
    return write_holder(descriptor, path, true, err);
}

bool
pk_db_file_identity(const char *path, struct pk_db_identity *out)
{
    struct stat what;
    if (stat(path, &what) != 0) {
        return false;
    }
    *out = (struct pk_db_identity){.device = what.st_dev, .inode = what.st_ino};
    return true;
}

enum pk_code
pk_db_file_set_aside(const char *path, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    static const char *const companions[] = {"", "-wal", "-shm"};
    const char *time = pk_wall_text(scratch, pk_wall_now());
    for (size_t i = 0; i < sizeof companions / sizeof companions[0]; i++) {
        const char *from = pk_sprintf(scratch, "%s%s", path, companions[i]);
        const char *to = pk_sprintf(scratch, "%s.damaged-%s%s", path, time, companions[i]);
        if (rename(from, to) != 0 && errno != ENOENT) {
            return system_failure(path, "set the damaged database aside", err);
        }
    }
    return PK_OK;
}
