"""Real Kea servers in real HA relationships on loopback, in the normal state in about a second.

    with Pair(kea(3), mode="hot-standby", subnets=[…]) as pair:
        pair.first.ask("subnet4-list")

Releases may be mixed, a server may be in several relationships (hub and spokes), and everything
that was started ends with the block, or with the process.
"""

import contextlib
import copy
import http.client
import pathlib
import shutil
import tempfile
import time

from kea_server import ADDRESS, START_S, STEP_S, Access, KeaRefusal, Server
from ports import free_port

# Quick enough for tests, and slow enough that a busy machine is not taken for a dead partner.
TIMERS = {"heartbeat-delay": 200, "max-response-delay": 4000, "max-ack-delay": 300,
          "max-unacked-clients": 0}
SECOND_ROLE = {"load-balancing": "secondary", "hot-standby": "standby"}


class Relationship:
    """Two servers of a lab, by their places in it, and the ports where they listen to each other.

    keys: further HA parameters, such as max-rejected-lease-updates.
    """

    def __init__(self, first, second, mode="load-balancing", **keys):
        self.members, self.mode = (first, second), mode
        self.keys = {key.replace("_", "-"): value for key, value in keys.items()}
        self.ports = (free_port(), free_port())

    def names(self, number):
        """Names of its two peers; the number makes them unique among the lab's relationships."""
        suffix = f"-{number}" if number else ""
        return [f"server{place + 1}{suffix}" for place in self.members]

    def as_kea_has_it(self, place, number):
        """high-availability entry of the server at a place of the lab."""
        names = self.names(number)
        roles = ("primary", SECOND_ROLE[self.mode])
        return {"this-server-name": names[self.members.index(place)], "mode": self.mode, **TIMERS,
                "multi-threading": {"enable-multi-threading": True,
                                    "http-dedicated-listener": True,
                                    "http-listener-threads": 1, "http-client-threads": 1},
                "peers": [{"name": name, "url": f"http://{ADDRESS}:{port}/", "role": role,
                           "auto-failover": True}
                          for name, port, role in zip(names, self.ports, roles)],
                **self.keys}


class Lab:
    """Any number of servers and relationships."""

    def __init__(self, releases, relationships=(), content=None, access=None, agent=None,
                 dhcp=False, settled=True):
        """releases: one Kea for each server; content: their Dhcp4, the same for all or a list;
        access, agent: the same for all; dhcp: sockets for relayed clients; settled: whether to
        wait for the normal state."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pk-kea-"))
        self.relationships, self.settled = list(relationships), settled
        self.relay_port = free_port() if dhcp else None
        contents = content if isinstance(content, list) else [content or {}] * len(releases)
        self.servers = [
            Server(release, self.folder / str(place), f"server{place + 1}", access or Access(),
                   agent, (free_port(), self.relay_port) if dhcp else None)
            for place, release in enumerate(releases)]
        for place, server in enumerate(self.servers):
            server.write_files(self._content(place, contents[place]), self._ha(place))

    def _content(self, place, content):
        content = {"valid-lifetime": 3600, "subnet4": [], **copy.deepcopy(content)}
        if self.relay_port:
            content["option-data"] = [*content.get("option-data", []), {
                "name": "dhcp-server-identifier", "data": self.identifier(place)}]
        return content

    @staticmethod
    def identifier(place):
        """How clients tell the server at a place of the lab: all are at one address."""
        return f"127.0.0.{place + 1}"

    def _ha(self, place):
        entries = [r.as_kea_has_it(place, number)
                   for number, r in enumerate(self.relationships) if place in r.members]
        library = self.servers[place].kea.hook("ha")
        return [{"library": library, "parameters": {"high-availability": entries}}] \
            if entries else []

    def start(self):
        for server in self.servers:
            server.start()
        if self.settled:
            self.wait_until_normal()
        else:
            self.wait_for(lambda: [server.ha_states() for server in self.servers], "answers")

    def wait_until_normal(self):
        """Every server answers, and every relationship is in its mode's state on both sides."""
        self.wait_for(self._is_normal, "the normal HA state")

    def _is_normal(self):
        states = []
        for place, server in enumerate(self.servers):  # asking all of them moves all of them
            server.insist_on_life()
            modes = [r.mode for r in self.relationships if place in r.members]
            states.append(server.ha_states() == [(mode, mode) for mode in modes])
        return all(states)

    def wait_for(self, condition, what):
        """Polls; a server that does not answer yet is no failure."""
        limit = time.monotonic() + START_S
        while time.monotonic() < limit:
            with contextlib.suppress(OSError, http.client.HTTPException, KeaRefusal):
                if condition():
                    return
            time.sleep(STEP_S)
        logs = "".join(f"\n== {server.name}\n{server.log()}" for server in self.servers)
        raise AssertionError(f"waited in vain for {what}{logs}")

    def stop(self):
        for server in self.servers:
            with contextlib.suppress(ProcessLookupError):
                server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()


class Pair(Lab):
    """Two servers in one relationship, or in none (mode None)."""

    def __init__(self, release, second_release=None, mode="load-balancing", subnets=(), ha=None,
                 **more):
        """ha: further HA parameters; more: as for Lab."""
        relationships = [Relationship(0, 1, mode, **(ha or {}))] if mode else []
        more.setdefault("content", {"subnet4": list(subnets)})
        super().__init__([release, second_release or release], relationships, **more)

    @property
    def first(self):
        return self.servers[0]

    @property
    def second(self):
        return self.servers[1]
