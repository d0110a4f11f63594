"""`doctor` on Kea servers: a server played by a few lines of HTTP, so that it can be wrong at will."""

import base64
import email.utils
import http.server
import json
import threading
import unittest

from pairkeeper_case import RELATIONSHIP, subnet
from test_doctor import DoctorCase

HOT_STANDBY = RELATIONSHIP.replace("servers:", "mode: hot-standby\n    servers:")


class FakeKea:
    """A kea-dhcp4 behind HTTP: it answers what a test has put into @p answers by command."""

    def __init__(self, case, dhcp4, version="3.0.5", password=None):
        self.answers = {
            "list-commands": {"arguments": ["config-get", "status-get", "version-get", "ha-heartbeat",
                                            "lease4-update", "subnet4-add", "reservation-add"]},
            "config-get": {"arguments": {"Dhcp4": dhcp4}},
            "version-get": {"text": version},
            "status-get": {"arguments": {
                "pid": 1, "uptime": 100, "reload": 100, "sockets": {"status": "ready"},
                "high-availability": [{"ha-mode": "hot-standby", "ha-servers": {
                    "local": {"role": "primary", "scopes": [], "state": "hot-standby"},
                    "remote": {"age": 1, "in-touch": True, "last-state": "hot-standby"}}}]}},
            "ha-heartbeat": {"arguments": {"date-time": email.utils.formatdate(usegmt=True)}},
        }
        wanted = password and "Basic " + base64.b64encode(f"user:{password}".encode()).decode()
        answers = self.answers

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                refused = wanted and self.headers.get("Authorization") != wanted
                answer = answers.get(asked["command"], {"result": 2, "text": "not supported"})
                body = json.dumps({"result": 401, "text": "Unauthorized"} if refused
                                  else [{"result": 0, **answer}]).encode()
                self.send_response(401 if refused else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        case.addCleanup(self.server.server_close)
        case.addCleanup(self.server.shutdown)


PEERS = [{"name": "s1", "role": "primary", "url": "http://10.0.0.1:8001/"},
         {"name": "s2", "role": "standby", "url": "http://10.0.0.2:8001/"}]


def kea(self_name, *subnets, **ha):
    """A Dhcp4 of one of two partners."""
    relationship_ = {"this-server-name": self_name, "mode": "hot-standby", "peers": PEERS, **ha}
    return {"hooks-libraries": [
        {"library": "/hooks/libdhcp_lease_cmds.so"},
        {"library": "/hooks/libdhcp_stat_cmds.so"},
        {"library": "/hooks/libdhcp_ha.so", "parameters": {"high-availability": [relationship_]}}],
        "lease-database": {"type": "memfile"}, "shared-networks": [], "subnet4": list(subnets)}


def kea_subnet(number, identifier):
    return {"id": identifier, "subnet": subnet(number),
            "pools": [{"pool": f"10.0.{number}.10-10.0.{number}.200"}]}


class Kea(DoctorCase):
    def pair(self, first, second, credentials=""):
        self.commit(HOT_STANDBY, "scopes: []\n")
        more = {"credentials": "{kea: {username: user, password-file: password}}"} if credentials else {}
        self.write_config(servers=[
            ("dhcp-a", f"{{driver: kea, url: '{first.url}'{credentials}}}"),
            ("dhcp-b", f"{{driver: kea, url: '{second.url}'{credentials}}}")], **more)

    def test_two_servers_are_examined_alone_and_as_a_pair(self):
        first = FakeKea(self, kea("s1", kea_subnet(1, 1), kea_subnet(2, 2)))
        second = FakeKea(self, kea("s2", kea_subnet(1, 7), **{"heartbeat-delay": 20000}), "3.2.0")
        self.pair(first, second)
        found = self.doctor("campus")
        self.assertIn(("subnet-id-mismatch", None, "campus", subnet(1)), found)
        self.assertIn(("no-authentication", "dhcp-a", None, None), found)
        self.assertIn(("versions-differ", None, "campus", None), found)
        self.assertIn(("ha-settings-differ", None, "campus", None), found)
        self.assertEqual(len([f for f in found if f[0] == "subnet-id-mismatch"]), 1)

    def test_a_server_that_asks_for_a_password_is_asked_with_and_without_it(self):
        (self.work / "password").write_text("secret\n")
        (self.work / "password").chmod(0o600)
        servers = [FakeKea(self, kea(name, kea_subnet(1, 1)), password="secret")
                   for name in ("s1", "s2")]
        self.pair(*servers, credentials=", credentials: kea")
        self.assertNotIn("no-authentication", self.codes("campus"))
        self.assertEqual(self.run_json("doctor")["summary"]["servers_read"], 2)

    def test_one_server_that_does_not_answer_does_not_hide_the_other(self):
        first = FakeKea(self, kea("s1", kea_subnet(1, 1), kea_subnet(2, 2)))
        second = FakeKea(self, kea("s2", kea_subnet(1, 1)))
        second.server.shutdown()
        second.server.server_close()
        self.pair(first, second)
        found = self.doctor("campus")
        self.assertIn(("server-unreachable", "dhcp-b", None, None), found)
        self.assertIn(("no-authentication", "dhcp-a", None, None), found)

    def test_a_clock_that_is_wrong_is_found(self):
        first, second = (FakeKea(self, kea(name, kea_subnet(1, 1))) for name in ("s1", "s2"))
        first.answers["ha-heartbeat"]["arguments"]["date-time"] = "Sun, 22 Nov 2020 04:35:46 GMT"
        self.pair(first, second)
        found = self.doctor("campus")
        self.assertIn(("clock-far-off", "dhcp-a", None, None), found)
        self.assertIn(("clocks-far-apart", None, "campus", None), found)

    def test_configuration_files_are_examined_without_a_server(self):
        for name, identifier in (("s1", 1), ("s2", 2)):
            (self.work / f"{name}.conf").write_text(
                "// a comment\n" + json.dumps({"Dhcp4": kea(name, kea_subnet(1, identifier))}))
        self.commit(HOT_STANDBY, "scopes: []\n")
        self.write_config(servers=[("dhcp-a", "{driver: kea-file, path: s1.conf}"),
                                   ("dhcp-b", "{driver: kea-file, path: s2.conf}")])
        self.assertEqual(self.doctor("campus"),
                         [("subnet-id-mismatch", None, "campus", subnet(1))])

    def test_what_a_server_holds_cannot_spoil_the_document(self):
        first = FakeKea(self, kea("s1", kea_subnet(1, 1)))
        second = FakeKea(self, kea("s2", kea_subnet(1, 1)))
        first.answers["config-get"]["arguments"]["Dhcp4"]["shared-networks"] = [
            {"name": "\u00ff\u001b[31m", "subnet4": []}]
        self.pair(first, second)
        self.assertIn(("small-shared-network", "dhcp-a", None, None), self.doctor("dhcp-a"))
        self.assertNotIn("\x1b", self.run_program("doctor", "dhcp-a").out)


if __name__ == "__main__":
    unittest.main()
