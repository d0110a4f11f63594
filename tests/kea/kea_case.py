"""What tests of the program with real Kea servers stand on."""

import contextlib
import os
import random

from kea_pair import Pair
from kea_programs import kea
from pairkeeper_case import PairkeeperCase

SEED = int(os.environ.get("PAIRKEEPER_SEED", "1"))
THOROUGH = os.environ.get("PAIRKEEPER_THOROUGH", "") not in ("", "0")
MIXTURES = [(2, 2), (3, 3), (2, 3)]
OUR_MODE = {"load-balancing": "load-balance", "hot-standby": "hot-standby"}


class KeaCase(PairkeeperCase):
    """A repository, a configuration, and the two servers of a pair in it: dhcp-a, dhcp-b."""

    def use(self, lab, keys="", **sections):
        """Configures the lab's servers, dhcp-a, dhcp-b, …; keys: further YAML of each, `, ca: …`."""
        servers = [(f"dhcp-{letter}", f'{{driver: kea, url: "{server.url}"{keys}}}')
                   for letter, server in zip("abc", lab.servers)]
        self.write_config(servers=servers, **sections)

    def generator_seed(self, *words):
        """A random source of its own for each part of a test, the same in every run."""
        return random.Random("-".join(map(str, (SEED, *words))))

    @contextlib.contextmanager
    def mixed_pair(self, releases, **more):
        """A pair of a release each, in a subTest."""
        with self.subTest(releases=releases), \
                Pair(*(kea(number) for number in releases), **more) as pair:
            yield pair

    def lines(self, document, name="campus"):
        """Every difference that a diff shows: (subnet, field, server, cause)."""
        return sorted((action["subnet"], field["field"], field["server"], field["cause"])
                      for action in self.actions(document, name) for field in action["fields"])

    def insist_on_lines(self, document, expected):
        """These differences and no others; a failure shows the values of those that are too many."""
        expected, values = set(expected), {}
        for action in self.actions(document):
            for field in action["fields"]:
                line = (action["subnet"], field["field"], field["server"], field["cause"])
                values[line] = (field["have"], field["want"])
        extra = {line: values[line] for line in sorted(values.keys() - expected)}
        missing = sorted(expected - values.keys())
        if extra or missing:
            shown = [f"{line}\n    have {have}\n    want {want}"
                     for line, (have, want) in extra.items()]
            self.fail("\n".join(["too many:", *shown, "missing:", *map(str, missing)]))


def campus(mode="load-balancing", *lines, scopes=()):
    """YAML of the pair's relationship, and of scopes that state nothing."""
    text = ["relationships:", "  campus:", "    servers: [dhcp-a, dhcp-b]",
            f"    mode: {OUR_MODE[mode]}", *(f"    {line}" for line in lines)]
    if scopes:
        text += ["scopes:", *(f"  - {{subnet: {prefix}, relationship: campus}}"
                              for prefix in scopes)]
    return "\n".join(text) + "\n"
