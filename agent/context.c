/*
 * The edge between verbs and the world: what they print, ask and open goes through here, so that
 * the same verb serves a terminal, a script and the control socket.
 */
#include "agent/context.h"

#include <stdlib.h>
#include <string.h>

#include "adm/db.h"
#include "base/text.h"

static const char format_version[] = "1.0";

enum { ANSWER_BYTES = 16, JSON_INDENT_SPACES = 2 };

enum pk_code
pk_context_config(struct pk_context *context, struct pk_diagnostics *diagnostics,
                  struct pk_error *err)
{
    if (context->config != NULL) {
        return PK_OK;
    }
    struct pk_config *config = pk_new(context->pool, struct pk_config);
    enum pk_code code =
        pk_config_load(context->pool, context->config_file, diagnostics, config, err);
    if (code == PK_OK) {
        context->config = config;
    }
    return code;
}

enum pk_code
pk_context_db(struct pk_context *context, enum pk_db_mode mode, struct pk_error *err)
{
    if (context->db != NULL) {
        return PK_OK;
    }
    return pk_db_open(context->config->database, mode, pk_config_has_embedded(context->config),
                      &context->db, err);
}

json_t *
pk_json_document(void)
{
    return json_pack("{s:s}", "format_version", format_version);
}

json_t *
pk_json_text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

json_t *
pk_json_time(struct pk_wall time)
{
    PK_SCRATCH(scratch);
    return time.ms == 0 ? json_null() : json_string(pk_wall_text(scratch, time));
}

json_t *
pk_json_diagnostics(const struct pk_diagnostics *diagnostics, bool warnings)
{
    json_t *list = json_array();
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct pk_diagnostic *one = &diagnostics->list.at[i];
        const struct pk_rule_row *rule = pk_rule_row(one->rule);
        if (rule->warning != warnings) {
            continue;
        }
        json_t *object = json_pack(
            "{s:s, s:I, s:I, s:s, s:s}", "file", one->mark.file, "line", (json_int_t)one->mark.line,
            "column", (json_int_t)one->mark.column, "rule", rule->code, "message", one->message);
        json_object_set_new(object, "hint", pk_json_text_or_null(one->hint));
        json_array_append_new(list, object);
    }
    return list;
}

void
pk_context_print_json(struct pk_context *context, json_t *value)
{
    json_dumpf(value, context->out,
               JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_INDENT(JSON_INDENT_SPACES));
    fputc('\n', context->out);
    json_decref(value);
}

static json_t *
json_of_failure(enum pk_exit code, const struct pk_error *err, json_t *errors)
{
    json_t *document = pk_json_document();
    json_t *error = json_pack("{s:s, s:s, s:s}", "code",
                              code == PK_EXIT_USAGE ? "usage" : pk_code_name(err->code), "message",
                              err->message, "where", err->where);
    json_object_set_new(document, "error", error);
    json_object_set_new(document, "errors", errors);
    return document;
}

static void
print_text_failure(struct pk_context *context, const struct pk_error *err)
{
    bool placed = err->where[0] != '\0';
    fprintf(context->err, "pairkeeper: %s%s%s\n", err->where, placed ? ": " : "", err->message);
}

enum pk_exit
pk_context_fail(struct pk_context *context, enum pk_exit code, const struct pk_error *err)
{
    if (context->format == PK_FORMAT_JSON) {
        pk_context_print_json(context, json_of_failure(code, err, json_array()));
    } else {
        print_text_failure(context, err);
    }
    return code;
}

enum pk_exit
pk_context_fail_with(struct pk_context *context, enum pk_exit code, const struct pk_error *err,
                     const char *key, json_t *more)
{
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = json_of_failure(code, err, json_array());
        json_object_set_new(document, key, more);
        pk_context_print_json(context, document);
    } else {
        json_decref(more);
        print_text_failure(context, err);
    }
    return code;
}

enum pk_exit
pk_context_fail_invalid(struct pk_context *context, const char *what,
                        struct pk_diagnostics *diagnostics)
{
    struct pk_error err;
    pk_diagnostics_sort(diagnostics);
    pk_error_set(&err, PK_EINVAL, what, "%zu error%s; correct %s and run this again",
                 diagnostics->errors, pk_plural(diagnostics->errors),
                 diagnostics->errors == 1 ? "it" : "them");
    if (context->format == PK_FORMAT_JSON) {
        json_t *errors = pk_json_diagnostics(diagnostics, false);
        pk_context_print_json(context, json_of_failure(PK_EXIT_INVALID, &err, errors));
        return PK_EXIT_INVALID;
    }
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        fprintf(context->err, "%s\n", pk_diagnostic_text(context->pool, &diagnostics->list.at[i]));
    }
    print_text_failure(context, &err);
    return PK_EXIT_INVALID;
}

bool
pk_context_confirm(struct pk_context *context, const char *question)
{
    if (context->in == NULL || !context->in_is_terminal) {
        return false;
    }
    fflush(context->out);
    fprintf(context->err, "%s [y/N] ", question);
    fflush(context->err);
    char answer[ANSWER_BYTES] = "";
    if (fgets(answer, sizeof answer, context->in) == NULL) {
        fputc('\n', context->err);
        return false;
    }
    answer[strcspn(answer, "\n")] = '\0';
    return strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 || strcmp(answer, "yes") == 0;
}
