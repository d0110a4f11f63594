/* The comparison is that of scopes everywhere: by the hash of rows, so spelling does not matter. */
#include "drivers/kea-saved.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "drivers/kea-names.h"
#include "drivers/kea-subnets.h"

enum { COMMAND_LINE_BYTES = 4096, NAME_BYTES = 64 };

static const char program[] = "kea-dhcp4";

/* A small file of /proc, ended by NUL; 0 = not readable. */
static size_t
read_small(const char *path, char *to, size_t room)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t bytes = descriptor >= 0 ? read(descriptor, to, room - 1) : -1;
    if (descriptor >= 0) {
        close(descriptor);
    }
    to[bytes > 0 ? bytes : 0] = '\0';
    return bytes > 0 ? (size_t)bytes : 0;
}

static bool
is_kea(struct pk_pool *pool, int64_t pid)
{
    char name[NAME_BYTES];
    read_small(pk_sprintf(pool, "/proc/%lld/comm", (long long)pid), name, sizeof name);
    return strncmp(name, program, sizeof program - 1) == 0;
}

/* The path is seen from the process's own folder. */
static const char *
absolute(struct pk_pool *pool, int64_t pid, const char *path)
{
    return path[0] == '/' ? path : pk_sprintf(pool, "/proc/%lld/cwd/%s", (long long)pid, path);
}

const char *
pk_kea_file_of_process(struct pk_pool *pool, int64_t pid)
{
    char *words = pk_alloc(pool, COMMAND_LINE_BYTES);
    if (pid <= 0 || !is_kea(pool, pid)) {
        return NULL;
    }
    size_t bytes = read_small(pk_sprintf(pool, "/proc/%lld/cmdline", (long long)pid), words,
                              COMMAND_LINE_BYTES);
    for (size_t at = 0; at < bytes; at += strlen(words + at) + 1) {
        size_t next = at + strlen(words + at) + 1;
        if (strcmp(words + at, "-c") == 0 && next < bytes) {
            return absolute(pool, pid, words + next);
        }
        if (strncmp(words + at, "-c", 2) == 0 && words[at + 2] != '\0') {
            return absolute(pool, pid, words + at + 2);
        }
    }
    return NULL;
}

static size_t
count_lacking(const struct pk_rows *rows, const struct pk_rows *others)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        count += pk_rows_find(others, rows->at[i].subnet) == NULL;
    }
    return count;
}

static size_t
count_changed(const struct pk_rows *rows, const struct pk_rows *others)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct pk_row *other = pk_rows_find(others, rows->at[i].subnet);
        count += other != NULL && !pk_sha256_equal(&rows->at[i].hash, &other->hash);
    }
    return count;
}

/* Ids that the server gives by order are not in the file: every scope would seem to differ. */
static bool
has_all_ids(struct pk_pool *pool, const struct pk_kea_value *dhcp4)
{
    struct pk_kea_subnets subnets = pk_kea_subnets_of(pool, dhcp4);
    for (size_t i = 0; i < subnets.count; i++) {
        if (subnets.at[i].id == 0) {
            return false;
        }
    }
    return true;
}

int64_t
pk_kea_count_unsaved(const struct pk_kea_value *running, const struct pk_kea_value *file)
{
    PK_SCRATCH(scratch);
    const struct pk_kea_names nameless = {.count = 0};
    struct pk_observation first = {0}, second = {0};
    struct pk_error ignored;
    if (!has_all_ids(scratch, file) ||
        pk_kea_names_observe(scratch, &nameless, "", "", running, &first, &ignored) != PK_OK ||
        pk_kea_names_observe(scratch, &nameless, "", "", file, &second, &ignored) != PK_OK) {
        return PK_KEA_UNSAVED_UNKNOWN;
    }
    return (int64_t)(count_lacking(&first.rows, &second.rows) +
                     count_lacking(&second.rows, &first.rows) +
                     count_changed(&first.rows, &second.rows));
}
