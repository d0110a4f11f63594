"""SIGKILL at any request of an `apply` to a live pair, before it and after it: the next `apply`
completes it, and nothing of the interruption stays, in the pair, on the disks or on record.

All requests with PAIRKEEPER_THOROUGH, else a sample.  After a question that changes nothing is the
same moment as before the next one, and so is the same question asked once more while waiting.
"""

import signal
import unittest

from dhcp_client import subnet
from kea_case import THOROUGH, campus
from kea_proxy import AFTER, BEFORE, CLOSE
from pairkeeper_case import DEADLINE_S
from write_case import MODES, WriteCase

SAMPLE = 4  # points of each pair
KINDS = [(release, mode) for release in (3, 2) for mode in MODES] if THOROUGH else \
    [(3, "load-balancing"), (2, "load-balancing"), (2, "hot-standby")]
SERVED = 10
NARROWED = "127.{0}.0.10-127.{0}.0.99"
SETTINGS_KINDS = KINDS if THOROUGH else [(3, "load-balancing")]


def scope(number, *fields):
    text = [f"subnet: 127.{number}.0.0/24", "relationship: campus", f"id: {number}",
            f"ranges: [127.{number}.0.10-127.{number}.0.109]", *fields]
    return f"  - {{{', '.join(text)}}}\n"


# Two states, and either is wanted after the other: something is made, changed, moved and deleted.
STATES = [
    scope(20, "shared-network: east", "lease-time: 1h", 'reservations: [{ip: 127.20.0.250, '
          'mac: "00:1a:2b:3c:4d:01"}, {ip: 127.20.0.251, mac: "00:1a:2b:3c:4d:02"}]')
    + scope(30, "options: {routers: [127.30.0.1]}"),
    scope(20, "shared-network: west", "lease-time: 2h", 'reservations: [{ip: 127.20.0.250, '
          'mac: "00:1a:2b:3c:4d:03"}, {ip: 127.20.0.251, mac: "00:1a:2b:3c:4d:02", '
          'hostname: printer}]') + scope(40, "shared-network: west"),
]


def pools_of(server, number):
    return [pool["pool"] for pool in server.ask("subnet4-get", {"id": number})["subnet4"][0]["pools"]]


class Kill(WriteCase):
    def want_scopes(self, mode, state):
        self.commit(campus(mode, "prune: owned", scopes=[f"127.{SERVED}.0.0/24"]),
                    "scopes:\n" + STATES[state])

    def want_settings(self, mode, state):
        self.commit(campus(mode, "settings: enforce", f"kea: {{max-unacked-clients: {7 + state}}}",
                           scopes=[f"127.{SERVED}.0.0/24"]))

    def requests_of(self, want, mode, state):
        want(mode, state)
        self.wire.forget()
        self.run_program("apply")
        return self.wire.requests

    def points_of(self, want, mode, only_writes):
        """(number, when) of all moments, over both ways from one state to the other."""
        points = set()
        self.requests_of(want, mode, 0)
        for state in (1, 0):
            asked = set()
            for request in self.requests_of(want, mode, state):
                question = (request.server, request.command, str(request.arguments))
                if request.writes:
                    points |= {(request.number, BEFORE), (request.number, AFTER)}
                    asked.clear()
                elif not only_writes and question not in asked:
                    points.add((request.number, BEFORE))
                    asked.add(question)
        return sorted(points)

    def sweep(self, want, release, mode, only_writes=False):
        points = self.points_of(want, mode, only_writes)
        if not THOROUGH:
            rng = self.generator_seed("kill", release, mode)
            points = rng.sample(points, min(SAMPLE, len(points)))
        for turn, point in enumerate(points):
            want(mode, (turn + 1) % 2)
            self.insist_on_recovery(*point)

    def test_the_next_apply_completes_what_a_kill_left(self):
        for release, mode in KINDS:
            with self.pair(release, mode, subnets=[subnet(SERVED)]):
                self.sweep(self.want_scopes, release, mode)
                for server in self.lab.servers:
                    server.kill()
                    server.start()
                self.lab.wait_until_normal()
                self.diff(code=0)

    def test_settings_that_a_kill_left_half_done_are_completed_and_nobody_goes_on_covering(self):
        for release, mode in SETTINGS_KINDS:
            with self.pair(release, mode, subnets=[subnet(SERVED)]):
                self.commit(campus(mode, scopes=[f"127.{SERVED}.0.0/24"]))
                self.run_program("apply")  # what is there is adopted first
                self.sweep(self.want_settings, release, mode, only_writes=True)

    def test_an_edit_after_a_recovery_is_no_remains_of_what_was_cut_off(self):
        numbers = (SERVED, 20, 30)
        with self.pair(3, subnets=[subnet(number) for number in numbers]):
            self.want_lease("1h", numbers)
            self.run_program("apply")
            self.want_lease("2h", numbers)
            self.kill_between_the_servers()
            self.converge()
            for number in numbers:  # written on one server, and not at all
                self.narrow_pool(self.lab.first, number)
                for _ in range(2):
                    self.run_program("apply")
                    self.assertEqual(*map(pools_of, self.lab.servers, (number, number)))
                    self.assertIn(NARROWED.format(number), pools_of(self.lab.first, number))

    def want_lease(self, lease, numbers):
        self.commit(campus(), "scopes:\n" + "".join(
            f"  - {{subnet: 127.{number}.0.0/24, relationship: campus, lease-time: {lease}}}\n"
            for number in numbers))

    def kill_between_the_servers(self):
        """`apply` that has written a scope on one server and not on the other."""
        self.wire.forget()
        process = self.start_apply()

        def kill(request):
            if len({one.server for one in self.wire.requests if one.writes}) < 2:
                return None
            process.kill()
            process.wait()
            return CLOSE

        self.wire.at(None, BEFORE, kill)
        process.communicate(timeout=DEADLINE_S)
        self.wire.forget()
        self.assertEqual(process.returncode, -signal.SIGKILL)

    @staticmethod
    def narrow_pool(server, number):
        """By hand: nothing new, only less than Git's base has."""
        held = server.ask("subnet4-get", {"id": number})["subnet4"][0]
        held["pools"][0]["pool"] = NARROWED.format(number)
        server.ask("subnet4-update", {"subnet4": [held]})

    def insist_on_recovery(self, number, when):
        commands = f"killed {when} request {number}"
        self.killed_apply(number, when)
        open_operations = self.rows("SELECT count(*) FROM operations WHERE ended_ms IS NULL")[0][0]
        before = len(self.events_of("OperationInterrupted"))
        self.run_program("apply")
        self.assertEqual(len(self.events_of("OperationInterrupted")) - before, open_operations,
                         commands)
        self.insist_on_peace()
        self.insist_on_normal_service()
        self.insist_on_equal_subnets()
        self.insist_on_saved()
        self.insist_on_whole_events()


if __name__ == "__main__":
    unittest.main()
