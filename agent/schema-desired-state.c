/*
 * The YAML of the repository, from the field tables and the table of options.  What no schema can
 * say (subnets that overlap, ranges inside their subnet) is left to `pairkeeper validate`.
 */
#include "adm/option.h"
#include "agent/schema.h"

static const char range_pattern[] = "^[0-9.]+(-[0-9.]+|/[0-9]+)?$";
/* A code 1..254, or space.code. */
static const char code_pattern[] = "^([A-Za-z0-9_-]+\\.)?[0-9]{1,3}$";

/* -- Options -- */

static json_t *
schema_of_value(enum pk_option_type type)
{
    switch (type) {
    case PK_OPTION_BOOLEAN:
        return json_pack("{s:s}", "type", "boolean");
    case PK_OPTION_UINT8:
    case PK_OPTION_UINT16:
    case PK_OPTION_UINT32:
    case PK_OPTION_INT32:
        return json_pack("{s:[s,s], s:s}", "type", "integer", "string", "pattern",
                         "^-?(0|[1-9][0-9]*)$");
    case PK_OPTION_IPV4:
        return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9]+(\\.[0-9]+){3}$");
    case PK_OPTION_BYTES:
    case PK_OPTION_EMPTY:
    case PK_OPTION_IPV4_PAIR:
    case PK_OPTION_TEXT:
    case PK_OPTION_FQDN:
    case PK_OPTION_CLASSLESS_ROUTE:
        break;
    }
    return json_pack("{s:[s,s,s]}", "type", "string", "number", "boolean");
}

/* One value, a list of them, or the long form with flags. */
static json_t *
schema_of_values(enum pk_option_type type, bool array)
{
    json_t *one = schema_of_value(type);
    json_t *list = json_pack("{s:s, s:O}", "type", "array", "items", one);
    if (!array) {
        json_object_set_new(list, "maxItems", json_integer(1));
    }
    json_t *values = json_pack("{s:[O, O]}", "anyOf", one, list);
    json_t *properties = json_pack("{s:O, s:{s:s}, s:{s:s}}", "value", values, "always-send",
                                   "type", "boolean", "never-send", "type", "boolean");
    json_t *long_form = pk_schema_object(properties, json_pack("[s]", "value"));
    json_t *schema = json_pack("{s:[o, o, o]}", "anyOf", one, list, long_form);
    json_decref(values);
    return schema;
}

static json_t *
schema_of_option(const struct pk_option *option)
{
    PK_SCRATCH(pool);
    json_t *schema = schema_of_values(option->type, option->array);
    json_object_set_new(schema, "description",
                        json_string(pk_sprintf(pool, "Option %u: %s%s.", option->code,
                                               pk_option_type_name(option->type),
                                               option->array ? ", a list" : "")));
    return schema;
}

/* @param may_be_null  `null` says that a default is not inherited */
static json_t *
schema_of_options(bool may_be_null)
{
    json_t *properties = json_object();
    for (size_t i = 0; i < pk_standard_option_count; i++) {
        const struct pk_option *option = &pk_standard_options[i];
        if (!option->server_set) {
            json_t *schema = schema_of_option(option);
            json_object_set_new(properties, option->name,
                                may_be_null ? pk_schema_or_null(schema) : schema);
        }
    }
    json_t *coded = schema_of_values(PK_OPTION_BYTES, true);
    json_t *schema = pk_schema_object(properties, NULL);
    json_object_set_new(
        schema, "patternProperties",
        json_pack("{s:o}", code_pattern, may_be_null ? pk_schema_or_null(coded) : coded));
    return schema;
}

/* -- Ranges and reservations -- */

static json_t *
schema_of_ranges(void)
{
    json_t *range = json_pack("{s:s, s:s}", "type", "string", "pattern", range_pattern);
    json_t *long_form =
        pk_schema_object(json_pack("{s:O, s:{s:s}}", "range", range, "kea", "type", "object"),
                         json_pack("[s]", "range"));
    return json_pack("{s:s, s:{s:[o, o]}}", "type", "array", "items", "anyOf", range, long_form);
}

static json_t *
schema_of_exclusions(void)
{
    return json_pack("{s:s, s:{s:s, s:s}}", "type", "array", "items", "type", "string", "pattern",
                     range_pattern);
}

static json_t *
schema_of_reservations(void)
{
    json_t *properties = json_object(), *identifiers = json_array();
    for (size_t i = 0; i < pk_reservation_fields.count; i++) {
        const struct pk_field *field = &pk_reservation_fields.at[i];
        json_object_set_new(properties, field->name, pk_schema_field(field));
        if ((field->flags & PK_FIELD_KEY) != 0) {
            json_array_append_new(identifiers, json_pack("{s:[s]}", "required", field->name));
        }
    }
    json_t *reservation = pk_schema_object(properties, NULL);
    json_object_set_new(reservation, "oneOf", identifiers);
    return json_pack("{s:s, s:o}", "type", "array", "items", reservation);
}

/* -- Kea -- */

/* Any key but those that have a field or belong to one server. */
static json_t *
schema_of_scope_kea(void)
{
    json_t *refused = json_array();
    for (size_t i = 0; i < pk_scope_kea_refused_count; i++) {
        json_array_append_new(refused, json_string(pk_scope_kea_refused[i].key));
    }
    return json_pack("{s:s, s:{s:{s:o}}}", "type", "object", "propertyNames", "not", "enum",
                     refused);
}

static json_t *
schema_of_relationship_kea(void)
{
    json_t *properties = json_object();
    for (size_t i = 0; i < pk_relationship_kea_keys.count; i++) {
        const struct pk_field *key = &pk_relationship_kea_keys.at[i];
        json_object_set_new(properties, key->name, pk_schema_field(key));
    }
    return pk_schema_object(properties, NULL);
}

/* -- Scopes and relationships -- */

static json_t *
schema_of_scope(void)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < pk_scope_fields.count; i++) {
        const struct pk_field *field = &pk_scope_fields.at[i];
        bool inherited = (field->flags & PK_FIELD_INHERITED) != 0;
        json_t *schema = pk_schema_field(field);
        if (field->kind == PK_KIND_OPTIONS) {
            json_object_set_new(schema, "$ref", json_string("#/$defs/scope-options"));
        }
        json_object_set_new(properties, field->name,
                            inherited ? pk_schema_or_null(schema) : schema);
        if ((field->flags & PK_FIELD_REQUIRED) != 0) {
            json_array_append_new(required, json_string(field->name));
        }
    }
    json_t *scope = pk_schema_object(properties, required);
    json_object_set_new(scope, "dependentRequired", json_pack("{s:[s]}", "exclusions", "ranges"));
    return scope;
}

static json_t *
schema_of_defaults(void)
{
    json_t *properties = json_object();
    for (size_t i = 0; i < pk_scope_fields.count; i++) {
        const struct pk_field *field = &pk_scope_fields.at[i];
        if ((field->flags & PK_FIELD_INHERITED) != 0) {
            json_object_set_new(properties, field->name, pk_schema_field(field));
        }
    }
    return pk_schema_object(properties, NULL);
}

static json_t *
schema_of_relationship(void)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < pk_relationship_fields.count; i++) {
        const struct pk_field *field = &pk_relationship_fields.at[i];
        json_t *schema = pk_schema_field(field);
        if (field->kind == PK_KIND_JSON_MAP) {
            json_object_set_new(schema, "$ref", json_string("#/$defs/relationship-kea"));
        }
        json_object_set_new(properties, field->name, schema);
        if ((field->flags & PK_FIELD_REQUIRED) != 0) {
            json_array_append_new(required, json_string(field->name));
        }
    }
    return pk_schema_object(properties, required);
}

json_t *
pk_schema_desired_state(void)
{
    json_t *properties =
        json_pack("{s:{s:s, s:s, s:o}, s:{s:s, s:s, s:o}}", "relationships", "type", "object",
                  "description", "Failover relationships by name.", "additionalProperties",
                  pk_schema_ref("relationship"), "scopes", "type", "array", "description",
                  "Subnets, each in a relationship.", "items", pk_schema_ref("scope"));
    json_t *schema = pk_schema_object(properties, NULL);
    json_t *defs = json_object();
    json_object_set_new(defs, "relationship", schema_of_relationship());
    json_object_set_new(defs, "scope", schema_of_scope());
    json_object_set_new(defs, "scope-defaults", schema_of_defaults());
    json_object_set_new(defs, "ranges", schema_of_ranges());
    json_object_set_new(defs, "exclusions", schema_of_exclusions());
    json_object_set_new(defs, "reservations", schema_of_reservations());
    json_object_set_new(defs, "options", schema_of_options(false));
    json_object_set_new(defs, "scope-options", schema_of_options(true));
    json_object_set_new(defs, "kea", schema_of_scope_kea());
    json_object_set_new(defs, "relationship-kea", schema_of_relationship_kea());
    json_object_set_new(schema, "$defs", defs);
    return schema;
}
