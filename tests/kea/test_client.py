"""The lab itself, for servers of both releases: pairs come up normal, clients get addresses, what
is missing on one partner shows, and nothing outlives a test."""

import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from dhcp_client import Clients, relay, subnet
from kea_pair import Lab, Pair, Relationship
from kea_programs import kea
from kea_server import START_S, STEP_S

HERE = pathlib.Path(__file__).resolve().parent
EACH = 20
FEW = 8  # lease updates that a partner refuses before the pair gives up: 10
PATIENCE = {"retransmit_s": 1.0, "tries": 1}


def outcomes(exchanges):
    """How many got an address, were only offered one, or heard nothing."""
    return collections.Counter("address" if e.address else "offer" if e.offered else "nothing"
                               for e in exchanges)


class Client(unittest.TestCase):
    """Relayed clients of real pairs."""

    def test_every_client_gets_an_address_of_its_own(self):
        for release in (2, 3):
            for mode in ("load-balancing", "hot-standby"):
                with self.subTest(release=release, mode=mode), \
                        Pair(kea(release), mode=mode, subnets=[subnet(10)], dhcp=True) as pair:
                    exchanges = Clients(pair, [relay(10)], EACH).once()
                    self.assertEqual(outcomes(exchanges), {"address": EACH}, exchanges)
                    self.assertEqual(len({e.address for e in exchanges}), EACH)
                    by = {e.server for e in exchanges}
                    self.assertEqual(by, {"127.0.0.1", "127.0.0.2"} if mode == "load-balancing"
                                     else {"127.0.0.1"})

    def test_clients_that_nobody_answers_are_counted(self):
        with Pair(kea(3), mode="hot-standby", subnets=[subnet(10)], dhcp=True) as pair:
            clients = Clients(pair, [relay(10)], each=5, retransmit_s=0.3, tries=2)
            with clients:
                time.sleep(0.5)
                pair.first.freeze()
                pair.second.freeze()
                time.sleep(1.5)
                pair.first.thaw()
                pair.second.thaw()
            unanswered = [e for e in clients.exchanges if e.took_s is None]
            self.assertTrue(unanswered)
            self.assertTrue(all(e.sent > 1 for e in unanswered), unanswered)
            self.assertLess(len(unanswered), len(clients.exchanges))

    def test_a_subnet_that_only_the_primary_has_is_offered_and_never_acknowledged(self):
        contents = [{"subnet4": [subnet(10), subnet(20)]}, {"subnet4": [subnet(10)]}]
        for release in (2, 3):
            with self.subTest(release=release), \
                    Pair(kea(release), mode="hot-standby", content=contents, dhcp=True) as pair:
                missing = Clients(pair, [relay(20)], FEW, **PATIENCE).once()
                self.assertEqual(outcomes(missing), {"offer": FEW}, missing)


class Servers(unittest.TestCase):
    """What the lab promises about its servers."""

    def test_a_server_is_in_several_relationships(self):
        hub = [Relationship(0, 1, "hot-standby"), Relationship(0, 2, "hot-standby")]
        with Lab([kea(3)] * 3, hub) as lab:
            self.assertEqual(len(lab.servers[0].ha_states()), 2)

    def test_releases_are_mixed_and_an_agent_stands_before_a_daemon_that_needs_none(self):
        with Pair(kea(2), kea(3), agent=True) as pair:
            self.assertNotEqual(pair.first.ask("version-get")["extended"],
                                pair.second.ask("version-get")["extended"])

    def test_nothing_outlives_a_test_that_is_killed(self):
        script = ("import time\n"
                  "from kea_pair import Pair\nfrom kea_programs import kea\n"
                  "pair = Pair(kea(2), mode=None)\npair.start()\n"
                  "print(*[p.pid for s in pair.servers for p in s.processes()], flush=True)\n"
                  "time.sleep(600)\n")
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="pk-kea-"))
        child = subprocess.Popen([sys.executable, "-B", "-c", script], cwd=HERE, text=True,
                                 stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": folder})
        with child.stdout:
            numbers = [int(word) for word in child.stdout.readline().split()]
        self.assertEqual(len(numbers), 4)
        child.kill()
        child.wait()
        limit = time.monotonic() + START_S
        while any(pathlib.Path(f"/proc/{n}/exe").exists() for n in numbers):
            self.assertLess(time.monotonic(), limit, "they are still there")
            time.sleep(STEP_S)


if __name__ == "__main__":
    unittest.main()
