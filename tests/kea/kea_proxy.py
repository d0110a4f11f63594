"""What stands between the program and real servers: every request is counted, and at any of them
something may happen.

    wire = Wire(pair)                       # one door for each server: wire.urls
    wire.requests                           # all that passed, over all servers, in their order,
                                            # and when: time.monotonic()
    wire.at(7, AFTER, lambda: …)            # something happens when the 7th was done
    wire.at(7, BEFORE, lambda: REFUSE)      # … and decides what becomes of it

Doors are HTTP servers of their own, so a server may die or hang behind one.
"""

import contextlib
import dataclasses
import http.client
import http.server
import json
import math
import threading
import time

from kea_server import ADDRESS
from ports import free_port

BEFORE, AFTER = "before", "after"
# What becomes of a request: nothing is answered and the connection ends; nothing is answered for as
# long as the asker waits; the server is not asked and says no.
CLOSE, HANG, REFUSE = "close", "hang", "refuse"
REFUSAL = "refused by the test"
# Everything else changes a server, or what it has on its disk.
READS = {"config-get", "config-hash-get", "config-test", "list-commands", "status-get",
         "version-get", "ha-heartbeat", "stat-lease4-get", "subnet4-list", "subnet4-get",
         "network4-list", "network4-get", "reservation-get", "reservation-get-all",
         "lease4-get-page", "lease4-get-all", "build-report"}
FORWARD_S = 120


@dataclasses.dataclass
class Request:
    """One question to a server."""

    number: int  # from 1
    server: str
    command: str
    arguments: dict = dataclasses.field(default=None, repr=False)
    begun: float = dataclasses.field(default_factory=time.monotonic, repr=False)
    done: float = dataclasses.field(default=math.inf, repr=False)  # its answer came

    @property
    def writes(self):
        return self.command not in READS

    def __str__(self):
        return f"{self.number} {self.server} {self.command}"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self):
        with contextlib.suppress(ConnectionResetError):  # the asker was killed
            super().handle()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        """Tests have their own record."""

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = json.loads(body.decode("latin-1"))
        request = self.server.wire.note(self.server.behind.name, said["command"],
                                        said.get("arguments"))
        fate = self.server.wire.happens(request, BEFORE)
        if fate == REFUSE:
            self._answer(200, json.dumps([{"result": 1, "text": REFUSAL}]).encode())
            return
        if fate is None:
            try:
                status, answer = self._forward(body)
            except (OSError, http.client.HTTPException):
                fate = CLOSE  # as the server itself would have done
            else:
                request.done = time.monotonic()
                fate = self.server.wire.happens(request, AFTER)
        if fate == HANG:
            self.server.wire.ended.wait()
        if fate is not None:
            self.close_connection = True
            return
        with contextlib.suppress(OSError):  # the asker has gone
            self._answer(status, answer)

    def _forward(self, body):
        connection = http.client.HTTPConnection(ADDRESS, self.server.behind.port,
                                                timeout=FORWARD_S)
        with contextlib.closing(connection):
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Wire:
    """The doors to all servers of a lab."""

    def __init__(self, lab):
        self.requests, self._plan, self._lock = [], {}, threading.Lock()
        self.ended, self._doors = threading.Event(), []
        for server in lab.servers:
            door = http.server.ThreadingHTTPServer((ADDRESS, free_port()), _Handler)
            door.daemon_threads, door.block_on_close = True, False
            door.behind, door.wire = server, self
            threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True).start()
            self._doors.append(door)

    @property
    def urls(self):
        return [f"http://{ADDRESS}:{door.server_port}/" for door in self._doors]

    def note(self, server, command, arguments):
        with self._lock:
            self.requests.append(Request(len(self.requests) + 1, server, command, arguments))
            return self.requests[-1]

    def happens(self, request, when):
        act = self._plan.get((request.number, when)) or self._plan.get((None, when))
        return act(request) if act else None

    def at(self, number, when, act):
        """act(request) runs at that request, at every one (None), and may return its fate."""
        self._plan[number, when] = act

    def forget(self):
        """The next request is the first, and nothing happens to any."""
        with self._lock:
            self._plan, self.requests = {}, []

    @property
    def writes(self):
        return [request for request in self.requests if request.writes]

    def close(self):
        self.ended.set()
        for door in self._doors:
            door.shutdown()
            door.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
