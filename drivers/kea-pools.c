/*
 * Kea writes a pool as a range or, where it fits, as a prefix, and in the order of addresses.  Here
 * pools are what they are: sets of addresses, with settings.
 */
#include "drivers/kea-scope.h"

#include <string.h>

#include "adm/ranges.h"
#include "drivers/kea-config.h"

const char pk_kea_inactive_class[] = "PAIRKEEPER_INACTIVE";
const char pk_kea_peer_class[] = "HA_";

const char *
pk_kea_without_blanks(struct pk_pool *pool, const char *text)
{
    char *out = pk_strdup(pool, text), *to = out;
    for (; *text != '\0'; text++) {
        if (strchr(" \t\r\n", *text) == NULL) {
            *to++ = *text;
        }
    }
    *to = '\0';
    return out;
}

/* A prefix with host bits begins at its address, as Kea has it. */
static bool
read_range(struct pk_pool *scratch, const char *text, struct pk_range *out)
{
    struct pk_prefix prefix;
    const char *plain = pk_kea_without_blanks(scratch, text);
    if (pk_parse_prefix(plain, &prefix)) {
        *out = (struct pk_range){prefix.address, prefix.address | ~pk_prefix_mask(prefix)};
        return true;
    }
    return strchr(plain, '-') != NULL && pk_parse_range(plain, out) && out->first <= out->last;
}

static bool
is_inactive_class(const struct pk_kea_value *value)
{
    return value != NULL && value->kind == PK_KEA_STRING &&
           strcmp(value->text, pk_kea_inactive_class) == 0;
}

static bool
is_inactive(const struct pk_kea_value *pool)
{
    struct pk_kea_items classes = pk_kea_list(pool, "client-classes");
    return is_inactive_class(pk_kea_get(pool, "client-class")) ||
           (classes.count == 1 && is_inactive_class(&classes.at[0]));
}

static bool
all_inactive(const struct pk_kea_value *pools)
{
    size_t inactive = 0;
    while (inactive < pools->count && is_inactive(&pools->items[inactive])) {
        inactive++;
    }
    return inactive != 0 && inactive == pools->count;
}

/* In a file the remark stands beside the context that it belongs into. */
static void
note_context(struct pk_kea_mapper *mapper, const struct pk_kea_value *pool)
{
    const struct pk_kea_value *comment = pk_kea_get(pool, "comment");
    const struct pk_kea_value *context = pk_kea_get(pool, "user-context");
    size_t count = context != NULL && context->kind == PK_KEA_MAP ? context->count : 0;
    struct pk_kea_member *members = pk_array(mapper->scratch, struct pk_kea_member, count + 1);
    if (count != 0) {
        memcpy(members, context->members, count * sizeof members[0]);
    }
    if (comment != NULL) {
        members[count++] = (struct pk_kea_member){"comment", *comment};
    }
    const struct pk_kea_value joined = {.kind = PK_KEA_MAP, .count = count, .members = members};
    pk_kea_note_setting(mapper, PK_KEA_OF_POOL, "user-context", &joined);
}

/* False when it is no list of options. */
static bool
note_options(struct pk_kea_mapper *mapper, const struct pk_kea_value *options)
{
    struct pk_kea_items entries = {options->items, options->count};
    if (options->kind != PK_KEA_LIST) {
        return false;
    }
    if (entries.count != 0) {
        *pk_push(mapper->scratch, &mapper->settings) = (struct pk_kea_setting){
            "option-data", pk_kea_options_list(mapper->scratch, mapper->definitions, entries)};
    }
    return true;
}

static const char *
settings_of(struct pk_kea_mapper *mapper, const struct pk_kea_value *pool, bool inactive)
{
    bool has_context = false;
    for (size_t i = 0; i < pool->count; i++) {
        const char *key = pool->members[i].key;
        bool is_class = strcmp(key, "client-class") == 0 || strcmp(key, "client-classes") == 0;
        if (strcmp(key, "pool") == 0 || strcmp(key, "metadata") == 0 || (inactive && is_class)) {
            continue;
        }
        if (strcmp(key, "comment") == 0 || strcmp(key, "user-context") == 0) {
            has_context = true;
        } else if (strcmp(key, "option-data") != 0 ||
                   !note_options(mapper, &pool->members[i].value)) {
            pk_kea_note_setting(mapper, PK_KEA_OF_POOL, key, &pool->members[i].value);
        }
    }
    if (has_context) {
        note_context(mapper, pool);
    }
    return pk_kea_settings_object(mapper, mapper->scratch);
}

enum pk_code
pk_kea_pools_read(struct pk_kea_mapper *mapper, const struct pk_kea_value *pools)
{
    if (pools->kind != PK_KEA_LIST) {
        return pk_kea_mapper_fail(mapper, "'pools' is no list");
    }
    if (pools->count == 0) {
        return PK_OK;
    }
    const bool inactive = all_inactive(pools);
    struct pk_pool_range *ranges = pk_array(mapper->scratch, struct pk_pool_range, pools->count);
    for (size_t i = 0; i < pools->count; i++) {
        const char *text = pk_kea_text(&pools->items[i], "pool");
        if (text == NULL || !read_range(mapper->scratch, text, &ranges[i].range)) {
            return pk_kea_mapper_fail(mapper, "pool '%s' is no range of addresses",
                                      text != NULL ? text : "");
        }
        ranges[i].settings = settings_of(mapper, &pools->items[i], inactive);
    }
    if (inactive) {
        pk_kea_add_part(mapper, PK_SCOPE_STATE, "", "\"inactive\"");
    }
    pk_kea_add_part(mapper, PK_SCOPE_RANGES, "",
                    pk_ranges_canonical(mapper->pool, ranges, pools->count, NULL, 0));
    return PK_OK;
}
