/*
 * Kea's own files are not quite JSON.  An include stands for its text wherever a token may stand, a
 * list's items or a map's members among them, so it is a change of the source and no value.
 */
#include "drivers/kea-json-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INCLUDE_DEPTH_MAX = 10 }; /* Kea's own limit */

/* -- files ------------------------------------------------------------------------------------ */

static enum pk_code
code_of_errno(void)
{
    return errno == ENOENT || errno == ENOTDIR ? PK_ENOENT
           : errno == EACCES || errno == EPERM ? PK_EACCESS
                                               : PK_ESYS;
}

static void
close_file(const int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
}

static bool
read_bytes(int descriptor, struct pk_kea_source *source, struct pk_error *err)
{
    char *to = source->at;
    while (to < source->end) {
        ssize_t got = read(descriptor, to, (size_t)(source->end - to));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            pk_error_set(err, PK_ESYS, source->name, "%s: %s", source->name,
                         got < 0 ? strerror(errno) : "became shorter while it was read");
            return false;
        }
        to += got;
    }
    return true;
}

/* NULL with @p err filled.  @param resolved  a path without links; @param name  for messages */
static struct pk_kea_source *
load(struct pk_pool *pool, const char *resolved, const char *name, size_t bytes_max,
     struct pk_error *err)
{
    PK_CLEANUP(close_file)
    int descriptor = open(resolved, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat about;
    if (descriptor < 0 || fstat(descriptor, &about) != 0) {
        pk_error_set(err, code_of_errno(), name, "%s: %s", name, strerror(errno));
        return NULL;
    }
    if (!S_ISREG(about.st_mode)) {
        pk_error_set(err, PK_EINVAL, name, "%s: is no regular file", name);
        return NULL;
    }
    if ((uintmax_t)about.st_size > bytes_max) {
        pk_error_set(err, PK_EINVAL, name, "%s: more than %d bytes, includes and all", name,
                     PK_KEA_BYTES_MAX);
        return NULL;
    }
    size_t count = (size_t)about.st_size;
    struct pk_kea_source *source = pk_kea_source_new(pool, name, pk_alloc(pool, count + 1), count);
    return read_bytes(descriptor, source, err) ? source : NULL;
}

/* -- includes --------------------------------------------------------------------------------- */

static bool
is_below(const char *folder, const char *path)
{
    size_t length = strlen(folder);
    length -= length > 0 && folder[length - 1] == '/'; /* the root folder */
    return strncmp(folder, path, length) == 0 && path[length] == '/';
}

static bool
include(struct pk_kea_reader *reader, const char *at, const char *name)
{
    char resolved[PATH_MAX];
    const char *path =
        *name == '/' ? name : pk_sprintf(reader->scratch, "%s/%s", reader->folder, name);
    if (reader->includes == INCLUDE_DEPTH_MAX) {
        return pk_kea_fail(reader, at, "more than %d includes inside each other",
                           INCLUDE_DEPTH_MAX);
    }
    if (realpath(path, resolved) == NULL) {
        return pk_kea_fail(reader, at, "include of '%s': %s", name, strerror(errno));
    }
    if (!is_below(reader->folder, resolved)) {
        return pk_kea_fail(reader, at, "include of '%s', which is not below %s; move it there",
                           name, reader->folder);
    }
    struct pk_error why = {0};
    struct pk_kea_source *source =
        load(reader->pool, resolved, pk_strdup(reader->scratch, name), reader->bytes_left, &why);
    if (source == NULL) {
        return pk_kea_fail(reader, at, "include of %s", why.message);
    }
    reader->bytes_left -= (size_t)(source->end - source->at);
    reader->includes++;
    source->includer = reader->source;
    reader->source = source;
    return true;
}

/* At the beginning of `<?include "name"?>`. */
static bool
read_include(struct pk_kea_reader *reader)
{
    static const char begin[] = "<?include", end[] = "?>";
    struct pk_kea_source *source = reader->source;
    const char *first = source->at + sizeof begin - 1;
    first += strspn(first, " \t");
    size_t length = *first == '"' ? strcspn(first + 1, "\"\n") : 0;
    const char *after = first + 1 + length;
    if (length == 0 || *after++ != '"') {
        return pk_kea_fail(reader, source->at, "an include without a file name in quotes");
    }
    after += strspn(after, " \t");
    if (strncmp(after, end, sizeof end - 1) != 0) {
        return pk_kea_fail(reader, source->at, "an include that is not closed by '?>'");
    }
    const char *at = source->at;
    source->at += (after - at) + (ptrdiff_t)sizeof end - 1;
    return include(reader, at, pk_strndup(reader->scratch, first + 1, length));
}

/* -- comments --------------------------------------------------------------------------------- */

static void
skip_line(struct pk_kea_source *source)
{
    while (source->at < source->end && *source->at != '\n') {
        source->at++;
    }
}

/* At its beginning. */
static bool
skip_block(struct pk_kea_reader *reader)
{
    struct pk_kea_source *source = reader->source;
    const uint32_t line = source->line;
    for (source->at += 2; source->at < source->end; source->at++) {
        if (source->at[0] == '*' && source->at[1] == '/') {
            source->at += 2;
            return true;
        }
        if (*source->at == '\n') {
            source->line++;
            source->line_start = source->at + 1;
        }
    }
    return pk_kea_fail(reader, source->at, "the comment of line %u is not closed", (unsigned)line);
}

static bool
skip_foreign(struct pk_kea_reader *reader)
{
    struct pk_kea_source *source = reader->source;
    if (source->at[0] == '#' || (source->at[0] == '/' && source->at[1] == '/')) {
        skip_line(source);
    } else if (source->at[0] == '/' && source->at[1] == '*') {
        return skip_block(reader);
    } else if (strncmp(source->at, "<?include", strlen("<?include")) == 0) {
        return read_include(reader);
    }
    return true;
}

enum pk_code
pk_kea_parse_file(struct pk_pool *pool, const char *path, struct pk_kea_value *out,
                  struct pk_error *err)
{
    char resolved[PATH_MAX];
    if (realpath(path, resolved) == NULL) {
        return pk_error_set(err, code_of_errno(), path, "%s: %s", path, strerror(errno));
    }
    PK_SCRATCH(scratch);
    struct pk_kea_reader reader = {.pool = pool,
                                   .scratch = scratch,
                                   .skip_foreign = skip_foreign,
                                   .bytes_left = PK_KEA_BYTES_MAX,
                                   .err = err};
    const char *slash = strrchr(resolved, '/');
    reader.folder =
        pk_strndup(scratch, resolved, slash == resolved ? 1 : (size_t)(slash - resolved));
    struct pk_error why = {0};
    reader.source = load(pool, resolved, path, reader.bytes_left, &why);
    if (reader.source == NULL) {
        return pk_error_set(err, why.code, why.where, "%s", why.message);
    }
    reader.bytes_left -= (size_t)(reader.source->end - reader.source->at);
    return pk_kea_read(&reader, out);
}
