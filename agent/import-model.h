/**
 * @file
 * What the servers of a relationship hold, merged to what YAML shall say: the source's values, and
 * beside each what the partner holds instead.
 *
 * Pure.  Values are canonical (adm/field.h) and borrowed from the observations.
 */
#ifndef PK_AGENT_IMPORT_MODEL_H
#define PK_AGENT_IMPORT_MODEL_H

#include "drivers/driver.h"

/** Why something is left out of the YAML. */
struct pk_import_refusal {
    const char *rule;    /**< code of the rule, or NULL when no rule says it    */
    const char *message; /**< NULL = it is not left out                         */
};

/** One part of a scope, or one setting of the relationship. */
struct pk_import_part {
    const struct pk_field *field;
    const char *key;
    const char *value; /**< what YAML says; NULL: only the partner has such a value  */
    const char *other; /**< what the partner holds instead, when it differs          */
    bool differs;
    bool not_default; /**< shall not be factored out into scope-defaults             */
    struct pk_import_refusal refusal;
};

struct pk_import_parts {
    struct pk_import_part *at; /**< sorted by (field, key) */
    size_t count, capacity;
};

struct pk_import_scope {
    struct pk_prefix subnet;
    const char *written;    /**< the subnet as the servers spell it, host bits included */
    const char *missing_on; /**< the server that lacks the scope, or NULL               */
    struct pk_import_parts parts;
    uint64_t left_out; /**< bits of pk_scope_fields that are left out whole; never the kea bit */
    struct pk_import_refusal refusal; /**< of the scope as a whole                      */
};

/** A value in scope-defaults. */
struct pk_import_default {
    const struct pk_field *field;
    const char *key, *value;
};

struct pk_import_defaults {
    struct pk_import_default *at; /**< sorted by (field, key) */
    size_t count, capacity;
};

/** A scope on a server that belongs to no relationship there. */
struct pk_import_loner {
    struct pk_prefix subnet;
    const char *server;
};

struct pk_import {
    const char *relationship;
    const char *servers[PK_PAIR]; /**< in the order of their roles; unpaired: NULL for server 2 */
    const char *source, *partner; /**< partner NULL = none is known                            */
    const char *mode;             /**< canonical                                               */
    struct pk_import_parts settings;
    struct pk_import_scope *scopes; /**< sorted by subnet */
    size_t scope_count;
    struct pk_import_defaults defaults; /**< by pk_import_factor() */
    struct pk_import_loner *loners;
    size_t loner_count;
};

/** What one server holds, and what it calls the relationship. */
struct pk_import_side {
    const char *server;
    const struct pk_rows *rows;
    const struct pk_relation *relation; /**< NULL = it knows none: its scopes without one count */
};

/**
 * @param source   whose values count
 * @param partner  NULL = none is known
 * @param name     of the relationship in YAML
 */
struct pk_import pk_import_merge(struct pk_pool *pool, const struct pk_import_side *source,
                                 const struct pk_import_side *partner, const char *name);

/**
 * Sets import->defaults: every inheritable value that more than half of the scopes share and whose
 * stating in scope-defaults makes the file shorter.
 */
void pk_import_factor(struct pk_pool *pool, struct pk_import *import);

/** The default of (field, key), or NULL. */
const char *
pk_import_default_of(const struct pk_import *import, const struct pk_field *field, const char *key);

/**
 * Leaves out a part, and with it its whole field where Git owns that as one: stated without this
 * part, the field would say that the part is not wanted.
 */
void pk_import_leave_out(struct pk_import_scope *scope, struct pk_import_part *part,
                         struct pk_import_refusal why);

/** Is the part left out, by itself or with its field? */
bool pk_import_is_left_out(const struct pk_import_scope *scope, const struct pk_import_part *part);

/** A name for the relationship of two servers: dhcp-a, dhcp-b → dhcp; north, south → north-south.
 */
const char *pk_import_name(struct pk_pool *pool, const char *first, const char *second);

#endif
