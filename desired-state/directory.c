/*
 * Reads a plain directory as if it were a commit.  Every entry is opened by its name in an open
 * folder and never through a link, so what was judged is what is read, whoever moves things about.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desired-state/source-files.h"

struct walk {
    struct pk_source_files files;
    const char *directory; /* as the user named it: for messages */
    bool stopped;
};

static void
close_descriptor(const int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
}

static void
close_folder(DIR **folder)
{
    if (*folder != NULL) {
        closedir(*folder);
    }
}

static enum pk_code
cannot_read(const struct walk *walk, const char *path, int reason, struct pk_error *err)
{
    PK_SCRATCH(pool);
    const char *where =
        path[0] == '\0' ? walk->directory : pk_sprintf(pool, "%s/%s", walk->directory, path);
    switch (reason) {
    case ENOENT:
        return pk_error_set(err, PK_ENOENT, where, "there is nothing here; correct the path");
    case ENOTDIR:
        return pk_error_set(err, PK_ENOENT, where,
                            "this is not a folder; name the folder it is in");
    case EACCES:
        return pk_error_set(err, PK_EACCESS, where,
                            "this may not be read; run as a user who may read it");
    default:
        return pk_error_set(err, PK_ESYS, where, "this cannot be read: %s; see the file system",
                            strerror(reason));
    }
}

static enum pk_entry_kind
kind_of(mode_t mode)
{
    return S_ISDIR(mode)   ? PK_ENTRY_FOLDER
           : S_ISREG(mode) ? PK_ENTRY_FILE
           : S_ISLNK(mode) ? PK_ENTRY_LINK
                           : PK_ENTRY_OTHER;
}

/* As much as it had when it was judged: a file that grows meanwhile is cut, a shorter one ends. */
static enum pk_code
read_file(struct walk *walk, int folder, const char *name, const char *path, struct pk_error *err)
{
    PK_CLEANUP(close_descriptor)
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0) {
        return cannot_read(walk, path, errno, err);
    }
    if (!S_ISREG(about.st_mode)) {
        pk_source_not_a_file(walk->files.diagnostics, path, kind_of(about.st_mode));
        return PK_OK;
    }
    enum pk_entry_use use = pk_source_admit(&walk->files, path, (uint64_t)about.st_size);
    if (use != PK_ENTRY_READ) {
        walk->stopped = use == PK_ENTRY_STOP;
        return PK_OK;
    }
    size_t size = (size_t)about.st_size, count = 0;
    char *bytes = pk_alloc(walk->files.pool, size + 1);
    while (count < size) {
        ssize_t got = read(file, bytes + count, size - count);
        if (got < 0 && errno != EINTR) {
            return cannot_read(walk, path, errno, err);
        }
        if (got == 0) {
            break;
        }
        count += got > 0 ? (size_t)got : 0;
    }
    *pk_push(walk->files.pool, &walk->files.list) =
        (struct pk_source_file){.path = path, .bytes = bytes, .size = count};
    return PK_OK;
}

static enum pk_code walk_folder(struct walk *walk, int at, const char *name, const char *path,
                                unsigned depth, struct pk_error *err);

static enum pk_code
visit(struct walk *walk, int folder, const char *name, const char *folder_path, unsigned depth,
      struct pk_error *err)
{
    struct stat about;
    const char *path = pk_source_path(walk->files.pool, folder_path, name);
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? PK_OK : cannot_read(walk, path, errno, err);
    }
    switch (pk_source_entry(&walk->files, path, name, kind_of(about.st_mode), depth)) {
    case PK_ENTRY_READ:
        return read_file(walk, folder, name, path, err);
    case PK_ENTRY_DESCEND:
        return walk_folder(walk, folder, name, path, depth + 1, err);
    case PK_ENTRY_STOP:
        walk->stopped = true;
        return PK_OK;
    case PK_ENTRY_SKIP:
        break;
    }
    return PK_OK;
}

static enum pk_code
walk_opened(struct walk *walk, int folder, const char *path, unsigned depth, struct pk_error *err)
{
    PK_CLEANUP(close_folder) DIR *entries = fdopendir(folder);
    if (entries == NULL) {
        int reason = errno;
        close(folder);
        return cannot_read(walk, path, reason, err);
    }
    enum pk_code code = PK_OK;
    while (code == PK_OK && !walk->stopped) {
        errno = 0;
        const struct dirent *entry = readdir(entries);
        if (entry == NULL) {
            return errno == 0 ? PK_OK : cannot_read(walk, path, errno, err);
        }
        code = visit(walk, dirfd(entries), entry->d_name, path, depth, err);
    }
    return code;
}

static enum pk_code
walk_folder(struct walk *walk, int at, const char *name, const char *path, unsigned depth,
            struct pk_error *err)
{
    int folder = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return folder < 0 ? cannot_read(walk, path, errno, err)
                      : walk_opened(walk, folder, path, depth, err);
}

enum pk_code
pk_directory_read(struct pk_pool *pool, const char *directory,
                  const struct pk_repository_config *limits, struct pk_source_file **files,
                  size_t *count, struct pk_diagnostics *diagnostics, struct pk_error *err)
{
    struct walk walk = {
        .files = {.pool = pool, .limits = limits, .diagnostics = diagnostics},
        .directory = directory,
    };
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum pk_code code =
        folder < 0 ? cannot_read(&walk, "", errno, err) : walk_opened(&walk, folder, "", 0, err);
    if (code == PK_OK) {
        pk_source_finish(&walk.files, files, count);
    }
    return code;
}
