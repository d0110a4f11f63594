/*
 * Inheritance is copying: a subnet begins with what is in force for its network and overwrites what
 * it states itself.  Texts are made once where a value stands, and shared by all who inherit it.
 */
#include "drivers/kea-scope.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { DECIMAL = 10 };

const struct pk_kea_level pk_kea_level_default = {.times = {[PK_KEA_LEASE] = "7200"}};

enum pk_code
pk_kea_mapper_fail(const struct pk_kea_mapper *mapper, const char *format, ...)
{
    PK_SCRATCH(scratch);
    va_list args;
    va_start(args, format);
    const char *message = pk_vsprintf(scratch, format, args);
    va_end(args);
    const char *where =
        mapper->subnet != NULL ? pk_sprintf(scratch, "subnet %s: ", mapper->subnet) : "";
    return pk_error_set(mapper->err, PK_EINVAL, mapper->server, "server %s: %s%s", mapper->server,
                        where, message);
}

static const struct pk_kea_parameter *
newest(const struct pk_kea_parameter *parameter)
{
    return parameter->newest != NULL ? pk_kea_parameter_find(parameter->newest) : parameter;
}

void
pk_kea_level_set(struct pk_kea_mapper *mapper, struct pk_kea_level *level,
                 const struct pk_kea_parameter *parameter, const struct pk_kea_value *value)
{
    const struct pk_kea_parameter *row = newest(parameter);
    const char **to = &level->kea[row - pk_kea_parameters];
    const bool empty = value->kind == PK_KEA_STRING && value->count == 0;
    if (value->kind == PK_KEA_NULL || (parameter->form == PK_KEA_EMPTY_IS_UNSET && empty)) {
        return;
    }
    if (row == parameter && row->default_value != NULL &&
        pk_kea_is_text(value, row->default_value)) {
        *to = NULL;
        return;
    }
    if (row == parameter && *to != NULL && pk_kea_is_text(value, *to)) {
        return; /* as inherited */
    }
    const char *text = pk_kea_canonical(mapper->pool, value);
    *to = pk_kea_setting_canonical(mapper->pool, PK_KEA_OF_SUBNET, parameter->key, text).value;
}

static void
set_boolean(struct pk_kea_level *level, const char *key, bool yes)
{
    const struct pk_kea_parameter *row = pk_kea_parameter_find(key);
    const char *text = yes ? "true" : "false";
    level->kea[row - pk_kea_parameters] = strcmp(row->default_value, text) == 0 ? NULL : text;
}

/* Modes that do not search the pools' clients leave the third one as it is inherited. */
void
pk_kea_level_mode(struct pk_kea_level *level, const struct pk_kea_value *mode)
{
    static const struct {
        const char *name;
        bool global, in_subnet, says_out_of_pool, out_of_pool;
    } modes[] = {
        {"all", false, true, true, false},     {"out-of-pool", false, true, true, true},
        {"global", true, false, false, false}, {"disabled", false, false, false, false},
        {"off", false, false, false, false},
    };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (mode->kind == PK_KEA_STRING && strcmp(mode->text, modes[i].name) == 0) {
            set_boolean(level, "reservations-global", modes[i].global);
            set_boolean(level, "reservations-in-subnet", modes[i].in_subnet);
            if (modes[i].says_out_of_pool) {
                set_boolean(level, "reservations-out-of-pool", modes[i].out_of_pool);
            }
        }
    }
}

/* Kea checks no range and keeps 32 bits; what it never has is told. */
static const char *
seconds(struct pk_kea_mapper *mapper, const struct pk_kea_value *value)
{
    char *end;
    errno = 0;
    long long number = value->kind == PK_KEA_NUMBER ? strtoll(value->text, &end, DECIMAL) : -1;
    if (number < 0 || number > UINT32_MAX || *end != '\0' || errno != 0) {
        return NULL;
    }
    return pk_sprintf(mapper->pool, "%lld", number);
}

bool
pk_kea_level_time(struct pk_kea_mapper *mapper, struct pk_kea_level *level, const char *key,
                  const struct pk_kea_value *value, enum pk_code *code)
{
    static const char *const keys[PK_KEA_TIME_COUNT] = {
        [PK_KEA_LEASE] = "valid-lifetime",
        [PK_KEA_RENEW] = "renew-timer",
        [PK_KEA_REBIND] = "rebind-timer",
    };
    for (size_t i = 0; i < PK_KEA_TIME_COUNT; i++) {
        if (pk_key_compare(keys[i], key) != 0) {
            continue;
        }
        if (level->times[i] == NULL || !pk_kea_is_text(value, level->times[i])) {
            level->times[i] = seconds(mapper, value);
        }
        *code = level->times[i] != NULL
                    ? PK_OK
                    : pk_kea_mapper_fail(mapper, "'%s' is no number of seconds", key);
        return true;
    }
    return false;
}

enum pk_code
pk_kea_level_read(struct pk_kea_mapper *mapper, const struct pk_kea_value *map,
                  struct pk_kea_level *level)
{
    enum pk_code code = PK_OK;
    for (size_t i = 0; map->kind == PK_KEA_MAP && i < map->count && code == PK_OK; i++) {
        const struct pk_kea_member *member = &map->members[i];
        if (pk_kea_level_time(mapper, level, member->key, &member->value, &code)) {
            continue;
        }
        const struct pk_kea_parameter *parameter = pk_kea_parameter_find(member->key);
        if (parameter != NULL && parameter->inherited) {
            pk_kea_level_set(mapper, level, parameter, &member->value);
        } else if (strcmp(member->key, "reservation-mode") == 0) {
            pk_kea_level_mode(level, &member->value);
        }
    }
    return code;
}

/* -- pools and reservations ------------------------------------------------------------------- */

void
pk_kea_note_setting(struct pk_kea_mapper *mapper, enum pk_kea_place place, const char *key,
                    const struct pk_kea_value *value)
{
    const struct pk_kea_parameter *parameter = pk_kea_parameter_find(key);
    if (parameter != NULL && pk_kea_default_is_absent(parameter, place) &&
        pk_kea_is_text(value, parameter->default_value)) {
        return;
    }
    struct pk_kea_setting setting = pk_kea_setting_canonical(
        mapper->scratch, place, key, pk_kea_canonical(mapper->scratch, value));
    if (setting.value != NULL) {
        *pk_push(mapper->scratch, &mapper->settings) = setting;
    }
}

static int
compare_settings(const void *left, const void *right)
{
    return pk_kea_key_compare(((const struct pk_kea_setting *)left)->key,
                              ((const struct pk_kea_setting *)right)->key);
}

const char *
pk_kea_settings_object(struct pk_kea_mapper *mapper, struct pk_pool *pool)
{
    const size_t count = mapper->settings.count;
    if (count == 0) {
        return "";
    }
    struct pk_kea_setting *at = mapper->settings.at;
    struct pk_text out = {.pool = pool};
    qsort(at, count, sizeof at[0], compare_settings);
    for (size_t i = 0; i < count; i++) {
        if (i != 0 && compare_settings(&at[i - 1], &at[i]) == 0) {
            continue;
        }
        pk_text_add(&out, i == 0 ? "{" : ",");
        pk_kea_add_key(&out, at[i].key);
        pk_text_add(&out, ":");
        pk_text_add(&out, at[i].value);
    }
    pk_text_add(&out, "}");
    mapper->settings.count = 0;
    return pk_text_end(&out);
}

/* -- user-context ----------------------------------------------------------------------------- */

static bool
is_among(const char *key, const char *const *keys)
{
    while (*keys != NULL && strcmp(*keys, key) != 0) {
        keys++;
    }
    return *keys != NULL;
}

const char *
pk_kea_context(struct pk_pool *pool, const struct pk_kea_value *context, const char *const *without)
{
    PK_SCRATCH(scratch);
    if (context->kind != PK_KEA_MAP) {
        return context->kind == PK_KEA_NULL ? NULL : pk_kea_canonical(pool, context);
    }
    struct pk_kea_member *rest = pk_array(scratch, struct pk_kea_member, context->count);
    struct pk_kea_value left = {.kind = PK_KEA_MAP, .members = rest};
    for (size_t i = 0; i < context->count; i++) {
        if (!is_among(context->members[i].key, without)) {
            rest[left.count++] = context->members[i];
        }
    }
    const char *text = left.count != 0 ? pk_kea_canonical(pool, &left) : "{}";
    return pk_kea_setting_canonical(pool, PK_KEA_OF_SUBNET, "user-context", text).value;
}

const char *
pk_kea_plain_text(struct pk_pool *pool, const struct pk_kea_value *value)
{
    return value->kind == PK_KEA_STRING && strlen(value->text) == value->count
               ? pk_kea_canonical(pool, value)
               : NULL;
}
