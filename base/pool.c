/*
 * A bump allocator whose blocks are talloc chunks: talloc gives the nesting and frees a tree of
 * pools in one call, the blocks keep a hundred thousand scopes from being two million chunks.  The
 * first block comes with the pool: most pools need no other.
 *
 * Objects are cut from the front of a block and texts, which need no alignment, from its end.  What
 * is cut is zeroed then and not with its block: it is about to be written, and texts never need it.
 */
#include "base/pool.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <talloc.h>

enum {
    FIRST_BLOCK_BYTES = 768, /* with the pool and talloc's header what malloc has ready */
    SECOND_BLOCK_BYTES = 2048,
    LARGEST_BLOCK_BYTES = 256 * 1024,
    FIRST_VECTOR_CAPACITY = 8,
    USUAL_TEXT_BYTES = 256,
    LARGE_VECTOR_SHARE = 4, /* a large vector grows by a quarter: what is not used costs memory */
};

struct pk_pool {
    char *next;         /* first free byte of the current block */
    size_t left;        /* free bytes from there                */
    size_t block_bytes; /* size of the next block               */
    alignas(max_align_t) char first[FIRST_BLOCK_BYTES];
};

void
pk_out_of_memory(void)
{
    fputs("pairkeeper: out of memory: what was done is on record, run it again\n", stderr);
    abort();
}

struct pk_pool *
pk_pool_new(struct pk_pool *parent)
{
    struct pk_pool *pool = talloc(parent, struct pk_pool);
    if (pool == NULL) {
        pk_out_of_memory();
    }
    pool->next = pool->first;
    pool->left = FIRST_BLOCK_BYTES;
    pool->block_bytes = SECOND_BLOCK_BYTES;
    return pool;
}

void
pk_pool_free(struct pk_pool *pool)
{
    if (pool != NULL) {
        talloc_free(pool);
    }
}

void
pk_pool_adopt(struct pk_pool *parent, struct pk_pool *child)
{
    talloc_steal(parent, child);
}

void
pk_pool_release(struct pk_pool **pool)
{
    pk_pool_free(*pool);
    *pool = NULL;
}

static void *
new_block(struct pk_pool *pool, size_t bytes)
{
    void *block = talloc_size(pool, bytes);
    if (block == NULL) {
        pk_out_of_memory();
    }
    return block;
}

/* Is there room for so much?  If not, there is in a new block, unless it is to be one of its own.
 */
static bool
make_room(struct pk_pool *pool, size_t bytes)
{
    if (bytes <= pool->left) {
        return true;
    }
    if (bytes > pool->block_bytes / 2) {
        return false; /* the current block keeps its rest */
    }
    pool->next = new_block(pool, pool->block_bytes);
    pool->left = pool->block_bytes;
    if (pool->block_bytes < LARGEST_BLOCK_BYTES) {
        pool->block_bytes *= 2;
    }
    return true;
}

/* Room for an object; nothing is written there. */
static void *
cut_object(struct pk_pool *pool, size_t bytes)
{
    const size_t align = alignof(max_align_t);
    if (bytes > SIZE_MAX - align) {
        pk_out_of_memory();
    }
    size_t rounded = bytes == 0 ? align : (bytes + align - 1) / align * align;
    if (!make_room(pool, rounded)) {
        return new_block(pool, rounded);
    }
    void *cut = pool->next;
    pool->next += rounded;
    pool->left -= rounded;
    return cut;
}

/* Room for a text; nothing is written there. */
static char *
cut_text(struct pk_pool *pool, size_t bytes)
{
    if (!make_room(pool, bytes)) {
        return new_block(pool, bytes);
    }
    pool->left -= bytes;
    return pool->next + pool->left;
}

void *
pk_alloc(struct pk_pool *pool, size_t bytes)
{
    return memset(cut_object(pool, bytes), 0, bytes);
}

void *
pk_alloc_array(struct pk_pool *pool, size_t count, size_t element_bytes)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, element_bytes, &bytes)) {
        pk_out_of_memory();
    }
    return pk_alloc(pool, bytes);
}

char *
pk_strndup(struct pk_pool *pool, const char *text, size_t bytes)
{
    if (bytes == SIZE_MAX) {
        pk_out_of_memory();
    }
    char *copy = cut_text(pool, bytes + 1);
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return copy;
}

char *
pk_strdup(struct pk_pool *pool, const char *text)
{
    return pk_strndup(pool, text, strlen(text));
}

char *
pk_vsprintf(struct pk_pool *pool, const char *format, va_list args)
{
    char usual[USUAL_TEXT_BYTES];
    va_list again;
    va_copy(again, args);
    int bytes = vsnprintf(usual, sizeof usual, format, again);
    va_end(again);
    if (bytes < 0) {
        pk_out_of_memory();
    }
    if ((size_t)bytes < sizeof usual) {
        return pk_strndup(pool, usual, (size_t)bytes);
    }
    char *text = cut_text(pool, (size_t)bytes + 1);
    vsnprintf(text, (size_t)bytes + 1, format, args);
    return text;
}

char *
pk_sprintf(struct pk_pool *pool, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = pk_vsprintf(pool, format, args);
    va_end(args);
    return text;
}

/* What is larger than any block is a chunk of its own, and moves without leaving a copy behind. */
static void *
grow_chunk(struct pk_pool *pool, void *at, size_t old_bytes, size_t bytes)
{
    char *larger = talloc_realloc_size(pool, at, bytes);
    if (larger == NULL) {
        pk_out_of_memory();
    }
    memset(larger + old_bytes, 0, bytes - old_bytes);
    return larger;
}

void *
pk_grow(struct pk_pool *pool, void *at, size_t count, size_t *capacity, size_t element_bytes)
{
    if (count < *capacity) {
        return at;
    }
    size_t old_bytes = count * element_bytes;
    bool is_chunk = old_bytes > LARGEST_BLOCK_BYTES;
    size_t more = is_chunk ? count / LARGE_VECTOR_SHARE : count;
    *capacity = count == 0 ? FIRST_VECTOR_CAPACITY : count + more;
    if (is_chunk && *capacity < SIZE_MAX / element_bytes) {
        return grow_chunk(pool, at, old_bytes, *capacity * element_bytes);
    }
    void *larger = pk_alloc_array(pool, *capacity, element_bytes);
    if (count != 0) {
        memcpy(larger, at, old_bytes);
    }
    return larger;
}
