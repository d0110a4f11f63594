/* An operator's suspension is a flag beside Git's own: either suspends, both are shown. */
#include <string.h>

#include "adm/applied.h"
#include "adm/events.h"
#include "adm/steering.h"
#include "agent/verb.h"
#include "agent/when.h"
#include "base/nearest.h"

static void
record(struct pk_txn *txn, struct pk_context *context, const struct pk_suspension *suspension)
{
    const char *until =
        suspension->until.ms == 0
            ? "until it is resumed"
            : pk_sprintf(context->pool, "until %s", pk_wall_text(context->pool, suspension->until));
    struct pk_event event = {
        .time = suspension->since,
        .reason = PK_REASON_SUSPENDED,
        .relationship = suspension->relationship,
        .actor = suspension->actor,
        .message = pk_sprintf(context->pool, "suspended %s: %s", until, suspension->reason),
        .count = 1,
    };
    struct pk_condition condition = {
        .type = PK_CONDITION_SUSPENDED,
        .status = PK_TRUE,
        .reason = PK_CONDITION_BY_OPERATOR,
        .message = pk_sprintf(context->pool, "%s: %s", suspension->actor, suspension->reason),
    };
    pk_suspension_put(txn, suspension);
    pk_condition_set(txn, suspension->relationship, &condition, suspension->since);
    pk_event_add(txn, &event);
}

static void
print(struct pk_context *context, const struct pk_suspension *suspension)
{
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_object_set_new(document, "relationship", json_string(suspension->relationship));
        json_object_set_new(document, "suspended", json_true());
        json_object_set_new(document, "until", pk_json_time(suspension->until));
        pk_context_print_json(context, document);
        return;
    }
    fprintf(context->out, "%s is suspended%s%s; end it with: pairkeeper resume %s\n",
            suspension->relationship, suspension->until.ms != 0 ? " until " : "",
            suspension->until.ms != 0 ? pk_wall_text(context->pool, suspension->until) : "",
            suspension->relationship);
}

/*
 * Only a remark: one that is about to come may be suspended before its first pass, but a misspelt
 * name must not look like a pair that rests.
 */
static enum pk_code
remark_unknown(struct pk_context *context, const char *name, struct pk_error *err)
{
    const char *const *known = NULL;
    size_t count = 0;
    struct pk_nearest nearest = {.wanted = name};
    enum pk_code code = pk_applied_relationships(context->db, context->pool, &known, &count, err);
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        if (strcmp(known[i], name) == 0) {
            return PK_OK;
        }
        pk_nearest_offer(&nearest, known[i]);
    }
    if (code == PK_OK) {
        fprintf(context->err,
                "pairkeeper: no relationship %s was ever applied%s%s%s; see "
                "pairkeeper status\n",
                name, nearest.best != NULL ? "; did you mean " : "",
                nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "?" : "");
    }
    return code;
}

enum pk_exit
pk_verb_suspend(struct pk_context *context, const struct pk_arguments *arguments)
{
    const char *reason = pk_argument(arguments, "reason");
    const char *until = pk_argument(arguments, "until");
    struct pk_suspension suspension = {.relationship = arguments->positional[0],
                                       .actor = context->actor,
                                       .reason = reason,
                                       .since = pk_wall_now()};
    if (reason == NULL || *reason == '\0') {
        return pk_verb_usage(context, arguments, "--reason is missing: say why");
    }
    if (until != NULL && !pk_when_future(until, suspension.since, &suspension.until)) {
        return pk_verb_usage(context, arguments,
                             "'%s' is neither a time like 2026-03-01T12:00:00Z nor a duration "
                             "like 2h",
                             until);
    }
    if (until != NULL && suspension.until.ms <= suspension.since.ms) {
        return pk_verb_usage(context, arguments, "'%s' is over already; name a later time", until);
    }
    struct pk_error err = {0};
    struct pk_txn txn;
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, &err);
    if (code == PK_OK) {
        code = remark_unknown(context, suspension.relationship, &err);
    }
    if (code == PK_OK) {
        pk_txn_begin(context->db, &txn);
        record(&txn, context, &suspension);
        code = pk_txn_end(&txn, &err);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    print(context, &suspension);
    return PK_EXIT_IN_STEP;
}
