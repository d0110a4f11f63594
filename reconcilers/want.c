/*
 * What both servers should hold: the parts Git owns, laid over the first row there is.  The order
 * in which rows are asked is the whole of "nothing flows out of a lost server".
 */
#include "reconcilers/compare-steps.h"

#include <string.h>

enum { LAYERS = 6 };

/* A row that we were making says nothing that Git or a default does not. */
static bool
is_half_made(const struct pk_scope_state *scope, int side)
{
    return scope->half[side] && scope->wanted != NULL && scope->have[side] != NULL &&
           scope->base[side] != NULL &&
           pk_sha256_equal(&scope->have[side]->hash, &scope->base[side]->hash);
}

struct pk_layer
pk_scope_layer(const struct pk_scope_state *scope, int source, const bool lost[PK_PAIR])
{
    int partner = pk_other_side(source);
    const struct pk_layer layers[LAYERS] = {
        {lost[source] || scope->half[source] ? NULL : scope->have[source], source, false},
        {lost[partner] || scope->half[partner] ? NULL : scope->have[partner], partner, false},
        {is_half_made(scope, source) ? NULL : scope->base[source], source, true},
        {is_half_made(scope, partner) ? NULL : scope->base[partner], partner, true},
        {is_half_made(scope, source) ? NULL : scope->have[source], source, false},
        {is_half_made(scope, partner) ? NULL : scope->have[partner], partner, false},
    };
    for (size_t i = 0; i < LAYERS; i++) {
        if (layers[i].row != NULL) {
            return layers[i];
        }
    }
    return (struct pk_layer){NULL, source, false};
}

static const char *
id_of(const struct pk_row *row)
{
    return row != NULL ? pk_parts_get(&row->parts, &pk_scope_fields.at[PK_SCOPE_ID], "") : NULL;
}

/* The id a scope has although the row under the others lacks it, else one for a new scope. */
static const char *
find_id(struct pk_comparing *comparing, struct pk_scope_state *scope)
{
    int source = comparing->source, partner = comparing->partner;
    const char *const known[] = {
        id_of(scope->have[source]),
        id_of(scope->have[partner]),
        id_of(scope->base[source]),
        id_of(scope->base[partner]),
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i] != NULL) {
            return known[i];
        }
    }
    bool is_new = scope->have[source] == NULL && scope->have[partner] == NULL;
    return is_new ? pk_choose_subnet_id(comparing, scope) : NULL;
}

struct pk_row
pk_want_row(const struct pk_comparing *comparing, struct pk_prefix subnet, struct pk_part *parts,
            size_t count)
{
    struct pk_row row = {
        .subnet = subnet,
        .relationship = comparing->view->relationship->name,
        .parts = pk_parts_canonical(parts, count),
        .active_leases = PK_LEASES_UNKNOWN,
    };
    row.hash = pk_parts_hash(&row.parts);
    return row;
}

static bool
is_link(const struct pk_part *part)
{
    return part->field == &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP];
}

/* What a new scope has on its source where nobody says anything, which its partner then gets too.
 */
static const struct pk_parts *
defaults_for(const struct pk_comparing *comparing, const struct pk_wanted_scope *wanted)
{
    static const struct pk_parts none;
    const struct pk_server_view *server = &comparing->view->servers[comparing->source];
    const char *network =
        wanted != NULL
            ? pk_parts_get(&wanted->parts, &pk_scope_fields.at[PK_SCOPE_SHARED_NETWORK], "")
            : NULL;
    const struct pk_parts *found = &none;
    for (size_t i = 0; i < server->default_count; i++) {
        const struct pk_scope_defaults *defaults = &server->defaults[i];
        bool in_it =
            network != NULL && defaults->network != NULL && strcmp(network, defaults->network) == 0;
        if (defaults->network == NULL || in_it) {
            found = &defaults->parts;
        }
        if (in_it) {
            break;
        }
    }
    return found;
}

void
pk_want_scope(struct pk_comparing *comparing, struct pk_scope_state *scope)
{
    const struct pk_wanted_scope *wanted = scope->wanted;
    const struct pk_row *layer = pk_scope_layer(scope, comparing->source, comparing->lost).row;
    const struct pk_parts *below = layer != NULL ? &layer->parts : defaults_for(comparing, wanted);
    size_t wanted_count = wanted != NULL ? wanted->parts.count : 0;
    const size_t link_and_id = 2;
    struct pk_part *parts =
        pk_array(comparing->pool, struct pk_part, below->count + wanted_count + link_and_id);
    size_t count = 0;
    for (size_t i = 0; i < below->count; i++) {
        const struct pk_part *part = &below->at[i];
        if (!is_link(part) && (wanted == NULL || !pk_wanted_owns(wanted, part->field, part->key))) {
            parts[count++] = *part;
        }
    }
    for (size_t i = 0; i < wanted_count; i++) {
        if (!is_link(&wanted->parts.at[i])) {
            parts[count++] = wanted->parts.at[i];
        }
    }
    parts[count++] = (struct pk_part){.field = &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP],
                                      .key = "",
                                      .value = comparing->name_value};
    bool has_id = false;
    for (size_t i = 0; i < count; i++) {
        has_id = has_id || parts[i].field == &pk_scope_fields.at[PK_SCOPE_ID];
    }
    const char *id = has_id ? NULL : find_id(comparing, scope);
    if (id != NULL) {
        parts[count++] =
            (struct pk_part){.field = &pk_scope_fields.at[PK_SCOPE_ID], .key = "", .value = id};
    }
    scope->want = pk_want_row(comparing, scope->subnet, parts, count);
}
