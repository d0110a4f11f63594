/**
 * @file
 * Reconciliation events: append-only, chained by hash, reasons from a closed list.
 *
 * Variable text goes into message and attributes, never into the reason.  An event equal to the
 * last one of its (reason, relationship, subnet, server) is counted beside (table event_repeats)
 * instead of being appended; transitions are always appended.
 */
#ifndef PK_ADM_EVENTS_H
#define PK_ADM_EVENTS_H

#include "adm/db.h"
#include "base/clock.h"
#include "base/ipv4.h"

enum pk_severity { PK_INFO, PK_WARNING, PK_ERROR };

const char *pk_severity_name(enum pk_severity severity);

/** One row per reason in adm/events.c: name, severity, whether repeats are counted, what it says.
 */
enum pk_reason {
    PK_REASON_REVISION_APPLIED,  /**< a revision came into force                              */
    PK_REASON_REVISION_REJECTED, /**< the tip has errors; the last good one stays             */
    PK_REASON_REVISION_REFUSED,  /**< rewound or unverified                                   */
    PK_REASON_FETCH_FAILED,
    PK_REASON_SERVER_UNKNOWN, /**< could not be read                                       */
    PK_REASON_SERVER_KNOWN_AGAIN,
    PK_REASON_PAIR_DISTURBED, /**< a server says that its pair is not normal               */
    PK_REASON_PAIR_NORMAL_AGAIN,
    PK_REASON_PAIR_REJOINED,  /**< both servers were told to begin anew                    */
    PK_REASON_SERVER_REVIVED, /**< a deaf server was configured anew                       */
    PK_REASON_DRIFT_FOUND,    /**< a scope differs; attributes: fields and causes          */
    PK_REASON_SCOPE_CREATED,
    PK_REASON_SCOPE_UPDATED,
    PK_REASON_SCOPE_DELETED,
    PK_REASON_SCOPE_REPLACED,
    PK_REASON_SCOPE_REPLICATED,
    PK_REASON_SCOPE_ADOPTED, /**< equal already, now with a base                          */
    PK_REASON_SCOPE_FAILED,
    PK_REASON_SCOPE_BLOCKED,  /**< overlap, no id, not representable                       */
    PK_REASON_SCOPE_SKIPPED,  /**< a sub-task that was not applicable                      */
    PK_REASON_SCOPE_DROPPED,  /**< Git no longer names it; kept                            */
    PK_REASON_FIELD_RELEASED, /**< Git no longer states it; the value stays                */
    PK_REASON_RELATIONSHIP_CHANGED,
    PK_REASON_RELATIONSHIP_RENAMED,
    PK_REASON_OPERATION_STARTED,
    PK_REASON_OPERATION_COMPLETED,
    PK_REASON_OPERATION_FAILED,
    PK_REASON_OPERATION_INTERRUPTED, /**< found unfinished after a restart                       */
    PK_REASON_SERVER_NOT_SAVED,      /**< written, but not on the server's disk                 */
    PK_REASON_SERVER_SAVED,          /**< what an earlier pass left unsaved                     */
    PK_REASON_PLAN_HELD,             /**< a guard tripped; attributes: guard, digest              */
    PK_REASON_PLAN_APPROVED,
    PK_REASON_SUSPENDED,
    PK_REASON_RESUMED,
    PK_REASON_EDITED_BY_HAND, /**< adm set, adm delete                                     */
    PK_REASON_AGENT_STARTED,
    PK_REASON_AGENT_STOPPED,
    PK_REASON_CONFIGURATION_RELOADED,
    PK_REASON_COMPARISON_DISAGREED, /**< a full comparison came to another plan than a narrow one */
    PK_REASON_COUNT
};

/** `ScopeReplicated`. */
const char *pk_reason_name(enum pk_reason reason);
enum pk_severity pk_reason_severity(enum pk_reason reason);
/** One sentence: what happened. */
const char *pk_reason_document(enum pk_reason reason);

/** What is said about one happening; NULL strings are absent. */
struct pk_event {
    int64_t seq; /**< given by the store */
    struct pk_wall time;
    enum pk_reason reason;
    const char *relationship, *subnet, *server;
    int64_t operation; /**< id of the operation, 0 = none */
    const char *revision, *actor, *message;
    const char *attributes; /**< canonical JSON object; NULL = {} */
    int64_t count;          /**< how often it was seen, >= 1 */
};

void pk_event_add(struct pk_txn *txn, const struct pk_event *event);

/** Events after @p after_seq and not before @p since, oldest first, at most @p limit (0 = all). */
enum pk_code
pk_events_load(struct pk_db *db, struct pk_pool *pool, int64_t after_seq, struct pk_wall since,
               size_t limit, struct pk_event **at, size_t *count, struct pk_error *err);

/**
 * Recomputes the chain.
 * @return PK_OK; PK_EINVAL naming the first event that does not fit
 */
enum pk_code pk_events_verify(struct pk_db *db, int64_t *count, struct pk_error *err);

#endif
