/*
 * Resuming also forgets the relationship's heals: whoever resumes has dealt with what was flapping.
 */
#include <string.h>

#include "adm/events.h"
#include "adm/steering.h"
#include "agent/verb.h"

static enum pk_code
is_suspended(struct pk_context *context, const char *name, struct pk_wall now, bool *out,
             struct pk_error *err)
{
    struct pk_suspension *at = NULL;
    size_t count = 0;
    enum pk_code code = pk_suspensions_load(context->db, context->pool, now, &at, &count, err);
    *out = false;
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        *out = *out || strcmp(at[i].relationship, name) == 0;
    }
    return code;
}

static enum pk_code
resume(struct pk_context *context, const char *name, bool *was_suspended, struct pk_error *err)
{
    struct pk_wall now = pk_wall_now();
    struct pk_txn txn;
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, err);
    if (code == PK_OK) {
        code = is_suspended(context, name, now, was_suspended, err);
    }
    if (code != PK_OK) {
        return code;
    }
    struct pk_event event = {.time = now,
                             .reason = PK_REASON_RESUMED,
                             .relationship = name,
                             .actor = context->actor,
                             .message = "resumed; its heals are forgotten",
                             .count = 1};
    pk_txn_begin(context->db, &txn);
    pk_heals_forget(&txn, name, (struct pk_wall){0});
    if (*was_suspended) {
        struct pk_condition condition = {.type = PK_CONDITION_SUSPENDED,
                                         .status = PK_FALSE,
                                         .reason = PK_CONDITION_NOT_SUSPENDED};
        pk_suspension_delete(&txn, name);
        pk_condition_set(&txn, name, &condition, now); /* Git's own comes back with the next pass */
        pk_event_add(&txn, &event);
    }
    return pk_txn_end(&txn, err);
}

enum pk_exit
pk_verb_resume(struct pk_context *context, const struct pk_arguments *arguments)
{
    const char *name = arguments->positional[0];
    bool was_suspended = false;
    struct pk_error err = {0};
    if (resume(context, name, &was_suspended, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_object_set_new(document, "relationship", json_string(name));
        json_object_set_new(document, "was_suspended", json_boolean(was_suspended));
        pk_context_print_json(context, document);
        return PK_EXIT_IN_STEP;
    }
    fprintf(context->out,
            was_suspended ? "%s is resumed; the next pass writes again\n"
                          : "%s was not suspended by an operator; its heals are forgotten, and a "
                            "suspend in Git is ended in Git\n",
            name);
    return PK_EXIT_IN_STEP;
}
