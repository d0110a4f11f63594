/**
 * @file
 * What is publicly known of versions of Kea: weaknesses and the version that mends each.
 */
#ifndef PK_DRIVERS_KEA_VERSIONS_H
#define PK_DRIVERS_KEA_VERSIONS_H

#include "drivers/kea-facts.h"

/** Versions first <= v < end have it. */
struct pk_kea_weakness {
    struct pk_kea_version first, end;
    struct pk_kea_version fixed; /**< the one to upgrade to at least */
    const char *names;           /**< CVE numbers           */
    const char *what;            /**< in a few words        */
};

extern const struct pk_kea_weakness pk_kea_weaknesses[];
extern const size_t pk_kea_weakness_count;

/** The oldest series that ISC still mends. */
extern const struct pk_kea_version pk_kea_oldest_supported;

#endif
