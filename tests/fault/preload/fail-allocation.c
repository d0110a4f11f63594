/*
 * Loaded before the program (LD_PRELOAD): the allocation with a given number fails, as do all later
 * ones if asked.  Stands in front of glibc's own allocator, so every library's allocations count.
 *
 *     FAULT_ALLOCATION=N      fail the N-th (1 = the first after loading); 0 or absent: none
 *     FAULT_ALLOCATION_LAST=M and all up to the M-th
 *     FAULT_ALLOCATION_COUNT=FILE  writes how many there were, at the end
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER_TEXT_BYTES = 24, OWNER_ONLY = 0600 };

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *at, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);

static unsigned long seen, first, last;

static unsigned long
number(const char *name)
{
    const char *text = getenv(name);
    return text != NULL ? strtoul(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void
begin(void)
{
    first = number("FAULT_ALLOCATION");
    last = number("FAULT_ALLOCATION_LAST");
    last = last > first ? last : first;
    seen = 0;
}

__attribute__((destructor)) static void
end(void)
{
    const char *file = getenv("FAULT_ALLOCATION_COUNT");
    char text[NUMBER_TEXT_BYTES];
    if (file == NULL) {
        return;
    }
    int descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, OWNER_ONLY);
    int bytes = snprintf(text, sizeof text, "%lu", seen);
    if (descriptor < 0 || write(descriptor, text, (size_t)bytes) != bytes) {
        abort(); /* a sweep without its count would prove nothing */
    }
}

static int
fails(void)
{
    unsigned long now = __atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED);
    if (first == 0 || now < first || now > last) {
        return 0;
    }
    errno = ENOMEM;
    return 1;
}

void *
malloc(size_t bytes)
{
    return fails() ? NULL : __libc_malloc(bytes);
}

void *
calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : __libc_calloc(count, bytes);
}

void *
realloc(void *at, size_t bytes)
{
    return fails() ? NULL : __libc_realloc(at, bytes);
}

void *
aligned_alloc(size_t alignment, size_t bytes)
{
    return fails() ? NULL : __libc_memalign(alignment, bytes);
}

int
posix_memalign(void **out, size_t alignment, size_t bytes)
{
    if (fails()) {
        return ENOMEM;
    }
    *out = __libc_memalign(alignment, bytes);
    return *out != NULL ? 0 : ENOMEM;
}
