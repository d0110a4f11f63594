/*
 * libgit2 1.5 does not survive an allocation that fails: it goes on with half an object, frees
 * memory that was never allocated, and takes what it could not read for what is not there, which
 * reads like a rewound branch.  So the process ends instead, as everywhere.
 *
 * The fetch helper keeps the library's own allocator: its memory is limited on purpose, what it
 * says is checked, and it may die.
 */
#include <stdlib.h>
#include <string.h>

#include <git2.h>
#include <git2/sys/alloc.h>

#include "base/pool.h"
#include "desired-state/repository.h"

static void *
kept(void *at)
{
    if (at == NULL) {
        pk_out_of_memory();
    }
    return at;
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
    return kept(malloc(at_least_one(bytes)));
}

static void *
allocate_zeroed(size_t count, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return kept(calloc(1, at_least_one(product(count, bytes))));
}

static void *
allocate_array(size_t count, size_t bytes, const char *file, int line)
{
    return allocate(product(count, bytes), file, line);
}

static void *
resize(void *at, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return kept(realloc(at, at_least_one(bytes)));
}

static void *
resize_array(void *at, size_t count, size_t bytes, const char *file, int line)
{
    return resize(at, product(count, bytes), file, line);
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
        .gfree = free,
    };
    git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}
