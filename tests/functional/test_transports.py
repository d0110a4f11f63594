"""Fetching over https and ssh from real servers, and what hostile ones get: nothing."""

import base64
import os
import pathlib
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

from git_servers import (SSHD, Authority, GitOverHttp, GitOverSsh, OddServer, never_answer, run,
                         trickle)
from pairkeeper_case import ENVIRONMENT, PROGRAM, PairkeeperCase, relationship, scopes

ACCOUNT = ("net", "hunter2-correct-horse")
BASIC = base64.b64encode(":".join(ACCOUNT).encode()).decode()


class TransportCase(PairkeeperCase):
    """A repository with one scope, to be fetched from where a test says."""

    def setUp(self):
        super().setUp()
        self.tip = self.commit(relationship(), scopes([1]))

    def use(self, url, credentials=None, timeout="60s", repository="", interval="1h"):
        """Configures the repository's URL, and credentials called git (YAML)."""
        lines = [f"timeout: {timeout}", *(["credentials: git"] if credentials else [])]
        sections = {"credentials": f"{{git: {credentials}}}"} if credentials else {}
        self.write_config(repository="\n".join(lines) + f"\n{repository}", interval=interval,
                          **sections)
        text = self.config.read_text().replace("url: ./network", f'url: "{url}"')
        self.config.write_text(text)

    def secret(self, text, name="secret"):
        """A file that only its owner reads; returns its name."""
        file = self.work / name
        file.write_text(text)
        file.chmod(stat.S_IRUSR | stat.S_IWUSR)
        return name

    def password(self, text=ACCOUNT[1]):
        return f"{{username: {ACCOUNT[0]}, password-file: {self.secret(text)}}}"

    def fetches(self, tip=None):
        """The tip is known after a pass that writes and one that does not."""
        self.run_program("apply", "--yes", code=None)
        document = self.run_json("diff", code=None)
        self.assertEqual(document.get("revision", {}).get("commit"), tip or self.tip, document)

    def refused(self, *parts, code=1):
        result = self.run_program("apply", code=code)
        for part in parts:
            self.assertIn(part, result.err, str(result))
        self.assert_no_secret(result)
        return result

    def assert_no_secret(self, result):
        """Neither in what it said nor in any file but the one that holds it."""
        for secret in (ACCOUNT[1], BASIC):
            self.assertNotIn(secret, str(result))
            for file in self.work.rglob("*"):
                if file.is_file() and file.name != "secret":
                    self.assertNotIn(secret.encode(), file.read_bytes(), file)


class Http(TransportCase):
    def setUp(self):
        super().setUp()
        self.server = GitOverHttp(self, self.work)

    def test_a_repository_is_fetched_and_followed(self):
        self.use(self.server.url())
        self.fetches()
        self.fetches(self.commit(relationship(), scopes([1, 2])))

    def test_a_small_commit_brings_a_commit_its_trees_and_a_file(self):
        self.use(self.server.url())
        for number in range(5):
            self.repository.commit(message=f"{number}")
            self.repository.git("tag", "-a", "-m", "tag", f"v{number}")
        self.run_program("apply", "--yes")
        before = self.objects()
        self.repository.commit({"dhcp/new.yaml": scopes([3])})
        self.run_program("apply", "--yes")
        self.assertEqual(self.objects() - before, 4)

    def objects(self):
        lines = run("git", "-C", f"{self.database}.git", "count-objects", "-v", env=ENVIRONMENT)
        return sum(int(line.split()[1]) for line in lines.splitlines()
                   if line.startswith(("count", "in-pack")))

    def test_a_password_is_sent_when_it_is_asked_for(self):
        self.server.account = ACCOUNT
        self.use(self.server.url(), self.password())
        result = self.run_program("-o", "json", "apply", "--yes")
        self.assertEqual(result.json["revision"]["commit"], self.tip)
        self.assert_no_secret(result)
        self.assertEqual(set(self.server.authorizations), {f"Basic {BASIC}"})

    def test_a_password_is_not_sent_unasked(self):
        self.use(self.server.url(), self.password())
        self.fetches()
        self.assertEqual(self.server.authorizations, [])

    def test_a_wrong_password_is_sent_once(self):
        self.server.account = (ACCOUNT[0], "another")
        self.use(self.server.url(), self.password())
        self.refused("does not accept the credentials", "not expired")
        self.assertEqual(len(self.server.requests), 2)
        self.assertEqual(self.server.authorizations, [f"Basic {BASIC}"])
        self.assertEqual(len(self.events_of("FetchFailed")), 1)

    def retries(self):
        return [row[0] for row in self.rows("SELECT attempts FROM retries WHERE relationship = ''")]

    def passes(self, agent, more):
        """Waits for that many passes to end."""
        so_far = agent.output.count("pass-ended")
        self.wait_for(lambda: agent.output.count("pass-ended") >= so_far + more, "passes")

    def test_a_refusal_is_not_provoked_every_interval_until_the_password_is_another(self):
        self.server.account = ACCOUNT
        self.use(self.server.url(), self.password(), interval="1s")
        self.fetches()
        self.server.account = (ACCOUNT[0], "changed")
        agent = self.start_agent()
        self.wait_for(self.retries, "the refusal to be on record")
        asked = len(self.server.requests)
        self.passes(agent, 3)
        self.assertEqual(len(self.server.requests), asked)
        self.assertIn("does not accept", self.run_json("status")["revision"]["problem"]["message"])
        self.run_program("reconcile", "--wait", code=None)
        self.assertGreater(len(self.server.requests), asked, "a person is not kept waiting")
        self.password("changed")
        self.wait_for(lambda: not self.retries(), "the new password to be used")
        self.assertIsNone(self.run_json("status")["revision"]["problem"])

    def test_a_server_that_fails_is_asked_less_and_less(self):
        self.use(self.server.url(), interval="1s")
        self.fetches()
        self.server.status = 500
        self.start_agent()
        self.wait_for(lambda: self.retries() >= [3], "three failures")
        self.server.status = None
        self.run_program("reconcile", "--wait")
        self.assertEqual(self.retries(), [])

    def test_a_password_that_is_asked_for_and_not_configured_is_said(self):
        self.server.account = ACCOUNT
        self.use(self.server.url())
        self.refused("name credentials", "repository.credentials")
        self.assertEqual(len(self.server.requests), 1)

    def test_a_server_that_repeats_the_password_does_not_get_it_into_our_words(self):
        self.server.account = ACCOUNT
        self.server.status = 200
        self.server.extra = {"Content-Type": f"text/{ACCOUNT[1]}; {BASIC}"}
        self.use(self.server.url(), self.password())
        self.refused("content-type")

    def test_another_status_is_named(self):
        for status, part in ((403, "let the account"), (404, "is right"), (500, "500")):
            with self.subTest(status=status):
                self.server.status = status
                self.use(self.server.url())
                self.refused(str(status), part)

    def test_a_redirect_to_another_place_is_not_followed(self):
        other = GitOverHttp(self, self.work)
        other.account = ACCOUNT
        self.server.account = ACCOUNT
        rows = ((other.url("", host="localhost"), "localhost"), (other.url(""), str(other.port)),
                ("ftp://127.0.0.1", "ftp"))
        for target, named in rows:
            with self.subTest(target=target):
                self.server.redirect = lambda path, target=target: target + path
                self.use(self.server.url(), self.password())
                self.refused("redirect", named, "write its new address into repository.url")
        self.assertEqual(other.requests, [])
        self.assertEqual(self.server.authorizations, [])

    def test_a_redirect_after_the_password_does_not_take_it_elsewhere(self):
        other = GitOverHttp(self, self.work)
        self.server.account = ACCOUNT
        self.server.redirect = lambda path: (
            other.url("") + path if self.server.authorizations else None)
        self.use(self.server.url(), self.password())
        self.refused("redirects to 127.0.0.1 port", str(other.port))
        self.assertEqual(other.requests, [])

    def test_a_path_that_moved_within_the_same_place_is_found(self):
        self.server.redirect = lambda path: (
            "/network/.git" + path[len("/old"):] if path.startswith("/old") else None)
        self.use(self.server.url("/old"))
        self.fetches()

    def test_a_redirect_in_circles_ends(self):
        self.server.redirect = lambda path: path
        self.use(self.server.url())
        self.refused("redirects")
        self.assertLess(len(self.server.requests), 20)

    def test_a_url_by_hand_gets_no_password_of_another_place(self):
        other = GitOverHttp(self, self.work)
        other.account = ACCOUNT
        self.use(self.server.url(), self.password())
        result = self.run_program("diff", "--repo", other.url(), code=1)
        self.assertIn("name credentials", result.err)
        self.assertEqual(other.authorizations, [])

    def test_git_configuration_and_environment_of_others_change_nothing(self):
        trap = GitOverHttp(self, self.work)
        home = self.work / "home"
        home.mkdir()
        config = (f'[url "{trap.url("")}"]\ninsteadOf = {self.server.url("")}\n'
                  f"[http]\nproxy = {trap.url('')}\nfollowRedirects = true\n")
        (home / ".gitconfig").write_text(config)
        (home / "git").mkdir()
        (home / "git" / "config").write_text(config)
        environment = {"HOME": str(home), "XDG_CONFIG_HOME": str(home),
                       "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
                       "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.proxy",
                       "GIT_CONFIG_VALUE_0": trap.url(""), "GIT_DIR": "/nowhere",
                       "GIT_PROXY_COMMAND": "false", "GIT_SSL_NO_VERIFY": "1",
                       **{name: trap.url("") for name in
                          ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY")}}
        self.use(self.server.url())
        self.run_program("apply", "--yes", environment=environment)
        result = self.run_json("diff", environment=environment)
        self.assertEqual(result["revision"]["commit"], self.tip)
        self.assertEqual(trap.requests, [])
        # The trap is one: git itself goes there.
        run("git", "ls-remote", self.server.url(), env={**ENVIRONMENT, "HOME": str(home),
            "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"), "NO_PROXY": "*"})
        self.assertNotEqual(trap.requests, [])

    def test_a_rewound_branch_is_refused_unless_it_is_allowed(self):
        self.use(self.server.url())
        second = self.commit(relationship(), scopes([1, 2]))
        self.fetches(second)
        self.repository.git("reset", "--quiet", "--hard", self.tip)
        third = self.commit(relationship(), scopes([1, 3]))
        self.refused("was rewound", third[:12], second[:12], "rewind: allow", code=8)
        self.use(self.server.url(), repository="rewind: allow")
        self.fetches(third)

    def test_a_server_that_stays_silent_or_trickles_is_left(self):
        for behave in (never_answer, trickle):
            with self.subTest(behave=behave.__name__):
                odd = OddServer(self, behave)
                self.use(f"http://127.0.0.1:{odd.port}/network/.git", timeout="2s")
                self.refused("no answer within 2 s", "repository.timeout")

    def test_nobody_there_is_said_with_host_and_port(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.use(f"http://127.0.0.1:{port}/network/.git")
        self.refused(f"no connection to 127.0.0.1 port {port}: Connection refused")

    def test_the_password_is_neither_in_arguments_nor_in_the_environment(self):
        odd = OddServer(self, never_answer)
        self.use(f"http://127.0.0.1:{odd.port}/network/.git", self.password())
        process = subprocess.Popen([PROGRAM, "--config", self.config, "apply"], cwd=self.work,
                                   env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.wait_for(lambda: odd.connections, "the fetch to connect")
            folder = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
            children = folder.read_text().split()
            self.assertEqual(len(children), 1)
            for number in [str(process.pid), *children]:
                for name in ("cmdline", "environ"):
                    shown = pathlib.Path("/proc", number, name).read_bytes()
                    self.assertNotIn(ACCOUNT[1].encode(), shown)
            self.assertIn(b"fetch-helper", pathlib.Path("/proc", children[0],
                                                        "cmdline").read_bytes())
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


class Https(TransportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorities = tempfile.TemporaryDirectory(prefix="pairkeeper-ca-")
        cls.addClassCleanup(cls.authorities.cleanup)
        folder = pathlib.Path(cls.authorities.name)
        cls.authority, cls.stranger = Authority(folder / "own"), Authority(folder / "other")
        cls.good = cls.authority.issue("localhost")
        cls.expired = cls.authority.issue("localhost", "20200101000000Z", "20200201000000Z")
        cls.misnamed = cls.authority.issue("git.example")

    def use_tls(self, certificate, ca):
        server = GitOverHttp(self, self.work, certificate)
        server.account = ACCOUNT
        self.use(server.url(), self.password(), repository=f"ca: {ca}" if ca else "")
        return server

    def test_a_repository_is_fetched_with_a_token_and_an_authority_of_ones_own(self):
        server = self.use_tls(self.good, self.authority.certificate)
        self.fetches()
        self.assertEqual(set(server.authorizations), {f"Basic {BASIC}"})

    def test_a_certificate_that_is_not_good_ends_it_before_anything_is_sent(self):
        rows = ((self.good, None, "not correctly signed"),
                (self.good, self.stranger.certificate, "not correctly signed"),
                (self.expired, self.authority.certificate, "expired"),
                (self.misnamed, self.authority.certificate, "does not match"))
        for certificate, ca, part in rows:
            with self.subTest(part=part, ca=ca):
                server = self.use_tls(certificate, ca)
                self.refused("certificate is invalid", part, "repository.ca",
                             "nothing was sent")
                self.assertEqual(server.requests, [])

    def test_a_ca_file_that_is_none_is_said(self):
        self.use_tls(self.good, self.work / "nowhere.pem")
        self.refused("nowhere.pem", "no certificates can be read")
        self.use_tls(self.good, self.config)
        self.refused("no certificates can be read", "PEM")


def needs_sshd(test):
    required = "sshd" in os.environ.get("PAIRKEEPER_REQUIRE", "").split()
    return test if SSHD or required else unittest.skip("sshd is not installed")(test)


@needs_sshd
class Ssh(TransportCase):
    def setUp(self):
        super().setUp()
        self.assertTrue(SSHD, "sshd is required, but not installed")
        self.server = GitOverSsh(self, self.work / "sshd")

    def key(self, *pins, file=None):
        """Credentials with the key that is let in, and these pins."""
        name = self.secret((file or self.server.key).read_text(), "deploy-key")
        keys = ", ".join(f'"{pin}"' for pin in pins)
        return f"{{username: {self.server.user}, ssh-key-file: {name}, host-keys: [{keys}]}}"

    def use_ssh(self, *pins, file=None, **more):
        self.use(self.server.url(self.repository.folder / ".git"), self.key(*pins, file=file),
                 **more)

    def test_a_repository_is_fetched_with_a_key_from_a_pinned_server(self):
        self.use_ssh(self.server.fingerprint())
        self.fetches()
        self.fetches(self.commit(relationship(), scopes([1, 2])))

    def test_any_of_the_pinned_keys_will_do(self):
        self.use_ssh("SHA256:" + "A" * 43, self.server.fingerprint())
        self.fetches()

    def test_without_a_pin_the_fingerprint_is_told_and_nobody_logs_in(self):
        self.use_ssh()
        self.refused("no host-keys say which server to trust", "ED25519",
                     self.server.fingerprint(), "ssh-keygen -lf")
        self.assertNotIn("Accepted", self.server.text)
        self.assertNotIn("publickey", self.server.text)

    def test_another_host_key_than_the_pinned_one_is_refused(self):
        self.use_ssh("SHA256:" + "A" * 43)
        self.refused("not among the 1 host-keys", self.server.fingerprint(), "nothing was sent")
        self.assertNotIn("publickey", self.server.text)

    def test_a_key_that_the_server_does_not_know_is_offered_once(self):
        stranger = self.work / "stranger"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger)
        self.use_ssh(self.server.fingerprint(), file=stranger)
        self.refused("does not accept the key", "ed25519")
        self.assertEqual(self.server.text.count("Failed publickey"), 1, self.server.text)

    def test_known_hosts_of_others_are_no_pins(self):
        home = self.work / "home"
        (home / ".ssh").mkdir(parents=True)
        public = pathlib.Path(f"{self.server.host_keys[0]}.pub").read_text().split()
        (home / ".ssh" / "known_hosts").write_text(
            f"[127.0.0.1]:{self.server.port} {public[0]} {public[1]}\n")
        self.use_ssh()
        result = self.run_program("apply", code=1, environment={"HOME": str(home)})
        self.assertIn("no host-keys say which server to trust", result.err)

    def test_a_repository_that_is_not_there_is_said(self):
        self.use(self.server.url("/nowhere/dhcp.git"), self.key(self.server.fingerprint()))
        self.refused("does not list its branches")

    def test_the_key_is_nowhere_but_in_its_file(self):
        self.use_ssh(self.server.fingerprint())
        result = self.run_program("apply", "--yes")
        line = self.server.key.read_text().splitlines()[2].encode()
        self.assertNotIn(line, (result.out + result.err).encode())
        holders = [file.name for file in self.work.rglob("*")
                   if file.is_file() and line in file.read_bytes()]
        self.assertEqual(sorted(holders), ["deploy", "deploy-key"])

    def test_a_key_file_that_all_may_read_is_refused(self):
        self.use_ssh(self.server.fingerprint())
        (self.work / "deploy-key").chmod(0o644)
        self.refused("deploy-key", "chmod o=")

    def test_a_server_that_stays_silent_is_left(self):
        odd = OddServer(self, never_answer)
        self.use(f"ssh://127.0.0.1:{odd.port}/dhcp.git", self.key(self.server.fingerprint()),
                 timeout="2s")
        self.refused("no answer within 2 s")


if __name__ == "__main__":
    unittest.main()
