/* One pass that acts; everything about asking stands in agent/pass-verb.c. */
#include "agent/pass-verb.h"

enum pk_exit
pk_verb_apply(struct pk_context *context, const struct pk_arguments *arguments)
{
    const struct pk_pass_request request = {.yes = pk_argument(arguments, "yes") != NULL};
    return pk_pass_verb_act(context, request, NULL);
}
