/**
 * @file
 * Does a Kea server on this machine run with what its file says?
 *
 * Kea has no command that answers this without writing.  A server on this machine names its process
 * in status-get, its process names its file, and a file that may be read can be compared by
 * meaning.
 */
#ifndef PK_DRIVERS_KEA_SAVED_H
#define PK_DRIVERS_KEA_SAVED_H

#include "drivers/kea-json.h"

enum { PK_KEA_UNSAVED_UNKNOWN = -1 };

/**
 * The file that the process @p pid of this machine was started with.
 * @return NULL when the process is no kea-dhcp4 or does not say
 */
const char *pk_kea_file_of_process(struct pk_pool *pool, int64_t pid);

/**
 * How many scopes differ between two configurations (`Dhcp4`), those that only one has included;
 * PK_KEA_UNSAVED_UNKNOWN when one of them makes no sense or the file lacks ids.
 */
int64_t pk_kea_count_unsaved(const struct pk_kea_value *running, const struct pk_kea_value *file);

#endif
