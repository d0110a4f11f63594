/*
 * Keys that only Kea has: any key but those that have a field of their own or belong to one server,
 * values as they are but for what adm/kea-values.h knows of them.
 */
#include "desired-state/declaration.h"

#include <string.h>

/* What of a user-context has a field of ours. */
static void
check_context(const struct pk_decoder *decoder, enum pk_kea_place place,
              const struct pk_node *context)
{
    for (size_t i = 0; context->kind == PK_NODE_MAPPING && i < context->count; i++) {
        const struct pk_node *key = &context->items[2 * i];
        const char *instead = pk_kea_context_refusal(place, key->text);
        if (instead != NULL) {
            pk_diagnose(decoder->diagnostics, PK_RULE_KEA_KEY, pk_decoder_mark(decoder, key),
                        instead, "'%s' cannot stand in a user-context", key->text);
        }
    }
}

/* The same parameter in another spelling. */
static void
check_once(const struct pk_decoder *decoder, const struct pk_written_list *list, size_t first,
           const struct pk_node *key, const char *newest)
{
    for (size_t i = first; i < list->count; i++) {
        if (strcmp(list->at[i].part.key, newest) == 0) {
            pk_diagnose(decoder->diagnostics, PK_RULE_KEA_KEY, pk_decoder_mark(decoder, key),
                        "keep one of the two",
                        "'%s' is stated in another spelling in line %u, column %u", key->text,
                        list->at[i].mark.line, list->at[i].mark.column);
        }
    }
}

/* A default of Kea is, like null, the wish that the parameter be absent. */
static void
declare(const struct pk_decoder *decoder, const struct pk_field *field,
        const struct pk_kea_mapping *mapping, const struct pk_node *key, size_t first,
        struct pk_written_list *out)
{
    const struct pk_node *value = key + 1;
    struct pk_kea_setting setting = pk_kea_setting_canonical(
        decoder->pool, mapping->place, key->text,
        pk_node_is_null(value) ? "null" : pk_decode_json(decoder->pool, value));
    if (pk_node_is_null(value)) {
        setting.value = NULL;
    }
    if (strcmp(key->text, "user-context") == 0) {
        check_context(decoder, mapping->place, value);
    }
    check_once(decoder, out, first, key, setting.key);
    if (setting.value != NULL || mapping->may_be_null) {
        pk_declare(decoder, out, field, pk_strdup(decoder->pool, setting.key), setting.value, key);
    }
}

void
pk_decode_kea(const struct pk_decoder *decoder, const struct pk_field *field,
              const struct pk_node *node, const struct pk_kea_mapping *mapping,
              struct pk_written_list *out)
{
    const size_t first = out->count;
    if (!pk_decode_kind(decoder->file, field->name, node, PK_NODE_MAPPING, decoder->diagnostics)) {
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct pk_node *key = &node->items[2 * i], *value = key + 1;
        const char *instead = mapping->refusal(key->text);
        if (instead != NULL || key->text[0] == '\0') {
            pk_diagnose(decoder->diagnostics, PK_RULE_KEA_KEY, pk_decoder_mark(decoder, key),
                        instead, "'%s' cannot stand in a kea mapping", key->text);
        } else if (pk_node_is_null(value) && !mapping->may_be_null) {
            pk_diagnose(decoder->diagnostics, PK_RULE_WRONG_TYPE, pk_decoder_mark(decoder, value),
                        "leave the key out", "kea: '%s' is null", key->text);
        } else {
            declare(decoder, field, mapping, key, first, out);
        }
    }
}
