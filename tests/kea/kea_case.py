"""What tests of the program with real Kea servers stand on."""

import os
import random
import re

from kea_programs import kea
from pairkeeper_case import PairkeeperCase

SEED = int(os.environ.get("PAIRKEEPER_SEED", "1"))
THOROUGH = os.environ.get("PAIRKEEPER_THOROUGH", "") not in ("", "0")
RELEASES = [(2, 2), (3, 3), (2, 3)]
OUR_MODE = {"load-balancing": "load-balance", "hot-standby": "hot-standby"}


class KeaCase(PairkeeperCase):
    """A repository, a configuration, and the two servers of a pair in it: dhcp-a, dhcp-b."""

    def use(self, pair, keys="", **sections):
        """Configures the pair's servers; keys: further YAML of each, `, ca: …`."""
        servers = [(name, f'{{driver: kea, url: "{server.url}"{keys}}}')
                   for name, server in zip(("dhcp-a", "dhcp-b"), pair.servers)]
        self.write_config(servers=servers, **sections)

    def generator_seed(self, *words):
        """A random source of its own for each part of a test, the same in every run."""
        return random.Random("-".join(map(str, (SEED, *words))))

    def releases(self):
        """(first, second) Kea of each kind of pair, in a subTest."""
        for numbers in RELEASES:
            with self.subTest(releases=numbers):
                yield [kea(number) for number in numbers]

    def lines(self, document, name="campus"):
        """Every difference that a diff shows: (subnet, field, server, cause)."""
        return sorted((action["subnet"], field["field"], field["server"], field["cause"])
                      for action in self.actions(document, name) for field in action["fields"])


def campus(mode="load-balancing", *lines, scopes=()):
    """YAML of the pair's relationship, and of scopes that state nothing."""
    text = ["relationships:", "  campus:", "    servers: [dhcp-a, dhcp-b]",
            f"    mode: {OUR_MODE[mode]}", *(f"    {line}" for line in lines)]
    if scopes:
        text += ["scopes:", *(f"  - {{subnet: {prefix}, relationship: campus}}"
                              for prefix in scopes)]
    return "\n".join(text) + "\n"


def prefix_order(prefix):
    return [int(number) for number in re.findall(r"\d+", prefix)]
