/* The top of a file: any of the two keys, so that users lay files out as they like. */
#include "desired-state/declaration.h"

enum { RELATIONSHIPS, SCOPES, FILE_KEYS };

static const struct pk_field file_rows[FILE_KEYS] = {
    [RELATIONSHIPS] = {"relationships", PK_KIND_JSON_MAP,
                       .document = "Failover relationships by name."},
    [SCOPES] = {"scopes", PK_KIND_JSON_MAP, .document = "A list of scopes."},
};

static const struct pk_field_table file_table = {"file", file_rows, FILE_KEYS};

struct file_reader {
    const struct pk_decoder *decoder;
    struct pk_declarations *out;
};

static void
read_relationships(const struct file_reader *reader, const struct pk_node *node)
{
    const struct pk_decoder *decoder = reader->decoder;
    if (!pk_decode_kind(decoder->file, "relationships", node, PK_NODE_MAPPING,
                        decoder->diagnostics)) {
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        pk_decode_relationship(decoder, &node->items[2 * i], &node->items[2 * i + 1],
                               pk_push(decoder->work, &reader->out->relationships));
    }
}

static void
read_scopes(const struct file_reader *reader, const struct pk_node *node)
{
    const struct pk_decoder *decoder = reader->decoder;
    if (!pk_decode_kind(decoder->file, "scopes", node, PK_NODE_SEQUENCE, decoder->diagnostics)) {
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        pk_decode_scope(decoder, &node->items[i], pk_push(decoder->work, &reader->out->scopes));
    }
}

static void
visit(void *context, const struct pk_field *field, const struct pk_node *key,
      const struct pk_node *value)
{
    (void)key;
    const struct file_reader *reader = context;
    if (pk_field_index(&file_table, field) == RELATIONSHIPS) {
        read_relationships(reader, value);
    } else {
        read_scopes(reader, value);
    }
}

void
pk_decode_file(const struct pk_decoder *decoder, const struct pk_node *root,
               struct pk_declarations *out)
{
    struct file_reader reader = {.decoder = decoder, .out = out};
    pk_decode_mapping(&file_table, decoder->file, root, visit, &reader, decoder->diagnostics);
}
