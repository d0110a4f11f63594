/**
 * @file
 * What must hold of whatever bytes the readers of the desired state are given: shared by the fuzz
 * targets and the tests of mutated files.
 *
 * Each function answers the first property that is broken, as a sentence in @p pool, or NULL.
 */
#ifndef PK_TESTS_READING_PROPERTIES_H
#define PK_TESTS_READING_PROPERTIES_H

#include "desired-state/snapshot.h"

/** Every diagnostic is one line of text and points into one of the files, or at none. */
const char *diagnostics_defect(struct pk_pool *pool, const struct pk_diagnostics *diagnostics,
                               const struct pk_source_file *files, size_t file_count);

/** The strict YAML reader: a tree within the limits, or an error with its place; always the same.
 */
const char *document_defect(struct pk_pool *pool, const struct pk_source_file *file);

/** What became of some files. */
struct reading {
    enum pk_code code;
    struct pk_diagnostics diagnostics; /**< sorted */
    struct pk_snapshot snapshot;       /**< when PK_OK */
};

/** Builds a snapshot without a configuration at hand. */
struct reading
read_files(struct pk_pool *pool, const struct pk_source_file *files, size_t file_count);

/**
 * All files together: errors with places, or a sorted snapshot of canonical values; the order in
 * which the files arrive changes nothing.
 */
const char *
files_defect(struct pk_pool *pool, const struct pk_source_file *files, size_t file_count);

#endif
