"""Clients hear nothing of our writing: while scopes are changed on a live pair, none of them waits
longer for an address than when nothing is done.

Figures are printed: questions that were asked again, of all exchanges.
"""

import json
import time
import unittest

from dhcp_client import Clients, relay, subnet
from kea_case import THOROUGH, campus
from write_case import MODES, WriteCase

EACH = 10
SERVED = (10, 20)  # subnets whose clients ask all the time
CHANGED = range(100, 200)
CONTROL_S = 10 if THOROUGH else 4
# Long enough to show what a heartbeat without service is.
SLOW = {"heartbeat_delay": 3000}


def scopes(lease_s):
    """All changed ones and those with clients, with one more change each time."""
    lines = [f"  - {{subnet: 127.{n}.0.0/24, relationship: campus, lease-time: {lease_s}s}}"
             for n in (*SERVED, *CHANGED)]
    return "scopes:\n" + "\n".join(lines) + "\n"


class Live(WriteCase):
    def begin(self, pair, mode):
        self.commit(campus(mode), scopes(3600))
        self.run_program("apply")
        self.diff(code=0)
        self.clients = Clients(pair, [relay(n) for n in SERVED], EACH)
        self.late_in_control = self.asked_again(lambda: time.sleep(CONTROL_S), "nothing")

    def asked_again(self, act, what):
        """How many exchanges needed a question more than once while something was done."""
        self.clients.exchanges.clear()
        with self.clients:
            act()
        exchanges = self.clients.exchanges
        late = [e for e in exchanges if e.took_s is None or e.sent > 2]
        self.assertGreater(len(exchanges), EACH)
        print(json.dumps({"what": what, "kea": self.lab.first.kea.version, "late": len(late),
                          "exchanges": len(exchanges),
                          "longest_s": max((e.took_s or 99 for e in exchanges))}), flush=True)
        return len(late)

    def test_no_client_waits_while_a_hundred_scopes_change(self):
        for release in (3, 2):
            for mode in MODES:
                with self.pair(release, mode, ha=SLOW if release == 2 else None,
                               subnets=[subnet(n) for n in (*SERVED, *CHANGED)]) as pair:
                    self.begin(pair, mode)
                    self.commit(campus(mode), scopes(1800))
                    late = self.asked_again(lambda: self.run_program("apply"), "apply")
                    self.assertLessEqual(late, self.late_in_control)
                    self.insist_on_peace()
                    self.insist_on_normal_service()
                    if release == 2:
                        self.insist_that_a_plain_set_is_worse(pair)

    def insist_that_a_plain_set_is_worse(self, pair):
        """So that this test would see an outage if there was one."""
        def configure():
            pair.first.ask("config-set", {"Dhcp4": pair.first.config()})
            pair.wait_until_normal()

        self.assertGreater(self.asked_again(configure, "plain config-set"), self.late_in_control)


if __name__ == "__main__":
    unittest.main()
