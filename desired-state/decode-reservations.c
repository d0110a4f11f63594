/*
 * A reservation is found by its identifier, so the identifier has one form: its kind and the bytes
 * in lower-case hexadecimal with colons.
 */
#include "desired-state/declaration.h"

#include <stdlib.h>
#include <string.h>

#include "adm/option.h"
#include "base/text.h"

enum {
    MAC_BYTES_MAX = 20, /* what DHCP servers keep of a hardware address */
    IDENTIFIER_BYTES_MAX = 128,
};

struct reserved_address {
    uint32_t address;
    const struct pk_node *node;
};

struct reserved_addresses {
    struct reserved_address *at;
    size_t count, capacity;
};

/* One reservation while it is read. */
struct reservation {
    const struct pk_decoder *decoder;
    const struct pk_node *node;
    const struct pk_node *values[PK_RESERVATION_FIELD_COUNT];
};

static const struct pk_field *
row(enum pk_reservation_field field)
{
    return &pk_reservation_fields.at[field];
}

static void
visit(void *context, const struct pk_field *field, const struct pk_node *key,
      const struct pk_node *value)
{
    (void)key;
    struct reservation *reservation = context;
    reservation->values[pk_field_index(&pk_reservation_fields, field)] = value;
}

static const char *
hexadecimal_of_text(struct pk_pool *pool, const char *text, size_t length)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < length; i++) {
        pk_text_addf(&out, "%02x", (unsigned char)text[i]);
    }
    return pk_text_end(&out);
}

/* The bytes in hexadecimal without separators; "" when the text is no identifier. */
static const char *
bytes_of(struct pk_pool *pool, const char *text)
{
    size_t length = strlen(text);
    if (length > 2 && text[0] == '\'' && text[length - 1] == '\'') {
        return hexadecimal_of_text(pool, text + 1, length - 2);
    }
    char *colons = pk_strdup(pool, text);
    for (char *at = colons; *at != '\0'; at++) {
        *at = (char)(*at == '-' ? ':' : *at);
    }
    const char *quoted = pk_option_value(pool, PK_OPTION_BYTES, colons, NULL);
    return quoted != NULL ? pk_strndup(pool, quoted + 1, strlen(quoted) - 2) : "";
}

/* `mac=00:1a:2b:3c:4d:5e`, or NULL. */
static const char *
read_identifier(const struct pk_decoder *decoder, const struct pk_field *field,
                const struct pk_node *node)
{
    if (!pk_decode_kind(decoder->file, field->name, node, PK_NODE_SCALAR, decoder->diagnostics)) {
        return NULL;
    }
    const char *hex = bytes_of(decoder->scratch, node->text);
    size_t bytes = strlen(hex) / 2;
    size_t most = field == row(PK_RESERVATION_MAC) ? MAC_BYTES_MAX : IDENTIFIER_BYTES_MAX;
    if (bytes == 0 || bytes > most) {
        pk_diagnose(decoder->diagnostics, PK_RULE_BAD_VALUE, pk_decoder_mark(decoder, node),
                    "write hexadecimal bytes with colons, such as 00:1a:2b:3c:4d:5e",
                    "%s: '%s' is not 1 to %zu bytes", field->name, node->text, most);
        return NULL;
    }
    struct pk_text out = {.pool = decoder->scratch};
    pk_text_add(&out, field->name);
    pk_text_add(&out, "=");
    for (size_t i = 0; i < bytes; i++) {
        pk_text_add(&out, i != 0 ? ":" : "");
        pk_text_add_bytes(&out, hex + 2 * i, 2);
    }
    return pk_strdup(decoder->pool, pk_text_end(&out));
}

static const char *
find_identifier(const struct reservation *reservation)
{
    const struct pk_decoder *decoder = reservation->decoder;
    const struct pk_field *found = NULL;
    for (size_t i = 0; i < pk_reservation_fields.count; i++) {
        const struct pk_field *field = &pk_reservation_fields.at[i];
        if ((field->flags & PK_FIELD_KEY) == 0 || reservation->values[i] == NULL) {
            continue;
        }
        if (found != NULL) {
            pk_diagnose(decoder->diagnostics, PK_RULE_RESERVATION_IDENTIFIER,
                        pk_decoder_mark(decoder, reservation->node), "keep one of them",
                        "the reservation has two identifiers, '%s' and '%s'", found->name,
                        field->name);
            return NULL;
        }
        found = field;
    }
    if (found == NULL) {
        pk_diagnose(decoder->diagnostics, PK_RULE_RESERVATION_IDENTIFIER,
                    pk_decoder_mark(decoder, reservation->node),
                    "add one of mac, client-id, duid, circuit-id and flex-id",
                    "the reservation has no identifier");
        return NULL;
    }
    return read_identifier(decoder, found,
                           reservation->values[pk_field_index(&pk_reservation_fields, found)]);
}

static bool
read_address(const struct pk_decoder *decoder, const struct pk_prefix *subnet,
             const struct pk_node *node, uint32_t *address)
{
    struct pk_mark mark = pk_decoder_mark(decoder, node);
    if (!pk_decode_kind(decoder->file, "ip", node, PK_NODE_SCALAR, decoder->diagnostics)) {
        return false;
    }
    if (!pk_parse_ipv4(node->text, address)) {
        pk_diagnose(decoder->diagnostics, PK_RULE_BAD_VALUE, mark,
                    "write four decimal parts without leading zeros",
                    "ip: '%s' is not an IPv4 address", node->text);
        return false;
    }
    if (subnet != NULL && !pk_prefix_contains(*subnet, *address)) {
        PK_SCRATCH(scratch);
        pk_diagnose(decoder->diagnostics, PK_RULE_RESERVATION_OUTSIDE, mark, NULL,
                    "ip: %s is not inside %s", node->text, pk_prefix_text(scratch, *subnet));
    }
    return true;
}

static const char *
refuse_key(const char *key)
{
    static const struct {
        const char *key, *instead;
    } refused[] = {
        {"hw-address", "use the key 'mac' beside it"},
        {"client-id", "use the key 'client-id' beside it"},
        {"duid", "use the key 'duid' beside it"},
        {"circuit-id", "use the key 'circuit-id' beside it"},
        {"flex-id", "use the key 'flex-id' beside it"},
        {"ip-address", "use the key 'ip' beside it"},
        {"hostname", "use the key 'hostname' beside it"},
        {"option-data", "use the key 'options' beside it"},
        {"comment", "use the key 'name' beside it"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (strcmp(refused[i].key, key) == 0) {
            return refused[i].instead;
        }
    }
    return NULL;
}

static const struct pk_kea_mapping kea_mapping = {PK_KEA_OF_RESERVATION, refuse_key, false};

static void
add_member(struct pk_text *out, const char *key, const char *value)
{
    pk_text_add(out, out->count > 1 ? ",\"" : "\"");
    pk_text_add(out, key);
    pk_text_add(out, "\":");
    pk_text_add(out, value);
}

static void
add_text(struct pk_text *out, const struct reservation *reservation,
         enum pk_reservation_field field)
{
    const struct pk_decoder *decoder = reservation->decoder;
    const struct pk_node *node = reservation->values[field];
    const char *value = node != NULL ? pk_decode_scalar(decoder->scratch, row(field), decoder->file,
                                                        node, decoder->diagnostics)
                                     : NULL;
    if (value != NULL && strcmp(value, row(field)->default_value) != 0) {
        add_member(out, row(field)->name, value);
    }
}

static void
add_map(struct pk_text *out, const struct reservation *reservation, enum pk_reservation_field field)
{
    const struct pk_decoder *decoder = reservation->decoder;
    const struct pk_node *node = reservation->values[field];
    struct pk_written_list list = {0};
    if (node == NULL) {
        return;
    }
    if (field == PK_RESERVATION_OPTIONS) {
        pk_decode_options(decoder, row(field), node, false, &list);
    } else {
        pk_decode_kea(decoder, row(field), node, &kea_mapping, &list);
    }
    pk_written_sort(&list);
    if (list.count != 0) {
        add_member(out, row(field)->name, pk_written_object(decoder->scratch, &list));
    }
}

/* Members in the order of their names, as canonical JSON has them. */
static void
read_reservation(const struct reservation *reservation, const struct pk_prefix *subnet,
                 struct reserved_addresses *addresses, struct pk_written_list *out)
{
    const struct pk_decoder *decoder = reservation->decoder;
    const struct pk_node *ip = reservation->values[PK_RESERVATION_IP];
    const char *identifier = find_identifier(reservation);
    struct pk_text value = {.pool = decoder->scratch};
    uint32_t address;
    pk_text_add(&value, "{");
    add_text(&value, reservation, PK_RESERVATION_HOSTNAME);
    if (ip != NULL && read_address(decoder, subnet, ip, &address)) {
        *pk_push(decoder->scratch, addresses) = (struct reserved_address){address, ip};
        char text[PK_IPV4_TEXT_BYTES];
        add_member(&value, "ip",
                   pk_sprintf(decoder->scratch, "\"%s\"", pk_format_ipv4(text, address)));
    }
    add_map(&value, reservation, PK_RESERVATION_KEA);
    add_text(&value, reservation, PK_RESERVATION_NAME);
    add_map(&value, reservation, PK_RESERVATION_OPTIONS);
    pk_text_add(&value, "}");
    if (identifier != NULL) {
        pk_declare(decoder, out, &pk_scope_fields.at[PK_SCOPE_RESERVATIONS], identifier,
                   pk_strdup(decoder->pool, pk_text_end(&value)), reservation->node);
    }
}

static int
compare_addresses(const void *left, const void *right)
{
    const struct reserved_address *a = left, *b = right;
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    return a->node < b->node ? -1 : a->node > b->node;
}

static void
check_addresses_once(const struct pk_decoder *decoder, struct reserved_addresses *addresses)
{
    if (addresses->count > 1) {
        qsort(addresses->at, addresses->count, sizeof addresses->at[0], compare_addresses);
    }
    for (size_t i = 1; i < addresses->count; i++) {
        const struct pk_node *first = addresses->at[i - 1].node, *again = addresses->at[i].node;
        if (addresses->at[i - 1].address == addresses->at[i].address) {
            pk_diagnose(decoder->diagnostics, PK_RULE_RESERVATION_TWICE,
                        pk_decoder_mark(decoder, again), "keep one of the two",
                        "ip: %s is already reserved in line %u, column %u", again->text,
                        first->line, first->column);
        }
    }
}

static void
check_identifiers_once(const struct pk_decoder *decoder, const struct pk_written_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        const struct pk_written *first = &list->at[i - 1], *again = &list->at[i];
        if (strcmp(first->part.key, again->part.key) == 0) {
            pk_diagnose(decoder->diagnostics, PK_RULE_RESERVATION_TWICE, again->mark,
                        "keep one of the two",
                        "the client %s already has a reservation in line %u, column %u",
                        again->part.key, first->mark.line, first->mark.column);
        }
    }
}

/* Only worth a look when there are as many reservations as addresses.  Addresses are sorted. */
static void
check_some_left(const struct pk_decoder *decoder, const struct pk_served *served,
                const struct reserved_addresses *addresses)
{
    if (served->canonical == NULL || addresses->count == 0 || addresses->count < served->at_least) {
        return;
    }
    PK_SCRATCH(scratch);
    struct pk_pool_ranges ranges;
    if (!pk_ranges_parse(scratch, served->canonical, &ranges)) {
        return;
    }
    uint64_t inside = 0;
    size_t range = 0;
    for (size_t i = 0; i < addresses->count; i++) {
        uint32_t address = addresses->at[i].address;
        while (range < ranges.count && ranges.at[range].range.last < address) {
            range++;
        }
        bool repeated = i != 0 && addresses->at[i - 1].address == address;
        inside += !repeated && range < ranges.count && ranges.at[range].range.first <= address;
    }
    if (inside != 0 && inside == pk_ranges_size(&ranges)) {
        pk_diagnose(decoder->diagnostics, PK_RULE_RANGE_ALL_RESERVED, served->mark,
                    "widen the ranges, or reserve addresses outside them",
                    "every address of the ranges is reserved");
    }
}

size_t
pk_decode_reservations(const struct pk_decoder *decoder, const struct pk_prefix *subnet,
                       const struct pk_served *served, const struct pk_node *node,
                       struct pk_written_list *out)
{
    if (!pk_decode_kind(decoder->file, "reservations", node, PK_NODE_SEQUENCE,
                        decoder->diagnostics)) {
        return 0;
    }
    struct reserved_addresses addresses = {0};
    struct pk_written_list own = {0};
    for (size_t i = 0; i < node->count; i++) {
        struct reservation reservation = {.decoder = decoder, .node = &node->items[i]};
        pk_decode_mapping(&pk_reservation_fields, decoder->file, reservation.node, visit,
                          &reservation, decoder->diagnostics);
        if (reservation.node->kind == PK_NODE_MAPPING) {
            read_reservation(&reservation, subnet, &addresses, &own);
        }
    }
    check_addresses_once(decoder, &addresses);
    pk_written_sort(&own);
    check_identifiers_once(decoder, &own);
    check_some_left(decoder, served, &addresses);
    for (size_t i = 0; i < own.count; i++) {
        *pk_push(decoder->scratch, out) = own.at[i];
    }
    return node->count;
}
