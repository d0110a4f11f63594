/*
 * Events as they stand.  Following reads the file again every second: a reader never disturbs the
 * agent, and a missed wake-up cannot lose an event.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "adm/events.h"
#include "agent/events-fault.h"
#include "agent/screen.h"
#include "agent/verb.h"
#include "agent/when.h"
#include "base/number.h"
#include "base/text.h"

enum { POLL_MS = 200, SECOND_MS = 1000, SECONDS_TEXT = 19 };

struct choice {
    int64_t after;
    int64_t fault; /* 0 = not asked for */
    struct pk_wall since;
    size_t limit; /* 0 = all */
    bool latest;  /* the limit counts from the end */
    bool follow, verify;
    bool unread; /* whoever read the output has left: no failure, but the end */
};

struct events {
    struct pk_event *at;
    size_t count;
};

static enum pk_exit
read_choice(struct pk_context *context, const struct pk_arguments *arguments, struct choice *choice)
{
    const char *since = pk_argument(arguments, "since"), *after = pk_argument(arguments, "after");
    const char *limit = pk_argument(arguments, "limit");
    int64_t number = 0;
    *choice = (struct choice){.follow = pk_argument(arguments, "follow") != NULL,
                              .verify = pk_argument(arguments, "verify") != NULL,
                              .latest = since == NULL && after == NULL};
    if (since != NULL && !pk_when_past(since, pk_wall_now(), &choice->since)) {
        return pk_verb_usage(context, arguments,
                             "'%s' is neither a time like 2026-03-01T12:00:00Z nor a duration "
                             "like 2h",
                             since);
    }
    if (after != NULL && !pk_parse_number(after, 0, INT64_MAX, &choice->after)) {
        return pk_verb_usage(context, arguments, "--after takes a sequence number, not '%s'",
                             after);
    }
    if (limit != NULL && !pk_parse_number(limit, 1, INT32_MAX, &number)) {
        return pk_verb_usage(context, arguments, "--limit takes a number from 1 on, not '%s'",
                             limit);
    }
    const char *fault = pk_argument(arguments, "fault");
    if (fault != NULL && !pk_parse_number(fault, 1, INT64_MAX, &choice->fault)) {
        return pk_verb_usage(context, arguments, "--fault takes a sequence number, not '%s'",
                             fault);
    }
    if (fault != NULL &&
        (choice->verify || choice->follow || since != NULL || after != NULL || limit != NULL)) {
        return pk_verb_usage(context, arguments, "--fault is about one event and stands alone");
    }
    if (choice->verify && (choice->follow || since != NULL || after != NULL || limit != NULL)) {
        return pk_verb_usage(context, arguments, "--verify checks all events and stands alone");
    }
    choice->limit = (size_t)number;
    return PK_EXIT_IN_STEP;
}

static void
print_json(struct pk_context *context, struct pk_pool *pool, const struct pk_event *event)
{
    json_t *attributes = event->attributes != NULL ? pk_json_parse(event->attributes, NULL) : NULL;
    json_auto_t *object = json_object();
    json_object_set_new(object, "seq", json_integer(event->seq));
    json_object_set_new(object, "time", pk_json_time(event->time));
    json_object_set_new(object, "reason", json_string(pk_reason_name(event->reason)));
    json_object_set_new(object, "severity",
                        json_string(pk_severity_name(pk_reason_severity(event->reason))));
    json_object_set_new(object, "relationship", pk_json_text_or_null(event->relationship));
    json_object_set_new(object, "subnet", pk_json_text_or_null(event->subnet));
    json_object_set_new(object, "server", pk_json_text_or_null(event->server));
    json_object_set_new(object, "operation",
                        event->operation != 0 ? json_integer(event->operation) : json_null());
    json_object_set_new(object, "revision", pk_json_text_or_null(event->revision));
    json_object_set_new(object, "actor", pk_json_text_or_null(event->actor));
    json_object_set_new(object, "count", json_integer(event->count));
    json_object_set_new(object, "message",
                        json_string(event->message != NULL ? event->message : ""));
    json_object_set_new(object, "attributes", attributes != NULL ? attributes : json_object());
    fprintf(context->out, "%s\n", pk_json_text(pool, object));
}

/* Who and where, as far as the event says: `campus 10.20.0.0/24 dhcp-b`. */
static const char *
subject(struct pk_pool *pool, const struct pk_event *event)
{
    const char *parts[] = {event->relationship, event->subnet, event->server};
    const char *text = "";
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i] != NULL) {
            text = pk_sprintf(pool, "%s%s%s", text, *text != '\0' ? " " : "", parts[i]);
        }
    }
    return text;
}

static void
print_text(struct pk_context *context, struct pk_pool *pool, const struct pk_event *event)
{
    static const enum pk_style styles[] = {
        [PK_INFO] = PK_STYLE_PLAIN, [PK_WARNING] = PK_STYLE_CHANGE, [PK_ERROR] = PK_STYLE_BAD};
    struct pk_screen screen = pk_screen_of(context);
    screen.pool = pool;
    const char *who = subject(pool, event);
    bool is_failure = event->operation != 0 && pk_reason_severity(event->reason) != PK_INFO;
    const char *number =
        is_failure ? pk_sprintf(pool, "  #%lld", (long long)event->seq) : ""; /* for --fault */
    const char *times =
        event->count > 1 ? pk_sprintf(pool, " (%lld times)", (long long)event->count) : "";
    pk_screen_put(&screen, PK_STYLE_FAINT,
                  pk_sprintf(pool, "%.*sZ  ", SECONDS_TEXT, pk_wall_text(pool, event->time)));
    pk_screen_put(&screen, styles[pk_reason_severity(event->reason)],
                  pk_reason_name(event->reason));
    pk_screen_put(&screen, PK_STYLE_PLAIN,
                  pk_sprintf(pool, "%s%s%s%s%s%s%s%s", *who != '\0' ? "  " : "", who,
                             event->message != NULL ? "  " : "",
                             event->message != NULL ? event->message : "", times,
                             event->actor != NULL ? "  by " : "",
                             event->actor != NULL ? event->actor : "", number));
    pk_screen_line(&screen);
}

/* Prints what there is after choice->after, and moves that on. */
static enum pk_code
print_some(struct pk_context *context, struct choice *choice, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct events events = {0};
    size_t limit = choice->latest ? 0 : choice->limit;
    enum pk_code code = pk_events_load(context->db, pool, choice->after, choice->since, limit,
                                       &events.at, &events.count, err);
    if (code != PK_OK) {
        return code;
    }
    bool only_tail = choice->latest && choice->limit != 0 && events.count > choice->limit;
    for (size_t i = only_tail ? events.count - choice->limit : 0; i < events.count; i++) {
        if (context->format == PK_FORMAT_JSON) {
            print_json(context, pool, &events.at[i]);
        } else {
            print_text(context, pool, &events.at[i]);
        }
        choice->after = events.at[i].seq;
    }
    if (fflush(context->out) == 0) {
        return PK_OK;
    }
    choice->unread = errno == EPIPE;
    return choice->unread
               ? PK_OK
               : pk_error_set(err, PK_ESYS, "output", "cannot be written: %s", strerror(errno));
}

static bool
must_stop(const struct pk_context *context, const struct choice *choice)
{
    return choice->unread || (context->stop != NULL && *context->stop != 0);
}

/* Sleeps, and notices a reader who leaves while nothing happens. */
static void
wait_a_little(struct pk_context *context, struct choice *choice)
{
    struct pollfd output = {.fd = fileno(context->out)};
    choice->unread = poll(&output, 1, POLL_MS) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

static enum pk_code
follow(struct pk_context *context, struct choice *choice, struct pk_error *err)
{
    enum pk_code code = PK_OK;
    choice->latest = false;
    choice->limit = 0;
    while (code == PK_OK && !must_stop(context, choice)) {
        for (int waited = 0; waited < SECOND_MS && !must_stop(context, choice); waited += POLL_MS) {
            wait_a_little(context, choice);
        }
        code = print_some(context, choice, err);
    }
    return code;
}

static enum pk_exit
verify(struct pk_context *context)
{
    int64_t count = 0;
    struct pk_error err = {0};
    if (pk_events_verify(context->db, &count, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_object_set_new(document, "valid", json_true());
        json_object_set_new(document, "count", json_integer(count));
        pk_context_print_json(context, document);
    } else {
        fprintf(context->out, "ok: the chain of %lld event%s is whole\n", (long long)count,
                pk_plural((size_t)count));
    }
    return PK_EXIT_IN_STEP;
}

enum pk_exit
pk_verb_events(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct choice choice;
    struct pk_error err = {0};
    enum pk_exit usage = read_choice(context, arguments, &choice);
    if (usage != PK_EXIT_IN_STEP) {
        return usage;
    }
    enum pk_code code = pk_context_db(context, PK_DB_READ, &err);
    if (code == PK_ENOENT && !choice.follow && !choice.verify && choice.fault == 0) {
        fprintf(context->err,
                "pairkeeper: %s: no database yet, so no events; the first apply "
                "makes it\n",
                context->config->database);
        return PK_EXIT_IN_STEP;
    }
    if (code == PK_OK && choice.verify) {
        return verify(context);
    }
    if (code == PK_OK && choice.fault != 0) {
        return pk_events_fault(context, choice.fault);
    }
    if (code == PK_OK) {
        code = print_some(context, &choice, &err);
    }
    if (code == PK_OK && choice.follow) {
        code = follow(context, &choice, &err);
    }
    return code == PK_OK ? PK_EXIT_IN_STEP : pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
}
