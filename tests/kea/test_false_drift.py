"""What two servers hold alike is never shown as a difference, however each of them was told and
whatever release it is."""

import unittest

from kea_case import MIXTURES, THOROUGH, KeaCase, campus
from random_config import Generator

SUBNETS = 150
ROUNDS = 20 if THOROUGH else 3


class FalseDrift(KeaCase):
    """Random configurations, each spelled at random for each server."""

    def test_equal_meaning_in_any_spelling_on_any_release_is_no_difference(self):
        self.commit(campus("load-balancing", "foreign: replicate"))
        for releases in MIXTURES:
            with self.mixed_pair(releases) as pair:
                self.use(pair)
                for number in range(ROUNDS):
                    self.insist_on_no_drift(pair, number)

    def insist_on_no_drift(self, pair, number):
        random = self.generator_seed("false-drift", number)
        config = Generator(random, [s.kea for s in pair.servers]).config(SUBNETS)
        for server in pair.servers:
            server.set_content(config.spelled(server.kea, random))
        document = self.diff(code=None)
        self.assertEqual(self.relationship(document)["unknown"], [], document)
        self.insist_on_lines(document, [])
        self.assertEqual(self.relationship(document)["condition"], "in-sync")
        seen = {scope["subnet"] for scope in self.relationship(document)["foreign"]}
        self.assertEqual(seen, {subnet.prefix for subnet in config.subnets})


if __name__ == "__main__":
    unittest.main()
