/**
 * @file
 * Ranges in two halves, one for the clients of each server (`split-ranges: true`).
 *
 * Two servers that balance load take the addresses of a pool in the same order, and offer the same
 * one to different clients, unless each pool is tied to the class of the clients that one of them
 * serves.  Git goes on naming whole ranges; what is wanted on both servers are their halves.
 */
#ifndef PK_RECONCILERS_SPLIT_RANGES_H
#define PK_RECONCILERS_SPLIT_RANGES_H

#include "desired-state/snapshot.h"

/**
 * The lower half of each range with the class of server 1, the upper one with that of server 2,
 * both with the range's own settings.  Where a range has an odd number of addresses, the one more
 * goes to server 1, next time to server 2, and so on.
 * @param value    canonical `ranges` (adm/ranges.h), none of them tied to a class
 * @param classes  of the clients that each server serves
 * @return canonical `ranges` of the same addresses
 */
const char *
pk_split_ranges(struct pk_pool *pool, const char *value, const char *const classes[PK_PAIR]);

/**
 * The scopes as they are wanted on servers with these classes.  One that Git wants inactive serves
 * nobody and keeps its ranges whole.
 */
struct pk_wanted_scopes pk_split_scopes(struct pk_pool *pool, struct pk_wanted_scopes scopes,
                                        const char *const classes[PK_PAIR]);

#endif
