/*
 * An entry of option-data names its option by name or by code and its value by text or by bytes.
 * Whatever cannot be said in our words stays as Kea has it, in one list, so nothing is lost and
 * nothing is guessed.
 */
#include "drivers/kea-options.h"

#include <stdlib.h>
#include <string.h>

#include "adm/kea-option-data.h"
#include "drivers/kea-wire.h"

enum { CODE_LAST = 254, VENDOR_OPTIONS = 43 };

static const char standard_space[] = "dhcp4";
static const char vendor_space[] = "vendor-encapsulated-options-space";

/* -- definitions ------------------------------------------------------------------------------ */

struct definition {
    const char *space, *name, *encapsulate;
    int64_t code;
    struct pk_kea_format format;
};

struct pk_kea_definitions {
    struct definition *at;
    size_t count;
};

/* Of DOCSIS, which Kea knows by two names of their space. */
static const struct definition built_in[] = {
    {"docsis3-v4", "oro", "", 1, {{PK_KEA_TYPE_UINT8}, 1, .array = true}},
    {"docsis3-v4", "tftp-servers", "", 2, {{PK_KEA_TYPE_IPV4}, 1, .array = true}},
    {"vendor-4491", "oro", "", 1, {{PK_KEA_TYPE_UINT8}, 1, .array = true}},
    {"vendor-4491", "tftp-servers", "", 2, {{PK_KEA_TYPE_IPV4}, 1, .array = true}},
};

static const char *
text_or(const struct pk_kea_value *map, const char *key, const char *otherwise)
{
    const char *text = pk_kea_text(map, key);
    return text != NULL ? text : otherwise;
}

const struct pk_kea_definitions *
pk_kea_definitions_read(struct pk_pool *pool, const struct pk_kea_value *dhcp4)
{
    struct pk_kea_items list = pk_kea_list(dhcp4, "option-def");
    struct pk_kea_definitions *out = pk_new(pool, struct pk_kea_definitions);
    out->at = pk_array(pool, struct definition, list.count);
    for (size_t i = 0; i < list.count; i++) {
        struct definition *definition = &out->at[out->count];
        definition->space = text_or(&list.at[i], "space", standard_space);
        definition->name = text_or(&list.at[i], "name", "");
        definition->encapsulate = text_or(&list.at[i], "encapsulate", "");
        bool usable =
            pk_kea_integer(&list.at[i], "code", &definition->code) &&
            pk_kea_format_parse(text_or(&list.at[i], "type", ""),
                                text_or(&list.at[i], "record-types", ""),
                                pk_kea_is_true(&list.at[i], "array"), &definition->format);
        out->count += usable;
    }
    return out;
}

/* By code when it is not 0, else by name. */
static const struct definition *
find_among(const struct definition *at, size_t count, const char *space, int64_t code,
           const char *name)
{
    for (size_t i = 0; i < count; i++) {
        bool same = code != 0 ? at[i].code == code : name != NULL && strcmp(at[i].name, name) == 0;
        if (same && strcmp(at[i].space, space) == 0) {
            return &at[i];
        }
    }
    return NULL;
}

/* NULL for standard options and for those that nobody defines. */
static const struct definition *
find_definition(const struct pk_kea_definitions *definitions, const char *space, int64_t code,
                const char *name)
{
    const struct definition *own =
        find_among(definitions->at, definitions->count, space, code, name);
    return own != NULL
               ? own
               : find_among(built_in, sizeof built_in / sizeof built_in[0], space, code, name);
}

/* -- one entry -------------------------------------------------------------------------------- */

struct entry {
    const struct pk_kea_value *written;
    const char *space;
    int64_t code; /* 0 = not known */
    const struct definition *definition;
    const struct pk_option *standard;
    struct pk_text bytes;
    bool plain; /* an option with bytes and nothing else to it */
    const char *name;
    const char *value; /* NULL = stays Kea's */
};

struct entries {
    struct pk_pool *pool;
    struct entry *at;
    size_t count;
};

static void
identify(struct entry *entry, const struct pk_kea_definitions *definitions)
{
    const char *name = pk_kea_text(entry->written, "name");
    entry->space = text_or(entry->written, "space", standard_space);
    bool standard = strcmp(entry->space, standard_space) == 0;
    pk_kea_integer(entry->written, "code", &entry->code);
    entry->definition = find_definition(definitions, entry->space, entry->code, name);
    if (entry->definition != NULL) {
        entry->code = entry->definition->code;
    } else if (entry->code == 0 && name != NULL && standard) {
        entry->standard = pk_option_find(name);
        entry->code = entry->standard != NULL ? entry->standard->code : 0;
    }
    if (entry->code < 0 || entry->code > CODE_LAST) {
        entry->code = 0;
    }
    if (standard && entry->code != 0) {
        entry->standard = pk_option_by_code((uint16_t)entry->code);
    }
}

static const char *
name_of(struct pk_pool *pool, const struct entry *entry)
{
    if (entry->standard != NULL) {
        return entry->standard->name;
    }
    return strcmp(entry->space, standard_space) == 0
               ? pk_sprintf(pool, "%d", (int)entry->code)
               : pk_sprintf(pool, "%s.%d", entry->space, (int)entry->code);
}

/* Text when there is a definition and nothing else is said. */
static bool
read_bytes(struct entry *entry)
{
    const struct pk_kea_value *csv = pk_kea_get(entry->written, "csv-format");
    const struct pk_kea_value *data = pk_kea_get(entry->written, "data");
    bool defined = entry->definition != NULL || entry->standard != NULL;
    bool as_text = csv != NULL ? csv->kind == PK_KEA_TRUE : defined;
    if (data == NULL || (data->kind == PK_KEA_STRING && data->count == 0)) {
        return true;
    }
    if (data->kind != PK_KEA_STRING || strlen(data->text) != data->count) {
        return false;
    }
    if (!as_text) {
        return pk_kea_encode_hex(data->text, &entry->bytes);
    }
    if (!defined) {
        return false;
    }
    struct pk_kea_format format =
        entry->definition != NULL ? entry->definition->format : pk_kea_format_of(entry->standard);
    return pk_kea_encode(&format, data->text, &entry->bytes);
}

static bool
is_empty(const struct pk_kea_value *value)
{
    return value->kind == PK_KEA_NULL ||
           ((value->kind == PK_KEA_LIST || value->kind == PK_KEA_MAP) && value->count == 0);
}

/* Has it nothing that an option of ours has no place for? */
static bool
is_plain(const struct pk_kea_value *entry)
{
    static const char *const ours[] = {"always-send", "code", "csv-format", "data",
                                       "metadata",    "name", "never-send", "space"};
    for (size_t i = 0; i < entry->count; i++) {
        bool known = is_empty(&entry->members[i].value);
        for (size_t j = 0; j < sizeof ours / sizeof ours[0] && !known; j++) {
            known = pk_key_compare(ours[j], entry->members[i].key) == 0;
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

static void
read_entry(struct pk_pool *scratch, const struct pk_kea_definitions *definitions,
           const struct pk_kea_value *written, struct entry *entry)
{
    *entry = (struct entry){.written = written, .bytes = {.pool = scratch}};
    if (written->kind == PK_KEA_MAP) {
        identify(entry, definitions);
        entry->plain = entry->code != 0 && is_plain(written) && read_bytes(entry);
    }
}

/* -- options inside option 43 ----------------------------------------------------------------- */

static int
compare_codes(const void *left, const void *right)
{
    const struct entry *const *a = left, *const *b = right;
    return (int)((*a)->code - (*b)->code);
}

/* Kea builds the option of the options of its space; what else its data says is lost there. */
static void
rebuild(const struct entries *entries, struct entry *whole)
{
    const struct definition *own = whole->definition;
    const char *space = own != NULL && *own->encapsulate != '\0' ? own->encapsulate : vendor_space;
    const struct entry **inner = pk_array(entries->pool, const struct entry *, entries->count);
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->at[i].plain && strcmp(entries->at[i].space, space) == 0) {
            inner[count++] = &entries->at[i];
        }
    }
    if (count == 0 || (own != NULL && own->format.types[0] != PK_KEA_TYPE_EMPTY)) {
        return;
    }
    qsort(inner, count, sizeof(const struct entry *), compare_codes);
    whole->bytes = (struct pk_text){.pool = entries->pool};
    for (size_t i = 0; i < count; i++) {
        const char head[] = {(char)inner[i]->code, (char)inner[i]->bytes.count};
        pk_text_add_bytes(&whole->bytes, head, sizeof head);
        pk_text_add_bytes(&whole->bytes, pk_text_end(&inner[i]->bytes), inner[i]->bytes.count);
    }
}

static void
rebuild_vendor_options(const struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->at[i];
        if (entry->plain && entry->standard != NULL && entry->code == VENDOR_OPTIONS) {
            rebuild(entries, entry);
        }
    }
}

/* -- the list --------------------------------------------------------------------------------- */

static void
name_entries(struct pk_pool *pool, const struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->at[i];
        if (entry->plain) {
            entry->name = name_of(pool, entry);
            entry->value = pk_kea_decode(pool, entry->standard, pk_text_end(&entry->bytes),
                                         entry->bytes.count);
        }
    }
}

/* An option that is there twice has no one value. */
static void
drop_repeated(const struct entries *entries)
{
    for (size_t i = 1; i < entries->count; i++) {
        for (size_t j = 0; entries->at[i].plain && j < i; j++) {
            struct entry *a = &entries->at[j], *b = &entries->at[i];
            if (a->plain && strcmp(a->name, b->name) == 0) {
                a->value = b->value = NULL;
            }
        }
    }
}

static int
compare_names(const void *left, const void *right)
{
    return strcmp(((const struct pk_kea_setting *)left)->key,
                  ((const struct pk_kea_setting *)right)->key);
}

static void
collect(struct pk_pool *pool, const struct entries *entries, struct pk_kea_options *out)
{
    struct pk_text rest = {.pool = entries->pool};
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->at[i];
        if (entry->value == NULL) {
            pk_text_add(&rest, rest.count == 0 ? "[" : ",");
            pk_text_add(&rest, pk_kea_canonical(entries->pool, entry->written));
            continue;
        }
        const char *value =
            pk_option_wrap(pool, entry->value, pk_kea_is_true(entry->written, "always-send"),
                           pk_kea_is_true(entry->written, "never-send"));
        out->at[out->count++] = (struct pk_kea_setting){entry->name, value};
    }
    if (rest.count != 0) {
        pk_text_add(&rest, "]");
        out->leftover = pk_kea_option_data_canonical(pool, pk_strdup(pool, rest.at));
    }
    if (out->count > 1) {
        qsort(out->at, out->count, sizeof out->at[0], compare_names);
    }
}

void
pk_kea_options_read(struct pk_pool *pool, const struct pk_kea_definitions *definitions,
                    struct pk_kea_items list, struct pk_kea_options *out)
{
    *out = (struct pk_kea_options){0};
    if (list.count == 0) {
        return;
    }
    PK_SCRATCH(scratch);
    struct entries entries = {
        .pool = scratch, .at = pk_array(scratch, struct entry, list.count), .count = list.count};
    for (size_t i = 0; i < list.count; i++) {
        read_entry(scratch, definitions, &list.at[i], &entries.at[i]);
    }
    rebuild_vendor_options(&entries);
    name_entries(pool, &entries);
    drop_repeated(&entries);
    out->at = pk_array(pool, struct pk_kea_setting, list.count);
    collect(pool, &entries, out);
}
