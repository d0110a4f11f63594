/*
 * The words become a small YAML document of one scope, a line for each, and go through the same
 * decoder and rules as Git's files: one grammar, one set of messages.  The line of a decoded part
 * tells which word it came from.
 */
#include "agent/adm-edit.h"

#include <string.h>

#include "adm/option.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/text.h"
#include "desired-state/snapshot.h"

static const char leases_name[] = "active-leases";
static const char no_relationship[] = "console"; /* stands in where no word links the scope */

struct word {
    const char *text;             /* as written, for messages */
    const struct pk_field *field; /* NULL = active-leases */
    const char *key;              /* "" = the field as a whole */
    const char *value;            /* "" = remove */
    unsigned line;                /* in the document, 0 = not there */
};

struct words {
    struct word *at;
    size_t count;
};

static const struct pk_field *
field_row(enum pk_scope_field field)
{
    return &pk_scope_fields.at[field];
}

/* -- Words -- */

static enum pk_code
unknown_field(struct pk_pool *pool, const char *text, const char *name, struct pk_error *err)
{
    struct pk_nearest nearest = {.wanted = name};
    struct pk_text known = {.pool = pool};
    for (size_t i = 0; i < pk_scope_fields.count; i++) {
        pk_nearest_offer(&nearest, pk_scope_fields.at[i].name);
        pk_text_addf(&known, "%s, ", pk_scope_fields.at[i].name);
    }
    pk_nearest_offer(&nearest, leases_name);
    if (nearest.best != NULL) {
        return pk_error_set(err, PK_EINVAL, text, "a scope has no field '%s'; did you mean '%s'?",
                            name, nearest.best);
    }
    return pk_error_set(err, PK_EINVAL, text, "a scope has no field '%s'; it has %s%s", name,
                        pk_text_end(&known), leases_name);
}

/* Reservations are named by identifier, `reservations.mac=00:1a=…`: their first `=` is not ours. */
static const char *
end_of_name(const char *text)
{
    static const char by_identifier[] = "reservations.";
    const char *equals = strchr(text, '=');
    bool named = strncmp(text, by_identifier, sizeof by_identifier - 1) == 0;
    return named && equals != NULL ? strchr(equals + 1, '=') : equals;
}

static bool
has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ') {
            return true;
        }
    }
    return false;
}

static enum pk_code
read_word(struct pk_pool *pool, const char *text, struct word *out, struct pk_error *err)
{
    const char *end = end_of_name(text);
    if (end == NULL || end == text || has_control(text)) {
        return pk_error_set(err, PK_EINVAL, text,
                            "is not FIELD=VALUE in one line; see pairkeeper "
                            "adm --help");
    }
    const char *name = pk_strndup(pool, text, (size_t)(end - text));
    const char *dot = strchr(name, '.');
    const char *base = dot != NULL ? pk_strndup(pool, name, (size_t)(dot - name)) : name;
    *out = (struct word){.text = text, .key = dot != NULL ? dot + 1 : "", .value = end + 1};
    if (strcmp(name, leases_name) == 0) {
        return PK_OK;
    }
    out->field = pk_field_find(&pk_scope_fields, base);
    if (out->field == NULL) {
        return unknown_field(pool, text, base, err);
    }
    if ((out->field->flags & PK_FIELD_KEY) != 0) {
        return pk_error_set(err, PK_EINVAL, text,
                            "%s says which scope it is; set another scope instead", base);
    }
    if (dot != NULL && (*out->key == '\0' || !pk_field_is_map(out->field))) {
        return pk_error_set(err, PK_EINVAL, text, "%s has no parts; write %s=VALUE", base, base);
    }
    return PK_OK;
}

static bool
removes(const struct word *word)
{
    return *word->value == '\0' || strcmp(word->value, "null") == 0;
}

/* A field is set as a whole or by key, not both: the order of words must not matter. */
static enum pk_code
check_together(const struct words *words, struct pk_error *err)
{
    for (size_t i = 0; i < words->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct word *a = &words->at[i], *b = &words->at[j];
            bool whole = *a->key == '\0' || *b->key == '\0';
            if (a->field == b->field && (whole || strcmp(a->key, b->key) == 0)) {
                return pk_error_set(err, PK_EINVAL, a->text, "says the same as '%s'; give it once",
                                    b->text);
            }
        }
    }
    return PK_OK;
}

static enum pk_code
read_words(struct pk_pool *pool, const char *const *texts, size_t count, struct words *out,
           struct pk_error *err)
{
    *out = (struct words){.at = pk_array(pool, struct word, count + 1), .count = count};
    enum pk_code code = PK_OK;
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        code = read_word(pool, texts[i], &out->at[i], err);
    }
    return code == PK_OK ? check_together(out, err) : code;
}

static enum pk_code
read_leases(const struct words *words, struct pk_adm_edit *out, struct pk_error *err)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct word *word = &words->at[i];
        if (word->field != NULL) {
            continue;
        }
        out->sets_leases = true;
        out->active_leases = PK_LEASES_UNKNOWN;
        if (!removes(word) && !pk_parse_number(word->value, 0, UINT32_MAX, &out->active_leases)) {
            return pk_error_set(err, PK_EINVAL, word->text,
                                "is not a number of leases; leave it empty for unknown");
        }
    }
    return PK_OK;
}

/* -- The document -- */

struct document {
    struct pk_text text;
    unsigned line; /* of what is added next */
};

static void
end_line(struct document *document)
{
    pk_text_add(&document->text, "\n");
    document->line++;
}

/* Scalars are quoted, for they may hold what YAML would read; the rest is YAML as it is written. */
static void
add_value(struct document *document, const struct word *word)
{
    bool is_scalar = word->field->kind <= PK_KIND_PREFIX;
    if (is_scalar) {
        pk_text_add_json(&document->text, word->value);
    } else {
        pk_text_add(&document->text, word->value);
    }
}

/* `mac=00:1a` and `{ip: …}` to `- {mac: "00:1a", ip: …}`. */
static void
add_reservation(struct document *document, const struct word *word)
{
    size_t type = strcspn(word->key, "=");
    pk_text_addf(&document->text, "      - {%.*s: ", (int)type, word->key);
    pk_text_add_json(&document->text, word->key + type + (word->key[type] == '='));
    const char *rest = word->value + (*word->value == '{');
    pk_text_addf(&document->text, ", %s", removes(word) ? "}" : rest);
}

static void
add_by_key(struct document *document, const struct word *word)
{
    if (word->field == field_row(PK_SCOPE_RESERVATIONS)) {
        add_reservation(document, word);
        return;
    }
    pk_text_add(&document->text, "      ");
    pk_text_add_json(&document->text, word->key);
    pk_text_addf(&document->text, ": %s", word->value);
}

/* What is removed is not in the document, but reservations: their identifier wants its one form. */
static bool
is_written(const struct word *word, const struct pk_field *field)
{
    bool by_identifier = field == field_row(PK_SCOPE_RESERVATIONS) && *word->key != '\0';
    return word->field == field && (!removes(word) || by_identifier);
}

static void
add_field(struct document *document, const struct words *words, const struct pk_field *field)
{
    bool headed = false;
    for (size_t i = 0; i < words->count; i++) {
        struct word *word = &words->at[i];
        if (!is_written(word, field)) {
            continue;
        }
        if (*word->key != '\0' && !headed) {
            pk_text_addf(&document->text, "    %s:", field->name);
            end_line(document);
            headed = true;
        }
        word->line = document->line;
        if (*word->key != '\0') {
            add_by_key(document, word);
        } else {
            pk_text_addf(&document->text, "    %s: ", field->name);
            add_value(document, word);
        }
        end_line(document);
    }
}

static const char *
document_of(struct pk_pool *pool, struct pk_prefix subnet, const struct words *words)
{
    struct document document = {.text = {.pool = pool}, .line = 1};
    const char *relationship = no_relationship;
    for (size_t i = 0; i < words->count; i++) {
        bool links = words->at[i].field == field_row(PK_SCOPE_RELATIONSHIP);
        relationship = links && !removes(&words->at[i]) ? words->at[i].value : relationship;
    }
    pk_text_add(&document.text, "relationships: {");
    pk_text_add_json(&document.text, relationship);
    pk_text_add(&document.text, ": {servers: [one, two]}}");
    end_line(&document);
    pk_text_add(&document.text, "scopes:");
    end_line(&document);
    pk_text_addf(&document.text, "  - subnet: %s", pk_prefix_text(pool, subnet));
    end_line(&document);
    if (relationship == no_relationship) {
        pk_text_addf(&document.text, "    relationship: %s", no_relationship);
        end_line(&document);
    }
    for (size_t i = 0; i < pk_scope_fields.count; i++) {
        add_field(&document, words, &pk_scope_fields.at[i]);
    }
    return pk_text_end(&document.text);
}

static const struct word *
word_of_line(const struct words *words, unsigned line)
{
    for (size_t i = 0; i < words->count; i++) {
        if (line != 0 && words->at[i].line == line) {
            return &words->at[i];
        }
    }
    return NULL;
}

static enum pk_code
first_error(const struct words *words, const struct pk_diagnostics *diagnostics,
            struct pk_error *err)
{
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct pk_diagnostic *one = &diagnostics->list.at[i];
        const struct word *word = word_of_line(words, one->mark.line);
        if (!pk_rule_row(one->rule)->warning) {
            return pk_error_set(err, PK_EINVAL, word != NULL ? word->text : "adm set", "%s%s%s",
                                one->message, one->hint != NULL ? "; " : "",
                                one->hint != NULL ? one->hint : "");
        }
    }
    return pk_error_set(err, PK_EINVAL, "adm set", "the words cannot be read");
}

static enum pk_code
decode(struct pk_pool *pool, struct pk_prefix subnet, const struct words *words,
       struct pk_wanted_scope *out, struct pk_error *err)
{
    const char *yaml = document_of(pool, subnet, words);
    struct pk_source_file file = {.path = "adm set", .bytes = yaml, .size = strlen(yaml)};
    struct pk_snapshot_context context = {.limits = pk_document_default_limits};
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot;
    if (pk_snapshot_build(pool, &file, 1, &context, &diagnostics, &snapshot) != PK_OK) {
        pk_diagnostics_sort(&diagnostics);
        return first_error(words, &diagnostics, err);
    }
    *out = snapshot.scopes[0];
    return PK_OK;
}

/* -- The row -- */

struct part_list {
    struct pk_part *at;
    size_t count;
};

/* Takes away (field, key), or the whole field when @p key is empty. */
static void
drop(struct part_list *list, const struct pk_field *field, const char *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool same =
            list->at[i].field == field && (*key == '\0' || strcmp(list->at[i].key, key) == 0);
        if (!same) {
            list->at[kept++] = list->at[i];
        }
    }
    list->count = kept;
}

static void
drop_named(struct pk_pool *pool, struct part_list *list, const struct word *word)
{
    const struct pk_field *field =
        word->field == field_row(PK_SCOPE_EXCLUSIONS) ? field_row(PK_SCOPE_RANGES) : word->field;
    const char *key = word->key;
    if (field->kind == PK_KIND_OPTIONS && *key != '\0') {
        const char *canonical = pk_option_canonical_name(pool, key);
        key = canonical != NULL ? canonical : key;
    }
    drop(list, field, key);
}

static void
put_decoded(const struct words *words, const struct pk_wanted_scope *decoded,
            struct part_list *list)
{
    for (size_t i = 0; i < decoded->parts.count; i++) {
        const struct pk_part *part = &decoded->parts.at[i];
        const struct word *word = word_of_line(words, decoded->origin[i].line);
        if (word == NULL) {
            continue; /* the subnet's own lines */
        }
        drop(list, part->field, part->key);
        if (!removes(word)) {
            list->at[list->count++] = *part;
        }
    }
}

static const char *
linked_to(struct pk_pool *pool, const struct pk_parts *parts)
{
    const char *value = pk_parts_get(parts, field_row(PK_SCOPE_RELATIONSHIP), "");
    if (value == NULL) {
        return NULL;
    }
    json_auto_t *name = pk_json_parse(value, NULL);
    return pk_strdup(pool, json_string_value(name));
}

enum pk_code
pk_adm_edit_read(struct pk_pool *pool, struct pk_prefix subnet, const struct pk_row *before,
                 const char *const *texts, size_t count, struct pk_adm_edit *out,
                 struct pk_error *err)
{
    struct words words;
    struct pk_wanted_scope decoded = {0};
    struct pk_adm_edit edit = {.row = {.subnet = subnet, .active_leases = PK_LEASES_UNKNOWN}};
    enum pk_code code = read_words(pool, texts, count, &words, err);
    if (code == PK_OK) {
        code = read_leases(&words, &edit, err);
    }
    if (code == PK_OK) {
        code = decode(pool, subnet, &words, &decoded, err);
    }
    if (code != PK_OK) {
        return code;
    }
    size_t had = before != NULL ? before->parts.count : 0;
    struct part_list list = {.at = pk_array(pool, struct pk_part, had + decoded.parts.count + 1),
                             .count = had};
    for (size_t i = 0; i < had; i++) {
        list.at[i] = before->parts.at[i];
    }
    for (size_t i = 0; i < words.count; i++) {
        if (words.at[i].field != NULL) {
            drop_named(pool, &list, &words.at[i]);
        }
    }
    put_decoded(&words, &decoded, &list);
    edit.row.parts = pk_parts_canonical(list.at, list.count);
    edit.row.relationship = linked_to(pool, &edit.row.parts);
    edit.row.hash = pk_parts_hash(&edit.row.parts);
    *out = edit;
    return PK_OK;
}
