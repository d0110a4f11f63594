/*
 * The truth table of causes (design 5.2), read from the top: the first row that fits answers.  It
 * is a function of values alone, so that a test can ask all of it.
 */
#include "reconcilers/compare.h"

#include <string.h>

const char *
pk_cause_name(enum pk_cause cause)
{
    static const char *const names[] = {
        [PK_CAUSE_GIT] = "git",   [PK_CAUSE_SOURCE] = "source",   [PK_CAUSE_PARTNER] = "partner",
        [PK_CAUSE_BOTH] = "both", [PK_CAUSE_UNKNOWN] = "unknown",
    };
    return cause < PK_CAUSE_COUNT ? names[cause] : "unknown";
}

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

enum pk_cause
pk_cause_of(const struct pk_cause_facts *facts)
{
    if (!facts->has_base) {
        return facts->any_row ? PK_CAUSE_UNKNOWN : PK_CAUSE_GIT;
    }
    if (equal(facts->have, facts->base)) {
        return facts->git_owns ? PK_CAUSE_GIT : PK_CAUSE_SOURCE;
    }
    if (equal(facts->want, facts->base)) {
        return facts->is_source ? PK_CAUSE_SOURCE : PK_CAUSE_PARTNER;
    }
    return PK_CAUSE_BOTH;
}

const char *
pk_block_name(enum pk_block block)
{
    switch (block) {
    case PK_BLOCK_NONE:
        return "";
    case PK_BLOCK_OVERLAP:
        return "Conflict/Overlap";
    case PK_BLOCK_NO_ID:
        return "NoFreeId";
    }
    return "";
}
