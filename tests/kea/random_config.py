"""Random configurations that hold every kind of field, the same ones for the same seed.

What only newer releases take is left out when an older one has to hold the configuration too.
"""

import ipaddress

from kea_model import Config, Option, Pool, Reservation, Subnet

BASE = int(ipaddress.IPv4Address("10.0.0.0"))
BLOCK = 1024  # addresses between two subnets
CLASSES = ["guests", "staff", "phones"]
NETWORKS = ["plain-a", "plain-b"]  # a subnet that moves between them keeps all it has
WORDS = ["Library, floor 1", "Größe & Co", "Музей", "図書館", "Lab \"7\"", "back\\slash", "no"]

# Standard options: code, name, kind, most values.
STANDARD = [
    (2, "time-offset", "int32", 1), (3, "routers", "ipv4", 3),
    (6, "domain-name-servers", "ipv4", 3), (12, "host-name", "text", 1), (13, "boot-size", "uint16", 1), (15, "domain-name", "fqdn", 1),
    (16, "swap-server", "ipv4", 1), (19, "ip-forwarding", "boolean", 1),
    (23, "default-ip-ttl", "uint8", 1), (24, "path-mtu-aging-timeout", "uint32", 1),
    (25, "path-mtu-plateau-table", "uint16", 3), (26, "interface-mtu", "uint16", 1),
    (42, "ntp-servers", "ipv4", 3), (44, "netbios-name-servers", "ipv4", 2),
    (66, "tftp-server-name", "text", 1), (67, "boot-file-name", "text", 1),
    (119, "domain-search", "fqdn", 3), (224, None, "bytes", 1), (225, None, "bytes", 1),
]
# Standard ones that not every release defines, so that they are set as bytes.
UNDEFINED = [(150, "tftp-server-address", "ipv4", 2)]
# Options of the site's own: code, name, kind, space.  A vendor's others are not defined at all.
VENDOR_SPACE, VENDOR_CODES = "vendor-32473", (1, 2, 7)
DEFINED = [(230, "site-code", "uint16", "dhcp4"), (231, "site-label", "text", "dhcp4"),
           (232, "site-hosts", "ipv4", "dhcp4"),
           (9, "site-vendor-text", "text", VENDOR_SPACE)]
KEA_TYPES = {"uint16": "uint16", "text": "string", "ipv4": "ipv4-address"}
IDENTIFIERS = ["hw-address", "client-id", "duid", "circuit-id", "flex-id"]


def _real(rng):
    return rng.randrange(1, 100) / 128  # exact, and short


def _name(rng):
    return f"n{rng.randrange(10**6)}"


def _address(rng):
    return str(ipaddress.IPv4Address(rng.randrange(0xC0A80000, 0xC0A8FFFF)))


# Parameters of a subnet that only Kea has: default (None: none), a random value.
PARAMETERS = {
    "authoritative": (False, lambda rng: True),
    "boot-file-name": (None, _name),
    "cache-max-age": (None, lambda rng: rng.randrange(1, 1000)),
    "cache-threshold": (0.25, _real),
    "calculate-tee-times": (False, lambda rng: True),
    "client-classes": (None, lambda rng: [rng.choice(CLASSES)]),
    "ddns-generated-prefix": (None, _name),
    "ddns-override-client-update": (False, lambda rng: True),
    "ddns-override-no-update": (False, lambda rng: True),
    "ddns-qualifying-suffix": (None, lambda rng: f"{_name(rng)}.example.org"),
    "ddns-replace-client-name": ("never", lambda rng: rng.choice(["always", "when-present"])),
    "ddns-send-updates": (True, lambda rng: False),
    "ddns-update-on-renew": (False, lambda rng: True),
    "evaluate-additional-classes": (None, lambda rng: rng.sample(CLASSES, 2)),
    "hostname-char-replacement": (None, _name),
    "hostname-char-set": ("[^A-Za-z0-9.-]", lambda rng: f"[^A-Za-z0-9.{rng.choice('_+-')}]"),
    "match-client-id": (True, lambda rng: False),
    "next-server": (None, _address),
    "offer-lifetime": (None, lambda rng: rng.randrange(1, 60)),
    "allocator": ("iterative", lambda rng: "random"),
    "relay": (None, lambda rng: {"ip-addresses": [_address(rng)]}),
    "reservations-global": (False, lambda rng: True),
    "reservations-out-of-pool": (False, lambda rng: True),
    "server-hostname": (None, _name),
    "store-extended-info": (False, lambda rng: True),
    "t1-percent": (0.5, lambda rng: rng.randrange(10, 60) / 128),
    "t2-percent": (0.875, lambda rng: rng.randrange(70, 120) / 128),
}

# A shared network's subnets must not differ in these.
OF_NETWORK = {"authoritative"}


def parameters_of(releases):
    """Those that all releases take, in some spelling."""
    def takes(release, key, value):
        names = {key, {"client-classes": "client-class",
                       "evaluate-additional-classes": "require-client-classes"}.get(key, key)}
        return any(release.accepts_in_subnet(**{
            name: value[0] if name == "client-class" else value}) for name in names)

    samples = {"boot-file-name": "a", "client-classes": ["a"], "next-server": "192.0.2.1",
               "evaluate-additional-classes": ["a"], "relay": {"ip-addresses": ["192.0.2.1"]},
               "hostname-char-set": "[^a]", "hostname-char-replacement": "x",
               "ddns-generated-prefix": "a", "ddns-qualifying-suffix": "a.", "cache-max-age": 9,
               "offer-lifetime": 9, "server-hostname": "a"}
    return [key for key, (default, _) in PARAMETERS.items()
            if all(takes(release, key, samples.get(key, default)) for release in releases)]


class Generator:
    """Makes random objects; all of them valid for all of the releases."""

    def __init__(self, rng, releases):
        self.rng = rng
        self.parameters = parameters_of(releases)

    def chance(self, probability):
        return self.rng.random() < probability

    def words(self):
        return f"{self.rng.choice(WORDS)} {self.rng.randrange(1000)}"

    # -- options --

    def values(self, kind, most):
        rng = self.rng
        make = {
            "ipv4": lambda: _address(rng), "uint8": lambda: rng.randrange(1, 256),
            "uint16": lambda: rng.randrange(68, 65536), "uint32": lambda: rng.randrange(2**32),
            "int32": lambda: rng.randrange(-2**31, 2**31), "boolean": lambda: rng.randrange(2),
            "text": lambda: f"text {rng.choice(['a', 'ä', '文'])} {rng.randrange(10**6)}",
            "fqdn": lambda: f"{_name(rng)}.example.org",
            "bytes": lambda: rng.randbytes(rng.randrange(1, 20))}[kind]
        return [make() for _ in range(rng.randint(1, most))]

    def option_kinds(self):
        """Everything there is to make an option of: (code, name, kind, most, space, part)."""
        standard = [(code, name, kind, most, "dhcp4", None)
                    for code, name, kind, most in STANDARD]
        defined = [(code, name, kind, 1, space,
                    str(code) if space == "dhcp4" else f"{space}.{code}")
                   for code, name, kind, space in DEFINED]
        undefined = [(code, None, kind, most, "dhcp4", part)
                     for code, part, kind, most in UNDEFINED]
        vendor = [(code, None, "bytes", 1, VENDOR_SPACE, f"{VENDOR_SPACE}.{code}")
                  for code in VENDOR_CODES]
        return standard + defined + undefined + vendor

    def option(self, of=None):
        code, name, kind, most, space, part = of or self.rng.choice(self.option_kinds())
        return Option(code, name, kind, self.values(kind, most), space, self.chance(0.2), part)

    def options(self, most):
        kinds = self.rng.sample(self.option_kinds(), self.rng.randint(0, most))
        return [self.option(kind) for kind in kinds]

    # -- parts of a subnet --

    def pools(self, first, last):
        """Up to three, with gaps, between two addresses."""
        cuts = sorted(self.rng.sample(range(first, last + 1),
                                      min(2 * self.rng.randint(0, 3), (last - first) // 2 * 2)))
        pools = [Pool(a, b) for a, b in zip(cuts[::2], cuts[1::2])]
        if pools and last - first > 100 and self.chance(0.3):  # one that is a prefix
            start = (first + 63) // 64 * 64
            pools = [Pool(start, start + self.rng.choice([0, 15, 31]))]
        for pool in pools:
            if self.chance(0.2):
                pool.options = self.options(2)
            if self.chance(0.2):
                pool.keys = {"client-classes": [self.rng.choice(CLASSES)]}
        return pools

    def reservation(self, address, of=None):
        kind = of or self.rng.choice(IDENTIFIERS)
        length = 6 if kind == "hw-address" else self.rng.randrange(4, 12)
        identifier = self.rng.randbytes(length)
        if kind not in ("hw-address", "duid") and self.chance(0.4):
            identifier = _name(self.rng).encode()
        keys = {"ip-address": str(ipaddress.IPv4Address(address))} if self.chance(0.8) else {}
        if not keys or self.chance(0.4):
            keys["hostname"] = f"host-{_name(self.rng)}"
        for key, value in (("next-server", _address(self.rng)),
                           ("boot-file-name", _name(self.rng)),
                           ("server-hostname", _name(self.rng)),
                           ("client-classes", [self.rng.choice(CLASSES)])):
            if self.chance(0.1):
                keys[key] = value
        return Reservation(kind, identifier, keys, self.options(2) if self.chance(0.3) else [],
                           self.words() if self.chance(0.2) else "")

    def parameter(self, key):
        return PARAMETERS[key][1](self.rng)

    def timers(self):
        keys = {}
        if self.chance(0.5):
            keys["valid-lifetime"] = self.rng.randrange(3000, 90000)
            if self.chance(0.3):
                keys["min-valid-lifetime"] = self.rng.randrange(2000, 3000)
                keys["max-valid-lifetime"] = self.rng.randrange(90000, 99000)
        for key, low, high in (("renew-timer", 100, 900), ("rebind-timer", 1000, 1900)):
            if self.chance(0.3):
                keys[key] = self.rng.randrange(low, high)
        return keys

    # -- all of it --

    def subnet(self, number, networks=()):
        """The subnet with this number has this id, and a prefix that no other one meets."""
        length = self.rng.choice([22, 23, 24, 24, 24, 25, 26, 28])
        network = ipaddress.IPv4Network((BASE + number * BLOCK, length))
        first, last = int(network[1]), int(network[-2])
        addresses = self.rng.sample(range(first, last + 1), self.rng.randint(0, 4))
        home = self.rng.choice(networks) if networks and self.chance(0.3) else None
        keys = self.timers()
        for key in self.rng.sample(self.parameters, self.rng.randint(0, 4)):
            if home is None or key not in OF_NETWORK:
                keys[key] = self.parameter(key)
        pools = self.pools(first, last)
        return Subnet(
            number + 1, str(network), pools, self.options(5),
            [self.reservation(address) for address in addresses], keys,
            name=self.words() if self.chance(0.5) else "",
            description=self.words() if self.chance(0.3) else "",
            context={"ticket": self.rng.randrange(1000), "by": ["a", None, {"x": True}]}
            if self.chance(0.2) else {},
            inactive=bool(pools) and self.chance(0.1) and not any(p.keys for p in pools),
            network=home)

    def config(self, count):
        networks = {name: {} for name in NETWORKS}
        networks["Größe"] = {"valid-lifetime": 7200, "match-client-id": False}
        networks["timed"] = {"renew-timer": 600, "rebind-timer": 1200, "option-data": [
            {"name": "log-servers", "data": "10.9.9.9"}]}
        keys = {"valid-lifetime": 3600}
        if self.chance(0.5):
            keys.update({"renew-timer": 900, "rebind-timer": 1800})
        definitions = [{"code": code, "name": name, "type": KEA_TYPES[kind], "space": space}
                       for code, name, kind, space in DEFINED]
        return Config([self.subnet(number, list(networks)) for number in range(count)], networks,
                      keys, definitions, [*CLASSES])
