/*
 * Only the list of all subnets tells where one stands, and it costs the server time with each of
 * them; asked for every scope, ten thousand scopes would cost a hundred million lines.  So it is
 * asked once a second, and what we make or remove in between is entered.  The content of a scope is
 * never taken from here: that is asked each time.
 */
#include "drivers/kea-listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { FRESH_MS = 1000 };

static int
compare_places(const void *a, const void *b)
{
    return pk_prefix_compare(((const struct pk_kea_listed *)a)->subnet,
                             ((const struct pk_kea_listed *)b)->subnet);
}

/* -- Asking ----------------------------------------------------------------------------------- */

static bool
read_place(struct pk_pool *pool, const struct pk_kea_value *item, struct pk_kea_listed *out)
{
    const char *spelled = pk_kea_text(item, "subnet");
    const char *network = pk_kea_text(item, "shared-network-name");
    if (spelled == NULL || !pk_parse_prefix(spelled, &out->subnet)) {
        return false;
    }
    out->subnet.address &= pk_prefix_mask(out->subnet);
    out->spelled = pk_strdup(pool, spelled);
    out->network = network != NULL ? pk_strdup(pool, network) : NULL;
    return true;
}

static void
fill(struct pk_kea_listing *listing, struct pk_kea_items items)
{
    pk_kea_listing_forget(listing);
    listing->pool = pk_pool_new(NULL);
    listing->capacity = items.count + 1;
    listing->at = pk_array(listing->pool, struct pk_kea_listed, listing->capacity);
    for (size_t i = 0; i < items.count; i++) {
        listing->count += read_place(listing->pool, &items.at[i], &listing->at[listing->count]);
    }
    qsort(listing->at, listing->count, sizeof *listing->at, compare_places);
}

static bool
is_fresh(const struct pk_kea_listing *listing)
{
    return listing->is_known && pk_mono_now().ms - listing->asked.ms < FRESH_MS;
}

enum pk_code
pk_kea_listing_ask(struct pk_kea_listing *listing, struct pk_kea_client *client, const char *server,
                   struct pk_error *err)
{
    PK_SCRATCH(scratch);
    static const char command[] = "subnet4-list";
    struct pk_kea_answer answer = {.result = PK_KEA_EMPTY};
    if (is_fresh(listing)) {
        return PK_OK;
    }
    struct pk_mono now = pk_mono_now();
    enum pk_code code = pk_kea_command(client, scratch, command, NULL, PK_KEA_READS, &answer, err);
    if (code == PK_OK && answer.result != PK_KEA_SUCCESS && answer.result != PK_KEA_EMPTY) {
        code = pk_error_set(err, PK_EREFUSED, server, "server %s refuses %s: %s", server, command,
                            answer.text);
    }
    if (code == PK_OK) {
        fill(listing, pk_kea_list(&answer.arguments, "subnets"));
        listing->asked = now;
        listing->is_known = true;
    }
    return code;
}

/* -- Looking and entering --------------------------------------------------------------------- */

/* Of the first place that is not before the subnet. */
static size_t
index_of(const struct pk_kea_listing *listing, struct pk_prefix subnet)
{
    size_t low = 0, high = listing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pk_prefix_compare(listing->at[middle].subnet, subnet) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool
is_at(const struct pk_kea_listing *listing, size_t index, struct pk_prefix subnet)
{
    return index < listing->count && pk_prefix_compare(listing->at[index].subnet, subnet) == 0;
}

const struct pk_kea_listed *
pk_kea_listing_find(const struct pk_kea_listing *listing, struct pk_prefix subnet)
{
    size_t index = index_of(listing, subnet);
    return is_at(listing, index, subnet) ? &listing->at[index] : NULL;
}

void
pk_kea_listing_add(struct pk_kea_listing *listing, struct pk_prefix subnet)
{
    size_t index = index_of(listing, subnet);
    if (!listing->is_known || is_at(listing, index, subnet)) {
        return;
    }
    (void)pk_push(listing->pool, listing);
    memmove(&listing->at[index + 1], &listing->at[index],
            (listing->count - 1 - index) * sizeof *listing->at);
    listing->at[index] =
        (struct pk_kea_listed){.subnet = subnet, .spelled = pk_prefix_text(listing->pool, subnet)};
}

void
pk_kea_listing_remove(struct pk_kea_listing *listing, struct pk_prefix subnet)
{
    size_t index = index_of(listing, subnet);
    if (is_at(listing, index, subnet)) {
        listing->count--;
        memmove(&listing->at[index], &listing->at[index + 1],
                (listing->count - index) * sizeof *listing->at);
    }
}

void
pk_kea_listing_doubt(struct pk_kea_listing *listing)
{
    listing->is_known = false;
}

void
pk_kea_listing_forget(struct pk_kea_listing *listing)
{
    pk_pool_free(listing->pool);
    *listing = (struct pk_kea_listing){.pool = NULL};
}
