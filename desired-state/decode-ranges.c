/*
 * `ranges` and `exclusions` are two keys and one field: read one by one so that each mistake has
 * its place, then joined to the set of addresses that is served.
 */
#include "desired-state/declaration.h"

#include <stdlib.h>
#include <string.h>

struct placed_range {
    struct pk_pool_range pool; /* exclusions have no settings */
    const struct pk_node *node;
    bool tied; /* to classes of its own */
};

struct placed_ranges {
    struct placed_range *at;
    size_t count, capacity;
};

struct range_reader {
    const struct pk_decoder *decoder;
    const struct pk_prefix *subnet; /* NULL = not known */
    bool wrong;
};

/* The long form of a range. */
enum { RANGE, KEA, LONG_FORM_KEYS };

static const struct pk_field long_form_rows[LONG_FORM_KEYS] = {
    [RANGE] = {"range", PK_KIND_RANGES, PK_FIELD_REQUIRED, .document = "The addresses."},
    [KEA] = {"kea", PK_KIND_JSON_MAP, .document = "Pool parameters that only Kea has."},
};

static const struct pk_field_table long_form = {"range", long_form_rows, LONG_FORM_KEYS};

static void
complain(struct range_reader *reader, enum pk_rule rule, const struct pk_node *node,
         const char *hint, const char *what)
{
    reader->wrong = true;
    pk_diagnose(reader->decoder->diagnostics, rule, pk_decoder_mark(reader->decoder, node), hint,
                "'%s' %s", node->text, what);
}

static bool
read_addresses(struct range_reader *reader, const struct pk_node *node, struct pk_range *out)
{
    static const char form[] = "write FIRST-LAST, ADDRESS or ADDRESS/LENGTH, without leading zeros";
    struct pk_prefix prefix;
    if (!pk_decode_kind(reader->decoder->file, "a range", node, PK_NODE_SCALAR,
                        reader->decoder->diagnostics)) {
        reader->wrong = true;
    } else if (pk_parse_prefix(node->text, &prefix) && !pk_prefix_is_canonical(prefix)) {
        complain(reader, PK_RULE_HOST_BITS, node, "write the network address, or FIRST-LAST",
                 "has host bits set");
    } else if (!pk_parse_range(node->text, out)) {
        complain(reader, PK_RULE_BAD_VALUE, node, form, "is no range of addresses");
    } else if (out->first > out->last) {
        complain(reader, PK_RULE_RANGE_ORDER, node, "write the lower address first",
                 "ends before it begins");
    } else {
        return true;
    }
    return false;
}

static void
check_inside(struct range_reader *reader, const struct pk_node *node, struct pk_range range)
{
    if (reader->subnet != NULL && (!pk_prefix_contains(*reader->subnet, range.first) ||
                                   !pk_prefix_contains(*reader->subnet, range.last))) {
        PK_SCRATCH(scratch);
        complain(reader, PK_RULE_RANGE_OUTSIDE, node, NULL,
                 pk_sprintf(scratch, "is not inside %s", pk_prefix_text(scratch, *reader->subnet)));
    }
}

static const char *
refuse_pool_key(const char *key)
{
    return strcmp(key, "pool") == 0      ? "use the key 'range' beside it"
           : strcmp(key, "comment") == 0 ? "write user-context: {comment: ...}"
                                         : NULL;
}

static const struct pk_kea_mapping kea_mapping = {PK_KEA_OF_POOL, refuse_pool_key, false};

struct long_range {
    struct range_reader *reader;
    const struct pk_node *addresses;
    const char *settings;
    bool tied;
};

static void
visit_long_form(void *context, const struct pk_field *field, const struct pk_node *key,
                const struct pk_node *value)
{
    (void)key;
    struct long_range *range = context;
    if (pk_field_index(&long_form, field) == RANGE) {
        range->addresses = value;
        return;
    }
    const struct pk_decoder *decoder = range->reader->decoder;
    struct pk_written_list list = {0};
    pk_decode_kea(decoder, field, value, &kea_mapping, &list);
    pk_written_sort(&list);
    for (size_t i = 0; i < list.count; i++) {
        range->tied = range->tied || strcmp(list.at[i].part.key, "client-classes") == 0;
    }
    range->settings = list.count != 0 ? pk_written_object(decoder->pool, &list) : "";
}

static void
read_range(struct range_reader *reader, const struct pk_node *node, struct placed_ranges *out)
{
    struct long_range range = {.reader = reader, .addresses = node, .settings = ""};
    if (node->kind == PK_NODE_MAPPING) {
        range.addresses = NULL;
        pk_decode_mapping(&long_form, reader->decoder->file, node, visit_long_form, &range,
                          reader->decoder->diagnostics);
    }
    struct placed_range read = {.node = range.addresses};
    if (read.node == NULL || !read_addresses(reader, read.node, &read.pool.range)) {
        reader->wrong = true;
        return;
    }
    read.pool.settings = range.settings;
    read.tied = range.tied;
    check_inside(reader, read.node, read.pool.range);
    *pk_push(reader->decoder->scratch, out) = read;
}

static int
compare(const void *left, const void *right)
{
    const struct placed_range *a = left, *b = right;
    if (a->pool.range.first != b->pool.range.first) {
        return a->pool.range.first < b->pool.range.first ? -1 : 1;
    }
    return a->node < b->node ? -1 : a->node > b->node;
}

static void
sort(struct placed_ranges *ranges)
{
    if (ranges->count > 1) {
        qsort(ranges->at, ranges->count, sizeof ranges->at[0], compare);
    }
}

/* Each range is compared with the one that reaches farthest before it. */
static void
check_disjoint(struct range_reader *reader, const struct placed_ranges *ranges)
{
    const struct placed_range *farthest = NULL;
    for (size_t i = 0; i < ranges->count; i++) {
        const struct placed_range *range = &ranges->at[i];
        if (farthest != NULL && range->pool.range.first <= farthest->pool.range.last) {
            bool later = farthest->node > range->node;
            const struct pk_node *second = later ? farthest->node : range->node;
            const struct pk_node *first = later ? range->node : farthest->node;
            PK_SCRATCH(scratch);
            complain(reader, PK_RULE_RANGE_OVERLAP, second, "give each address to one range",
                     pk_sprintf(scratch, "overlaps '%s' in line %u, column %u", first->text,
                                first->line, first->column));
        }
        if (farthest == NULL || range->pool.range.last > farthest->pool.range.last) {
            farthest = range;
        }
    }
}

/* Ranges that touch are one stretch for an exclusion.  Both lists are sorted. */
static void
check_exclusions(struct range_reader *reader, const struct placed_ranges *ranges,
                 const struct placed_ranges *exclusions)
{
    size_t next = 0;
    struct pk_range stretch = {.first = 1, .last = 0}; /* empty */
    for (size_t i = 0; i < exclusions->count; i++) {
        struct pk_range hole = exclusions->at[i].pool.range;
        while (next < ranges->count && ranges->at[next].pool.range.first <= hole.last) {
            struct pk_range more = ranges->at[next++].pool.range;
            bool touches =
                stretch.first <= stretch.last && (uint64_t)stretch.last + 1 >= more.first;
            uint32_t last = touches && stretch.last > more.last ? stretch.last : more.last;
            stretch = (struct pk_range){touches ? stretch.first : more.first, last};
        }
        if (hole.first < stretch.first || hole.last > stretch.last) {
            complain(reader, PK_RULE_EXCLUSION_OUTSIDE, exclusions->at[i].node,
                     "exclude only addresses of a range", "is not inside the ranges");
        }
    }
}

static const struct placed_range *
holder(const struct placed_ranges *ranges, uint32_t address)
{
    for (size_t i = 0; i < ranges->count; i++) {
        const struct pk_range *range = &ranges->at[i].pool.range;
        if (range->first <= address && address <= range->last) {
            return &ranges->at[i];
        }
    }
    return NULL;
}

static void
check_network_addresses(const struct range_reader *reader, const struct placed_ranges *ranges,
                        const struct placed_ranges *exclusions)
{
    enum { SHORTEST_WITHOUT = 31 }; /* RFC 3021: a /31 has no such addresses, nor has a /32 */
    if (reader->subnet == NULL || reader->subnet->length >= SHORTEST_WITHOUT) {
        return;
    }
    const struct pk_range all = pk_prefix_range(*reader->subnet);
    const struct {
        uint32_t address;
        const char *name;
    } special[] = {{all.first, "network"}, {all.last, "broadcast"}};
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        const struct placed_range *range = holder(ranges, special[i].address);
        if (range != NULL && holder(exclusions, special[i].address) == NULL) {
            pk_diagnose(reader->decoder->diagnostics, PK_RULE_RANGE_NETWORK_ADDRESS,
                        pk_decoder_mark(reader->decoder, range->node),
                        "shorten the range, or exclude the address",
                        "'%s' serves the subnet's %s address", range->node->text, special[i].name);
        }
    }
}

/* Sizes of ranges that are disjoint, or an upper bound. */
static uint64_t
size_of(const struct placed_ranges *ranges)
{
    uint64_t size = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        size += (uint64_t)ranges->at[i].pool.range.last - ranges->at[i].pool.range.first + 1;
    }
    return size;
}

static const char *
canonical(const struct pk_decoder *decoder, const struct placed_ranges *ranges,
          const struct placed_ranges *exclusions)
{
    struct pk_pool *scratch = decoder->scratch;
    struct pk_pool_range *pools = pk_array(scratch, struct pk_pool_range, ranges->count);
    struct pk_range *holes = pk_array(scratch, struct pk_range, exclusions->count);
    for (size_t i = 0; i < ranges->count; i++) {
        pools[i] = ranges->at[i].pool;
    }
    for (size_t i = 0; i < exclusions->count; i++) {
        holes[i] = exclusions->at[i].pool.range;
    }
    return pk_ranges_canonical(decoder->pool, pools, ranges->count, holes, exclusions->count);
}

static void
note_tied(const struct pk_decoder *decoder, const struct placed_ranges *ranges,
          struct pk_served *served)
{
    for (size_t i = 0; i < ranges->count && !served->tied; i++) {
        served->tied = ranges->at[i].tied;
        served->tied_mark = pk_decoder_mark(decoder, ranges->at[i].node);
    }
}

static void
read_exclusions(struct range_reader *reader, const struct pk_node *node, struct placed_ranges *out)
{
    const struct pk_decoder *decoder = reader->decoder;
    if (!pk_decode_kind(decoder->file, "exclusions", node, PK_NODE_SEQUENCE,
                        decoder->diagnostics)) {
        reader->wrong = true;
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        struct placed_range read = {.node = &node->items[i], .pool.settings = ""};
        if (read_addresses(reader, read.node, &read.pool.range)) {
            *pk_push(decoder->scratch, out) = read;
        }
    }
    sort(out);
}

struct pk_served
pk_decode_ranges(const struct pk_decoder *decoder, const struct pk_prefix *subnet,
                 const struct pk_node *ranges, const struct pk_node *exclusions)
{
    struct range_reader reader = {.decoder = decoder, .subnet = subnet};
    struct placed_ranges pools = {0}, holes = {0};
    if (exclusions != NULL) {
        read_exclusions(&reader, exclusions, &holes);
    }
    if (ranges == NULL) {
        if (exclusions != NULL) {
            pk_diagnose(decoder->diagnostics, PK_RULE_EXCLUSION_ALONE,
                        pk_decoder_mark(decoder, exclusions), "state the ranges too",
                        "exclusions without ranges");
        }
        return (struct pk_served){0};
    }
    struct pk_served served = {.stated = true, .mark = pk_decoder_mark(decoder, ranges)};
    if (!pk_decode_kind(decoder->file, "ranges", ranges, PK_NODE_SEQUENCE, decoder->diagnostics)) {
        return served;
    }
    for (size_t i = 0; i < ranges->count; i++) {
        read_range(&reader, &ranges->items[i], &pools);
    }
    sort(&pools);
    bool read = !reader.wrong;
    check_disjoint(&reader, &pools);
    if (read) { /* else an exclusion may well lie in a range that could not be read */
        check_exclusions(&reader, &pools, &holes);
    }
    if (!reader.wrong) {
        check_network_addresses(&reader, &pools, &holes);
    }
    uint64_t written = size_of(&pools), excluded = size_of(&holes);
    served.at_least = excluded < written ? written - excluded : 0;
    served.count = pools.count;
    if (pools.count != 0) {
        served.span = (struct pk_range){pools.at[0].pool.range.first,
                                        pools.at[pools.count - 1].pool.range.last};
    }
    note_tied(decoder, &pools, &served);
    served.canonical = reader.wrong ? NULL : canonical(decoder, &pools, &holes);
    return served;
}
