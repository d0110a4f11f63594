/*
 * Nothing is decided here: the comparison and the plan of the pass are read once more, part by
 * part. What could not be compared, because a server is unknown, is still shown as far as it is
 * known.
 */
#include "agent/explain.h"

#include <string.h>

#include "agent/render-parts.h"

struct explaining {
    struct pk_pool *pool;
    const struct pk_pass_relationship *relationship;
    const struct pk_relationship_plan *plan;
    struct pk_explanation *out;
    PK_VECTOR(struct pk_explained_field) fields;
};

const char *
pk_origin_name(enum pk_origin_kind kind)
{
    static const char *const names[PK_ORIGIN_COUNT] = {
        [PK_ORIGIN_GIT] = "git",       [PK_ORIGIN_SERVER] = "server",
        [PK_ORIGIN_BASE] = "base",     [PK_ORIGIN_DEFAULT] = "default",
        [PK_ORIGIN_CHOSEN] = "chosen", [PK_ORIGIN_NOBODY] = "nobody",
    };
    return names[kind];
}

/* -- The scope -- */

static const struct pk_wanted_scope *
wanted_in(const struct pk_pair_view *view, struct pk_prefix subnet)
{
    for (size_t i = 0; i < view->scopes.count; i++) {
        if (pk_prefix_compare(view->scopes.at[i].subnet, subnet) == 0) {
            return &view->scopes.at[i];
        }
    }
    return NULL;
}

/* As much of a scope as is known without having compared. */
static struct pk_scope_state
uncompared(const struct pk_pair_view *view, struct pk_prefix subnet)
{
    struct pk_scope_state scope = {.subnet = subnet, .wanted = wanted_in(view, subnet)};
    for (int side = 0; side < PK_PAIR; side++) {
        const struct pk_row *row = pk_rows_find(&view->servers[side].rows, subnet);
        scope.have[side] = row != NULL && pk_view_has(view, side, row) ? row : NULL;
        scope.base[side] = pk_rows_find(&view->base[side], subnet);
    }
    scope.kind = scope.wanted != NULL ? PK_SCOPE_WANTED
                 : scope.base[PK_SERVER_1] != NULL || scope.base[PK_SERVER_2] != NULL
                     ? PK_SCOPE_DROPPED
                     : PK_SCOPE_FOREIGN;
    return scope;
}

static bool
find_scope(const struct explaining *explaining, struct pk_prefix subnet)
{
    struct pk_scope_state *scope = &explaining->out->scope;
    if (explaining->plan->is_known) {
        const struct pk_scope_state *found =
            pk_comparison_find(&explaining->plan->comparison, subnet);
        if (found != NULL) {
            *scope = *found;
        }
        explaining->out->is_wanted = found != NULL && found->is_kept_equal;
        return found != NULL;
    }
    *scope = uncompared(explaining->plan->view, subnet);
    return scope->wanted != NULL || scope->have[PK_SERVER_1] != NULL ||
           scope->have[PK_SERVER_2] != NULL;
}

static const struct pk_action *
find_action(const struct pk_relationship_plan *plan, struct pk_prefix subnet)
{
    for (size_t i = 0; plan->is_known && i < plan->action_count; i++) {
        for (size_t j = 0; j < plan->actions[i].scope_count; j++) {
            if (pk_prefix_compare(plan->actions[i].scopes[j]->subnet, subnet) == 0) {
                return &plan->actions[i];
            }
        }
    }
    return NULL;
}

/* -- Fields -- */

static const char *
value_in(const struct pk_row *row, const struct pk_field *field, const char *key)
{
    return row != NULL ? pk_parts_get(&row->parts, field, key) : NULL;
}

static bool
is_owned(const struct pk_scope_state *scope, const struct pk_field *field, const char *key)
{
    bool is_link = field == &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP];
    return scope->wanted != NULL && (is_link || pk_wanted_owns(scope->wanted, field, key));
}

/* Where Git says it; what it says by leaving it out stands where the scope does. */
static struct pk_mark
mark_of(const struct pk_wanted_scope *wanted, const struct pk_field *field, const char *key)
{
    for (size_t i = 0; i < wanted->parts.count; i++) {
        const struct pk_part *part = &wanted->parts.at[i];
        if (part->field == field && strcmp(part->key, key) == 0 && wanted->origin[i].line != 0) {
            return wanted->origin[i];
        }
    }
    return wanted->mark;
}

static struct pk_origin
origin_of(const struct explaining *explaining, const struct pk_explained_field *field)
{
    const struct pk_scope_state *scope = &explaining->out->scope;
    const struct pk_comparison *comparison = &explaining->plan->comparison;
    if (field->owned) {
        return (struct pk_origin){
            .kind = PK_ORIGIN_GIT,
            .mark = mark_of(scope->wanted, field->field, field->key),
            .split =
                scope->wanted->is_split && field->field == &pk_scope_fields.at[PK_SCOPE_RANGES],
        };
    }
    int source = explaining->plan->view->relationship->source;
    struct pk_layer layer = pk_scope_layer(scope, source, comparison->lost);
    bool is_id = field->field == &pk_scope_fields.at[PK_SCOPE_ID];
    for (int side = 0; is_id && side < PK_PAIR && value_in(layer.row, field->field, "") == NULL;
         side++) {
        layer = (struct pk_layer){scope->have[side], side, false};
    }
    if (value_in(layer.row, field->field, field->key) != NULL) {
        return (struct pk_origin){.kind = layer.is_base ? PK_ORIGIN_BASE : PK_ORIGIN_SERVER,
                                  .side = layer.side};
    }
    enum pk_origin_kind kind = is_id && field->want != NULL ? PK_ORIGIN_CHOSEN : PK_ORIGIN_NOBODY;
    return (struct pk_origin){.kind =
                                  field->field->default_value != NULL ? PK_ORIGIN_DEFAULT : kind};
}

static const struct pk_difference *
difference_of(const struct pk_scope_state *scope, int side, const struct pk_field *field,
              const char *key)
{
    for (size_t i = 0; i < scope->difference_count; i++) {
        const struct pk_difference *one = &scope->differences[i];
        if (one->side == side && one->field == field && strcmp(one->key, key) == 0) {
            return one;
        }
    }
    return NULL;
}

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static struct pk_explained_side
side_of(const struct pk_scope_state *scope, int side, const struct pk_field *field, const char *key)
{
    struct pk_explained_side out = {
        .have = value_in(scope->have[side], field, key),
        .base = value_in(scope->base[side], field, key),
        .difference = difference_of(scope, side, field, key),
    };
    out.left_alone = out.difference != NULL &&
                     (!scope->writes[side] ||
                      !equal(value_in(&scope->write[side], field, key), out.difference->want));
    return out;
}

static void
add_field(struct explaining *explaining, const struct pk_field *field, const char *key)
{
    const struct pk_scope_state *scope = &explaining->out->scope;
    struct pk_explained_field *out = pk_push(explaining->pool, &explaining->fields);
    *out = (struct pk_explained_field){.field = field, .key = key};
    out->owned = is_owned(scope, field, key);
    if (explaining->out->is_wanted) {
        out->want = value_in(&scope->want, field, key);
    } else if (out->owned) {
        out->want = pk_parts_get(&scope->wanted->parts, field, key);
    }
    out->origin = origin_of(explaining, out);
    for (int side = 0; side < PK_PAIR; side++) {
        out->sides[side] = side_of(scope, side, field, key);
    }
}

/* The next key of @p field behind @p after in any of the lists, NULL at the end. */
static const char *
next_key(const struct pk_parts *const *lists, size_t count, const struct pk_field *field,
         const char *after)
{
    const char *next = NULL;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            const struct pk_part *part = &lists[i]->at[j];
            bool is_behind =
                part->field == field && (after == NULL || strcmp(part->key, after) > 0);
            if (is_behind && (next == NULL || strcmp(part->key, next) < 0)) {
                next = part->key;
            }
        }
    }
    return next;
}

/* Keys of a map that anybody has: a server, its base, Git, what is wanted. */
static void
add_keys(struct explaining *explaining, const struct pk_field *field)
{
    static const struct pk_parts none = {0};
    const struct pk_scope_state *scope = &explaining->out->scope;
    const struct pk_parts *lists[2 * PK_PAIR + 2];
    size_t count = 0;
    for (int side = 0; side < PK_PAIR; side++) {
        lists[count++] = scope->have[side] != NULL ? &scope->have[side]->parts : &none;
        lists[count++] = scope->base[side] != NULL ? &scope->base[side]->parts : &none;
    }
    lists[count++] = scope->wanted != NULL ? &scope->wanted->parts : &none;
    lists[count++] = explaining->out->is_wanted ? &scope->want.parts : &none;
    const char *key = NULL;
    while ((key = next_key(lists, count, field, key)) != NULL) {
        add_field(explaining, field, key);
    }
}

static void
add_fields(struct explaining *explaining)
{
    for (size_t i = 0; i < pk_scope_fields.count; i++) {
        const struct pk_field *field = &pk_scope_fields.at[i];
        if (pk_field_is_map(field)) {
            add_keys(explaining, field);
        } else if ((field->flags & PK_FIELD_KEY) == 0 && field->kind != PK_KIND_EXCLUSIONS) {
            add_field(explaining, field, "");
        }
    }
    explaining->out->fields = explaining->fields.at;
    explaining->out->field_count = explaining->fields.count;
}

/* -- Why not yet -- */

static void
wait_for(struct pk_explanation *out, const char *reason, const char *guard, const char *message)
{
    out->waits[out->wait_count++] = (struct pk_wait){reason, guard, message};
}

static const char *
unknown_words(const struct explaining *explaining)
{
    const char *words = "";
    for (size_t i = 0; i < explaining->relationship->unknown_count; i++) {
        const struct pk_unknown_server *server = &explaining->relationship->unknown[i];
        words = pk_sprintf(explaining->pool, "%s%s%s could not be read: %s", words,
                           i > 0 ? "; " : "", server->server,
                           server->reason != NULL ? server->reason : "no reason was given");
    }
    return words;
}

static const char *
held_words(struct pk_pool *pool, const struct pk_relationship_plan *plan)
{
    const char *reason = plan->held.reason != NULL ? plan->held.reason : "";
    return pk_held_can_be_approved(&plan->held)
               ? pk_sprintf(pool, "held by %s; pairkeeper approve %s lets it go", reason,
                            pk_sha256_text(pool, &plan->digest))
               : pk_sprintf(pool, "held by %s; this guard lets go by itself", reason);
}

static void
add_waits(struct explaining *explaining)
{
    struct pk_explanation *out = explaining->out;
    const struct pk_relationship_plan *plan = explaining->plan;
    if (!plan->is_known) {
        wait_for(out, "unknown", NULL, unknown_words(explaining));
        return;
    }
    if (out->action != NULL && plan->permit != PK_PERMIT_ACT) {
        wait_for(out, pk_permit_name(plan->permit), NULL, pk_permit_words(explaining->pool, plan));
    }
    if (out->action != NULL && plan->held.is_held && !plan->approved) {
        wait_for(out, "guard", pk_guard_name(plan->held.guard), held_words(explaining->pool, plan));
    }
    if (out->scope.block != PK_BLOCK_NONE) {
        wait_for(out, "blocked", NULL,
                 pk_sprintf(explaining->pool, "%s: %s", pk_block_name(out->scope.block),
                            out->scope.block_message != NULL ? out->scope.block_message : ""));
    }
    if (out->scope.left_alone) {
        wait_for(out, "heal", NULL,
                 "Git says `heal: commits`: what Git did not change is left alone");
    }
}

bool
pk_explain(struct pk_pool *pool, const struct pk_pass_relationship *relationship,
           struct pk_prefix subnet, struct pk_explanation *out)
{
    *out = (struct pk_explanation){.relationship = relationship};
    struct explaining explaining = {
        .pool = pool, .relationship = relationship, .plan = &relationship->plan, .out = out};
    if (!find_scope(&explaining, subnet)) {
        return false;
    }
    out->action = find_action(explaining.plan, subnet);
    add_fields(&explaining);
    add_waits(&explaining);
    return true;
}
