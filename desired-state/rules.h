/**
 * @file
 * The rules of the YAML: stable codes, severities, one sentence each.  docs/rules.md shows them.
 */
#ifndef PK_DESIRED_STATE_RULES_H
#define PK_DESIRED_STATE_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum pk_rule {
    /* reading */
    PK_RULE_SYNTAX,
    PK_RULE_NOT_UTF8,
    PK_RULE_TOO_LARGE,
    PK_RULE_TOO_DEEP,
    PK_RULE_TOO_MANY_FILES,
    PK_RULE_DIRECTIVE,
    PK_RULE_ANCHOR, /**< anchor, alias, merge key */
    PK_RULE_TAG,
    PK_RULE_SECOND_DOCUMENT,
    PK_RULE_DUPLICATE_KEY,
    PK_RULE_EMPTY_VALUE,
    PK_RULE_NOT_A_FILE, /**< symlink, submodule */
    /* decoding */
    PK_RULE_UNKNOWN_KEY,
    PK_RULE_MISSING_KEY,
    PK_RULE_WRONG_TYPE,
    PK_RULE_BAD_VALUE,
    PK_RULE_OUT_OF_RANGE,
    PK_RULE_HOST_BITS,
    PK_RULE_KEA_KEY,
    PK_RULE_KEA_REFUSED,
    PK_RULE_OPTION_UNKNOWN,
    PK_RULE_OPTION_VALUE,
    PK_RULE_OPTION_SERVER_SET,
    /* one relationship */
    PK_RULE_SERVER_UNKNOWN,
    PK_RULE_SERVERS_DISTINCT,
    PK_RULE_SOURCE_MEMBER,
    PK_RULE_SPLIT_MODE,          /**< load-split / standby-reserve in the other mode (warning) */
    PK_RULE_SPLIT_RANGES_MODE,   /**< split-ranges in mode hot-standby                     */
    PK_RULE_SPLIT_RANGES_SERVER, /**< split-ranges with a server that has no class of peers */
    /* one scope */
    PK_RULE_RANGE_ORDER,
    PK_RULE_RANGE_OUTSIDE,
    PK_RULE_RANGE_OVERLAP,
    PK_RULE_RANGE_NETWORK_ADDRESS, /**< network or broadcast address is served (warning)  */
    PK_RULE_RANGE_ALL_RESERVED,    /**< reservations exhaust the ranges (warning)         */
    PK_RULE_SPLIT_RANGES_CLASS,    /**< split-ranges, and a range that is tied to a class */
    PK_RULE_NO_RANGE,              /**< a scope that serves nobody (warning)              */
    PK_RULE_EXCLUSION_ALONE,
    PK_RULE_EXCLUSION_OUTSIDE,
    PK_RULE_RESERVATION_IDENTIFIER,
    PK_RULE_RESERVATION_OUTSIDE,
    PK_RULE_RESERVATION_TWICE,
    PK_RULE_TIMERS,
    PK_RULE_PROTOCOL_SCOPE,          /**< ValidateDhcpScope, no server of the pair demands it
                                          (warning) */
    PK_RULE_PROTOCOL_SCOPE_DEMANDED, /**< the same where one does (error) */
    /* the whole revision */
    PK_RULE_NOTHING_WANTED,
    PK_RULE_RELATIONSHIP_UNKNOWN,
    PK_RULE_RELATIONSHIP_TWICE,
    PK_RULE_SUBNET_TWICE,
    PK_RULE_SUBNET_OVERLAP,
    PK_RULE_ID_TWICE,
    PK_RULE_SHARED_NETWORK_ONE, /**< a shared network of one subnet (warning) */
    PK_RULE_COUNT
};

struct pk_rule_row {
    const char *code; /**< `range-outside-subnet` */
    bool warning;
    const char *document; /**< one sentence: what is asked for */
};

/** Never NULL for a rule of the enum. */
const struct pk_rule_row *pk_rule_row(enum pk_rule rule);

#endif
