/*
 * The rows stand in the order of their precedence, so that "worse" is "further up".  The numbers
 * are a contract with scripts and are never given to another meaning.
 */
#include "agent/exit-code.h"

#include <assert.h>
#include <stddef.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const struct pk_exit_row pk_exits[] = {
    {PK_EXIT_USAGE, "The command line was not understood; nothing was done."},
    {PK_EXIT_LOCKED, "Another pairkeeper holds the database; nothing was done."},
    {PK_EXIT_INVALID, "The desired state or the configuration has errors; no server was written."},
    {PK_EXIT_REFUSED, "The revision was refused: it rewinds or is not verified."},
    {PK_EXIT_STALE_PLAN, "The plan no longer fits what the servers hold; nothing of it was done."},
    {PK_EXIT_CANNOT_RUN,
     "The pass could not run: repository or database unusable, or no server readable."},
    {PK_EXIT_HELD, "A guard holds a relationship until somebody approves its plan."},
    {PK_EXIT_PARTIAL, "Some scopes failed, were blocked or are unknown."},
    {PK_EXIT_DRIFT, "Git and the servers differ: found by diff, or left by apply."},
    {PK_EXIT_IN_STEP, "Git and both servers agree, or the verb did what it was asked."},
};
const size_t pk_exit_count = COUNT_OF(pk_exits);

static size_t
rank_of(enum pk_exit code)
{
    size_t rank = 0;
    while (rank < pk_exit_count && pk_exits[rank].code != code) {
        rank++;
    }
    assert(rank < pk_exit_count);
    return rank;
}

enum pk_exit
pk_exit_worse(enum pk_exit a, enum pk_exit b)
{
    return rank_of(a) <= rank_of(b) ? a : b;
}

const char *
pk_exit_document(enum pk_exit code)
{
    return pk_exits[rank_of(code)].document;
}
