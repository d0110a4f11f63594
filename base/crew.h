/**
 * @file
 * A few threads that share a row of tasks: for waiting on many servers at once.
 */
#ifndef PK_BASE_CREW_H
#define PK_BASE_CREW_H

#include <stddef.h>

/**
 * Calls @p work once for each index below @p count, from up to @p workers threads, the calling one
 * among them, and returns when all are done.  The others leave signals to the rest of the program.
 * A thread that cannot be had is done without.
 */
void
pk_crew_run(unsigned workers, size_t count, void (*work)(void *user, size_t index), void *user);

#endif
