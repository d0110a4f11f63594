/* What is: agent/status.h as text for people and as the JSON of 6.1 for programs. */
#include <string.h>

#include "agent/screen.h"
#include "agent/status.h"
#include "agent/verb.h"
#include "base/text.h"

enum { COMMIT_SHOWN = 12, DIGEST_SHOWN = 12, INDENT = 2, TYPE_WIDTH = 16, NAME_WIDTH = 16 };

/* -- JSON -- */

static json_t *
condition_json(const struct pk_condition *condition)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "type", pk_condition_type_name(condition->type),
                     "status", pk_truth_name(condition->status), "reason",
                     pk_condition_reason_name(condition->reason), "message",
                     condition->message != NULL ? condition->message : "", "since",
                     pk_json_time(condition->since));
}

static json_t *
number_or_null(int64_t number)
{
    return number != PK_NOT_SAID ? json_integer(number) : json_null();
}

static json_t *
pair_json(const struct pk_health_record *record)
{
    if (record == NULL) {
        return json_null();
    }
    const struct pk_pair_health *health = &record->health;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o}", "state",
                     pk_pair_state_name(record->pair_state), "role",
                     pk_json_text_or_null(health->role), "says",
                     pk_json_text_or_null(health->state), "partner_says",
                     pk_json_text_or_null(health->partner_state), "contact_age",
                     number_or_null(health->contact_age_s), "unsent_updates",
                     number_or_null(health->unsent_updates), "unacked_clients",
                     number_or_null(health->unacked_clients), "in_touch", health->in_touch,
                     "interrupted", health->interrupted, "seen_at", pk_json_time(record->seen));
}

static json_t *
server_json(const struct pk_status_server *server)
{
    const struct pk_sighting *sighting = server->sighting;
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(server->name));
    json_object_set_new(object, "driver", pk_json_text_or_null(server->driver));
    json_object_set_new(object, "reachable",
                        sighting != NULL ? json_boolean(sighting->reachable) : json_null());
    json_object_set_new(object, "observed_at",
                        sighting != NULL ? pk_json_time(sighting->observed_at) : json_null());
    json_object_set_new(object, "pair", pair_json(server->health));
    json_object_set_new(object, "reason",
                        pk_json_text_or_null(sighting != NULL ? sighting->reason : NULL));
    return object;
}

static json_t *
operation_json(const struct pk_operation *operation)
{
    if (operation == NULL) {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "id", json_integer(operation->id));
    json_object_set_new(object, "operation", json_string(pk_operation_name(operation->kind)));
    json_object_set_new(object, "source", pk_json_text_or_null(operation->source));
    json_object_set_new(object, "partner", pk_json_text_or_null(operation->partner));
    json_object_set_new(object, "status", json_string(pk_overall_status_name(operation->status)));
    json_object_set_new(object, "percent", json_integer(operation->percent));
    json_object_set_new(object, "actor", pk_json_text_or_null(operation->actor));
    json_object_set_new(object, "started", pk_json_time(operation->started));
    json_object_set_new(object, "ended", pk_json_time(operation->ended));
    return object;
}

static json_t *
held_json(const struct pk_held_plan *held)
{
    if (held == NULL) {
        return json_null();
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "guard", held->guard, "reason", held->reason,
                     "digest", held->digest, "plan_digest", pk_json_text_or_null(held->plan_digest),
                     "since", pk_json_time(held->since));
}

static json_t *
relationship_json(const struct pk_status_relationship *one)
{
    json_t *conditions = json_array(), *servers = json_array();
    for (size_t i = 0; i < one->condition_count; i++) {
        json_array_append_new(conditions, condition_json(&one->conditions[i]));
    }
    for (size_t i = 0; i < one->server_count; i++) {
        json_array_append_new(servers, server_json(&one->servers[i]));
    }
    json_t *left = json_array();
    for (size_t i = 0; i < one->left_count; i++) {
        json_array_append_new(left, json_pack("{s:s, s:I}", "server", one->left[i].server, "scopes",
                                              (json_int_t)one->left[i].scopes));
    }
    json_t *revision = json_pack("{s:o, s:o}", "attempted", pk_json_text_or_null(one->attempted),
                                 "applied", pk_json_text_or_null(one->applied));
    json_t *scopes =
        json_pack("{s:I, s:I, s:I, s:I}", "in_sync", (json_int_t)one->scopes.in_sync, "out_of_sync",
                  (json_int_t)one->scopes.out_of_sync, "unknown", (json_int_t)one->scopes.unknown,
                  "foreign", (json_int_t)one->scopes.foreign);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", one->name, "revision",
                     revision, "conditions", conditions, "scopes", scopes, "servers", servers,
                     "left", left, "held", held_json(one->held), "last_operation",
                     operation_json(one->operation));
}

static void
print_json(struct pk_context *context, const struct pk_status *status)
{
    json_t *document = pk_json_document(), *list = json_array(), *revision = json_object();
    json_object_set_new(revision, "attempted", pk_json_text_or_null(status->attempted));
    json_object_set_new(revision, "applied", pk_json_text_or_null(status->applied));
    json_object_set_new(revision, "verified", pk_json_text_or_null(status->verified));
    json_object_set_new(revision, "problem",
                        status->problem != NULL ? condition_json(status->problem) : json_null());
    for (size_t i = 0; i < status->relationship_count; i++) {
        json_array_append_new(list, relationship_json(&status->relationships[i]));
    }
    json_object_set_new(document, "revision", revision);
    json_object_set_new(document, "relationships", list);
    pk_context_print_json(context, document);
}

/* -- Text -- */

static const char *
short_commit(struct pk_pool *pool, const char *commit)
{
    return commit != NULL ? pk_strndup(pool, commit, strnlen(commit, COMMIT_SHOWN)) : "none";
}

static enum pk_style
style_of(const struct pk_condition *condition)
{
    if (condition->status == PK_UNKNOWN) {
        return PK_STYLE_BAD;
    }
    bool good = condition->status == pk_condition_good(condition->type);
    return good ? PK_STYLE_PLAIN : PK_STYLE_CHANGE;
}

static void
put_condition(const struct pk_screen *screen, const struct pk_condition *condition)
{
    pk_screen_space(screen, INDENT);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, pk_condition_type_name(condition->type),
                         TYPE_WIDTH);
    bool says_more = condition->message != NULL && *condition->message != '\0';
    pk_screen_wrap(screen, style_of(condition), INDENT + TYPE_WIDTH, INDENT + TYPE_WIDTH,
                   pk_sprintf(screen->pool, "%s %s%s%s", pk_truth_name(condition->status),
                              pk_condition_reason_name(condition->reason), says_more ? ": " : "",
                              says_more ? condition->message : ""));
}

static void
put_server(const struct pk_screen *screen, const struct pk_status_server *server)
{
    const struct pk_sighting *sighting = server->sighting;
    const char *seen = "never read";
    bool unread = sighting != NULL && !sighting->reachable;
    bool bad = unread || (sighting != NULL && sighting->reason != NULL);
    if (unread) {
        seen = pk_sprintf(screen->pool, "cannot be read: %s",
                          sighting->reason != NULL ? sighting->reason : "no reason known");
    } else if (sighting != NULL) {
        seen = pk_sprintf(screen->pool, "read %s%s%s",
                          pk_wall_text(screen->pool, sighting->observed_at), bad ? "; " : "",
                          bad ? sighting->reason : "");
    }
    pk_screen_space(screen, INDENT);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, server->name, NAME_WIDTH);
    pk_screen_wrap(
        screen, bad ? PK_STYLE_BAD : PK_STYLE_FAINT, INDENT + NAME_WIDTH, INDENT + NAME_WIDTH,
        pk_sprintf(screen->pool, "%s, %s",
                   server->driver != NULL ? server->driver : "not in the configuration", seen));
}

/* "primary, load-balancing; heard of its partner (load-balancing) 2 s ago" */
static void
put_pair(const struct pk_screen *screen, const struct pk_status_server *server)
{
    const struct pk_health_record *record = server->health;
    const struct pk_pair_health *health = &record->health;
    bool unread = server->sighting != NULL && !server->sighting->reachable;
    bool bad = record->pair_state != PK_PAIR_NORMAL;
    struct pk_text text = {.pool = screen->pool};
    pk_text_addf(&text, "%s%s, %s", unread ? "when last read: " : "", health->role, health->state);
    if (health->partner_state != NULL && health->contact_age_s != PK_NOT_SAID) {
        pk_text_addf(&text, "; heard of its partner (%s) %lld s before", health->partner_state,
                     (long long)health->contact_age_s);
    }
    if (health->interrupted) {
        pk_text_add(&text, "; counts communication as lost");
    }
    if (health->unsent_updates > 0) {
        pk_text_addf(&text, "; leases its partner does not know yet: %lld",
                     (long long)health->unsent_updates);
    }
    if (health->unacked_clients > 0) {
        pk_text_addf(&text, "; clients its partner seems not to answer: %lld",
                     (long long)health->unacked_clients);
    }
    pk_screen_space(screen, INDENT + NAME_WIDTH);
    pk_screen_wrap(screen, bad ? PK_STYLE_BAD : PK_STYLE_FAINT, INDENT + NAME_WIDTH,
                   INDENT + NAME_WIDTH, pk_text_end(&text));
}

static void
put_operation(const struct pk_screen *screen, const struct pk_operation *operation)
{
    pk_screen_space(screen, INDENT);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, "last operation", TYPE_WIDTH);
    pk_screen_wrap(screen, PK_STYLE_FAINT, INDENT + TYPE_WIDTH, INDENT + TYPE_WIDTH,
                   pk_sprintf(screen->pool, "%s %s %s %s: %s, %s",
                              pk_operation_name(operation->kind),
                              operation->source != NULL ? operation->source : "",
                              pk_screen_glyph(screen, PK_GLYPH_ARROW),
                              operation->partner != NULL ? operation->partner : "",
                              pk_overall_status_name(operation->status),
                              pk_wall_text(screen->pool, operation->started)));
}

static void
put_left(const struct pk_screen *screen, const struct pk_applied_server *left)
{
    pk_screen_space(screen, INDENT);
    pk_screen_put_padded(screen, PK_STYLE_PLAIN, left->server, NAME_WIDTH);
    pk_screen_wrap(
        screen, PK_STYLE_CHANGE, INDENT + NAME_WIDTH, INDENT + NAME_WIDTH,
        pk_sprintf(screen->pool,
                   "no longer a member: scopes it keeps: %lld; delete them there by hand",
                   (long long)left->scopes));
}

static void
put_relationship(const struct pk_screen *screen, const struct pk_status_relationship *one)
{
    const struct pk_status_scopes *scopes = &one->scopes;
    pk_screen_line(screen);
    pk_screen_put(screen, PK_STYLE_STRONG, one->name);
    pk_screen_wrap(
        screen, PK_STYLE_PLAIN, pk_screen_width(one->name), INDENT,
        pk_sprintf(screen->pool, "  %zu in sync, %zu out of sync, %zu unknown, %zu foreign",
                   scopes->in_sync, scopes->out_of_sync, scopes->unknown, scopes->foreign));
    for (size_t i = 0; i < one->server_count; i++) {
        put_server(screen, &one->servers[i]);
        if (one->servers[i].health != NULL) {
            put_pair(screen, &one->servers[i]);
        }
    }
    for (size_t i = 0; i < one->left_count; i++) {
        put_left(screen, &one->left[i]);
    }
    for (size_t i = 0; i < one->condition_count; i++) {
        put_condition(screen, &one->conditions[i]);
    }
    if (one->operation != NULL) {
        put_operation(screen, one->operation);
    }
    if (one->held != NULL) {
        pk_screen_space(screen, INDENT);
        pk_screen_wrap(screen, PK_STYLE_CHANGE, INDENT, INDENT,
                       pk_sprintf(screen->pool,
                                  "held by %s; look with pairkeeper diff %s, let it go ahead "
                                  "with pairkeeper approve %.*s --reason …",
                                  one->held->guard, one->name, DIGEST_SHOWN, one->held->digest));
    }
}

static void
print_text(struct pk_context *context, const struct pk_status *status)
{
    struct pk_screen screen = pk_screen_of(context);
    bool behind = status->attempted != NULL &&
                  (status->applied == NULL || strcmp(status->attempted, status->applied) != 0);
    const char *in_force =
        pk_sprintf(context->pool, "revision in force: %s%s",
                   short_commit(context->pool, status->applied), behind ? "," : "");
    pk_screen_put(&screen, PK_STYLE_PLAIN, in_force);
    pk_screen_wrap(&screen, PK_STYLE_CHANGE, pk_screen_width(in_force), INDENT,
                   behind ? pk_sprintf(context->pool, " last seen: %s (not in force)",
                                       short_commit(context->pool, status->attempted))
                          : "");
    if (status->problem != NULL) {
        pk_screen_wrap(&screen, PK_STYLE_BAD, 0, INDENT,
                       pk_sprintf(context->pool, "the tip is not in force since %s, %s: %s",
                                  pk_wall_text(context->pool, status->problem->since),
                                  pk_condition_reason_name(status->problem->reason),
                                  status->problem->message));
    }
    for (size_t i = 0; i < status->relationship_count; i++) {
        put_relationship(&screen, &status->relationships[i]);
    }
    if (status->relationship_count == 0) {
        pk_screen_wrap(&screen, PK_STYLE_PLAIN, 0, 0,
                       "no relationship is known yet; the first pass makes them known: "
                       "pairkeeper apply");
    }
}

enum pk_exit
pk_verb_status(struct pk_context *context, const struct pk_arguments *arguments)
{
    (void)arguments;
    struct pk_status status = {0};
    struct pk_error err = {0};
    enum pk_code code = pk_context_db(context, PK_DB_READ, &err);
    if (code == PK_OK) {
        code = pk_status_load(context->db, context->pool, context->config, &status, &err);
    }
    if (code != PK_OK && code != PK_ENOENT) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    if (context->format == PK_FORMAT_JSON) {
        print_json(context, &status);
    } else {
        print_text(context, &status);
    }
    return PK_EXIT_IN_STEP;
}
