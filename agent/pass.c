/*
 * The whole pass, in the order of its steps; each step is one call.  Nothing is decided here that a
 * pure function could decide: this file fetches, hands over and records.
 *
 *     desired   which revision, decoded and checked            agent/desired.c
 *     observe   what the servers hold                          agent/fleet.c
 *     views     all that is known of one relationship          agent/views.c
 *     plan      differences, actions, guards, digest           agent/pass-plan.c,
 * reconcilers/plan.c act       intent, write, verify, record                  agent/pass-act.c,
 * reconcilers/execute.c record    conditions, held plans, pace                   agent/record.c
 *     result    summary, notes, exit code                      agent/pass-result.c
 */
#include "agent/pass.h"

#include <sys/random.h>

#include "adm/events.h"
#include "agent/pass-result.h"
#include "agent/pass-select.h"
#include "agent/pass-steps.h"
#include "agent/record.h"
#include "agent/renames.h"
#include "agent/sift.h"

enum { TRUSTED_MS = 60 * 60 * 1000 }; /* a record that old is not relied on any more */

static enum pk_code
build_views(struct pk_pass *pass, struct pk_error *err)
{
    return pk_views_build(pass->pool, pass->config, &pass->desired.snapshot, &pass->fleet, pass->db,
                          &pass->desired.narrow, pass->request->bases_unknown, &pass->views, err);
}

static enum pk_code
settle_renames(struct pk_pass *pass, struct pk_error *err)
{
    bool renamed = false;
    for (size_t i = 0; i < pass->views.count; i++) {
        renamed = renamed || pass->views.at[i].renamed_from != NULL;
    }
    if (!renamed || !pass->config->writes) {
        return PK_OK;
    }
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    pk_views_record_renames(&txn, &pass->views, pass->desired.commit, pass->now);
    enum pk_code code = pk_txn_end(&txn, err);
    if (code == PK_OK) {
        pk_fleet_observe(&pass->fleet);
        code = build_views(pass, err);
    }
    return code;
}

/* Git's policies as far as the configuration allows them. */
static void
take_snapshot(struct pk_pass *pass)
{
    pass->result->note_count = 0;
    pk_select_limit_policies(pass->pool, pass->config, &pass->desired.snapshot, pass->result);
}

enum pk_code
pk_pass_widen(struct pk_pass *pass, struct pk_error *err)
{
    bool has_policies = pass->desired.narrow.sifted != NULL; /* limited before it was cut down */
    enum pk_code code = pk_desired_widen(pass->pool, pass->config, &pass->desired, err);
    if (code == PK_OK && !has_policies) {
        take_snapshot(pass);
    }
    return code;
}

/* After a server has changed: adds what hashes say of it to what is looked at. */
static bool
look_at_changed_servers(struct pk_pass *pass)
{
    struct pk_narrow *narrow = &pass->desired.narrow;
    if (!pk_sift_servers(&pass->fleet, pk_narrow_fingerprint(pass->pool, pass->config),
                         &pass->desired.repository, &pass->desired.snapshot, narrow) ||
        !pk_desired_narrow_again(pass->pool, pass->config, &pass->desired)) {
        return false;
    }
    take_snapshot(pass);
    return pk_narrow_observe(&pass->fleet, narrow);
}

enum pk_code
pk_pass_observe(struct pk_pass *pass, struct pk_error *err)
{
    struct pk_narrow *narrow = &pass->desired.narrow;
    if (narrow->used && !pk_narrow_observe(&pass->fleet, narrow) &&
        !look_at_changed_servers(pass)) {
        enum pk_code code = pk_pass_widen(pass, err);
        if (code != PK_OK) {
            return code;
        }
    }
    if (!narrow->used && !narrow->over) {
        pk_sift(&pass->fleet, pk_narrow_fingerprint(pass->pool, pass->config),
                &pass->desired.snapshot, narrow);
    }
    if (!narrow->used) {
        pk_fleet_observe(&pass->fleet);
    }
    return build_views(pass, err);
}

static uint64_t
random_bits(void)
{
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits) {
        bits = (uint64_t)pk_mono_now().ms; /* only spreads retries */
    }
    return bits;
}

static enum pk_code
record(struct pk_pass *pass, struct pk_error *err)
{
    struct pk_pass_result *result = pass->result;
    char digest[PK_SHA256_HEX_BYTES];
    const struct pk_record facts = {
        .revision = pass->desired.commit,
        .actor = pass->request->actor,
        .plan_digest =
            pk_sha256_is_zero(&result->digest) ? "" : pk_sha256_hex(digest, &result->digest),
        .paced = pass->request->paced,
        .now = pass->now,
    };
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    for (size_t i = 0; i < result->relationship_count; i++) {
        const char *name = result->relationships[i].name;
        pk_record_relationship(&txn, &facts,
                               &(struct pk_outcome_of){
                                   .relationship = &result->relationships[i],
                                   .suspension = pk_orders_suspension(&pass->orders, name),
                                   .retry = pk_orders_retry(&pass->orders, name),
                                   .acted = pass->acted[i],
                                   .refused = pass->refused[i],
                                   .random = random_bits(),
                               });
    }
    for (size_t i = 0; i < pass->views.dropped_count; i++) {
        pk_record_dropped(&txn, pass->views.dropped[i], pass->now);
    }
    return pk_txn_end(&txn, err);
}

/* The revision and who could be read are recorded before anything else is decided on them. */
static enum pk_code
record_start(struct pk_pass *pass, bool observed, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    pk_desired_record(&txn, &pass->desired, pass->request, pass->now, random_bits());
    if (observed) {
        pk_fleet_record(&txn, &pass->fleet, pass->now);
    }
    return pk_txn_end(&txn, err);
}

static enum pk_code
record_disagreement(struct pk_pass *pass, struct pk_error *err)
{
    if (!pass->disagreed) {
        return PK_OK;
    }
    struct pk_txn txn;
    pk_txn_begin(pass->db, &txn);
    pk_event_add(&txn, &(struct pk_event){
                           .time = pass->now,
                           .reason = PK_REASON_COMPARISON_DISAGREED,
                           .revision = pass->desired.commit,
                           .actor = pass->request->actor,
                           .message = "comparing everything came to another plan than comparing "
                                      "what had changed: the former counts",
                       });
    return pk_txn_end(&txn, err);
}

/* -- The pass -- */

static enum pk_code
load_desired(struct pk_pass *pass, struct pk_error *err)
{
    struct pk_pass_result *result = pass->result;
    enum pk_code code = pk_desired_load(pass->pool, pass->config, pass->db, pass->request,
                                        &pass->desired, &result->exit, err);
    result->ref = pass->desired.ref;
    result->commit = pass->desired.commit;
    result->attempted = pass->desired.attempted;
    result->problem = pass->desired.problem;
    result->diagnostics = pass->desired.diagnostics;
    if (code != PK_OK && pass->request->acts && pass->db != NULL) {
        struct pk_error ignored; /* the pass fails already, with the more telling reason */
        record_start(pass, false, &ignored);
    }
    return code;
}

static enum pk_code
act_and_record(struct pk_pass *pass, struct pk_error *err)
{
    enum pk_code code = record_disagreement(pass, err);
    code = code == PK_OK ? pk_pass_act(pass, err) : code;
    struct pk_error why; /* the first failure is the telling one */
    enum pk_code recorded = record(pass, code == PK_OK ? err : &why);
    code = code == PK_OK ? recorded : code;
    return code == PK_OK ? pk_pass_settle(pass, err) : code;
}

static void
open_fleet(struct pk_pass *pass)
{
    size_t count;
    const char *const *names = pk_select_servers(pass->pool, &pass->desired.snapshot, &count);
    pk_fleet_open(pass->pool, pass->config, pass->db, &pass->desired.snapshot, names, count,
                  &pass->fleet);
}

static enum pk_code
look(struct pk_pass *pass, struct pk_error *err)
{
    const struct pk_pass_request *request = pass->request;
    enum pk_code code = pk_pass_observe(pass, err);
    if (code == PK_OK && request->acts && (code = settle_renames(pass, err)) == PK_OK) {
        code = record_start(pass, true, err);
    }
    if (code != PK_OK) {
        return code;
    }
    if ((code = pk_select_check_observed(request, pass->config, &pass->views, err)) != PK_OK) {
        pass->result->exit = request->subnet != NULL ? PK_EXIT_CANNOT_RUN : PK_EXIT_USAGE;
        return code;
    }
    return pk_pass_plan(pass, err);
}

static size_t
count_in_sync(const struct pk_pass_result *result)
{
    size_t in_sync = 0;
    for (size_t i = 0; i < result->relationship_count; i++) {
        in_sync += result->relationships[i].plan.in_sync;
    }
    return in_sync;
}

static bool
is_trusted(const struct pk_pass *pass)
{
    int64_t age_ms = pass->now.ms - pass->desired.narrow.verified.ms;
    return !pass->request->compare_all && age_ms >= 0 && age_ms <= TRUSTED_MS;
}

/*
 * The short way first, and the long one where that is not enough or not to be trusted unseen; both
 * must then come to the same.
 */
static enum pk_code
look_narrow(struct pk_pass *pass, struct pk_error *err)
{
    struct pk_narrow *narrow = &pass->desired.narrow;
    enum pk_code code = look(pass, err);
    if (code != PK_OK || !narrow->used) {
        return code;
    }
    bool suffices = pk_narrow_suffices(narrow, &pass->views, pass->result);
    if (suffices && is_trusted(pass)) {
        return PK_OK;
    }
    struct pk_sha256 digest = pass->result->digest;
    size_t in_sync = count_in_sync(pass->result);
    narrow->over = true;
    if ((code = pk_pass_widen(pass, err)) == PK_OK && (code = look(pass, err)) == PK_OK) {
        pass->disagreed = suffices && (!pk_sha256_equal(&digest, &pass->result->digest) ||
                                       in_sync != count_in_sync(pass->result));
    }
    return code;
}

static enum pk_code
walk(struct pk_pass *pass, struct pk_error *err)
{
    const struct pk_pass_request *request = pass->request;
    enum pk_code code;
    pass->result->exit = PK_EXIT_USAGE;
    if ((code = pk_select_check(request, &pass->desired.snapshot, err)) != PK_OK) {
        return code;
    }
    pass->result->exit = PK_EXIT_CANNOT_RUN;
    if (pass->db != NULL &&
        (code = pk_orders_load(pass->pool, pass->db, pass->now, &pass->orders, err)) != PK_OK) {
        return code;
    }
    open_fleet(pass);
    if ((code = look_narrow(pass, err)) != PK_OK) {
        return code;
    }
    if (request->expected != NULL && !pk_sha256_equal(request->expected, &pass->result->digest)) {
        pass->result->exit = PK_EXIT_STALE_PLAN;
        return pk_error_set(err, PK_ECONFLICT, "plan",
                            "Git or a server has changed since the plan was shown: nothing was "
                            "written; run it again to see the new plan");
    }
    return request->acts ? act_and_record(pass, err) : PK_OK;
}

enum pk_code
pk_pass_run(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
            const struct pk_pass_request *request, struct pk_pass_result *result,
            struct pk_error *err)
{
    *result = (struct pk_pass_result){0};
    struct pk_pass pass = {
        .pool = pool,
        .config = config,
        .db = db,
        .request = request,
        .result = result,
        .now = pk_wall_now(),
    };
    enum pk_code code = load_desired(&pass, err);
    if (code == PK_OK) {
        take_snapshot(&pass);
        code = walk(&pass, err);
    }
    result->busy_ms = pk_fleet_busy_ms(&pass.fleet);
    pk_desired_close(&pass.desired);
    pk_fleet_close(&pass.fleet);
    if (code == PK_OK) {
        pk_pass_note_dropped(pool, &pass.views, result);
        pk_pass_note_problems(pool, &pass.fleet, result);
        pk_pass_finish(pool, request, result);
    }
    return code;
}
