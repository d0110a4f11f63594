/**
 * @file
 * What shows in rows of any kind of server.  Same codes as a driver's own checks for the same
 * thing: who reports both drops one.
 */
#ifndef PK_AGENT_DOCTOR_ROWS_H
#define PK_AGENT_DOCTOR_ROWS_H

#include "drivers/finding.h"

struct pk_row_check {
    struct pk_check is;
    /** Of one server; NULL when the check is one of pairs. */
    void (*look)(struct pk_pool *pool, const struct pk_check *check, const char *server,
                 const struct pk_rows *rows, struct pk_findings *out);
    void (*look_pair)(struct pk_pool *pool, const struct pk_check *check,
                      const char *const servers[PK_PAIR], const struct pk_rows *const rows[PK_PAIR],
                      struct pk_findings *out);
};

extern const struct pk_row_check pk_row_checks[];
extern const size_t pk_row_check_count;

void pk_rows_examine(struct pk_pool *pool, const char *server, const struct pk_rows *rows,
                     struct pk_findings *out);
void pk_rows_examine_pair(struct pk_pool *pool, const char *const servers[PK_PAIR],
                          const struct pk_rows *const rows[PK_PAIR], struct pk_findings *out);

#endif
