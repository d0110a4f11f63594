/*
 * Why a cut down pass comes to the same plan.  A scope that is left out was equal to Git on both
 * servers, with a base; the servers have not changed since, and the files that name it neither, so
 * it needs nothing now.  What decisions ask of it is its number (guards, lost servers), which is on
 * record, and whether it is in the way of another one: the same address or the same subnet id,
 * which the servers are asked for, because what is in step is on the servers.
 */
#include "agent/narrow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/sift.h"
#include "base/number.h"
#include "base/text.h"

const char *
pk_narrow_fingerprint(struct pk_pool *pool, const struct pk_config *config)
{
    struct pk_text text = {.pool = pool};
    const struct pk_repository_config *repository = &config->repository;
    pk_text_addf(&text, "%s\n%s\n%zu %" PRIu64 " %zu %u\n%d %d\n", PAIRKEEPER_VERSION,
                 repository->path, repository->files_limit, repository->total_bytes_limit,
                 repository->limits.file_bytes, repository->limits.depth, (int)config->allow_prune,
                 (int)config->allow_settings);
    for (size_t i = 0; i < config->server_count; i++) {
        const struct pk_server_config *server = &config->servers[i];
        pk_text_addf(&text, "%s\n%s\n%s\n", server->name, server->driver,
                     server->url != NULL ? server->url : "");
    }
    struct pk_sha256 hash = pk_sha256_of(pk_text_end(&text), text.count);
    return pk_sha256_text(pool, &hash);
}

/* -- The snapshot ----------------------------------------------------------------------------- */

struct file_list {
    struct pk_pool *pool;
    PK_VECTOR(struct pk_source_file) list;
};

static bool
is_among(const struct pk_source_file *files, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(files[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

/* One side of the comparison: the files that differ, and those always needed where they do not. */
static struct file_list
side_of(struct pk_pool *pool, const struct pk_settled *settled, const struct pk_source_file *files,
        size_t count, const struct pk_repository_changes *changes)
{
    struct file_list side = {.pool = pool};
    for (size_t i = 0; i < count; i++) {
        *pk_push(pool, &side.list) = files[i];
    }
    for (size_t i = 0; i < settled->source_count; i++) {
        const struct pk_settled_file *source = &settled->sources[i];
        if (!is_among(changes->before, changes->before_count, source->path) &&
            !is_among(changes->after, changes->after_count, source->path)) {
            *pk_push(pool, &side.list) = (struct pk_source_file){
                .path = source->path,
                .bytes = source->content,
                .size = strlen(source->content),
            };
        }
    }
    return side;
}

/*
 * Without a word of complaint, not even a warning: those are for a pass that sees everything.  That
 * a shared network has one subnet cannot be known here, and is looked into below.
 */
static bool
build(struct pk_pool *pool, const struct file_list *side, const struct pk_snapshot_context *context,
      struct pk_snapshot *out)
{
    struct pk_diagnostics diagnostics = {.pool = pool};
    bool fine = pk_snapshot_build(pool, side->list.at, side->list.count, context, &diagnostics,
                                  out) == PK_OK;
    for (size_t i = 0; fine && i < diagnostics.list.count; i++) {
        fine = diagnostics.list.at[i].rule == PK_RULE_SHARED_NETWORK_ONE;
    }
    return fine;
}

/* Do both sides have exactly the relationships on record, from files that did not change? */
static bool
same_relationships(const struct pk_settled *settled, const struct pk_repository_changes *changes,
                   const struct pk_snapshot *snapshot)
{
    bool same = snapshot->relationship_count == settled->relationship_count;
    for (size_t i = 0; same && i < snapshot->relationship_count; i++) {
        const struct pk_wanted_relationship *relationship = &snapshot->relationships[i];
        const char *file = relationship->mark.file;
        same = strcmp(relationship->name, settled->relationships[i].name) == 0 &&
               !is_among(changes->before, changes->before_count, file) &&
               !is_among(changes->after, changes->after_count, file);
    }
    return same;
}

static bool
is_open(const struct pk_settled *settled, struct pk_prefix subnet)
{
    return pk_prefixes_contain(&settled->open, subnet);
}

static int
compare_subnet(const void *subnet, const void *scope)
{
    return pk_prefix_compare(*(const struct pk_prefix *)subnet,
                             ((const struct pk_wanted_scope *)scope)->subnet);
}

static const struct pk_wanted_scope *
find_scope(const struct pk_snapshot *snapshot, const char *relationship, struct pk_prefix subnet)
{
    struct pk_wanted_scopes scopes = pk_snapshot_scopes(snapshot, relationship);
    return scopes.count == 0
               ? NULL
               : bsearch(&subnet, scopes.at, scopes.count, sizeof scopes.at[0], compare_subnet);
}

static const char *
network_of(const struct pk_wanted_scope *scope)
{
    const struct pk_field *network = &pk_scope_fields.at[PK_SCOPE_SHARED_NETWORK];
    const char *name = scope != NULL ? pk_parts_get(&scope->parts, network, "") : NULL;
    return name != NULL ? name : "";
}

/* Has each scope of @p one the shared network that it has in @p other? */
static bool
keep_networks(const struct pk_snapshot *one, const struct pk_snapshot *other)
{
    for (size_t i = 0; i < one->scope_count; i++) {
        const struct pk_wanted_scope *scope = &one->scopes[i];
        if (strcmp(network_of(scope),
                   network_of(find_scope(other, scope->relationship, scope->subnet))) != 0) {
            return false;
        }
    }
    return true;
}

static const size_t *
count_unseen(struct pk_pool *pool, const struct pk_settled *settled,
             const struct pk_snapshot *before)
{
    size_t *unseen = pk_array(pool, size_t, before->relationship_count + 1);
    for (size_t i = 0; i < before->relationship_count; i++) {
        unseen[i] = settled->relationships[i].scopes;
    }
    for (size_t i = 0; i < before->scope_count; i++) {
        const struct pk_wanted_scope *scope = &before->scopes[i];
        const struct pk_wanted_relationship *relationship =
            pk_snapshot_relationship(before, scope->relationship);
        if (!is_open(settled, scope->subnet)) {
            unseen[relationship - before->relationships]--;
        }
    }
    return unseen;
}

/* The id that a scope states, else the one it would be given if it were new (design 5.6). */
static uint32_t
id_of(const struct pk_wanted_scope *scope)
{
    const char *stated = pk_parts_get(&scope->parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
    int64_t id = 0;
    return stated != NULL && pk_parse_number(stated, 1, UINT32_MAX, &id) ? (uint32_t)id
                                                                         : scope->subnet.address;
}

bool
pk_narrow_list_ids(struct pk_pool *pool, const struct pk_snapshot *after, struct pk_narrow *narrow)
{
    uint32_t *ids = pk_array(pool, uint32_t, narrow->subnets.count + 1);
    size_t found = 0;
    for (size_t i = 0; i < narrow->subnets.count; i++) {
        size_t wanted = 0;
        ids[i] = 0;
        for (size_t r = 0; r < after->relationship_count; r++) {
            const struct pk_wanted_scope *scope =
                find_scope(after, after->relationships[r].name, narrow->subnets.at[i]);
            wanted += scope != NULL;
            ids[i] = scope != NULL ? id_of(scope) : ids[i];
        }
        found += wanted > 1;
    }
    narrow->ids = ids;
    return found == 0;
}

static uint64_t
bytes_of(const struct pk_source_file *files, size_t count)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += files[i].size;
    }
    return bytes;
}

/* What the whole commit holds; false when it may be more than is allowed. */
static bool
add_up(const struct pk_repository_config *repository, const struct pk_settled *settled,
       const struct pk_repository_changes *changes, struct pk_snapshot_source *source)
{
    source->all_files = settled->files + changes->after_count - changes->before_count;
    source->all_bytes = settled->bytes + bytes_of(changes->after, changes->after_count) -
                        bytes_of(changes->before, changes->before_count);
    return source->all_files <= repository->files_limit &&
           source->all_bytes <= repository->total_bytes_limit;
}

static void
gather_subnets(struct pk_pool *pool, const struct pk_snapshot *before,
               const struct pk_snapshot *after, struct pk_narrow *narrow)
{
    narrow->subnets = pk_snapshot_changes(pool, before, after);
    for (size_t i = 0; i < narrow->settled.open.count; i++) {
        *pk_push(pool, &narrow->subnets) = narrow->settled.open.at[i];
    }
    pk_prefixes_sort(&narrow->subnets);
}

void
pk_narrow_load(struct pk_pool *pool, const struct pk_repository_config *repository,
               const struct pk_snapshot_context *context, const char *commit,
               struct pk_narrow *narrow, struct pk_snapshot *out, struct pk_snapshot_source *source)
{
    const struct pk_settled *settled = &narrow->settled;
    struct pk_repository_changes changes = {0};
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_error ignored; /* a pass that compares everything says it better */
    if (strcmp(settled->commit, commit) != 0 &&
        (pk_repository_compare(pool, repository, settled->commit, commit, &changes, &diagnostics,
                               &ignored) != PK_OK ||
         diagnostics.list.count != 0)) {
        return;
    }
    struct file_list old = side_of(pool, settled, changes.before, changes.before_count, &changes);
    struct file_list new = side_of(pool, settled, changes.after, changes.after_count, &changes);
    struct pk_snapshot before, after;
    if (!add_up(repository, settled, &changes, source) || !build(pool, &old, context, &before) ||
        !build(pool, &new, context, &after) || !same_relationships(settled, &changes, &before) ||
        !same_relationships(settled, &changes, &after)) {
        return;
    }
    gather_subnets(pool, &before, &after, narrow);
    narrow->before = pk_snapshot_only(pool, &before, &narrow->subnets);
    *out = pk_snapshot_only(pool, &after, &narrow->subnets);
    narrow->unseen = count_unseen(pool, settled, &narrow->before);
    narrow->verified = settled->verified;
    source->files = new.list.at;
    source->count = new.list.count;
    narrow->used = keep_networks(&narrow->before, out) && keep_networks(out, &narrow->before) &&
                   pk_narrow_list_ids(pool, out, narrow);
}

/* -- The servers ------------------------------------------------------------------------------ */

static const char *
settled_sequence(const struct pk_settled *settled, const char *server)
{
    for (size_t i = 0; i < settled->server_count; i++) {
        if (strcmp(settled->servers[i].name, server) == 0) {
            return settled->servers[i].sequence;
        }
    }
    return NULL;
}

static bool
are_unchanged(struct pk_fleet *fleet, const struct pk_narrow *narrow)
{
    const char **before = pk_array(fleet->pool, const char *, fleet->count + 1);
    bool ok = fleet->count == narrow->settled.server_count;
    for (size_t i = 0; ok && i < fleet->count; i++) {
        before[i] = settled_sequence(&narrow->settled, fleet->at[i].config->name);
        ok = before[i] != NULL && fleet->at[i].driver->read_near != NULL;
    }
    return ok && pk_fleet_is_unchanged(fleet, before);
}

/* Has the server only rows that were asked for? */
static bool
is_apart(const struct pk_rows *rows, const struct pk_prefixes *subnets)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (!pk_prefixes_contain(subnets, rows->at[i].subnet)) {
            return false;
        }
    }
    return true;
}

bool
pk_narrow_look(struct pk_fleet *fleet, const struct pk_narrow *narrow)
{
    pk_fleet_observe_near(fleet, narrow->subnets.at, narrow->ids, narrow->subnets.count);
    bool ok = true;
    for (size_t i = 0; ok && i < fleet->count; i++) {
        const struct pk_fleet_server *server = &fleet->at[i];
        ok = server->known && is_apart(&server->observed.rows, &narrow->subnets);
    }
    return ok;
}

bool
pk_narrow_observe(struct pk_fleet *fleet, const struct pk_narrow *narrow)
{
    bool ok = are_unchanged(fleet, narrow) && pk_narrow_look(fleet, narrow);
    for (size_t i = 0; ok && i < fleet->count; i++) {
        const struct pk_fleet_server *server = &fleet->at[i];
        ok = strcmp(server->observed.sequence,
                    settled_sequence(&narrow->settled, server->config->name)) == 0;
    }
    return ok;
}

/* -- What was found --------------------------------------------------------------------------- */

/*
 * False when there is a base that neither the record nor the changed files account for: another
 * file has a say.  Hashes are sifted with all files at hand.
 */
static bool
are_accounted_for(const struct pk_narrow *narrow, const struct pk_pair_view *view)
{
    bool accounted = true;
    for (int side = 0; side < PK_PAIR && narrow->sifted == NULL; side++) {
        for (size_t i = 0; accounted && i < view->base[side].count; i++) {
            const struct pk_row *base = &view->base[side].at[i];
            accounted = is_open(&narrow->settled, base->subnet) ||
                        find_scope(&narrow->before, base->relationship, base->subnet) != NULL;
        }
    }
    return accounted;
}

bool
pk_narrow_suffices(const struct pk_narrow *narrow, const struct pk_views *views,
                   const struct pk_pass_result *result)
{
    for (size_t i = 0; i < views->count; i++) {
        const struct pk_pair_view *view = &views->at[i];
        if (view->renamed_from != NULL || view->leaving.count != 0 || view->coming.count != 0 ||
            view->relinked.count != 0 || !are_accounted_for(narrow, view)) {
            return false;
        }
    }
    if (narrow->sifted != NULL && !pk_sift_keeps_ids_apart(narrow, views)) {
        return false;
    }
    for (size_t i = 0; i < result->relationship_count; i++) {
        const struct pk_relationship_plan *plan = &result->relationships[i].plan;
        if (!plan->is_known) {
            return false;
        }
        for (size_t j = 0; j < plan->action_count; j++) {
            if (plan->actions[j].block != PK_BLOCK_NONE) {
                return false;
            }
        }
    }
    return true;
}
