/*
 * Text is put together in our JSON and read back by the reader of Kea's, which knows how its bytes
 * are written.
 */
#include "drivers/kea-build.h"

#include <string.h>

#include "adm/kea-values.h"
#include "adm/ranges.h"
#include "base/json.h"
#include "drivers/kea-build-options.h"
#include "drivers/kea-config.h"
#include "drivers/kea-inherit.h"

/* -- Parameters of Kea's own ------------------------------------------------------------------ */

/* @p value  canonical JSON */
static void
add_setting(struct pk_kea_object *object, const char *key, const char *value,
            const struct pk_kea_style *style)
{
    struct pk_kea_setting spelled_as =
        pk_kea_setting_spelled(object->text.pool, key, value, style->old_spelling);
    pk_kea_object_add(object, spelled_as.key, spelled_as.value);
}

/* Texts of ours that a user-context holds for us; JSON, or NULL. */
struct own_texts {
    const char *comment, *subnet_name, *server_name;
};

static const char *
user_context(struct pk_pool *pool, const char *context, const struct own_texts *texts)
{
    const char *const own[][2] = {{"comment", texts->comment},
                                  {"subnet-name", texts->subnet_name},
                                  {"ha-server-name", texts->server_name}};
    json_auto_t *map = context != NULL ? pk_json_parse(context, NULL) : json_object();
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        json_auto_t *text = own[i][1] != NULL ? pk_json_parse(own[i][1], NULL) : NULL;
        json_object_set(map, own[i][0], text); /* nothing happens without a value */
    }
    return json_object_size(map) != 0 ? pk_json_text(pool, map) : NULL;
}

/* -- Reservations ----------------------------------------------------------------------------- */

/* `mac=00:1a:2b` → "hw-address": "00:1a:2b"; the others without separators, as Kea prints them. */
static bool
add_identifier(struct pk_kea_object *object, const char *key)
{
    static const struct {
        const char *ours, *keas;
        bool colons;
    } kinds[] = {
        {"mac=", "hw-address", true},       {"duid=", "duid", true},
        {"client-id=", "client-id", false}, {"circuit-id=", "circuit-id", false},
        {"flex-id=", "flex-id", false},
    };
    struct pk_pool *pool = object->text.pool;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].ours);
        if (strncmp(key, kinds[i].ours, length) != 0) {
            continue;
        }
        struct pk_text bytes = {.pool = pool};
        for (const char *at = key + length; *at != '\0'; at++) {
            pk_text_add_bytes(&bytes, at, kinds[i].colons || *at != ':');
        }
        pk_kea_object_add(object, kinds[i].keas, pk_kea_quoted(pool, pk_text_end(&bytes)));
        return true;
    }
    return false;
}

static const char *
text_of(struct pk_pool *pool, const json_t *map, const char *key)
{
    const json_t *value = json_object_get(map, key);
    return value != NULL ? pk_json_text(pool, value) : NULL;
}

/* Our JSON text of a reservation; NULL when its key or an option is none. */
static const char *
reservation_text(struct pk_pool *pool, const char *key, const char *value)
{
    static const struct pk_kea_style style = {.old_spelling = false}; /* they never had another */
    json_auto_t *map = pk_json_parse(value, NULL);
    json_t *kea = json_object_get(map, "kea"), *setting;
    struct pk_kea_object object = pk_kea_object_begin(pool);
    const char *name, *leftover = text_of(pool, kea, "option-data");
    if (!add_identifier(&object, key)) {
        return NULL;
    }
    const char *plain[][2] = {{"ip", "ip-address"}, {"hostname", "hostname"}};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const char *text = text_of(pool, map, plain[i][0]);
        if (text != NULL) {
            pk_kea_object_add(&object, plain[i][1], text);
        }
    }
    json_object_foreach(kea, name, setting)
    {
        if (strcmp(name, "option-data") != 0 && strcmp(name, "user-context") != 0) {
            add_setting(&object, name, pk_json_text(pool, setting), &style);
        }
    }
    const char *options = pk_kea_option_list(pool, json_object_get(map, "options"), leftover);
    const char *context = user_context(pool, text_of(pool, kea, "user-context"),
                                       &(struct own_texts){.comment = text_of(pool, map, "name")});
    pk_kea_object_add(&object, "option-data", options != NULL ? options : "[]");
    if (context != NULL) {
        pk_kea_object_add(&object, "user-context", context);
    }
    return options != NULL ? pk_kea_object_end(&object) : NULL;
}

/* -- Subnets ---------------------------------------------------------------------------------- */

struct building {
    struct pk_pool *pool;
    const struct pk_row *row;
    const struct pk_kea_style *style;
    struct pk_kea_object subnet;
    struct pk_text options, reservations;
    struct pk_kea_level level; /* what the row wants in force */
    const char *context, *description, *name, *leftover, *inactive;
    const char *refusal; /* not NULL: why it cannot be said */
};

/* Kea takes no single address. */
static const char *
pool_text(struct pk_pool *pool, struct pk_range range)
{
    char text[PK_RANGE_TEXT_BYTES];
    pk_format_range(text, range);
    return range.first == range.last ? pk_sprintf(pool, "%s-%s", text, text)
                                     : pk_strdup(pool, text);
}

static void
add_pools(struct building *building, const char *value)
{
    struct pk_pool *pool = building->pool;
    struct pk_pool_ranges ranges;
    struct pk_text list = {.pool = pool};
    if (!pk_ranges_parse(pool, value, &ranges)) {
        building->refusal = "its ranges cannot be read";
        return;
    }
    pk_text_add(&list, "[");
    for (size_t i = 0; i < ranges.count; i++) {
        struct pk_kea_object entry = pk_kea_object_begin(pool);
        json_auto_t *settings =
            *ranges.at[i].settings != '\0' ? pk_json_parse(ranges.at[i].settings, NULL) : NULL;
        const char *key;
        json_t *setting;
        pk_kea_object_add(&entry, "pool", pk_kea_quoted(pool, pool_text(pool, ranges.at[i].range)));
        json_object_foreach(settings, key, setting)
        {
            if (building->inactive != NULL && strcmp(key, "client-classes") == 0) {
                building->refusal =
                    "it is inactive, which on Kea is a class that all its pools are "
                    "bound to, and a pool of it is bound to a class already; leave "
                    "client-classes of its ranges out while it is inactive, and where "
                    "`split-ranges` put them there, write `state` into Git";
            }
            add_setting(&entry, key, pk_json_text(pool, setting), building->style);
        }
        if (building->inactive != NULL) {
            add_setting(&entry, "client-classes",
                        pk_sprintf(pool, "[\"%s\"]", pk_kea_inactive_class), building->style);
        }
        pk_text_add(&list, i > 0 ? "," : "");
        pk_text_add(&list, pk_kea_object_end(&entry));
    }
    pk_text_add(&list, "]");
    pk_kea_object_add(&building->subnet, "pools", pk_text_end(&list));
}

static void
add_option_part(struct building *building, const struct pk_part *part)
{
    json_auto_t *value = pk_json_parse(part->value, NULL);
    if (!pk_kea_add_option(building->pool, &building->options, part->key, value)) {
        building->refusal = pk_sprintf(building->pool, "option %s cannot be written", part->key);
    }
}

static void
add_reservation_part(struct building *building, const struct pk_part *part)
{
    if (!building->style->reservations) {
        return;
    }
    const char *text = reservation_text(building->pool, part->key, part->value);
    if (text == NULL) {
        building->refusal =
            pk_sprintf(building->pool, "the reservation %s cannot be written", part->key);
        return;
    }
    pk_text_add(&building->reservations, building->reservations.count > 1 ? "," : "");
    pk_text_add(&building->reservations, text);
}

static void
add_kea_part(struct building *building, const struct pk_part *part)
{
    if (strcmp(part->key, "user-context") == 0) {
        building->context = part->value;
    } else if (strcmp(part->key, "option-data") == 0) {
        building->leftover = part->value;
    } else if (strcmp(part->key, "reservations") == 0) {
        building->refusal = "it has reservations without an identifier that is known here; remove "
                            "them on the server";
    } else if (pk_kea_parameter_find(part->key) != NULL) {
        building->level.kea[pk_kea_parameter_find(part->key) - pk_kea_parameters] = part->value;
    } else {
        add_setting(&building->subnet, part->key, part->value, building->style);
    }
}

static void
add_level(struct building *building)
{
    const struct pk_kea_style *style = building->style;
    struct pk_kea_said said;
    pk_kea_say(building->pool, &building->level,
               style->above != NULL ? style->above : &pk_kea_level_default, style->copied, &said);
    for (size_t i = 0; i < said.list.count; i++) {
        add_setting(&building->subnet, said.list.at[i].key, said.list.at[i].value, style);
    }
    if (said.unsayable != NULL) {
        building->refusal = pk_sprintf(
            building->pool,
            "it has no %s, which on this server it would inherit and could not be without; remove "
            "it from the server's own settings or from the shared network, or give the scope one "
            "[not-representable]",
            said.unsayable);
    }
}

static void
add_part(struct building *building, const struct pk_part *part)
{
    switch ((enum pk_scope_field)pk_field_index(&pk_scope_fields, part->field)) {
    case PK_SCOPE_ID:
        pk_kea_object_add(&building->subnet, "id", part->value);
        break;
    case PK_SCOPE_NAME:
        building->name = part->value;
        break;
    case PK_SCOPE_DESCRIPTION:
        building->description = part->value;
        break;
    case PK_SCOPE_RANGES:
        add_pools(building, part->value);
        break;
    case PK_SCOPE_LEASE_TIME:
        building->level.times[PK_KEA_LEASE] = part->value;
        break;
    case PK_SCOPE_RENEW_TIME:
        building->level.times[PK_KEA_RENEW] = part->value;
        break;
    case PK_SCOPE_REBIND_TIME:
        building->level.times[PK_KEA_REBIND] = part->value;
        break;
    case PK_SCOPE_OPTIONS:
        add_option_part(building, part);
        break;
    case PK_SCOPE_RESERVATIONS:
        add_reservation_part(building, part);
        break;
    case PK_SCOPE_KEA:
        add_kea_part(building, part);
        break;
    case PK_SCOPE_STATE:          /* with the pools */
    case PK_SCOPE_SHARED_NETWORK: /* where the subnet stands, not what it says */
    case PK_SCOPE_SUBNET:
    case PK_SCOPE_RELATIONSHIP:
    case PK_SCOPE_EXCLUSIONS:
    case PK_SCOPE_FIELD_COUNT:
        break;
    }
}

/* What only this server can know is kept as it is. */
static void
add_kept(struct building *building)
{
    static const char *const kept[] = {"interface", "4o6-interface", "4o6-interface-id",
                                       "4o6-subnet"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const struct pk_kea_value *value = pk_kea_get(building->style->existing, kept[i]);
        if (value != NULL && !(value->kind == PK_KEA_STRING && value->count == 0)) {
            pk_kea_object_add(&building->subnet, kept[i], pk_kea_canonical(building->pool, value));
        }
    }
}

static void
add_collected(struct building *building)
{
    struct pk_pool *pool = building->pool;
    const char *context =
        user_context(pool, building->context,
                     &(struct own_texts){
                         .comment = building->description,
                         .subnet_name = building->name,
                         .server_name = building->style->server_name != NULL
                                            ? pk_kea_quoted(pool, building->style->server_name)
                                            : NULL,
                     });
    pk_kea_add_leftover(pool, &building->options, building->leftover);
    pk_text_add(&building->options, "]");
    pk_kea_object_add(&building->subnet, "option-data", pk_text_end(&building->options));
    if (context != NULL) {
        pk_kea_object_add(&building->subnet, "user-context", context);
    }
    if (building->style->reservations) {
        pk_text_add(&building->reservations, "]");
        pk_kea_object_add(&building->subnet, "reservations", pk_text_end(&building->reservations));
    }
}

/* Into bytes as Kea has them. */
static enum pk_code
parse(struct pk_pool *pool, const char *text, struct pk_kea_value *out, struct pk_error *err)
{
    return pk_kea_parse(pool, "what was built", text, strlen(text), out, err);
}

enum pk_code
pk_kea_build_subnet(struct pk_pool *pool, const struct pk_row *row,
                    const struct pk_kea_style *style, struct pk_kea_value *out,
                    struct pk_error *err)
{
    PK_SCRATCH(scratch);
    const struct pk_parts *parts = &row->parts;
    struct building building = {
        .pool = scratch,
        .row = row,
        .style = style,
        .subnet = pk_kea_object_begin(scratch),
        .options = {.pool = scratch},
        .reservations = {.pool = scratch},
        .inactive = pk_parts_get(parts, &pk_scope_fields.at[PK_SCOPE_STATE], ""),
    };
    pk_text_add(&building.options, "[");
    pk_text_add(&building.reservations, "[");
    if (pk_parts_get(parts, &pk_scope_fields.at[PK_SCOPE_KEA], "subnet") == NULL) {
        pk_kea_object_add(&building.subnet, "subnet",
                          pk_kea_quoted(scratch, pk_prefix_text(scratch, row->subnet)));
    }
    for (size_t i = 0; i < parts->count; i++) {
        add_part(&building, &parts->at[i]);
    }
    if (building.inactive != NULL &&
        pk_parts_get(parts, &pk_scope_fields.at[PK_SCOPE_RANGES], "") == NULL) {
        building.refusal =
            "it is inactive and has no ranges: there is nothing that Kea could switch "
            "off; leave state out, or give it ranges";
    }
    add_level(&building);
    add_kept(&building);
    add_collected(&building);
    if (building.refusal != NULL) {
        return pk_error_set(err, PK_EREFUSED, pk_prefix_text(scratch, row->subnet),
                            "scope %s cannot be written to Kea: %s",
                            pk_prefix_text(scratch, row->subnet), building.refusal);
    }
    return parse(pool, pk_kea_object_end(&building.subnet), out, err);
}

enum pk_code
pk_kea_build_reservation(struct pk_pool *pool, const char *key, const char *value,
                         struct pk_kea_value *out, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    const char *text = reservation_text(scratch, key, value);
    if (text == NULL) {
        return pk_error_set(err, PK_EREFUSED, key, "the reservation %s cannot be written to Kea",
                            key);
    }
    return parse(pool, text, out, err);
}

const char *
pk_kea_network_of(struct pk_pool *pool, const struct pk_row *row)
{
    const char *value = pk_parts_get(&row->parts, &pk_scope_fields.at[PK_SCOPE_SHARED_NETWORK], "");
    json_auto_t *name = value != NULL ? pk_json_parse(value, NULL) : NULL;
    return name != NULL ? pk_strdup(pool, json_string_value(name)) : NULL;
}
