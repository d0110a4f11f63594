/*
 * One row per rule.  The codes are an interface (CI of users greps for them): a row may be added,
 * its code never changed.
 */
#include "desired-state/rules.h"

#include <assert.h>

enum { ERROR = false, WARNING = true };

static const struct pk_rule_row rows[PK_RULE_COUNT] = {
    [PK_RULE_SYNTAX] = {"syntax", ERROR, "A file must be well-formed YAML."},
    [PK_RULE_NOT_UTF8] = {"not-utf8", ERROR,
                          "A file is UTF-8 without byte order mark and without control characters "
                          "other than tab and line break."},
    [PK_RULE_TOO_LARGE] = {"too-large", ERROR,
                           "A file, and all files together, stay below their size limits."},
    [PK_RULE_TOO_DEEP] = {"too-deep", ERROR, "Lists and mappings nest at most 16 levels."},
    [PK_RULE_TOO_MANY_FILES] = {"too-many-files", ERROR,
                                "The number of files of a revision is limited."},
    [PK_RULE_DIRECTIVE] = {"directive", ERROR, "No line of a file begins with a percent sign."},
    [PK_RULE_ANCHOR] = {"anchor", ERROR,
                        "Anchors, aliases and merge keys are not read; scope-defaults share values "
                        "between scopes."},
    [PK_RULE_TAG] = {"tag", ERROR, "Tags are not read; a value's type is its key's."},
    [PK_RULE_SECOND_DOCUMENT] = {"second-document", ERROR, "A file holds one document."},
    [PK_RULE_DUPLICATE_KEY] = {"duplicate-key", ERROR, "A mapping has each key once."},
    [PK_RULE_EMPTY_VALUE] = {"empty-value", ERROR,
                             "Nothing is left empty: null, \"\", [] and {} are written out."},
    [PK_RULE_NOT_A_FILE] = {"not-a-file", ERROR,
                            "A name that ends in .yaml or .yml is a regular file, never a symbolic "
                            "link or a submodule."},
    [PK_RULE_UNKNOWN_KEY] = {"unknown-key", ERROR, "Only documented keys are read."},
    [PK_RULE_MISSING_KEY] = {"missing-key", ERROR, "Required keys are written."},
    [PK_RULE_WRONG_TYPE] = {"wrong-type", ERROR,
                            "A value is a text, a list or a mapping as its key asks."},
    [PK_RULE_BAD_VALUE] = {"bad-value", ERROR, "A value has the form that its key asks for."},
    [PK_RULE_OUT_OF_RANGE] = {"out-of-range", ERROR, "A value lies within its key's limits."},
    [PK_RULE_HOST_BITS] = {"host-bits", ERROR,
                           "A prefix is written as its network address: host bits are zero."},
    [PK_RULE_KEA_KEY] = {"kea-key", ERROR,
                         "A kea mapping holds only keys that have no field here and that Git may "
                         "decide, each in one spelling."},
    [PK_RULE_KEA_REFUSED] = {"kea-refused", ERROR,
                             "An HA parameter has no value that Kea is known to refuse: its "
                             "config-test does not say so, and a refused config-set disturbs the "
                             "server."},
    [PK_RULE_OPTION_UNKNOWN] = {"option-unknown", ERROR,
                                "An option is a standard name, a code 1..254 or space.code."},
    [PK_RULE_OPTION_VALUE] = {"option-value", ERROR,
                              "An option's values are of the option's type."},
    [PK_RULE_OPTION_SERVER_SET] = {"option-set-by-server", ERROR,
                                   "Options that a server fills in itself are not configured."},
    [PK_RULE_SERVER_UNKNOWN] = {"server-unknown", ERROR,
                                "Servers are names from the agent's configuration."},
    [PK_RULE_SERVERS_DISTINCT] = {"servers-equal", ERROR,
                                  "The two servers of a relationship are different ones."},
    [PK_RULE_SOURCE_MEMBER] = {"source-not-member", ERROR,
                               "The source is one of the relationship's two servers."},
    [PK_RULE_SPLIT_MODE] = {"split-of-other-mode", WARNING,
                            "load-split belongs to load-balance, standby-reserve to hot-standby."},
    [PK_RULE_SPLIT_RANGES_MODE] = {"split-ranges-mode", ERROR,
                                   "split-ranges belongs to load-balance: in hot-standby one "
                                   "server serves everybody."},
    [PK_RULE_SPLIT_RANGES_SERVER] = {"split-ranges-server", ERROR,
                                     "Ranges are split between two servers of a kind that knows "
                                     "which of them serves a client: Kea."},
    [PK_RULE_RANGE_ORDER] = {"range-order", ERROR, "A range begins at its lower address."},
    [PK_RULE_RANGE_OUTSIDE] = {"range-outside-subnet", ERROR, "Ranges lie inside their subnet."},
    [PK_RULE_RANGE_OVERLAP] = {"range-overlap", ERROR, "The ranges of a scope are disjoint."},
    [PK_RULE_RANGE_NETWORK_ADDRESS] = {"range-network-address", WARNING,
                                       "Ranges leave out the subnet's network and broadcast "
                                       "address, which hosts refuse."},
    [PK_RULE_RANGE_ALL_RESERVED] = {"range-all-reserved", WARNING,
                                    "Reservations leave addresses for other clients."},
    [PK_RULE_SPLIT_RANGES_CLASS] = {"split-ranges-class", ERROR,
                                    "A range that split-ranges divides is not tied to a class "
                                    "already."},
    [PK_RULE_NO_RANGE] = {"scope-serves-nobody", WARNING, "A scope has a range or a reservation."},
    [PK_RULE_EXCLUSION_ALONE] = {"exclusion-without-ranges", ERROR,
                                 "Exclusions are stated together with the ranges they are taken "
                                 "from."},
    [PK_RULE_EXCLUSION_OUTSIDE] = {"exclusion-outside-ranges", ERROR,
                                   "Exclusions lie inside the ranges."},
    [PK_RULE_RESERVATION_IDENTIFIER] =
        {"reservation-identifier", ERROR,
         "A reservation names its client by exactly one identifier."},
    [PK_RULE_RESERVATION_OUTSIDE] = {"reservation-outside-subnet", ERROR,
                                     "A reserved address lies inside the subnet."},
    [PK_RULE_RESERVATION_TWICE] = {"reservation-twice", ERROR,
                                   "A scope reserves an address once, for a client once."},
    [PK_RULE_TIMERS] = {"timer-order", ERROR, "renew-time < rebind-time < lease-time."},
    [PK_RULE_PROTOCOL_SCOPE] = {"scope-not-portable", WARNING,
                                "A scope that follows the management protocol's rules (prefix "
                                "length 1..30, at least two addresses) fits every kind of server."},
    [PK_RULE_PROTOCOL_SCOPE_DEMANDED] =
        {"scope-refused", ERROR,
         "Where a server of the relationship demands it, the prefix "
         "length is 1..30 and the ranges span at least two "
         "addresses."},
    [PK_RULE_NOTHING_WANTED] = {"nothing-wanted", ERROR,
                                "A revision has at least one relationship: an empty one would read "
                                "as an order to forget everything."},
    [PK_RULE_RELATIONSHIP_UNKNOWN] = {"relationship-unknown", ERROR,
                                      "A scope's relationship is one of this revision."},
    [PK_RULE_RELATIONSHIP_TWICE] = {"relationship-twice", ERROR,
                                    "A relationship is written in one place."},
    [PK_RULE_SUBNET_TWICE] = {"subnet-twice", ERROR, "A relationship has a subnet once."},
    [PK_RULE_SUBNET_OVERLAP] = {"subnet-overlap", ERROR,
                                "Subnets that meet on one server do not overlap."},
    [PK_RULE_ID_TWICE] = {"id-twice", ERROR, "A subnet id is unique on a server."},
    [PK_RULE_SHARED_NETWORK_ONE] = {"shared-network-of-one", WARNING,
                                    "A shared network joins at least two subnets."},
};

const struct pk_rule_row *
pk_rule_row(enum pk_rule rule)
{
    assert((size_t)rule < PK_RULE_COUNT && rows[rule].code != NULL);
    return &rows[rule];
}
