/**
 * @file
 * Exit codes (design 6), a contract with scripts.  docs/exit-codes.md shows the table.
 */
#ifndef PK_AGENT_EXIT_CODE_H
#define PK_AGENT_EXIT_CODE_H

#include <stddef.h>

enum pk_exit {
    PK_EXIT_IN_STEP = 0,
    PK_EXIT_CANNOT_RUN = 1, /**< repository or database unusable, or no server readable   */
    PK_EXIT_DRIFT = 2,
    PK_EXIT_INVALID = 3, /**< desired state or configuration invalid                   */
    PK_EXIT_HELD = 4,
    PK_EXIT_PARTIAL = 5, /**< some scopes failed, were blocked or are unknown          */
    PK_EXIT_STALE_PLAN = 6,
    PK_EXIT_LOCKED = 7,
    PK_EXIT_REFUSED = 8, /**< revision refused: rewound or unverified                  */
    PK_EXIT_USAGE = 64,
};

/** One row per code, highest precedence first. */
struct pk_exit_row {
    enum pk_exit code;
    const char *document;
};

extern const struct pk_exit_row pk_exits[];
extern const size_t pk_exit_count;

/** Of several outcomes the one that is reported: 64, 7, 3, 8, 6, 1, 4, 5, 2, 0. */
enum pk_exit pk_exit_worse(enum pk_exit a, enum pk_exit b);

/** One sentence for help and documentation. */
const char *pk_exit_document(enum pk_exit code);

#endif
