"""What diff and status say of real pairs: over both transports, with and without passwords and
certificates, and in every state that a pair comes into."""

import contextlib
import unittest

from dhcp_client import Clients, relay, subnet
from git_servers import Authority
from kea_case import KeaCase, campus
from kea_pair import Lab, Pair, Relationship
from kea_programs import kea
from kea_server import ADDRESS, Access

ACCOUNT = ("pairkeeper", "hunter2-correct-horse")
RELEASES = [2, 3]
# Release, and whether a control agent stands before the daemon.
TRANSPORTS = [(2, True), (3, False), (3, True)]
PREFIX = "127.10.0.0/24"
CLIENTS = 30  # more than a partner refuses before the pair gives up


class PairCase(KeaCase):
    """One pair, and a repository that only has its relationship."""

    @contextlib.contextmanager
    def pair(self, release, agent=None, **more):
        """A hot-standby pair with one subnet, in a subTest."""
        with self.subTest(release=release, agent=agent), \
                Pair(kea(release), agent=agent, mode="hot-standby",
                     **{"subnets": [subnet(10)], **more}) as pair:
            yield pair

    def begin(self, pair, keys="", **sections):
        self.use(pair, keys, **sections)
        mode = pair.relationships[0].mode if pair.relationships else "load-balancing"
        self.commit(campus(mode, "foreign: replicate"))

    def sees(self, *prefixes):
        """In step, with these subnets on both servers."""
        document = self.diff(code=0)
        seen = [scope["subnet"] for scope in self.relationship(document)["foreign"]]
        self.assertEqual(sorted(set(seen)), sorted(prefixes), document)
        self.assertEqual(self.relationship(document)["condition"], "in-sync", document)

    def does_not_see(self, *names, because=()):
        """These servers are unknown, for this reason; and nothing is concluded from that."""
        document = self.diff(code=1)
        unknown = {row["server"]: row["reason"] for row in self.relationship(document)["unknown"]}
        self.assertEqual(sorted(unknown), sorted(names), document)
        for reason in unknown.values():
            for part in because:
                self.assertIn(part, reason)
            self.assertNotIn(ACCOUNT[1], reason)
        self.assertEqual(self.actions(document), [], document)
        self.assertEqual(self.relationship(document)["condition"], "unknown", document)
        return document

    def secret(self, name, text):
        """A file that only its owner reads; returns its name."""
        file = self.work / name
        file.write_text(text)
        file.chmod(0o600)
        return name


class Transports(PairCase):
    """Servers of each kind, reached as they want to be."""

    def account(self, password):
        secret = self.secret("password", password)
        return {"keys": ", credentials: kea",
                "credentials": f"{{kea: {{username: {ACCOUNT[0]}, password-file: {secret}}}}}"}

    def test_a_daemon_and_an_agent_are_read_alike(self):
        for transport in TRANSPORTS:
            with self.pair(*transport) as pair:
                self.begin(pair)
                self.sees(PREFIX)

    def test_a_password_opens_and_a_wrong_one_does_not(self):
        for transport in TRANSPORTS:
            with self.pair(*transport, access=Access(account=ACCOUNT)) as pair:
                self.begin(pair, **self.account(ACCOUNT[1]))
                self.sees(PREFIX)
                self.begin(pair, **self.account("not-" + ACCOUNT[1]))
                self.does_not_see("dhcp-a", "dhcp-b", because=["password"])
                self.begin(pair)
                self.does_not_see("dhcp-a", "dhcp-b", because=["credentials"])

    def test_a_server_is_believed_only_with_a_certificate_of_the_named_authority(self):
        authority, other = Authority(self.work / "ca"), Authority(self.work / "other")
        for transport in TRANSPORTS:
            with self.pair(*transport, access=Access(authority=authority)) as pair:
                self.begin(pair, f", ca: {authority.certificate}")
                self.sees(PREFIX)
                self.begin(pair, f", ca: {other.certificate}")
                self.does_not_see("dhcp-a", "dhcp-b", because=["certificate"])
                self.begin(pair)
                self.does_not_see("dhcp-a", "dhcp-b", because=["certificate"])

    def test_a_server_that_wants_our_certificate_gets_it(self):
        authority = Authority(self.work / "ca")
        access = Access(ACCOUNT, authority, authority.issue("agent.example.edu"))
        certificate = self.secret("client.pem", access.client_certificate.read_text())
        for transport in TRANSPORTS:
            with self.pair(*transport, access=access) as pair:
                keys = f", ca: {authority.certificate}, credentials: kea"
                who = f"username: {ACCOUNT[0]}, password-file: {self.secret('pw', ACCOUNT[1])}"
                self.begin(pair, keys, credentials=f"{{kea: {{{who}, certificate-file: {certificate}, "
                                                   f"key-file: {certificate}}}}}")
                self.sees(PREFIX)
                self.begin(pair, keys, credentials=f"{{kea: {{{who}}}}}")
                self.does_not_see("dhcp-a", "dhcp-b", because=["certificate"])


class States(PairCase):
    """What happens to pairs."""

    def test_a_dead_partner_is_unknown_and_its_scopes_are_not_missing(self):
        for release in RELEASES:
            with self.pair(release) as pair:
                self.begin(pair)
                self.sees(PREFIX)
                pair.second.kill()
                pair.wait_for(lambda: pair.first.ha_states()[0][0] == "partner-down",
                              "the partner to be missed")
                self.does_not_see("dhcp-b")

    def test_a_dead_daemon_behind_a_living_agent_is_unknown(self):
        with Pair(kea(2), subnets=[subnet(10)]) as pair:
            self.begin(pair)
            pair.second.kill_daemon()
            self.does_not_see("dhcp-b")

    def test_a_dead_agent_before_a_living_daemon_is_unknown(self):
        with Pair(kea(2), subnets=[subnet(10)]) as pair:
            self.begin(pair)
            pair.second.kill_agent()
            self.does_not_see("dhcp-b")

    def test_a_server_that_hangs_costs_its_time_out_and_no_more(self):
        for release in RELEASES:
            with self.pair(release) as pair:
                self.begin(pair, ", timeout: 2s")
                pair.second.freeze()
                self.does_not_see("dhcp-b", because=["2 s"])

    def test_a_restarted_server_is_read_again(self):
        for release in RELEASES:
            with self.pair(release) as pair:
                self.begin(pair)
                pair.second.kill()
                self.does_not_see("dhcp-b")
                pair.second.start()
                pair.wait_until_normal()
                self.sees(PREFIX)

    def test_a_pair_that_waits_is_compared_all_the_same(self):
        slow = {"heartbeat_delay": 60_000}
        contents = [{"subnet4": [subnet(10)]},
                    {"subnet4": [{**subnet(10), "valid-lifetime": 1800}]}]
        for release in RELEASES:
            with self.pair(release, content=contents, ha=slow, settled=False) as pair:
                self.assertEqual(pair.first.ha_states()[0][0], "waiting")
                self.begin(pair)
                self.assertEqual([(line[1], line[2]) for line in self.lines(self.diff())],
                                 [("lease-time", "dhcp-b")])

    def test_a_subnet_that_one_server_lacks_is_shown_when_clients_have_met_it(self):
        """Newer releases end the service of the whole pair then, older ones stay silent."""
        contents = [{"subnet4": [subnet(10), subnet(20)]}, {"subnet4": [subnet(10)]}]
        for release in RELEASES:
            with self.pair(release, content=contents, dhcp=True) as pair:
                exchanges = Clients(pair, [relay(20)], CLIENTS, tries=1).once()
                served = [exchange for exchange in exchanges if exchange.address]
                self.assertLess(len(served), len(exchanges))
                if not pair.first.kea.has_own_http:
                    self.assertEqual(served, [])
                else:  # it serves the rest, once it has
                    pair.wait_for(lambda: pair.first.ha_states()[0][0] == "terminated",
                                  "the pair to give up")
                self.begin(pair)
                action = self.only_action(self.diff())
                self.assertEqual((action["subnet"], action["operation"], action["partner"]),
                                 ("127.20.0.0/24", "replicate-scope", "dhcp-b"))


class Hub(PairCase):
    """A server that is in two relationships, as newer releases allow."""

    def test_a_hub_and_its_spokes_are_compared_each_with_its_own_subnets(self):
        def of(number, peer, **keys):
            return {**subnet(number), "user-context": {"ha-server-name": peer}, **keys}

        east, west = of(10, "server2"), of(20, "server3-1")
        edited = of(20, "server3-1", **{"valid-lifetime": 1800})
        relationships = [Relationship(0, place, "hot-standby") for place in (1, 2)]
        with Lab([kea(3)] * 3, relationships, content=[
                {"subnet4": [east, west]}, {"subnet4": [east]}, {"subnet4": [edited]}]) as lab:
            self.use(lab)
            self.commit("relationships:\n" + "".join(
                f"  {name}: {{servers: [dhcp-a, {server}], mode: hot-standby, "
                "foreign: replicate}\n" for name, server in (("east", "dhcp-b"),
                                                              ("west", "dhcp-c"))))
            document = self.diff()
            self.assertEqual(self.lines(document, "east"), [])
            self.assertEqual([line[:3] for line in self.lines(document, "west")],
                             [("127.20.0.0/24", "lease-time", "dhcp-c")])


if __name__ == "__main__":
    unittest.main()
