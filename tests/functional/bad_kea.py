"""Fake Kea servers on loopback: one that answers as it should, and as many bad ones as there are
products of a stage and a way to go wrong.

The path of the URL says which kind answers: `/KIND/a/` is server a of that kind.  Kea takes any
path, so the program asks them as it asks every server.
"""

import asyncio
import contextlib
import copy
import json
import ssl
import struct
import socket
import threading

STAGES = ("list-commands", "status-get", "config-get")
GIBIBYTE = 1 << 30
FOREVER_S = 3600
TRICKLE_S = 0.05
TLS_HANDSHAKE = b"\x16"


# -- A good server ------------------------------------------------------------------------------

def configuration(server):
    """What config-get of a 3.x server holds that matters to us."""
    peers = [{"name": f"server{i}", "role": role, "url": f"http://127.0.0.1:{i}/",
              "auto-failover": True} for i, role in ((1, "primary"), (2, "secondary"))]
    return {
        "control-sockets": [{"socket-type": "unix", "socket-name": "/run/kea/s"}],
        "hooks-libraries": [
            {"library": "/usr/lib/kea/hooks/libdhcp_lease_cmds.so"},
            {"library": "/usr/lib/kea/hooks/libdhcp_ha.so",
             "parameters": {"high-availability": [{
                 "this-server-name": {"a": "server1", "b": "server2"}[server],
                 "mode": "load-balancing", "heartbeat-delay": 10000, "peers": peers}]}}],
        "option-def": [],
        "option-data": [],
        "shared-networks": [{"name": "hall", "subnet4": [subnet(7)], "option-data": [],
                             "relay": {"ip-addresses": []}}],
        "subnet4": [subnet(1), subnet(2)],
        "valid-lifetime": 3600,
    }


def subnet(number):
    return {
        "id": number, "subnet": f"10.0.{number}.0/24", "valid-lifetime": 3600,
        "pools": [{"pool": f"10.0.{number}.10-10.0.{number}.200", "option-data": []}],
        "option-data": [{"name": "routers", "code": 3, "space": "dhcp4", "csv-format": True,
                         "always-send": False, "data": f"10.0.{number}.1"}],
        "reservations": [{"hw-address": "00:1a:2b:3c:4d:5e", "ip-address": f"10.0.{number}.61",
                          "hostname": "printer", "option-data": []}],
        "relay": {"ip-addresses": []},
    }


def status(server):
    return {
        "pid": 4711, "uptime": 1000, "reload": 1000,
        "high-availability": [{"ha-mode": "load-balancing", "ha-servers": {
            "local": {"role": {"a": "primary", "b": "secondary"}[server], "scopes": [],
                      "state": "load-balancing"},
            "remote": {"age": 1, "communication-interrupted": False, "in-touch": True,
                       "last-state": "load-balancing", "unacked-clients": 0}}}]}


def answer(server, command):
    arguments = {
        "list-commands": ["config-get", "config-hash-get", "list-commands", "status-get"],
        "status-get": status(server),
        "config-get": {"Dhcp4": configuration(server), "hash": "0" * 64},
        "config-hash-get": {"hash": "0" * 64},
        "version-get": {"extended": ""},
    }.get(command)
    if arguments is None:
        return [{"result": 2, "text": f"'{command}' command not supported."}]
    return [{"result": 0, "text": "", "arguments": arguments}]


def http(body, status_line="200 OK", *headers, length=None):
    lines = [f"HTTP/1.1 {status_line}", "Content-Type: application/json",
             f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# -- Ways to go wrong ---------------------------------------------------------------------------

class Kind:
    """A bad server: what it does at one stage, and what has to be said of it."""

    def __init__(self, name, stage, act, says):
        self.name, self.stage, self.act, self.says = name, stage, act, says


def sends(raw):
    """Answers with these bytes, whatever they are."""
    async def act(exchange, _good):
        await exchange.send(raw)
    return act


def sends_body(change):
    """Answers with a changed body, correctly framed."""
    async def act(exchange, good):
        await exchange.send(http(change(json.dumps(good).encode())))
    return act


def sends_json(change):
    """Answers with a changed document, correctly framed."""
    async def act(exchange, good):
        await exchange.send(http(json.dumps(change(copy.deepcopy(good))).encode()))
    return act


async def reset(exchange, _good):
    exchange.reset()


async def close(exchange, _good):
    exchange.close()


async def close_after_headers(exchange, good):
    body = json.dumps(good).encode()
    await exchange.send(http(b"", length=len(body)))
    exchange.close()


async def reset_in_body(exchange, good):
    body = json.dumps(good).encode()
    await exchange.send(http(body[:len(body) // 2], length=len(body)))
    await asyncio.sleep(TRICKLE_S)
    exchange.reset()


async def close_in_body(exchange, good):
    body = json.dumps(good).encode()
    await exchange.send(http(body[:-1], length=len(body)))
    exchange.close()


async def hang(_exchange, _good):
    await asyncio.sleep(FOREVER_S)


async def hang_in_headers(exchange, _good):
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: appl")
    await asyncio.sleep(FOREVER_S)


async def hang_in_body(exchange, good):
    body = json.dumps(good).encode()
    await exchange.send(http(body[:len(body) // 2], length=len(body)))
    await asyncio.sleep(FOREVER_S)


async def trickle_headers(exchange, _good):
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.send(b"X-Slow: 1\r\n")
        await asyncio.sleep(TRICKLE_S)


async def trickle_body(exchange, good):
    await exchange.send(http(b"", length=10 ** 6))
    for byte in json.dumps(good).encode() * 100:
        await exchange.send(bytes([byte]))
        await asyncio.sleep(TRICKLE_S)


async def trickle_continue(exchange, _good):
    while True:
        await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(TRICKLE_S)


async def endless_headers(exchange, _good):
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.send(b"X-Junk: " + b"j" * 1000 + b"\r\n")


async def endless_header(exchange, _good):
    await exchange.send(b"HTTP/1.1 200 OK\r\nX-Junk: ")
    while True:
        await exchange.send(b"j" * 65536)


async def endless_chunks(exchange, _good):
    await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[ \"\r\n")
    while True:
        await exchange.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


async def endless_body(exchange, _good):
    await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n[ ")
    for _ in range(GIBIBYTE // 65536):
        await exchange.send(b" " * 65536)


async def huge_length(exchange, _good):
    await exchange.send(http(b"[ ", length=GIBIBYTE))
    await asyncio.sleep(FOREVER_S)


async def absurd_length(exchange, good):
    await exchange.send(http(json.dumps(good).encode(), length=10 ** 30))
    exchange.close()


HTML = b"<html><body><h1>It works!</h1></body></html>"
UNAUTHORIZED = b'{ "result": 401, "text": "Unauthorized" }'

# name: (what it does, what is said of it)
TRANSPORTS = {
    "reset": (reset, "has died|without an answer"),
    "close": (close, "without an answer|has died"),
    "close-after-headers": (close_after_headers, "cut off|broke"),
    "close-in-body": (close_in_body, "cut off|broke"),
    "reset-in-body": (reset_in_body, "cut off|broke"),
    "hang": (hang, "in time"),
    "hang-in-headers": (hang_in_headers, "in time"),
    "hang-in-body": (hang_in_body, "in time"),
    "trickle-headers": (trickle_headers, "in time"),
    "trickle-body": (trickle_body, "in time"),
    "trickle-continue": (trickle_continue, "in time"),
    "endless-headers": (endless_headers, "larger"),
    "endless-header": (endless_header, "larger"),
    "endless-chunks": (endless_chunks, "larger"),
    "endless-body": (endless_body, "larger"),
    "huge-length": (huge_length, "larger"),
    "absurd-length": (absurd_length, "."),
    "ssh": (sends(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "does not speak HTTP"),
    "tls-alert": (sends(b"\x15\x03\x03\x00\x02\x02\x28"), "does not speak HTTP"),
    "http-0.9": (sends(HTML), "does not speak HTTP"),
    "strange-status": (sends(b"HTTP/1.1 abc\r\n\r\n"), "HTTP"),
    "html": (sends(http(HTML)), "JSON"),
    "gzip": (sends(http(b"\x1f\x8b\x08\x00" + b"\x00" * 20, "200 OK", "Content-Encoding: gzip")),
             "JSON"),
    "empty": (sends(http(b"")), "empty"),
    "nothing-204": (sends(b"HTTP/1.1 204 No Content\r\n\r\n"), "HTTP 204"),
    "redirect-302": (sends(http(b"", "302 Found", "Location: /good/b/")), "redirects are not"),
    "redirect-307": (sends(http(b"", "307 Temporary", "Location: /good/b/")), "redirects are not"),
    "bad-request-400": (sends(http(b'{ "result": 400, "text": "Bad Request" }',
                                   "400 Bad Request")), "HTTP 400"),
    "unauthorized-401": (sends(http(UNAUTHORIZED, "401 Unauthorized",
                                    'WWW-Authenticate: Basic realm="kea"')), "credentials"),
    "negotiate-401": (sends(http(b"", "401 Unauthorized", "WWW-Authenticate: Negotiate")),
                      "credentials"),
    "forbidden-403": (sends(http(HTML, "403 Forbidden")), "credentials"),
    "not-found-404": (sends(http(HTML, "404 Not Found")), "HTTP 404"),
    "proxy-407": (sends(http(b"", "407 Proxy Authentication Required",
                             'Proxy-Authenticate: Basic realm="x"')), "HTTP 407"),
    "time-out-408": (sends(http(b'{ "result": 408, "text": "Request Timeout" }',
                                "408 Request Timeout")), "HTTP 408"),
    "failure-500": (sends(http(HTML, "500 Internal Server Error")), "HTTP 500"),
    "bad-gateway-502": (sends(http(HTML, "502 Bad Gateway")), "HTTP 502"),
}

BODIES = {
    "binary": lambda body: bytes(range(256)) * 16,
    "not-utf8": lambda body: b"\xff\xfe\xfd" + body,
    "utf16": lambda body: body.decode().encode("utf-16"),
    "zeros": lambda body: b"\x00" * 4096,
    "nul-in-middle": lambda body: body[:20] + b"\x00" + body[20:],
    "spaces": lambda body: b" " * 4096,
    "cut-after-one-byte": lambda body: body[:1],
    "cut-at-a-quarter": lambda body: body[:len(body) // 4],
    "cut-at-half": lambda body: body[:len(body) // 2],
    "cut-at-three-quarters": lambda body: body[:3 * len(body) // 4],
    "cut-before-last-byte": lambda body: body[:-1],
    "twice": lambda body: body * 2,
    "trailing-text": lambda body: body + b"\n<!-- cached -->",
    "comment": lambda body: b"/* here */" + body,
    "single-quotes": lambda body: body.replace(b'"', b"'"),
    "deep-list": lambda body: b"[" * 1000000,
    "deep-map": lambda body: b'{"a":' * 1000000,
    "deep-and-closed": lambda body: b"[" * 100000 + b"]" * 100000,
    "deep-arguments": lambda body: (b'[{"result": 0, "arguments": {"Dhcp4": ' + b"[" * 5000 +
                                    b"]" * 5000 + b"}}]"),
    "bare-words": lambda body: b"[{result: 0, arguments: {}}]",
    "nan": lambda body: b'[{"result": NaN}]',
}


def _with(**changes):
    """An answer with other members; None removes one."""
    def change(good):
        for key, value in changes.items():
            if value is None:
                good[0].pop(key, None)
            else:
                good[0][key] = value
        return good
    return change


def _result(value, text="it broke"):
    return _with(result=value, text=text)


def _null(key):
    def change(good):
        good[0][key] = None
        return good
    return change


ENVELOPES = {
    "no-answer": lambda good: [],
    "two-answers": lambda good: good * 2,
    "list-of-lists": lambda good: [good],
    "list-of-null": lambda good: [None],
    "null": lambda good: None,
    "text": lambda good: "ok",
    "number": lambda good: 0,
    "true": lambda good: True,
    "empty-map": lambda good: {},
    "arguments-alone": lambda good: good[0]["arguments"],
    "result-1": _result(1),
    "result-2": _result(2, "'config-get' command not supported."),
    "result-3": _result(3),
    "result-4": _result(4),
    "result-5": _result(5),
    "result-minus-1": _result(-1),
    "result-text": _result("0"),
    "result-real": _result(0.5),
    "result-true": _result(True),
    "result-list": _result([0]),
    "result-null": _null("result"),
    "result-missing": _with(result=None),
    "result-huge": _result(2 ** 70),
    "forwarding-fails": _result(1, "unable to forward command to the dhcp4 service: No such file "
                                   "or directory. The server is likely to be offline"),
    "control-characters": _result(1, "\u001b[31mred\u0007\r\nsecond line"),
    "endless-text": _result(1, "x" * 100000),
    "text-number": _with(text=1),
    "text-map": _with(text={}),
    "text-null": _null("text"),
    "arguments-missing": _with(arguments=None),
    "arguments-null": _null("arguments"),
    "arguments-text": _with(arguments="x"),
    "arguments-number": _with(arguments=0),
    "arguments-true": _with(arguments=True),
    "arguments-list": _with(arguments=[]),
    "arguments-map": _with(arguments={}),
}


def transports():
    for stage in STAGES:
        for name, (act, says) in TRANSPORTS.items():
            yield Kind(f"{stage}_{name}", stage, act, says)


def bodies():
    for stage in STAGES:
        for name, change in BODIES.items():
            yield Kind(f"{stage}_body-{name}", stage, sends_body(change), "answer")


def envelopes():
    for stage in STAGES:
        for name, change in ENVELOPES.items():
            yield Kind(f"{stage}_answer-{name}", stage, sends_json(change), "answer|server")


# -- Wrong configurations -----------------------------------------------------------------------

WRONG_TYPES = {"null": None, "true": True, "number": 7, "text": "x", "list": [], "map": {}}


def _put(path, value):
    """config-get with another value at a path of keys and indexes; DELETED removes it."""
    def change(good):
        at = good[0]["arguments"]
        for step in path[:-1]:
            at = at[step]
        if value is DELETED:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        return good
    return change


DELETED = object()
SUBNET = ("Dhcp4", "subnet4", 0)
HIGH_AVAILABILITY = ("Dhcp4", "hooks-libraries", 1, "parameters", "high-availability")


def _twice(key):
    """A second subnet with the first one's value of a key."""
    def change(good):
        subnets = good[0]["arguments"]["Dhcp4"]["subnet4"]
        subnets[1][key] = subnets[0][key]
        return good
    return change


def _hidden_twin(good):
    """The same prefix once more in a shared network."""
    dhcp4 = good[0]["arguments"]["Dhcp4"]
    dhcp4["shared-networks"][0]["subnet4"][0]["subnet"] = dhcp4["subnet4"][0]["subnet"]
    return good


# path: values that are of a kind or form that Kea never has there
CONFIGURATIONS = {
    ("Dhcp4",): ["null", "true", "number", "text", "list"],
    ("Dhcp4", "subnet4"): ["null", "true", "number", "text", "map"],
    ("Dhcp4", "shared-networks"): ["null", "true", "number", "text", "map"],
    ("Dhcp4", "shared-networks", 0): ["null", "true", "number", "text", "list"],
    ("Dhcp4", "shared-networks", 0, "subnet4"): ["null", "true", "number", "text", "map"],
    SUBNET: ["null", "true", "number", "text", "list"],
    (*SUBNET, "subnet"): ["null", "true", "number", "text", "list", "map"],
    (*SUBNET, "id"): ["null", "true", "text", "list", "map"],
    (*SUBNET, "pools"): ["null", "true", "number", "text", "map"],
    (*SUBNET, "pools", 0): ["null", "true", "number", "text", "list"],
    (*SUBNET, "pools", 0, "pool"): ["null", "true", "number", "text", "list", "map"],
    (*SUBNET, "option-data"): ["null", "true", "number", "text", "map"],
    (*SUBNET, "option-data", 0): ["null", "true", "number", "text", "list"],
    (*SUBNET, "reservations"): ["null", "true", "number", "text", "map"],
    (*SUBNET, "reservations", 0): ["null", "true", "number", "text", "list"],
    (*SUBNET, "reservations", 0, "ip-address"): ["true", "number", "list", "map"],
    (*SUBNET, "valid-lifetime"): ["true", "text", "list", "map"],
    HIGH_AVAILABILITY: ["true", "number", "text"],
    (*HIGH_AVAILABILITY, 0): ["null", "true", "number", "text", "list"],
    (*HIGH_AVAILABILITY, 0, "peers"): ["null", "true", "number", "text", "map"],
    (*HIGH_AVAILABILITY, 0, "this-server-name"): ["null", "true", "number", "list", "map"],
}

WRONG_VALUES = {
    "no-Dhcp4": _put(("Dhcp4",), DELETED),
    "no-prefix": _put((*SUBNET, "subnet"), DELETED),
    "no-id": _put((*SUBNET, "id"), DELETED),
    "no-pool": _put((*SUBNET, "pools", 0, "pool"), DELETED),
    "prefix-without-length": _put((*SUBNET, "subnet"), "10.0.1.0"),
    "prefix-too-long": _put((*SUBNET, "subnet"), "10.0.1.0/33"),
    "prefix-of-ipv6": _put((*SUBNET, "subnet"), "2001:db8::/64"),
    "prefix-of-words": _put((*SUBNET, "subnet"), "banana"),
    "id-0": _put((*SUBNET, "id"), 0),
    "id-negative": _put((*SUBNET, "id"), -1),
    "id-real": _put((*SUBNET, "id"), 1.5),
    "id-too-large": _put((*SUBNET, "id"), 2 ** 32),
    "pool-of-words": _put((*SUBNET, "pools", 0, "pool"), "banana"),
    "pool-reversed": _put((*SUBNET, "pools", 0, "pool"), "10.0.1.200-10.0.1.10"),
    "prefix-twice": _twice("subnet"),
    "id-twice": _twice("id"),
    "prefix-twice-in-network": _hidden_twin,
}


def configurations():
    for path, kinds in CONFIGURATIONS.items():
        place = "-".join(str(step) for step in path)
        for kind in kinds:
            yield Kind(f"{place}-is-{kind}", "config-get",
                       sends_json(_put(path, WRONG_TYPES[kind])), ".")
    for name, change in WRONG_VALUES.items():
        yield Kind(f"configuration_{name}", "config-get", sends_json(change), ".")


# -- Serving ------------------------------------------------------------------------------------

class _Exchange:
    """One connection as a way to go wrong sees it."""

    def __init__(self, writer):
        self.writer = writer

    async def send(self, raw):
        self.writer.write(raw)
        await self.writer.drain()

    def close(self):
        self.writer.close()

    def reset(self):
        """A connection that ends with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class FakeKea:
    """All kinds behind one port; notes what it was asked."""

    def __init__(self, kinds=(), tls=None, account=None):
        self.kinds = {kind.name: kind for kind in kinds}
        self.tls, self.account = tls, account
        self.requests, self.connections = [], 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        async def stop():
            self._server.close()
            others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        asyncio.run_coroutine_threadsafe(stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, kind="good", server="a", scheme="http", host="127.0.0.1"):
        return f"{scheme}://{host}:{self.port}/{kind}/{server}/"

    async def _serve(self, reader, writer):
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError,
                                 asyncio.LimitOverrunError):
            while await self._answer_one(reader, writer):
                pass
        with contextlib.suppress(Exception):
            writer.close()

    async def _answer_one(self, reader, writer):
        begin = await reader.readexactly(1)
        if begin == TLS_HANDSHAKE:
            writer.write(http(b'{ "result": 400, "text": "Bad Request" }', "400 Bad Request"))
            return False
        head = (begin + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.strip().split("\r\n")
        headers = {k.lower(): v.strip() for k, v in (field.split(":", 1) for field in fields)}
        body = await reader.readexactly(int(headers["content-length"]))
        request = json.loads(body)
        self.requests.append({"line": line, "headers": headers, "body": request})
        _, kind, server, _ = line.split(" ")[1].split("/")
        if self.account and headers.get("authorization") != self.account:
            writer.write(http(UNAUTHORIZED, "401 Unauthorized",
                              'WWW-Authenticate: Basic realm="kea"'))
        elif kind != "good" and self.kinds[kind].stage == request["command"]:
            await self.kinds[kind].act(_Exchange(writer), answer(server, request["command"]))
            await asyncio.sleep(0)
            return not writer.is_closing()
        else:
            writer.write(http(json.dumps(answer(server, request["command"])).encode()))
        await writer.drain()
        return True
