"""A relationship's HA parameters on real pairs: reported, enforced, and clients served meanwhile."""

import copy
import itertools
import unittest

from dhcp_client import Clients, relay, subnet
from kea_case import campus
from kea_server import KeaRefusal
from write_case import MODES, WriteCase

WANTED = "kea: {max-unacked-clients: 7, sync-timeout: 50000}"
PATIENCE_S = 2.5  # one retransmission and a little: a heartbeat of the lab is a fifth of a second


def entry(config):
    """The pair's HA parameters in a server's Dhcp4."""
    return next(hook["parameters"]["high-availability"][0] for hook in config["hooks-libraries"]
                if "high-availability" in hook.get("parameters", {}))


def high_availability(server):
    return entry(server.config())


class Settings(WriteCase):
    def begin(self, mode, *lines):
        """What is there is adopted first; then Git says more."""
        for more in ((), lines):
            self.commit(campus(mode, *more, scopes=["127.10.0.0/24"]))
            if not more:
                self.run_program("apply")

    def test_they_are_only_reported_unless_git_asks_for_more(self):
        with self.pair(3, subnets=[subnet(10)]) as pair:
            self.begin("load-balancing", WANTED)
            document = self.diff(code=0)
            fields = {(one["field"], one["server"])
                      for one in self.relationship(document)["settings"]}
            self.assertEqual(fields, {(field, server) for server in ("dhcp-a", "dhcp-b")
                                      for field in ("kea.max-unacked-clients", "kea.sync-timeout")})
            before = [high_availability(server) for server in pair.servers]
            self.run_program("apply")
            self.assertEqual([high_availability(server) for server in pair.servers], before)

    def is_enforced(self, release, mode):
        with self.pair(release, mode, subnets=[subnet(10)]) as pair:
            self.begin(mode, "settings: enforce", WANTED)
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
            self.assertEqual(late, self.given_away(late))
            self.assertEqual([one for one in clients.once() if not one.address], [])
            self.diff(code=0)

    def test_enforced_on_an_older_hot_standby_pair_no_client_waits(self):
        self.is_enforced(2, "hot-standby")

    def test_enforced_on_an_older_load_balancing_pair_no_client_waits(self):
        self.is_enforced(2, "load-balancing")

    def test_enforced_on_a_newer_hot_standby_pair_no_client_waits(self):
        self.is_enforced(3, "hot-standby")

    def test_enforced_on_a_newer_load_balancing_pair_no_client_waits(self):
        self.is_enforced(3, "load-balancing")

    def keys(self):
        """What the YAML's schema says of each."""
        schema = self.run_json("schema", "--of", "desired-state", config=False)
        return schema["$defs"]["relationship-kea"]["properties"]

    def takes(self, server, **values):
        """Whether a server takes a configuration with these; it has its old one back if not."""
        before = server.config()
        wanted = copy.deepcopy(before)
        entry(wanted).update({key.replace("_", "-"): value for key, value in values.items()})
        try:
            server.ask("config-set", {"Dhcp4": wanted})
        except KeaRefusal:
            server.ask("config-set", {"Dhcp4": before})
            return False
        return True

    def test_kea_takes_both_ends_of_every_key_and_nothing_that_validate_refuses(self):
        numbers = {key: said for key, said in self.keys().items() if "maximum" in said}
        self.assertGreater(len(numbers), 5)
        for release, mode in itertools.product((2, 3), MODES):
            with self.pair(release, mode, dhcp=False) as pair:
                kept = {"delayed-updates-limit": 0} if mode == "hot-standby" else {}
                for end in ("minimum", "maximum"):
                    self.assertTrue(self.takes(pair.first, **{
                        **{key: said[end] for key, said in numbers.items()}, **kept}), end)
                for key in ("heartbeat-delay", "max-response-delay", "max-ack-delay"):
                    self.assertFalse(self.takes(pair.first, **{key: numbers[key]["maximum"] + 1}))
                self.assertFalse(self.takes(pair.first, wait_backup_ack=True))
                self.assertEqual(self.takes(pair.first, delayed_updates_limit=1),
                                 mode == "load-balancing")

    def test_they_are_on_disk_afterwards(self):
        with self.pair(3, subnets=[subnet(10)]) as pair:
            self.begin("load-balancing", "settings: enforce", WANTED)
            self.run_program("apply")
            for server in pair.servers:
                server.kill_daemon()
                server.start_daemon()
            pair.wait_until_normal()
            for server in pair.servers:
                self.assertEqual(high_availability(server)["max-unacked-clients"], 7)


if __name__ == "__main__":
    unittest.main()
