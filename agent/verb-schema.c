/* What people write and programs read, as JSON Schema or, where there is one, as a page to read. */
#include "agent/pages.h"
#include "agent/schema.h"
#include "agent/verb.h"
#include "base/nearest.h"

static const char default_schema[] = "desired-state";

static enum pk_exit
unknown(struct pk_context *context, const struct pk_arguments *arguments, const char *name)
{
    struct pk_nearest nearest = {.wanted = name};
    const char *names = "";
    for (size_t i = 0; i < pk_schema_count; i++) {
        pk_nearest_offer(&nearest, pk_schemas[i].name);
        names = pk_sprintf(context->pool, "%s%s%s", names, i > 0 ? ", " : "", pk_schemas[i].name);
    }
    return nearest.best != NULL
               ? pk_verb_usage(context, arguments, "there is no schema '%s'; did you mean '%s'?",
                               name, nearest.best)
               : pk_verb_usage(context, arguments, "there is no schema '%s'; there are %s", name,
                               names);
}

enum pk_exit
pk_verb_schema(struct pk_context *context, const struct pk_arguments *arguments)
{
    const char *of = pk_argument(arguments, "of");
    const char *name = of != NULL ? of : default_schema;
    if (context->format == PK_FORMAT_MARKDOWN) {
        const char *page = pk_page(context->pool, name);
        if (page == NULL) {
            return pk_verb_usage(context, arguments, "there is no page '%s'; there are %s", name,
                                 pk_page_names(context->pool));
        }
        fputs(page, context->out);
        return PK_EXIT_IN_STEP;
    }
    json_t *schema = pk_schema_of(name);
    if (schema == NULL) {
        return unknown(context, arguments, name);
    }
    pk_context_print_json(context, schema);
    return PK_EXIT_IN_STEP;
}
