/* The version, for people and for programs that must know which JSON to expect. */
#include "agent/verb.h"

enum pk_exit
pk_verb_version(struct pk_context *context, const struct pk_arguments *arguments)
{
    (void)arguments;
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_object_set_new(document, "version", json_string(PAIRKEEPER_VERSION));
        pk_context_print_json(context, document);
    } else {
        fprintf(context->out, "pairkeeper %s\n", PAIRKEEPER_VERSION);
    }
    return PK_EXIT_IN_STEP;
}
