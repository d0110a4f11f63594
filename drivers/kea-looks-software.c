/* Software, hooks and what survives a restart. */
#include <string.h>

#include "drivers/kea-looks.h"
#include "drivers/kea-versions.h"

void
pk_kea_look_vulnerable(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (!pk_kea_version_known(facts->version)) {
        return;
    }
    for (size_t i = 0; i < pk_kea_weakness_count; i++) {
        const struct pk_kea_weakness *weakness = &pk_kea_weaknesses[i];
        if (pk_kea_version_compare(facts->version, weakness->first) >= 0 &&
            pk_kea_version_compare(facts->version, weakness->end) < 0) {
            pk_kea_tell(report, NULL, "Kea %s has %s: %s; mended in %s",
                        pk_kea_version_text(report->pool, facts->version), weakness->names,
                        weakness->what, pk_kea_version_text(report->pool, weakness->fixed));
        }
    }
}

static bool
is_development(struct pk_kea_version version)
{
    return version.minor % 2 != 0;
}

void
pk_kea_look_end_of_life(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (pk_kea_version_known(facts->version) &&
        pk_kea_version_compare(facts->version, pk_kea_oldest_supported) < 0) {
        pk_kea_tell(report, NULL, "Kea %s; the oldest supported series is %u.%u",
                    pk_kea_version_text(report->pool, facts->version),
                    pk_kea_oldest_supported.major, pk_kea_oldest_supported.minor);
    }
}

void
pk_kea_look_development(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (pk_kea_version_known(facts->version) && is_development(facts->version)) {
        pk_kea_tell(report, NULL, "Kea %s is a development version",
                    pk_kea_version_text(report->pool, facts->version));
    }
}

/* -- Hooks: what the server can do, asked where it can be, else by the libraries it loads -- */

static bool
has_command(const struct pk_kea_facts *facts, const char *command, const char *hook)
{
    if (facts->commands == NULL) {
        return pk_kea_hook(facts->dhcp4, hook) != NULL;
    }
    for (size_t i = 0; i < facts->commands->count; i++) {
        const struct pk_kea_value *one = &facts->commands->items[i];
        if (one->kind == PK_KEA_STRING && strcmp(one->text, command) == 0) {
            return true;
        }
    }
    return false;
}

bool
pk_kea_takes_single_scopes(const struct pk_kea_facts *facts)
{
    return has_command(facts, "subnet4-add", "subnet_cmds") &&
           has_command(facts, "reservation-add", "host_cmds");
}

void
pk_kea_look_lease_cmds(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (facts->relationships.count > 0 && !has_command(facts, "lease4-update", "lease_cmds")) {
        pk_kea_tell(report, NULL, "the HA hook is loaded and lease_cmds is not");
    }
}

void
pk_kea_look_write_cmds(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    bool subnets = has_command(facts, "subnet4-add", "subnet_cmds");
    bool hosts = has_command(facts, "reservation-add", "host_cmds");
    if (pk_kea_version_is_from(facts->version, 3, 0) && (!subnets || !hosts)) {
        pk_kea_tell(report, NULL, "Kea %s without %s",
                    pk_kea_version_text(report->pool, facts->version),
                    subnets ? "host_cmds"
                    : hosts ? "subnet_cmds"
                            : "subnet_cmds and host_cmds");
    }
}

void
pk_kea_look_stat_cmds(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (!has_command(facts, "stat-lease4-get", "stat_cmds")) {
        pk_kea_tell(report, NULL, "stat_cmds is not loaded");
    }
}

void
pk_kea_look_backend(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    const struct pk_kea_value *control = pk_kea_get(facts->dhcp4, "config-control");
    if (pk_kea_list(control, "config-databases").count > 0 &&
        has_command(facts, "subnet4-add", "subnet_cmds")) {
        pk_kea_tell(report, NULL, "config-control has a database and subnet_cmds is loaded");
    }
}

/* -- What is kept -- */

void
pk_kea_look_unsaved(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    if (facts->unsaved_scopes > 0) {
        pk_kea_tell(report, NULL, "scopes that differ from the server's file: %lld",
                    (long long)facts->unsaved_scopes);
    }
}

void
pk_kea_look_leases_kept(const struct pk_kea_report *report, const struct pk_kea_facts *facts)
{
    const struct pk_kea_value *leases = pk_kea_get(facts->dhcp4, "lease-database");
    const char *type = pk_kea_text(leases, "type");
    if (type != NULL && strcmp(type, "memfile") == 0 && !pk_kea_truth(leases, "persist", true)) {
        pk_kea_tell(report, NULL, "lease-database is a memfile with persist false");
    }
}
