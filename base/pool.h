/**
 * @file
 * Lifetimes: everything belongs to a pool, and a pool is freed whole.
 *
 * A function that builds something takes the pool it will live in as its FIRST parameter, so the
 * lifetime stands at the call.  A pointer returned by a function without a pool parameter is
 * borrowed; the header says from what.  Pools nest: freeing one frees its children.  A pool belongs
 * to one thread.
 *
 * Small plain data is cut from blocks (a scope is a dozen tiny strings; one allocation each costs
 * more memory than the strings).  Things with a handle inside (database, repository) are not pool
 * data: they have _open and _close.
 *
 * Running out of memory ends the process: what must last is in Git and in SQLite, the supervisor
 * starts us again.  So nothing here returns NULL, and what a library could not allocate ends the
 * process as well, before a missing value is taken for an empty one.  Sizes of *input* are limited
 * where input is read.
 */
#ifndef PK_BASE_POOL_H
#define PK_BASE_POOL_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"

struct pk_pool;

/** Says so and ends the process: for an allocation outside of the pools that failed. */
_Noreturn void pk_out_of_memory(void);

#define PK_CLEANUP(function) __attribute__((cleanup(function)))

/** A pool that dies with the enclosing block. */
#define PK_SCRATCH(name) PK_CLEANUP(pk_pool_release) struct pk_pool *(name) = pk_pool_new(NULL)

/** @param parent  freed with it; NULL for a root of its own */
struct pk_pool *pk_pool_new(struct pk_pool *parent);

/** Frees the pool, all it holds and its children.  NULL is allowed. */
void pk_pool_free(struct pk_pool *pool);

/** Makes a root pool a child of @p parent: how a thread hands over what it made, once it is done.
 */
void pk_pool_adopt(struct pk_pool *parent, struct pk_pool *child);

/** For PK_CLEANUP. */
void pk_pool_release(struct pk_pool **pool);

/** Zeroed memory, aligned for any object. */
void *pk_alloc(struct pk_pool *pool, size_t bytes);

/** As pk_alloc() for @p count elements; ends the process when the product overflows. */
void *pk_alloc_array(struct pk_pool *pool, size_t count, size_t element_bytes);

#define pk_new(pool, type)          ((type *)pk_alloc((pool), sizeof(type)))
#define pk_array(pool, type, count) ((type *)pk_alloc_array((pool), (count), sizeof(type)))

char *pk_strdup(struct pk_pool *pool, const char *text);
char *pk_strndup(struct pk_pool *pool, const char *text, size_t bytes);
char *pk_sprintf(struct pk_pool *pool, const char *format, ...) PK_PRINTF(2, 3);
char *pk_vsprintf(struct pk_pool *pool, const char *format, va_list args) PK_PRINTF(2, 0);

/**
 * A growing array that lives in a pool.  `struct pk_foos { struct pk_foo *at; size_t count,
 * capacity; }` with `*pk_push(pool, &foos) = foo`.  Once it has grown, the array is only where the
 * vector says.
 */
#define PK_VECTOR(type)                                                                            \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t count, capacity;                                                                    \
    }

/** Address of a new zeroed last element; valid until the next push. */
#define pk_push(pool, vector)                                                                      \
    ((vector)->at = pk_grow((pool), (vector)->at, (vector)->count, &(vector)->capacity,            \
                            sizeof *(vector)->at),                                                 \
     &(vector)->at[(vector)->count++])

/** The array itself when there is room for one more, else a larger copy. */
void *pk_grow(struct pk_pool *pool, void *at, size_t count, size_t *capacity, size_t element_bytes);

#endif
