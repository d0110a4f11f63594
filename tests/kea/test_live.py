"""Clients hear nothing of our writing: while scopes are changed on a live pair, none of them waits
longer for an address than when nothing is done.

Kea 2.2 is configured as a whole, and fetches its partner's leases afterwards; for moments nobody
answers, which nobody outside can prevent.  A question that meets one is answered when it is asked
again, but for the clients that had chosen a server whose clients go to the other one just then.

Figures are printed: of all exchanges, those with a question that was asked again, and those with
one that was asked a third time, of which some had been given away.
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
ANSWER_S = 0.5  # beside retransmissions, which come after 1 s
GIVEN_UP_S = 99
# Long enough to show what a heartbeat without service is; the rest is what the manual advises, so
# that a heartbeat that fails while its server is configured has no consequences.
SLOW = {"heartbeat_delay": 3000, "max_response_delay": 12000}
SLOW_HA = {"load-balancing": {**SLOW, "delayed_updates_limit": 10000}, "hot-standby": SLOW}


def scopes(lease_s):
    """All changed ones and those with clients, with one more change each time."""
    lines = [f"  - {{subnet: 127.{n}.0.0/24, relationship: campus, lease-time: {lease_s}s}}"
             for n in (*SERVED, *CHANGED)]
    return "scopes:\n" + "\n".join(lines) + "\n"


def waited_s(exchange):
    return exchange.took_s if exchange.took_s is not None else GIVEN_UP_S


class Live(WriteCase):
    def begin(self, pair, mode):
        self.commit(campus(mode), scopes(3600))
        self.run_program("apply")
        self.diff(code=0)
        self.clients = Clients(pair, [relay(n) for n in SERVED], EACH)
        self.control = self.watch(lambda: time.sleep(CONTROL_S), "nothing")

    def watch(self, act, what):
        """How many exchanges had to ask a question (again, a third time without such a reason)."""
        self.clients.exchanges.clear()
        self.wire.forget()
        with self.clients:
            act()
        exchanges = list(self.clients.exchanges)
        self.assertEqual([one for one in self.clients.once() if not one.address], [])
        again, third = ([one for one in exchanges if waited_s(one) > retransmissions + ANSWER_S]
                        for retransmissions in (0, 1))
        excused = self.given_away(third)
        self.assertGreater(len(exchanges), EACH)
        print(json.dumps({"what": what, "kea": self.lab.first.kea.version,
                          "mode": self.lab.relationships[0].mode, "exchanges": len(exchanges),
                          "asked_again": len(again), "asked_a_third_time": len(third),
                          "given_away": len(excused),
                          "longest_s": round(max(map(waited_s, exchanges)), 3)}), flush=True)
        return len(again), len(third) - len(excused)

    def test_no_client_waits_while_a_hundred_scopes_change(self):
        for release in (3, 2):
            for mode in MODES:
                with self.pair(release, mode, ha=SLOW_HA[mode] if release == 2 else None,
                               subnets=[subnet(n) for n in (*SERVED, *CHANGED)]) as pair:
                    self.begin(pair, mode)
                    self.commit(campus(mode), scopes(1800))
                    late = self.watch(lambda: self.run_program("apply"), "apply")
                    if release == 3:
                        self.assertLessEqual(late[0], self.control[0])
                    self.assertLessEqual(late[1], self.control[1])
                    self.insist_on_peace()
                    self.insist_on_normal_service()
                    if release == 2:
                        self.insist_that_a_plain_set_is_worse(pair)

    def insist_that_a_plain_set_is_worse(self, pair):
        """So that this test would see an outage if there was one."""
        def configure():
            pair.first.ask("config-set", {"Dhcp4": pair.first.config()})
            pair.wait_until_normal()

        self.assertGreater(self.watch(configure, "plain config-set")[1], self.control[1])


if __name__ == "__main__":
    unittest.main()
