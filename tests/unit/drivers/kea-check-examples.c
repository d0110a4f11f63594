/* Macros only cut the wrapping that every Kea configuration has around what an example is about. */
#include "kea-check-examples.h"

#define PEERS                                                                                      \
    "'peers': [{'name': 's1', 'role': 'primary', 'url': 'http://10.0.0.1:8001/'},"                 \
    " {'name': 's2', 'role': 'standby', 'url': 'http://10.0.0.2:8001/'}]"
#define HA_OF(mode, settings)                                                                      \
    "'hooks-libraries': [{'library': '/x/libdhcp_ha.so', 'parameters': {'high-availability': "     \
    "[{'this-server-name': 's1', 'mode': '" mode "', " settings "}]}}]"
#define HA(settings)             HA_OF("hot-standby", settings)
#define DHCP4(members)           "{'dhcp4': {" members "}}"
#define HA_ONLY(settings)        DHCP4(HA(settings))
#define HA_IN(version, settings) "{'version': '" version "', 'dhcp4': {" HA(settings) "}}"
#define SUBNET(members)          DHCP4("'subnet4': [{'id': 1, 'subnet': '10.0.0.0/24'" members "}]")
#define STATE(members, local, remote)                                                              \
    "{'dhcp4': {" HA(PEERS) "}, 'status': {" members                                               \
                            "'high-availability': [{'ha-servers': {'local': {'state': '" local     \
                            "'}, 'remote': {" remote "}}}]}}"
#define VERSION(version) "{'version': '" version "', 'dhcp4': {}}"

const struct kea_example kea_examples[] = {
    {"ha-terminated", STATE("", "terminated", ""), STATE("", "hot-standby", "")},
    {"ha-heartbeat-stopped", STATE("", "hot-standby", "'in-touch': true, 'age': 45"),
     STATE("", "hot-standby", "'in-touch': true, 'age': 12")},
    {"ha-not-normal", STATE("", "partner-down", "'last-state': 'unavailable'"),
     STATE("", "hot-standby", "")},
    {"sockets-not-open",
     "{'dhcp4': {}, 'status': {'sockets': {'status': 'failed', 'errors': ['eth0: no address']}}}",
     "{'dhcp4': {}, 'status': {'sockets': {'status': 'ready'}}}"},
    {"vulnerable-version", VERSION("2.6.2"), VERSION("2.6.5")},
    {"end-of-life-version", VERSION("2.2.0"), VERSION("3.0.0")},
    {"development-version", VERSION("3.1.4"), VERSION("3.2.0")},
    {"lease-commands-missing", "{'commands': ['config-get'], 'dhcp4': {" HA(PEERS) "}}",
     "{'commands': ['lease4-update'], 'dhcp4': {" HA(PEERS) "}}"},
    {"write-commands-missing",
     "{'version': '3.0.4', 'commands': ['subnet4-add', 'config-set'], 'dhcp4': {}}",
     "{'version': '3.0.4', 'commands': ['subnet4-add', 'reservation-add'], 'dhcp4': {}}"},
    {"statistics-missing", DHCP4(""),
     DHCP4("'hooks-libraries': [{'library': 'libdhcp_stat_cmds.so'}]")},
    {"backend-and-subnet-commands",
     "{'commands': ['subnet4-add'], 'dhcp4': {'config-control': {'config-databases': [{'type': "
     "'mysql'}]}}}",
     "{'commands': ['config-set'], 'dhcp4': {'config-control': {'config-databases': [{'type': "
     "'mysql'}]}}}"},
    {"not-on-disk", "{'dhcp4': {}, 'unsaved': 2}", "{'dhcp4': {}, 'unsaved': 0}"},
    {"leases-not-kept", DHCP4("'lease-database': {'type': 'memfile', 'persist': false}"),
     DHCP4("'lease-database': {'type': 'memfile'}")},
    {"credentials-in-clear", "{'url': 'http://kea-a:8000/', 'password': true, 'dhcp4': {}}",
     "{'url': 'https://kea-a:8000/', 'password': true, 'dhcp4': {}}"},
    {"plain-http", "{'url': 'http://10.0.0.1/', 'dhcp4': {}}",
     "{'url': 'http://127.0.0.1:8000/', 'dhcp4': {}}"},
    {"no-authentication", "{'answers-all': true, 'dhcp4': {}}",
     "{'answers-all': false, 'dhcp4': {}}"},
    {"ha-listener-open", HA_IN("2.6.3", PEERS), HA_IN("3.0.4", PEERS)},
    {"clock-far-off", "{'clock-ahead': -61, 'dhcp4': {}}", "{'clock-ahead': -60, 'dhcp4': {}}"},
    {"clock-off", "{'clock-ahead': 31, 'dhcp4': {}}", "{'clock-ahead': 30, 'dhcp4': {}}"},
    {"no-relationship", DHCP4("'hooks-libraries': [{'library': '/x/libdhcp_hax.so'}]"),
     HA_ONLY(PEERS)},
    {"ha-primary-count", HA_ONLY("'peers': [{'name': 's1', 'role': 'standby'}]"), HA_ONLY(PEERS)},
    {"ha-url-not-literal", HA_ONLY("'peers': [{'name': 's1', 'url': 'http://kea-a:8001/'}]"),
     HA_ONLY("'peers': [{'name': 's1', 'url': 'http://[2001:db8::1]:8001/'}]")},
    {"ha-rejects-ignored", HA_ONLY("'max-rejected-lease-updates': 0"),
     HA_ONLY("'max-rejected-lease-updates': 10")},
    {"ha-response-delay", HA_ONLY("'heartbeat-delay': 10000, 'max-response-delay': 25000"),
     HA_ONLY("'heartbeat-delay': 10000, 'max-response-delay': 30000")},
    {"ha-ack-delay", HA_ONLY("'max-ack-delay': 10001, 'max-response-delay': 10000"),
     HA_ONLY("'max-ack-delay': 10000, 'max-response-delay': 10000")},
    {"ha-heartbeat-slow", HA_ONLY("'heartbeat-delay': 30001"), HA_ONLY("'heartbeat-delay': 30000")},
    {"ha-backlog-small", DHCP4(HA_OF("load-balancing", PEERS)),
     DHCP4(HA_OF("load-balancing", "'delayed-updates-limit': 101"))},
    {"ha-single-threaded", HA_IN("3.0.4", "'multi-threading': {'enable-multi-threading': false}"),
     HA_IN("2.2.0", "'multi-threading': {'enable-multi-threading': false}")},
    {"ha-no-listener", HA_IN("3.0.4", "'multi-threading': {'http-dedicated-listener': false}"),
     HA_IN("3.0.4", "'multi-threading': {'http-dedicated-listener': true}")},
    {"ha-shared-port",
     "{'version': '3.0.4', 'url': 'https://10.0.0.1:8001/', 'dhcp4': {" HA(PEERS) "}}",
     "{'version': '3.0.4', 'url': 'https://10.0.0.1:8000/', 'dhcp4': {" HA(PEERS) "}}"},
    {"ha-server-name-missing",
     DHCP4("'hooks-libraries': [{'library': 'libdhcp_ha.so', 'parameters': {'high-availability': "
           "[{}, {}]}}], 'subnet4': [{'id': 1, 'subnet': '10.0.0.0/24'}]"),
     DHCP4("'hooks-libraries': [{'library': 'libdhcp_ha.so', 'parameters': {'high-availability': "
           "[{}, {}]}}], 'shared-networks': [{'name': 'n', 'user-context': {'ha-server-name': "
           "'s1'}, 'subnet4': [{'id': 1, 'subnet': '10.0.0.0/24'}]}]")},
    {"subnet-id-missing", DHCP4("'subnet4': [{'subnet': '10.0.0.0/24'}]"), SUBNET("")},
    {"overlapping-subnets",
     DHCP4("'subnet4': [{'subnet': '10.0.2.0/24'}], 'shared-networks': [{'subnet4': [{'subnet': "
           "'10.0.0.0/16'}]}]"),
     DHCP4("'subnet4': [{'subnet': '10.0.2.0/24'}], 'shared-networks': [{'subnet4': [{'subnet': "
           "'10.0.0.0/23'}]}]")},
    {"host-bits-set", DHCP4("'subnet4': [{'subnet': '10.0.0.5/24'}]"), SUBNET("")},
    {"reservation-outside", SUBNET(", 'reservations': [{'ip-address': '10.0.1.0'}]"),
     SUBNET(", 'reservations': [{'ip-address': '10.0.0.255'}, {'hostname': 'x'}]")},
    {"pool-exhausted",
     SUBNET(", 'pools': [{'pool': '10.0.0.8 - 10.0.0.9'}], 'reservations': [{'ip-address': "
            "'10.0.0.9'}, {'ip-address': '10.0.0.8'}]"),
     SUBNET(", 'pools': [{'pool': '10.0.0.8 - 10.0.0.9'}], 'reservations': [{'ip-address': "
            "'10.0.0.9'}, {'ip-address': '10.0.0.9'}]")},
    {"option-43-hex", SUBNET(", 'option-data': [{'code': 43, 'csv-format': false, 'data': ''}]"),
     SUBNET(", 'option-data': [{'code': 43, 'csv-format': false, 'data': ''}, {'code': 1, 'space': "
            "'vendor-encapsulated-options-space', 'data': '0A'}]")},
    {"small-shared-network",
     DHCP4("'shared-networks': [{'name': 'n', 'subnet4': [{'subnet': '10.0.0.0/24'}]}]"),
     DHCP4("'shared-networks': [{'name': 'n', 'subnet4': [{'subnet': '10.0.0.0/24'}, {'subnet': "
           "'10.0.1.0/24'}]}]")},
    {"idle-subnet", SUBNET(", 'pools': []"), SUBNET(", 'reservations': [{'hostname': 'x'}]")},
    {"reservations-all-out-of-pool",
     SUBNET(", 'pools': [{'pool': '10.0.0.8/29'}], 'reservations': [{'ip-address': '10.0.0.16'}]"),
     SUBNET(", 'pools': [{'pool': '10.0.0.8/29'}], 'reservations': [{'ip-address': '10.0.0.16'}, "
            "{'ip-address': '10.0.0.9'}]")},
};
const size_t kea_example_count = sizeof kea_examples / sizeof kea_examples[0];

#define NET(id, prefix) "{'id': " id ", 'subnet': '" prefix "'}"
#define NETS(list)      DHCP4("'subnet4': [" list "]")
#define CLOCK(ahead)    "{'dhcp4': {}, 'clock-ahead': " ahead "}"
#define MEMBER(self, settings)                                                                     \
    DHCP4("'hooks-libraries': [{'library': 'libdhcp_ha.so', 'parameters': {'high-availability': "  \
          "[{'this-server-name': '" self "', " settings "}]}}]")
#define BALANCED(subnet)                                                                           \
    DHCP4("'hooks-libraries': [{'library': 'libdhcp_ha.so', 'parameters': {'high-availability': "  \
          "[{'this-server-name': 's1', 'mode': 'load-balancing', " PEERS "}]}}], 'subnet4': ["     \
          "{'id': 1, 'subnet': '10.0.0.0/24', " subnet "}]")

const struct kea_pair_example kea_pair_examples[] = {
    {"subnet-id-mismatch",
     {NETS(NET("1", "10.0.0.0/24")), NETS(NET("2", "10.0.0.0/24"))},
     {NETS(NET("1", "10.0.0.0/24")), NETS(NET("1", "10.0.0.0/24"))}},
    {"subnet-id-elsewhere",
     {NETS(NET("1", "10.0.0.0/24")), NETS(NET("1", "10.0.1.0/24"))},
     {NETS(NET("1", "10.0.0.0/24")), NETS(NET("2", "10.0.1.0/24"))}},
    {"not-partners",
     {MEMBER("s1", PEERS), MEMBER("s2", "'peers': [{'name': 's2'}, {'name': 's3'}]")},
     {MEMBER("s1", PEERS), MEMBER("s2", PEERS)}},
    {"ha-same-name",
     {MEMBER("s1", PEERS), MEMBER("s1", PEERS)},
     {MEMBER("s1", PEERS), MEMBER("s2", PEERS)}},
    {"ha-peers-differ",
     {MEMBER("s1", PEERS),
      MEMBER("s2", "'peers': [{'name': 's1', 'role': 'standby', 'url': 'http://10.0.0.1:8001/'}, "
                   "{'name': 's2', 'role': 'primary', 'url': 'http://10.0.0.2:8001/'}]")},
     {MEMBER("s1", PEERS),
      MEMBER("s2", "'peers': [{'name': 's2', 'role': 'standby', 'url': 'http://10.0.0.2:8001'}, "
                   "{'name': 's1', 'role': 'primary', 'url': 'http://10.0.0.1:8001'}]")}},
    {"ha-settings-differ",
     {MEMBER("s1", PEERS ", 'heartbeat-delay': 5000"), MEMBER("s2", PEERS)},
     {MEMBER("s1", PEERS ", 'heartbeat-delay': 10000"), MEMBER("s2", PEERS)}},
    {"versions-incompatible",
     {VERSION("2.6.4"), VERSION("3.0.4")},
     {VERSION("3.0.4"), VERSION("3.2.0")}},
    {"versions-differ", {VERSION("3.0.4"), VERSION("3.2.0")}, {VERSION("3.0.4"), VERSION("3.0.5")}},
    {"clocks-far-apart", {CLOCK("-40"), CLOCK("21")}, {CLOCK("-40"), CLOCK("20")}},
    {"clocks-apart", {CLOCK("0"), CLOCK("31")}, {CLOCK("0"), CLOCK("30")}},
    {"pools-not-split",
     {BALANCED("'pools': [{'pool': '10.0.0.8/29'}]"), NETS(NET("1", "10.0.0.0/24"))},
     {BALANCED("'pools': [{'pool': '10.0.0.8/29', 'client-classes': ['HA_s1']}]"),
      NETS(NET("1", "10.0.0.0/24"))}},
    {"global-options-differ",
     {DHCP4("'option-data': [{'name': 'domain-name', 'data': 'a'}]"), DHCP4("")},
     {DHCP4("'option-data': [{'name': 'domain-name', 'data': 'a', 'space': 'dhcp4'}, {'code': 6}]"),
      DHCP4("'option-data': [{'code': 6, 'always-send': false}, {'name': 'domain-name', 'data': "
            "'a'}]")}},
    {"option-definitions-differ",
     {DHCP4("'option-def': [{'name': 'x', 'type': 'uint8'}]"),
      DHCP4("'option-def': [{'name': 'x', 'type': 'uint16'}]")},
     {DHCP4("'option-def': [{'name': 'x', 'type': 'uint8', 'array': false}]"),
      DHCP4("'option-def': [{'name': 'x', 'type': 'uint8'}]")}},
    {"client-classes-differ",
     {DHCP4("'client-classes': [{'name': 'x', 'test': 'true'}]"), DHCP4("")},
     {DHCP4("'client-classes': [{'name': 'x'}, {'name': 'y'}]"),
      DHCP4("'client-classes': [{'name': 'y'}, {'name': 'x'}]")}},
    {"shared-networks-differ",
     {DHCP4("'shared-networks': [{'name': 'n', 'valid-lifetime': 60}]"),
      DHCP4("'shared-networks': [{'name': 'n', 'valid-lifetime': 61}]")},
     {DHCP4("'shared-networks': [{'name': 'n', 'subnet4': [" NET("1", "10.0.0.0/24") "]}]"),
      DHCP4("'shared-networks': [{'name': 'n'}]")}},
    {"global-reservations-differ",
     {DHCP4("'reservations': [{'hw-address': '00:00:00:00:00:01'}]"), DHCP4("")},
     {DHCP4("'reservations': []"), DHCP4("")}},
};
const size_t kea_pair_example_count = sizeof kea_pair_examples / sizeof kea_pair_examples[0];
