"""How Kea servers are asked: what goes over the wire, to whom, and what never does."""

import base64
import json
import os
import socket
import ssl
import threading
import unittest

from bad_kea import FakeKea, answer, http
from git_servers import Authority
from pairkeeper_case import PairkeeperCase, relationship, scopes

ACCOUNT = "pairkeeper:s3cret-word"
AUTHORIZATION = "Basic " + base64.b64encode(ACCOUNT.encode()).decode()


class KeaClientCase(PairkeeperCase):
    """A pair of good fake servers."""

    def setUp(self):
        super().setUp()
        self.commit(relationship(), scopes([1]))

    def serve(self, **more):
        kea = FakeKea(**more)
        kea.__enter__()
        self.addCleanup(kea.__exit__, None, None, None)
        return kea

    def use(self, first, second, more="", credentials=""):
        servers = [(name, f'{{driver: kea, url: "{url}"{more}}}')
                   for name, url in (("dhcp-a", first), ("dhcp-b", second))]
        sections = {"credentials": f"{{kea: {credentials}}}"} if credentials else {}
        self.write_config(servers=servers, **sections)

    def secret(self, name, text):
        (self.work / name).write_text(text)
        (self.work / name).chmod(0o600)
        return name

    def reads(self, **more):
        """Both servers are read; returns the relationship."""
        relationship_ = self.relationship(self.run_json("diff", **more))
        self.assertEqual(relationship_["unknown"], [])
        return relationship_

    def certificate(self, authority):
        """Our own certificate and its key."""
        pair = authority.issue("pairkeeper").read_text()
        begin = pair.index("-----BEGIN PRIVATE KEY")
        self.secret("own.pem", pair[:begin])
        self.secret("own.key", pair[begin:])

    def tls(self, authority, wants_certificate=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.issue("localhost"))
        if wants_certificate:
            context.load_verify_locations(authority.certificate)
            context.verify_mode = ssl.CERT_REQUIRED
        return self.serve(tls=context)


class WhatGoesOverTheWire(KeaClientCase):

    def test_requests_have_the_form_that_kea_takes(self):
        kea = self.serve()
        self.use(kea.url(), kea.url("good", "b"))
        self.reads()
        for request in kea.requests:
            headers = request["headers"]
            self.assertTrue(request["line"].startswith("POST "), request)
            self.assertTrue(request["line"].endswith(" HTTP/1.1"), request)
            self.assertEqual(headers["content-type"], "application/json")
            self.assertEqual(request["body"]["service"], ["dhcp4"])
            for header in ("expect", "transfer-encoding", "authorization", "cookie",
                           "accept-encoding", "content-encoding"):
                self.assertNotIn(header, headers)
        asked = {request["body"]["command"] for request in kea.requests}
        self.assertLessEqual(asked, {"list-commands", "status-get", "config-get"})

    def test_one_server_is_one_connection_and_one_configuration(self):
        kea = self.serve()
        self.use(kea.url(), kea.url("good", "b"))
        self.reads()
        self.assertEqual(kea.connections, 2)
        commands = [request["body"]["command"] for request in kea.requests]
        self.assertEqual(commands.count("config-get"), 2, commands)

    def test_a_kept_connection_that_has_died_is_opened_again(self):
        """A server that closes after each answer without saying so, as an idle one does."""
        kea = self.serve()
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        answered = []

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    data = b""
                    while b"}" not in data[-1:]:
                        data += connection.recv(65536)
                    command = json.loads(data.split(b"\r\n\r\n", 1)[1])["command"]
                    answered.append(command)
                    connection.sendall(http(json.dumps(answer("b", command)).encode()))
        threading.Thread(target=serve, daemon=True).start()
        self.use(kea.url(), f"http://127.0.0.1:{listener.getsockname()[1]}/")
        self.reads()
        self.assertEqual(answered, ["list-commands", "status-get", "config-get", "status-get"])

    def test_the_environment_has_no_say(self):
        """Neither a proxy nor .netrc."""
        kea, other = self.serve(), self.serve()
        (self.work / ".netrc").write_text("machine 127.0.0.1 login u password s3cret-word\n")
        self.use(kea.url(), kea.url("good", "b"))
        proxies = {name: f"http://127.0.0.1:{other.port}/"
                   for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY",
                                "ALL_PROXY")}
        self.reads(environment={**proxies, "HOME": str(self.work)})
        self.assertEqual(other.requests, [])
        self.assertFalse([r for r in kea.requests if "authorization" in r["headers"]])


class WhoWeAre(KeaClientCase):

    def test_user_name_and_password_go_with_every_command(self):
        kea = self.serve(account=AUTHORIZATION)
        self.secret("word", "s3cret-word\n")
        self.use(kea.url(), kea.url("good", "b"), ", credentials: kea",
                 "{username: pairkeeper, password-file: word}")
        self.reads()
        result = self.run_program("diff")
        self.assertNotIn("s3cret-word", result.out + result.err)

    def test_a_new_password_is_taken_by_a_running_agent(self):
        kea = self.serve(account=AUTHORIZATION)
        self.secret("word", "old\n")
        self.use(kea.url(), kea.url("good", "b"), ", credentials: kea",
                 "{username: pairkeeper, password-file: word}")
        self.start_agent()
        refused = self.run_program("reconcile", "campus", "--wait", code=1)
        self.assertIn("user name and password", " ".join((refused.out + refused.err).split()))
        self.secret("word", "s3cret-word\n")
        self.run_program("reconcile", "campus", "--wait", code=0)

    def test_tls_with_an_authority_of_our_own(self):
        authority = Authority(self.work / "authority")
        kea = self.tls(authority)
        self.use(kea.url("good", "a", "https", "localhost"),
                 kea.url("good", "b", "https", "localhost"), f", ca: {authority.certificate}")
        self.reads()

    def test_tls_with_a_certificate_of_our_own(self):
        authority = Authority(self.work / "authority")
        kea = self.tls(authority, wants_certificate=True)
        self.certificate(authority)
        self.use(kea.url("good", "a", "https", "localhost"),
                 kea.url("good", "b", "https", "localhost"),
                 f", credentials: kea, ca: {authority.certificate}",
                 "{certificate-file: own.pem, key-file: own.key}")
        self.reads()
        self.assertTrue(os.path.exists(self.work / "own.key"))

    def test_a_key_that_everybody_may_read_is_not_used(self):
        authority = Authority(self.work / "authority")
        kea = self.tls(authority, wants_certificate=True)
        self.certificate(authority)
        (self.work / "own.key").chmod(0o644)
        self.use(kea.url("good", "a", "https", "localhost"),
                 kea.url("good", "b", "https", "localhost"),
                 f", credentials: kea, ca: {authority.certificate}",
                 "{certificate-file: own.pem, key-file: own.key}")
        document = self.run_json("diff", code=1)
        self.assertIn("every user of this machine",
                      self.relationship(document)["unknown"][0]["reason"])
        self.assertEqual(kea.requests, [])


class WhoBelongsTogether(KeaClientCase):

    def test_servers_that_are_no_pair_are_named_in_diff_and_status(self):
        kea = self.serve()
        self.use(kea.url(), kea.url())  # the same server twice
        document = self.run_json("diff", code=None)
        self.assertTrue([n for n in document["notes"] if "dhcp-a and dhcp-b are no pair" in n],
                        document)
        self.run_program("apply", code=None)
        for server in self.run_json("status")["relationships"][0]["servers"]:
            self.assertTrue(server["reachable"])
            self.assertIn("are no pair", server["reason"])

    def test_a_configuration_file_is_read_as_a_server(self):
        kea = self.serve()
        file = self.work / "kea-dhcp4.conf"
        document = answer("b", "config-get")[0]["arguments"]
        file.write_text("// by hand\n" + json.dumps({"Dhcp4": document["Dhcp4"]}))
        self.write_config(servers=[("dhcp-a", f'{{driver: kea, url: "{kea.url()}"}}'),
                                   ("dhcp-b", "{driver: kea-file, path: kea-dhcp4.conf}")])
        self.reads()
        file.write_text("{ \"Dhcp4\": {")
        unknown = self.relationship(self.run_json("diff", code=1))["unknown"]
        self.assertEqual([u["server"] for u in unknown], ["dhcp-b"])
        self.assertRegex(unknown[0]["reason"], r"^server dhcp-b: [^:]*kea-dhcp4\.conf:1:13: it ends ")
        file.unlink()
        unknown = self.relationship(self.run_json("diff", code=1))["unknown"]
        self.assertRegex(unknown[0]["reason"],
                         r"^server dhcp-b: [^:]*kea-dhcp4\.conf: No such file .*; correct `path`")


if __name__ == "__main__":
    unittest.main()
