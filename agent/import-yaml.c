/*
 * Every part has a line of its own, so that a difference can be said behind it and a complaint
 * about the line is a complaint about the part.  What is left out is written all the same, behind a
 * `#`, with the reason: somebody will want to mend it.
 */
#include "agent/import-yaml.h"

#include <stdlib.h>
#include <string.h>

#include "agent/import-lines.h"
#include "agent/yaml-text.h"
#include "base/ipv4.h"
#include "desired-state/rules.h"

enum { RANGES_WIDTH = 72 };

static const struct pk_field *
scope_row(enum pk_scope_field field)
{
    return &pk_scope_fields.at[field];
}

/* -- One field of a scope --------------------------------------------------------------------- */

/* The parts of one field: a slice of the scope's. */
struct field_parts {
    const struct pk_field *field;
    struct pk_import_part *at;
    size_t count;
    bool left_out; /* as a whole */
};

static struct field_parts
parts_of(const struct pk_import_scope *scope, enum pk_scope_field id)
{
    struct field_parts out = {.field = scope_row(id), .left_out = (scope->left_out >> id & 1) != 0};
    for (size_t i = 0; i < scope->parts.count; i++) {
        if (scope->parts.at[i].field == out.field) {
            out.at = out.count == 0 ? &scope->parts.at[i] : out.at;
            out.count++;
        }
    }
    return out;
}

/* Why a field is left out, before it. */
static void
put_reasons(struct pk_lines *lines, const struct field_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->at[i].refusal.message != NULL) {
            bool of_many = parts->field->kind == PK_KIND_RESERVATIONS;
            pk_lines_put_refusal(lines, PK_INDENT_FIELD, &parts->at[i].refusal,
                                 of_many ? parts->at[i].key : "");
        }
    }
}

static void
put_header(struct pk_lines *lines, const struct field_parts *parts, const char *prefix)
{
    pk_lines_put(lines, PK_INDENT_FIELD,
                 pk_sprintf(lines->pool, "%s%s:", prefix, parts->field->name), NULL, NULL);
}

static void
put_scalar(struct pk_lines *lines, const struct field_parts *parts)
{
    struct pk_import_part *part = parts->count != 0 ? parts->at : NULL;
    const char *inherited = pk_import_default_of(lines->import, parts->field, "");
    const char *value = part != NULL ? part->value : NULL;
    bool same = value != NULL && inherited != NULL && strcmp(value, inherited) == 0;
    lines->at.part = part;
    if (parts->left_out) {
        put_reasons(lines, parts);
        pk_lines_put_left_out(lines, part);
    }
    if (!parts->left_out && value != NULL && !same) {
        pk_lines_put(lines, PK_INDENT_FIELD, pk_sprintf(lines->pool, "%s:", parts->field->name),
                     pk_import_value(lines->pool, parts->field, "", value, PK_YAML_BLOCK),
                     pk_lines_difference(lines, part));
    } else if (inherited != NULL && !same) {
        const char *own = pk_import_value(lines->pool, parts->field, "", NULL, PK_YAML_BLOCK);
        pk_lines_put(lines, PK_INDENT_FIELD, pk_sprintf(lines->pool, "%s:", parts->field->name),
                     own != NULL && !parts->left_out ? own : "null",
                     pk_lines_difference(lines, part));
    } else if (!parts->left_out && part != NULL && part->differs) {
        pk_lines_put_difference(lines, PK_INDENT_FIELD, part);
    }
    lines->at.part = NULL;
}

/* An id that would be chosen anyway (the network address as a number) is not worth a line. */
static bool
is_natural_id(const struct pk_import_scope *scope, const struct pk_import_part *part)
{
    return !part->differs && part->value != NULL &&
           strtoul(part->value, NULL, 10) == scope->subnet.address;
}

static void
put_id(struct pk_lines *lines, const struct field_parts *parts)
{
    if (parts->count != 0 && !is_natural_id(lines->at.scope, parts->at)) {
        put_scalar(lines, parts);
    }
}

/* Many ranges are a list of lines. */
static void
put_ranges(struct pk_lines *lines, const struct field_parts *parts)
{
    const bool is_said = parts->count != 0 && !parts->left_out && parts->at->value != NULL;
    json_auto_t *list = is_said ? pk_json_parse(parts->at->value, NULL) : NULL;
    const char *value = json_array_size(list) > 1 ? pk_import_value(lines->pool, parts->field, "",
                                                                    parts->at->value, PK_YAML_BLOCK)
                                                  : NULL;
    if (value == NULL || strlen(value) <= RANGES_WIDTH) {
        put_scalar(lines, parts);
        return;
    }
    lines->at.part = parts->at;
    pk_lines_put(lines, PK_INDENT_FIELD, "ranges:", NULL, pk_lines_difference(lines, parts->at));
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_auto_t *one = json_pack("[O]", json_array_get(list, i));
        char *text =
            pk_strdup(lines->pool, pk_import_value(lines->pool, parts->field, "",
                                                   pk_json_text(lines->pool, one), PK_YAML_BLOCK));
        text[strlen(text) - 1] = '\0'; /* its brackets */
        pk_lines_put(lines, PK_INDENT_MEMBER, "-", text + 1, NULL);
    }
    lines->at.part = NULL;
}

/* -- Maps ------------------------------------------------------------------------------------- */

void
pk_lines_put_member(struct pk_lines *lines, unsigned indent, const char *key, const char *value,
                    const char *remark)
{
    struct pk_text text = {.pool = lines->pool};
    pk_yaml_add_text(&text, key, PK_YAML_BLOCK);
    pk_text_add(&text, ":");
    pk_lines_put(lines, indent, pk_text_end(&text), value, remark);
}

/* A key of the map, in the scope, in the defaults or in both. */
struct member {
    struct pk_import_part *part;
    const struct pk_import_default *inherited;
};

/* Does it need a line of its own? */
static bool
is_stated(const struct member *member)
{
    if (member->part != NULL && member->part->refusal.message != NULL) {
        return false;
    }
    const char *value = member->part != NULL ? member->part->value : NULL;
    const char *inherited = member->inherited != NULL ? member->inherited->value : NULL;
    return value == NULL || inherited == NULL ? value != inherited : strcmp(value, inherited) != 0;
}

static void
put_stated(struct pk_lines *lines, const struct member *member, bool alone)
{
    const struct pk_import_part *part = member->part;
    const struct pk_field *field = part != NULL ? part->field : member->inherited->field;
    const char *key = part != NULL ? part->key : member->inherited->key;
    enum pk_yaml_place place = alone ? PK_YAML_FLOW : PK_YAML_BLOCK;
    const char *value = part != NULL && part->value != NULL
                            ? pk_import_value(lines->pool, field, key, part->value, place)
                            : "null";
    if (!alone) {
        pk_lines_put_member(lines, PK_INDENT_MEMBER, key, value, pk_lines_difference(lines, part));
        return;
    }
    struct pk_text text = {.pool = lines->pool};
    pk_text_add(&text, "{");
    pk_yaml_add_text(&text, key, PK_YAML_FLOW);
    pk_text_addf(&text, ": %s}", value);
    pk_lines_put_member(lines, PK_INDENT_FIELD, field->name, pk_text_end(&text),
                        pk_lines_difference(lines, part));
}

struct members {
    struct member *at;
    size_t count, capacity;
};

static const char *
key_of(const struct member *member)
{
    return member->part != NULL ? member->part->key : member->inherited->key;
}

static int
compare_members(const void *left, const void *right)
{
    return strcmp(key_of(left), key_of(right));
}

static struct members
members_of(struct pk_lines *lines, const struct field_parts *parts)
{
    struct members out = {0};
    const struct pk_import_defaults *defaults = &lines->import->defaults;
    for (size_t i = 0; i < parts->count; i++) {
        pk_push(lines->pool, &out)->part = &parts->at[i];
    }
    for (size_t i = 0; i < defaults->count; i++) {
        if (defaults->at[i].field == parts->field) {
            struct member one = {.inherited = &defaults->at[i]};
            struct member *same =
                out.count == 0 ? NULL
                               : bsearch(&one, out.at, parts->count, sizeof one, compare_members);
            *(same != NULL ? same : pk_push(lines->pool, &out)) =
                (struct member){same != NULL ? same->part : NULL, one.inherited};
        }
    }
    if (out.count > 1) {
        qsort(out.at, out.count, sizeof out.at[0], compare_members);
    }
    return out;
}

/* As a whole behind a `#`; what is inherited must not take its place. */
static void
put_map_left_out(struct pk_lines *lines, const struct field_parts *parts)
{
    bool inherits = false;
    for (size_t i = 0; i < lines->import->defaults.count; i++) {
        inherits = inherits || lines->import->defaults.at[i].field == parts->field;
    }
    if (inherits) {
        pk_lines_put(lines, PK_INDENT_FIELD, pk_sprintf(lines->pool, "%s:", parts->field->name),
                     "null", NULL);
    }
    put_reasons(lines, parts);
    put_header(lines, parts, "# ");
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->at[i].value != NULL) {
            pk_lines_put_left_out(lines, &parts->at[i]);
        }
    }
}

/* What has no line in the map: a key that is left out, a difference of one that is inherited. */
static void
put_beside(struct pk_lines *lines, const struct member *member)
{
    struct pk_import_part *part = member->part;
    lines->at.part = part;
    if (part != NULL && part->refusal.message != NULL) {
        pk_lines_put_refusal(lines, PK_INDENT_FIELD, &part->refusal, "");
        pk_lines_put_left_out(lines, part);
    } else if (part != NULL && part->differs && !is_stated(member)) {
        pk_lines_put_difference(lines, PK_INDENT_FIELD, part);
    }
}

/* One key alone stands beside its map's name, more stand below it. */
static void
put_members(struct pk_lines *lines, const struct field_parts *parts, const struct members *members)
{
    size_t stated = 0;
    for (size_t i = 0; i < members->count; i++) {
        stated += is_stated(&members->at[i]);
    }
    if (stated > 1) {
        put_header(lines, parts, "");
    }
    for (size_t i = 0; i < members->count; i++) {
        if (is_stated(&members->at[i])) {
            lines->at.part = members->at[i].part;
            put_stated(lines, &members->at[i], stated == 1);
        }
    }
}

static void
put_map(struct pk_lines *lines, const struct field_parts *parts)
{
    if (parts->left_out) {
        put_map_left_out(lines, parts);
        return;
    }
    struct members members = members_of(lines, parts);
    put_members(lines, parts, &members);
    for (size_t i = 0; i < members.count; i++) {
        put_beside(lines, &members.at[i]);
    }
    lines->at.part = NULL;
}

/* -- Reservations ----------------------------------------------------------------------------- */

struct reserved {
    uint32_t address; /* those without come last */
    struct pk_import_part *part;
};

static int
compare_reserved(const void *left, const void *right)
{
    const struct reserved *a = left, *b = right;
    return a->address != b->address ? (a->address < b->address ? -1 : 1)
                                    : strcmp(a->part->key, b->part->key);
}

/* In the order of addresses, as people look for them. */
static struct reserved *
in_order(struct pk_lines *lines, const struct field_parts *parts)
{
    struct reserved *out = pk_array(lines->pool, struct reserved, parts->count);
    for (size_t i = 0; i < parts->count; i++) {
        struct pk_import_part *part = &parts->at[i];
        json_auto_t *value = pk_json_parse(part->value != NULL ? part->value : part->other, NULL);
        const char *ip = json_string_value(json_object_get(value, "ip"));
        out[i] = (struct reserved){UINT32_MAX, part};
        if (ip != NULL) {
            pk_parse_ipv4(ip, &out[i].address);
        }
    }
    if (parts->count > 1) {
        qsort(out, parts->count, sizeof out[0], compare_reserved);
    }
    return out;
}

static void
put_reservation(struct pk_lines *lines, const struct field_parts *parts, bool stated,
                struct pk_import_part *part)
{
    lines->at.part = part;
    if (part->value == NULL) {
        pk_lines_put_difference(lines, stated ? PK_INDENT_MEMBER : PK_INDENT_FIELD, part);
    } else if (parts->left_out) {
        pk_lines_put_left_out(lines, part);
    } else {
        pk_lines_put(
            lines, PK_INDENT_MEMBER, "-",
            pk_import_value(lines->pool, part->field, part->key, part->value, PK_YAML_BLOCK),
            pk_lines_difference(lines, part));
    }
    lines->at.part = NULL;
}

static void
put_reservations(struct pk_lines *lines, const struct field_parts *parts)
{
    struct reserved *reserved = in_order(lines, parts);
    bool stated = false;
    for (size_t i = 0; i < parts->count; i++) {
        stated = stated || parts->at[i].value != NULL;
    }
    put_reasons(lines, parts);
    if (stated) {
        put_header(lines, parts, parts->left_out ? "# " : "");
    }
    for (size_t i = 0; i < parts->count; i++) {
        put_reservation(lines, parts, stated && !parts->left_out, reserved[i].part);
    }
}

/* -- A scope ---------------------------------------------------------------------------------- */

static void
put_field(struct pk_lines *lines, enum pk_scope_field field)
{
    const struct field_parts parts = parts_of(lines->at.scope, field);
    switch (field) {
    case PK_SCOPE_SUBNET:
    case PK_SCOPE_RELATIONSHIP:
    case PK_SCOPE_EXCLUSIONS: /* ranges say all there is */
    case PK_SCOPE_FIELD_COUNT:
        break;
    case PK_SCOPE_ID:
        put_id(lines, &parts);
        break;
    case PK_SCOPE_RANGES:
        put_ranges(lines, &parts);
        break;
    case PK_SCOPE_OPTIONS:
    case PK_SCOPE_KEA:
        put_map(lines, &parts);
        break;
    case PK_SCOPE_RESERVATIONS:
        put_reservations(lines, &parts);
        break;
    case PK_SCOPE_NAME:
    case PK_SCOPE_DESCRIPTION:
    case PK_SCOPE_STATE:
    case PK_SCOPE_LEASE_TIME:
    case PK_SCOPE_RENEW_TIME:
    case PK_SCOPE_REBIND_TIME:
    case PK_SCOPE_SHARED_NETWORK:
        put_scalar(lines, &parts);
        break;
    }
}

static void
put_content(struct pk_lines *lines, const struct pk_import_scope *scope)
{
    const struct field_parts link = parts_of(scope, PK_SCOPE_RELATIONSHIP);
    const char *missing =
        scope->missing_on != NULL ? pk_sprintf(lines->pool, "not on %s", scope->missing_on) : NULL;
    pk_lines_put(lines, PK_INDENT_SCOPE, "- subnet:", scope->written, missing);
    pk_lines_put(lines, PK_INDENT_FIELD, "relationship:", lines->import->relationship,
                 link.count != 0 ? pk_lines_difference(lines, link.at) : NULL);
    for (int i = 0; i < PK_SCOPE_FIELD_COUNT; i++) {
        put_field(lines, (enum pk_scope_field)i);
    }
}

/* What is too large for a file is so behind a `#`, too. */
static bool
is_too_large(const struct pk_import_refusal *why)
{
    return why->rule != NULL && strcmp(why->rule, pk_rule_row(PK_RULE_TOO_LARGE)->code) == 0;
}

void
pk_lines_put_scope(struct pk_lines *lines, struct pk_import_scope *scope)
{
    lines->at = (struct pk_import_line){.scope = scope};
    if (scope->refusal.message != NULL) {
        pk_lines_put_refusal(lines, PK_INDENT_SCOPE, &scope->refusal, scope->written);
    }
    lines->commented = scope->refusal.message != NULL;
    if (!is_too_large(&scope->refusal)) {
        put_content(lines, scope);
    }
    lines->commented = false;
    lines->at = (struct pk_import_line){0};
}
