"""What pairkeeper asks of machines, as ratios: its own processor time beside that of the servers it
reads, and theirs beside the time that passes.

Measured on $PAIRKEEPER_RELEASE, which tests/run builds; with sanitizers figures would say nothing.
"""

import json
import os
import pathlib
import resource
import time
import unittest

RELEASE = os.environ.get("PAIRKEEPER_RELEASE", "")
if RELEASE:
    os.environ["PAIRKEEPER"] = RELEASE

from kea_case import KeaCase, campus  # noqa: E402  (after the program's place)
from kea_pair import Pair  # noqa: E402
from kea_programs import kea  # noqa: E402

SUBNETS = 10_000
A_FILE = 2_000
READ_RATIO_GOAL = 0.30  # ours of theirs, a full read
READ_RATIO_MAX = {2: READ_RATIO_GOAL, 3: 0.45}  # newer servers need less themselves
PROBE_RATIO_MAX = 0.01  # theirs of the time between two passes, nothing changed
INTERVAL_S = 60  # the default
PASSES = 2
RECORD = pathlib.Path("kea-cost.json")


def subnets():
    """As large installations have them: a pool, options, reservations, a name."""
    for number in range(SUBNETS):
        net = f"10.{number >> 8}.{number & 255}"
        mac = f"02:00:00:{number >> 8:02x}:{number & 255:02x}"
        yield {"id": number + 1, "subnet": f"{net}.0/24",
               "pools": [{"pool": f"{net}.20-{net}.200"}],
               "option-data": [{"name": "routers", "data": f"{net}.1"},
                               {"name": "domain-name-servers", "data": "10.0.0.53, 10.0.1.53"}],
               "reservations": [{"hw-address": f"{mac}:{n:02x}", "ip-address": f"{net}.{n}"}
                                for n in (2, 3)],
               "user-context": {"subnet-name": f"Floor {number}"}}


def named(prefixes):
    """A file of scopes of which Git states nothing but that they are wanted."""
    return "scopes:\n" + "".join(f"  - {{subnet: {prefix}, relationship: campus}}\n"
                                 for prefix in prefixes)


def our_cpu_s():
    """Of programs that have ended: servers have not."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Cost(KeaCase):
    """10,000 subnets on each of two servers."""

    def setUp(self):
        if not RELEASE:
            self.skipTest("$PAIRKEEPER_RELEASE names no build without sanitizers")
        super().setUp()

    def test_reading_an_older_server_costs_us_a_fraction_of_what_it_costs_the_server(self):
        self.insist_on_a_cheap_read(2)

    def test_reading_a_newer_server_costs_us_a_fraction_of_what_it_costs_the_server(self):
        self.insist_on_a_cheap_read(3)

    def test_an_unchanged_older_server_hardly_notices_the_running_agent(self):
        self.insist_on_a_cheap_probe(2)

    def test_an_unchanged_newer_server_hardly_notices_the_running_agent(self):
        self.insist_on_a_cheap_probe(3)

    def insist_on_a_cheap_read(self, release):
        with self.large_pair(release) as pair:
            ours, theirs = our_cpu_s(), self.their_cpu_s(pair)
            document = self.diff(code=0)
            ours, theirs = our_cpu_s() - ours, self.their_cpu_s(pair) - theirs
            self.assertEqual(document["summary"]["in_sync"], SUBNETS)
            self.record("full-read", release, ours / theirs, READ_RATIO_MAX[release], our_s=ours,
                        their_s=theirs)

    def insist_on_a_cheap_probe(self, release):
        with self.large_pair(release) as pair:
            agent = self.start_agent()
            try:
                each_s = self.pass_s(pair)
            finally:
                agent.stop()
            self.record("probe", release, each_s / INTERVAL_S, PROBE_RATIO_MAX, their_s=each_s)

    def pass_s(self, pair):
        """Processor time of one server for one pass, after the agent has read all of it once."""
        self.run_program("reconcile", "--wait")
        before = self.their_cpu_s(pair)
        for _ in range(PASSES):
            self.run_program("reconcile", "--wait")
        return (self.their_cpu_s(pair) - before) / PASSES / len(pair.servers)

    def large_pair(self, release):
        pair = Pair(kea(release), subnets=subnets())
        self.use(pair, ", timeout: 5m")
        self.database.unlink(missing_ok=True)
        prefixes = [subnet["subnet"] for subnet in subnets()]
        self.commit(campus("load-balancing"),
                    *(named(prefixes[at:at + A_FILE]) for at in range(0, SUBNETS, A_FILE)))
        return pair

    @staticmethod
    def their_cpu_s(pair):
        return sum(server.cpu_s() for server in pair.servers)

    def record(self, what, release, ratio, limit, **seconds):
        row = {"what": what, "kea": kea(release).version, "subnets": SUBNETS, "limit": limit,
               "ratio": round(ratio, 4), **{k: round(v, 3) for k, v in seconds.items()},
               "time": int(time.time())}
        print(json.dumps(row), flush=True)
        with open(RECORD, "a", encoding="ascii") as file:
            file.write(json.dumps(row) + "\n")
        self.assertLessEqual(ratio, limit, row)


if __name__ == "__main__":
    unittest.main()
