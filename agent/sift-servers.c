/*
 * The settled record says which scopes were in step at which change sequences.  When a sequence has
 * moved, hashes tell which scopes that concerns; they join the open ones, and the record is as good
 * as before.  The file that declares a scope is on record with its hashes, so only those files are
 * read.
 */
#include "agent/sift.h"

#include <stdlib.h>
#include <string.h>

#include "agent/sift-lanes.h"

enum { REOPENED_LIMIT = 1000 }; /* more than that is no exception any more */

struct reopening {
    struct pk_pool *pool;
    struct pk_sifting sifting;
    struct pk_settled settled;     /* what it is to become            */
    struct pk_prefixes subnets;    /* open now, sorted                */
    PK_VECTOR(const char *) files; /* that declare what is opened     */
};

/* -- Which scopes ----------------------------------------------------------------------------- */

/*
 * False when a scope that was in step has been forgotten since: nobody knows where it is declared,
 * and it would look as if Git did not name it.
 */
static bool
find_changed(struct reopening *reopening)
{
    struct pk_sifting *sifting = &reopening->sifting;
    const struct pk_settled *settled = &reopening->settled;
    size_t *known = pk_array(reopening->pool, size_t, settled->relationship_count + 1);
    for (size_t i = 0; i < sifting->verified_count; i++) {
        const struct pk_verified_scope *scope = &sifting->verified[i];
        if (!pk_sifting_enter(sifting, scope)) {
            continue;
        }
        known[sifting->relationship]++;
        if (pk_sifting_holds(sifting, scope)) {
            pk_sifting_settle(sifting);
        } else {
            *pk_push(reopening->pool, &reopening->subnets) = scope->subnet;
        }
    }
    bool complete = true;
    for (size_t i = 0; complete && i < settled->relationship_count; i++) {
        complete = known[i] == settled->relationships[i].scopes;
    }
    return complete;
}

static void
gather_subnets(struct reopening *reopening)
{
    const struct pk_prefixes *open = &reopening->settled.open;
    for (size_t i = 0; i < reopening->sifting.fleet->count; i++) {
        pk_lane_left_over(reopening->pool, &reopening->sifting.rows[i], &reopening->subnets);
    }
    for (size_t i = 0; i < open->count; i++) {
        *pk_push(reopening->pool, &reopening->subnets) = open->at[i];
    }
    pk_prefixes_sort(&reopening->subnets);
}

/* A subnet that is looked at in one relationship is looked at in all. */
static void
reopen(struct reopening *reopening)
{
    struct pk_sifting *sifting = &reopening->sifting;
    size_t count = reopening->settled.relationship_count;
    struct pk_settled_relationship *relationships =
        pk_array(reopening->pool, struct pk_settled_relationship, count + 1);
    for (size_t i = 0; i < count; i++) {
        relationships[i] = reopening->settled.relationships[i];
    }
    for (size_t i = 0; i < sifting->verified_count; i++) {
        const struct pk_verified_scope *scope = &sifting->verified[i];
        if (pk_prefixes_contain(&reopening->subnets, scope->subnet) &&
            pk_sifting_enter(sifting, scope)) {
            *pk_push(reopening->pool, &reopening->files) = scope->file;
            relationships[sifting->relationship].scopes--;
        }
    }
    reopening->settled.relationships = relationships;
    reopening->settled.open = reopening->subnets;
}

/* -- Which files ------------------------------------------------------------------------------ */

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_source(const struct pk_settled *settled, const char *path)
{
    for (size_t i = 0; i < settled->source_count; i++) {
        if (strcmp(settled->sources[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

/* The files that are not on record already, each once. */
static void
list_new_files(struct reopening *reopening)
{
    size_t kept = 0;
    const char **files = reopening->files.at;
    if (reopening->files.count > 1) {
        qsort(files, reopening->files.count, sizeof files[0], compare_texts);
    }
    for (size_t i = 0; i < reopening->files.count; i++) {
        bool again = kept != 0 && strcmp(files[kept - 1], files[i]) == 0;
        if (!again && !is_source(&reopening->settled, files[i])) {
            files[kept++] = files[i];
        }
    }
    reopening->files.count = kept;
}

static bool
add_sources(struct reopening *reopening, const struct pk_repository_config *repository)
{
    struct pk_settled *settled = &reopening->settled;
    struct pk_source_file *files;
    struct pk_error ignored;
    size_t count = reopening->files.count;
    if (count != 0 &&
        pk_repository_read_only(reopening->pool, repository, settled->commit, reopening->files.at,
                                count, &files, &ignored) != PK_OK) {
        return false;
    }
    struct pk_settled_file *sources =
        pk_array(reopening->pool, struct pk_settled_file, settled->source_count + count + 1);
    for (size_t i = 0; i < settled->source_count; i++) {
        sources[i] = settled->sources[i];
    }
    for (size_t i = 0; i < count; i++) {
        sources[settled->source_count++] =
            (struct pk_settled_file){.path = files[i].path, .content = files[i].bytes};
    }
    settled->sources = sources;
    return true;
}

static void
take_sequences(struct reopening *reopening)
{
    const struct pk_fleet *fleet = reopening->sifting.fleet;
    struct pk_settled_server *servers =
        pk_array(reopening->pool, struct pk_settled_server, fleet->count + 1);
    for (size_t i = 0; i < fleet->count; i++) {
        servers[i] = (struct pk_settled_server){
            .name = fleet->at[i].config->name,
            .sequence = reopening->sifting.sequences[i],
        };
    }
    reopening->settled.servers = servers;
}

static bool
same_names(const struct pk_fleet *fleet, const struct pk_snapshot *snapshot,
           const struct pk_settled *settled)
{
    bool same = fleet->count == settled->server_count &&
                snapshot->relationship_count == settled->relationship_count;
    for (size_t i = 0; same && i < fleet->count; i++) {
        same = strcmp(fleet->at[i].config->name, settled->servers[i].name) == 0;
    }
    for (size_t i = 0; same && i < settled->relationship_count; i++) {
        same = strcmp(snapshot->relationships[i].name, settled->relationships[i].name) == 0;
    }
    return same;
}

bool
pk_sift_servers(struct pk_fleet *fleet, const char *fingerprint,
                const struct pk_repository_config *repository, const struct pk_snapshot *snapshot,
                struct pk_narrow *narrow)
{
    struct reopening reopening = {
        .pool = fleet->pool,
        .sifting = {.fleet = fleet, .snapshot = snapshot},
        .settled = narrow->settled,
    };
    if (!same_names(fleet, snapshot, &narrow->settled) ||
        !pk_sifting_begin(&reopening.sifting, fingerprint) || !find_changed(&reopening)) {
        return false;
    }
    gather_subnets(&reopening);
    if (reopening.subnets.count > REOPENED_LIMIT) {
        return false;
    }
    reopen(&reopening);
    list_new_files(&reopening);
    if (!add_sources(&reopening, repository)) {
        return false;
    }
    take_sequences(&reopening);
    narrow->settled = reopening.settled;
    narrow->reopened = true;
    return true;
}
