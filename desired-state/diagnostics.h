/**
 * @file
 * Everything that is wrong with a revision or a configuration, with the place to open.
 *
 * Reading goes on after an error, so one run shows them all.  Rules are rows of the table in
 * desired-state/rules.c; a diagnostic names its rule's code.
 */
#ifndef PK_DESIRED_STATE_DIAGNOSTICS_H
#define PK_DESIRED_STATE_DIAGNOSTICS_H

#include "base/pool.h"
#include "desired-state/rules.h"

/** A place in a file; line and column from 1, 0 = the file as a whole. */
struct pk_mark {
    const char *file; /**< "" = the revision as a whole */
    unsigned line, column;
};

struct pk_diagnostic {
    struct pk_mark mark;
    enum pk_rule rule;
    const char *message; /**< one line, without a full stop              */
    const char *hint;    /**< what to do ("did you mean …"), or NULL     */
};

struct pk_diagnostics {
    struct pk_pool *pool; /**< owns messages and file names */
    PK_VECTOR(struct pk_diagnostic) list;
    size_t errors, warnings; /**< by the severity of the rule */
};

void pk_diagnose(struct pk_diagnostics *diagnostics, enum pk_rule rule, struct pk_mark mark,
                 const char *hint, const char *format, ...) PK_PRINTF(5, 6);

/** Sorts by file, line, column, rule and removes exact repeats. */
void pk_diagnostics_sort(struct pk_diagnostics *diagnostics);

/**
 * `file:line:column: message; hint [rule]`.  Without a line the file alone, without a file (the
 * revision as a whole) neither; a warning's message begins with `warning: `.
 */
const char *pk_diagnostic_text(struct pk_pool *pool, const struct pk_diagnostic *diagnostic);

#endif
