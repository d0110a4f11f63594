"""`split-ranges: true` on a real pair that balances load: before, both servers offer one address to
different clients; afterwards each has a half of every range, and Git still names whole ones."""

import copy
import ipaddress
import unittest

from dhcp_client import Clients, relay
from kea_case import campus
from write_case import WriteCase, subnets_of

CLIENTS = 16  # so many that each server serves some
NUMBER = 20
PREFIX = f"127.{NUMBER}.0.0/24"
WHOLE = f"127.{NUMBER}.0.10-127.{NUMBER}.0.120"  # an odd number of addresses
EXCLUDED = f"127.{NUMBER}.0.100-127.{NUMBER}.0.109"
PIECES = (f"127.{NUMBER}.0.10-127.{NUMBER}.0.99", f"127.{NUMBER}.0.110-127.{NUMBER}.0.120")
HALVES = [(f"127.{NUMBER}.0.10-127.{NUMBER}.0.54", "HA_server1"),
          (f"127.{NUMBER}.0.55-127.{NUMBER}.0.99", "HA_server2"),
          (f"127.{NUMBER}.0.110-127.{NUMBER}.0.115", "HA_server1"),
          (f"127.{NUMBER}.0.116-127.{NUMBER}.0.120", "HA_server2")]
CONTEXT = {"floor": 1}  # of a pool: its halves have it too
WANTED = f"""scopes:
  - {{subnet: {PREFIX}, relationship: campus, exclusions: [{EXCLUDED}],
     ranges: [{{range: {WHOLE}, kea: {{user-context: {CONTEXT}}}}}]}}
"""


def undivided():
    """A subnet of which both servers use every address."""
    return {"id": NUMBER, "subnet": PREFIX,
            "pools": [{"pool": piece, "user-context": CONTEXT} for piece in PIECES]}


def pools(server):
    """(range, class) of each pool of the subnet, in either spelling."""
    held = []
    for pool in subnets_of(server)[PREFIX]["pools"]:
        classes = pool.get("client-classes", [pool["client-class"]] if "client-class" in pool
                           else [])
        held.append((pool["pool"].replace(" ", ""), *classes))
    return held


def halves_of(server):
    """The addresses that the clients of a server (its dhcp-server-identifier) are given."""
    name = f"HA_server{server.rpartition('.')[2]}"
    ends = [half.split("-") for half, of in HALVES if of == name]
    return [tuple(map(ipaddress.ip_address, pair)) for pair in ends]


class SplitRanges(WriteCase):
    def ask(self):
        return Clients(self.lab, [relay(NUMBER)], CLIENTS, tries=2).once()

    def insist_on_halves(self):
        for server in self.lab.servers:
            self.assertEqual(pools(server), HALVES)
            contexts = [pool["user-context"] for pool in subnets_of(server)[PREFIX]["pools"]]
            self.assertEqual(contexts, [CONTEXT] * len(HALVES))

    def insist_on_own_halves(self, exchanges):
        """Everybody is served, no address is offered twice, each by the server whose it is."""
        self.assertEqual(len({e.offered for e in exchanges}), CLIENTS)
        self.assertEqual({e.server for e in exchanges}, {"127.0.0.1", "127.0.0.2"})
        for exchange in exchanges:
            address = ipaddress.ip_address(exchange.address)
            self.assertTrue(any(first <= address <= last
                                for first, last in halves_of(exchange.server)), exchange)

    def insist_on_drift_where_a_half_is_edited(self):
        edited = copy.deepcopy(subnets_of(self.lab.second)[PREFIX])
        edited["pools"][0]["pool"] = HALVES[0][0].replace(".54", ".50")
        config = self.lab.second.config()
        self.lab.second.set_content({"subnet4": [edited], **{
            key: config[key] for key in ("option-data", "valid-lifetime")}})
        self.lab.wait_until_normal()
        self.insist_on_lines(self.diff(), [(PREFIX, "ranges", "dhcp-b", "partner")])
        self.assertIn("partner edited, split-ranges", self.run_program("diff", code=2).out)
        self.converge()
        self.insist_on_halves()

    def test_one_address_is_offered_twice_until_each_server_has_its_half(self):
        for release in (2, 3):
            with self.pair(release, subnets=[undivided()]) as pair:
                offered = [e.offered for e in self.ask() if e.offered]
                self.assertLess(len(set(offered)), len(offered))
                self.commit(campus(), WANTED)
                self.converge()
                self.assertEqual(pools(pair.first), [(piece,) for piece in PIECES])
                self.commit(campus("load-balancing", "split-ranges: true"), WANTED)
                self.converge()
                self.insist_on_halves()
                self.insist_on_saved()
                self.insist_on_own_halves(self.ask())
                self.insist_on_drift_where_a_half_is_edited()
                self.insist_on_normal_service()
                self.insist_on_whole_events()


if __name__ == "__main__":
    unittest.main()
