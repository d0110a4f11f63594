/*
 * A scope, and the defaults that scopes inherit: both are mappings of the same fields.  Rules that
 * need nothing but this one mapping are checked here, where every node still has its place.
 */
#include "desired-state/declaration.h"

#include <string.h>

static const struct pk_kea_mapping kea_mapping = {PK_KEA_OF_SUBNET, pk_scope_kea_refusal, true};

/* The values of a mapping by the row of their key. */
struct scope_reader {
    const struct pk_node *values[PK_SCOPE_FIELD_COUNT];
};

static void
visit(void *context, const struct pk_field *field, const struct pk_node *key,
      const struct pk_node *value)
{
    (void)key;
    struct scope_reader *reader = context;
    reader->values[pk_field_index(&pk_scope_fields, field)] = value;
}

static void
decode_field(const struct pk_decoder *decoder, const struct pk_field *field,
             const struct pk_node *node, bool is_scope, struct pk_written_list *out)
{
    const char *value;
    switch (field->kind) {
    case PK_KIND_OPTIONS:
        pk_decode_options(decoder, field, node, is_scope, out);
        break;
    case PK_KIND_JSON_MAP:
        pk_decode_kea(decoder, field, node, &kea_mapping, out);
        break;
    case PK_KIND_TEXT:
    case PK_KIND_NAME:
    case PK_KIND_BOOLEAN:
    case PK_KIND_NUMBER:
    case PK_KIND_DURATION:
    case PK_KIND_CHOICE:
        value = pk_decode_scalar(decoder->pool, field, decoder->file, node, decoder->diagnostics);
        if (value != NULL) {
            pk_declare(decoder, out, field, "", value, node);
        }
        break;
    case PK_KIND_PREFIX: /* subnet, ranges, exclusions, reservations depend on each other */
    case PK_KIND_RANGES:
    case PK_KIND_EXCLUSIONS:
    case PK_KIND_RESERVATIONS:
    case PK_KIND_SERVER_PAIR:
    case PK_KIND_DEFAULTS:
        break;
    }
}

static void
decode_content(const struct pk_decoder *decoder, const struct scope_reader *reader, bool is_scope,
               struct pk_declaration *out)
{
    for (size_t i = 0; i < PK_SCOPE_FIELD_COUNT; i++) {
        const struct pk_field *field = &pk_scope_fields.at[i];
        const struct pk_node *node = reader->values[i];
        if (node == NULL) {
            continue;
        }
        uint64_t bit = UINT64_C(1) << i;
        if (is_scope && pk_node_is_null(node) && (field->flags & PK_FIELD_INHERITED) != 0) {
            out->refused |= bit;
            continue;
        }
        out->stated |= bit;
        decode_field(decoder, field, node, is_scope, &out->parts);
    }
}

static void
decode_subnet(const struct pk_decoder *decoder, const struct pk_node *node,
              struct pk_scope_declaration *out)
{
    const struct pk_field *field = &pk_scope_fields.at[PK_SCOPE_SUBNET];
    out->mark = pk_decoder_mark(decoder, node);
    out->has_subnet = pk_decode_scalar(decoder->scratch, field, decoder->file, node,
                                       decoder->diagnostics) != NULL &&
                      pk_parse_prefix(node->text, &out->subnet);
}

static void
decode_addresses(const struct pk_decoder *decoder, const struct scope_reader *reader,
                 struct pk_scope_declaration *out)
{
    const struct pk_field *ranges = &pk_scope_fields.at[PK_SCOPE_RANGES];
    const struct pk_node *reservations = reader->values[PK_SCOPE_RESERVATIONS];
    const struct pk_prefix *subnet = out->has_subnet ? &out->subnet : NULL;
    out->served = pk_decode_ranges(decoder, subnet, reader->values[PK_SCOPE_RANGES],
                                   reader->values[PK_SCOPE_EXCLUSIONS]);
    if (out->served.canonical != NULL) {
        pk_declare(decoder, &out->content.parts, ranges, "", out->served.canonical,
                   reader->values[PK_SCOPE_RANGES]);
    }
    if (reservations != NULL) {
        out->reservation_count = pk_decode_reservations(decoder, subnet, &out->served, reservations,
                                                        &out->content.parts);
    }
    if (out->served.canonical != NULL && strcmp(out->served.canonical, "[]") == 0 &&
        out->reservation_count == 0) {
        pk_diagnose(decoder->diagnostics, PK_RULE_NO_RANGE, out->served.mark,
                    "add a range or a reservation", "the scope serves nobody");
    }
}

void
pk_decode_scope(const struct pk_decoder *decoder, const struct pk_node *node,
                struct pk_scope_declaration *out)
{
    struct scope_reader reader = {0};
    pk_decode_mapping(&pk_scope_fields, decoder->file, node, visit, &reader, decoder->diagnostics);
    out->mark = pk_decoder_mark(decoder, node);
    if (reader.values[PK_SCOPE_SUBNET] != NULL) {
        decode_subnet(decoder, reader.values[PK_SCOPE_SUBNET], out);
    }
    decode_content(decoder, &reader, true, &out->content);
    const struct pk_node *relationship = reader.values[PK_SCOPE_RELATIONSHIP];
    const struct pk_field *field = &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP];
    if (relationship != NULL && pk_written_find(&out->content.parts, field) != NULL) {
        out->relationship = pk_strdup(decoder->work, relationship->text);
        out->relationship_mark = pk_decoder_mark(decoder, relationship);
    }
    decode_addresses(decoder, &reader, out);
    pk_written_settle(decoder, &out->content.parts);
}

void
pk_decode_defaults(const struct pk_decoder *decoder, const struct pk_node *node,
                   struct pk_declaration *out)
{
    struct scope_reader reader = {0};
    pk_decode_mapping_of(&pk_scope_fields, PK_FIELD_INHERITED, decoder->file, node, visit, &reader,
                         decoder->diagnostics);
    decode_content(decoder, &reader, false, out);
    pk_written_settle(decoder, &out->parts);
}
