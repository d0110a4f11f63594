/**
 * @file
 * "Did you mean": the known name nearest to a misspelt one.
 */
#ifndef PK_BASE_NEAREST_H
#define PK_BASE_NEAREST_H

#include <stddef.h>

/** Keeps the best of the names offered one after the other; start with {.wanted = text}. */
struct pk_nearest {
    const char *wanted;
    const char *best; /**< borrowed from the offers; NULL while nothing is near enough */
    size_t best_distance;
};

/** Offers one known name.  Ties keep the name offered first. */
void pk_nearest_offer(struct pk_nearest *nearest, const char *known);

#endif
