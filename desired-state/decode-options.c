/*
 * DHCP options: the name to its canonical form, the values by the option's type.  Two spellings of
 * one option are as much a duplicate as two equal keys.
 */
#include "desired-state/declaration.h"

#include <string.h>

#include "adm/option.h"

/* The long form of an option. */
enum { VALUE, ALWAYS_SEND, NEVER_SEND, LONG_FORM_KEYS };

static const struct pk_field long_form_rows[LONG_FORM_KEYS] = {
    [VALUE] = {"value", PK_KIND_OPTIONS, PK_FIELD_REQUIRED,
               .document = "The option's value or list of values."},
    [ALWAYS_SEND] = {"always-send", PK_KIND_BOOLEAN, .default_value = "false",
                     .document = "Whether clients get the option unasked."},
    [NEVER_SEND] = {"never-send", PK_KIND_BOOLEAN, .default_value = "false",
                    .document = "Whether clients get the option not even when they ask."},
};

static const struct pk_field_table long_form = {"option", long_form_rows, LONG_FORM_KEYS};

struct option_reader {
    const struct pk_decoder *decoder;
    const struct pk_node *value;
    bool flags[LONG_FORM_KEYS];
};

static void
visit_long_form(void *context, const struct pk_field *field, const struct pk_node *key,
                const struct pk_node *value)
{
    (void)key;
    struct option_reader *reader = context;
    const struct pk_decoder *decoder = reader->decoder;
    size_t row = pk_field_index(&long_form, field);
    if (row == VALUE) {
        reader->value = value;
        return;
    }
    const char *flag =
        pk_decode_scalar(decoder->pool, field, decoder->file, value, decoder->diagnostics);
    reader->flags[row] = flag != NULL && strcmp(flag, "true") == 0;
}

/* One value of an option; the text is checked with the others. */
static bool
is_single(const struct pk_decoder *decoder, const char *name, const struct pk_node *node)
{
    if (node->kind == PK_NODE_SCALAR && !pk_node_is_null(node)) {
        return true;
    }
    pk_diagnose(decoder->diagnostics, PK_RULE_OPTION_VALUE, pk_decoder_mark(decoder, node),
                "write one value, or a list of values", "a value of option '%s' is %s", name,
                pk_node_is_null(node) ? "null" : pk_node_kind_name(node->kind));
    return false;
}

/* A wrong value is reported where it stands, a wrong number of them where the list begins. */
static void
diagnose_values(const struct pk_decoder *decoder, const char *name, const struct pk_option *option,
                const struct pk_node *node, const struct pk_error *err)
{
    PK_SCRATCH(scratch);
    enum pk_option_type type = option != NULL ? option->type : PK_OPTION_BYTES;
    const struct pk_node *wrong = node;
    for (size_t i = 0; node->kind == PK_NODE_SEQUENCE && i < node->count; i++) {
        if (pk_option_value(scratch, type, node->items[i].text, NULL) == NULL) {
            wrong = type == PK_OPTION_EMPTY ? node : &node->items[i];
            break;
        }
    }
    pk_diagnose(decoder->diagnostics, PK_RULE_OPTION_VALUE, pk_decoder_mark(decoder, wrong), NULL,
                "option '%s': %s", name, err->message);
}

static const char *
read_values(const struct pk_decoder *decoder, const char *name, const struct pk_option *option,
            const struct pk_node *node)
{
    bool list = node->kind == PK_NODE_SEQUENCE;
    const struct pk_node *items = list ? node->items : node;
    size_t count = list ? node->count : 1;
    const char **texts = pk_array(decoder->scratch, const char *, count);
    for (size_t i = 0; i < count; i++) {
        if (!is_single(decoder, name, &items[i])) {
            return NULL;
        }
        texts[i] = items[i].text;
    }
    struct pk_error err = {0};
    const char *values = pk_option_values(decoder->scratch, option, texts, count, &err);
    if (values == NULL) {
        diagnose_values(decoder, name, option, node, &err);
    }
    return values;
}

static const char *
read_option(const struct pk_decoder *decoder, const char *name, const struct pk_option *option,
            const struct pk_node *node)
{
    struct option_reader reader = {.decoder = decoder, .value = node};
    if (node->kind == PK_NODE_MAPPING) {
        reader.value = NULL;
        pk_decode_mapping(&long_form, decoder->file, node, visit_long_form, &reader,
                          decoder->diagnostics);
    }
    const char *values =
        reader.value != NULL ? read_values(decoder, name, option, reader.value) : NULL;
    if (values == NULL) {
        return NULL;
    }
    return pk_strdup(decoder->pool,
                     pk_option_wrap(decoder->scratch, values, reader.flags[ALWAYS_SEND],
                                    reader.flags[NEVER_SEND]));
}

static void
diagnose_unknown(const struct pk_decoder *decoder, const struct pk_node *key)
{
    PK_SCRATCH(scratch);
    struct pk_nearest nearest = {.wanted = key->text};
    for (size_t i = 0; i < pk_standard_option_count; i++) {
        if (!pk_standard_options[i].server_set) {
            pk_nearest_offer(&nearest, pk_standard_options[i].name);
        }
    }
    const char *meant = pk_did_you_mean(scratch, &nearest);
    pk_diagnose(decoder->diagnostics, PK_RULE_OPTION_UNKNOWN, pk_decoder_mark(decoder, key),
                meant != NULL ? meant : "write a standard name, a code 1..254 or space.code",
                "unknown option '%s'", key->text);
}

static const char *
instead_of(const struct pk_option *option)
{
    static const struct {
        uint16_t code;
        const char *hint;
    } fields[] = {
        {51, "use the field lease-time"},
        {58, "use the field renew-time"},
        {59, "use the field rebind-time"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].code == option->code) {
            return fields[i].hint;
        }
    }
    return "leave it out";
}

/* The canonical name, or NULL when the key is no option that may be stated. */
static const char *
read_name(const struct pk_decoder *decoder, const struct pk_node *key,
          const struct pk_option **option)
{
    *option = pk_option_find(key->text);
    const char *name =
        *option != NULL ? (*option)->name : pk_option_canonical_name(decoder->pool, key->text);
    if (name == NULL) {
        diagnose_unknown(decoder, key);
        return NULL;
    }
    if (*option == NULL) { /* a code with its space, perhaps the standard one */
        *option = pk_option_find(name);
    }
    if (*option != NULL && (*option)->server_set) {
        pk_diagnose(decoder->diagnostics, PK_RULE_OPTION_SERVER_SET, pk_decoder_mark(decoder, key),
                    instead_of(*option),
                    "option '%s' is part of the exchange: the server fills it in", name);
        return NULL;
    }
    return name;
}

static void
diagnose_duplicates(const struct pk_decoder *decoder, const struct pk_written_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        const struct pk_written *first = &list->at[i - 1], *again = &list->at[i];
        if (strcmp(first->part.key, again->part.key) == 0) {
            pk_diagnose(decoder->diagnostics, PK_RULE_DUPLICATE_KEY, again->mark,
                        "remove one of the two",
                        "option '%s' is already written in line %u, column %u", again->part.key,
                        first->mark.line, first->mark.column);
        }
    }
}

void
pk_decode_options(const struct pk_decoder *decoder, const struct pk_field *field,
                  const struct pk_node *node, bool may_be_null, struct pk_written_list *out)
{
    if (!pk_decode_kind(decoder->file, field->name, node, PK_NODE_MAPPING, decoder->diagnostics)) {
        return;
    }
    struct pk_written_list own = {0};
    for (size_t i = 0; i < node->count; i++) {
        const struct pk_node *key = &node->items[2 * i], *value = key + 1;
        const struct pk_option *option = NULL;
        const char *name = read_name(decoder, key, &option);
        if (name == NULL) {
            continue;
        }
        bool refused = may_be_null && pk_node_is_null(value);
        const char *text = refused ? NULL : read_option(decoder, name, option, value);
        if (refused || text != NULL) {
            pk_declare(decoder, &own, field, name, text, key);
        }
    }
    pk_written_sort(&own);
    diagnose_duplicates(decoder, &own);
    for (size_t i = 0; i < own.count; i++) {
        *pk_push(decoder->scratch, out) = own.at[i];
    }
}
