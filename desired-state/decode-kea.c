/*
 * Keys that only Kea has: any key but those that have a field of their own or belong to one server,
 * values as they are.
 */
#include "desired-state/declaration.h"

void
pk_decode_kea(const struct pk_decoder *decoder, const struct pk_field *field,
              const struct pk_node *node, pk_kea_refusal_of *refusal, bool may_be_null,
              struct pk_written_list *out)
{
    if (!pk_decode_kind(decoder->file, field->name, node, PK_NODE_MAPPING, decoder->diagnostics)) {
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct pk_node *key = &node->items[2 * i], *value = key + 1;
        const char *instead = refusal(key->text);
        bool null = pk_node_is_null(value);
        if (instead != NULL || key->text[0] == '\0') {
            pk_diagnose(decoder->diagnostics, PK_RULE_KEA_KEY, pk_decoder_mark(decoder, key),
                        instead, "'%s' cannot stand in a kea mapping", key->text);
        } else if (null && !may_be_null) {
            pk_diagnose(decoder->diagnostics, PK_RULE_WRONG_TYPE, pk_decoder_mark(decoder, value),
                        "leave the key out", "kea: '%s' is null", key->text);
        } else {
            pk_declare(decoder, out, field, pk_strdup(decoder->pool, key->text),
                       null ? NULL : pk_decode_json(decoder->pool, value), key);
        }
    }
}
