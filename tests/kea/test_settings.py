"""A relationship's HA parameters on real pairs: reported, enforced, and clients served meanwhile."""

import unittest

from dhcp_client import Clients, given_away, relay, subnet
from kea_case import KeaCase, campus
from kea_pair import Pair
from kea_programs import kea

WANTED = "kea: {max-unacked-clients: 7, sync-timeout: 50000}"
PATIENCE_S = 2.5  # one retransmission and a little: a heartbeat of the lab is a fifth of a second


def high_availability(server):
    return next(hook["parameters"]["high-availability"][0]
                for hook in server.config()["hooks-libraries"]
                if "high-availability" in hook.get("parameters", {}))


class Settings(KeaCase):
    def begin(self, pair, mode, *lines):
        """What is there is adopted first; then Git says more."""
        self.use(pair)
        for more in ((), lines):
            self.commit(campus(mode, *more, scopes=["127.10.0.0/24"]))
            if not more:
                self.run_program("apply")

    def test_they_are_only_reported_unless_git_asks_for_more(self):
        with Pair(kea(3), subnets=[subnet(10)]) as pair:
            self.begin(pair, "load-balancing", WANTED)
            document = self.diff(code=0)
            fields = {(one["field"], one["server"])
                      for one in self.relationship(document)["settings"]}
            self.assertEqual(fields, {(field, server) for server in ("dhcp-a", "dhcp-b")
                                      for field in ("kea.max-unacked-clients", "kea.sync-timeout")})
            before = [high_availability(server) for server in pair.servers]
            self.run_program("apply")
            self.assertEqual([high_availability(server) for server in pair.servers], before)

    def is_enforced(self, release, mode):
        with Pair(kea(release), mode=mode, subnets=[subnet(10)], dhcp=True) as pair:
            self.begin(pair, mode, "settings: enforce", WANTED)
            before = [high_availability(server) for server in pair.servers]
            clients = Clients(pair, [relay(10)], each=10)
            with clients:
                self.run_program("apply")
            pair.wait_until_normal()
            for server, was in zip(pair.servers, before):
                self.assertEqual(high_availability(server),
                                 {**was, "max-unacked-clients": 7, "sync-timeout": 50000})
            late = [one for one in clients.exchanges
                    if one.took_s is None or one.took_s > PATIENCE_S]
            self.assertGreater(len(clients.exchanges), 10)
            later = clients.once()
            self.assertEqual([one for one in later if one.took_s is None], [])
            self.assertEqual(late, given_away(late, later))
            self.diff(code=0)

    def test_enforced_on_an_older_hot_standby_pair_no_client_waits(self):
        self.is_enforced(2, "hot-standby")

    def test_enforced_on_an_older_load_balancing_pair_no_client_waits(self):
        self.is_enforced(2, "load-balancing")

    def test_enforced_on_a_newer_hot_standby_pair_no_client_waits(self):
        self.is_enforced(3, "hot-standby")

    def test_enforced_on_a_newer_load_balancing_pair_no_client_waits(self):
        self.is_enforced(3, "load-balancing")

    def test_they_are_on_disk_afterwards(self):
        with Pair(kea(3), subnets=[subnet(10)]) as pair:
            self.begin(pair, "load-balancing", "settings: enforce", WANTED)
            self.run_program("apply")
            for server in pair.servers:
                server.kill_daemon()
                server.start_daemon()
            pair.wait_until_normal()
            for server in pair.servers:
                self.assertEqual(high_availability(server)["max-unacked-clients"], 7)


if __name__ == "__main__":
    unittest.main()
