/**
 * @file
 * A desk for verbs: a folder with a configuration and a database, and the command line run on it
 * with memory for streams.  What main() does is done here, but for the process.
 */
#ifndef PK_TESTS_AGENT_DESK_H
#define PK_TESTS_AGENT_DESK_H

#include "adm/db.h"
#include "agent/command-line.h"

struct desk {
    struct pk_pool *pool;
    const char *folder;
    bool is_terminal; /**< a person sits here */
    unsigned columns; /**< of the terminal; 0 = 80 */
    enum pk_exit exit;
    char *out, *err;  /**< of the last run */
    struct pk_db *db; /**< between desk_db() and desk_db_close() */
};

/** For cmocka's setup and teardown; *state is the desk. */
int desk_setup(void **state);
int desk_teardown(void **state);

const char *desk_path(const struct desk *desk, const char *name);
void desk_write(const struct desk *desk, const char *name, const char *text);

/** Runs `pairkeeper WORD…`, words closed by NULL. */
enum pk_exit desk_run(struct desk *desk, ...) __attribute__((sentinel));

/** Opens the database for writing, to put what a pass would. */
struct pk_db *desk_db(struct desk *desk);
void desk_db_close(struct desk *desk);

/** Asserts that the last run printed @p text. */
void desk_assert_out(const struct desk *desk, const char *text);
void desk_assert_err(const struct desk *desk, const char *text);

#endif
