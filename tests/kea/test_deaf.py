"""A server of Kea 2.2 that was left deaf by a configuration it refused hears its clients again after
one `apply`.

Such a server has closed its sockets and stopped its timers, and says that all is well.  Until its
partner gives it up nobody can tell which of the two is deaf: nothing is done to either.
"""

import contextlib
import copy
import unittest

from dhcp_client import subnet
from kea_case import THOROUGH, campus
from kea_server import KeaRefusal
from write_case import WriteCase

# The mode, and the place of the deaf server.
KINDS = [("hot-standby", 0)] + [("load-balancing", 1)] * THOROUGH


class Deaf(WriteCase):
    def make_deaf(self, server):
        bad = copy.deepcopy(server.config())
        bad["subnet4"].append({"id": 99, "subnet": "10.0.0.0/99"})
        with contextlib.suppress(KeaRefusal):
            server.ask("config-set", {"Dhcp4": bad})

    def states(self):
        return [server.ha_states()[0][0] for server in self.lab.servers]

    def contact_age_s(self, server):
        status = server.ask("status-get")["high-availability"][0]
        return status["ha-servers"]["remote"]["age"]

    def test_a_deaf_server_is_configured_again_as_soon_as_its_partner_has_taken_over(self):
        for mode, place in KINDS:
            with self.pair(2, mode, subnets=[subnet(10)]) as pair:
                self.commit(campus(mode, scopes=["127.10.0.0/24"]))
                self.converge()
                deaf = pair.servers[place]
                before = deaf.config()
                self.make_deaf(deaf)
                pair.wait_for(lambda: self.contact_age_s(deaf) > 6, "it to be out of touch")
                self.insist_that_nothing_is_done(mode)
                pair.wait_for(lambda: "partner-down" in self.states(), "its partner to take over")
                self.insist_that_a_reader_leaves_it_alone(mode)
                self.run_program("apply")
                self.insist_on_normal_service()
                self.insist_on_service(10)
                self.assertEqual(deaf.config(), before)
                events = self.events_of("ServerRevived")
                self.assertEqual([event["server"] for event in events], [f"dhcp-{'ab'[place]}"])
                self.insist_on_peace()

    def insist_that_nothing_is_done(self, mode):
        """While both have lost each other."""
        self.assertEqual(self.states(), [mode] * 2)
        self.wire.forget()
        self.run_program("apply")
        self.assertEqual([str(request) for request in self.wire.writes], [])
        said = " ".join(self.run_program("status").out.split())
        self.assertIn("has not heard from its partner", said)

    def insist_that_a_reader_leaves_it_alone(self, mode):
        """Who may only report does not cure either."""
        self.commit(campus(mode, "heal: report", scopes=["127.10.0.0/24"]))
        self.wire.forget()
        self.run_program("apply")
        self.assertEqual([str(request) for request in self.wire.writes], [])
        self.commit(campus(mode, scopes=["127.10.0.0/24"]))


if __name__ == "__main__":
    unittest.main()
