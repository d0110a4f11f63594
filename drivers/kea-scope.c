/*
 * Every member of a subnet is one of ours, a parameter of Kea's that we know, or one that we do not
 * know and keep; a member that is none of these cannot be, so nothing gets lost.
 */
#include "drivers/kea-scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static const int64_t id_max = 4294967294;

struct subnet {
    struct pk_kea_mapper *mapper;
    const struct pk_kea_subnet_place *place;
    struct pk_kea_level level;
    const char *network;
    const char *description;
    int64_t id;
    struct pk_prefix prefix;
    bool has_prefix;
};

void
pk_kea_add_part(struct pk_kea_mapper *mapper, enum pk_scope_field field, const char *key,
                const char *value)
{
    *pk_push(mapper->scratch, &mapper->parts) =
        (struct pk_part){.field = &pk_scope_fields.at[field], .key = key, .value = value};
}

/* -- members ---------------------------------------------------------------------------------- */

static enum pk_code
read_id(struct subnet *subnet, const struct pk_kea_value *value)
{
    int64_t id;
    if (value->kind != PK_KEA_NUMBER || !pk_parse_number(value->text, 0, id_max, &id)) {
        return pk_kea_mapper_fail(subnet->mapper, "'id' is no number from 1 to %lld",
                                  (long long)id_max);
    }
    subnet->id = id;
    return PK_OK;
}

/* A prefix with host bits is another prefix to Kea: its text stays. */
static enum pk_code
read_prefix(struct subnet *subnet, const struct pk_kea_value *value)
{
    struct pk_kea_mapper *mapper = subnet->mapper;
    if (!pk_prefix_is_canonical(subnet->prefix)) {
        pk_kea_add_part(
            mapper, PK_SCOPE_KEA, "subnet",
            pk_sprintf(mapper->pool, "\"%s\"", pk_prefix_text(mapper->scratch, subnet->prefix)));
        subnet->prefix.address &= pk_prefix_mask(subnet->prefix);
    }
    (void)value;
    return PK_OK;
}

static enum pk_code
read_options(struct subnet *subnet, const struct pk_kea_value *value)
{
    struct pk_kea_mapper *mapper = subnet->mapper;
    struct pk_kea_options options;
    if (value->kind != PK_KEA_LIST) {
        return pk_kea_mapper_fail(mapper, "'option-data' is no list");
    }
    pk_kea_options_read(mapper->pool, mapper->definitions,
                        (struct pk_kea_items){value->items, value->count}, &options);
    for (size_t i = 0; i < options.count; i++) {
        pk_kea_add_part(mapper, PK_SCOPE_OPTIONS, options.at[i].key, options.at[i].value);
    }
    if (options.leftover != NULL) {
        pk_kea_add_part(mapper, PK_SCOPE_KEA, "option-data", options.leftover);
    }
    return PK_OK;
}

static enum pk_code
read_pools(struct subnet *subnet, const struct pk_kea_value *value)
{
    return pk_kea_pools_read(subnet->mapper, value);
}

static enum pk_code
read_reservations(struct subnet *subnet, const struct pk_kea_value *value)
{
    return pk_kea_reservations_read(subnet->mapper, value);
}

static enum pk_code
read_mode(struct subnet *subnet, const struct pk_kea_value *value)
{
    pk_kea_level_mode(&subnet->level, value);
    return PK_OK;
}

static enum pk_code
read_network(struct subnet *subnet, const struct pk_kea_value *value)
{
    if (subnet->network == NULL && value->kind == PK_KEA_STRING) {
        subnet->network = value->text;
    }
    return PK_OK;
}

/* In a file; where both are, the context's counts. */
static enum pk_code
read_comment(struct subnet *subnet, const struct pk_kea_value *value)
{
    if (subnet->description == NULL) {
        subnet->description = pk_kea_plain_text(subnet->mapper->pool, value);
    }
    return PK_OK;
}

/* What is said by fields of ours leaves the context; whatever is no text stays in it. */
static enum pk_code
read_context(struct subnet *subnet, const struct pk_kea_value *value)
{
    struct pk_kea_mapper *mapper = subnet->mapper;
    const struct pk_kea_value *comment = pk_kea_get(value, "comment");
    const struct pk_kea_value *name = pk_kea_get(value, "subnet-name");
    const char *server = pk_kea_text(value, "ha-server-name");
    const char *description = comment != NULL ? pk_kea_plain_text(mapper->pool, comment) : NULL;
    const char *label = name != NULL ? pk_kea_plain_text(mapper->pool, name) : NULL;
    const char *ours[4] = {NULL};
    size_t count = 0;
    if (description != NULL) {
        subnet->description = description;
        ours[count++] = "comment";
    }
    if (label != NULL) {
        pk_kea_add_part(mapper, PK_SCOPE_NAME, "", label);
        ours[count++] = "subnet-name";
    }
    if (server != NULL && subnet->place->server_name != NULL &&
        strcmp(server, subnet->place->server_name) == 0) {
        ours[count++] = "ha-server-name";
    }
    const char *rest = pk_kea_context(mapper->pool, value, ours);
    if (rest != NULL) {
        pk_kea_add_part(mapper, PK_SCOPE_KEA, "user-context", rest);
    }
    return PK_OK;
}

typedef enum pk_code read_member(struct subnet *subnet, const struct pk_kea_value *value);

/* Members that are no parameter, sorted. */
static const struct member {
    const char *key;
    read_member *read; /* NULL: belongs to one server */
} members[] = {
    {"4o6-interface", NULL},
    {"4o6-interface-id", NULL},
    {"4o6-subnet", NULL},
    {"comment", read_comment},
    {"id", read_id},
    {"interface", NULL},
    {"metadata", NULL},
    {"option-data", read_options},
    {"pools", read_pools},
    {"reservation-mode", read_mode},
    {"reservations", read_reservations},
    {"shared-network-name", read_network},
    {"subnet", read_prefix},
    {"user-context", read_context},
};

enum { MEMBER_COUNT = sizeof members / sizeof members[0] };

static int
compare_member(const void *key, const void *member)
{
    return pk_key_compare(key, ((const struct member *)member)->key);
}

static enum pk_code
read_one(struct subnet *subnet, const struct pk_kea_member *member)
{
    struct pk_kea_mapper *mapper = subnet->mapper;
    enum pk_code code = PK_OK;
    const struct member *known =
        bsearch(member->key, members, MEMBER_COUNT, sizeof members[0], compare_member);
    if (known != NULL) {
        return known->read != NULL ? known->read(subnet, &member->value) : PK_OK;
    }
    const struct pk_kea_parameter *parameter = pk_kea_parameter_find(member->key);
    if (parameter != NULL) {
        pk_kea_level_set(mapper, &subnet->level, parameter, &member->value);
    } else if (!pk_kea_level_time(mapper, &subnet->level, member->key, &member->value, &code)) {
        const char *value = pk_kea_canonical(mapper->pool, &member->value);
        pk_kea_add_part(
            mapper, PK_SCOPE_KEA, pk_strdup(mapper->pool, member->key),
            pk_kea_setting_canonical(mapper->pool, PK_KEA_OF_SUBNET, member->key, value).value);
    }
    return code;
}

/* -- what is in force ------------------------------------------------------------------------- */

/* The bounds of the lease time say nothing where they are the lease time. */
static bool
is_lease_bound(const struct pk_kea_parameter *parameter)
{
    return strcmp(parameter->key, "min-valid-lifetime") == 0 ||
           strcmp(parameter->key, "max-valid-lifetime") == 0;
}

static void
add_level(struct pk_kea_mapper *mapper, const struct pk_kea_level *level)
{
    static const enum pk_scope_field fields[PK_KEA_TIME_COUNT] = {
        [PK_KEA_LEASE] = PK_SCOPE_LEASE_TIME,
        [PK_KEA_RENEW] = PK_SCOPE_RENEW_TIME,
        [PK_KEA_REBIND] = PK_SCOPE_REBIND_TIME,
    };
    for (size_t i = 0; i < PK_KEA_TIME_COUNT; i++) {
        if (level->times[i] != NULL) {
            pk_kea_add_part(mapper, fields[i], "", level->times[i]);
        }
    }
    for (size_t i = 0; i < PK_KEA_PARAMETER_COUNT; i++) {
        const char *value = level->kea[i];
        const char *lease = level->times[PK_KEA_LEASE];
        if (value != NULL && !(lease != NULL && strcmp(value, lease) == 0 &&
                               is_lease_bound(&pk_kea_parameters[i]))) {
            pk_kea_add_part(mapper, PK_SCOPE_KEA, pk_kea_parameters[i].key, value);
        }
    }
}

static void
add_texts(const struct subnet *subnet)
{
    struct pk_kea_mapper *mapper = subnet->mapper;
    struct pk_text text = {.pool = mapper->pool};
    if (subnet->network != NULL) {
        pk_text_add_json(&text, subnet->network);
        pk_kea_add_part(mapper, PK_SCOPE_SHARED_NETWORK, "", pk_text_end(&text));
    }
    if (subnet->description != NULL) {
        pk_kea_add_part(mapper, PK_SCOPE_DESCRIPTION, "", subnet->description);
    }
    if (subnet->place->relationship != NULL) {
        text = (struct pk_text){.pool = mapper->pool};
        pk_text_add_json(&text, subnet->place->relationship);
        pk_kea_add_part(mapper, PK_SCOPE_RELATIONSHIP, "", pk_text_end(&text));
    }
    pk_kea_add_part(mapper, PK_SCOPE_ID, "",
                    pk_sprintf(mapper->pool, "%lld", (long long)subnet->id));
}

static struct pk_parts
settle(struct pk_kea_mapper *mapper)
{
    struct pk_part *at = pk_array(mapper->pool, struct pk_part, mapper->parts.count);
    memcpy(at, mapper->parts.at, mapper->parts.count * sizeof at[0]);
    return pk_parts_canonical(at, mapper->parts.count);
}

struct pk_parts
pk_kea_level_parts(struct pk_kea_mapper *mapper, const struct pk_kea_level *level)
{
    mapper->parts.count = 0;
    add_level(mapper, level);
    return settle(mapper);
}

/* First of all, so that every message can name the subnet. */
static enum pk_code
find_prefix(struct subnet *subnet, const struct pk_kea_value *value)
{
    struct pk_kea_mapper *mapper = subnet->mapper;
    const char *text = pk_kea_text(value, "subnet");
    if (text == NULL) {
        return pk_kea_mapper_fail(mapper, "a subnet without a prefix, in line %u",
                                  (unsigned)value->line);
    }
    mapper->subnet = text;
    return pk_parse_prefix(pk_kea_without_blanks(mapper->scratch, text), &subnet->prefix)
               ? PK_OK
               : pk_kea_mapper_fail(mapper, "is no prefix");
}

static enum pk_code
read_subnet(struct subnet *subnet, const struct pk_kea_value *value, struct pk_row *out)
{
    struct pk_kea_mapper *mapper = subnet->mapper;
    mapper->parts.count = 0;
    enum pk_code code = find_prefix(subnet, value);
    for (size_t i = 0; code == PK_OK && i < value->count; i++) {
        code = read_one(subnet, &value->members[i]);
    }
    if (code == PK_OK && subnet->id == 0) {
        subnet->id = subnet->place->next_id;
        code = subnet->id != 0 ? PK_OK : pk_kea_mapper_fail(mapper, "has no 'id'; give it one");
    }
    if (code == PK_OK) {
        add_level(mapper, &subnet->level);
        add_texts(subnet);
        *out = (struct pk_row){.subnet = subnet->prefix,
                               .relationship = subnet->place->relationship,
                               .parts = settle(mapper),
                               .active_leases = PK_LEASES_UNKNOWN};
        out->hash = pk_parts_hash(&out->parts);
    }
    return code;
}

/* What it takes to read one subnet ends with it: there may be 100,000. */
enum pk_code
pk_kea_subnet_read(const struct pk_kea_mapper *mapper, const struct pk_kea_value *value,
                   const struct pk_kea_subnet_place *place, struct pk_row *out)
{
    PK_SCRATCH(scratch);
    struct pk_kea_mapper own = *mapper;
    own.scratch = scratch;
    struct subnet subnet = {
        .mapper = &own, .place = place, .level = *place->above, .network = place->network};
    return read_subnet(&subnet, value, out);
}
