/*
 * A tip is only in force when it was fetched, descends from the one before and has no error.  A
 * person who runs diff or apply wants to hear what is wrong with it; the agent must go on with the
 * last good revision, or a typing error would stop every repair.
 */
#include "agent/desired.h"

#include <string.h>

#include "adm/events.h"
#include "adm/operations.h"
#include "adm/steering.h"
#include "agent/sift.h"
#include "base/text.h"

/* What one call needs all along. */
struct loading {
    struct pk_pool *pool;
    const struct pk_config *config;
    struct pk_db *db;
    const struct pk_pass_request *request;
    struct pk_repository_config repository;
    const char *in_force; /* commit, NULL = none yet */
};

static struct pk_snapshot_context
rules_context(struct pk_pool *pool, const struct pk_config *config)
{
    return (struct pk_snapshot_context){
        .servers = pk_config_known_servers(pool, config),
        .server_count = config->server_count,
        .limits = config->repository.limits,
    };
}

/* Our copy of the repository is a cache: an object that cannot be read is fetched again, once. */
static enum pk_code
read_files(struct pk_pool *pool, const struct pk_repository_config *repository, const char *commit,
           struct pk_source_file **files, size_t *count, struct pk_diagnostics *diagnostics,
           struct pk_error *err)
{
    const struct pk_diagnostics before = *diagnostics;
    enum pk_code code =
        pk_repository_read(pool, repository, commit, files, count, diagnostics, err);
    if (code == PK_EDAMAGED && (code = pk_repository_mend(repository, err)) == PK_OK) {
        *diagnostics = before;
        code = pk_repository_read(pool, repository, commit, files, count, diagnostics, err);
    }
    return code;
}

static enum pk_code
look_for_ancestor(const struct pk_repository_config *repository, const char *tip,
                  const char *ancestor, struct pk_error *err)
{
    enum pk_code code = pk_repository_descends(repository, tip, ancestor, err);
    if (code == PK_EDAMAGED && (code = pk_repository_mend(repository, err)) == PK_OK) {
        code = pk_repository_descends(repository, tip, ancestor, err);
    }
    return code;
}

/* Reads and validates one commit; PK_EINVAL when it has errors. */
static enum pk_code
load_commit(struct pk_pool *pool, const struct pk_config *config,
            const struct pk_repository_config *repository, const char *commit,
            struct pk_diagnostics *diagnostics, struct pk_desired *out, struct pk_error *err)
{
    struct pk_source_file *files;
    size_t count;
    enum pk_code code = read_files(pool, repository, commit, &files, &count, diagnostics, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_snapshot_context context = rules_context(pool, config);
    struct pk_snapshot snapshot;
    code = pk_snapshot_build(pool, files, count, &context, diagnostics, &snapshot);
    if (code != PK_OK || diagnostics->errors != 0) {
        pk_diagnostics_sort(diagnostics);
        return pk_error_set(err, PK_EINVAL, commit, "the revision has %zu error%s",
                            diagnostics->errors, pk_plural(diagnostics->errors));
    }
    snapshot.ref = repository->branch;
    snapshot.commit = commit;
    out->snapshot = snapshot;
    out->source = (struct pk_snapshot_source){.files = files, .count = count, .all_files = count};
    for (size_t i = 0; i < count; i++) {
        out->source.all_bytes += files[i].size;
    }
    return PK_OK;
}

/* Asked for by name, a revision is looked at, not followed: no descend check. */
static bool
follows_the_branch(const struct pk_pass_request *request)
{
    return request->repository == NULL && request->revision == NULL;
}

static bool
is_commit_id(const char *revision)
{
    size_t length = strlen(revision);
    return length >= 8 && strspn(revision, "0123456789abcdef") == length;
}

/* A pass over everything that the branch says may look only at what has changed. */
static bool
may_be_narrow(const struct loading *loading)
{
    const struct pk_pass_request *request = loading->request;
    return loading->db != NULL && follows_the_branch(request) && request->names == NULL &&
           request->subnet == NULL && request->replicate == NULL;
}

/* What an operation that was cut off left behind has to be looked for everywhere. */
static bool
is_cut_off(const struct loading *loading)
{
    struct pk_operation *unfinished;
    size_t count;
    struct pk_error ignored;
    return pk_operations_unfinished(loading->db, loading->pool, &unfinished, &count, &ignored) !=
               PK_OK ||
           count != 0;
}

/* What is settled, when it was settled under this configuration. */
static bool
find_settled(const struct loading *loading, struct pk_settled *settled)
{
    struct pk_error ignored;
    return pk_settled_load(loading->db, loading->pool, settled, &ignored) == PK_OK &&
           settled->commit != NULL &&
           strcmp(settled->fingerprint, pk_narrow_fingerprint(loading->pool, loading->config)) == 0;
}

static void
load_narrow(struct pk_pool *pool, const struct pk_config *config,
            const struct pk_repository_config *repository, const char *commit,
            struct pk_desired *out)
{
    const struct pk_snapshot_context context = rules_context(pool, config);
    out->narrow.used = false;
    pk_narrow_load(pool, repository, &context, commit, &out->narrow, &out->snapshot, &out->source);
    out->snapshot.ref = repository->branch;
    out->snapshot.commit = commit;
}

static enum pk_code
load_snapshot(const struct loading *loading, const char *commit, struct pk_diagnostics *diagnostics,
              struct pk_desired *out, struct pk_error *err)
{
    out->narrow.over = !may_be_narrow(loading) || is_cut_off(loading);
    if (!out->narrow.over && find_settled(loading, &out->narrow.settled)) {
        load_narrow(loading->pool, loading->config, &loading->repository, commit, out);
    }
    return out->narrow.used ? PK_OK
                            : load_commit(loading->pool, loading->config, &loading->repository,
                                          commit, diagnostics, out, err);
}

/* The commit that was asked for, fetched; the tip of the branch unless the request names another.
 */
static enum pk_code
fetch_wanted(struct loading *loading, const char **commit, struct pk_error *err)
{
    const char *revision = loading->request->revision;
    if (revision != NULL && !is_commit_id(revision)) {
        loading->repository.branch = revision;
        revision = NULL;
    }
    char tip[PK_COMMIT_TEXT_BYTES];
    enum pk_code code = pk_repository_fetch(&loading->repository, tip, err);
    if (code == PK_OK && revision != NULL) {
        code = pk_repository_resolve(&loading->repository, revision, tip, err);
    }
    if (code == PK_OK) {
        *commit = pk_strdup(loading->pool, tip);
    }
    return code;
}

/* PK_OK when the tip may follow the revision in force. */
static enum pk_code
check_descent(const struct loading *loading, const char *tip, struct pk_error *err)
{
    if (loading->in_force == NULL || loading->config->rewind_allowed ||
        !follows_the_branch(loading->request)) {
        return PK_OK;
    }
    enum pk_code code = look_for_ancestor(&loading->repository, tip, loading->in_force, err);
    if (code == PK_ENOENT) {
        return pk_error_set(
            err, PK_EREFUSED, loading->repository.url,
            "branch %s was rewound: %.12s does not descend from %.12s, which is in "
            "force; restore the branch, or set `rewind: allow` in the configuration",
            loading->repository.branch, tip, loading->in_force);
    }
    return code;
}

/* What a failed step means for a pass that a person runs. */
static enum pk_exit
exit_for(enum pk_code code)
{
    return code == PK_EREFUSED ? PK_EXIT_REFUSED
           : code == PK_EINVAL ? PK_EXIT_INVALID
                               : PK_EXIT_CANNOT_RUN;
}

/* PK_OK when the repository may be asked now. */
static enum pk_code
look_at_pace(const struct loading *loading, struct pk_desired *out, struct pk_error *err)
{
    if (loading->db == NULL) {
        return PK_OK;
    }
    enum pk_code code =
        pk_fetch_pace_load(loading->pool, loading->db, &loading->repository, &out->pace, err);
    if (code != PK_OK || !loading->request->fetch_paced ||
        !pk_fetch_pace_holds(&out->pace, pk_wall_now())) {
        return code;
    }
    out->fetch_waits = true;
    return pk_error_set(err, PK_EAGAIN, loading->repository.url,
                        "the last fetch failed, the next one is not before %s; `pairkeeper status` "
                        "says why, `pairkeeper reconcile` tries at once",
                        pk_wall_text(loading->pool, out->pace.before->next));
}

static enum pk_code
load_tip(struct loading *loading, struct pk_desired *out, enum pk_exit *exit, struct pk_error *err)
{
    const char *tip = NULL;
    enum pk_code code = look_at_pace(loading, out, err);
    if (code == PK_OK) {
        code = fetch_wanted(loading, &tip, err);
        out->fetch_code = code;
    }
    if (code != PK_OK) {
        *exit = PK_EXIT_CANNOT_RUN;
        out->fetch_failure = pk_sprintf(loading->pool, "%s", err->message);
        return code;
    }
    out->ref = loading->repository.branch;
    out->attempted = tip;
    code = check_descent(loading, tip, err);
    if (code == PK_OK) {
        code = load_snapshot(loading, tip, out->diagnostics, out, err);
    }
    if (code != PK_OK) {
        *exit = exit_for(code);
        return code;
    }
    out->commit = tip;
    return PK_OK;
}

/* The agent's way on when the tip cannot be used. */
static enum pk_code
load_last_good(const struct loading *loading, struct pk_desired *out, struct pk_error *err)
{
    struct pk_diagnostics old = {.pool = loading->pool};
    enum pk_code code = load_snapshot(loading, loading->in_force, &old, out, err);
    if (code == PK_OK) {
        out->ref = loading->repository.branch;
        out->commit = loading->in_force;
    }
    return code;
}

static const char *
first_error(struct pk_pool *pool, const struct pk_diagnostics *diagnostics)
{
    size_t i = 0;
    while (pk_rule_row(diagnostics->list.at[i].rule)->warning) {
        i++;
    }
    return pk_diagnostic_text(pool, &diagnostics->list.at[i]);
}

static const char *
problem_of(struct pk_pool *pool, const struct pk_desired *desired, const struct pk_error *err)
{
    size_t errors = desired->diagnostics->errors;
    if (errors == 0) {
        return pk_sprintf(pool, "%s: %s", err->where, err->message);
    }
    const char *first = first_error(pool, desired->diagnostics);
    return errors == 1 ? first : pk_sprintf(pool, "%s (and %zu more)", first, errors - 1);
}

static enum pk_code
load(struct loading *loading, struct pk_desired *out, enum pk_exit *exit, struct pk_error *err)
{
    if (loading->db != NULL) {
        enum pk_code code = pk_revision_get(loading->db, loading->pool, "", PK_REVISION_APPLIED,
                                            &loading->in_force, err);
        if (code != PK_OK) {
            *exit = PK_EXIT_CANNOT_RUN;
            return code;
        }
    }
    enum pk_code code = load_tip(loading, out, exit, err);
    out->problem = code != PK_OK ? problem_of(loading->pool, out, err) : NULL;
    if (code == PK_OK || !loading->request->last_good || loading->in_force == NULL) {
        return code;
    }
    struct pk_error why_not;
    if (load_last_good(loading, out, &why_not) != PK_OK) {
        return code; /* the tip's failure is what a person can mend */
    }
    return PK_OK;
}

enum pk_code
pk_desired_load(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                const struct pk_pass_request *request, struct pk_desired *out, enum pk_exit *exit,
                struct pk_error *err)
{
    struct loading loading = {
        .pool = pool,
        .config = config,
        .db = db,
        .request = request,
        .repository = config->repository,
    };
    *out = (struct pk_desired){.diagnostics = pk_new(pool, struct pk_diagnostics)};
    out->diagnostics->pool = pool;

    bool private = request->repository != NULL || db == NULL;
    enum pk_code code = pk_bare_repository_open(pool, config->database, private, &out->bare, err);
    if (code != PK_OK) {
        *exit = PK_EXIT_CANNOT_RUN;
        return code;
    }
    loading.repository.bare = out->bare.path;
    if (request->repository != NULL) {
        loading.repository.url = request->repository;
    }
    code = load(&loading, out, exit, err);
    out->repository = loading.repository;
    return code;
}

bool
pk_desired_is_tip(const struct pk_desired *desired)
{
    return desired->attempted != NULL && strcmp(desired->commit, desired->attempted) == 0;
}

bool
pk_desired_narrow_again(struct pk_pool *pool, const struct pk_config *config,
                        struct pk_desired *desired)
{
    load_narrow(pool, config, &desired->repository, desired->commit, desired);
    return desired->narrow.used;
}

enum pk_code
pk_desired_widen(struct pk_pool *pool, const struct pk_config *config, struct pk_desired *desired,
                 struct pk_error *err)
{
    bool is_tip = pk_desired_is_tip(desired);
    struct pk_diagnostics old = {.pool = pool}; /* the tip's own are another commit's */
    desired->narrow.used = false;
    if (desired->narrow.sifted != NULL) {
        desired->snapshot = pk_sift_whole(desired->narrow.sifted);
        desired->narrow.sifted = NULL;
        return PK_OK;
    }
    return load_commit(pool, config, &desired->repository, desired->commit,
                       is_tip ? desired->diagnostics : &old, desired, err);
}

void
pk_desired_close(struct pk_desired *desired)
{
    pk_bare_repository_close(&desired->bare);
}

static void
record_rejection(struct pk_txn *txn, const struct pk_desired *desired, const char *actor,
                 struct pk_wall now)
{
    bool invalid = desired->diagnostics->errors != 0;
    PK_SCRATCH(pool);
    const char *first =
        invalid ? first_error(pool, desired->diagnostics) : "the branch was rewound";
    pk_event_add(txn,
                 &(struct pk_event){
                     .time = now,
                     .reason = invalid ? PK_REASON_REVISION_REJECTED : PK_REASON_REVISION_REFUSED,
                     .revision = desired->attempted,
                     .actor = actor,
                     .message = first,
                 });
}

/* What status says of the repository; a relationship's own conditions know nothing of it. */
static void
record_condition(struct pk_txn *txn, const struct pk_desired *desired, struct pk_wall now)
{
    struct pk_condition condition = {
        .type = PK_CONDITION_READY, .status = PK_TRUE, .reason = PK_CONDITION_IN_STEP};
    if (desired->problem != NULL) {
        condition.status = PK_FALSE;
        condition.message = desired->problem;
        condition.reason = desired->fetch_failure != NULL      ? PK_CONDITION_FETCH_FAILED
                           : desired->diagnostics->errors != 0 ? PK_CONDITION_REVISION_REJECTED
                                                               : PK_CONDITION_REVISION_REFUSED;
    }
    pk_condition_set(txn, "", &condition, now);
}

void
pk_desired_record(struct pk_txn *txn, const struct pk_desired *desired,
                  const struct pk_pass_request *request, struct pk_wall now, uint64_t random)
{
    const char *actor = request->actor;
    if (desired->fetch_waits) {
        return; /* what is on record of the last fetch is still so */
    }
    PK_SCRATCH(pool);
    const char *attempted = NULL, *applied = NULL;
    struct pk_error err = {0};
    if (pk_revision_get(txn->db, pool, "", PK_REVISION_ATTEMPTED, &attempted, &err) != PK_OK ||
        pk_revision_get(txn->db, pool, "", PK_REVISION_APPLIED, &applied, &err) != PK_OK) {
        pk_txn_fail(txn, &err);
        return;
    }
    record_condition(txn, desired, now);
    pk_fetch_pace_record(txn, &desired->pace, desired->fetch_code, request->fetch_paced, now,
                         random);
    if (desired->fetch_failure != NULL) {
        pk_event_add(txn, &(struct pk_event){.time = now,
                                             .reason = PK_REASON_FETCH_FAILED,
                                             .actor = actor,
                                             .message = desired->problem});
        return;
    }
    if (desired->attempted == NULL) {
        return;
    }
    bool is_new = attempted == NULL || strcmp(attempted, desired->attempted) != 0;
    if (is_new) {
        pk_revision_set(txn, "", PK_REVISION_ATTEMPTED, desired->attempted, now);
    }
    bool in_force = desired->commit != NULL && strcmp(desired->commit, desired->attempted) == 0;
    if (!in_force && is_new) {
        record_rejection(txn, desired, actor, now);
    }
    if (in_force && (applied == NULL || strcmp(applied, desired->commit) != 0)) {
        pk_revision_set(txn, "", PK_REVISION_APPLIED, desired->commit, now);
        pk_event_add(txn, &(struct pk_event){.time = now,
                                             .reason = PK_REASON_REVISION_APPLIED,
                                             .revision = desired->commit,
                                             .actor = actor,
                                             .message = pk_sprintf(pool, "%s@%.7s is in force",
                                                                   desired->ref, desired->commit)});
    }
}
