/*
 * The protocol's three granularities by hand.  The words are judged here, the names by the pass,
 * which knows what there is.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/pass-verb.h"

static const char by_hand_note[] =
    "replicated by hand: content that Git owns is put back by the next pass; to keep it, commit it";

static int
compare_prefixes(const void *a, const void *b)
{
    return pk_prefix_compare(*(const struct pk_prefix *)a, *(const struct pk_prefix *)b);
}

/* Sorted, each once. */
static void
sort_subnets(struct pk_prefix *subnets, size_t *count)
{
    size_t kept = 0;
    qsort(subnets, *count, sizeof *subnets, compare_prefixes);
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || pk_prefix_compare(subnets[kept - 1], subnets[i]) != 0) {
            subnets[kept++] = subnets[i];
        }
    }
    *count = kept;
}

static bool
parse_subnets(struct pk_context *context, const struct pk_arguments *arguments,
              struct pk_hand_replicate *out)
{
    size_t count = arguments->positional_count - 1;
    struct pk_prefix *subnets = pk_array(context->pool, struct pk_prefix, count);
    for (size_t i = 0; i < count; i++) {
        if (!pk_verb_subnet(context, arguments, arguments->positional[i + 1], &subnets[i])) {
            return false;
        }
    }
    sort_subnets(subnets, &count);
    out->subnets = subnets;
    out->subnet_count = count;
    return true;
}

/* `relationship` and `server` take one name. */
static bool
parse_name(struct pk_context *context, const struct pk_arguments *arguments, const char **out)
{
    if (arguments->positional_count > 2) {
        pk_verb_usage(context, arguments, "replicate %s takes one name, '%s' is too much",
                      arguments->positional[0], arguments->positional[2]);
        return false;
    }
    *out = arguments->positional[1];
    return true;
}

static bool
parse(struct pk_context *context, const struct pk_arguments *arguments,
      struct pk_hand_replicate *out)
{
    const char *what = arguments->positional[0];
    *out = (struct pk_hand_replicate){.kind = PK_OPERATION_REPLICATE_SCOPE,
                                      .from = pk_argument(arguments, "from")};
    if (strcmp(what, "scope") == 0) {
        return parse_subnets(context, arguments, out);
    }
    if (strcmp(what, "relationship") == 0) {
        return parse_name(context, arguments, &out->relationship);
    }
    if (strcmp(what, "server") == 0) {
        out->kind = PK_OPERATION_REPLICATE_SERVER;
        return parse_name(context, arguments, &out->server);
    }
    pk_verb_usage(context, arguments,
                  "what to replicate is scope, relationship or server, not '%s'", what);
    return false;
}

enum pk_exit
pk_verb_replicate(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct pk_hand_replicate replicate;
    if (!parse(context, arguments, &replicate)) {
        return PK_EXIT_USAGE;
    }
    const struct pk_pass_request request = {
        .replicate = &replicate,
        .yes = pk_argument(arguments, "yes") != NULL,
    };
    return pk_pass_verb_act(context, request, by_hand_note);
}
