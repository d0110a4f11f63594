/*
 * Rules over all scopes.  Nothing compares each with each: the scopes of a server are brought into
 * one order, then neighbours are compared, so a hundred thousand scopes cost a sort.
 *
 * The two servers of a relationship meet the same scopes and find the same mistakes; messages do
 * not name the server, so equal ones fall together when diagnostics are sorted.
 */
#include "desired-state/validate.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* A relationship as one of its servers meets it. */
struct membership {
    const char *server;
    struct pk_wanted_scopes scopes;
};

/* A scope with the one value that the rule at hand orders by. */
struct entry {
    const struct pk_wanted_scope *scope;
    int64_t id;
    const char *network;
};

struct entries {
    struct entry *at;
    size_t count, capacity;
};

static int
compare_memberships(const void *left, const void *right)
{
    const struct membership *a = left, *b = right;
    int order = strcmp(a->server, b->server);
    return order != 0 ? order : (a->scopes.at > b->scopes.at) - (a->scopes.at < b->scopes.at);
}

static int
compare_subnets(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = pk_prefix_compare(a->scope->subnet, b->scope->subnet);
    return order != 0 ? order : (a->scope > b->scope) - (a->scope < b->scope);
}

static int
compare_ids(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return a->id != b->id ? (a->id < b->id ? -1 : 1)
                          : (a->scope > b->scope) - (a->scope < b->scope);
}

static int
compare_networks(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return strcmp(a->network, b->network);
}

static bool
is_later(struct pk_mark a, struct pk_mark b)
{
    int order = strcmp(a.file, b.file);
    return order != 0 ? order > 0 : a.line != b.line ? a.line > b.line : a.column > b.column;
}

/* Reports at the later of two places, naming the earlier. */
static void
diagnose_pair(struct pk_diagnostics *diagnostics, enum pk_rule rule, const char *hint,
              const char *what, struct pk_mark a, struct pk_mark b)
{
    struct pk_mark first = is_later(a, b) ? b : a, later = is_later(a, b) ? a : b;
    pk_diagnose(diagnostics, rule, later, hint, "%s in %s:%u:%u", what, first.file, first.line,
                first.column);
}

static void
check_twice(const struct pk_snapshot *snapshot, struct pk_diagnostics *diagnostics)
{
    for (size_t i = 1; i < snapshot->scope_count; i++) {
        const struct pk_wanted_scope *a = &snapshot->scopes[i - 1], *b = &snapshot->scopes[i];
        if (pk_prefix_compare(a->subnet, b->subnet) == 0 &&
            strcmp(a->relationship, b->relationship) == 0) {
            PK_SCRATCH(scratch);
            diagnose_pair(diagnostics, PK_RULE_SUBNET_TWICE, "keep one of the two",
                          pk_sprintf(scratch, "%s is already a scope of '%s'",
                                     pk_prefix_text(scratch, a->subnet), a->relationship),
                          a->mark, b->mark);
        }
    }
}

/* Prefixes nest or are apart: in order, one can only lie in the last that was not inside another.
 */
static void
check_overlap(const struct entries *entries, struct pk_diagnostics *diagnostics)
{
    const struct pk_wanted_scope *outer = NULL;
    for (size_t i = 0; i < entries->count; i++) {
        const struct pk_wanted_scope *scope = entries->at[i].scope;
        if (outer == NULL || !pk_prefixes_overlap(outer->subnet, scope->subnet)) {
            outer = scope;
        } else if (pk_prefix_compare(outer->subnet, scope->subnet) != 0 ||
                   outer->relationship != scope->relationship) {
            PK_SCRATCH(scratch);
            bool later = is_later(outer->mark, scope->mark);
            const struct pk_wanted_scope *second = later ? outer : scope;
            const struct pk_wanted_scope *first = later ? scope : outer;
            diagnose_pair(diagnostics, PK_RULE_SUBNET_OVERLAP, "a server can hold only one of them",
                          pk_sprintf(scratch, "%s overlaps %s of '%s'",
                                     pk_prefix_text(scratch, second->subnet),
                                     pk_prefix_text(scratch, first->subnet), first->relationship),
                          outer->mark, scope->mark);
        }
    }
}

static struct pk_mark
origin(const struct pk_wanted_scope *scope, enum pk_scope_field field)
{
    for (size_t i = 0; i < scope->parts.count; i++) {
        if (scope->parts.at[i].field == &pk_scope_fields.at[field]) {
            return scope->origin[i];
        }
    }
    return scope->mark;
}

static void
check_ids(struct entries *entries, struct pk_diagnostics *diagnostics)
{
    if (entries->count > 1) {
        qsort(entries->at, entries->count, sizeof entries->at[0], compare_ids);
    }
    for (size_t i = 1; i < entries->count; i++) {
        const struct entry *a = &entries->at[i - 1], *b = &entries->at[i];
        if (a->id == b->id && pk_prefix_compare(a->scope->subnet, b->scope->subnet) != 0) {
            PK_SCRATCH(scratch);
            diagnose_pair(diagnostics, PK_RULE_ID_TWICE,
                          "a server needs an id of its own for each subnet",
                          pk_sprintf(scratch, "id %lld is already used", (long long)a->id),
                          origin(a->scope, PK_SCOPE_ID), origin(b->scope, PK_SCOPE_ID));
        }
    }
}

static void
check_networks(struct entries *entries, struct pk_diagnostics *diagnostics)
{
    if (entries->count > 1) {
        qsort(entries->at, entries->count, sizeof entries->at[0], compare_networks);
    }
    for (size_t i = 0; i < entries->count; i++) {
        const char *name = entries->at[i].network;
        bool before = i != 0 && strcmp(entries->at[i - 1].network, name) == 0;
        bool after = i + 1 < entries->count && strcmp(entries->at[i + 1].network, name) == 0;
        if (!before && !after) {
            pk_diagnose(diagnostics, PK_RULE_SHARED_NETWORK_ONE,
                        origin(entries->at[i].scope, PK_SCOPE_SHARED_NETWORK),
                        "look for a misspelt name, or leave it out",
                        "shared-network %s has no other subnet", name);
        }
    }
}

/* The scopes that one server meets in all its relationships. */
struct server_scopes {
    struct pk_pool *pool;
    struct entries all, with_id, with_network;
};

static void
add_scope(struct server_scopes *out, const struct pk_wanted_scope *scope)
{
    const struct pk_field *rows = pk_scope_fields.at;
    struct entry entry = {.scope = scope};
    *pk_push(out->pool, &out->all) = entry;
    const char *id = pk_parts_get(&scope->parts, &rows[PK_SCOPE_ID], "");
    if (id != NULL && pk_parse_number(id, 0, INT64_MAX, &entry.id)) {
        *pk_push(out->pool, &out->with_id) = entry;
    }
    entry.network = pk_parts_get(&scope->parts, &rows[PK_SCOPE_SHARED_NETWORK], "");
    if (entry.network != NULL) {
        *pk_push(out->pool, &out->with_network) = entry;
    }
}

static void
check_server(const struct membership *at, size_t count, struct pk_diagnostics *diagnostics)
{
    PK_SCRATCH(scratch);
    struct server_scopes scopes = {.pool = scratch};
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < at[i].scopes.count; j++) {
            add_scope(&scopes, &at[i].scopes.at[j]);
        }
    }
    if (count > 1 && scopes.all.count > 1) { /* the scopes of one relationship are sorted */
        qsort(scopes.all.at, scopes.all.count, sizeof scopes.all.at[0], compare_subnets);
    }
    check_overlap(&scopes.all, diagnostics);
    check_ids(&scopes.with_id, diagnostics);
    check_networks(&scopes.with_network, diagnostics);
}

void
pk_validate_snapshot(const struct pk_snapshot *snapshot, struct pk_diagnostics *diagnostics)
{
    PK_SCRATCH(scratch);
    check_twice(snapshot, diagnostics);
    struct membership *members =
        pk_array(scratch, struct membership, snapshot->relationship_count * PK_PAIR);
    size_t count = 0;
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        const struct pk_wanted_relationship *relationship = &snapshot->relationships[i];
        struct pk_wanted_scopes scopes = pk_snapshot_scopes(snapshot, relationship->name);
        for (size_t j = 0; j < PK_PAIR && scopes.count != 0; j++) {
            if (relationship->servers[j] != NULL) {
                members[count++] = (struct membership){relationship->servers[j], scopes};
            }
        }
    }
    if (count > 1) {
        qsort(members, count, sizeof members[0], compare_memberships);
    }
    for (size_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && strcmp(members[end].server, members[i].server) == 0) {
            end++;
        }
        check_server(&members[i], end - i, diagnostics);
    }
}
