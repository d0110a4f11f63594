/*
 * The lease time and its two bounds are one value to Kea: a subnet that states any of them inherits
 * none, and bounds that are not stated are the lease time.
 */
#include "drivers/kea-inherit.h"

#include <string.h>

/* Shown by config-get in every subnet and network. */
static const char *const copied_down[] = {
    "valid-lifetime", "min-valid-lifetime", "max-valid-lifetime",
    "renew-timer",    "rebind-timer",       "calculate-tee-times",
    "t1-percent",     "t2-percent",         "store-extended-info",
    "relay",          "cache-threshold",    "allocator",
};

bool
pk_kea_is_copied_down(const char *key)
{
    for (size_t i = 0; i < sizeof copied_down / sizeof copied_down[0]; i++) {
        if (strcmp(copied_down[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* -- What is above ---------------------------------------------------------------------------- */

static const struct pk_kea_value *
network_called(const struct pk_kea_value *dhcp4, const char *name)
{
    struct pk_kea_items networks = pk_kea_list(dhcp4, "shared-networks");
    for (size_t i = 0; name != NULL && i < networks.count; i++) {
        const char *called = pk_kea_text(&networks.at[i], "name");
        if (called != NULL && strcmp(called, name) == 0) {
            return &networks.at[i];
        }
    }
    return NULL;
}

enum pk_code
pk_kea_level_above(struct pk_pool *pool, const struct pk_kea_value *dhcp4, const char *network,
                   struct pk_kea_level *out, struct pk_error *err)
{
    struct pk_kea_mapper mapper = {.pool = pool, .scratch = pool, .server = "", .err = err};
    const struct pk_kea_value *shared = network_called(dhcp4, network);
    *out = pk_kea_level_default;
    enum pk_code code = pk_kea_level_read(&mapper, dhcp4, out);
    return code == PK_OK && shared != NULL ? pk_kea_level_read(&mapper, shared, out) : code;
}

/* -- What is to be said ----------------------------------------------------------------------- */

enum bound { LEAST, MOST, BOUNDS };
static const char *const bounds[BOUNDS] = {"min-valid-lifetime", "max-valid-lifetime"};

static bool
same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
say(struct pk_pool *pool, struct pk_kea_said *out, const char *key, const char *value)
{
    *pk_push(pool, &out->list) = (struct pk_kea_setting){key, value};
}

static const char *
bound_of(const struct pk_kea_level *level, enum bound bound)
{
    const char *value = level->kea[pk_kea_parameter_find(bounds[bound]) - pk_kea_parameters];
    return value != NULL ? value : level->times[PK_KEA_LEASE];
}

static void
say_lease_time(struct pk_pool *pool, const struct pk_kea_level *wanted,
               const struct pk_kea_level *above, bool copied, struct pk_kea_said *out)
{
    const char *lease = wanted->times[PK_KEA_LEASE];
    bool inherited = same(lease, above->times[PK_KEA_LEASE]);
    for (enum bound bound = LEAST; bound < BOUNDS; bound++) {
        inherited = inherited && same(bound_of(wanted, bound), bound_of(above, bound));
    }
    if (lease == NULL || (inherited && !copied)) {
        return;
    }
    say(pool, out, "valid-lifetime", lease);
    for (enum bound bound = LEAST; bound < BOUNDS; bound++) {
        say(pool, out, bounds[bound], bound_of(wanted, bound));
    }
}

static void
say_timer(struct pk_pool *pool, const char *key, const char *wanted, const char *above, bool copied,
          struct pk_kea_said *out)
{
    if (wanted != NULL && (copied || !same(wanted, above))) {
        say(pool, out, key, wanted);
    } else if (wanted == NULL && above != NULL) {
        out->unsayable = key;
    }
}

static void
say_parameter(struct pk_pool *pool, const struct pk_kea_parameter *parameter, const char *wanted,
              const char *above, bool copied, struct pk_kea_said *out)
{
    bool keep = copied && pk_kea_is_copied_down(parameter->key);
    if (wanted != NULL && (keep || !same(wanted, above))) {
        say(pool, out, parameter->key, wanted);
    } else if (wanted == NULL && above != NULL) {
        bool empty_inherits = parameter->form == PK_KEA_EMPTY_IS_UNSET &&
                              strcmp(parameter->default_value, "\"\"") == 0;
        if (parameter->default_value == NULL || empty_inherits) {
            out->unsayable = parameter->key;
        } else {
            say(pool, out, parameter->key, parameter->default_value);
        }
    }
}

static bool
is_bound(const char *key)
{
    return strcmp(key, bounds[LEAST]) == 0 || strcmp(key, bounds[MOST]) == 0;
}

void
pk_kea_say(struct pk_pool *pool, const struct pk_kea_level *wanted,
           const struct pk_kea_level *above, bool copied, struct pk_kea_said *out)
{
    *out = (struct pk_kea_said){.unsayable = NULL};
    say_lease_time(pool, wanted, above, copied, out);
    say_timer(pool, "renew-timer", wanted->times[PK_KEA_RENEW], above->times[PK_KEA_RENEW], copied,
              out);
    say_timer(pool, "rebind-timer", wanted->times[PK_KEA_REBIND], above->times[PK_KEA_REBIND],
              copied, out);
    for (size_t i = 0; i < PK_KEA_PARAMETER_COUNT; i++) {
        const struct pk_kea_parameter *parameter = &pk_kea_parameters[i];
        if (parameter->newest == NULL && !is_bound(parameter->key)) {
            say_parameter(pool, parameter, wanted->kea[i],
                          parameter->inherited ? above->kea[i] : NULL, copied, out);
        }
    }
}
