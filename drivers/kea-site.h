/**
 * @file
 * A connected Kea server as its readers and writers share it.  For the files of this driver only.
 */
#ifndef PK_DRIVERS_KEA_SITE_H
#define PK_DRIVERS_KEA_SITE_H

#include "drivers/kea-client.h"
#include "drivers/kea-config.h"
#include "drivers/kea-cover.h"
#include "drivers/kea-listing.h"

struct pk_kea_site {
    struct pk_kea_client *client;
    const char *name;                 /**< the server's, in the agent's configuration             */
    struct pk_kea_naming naming;      /**< what the agent calls the relationships it is in        */
    const struct pk_kea_value *dhcp4; /**< its configuration as last read whole: globals, shared
                                           networks and definitions that scopes rest on           */
    struct pk_kea_listing *listing;   /**< where its subnets stand; of the connection             */
    bool old_spelling; /**< Kea 2.2's names of parameters                           */
};

/** One subnet as the server holds it now. */
struct pk_kea_found {
    bool is_there;
    struct pk_row row;
    struct pk_kea_value subnet; /**< as subnet4-get answered it, reservations put in */
    const char *network;        /**< the shared network it stands in, or NULL        */
};

/**
 * Asks for single subnets (subnet_cmds, host_cmds): what each holds and which network it is in.
 * @param found  one for each of @p subnets, in @p pool
 */
enum pk_code pk_kea_find_scopes(const struct pk_kea_site *site, struct pk_pool *pool,
                                const struct pk_prefix *subnets, size_t count,
                                struct pk_kea_found *found, struct pk_error *err);

/**
 * Offers changes one by one to a server with subnet_cmds and host_cmds, as struct pk_driver's
 * write() promises.  A change that is refused half-way is taken back.
 */
enum pk_code
pk_kea_write_scopes(const struct pk_kea_site *site, const struct pk_change *changes, size_t count,
                    struct pk_change_result *results, struct pk_error *err);

/**
 * Offers changes as one whole configuration, to a server without such commands: what is ours is
 * exchanged in what it holds now, everything else stays as it is; tested first, and put back at
 * once when the server refuses it all the same.  The partners cover meanwhile.
 * @param covers  one for each HA relationship of the server
 * @return PK_EREFUSED: the batch as one
 */
enum pk_code
pk_kea_replace_scopes(const struct pk_kea_site *site, struct pk_kea_cover *covers,
                      size_t cover_count, const struct pk_change *changes, size_t count,
                      struct pk_change_result *results, struct pk_error *err);

/**
 * What the server has, once more: any configuration that is taken opens the sockets and starts the
 * timers of a server that a refused one has left without.  Errors as pk_kea_replace_scopes().
 */
enum pk_code pk_kea_replace_same(const struct pk_kea_site *site, struct pk_kea_cover *covers,
                                 size_t cover_count, struct pk_error *err);

/**
 * The HA parameters of one relationship as `relation` of a PK_PUT_RELATION has them; the same way.
 */
enum pk_code pk_kea_replace_settings(const struct pk_kea_site *site, struct pk_kea_cover *covers,
                                     size_t cover_count, const struct pk_change *change,
                                     struct pk_change_result *result, struct pk_error *err);

#endif
