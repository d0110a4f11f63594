"""What tests stand on that have the program write to real pairs."""

import contextlib
import json
import signal
import subprocess

import pairkeeper_case
from dhcp_client import Clients, given_away, relay
from kea_case import KeaCase
from kea_pair import Pair
from kea_programs import kea
from kea_proxy import Wire

# No plan of a test is too large; what is held is what the test is about.
OPEN_GUARDS = "{updates: [100%, 1000], deletes: [100%, 1000], small: 0}"
# A 3.x server is left disabled by a 2.2 partner that has fetched its leases, until this has passed.
MIXED = {"sync_timeout": 3000}
MODES = ("load-balancing", "hot-standby")
REQUEST_S = 0.5  # from an offer until its server has seen the request, on a busy machine


class WriteCase(KeaCase):
    """One pair behind a wire, and a repository that the test writes."""

    @contextlib.contextmanager
    def pair(self, release, mode="load-balancing", keys="", guards=OPEN_GUARDS, **more):
        """A pair with clients, in a subTest; keys: further YAML of each server."""
        with self.subTest(release=release, mode=mode), contextlib.ExitStack() as stack:
            releases = release if isinstance(release, tuple) else (release, release)
            ha = {"ha": MIXED} if releases[0] != releases[1] else {}
            self.lab = stack.enter_context(
                Pair(*map(kea, releases), mode=mode, **{"dhcp": True, **ha, **more}))
            self.wire = stack.enter_context(Wire(self.lab))
            self.database.unlink(missing_ok=True)
            self.write_config(guards=guards, servers=[
                (name, f'{{driver: kea, url: "{url}"{keys}}}')
                for name, url in zip(("dhcp-a", "dhcp-b"), self.wire.urls)])
            yield self.lab

    # -- the program --

    def converge(self, code=0):
        """One `apply`; afterwards nothing is left to do, and doing it writes nothing."""
        result = self.run_program("apply", code=code)
        self.insist_on_peace()
        return result

    def insist_on_peace(self):
        """`diff` is empty, and a further `apply` asks no server to change anything."""
        self.diff(code=0)
        self.wire.forget()
        self.run_program("apply")
        self.assertTrue(self.wire.requests)
        self.assertEqual([str(request) for request in self.wire.writes], [])

    def start_apply(self):
        """`apply` that a request may kill: the process."""
        process = subprocess.Popen(
            [pairkeeper_case.PROGRAM, "--config", str(self.config), "apply"], cwd=self.work,
            env=pairkeeper_case.ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def killed_apply(self, number, when):
        """`apply` with SIGKILL at a request; whether it came so far."""
        self.wire.forget()
        process = self.start_apply()

        def kill(_):
            process.kill()
            process.wait()
            return "close"

        self.wire.at(number, when, kill)
        output, _ = process.communicate(timeout=pairkeeper_case.DEADLINE_S)
        self.wire.forget()
        self.assertIn(process.returncode, (0, -signal.SIGKILL), output)
        return process.returncode != 0

    # -- the pair --

    def insist_on_normal_service(self):
        """Both servers are in their normal state and serve exactly their own scopes."""
        self.lab.wait_until_normal()
        modes = {"load-balancing": (["server1"], ["server2"]), "hot-standby": (["server1"], [])}
        self.lab.wait_for(
            lambda: self.served() == modes[self.lab.relationships[0].mode],
            f"each server to serve its own scopes: {self.served()}")

    def served(self):
        return tuple(
            server.ask("status-get")["high-availability"][0]["ha-servers"]["local"]["scopes"]
            for server in self.lab.servers)

    def insist_on_equal_subnets(self):
        """Both hold the same ones; returns their prefixes."""
        first, second = map(prefixes, self.lab.servers)
        self.assertEqual(first, second)
        return first

    def insist_on_saved(self, *servers):
        """What each of these, or of all, holds is what it would start with."""
        for server in servers or self.lab.servers:
            saved = json.loads((server.folder / "dhcp4.conf").read_text())["Dhcp4"]
            held = server.config()
            for key in ("subnet4", "shared-networks"):
                self.assertEqual(saved[key], held[key], f"{server.name} has not saved its {key}")

    def insist_on_service(self, *numbers, each=6):
        """Clients of these subnets (dhcp_client.subnet) get addresses."""
        self.lab.wait_for(lambda: not any(map(is_disabled, self.lab.servers)),
                          "each server to hear clients")
        exchanges = Clients(self.lab, [relay(n) for n in numbers], each).once()
        unserved = {e.relay for e in exchanges if not e.address}
        self.assertEqual(unserved, set(), [e for e in exchanges if not e.address])
        return exchanges

    def given_away(self, late):
        """The late exchanges whose clients a handover met between their offer and their request."""
        identifiers = {server.name: self.lab.identifier(place)
                       for place, server in enumerate(self.lab.servers)}
        return given_away(late, [(identifiers[one.server], one.begun, one.done)
                                 for one in self.wire.requests if one.command == "ha-scopes"],
                          REQUEST_S)

    def insist_on_whole_events(self):
        self.run_program("events", "--verify")


def is_disabled(server):
    """Does a server say that it answers no clients?  A dead one does not, nor does an old one."""
    with contextlib.suppress(OSError):
        return server.ask("status-get").get("dhcp-state", {}).get("globally-disabled", False)
    return False


def subnets_of(server):
    """All, also those of shared networks, by prefix."""
    config = server.config()
    lists = [config["subnet4"], *(n["subnet4"] for n in config.get("shared-networks", []))]
    return {subnet["subnet"]: subnet for several in lists for subnet in several}


def prefixes(server):
    return sorted(subnets_of(server))
