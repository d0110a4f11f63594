/* What stands about a relationship now: one row per (relationship, type). */
#include <string.h>

#include "adm/query.h"
#include "adm/steering.h"

static const struct {
    const char *name;
    enum pk_truth good;
    const char *document;
} types[PK_CONDITION_TYPE_COUNT] = {
    [PK_CONDITION_READY] = {"Ready", PK_TRUE,
                            "Both servers hold what Git wants, and the pair itself is well."},
    [PK_CONDITION_RECONCILING] = {"Reconciling", PK_FALSE, "Servers are being written just now."},
    [PK_CONDITION_STALLED] = {"Stalled", PK_FALSE,
                              "It does not go on by itself: somebody has to approve, correct or "
                              "repair something."},
    [PK_CONDITION_DRIFTED] = {"Drifted", PK_FALSE, "Something differs from what Git wants."},
    [PK_CONDITION_PARTNERS_IN_SYNC] =
        {"PartnersInSync", PK_TRUE,
         "Both servers hold the same of every scope that is kept equal."},
    [PK_CONDITION_SUSPENDED] = {"Suspended", PK_FALSE,
                                "Nothing is written, because somebody asked for that."},
};

static const char *const truth_names[] = {
    [PK_FALSE] = "False",
    [PK_TRUE] = "True",
    [PK_UNKNOWN] = "Unknown",
};

static const struct {
    const char *name, *document;
} reasons[PK_CONDITION_REASON_COUNT] = {
    [PK_CONDITION_IN_STEP] = {"InStep", "Nothing is to be done."},
    [PK_CONDITION_DRIFT] = {"Drift", "Something differs; `pairkeeper diff` shows it."},
    [PK_CONDITION_ACTING] = {"Acting", "A pass is writing."},
    [PK_CONDITION_NOT_ACTING] = {"NotActing", "No pass is writing."},
    [PK_CONDITION_GUARD] = {"Guard", "The plan is held until somebody approves it: `pairkeeper "
                                     "diff`, then `pairkeeper approve`."},
    [PK_CONDITION_SERVER_UNKNOWN] = {"ServerUnknown",
                                     "A server could not be read: nothing is known of it, and "
                                     "nothing is written. The message says why."},
    [PK_CONDITION_PAIR_STATE] = {"PairState", "All is in step, but a server says that the pair is "
                                              "not in its normal state."},
    [PK_CONDITION_SCOPES_FAILED] = {"ScopesFailed",
                                    "A server failed, refused, or could not save what it was "
                                    "told; `pairkeeper events` shows it."},
    [PK_CONDITION_SCOPES_BLOCKED] = {"ScopesBlocked",
                                     "Some scopes cannot become what is wanted; `pairkeeper "
                                     "explain SUBNET` says why, and what would help."},
    [PK_CONDITION_OVERLAP] = {"Overlap", "A wanted scope overlaps one that a server holds."},
    [PK_CONDITION_BACKING_OFF] = {"BackingOff", "It failed and is tried again later."},
    [PK_CONDITION_NOT_STALLED] = {"NotStalled", "What is left needs nobody's hand."},
    [PK_CONDITION_REPORT_ONLY] = {"ReportOnly", "Differences of this kind are only reported: "
                                                "`heal: report` or `heal: commits`."},
    [PK_CONDITION_WRITES_OFF] = {"WritesOff", "The configuration says `writes: false`."},
    [PK_CONDITION_BY_GIT] = {"ByGit", "The relationship says `suspend: true`."},
    [PK_CONDITION_BY_OPERATOR] = {"ByOperator", "Somebody has suspended it; the message says who "
                                                "and why. `pairkeeper resume` ends it."},
    [PK_CONDITION_NOT_SUSPENDED] = {"NotSuspended", "Nobody has suspended it."},
    [PK_CONDITION_DROPPED] = {"Dropped", "Git no longer names the relationship: it is left alone."},
    [PK_CONDITION_FETCH_FAILED] = {"FetchFailed", "Of the repository: it could not be fetched, so "
                                                  "nobody knows what its tip says."},
    [PK_CONDITION_REVISION_REJECTED] = {"RevisionRejected",
                                        "Of the repository: its tip has errors, and the last good "
                                        "revision stays in force."},
    [PK_CONDITION_REVISION_REFUSED] = {"RevisionRefused",
                                       "Of the repository: its tip does not follow the revision "
                                       "that is in force."},
};

const char *
pk_condition_type_name(enum pk_condition_type type)
{
    return types[type].name;
}

enum pk_truth
pk_condition_good(enum pk_condition_type type)
{
    return types[type].good;
}

const char *
pk_condition_type_document(enum pk_condition_type type)
{
    return types[type].document;
}

const char *
pk_truth_name(enum pk_truth status)
{
    return truth_names[status];
}

const char *
pk_condition_reason_name(enum pk_condition_reason reason)
{
    return reasons[reason].name;
}

const char *
pk_condition_reason_document(enum pk_condition_reason reason)
{
    return reasons[reason].document;
}

/* Each answers the number after the last for a name that is none. */

static enum pk_condition_type
type_of(const char *name)
{
    int i = 0;
    while (i < PK_CONDITION_TYPE_COUNT && strcmp(types[i].name, name) != 0) {
        i++;
    }
    return (enum pk_condition_type)i;
}

static enum pk_condition_reason
reason_of(const char *name)
{
    int i = 0;
    while (i < PK_CONDITION_REASON_COUNT && strcmp(reasons[i].name, name) != 0) {
        i++;
    }
    return (enum pk_condition_reason)i;
}

/* What is neither False nor True is Unknown. */
static enum pk_truth
truth_of(const char *name)
{
    int i = PK_FALSE;
    while (i < PK_UNKNOWN && strcmp(truth_names[i], name) != 0) {
        i++;
    }
    return (enum pk_truth)i;
}

void
pk_condition_set(struct pk_txn *txn, const char *relationship, const struct pk_condition *condition,
                 struct pk_wall now)
{
    const char *message = condition->message != NULL ? condition->message : "";
    pk_txn_run(txn, PK_SQL_CONDITION_PUT,
               PK_VALUES(sql_text(relationship), sql_text(types[condition->type].name),
                         sql_text(truth_names[condition->status]),
                         sql_text(reasons[condition->reason].name), sql_text(message),
                         sql_int(now.ms)));
}

enum pk_code
pk_conditions_load(struct pk_db *db, struct pk_pool *pool, const char *relationship,
                   struct pk_condition **at, size_t *count, struct pk_error *err)
{
    struct pk_condition *list = pk_array(pool, struct pk_condition, PK_CONDITION_TYPE_COUNT);
    bool there[PK_CONDITION_TYPE_COUNT] = {false};
    struct pk_cursor cursor;
    pk_cursor_open(&cursor, db, PK_SQL_CONDITIONS_LOAD, PK_VALUES(sql_text(relationship)));
    while (pk_cursor_next(&cursor)) {
        enum pk_condition_type type = type_of(pk_column_peek(&cursor, 0));
        enum pk_condition_reason reason = reason_of(pk_column_peek(&cursor, 2));
        if (type < PK_CONDITION_TYPE_COUNT && reason < PK_CONDITION_REASON_COUNT) {
            there[type] = true;
            list[type] = (struct pk_condition){
                .type = type,
                .status = truth_of(pk_column_peek(&cursor, 1)),
                .reason = reason,
                .message = pk_column_text(pool, &cursor, 3),
                .since = pk_column_time(&cursor, 4),
            };
        }
    }
    enum pk_code code = pk_cursor_close(&cursor, err);
    if (code != PK_OK) {
        return code;
    }
    size_t kept = 0;
    for (size_t type = 0; type < PK_CONDITION_TYPE_COUNT; type++) {
        if (there[type]) {
            list[kept++] = list[type]; /* in the order of types, whatever the table's order */
        }
    }
    *at = list;
    *count = kept;
    return PK_OK;
}
