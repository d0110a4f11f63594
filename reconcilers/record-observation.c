/*
 * What a look alone teaches: bases follow what is as wanted, rows that are equal already are
 * adopted without a word to any server, and what Git stopped saying is told once.  Each thing is
 * compared with what is known before it is written, so a pass that finds nothing new writes
 * nothing.
 */
#include <string.h>

#include "adm/applied.h"
#include "adm/events.h"
#include "adm/mirror.h"
#include "base/text.h"
#include "reconcilers/base-after.h"
#include "reconcilers/execute.h"

struct recording {
    struct pk_txn txn;
    struct pk_pool *pool;
    const struct pk_pair_view *view;
    const char *revision;
    bool unsaved; /* a server that dies now comes back with what was deleted on it */
};

static void
tell(struct recording *recording, enum pk_reason reason, struct pk_prefix subnet,
     const char *server, const char *message)
{
    pk_event_add(&recording->txn, &(struct pk_event){
                                      .time = pk_wall_now(),
                                      .reason = reason,
                                      .relationship = recording->view->relationship->name,
                                      .subnet = pk_prefix_text(recording->pool, subnet),
                                      .server = server,
                                      .revision = recording->revision,
                                      .message = message,
                                  });
}

/* -- Bases ------------------------------------------------------------------------------------ */

/*
 * A base credited to an unfinished operation is the row itself, and is not in the database yet; one
 * kept under another relationship moves here.
 */
static bool
is_new_base(const struct pk_row *have, const struct pk_row *base, const struct pk_parts *after,
            const char *name)
{
    if (base == NULL || !pk_parts_are_equal(after, &base->parts)) {
        return true;
    }
    bool credited = have != NULL && have->parts.at == base->parts.at;
    bool moved = base->relationship != NULL && strcmp(base->relationship, name) != 0;
    return credited || moved;
}

/* A scope that is still linked to the relationship it is to leave counts there until it has left.
 */
static const char *
relationship_of(const struct recording *recording, int side, const struct pk_row *have,
                const struct pk_row *base)
{
    bool stays = base != NULL && base->relationship != NULL && have != NULL &&
                 have->relationship != NULL && !pk_view_has(recording->view, side, have);
    return stays ? base->relationship : recording->view->relationship->name;
}

/* @return whether the row has a base now */
static bool
move_base(struct recording *recording, const struct pk_scope_state *scope, int side)
{
    const char *name = recording->view->relationship->name;
    const char *server = recording->view->servers[side].name;
    const struct pk_row *have = scope->have[side], *base = scope->base[side];
    if (!pk_base_follows(recording->view, scope)) {
        bool gone = scope->wanted == NULL && have == NULL && base != NULL && !recording->unsaved;
        if (gone) { /* and nobody wants it back */
            pk_applied_delete(&recording->txn, name, server, scope->subnet);
        }
        return base != NULL && !gone;
    }
    struct pk_parts want = pk_base_want(recording->pool, scope), after;
    if (!pk_base_after(recording->pool, have != NULL ? &have->parts : NULL, &want,
                       base != NULL ? &base->parts : NULL, &after)) {
        return false;
    }
    const char *kept_under = relationship_of(recording, side, have, base);
    if (is_new_base(have, base, &after, kept_under)) {
        pk_applied_put(&recording->txn, kept_under, server, scope->subnet, &after);
    }
    return true;
}

/* Told once for the scope, whichever of its rows is the first to have a base. */
static void
tell_adopted(struct recording *recording, const struct pk_scope_state *scope,
             const bool has_base[PK_PAIR])
{
    bool had = scope->base[PK_SERVER_1] != NULL || scope->base[PK_SERVER_2] != NULL;
    if (had || (!has_base[PK_SERVER_1] && !has_base[PK_SERVER_2])) {
        return;
    }
    bool both = has_base[PK_SERVER_1] && has_base[PK_SERVER_2];
    int side = has_base[PK_SERVER_1] ? PK_SERVER_1 : PK_SERVER_2;
    const char *server = both ? NULL : recording->view->servers[side].name;
    tell(recording, PK_REASON_SCOPE_ADOPTED, scope->subnet, server,
         "it was as wanted already; from now on changes to it are noticed");
}

static void
set_status(struct recording *recording, const struct pk_scope_state *scope)
{
    enum pk_sync_status status = pk_rows_status(scope->have);
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (scope->have[side] != NULL && scope->have[side]->status != status) {
            pk_adm_scope_set_status(&recording->txn, recording->view->servers[side].name,
                                    scope->subnet, status);
        }
    }
}

/* -- Ownership -------------------------------------------------------------------------------- */

static void
tell_released(struct recording *recording, const struct pk_scope_state *scope,
              const struct pk_parts *before, const struct pk_parts *now)
{
    struct pk_parts_walk walk = {.a = before, .b = now};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        if (pair.b == NULL && (pair.field->flags & PK_FIELD_KEY) == 0) {
            const char *field = pk_part_name(recording->pool, pair.field, pair.key);
            tell(recording, PK_REASON_FIELD_RELEASED, scope->subnet, NULL,
                 pk_sprintf(recording->pool,
                            "%s is no longer stated in Git: the value stays, and is from now on "
                            "the servers' own",
                            field));
        }
    }
}

/*
 * What stays of a dropped scope's ownership is its key alone: enough to know that Git once named it
 * (`prune: owned` may come later), and to have told so.
 */
static struct pk_parts
owned_by_dropped(struct pk_pool *pool)
{
    struct pk_part *at = pk_array(pool, struct pk_part, 1);
    *at =
        (struct pk_part){.field = &pk_scope_fields.at[PK_SCOPE_SUBNET], .key = "", .value = "true"};
    return (struct pk_parts){.at = at, .count = 1};
}

static void
tell_dropped(struct recording *recording, const struct pk_scope_state *scope)
{
    tell(recording, PK_REASON_SCOPE_DROPPED, scope->subnet, NULL,
         recording->view->relationship->prune == PK_PRUNE_OWNED
             ? "Git no longer names it: it is to be deleted (prune: owned)"
             : "Git no longer names it: it is kept as it is (prune: never)");
}

static void
record_owned(struct recording *recording, const struct pk_scope_state *scope)
{
    static const struct pk_parts nothing;
    const struct pk_row *before = pk_rows_find(&recording->view->owned_before, scope->subnet);
    const struct pk_parts *was = before != NULL ? &before->parts : &nothing;
    struct pk_parts now;
    if (scope->kind == PK_SCOPE_DROPPED) {
        now = owned_by_dropped(recording->pool);
        if (!pk_parts_are_equal(was, &now)) {
            tell_dropped(recording, scope);
        }
    } else {
        now = pk_owned_parts(recording->pool, scope->wanted);
        tell_released(recording, scope, was, &now);
    }
    if (!pk_parts_are_equal(was, &now)) {
        pk_owned_put(&recording->txn, recording->view->relationship->name, scope->subnet, &now);
    }
}

static bool
is_as_it_is_to_be(const struct pk_scope_state *scope)
{
    return scope->difference_count == 0 && !scope->writes[PK_SERVER_1] &&
           !scope->writes[PK_SERVER_2];
}

static void
record_scope(struct recording *recording, const struct pk_scope_state *scope)
{
    bool has_base[PK_PAIR];
    has_base[PK_SERVER_1] = move_base(recording, scope, PK_SERVER_1);
    has_base[PK_SERVER_2] = move_base(recording, scope, PK_SERVER_2);
    if (scope->kind == PK_SCOPE_WANTED) {
        tell_adopted(recording, scope, has_base);
    }
    if (scope->kind != PK_SCOPE_FOREIGN && (has_base[PK_SERVER_1] || has_base[PK_SERVER_2])) {
        record_owned(recording, scope);
    }
    if (is_as_it_is_to_be(scope)) {
        pk_view_settle_intents(recording->view, &recording->txn, scope->subnet);
    }
    set_status(recording, scope);
}

static bool
is_named(const struct pk_wanted_scopes *scopes, struct pk_prefix subnet)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (pk_prefix_compare(scopes->at[i].subnet, subnet) == 0) {
            return true;
        }
    }
    return false;
}

/* Bases of scopes that neither Git names nor any server holds describe nothing any more. */
static void
forget_gone(struct recording *recording, int side)
{
    static const struct pk_parts nothing;
    const struct pk_pair_view *view = recording->view;
    const char *name = view->relationship->name;
    for (size_t i = 0; !recording->unsaved && i < view->base[side].count; i++) {
        const struct pk_row *base = &view->base[side].at[i];
        bool ours = base->relationship != NULL && strcmp(base->relationship, name) == 0;
        if (ours && pk_rows_find(&view->servers[PK_SERVER_1].rows, base->subnet) == NULL &&
            pk_rows_find(&view->servers[PK_SERVER_2].rows, base->subnet) == NULL &&
            !is_named(&view->scopes, base->subnet)) {
            pk_applied_delete(&recording->txn, name, view->servers[side].name, base->subnet);
            pk_owned_put(&recording->txn, name, base->subnet, &nothing);
        }
    }
}

/* -- The relationship ------------------------------------------------------------------------- */

/*
 * What a relationship without base begins with: nothing but its source, which no server knows.
 * Members or a mode that differ are not accepted by looking at them: guard `member` is to see them.
 */
static bool
first_relation_base(struct pk_pool *pool, const struct pk_relation *have,
                    const struct pk_relation *wanted, struct pk_parts *out)
{
    const struct pk_field *source = &pk_relationship_fields.at[PK_RELATIONSHIP_SOURCE];
    struct pk_part *at = pk_array(pool, struct pk_part, 1);
    *out = (struct pk_parts){.at = at};
    struct pk_parts_walk walk = {.a = &have->parts, .b = &wanted->parts};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        bool equal = pair.a != NULL && pair.b != NULL && strcmp(pair.a, pair.b) == 0;
        if (pair.field == source && pair.b != NULL) {
            at[out->count++] = (struct pk_part){.field = source, .key = "", .value = pair.b};
        } else if ((pair.field->flags & PK_FIELD_MEMBERSHIP) != 0 && !equal) {
            return false;
        }
    }
    return true;
}

/* Moves only while both servers agree on what the relationship is. */
static void
record_relation(struct recording *recording, const struct pk_relationship_plan *plan)
{
    const struct pk_relation *wanted = &plan->comparison.want_relation;
    const struct pk_relation *before = recording->view->base_relation;
    const struct pk_relation *one = pk_view_relation(recording->view, PK_SERVER_1);
    const struct pk_relation *two = pk_view_relation(recording->view, PK_SERVER_2);
    if (wanted->name == NULL || one == NULL || two == NULL ||
        !pk_parts_are_equal(&one->parts, &two->parts)) {
        return;
    }
    struct pk_parts base, after;
    if (before != NULL) {
        base = before->parts;
    } else if (!first_relation_base(recording->pool, one, wanted, &base)) {
        return;
    }
    pk_base_after(recording->pool, &one->parts, &wanted->parts, &base, &after);
    if (before == NULL || !pk_parts_are_equal(&before->parts, &after)) {
        struct pk_relation verified = *wanted;
        verified.parts = after;
        pk_applied_relation_put(&recording->txn, &verified);
    }
}

static enum pk_code
look_for_debts(struct recording *recording, struct pk_db *db, struct pk_error *err)
{
    const struct pk_server_view *servers = recording->view->servers;
    const char *const *names;
    size_t count;
    enum pk_code code = pk_mirror_unsaved_load(db, recording->pool, &names, &count, err);
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        recording->unsaved = recording->unsaved ||
                             strcmp(names[i], servers[PK_SERVER_1].name) == 0 ||
                             strcmp(names[i], servers[PK_SERVER_2].name) == 0;
    }
    return code;
}

enum pk_code
pk_record_observation(struct pk_db *db, const struct pk_relationship_plan *plan,
                      const char *revision, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct recording recording = {.pool = pool, .view = plan->view, .revision = revision};
    enum pk_code code = look_for_debts(&recording, db, err);
    if (code != PK_OK) {
        return code;
    }
    pk_txn_begin(db, &recording.txn);
    for (size_t i = 0; plan->is_known && i < plan->comparison.count; i++) {
        record_scope(&recording, &plan->comparison.at[i]);
    }
    if (plan->is_known) {
        forget_gone(&recording, PK_SERVER_1);
        forget_gone(&recording, PK_SERVER_2);
        record_relation(&recording, plan);
    }
    return pk_txn_end(&recording.txn, err);
}
