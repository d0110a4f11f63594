/*
 * What the end of an acting pass leaves for the next ones (agent/narrow.h, agent/sift.h).  Only
 * what was seen or read back as Git wants it is in step; everything else is open, and is looked at
 * again.
 *
 * After writes a server's change sequence is only known to be ours alone where nobody else could
 * write; for the other kinds of server the next pass looks at everything and settles then.
 */
#include <string.h>

#include "adm/verified.h"
#include "agent/pass-steps.h"

enum {
    OPEN_LIMIT = 1000,            /* more than that is no exception any more */
    SOURCE_BYTES_LIMIT = 4 << 20, /* a reader pays for all of it             */
    RENEWED_AFTER_MS = 10 * 60 * 1000,
};

struct settling {
    struct pk_pass *pass;
    struct pk_prefixes open;
    PK_VECTOR(struct pk_settled_relationship) relationships;
    PK_VECTOR(struct pk_settled_server) servers;
    PK_VECTOR(struct pk_settled_file) sources;
    size_t source_bytes;
    const bool **done; /* of each relationship: of each scope, was it written and read back? */
    bool acted, is_blocked, too_many;
};

/* What blocks a scope may be one that is in step: the next pass has to see that too. */
static bool
has_blocked(const struct pk_relationship_plan *plan)
{
    for (size_t i = 0; i < plan->action_count; i++) {
        if (plan->actions[i].block != PK_BLOCK_NONE) {
            return true;
        }
    }
    return false;
}

static bool
may_settle(const struct pk_pass *pass)
{
    const struct pk_pass_request *request = pass->request;
    const struct pk_desired *desired = &pass->desired;
    bool everything =
        request->names == NULL && request->subnet == NULL && request->replicate == NULL;
    bool known = everything && !pass->twice && pk_desired_is_tip(desired) &&
                 desired->diagnostics->list.count == 0;
    for (size_t i = 0; known && i < pass->result->relationship_count; i++) {
        const struct pk_pass_relationship *one = &pass->result->relationships[i];
        known = one->plan.is_known && one->plan.view->renamed_from == NULL;
    }
    return known;
}

/* -- Scopes ----------------------------------------------------------------------------------- */

static const bool *
list_done(struct settling *settling, const struct pk_relationship_plan *plan)
{
    bool *done = pk_array(settling->pass->pool, bool, plan->comparison.count + 1);
    for (size_t i = 0; i < plan->action_count; i++) {
        const struct pk_action *action = &plan->actions[i];
        settling->acted = settling->acted || action->status != PK_ACTION_PLANNED;
        for (size_t j = 0; action->status == PK_ACTION_DONE && j < action->scope_count; j++) {
            done[action->scopes[j] - plan->comparison.at] = true;
        }
    }
    return done;
}

static bool
is_in_step(const struct pk_scope_state *scope, bool done)
{
    bool there = scope->have[PK_SERVER_1] != NULL && scope->have[PK_SERVER_2] != NULL;
    return scope->kind == PK_SCOPE_WANTED && !scope->left_alone &&
           (done || (there && scope->difference_count == 0));
}

static void
add_source(struct settling *settling, const char *path)
{
    const struct pk_snapshot_source *source = &settling->pass->desired.source;
    for (size_t i = 0; i < settling->sources.count; i++) {
        if (strcmp(settling->sources.at[i].path, path) == 0) {
            return;
        }
    }
    for (size_t i = 0; i < source->count; i++) {
        if (strcmp(source->files[i].path, path) == 0) {
            *pk_push(settling->pass->pool, &settling->sources) =
                (struct pk_settled_file){.path = path, .content = source->files[i].bytes};
            settling->source_bytes += source->files[i].size;
            return;
        }
    }
}

/* What is not in step, in whatever relationship; sorted by the caller. */
static void
gather_open(struct settling *settling, const struct pk_comparison *comparison, const bool *done)
{
    for (size_t i = 0; i < comparison->count && settling->open.count <= OPEN_LIMIT; i++) {
        const struct pk_scope_state *scope = &comparison->at[i];
        if (!is_in_step(scope, done[i]) && !(scope->is_deleted && done[i])) {
            *pk_push(settling->pass->pool, &settling->open) = scope->subnet;
        }
    }
}

/*
 * A subnet that is open in one relationship is open in all: it is looked at on every server, and
 * what is seen there without its file would look as if Git had dropped it.
 */
static bool
is_settled(const struct settling *settling, const struct pk_scope_state *scope, bool done)
{
    return is_in_step(scope, done) && !pk_prefixes_contain(&settling->open, scope->subnet);
}

static void
settle_relationship(struct settling *settling, const struct pk_relationship_plan *plan,
                    const bool *done)
{
    const struct pk_comparison *comparison = &plan->comparison;
    size_t in_step = plan->view->unseen;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct pk_scope_state *scope = &comparison->at[i];
        if (is_settled(settling, scope, done[i])) {
            in_step++;
        } else if (scope->wanted != NULL && !settling->too_many) {
            add_source(settling, scope->wanted->mark.file);
        }
    }
    *pk_push(settling->pass->pool, &settling->relationships) =
        (struct pk_settled_relationship){.name = plan->view->relationship->name, .scopes = in_step};
    add_source(settling, plan->view->relationship->mark.file);
}

/* -- Servers ---------------------------------------------------------------------------------- */

/* False when a server's change sequence says nothing about what was observed. */
static bool
list_servers(struct settling *settling)
{
    struct pk_fleet *fleet = &settling->pass->fleet;
    bool certain = true;
    for (size_t i = 0; certain && i < fleet->count; i++) {
        struct pk_fleet_server *server = &fleet->at[i];
        const char *sequence = server->observed.sequence;
        struct pk_error ignored;
        if (settling->acted) {
            certain = server->driver->capabilities(server->connection)->changed_by_us_alone &&
                      server->driver->sequence(server->connection, fleet->pool, NULL, &sequence,
                                               &ignored) == PK_OK;
        }
        *pk_push(fleet->pool, &settling->servers) =
            (struct pk_settled_server){.name = server->config->name, .sequence = sequence};
    }
    return certain;
}

/* -- Hashes ----------------------------------------------------------------------------------- */

static void
keep_scopes(const struct settling *settling, struct pk_txn *txn,
            const struct pk_relationship_plan *plan, const bool *done)
{
    for (size_t i = 0; i < plan->comparison.count; i++) {
        const struct pk_scope_state *scope = &plan->comparison.at[i];
        if (is_settled(settling, scope, done[i])) {
            pk_verified_scope_put(txn, &(struct pk_verified_scope){
                                           .subnet = scope->subnet,
                                           .relationship = plan->view->relationship->name,
                                           .declared = pk_wanted_hash(scope->wanted),
                                           .held = scope->want.hash,
                                           .file = scope->wanted->mark.file,
                                       });
        } else {
            pk_verified_scope_forget(txn, scope->subnet);
        }
    }
}

/* Everything was compared: that is noted, and so are hashes that rows lack. */
static void
keep_comparison(struct pk_txn *txn, const struct pk_pass *pass, const struct pk_verified *before,
                const struct pk_verified *now)
{
    bool same = before->fingerprint != NULL && strcmp(before->fingerprint, now->fingerprint) == 0;
    if (!same || now->compared_at.ms - before->compared_at.ms >= RENEWED_AFTER_MS) {
        pk_verified_put(txn, now);
    }
    for (size_t i = 0; i < pass->fleet.count; i++) {
        const struct pk_fleet_server *server = &pass->fleet.at[i];
        if (server->driver->read_hashes != NULL) {
            pk_adm_hashes_fill(txn, server->config->name, &server->observed.rows);
        }
    }
}

/* What was said by another program or configuration is only replaced when all was compared. */
static enum pk_code
keep_hashes(const struct settling *settling, struct pk_error *err)
{
    const struct pk_pass *pass = settling->pass;
    const struct pk_pass_result *result = pass->result;
    const struct pk_verified now = {
        .fingerprint = pk_narrow_fingerprint(pass->pool, pass->config),
        .compared_at = pass->now,
    };
    struct pk_verified before;
    enum pk_code code = pk_verified_load(pass->db, pass->pool, &before, err);
    bool same = code == PK_OK && before.fingerprint != NULL &&
                strcmp(before.fingerprint, now.fingerprint) == 0;
    if (code != PK_OK || (pass->desired.narrow.used && !same)) {
        return code;
    }
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    if (!pass->desired.narrow.used) {
        keep_comparison(&txn, pass, &before, &now);
    }
    for (size_t i = 0; i < result->relationship_count; i++) {
        keep_scopes(settling, &txn, &result->relationships[i].plan, settling->done[i]);
    }
    return pk_txn_end(&txn, err);
}

/* -- The record ------------------------------------------------------------------------------- */

static bool
same_open(const struct pk_settled *a, const struct pk_settled *b)
{
    bool same = a->open.count == b->open.count;
    for (size_t i = 0; same && i < a->open.count; i++) {
        same = pk_prefix_compare(a->open.at[i], b->open.at[i]) == 0;
    }
    return same;
}

static bool
same_servers(const struct pk_settled *a, const struct pk_settled *b)
{
    bool same = a->server_count == b->server_count;
    for (size_t i = 0; same && i < a->server_count; i++) {
        same = strcmp(a->servers[i].name, b->servers[i].name) == 0 &&
               strcmp(a->servers[i].sequence, b->servers[i].sequence) == 0;
    }
    return same;
}

static bool
says_the_same(const struct pk_settled *before, const struct pk_settled *now)
{
    return before->commit != NULL && strcmp(before->commit, now->commit) == 0 &&
           strcmp(before->fingerprint, now->fingerprint) == 0 && same_open(before, now) &&
           same_servers(before, now) && now->verified.ms - before->verified.ms < RENEWED_AFTER_MS;
}

static struct pk_settled
settled_of(struct settling *settling)
{
    const struct pk_pass *pass = settling->pass;
    const struct pk_desired *desired = &pass->desired;
    return (struct pk_settled){
        .commit = desired->commit,
        .fingerprint = pk_narrow_fingerprint(pass->pool, pass->config),
        .verified = desired->narrow.used ? desired->narrow.verified : pass->now,
        .files = desired->source.all_files,
        .bytes = desired->source.all_bytes,
        .sources = settling->sources.at,
        .source_count = settling->sources.count,
        .open = settling->open,
        .relationships = settling->relationships.at,
        .relationship_count = settling->relationships.count,
        .servers = settling->servers.at,
        .server_count = settling->servers.count,
    };
}

enum pk_code
pk_pass_settle(struct pk_pass *pass, struct pk_error *err)
{
    struct settling settling = {.pass = pass};
    if (!may_settle(pass)) {
        return PK_OK;
    }
    const struct pk_pass_result *result = pass->result;
    settling.done = pk_array(pass->pool, const bool *, result->relationship_count + 1);
    for (size_t i = 0; i < result->relationship_count; i++) {
        const struct pk_relationship_plan *plan = &result->relationships[i].plan;
        settling.is_blocked = settling.is_blocked || has_blocked(plan);
        settling.done[i] = list_done(&settling, plan);
        gather_open(&settling, &plan->comparison, settling.done[i]);
    }
    settling.too_many = settling.open.count > OPEN_LIMIT; /* and then there are more */
    pk_prefixes_sort(&settling.open);
    for (size_t i = 0; i < result->relationship_count; i++) {
        settle_relationship(&settling, &result->relationships[i].plan, settling.done[i]);
    }
    enum pk_code code = keep_hashes(&settling, err);
    if (code != PK_OK) {
        return code;
    }
    if (settling.is_blocked || settling.too_many || settling.source_bytes > SOURCE_BYTES_LIMIT ||
        !list_servers(&settling)) {
        return PK_OK;
    }
    const struct pk_settled settled = settled_of(&settling);
    const struct pk_narrow *narrow = &pass->desired.narrow;
    if (!narrow->reopened && says_the_same(&narrow->settled, &settled)) {
        return PK_OK;
    }
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    pk_settled_put(&txn, &settled);
    return pk_txn_end(&txn, err);
}
