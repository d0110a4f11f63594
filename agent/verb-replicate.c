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
              struct pk_replicate_request *out)
{
    size_t count = arguments->positional_count - 1;
    struct pk_prefix *subnets = pk_array(context->pool, struct pk_prefix, count);
    for (size_t i = 0; i < count; i++) {
        if (!pk_verb_subnet(context, arguments, arguments->positional[i + 1], &subnets[i])) {
            return false;
        }
    }
    sort_subnets(subnets, &count);
    out->scopes = subnets;
    out->scope_count = count;
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
      struct pk_replicate_request *out)
{
    static const char *const words[PK_REPLICATE_COUNT] = {
        [PK_REPLICATE_SCOPES] = "scope",
        [PK_REPLICATE_RELATIONSHIP] = "relationship",
        [PK_REPLICATE_SERVER] = "server",
    };
    const char *word = arguments->positional[0];
    unsigned what = 0;
    while (what < PK_REPLICATE_COUNT && strcmp(words[what], word) != 0) {
        what++;
    }
    if (what == PK_REPLICATE_COUNT) {
        pk_verb_usage(context, arguments,
                      "what to replicate is scope, relationship or server, not '%s'", word);
        return false;
    }
    *out = (struct pk_replicate_request){
        .what = (enum pk_replicate_what)what,
        .from = pk_argument(arguments, "from"),
    };
    return what == PK_REPLICATE_SCOPES ? parse_subnets(context, arguments, out)
                                       : parse_name(context, arguments, &out->name);
}

enum pk_exit
pk_verb_replicate(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct pk_replicate_request replicate;
    if (!parse(context, arguments, &replicate)) {
        return PK_EXIT_USAGE;
    }
    const struct pk_pass_request request = {
        .replicate = &replicate,
        .yes = pk_argument(arguments, "yes") != NULL,
    };
    return pk_pass_verb_act(context, request, by_hand_note);
}
