/*
 * A relationship's own fields.  Who its members are, their order, the source and the mode decide
 * where everything else goes, so a change of those is told apart from a differing setting.
 */
#include "reconcilers/compare-steps.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

static const struct pk_parts no_parts = {0};

static bool
equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const struct pk_field *
row_of(enum pk_relationship_field field)
{
    return &pk_relationship_fields.at[field];
}

/* Servers and source are always Git's; kea key by key; the rest as stated. */
static bool
is_gits(const struct pk_wanted_relationship *wanted, const struct pk_field *field, const char *key)
{
    if (field == row_of(PK_RELATIONSHIP_SERVERS) || field == row_of(PK_RELATIONSHIP_SOURCE)) {
        return true;
    }
    if (field->kind == PK_KIND_JSON_MAP) {
        return pk_parts_get(&wanted->parts, field, key) != NULL;
    }
    return (wanted->owned >> pk_field_index(&pk_relationship_fields, field) & 1) != 0;
}

/* Git's fields over what the source, else the partner, else the base holds. */
static struct pk_relation
want_relation(const struct pk_comparing *comparing)
{
    const struct pk_pair_view *view = comparing->view;
    const struct pk_wanted_relationship *wanted = view->relationship;
    const struct pk_relation *held = pk_view_relation(view, comparing->source);
    held = held != NULL ? held : pk_view_relation(view, comparing->partner);
    held = held != NULL ? held : view->base_relation;
    struct pk_parts_walk walk = {.a = held != NULL ? &held->parts : &no_parts, .b = &wanted->parts};
    struct pk_part *parts =
        pk_array(comparing->pool, struct pk_part, walk.a->count + walk.b->count + 1);
    size_t count = 0;
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        const char *value = is_gits(wanted, pair.field, pair.key) ? pair.b : pair.a;
        bool comparable = (pair.field->flags & PK_FIELD_POLICY) == 0 &&
                          pair.field != row_of(PK_RELATIONSHIP_SOURCE);
        if (value != NULL && comparable) {
            parts[count++] = (struct pk_part){pair.field, pair.key, value};
        }
    }
    parts[count++] = (struct pk_part){
        .field = row_of(PK_RELATIONSHIP_SOURCE),
        .key = "",
        .value = pk_sprintf(comparing->pool, "\"%s\"", wanted->servers[wanted->source]),
    };
    return (struct pk_relation){
        .name = wanted->name,
        .servers = {wanted->servers[PK_SERVER_1], wanted->servers[PK_SERVER_2]},
        .parts = pk_parts_canonical(parts, count),
    };
}

/* Windows and the embedded servers have settings that Kea knows nothing of. */
static bool
has_setting(const struct pk_server_view *server, const struct pk_field *field)
{
    uint64_t lacks = server->capabilities != NULL ? server->capabilities->lacks : 0;
    return (lacks >> pk_field_index(&pk_relationship_fields, field) & 1) == 0;
}

struct differences {
    PK_VECTOR(struct pk_difference) list;
};

static void
add_side(const struct pk_comparing *comparing, const struct pk_relation *want, int side,
         struct differences *out)
{
    const struct pk_pair_view *view = comparing->view;
    const struct pk_relation *have = pk_view_relation(view, side), *base = view->base_relation;
    if (have == NULL) {
        return;
    }
    struct pk_parts_walk walk = {.a = &have->parts, .b = &want->parts};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        if ((pair.field->flags & (PK_FIELD_POLICY | PK_FIELD_MEMBERSHIP)) != 0 ||
            equal(pair.a, pair.b) || !is_gits(view->relationship, pair.field, pair.key) ||
            !has_setting(&view->servers[side], pair.field)) {
            continue;
        }
        *pk_push(comparing->pool, &out->list) = (struct pk_difference){
            .side = side,
            .field = pair.field,
            .key = pair.key,
            .have = pair.a,
            .want = pair.b,
            .cause = pk_cause_of(&(struct pk_cause_facts){
                .any_row = true,
                .is_source = side == comparing->source,
                .git_owns = true,
                .has_base = base != NULL,
                .have = pair.a,
                .base = base != NULL ? pk_parts_get(&base->parts, pair.field, pair.key) : NULL,
                .want = pair.b,
            }),
        };
    }
}

/* -- Membership ---------------------------------------------------------------------------------
 */

/* Reads the two members; false when the relation does not say. */
static bool
members_of(struct pk_pool *pool, const struct pk_relation *relation, const char *out[PK_PAIR])
{
    for (int side = 0; side < PK_PAIR; side++) {
        out[side] = relation->servers[side];
    }
    if (out[PK_SERVER_1] != NULL && out[PK_SERVER_2] != NULL) {
        return true;
    }
    const char *value = pk_parts_get(&relation->parts, row_of(PK_RELATIONSHIP_SERVERS), "");
    json_auto_t *pair = value != NULL ? pk_json_parse(value, NULL) : NULL;
    for (size_t side = 0; side < PK_PAIR; side++) {
        const char *name = json_string_value(json_array_get(pair, side));
        if (name == NULL) {
            return false;
        }
        out[side] = pk_strdup(pool, name);
    }
    return true;
}

/* A JSON text without its quotes. */
static const char *
json_text(struct pk_pool *pool, const char *value)
{
    json_auto_t *text = pk_json_parse(value, NULL);
    return json_is_string(text) ? pk_strdup(pool, json_string_value(text)) : value;
}

static const char *
mode_of(const struct pk_parts *parts)
{
    const struct pk_field *field = row_of(PK_RELATIONSHIP_MODE);
    const char *mode = pk_parts_get(parts, field, "");
    return mode != NULL ? mode : field->default_value;
}

/* The source a verified relationship had: server 1 unless it says otherwise. */
static const char *
source_of(struct pk_pool *pool, const struct pk_relation *base, const char *members[PK_PAIR])
{
    const char *value = pk_parts_get(&base->parts, row_of(PK_RELATIONSHIP_SOURCE), "");
    return value != NULL ? json_text(pool, value) : members[PK_SERVER_1];
}

/* Adds "source: dhcp-a, now dhcp-b". */
static void
add_change(struct pk_text *out, const char *what, const char *before, const char *now)
{
    pk_text_addf(out, "%s%s: %s, now %s", out->count > 0 ? "; " : "", what, before, now);
}

/* In words; NULL when nothing differs. */
static const char *
difference_from(const struct pk_comparing *comparing, const struct pk_relation *known, bool is_base)
{
    const struct pk_wanted_relationship *wanted = comparing->view->relationship;
    struct pk_pool *pool = comparing->pool;
    struct pk_text out = {.pool = pool};
    const char *members[PK_PAIR];
    if (is_gits(wanted, row_of(PK_RELATIONSHIP_MODE), "") &&
        strcmp(mode_of(&wanted->parts), mode_of(&known->parts)) != 0) {
        add_change(&out, "mode", json_text(pool, mode_of(&known->parts)),
                   json_text(pool, mode_of(&wanted->parts)));
    }
    if (members_of(pool, known, members)) {
        if (strcmp(members[PK_SERVER_1], wanted->servers[PK_SERVER_1]) != 0 ||
            strcmp(members[PK_SERVER_2], wanted->servers[PK_SERVER_2]) != 0) {
            add_change(&out, "servers",
                       pk_sprintf(pool, "[%s, %s]", members[PK_SERVER_1], members[PK_SERVER_2]),
                       pk_sprintf(pool, "[%s, %s]", wanted->servers[PK_SERVER_1],
                                  wanted->servers[PK_SERVER_2]));
        }
        const char *source = is_base ? source_of(pool, known, members) : NULL;
        if (source != NULL && strcmp(source, wanted->servers[wanted->source]) != 0) {
            add_change(&out, "source", source, wanted->servers[wanted->source]);
        }
    }
    return out.count > 0 ? pk_text_end(&out) : NULL;
}

/* Servers do not say who is the source; only what was verified can tell that it changed. */
static const char *
member_change(const struct pk_comparing *comparing)
{
    const struct pk_pair_view *view = comparing->view;
    if (view->base_relation != NULL) {
        return difference_from(comparing, view->base_relation, true);
    }
    const char *change = NULL;
    for (int side = 0; side < PK_PAIR && change == NULL; side++) {
        const struct pk_relation *held = pk_view_relation(view, side);
        change = held != NULL ? difference_from(comparing, held, false) : NULL;
    }
    return change;
}

void
pk_compare_settings(const struct pk_comparing *comparing, struct pk_comparison *out)
{
    struct differences found = {0};
    out->want_relation = want_relation(comparing);
    for (int side = 0; side < PK_PAIR; side++) {
        add_side(comparing, &out->want_relation, side, &found);
    }
    out->settings = found.list.at;
    out->settings_count = found.list.count;
    out->member_change = member_change(comparing);
}
