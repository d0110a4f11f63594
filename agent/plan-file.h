/**
 * @file
 * Plan files: a plan as `diff --out` wrote it, to be applied exactly or not at all.
 *
 * The file is the JSON of `diff` with `kind: pairkeeper-plan`.  Its digests say what would be
 * written; what it lists is for whoever reviews it.
 */
#ifndef PK_AGENT_PLAN_FILE_H
#define PK_AGENT_PLAN_FILE_H

#include "agent/context.h"
#include "agent/pass.h"

/** Plan files are read up to this size. */
#define PK_PLAN_FILE_BYTES ((size_t)256 * 1024 * 1024)

struct pk_plan_file {
    json_t *document;         /**< checked: pk_plan_file_close() lets it go */
    const char *ref, *commit; /**< borrowed from it */
    struct pk_sha256 digest;  /**< zero: nothing was to be done */
};

/**
 * Writes the plan whole or not at all.  A pass that could not read every server has no plan.
 * @return PK_OK; PK_EAGAIN: a server is unknown; PK_ESYS
 */
enum pk_code pk_plan_file_write(struct pk_pool *pool, const char *path,
                                const struct pk_pass_result *result, struct pk_error *err);

/**
 * Reads @p bytes of text, strictly: JSON of this major version, every part that is used of its
 * type, digests that fit each other.
 * @param where  for messages
 * @return PK_OK; PK_EINVAL
 */
enum pk_code pk_plan_file_parse(const char *text, size_t bytes, const char *where,
                                struct pk_plan_file *out, struct pk_error *err);

/** The same from a file.  @return also PK_ENOENT, PK_EACCESS, PK_ESYS */
enum pk_code pk_plan_file_read(const char *path, struct pk_plan_file *out, struct pk_error *err);

/** Also of a zeroed one. */
void pk_plan_file_close(struct pk_plan_file *file);

#endif
