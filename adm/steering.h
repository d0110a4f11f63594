/**
 * @file
 * What the agent remembers between passes about its own work: conditions, approvals, held plans,
 * suspensions, back-off, heals, revisions.
 */
#ifndef PK_ADM_STEERING_H
#define PK_ADM_STEERING_H

#include "adm/db.h"
#include "base/clock.h"
#include "base/ipv4.h"

/* -- Conditions: one row per (relationship, type); relationship "" = the repository ---------- */

enum pk_condition_type {
    PK_CONDITION_READY,
    PK_CONDITION_RECONCILING,
    PK_CONDITION_STALLED,
    PK_CONDITION_DRIFTED,
    PK_CONDITION_PARTNERS_IN_SYNC,
    PK_CONDITION_SUSPENDED,
    PK_CONDITION_TYPE_COUNT
};

enum pk_truth { PK_FALSE, PK_TRUE, PK_UNKNOWN };

/** The closed list of reasons; names in adm/conditions.c. */
enum pk_condition_reason {
    PK_CONDITION_IN_STEP, /**< nothing to do                                    */
    PK_CONDITION_DRIFT,   /**< differences found                                */
    PK_CONDITION_ACTING,
    PK_CONDITION_NOT_ACTING,
    PK_CONDITION_GUARD,          /**< held                                             */
    PK_CONDITION_SERVER_UNKNOWN, /**< a server could not be read                       */
    PK_CONDITION_PAIR_STATE,     /**< in step, but the pair itself is not normal       */
    PK_CONDITION_SCOPES_FAILED,
    PK_CONDITION_SCOPES_BLOCKED,
    PK_CONDITION_OVERLAP, /**< Conflict/Overlap                                 */
    PK_CONDITION_BACKING_OFF,
    PK_CONDITION_NOT_STALLED, /**< what is left needs nobody's hand                 */
    PK_CONDITION_REPORT_ONLY, /**< heal: report, heal: commits                      */
    PK_CONDITION_WRITES_OFF,  /**< writes: false                                    */
    PK_CONDITION_BY_GIT,      /**< suspend: true                                    */
    PK_CONDITION_BY_OPERATOR, /**< the suspend verb                                 */
    PK_CONDITION_NOT_SUSPENDED,
    PK_CONDITION_DROPPED,           /**< Git no longer names the relationship             */
    PK_CONDITION_FETCH_FAILED,      /**< of the repository: its tip is not known          */
    PK_CONDITION_REVISION_REJECTED, /**< of the repository: its tip has errors       */
    PK_CONDITION_REVISION_REFUSED,  /**< of the repository: its tip was rewound      */
    PK_CONDITION_REASON_COUNT
};

struct pk_condition {
    enum pk_condition_type type;
    enum pk_truth status;
    enum pk_condition_reason reason;
    const char *message;
    struct pk_wall since; /**< last change of status; given by the store */
};

const char *pk_condition_type_name(enum pk_condition_type type); /**< `PartnersInSync` */
enum pk_truth pk_condition_good(enum pk_condition_type type);    /**< its status when all is well */
const char *pk_condition_type_document(enum pk_condition_type type); /**< one sentence */
const char *pk_truth_name(enum pk_truth status);                     /**< `True` */
const char *pk_condition_reason_name(enum pk_condition_reason reason);
const char *pk_condition_reason_document(enum pk_condition_reason reason); /**< one sentence */

/** Written only when it differs; since moves only when status does. */
void pk_condition_set(struct pk_txn *txn, const char *relationship,
                      const struct pk_condition *condition, struct pk_wall now);

enum pk_code pk_conditions_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                                struct pk_condition **at, size_t *count, struct pk_error *err);

/* -- Held plans and approvals ----------------------------------------------------------------- */

struct pk_held_plan {
    const char *relationship, *digest, *plan_digest; /**< hex; plan_digest = the whole plan's */
    const char *guard, *reason;
    const char *plan; /**< JSON of the relationship's plan, as in 6.1 */
    struct pk_wall since;
};

void pk_held_put(struct pk_txn *txn, const struct pk_held_plan *held);
void pk_held_delete(struct pk_txn *txn, const char *relationship);
enum pk_code pk_held_load(struct pk_db *db, struct pk_pool *pool, struct pk_held_plan **at,
                          size_t *count, struct pk_error *err);

struct pk_approval {
    const char *digest; /**< full hex digest of a relationship's plan or of a whole plan */
    const char *actor, *reason;
    struct pk_wall given, until;
};

/** Replaces an approval of the same digest. */
void pk_approval_put(struct pk_txn *txn, const struct pk_approval *approval);
/** Used up. */
void pk_approval_delete(struct pk_txn *txn, const char *digest);
/** Those not expired at @p now. */
enum pk_code pk_approvals_load(struct pk_db *db, struct pk_pool *pool, struct pk_wall now,
                               struct pk_approval **at, size_t *count, struct pk_error *err);

/* -- Suspensions by operators ----------------------------------------------------------------- */

struct pk_suspension {
    const char *relationship, *actor, *reason;
    struct pk_wall since, until; /**< until.ms 0 = until resumed */
};

void pk_suspension_put(struct pk_txn *txn, const struct pk_suspension *suspension);
void pk_suspension_delete(struct pk_txn *txn, const char *relationship);
/** Those in force at @p now. */
enum pk_code pk_suspensions_load(struct pk_db *db, struct pk_pool *pool, struct pk_wall now,
                                 struct pk_suspension **at, size_t *count, struct pk_error *err);

/* -- Pace ---------------------------------------------------------------------------------------
 */

struct pk_retry {
    const char *relationship;
    const char *want_digest; /**< digest of the plan that failed: a new want clears the count */
    int attempts;
    struct pk_wall next;        /**< not before                                  */
    struct pk_wall quiet_since; /**< last failure: 10 quiet minutes clear the count */
    bool stalled;               /**< refused: waits for a change, not for the clock */
};

void pk_retry_put(struct pk_txn *txn, const struct pk_retry *retry);
void pk_retry_delete(struct pk_txn *txn, const char *relationship);
enum pk_code pk_retries_load(struct pk_db *db, struct pk_pool *pool, struct pk_retry **at,
                             size_t *count, struct pk_error *err);

/** A hand edit that a pass put back; three of one field in 30 minutes trip the flap guard. */
struct pk_heal {
    const char *relationship, *server, *part;
    struct pk_prefix subnet;
    const char *had, *healed; /**< canonical values or NULL */
    struct pk_wall time;
};

void pk_heal_add(struct pk_txn *txn, const struct pk_heal *heal);
enum pk_code
pk_heals_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
              struct pk_wall since, struct pk_heal **at, size_t *count, struct pk_error *err);
/** Forgets heals before @p before, and all of @p relationship when given (resume). */
void pk_heals_forget(struct pk_txn *txn, const char *relationship, struct pk_wall before);

/* -- Revisions ----------------------------------------------------------------------------------
 */

enum pk_revision_kind {
    PK_REVISION_ATTEMPTED, /**< last tip seen                     */
    PK_REVISION_APPLIED,   /**< last good one, in force           */
    PK_REVISION_VERIFIED,  /**< last one whose signature was good */
    PK_REVISION_KIND_COUNT
};

/** @p relationship "" = of the whole repository. */
void pk_revision_set(struct pk_txn *txn, const char *relationship, enum pk_revision_kind kind,
                     const char *commit, struct pk_wall now);
/** Commit or NULL. */
enum pk_code pk_revision_get(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                             enum pk_revision_kind kind, const char **commit, struct pk_error *err);

/** When a server was last read well, and whether the last try was. */
struct pk_sighting {
    const char *server;
    bool reachable;
    struct pk_wall observed_at; /**< last good read; ms 0 = never */
    const char *reason;         /**< of the last failure; reachable: what a person should know of
                                     it all the same; or NULL                            */
};

/** How old a recorded time may become before an unchanged sighting is written again. */
enum { PK_SIGHTING_FRESH_MS = 5 * 60 * 1000 };

/**
 * Written when reachable or reason changes; else only when the recorded time is no longer fresh, so
 * that status does not look stale and an idle agent writes one row in five minutes.
 */
void pk_sighting_put(struct pk_txn *txn, const struct pk_sighting *sighting);
enum pk_code pk_sightings_load(struct pk_db *db, struct pk_pool *pool, struct pk_sighting **at,
                               size_t *count, struct pk_error *err);

#endif
