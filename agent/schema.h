/**
 * @file
 * JSON Schemas (2020-12) of everything that people write and programs read, made from the tables
 * that decode and print it.
 *
 * What is written in YAML is described as editors see it: by YAML 1.2's core schema, where `12` is
 * a number and `8h` a text.  pairkeeper reads scalars by their key instead, so a schema accepts
 * every spelling that both take, and says more than it can only in descriptions.
 */
#ifndef PK_AGENT_SCHEMA_H
#define PK_AGENT_SCHEMA_H

#include "agent/config-keys.h"
#include "base/json.h"

struct pk_schema {
    const char *name;     /**< of `schema --of` */
    const char *document; /**< a sentence for help */
};

extern const struct pk_schema pk_schemas[];
extern const size_t pk_schema_count;

/** A new reference to the whole schema called @p name; NULL when there is none. */
json_t *pk_schema_of(const char *name);

/* -- The parts; each returns a new reference ------------------------------------------------- */

/** A value of one field as it stands in YAML, with description, limits and default. */
json_t *pk_schema_field(const struct pk_field *field);

/** `{"$ref": "#/$defs/NAME"}` */
json_t *pk_schema_ref(const char *name);

/** An object of these properties and no others; takes the reference, @p required may be NULL. */
json_t *pk_schema_object(json_t *properties, json_t *required);

/** Allows `null` too; takes and returns the reference. */
json_t *pk_schema_or_null(json_t *schema);

json_t *pk_schema_desired_state(void);
json_t *pk_schema_configuration(void);

/** The shape called @p name of what verbs print; NULL when there is none. */
json_t *pk_schema_shape(const char *name);

/** Lists that only grow (reasons, guards, causes …) as definitions for the shapes. */
json_t *pk_schema_lists(void);

#endif
