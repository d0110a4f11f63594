/*
 * What a person approves is a text: relationship, actions in order, and of each row its server,
 * subnet and the two hashes.  Times, revisions and other relationships are not in it, so the same
 * intention has the same digest in `diff`, `apply` and `approve`.
 */
#include "reconcilers/plan-parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool
counts(const struct pk_action *action)
{
    return action->block == PK_BLOCK_NONE && action->status != PK_ACTION_NOT_APPLICABLE &&
           action->status != PK_ACTION_DONE;
}

static void
add_row(struct pk_text *text, const char *server, const char *what, const struct pk_sha256 *before,
        const struct pk_sha256 *wanted)
{
    char before_hex[PK_SHA256_HEX_BYTES], wanted_hex[PK_SHA256_HEX_BYTES];
    pk_text_addf(text, " %s %s %s %s\n", server, what, pk_sha256_hex(before_hex, before),
                 pk_sha256_hex(wanted_hex, wanted));
}

/* The relationship's settings are a row on each server. */
static void
add_settings(struct pk_text *text, const struct pk_relationship_plan *plan)
{
    struct pk_sha256 wanted = pk_parts_hash(&plan->comparison.want_relation.parts);
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_relation *held = pk_view_relation(plan->view, side);
        struct pk_sha256 before =
            held != NULL ? pk_parts_hash(&held->parts) : (struct pk_sha256){.bytes = {0}};
        add_row(text, plan->view->servers[side].name, "settings", &before, &wanted);
    }
}

struct pk_sha256
pk_relationship_digest(const struct pk_relationship_plan *plan)
{
    PK_SCRATCH(scratch);
    struct pk_text text = {.pool = scratch};
    size_t actions = 0;
    pk_text_addf(&text, "%s\n", plan->view->relationship->name);
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        if (!counts(action)) {
            continue;
        }
        actions++;
        pk_text_addf(&text, "%s\n", pk_operation_name(action->kind));
        if (action->kind == PK_OPERATION_RELATIONSHIP) {
            add_settings(&text, plan);
        }
        for (size_t j = 0; j < action->change_count; j++) {
            const struct pk_row_change *change = &action->changes[j];
            add_row(&text, plan->view->servers[change->side].name,
                    pk_prefix_text(scratch, change->subnet), &change->before, &change->wanted);
        }
    }
    return actions > 0 ? pk_sha256_of(pk_text_end(&text), text.count)
                       : (struct pk_sha256){.bytes = {0}};
}

static int
compare_by_name(const void *a, const void *b)
{
    const struct pk_relationship_plan *const *x = a, *const *y = b;
    return strcmp((*x)->view->relationship->name, (*y)->view->relationship->name);
}

struct pk_sha256
pk_plan_digest(const struct pk_relationship_plan *plans, size_t count)
{
    PK_SCRATCH(scratch);
    const struct pk_relationship_plan **sorted =
        pk_array(scratch, const struct pk_relationship_plan *, count + 1);
    size_t acting = 0;
    for (size_t i = 0; i < count; i++) {
        if (!pk_sha256_is_zero(&plans[i].digest)) {
            sorted[acting++] = &plans[i];
        }
    }
    qsort(sorted, acting, sizeof *sorted, compare_by_name);
    struct pk_text text = {.pool = scratch};
    for (size_t i = 0; i < acting; i++) {
        pk_text_addf(&text, "%s\n", pk_sha256_text(scratch, &sorted[i]->digest));
    }
    return acting > 0 ? pk_sha256_of(pk_text_end(&text), text.count)
                      : (struct pk_sha256){.bytes = {0}};
}
