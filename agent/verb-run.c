/* The agent itself.  It holds the database's lock for as long as it lives. */
#include "agent/agent.h"
#include "agent/verb.h"

enum pk_exit
pk_verb_run(struct pk_context *context, const struct pk_arguments *arguments)
{
    (void)arguments;
    struct pk_error err = {0};
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, &err);
    if (code != PK_OK) {
        return pk_context_fail(context, code == PK_ELOCKED ? PK_EXIT_LOCKED : PK_EXIT_CANNOT_RUN,
                               &err);
    }
    return pk_agent_run(context);
}
