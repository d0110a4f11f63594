/*
 * Scalars are read by the kind of their field and by nothing else, so quoting never changes what a
 * value means here; only `null` is told from "null".
 */
#include "desired-state/decode.h"

#include <assert.h>
#include <string.h>

#include "base/ipv4.h"
#include "base/number.h"
#include "base/text.h"

/* What every reader of a scalar needs. */
struct scalar {
    struct pk_pool *pool;
    const struct pk_field *field;
    const char *text;
    struct pk_mark mark;
    struct pk_diagnostics *diagnostics;
};

const char *
pk_did_you_mean(struct pk_pool *pool, const struct pk_nearest *nearest)
{
    return nearest->best != NULL ? pk_sprintf(pool, "did you mean '%s'?", nearest->best) : NULL;
}

static const char *
json_string(struct pk_pool *pool, const char *text)
{
    struct pk_text out = {.pool = pool};
    pk_text_add_json(&out, text);
    return pk_text_end(&out);
}

static bool
has_length(const struct scalar *in)
{
    int64_t length = (int64_t)strlen(in->text);
    if (length >= in->field->min && length <= in->field->max) {
        return true;
    }
    pk_diagnose(in->diagnostics, PK_RULE_OUT_OF_RANGE, in->mark, NULL,
                "%s has %lld bytes, not %lld to %lld", in->field->name, (long long)length,
                (long long)in->field->min, (long long)in->field->max);
    return false;
}

static const char *
read_text(const struct scalar *in)
{
    for (const char *at = in->text; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ') {
            pk_diagnose(in->diagnostics, PK_RULE_BAD_VALUE, in->mark,
                        "write it on one line, without tabs",
                        "%s holds a line break or another control character", in->field->name);
            return NULL;
        }
    }
    return has_length(in) ? json_string(in->pool, in->text) : NULL;
}

static const char *
read_name(const struct scalar *in)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "._-";
    if (in->text[strspn(in->text, allowed)] != '\0') {
        pk_diagnose(in->diagnostics, PK_RULE_BAD_VALUE, in->mark,
                    "use letters, digits, '.', '_' and '-'", "%s: '%s' is not a name",
                    in->field->name, in->text);
        return NULL;
    }
    return has_length(in) ? json_string(in->pool, in->text) : NULL;
}

static const char *
read_boolean(const struct scalar *in)
{
    static const struct {
        const char *written, *meant;
    } words[] = {
        {"yes", "true"}, {"on", "true"},   {"1", "true"},
        {"no", "false"}, {"off", "false"}, {"0", "false"},
    };
    if (strcmp(in->text, "true") == 0 || strcmp(in->text, "false") == 0) {
        return in->text[0] == 't' ? "true" : "false";
    }
    PK_SCRATCH(scratch);
    struct pk_nearest nearest = {.wanted = in->text};
    pk_nearest_offer(&nearest, "true");
    pk_nearest_offer(&nearest, "false");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(in->text, words[i].written) == 0) {
            nearest.best = words[i].meant;
        }
    }
    pk_diagnose(in->diagnostics, PK_RULE_BAD_VALUE, in->mark, pk_did_you_mean(scratch, &nearest),
                "%s: '%s' is neither true nor false", in->field->name, in->text);
    return NULL;
}

static const char *
read_number(const struct scalar *in)
{
    int64_t number;
    if (!pk_parse_number(in->text, INT64_MIN, INT64_MAX, &number)) {
        pk_diagnose(in->diagnostics, PK_RULE_BAD_VALUE, in->mark,
                    "write decimal digits without leading zeros", "%s: '%s' is not a whole number",
                    in->field->name, in->text);
        return NULL;
    }
    if (number < in->field->min || number > in->field->max) {
        pk_diagnose(in->diagnostics, PK_RULE_OUT_OF_RANGE, in->mark, NULL,
                    "%s: %s is not within %lld..%lld", in->field->name, in->text,
                    (long long)in->field->min, (long long)in->field->max);
        return NULL;
    }
    return pk_strdup(in->pool, in->text);
}

static const char *
read_duration(const struct scalar *in)
{
    uint32_t seconds;
    if (!pk_parse_duration(in->text, &seconds)) {
        pk_diagnose(in->diagnostics, PK_RULE_BAD_VALUE, in->mark,
                    "write 90s, 15m, 8h, 2d, plain seconds or unlimited",
                    "%s: '%s' is not a duration", in->field->name, in->text);
        return NULL;
    }
    if (seconds < in->field->min || seconds > in->field->max) {
        PK_SCRATCH(scratch);
        pk_diagnose(in->diagnostics, PK_RULE_OUT_OF_RANGE, in->mark, NULL,
                    "%s: %s is not within %s..%s", in->field->name, in->text,
                    pk_format_duration(scratch, (uint32_t)in->field->min),
                    pk_format_duration(scratch, (uint32_t)in->field->max));
        return NULL;
    }
    return pk_sprintf(in->pool, "%u", seconds);
}

static const char *
read_choice(const struct scalar *in)
{
    PK_SCRATCH(scratch);
    struct pk_nearest nearest = {.wanted = in->text};
    struct pk_text all = {.pool = scratch};
    for (const char *const *choice = in->field->choices; *choice != NULL; choice++) {
        if (strcmp(*choice, in->text) == 0) {
            return json_string(in->pool, in->text);
        }
        pk_nearest_offer(&nearest, *choice);
        pk_text_addf(&all, "%s%s", all.count != 0 ? ", " : "", *choice);
    }
    pk_diagnose(in->diagnostics, PK_RULE_BAD_VALUE, in->mark, pk_did_you_mean(scratch, &nearest),
                "%s: '%s' is not one of %s", in->field->name, in->text, pk_text_end(&all));
    return NULL;
}

static const char *
read_prefix(const struct scalar *in)
{
    struct pk_prefix prefix;
    if (!pk_parse_prefix(in->text, &prefix)) {
        pk_diagnose(in->diagnostics, PK_RULE_BAD_VALUE, in->mark,
                    "write ADDRESS/LENGTH, such as 10.20.0.0/24, without leading zeros",
                    "%s: '%s' is not a prefix", in->field->name, in->text);
        return NULL;
    }
    if (!pk_prefix_is_canonical(prefix)) {
        PK_SCRATCH(scratch);
        prefix.address &= pk_prefix_mask(prefix);
        pk_diagnose(in->diagnostics, PK_RULE_HOST_BITS, in->mark,
                    pk_sprintf(scratch, "did you mean '%s'?", pk_prefix_text(scratch, prefix)),
                    "%s: %s has host bits set", in->field->name, in->text);
        return NULL;
    }
    return json_string(in->pool, in->text);
}

static const char *
read_scalar(const struct scalar *in)
{
    switch (in->field->kind) {
    case PK_KIND_TEXT:
        return read_text(in);
    case PK_KIND_NAME:
        return read_name(in);
    case PK_KIND_BOOLEAN:
        return read_boolean(in);
    case PK_KIND_NUMBER:
        return read_number(in);
    case PK_KIND_DURATION:
        return read_duration(in);
    case PK_KIND_CHOICE:
        return read_choice(in);
    case PK_KIND_PREFIX:
        return read_prefix(in);
    case PK_KIND_SERVER_PAIR:
    case PK_KIND_RANGES:
    case PK_KIND_EXCLUSIONS:
    case PK_KIND_OPTIONS:
    case PK_KIND_RESERVATIONS:
    case PK_KIND_JSON_MAP:
    case PK_KIND_DEFAULTS:
        break;
    }
    assert(false); /* the caller asks for scalar kinds only */
    return NULL;
}

bool
pk_decode_kind(const char *file, const char *what, const struct pk_node *node,
               enum pk_node_kind kind, struct pk_diagnostics *diagnostics)
{
    if (node->kind == kind && !pk_node_is_null(node)) {
        return true;
    }
    pk_diagnose(diagnostics, PK_RULE_WRONG_TYPE, pk_node_mark(file, node),
                pk_node_is_null(node) ? "leave the key out" : NULL, "%s is %s, not %s", what,
                pk_node_is_null(node) ? "null" : pk_node_kind_name(node->kind),
                pk_node_kind_name(kind));
    return false;
}

const char *
pk_decode_scalar(struct pk_pool *pool, const struct pk_field *field, const char *file,
                 const struct pk_node *node, struct pk_diagnostics *diagnostics)
{
    if (!pk_decode_kind(file, field->name, node, PK_NODE_SCALAR, diagnostics)) {
        return NULL;
    }
    return read_scalar(&(struct scalar){
        .pool = pool,
        .field = field,
        .text = node->text,
        .mark = pk_node_mark(file, node),
        .diagnostics = diagnostics,
    });
}

/* -- mappings -------------------------------------------------------------------------------- */

struct mapping {
    const struct pk_field_table *table;
    unsigned flag; /* rows must carry it; 0 = all rows */
    const char *file;
    struct pk_diagnostics *diagnostics;
};

static bool
is_known(const struct mapping *in, const struct pk_field *field)
{
    return (field->flags & in->flag) == in->flag;
}

static void
diagnose_unknown(const struct mapping *in, const struct pk_node *key)
{
    PK_SCRATCH(scratch);
    struct pk_nearest nearest = {.wanted = key->text};
    struct pk_text all = {.pool = scratch};
    for (size_t i = 0; i < in->table->count; i++) {
        if (is_known(in, &in->table->at[i])) {
            pk_nearest_offer(&nearest, in->table->at[i].name);
            pk_text_addf(&all, "%s %s", all.count != 0 ? "," : "known are", in->table->at[i].name);
        }
    }
    struct pk_mark mark = pk_node_mark(in->file, key);
    if (pk_field_find(in->table, key->text) != NULL) {
        pk_diagnose(in->diagnostics, PK_RULE_UNKNOWN_KEY, mark, pk_text_end(&all),
                    "'%s' cannot be inherited", key->text);
        return;
    }
    const char *meant = pk_did_you_mean(scratch, &nearest);
    pk_diagnose(in->diagnostics, PK_RULE_UNKNOWN_KEY, mark,
                meant != NULL ? meant : pk_text_end(&all), "%s: unknown key '%s'",
                in->table->object, key->text);
}

static void
walk_mapping(const struct mapping *in, const struct pk_node *mapping, pk_decode_visit *visit,
             void *context)
{
    if (!pk_decode_kind(in->file, in->table->object, mapping, PK_NODE_MAPPING, in->diagnostics)) {
        return;
    }
    uint64_t seen = 0;
    for (size_t i = 0; i < mapping->count; i++) {
        const struct pk_node *key = &mapping->items[2 * i];
        const struct pk_field *field = pk_field_find(in->table, key->text);
        if (field == NULL || !is_known(in, field)) {
            diagnose_unknown(in, key);
            continue;
        }
        seen |= UINT64_C(1) << pk_field_index(in->table, field);
        visit(context, field, key, &mapping->items[2 * i + 1]);
    }
    for (size_t i = 0; i < in->table->count; i++) {
        const struct pk_field *field = &in->table->at[i];
        bool required = (field->flags & PK_FIELD_REQUIRED) != 0 && is_known(in, field);
        if (required && (seen & UINT64_C(1) << i) == 0) {
            pk_diagnose(in->diagnostics, PK_RULE_MISSING_KEY, pk_node_mark(in->file, mapping), NULL,
                        "%s: the key '%s' is missing", in->table->object, field->name);
        }
    }
}

void
pk_decode_mapping(const struct pk_field_table *table, const char *file,
                  const struct pk_node *mapping, pk_decode_visit *visit, void *context,
                  struct pk_diagnostics *diagnostics)
{
    const struct mapping in = {.table = table, .file = file, .diagnostics = diagnostics};
    walk_mapping(&in, mapping, visit, context);
}

void
pk_decode_mapping_of(const struct pk_field_table *table, enum pk_field_flag flag, const char *file,
                     const struct pk_node *mapping, pk_decode_visit *visit, void *context,
                     struct pk_diagnostics *diagnostics)
{
    const struct mapping in = {
        .table = table, .flag = flag, .file = file, .diagnostics = diagnostics};
    walk_mapping(&in, mapping, visit, context);
}
