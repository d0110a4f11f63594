/*
 * The shapes of what verbs print are a contract, written by hand in agent/pages/shapes.json; the
 * lists in them that grow with the program (reasons, guards, causes …) come from the program's own
 * tables, lest a reason be added and the schema refuse it.
 */
#include <string.h>

#include "adm/events.h"
#include "adm/operations.h"
#include "adm/steering.h"
#include "agent/explain.h"
#include "agent/render-parts.h"
#include "agent/schema.h"
#include "desired-state/rules.h"
#include "drivers/finding.h"

extern const char pk_shapes_json[];

/* One list: how many there are and what each is called. */
static const char *
operation_name(int i)
{
    return pk_operation_name((enum pk_operation_kind)i);
}

static const char *
cause_name(int i)
{
    return pk_cause_name((enum pk_cause)i);
}

static const char *
guard_name(int i)
{
    return pk_guard_name((enum pk_guard)i);
}

static const char *
block_name(int i)
{
    return pk_block_name((enum pk_block)(i + 1)); /* the first means that there is none */
}

static const char *
action_status_name(int i)
{
    return pk_action_status_name((enum pk_action_status)i);
}

static const char *
permit_name(int i)
{
    return pk_permit_name((enum pk_permit)i);
}

static const char *
reason_name(int i)
{
    return pk_reason_name((enum pk_reason)i);
}

static const char *
severity_name(int i)
{
    return pk_severity_name((enum pk_severity)i);
}

static const char *
rule_name(int i)
{
    return pk_rule_row((enum pk_rule)i)->code;
}

static const char *
condition_type_name(int i)
{
    return pk_condition_type_name((enum pk_condition_type)i);
}

static const char *
condition_reason_name(int i)
{
    return pk_condition_reason_name((enum pk_condition_reason)i);
}

static const char *
truth_name(int i)
{
    return pk_truth_name((enum pk_truth)i);
}

static const char *
overall_status_name(int i)
{
    return pk_overall_status_name((enum pk_overall_status)i);
}

static const char *
origin_name(int i)
{
    return pk_origin_name((enum pk_origin_kind)i);
}

static const char *
finding_severity_name(int i)
{
    return pk_finding_severity_name((enum pk_severity_of_finding)i);
}

/* What pk_pass_condition() answers. */
static const char *
condition_name(int i)
{
    static const char *const names[] = {"in-sync", "drifted", "held", "unknown", "suspended"};
    return names[i];
}

enum { CONDITIONS = 5 };

static const struct {
    const char *name;
    int count;
    const char *(*of)(int);
} lists[] = {
    {"operation", PK_OPERATION_COUNT, operation_name},
    {"cause", PK_CAUSE_COUNT, cause_name},
    {"guard", PK_GUARD_COUNT, guard_name},
    {"block", PK_BLOCK_NO_ID, block_name},
    {"action-status", PK_ACTION_NOT_RUN + 1, action_status_name},
    {"permit", PK_PERMIT_BACKING_OFF + 1, permit_name},
    {"condition", CONDITIONS, condition_name},
    {"reason", PK_REASON_COUNT, reason_name},
    {"severity", PK_ERROR + 1, severity_name},
    {"finding-severity", PK_FINDING_PROBLEM + 1, finding_severity_name},
    {"rule", PK_RULE_COUNT, rule_name},
    {"condition-type", PK_CONDITION_TYPE_COUNT, condition_type_name},
    {"condition-reason", PK_CONDITION_REASON_COUNT, condition_reason_name},
    {"truth", PK_UNKNOWN + 1, truth_name},
    {"overall-status", PK_OVERALL_COMPLETED_WITH_FAILURE + 1, overall_status_name},
    {"origin", PK_ORIGIN_COUNT, origin_name},
};

json_t *
pk_schema_lists(void)
{
    json_t *all = json_object();
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_t *names = json_array();
        for (int j = 0; j < lists[i].count; j++) {
            json_array_append_new(names, json_string(lists[i].of(j)));
        }
        json_object_set_new(all, lists[i].name, json_pack("{s:o}", "enum", names));
    }
    return all;
}

/* The names behind `"$ref": "#/$defs/NAME"` below @p schema that @p out lacks yet. */
static void
gather(json_t *schema, const json_t *from, json_t *out)
{
    static const char prefix[] = "#/$defs/";
    const char *key;
    json_t *value;
    size_t index;
    json_object_foreach(schema, key, value)
    {
        const char *target = json_string_value(value);
        if (strcmp(key, "$ref") == 0 && target != NULL) {
            const char *name = target + sizeof prefix - 1;
            json_t *found = json_object_get(from, name);
            if (found != NULL && json_object_get(out, name) == NULL) {
                json_object_set(out, name, found);
                gather(found, from, out);
            }
        } else {
            gather(value, from, out);
        }
    }
    json_array_foreach(schema, index, value)
    {
        gather(value, from, out);
    }
}

json_t *
pk_schema_shape(const char *name)
{
    json_auto_t *all = pk_json_parse(pk_shapes_json, NULL);
    json_auto_t *grown = pk_schema_lists();
    json_object_update(all, grown);
    json_t *schema = json_deep_copy(json_object_get(all, name));
    json_t *defs = json_object();
    gather(schema, all, defs);
    json_object_set_new(schema, "$defs", defs);
    return schema;
}
