/**
 * @file
 * A folder of its own for each test, with a real repository made by the git command.
 */
#ifndef PK_TESTS_GIT_FIXTURE_H
#define PK_TESTS_GIT_FIXTURE_H

#include "base/pool.h"
#include "desired-state/repository.h"

struct fixture {
    struct pk_pool *pool;
    const char *folder;                 /**< absolute; removed at the end              */
    struct pk_repository_config config; /**< of repository `source`, branch main       */
    struct pk_diagnostics diagnostics;
    struct pk_error err;
    struct pk_source_file *files;
    size_t count;
};

/** cmocka's setup and teardown; @p state becomes a struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** Runs a shell script in the fixture's folder, stopping at the first failure; it must succeed. */
void run(const struct fixture *fixture, const char *format, ...) PK_PRINTF(2, 3);

/** The same, and its output without the last line end. */
const char *output(const struct fixture *fixture, const char *format, ...) PK_PRINTF(2, 3);

/** PATH in the fixture's folder. */
const char *in(const struct fixture *fixture, const char *path);

/** Executable shell script of this name, with the body given. */
const char *script(const struct fixture *fixture, const char *name, const char *body);

/** "path path …" of the files read; "message [file]; …" of the diagnostics. */
const char *paths(const struct fixture *fixture);
const char *findings(struct fixture *fixture);

#endif
