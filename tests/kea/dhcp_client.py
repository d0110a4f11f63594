"""Many small DHCPv4 clients behind a relay on loopback: who got an address, from whom, and when.

    clients = Clients(lab, ["127.10.0.1"], each=20)     # 20 clients of the subnet 127.10.0.0/24
    for exchange in clients.once():                     # each asks for an address, once
        …
    with clients:                                       # or: all of them, again and again, while …
        change_the_servers()
    late = [e for e in clients.exchanges if e.took_s is None or e.took_s > 1]

An exchange is DISCOVER, OFFER, REQUEST, ACK, each question sent to every server of the lab, and
again when no answer came, as real clients do.  One thread serves all clients.  Those that ask again
and again are spread in time, as a network's are: so a moment without service meets few of them.
"""

import contextlib
import dataclasses
import random
import select
import socket
import struct
import threading
import time

from kea_server import ADDRESS

DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
OPTION_ADDRESS, OPTION_TYPE, OPTION_SERVER, OPTION_END = 50, 53, 54, 255
MAGIC = bytes([99, 130, 83, 99])
HEAD = struct.Struct("!BBBBIHH4s4s4s4s16s192s")
BYTES_MAX = 4096
STEP_S = 0.02
SPREAD = 0.5  # of the time between two exchanges, more or less
JITTER = 0.1  # of the time before a question is repeated


@dataclasses.dataclass
class Exchange:
    """What came of one client's wish for an address; times are of time.monotonic()."""

    mac: str
    relay: str
    started: float
    sent: int = 0  # questions, with those that were repeated
    offered: str = None
    offered_by: str = None  # its dhcp-server-identifier
    offered_at: float = None
    address: str = None  # acknowledged
    server: str = None  # who acknowledged: its dhcp-server-identifier
    refused: bool = False  # NAK
    ended: float = None

    @property
    def took_s(self):
        """From the first question to the address; None: never."""
        return self.ended - self.started if self.address else None


def subnet(number):
    """A subnet whose clients can be served on loopback.  Its two pools are those of the two servers
    of a load-balancing pair, which would else hand out the same addresses."""
    pools = [(f"127.{number}.0.{first}-127.{number}.0.{first + 99}", server)
             for first, server in ((10, "server1"), (110, "server2"))]
    return {"id": number, "subnet": f"127.{number}.0.0/24",
            "pools": [{"pool": pool, "client-class": f"HA_{server}"} for pool, server in pools]}


def relay(number):
    """The relay's address in it."""
    return f"127.{number}.0.1"


def question(kind, mac, transaction, relay, elapsed_s, options=()):
    """A relayed message of a client; options: (code, bytes)."""
    zero = bytes(4)
    head = HEAD.pack(1, 1, len(mac), 1, transaction, elapsed_s, 0, zero, zero, zero,
                     socket.inet_aton(relay), mac, b"")
    body = b"".join(bytes([code, len(value)]) + value
                    for code, value in [(OPTION_TYPE, bytes([kind])), *options])
    return head + MAGIC + body + bytes([OPTION_END])


def spread(seconds, part):
    return seconds * random.uniform(1 - part, 1 + part)


def parsed(message):
    """(transaction, offered address, {code: bytes})."""
    fields = HEAD.unpack_from(message)
    options, at = {}, HEAD.size + len(MAGIC)
    while at < len(message) and message[at] != OPTION_END:
        if message[at] == 0:  # padding
            at += 1
            continue
        length = message[at + 1]
        options[message[at]] = message[at + 2:at + 2 + length]
        at += 2 + length
    return fields[4], socket.inet_ntoa(fields[8]), options


class _Client:
    """One client and where it stands in its exchange."""

    def __init__(self, clients, relay, number):
        self.clients, self.relay = clients, relay
        network = socket.inet_aton(relay)
        self.mac = bytes([2, network[1], network[2], 0, number >> 8, number & 0xff])
        self.exchange = None
        self.again_at = time.monotonic() + random.uniform(0, clients.pause_s)

    @property
    def is_busy(self):
        return self.exchange is not None and self.exchange.ended is None

    def begin(self, now):
        self.exchange = Exchange(self.mac.hex(":"), self.relay, now)
        self.clients.exchanges.append(self.exchange)
        self.tries, self.kind, self.wish = 0, DISCOVER, ()
        self._send(now)

    def _send(self, now):
        if self.tries == 0:
            self.transaction = random.getrandbits(32)
            self.clients.waiting[self.transaction] = self
        elapsed_s = min(int(now - self.exchange.started), 0xffff)
        self.clients.send(self.relay, question(self.kind, self.mac, self.transaction, self.relay,
                                               elapsed_s, self.wish))
        self.exchange.sent += 1
        self.tries += 1
        self.again_at = now + spread(self.clients.retransmit_s, JITTER)

    def tick(self, now):
        """Asks again, or gives up, when it is time."""
        if self.is_busy and now >= self.again_at:
            if self.tries < self.clients.tries:
                self._send(now)
            else:
                self._end(now)

    def answered(self, address, options, now):
        kind = options.get(OPTION_TYPE, b"\0")[0]
        server = options.get(OPTION_SERVER, b"")
        if self.kind == DISCOVER and kind == OFFER:
            self.clients.waiting.pop(self.transaction)
            self.exchange.offered = address
            self.exchange.offered_by = socket.inet_ntoa(server)
            self.exchange.offered_at = now
            self.tries, self.kind = 0, REQUEST
            self.wish = ((OPTION_ADDRESS, socket.inet_aton(address)), (OPTION_SERVER, server))
            self._send(now)
        elif self.kind == REQUEST and kind in (ACK, NAK):
            self.exchange.refused = kind == NAK
            if kind == ACK:
                self.exchange.address = address
                self.exchange.server = socket.inet_ntoa(server)
            self._end(now)

    def _end(self, now):
        self.clients.waiting.pop(self.transaction, None)
        self.exchange.ended = now
        self.again_at = now + spread(self.clients.pause_s, SPREAD)


def given_away(late, handovers, within_s):
    """The exchanges of `late` whose client held the offer of a server that lost clients just then.

    handovers: (dhcp-server-identifier, from, until), when that server was told whom it serves;
    within_s: how soon after its offer a server has seen the request.

    No server answers a request that names another one, and HA takes a server's clients away from
    one message to the next: who is between OFFER and REQUEST then has to begin anew.
    """
    return [one for one in late if one.offered_by and any(
        server == one.offered_by and begun <= one.offered_at + within_s and done >= one.started
        for server, begun, done in handovers)]


class Clients:
    """Clients of a lab that was made with dhcp=True; relays: one address in each subnet."""

    def __init__(self, lab, relays, each=10, retransmit_s=1.0, tries=4, pause_s=0.2):
        self.servers = [(ADDRESS, server.dhcp_ports[0]) for server in lab.servers]
        self.retransmit_s, self.tries, self.pause_s = retransmit_s, tries, pause_s
        self.exchanges, self.waiting = [], {}
        self._port, self._relays, self._sockets = lab.relay_port, relays, {}
        self._clients = [_Client(self, relay, n) for relay in relays for n in range(each)]
        self._thread, self._stop = None, threading.Event()

    def send(self, relay, message):
        for server in self.servers:
            with contextlib.suppress(ConnectionRefusedError):  # of the message before
                self._sockets[relay].sendto(message, server)

    def once(self):
        """Every client asks for an address; returns when each has it or has given up."""
        before = len(self.exchanges)
        with self._open():
            for client in self._clients:
                client.begin(time.monotonic())
            while any(client.is_busy for client in self._clients):
                self._step()
        return self.exchanges[before:]

    def __enter__(self):
        self._stop.clear()
        self._thread = threading.Thread(target=self._again_and_again)
        self._thread.start()
        return self

    def __exit__(self, *_):
        """Exchanges that have begun come to their end."""
        self._stop.set()
        self._thread.join()

    def _again_and_again(self):
        with self._open():
            while not self._stop.is_set() or any(client.is_busy for client in self._clients):
                now = time.monotonic()
                for client in self._clients:
                    if not client.is_busy and not self._stop.is_set() and now >= client.again_at:
                        client.begin(now)
                self._step()

    @contextlib.contextmanager
    def _open(self):
        with contextlib.ExitStack() as stack:
            for relay in self._relays:
                self._sockets[relay] = stack.enter_context(
                    socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                self._sockets[relay].bind((relay, self._port))
            yield

    def _step(self):
        readable = select.select(list(self._sockets.values()), [], [], STEP_S)[0]
        for relay in readable:
            with contextlib.suppress(ConnectionRefusedError):  # a server is away
                transaction, address, options = parsed(relay.recv(BYTES_MAX))
                if transaction in self.waiting:
                    self.waiting[transaction].answered(address, options, time.monotonic())
        now = time.monotonic()
        for client in self._clients:
            client.tick(now)
