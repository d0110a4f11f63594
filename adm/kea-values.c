/*
 * Kea renames parameters, makes defaults explicit and prints numbers its own way.  What is known of
 * that stands in the rows; a parameter without a row keeps its spelling and its value.
 */
#include "adm/kea-values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adm/kea-option-data.h"
#include "base/ipv4.h"
#include "base/json.h"
#include "base/text.h"

enum { REAL_TEXT_BYTES = 32 };

static const char empty_text[] = "\"\"";

const struct pk_kea_parameter pk_kea_parameters[PK_KEA_PARAMETER_COUNT] = {
    {"adaptive-lease-time-threshold", .form = PK_KEA_REAL, .inherited = true},
    {"allocator", .default_value = "\"iterative\"", .inherited = true},
    {"authoritative", .default_value = "false", .inherited = true},
    {"boot-file-name", .default_value = empty_text, .form = PK_KEA_EMPTY_IS_UNSET,
     .inherited = true},
    {"cache-max-age", .inherited = true},
    {"cache-threshold", .default_value = "0.25", .form = PK_KEA_REAL, .inherited = true},
    {"calculate-tee-times", .default_value = "false", .inherited = true},
    {"client-class", .newest = "client-classes", .form = PK_KEA_CLASS},
    {"client-classes", .default_value = "[]"},
    {"ddns-conflict-resolution-mode", .default_value = "\"check-with-dhcid\"", .inherited = true},
    {"ddns-generated-prefix", .default_value = "\"myhost\"", .inherited = true},
    {"ddns-override-client-update", .default_value = "false", .inherited = true},
    {"ddns-override-no-update", .default_value = "false", .inherited = true},
    {"ddns-qualifying-suffix", .default_value = empty_text, .inherited = true},
    {"ddns-replace-client-name", .default_value = "\"never\"", .inherited = true},
    {"ddns-send-updates", .default_value = "true", .inherited = true},
    {"ddns-ttl", .inherited = true},
    {"ddns-ttl-max", .inherited = true},
    {"ddns-ttl-min", .inherited = true},
    {"ddns-ttl-percent", .form = PK_KEA_REAL, .inherited = true},
    {"ddns-update-on-renew", .default_value = "false", .inherited = true},
    {"ddns-use-conflict-resolution", .newest = "ddns-conflict-resolution-mode",
     .form = PK_KEA_CONFLICT, .inherited = true},
    {"evaluate-additional-classes", .default_value = "[]"},
    {"hostname", .default_value = empty_text},
    {"hostname-char-replacement", .default_value = empty_text, .inherited = true},
    {"hostname-char-set", .default_value = "\"[^A-Za-z0-9.-]\"", .inherited = true},
    {"match-client-id", .default_value = "true", .inherited = true},
    {"max-valid-lifetime", .inherited = true},
    {"min-valid-lifetime", .inherited = true},
    {"next-server", .default_value = "\"0.0.0.0\"", .form = PK_KEA_EMPTY_IS_UNSET,
     .inherited = true},
    {"offer-lifetime", .inherited = true},
    {"only-if-required", .newest = "only-in-additional-list"},
    {"only-in-additional-list", .default_value = "false"},
    {"option-data", .default_value = "[]", .form = PK_KEA_OPTIONS},
    {"pool-id", .default_value = "0"},
    {"relay", .default_value = "{\"ip-addresses\":[]}", .form = PK_KEA_RELAY, .inherited = true},
    {"require-client-classes", .newest = "evaluate-additional-classes"},
    {"reservations-global", .default_value = "false", .inherited = true},
    {"reservations-in-subnet", .default_value = "true", .inherited = true},
    {"reservations-out-of-pool", .default_value = "false", .inherited = true},
    {"server-hostname", .default_value = empty_text, .form = PK_KEA_EMPTY_IS_UNSET,
     .inherited = true},
    {"store-extended-info", .default_value = "false", .inherited = true},
    {"t1-percent", .default_value = "0.5", .form = PK_KEA_REAL, .inherited = true},
    {"t2-percent", .default_value = "0.875", .form = PK_KEA_REAL, .inherited = true},
    {"user-context", .default_value = "{}"},
};

static int
compare_key(const void *key, const void *parameter)
{
    return pk_key_compare(key, ((const struct pk_kea_parameter *)parameter)->key);
}

const struct pk_kea_parameter *
pk_kea_parameter_find(const char *key)
{
    return bsearch(key, pk_kea_parameters, PK_KEA_PARAMETER_COUNT, sizeof pk_kea_parameters[0],
                   compare_key);
}

bool
pk_kea_setting_is_inherited(const char *key)
{
    const struct pk_kea_parameter *parameter = pk_kea_parameter_find(key);
    return parameter != NULL && parameter->inherited;
}

bool
pk_kea_default_is_absent(const struct pk_kea_parameter *parameter, enum pk_kea_place place)
{
    return parameter->default_value != NULL && (place != PK_KEA_OF_POOL || !parameter->inherited);
}

/* -- reals ------------------------------------------------------------------------------------ */

/* Kea prints six digits and reads what it printed. */
static double
as_kea_keeps_it(double real)
{
    char text[REAL_TEXT_BYTES];
    snprintf(text, sizeof text, "%.6g", real);
    return strtod(text, NULL);
}

/* Recursion ends at the limit of base/json.h. */
static void
round_reals(json_t *value)
{
    size_t index;
    const char *key;
    json_t *item;
    if (json_is_real(value)) {
        json_real_set(value, as_kea_keeps_it(json_real_value(value)));
    }
    json_array_foreach(value, index, item)
    {
        round_reals(item);
    }
    json_object_foreach(value, key, item)
    {
        round_reals(item);
    }
}

/* Only a look: an address inside a container counts as well. */
static bool
may_hold_real(const char *text)
{
    if (*text == '"') {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9' && (at[1] == '.' || at[1] == 'e')) {
            return true;
        }
    }
    return false;
}

static const char *
with_reals_rounded(struct pk_pool *pool, const char *text)
{
    json_auto_t *value = may_hold_real(text) ? pk_json_parse(text, NULL) : NULL;
    if (value == NULL) {
        return text;
    }
    round_reals(value);
    return pk_json_text(pool, value);
}

static const char *
real(struct pk_pool *pool, const char *text)
{
    json_auto_t *number = pk_json_parse(text, NULL);
    if (!json_is_number(number)) {
        return text;
    }
    json_auto_t *rounded = json_real(as_kea_keeps_it(json_number_value(number)));
    return pk_json_text(pool, rounded);
}

/* -- other forms ------------------------------------------------------------------------------ */

static int
compare_addresses(const void *left, const void *right)
{
    uint32_t a = 0, b = 0;
    const char *const *first = left, *const *second = right;
    bool both = pk_parse_ipv4(*first, &a) && pk_parse_ipv4(*second, &b);
    return !both ? strcmp(*first, *second) : a < b ? -1 : a > b;
}

/* The addresses are a set, and older servers know but one. */
static const char *
relay(struct pk_pool *pool, const char *text)
{
    PK_SCRATCH(scratch);
    json_auto_t *value = pk_json_parse(text, NULL);
    const json_t *one = json_object_get(value, "ip-address");
    json_t *list = json_object_get(value, "ip-addresses");
    if (!json_is_object(value) || (list != NULL && !json_is_array(list))) {
        return text;
    }
    size_t count = json_array_size(list);
    const char **addresses = pk_array(scratch, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        addresses[i] = json_string_value(json_array_get(list, i));
        if (addresses[i] == NULL) {
            return text;
        }
    }
    if (json_is_string(one)) {
        addresses[count++] = json_string_value(one);
    }
    qsort(addresses, count, sizeof addresses[0], compare_addresses);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(sorted, json_string(addresses[i]));
    }
    json_object_set_new(value, "ip-addresses", sorted);
    json_object_del(value, "ip-address");
    return pk_json_text(pool, value);
}

static const char *
conflict_mode(const char *text)
{
    return strcmp(text, "true") == 0    ? "\"check-with-dhcid\""
           : strcmp(text, "false") == 0 ? "\"no-check-with-dhcid\""
                                        : text;
}

static const char *
classes(struct pk_pool *pool, const char *text)
{
    return strcmp(text, empty_text) == 0 ? "[]"
           : *text == '"'                ? pk_sprintf(pool, "[%s]", text)
                                         : text;
}

static const char *
canonical(struct pk_pool *pool, enum pk_kea_form form, const char *value)
{
    switch (form) {
    case PK_KEA_AS_IS:
        return with_reals_rounded(pool, value);
    case PK_KEA_REAL:
        return real(pool, value);
    case PK_KEA_CLASS:
        return classes(pool, value);
    case PK_KEA_CONFLICT:
        return conflict_mode(value);
    case PK_KEA_RELAY:
        return relay(pool, value);
    case PK_KEA_OPTIONS:
        return pk_kea_option_data_canonical(pool, value);
    case PK_KEA_EMPTY_IS_UNSET:
        return strcmp(value, empty_text) == 0 ? NULL : value;
    }
    return value;
}

struct pk_kea_setting
pk_kea_setting_canonical(struct pk_pool *pool, enum pk_kea_place place, const char *key,
                         const char *value)
{
    const struct pk_kea_parameter *written = pk_kea_parameter_find(key);
    if (written == NULL) {
        return (struct pk_kea_setting){key, with_reals_rounded(pool, value)};
    }
    const struct pk_kea_parameter *parameter =
        written->newest != NULL ? pk_kea_parameter_find(written->newest) : written;
    const char *text = canonical(pool, written->form, value);
    bool absent = text == NULL || (pk_kea_default_is_absent(parameter, place) &&
                                   strcmp(text, parameter->default_value) == 0);
    return (struct pk_kea_setting){parameter->key, absent ? NULL : text};
}

/* -- the way back ----------------------------------------------------------------------------- */

/* The value under an older key, or NULL when that cannot say it. */
static const char *
older(struct pk_pool *pool, enum pk_kea_form form, const char *value)
{
    if (form == PK_KEA_CONFLICT) {
        return strcmp(value, "\"check-with-dhcid\"") == 0      ? "true"
               : strcmp(value, "\"no-check-with-dhcid\"") == 0 ? "false"
                                                               : NULL;
    }
    if (form == PK_KEA_CLASS) {
        json_auto_t *list = pk_json_parse(value, NULL);
        return json_array_size(list) == 1 ? pk_json_text(pool, json_array_get(list, 0)) : NULL;
    }
    return value;
}

struct pk_kea_setting
pk_kea_setting_spelled(struct pk_pool *pool, const char *key, const char *value, bool old)
{
    if (strcmp(key, "option-data") == 0) {
        return (struct pk_kea_setting){key, pk_kea_option_data_spelled(pool, value)};
    }
    for (size_t i = 0; old && i < PK_KEA_PARAMETER_COUNT; i++) {
        const struct pk_kea_parameter *parameter = &pk_kea_parameters[i];
        if (parameter->newest != NULL && strcmp(parameter->newest, key) == 0) {
            const char *text = older(pool, parameter->form, value);
            return (struct pk_kea_setting){text != NULL ? parameter->key : key,
                                           text != NULL ? text : value};
        }
    }
    return (struct pk_kea_setting){key, value};
}
