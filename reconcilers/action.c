/*
 * One action: its row changes in the order content flows, and the phrase that says why.
 */
#include "reconcilers/plan-parts.h"

#include "base/text.h"

struct changes {
    PK_VECTOR(struct pk_row_change) list;
};

static void
add_change(struct pk_pool *pool, struct changes *changes, int side,
           const struct pk_scope_state *scope, const struct pk_row *row)
{
    const struct pk_row *have = scope->have[side];
    struct pk_row_change change = {.side = side, .subnet = scope->subnet, .row = row};
    if (have != NULL) {
        change.before = have->hash;
    }
    if (row != NULL) {
        change.wanted = row->hash;
    }
    *pk_push(pool, &changes->list) = change;
}

/* Source first, whichever of the sides are written. */
static void
add_scope(struct pk_pool *pool, struct changes *changes, int first,
          const struct pk_scope_state *scope)
{
    const int sides[PK_PAIR] = {first, pk_other_side(first)};
    for (int i = 0; i < PK_PAIR; i++) {
        int side = sides[i];
        if (scope->writes[side]) {
            add_change(pool, changes, side, scope, scope->is_deleted ? NULL : &scope->write[side]);
        }
    }
}

/* -- Why ----------------------------------------------------------------------------------------
 */

/* The row is there no more, or never was. */
static const char *
why_missing(const struct pk_scope_state *scope, int source)
{
    int partner = pk_other_side(source);
    bool source_lacks = scope->writes[source] && scope->have[source] == NULL;
    bool partner_lacks = scope->writes[partner] && scope->have[partner] == NULL;
    if (source_lacks && partner_lacks) {
        bool verified = scope->base[source] != NULL || scope->base[partner] != NULL;
        return verified ? "deleted on both servers" : "new in Git";
    }
    return source_lacks ? "source lacks it" : partner_lacks ? "partner lacks it" : NULL;
}

static const char *
why_different(struct pk_pool *pool, const struct pk_scope_state *scope)
{
    static const char *const phrases[PK_CAUSE_COUNT] = {
        [PK_CAUSE_GIT] = "changed in Git",
        [PK_CAUSE_SOURCE] = "source edited",
        [PK_CAUSE_PARTNER] = "partner edited",
        [PK_CAUSE_BOTH] = "changed on both sides",
        [PK_CAUSE_UNKNOWN] = "differs, never verified",
    };
    unsigned causes = 0;
    for (size_t i = 0; i < scope->difference_count; i++) {
        const struct pk_difference *difference = &scope->differences[i];
        bool counts = scope->writes[difference->side] && scope->have[difference->side] != NULL;
        causes |= counts ? 1u << difference->cause : 0;
    }
    struct pk_text why = {.pool = pool};
    for (unsigned cause = 0; cause < PK_CAUSE_COUNT; cause++) {
        if ((causes >> cause & 1) != 0) {
            pk_text_addf(&why, "%s%s", why.count > 0 ? ", " : "", phrases[cause]);
        }
    }
    return pk_text_end(&why);
}

static const char *
why(struct pk_pool *pool, const struct pk_scope_state *scope, int source,
    const struct pk_scope_state *replaced)
{
    if (scope->is_deleted) {
        return scope->moved_to != NULL ? pk_sprintf(pool, "moves to %s", scope->moved_to)
                                       : "no longer in Git";
    }
    if (replaced != NULL) {
        return pk_sprintf(pool, "replaces %s", pk_prefix_text(pool, replaced->subnet));
    }
    const char *missing = why_missing(scope, source);
    const char *different = why_different(pool, scope);
    if (missing == NULL || *different == '\0') {
        return missing != NULL ? missing : different;
    }
    return pk_sprintf(pool, "%s, %s", missing, different);
}

/* -- Actions ------------------------------------------------------------------------------------
 */

static const struct pk_scope_state *const *
list_of(struct pk_pool *pool, const struct pk_scope_state *scope)
{
    const struct pk_scope_state **list = pk_array(pool, const struct pk_scope_state *, 1);
    list[0] = scope;
    return list;
}

struct pk_action
pk_action_of_scope(struct pk_pool *pool, const struct pk_pair_view *view,
                   enum pk_operation_kind kind, const struct pk_scope_state *scope,
                   const struct pk_scope_state *replaced)
{
    int source = view->relationship->source;
    struct changes changes = {0};
    if (replaced != NULL) {
        add_scope(pool, &changes, source, replaced);
    }
    add_scope(pool, &changes, source, scope);
    return (struct pk_action){
        .kind = kind,
        .from = source,
        .to = pk_other_side(source),
        .scopes = list_of(pool, scope),
        .scope_count = 1,
        .changes = changes.list.at,
        .change_count = changes.list.count,
        .reason = why(pool, scope, source, replaced),
        .block = scope->block,
        .block_message = scope->block_message,
        .status = scope->block != PK_BLOCK_NONE ? PK_ACTION_BLOCKED : PK_ACTION_PLANNED,
    };
}

struct pk_action
pk_action_of_server(struct pk_pool *pool, int to, const struct pk_scope_state *const *scopes,
                    size_t count)
{
    struct changes changes = {0};
    size_t missing = 0;
    for (size_t i = 0; i < count; i++) {
        add_change(pool, &changes, to, scopes[i], &scopes[i]->write[to]);
        missing += scopes[i]->have[to] == NULL;
    }
    return (struct pk_action){
        .kind = PK_OPERATION_REPLICATE_SERVER,
        .from = pk_other_side(to),
        .to = to,
        .scopes = scopes,
        .scope_count = count,
        .changes = changes.list.at,
        .change_count = changes.list.count,
        .reason = pk_sprintf(pool, "%zu missing, %zu different", missing, count - missing),
        .status = PK_ACTION_PLANNED,
    };
}

bool
pk_action_is_open(const struct pk_action *action)
{
    return action->block == PK_BLOCK_NONE && action->status != PK_ACTION_NOT_APPLICABLE;
}
