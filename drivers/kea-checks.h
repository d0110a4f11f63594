/**
 * @file
 * What can be wrong with a Kea server, or with two that are partners: one row for each check.
 *
 * Pure functions over facts.  A check tells what is there; what could not be found out is no
 * finding.
 */
#ifndef PK_DRIVERS_KEA_CHECKS_H
#define PK_DRIVERS_KEA_CHECKS_H

#include "drivers/finding.h"
#include "drivers/kea-facts.h"

/** Where a check tells what it found: the row is known, so code, severity and advice are too. */
struct pk_kea_report {
    struct pk_pool *pool;
    struct pk_findings *out;
    const struct pk_check *check;
    const char *server; /**< NULL = the pair */
};

void pk_kea_tell(const struct pk_kea_report *report, const char *subnet, const char *format, ...)
    PK_PRINTF(3, 4);

struct pk_kea_check {
    struct pk_check is;
    void (*look)(const struct pk_kea_report *report, const struct pk_kea_facts *facts);
};

struct pk_kea_pair_check {
    struct pk_check is;
    void (*look)(const struct pk_kea_report *report, const struct pk_kea_facts *a,
                 const struct pk_kea_facts *b);
};

extern const struct pk_kea_check pk_kea_checks[];
extern const size_t pk_kea_check_count;
extern const struct pk_kea_pair_check pk_kea_pair_checks[]; /**< subnet ids come first */
extern const size_t pk_kea_pair_check_count;

void
pk_kea_examine(struct pk_pool *pool, const struct pk_kea_facts *facts, struct pk_findings *out);
void pk_kea_examine_pair(struct pk_pool *pool, const struct pk_kea_facts *a,
                         const struct pk_kea_facts *b, struct pk_findings *out);

#endif
