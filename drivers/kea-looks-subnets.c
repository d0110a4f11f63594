/*
 * Subnets, pools and reservations of one server.  Subnets are sorted by prefix, so one that
 * overlaps others comes right before them and one walk finds all.
 */
#include <stdlib.h>
#include <string.h>

#include "drivers/kea-looks.h"

void
pk_kea_look_overlap(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    const struct pk_kea_subnet *outer = NULL;
    for (size_t i = 0; i < facts->subnets.count; i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        if (outer != NULL && pk_prefixes_overlap(outer->prefix, subnet->prefix)) {
            pk_kea_tell(report, subnet->text, "overlaps %s", outer->text);
        } else {
            outer = subnet;
        }
    }
}

void
pk_kea_look_host_bits(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->subnets.count; i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        if (subnet->has_host_bits) {
            pk_kea_tell(report, subnet->text, "the network is %s",
                        pk_prefix_text(report->pool, subnet->prefix));
        }
    }
}

void
pk_kea_look_no_id(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    struct pk_kea_tally without = {0};
    for (size_t i = 0; i < facts->subnets.count; i++) {
        if (facts->subnets.at[i].id == 0) {
            pk_kea_tally_add(report->pool, &without, facts->subnets.at[i].text);
        }
    }
    if (without.count > 0) {
        pk_kea_tell(report, NULL, "subnets without an id: %s",
                    pk_kea_tally_text(report->pool, &without));
    }
}

void
pk_kea_look_small_network(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    struct pk_kea_items networks = pk_kea_list(facts->dhcp4, "shared-networks");
    for (size_t i = 0; i < networks.count; i++) {
        const char *name = pk_kea_text(&networks.at[i], "name");
        size_t members = pk_kea_list(&networks.at[i], "subnet4").count;
        if (members <= 1) {
            pk_kea_tell(report, NULL, "shared network %s: subnets: %zu", name != NULL ? name : "",
                        members);
        }
    }
}

/* -- Reservations -- */

/* Reservations may come from a database that the configuration does not show. */
static bool
has_host_database(const struct pk_kea_value *dhcp4)
{
    return pk_kea_get(dhcp4, "hosts-database") != NULL ||
           pk_kea_list(dhcp4, "hosts-databases").count > 0;
}

void
pk_kea_look_idle_subnet(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->subnets.count && !has_host_database(facts->dhcp4); i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        if (pk_kea_list(subnet->json, "pools").count == 0 &&
            pk_kea_list(subnet->json, "reservations").count == 0) {
            pk_kea_tell(report, subnet->text, "has no pools and no reservations");
        }
    }
}

static bool
reserved_address(const struct pk_kea_value *reservation, uint32_t *address)
{
    const char *text = pk_kea_text(reservation, "ip-address");
    return text != NULL && pk_parse_ipv4(text, address);
}

static bool
is_in_a_pool(const struct pk_kea_subnet *subnet, uint32_t address)
{
    for (size_t i = 0; i < subnet->pool_count; i++) {
        if (address >= subnet->pools[i].range.first && address <= subnet->pools[i].range.last) {
            return true;
        }
    }
    return false;
}

void
pk_kea_look_reservation_outside(const struct pk_kea_report *report,
                                const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->subnets.count; i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        struct pk_kea_items list = pk_kea_list(subnet->json, "reservations");
        for (size_t j = 0; j < list.count; j++) {
            uint32_t address;
            if (reserved_address(&list.at[j], &address) &&
                !pk_prefix_contains(subnet->prefix, address)) {
                pk_kea_tell(report, subnet->text, "a reservation has the address %s",
                            pk_kea_text(&list.at[j], "ip-address"));
            }
        }
    }
}

static bool
takes_reservations_from_outside(const struct pk_kea_facts *facts,
                                const struct pk_kea_subnet *subnet)
{
    const struct pk_kea_value *value =
        pk_kea_subnet_inherits(subnet, facts->dhcp4, "reservations-out-of-pool");
    return value != NULL && value->kind == PK_KEA_TRUE;
}

static bool
has_only_outside(const struct pk_kea_subnet *subnet)
{
    struct pk_kea_items list = pk_kea_list(subnet->json, "reservations");
    size_t outside = 0;
    for (size_t i = 0; i < list.count; i++) {
        uint32_t address;
        if (reserved_address(&list.at[i], &address)) {
            if (is_in_a_pool(subnet, address)) {
                return false;
            }
            outside++;
        }
    }
    return outside > 0;
}

void
pk_kea_look_all_out_of_pool(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    struct pk_kea_tally found = {0};
    for (size_t i = 0; i < facts->subnets.count; i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        if (subnet->pool_count > 0 && has_only_outside(subnet) &&
            !takes_reservations_from_outside(facts, subnet)) {
            pk_kea_tally_add(report->pool, &found, subnet->text);
        }
    }
    if (found.count > 0) {
        pk_kea_tell(report, NULL, "subnets: %s", pk_kea_tally_text(report->pool, &found));
    }
}

static int
compare_addresses(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

/* Sorted; an address counts once. */
static size_t
count_in_range(const uint32_t *addresses, size_t count, struct pk_range range)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && addresses[i] == addresses[i - 1];
        found += !again && addresses[i] >= range.first && addresses[i] <= range.last;
    }
    return found;
}

static void
tell_exhausted_pools(const struct pk_kea_report *report, const struct pk_kea_subnet *subnet)
{
    PK_SCRATCH(scratch);
    struct pk_kea_items list = pk_kea_list(subnet->json, "reservations");
    uint32_t *addresses = pk_array(scratch, uint32_t, list.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        count += reserved_address(&list.at[i], &addresses[count]);
    }
    qsort(addresses, count, sizeof *addresses, compare_addresses);
    for (size_t i = 0; i < subnet->pool_count; i++) {
        struct pk_range range = subnet->pools[i].range;
        size_t size = (size_t)range.last - range.first + 1;
        if (size <= count && count_in_range(addresses, count, range) == size) {
            char text[PK_RANGE_TEXT_BYTES];
            pk_kea_tell(report, subnet->text, "pool %s: all %zu addresses are reserved",
                        pk_format_range(text, range), size);
        }
    }
}

void
pk_kea_look_exhausted_pool(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    for (size_t i = 0; i < facts->subnets.count; i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        if (subnet->pool_count > 0 && !takes_reservations_from_outside(facts, subnet)) {
            tell_exhausted_pools(report, subnet);
        }
    }
}

/* -- Option 43 -- */

enum { VENDOR_OPTIONS = 43 };

static bool
is_vendor_option(const struct pk_kea_value *option)
{
    const char *space = pk_kea_text(option, "space"), *name = pk_kea_text(option, "name");
    bool of_dhcp4 = space == NULL || strcmp(space, "dhcp4") == 0;
    bool is_43 = pk_kea_number(option, "code", 0) == VENDOR_OPTIONS ||
                 (name != NULL && strcmp(name, "vendor-encapsulated-options") == 0);
    return of_dhcp4 && is_43;
}

/* Its own bytes, and not sub-options that Kea would put together again. */
static bool
holds_vendor_bytes(const struct pk_kea_value *holder)
{
    struct pk_kea_items options = pk_kea_list(holder, "option-data");
    bool has_43 = false, has_sub_options = false;
    for (size_t i = 0; i < options.count; i++) {
        const char *space = pk_kea_text(&options.at[i], "space");
        has_43 = has_43 || (is_vendor_option(&options.at[i]) &&
                            !pk_kea_truth(&options.at[i], "csv-format", false));
        has_sub_options =
            has_sub_options ||
            (space != NULL && strcmp(space, "vendor-encapsulated-options-space") == 0);
    }
    return has_43 && !has_sub_options;
}

static bool
any_holds_vendor_bytes(struct pk_kea_items holders)
{
    for (size_t i = 0; i < holders.count; i++) {
        if (holds_vendor_bytes(&holders.at[i])) {
            return true;
        }
    }
    return false;
}

void
pk_kea_look_option_43(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (holds_vendor_bytes(facts->dhcp4)) {
        pk_kea_tell(report, NULL, "among the options of the server");
    }
    if (any_holds_vendor_bytes(pk_kea_list(facts->dhcp4, "client-classes"))) {
        pk_kea_tell(report, NULL, "among the options of a client class");
    }
    if (any_holds_vendor_bytes(pk_kea_list(facts->dhcp4, "shared-networks"))) {
        pk_kea_tell(report, NULL, "among the options of a shared network");
    }
    for (size_t i = 0; i < facts->subnets.count; i++) {
        const struct pk_kea_subnet *subnet = &facts->subnets.at[i];
        if (holds_vendor_bytes(subnet->json) ||
            any_holds_vendor_bytes(pk_kea_list(subnet->json, "pools")) ||
            any_holds_vendor_bytes(pk_kea_list(subnet->json, "reservations"))) {
            pk_kea_tell(report, subnet->text, "among its options");
        }
    }
}
