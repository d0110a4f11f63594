"""Every kind of difference between the partners of a real pair is seen for what it is and repaired
by one `apply`; clients of its scope are served afterwards, and a pair that had given up is one
again."""

import copy
import unittest

from dhcp_client import Clients, relay, subnet
from kea_case import THOROUGH, campus
from write_case import MODES, WriteCase, prefixes, subnets_of

EQUAL = range(100, 112)  # so many that the edited ones make no lost server
CLIENTS = 30  # more than a partner refuses before the pair gives up
NETWORKS = [{"name": "plain", "subnet4": []}, {"name": "timed", "renew-timer": 700, "subnet4": []}]
# Release and mode; mixed ones are the same code twice.
KINDS = [(release, mode) for release in (2, 3) for mode in MODES]
if THOROUGH:
    KINDS += [((2, 3), "load-balancing"), ((3, 2), "hot-standby")]


def prefix(number):
    return f"127.{number}.0.0/24"


def narrower(edited):
    edited["pools"] = edited["pools"][:1]


def other_option(edited):
    edited["option-data"] = [{"name": "routers", "data": "127.50.0.9"}]


def other_reservation(edited):
    edited["reservations"] = [{"hw-address": "02:00:00:00:00:01", "ip-address": "127.60.0.250"}]


# Number of a subnet, what is different on the partner, the fields that show it.
EDITS = [
    (30, lambda edited: edited.update(id=31), {"id"}),
    (40, narrower, {"ranges"}),
    (50, other_option, {"options.routers"}),
    (60, other_reservation, {"reservations.mac=02:00:00:00:00:01",
                             "reservations.mac=02:00:00:00:00:02"}),
    (80, lambda edited: edited.update({"valid-lifetime": 1800}), {"lease-time"}),
]
MISSING, MOVED, EXTRA = 20, 70, 90


def content():
    alone = [subnet(n) for n in (MISSING, *(edit[0] for edit in EDITS), *EQUAL)]
    for one in alone:
        one["reservations"] = []
        one["option-data"] = [{"name": "routers", "data": one["subnet"].replace("0/24", "1")}]
        if one["id"] == 60:
            one["reservations"] = [{"hw-address": "02:00:00:00:00:02",
                                    "ip-address": "127.60.0.251", "hostname": "printer"}]
    networks = copy.deepcopy(NETWORKS)
    networks[0]["subnet4"] = [subnet(MOVED)]
    return {"subnet4": alone, "shared-networks": networks}


def different(of):
    """The same with every kind of difference."""
    made = copy.deepcopy(of)
    made["subnet4"] = [one for one in made["subnet4"] if one["id"] != MISSING]
    for number, edit, _ in EDITS:
        edit(next(one for one in made["subnet4"] if one["id"] == number))
    plain, timed = made["shared-networks"]
    timed["subnet4"], plain["subnet4"] = plain["subnet4"], []
    return made


class Repair(WriteCase):
    def begin(self, pair, mode, lines=()):
        """Both hold the same, and it is verified."""
        self.commit(campus(mode, *lines, scopes=map(prefix, [MISSING, MOVED, *EQUAL,
                                                             *(edit[0] for edit in EDITS)])))
        self.run_program("apply")
        self.diff(code=0)

    def test_every_difference_is_named_and_one_apply_repairs_it(self):
        for release, mode in KINDS:
            with self.pair(release, mode, content=content()) as pair:
                self.begin(pair, mode)
                pair.second.set_content({"valid-lifetime": 3600, **self.of_lab(pair, 1),
                                         **different(content())})
                pair.wait_until_normal()
                self.insist_on_these_differences(self.diff())
                self.converge()
                self.insist_on_normal_service()
                self.insist_on_equal_subnets()
                self.assertEqual(subnets_of(pair.second)[prefix(30)]["id"], 30)
                self.insist_on_saved(pair.second)
                self.insist_on_service(MISSING, MOVED, *(edit[0] for edit in EDITS), each=3)
                self.insist_on_whole_events()

    @staticmethod
    def of_lab(pair, place):
        """What the lab gave a server beside the content."""
        return {"option-data": [{"name": "dhcp-server-identifier",
                                 "data": pair.identifier(place)}]}

    def insist_on_these_differences(self, document):
        expected = {(prefix(number), field, "dhcp-b", "partner")
                    for number, _, fields in EDITS for field in fields}
        others = set(map(prefix, (MISSING, MOVED)))
        seen = {line for line in self.lines(document) if line[0] not in others}
        self.assertEqual(seen, expected)
        moved = {line[1:] for line in self.lines(document) if line[0] == prefix(MOVED)}
        self.assertLessEqual({("shared-network", "dhcp-b", "partner")}, moved)
        missing = next(a for a in self.actions(document) if a["subnet"] == prefix(MISSING))
        self.assertEqual((missing["operation"], missing["server"], missing["partner"]),
                         ("replicate-scope", "dhcp-a", "dhcp-b"))

    def test_a_pair_that_gave_up_is_one_again_and_survives_the_death_of_a_server(self):
        whole = {"subnet4": [subnet(n) for n in (10, MISSING, 30)]}
        partial = {"subnet4": [subnet(n) for n in (10, 30)]}
        for mode in MODES:
            with self.pair(3, mode, content=[whole, partial]) as pair:
                Clients(pair, [relay(MISSING)], CLIENTS, tries=1).once()
                pair.wait_for(lambda: self.states() == ["terminated"] * 2, "the pair to give up")
                self.commit(campus(mode, scopes=map(prefix, (10, MISSING, 30))))
                self.converge()
                self.insist_on_normal_service()
                self.assertEqual(len(self.events_of("PairRejoined")), 1)
                self.insist_on_service(10, MISSING, 30)
                pair.first.kill()
                pair.wait_for(lambda: pair.second.ha_states()[0][0] == "partner-down",
                              "the survivor to take over")
                self.insist_on_service(10, MISSING, 30)

    def states(self):
        return [server.ha_states()[0][0] for server in self.lab.servers]


class Scopes(WriteCase):
    """What Git says of scopes, on both servers."""

    WANTED = """scopes:
  - {subnet: 127.10.0.0/24, relationship: campus, id: 10, ranges: [127.10.0.10-127.10.0.99]}
  - subnet: 127.20.0.0/24
    relationship: campus
    id: 20
    name: "Größe, 図書館"
    shared-network: annex
    ranges:
      - {range: 127.20.0.10-127.20.0.109, kea: {client-classes: [HA_server1]}}
      - {range: 127.20.0.110-127.20.0.209, kea: {client-classes: [HA_server2]}}
    exclusions: [127.20.0.50-127.20.0.59]
    lease-time: 2h
    options: {routers: [127.20.0.1], domain-name: example.edu}
    reservations:
      - {ip: 127.20.0.250, mac: "00:1a:2b:3c:4d:5e", hostname: printer,
         options: {routers: [127.20.0.2]}}
"""

    def test_scopes_are_made_changed_and_deleted_as_git_says(self):
        for release, mode in KINDS:
            # Two servers that balance load offer the same address of a range that is not divided.
            each = 1 if mode == "load-balancing" else 3
            with self.pair(release, mode, subnets=[]) as pair:
                empty = campus(mode, "prune: owned")
                self.commit(empty, self.WANTED)
                self.converge()
                self.assertEqual(self.insist_on_equal_subnets(),
                                 ["127.10.0.0/24", "127.20.0.0/24"])
                self.insist_on_service(20, each=each)
                self.commit(empty, self.WANTED.replace("annex", "main").replace("2h", "3h")
                            .replace("127.10.0.99", "127.10.0.88").replace("printer", "plotter"))
                self.converge()
                self.insist_on_service(20, each=each)
                self.commit(empty, self.WANTED.replace(
                    self.WANTED[self.WANTED.index("  - {subnet: 127.10"):
                                self.WANTED.index("  - subnet: 127.20")], ""))
                self.converge()
                self.assertEqual(prefixes(pair.first), ["127.20.0.0/24"])
                self.assertEqual(self.insist_on_equal_subnets(), ["127.20.0.0/24"])
                self.insist_on_normal_service()
                self.insist_on_saved()

    def test_a_scope_is_made_on_a_pair_that_is_known_and_unchanged(self):
        with self.pair(3, subnets=[]) as pair:
            self.commit(campus(scopes=[prefix(10)]))
            self.converge()
            self.run_program("status")
            self.commit(campus(scopes=[prefix(10), prefix(11)]))
            self.run_program("apply", code=0)
            self.assertEqual(prefixes(pair.second), [prefix(10), prefix(11)])

    def test_status_counts_no_scope_of_a_dead_partner_as_in_step(self):
        with self.pair(3, subnets=[]) as pair:
            self.commit(campus(scopes=[prefix(10)]))
            self.converge()
            self.assertEqual(self.status_of()["scopes"]["in_sync"], 1)
            pair.second.kill_daemon()
            self.run_program("apply", code=1)
            self.assertEqual(self.status_of()["scopes"],
                             {"in_sync": 0, "out_of_sync": 0, "unknown": 1, "foreign": 0})
            said = " ".join(self.run_program("status").out.split())
            self.assertRegex(said, "dhcp-b kea, cannot be read: .* when last read: secondary")

    def test_what_was_applied_survives_a_restart(self):
        for release in (2, 3):
            with self.pair(release, subnets=[]) as pair:
                self.commit(campus(), self.WANTED)
                self.run_program("apply")
                for server in pair.servers:
                    server.kill()
                    server.start()
                pair.wait_until_normal()
                self.diff(code=0)


if __name__ == "__main__":
    unittest.main()
