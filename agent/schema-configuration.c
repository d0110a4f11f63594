/* The agent's own configuration, from the table of its keys. */
#include "agent/schema.h"

static json_t *schema_of_section(const struct pk_config_section *section);

/* What a key that may be absent says by `null`. */
static bool
may_be_null(const struct pk_config_key *key)
{
    bool scalar = key->shape == PK_CONFIG_SCALAR || key->shape == PK_CONFIG_PATH ||
                  key->shape == PK_CONFIG_SECRET;
    return scalar && key->field.default_value == NULL &&
           (key->field.flags & PK_FIELD_REQUIRED) == 0;
}

static json_t *
schema_of_limit(void)
{
    return json_pack("{s:s, s:[{s:s, s:s}, {s:[s,s], s:i}], s:b, s:i}", "type", "array",
                     "prefixItems", "type", "string", "pattern", "^[0-9]{1,3}%$", "type", "integer",
                     "string", "minimum", 0, "items", 0, "minItems", 2);
}

static json_t *
schema_of_shape(const struct pk_config_key *key)
{
    switch (key->shape) {
    case PK_CONFIG_SCALAR:
    case PK_CONFIG_PATH:
    case PK_CONFIG_SECRET:
        return pk_schema_field(&key->field);
    case PK_CONFIG_TEXTS:
        return json_pack("{s:s, s:o}", "type", "array", "items", pk_schema_field(&key->field));
    case PK_CONFIG_LIMIT:
        return schema_of_limit();
    case PK_CONFIG_SECTION:
        return schema_of_section(key->section);
    case PK_CONFIG_NAMED:
        return json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
                         schema_of_section(key->section));
    case PK_CONFIG_ITEMS:
        return json_pack("{s:s, s:o}", "type", "array", "items", schema_of_section(key->section));
    }
    return json_object();
}

static json_t *
schema_of_key(const struct pk_config_key *key)
{
    PK_SCRATCH(pool);
    json_t *schema = schema_of_shape(key);
    const char *but = key->missing != NULL ? pk_sprintf(pool, " (%s)", key->missing) : "";
    json_object_set_new(schema, "description",
                        json_string(pk_sprintf(pool, "%s%s", key->field.document, but)));
    return may_be_null(key) ? pk_schema_or_null(schema) : schema;
}

/* Sections nest as deep as the table does: three levels. */
static json_t *
schema_of_section(const struct pk_config_section *section)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < section->count; i++) {
        const struct pk_config_key *key = &section->at[i];
        json_object_set_new(properties, key->field.name, schema_of_key(key));
        if ((key->field.flags & PK_FIELD_REQUIRED) != 0) {
            json_array_append_new(required, json_string(key->field.name));
        }
    }
    return pk_schema_object(properties, required);
}

json_t *
pk_schema_configuration(void)
{
    return schema_of_section(&pk_config_file_section);
}
