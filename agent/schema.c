/* What is common to all schemas: scalars by their kind, and the frame around each. */
#include "agent/schema.h"

#include <string.h>

#include "base/number.h"

static const char dialect[] = "https://json-schema.org/draft/2020-12/schema";

static const char duration_pattern[] = "^(unlimited|(0|[1-9][0-9]*)[smhd]?)$";
static const char number_pattern[] = "^-?(0|[1-9][0-9]*)$";
static const char name_pattern[] = "^[A-Za-z0-9._-]+$";
static const char prefix_pattern[] = "^[0-9]{1,3}(\\.[0-9]{1,3}){3}/([0-9]|[12][0-9]|3[0-2])$";

const struct pk_schema pk_schemas[] = {
    {"desired-state", "the YAML of the repository"},
    {"configuration", "pairkeeper.yaml"},
    {"diff", "what diff, apply and replicate print"},
    {"plan", "a plan file by diff --out"},
    {"explain", "what explain prints"},
    {"status", "what status prints"},
    {"events", "one line of events"},
    {"validate", "what validate prints"},
    {"doctor", "what doctor prints"},
    {"import", "what import prints"},
    {"error", "any failure"},
    {"answer", "what the other verbs print"},
};
const size_t pk_schema_count = sizeof pk_schemas / sizeof pk_schemas[0];

json_t *
pk_schema_ref(const char *name)
{
    PK_SCRATCH(pool);
    return json_pack("{s:s}", "$ref", pk_sprintf(pool, "#/$defs/%s", name));
}

json_t *
pk_schema_object(json_t *properties, json_t *required)
{
    json_t *schema = json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties,
                               "additionalProperties", 0);
    if (required != NULL && json_array_size(required) != 0) {
        json_object_set(schema, "required", required);
    }
    json_decref(required);
    return schema;
}

json_t *
pk_schema_or_null(json_t *schema)
{
    json_t *type = json_object_get(schema, "type");
    json_t *choices = json_object_get(schema, "enum");
    if (type == NULL) {
        return json_pack("{s:[o, {s:s}]}", "anyOf", schema, "type", "null");
    }
    json_t *types = json_is_array(type) ? json_copy(type) : json_pack("[O]", type);
    json_array_append_new(types, json_string("null"));
    json_object_set_new(schema, "type", types);
    if (choices != NULL) {
        json_array_append_new(choices, json_null());
    }
    return schema;
}

static void
set_limits(json_t *schema, const struct pk_field *field, const char *least, const char *most)
{
    if (field->min > 0) {
        json_object_set_new(schema, least, json_integer(field->min));
    }
    if (field->max > 0) {
        json_object_set_new(schema, most, json_integer(field->max));
    }
}

/* A scalar that looks like a number or a truth value is still a text to pairkeeper. */
static json_t *
schema_of_text(const struct pk_field *field)
{
    json_t *schema = json_pack("{s:[s,s,s]}", "type", "string", "number", "boolean");
    set_limits(schema, field, "minLength", "maxLength");
    return schema;
}

static json_t *
schema_of_name(const struct pk_field *field)
{
    json_t *schema =
        json_pack("{s:[s,s], s:s}", "type", "string", "number", "pattern", name_pattern);
    set_limits(schema, field, "minLength", "maxLength");
    return schema;
}

static json_t *
schema_of_number(const struct pk_field *field, const char *pattern)
{
    json_t *schema = json_pack("{s:[s,s], s:s}", "type", "integer", "string", "pattern", pattern);
    json_object_set_new(schema, "minimum", json_integer(field->min));
    set_limits(schema, field, "minimum", "maximum");
    return schema;
}

static json_t *
schema_of_choice(const struct pk_field *field)
{
    json_t *choices = json_array();
    for (size_t i = 0; field->choices[i] != NULL; i++) {
        json_array_append_new(choices, json_string(field->choices[i]));
    }
    return json_pack("{s:s, s:o}", "type", "string", "enum", choices);
}

static json_t *
schema_of_pair(const struct pk_field *field)
{
    return json_pack("{s:s, s:o, s:i, s:i, s:b}", "type", "array", "items", schema_of_name(field),
                     "minItems", 2, "maxItems", 2, "uniqueItems", 1);
}

static json_t *
schema_of_kind(const struct pk_field *field)
{
    switch (field->kind) {
    case PK_KIND_TEXT:
        return schema_of_text(field);
    case PK_KIND_NAME:
        return schema_of_name(field);
    case PK_KIND_BOOLEAN:
        return json_pack("{s:s}", "type", "boolean");
    case PK_KIND_NUMBER:
        return schema_of_number(field, number_pattern);
    case PK_KIND_DURATION:
        return schema_of_number(field, duration_pattern);
    case PK_KIND_CHOICE:
        return schema_of_choice(field);
    case PK_KIND_PREFIX:
        return json_pack("{s:s, s:s}", "type", "string", "pattern", prefix_pattern);
    case PK_KIND_SERVER_PAIR:
        return schema_of_pair(field);
    case PK_KIND_RANGES:
        return pk_schema_ref("ranges");
    case PK_KIND_EXCLUSIONS:
        return pk_schema_ref("exclusions");
    case PK_KIND_OPTIONS:
        return pk_schema_ref("options");
    case PK_KIND_RESERVATIONS:
        return pk_schema_ref("reservations");
    case PK_KIND_JSON_MAP:
        return pk_schema_ref("kea");
    case PK_KIND_DEFAULTS:
        return pk_schema_ref("scope-defaults");
    }
    return json_object();
}

/* As people write it: a duration with its unit. */
static json_t *
default_of(const struct pk_field *field)
{
    json_t *value = pk_json_parse(field->default_value, NULL);
    if (field->kind != PK_KIND_DURATION || !json_is_integer(value)) {
        return value;
    }
    PK_SCRATCH(pool);
    json_t *written = json_string(pk_format_duration(pool, (uint32_t)json_integer_value(value)));
    json_decref(value);
    return written;
}

json_t *
pk_schema_field(const struct pk_field *field)
{
    json_t *schema = schema_of_kind(field);
    json_object_set_new(schema, "description", json_string(field->document));
    if (field->default_value != NULL) {
        json_object_set_new(schema, "default", default_of(field));
    }
    return schema;
}

json_t *
pk_schema_of(const char *name)
{
    PK_SCRATCH(pool);
    for (size_t i = 0; i < pk_schema_count; i++) {
        if (strcmp(pk_schemas[i].name, name) != 0) {
            continue;
        }
        json_t *schema = strcmp(name, "desired-state") == 0   ? pk_schema_desired_state()
                         : strcmp(name, "configuration") == 0 ? pk_schema_configuration()
                                                              : pk_schema_shape(name);
        json_object_set_new(schema, "$schema", json_string(dialect));
        json_object_set_new(schema, "$id",
                            json_string(pk_sprintf(pool, "urn:pairkeeper:1:%s", name)));
        json_object_set_new(
            schema, "title",
            json_string(pk_sprintf(pool, "pairkeeper: %s", pk_schemas[i].document)));
        return schema;
    }
    return NULL;
}
