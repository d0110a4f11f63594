/*
 * An approval names a digest, so what is approved is exactly one plan.  A full digest is taken
 * before any plan with it was held (a pipeline that saw it in `diff`); anything shorter must point
 * at a plan that is held now.
 */
#include <string.h>

#include "adm/events.h"
#include "adm/steering.h"
#include "agent/verb.h"
#include "base/number.h"
#include "base/text.h"

enum { PREFIX_DIGITS = 8, SHOWN_DIGITS = 12, MS_PER_S = 1000 };

static const char default_for[] = "24h";

struct digests {
    const char **at;
    size_t count;
};

struct held_plans {
    struct pk_held_plan *at;
    size_t count;
};

static bool
is_prefix(const char *prefix, const char *digest)
{
    return digest != NULL && strncmp(prefix, digest, strlen(prefix)) == 0;
}

static void
add_once(struct digests *digests, const char *digest)
{
    for (size_t i = 0; i < digests->count; i++) {
        if (strcmp(digests->at[i], digest) == 0) {
            return;
        }
    }
    digests->at[digests->count++] = digest;
}

/* Different digests of held plans, relationships' and whole plans', that begin with @p wanted. */
static struct digests
matching(struct pk_context *context, const struct held_plans *held, const char *wanted)
{
    struct digests found = {.at = pk_array(context->pool, const char *, 2 * held->count + 1)};
    for (size_t i = 0; i < held->count; i++) {
        if (is_prefix(wanted, held->at[i].digest)) {
            add_once(&found, held->at[i].digest);
        }
        if (is_prefix(wanted, held->at[i].plan_digest)) {
            add_once(&found, held->at[i].plan_digest);
        }
    }
    return found;
}

static const struct pk_held_plan *
held_of_relationship(const struct held_plans *held, const char *name)
{
    for (size_t i = 0; i < held->count; i++) {
        if (strcmp(held->at[i].relationship, name) == 0) {
            return &held->at[i];
        }
    }
    return NULL;
}

/*
 * The digests to approve: of a relationship the one, of a whole plan those of its relationships.
 * A whole plan of which nothing is held, or a digest never seen, is kept as it is written.
 */
static struct digests
resolved(struct pk_context *context, const struct held_plans *held, const char *digest)
{
    struct digests out = {.at = pk_array(context->pool, const char *, held->count + 1)};
    for (size_t i = 0; i < held->count; i++) {
        const char *plan = held->at[i].plan_digest;
        if (strcmp(held->at[i].digest, digest) != 0 && plan != NULL && strcmp(plan, digest) == 0) {
            add_once(&out, held->at[i].digest);
        }
    }
    if (out.count == 0) {
        add_once(&out, digest);
    }
    return out;
}

static const char *
what_is_held(struct pk_context *context, const struct held_plans *held)
{
    if (held->count == 0) {
        return "no plan is held; see pairkeeper status";
    }
    struct pk_text text = {.pool = context->pool};
    pk_text_add(&text, "held are: ");
    for (size_t i = 0; i < held->count; i++) {
        pk_text_addf(&text, "%s%s %.*s (%s)", i > 0 ? ", " : "", held->at[i].relationship,
                     SHOWN_DIGITS, held->at[i].digest, held->at[i].guard);
    }
    return pk_text_end(&text);
}

static bool
is_hexadecimal(const char *text)
{
    return text[strspn(text, "0123456789abcdef")] == '\0';
}

/* What was written on the command line, to a full digest; false with the error filled. */
static bool
find_digest(struct pk_context *context, const struct held_plans *held, const char *written,
            const char **digest, struct pk_error *err)
{
    const struct pk_held_plan *named = held_of_relationship(held, written);
    struct pk_sha256 ignored;
    *digest = written;
    if (pk_sha256_parse(written, &ignored)) {
        return true;
    }
    bool person = context->in != NULL && context->in_is_terminal && context->out_is_terminal;
    if (named != NULL && person) {
        *digest = named->digest;
        return true;
    }
    if (named != NULL) {
        pk_error_set(err, PK_EINVAL, "approve",
                     "a relationship's name is taken only on a terminal; here write the digest "
                     "%.*s",
                     SHOWN_DIGITS, named->digest);
        return false;
    }
    if (strlen(written) < PREFIX_DIGITS || !is_hexadecimal(written)) {
        pk_error_set(err, PK_EINVAL, "approve",
                     "'%s' is no digest: write at least %d of its hexadecimal digits; %s", written,
                     PREFIX_DIGITS, what_is_held(context, held));
        return false;
    }
    struct digests found = matching(context, held, written);
    if (found.count == 1) {
        *digest = found.at[0];
        return true;
    }
    pk_error_set(err, PK_ENOENT, "approve",
                 found.count == 0 ? "no held plan has the digest %s; %s"
                                  : "%s begins several digests, write more of it; %s",
                 written, what_is_held(context, held));
    return false;
}

static void
approve_one(struct pk_txn *txn, struct pk_context *context, const struct held_plans *held,
            const struct pk_approval *approval)
{
    const char *relationship = NULL;
    for (size_t i = 0; i < held->count; i++) {
        if (strcmp(held->at[i].digest, approval->digest) == 0) {
            relationship = held->at[i].relationship;
        }
    }
    json_auto_t *attributes =
        json_pack("{s:s, s:s, s:s}", "digest", approval->digest, "reason", approval->reason,
                  "until", pk_wall_text(context->pool, approval->until));
    struct pk_event event = {
        .time = approval->given,
        .reason = PK_REASON_PLAN_APPROVED,
        .relationship = relationship,
        .actor = approval->actor,
        .message = pk_sprintf(context->pool, "plan %.*s approved: %s", SHOWN_DIGITS,
                              approval->digest, approval->reason),
        .attributes = pk_json_text(context->pool, attributes),
        .count = 1,
    };
    pk_approval_put(txn, approval);
    pk_event_add(txn, &event);
}

static void
print(struct pk_context *context, const struct digests *digests, struct pk_wall until)
{
    const char *time = pk_wall_text(context->pool, until);
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_t *list = json_array();
        for (size_t i = 0; i < digests->count; i++) {
            json_array_append_new(list, json_string(digests->at[i]));
        }
        json_object_set_new(document, "approved", list);
        json_object_set_new(document, "until", json_string(time));
        pk_context_print_json(context, document);
        return;
    }
    for (size_t i = 0; i < digests->count; i++) {
        fprintf(context->out, "approved %s until %s\n", digests->at[i], time);
    }
    fputs("the next pass acts on it: pairkeeper apply, or the running agent\n", context->out);
}

static enum pk_code
approve(struct pk_context *context, const struct held_plans *held, const struct digests *digests,
        const struct pk_approval *model, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(context->db, &txn);
    for (size_t i = 0; i < digests->count; i++) {
        struct pk_approval approval = *model;
        approval.digest = digests->at[i];
        approve_one(&txn, context, held, &approval);
    }
    return pk_txn_end(&txn, err);
}

enum pk_exit
pk_verb_approve(struct pk_context *context, const struct pk_arguments *arguments)
{
    const char *duration = pk_argument(arguments, "for");
    uint32_t seconds = 0;
    struct pk_approval approval = {.actor = context->actor,
                                   .reason = pk_argument(arguments, "reason"),
                                   .given = pk_wall_now()};
    if (approval.reason == NULL || *approval.reason == '\0') {
        return pk_verb_usage(context, arguments, "--reason is missing: say why");
    }
    duration = duration != NULL ? duration : default_for;
    if (!pk_parse_duration(duration, &seconds) || seconds == 0 ||
        seconds == PK_DURATION_UNLIMITED) {
        return pk_verb_usage(context, arguments, "'%s' is no duration like 24h", duration);
    }
    approval.until.ms = approval.given.ms + (int64_t)seconds * MS_PER_S;

    struct pk_error err = {0};
    struct held_plans held = {0};
    const char *digest = NULL;
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, &err);
    if (code == PK_OK) {
        code = pk_held_load(context->db, context->pool, &held.at, &held.count, &err);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    if (!find_digest(context, &held, arguments->positional[0], &digest, &err)) {
        return pk_context_fail(context, err.code == PK_EINVAL ? PK_EXIT_USAGE : PK_EXIT_CANNOT_RUN,
                               &err);
    }
    struct digests digests = resolved(context, &held, digest);
    if (approve(context, &held, &digests, &approval, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    print(context, &digests, approval.until);
    return PK_EXIT_IN_STEP;
}
