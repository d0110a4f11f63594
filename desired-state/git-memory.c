/*
 * libgit2 1.5 does not survive an allocation that fails: it goes on with half an object, frees
 * memory that was never allocated, and takes what it could not read for what is not there, which
 * reads like a rewound branch.  So the process ends instead, as everywhere.
 *
 * An object is unpacked whole, with what it is a delta of, however little of it has arrived.  So
 * whoever reads what others have written sets a limit here, where every way to an object passes.
 * Only large pieces count, which a small file grows into; not arrays, which grow with what arrived.
 */
#include <stdlib.h>
#include <string.h>

#include <git2/sys/alloc.h>

#include "desired-state/git.h"
#include "desired-state/repository.h"

static const size_t large_bytes = 1 << 20;

enum { PIECES_MOST = 1024 };

/* The library's allocator has no parameter for us. */
static struct {
    size_t limit, held; /* bytes; no limit is 0 */
    size_t count;
    struct piece {
        const void *at;
        size_t bytes;
    } pieces[PIECES_MOST];
    void (*exceeded)(void);
} large;

static void
forget(const void *at)
{
    for (size_t i = 0; i < large.count; i++) {
        if (large.pieces[i].at == at) {
            large.held -= large.pieces[i].bytes;
            large.pieces[i] = large.pieces[--large.count];
            return;
        }
    }
}

static bool
is_counted(size_t bytes)
{
    return large.limit != 0 && bytes >= large_bytes;
}

static void
ask(size_t bytes)
{
    bool fits = large.count < PIECES_MOST && bytes <= large.limit - large.held;
    if (is_counted(bytes) && !fits) {
        large.exceeded();
    }
}

static void *
kept(void *at)
{
    if (at == NULL) {
        pk_out_of_memory();
    }
    return at;
}

static void *
counted(void *at, size_t bytes)
{
    if (is_counted(bytes)) {
        large.pieces[large.count++] = (struct piece){at, bytes};
        large.held += bytes;
    }
    return kept(at);
}

static void
release(void *at)
{
    forget(at);
    free(at);
}

static size_t
product(size_t count, size_t bytes)
{
    size_t all;
    if (__builtin_mul_overflow(count, bytes, &all)) {
        pk_out_of_memory();
    }
    return all;
}

/* Zero bytes are one: NULL would be a failure. */
static size_t
at_least_one(size_t bytes)
{
    return bytes != 0 ? bytes : 1;
}

static void *
allocate(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    ask(bytes);
    return counted(malloc(at_least_one(bytes)), bytes);
}

static void *
allocate_zeroed(size_t count, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    size_t all = product(count, bytes);
    ask(all);
    return counted(calloc(1, at_least_one(all)), all);
}

static void *
allocate_array(size_t count, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return kept(malloc(at_least_one(product(count, bytes))));
}

static void *
resize(void *at, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    forget(at);
    ask(bytes);
    return counted(realloc(at, at_least_one(bytes)), bytes);
}

static void *
resize_array(void *at, size_t count, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return kept(realloc(at, at_least_one(product(count, bytes))));
}

static char *
copy_bytes(const char *text, size_t bytes, const char *file, int line)
{
    char *copy = allocate(bytes + 1, file, line);
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return copy;
}

static char *
copy_text(const char *text, const char *file, int line)
{
    return copy_bytes(text, strlen(text), file, line);
}

static char *
copy_at_most(const char *text, size_t most, const char *file, int line)
{
    return copy_bytes(text, strnlen(text, most), file, line);
}

void
pk_repository_start(void)
{
    git_allocator allocator = {
        .gmalloc = allocate,
        .gcalloc = allocate_zeroed,
        .gstrdup = copy_text,
        .gstrndup = copy_at_most,
        .gsubstrdup = copy_bytes,
        .grealloc = resize,
        .greallocarray = resize_array,
        .gmallocarray = allocate_array,
        .gfree = release,
    };
    git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}

void
pk_git_limit_memory(size_t bytes, void (*exceeded)(void))
{
    large.limit = bytes;
    large.exceeded = exceeded;
}
