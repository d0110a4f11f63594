/**
 * @file
 * From differences to ordered actions (design 5 step 4, 5.3, 5.4), with guards and digest.  Pure.
 */
#ifndef PK_RECONCILERS_PLAN_H
#define PK_RECONCILERS_PLAN_H

#include "adm/operations.h"
#include "adm/steering.h"
#include "reconcilers/compare.h"
#include "reconcilers/guards.h"

/** One row that an action writes or deletes. */
struct pk_row_change {
    int side;
    struct pk_prefix subnet;
    struct pk_sha256 before, wanted; /**< zero = no row */
    const struct pk_row *row;        /**< NULL = delete */
};

/** Outcome of an action after acting; JSON `status`. */
enum pk_action_status {
    PK_ACTION_PLANNED,
    PK_ACTION_DONE,
    PK_ACTION_FAILED,
    PK_ACTION_BLOCKED,
    PK_ACTION_HELD,           /**< a guard                                          */
    PK_ACTION_STALE,          /**< the server held something else; planned once more */
    PK_ACTION_SKIPPED,        /**< heal, suspend, writes: false, backing off        */
    PK_ACTION_NOT_APPLICABLE, /**< by hand: nothing to copy from                    */
    PK_ACTION_NOT_RUN,        /**< stopped before its turn                          */
};

const char *pk_action_status_name(enum pk_action_status status);

struct pk_action {
    enum pk_operation_kind kind;
    int from, to; /**< sides: content's origin and destination; create, update, delete: source,
                       partner                                                              */
    const struct pk_scope_state *const *scopes; /**< one; replicate-server: several; relationship:
                                                     none                                      */
    size_t scope_count;
    const struct pk_row_change *changes; /**< in the order of the write order source → partner */
    size_t change_count;
    const char *reason;  /**< one phrase: "new in Git", "partner edited", "source lost" … */
    enum pk_block block; /**< not NONE: shown, never acted on */
    const char *block_message;

    enum pk_action_status status; /**< set by acting */
    struct pk_fault fault;
};

/** Is there anything to be done, as far as the plan is concerned? */
bool pk_action_is_open(const struct pk_action *action);

/** What the operator's configuration and steering allow this relationship right now. */
enum pk_permit {
    PK_PERMIT_ACT,
    PK_PERMIT_NO_WRITES, /**< writes: false on agent or server, or a read-only driver */
    PK_PERMIT_SUSPENDED, /**< by Git or an operator                                   */
    PK_PERMIT_REPORT,    /**< heal: report                                            */
    PK_PERMIT_BACKING_OFF,
};

struct pk_foreign {
    struct pk_prefix subnet;
    int side;
    bool dropped;
};

struct pk_relationship_plan {
    const struct pk_pair_view *view;
    struct pk_comparison comparison;
    bool is_known; /**< false: a server could not be read; nothing else is filled but view */
    struct pk_action *actions; /**< relationship, deletes, replaces, updates, creates,
                                    replicate-scope, replicate-server; inside each by subnet   */
    size_t action_count;
    const struct pk_foreign *foreign; /**< by subnet, side */
    size_t foreign_count;
    struct pk_sha256 digest; /**< zero when there is no action */
    struct pk_held held;
    bool approved; /**< held, but an approval covers it */
    enum pk_permit permit;
    size_t in_sync, left_alone; /**< scopes */
};

/** Active leases of one server's scope, by address. */
struct pk_leased {
    int side;
    struct pk_prefix subnet;
    const uint32_t *addresses;
    size_t count;
};

/** What guards read beside the plan: limits of the configuration, and what was asked for them. */
struct pk_plan_options {
    struct pk_guard_limits limits;
    struct pk_mono now;
    const struct pk_heal *heals; /**< of the last 30 minutes */
    size_t heal_count;
    const struct pk_leased *leased; /**< of scopes that lose addresses; who is absent is unknown */
    size_t leased_count;
    bool by_hand; /**< a person asked: adopt, conflict, updates, server-lost are theirs to answer */
};

/**
 * Compares and plans one relationship; guards are judged, permit and approved are the caller's to
 * set afterwards.
 */
struct pk_relationship_plan
pk_plan_relationship(struct pk_pool *pool, const struct pk_pair_view *view,
                     const struct pk_plan_options *options);

/**
 * The protocol's replicate by hand: the rows of @p from over those of the other side, whole.
 * @param only  subnets (sorted), or NULL for every scope of the relationship; a scope that @p from
 *              lacks, or that is in no relationship, becomes an action `not-applicable`
 * @param kind  PK_OPERATION_REPLICATE_SCOPE or PK_OPERATION_REPLICATE_SERVER
 */
struct pk_relationship_plan
pk_plan_replicate(struct pk_pool *pool, const struct pk_pair_view *view, int from,
                  const struct pk_prefix *only, size_t only_count, enum pk_operation_kind kind,
                  const struct pk_plan_options *options);

/** Counts of 6.1's summary over several relationships. */
struct pk_summary {
    size_t create, update, delete, replicate, foreign, unknown, in_sync, drifted;
};

struct pk_summary pk_plan_summary(const struct pk_relationship_plan *plans, size_t count);

/**
 * Digest of the actions that are to be done; zero when there is none.  After acting that is what
 * is left to do, which is what the next plan has when nothing else changes.
 */
struct pk_sha256 pk_relationship_digest(const struct pk_relationship_plan *plan);

/** Digest of a whole plan from those of its relationships that have actions; zero when none. */
struct pk_sha256 pk_plan_digest(const struct pk_relationship_plan *plans, size_t count);

#endif
