"""What a bad server can do to us: nothing.

Each test is one kind of bad answer from one server of a pair whose other server answers as it should.
`diff` says that the relationship is unknown and ends with 1; the reason names the server and says what
to do; it ends by itself however the server hangs, and with $PAIRKEEPER_RELEASE, a build without
sanitizers, it keeps to a limit of memory.  All kinds are asked before the first test, several pairs in
one run and several runs at once.
"""

import concurrent.futures
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

import bad_kea
from bad_kea import FakeKea
from git_servers import Authority
from pairkeeper_case import ENVIRONMENT, PROGRAM, RELATIONSHIP, Repository, Result, scopes

RELEASE = os.environ.get("PAIRKEEPER_RELEASE", "")
MEMORY_LIMIT_KIB = 128 * 1024
PAIRS, RUNS_AT_ONCE = 6, 4
DEADLINE_S = 120  # a server that hangs has a time-out of 1 s; the rest is a busy machine
KINDS = [*bad_kea.transports(), *bad_kea.bodies(), *bad_kea.envelopes(),
         *bad_kea.configurations()]

# Runs its arguments; the last line says exit code and peak of memory in KiB.
MEASURE = """
import os, sys
process = os.fork()
if process == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(process, 0)
print()
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""


class Desk:
    """A repository, and a folder of its own for every run."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pairkeeper-bad-servers-"))
        names = "".join(f"  pair-{i}: {{servers: [dhcp-a{i}, dhcp-b{i}]}}\n" for i in range(PAIRS))
        Repository(self.folder / "network").commit({
            "dhcp/0.yaml": RELATIONSHIP + scopes([1]), "pairs/0.yaml": "relationships:\n" + names})

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self, name, good, bad, more="", timeout="30s"):
        """Configuration of a run; returns its file."""
        folder = self.folder / name.replace("/", "-")
        folder.mkdir(exist_ok=True)
        file = folder / "pairkeeper.yaml"
        file.write_text(f"repository: {{url: {self.folder}/network, path: dhcp}}\n"
                        "database: pairkeeper.db\nservers:\n"
                        f"  dhcp-a: {{driver: kea, url: \"{good}\", timeout: 30s}}\n"
                        f"  dhcp-b: {{driver: kea, url: \"{bad}\", timeout: {timeout}{more}}}\n"
                        + (f"credentials: {{b: {{username: u, password-file: secret}}}}\n"
                           if "credentials" in more else ""))
        if "credentials" in more:
            (folder / "secret").write_text("s3cret-word\n")
            (folder / "secret").chmod(0o600)
        return file

    def configure_pairs(self, name, urls):
        """The same for several pairs: URLs of both servers and time-out of the second for each."""
        folder = self.folder / name
        folder.mkdir()
        lines = [f"repository: {{url: {self.folder}/network, path: pairs}}",
                 "database: pairkeeper.db", "workers: 16", "servers:"]
        for i, (good, bad, timeout) in enumerate(urls):
            lines += [f"  dhcp-a{i}: {{driver: kea, url: \"{good}\", timeout: 30s}}",
                      f"  dhcp-b{i}: {{driver: kea, url: \"{bad}\", timeout: {timeout}}}"]
        (folder / "pairkeeper.yaml").write_text("\n".join(lines) + "\n")
        return folder / "pairkeeper.yaml"

    def diff(self, file, *words):
        command = [PROGRAM, "--config", str(file), *words, "diff"]
        done = subprocess.run(command, cwd=file.parent, env=ENVIRONMENT, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=DEADLINE_S)
        return Result(command, done.returncode, done.stdout, done.stderr)

    def memory_kib(self, file):
        done = subprocess.run([sys.executable, "-c", MEASURE, RELEASE, "--config", str(file),
                               "diff"], cwd=file.parent, env=ENVIRONMENT, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=True,
                              timeout=DEADLINE_S)
        return int(done.stdout.splitlines()[-1].split()[1])


class BadServerCase(unittest.TestCase):
    """What holds for every server that cannot be read."""

    def insist_on_unknown(self, result, says, number=""):
        """Pair @p number of the result is unknown because of its second server."""
        for sign in ("AddressSanitizer", "runtime error:", "LeakSanitizer"):
            self.assertNotIn(sign, result.err, str(result))
        self.assertEqual(result.code, 1, str(result))
        document = result.json
        name = f"pair-{number}" if number != "" else "campus"
        relationship = next(r for r in document["relationships"] if r["name"] == name)
        self.assertEqual(relationship["condition"], "unknown", str(result))
        self.assertEqual(relationship["actions"], [], str(result))
        self.assertEqual([u["server"] for u in relationship["unknown"]], [f"dhcp-b{number}"],
                         str(result))
        reason = relationship["unknown"][0]["reason"]
        self.assertRegex(reason, f"^server dhcp-b{number}: ")
        self.assertRegex(reason, says)
        self.assertRegex(reason, "; [a-z`]", "it does not say what to do")
        self.assertFalse([c for c in reason if ord(c) < 32], repr(reason))
        self.assertNotIn("It works!", reason, "a body is quoted")
        return reason


class EveryKindOfBadServer(BadServerCase):
    """One test for each kind, made below."""

    @classmethod
    def setUpClass(cls):
        cls.desk = Desk()
        cls.addClassCleanup(cls.desk.close)
        groups = [KINDS[i:i + PAIRS] for i in range(0, len(KINDS), PAIRS)]
        with FakeKea(KINDS) as kea, concurrent.futures.ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
            def ask(group):
                good = kea.url()
                urls = [(good, kea.url(kind.name, "b"), kind.timeout) for kind in group]
                urls += [(good, kea.url("good", "b"), "30s")] * (PAIRS - len(group))
                file = cls.desk.configure_pairs(group[0].name, urls)
                result = cls.desk.diff(file, "-o", "json")
                memory_kib = cls.desk.memory_kib(file) if RELEASE else 0
                return {kind.name: (result, number, memory_kib)
                        for number, kind in enumerate(group)}
            cls.results = {}
            for results in pool.map(ask, groups):
                cls.results.update(results)

    def insist(self, kind):
        result, number, memory_kib = self.results[kind.name]
        reason = self.insist_on_unknown(result, kind.says, number)
        if not kind.name.startswith(("Dhcp4", "configuration")):
            self.assertIn(f": {kind.stage}: ", reason)
        self.assertLess(memory_kib, MEMORY_LIMIT_KIB)

    def test_there_are_at_least_two_hundred_kinds(self):
        self.assertGreaterEqual(len(self.results), 200)
        self.assertEqual(len(self.results), len(KINDS), "two kinds have one name")


def _add_test(kind):
    def test(self):
        self.insist(kind)
    test.__name__ = "test_" + kind.name.replace("-", "_")
    setattr(EveryKindOfBadServer, test.__name__, test)


for _kind in KINDS:
    _add_test(_kind)


class BadConnections(BadServerCase):
    """What goes wrong before a server can say anything."""

    @classmethod
    def setUpClass(cls):
        cls.desk = Desk()
        cls.addClassCleanup(cls.desk.close)
        cls.kea = FakeKea()
        cls.kea.__enter__()
        cls.addClassCleanup(cls.kea.__exit__)
        cls.authority = Authority(cls.desk.folder / "authority")
        cls.other_authority = Authority(cls.desk.folder / "other")

    def ask(self, url, more="", timeout="30s"):
        file = self.desk.configure(self.id(), self.kea.url(), url, more, timeout)
        return self.desk.diff(file, "-o", "json")

    def tls(self, certificate, wants_certificate=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if wants_certificate:
            context.load_verify_locations(self.authority.certificate)
            context.verify_mode = ssl.CERT_REQUIRED
        kea = FakeKea(tls=context)
        kea.__enter__()
        self.addCleanup(kea.__exit__, None, None, None)
        return kea.url("good", "b", "https", "localhost")

    @property
    def ca(self):
        return f", ca: \"{self.authority.certificate}\""

    def test_nobody_listens(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
            self.insist_on_unknown(self.ask(url), "nobody answers there.*start the server")

    def test_a_host_that_has_no_address(self):
        self.insist_on_unknown(self.ask("http://dhcp-b.invalid:8000/", timeout="1s"), "has no address|in time")

    def test_a_listener_that_accepts_nobody(self):
        with socket.socket() as full, socket.socket() as filler:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            filler.connect(full.getsockname())
            self.insist_on_unknown(self.ask(f"http://127.0.0.1:{full.getsockname()[1]}/",
                                            timeout="1s"), "in time")

    def test_a_certificate_of_another_authority(self):
        url = self.tls(self.other_authority.issue("localhost"))
        self.insist_on_unknown(self.ask(url, self.ca), "certificate is not to be trusted")

    def test_a_certificate_that_nobody_known_signed(self):
        url = self.tls(self.authority.issue("localhost"))
        self.insist_on_unknown(self.ask(url), "name in `ca`")

    def test_a_certificate_that_has_expired(self):
        url = self.tls(self.authority.issue("localhost", end="20210101000000Z"))
        self.insist_on_unknown(self.ask(url, self.ca), "expired")

    def test_a_certificate_of_another_host(self):
        url = self.tls(self.authority.issue("elsewhere.example"))
        self.insist_on_unknown(self.ask(url, self.ca), "not to be trusted.*localhost")

    def test_a_server_that_wants_our_certificate(self):
        url = self.tls(self.authority.issue("localhost"), wants_certificate=True)
        self.insist_on_unknown(self.ask(url, self.ca), "certificate-file and key-file")

    def test_a_plain_server_that_is_asked_with_tls(self):
        url = self.kea.url("good", "b", "https")
        self.insist_on_unknown(self.ask(url, self.ca), "http:// or https://")

    def test_a_server_with_tls_that_is_asked_without(self):
        url = self.tls(self.authority.issue("localhost")).replace("https:", "http:")
        self.insist_on_unknown(self.ask(url), "http:// or https://|speaks TLS")

    def test_a_ca_file_that_is_not_there(self):
        url = self.tls(self.authority.issue("localhost"))
        self.insist_on_unknown(self.ask(url, ", ca: /nowhere/ca.pem"), "`ca`")

    def test_a_url_of_another_kind_is_no_configuration(self):
        for url in ("ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1:8000", "http://",
                    "http://u:s3cret-word@127.0.0.1/", "http://127.0.0.1/?command=x"):
            with self.subTest(url):
                result = self.ask(url)
                self.assertEqual(result.code, 3, str(result))
                (said,) = result.json["errors"]
                self.assertIn("url of a kea server: it ", said["message"])
                self.assertGreater(said["column"], 1)
                self.assertNotIn("s3cret-word", result.out + result.err)

    def test_a_password_file_that_everybody_may_read(self):
        file = self.desk.configure(self.id(), self.kea.url(), self.kea.url("good", "b"),
                                   ", credentials: b")
        (file.parent / "secret").chmod(0o644)
        self.insist_on_unknown(self.desk.diff(file, "-o", "json"), "every user of this machine")

    def test_a_password_file_that_is_not_there(self):
        file = self.desk.configure(self.id(), self.kea.url(), self.kea.url("good", "b"),
                                   ", credentials: b")
        (file.parent / "secret").unlink()
        self.insist_on_unknown(self.desk.diff(file, "-o", "json"), "secret.*cannot be read")

    def test_a_password_that_is_wrong_is_never_shown(self):
        with FakeKea(account="Basic b3RoZXI6b3RoZXI=") as strict:
            result = self.ask(strict.url("good", "b"), ", credentials: b")
        self.insist_on_unknown(result, "does not accept user name and password")
        self.assertNotIn("s3cret-word", result.out + result.err)

    def test_text_for_people_says_the_same(self):
        file = self.desk.configure(self.id(), self.kea.url(), "http://127.0.0.1:1/")
        result = self.desk.diff(file)
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("dhcp-b could not be read", result.out)
        self.assertIn("1 unknown, 0 in step", result.out)


if __name__ == "__main__":
    unittest.main()
