"""Every kind of edit on one server shows as exactly that field, on exactly that scope, with whose
doing it was; and nothing else shows."""

import dataclasses
import unittest

from kea_case import MIXTURES, THOROUGH, KeaCase, campus
from random_config import Generator
from random_edit import EDITS, edited

SUBNETS = 120
EDITED = 40  # of them in one round: few enough that no server counts as lost
ROUNDS = 40 if THOROUGH else 5  # for each kind of pair: 600 edits in the ordinary run


class EveryDifference(KeaCase):
    """Scopes that Git names and leaves to the servers, edited on either of them."""

    def test_one_edit_is_one_line_that_names_field_and_cause(self):
        for releases in MIXTURES:
            with self.mixed_pair(releases) as pair:
                self.begin(pair)
                for number in range(ROUNDS):
                    self.insist_on_these_lines_only(number)

    def begin(self, pair):
        """Both servers hold the same, and it is verified."""
        self.pair, random = pair, self.generator_seed("differences")
        self.generator = Generator(random, [s.kea for s in pair.servers])
        self.content = self.generator.config(SUBNETS)
        for server in pair.servers:
            server.set_content(self.content.spelled(server.kea, random))
        pair.wait_until_normal()
        self.use(pair)
        self.database.unlink(missing_ok=True)
        self.commit(campus(scopes=[subnet.prefix for subnet in self.content.subnets]))
        self.run_program("apply")
        self.run_program("diff")

    def insist_on_these_lines_only(self, number):
        rng, expected = self.generator.rng, []
        contents = [list(self.content.subnets), list(self.content.subnets)]
        for place, position in enumerate(rng.sample(range(SUBNETS), EDITED)):
            subnet, side = self.content.subnets[position], rng.randrange(2)
            inherited = {**self.content.keys, **self.content.networks.get(subnet.network, {})}
            kind = number * EDITED + place
            contents[side][position], field = edited(self.generator, subnet, inherited, kind)
            # What Git leaves to the source is wanted on the partner, so the partner differs.
            expected.append((subnet.prefix, field, "dhcp-b", ("source", "partner")[side]))
        for server, subnets in zip(self.pair.servers, contents):
            config = dataclasses.replace(self.content, subnets=subnets)
            server.set_content(config.spelled(server.kea, rng))
        self.insist_on_lines(self.diff(), expected)

    def test_every_kind_of_edit_is_tried(self):
        """Rounds enough that the first choice falls on each of them."""
        self.assertGreaterEqual(3 * ROUNDS * EDITED, 500)
        self.assertGreaterEqual(ROUNDS * EDITED, 5 * len(EDITS))


if __name__ == "__main__":
    unittest.main()
