/*
 * The shape of design 6.1, which scripts rely on: every object always has every key.  Order of
 * arrays is the plan's, order of keys the printer's, so equal results are equal bytes.
 */
#include "agent/render.h"

#include "agent/render-parts.h"
#include "base/text.h"

/* A message may have been cut inside a character: what is no UTF-8 becomes U+FFFD. */
static json_t *
text_or_null(const char *text)
{
    if (text == NULL) {
        return json_null();
    }
    json_t *string = json_string(text);
    if (string == NULL) {
        PK_SCRATCH(pool);
        struct pk_text repaired = {.pool = pool};
        pk_text_add_json(&repaired, text);
        string = pk_json_parse(pk_text_end(&repaired), NULL);
    }
    return string;
}

static json_t *
json_of_count(size_t count)
{
    return json_integer((json_int_t)count);
}

static json_t *
json_of_prefix(struct pk_prefix prefix)
{
    char text[PK_PREFIX_TEXT_BYTES];
    return json_string(pk_format_prefix(text, prefix));
}

static json_t *
json_of_hash(const struct pk_sha256 *hash)
{
    char hex[PK_SHA256_HEX_BYTES];
    return pk_sha256_is_zero(hash) ? json_null() : json_string(pk_sha256_hex(hex, hash));
}

/* Canonical text as the JSON it is; what a damaged store holds instead is shown as text. */
static json_t *
json_of_value(const char *canonical)
{
    if (canonical == NULL) {
        return json_null();
    }
    json_t *value = pk_json_parse(canonical, NULL);
    return value != NULL ? value : text_or_null(canonical);
}

static json_t *
json_of_side(const struct pk_relationship_plan *plan, int side)
{
    return text_or_null(plan->view->servers[side].name);
}

static json_t *
json_of_difference(const struct pk_relationship_plan *plan, const struct pk_scope_state *scope,
                   const struct pk_difference *difference)
{
    PK_SCRATCH(pool);
    struct pk_shown shown = pk_shown_of(scope, difference);
    const char *name = pk_part_name(pool, difference->field, difference->key);
    return json_pack("{s:o, s:o, s:o, s:o, s:s}", "field", text_or_null(name), "server",
                     json_of_side(plan, difference->side), "have", json_of_value(shown.have),
                     "want", json_of_value(shown.want), "cause", pk_cause_name(difference->cause));
}

/* A new scope lists what Git states; what was chosen or kept for it is not Git's. */
static bool
is_listed(const struct pk_action *action, const struct pk_scope_state *scope,
          const struct pk_difference *difference)
{
    return action->kind != PK_OPERATION_CREATE_SCOPE || scope->wanted == NULL ||
           pk_wanted_owns(scope->wanted, difference->field, difference->key);
}

static json_t *
json_of_settings(const struct pk_relationship_plan *plan)
{
    json_t *settings = json_array();
    for (size_t i = 0; i < plan->comparison.settings_count; i++) {
        const struct pk_difference *setting = &plan->comparison.settings[i];
        json_array_append_new(settings, json_of_difference(plan, NULL, setting));
    }
    return settings;
}

static json_t *
json_of_fields(const struct pk_relationship_plan *plan, const struct pk_action *action)
{
    if (action->kind == PK_OPERATION_RELATIONSHIP) {
        return json_of_settings(plan);
    }
    json_t *fields = json_array();
    bool lists = action->kind != PK_OPERATION_DELETE_SCOPE &&
                 action->kind != PK_OPERATION_REPLICATE_SERVER && action->scope_count > 0;
    for (size_t i = 0; lists && i < action->scopes[0]->difference_count; i++) {
        const struct pk_scope_state *scope = action->scopes[0];
        if (is_listed(action, scope, &scope->differences[i])) {
            json_array_append_new(fields, json_of_difference(plan, scope, &scope->differences[i]));
        }
    }
    return fields;
}

static json_t *
json_of_fault_id(enum pk_fault_id id)
{
    return json_pack("{s:i, s:s}", "id", (int)id, "name", pk_fault_name(id));
}

static json_t *
json_of_fault(const struct pk_fault *fault)
{
    if (fault->outer == PK_FAULT_NONE && fault->inner == PK_FAULT_NONE) {
        return json_null();
    }
    return json_pack("{s:o, s:o, s:o}", "outer", json_of_fault_id(fault->outer), "inner",
                     json_of_fault_id(fault->inner), "message", text_or_null(fault->message));
}

static json_t *
json_of_block(const struct pk_action *action)
{
    if (action->block == PK_BLOCK_NONE) {
        return json_null();
    }
    return json_pack("{s:s, s:o}", "reason", pk_block_name(action->block), "message",
                     text_or_null(action->block_message));
}

static json_t *
json_of_subnets(const struct pk_action *action)
{
    json_t *subnets = json_array();
    for (size_t i = 0; i < action->scope_count; i++) {
        json_array_append_new(subnets, json_of_prefix(action->scopes[i]->subnet));
    }
    return subnets;
}

static json_t *
json_of_action(const struct pk_relationship_plan *plan, const struct pk_action *action, bool acted)
{
    bool is_one = action->scope_count > 0 && action->kind != PK_OPERATION_REPLICATE_SERVER;
    json_t *status = acted ? json_string(pk_action_status_name(action->status)) : json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "operation",
                     pk_operation_name(action->kind), "subnet",
                     is_one ? json_of_prefix(action->scopes[0]->subnet) : json_null(), "subnets",
                     json_of_subnets(action), "server", json_of_side(plan, action->from), "partner",
                     json_of_side(plan, action->to), "reason", text_or_null(action->reason),
                     "status", status, "fault", acted ? json_of_fault(&action->fault) : json_null(),
                     "fields", json_of_fields(plan, action), "block", json_of_block(action));
}

static json_t *
json_of_actions(const struct pk_relationship_plan *plan, bool acted)
{
    json_t *actions = json_array();
    for (size_t i = 0; i < plan->action_count; i++) {
        json_array_append_new(actions, json_of_action(plan, &plan->actions[i], acted));
    }
    return actions;
}

static json_t *
json_of_foreign(const struct pk_relationship_plan *plan)
{
    json_t *foreign = json_array();
    for (size_t i = 0; i < plan->foreign_count; i++) {
        const struct pk_foreign *scope = &plan->foreign[i];
        json_array_append_new(
            foreign, json_pack("{s:o, s:o, s:b}", "subnet", json_of_prefix(scope->subnet), "server",
                               json_of_side(plan, scope->side), "dropped", (int)scope->dropped));
    }
    return foreign;
}

static json_t *
json_of_unknown(const struct pk_pass_relationship *relationship)
{
    json_t *unknown = json_array();
    for (size_t i = 0; i < relationship->unknown_count; i++) {
        const struct pk_unknown_server *server = &relationship->unknown[i];
        json_array_append_new(unknown,
                              json_pack("{s:o, s:o}", "server", text_or_null(server->server),
                                        "reason", text_or_null(server->reason)));
    }
    return unknown;
}

/* Drift that no action stands for, so that a program sees why the exit code says drift. */
static json_t *
json_of_left_alone(const struct pk_relationship_plan *plan)
{
    json_t *scopes = json_array();
    for (size_t i = 0; i < plan->comparison.count; i++) {
        if (plan->comparison.at[i].left_alone) {
            json_array_append_new(scopes, json_of_prefix(plan->comparison.at[i].subnet));
        }
    }
    return scopes;
}

/* A hold that was approved holds nothing any more; `approved` tells that there was one. */
static json_t *
json_of_held(const struct pk_relationship_plan *plan)
{
    if (!plan->held.is_held || plan->approved) {
        return json_null();
    }
    return json_pack("{s:s, s:o}", "guard", pk_guard_name(plan->held.guard), "reason",
                     text_or_null(plan->held.reason));
}

static json_t *
json_of_mode(const struct pk_pair_view *view)
{
    return json_of_value(pk_relationship_mode(view->relationship));
}

json_t *
pk_render_relationship_json(const struct pk_pass_relationship *relationship, bool acted)
{
    const struct pk_relationship_plan *plan = &relationship->plan;
    int source = plan->view->relationship->source;
    return json_pack("{s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:o}",
                     "name", relationship->name, "mode", json_of_mode(plan->view), "source",
                     json_of_side(plan, source), "partner",
                     json_of_side(plan, pk_other_side(source)), "condition",
                     pk_pass_condition(relationship), "digest", json_of_hash(&plan->digest), "held",
                     json_of_held(plan), "approved", (int)plan->approved, "permit",
                     pk_permit_name(plan->permit), "actions", json_of_actions(plan, acted),
                     "foreign", json_of_foreign(plan), "unknown", json_of_unknown(relationship),
                     "settings", json_of_settings(plan), "left_alone", json_of_left_alone(plan));
}

static json_t *
json_of_summary(const struct pk_summary *summary)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "create",
                     json_of_count(summary->create), "update", json_of_count(summary->update),
                     "delete", json_of_count(summary->delete), "replicate",
                     json_of_count(summary->replicate), "foreign", json_of_count(summary->foreign),
                     "unknown", json_of_count(summary->unknown), "in_sync",
                     json_of_count(summary->in_sync), "drifted", json_of_count(summary->drifted));
}

json_t *
pk_json_revision(const struct pk_pass_result *result)
{
    return json_pack("{s:o, s:o, s:o}", "ref", text_or_null(result->ref), "commit",
                     text_or_null(result->commit), "attempted", text_or_null(result->attempted));
}

json_t *
pk_render_pass_json(const struct pk_pass_result *result)
{
    json_t *relationships = json_array();
    for (size_t i = 0; i < result->relationship_count; i++) {
        json_array_append_new(
            relationships, pk_render_relationship_json(&result->relationships[i], result->acted));
    }
    json_t *notes = json_array();
    for (size_t i = 0; i < result->note_count; i++) {
        json_array_append_new(notes, text_or_null(result->notes[i]));
    }
    json_t *document = pk_json_document();
    json_object_set_new(document, "revision", pk_json_revision(result));
    json_object_set_new(document, "digest", json_of_hash(&result->digest));
    json_object_set_new(document, "summary", json_of_summary(&result->summary));
    json_object_set_new(document, "relationships", relationships);
    json_object_set_new(document, "notes", notes);
    return document;
}
