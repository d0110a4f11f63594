/*
 * The hash of an event covers its columns and the hash before it, so an edit, a missing row or one
 * pushed in breaks the chain at that place.  What is counted later stands beside (event_repeats)
 * and is not covered.  The chain finds accidents and clumsy edits; who can write the file can also
 * compute it anew.
 */
#include "adm/events.h"

#include <string.h>

#include "adm/query.h"
#include "base/text.h"

/* What one reason is. */
struct reason {
    const char *name;
    enum pk_severity severity;
    bool counted; /* a state that is found again and again, not a transition */
    const char *document;
};

static const struct reason reasons[PK_REASON_COUNT] = {
    [PK_REASON_REVISION_APPLIED] = {"RevisionApplied", PK_INFO, false,
                                    "A revision of the repository came into force."},
    [PK_REASON_REVISION_REJECTED] =
        {"RevisionRejected", PK_ERROR, true,
         "The tip of the branch has errors; the last good revision stays in force."},
    [PK_REASON_REVISION_REFUSED] =
        {"RevisionRefused", PK_ERROR, true,
         "The tip was rewound or is not verified; the last good revision stays in force."},
    [PK_REASON_FETCH_FAILED] =
        {"FetchFailed", PK_WARNING, true,
         "The repository could not be fetched; the last good revision stays in force."},
    [PK_REASON_SERVER_UNKNOWN] = {"ServerUnknown", PK_WARNING, true,
                                  "A server could not be read; its scopes are unknown and neither "
                                  "it nor its partner is written."},
    [PK_REASON_SERVER_KNOWN_AGAIN] = {"ServerKnownAgain", PK_INFO, false,
                                      "A server that was unknown could be read again."},
    [PK_REASON_PAIR_DISTURBED] = {"PairDisturbed", PK_WARNING, false,
                                  "A server says that its pair is not normal: partner down, "
                                  "communication lost, terminated."},
    [PK_REASON_PAIR_NORMAL_AGAIN] = {"PairNormalAgain", PK_INFO, false,
                                     "A server says that its pair is normal again."},
    [PK_REASON_PAIR_REJOINED] =
        {"PairRejoined", PK_INFO, false,
         "A pair that had stopped exchanging leases was told to begin anew, "
         "after what had stopped it was repaired."},
    [PK_REASON_SERVER_REVIVED] =
        {"ServerRevived", PK_INFO, false,
         "A server that said all was well and had long heard nothing from its partner, as Kea 2.2 "
         "does after a refused configuration, was given its configuration again."},
    [PK_REASON_DRIFT_FOUND] =
        {"DriftFound", PK_WARNING, true,
         "A scope differs from what is wanted; the attributes name fields and causes."},
    [PK_REASON_SCOPE_CREATED] = {"ScopeCreated", PK_INFO, false,
                                 "A scope was created on both servers and read back."},
    [PK_REASON_SCOPE_UPDATED] =
        {"ScopeUpdated", PK_INFO, false,
         "A scope was changed on the source, its partner made equal, and both read back."},
    [PK_REASON_SCOPE_DELETED] = {"ScopeDeleted", PK_INFO, false,
                                 "A scope was deleted from both servers."},
    [PK_REASON_SCOPE_REPLACED] =
        {"ScopeReplaced", PK_INFO, false,
         "A scope took the place of one with the same address and another length."},
    [PK_REASON_SCOPE_REPLICATED] =
        {"ScopeReplicated", PK_INFO, false,
         "A scope was copied from one partner to the other and read back."},
    [PK_REASON_SCOPE_ADOPTED] =
        {"ScopeAdopted", PK_INFO, false,
         "A scope held what is wanted already; from now on its edits can be told."},
    [PK_REASON_SCOPE_FAILED] =
        {"ScopeFailed", PK_ERROR, false,
         "A server refused a scope or the write failed; events --fault has the fault."},
    [PK_REASON_SCOPE_BLOCKED] = {"ScopeBlocked", PK_WARNING, true,
                                 "A scope cannot be written: it overlaps another, no subnet id is "
                                 "free, or the server cannot hold it."},
    [PK_REASON_SCOPE_SKIPPED] = {"ScopeSkipped", PK_INFO, false,
                                 "A replicate by hand had nothing to copy for this scope."},
    [PK_REASON_SCOPE_DROPPED] = {"ScopeDropped", PK_WARNING, true,
                                 "Git no longer names a scope that it named; it is kept."},
    [PK_REASON_FIELD_RELEASED] =
        {"FieldReleased", PK_INFO, false,
         "Git no longer states a field; its value stays and is not compared any more."},
    [PK_REASON_RELATIONSHIP_CHANGED] = {"RelationshipChanged", PK_INFO, false,
                                        "The settings of a relationship were written."},
    [PK_REASON_RELATIONSHIP_RENAMED] =
        {"RelationshipRenamed", PK_INFO, false,
         "A relationship has another name in Git; its servers tell that it is the same."},
    [PK_REASON_OPERATION_STARTED] =
        {"OperationStarted", PK_INFO, false,
         "Something is about to be written: what, stands in the database already."},
    [PK_REASON_OPERATION_COMPLETED] = {"OperationCompleted", PK_INFO, false,
                                       "All of an operation was done and verified."},
    [PK_REASON_OPERATION_FAILED] =
        {"OperationFailed", PK_ERROR, false,
         "At least one scope of an operation failed; the others went on."},
    [PK_REASON_OPERATION_INTERRUPTED] =
        {"OperationInterrupted", PK_WARNING, false,
         "An operation without an end was found after a restart; what it left is planned afresh."},
    [PK_REASON_SERVER_NOT_SAVED] = {"ServerNotSaved", PK_ERROR, false,
                                    "What was written is in the server's memory and not on its "
                                    "disk: a restart would forget it; the next pass tries again."},
    [PK_REASON_SERVER_SAVED] = {"ServerSaved", PK_INFO, false,
                                "A server saved what an earlier pass had left in its memory."},
    [PK_REASON_PLAN_HELD] =
        {"PlanHeld", PK_WARNING, true,
         "A guard holds a plan until somebody approves it; the attributes name guard and digest."},
    [PK_REASON_PLAN_APPROVED] = {"PlanApproved", PK_INFO, false,
                                 "Somebody approved a plan by its digest."},
    [PK_REASON_SUSPENDED] = {"Suspended", PK_WARNING, false,
                             "Somebody suspended a relationship: it is compared, but not written."},
    [PK_REASON_RESUMED] = {"Resumed", PK_INFO, false, "A suspension ended."},
    [PK_REASON_EDITED_BY_HAND] =
        {"EditedByHand", PK_INFO, false,
         "Somebody changed or deleted a scope of an embedded server with adm."},
    [PK_REASON_AGENT_STARTED] = {"AgentStarted", PK_INFO, false, "The agent began to run."},
    [PK_REASON_AGENT_STOPPED] = {"AgentStopped", PK_INFO, false,
                                 "The agent ended as it was asked to."},
    [PK_REASON_CONFIGURATION_RELOADED] = {"ConfigurationReloaded", PK_INFO, false,
                                          "The agent read its configuration again."},
    [PK_REASON_COMPARISON_DISAGREED] = {"ComparisonDisagreed", PK_ERROR, true,
                                        "A full comparison found what looking only at changes had "
                                        "missed; report this as a defect of pairkeeper."},
};

const char *
pk_reason_name(enum pk_reason reason)
{
    return reasons[reason].name;
}

enum pk_severity
pk_reason_severity(enum pk_reason reason)
{
    return reasons[reason].severity;
}

const char *
pk_reason_document(enum pk_reason reason)
{
    return reasons[reason].document;
}

const char *
pk_severity_name(enum pk_severity severity)
{
    static const char *const names[] = {
        [PK_INFO] = "info", [PK_WARNING] = "warning", [PK_ERROR] = "error"};
    return names[severity];
}

/* PK_REASON_COUNT when no reason is called so. */
static enum pk_reason
reason_called(const char *name)
{
    enum pk_reason reason = 0;
    while (reason < PK_REASON_COUNT && (name == NULL || strcmp(name, reasons[reason].name) != 0)) {
        reason++;
    }
    return reason;
}

/* Columns as in EVENT_COLUMNS. */
enum {
    SEQ,
    TIME,
    REASON,
    RELATIONSHIP,
    SUBNET,
    SERVER,
    OPERATION,
    REVISION,
    ACTOR,
    MESSAGE,
    ATTRIBUTES,
    COUNT_OR_HASH
};

static struct pk_event
read_event(struct pk_pool *pool, const struct pk_cursor *cursor)
{
    return (struct pk_event){
        .seq = pk_column_int(cursor, SEQ),
        .time = pk_column_time(cursor, TIME),
        .reason = reason_called(pk_column_peek(cursor, REASON)),
        .relationship = pk_column_text(pool, cursor, RELATIONSHIP),
        .subnet = pk_column_text(pool, cursor, SUBNET),
        .server = pk_column_text(pool, cursor, SERVER),
        .operation = pk_column_int(cursor, OPERATION),
        .revision = pk_column_text(pool, cursor, REVISION),
        .actor = pk_column_text(pool, cursor, ACTOR),
        .message = pk_column_text(pool, cursor, MESSAGE),
        .attributes = pk_column_text(pool, cursor, ATTRIBUTES),
        .count = 1,
    };
}

/* -- The chain -------------------------------------------------------------------------------- */

/* Length first, so that no two events read the same; absent is told from empty. */
static void
add_text(struct pk_text *text, const char *value)
{
    if (value == NULL) {
        pk_text_add(text, "-;");
    } else {
        pk_text_addf(text, "%zu:%s;", strlen(value), value);
    }
}

static struct pk_sha256
hash_of(const struct pk_event *event, const char *reason, const struct pk_sha256 *before)
{
    PK_SCRATCH(scratch);
    struct pk_text text = {.pool = scratch};
    pk_text_add_bytes(&text, (const char *)before->bytes, sizeof before->bytes);
    pk_text_addf(&text, "%lld;%lld;%lld;", (long long)event->seq, (long long)event->time.ms,
                 (long long)event->operation);
    const char *const texts[] = {reason,         event->relationship, event->subnet,
                                 event->server,  event->revision,     event->actor,
                                 event->message, event->attributes};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        add_text(&text, texts[i]);
    }
    return pk_sha256_of(pk_text_end(&text), text.count);
}

struct chain_end {
    int64_t seq;
    struct pk_sha256 hash;
};

static bool
read_end(struct pk_db *db, enum pk_sql id, struct chain_end *end, struct pk_error *failure)
{
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, id, NULL, 0);
    bool found = pk_cursor_next(&cursor);
    if (found) {
        *end = (struct chain_end){pk_column_int(&cursor, 0), pk_column_hash(&cursor, 1)};
    }
    pk_cursor_close(&cursor, failure);
    return found;
}

static void
append(struct pk_txn *txn, const struct pk_event *event)
{
    struct chain_end end = {0};
    if (!read_end(txn->db, PK_SQL_EVENT_HEAD, &end, &txn->failure)) {
        read_end(txn->db, PK_SQL_EVENT_ANCHOR, &end, &txn->failure);
    }
    struct pk_event next = *event;
    next.seq = end.seq + 1;
    const char *reason = reasons[event->reason].name;
    struct pk_sha256 hash = hash_of(&next, reason, &end.hash);
    pk_txn_run(txn, PK_SQL_EVENT_INSERT,
               PK_VALUES(sql_int(next.seq), sql_int(next.time.ms), sql_text(reason),
                         sql_text(next.relationship), sql_text(next.subnet), sql_text(next.server),
                         sql_int_unless(0, next.operation), sql_text(next.revision),
                         sql_text(next.actor), sql_text(next.message), sql_text(next.attributes),
                         sql_hash(&hash)));
}

/* -- Adding ----------------------------------------------------------------------------------- */

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
says_the_same(const struct pk_event *a, const struct pk_event *b)
{
    return a->operation == b->operation && same_text(a->revision, b->revision) &&
           same_text(a->actor, b->actor) && same_text(a->message, b->message) &&
           same_text(a->attributes, b->attributes);
}

/*
 * The earlier event that @p event merely repeats, 0 = none.  A transition of the same subject in
 * between makes it news again: unknown, known again, unknown is three events.
 */
static int64_t
repeated(struct pk_txn *txn, const struct pk_event *event)
{
    PK_SCRATCH(scratch);
    int64_t seq = 0;
    struct pk_cursor cursor;
    pk_cursor_open(
        &cursor, txn->db, PK_SQL_EVENTS_OF_SUBJECT,
        PK_VALUES(sql_text(event->relationship), sql_text(event->subnet), sql_text(event->server)));
    while (pk_cursor_next(&cursor)) {
        enum pk_reason reason = reason_called(pk_column_peek(&cursor, REASON));
        if (reason == event->reason) {
            struct pk_event earlier = read_event(scratch, &cursor);
            seq = says_the_same(&earlier, event) ? earlier.seq : 0;
            break;
        }
        if (reason == PK_REASON_COUNT || !reasons[reason].counted) {
            break;
        }
    }
    pk_cursor_close_in(&cursor, txn);
    return seq;
}

void
pk_event_add(struct pk_txn *txn, const struct pk_event *event)
{
    if (pk_txn_failed(txn)) {
        return;
    }
    int64_t seq = reasons[event->reason].counted ? repeated(txn, event) : 0;
    if (pk_txn_failed(txn)) {
        return;
    }
    if (seq != 0) {
        pk_txn_run(txn, PK_SQL_EVENT_REPEAT, PK_VALUES(sql_int(seq), sql_int(event->time.ms)));
    } else {
        append(txn, event);
    }
}

/* -- Reading ---------------------------------------------------------------------------------- */

enum pk_code
pk_events_load(struct pk_db *db, struct pk_pool *pool, int64_t after_seq, struct pk_wall since,
               size_t limit, struct pk_event **at, size_t *count, struct pk_error *err)
{
    PK_VECTOR(struct pk_event) list = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_EVENTS_LOAD,
                   PK_VALUES(sql_int(after_seq), sql_int(since.ms),
                             sql_int(limit == 0 ? -1 : (int64_t)limit)));
    while (pk_cursor_next(&cursor)) {
        struct pk_event event = read_event(pool, &cursor);
        event.count = pk_column_int(&cursor, COUNT_OR_HASH);
        if (event.reason != PK_REASON_COUNT) {
            *pk_push(pool, &list) = event;
        }
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK) {
        *at = list.at;
        *count = list.count;
    }
    return code;
}

/* Walks the whole chain from @p end; stops at the first event that does not fit. */
static enum pk_code
walk_chain(struct pk_db *db, struct chain_end *end, struct pk_error *err)
{
    struct pk_error broken = {0};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_EVENTS_ALL, NULL, 0);
    while (broken.code == PK_OK && pk_cursor_next(&cursor)) {
        PK_SCRATCH(scratch);
        struct pk_event event = read_event(scratch, &cursor);
        struct pk_sha256 stored = pk_column_hash(&cursor, COUNT_OR_HASH);
        struct pk_sha256 wanted = hash_of(&event, pk_column_peek(&cursor, REASON), &end->hash);
        if (event.seq != end->seq + 1) {
            pk_error_set(&broken, PK_EINVAL, db->path,
                         "event %lld does not follow event %lld: one was removed or pushed in; "
                         "compare with a copy of the database",
                         (long long)event.seq, (long long)end->seq);
        } else if (!pk_sha256_equal(&stored, &wanted)) {
            pk_error_set(&broken, PK_EINVAL, db->path,
                         "event %lld was changed after it was written; compare with a copy of the "
                         "database",
                         (long long)event.seq);
        }
        *end = (struct chain_end){event.seq, stored};
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code == PK_OK && broken.code != PK_OK) {
        code = pk_error_set(err, broken.code, broken.where, "%s", broken.message);
    }
    return code;
}

enum pk_code
pk_events_verify(struct pk_db *db, int64_t *count, struct pk_error *err)
{
    struct pk_error failure = {0};
    struct chain_end anchor = {0}, last_given = {0};
    bool begun = pk_snapshot_begin(db);
    bool anchored = read_end(db, PK_SQL_EVENT_ANCHOR, &anchor, &failure);
    read_end(db, PK_SQL_EVENT_LAST_SEQ, &last_given, &failure);
    struct chain_end end = anchor;
    enum pk_code code = failure.code;
    if (code != PK_OK) {
        code = pk_error_set(err, code, failure.where, "%s", failure.message);
    } else if (!anchored) {
        code =
            pk_error_set(err, PK_EINVAL, db->path,
                         "the anchor of the events is gone; compare with a copy of the database");
    } else {
        code = walk_chain(db, &end, err);
    }
    pk_snapshot_end(db, begun);
    if (code == PK_OK && end.seq < last_given.seq) {
        code = pk_error_set(err, PK_EINVAL, db->path,
                            "the events from %lld to %lld were removed; compare with a copy of the "
                            "database",
                            (long long)end.seq + 1, (long long)last_given.seq);
    }
    if (code == PK_OK) {
        *count = end.seq - anchor.seq;
    }
    return code;
}
