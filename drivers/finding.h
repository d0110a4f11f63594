/**
 * @file
 * Checks as rows of tables: what a check looks for and what to do about it is said once, for
 * findings and for the reference page.
 */
#ifndef PK_DRIVERS_FINDING_H
#define PK_DRIVERS_FINDING_H

#include "drivers/driver.h"

/** What every table of checks has in its rows, whoever looks. */
struct pk_check {
    const char *code; /**< stable, lower case, with dashes */
    enum pk_severity_of_finding severity;
    const char *document; /**< one sentence: what is found, and why it matters */
    const char *advice;   /**< what to do about it, no full stop               */
};

/** `note`, `warning`, `problem` */
const char *pk_finding_severity_name(enum pk_severity_of_finding severity);

/**
 * Adds what @p check has found.
 * @param out     code and advice are the row's, the message is made in @p pool: bytes of it that
 * are no UTF-8 become question marks
 * @param server  borrowed; NULL = the pair
 * @param subnet  borrowed; text of a prefix, or NULL
 */
void
pk_finding_add(struct pk_pool *pool, struct pk_findings *out, const struct pk_check *check,
               const char *server, const char *subnet, const char *format, ...) PK_PRINTF(6, 7);

#endif
