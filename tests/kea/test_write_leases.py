"""Clients' leases are counted before anything goes away that they hang on."""

import unittest

from dhcp_client import Clients, relay, subnet
from kea_case import campus
from kea_proxy import BEFORE, REFUSE
from write_case import WriteCase, subnets_of

CLIENTS = 5


class Leases(WriteCase):
    def leased(self, pair, number):
        exchanges = Clients(pair, [relay(number)], CLIENTS).once()
        self.assertEqual([e for e in exchanges if not e.address], [])

    def held(self):
        """What the plan is held by."""
        document = self.run_json("apply", code=4)
        held = self.relationship(document)["held"]
        self.assertEqual(held["guard"], "leases", document)
        return held["reason"]

    def test_a_scope_with_leases_is_deleted_only_with_approval(self):
        for release in (2, 3):
            with self.pair(release, "hot-standby", subnets=[subnet(10), subnet(20)]) as pair:
                lines = ("hot-standby", "prune: owned")
                self.commit(campus(*lines, scopes=["127.10.0.0/24", "127.20.0.0/24"]))
                self.run_program("apply")
                self.leased(pair, 20)
                self.commit(campus(*lines, scopes=["127.10.0.0/24"]))
                self.assertIn(f"{CLIENTS} active leases", self.held())
                self.run_program("approve", "campus", "--reason", "they are moved",
                                 "--yes", code=None)
                self.assertEqual(self.insist_on_equal_subnets(),
                                 ["127.10.0.0/24", "127.20.0.0/24"])

    def test_a_subnet_id_with_leases_is_given_up_only_with_approval(self):
        other = {**subnet(20), "id": 21}
        contents = [{"subnet4": [subnet(10), subnet(20)]}, {"subnet4": [subnet(10), other]}]
        for release in (2, 3):
            with self.pair(release, "hot-standby", content=contents) as pair:
                pair.second.ask("lease4-add", {"ip-address": "127.20.0.77", "subnet-id": 21,
                                               "hw-address": "02:00:00:00:00:99"})
                self.commit(campus("hot-standby", "source: dhcp-a", "foreign: replicate",
                                   scopes=["127.10.0.0/24"]))
                held = self.relationship(self.run_json("apply", code=4))["held"]
                self.assertIn("1 active lease in a scope or a subnet id", held["reason"])
                self.approve_held()
                self.run_program("apply")
                self.assertEqual(subnets_of(pair.second)["127.20.0.0/24"]["id"], 20)
                self.insist_on_peace()

    def test_a_range_gives_up_leased_addresses_only_with_approval(self):
        for release in (2, 3):
            with self.pair(release, "hot-standby", subnets=[subnet(10), subnet(20)]) as pair:
                self.adopt()
                self.leased(pair, 20)  # from the first addresses of the range on
                self.shrink(100)
                self.assertEqual(self.ranges(pair), ["127.20.0.10-127.20.0.100"] * 2)
                self.shrink(12, code=4)
                held = self.relationship(self.run_json("diff", code=2))["held"]
                self.assertEqual(held["guard"], "leases")
                self.assertIn(f"{CLIENTS - 3} active leases at addresses that leave the ranges",
                              held["reason"])
                self.assertEqual(self.ranges(pair), ["127.20.0.10-127.20.0.100"] * 2)
                self.approve_held()
                self.run_program("apply")
                self.assertEqual(self.ranges(pair), ["127.20.0.10-127.20.0.12"] * 2)
                self.insist_on_peace()

    def test_of_a_range_whose_leases_nobody_counts_it_is_said(self):
        with self.pair(3, "hot-standby", subnets=[subnet(10), subnet(20)]) as pair:
            self.adopt()
            self.leased(pair, 20)
            self.wire.at(None, BEFORE, lambda request: REFUSE if "lease4" in request.command
                         else None)
            result = self.shrink(100)
            self.assertIn("cannot tell whether any is active", result.out + result.err)

    def adopt(self):
        self.commit(campus("hot-standby", scopes=["127.10.0.0/24", "127.20.0.0/24"]))
        self.run_program("apply")

    def shrink(self, last, code=0):
        """`apply` of a range that ends at an address of 127.20.0.0/24."""
        self.commit(campus("hot-standby", scopes=["127.10.0.0/24"]),
                    "scopes: [{subnet: 127.20.0.0/24, relationship: campus, "
                    f"ranges: [127.20.0.10-127.20.0.{last}]}}]\n")
        return self.run_program("apply", code=code)

    def ranges(self, pair):
        return [subnets_of(server)["127.20.0.0/24"]["pools"][0]["pool"].replace(" ", "")
                for server in pair.servers]


if __name__ == "__main__":
    unittest.main()
