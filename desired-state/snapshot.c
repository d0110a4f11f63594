/*
 * From files to one snapshot: files in the order of their names, each read and decoded by itself
 * and its tree freed at once; then relationships and scopes are sorted, defaults merged, rules
 * applied. Since everything is sorted before it is judged, the order in which files arrive changes
 * nothing.
 *
 * What one unreadable file may hold is not guessed: while there is one, a relationship that is
 * missing elsewhere is no error.
 */
#include "desired-state/snapshot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "desired-state/validate.h"

/* One build. */
struct builder {
    struct pk_pool *pool, *work;
    const struct pk_snapshot_context *context;
    struct pk_diagnostics *diagnostics;
    struct pk_declarations said;
    bool complete;          /* every file could be read */
    const char **demanding; /* per relationship: a server that demands valid scopes, or NULL */
    struct pk_written_list merged; /* of the scope at hand */
};

/* -- reading --------------------------------------------------------------------------------- */

static int
compare_files(const void *left, const void *right)
{
    const struct pk_source_file *const *a = left, *const *b = right;
    return strcmp((*a)->path, (*b)->path);
}

static void
read_file(struct builder *builder, const struct pk_source_file *file)
{
    PK_SCRATCH(tree);
    struct pk_diagnostics *diagnostics = builder->diagnostics;
    size_t errors = diagnostics->errors;
    const struct pk_node *root = pk_document_parse(tree, file->path, file->bytes, file->size,
                                                   &builder->context->limits, diagnostics);
    if (root == NULL) {
        builder->complete = builder->complete && diagnostics->errors == errors;
        return;
    }
    const struct pk_decoder decoder = {
        .pool = builder->pool,
        .work = builder->work,
        .scratch = tree,
        .file = pk_strdup(builder->pool, file->path),
        .diagnostics = diagnostics,
    };
    pk_decode_file(&decoder, root, &builder->said);
}

static void
read_files(struct builder *builder, const struct pk_source_file *files, size_t count)
{
    const struct pk_source_file **sorted =
        pk_array(builder->work, const struct pk_source_file *, count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &files[i];
    }
    if (count > 1) {
        qsort(sorted, count, sizeof sorted[0], compare_files);
    }
    for (size_t i = 0; i < count; i++) {
        read_file(builder, sorted[i]);
    }
}

/* -- relationships --------------------------------------------------------------------------- */

static int
compare_relationships(const void *left, const void *right)
{
    const struct pk_relationship_declaration *a = left, *b = right;
    int order = strcmp(a->wanted.name, b->wanted.name);
    return order != 0 ? order : strcmp(a->wanted.mark.file, b->wanted.mark.file);
}

/* The reader may have said already that there is nothing to read. */
static bool
is_known_empty(const struct pk_diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        if (diagnostics->list.at[i].rule == PK_RULE_NOTHING_WANTED) {
            return true;
        }
    }
    return false;
}

/* Of two with one name the first counts, so that nothing is reported twice because of it. */
static void
settle_relationships(struct builder *builder)
{
    struct pk_relationship_declaration *at = builder->said.relationships.at;
    size_t total = builder->said.relationships.count, kept = 0;
    if (total > 1) {
        qsort(at, total, sizeof at[0], compare_relationships);
    }
    for (size_t i = 0; i < total; i++) {
        const struct pk_wanted_relationship *before = kept != 0 ? &at[kept - 1].wanted : NULL;
        if (before != NULL && strcmp(before->name, at[i].wanted.name) == 0) {
            pk_diagnose(builder->diagnostics, PK_RULE_RELATIONSHIP_TWICE, at[i].wanted.mark,
                        "put both into one place", "relationship '%s' is already in %s:%u:%u",
                        before->name, before->mark.file, before->mark.line, before->mark.column);
        } else {
            at[kept++] = at[i];
        }
    }
    builder->said.relationships.count = kept;
    if (kept == 0 && builder->complete && !is_known_empty(builder->diagnostics)) {
        pk_diagnose(builder->diagnostics, PK_RULE_NOTHING_WANTED, (struct pk_mark){.file = ""},
                    "look at the configured branch and path",
                    "no file has a relationship: nothing is wanted");
    }
    builder->demanding = pk_array(builder->work, const char *, kept);
    for (size_t i = 0; i < kept; i++) {
        builder->demanding[i] = pk_validate_servers(&at[i], builder->context, builder->diagnostics);
        pk_validate_timers(&at[i].defaults.parts, builder->diagnostics);
    }
}

static int
compare_name(const void *name, const void *relationship)
{
    return strcmp(name, ((const struct pk_relationship_declaration *)relationship)->wanted.name);
}

static const struct pk_relationship_declaration *
find_relationship(const struct builder *builder, const char *name)
{
    return builder->said.relationships.count == 0
               ? NULL
               : bsearch(name, builder->said.relationships.at, builder->said.relationships.count,
                         sizeof builder->said.relationships.at[0], compare_name);
}

/* -- scopes ---------------------------------------------------------------------------------- */

/* A scope with its relationship, whose address is its place in the order. */
struct link {
    const struct pk_scope_declaration *scope;
    const struct pk_relationship_declaration *relationship;
};

static int
compare_links(const void *left, const void *right)
{
    const struct link *a = left, *b = right;
    if (a->relationship != b->relationship) {
        return a->relationship < b->relationship ? -1 : 1;
    }
    int order = pk_prefix_compare(a->scope->subnet, b->scope->subnet);
    return order != 0 ? order : (a->scope > b->scope) - (a->scope < b->scope);
}

static void
diagnose_unknown_relationship(const struct builder *builder,
                              const struct pk_scope_declaration *scope)
{
    PK_SCRATCH(scratch);
    struct pk_nearest nearest = {.wanted = scope->relationship};
    for (size_t i = 0; i < builder->said.relationships.count; i++) {
        pk_nearest_offer(&nearest, builder->said.relationships.at[i].wanted.name);
    }
    const char *meant = pk_did_you_mean(scratch, &nearest);
    pk_diagnose(builder->diagnostics, PK_RULE_RELATIONSHIP_UNKNOWN, scope->relationship_mark,
                meant != NULL ? meant : "declare it under relationships, in any file",
                "no relationship is called '%s'", scope->relationship);
}

/* The scopes that have both halves of their key, in order; the others are errors already. */
static struct link *
link_scopes(const struct builder *builder, size_t *count)
{
    size_t total = builder->said.scopes.count, linked = 0;
    struct link *links = pk_array(builder->work, struct link, total);
    for (size_t i = 0; i < total; i++) {
        const struct pk_scope_declaration *scope = &builder->said.scopes.at[i];
        if (scope->relationship == NULL) {
            continue;
        }
        const struct pk_relationship_declaration *relationship =
            find_relationship(builder, scope->relationship);
        if (relationship == NULL && builder->complete) {
            diagnose_unknown_relationship(builder, scope);
        }
        if (relationship != NULL && scope->has_subnet) {
            links[linked++] = (struct link){scope, relationship};
        }
    }
    if (linked > 1) {
        qsort(links, linked, sizeof links[0], compare_links);
    }
    *count = linked;
    return links;
}

static bool
is_refused(const struct pk_declaration *scope, const struct pk_field *field)
{
    return (scope->refused & UINT64_C(1) << pk_field_index(&pk_scope_fields, field)) != 0;
}

/* Both lists are sorted: the scope's part wins over the default of the same name. */
static void
merge_parts(struct builder *builder, const struct pk_declaration *scope,
            const struct pk_declaration *defaults)
{
    const struct pk_written_list *own = &scope->parts, *base = &defaults->parts;
    builder->merged.count = 0;
    size_t i = 0, j = 0;
    while (i < own->count || j < base->count) {
        int order = i == own->count    ? 1
                    : j == base->count ? -1
                                       : pk_part_compare(&own->at[i].part, &base->at[j].part);
        const struct pk_written *part = order <= 0 ? &own->at[i] : &base->at[j];
        bool inherited = order > 0;
        i += order <= 0;
        j += order >= 0;
        if (!inherited || !is_refused(scope, part->part.field)) {
            struct pk_written *out = pk_push(builder->work, &builder->merged);
            *out = *part;
            out->inherited = inherited;
        }
    }
}

/* The kea keys that are Git's, those that are wanted absent included. */
static void
settle_kea(struct builder *builder, struct pk_wanted_scope *out)
{
    const struct pk_field *kea = &pk_scope_fields.at[PK_SCOPE_KEA];
    const struct pk_written_list *merged = &builder->merged;
    size_t first = 0;
    while (first < merged->count && merged->at[first].part.field != kea) {
        first++;
    }
    if (first == merged->count) {
        return;
    }
    const char **keys = pk_array(builder->pool, const char *, merged->count - first);
    for (size_t i = first; i < merged->count && merged->at[i].part.field == kea; i++) {
        keys[out->owned_kea_count++] = merged->at[i].part.key;
    }
    out->owned_kea = keys;
}

/* Parts without `null` and without defaults, and beside them where each was written. */
static void
settle_parts(struct builder *builder, struct pk_wanted_scope *out)
{
    const struct pk_written_list *merged = &builder->merged;
    struct pk_part *at = pk_array(builder->pool, struct pk_part, merged->count);
    size_t count = 0;
    for (size_t i = 0; i < merged->count; i++) {
        if (merged->at[i].part.value != NULL) {
            at[count++] = merged->at[i].part;
        }
    }
    out->parts = pk_parts_canonical(at, count);
    struct pk_mark *origin = pk_array(builder->pool, struct pk_mark, out->parts.count);
    for (size_t i = 0, j = 0; i < out->parts.count; i++, j++) {
        while (pk_part_compare(&merged->at[j].part, &out->parts.at[i]) != 0) {
            j++;
        }
        origin[i] = merged->at[j].mark;
    }
    out->origin = origin;
}

static void
build_scope(struct builder *builder, const struct link *link, struct pk_wanted_scope *out)
{
    const struct pk_declaration *scope = &link->scope->content;
    const struct pk_declaration *defaults = &link->relationship->defaults;
    size_t index = (size_t)(link->relationship - builder->said.relationships.at);
    merge_parts(builder, scope, defaults);
    pk_validate_timers(&builder->merged, builder->diagnostics);
    pk_validate_split_ranges(link->scope, &link->relationship->wanted, builder->diagnostics);
    pk_validate_protocol(link->scope, builder->demanding[index], builder->diagnostics);
    const uint64_t never = UINT64_C(1) << PK_SCOPE_SUBNET | UINT64_C(1) << PK_SCOPE_EXCLUSIONS |
                           UINT64_C(1) << PK_SCOPE_KEA;
    out->subnet = link->scope->subnet;
    out->relationship = link->relationship->wanted.name;
    out->mark = link->scope->mark;
    out->owned = (scope->stated | (defaults->stated & ~scope->refused)) & ~never;
    settle_kea(builder, out);
    settle_parts(builder, out);
}

static void
build(struct builder *builder, struct pk_snapshot *out)
{
    settle_relationships(builder);
    size_t relationships = builder->said.relationships.count, scopes;
    const struct link *links = link_scopes(builder, &scopes);
    struct pk_wanted_relationship *wanted =
        pk_array(builder->pool, struct pk_wanted_relationship, relationships);
    for (size_t i = 0; i < relationships; i++) {
        wanted[i] = builder->said.relationships.at[i].wanted;
    }
    struct pk_wanted_scope *at = pk_array(builder->pool, struct pk_wanted_scope, scopes);
    for (size_t i = 0; i < scopes; i++) {
        build_scope(builder, &links[i], &at[i]);
    }
    *out = (struct pk_snapshot){
        .ref = "",
        .commit = "",
        .relationships = wanted,
        .relationship_count = relationships,
        .scopes = at,
        .scope_count = scopes,
    };
}

enum pk_code
pk_snapshot_build(struct pk_pool *pool, const struct pk_source_file *files, size_t file_count,
                  const struct pk_snapshot_context *context, struct pk_diagnostics *diagnostics,
                  struct pk_snapshot *out)
{
    PK_SCRATCH(work);
    struct builder builder = {
        .pool = pool,
        .work = work,
        .context = context,
        .diagnostics = diagnostics,
        .complete = diagnostics->errors == 0, /* a file that was not even handed over */
    };
    struct pk_snapshot snapshot;
    read_files(&builder, files, file_count);
    build(&builder, &snapshot);
    pk_validate_snapshot(&snapshot, diagnostics);
    pk_diagnostics_sort(diagnostics);
    if (diagnostics->errors != 0) {
        return PK_EINVAL;
    }
    *out = snapshot;
    return PK_OK;
}

/* -- asking ---------------------------------------------------------------------------------- */

static int
compare_key(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

bool
pk_wanted_owns(const struct pk_wanted_scope *scope, const struct pk_field *field, const char *key)
{
    if (field == &pk_scope_fields.at[PK_SCOPE_KEA]) {
        return scope->owned_kea_count != 0 &&
               bsearch(key, scope->owned_kea, scope->owned_kea_count, sizeof scope->owned_kea[0],
                       compare_key) != NULL;
    }
    return (scope->owned & UINT64_C(1) << pk_field_index(&pk_scope_fields, field)) != 0;
}

/* The first scope whose relationship is not before @p name, or with @p after not up to it. */
static size_t
boundary(const struct pk_snapshot *snapshot, const char *name, bool after)
{
    size_t low = 0, high = snapshot->scope_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(snapshot->scopes[middle].relationship, name);
        if (order < 0 || (after && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct pk_wanted_scopes
pk_snapshot_scopes(const struct pk_snapshot *snapshot, const char *relationship)
{
    size_t first = boundary(snapshot, relationship, false);
    size_t end = boundary(snapshot, relationship, true);
    return (struct pk_wanted_scopes){.at = snapshot->scopes + first, .count = end - first};
}

static int
compare_wanted(const void *name, const void *relationship)
{
    return strcmp(name, ((const struct pk_wanted_relationship *)relationship)->name);
}

const struct pk_wanted_relationship *
pk_snapshot_relationship(const struct pk_snapshot *snapshot, const char *name)
{
    return snapshot->relationship_count == 0
               ? NULL
               : bsearch(name, snapshot->relationships, snapshot->relationship_count,
                         sizeof snapshot->relationships[0], compare_wanted);
}
