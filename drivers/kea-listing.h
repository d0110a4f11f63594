/**
 * @file
 * Where each subnet of a Kea server stands: how it writes the prefix, and in which shared network.
 * For the files of this driver only.
 */
#ifndef PK_DRIVERS_KEA_LISTING_H
#define PK_DRIVERS_KEA_LISTING_H

#include "base/ipv4.h"
#include "drivers/kea-client.h"

struct pk_kea_listed {
    struct pk_prefix subnet; /**< without the host bits that the server may write */
    const char *spelled;
    const char *network; /**< NULL = none */
};

/** All zero: nothing is known. */
struct pk_kea_listing {
    struct pk_pool *pool;
    struct pk_kea_listed *at; /**< sorted by subnet */
    size_t count, capacity;
    struct pk_mono asked;
    bool is_known;
};

/** Sees to it that what is known is of the last second (subnet4-list). */
enum pk_code pk_kea_listing_ask(struct pk_kea_listing *listing, struct pk_kea_client *client,
                                const char *server, struct pk_error *err);

/** The place of @p subnet, or NULL: it is not there. */
const struct pk_kea_listed *
pk_kea_listing_find(const struct pk_kea_listing *listing, struct pk_prefix subnet);

/** We have just made it, in no network. */
void pk_kea_listing_add(struct pk_kea_listing *listing, struct pk_prefix subnet);

/** We have just removed it. */
void pk_kea_listing_remove(struct pk_kea_listing *listing, struct pk_prefix subnet);

/** What is known may be so no more: asked again before it is used. */
void pk_kea_listing_doubt(struct pk_kea_listing *listing);

/** Frees it; all zero again. */
void pk_kea_listing_forget(struct pk_kea_listing *listing);

#endif
