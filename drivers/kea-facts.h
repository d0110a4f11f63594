/**
 * @file
 * Everything that checks look at of one Kea server, gathered once.
 *
 * Plain data, so that a check is a function of it and a test a literal.  What could not be found
 * out is absent, and a check says nothing about what is absent.
 */
#ifndef PK_DRIVERS_KEA_FACTS_H
#define PK_DRIVERS_KEA_FACTS_H

#include "drivers/driver.h"
#include "drivers/kea-json.h"
#include "drivers/kea-subnets.h"

struct pk_kea_version {
    unsigned major, minor, patch; /**< all 0 = unknown */
};

/** Reads `2.6.3`, also with something behind it (`2.7.9-git`); unknown when it is none. */
struct pk_kea_version pk_kea_version_parse(const char *text);
/** The same form. */
const char *pk_kea_version_text(struct pk_pool *pool, struct pk_kea_version version);
/** <0, 0, >0 */
int pk_kea_version_compare(struct pk_kea_version a, struct pk_kea_version b);
bool pk_kea_version_known(struct pk_kea_version version);

enum pk_kea_certainty { PK_KEA_CANNOT_TELL, PK_KEA_NO, PK_KEA_YES };

/** How the agent talks to the server; zero for a server that is a file. */
struct pk_kea_access {
    bool is_network;                   /**< there is a URL                                   */
    bool is_https, is_this_host;       /**< of the URL                                       */
    int64_t port;                      /**< of the URL                                       */
    bool has_credentials;              /**< the agent sends some                             */
    enum pk_kea_certainty answers_all; /**< it obeys without any credentials or certificate  */
};

struct pk_kea_facts {
    const char *server; /**< its name in the agent's configuration */
    struct pk_kea_version version;
    const struct pk_kea_value *dhcp4;    /**< what it runs with; never NULL                  */
    const struct pk_kea_value *commands; /**< list of names, or NULL                         */
    const struct pk_kea_value *status;   /**< arguments of status-get, or NULL               */
    struct pk_kea_access access;
    bool has_clock;
    int64_t clock_ahead_s; /**< the server's clock less ours */
    /** Scopes that differ from the file it would start with again, or PK_KEA_UNSAVED_UNKNOWN. */
    int64_t unsaved_scopes;

    /* Worked out of dhcp4 by pk_kea_facts_complete(). */
    struct pk_kea_subnets subnets;
    struct pk_kea_items relationships; /**< maps of the HA hook's parameter high-availability */
};

/** Fills what follows from dhcp4; lives in @p pool. */
void pk_kea_facts_complete(struct pk_pool *pool, struct pk_kea_facts *facts);

/** How a server at @p url is reached with that configuration; pure. */
struct pk_kea_access pk_kea_access_of(const struct pk_server_config *config);

/** The path of the hook library called `libdhcp_NAME`, or NULL when it is not loaded. */
const char *pk_kea_hook(const struct pk_kea_value *dhcp4, const char *name);

/** The host of `scheme://host:port/…`, without the brackets of IPv6, and its port (0 = none). */
const char *pk_kea_url_host(struct pk_pool *pool, const char *url, int64_t *port);

/** Does the name or address mean this machine, whoever says it? */
bool pk_kea_is_loopback(const char *host);

#endif
