/*
 * Every check once: what it looks for and what to do are columns, so findings, docs/doctor.md and
 * the tests read the same row.  Worst things first, then as an operator would go about them.
 */
#include "drivers/kea-checks.h"

#include <stdarg.h>

#include "drivers/kea-looks.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define PROBLEM PK_FINDING_PROBLEM
#define WARNING PK_FINDING_WARNING
#define NOTE    PK_FINDING_NOTE

const struct pk_kea_check pk_kea_checks[] = {
    /* High availability as it is at this moment */
    {{"ha-terminated", PROBLEM,
      "The relationship has ended itself: the partners exchange no leases and neither takes over.",
      "pairkeeper diff shows what differs; with writes on, apply makes it equal and has both begin "
      "anew (by hand: make the scopes equal, then send ha-reset to both)"},
     pk_kea_look_terminated},
    {{"ha-heartbeat-stopped", PROBLEM,
      "The server calls its state normal but has not heard of its partner for several heartbeats: "
      "the partner is out of reach, or, in Kea 2.2, a refused config-set has stopped the "
      "heartbeats. Then the server does not take over.",
      "see that the partner answers; once one of the two serves for both, `apply` gives the other "
      "its configuration again; to be quicker, restart the one that no client hears"},
     pk_kea_look_heartbeat_stopped},
    {{"ha-not-normal", WARNING,
      "The relationship is in another state than its mode: pairkeeper waits before it writes.",
      "look at the partner and at the server's log; a state like waiting passes by itself"},
     pk_kea_look_not_normal},
    {{"sockets-not-open", PROBLEM, "The server could not open its sockets: clients are not heard.",
      "look at the server's log for what refused it, and at interfaces-config"},
     pk_kea_look_sockets},
    /* Software */
    {{"vulnerable-version", PROBLEM,
      "A weakness of this Kea version is public, and a later version has it mended.",
      "upgrade to the version named; a distribution may have mended its older package: see its "
      "security tracker"},
     pk_kea_look_vulnerable},
    {{"end-of-life-version", WARNING,
      "ISC no longer mends this series of Kea, not even what is dangerous.",
      "plan the upgrade to a supported series, both partners soon after each other"},
     pk_kea_look_end_of_life},
    {{"development-version", NOTE,
      "A series with an odd second number is a development version of Kea.",
      "use a stable series (even second number) in production"},
     pk_kea_look_development},
    {{"lease-commands-missing", PROBLEM,
      "High availability sends leases by the commands of the hook lease_cmds, which is not loaded.",
      "load libdhcp_lease_cmds.so on both servers"},
     pk_kea_look_lease_cmds},
    {{"write-commands-missing", WARNING,
      "Without the hooks subnet_cmds and host_cmds each change is a config-set, which takes the "
      "server out of service for a heartbeat.",
      "load libdhcp_subnet_cmds.so and libdhcp_host_cmds.so: they come with Kea 3.0"},
     pk_kea_look_write_cmds},
    {{"statistics-missing", NOTE,
      "Without the hook stat_cmds nobody can tell how many leases a scope has before it goes.",
      "load libdhcp_stat_cmds.so"},
     pk_kea_look_stat_cmds},
    {{"backend-and-subnet-commands", PROBLEM,
      "The hook subnet_cmds and a configuration backend change the same subnets without each "
      "other's knowledge.",
      "keep one of them: pairkeeper needs the hook, not the backend"},
     pk_kea_look_backend},
    {{"not-on-disk", WARNING,
      "Scopes of the running server differ from its file: a restart would undo them.",
      "send config-write, or correct the file before somebody restarts the server"},
     pk_kea_look_unsaved},
    {{"leases-not-kept", PROBLEM, "Leases are held in memory only: a restart forgets them.",
      "set persist to true in lease-database"},
     pk_kea_look_leases_kept},
    /* Access */
    {{"credentials-in-clear", PROBLEM,
      "The password for the server goes over the network unencrypted.",
      "give the control socket a certificate and use an https:// URL"},
     pk_kea_look_clear_credentials},
    {{"plain-http", WARNING,
      "Commands and configurations, with every password in them, go over the network unencrypted.",
      "give the control socket a certificate and use an https:// URL"},
     pk_kea_look_plain_http},
    {{"no-authentication", WARNING,
      "Whoever reaches the control socket can change or stop the server.",
      "configure authentication (basic, over https) or client certificates on the control socket"},
     pk_kea_look_open_control},
    {{"ha-listener-open", WARNING,
      "The HA listener obeys every command without asking who sends it.",
      "set restrict-commands to true (the default since 3.0) or trust-anchor with certificates, "
      "and let only the partner reach the port"},
     pk_kea_look_open_listener},
    {{"clock-far-off", PROBLEM,
      "The server's clock is more than 60 s off ours: partners that far apart end their "
      "relationship.",
      "run a time service on both hosts"},
     pk_kea_look_clock_far},
    {{"clock-off", WARNING, "The server's clock is more than 30 s off ours.",
      "run a time service on both hosts"},
     pk_kea_look_clock},
    /* High availability as it is configured */
    {{"no-relationship", WARNING,
      "The server is in no HA relationship: it exchanges no leases with anybody.",
      "load libdhcp_ha.so with a relationship, or leave the server out of Git's relationships"},
     pk_kea_look_no_relationship},
    {{"ha-primary-count", PROBLEM,
      "A hot-standby or load-balancing relationship has exactly one primary.",
      "correct the role of the peers, equally on both servers"},
     pk_kea_look_primary},
    {{"ha-url-not-literal", PROBLEM,
      "A peer's URL names a host: Kea takes an address only, and looks up no name.",
      "write the peer's IP address into its url"},
     pk_kea_look_url_name},
    {{"ha-rejects-ignored", WARNING,
      "With max-rejected-lease-updates 0 conflicts never end the relationship: clients stay "
      "without an answer and nothing says so.",
      "remove the parameter (default 10)"},
     pk_kea_look_rejects},
    {{"ha-response-delay", WARNING,
      "max-response-delay should be a multiple of heartbeat-delay and larger than it: else one "
      "late heartbeat counts as a lost partner, or the loss is noticed at odd times.",
      "choose max-response-delay as a multiple of heartbeat-delay, by default 6 times"},
     pk_kea_look_response_delay},
    {{"ha-ack-delay", WARNING,
      "max-ack-delay above max-response-delay: clients that wait are counted too late to matter.",
      "choose max-ack-delay not above max-response-delay (defaults 10000 and 60000)"},
     pk_kea_look_ack_delay},
    {{"ha-heartbeat-slow", WARNING,
      "A heartbeat of more than 30 s: the loss of the partner shows late, and each config-set "
      "takes "
      "the server out for as long.",
      "choose heartbeat-delay 10000 or less"},
     pk_kea_look_slow_heartbeat},
    {{"ha-backlog-small", NOTE,
      "Load balancing without subnet_cmds and host_cmds: a heartbeat that fails during a "
      "config-set makes the partner keep its lease updates; when they exceed "
      "delayed-updates-limit, nobody answers for two heartbeats.",
      "choose delayed-updates-limit above the lease updates of two heartbeats, such as 10000"},
     pk_kea_look_backlog},
    {{"ha-single-threaded", NOTE,
      "The server uses several threads and its HA hook does not: lease updates become the limit.",
      "set multi-threading of the relationship: enable-multi-threading and "
      "http-dedicated-listener true, on both servers"},
     pk_kea_look_threads},
    {{"ha-no-listener", WARNING,
      "HA has threads but no listener of its own: all lease updates go through the control agent.",
      "set http-dedicated-listener to true on both servers"},
     pk_kea_look_no_listener},
    {{"ha-shared-port", PROBLEM,
      "The HA listener and the control socket are on one port: one of them cannot listen there.",
      "give the peer's url a port of its own, equally on both servers"},
     pk_kea_look_shared_port},
    {{"ha-server-name-missing", PROBLEM,
      "With several relationships each subnet has to say which one it belongs to; one that does "
      "not is served by none of them.",
      "set ha-server-name in the subnet's or its shared network's user-context"},
     pk_kea_look_untied},
    /* Subnets */
    {{"subnet-id-missing", PROBLEM,
      "Subnets without an id are numbered by their order: one that goes renumbers the rest, and "
      "leases lose their subnet. Kea 3.0 refuses them.",
      "write the ids that the server uses now into the file, equal on both partners"},
     pk_kea_look_no_id},
    {{"overlapping-subnets", PROBLEM,
      "Two subnets hold the same addresses: a client may get one from either.",
      "remove or shrink one of them"},
     pk_kea_look_overlap},
    {{"host-bits-set", WARNING,
      "A prefix has bits behind its length; Kea takes it for another subnet than the same network "
      "written properly.",
      "write the network address"},
     pk_kea_look_host_bits},
    {{"reservation-outside", PROBLEM,
      "A reserved address is not in its subnet: Kea refuses the configuration.",
      "correct the address or move the reservation"},
     pk_kea_look_reservation_outside},
    {{"pool-exhausted", WARNING,
      "Every address of a pool is reserved: other clients get none of it.",
      "enlarge the pool, or take it out and set reservations-out-of-pool"},
     pk_kea_look_exhausted_pool},
    {{"option-43-hex", WARNING,
      "Option 43 is given in hexadecimal: Kea shows and writes it empty, so a config-write loses "
      "it. pairkeeper refuses to touch such a scope.",
      "define the sub-options in the space vendor-encapsulated-options-space instead"},
     pk_kea_look_option_43},
    {{"small-shared-network", NOTE, "A shared network of one subnet or none only costs time.",
      "remove the shared network, its subnet can stand alone"},
     pk_kea_look_small_network},
    {{"idle-subnet", NOTE, "A subnet without pools and reservations serves nobody.",
      "remove it unless its reservations come from a database"},
     pk_kea_look_idle_subnet},
    {{"reservations-all-out-of-pool", NOTE,
      "All reserved addresses are outside the pools, and the server looks each address up anyway.",
      "set reservations-out-of-pool to true for these subnets"},
     pk_kea_look_all_out_of_pool},
};
const size_t pk_kea_check_count = COUNT_OF(pk_kea_checks);

const struct pk_kea_pair_check pk_kea_pair_checks[] = {
    {{"subnet-id-mismatch", PROBLEM,
      "The partners use different ids for one prefix: lease updates conflict, and after about ten "
      "such clients the whole relationship ends.",
      "give the subnet the same id on both: set id in Git, or let pairkeeper replicate the scope"},
     pk_kea_look_ids},
    {{"subnet-id-elsewhere", PROBLEM,
      "One id stands for different prefixes on the partners: lease updates conflict.",
      "give one of the two subnets a free id, the same on both servers"},
     pk_kea_look_id_elsewhere},
    {{"not-partners", PROBLEM,
      "Git has the two servers as a pair, and their configurations do not name each other.",
      "correct the peers of the HA hook, or the servers of the relationship in Git"},
     pk_kea_look_not_partners},
    {{"ha-same-name", PROBLEM,
      "Both servers say this-server-name of the same peer: each takes itself for that one.",
      "correct this-server-name; a whole configuration was probably copied"},
     pk_kea_look_same_name},
    {{"ha-peers-differ", PROBLEM,
      "Names, roles or URLs of the peers are not the same in both configurations.",
      "make the lists of peers equal: only this-server-name may differ"},
     pk_kea_look_peers},
    {{"ha-settings-differ", WARNING,
      "Mode or timers of the relationship differ: the partners judge each other differently.",
      "make the settings equal, or state them in Git with settings: enforce"},
     pk_kea_look_ha_settings},
    {{"versions-incompatible", PROBLEM,
      "Since Kea 2.7 partners speak another dialect than before: they do not understand each "
      "other.",
      "upgrade the older one"},
     pk_kea_look_incompatible},
    {{"versions-differ", WARNING, "The partners run different series of Kea.",
      "upgrade the older one; do it soon, ISC tests equal versions only"},
     pk_kea_look_versions},
    {{"clocks-far-apart", PROBLEM,
      "The partners' clocks are more than 60 s apart: the relationship ends.",
      "run a time service on both hosts, then send ha-reset to both servers"},
     pk_kea_look_clocks_far},
    {{"clocks-apart", WARNING, "The partners' clocks are more than 30 s apart.",
      "run a time service on both hosts"},
     pk_kea_look_clocks},
    {{"pools-not-split", WARNING,
      "In load-balancing both servers take addresses of a pool that is not tied to one of them: "
      "they can offer one address twice.",
      "write split-ranges: true at the relationship in Git, and each pool becomes two halves, tied "
      "to the classes HA_SERVER1 and HA_SERVER2 (by the peers' names); or use hot-standby"},
     pk_kea_look_unsplit_pools},
    {{"global-options-differ", WARNING,
      "Options of the whole server differ, and scopes hand them on to their clients.",
      "make them equal, or state the options in Git at the scopes"},
     pk_kea_look_global_options},
    {{"option-definitions-differ", WARNING,
      "Definitions of options differ: the same text becomes other bytes.",
      "make option-def equal on both servers"},
     pk_kea_look_option_definitions},
    {{"client-classes-differ", WARNING,
      "Client classes differ: pools and options tied to them serve other clients after a failover.",
      "make client-classes equal on both servers"},
     pk_kea_look_classes},
    {{"shared-networks-differ", WARNING,
      "A shared network's own settings differ, and its subnets inherit them.",
      "make the shared network equal on both servers"},
     pk_kea_look_networks},
    {{"global-reservations-differ", WARNING,
      "Reservations outside of any subnet differ; pairkeeper keeps only those of scopes equal.",
      "make them equal, or move them into their subnets"},
     pk_kea_look_global_reservations},
};
const size_t pk_kea_pair_check_count = COUNT_OF(pk_kea_pair_checks);

void
pk_kea_tell(const struct pk_kea_report *report, const char *subnet, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = pk_vsprintf(report->pool, format, args);
    va_end(args);
    subnet = subnet != NULL ? pk_strdup(report->pool, subnet) : NULL; /* the facts may go first */
    pk_finding_add(report->pool, report->out, report->check, report->server, subnet, "%s", message);
}

void
pk_kea_examine(struct pk_pool *pool, const struct pk_kea_facts *facts, struct pk_findings *out)
{
    for (size_t i = 0; i < pk_kea_check_count; i++) {
        const struct pk_kea_report report = {pool, out, &pk_kea_checks[i].is, facts->server};
        pk_kea_checks[i].look(&report, facts);
    }
}

void
pk_kea_examine_pair(struct pk_pool *pool, const struct pk_kea_facts *a,
                    const struct pk_kea_facts *b, struct pk_findings *out)
{
    for (size_t i = 0; i < pk_kea_pair_check_count; i++) {
        const struct pk_kea_report report = {pool, out, &pk_kea_pair_checks[i].is, NULL};
        pk_kea_pair_checks[i].look(&report, a, b);
    }
}
