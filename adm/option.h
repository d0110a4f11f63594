/**
 * @file
 * DHCPv4 options: the table of the standard ones, and values by their type.
 *
 * An option's name is its standard name (`routers`), else its code (`224`), else `space.code`.
 * Its canonical value is a JSON array of the values in order, each by its type: addresses and texts
 * as strings, numbers as integers, booleans as booleans, bytes as lower-case hexadecimal.  Options
 * of unknown type hold one hexadecimal string.  With a flag set the array is wrapped:
 * {"always-send": true, "value": […]}.
 */
#ifndef PK_ADM_OPTION_H
#define PK_ADM_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

enum pk_option_type {
    PK_OPTION_BYTES, /**< hexadecimal, also for options without a definition */
    PK_OPTION_EMPTY, /**< no value (rapid-commit) */
    PK_OPTION_BOOLEAN,
    PK_OPTION_UINT8,
    PK_OPTION_UINT16,
    PK_OPTION_UINT32,
    PK_OPTION_INT32,
    PK_OPTION_IPV4,
    PK_OPTION_IPV4_PAIR, /**< "ADDRESS ADDRESS": static routes, policy filters    */
    PK_OPTION_TEXT,
    PK_OPTION_FQDN,
    PK_OPTION_CLASSLESS_ROUTE, /**< "PREFIX ADDRESS" */
};

struct pk_option {
    const char *name;
    enum pk_option_type type;
    uint16_t code;   /**< 1..254                                                             */
    bool array;      /**< more than one value allowed                                        */
    bool server_set; /**< part of the exchange itself (lease time, message type, what the client
                          or relay sends): no configuration may state it                     */
};

/** Standard options sorted by code, and how many. */
extern const struct pk_option pk_standard_options[];
extern const size_t pk_standard_option_count;

/** By name (`routers`) or by code as text (`3`); NULL when it is no standard option. */
const struct pk_option *pk_option_find(const char *name);
const struct pk_option *pk_option_by_code(uint16_t code);

/**
 * The canonical name for what was written: `3` → `routers`, `224` → `224`, `dhcp4.6` →
 * `domain-name-servers`, `vendor-4491.1` stays.
 * @return NULL when @p written is no option name, code or space.code
 */
const char *pk_option_canonical_name(struct pk_pool *pool, const char *written);

/** Code and space of a canonical name; space is "dhcp4" unless the name says otherwise. */
bool pk_option_code(struct pk_pool *pool, const char *name, const char **space, uint16_t *code);

/**
 * One value of @p type from text as people write it to canonical JSON.
 * @return NULL with @p err filled (PK_EINVAL: "'10.0.0' is not an IPv4 address")
 */
const char *pk_option_value(struct pk_pool *pool, enum pk_option_type type, const char *text,
                            struct pk_error *err);

/**
 * All values of an option, each as people write it, to its canonical array.
 * @param option  NULL = no definition: one value of bytes
 * @return NULL with @p err filled: a value that is not of the type, none or too many of them
 */
const char *pk_option_values(struct pk_pool *pool, const struct pk_option *option,
                             const char *const *texts, size_t count, struct pk_error *err);

/** Canonical value from a canonical array and its flags; without flags the array itself. */
const char *
pk_option_wrap(struct pk_pool *pool, const char *values, bool always_send, bool never_send);

/** "IPv4 address", "number 0..255": for messages and documentation. */
const char *pk_option_type_name(enum pk_option_type type);

#endif
