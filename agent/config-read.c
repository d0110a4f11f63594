/*
 * One walk for every section: the rows say what a value is, this file only knows the few shapes.
 * Defaults are stored by the same function as written values, so a default cannot have a form that
 * the file could not have.
 */
#include "agent/config-read.h"

#include <string.h>

#include "base/json.h"
#include "base/nearest.h"
#include "base/number.h"
#include "desired-state/decode.h"

enum { MS_PER_S = 1000, HUNDRED_PERCENT = 100 };

static const int64_t count_max = 1000000000;

const char *
pk_config_path(struct pk_pool *pool, const char *folder, const char *path)
{
    if (*path == '/' || strcmp(folder, ".") == 0) {
        return pk_strdup(pool, path);
    }
    return pk_sprintf(pool, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path);
}

static uint32_t
choice_index(const struct pk_field *field, const char *chosen)
{
    uint32_t index = 0;
    while (field->choices[index] != NULL && strcmp(field->choices[index], chosen) != 0) {
        index++;
    }
    return index;
}

static const char *
text_of(const struct pk_config_reader *reader, const struct pk_config_key *key, const json_t *value)
{
    const char *text = json_string_value(value);
    if (key->shape == PK_CONFIG_PATH) {
        return pk_config_path(reader->pool, reader->folder, text);
    }
    if (key->shape == PK_CONFIG_SECRET) {
        return pk_config_path(reader->pool, reader->secrets_folder, text);
    }
    return pk_strdup(reader->pool, text);
}

/* Puts a value of the row's kind, as canonical JSON, where the row says. */
static void
store(const struct pk_config_reader *reader, const struct pk_config_key *key, const char *canonical,
      void *target)
{
    json_auto_t *value = pk_json_parse(canonical, NULL);
    if (key->shape == PK_CONFIG_LIMIT) {
        struct pk_config_limit *limit = target;
        limit->percent = (uint32_t)json_integer_value(json_array_get(value, 0));
        limit->count = (uint32_t)json_integer_value(json_array_get(value, 1));
    } else if (key->field.kind == PK_KIND_BOOLEAN) {
        *(bool *)target = json_is_true(value);
    } else if (key->field.kind == PK_KIND_NUMBER) {
        *(uint32_t *)target = (uint32_t)json_integer_value(value);
    } else if (key->field.kind == PK_KIND_DURATION) {
        *(uint32_t *)target = (uint32_t)json_integer_value(value) * MS_PER_S;
    } else if (key->field.kind == PK_KIND_CHOICE) {
        *(uint32_t *)target = choice_index(&key->field, json_string_value(value));
    } else {
        *(const char **)target = text_of(reader, key, value);
    }
}

static void
refuse_if_missing(const struct pk_config_reader *reader, const struct pk_config_key *key,
                  const struct pk_node *node, const char *canonical)
{
    bool is_default =
        key->field.default_value != NULL && strcmp(canonical, key->field.default_value) == 0;
    if (key->missing != NULL && !is_default) {
        pk_diagnose(reader->diagnostics, PK_RULE_BAD_VALUE, pk_node_mark(reader->file, node),
                    key->missing, "%s is not available yet", key->field.name);
    }
}

static bool
parse_limit(const struct pk_node *node, int64_t *percent, int64_t *count)
{
    if (node->count != 2 || node->items[0].kind != PK_NODE_SCALAR ||
        node->items[1].kind != PK_NODE_SCALAR) {
        return false;
    }
    PK_SCRATCH(scratch);
    const char *text = node->items[0].text;
    size_t length = strlen(text);
    return length > 1 && text[length - 1] == '%' &&
           pk_parse_number(pk_strndup(scratch, text, length - 1), 0, HUNDRED_PERCENT, percent) &&
           pk_parse_number(node->items[1].text, 0, count_max, count);
}

static void
read_limit(const struct pk_config_reader *reader, const struct pk_config_key *key,
           const struct pk_node *node, struct pk_config_limit *target)
{
    int64_t percent = 0, count = 0;
    if (!pk_decode_kind(reader->file, key->field.name, node, PK_NODE_SEQUENCE,
                        reader->diagnostics)) {
        return;
    }
    if (!parse_limit(node, &percent, &count)) {
        pk_diagnose(reader->diagnostics, PK_RULE_BAD_VALUE, pk_node_mark(reader->file, node),
                    "write it as [30%, 50]", "%s is a percentage and a count", key->field.name);
        return;
    }
    *target = (struct pk_config_limit){.percent = (uint32_t)percent, .count = (uint32_t)count};
}

static void
read_texts(const struct pk_config_reader *reader, const struct pk_config_key *key,
           const struct pk_node *node, struct pk_config_texts *target)
{
    if (!pk_decode_kind(reader->file, key->field.name, node, PK_NODE_SEQUENCE,
                        reader->diagnostics)) {
        return;
    }
    const char **texts = pk_array(reader->pool, const char *, node->count);
    for (size_t i = 0; i < node->count; i++) {
        const char *canonical = pk_decode_scalar(reader->pool, &key->field, reader->file,
                                                 &node->items[i], reader->diagnostics);
        store(reader, key, canonical != NULL ? canonical : "\"\"", &texts[i]);
    }
    *target = (struct pk_config_texts){.at = texts, .count = node->count};
}

/* Entries of a mapping of names, or of a list. */
static void
read_entries(const struct pk_config_reader *reader, const struct pk_config_key *key,
             const struct pk_node *node, struct pk_config_named *target)
{
    bool named = key->shape == PK_CONFIG_NAMED;
    if (!pk_decode_kind(reader->file, key->field.name, node,
                        named ? PK_NODE_MAPPING : PK_NODE_SEQUENCE, reader->diagnostics)) {
        return;
    }
    static const struct pk_field name_field = {"name", PK_KIND_NAME, .min = 1, .max = 63};
    char *entries = pk_alloc_array(reader->pool, node->count, key->section->bytes);
    size_t step = named ? 2 : 1;
    for (size_t i = 0; i < node->count; i++) {
        const struct pk_node *first = &node->items[i * step];
        struct pk_config_entry *entry = (void *)(entries + i * key->section->bytes);
        entry->name = "";
        if (named) {
            pk_decode_scalar(reader->pool, &name_field, reader->file, first, reader->diagnostics);
            entry->name = first->text != NULL ? first->text : "";
        }
        pk_config_read_section(reader, key->section, &first[step - 1], entry);
    }
    *target = (struct pk_config_named){.at = entries, .count = node->count};
    if (node->count > 0) {
        refuse_if_missing(reader, key, node, "");
    }
}

static void
read_scalar(const struct pk_config_reader *reader, const struct pk_config_key *key,
            const struct pk_node *node, void *target)
{
    bool may_be_absent =
        key->field.default_value == NULL && (key->field.flags & PK_FIELD_REQUIRED) == 0;
    if (may_be_absent && pk_node_is_null(node)) {
        return;
    }
    const char *canonical =
        pk_decode_scalar(reader->pool, &key->field, reader->file, node, reader->diagnostics);
    if (canonical != NULL) {
        store(reader, key, canonical, target);
        refuse_if_missing(reader, key, node, canonical);
    }
}

static void
read_value(const struct pk_config_reader *reader, const struct pk_config_key *key,
           const struct pk_node *node, void *target)
{
    switch (key->shape) {
    case PK_CONFIG_SCALAR:
    case PK_CONFIG_PATH:
    case PK_CONFIG_SECRET:
        read_scalar(reader, key, node, target);
        return;
    case PK_CONFIG_TEXTS:
        read_texts(reader, key, node, target);
        return;
    case PK_CONFIG_LIMIT:
        read_limit(reader, key, node, target);
        return;
    case PK_CONFIG_SECTION:
        pk_config_read_section(reader, key->section, node, target);
        return;
    case PK_CONFIG_NAMED:
    case PK_CONFIG_ITEMS:
        read_entries(reader, key, node, target);
        return;
    }
}

static void
set_defaults(const struct pk_config_reader *reader, const struct pk_config_section *section,
             char *target)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct pk_config_key *key = &section->at[i];
        if (key->shape == PK_CONFIG_SECTION) {
            set_defaults(reader, key->section, target + key->offset);
        } else if (key->field.default_value != NULL) {
            store(reader, key, key->field.default_value, target + key->offset);
        }
    }
}

static const struct pk_config_key *
find_key(const struct pk_config_section *section, const char *name, struct pk_nearest *nearest)
{
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->at[i].field.name, name) == 0) {
            return &section->at[i];
        }
        pk_nearest_offer(nearest, section->at[i].field.name);
    }
    return NULL;
}

/* The key of one pair; NULL when it is unknown, which is then said. */
static const struct pk_config_key *
known_key(const struct pk_config_reader *reader, const struct pk_config_section *section,
          const struct pk_node *node)
{
    const char *name = node->text != NULL ? node->text : "";
    struct pk_nearest nearest = {.wanted = name};
    const struct pk_config_key *key = find_key(section, name, &nearest);
    if (key == NULL) {
        pk_diagnose(reader->diagnostics, PK_RULE_UNKNOWN_KEY, pk_node_mark(reader->file, node),
                    pk_did_you_mean(reader->pool, &nearest), "%s has no key '%s'", section->object,
                    name);
    }
    return key;
}

void
pk_config_read_section(const struct pk_config_reader *reader,
                       const struct pk_config_section *section, const struct pk_node *mapping,
                       void *target)
{
    set_defaults(reader, section, target);
    if (mapping != NULL && !pk_decode_kind(reader->file, section->object, mapping, PK_NODE_MAPPING,
                                           reader->diagnostics)) {
        return;
    }
    uint64_t seen = 0;
    for (size_t i = 0; mapping != NULL && i < mapping->count; i++) {
        const struct pk_node *pair = &mapping->items[2 * i];
        const struct pk_config_key *key = known_key(reader, section, pair);
        uint64_t bit = key != NULL ? UINT64_C(1) << (key - section->at) : 0;
        if ((seen & bit) == 0 && key != NULL) {
            read_value(reader, key, &pair[1], (char *)target + key->offset);
        }
        seen |= bit;
    }
    for (size_t i = 0; i < section->count; i++) {
        const struct pk_field *field = &section->at[i].field;
        if ((field->flags & PK_FIELD_REQUIRED) != 0 && (seen & UINT64_C(1) << i) == 0) {
            struct pk_mark whole = {.file = reader->file};
            pk_diagnose(reader->diagnostics, PK_RULE_MISSING_KEY,
                        mapping != NULL ? pk_node_mark(reader->file, mapping) : whole,
                        field->document, "%s has no %s", section->object, field->name);
        }
    }
}
