/*
 * Two sorted lists of rows, and in each pair two sorted lists of parts, walked in step.  What both
 * hold alike is stated once; what differs is the source's with the partner's beside it, because
 * that is what the first pass after an import would make of it.
 */
#include "agent/import-model.h"

#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "drivers/kea-config.h"

static const struct pk_parts no_parts = {0};
static const struct pk_rows no_rows = {0};

static const struct pk_field *
scope_field(enum pk_scope_field field)
{
    return &pk_scope_fields.at[field];
}

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
add_part(struct pk_pool *pool, struct pk_import_parts *out, const struct pk_part_pair *pair,
         bool compared)
{
    bool differs = compared && !equal(pair->a, pair->b);
    *pk_push(pool, out) = (struct pk_import_part){
        .field = pair->field,
        .key = pair->key,
        .value = pair->a,
        .other = differs ? pair->b : NULL,
        .differs = differs,
    };
}

/* -- Scopes ----------------------------------------------------------------------------------- */

/* Drivers spell a prefix with host bits as a part of its own (drivers/kea-config.h). */
static bool
is_spelling(const struct pk_part_pair *pair)
{
    return pair->field == scope_field(PK_SCOPE_KEA) &&
           strcmp(pair->key, scope_field(PK_SCOPE_SUBNET)->name) == 0;
}

static const char *
spelling(struct pk_pool *pool, const char *value)
{
    json_auto_t *json = value != NULL ? pk_json_parse(value, NULL) : NULL;
    return json_is_string(json) ? pk_strdup(pool, json_string_value(json)) : NULL;
}

static void
merge_scope(struct pk_pool *pool, const struct pk_row *source, const struct pk_row *partner,
            struct pk_import_scope *out)
{
    const struct pk_row *first = source != NULL ? source : partner;
    assert(first != NULL); /* somebody holds it */
    out->subnet = first->subnet;
    out->written = pk_prefix_text(pool, first->subnet);
    bool both = source != NULL && partner != NULL;
    struct pk_parts_walk walk = {.a = &first->parts, .b = both ? &partner->parts : &no_parts};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        if (is_spelling(&pair)) {
            const char *text = spelling(pool, pair.a);
            out->written = text != NULL ? text : out->written;
        } else if ((pair.field->flags & PK_FIELD_KEPT_BY_US) == 0) {
            add_part(pool, &out->parts, &pair, both);
        }
    }
}

static bool
is_linked(const struct pk_import_side *side, const struct pk_row *row)
{
    return side->relation != NULL && equal(row->relationship, side->relation->name);
}

/* A scope counts when either server links it; where nobody knows a relationship, all that have
 * none. */
static bool
belongs(const struct pk_import_side *source, const struct pk_row *of_source,
        const struct pk_import_side *partner, const struct pk_row *of_partner)
{
    if (source->relation == NULL && (partner == NULL || partner->relation == NULL)) {
        return partner == NULL || ((of_source == NULL || of_source->relationship == NULL) &&
                                   (of_partner == NULL || of_partner->relationship == NULL));
    }
    return (of_source != NULL && is_linked(source, of_source)) ||
           (of_partner != NULL && is_linked(partner, of_partner));
}

struct merging {
    struct pk_pool *pool;
    const struct pk_import_side *source, *partner;
    PK_VECTOR(struct pk_import_scope) scopes;
    PK_VECTOR(struct pk_import_loner) loners;
};

static void
add_scope(struct merging *merging, const struct pk_row *source, const struct pk_row *partner)
{
    struct pk_pool *pool = merging->pool;
    if (belongs(merging->source, source, merging->partner, partner)) {
        struct pk_import_scope *scope = pk_push(pool, &merging->scopes);
        merge_scope(pool, source, partner, scope);
        if (merging->partner != NULL && (source == NULL || partner == NULL)) {
            scope->missing_on = source == NULL ? merging->source->server : merging->partner->server;
        }
        return;
    }
    const struct pk_row *rows[] = {source, partner};
    for (size_t i = 0; i < PK_PAIR; i++) {
        if (rows[i] != NULL && rows[i]->relationship == NULL) {
            *pk_push(pool, &merging->loners) = (struct pk_import_loner){
                rows[i]->subnet, i == 0 ? merging->source->server : merging->partner->server};
        }
    }
}

static void
merge_rows(struct merging *merging)
{
    const struct pk_rows *a = merging->source->rows;
    const struct pk_rows *b = merging->partner != NULL ? merging->partner->rows : &no_rows;
    size_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        int order = i == a->count   ? 1
                    : j == b->count ? -1
                                    : pk_prefix_compare(a->at[i].subnet, b->at[j].subnet);
        add_scope(merging, order <= 0 ? &a->at[i] : NULL, order >= 0 ? &b->at[j] : NULL);
        i += order <= 0;
        j += order >= 0;
    }
}

/* -- The relationship ------------------------------------------------------------------------- */

/* Members and mode have lines of their own; the source is what import is told.  What Kea does
 * unasked is not worth a line: servers say all of it. */
static bool
is_setting(const struct pk_part_pair *pair, const char *mode)
{
    if (pair->field == &pk_relationship_fields.at[PK_RELATIONSHIP_KEA] && equal(pair->a, pair->b)) {
        return !equal(pair->a, pk_kea_default_parameter(mode, pair->key));
    }
    return (pair->field->flags & (PK_FIELD_POLICY | PK_FIELD_MEMBERSHIP)) == 0;
}

static void
merge_settings(struct pk_pool *pool, const struct pk_import_side *source,
               const struct pk_import_side *partner, struct pk_import *out)
{
    const struct pk_relation *a = source->relation;
    const struct pk_relation *b = partner != NULL ? partner->relation : NULL;
    const struct pk_field *mode = &pk_relationship_fields.at[PK_RELATIONSHIP_MODE];
    const struct pk_relation *first = a != NULL ? a : b;
    const char *held = first != NULL ? pk_parts_get(&first->parts, mode, "") : NULL;
    out->mode = held != NULL ? held : mode->default_value;
    bool both = a != NULL && b != NULL;
    struct pk_parts_walk walk = {.a = first != NULL ? &first->parts : &no_parts,
                                 .b = both ? &b->parts : &no_parts};
    for (struct pk_part_pair pair; pk_parts_step(&walk, &pair);) {
        if (is_setting(&pair, out->mode)) {
            add_part(pool, &out->settings, &pair, both);
        }
    }
}

/* Is @p server the second of the relation's two members? */
static bool
is_second(const struct pk_relation *relation, const char *server)
{
    if (relation == NULL) {
        return false;
    }
    if (relation->servers[PK_SERVER_2] != NULL) {
        return strcmp(relation->servers[PK_SERVER_2], server) == 0;
    }
    const struct pk_field *field = &pk_relationship_fields.at[PK_RELATIONSHIP_SERVERS];
    const char *pair = pk_parts_get(&relation->parts, field, "");
    json_auto_t *names = pair != NULL ? pk_json_parse(pair, NULL) : NULL;
    return equal(json_string_value(json_array_get(names, PK_SERVER_2)), server);
}

struct pk_import
pk_import_merge(struct pk_pool *pool, const struct pk_import_side *source,
                const struct pk_import_side *partner, const char *name)
{
    const char *other = partner != NULL ? partner->server : NULL;
    const struct pk_relation *relation = source->relation;
    if (relation == NULL && partner != NULL) {
        relation = partner->relation;
    }
    bool swapped = other != NULL && is_second(relation, source->server);
    struct pk_import import = {
        .relationship = name,
        .servers = {swapped ? other : source->server, swapped ? source->server : other},
        .source = source->server,
        .partner = other,
    };
    struct merging merging = {.pool = pool, .source = source, .partner = partner};
    merge_rows(&merging);
    merge_settings(pool, source, partner, &import);
    import.scopes = merging.scopes.at;
    import.scope_count = merging.scopes.count;
    import.loners = merging.loners.at;
    import.loner_count = merging.loners.count;
    return import;
}

/* -- Leaving out, and a name ----------------------------------------------------------------- */

static uint64_t
bit_of(const struct pk_field *field)
{
    return UINT64_C(1) << pk_field_index(&pk_scope_fields, field);
}

void
pk_import_leave_out(struct pk_import_scope *scope, struct pk_import_part *part,
                    struct pk_import_refusal why)
{
    part->refusal = why;
    if (part->field != scope_field(PK_SCOPE_KEA)) {
        scope->left_out |= bit_of(part->field);
    }
}

bool
pk_import_is_left_out(const struct pk_import_scope *scope, const struct pk_import_part *part)
{
    return part->refusal.message != NULL || (scope->left_out & bit_of(part->field)) != 0;
}

const char *
pk_import_name(struct pk_pool *pool, const char *first, const char *second)
{
    static const char separators[] = "-._";
    size_t common = 0, name = 0;
    while (first[common] != '\0' && first[common] == second[common]) {
        common++;
        name = strchr(separators, first[common]) != NULL ? common : name;
    }
    while (name > 0 && strchr(separators, first[name - 1]) != NULL) {
        name--;
    }
    return name > 0 ? pk_strndup(pool, first, name) : pk_sprintf(pool, "%s-%s", first, second);
}
