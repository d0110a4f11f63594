/*
 * A reservation of ours is found by its identifier; Kea prints the bytes of each kind of identifier
 * in another way.  A reservation that cannot be found so stays Kea's.
 */
#include "drivers/kea-scope.h"

#include <stdlib.h>
#include <string.h>

#include "adm/kea-option-data.h"
#include "base/ipv4.h"

struct reservation {
    const struct pk_kea_value *written;
    const char *identifier; /* `mac=00:1a:…`, NULL = none of ours */
    const char *value;
};

/* -- identifiers ------------------------------------------------------------------------------ */

/* Lower-case pairs of digits with colons between: the usual form, and ours. */
static bool
is_canonical(const char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (;; text += 3) {
        if (text[0] == '\0' || strchr(digits, text[0]) == NULL || text[1] == '\0' ||
            strchr(digits, text[1]) == NULL) {
            return false;
        }
        if (text[2] != ':') {
            return text[2] == '\0';
        }
    }
}

static const char *
identifier_of(struct pk_kea_mapper *mapper, const char *kind, const char *text)
{
    if (is_canonical(text)) {
        struct pk_text out = {.pool = mapper->pool};
        pk_text_add(&out, kind);
        pk_text_add(&out, "=");
        pk_text_add(&out, text);
        return pk_text_end(&out);
    }
    const char *hex = pk_kea_option_hex(mapper->scratch, text);
    if (hex == NULL || *hex == '\0') {
        return NULL;
    }
    struct pk_text out = {.pool = mapper->scratch};
    pk_text_addf(&out, "%s=", kind);
    for (const char *at = hex; *at != '\0'; at += 2) {
        pk_text_add(&out, at != hex ? ":" : "");
        pk_text_add_bytes(&out, at, 2);
    }
    return pk_strdup(mapper->pool, out.at);
}

/* Members that are no setting of Kea's, sorted. */
enum role { IS_OURS, IS_IDENTIFIER, IS_IP, IS_HOSTNAME, IS_NAME, IS_OPTIONS, IS_CONTEXT };

static const struct member {
    const char *key;
    enum role role;
    const char *kind; /* of an identifier */
} members[] = {
    {"circuit-id", IS_IDENTIFIER, "circuit-id"},
    {"client-id", IS_IDENTIFIER, "client-id"},
    {"comment", IS_NAME, NULL},
    {"duid", IS_IDENTIFIER, "duid"},
    {"flex-id", IS_IDENTIFIER, "flex-id"},
    {"hostname", IS_HOSTNAME, NULL},
    {"hw-address", IS_IDENTIFIER, "mac"},
    {"ip-address", IS_IP, NULL},
    {"metadata", IS_OURS, NULL}, /* of a configuration database: belongs to one server */
    {"option-data", IS_OPTIONS, NULL},
    {"user-context", IS_CONTEXT, NULL},
};

static int
compare_member(const void *key, const void *member)
{
    return pk_key_compare(key, ((const struct member *)member)->key);
}

static const struct member *
find_member(const char *key)
{
    return bsearch(key, members, sizeof members / sizeof members[0], sizeof members[0],
                   compare_member);
}

/* -- one reservation -------------------------------------------------------------------------- */

/* What it says, and by whom it is found. */
struct content {
    const char *hostname, *ip, *name;
    struct pk_kea_options options;
    const struct pk_kea_value *context;
    const struct pk_kea_value *identifier; /* the last of them */
    const char *kind;                      /* of that          */
    size_t identifiers;
};

static const char *
address_of(struct pk_pool *pool, const struct pk_kea_value *value)
{
    uint32_t address = 0;
    char text[PK_IPV4_TEXT_BYTES];
    if (value->kind != PK_KEA_STRING || !pk_parse_ipv4(value->text, &address)) {
        return NULL;
    }
    return address == 0 ? "" : pk_sprintf(pool, "\"%s\"", pk_format_ipv4(text, address));
}

/* False when the value is not of our kind: then it is a setting of Kea's. */
static bool
read_member(struct pk_kea_mapper *mapper, const struct member *member,
            const struct pk_kea_value *value, struct content *content)
{
    struct pk_pool *scratch = mapper->scratch;
    switch (member->role) {
    case IS_IP:
        content->ip = address_of(scratch, value);
        return content->ip != NULL;
    case IS_HOSTNAME:
        content->hostname = pk_kea_plain_text(scratch, value);
        return content->hostname != NULL;
    case IS_NAME:
        content->name = pk_kea_plain_text(scratch, value);
        return content->name != NULL;
    case IS_OPTIONS:
        if (value->kind == PK_KEA_LIST) {
            pk_kea_options_read(scratch, mapper->definitions,
                                (struct pk_kea_items){value->items, value->count},
                                &content->options);
        }
        return value->kind == PK_KEA_LIST;
    case IS_CONTEXT:
        content->context = value;
        return true;
    case IS_IDENTIFIER:
        content->identifier = value;
        content->kind = member->kind;
        content->identifiers++;
        return true;
    case IS_OURS:
        break;
    }
    return true;
}

static void
read_context(struct pk_kea_mapper *mapper, struct content *content)
{
    static const char *const ours[] = {"comment", NULL};
    static const char *const none[] = {NULL};
    const struct pk_kea_value *comment = pk_kea_get(content->context, "comment");
    const char *name = comment != NULL ? pk_kea_plain_text(mapper->scratch, comment) : NULL;
    content->name = name != NULL ? name : content->name;
    const char *rest =
        pk_kea_context(mapper->scratch, content->context, name != NULL ? ours : none);
    if (rest != NULL) {
        *pk_push(mapper->scratch, &mapper->settings) =
            (struct pk_kea_setting){"user-context", rest};
    }
}

static void
add_member(struct pk_text *out, const char *key, const char *value)
{
    if (value != NULL && *value != '\0' && strcmp(value, "\"\"") != 0) {
        pk_text_add(out, out->count > 1 ? ",\"" : "\"");
        pk_text_add(out, key);
        pk_text_add(out, "\":");
        pk_text_add(out, value);
    }
}

static const char *
options_object(struct pk_pool *pool, const struct pk_kea_options *options)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < options->count; i++) {
        pk_text_add(&out, i == 0 ? "{" : ",");
        pk_text_addf(&out, "\"%s\":%s", options->at[i].key, options->at[i].value);
    }
    pk_text_add(&out, options->count != 0 ? "}" : "");
    return pk_text_end(&out);
}

/* Members in the order in which they stand in canonical text. */
static const char *
value_of(struct pk_kea_mapper *mapper, struct content *content)
{
    if (content->context != NULL) {
        read_context(mapper, content);
    }
    if (content->options.leftover != NULL) {
        *pk_push(mapper->scratch, &mapper->settings) =
            (struct pk_kea_setting){"option-data", content->options.leftover};
    }
    struct pk_text out = {.pool = mapper->scratch};
    pk_text_add(&out, "{");
    add_member(&out, "hostname", content->hostname);
    add_member(&out, "ip", content->ip);
    add_member(&out, "kea", pk_kea_settings_object(mapper, mapper->scratch));
    add_member(&out, "name", content->name);
    add_member(&out, "options", options_object(mapper->scratch, &content->options));
    pk_text_add(&out, "}");
    return pk_strndup(mapper->pool, out.at, out.count);
}

/* It is found by exactly one identifier. */
static void
read_reservation(struct pk_kea_mapper *mapper, const struct pk_kea_value *written,
                 struct reservation *out)
{
    struct content content = {0};
    *out = (struct reservation){.written = written};
    for (size_t i = 0; written->kind == PK_KEA_MAP && i < written->count; i++) {
        const struct pk_kea_member *one = &written->members[i];
        const struct member *member = find_member(one->key);
        if (member == NULL || !read_member(mapper, member, &one->value, &content)) {
            pk_kea_note_setting(mapper, PK_KEA_OF_RESERVATION, one->key, &one->value);
        }
    }
    if (content.identifiers == 1 && content.identifier->kind == PK_KEA_STRING) {
        out->identifier = identifier_of(mapper, content.kind, content.identifier->text);
    }
    if (out->identifier != NULL) {
        out->value = value_of(mapper, &content);
    }
    mapper->settings.count = 0;
}

/* -- the list --------------------------------------------------------------------------------- */

static int
compare_identifiers(const void *left, const void *right)
{
    const struct reservation *a = left, *b = right;
    if (a->identifier == NULL || b->identifier == NULL) {
        return (a->identifier != NULL) - (b->identifier != NULL);
    }
    return strcmp(a->identifier, b->identifier);
}

static bool
is_same(const struct reservation *a, const struct reservation *b)
{
    return a->identifier != NULL && b->identifier != NULL &&
           strcmp(a->identifier, b->identifier) == 0;
}

static int
compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void
add_leftover(struct pk_kea_mapper *mapper, const char **texts, size_t count)
{
    struct pk_text out = {.pool = mapper->pool};
    qsort(texts, count, sizeof texts[0], compare_texts);
    for (size_t i = 0; i < count; i++) {
        pk_text_add(&out, i == 0 ? "[" : ",");
        pk_text_add(&out, texts[i]);
    }
    pk_text_add(&out, "]");
    pk_kea_add_part(mapper, PK_SCOPE_KEA, "reservations", pk_text_end(&out));
}

/* Sorted, so that what has one identifier stands together. */
static void
add_parts(struct pk_kea_mapper *mapper, const struct reservation *all, size_t count)
{
    const char **leftover = pk_array(mapper->scratch, const char *, count);
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        const struct reservation *one = &all[i];
        bool repeated =
            (i > 0 && is_same(&all[i - 1], one)) || (i + 1 < count && is_same(one, &all[i + 1]));
        if (one->identifier == NULL || repeated) {
            leftover[left++] = pk_kea_canonical(mapper->scratch, one->written);
        } else {
            pk_kea_add_part(mapper, PK_SCOPE_RESERVATIONS, one->identifier, one->value);
        }
    }
    if (left != 0) {
        add_leftover(mapper, leftover, left);
    }
}

enum pk_code
pk_kea_reservations_read(struct pk_kea_mapper *mapper, const struct pk_kea_value *reservations)
{
    if (reservations->kind != PK_KEA_LIST) {
        return pk_kea_mapper_fail(mapper, "'reservations' is no list");
    }
    const size_t count = reservations->count;
    if (count == 0) {
        return PK_OK;
    }
    struct reservation *all = pk_array(mapper->scratch, struct reservation, count);
    for (size_t i = 0; i < count; i++) {
        read_reservation(mapper, &reservations->items[i], &all[i]);
    }
    qsort(all, count, sizeof all[0], compare_identifiers);
    add_parts(mapper, all, count);
    return PK_OK;
}
