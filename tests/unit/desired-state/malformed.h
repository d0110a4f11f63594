/**
 * @file
 * Malformed YAML files that people or attackers wrote, and a generator of more.
 */
#ifndef PK_TESTS_MALFORMED_H
#define PK_TESTS_MALFORMED_H

#include <stdint.h>

#include "base/pool.h"

/** Written by hand, each with an error in it. */
struct malformed_file {
    const char *text; /**< may be followed by @p repeat copies of @p more */
    const char *more;
    size_t repeat;
    const char *code; /**< of a rule that it breaks */
};

extern const struct malformed_file malformed_files[];
extern const size_t malformed_file_count;

/** The whole text of one. */
const char *malformed_text(struct pk_pool *pool, const struct malformed_file *file, size_t *size);

/** A generator of numbers, the same from the same seed on every machine. */
struct dice {
    uint64_t state;
};

/** A number below @p limit. */
size_t dice_roll(struct dice *dice, size_t limit);

/** A copy of @p bytes with one to three of the mistakes that editors, merges and attackers make. */
const char *mutate(struct pk_pool *pool, struct dice *dice, const char *bytes, size_t size,
                   size_t *mutant_size);

#endif
