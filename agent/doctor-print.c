/*
 * For people: a heading for each thing that was looked at, one block for each check that found
 * something, what to do once below it.  A check that finds the same of hundreds of scopes shows the
 * first few: programs take the JSON.
 */
#include <string.h>

#include "agent/doctor.h"
#include "agent/screen.h"

enum { INDENT = 2, INDENT_TEXT = 4, SHOWN_OF_A_CHECK = 10 };

static const struct {
    enum pk_glyph glyph;
    enum pk_style style;
    const char *singular, *plural;
} severities[] = {
    [PK_FINDING_NOTE] = {PK_GLYPH_NOTE, PK_STYLE_FAINT, "note", "notes"},
    [PK_FINDING_WARNING] = {PK_GLYPH_WARNING, PK_STYLE_CHANGE, "warning", "warnings"},
    [PK_FINDING_PROBLEM] = {PK_GLYPH_PROBLEM, PK_STYLE_BAD, "problem", "problems"},
};

static void
put_heading(const struct pk_screen *screen, const struct pk_doctor_subject *subject)
{
    if (subject->relationship != NULL) {
        pk_screen_put(screen, PK_STYLE_STRONG, subject->relationship);
        pk_screen_put(screen, PK_STYLE_PLAIN,
                      pk_sprintf(screen->pool, "  %s %s %s", subject->servers[PK_SERVER_1],
                                 pk_screen_glyph(screen, PK_GLYPH_PAIR),
                                 subject->servers[PK_SERVER_2]));
    } else if (subject->server != NULL) {
        pk_screen_put(screen, PK_STYLE_STRONG, subject->server);
        pk_screen_put(screen, PK_STYLE_PLAIN, pk_sprintf(screen->pool, "  %s", subject->driver));
    } else {
        pk_screen_put(screen, PK_STYLE_STRONG, "installation");
    }
    pk_screen_line(screen);
}

static void
put_message(const struct pk_screen *screen, const struct pk_finding *finding)
{
    bool placed = finding->subnet != NULL;
    pk_screen_space(screen, INDENT_TEXT);
    pk_screen_wrap(screen, PK_STYLE_PLAIN, INDENT_TEXT, INDENT_TEXT + INDENT,
                   pk_sprintf(screen->pool, "%s%s%s", placed ? finding->subnet : "",
                              placed ? "  " : "", finding->message));
}

/* All findings of one check of one subject; returns how many. */
static size_t
put_check(const struct pk_screen *screen, const struct pk_doctor_finding *first, size_t left)
{
    size_t count = 0;
    pk_screen_space(screen, INDENT);
    pk_screen_put(screen, severities[first->is.severity].style,
                  pk_sprintf(screen->pool, "%s %s",
                             pk_screen_glyph(screen, severities[first->is.severity].glyph),
                             first->is.code));
    pk_screen_line(screen);
    for (; count < left && strcmp(first[count].is.code, first->is.code) == 0; count++) {
        if (count < SHOWN_OF_A_CHECK) {
            put_message(screen, &first[count].is);
        }
    }
    if (count > SHOWN_OF_A_CHECK) {
        pk_screen_space(screen, INDENT_TEXT);
        pk_screen_wrap(
            screen, PK_STYLE_FAINT, INDENT_TEXT, INDENT_TEXT,
            pk_sprintf(screen->pool, "and %zu more: -o json has all", count - SHOWN_OF_A_CHECK));
    }
    const char *arrow = pk_screen_glyph(screen, PK_GLYPH_ARROW);
    pk_screen_space(screen, INDENT_TEXT);
    pk_screen_wrap(screen, PK_STYLE_FAINT, INDENT_TEXT, INDENT_TEXT + pk_screen_width(arrow) + 1,
                   pk_sprintf(screen->pool, "%s %s", arrow, first->is.advice));
    return count;
}

static void
put_subject(const struct pk_screen *screen, const struct pk_doctor *doctor,
            const struct pk_doctor_subject *subject)
{
    const struct pk_doctor_finding *all = doctor->findings.at;
    size_t first = 0, end;
    while (first < doctor->findings.count && !pk_doctor_is_about(&all[first], subject)) {
        first++;
    }
    for (end = first; end < doctor->findings.count && pk_doctor_is_about(&all[end], subject);) {
        end++;
    }
    put_heading(screen, subject);
    if (first == end) {
        pk_screen_space(screen, INDENT);
        pk_screen_put(screen, PK_STYLE_GOOD, "nothing found");
        pk_screen_line(screen);
    }
    while (first < end) {
        first += put_check(screen, &all[first], end - first);
    }
}

static void
put_summary(const struct pk_screen *screen, const struct pk_doctor *doctor)
{
    const char *words = "";
    for (int severity = PK_FINDING_PROBLEM; severity >= PK_FINDING_NOTE; severity--) {
        size_t count = pk_doctor_count(doctor, (enum pk_severity_of_finding)severity);
        words =
            pk_sprintf(screen->pool, "%s%s%zu %s", words, *words != '\0' ? ", " : "", count,
                       count == 1 ? severities[severity].singular : severities[severity].plural);
    }
    pk_screen_wrap(screen, PK_STYLE_PLAIN, 0, 0,
                   pk_sprintf(screen->pool, "%s %s read %zu of %zu server%s", words,
                              pk_screen_glyph(screen, PK_GLYPH_DOT), doctor->servers_read,
                              doctor->servers, doctor->servers == 1 ? "" : "s"));
}

static json_t *
finding_json(const struct pk_doctor_finding *finding)
{
    json_t *object = json_object();
    json_object_set_new(object, "severity",
                        json_string(pk_finding_severity_name(finding->is.severity)));
    json_object_set_new(object, "code", json_string(finding->is.code));
    json_object_set_new(object, "server", pk_json_text_or_null(finding->is.server));
    json_object_set_new(object, "relationship", pk_json_text_or_null(finding->relationship));
    json_object_set_new(object, "subnet", pk_json_text_or_null(finding->is.subnet));
    json_object_set_new(object, "message", json_string(finding->is.message));
    json_object_set_new(object, "advice", json_string(finding->is.advice));
    return object;
}

static void
print_json(struct pk_context *context, const struct pk_doctor *doctor)
{
    json_t *document = pk_json_document(), *findings = json_array(), *summary = json_object();
    for (size_t i = 0; i < doctor->findings.count; i++) {
        json_array_append_new(findings, finding_json(&doctor->findings.at[i]));
    }
    for (int severity = PK_FINDING_NOTE; severity <= PK_FINDING_PROBLEM; severity++) {
        size_t count = pk_doctor_count(doctor, (enum pk_severity_of_finding)severity);
        json_object_set_new(summary, severities[severity].plural, json_integer((json_int_t)count));
    }
    json_object_set_new(summary, "servers", json_integer((json_int_t)doctor->servers));
    json_object_set_new(summary, "servers_read", json_integer((json_int_t)doctor->servers_read));
    json_object_set_new(document, "findings", findings);
    json_object_set_new(document, "summary", summary);
    pk_context_print_json(context, document);
}

void
pk_doctor_print(struct pk_context *context, const struct pk_doctor *doctor)
{
    if (context->format == PK_FORMAT_JSON) {
        print_json(context, doctor);
        return;
    }
    struct pk_screen screen = pk_screen_of(context);
    for (size_t i = 0; i < doctor->subject_count; i++) {
        put_subject(&screen, doctor, &doctor->subjects[i]);
        pk_screen_line(&screen);
    }
    put_summary(&screen, doctor);
}
