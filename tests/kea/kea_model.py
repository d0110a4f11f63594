"""A DHCPv4 configuration by what it means, and the many ways in which Kea lets people write it.

Two servers that hold the same Config hold the same, however each was told: every object spells
itself for a release, and with a random source it chooses among all spellings of equal meaning.
Without one (`rng=None`) it takes the plainest.
"""

import dataclasses
import ipaddress
import struct

NUMBERS = {"uint8": ">B", "uint16": ">H", "uint32": ">I", "int32": ">i"}
INACTIVE_CLASS = "PAIRKEEPER_INACTIVE"
# Newest spelling of a key, and the one before.
OLD_KEYS = {"client-classes": "client-class",
            "evaluate-additional-classes": "require-client-classes"}


def chance(rng, probability=0.5):
    return rng is not None and rng.random() < probability


def one_of(rng, spellings):
    return rng.choice(spellings) if rng else spellings[0]


def spelled_keys(keys, release):
    """Keys under the names that a release has for them."""
    spelled = {}
    for key, value in keys.items():
        old = OLD_KEYS.get(key)
        if old and not release.accepts_in_subnet(**{key.replace("-", "_"): ["class"]}):
            key, value = old, value[0] if old == "client-class" else value
        spelled[key] = value
    return spelled


def spelled_bytes(value, rng, separators=("", ":")):
    """Bytes in hexadecimal."""
    separator = one_of(rng, separators)
    text = value.hex(separator) if separator else value.hex()
    return text.upper() if chance(rng) else text


@dataclasses.dataclass
class Option:
    """One option; name None: the server has no definition, and values are bytes."""

    code: int
    name: str
    kind: str  # ipv4, uint8, …, boolean, text, fqdn, bytes
    values: list
    space: str = "dhcp4"
    always_send: bool = False
    part: str = None  # what the program calls it

    @property
    def field(self):
        return f"options.{self.part or self.name or self.code}"

    def wire(self):
        """Its bytes; None where their making is not our business (domain names)."""
        if self.kind == "bytes":
            return self.values[0]
        if self.kind == "text":
            return self.values[0].encode()
        if self.kind == "ipv4":
            return b"".join(ipaddress.IPv4Address(v).packed for v in self.values)
        if self.kind == "boolean":
            return bytes(self.values)
        if self.kind in NUMBERS:
            return b"".join(struct.pack(NUMBERS[self.kind], v) for v in self.values)
        return None

    def _texts(self, rng):
        if self.kind == "boolean":
            return [one_of(rng, [("false", "true"), ("0", "1")])[v] for v in self.values]
        return [str(v) for v in self.values]

    def spelled(self, rng):
        known = {"name": self.name, "code": self.code}
        option = one_of(rng, [known, {"name": self.name}, {"code": self.code}]) \
            if self.name else {"code": self.code}
        if self.space != "dhcp4" or chance(rng):
            option = {**option, "space": self.space}
        if self.always_send or chance(rng, 0.2):
            option = {**option, "always-send": self.always_send}
        wire = self.wire()
        if self.name is None or (wire is not None and chance(rng, 0.3)):
            text = spelled_bytes(wire, rng) if chance(rng) else "0x" + wire.hex()
            return {**option, "csv-format": False, "data": text}
        option = {**option, "data": one_of(rng, [", ", ",", " , "]).join(self._texts(rng))}
        return {**option, "csv-format": True} if chance(rng) else option


def spelled_options(options, rng):
    """Order between options has no meaning; between values of one it has."""
    options = [option.spelled(rng) for option in options]
    if rng:
        rng.shuffle(options)
    return options


@dataclasses.dataclass
class Pool:
    first: int
    last: int
    options: list = dataclasses.field(default_factory=list)
    keys: dict = dataclasses.field(default_factory=dict)

    def _texts(self):
        """FIRST-LAST in its ways, and a prefix where it is one."""
        first, last = map(ipaddress.IPv4Address, (self.first, self.last))
        texts = [f"{first}-{last}", f"{first} - {last}", f" {first}- {last} "]
        blocks = list(ipaddress.summarize_address_range(first, last))
        return texts + ([str(blocks[0])] if len(blocks) == 1 else [])

    def split(self, rng):
        """Two pools that serve the same addresses in the same way, or itself."""
        if self.first == self.last or not chance(rng, 0.2):
            return [self]
        middle = rng.randrange(self.first, self.last)
        return [dataclasses.replace(self, last=middle),
                dataclasses.replace(self, first=middle + 1)]

    def spelled(self, rng, release):
        pool = {"pool": one_of(rng, self._texts()), **spelled_keys(self.keys, release)}
        if self.options or chance(rng, 0.2):
            pool["option-data"] = spelled_options(self.options, rng)
        return pool


@dataclasses.dataclass
class Reservation:
    kind: str  # hw-address, client-id, duid, circuit-id, flex-id
    identifier: bytes
    keys: dict = dataclasses.field(default_factory=dict)  # ip-address, hostname, …
    options: list = dataclasses.field(default_factory=list)
    label: str = ""

    @property
    def field(self):
        kind = "mac" if self.kind == "hw-address" else self.kind
        return f"reservations.{kind}={self.identifier.hex(':')}"

    def _identifier(self, rng):
        if self.kind in ("hw-address", "duid"):
            return spelled_bytes(self.identifier, rng, (":", "", " "))
        texts = [spelled_bytes(self.identifier, rng, ("", ":"))]
        if self.identifier.isalnum():
            texts.append(f"'{self.identifier.decode()}'")
        return one_of(rng, texts)

    def spelled(self, rng):
        reservation = {self.kind: self._identifier(rng), **self.keys}
        if self.options or chance(rng, 0.2):
            reservation["option-data"] = spelled_options(self.options, rng)
        if self.label:
            reservation["user-context"] = {"comment": self.label}
        return reservation


@dataclasses.dataclass
class Subnet:
    id: int
    prefix: str
    pools: list = dataclasses.field(default_factory=list)
    options: list = dataclasses.field(default_factory=list)
    reservations: list = dataclasses.field(default_factory=list)
    keys: dict = dataclasses.field(default_factory=dict)
    name: str = ""
    description: str = ""
    context: dict = dataclasses.field(default_factory=dict)  # what else the user noted
    inactive: bool = False
    network: str = None

    def spelled(self, rng, release, inherited):
        """inherited: keys of its network and of the server; stating them again changes nothing."""
        keys = {k: v for k, v in self.keys.items() if v != inherited.get(k) or not chance(rng)}
        subnet = {"id": self.id, "subnet": self.prefix, **spelled_keys(keys, release)}
        for key in ("valid-lifetime", "renew-timer", "rebind-timer"):
            if key in inherited and key not in subnet and chance(rng, 0.3):
                subnet[key] = inherited[key]
        pools = self.pools
        if self.inactive:
            pools = [dataclasses.replace(p, keys={**p.keys, "client-classes": [INACTIVE_CLASS]})
                     for p in pools]
        subnet["pools"] = [part.spelled(rng, release) for pool in pools
                           for part in pool.split(rng)]
        subnet["option-data"] = spelled_options(self.options, rng)
        subnet["reservations"] = [r.spelled(rng) for r in self.reservations]
        if rng:
            rng.shuffle(subnet["pools"])
            rng.shuffle(subnet["reservations"])
        context = dict(self.context)
        if self.name:
            context["subnet-name"] = self.name
        if self.description:
            context["comment"] = self.description
        return {**subnet, "user-context": context} if context else subnet


@dataclasses.dataclass
class Config:
    subnets: list
    networks: dict = dataclasses.field(default_factory=dict)  # {name: keys}
    keys: dict = dataclasses.field(default_factory=dict)  # the server's own
    definitions: list = dataclasses.field(default_factory=list)  # option-def
    classes: list = dataclasses.field(default_factory=list)  # names

    def spelled(self, release, rng=None):
        """Dhcp4 without what only concerns one server."""
        networks = {name: {"name": name, **spelled_keys(keys, release), "subnet4": []}
                    for name, keys in self.networks.items()}
        alone = []
        for subnet in self.subnets:
            inherited = {**self.keys, **self.networks.get(subnet.network, {})}
            spelled = subnet.spelled(rng, release, inherited)
            (networks[subnet.network]["subnet4"] if subnet.network else alone).append(spelled)
        if rng:
            rng.shuffle(alone)
        return {**self.keys, "subnet4": alone, "shared-networks": list(networks.values()),
                "option-def": self.definitions,
                "client-classes": [{"name": name} for name in self.classes]}
