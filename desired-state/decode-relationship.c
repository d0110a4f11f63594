/*
 * A relationship: who, how, and what pairkeeper may do.  Policies become members of the struct;
 * what the servers hold too becomes parts, to be compared like the parts of a scope.
 */
#include "desired-state/declaration.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

/* The values of the mapping by the row of their key. */
struct relationship_reader {
    const struct pk_decoder *decoder;
    const struct pk_node *keys[PK_RELATIONSHIP_FIELD_COUNT];
    const struct pk_node *values[PK_RELATIONSHIP_FIELD_COUNT];
    struct pk_written_list parts;
};

static const struct pk_field *
row(enum pk_relationship_field field)
{
    return &pk_relationship_fields.at[field];
}

static void
visit(void *context, const struct pk_field *field, const struct pk_node *key,
      const struct pk_node *value)
{
    struct relationship_reader *reader = context;
    size_t index = pk_field_index(&pk_relationship_fields, field);
    reader->keys[index] = key;
    reader->values[index] = value;
}

static const char *
read_scalar(const struct relationship_reader *reader, const struct pk_field *field,
            const struct pk_node *node)
{
    const struct pk_decoder *decoder = reader->decoder;
    return pk_decode_scalar(decoder->pool, field, decoder->file, node, decoder->diagnostics);
}

/* The written choice's position; the default's when nothing (right) is written. */
static int
read_choice(const struct relationship_reader *reader, enum pk_relationship_field field)
{
    const struct pk_node *node = reader->values[field];
    const char *value = node != NULL ? read_scalar(reader, row(field), node) : NULL;
    value = value != NULL ? value : row(field)->default_value;
    for (int i = 0; row(field)->choices[i] != NULL; i++) {
        size_t length = strlen(row(field)->choices[i]);
        if (strncmp(value + 1, row(field)->choices[i], length) == 0 && value[length + 1] == '"') {
            return i;
        }
    }
    assert(false); /* canonical choices are choices */
    return 0;
}

static const char *
read_server(const struct relationship_reader *reader, const struct pk_node *node)
{
    struct pk_field name = *row(PK_RELATIONSHIP_SERVERS);
    name.kind = PK_KIND_NAME;
    return read_scalar(reader, &name, node) != NULL ? pk_strdup(reader->decoder->pool, node->text)
                                                    : NULL;
}

static void
read_servers(struct relationship_reader *reader, struct pk_relationship_declaration *out)
{
    const struct pk_decoder *decoder = reader->decoder;
    const struct pk_node *node = reader->values[PK_RELATIONSHIP_SERVERS];
    if (node == NULL ||
        !pk_decode_kind(decoder->file, "servers", node, PK_NODE_SEQUENCE, decoder->diagnostics)) {
        return;
    }
    if (node->count != PK_PAIR) {
        pk_diagnose(decoder->diagnostics, PK_RULE_BAD_VALUE, pk_decoder_mark(decoder, node),
                    "write [server 1, server 2]", "servers: %zu given, not two", node->count);
        return;
    }
    const char *names[PK_PAIR];
    for (size_t i = 0; i < PK_PAIR; i++) {
        out->server_marks[i] = pk_decoder_mark(decoder, &node->items[i]);
        names[i] = read_server(reader, &node->items[i]);
    }
    if (names[PK_SERVER_1] == NULL || names[PK_SERVER_2] == NULL) {
        return;
    }
    memcpy(out->wanted.servers, names, sizeof names);
    if (strcmp(names[PK_SERVER_1], names[PK_SERVER_2]) == 0) {
        pk_diagnose(decoder->diagnostics, PK_RULE_SERVERS_DISTINCT, out->server_marks[PK_SERVER_2],
                    "name two different servers", "servers: '%s' stands twice", names[PK_SERVER_1]);
    }
    const char *pair =
        pk_sprintf(decoder->pool, "[\"%s\",\"%s\"]", names[PK_SERVER_1], names[PK_SERVER_2]);
    pk_declare(decoder, &reader->parts, row(PK_RELATIONSHIP_SERVERS), "", pair, node);
}

/* Stated or not, the source is Git's: leaving it out says "server 1". */
static void
read_source(struct relationship_reader *reader, struct pk_relationship_declaration *out)
{
    const struct pk_decoder *decoder = reader->decoder;
    const struct pk_field *field = row(PK_RELATIONSHIP_SOURCE);
    const struct pk_node *node = reader->values[PK_RELATIONSHIP_SOURCE];
    const char *const *servers = out->wanted.servers;
    const char *source = node != NULL ? read_scalar(reader, field, node) : NULL;
    if (servers[PK_SERVER_1] == NULL || (node != NULL && source == NULL)) {
        return;
    }
    const char *name = node != NULL ? node->text : servers[PK_SERVER_1];
    if (strcmp(name, servers[PK_SERVER_2]) == 0) {
        out->wanted.source = PK_SERVER_2;
    } else if (strcmp(name, servers[PK_SERVER_1]) != 0) {
        PK_SCRATCH(scratch);
        struct pk_nearest nearest = {.wanted = name};
        pk_nearest_offer(&nearest, servers[PK_SERVER_1]);
        pk_nearest_offer(&nearest, servers[PK_SERVER_2]);
        pk_diagnose(decoder->diagnostics, PK_RULE_SOURCE_MEMBER, pk_decoder_mark(decoder, node),
                    pk_did_you_mean(scratch, &nearest), "source: '%s' is neither '%s' nor '%s'",
                    name, servers[PK_SERVER_1], servers[PK_SERVER_2]);
    }
    pk_declare(decoder, &reader->parts, field, "", pk_sprintf(decoder->pool, "\"%s\"", name),
               node != NULL ? node : reader->values[PK_RELATIONSHIP_SERVERS]);
}

static void
read_kea_key(struct relationship_reader *reader, const struct pk_node *key,
             const struct pk_node *value)
{
    const struct pk_decoder *decoder = reader->decoder;
    const struct pk_field *field = pk_field_find(&pk_relationship_kea_keys, key->text);
    if (field == NULL) {
        PK_SCRATCH(scratch);
        struct pk_nearest nearest = {.wanted = key->text};
        for (size_t i = 0; i < pk_relationship_kea_keys.count; i++) {
            pk_nearest_offer(&nearest, pk_relationship_kea_keys.at[i].name);
        }
        const char *meant = pk_did_you_mean(scratch, &nearest);
        pk_diagnose(decoder->diagnostics, PK_RULE_KEA_KEY, pk_decoder_mark(decoder, key),
                    meant != NULL ? meant : "only HA tuning keys can be set from Git",
                    "'%s' cannot stand in a relationship's kea mapping", key->text);
        return;
    }
    const char *text = read_scalar(reader, field, value);
    if (text != NULL) {
        pk_declare(decoder, &reader->parts, row(PK_RELATIONSHIP_KEA), field->name, text, key);
    }
}

static void
read_kea(struct relationship_reader *reader)
{
    const struct pk_decoder *decoder = reader->decoder;
    const struct pk_node *node = reader->values[PK_RELATIONSHIP_KEA];
    if (node != NULL &&
        pk_decode_kind(decoder->file, "kea", node, PK_NODE_MAPPING, decoder->diagnostics)) {
        for (size_t i = 0; i < node->count; i++) {
            read_kea_key(reader, &node->items[2 * i], &node->items[2 * i + 1]);
        }
    }
}

/* Settings that are one scalar and that the servers hold too. */
static void
read_settings(struct relationship_reader *reader)
{
    static const enum pk_relationship_field settings[] = {
        PK_RELATIONSHIP_MODE,
        PK_RELATIONSHIP_LOAD_SPLIT,
        PK_RELATIONSHIP_STANDBY_RESERVE,
        PK_RELATIONSHIP_MCLT,
        PK_RELATIONSHIP_AUTO_STATE_TRANSITION,
        PK_RELATIONSHIP_STATE_SWITCH_INTERVAL,
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const struct pk_field *field = row(settings[i]);
        const struct pk_node *node = reader->values[settings[i]];
        const char *value = node != NULL ? read_scalar(reader, field, node) : NULL;
        if (value != NULL) {
            pk_declare(reader->decoder, &reader->parts, field, "", value, node);
        }
    }
}

/* Of a truth value that is false unless it is written. */
static bool
says_true(const struct relationship_reader *reader, enum pk_relationship_field field)
{
    const struct pk_node *node = reader->values[field];
    const char *value = node != NULL ? read_scalar(reader, row(field), node) : NULL;
    return value != NULL && strcmp(value, "true") == 0;
}

static void
read_policies(const struct relationship_reader *reader, struct pk_wanted_relationship *out)
{
    out->heal = (enum pk_heal_policy)read_choice(reader, PK_RELATIONSHIP_HEAL);
    out->prune = (enum pk_prune_policy)read_choice(reader, PK_RELATIONSHIP_PRUNE);
    out->foreign = (enum pk_foreign_policy)read_choice(reader, PK_RELATIONSHIP_FOREIGN);
    out->settings = (enum pk_settings_policy)read_choice(reader, PK_RELATIONSHIP_SETTINGS);
    out->split_ranges = says_true(reader, PK_RELATIONSHIP_SPLIT_RANGES);
    out->suspend = says_true(reader, PK_RELATIONSHIP_SUSPEND);
}

/* NULL: none is written, or no right one. */
static const struct pk_written *
written_mode(const struct relationship_reader *reader)
{
    for (size_t i = 0; i < reader->parts.count; i++) {
        if (reader->parts.at[i].part.field == row(PK_RELATIONSHIP_MODE)) {
            return &reader->parts.at[i];
        }
    }
    return NULL;
}

static bool
is_hot_standby(const struct relationship_reader *reader)
{
    const struct pk_written *mode = written_mode(reader);
    return mode != NULL && strcmp(mode->part.value, "\"hot-standby\"") == 0;
}

/* What belongs to one mode and is written in the other. */
static void
check_mode(const struct relationship_reader *reader, struct pk_relationship_declaration *out)
{
    bool is_standby = is_hot_standby(reader);
    enum pk_relationship_field odd =
        is_standby ? PK_RELATIONSHIP_LOAD_SPLIT : PK_RELATIONSHIP_STANDBY_RESERVE;
    bool judged = written_mode(reader) != NULL || reader->values[PK_RELATIONSHIP_MODE] == NULL;
    if (judged && reader->keys[odd] != NULL) {
        pk_diagnose(reader->decoder->diagnostics, PK_RULE_SPLIT_MODE,
                    pk_decoder_mark(reader->decoder, reader->keys[odd]), "remove it",
                    "'%s' has no effect in mode %s", row(odd)->name,
                    is_standby ? "hot-standby" : "load-balance");
    }
    if (!out->wanted.split_ranges) {
        return;
    }
    out->split_ranges_mark =
        pk_decoder_mark(reader->decoder, reader->keys[PK_RELATIONSHIP_SPLIT_RANGES]);
    if (is_standby) {
        pk_diagnose(reader->decoder->diagnostics, PK_RULE_SPLIT_RANGES_MODE, out->split_ranges_mark,
                    "remove it, or write mode: load-balance",
                    "'split-ranges' would leave half of each range unused in mode hot-standby");
    }
}

/* HA parameters of which Kea takes one value only, and says so when it is too late to ask. */
static void
check_kea_value(const struct relationship_reader *reader, const struct pk_written *at)
{
    static const struct {
        const char *key, *taken;
        bool of_standby; /* in this mode only */
        const char *why;
    } rows[] = {
        {"delayed-updates-limit", "0", true, "Kea keeps no updates for later in hot-standby"},
        {"wait-backup-ack", "false", false, "Kea refuses it where two servers share the work"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(at->part.key, rows[i].key) == 0 && strcmp(at->part.value, rows[i].taken) != 0 &&
            (!rows[i].of_standby || is_hot_standby(reader))) {
            PK_SCRATCH(scratch);
            pk_diagnose(reader->decoder->diagnostics, PK_RULE_KEA_REFUSED, at->mark,
                        pk_sprintf(scratch, "remove it, or write %s", rows[i].taken), "%s: %s: %s",
                        rows[i].key, at->part.value, rows[i].why);
        }
    }
}

static void
check_kea_values(const struct relationship_reader *reader)
{
    for (size_t i = 0; i < reader->parts.count; i++) {
        if (reader->parts.at[i].part.field == row(PK_RELATIONSHIP_KEA)) {
            check_kea_value(reader, &reader->parts.at[i]);
        }
    }
}

/* Sorted parts without the defaults, in the snapshot's own memory. */
static struct pk_parts
settle_parts(const struct pk_decoder *decoder, const struct pk_written_list *list)
{
    struct pk_part *at = pk_array(decoder->pool, struct pk_part, list->count);
    for (size_t i = 0; i < list->count; i++) {
        at[i] = list->at[i].part;
    }
    return pk_parts_canonical(at, list->count);
}

static uint64_t
owned_fields(const struct relationship_reader *reader)
{
    uint64_t owned = UINT64_C(1) << PK_RELATIONSHIP_SOURCE;
    for (size_t i = 0; i < PK_RELATIONSHIP_FIELD_COUNT; i++) {
        bool compared = (pk_relationship_fields.at[i].flags & PK_FIELD_POLICY) == 0;
        owned |= compared && reader->values[i] != NULL ? UINT64_C(1) << i : 0;
    }
    return owned;
}

void
pk_decode_relationship(const struct pk_decoder *decoder, const struct pk_node *name,
                       const struct pk_node *node, struct pk_relationship_declaration *out)
{
    struct relationship_reader reader = {.decoder = decoder};
    pk_decode_scalar(decoder->scratch, &pk_scope_fields.at[PK_SCOPE_RELATIONSHIP], decoder->file,
                     name, decoder->diagnostics);
    pk_decode_mapping(&pk_relationship_fields, decoder->file, node, visit, &reader,
                      decoder->diagnostics);
    out->wanted.name = pk_strdup(decoder->pool, name->text);
    out->wanted.mark = pk_decoder_mark(decoder, name);
    read_servers(&reader, out);
    read_source(&reader, out);
    read_settings(&reader);
    read_kea(&reader);
    read_policies(&reader, &out->wanted);
    check_mode(&reader, out);
    check_kea_values(&reader);
    if (reader.values[PK_RELATIONSHIP_SCOPE_DEFAULTS] != NULL) {
        pk_decode_defaults(decoder, reader.values[PK_RELATIONSHIP_SCOPE_DEFAULTS], &out->defaults);
    }
    out->wanted.parts = settle_parts(decoder, &reader.parts);
    out->wanted.owned = owned_fields(&reader);
}
