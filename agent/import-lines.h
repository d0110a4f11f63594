/**
 * @file
 * Lines of YAML while they are written, each with what it is about.  Between import-yaml.c, which
 * says them, and import-files.c, which divides them into files.
 */
#ifndef PK_AGENT_IMPORT_LINES_H
#define PK_AGENT_IMPORT_LINES_H

#include "agent/import-yaml.h"
#include "base/text.h"

/** Columns at which lines begin. */
enum {
    PK_INDENT_NONE = 0,
    PK_INDENT_SCOPE = 2,
    PK_INDENT_FIELD = 4,
    PK_INDENT_MEMBER = 6,
    PK_INDENT_DEEP = 8,
};

struct pk_lines {
    struct pk_pool *pool;
    const struct pk_import *import;
    struct pk_text text;
    PK_VECTOR(struct pk_import_line) list;
    struct pk_import_line at; /**< what the next lines are about  */
    bool commented;           /**< the next lines stand behind `#` */
};

/** `WORD VALUE  # REMARK`; value and remark may be NULL.  Remarks and words behind `#` are any
 * text. */
void pk_lines_put(struct pk_lines *lines, unsigned indent, const char *word, const char *value,
                  const char *remark);

/** An empty line. */
void pk_lines_put_blank(struct pk_lines *lines);

/** `KEY: VALUE  # REMARK`, the key quoted where need be. */
void pk_lines_put_member(struct pk_lines *lines, unsigned indent, const char *key,
                         const char *value, const char *remark);

/** What the partner holds instead of a part, as a remark behind its line; NULL: the same. */
const char *pk_lines_difference(const struct pk_lines *lines, const struct pk_import_part *part);

/** The same in a line of its own, for a part that has none. */
void
pk_lines_put_difference(struct pk_lines *lines, unsigned indent, const struct pk_import_part *part);

/** A part that is left out, behind `#`; options and reservations below a header of theirs. */
void pk_lines_put_left_out(struct pk_lines *lines, const struct pk_import_part *part);

/** `# left out [RULE]: WHAT: MESSAGE`; @p what may be "". */
void pk_lines_put_refusal(struct pk_lines *lines, unsigned indent,
                          const struct pk_import_refusal *why, const char *what);

/** An item of `scopes`, or all of it behind `#`. */
void pk_lines_put_scope(struct pk_lines *lines, struct pk_import_scope *scope);

/** `relationships` with the one relationship. */
void pk_lines_put_relationship(struct pk_lines *lines);

#endif
