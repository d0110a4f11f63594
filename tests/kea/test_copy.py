"""Whatever one server holds, one `apply` gives to its partner: what is read back there is the same,
on and between all releases, also where the partner's own settings are others."""

import dataclasses
import unittest

from kea_case import THOROUGH, campus
from random_config import Generator
from kea_proxy import BEFORE
from write_case import WriteCase, subnets_of

SUBNETS = 300 if THOROUGH else 40
ROUNDS = 4 if THOROUGH else 1
MIXTURES = [(2, 2), (3, 3), (2, 3), (3, 2)]
# What a subnet of the partner would inherit, and must not; none of it where nothing is said.
OTHER_SETTINGS = [
    {},
    {"valid-lifetime": 7777, "match-client-id": False, "next-server": "192.0.2.9",
     "t1-percent": 0.25, "ddns-send-updates": False,
     "ddns-qualifying-suffix": "elsewhere.example.org", "ddns-replace-client-name": "always",
     "reservations-global": True, "reservations-out-of-pool": True, "store-extended-info": True,
     "hostname-char-set": "[^a-z]", "calculate-tee-times": True, "cache-threshold": 0.5},
]


class Copy(WriteCase):
    def test_a_partner_that_lacks_everything_holds_the_same_after_one_apply(self):
        for releases in MIXTURES:
            with self.pair(releases, dhcp=False, subnets=[]) as pair:
                for number in range(ROUNDS):
                    for settings in OTHER_SETTINGS:
                        self.database.unlink(missing_ok=True)
                        self.insist_on_a_copy(pair, settings, number)

    def insist_on_a_copy(self, pair, settings, number):
        rng = self.generator_seed("copy", number, settings)
        config = Generator(rng, [s.kea for s in pair.servers]).config(SUBNETS)
        bare = dataclasses.replace(config, subnets=[], networks={}, keys={})
        pair.first.set_content(config.spelled(pair.first.kea, rng))
        pair.second.set_content({**bare.spelled(pair.second.kea), **settings})
        pair.wait_until_normal()
        self.commit(campus(scopes=[subnet.prefix for subnet in config.subnets]))
        self.converge()
        self.insist_on_equal_subnets()

    def test_a_later_change_of_a_global_still_reaches_what_was_not_written(self):
        alone = [{"id": n, "subnet": f"10.0.{n}.0/24"} for n in (1, 2)]
        network = {"name": "floor", "subnet4": [{"id": 3, "subnet": "10.0.3.0/24"}]}
        content = {"subnet4": alone, "shared-networks": [network], "renew-timer": 900}
        with self.pair(2, dhcp=False, content=content) as pair:
            self.commit(campus(scopes=[f"10.0.{n}.0/24" for n in (1, 2, 3)]),
                        "scopes: [{subnet: 10.0.4.0/24, relationship: campus}]\n")
            self.told = {server.name: [] for server in pair.servers}
            self.wire.at(None, BEFORE, self.listen)
            self.run_program("apply")
            for server in pair.servers:
                self.insist_on_inheritance(server)

    def listen(self, request):
        if request.command == "config-set":
            self.told[request.server].append(request.arguments)

    def insist_on_inheritance(self, server):
        """A global that is changed in what the server was told last reaches all its subnets."""
        told = self.told[server.name][-1]
        told["Dhcp4"].update({"valid-lifetime": 5555, "renew-timer": 555})
        for key in ("min-valid-lifetime", "max-valid-lifetime"):
            told["Dhcp4"].pop(key, None)
        server.ask("config-set", told)
        self.assertEqual({(s["valid-lifetime"], s["renew-timer"])
                          for s in subnets_of(server).values()}, {(5555, 555)})


if __name__ == "__main__":
    unittest.main()
