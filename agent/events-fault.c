/*
 * An event names its operation and, where it is about one scope, the subnet: the fault is that
 * scope's sub-task's, else the operation's own.
 */
#include "agent/events-fault.h"

#include "adm/events.h"
#include "adm/operations.h"
#include "agent/soap-fault.h"

struct found {
    struct pk_fault fault;
    const char *operation; /* "replicate-scope of campus" */
};

static enum pk_code
find_event(struct pk_context *context, int64_t seq, struct pk_event **event, struct pk_error *err)
{
    size_t count = 0;
    enum pk_code code = pk_events_load(context->db, context->pool, seq - 1, (struct pk_wall){0}, 1,
                                       event, &count, err);
    if (code == PK_OK && (count == 0 || (*event)->seq != seq)) {
        return pk_error_set(err, PK_ENOENT, "events",
                            "there is no event %lld; pairkeeper events -o json shows them with "
                            "their seq",
                            (long long)seq);
    }
    return code;
}

static const struct pk_fault *
fault_in(const struct pk_operation *operation, const struct pk_event *event)
{
    struct pk_prefix subnet;
    if (event->subnet == NULL || !pk_parse_prefix(event->subnet, &subnet)) {
        return &operation->fault;
    }
    for (size_t i = 0; i < operation->sub_task_count; i++) {
        if (pk_prefix_compare(operation->sub_tasks[i].subnet, subnet) == 0) {
            return &operation->sub_tasks[i].fault;
        }
    }
    return &operation->fault;
}

static enum pk_code
find_fault(struct pk_context *context, int64_t seq, struct found *out, struct pk_error *err)
{
    struct pk_event *event = NULL;
    struct pk_operation operation;
    enum pk_code code = find_event(context, seq, &event, err);
    if (code != PK_OK) {
        return code;
    }
    if (event->operation != 0) {
        code = pk_operation_get(context->db, context->pool, event->operation, &operation, err);
        if (code != PK_OK) {
            return code;
        }
        out->fault = *fault_in(&operation, event);
        out->operation = pk_sprintf(context->pool, "%s of %s", pk_operation_name(operation.kind),
                                    operation.relationship);
    }
    if (out->fault.outer == PK_FAULT_NONE && out->fault.inner == PK_FAULT_NONE) {
        return pk_error_set(err, PK_ENOENT, "events",
                            "event %lld (%s) has no fault: nothing failed in it", (long long)seq,
                            pk_reason_name(event->reason));
    }
    return PK_OK;
}

static json_t *
json_of_id(enum pk_fault_id id)
{
    return id == PK_FAULT_NONE ? json_null()
                               : json_pack("{s:i, s:s}", "id", (int)id, "name", pk_fault_name(id));
}

static void
print(struct pk_context *context, const struct found *found)
{
    const struct pk_fault *fault = &found->fault;
    switch (context->format) {
    case PK_FORMAT_SOAP:
        fputs(pk_soap_fault(context->pool, fault, found->operation), context->out);
        break;
    case PK_FORMAT_JSON: {
        json_t *document = pk_json_document();
        json_object_set_new(document, "operation", json_string(found->operation));
        json_object_set_new(document, "fault",
                            json_pack("{s:o, s:o, s:o}", "outer", json_of_id(fault->outer), "inner",
                                      json_of_id(fault->inner), "message",
                                      pk_json_text_or_null(fault->message)));
        pk_context_print_json(context, document);
        break;
    }
    case PK_FORMAT_TEXT:
    case PK_FORMAT_MARKDOWN:
        fprintf(context->out, "%s failed: %s\n  outer  %s (%d)\n  inner  %s (%d)\n",
                found->operation, fault->message, pk_fault_name(fault->outer), (int)fault->outer,
                pk_fault_name(fault->inner), (int)fault->inner);
        break;
    }
}

enum pk_exit
pk_events_fault(struct pk_context *context, int64_t seq)
{
    struct found found = {0};
    struct pk_error err = {0};
    if (find_fault(context, seq, &found, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    print(context, &found);
    return PK_EXIT_IN_STEP;
}
