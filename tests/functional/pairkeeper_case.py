"""What every functional test stands on: a folder of its own with a real Git repository, the agent's
configuration and a real database, and the program itself, run as its users run it.

The program is $PAIRKEEPER.  Nothing of the user's (Git configuration, locale, terminal) reaches it.
Tests wait for conditions with generous deadlines and never measure time: under sanitizers and on a
loaded machine the program may be slow, which is no defect.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ.get("PAIRKEEPER", "")
ROOT = pathlib.Path(__file__).resolve().parents[2]
CAMPUS = ROOT / "examples" / "campus"
DEADLINE_S = 240

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm",
    "TZ": "UTC",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.edu",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.edu",
    **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")},
}

# The smallest organisation that has everything: one pair.
RELATIONSHIP = """
relationships:
  campus:
    servers: [dhcp-a, dhcp-b]
"""


def relationship(*lines):
    """That pair with further fields."""
    return RELATIONSHIP + "".join(f"    {line}\n" for line in lines)


def scope(number, *lines, of="campus"):
    """YAML of 10.0.NUMBER.0/24; further lines are its fields."""
    text = [f"  - subnet: 10.0.{number}.0/24",
            f"    relationship: {of}",
            f"    ranges: [10.0.{number}.10-10.0.{number}.200]"]
    return "\n".join(text + [f"    {line}" for line in lines]) + "\n"


def scopes(numbers, *lines, of="campus"):
    return "scopes:\n" + "".join(scope(n, *lines, of=of) for n in numbers)


def subnet(number):
    return f"10.0.{number}.0/24"


class Result:
    """How one run of the program ended."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        """One JSON object a line: events."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return (f"pairkeeper {' '.join(map(str, self.words))}\nexit {self.code}\n"
                f"-- stdout\n{self.out}\n-- stderr\n{self.err}")


class Repository:
    """A Git repository that a test commits to."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main", "--template=")

    def git(self, *words):
        done = subprocess.run(["git", *words], cwd=self.folder, env=ENVIRONMENT, text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"git {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    def write(self, files):
        """Writes {path: text}; None removes the file."""
        for path, text in files.items():
            file = self.folder / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)

    def commit(self, files=None, message="change"):
        """Commits everything, after writing @p files; returns the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def replace(self, path, old, new):
        """Replaces text that must be there in a file, once."""
        file = self.folder / path
        text = file.read_text()
        if old not in text:
            raise AssertionError(f"{path} does not hold {old!r}")
        file.write_text(text.replace(old, new, 1))


class Agent:
    """`pairkeeper run` in the background."""

    def __init__(self, case, environment=None):
        self.case = case
        descriptor, self.log = tempfile.mkstemp(prefix="agent-", suffix=".log", dir=case.work)
        with open(descriptor, "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--config", str(case.config), "run"], cwd=case.work,
                env={**ENVIRONMENT, **(environment or {})}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)
        case.addCleanup(self._clean_up)

    def _clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def output(self):
        return pathlib.Path(self.log).read_text(errors="replace")

    def wait_ready(self):
        """Until it serves requests."""
        self.case.wait_for(self._is_ready, "the agent to start")

    def _is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the agent ended with {self.process.returncode}:\n{self.output}")
        return "agent-started" in self.output

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Exit code; negative = signal."""
        return self.process.wait(timeout=DEADLINE_S)

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait()


class PairkeeperCase(unittest.TestCase):
    """A test with a folder, a repository, a configuration and the program."""

    maxDiff = None

    def setUp(self):
        if not PROGRAM:
            self.fail("$PAIRKEEPER does not say where the program is")
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="pairkeeper-test-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.config = self.work / "pairkeeper.yaml"
        self.database = self.work / "pairkeeper.db"
        self.repository = Repository(self.work / "network")
        self.write_config()

    # -- configuration and runs --

    def write_config(self, servers=("dhcp-a", "dhcp-b"), interval="1h", repository="", **sections):
        """Sections are YAML text by key: guards="{adopt: allow}"; a server: name or (name, "{…}")."""
        lines = ["repository:", "  url: ./network", "  path: dhcp", f"  interval: {interval}"]
        lines += [f"  {line}" for line in repository.splitlines()]
        lines += [f"database: {self.database.name}", "servers:"]
        for server in servers:
            name, keys = server if isinstance(server, tuple) else (server, "{driver: adm}")
            lines.append(f"  {name}: {keys}")
        lines += [f"{key.replace('_', '-')}: {value}" for key, value in sections.items()]
        self.config.write_text("\n".join(lines) + "\n")

    def run_program(self, *words, code=0, config=True, environment=None, cwd=None,
                    deadline_s=DEADLINE_S):
        """Runs it and insists on the exit code (None: any)."""
        command = [PROGRAM, *(["--config", str(self.config)] if config else []), *map(str, words)]
        done = subprocess.run(command, cwd=cwd or self.work,
                              env={**ENVIRONMENT, **(environment or {})}, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=deadline_s)
        result = Result(words, done.returncode, done.stdout, done.stderr)
        self.insist_on_no_report(result)
        if code is not None:
            self.assertEqual(done.returncode, code, str(result))
        return result

    def insist_on_no_report(self, result):
        """No sanitizer has found anything."""
        for sign in ("AddressSanitizer", "runtime error:", "LeakSanitizer"):
            self.assertNotIn(sign, result.err, str(result))

    def run_json(self, *words, code=0, **more):
        """The same with -o json, parsed."""
        result = self.run_program("-o", "json", *words, code=code, **more)
        try:
            return result.json
        except ValueError:
            return self.fail(f"no JSON on stdout:\n{result}")

    def run_on_terminal(self, *words, before_answer=None, answer="y\n", question="[y/N]",
                        environment=None):
        """Runs it on a terminal and answers its question; stdout and stderr are both in out."""
        leader, follower = pty.openpty()
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, leader)
            process = subprocess.Popen([PROGRAM, "--config", str(self.config), *words],
                                       cwd=self.work, env={**ENVIRONMENT, **(environment or {})},
                                       stdin=follower, stdout=follower, stderr=follower,
                                       start_new_session=True)
            os.close(follower)
            shown = self._converse(leader, question.encode(), before_answer, answer.encode())
            code = process.wait(timeout=DEADLINE_S)
        return Result(words, code, shown.decode(errors="replace"), "")

    @staticmethod
    def _converse(terminal, question, before_answer, answer):
        shown, asked = b"", False
        limit = time.monotonic() + DEADLINE_S
        while time.monotonic() < limit:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                shown += os.read(terminal, 65536)
            except OSError:  # the program has ended
                break
            if question in shown and not asked:
                asked = True
                if before_answer:
                    before_answer()
                os.write(terminal, answer)
        return shown

    def start_agent(self, environment=None):
        agent = Agent(self, environment)
        agent.wait_ready()
        return agent

    def wait_for(self, condition, what):
        """Asks until it is true; the deadline only keeps a broken program from hanging the test."""
        limit = time.monotonic() + DEADLINE_S
        while time.monotonic() < limit:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        return self.fail(f"waited in vain for {what}")

    # -- desired state --

    def commit(self, *texts, message="change"):
        """Commits dhcp/0.yaml, dhcp/1.yaml … with these texts, and nothing else."""
        folder = self.repository.folder
        old = {str(p.relative_to(folder)): None for p in (folder / "dhcp").glob("**/*.yaml")}
        new = {f"dhcp/{i}.yaml": text for i, text in enumerate(texts)}
        return self.repository.commit({**old, **new}, message)

    def established(self, *texts):
        """These texts committed, applied and in step."""
        self.commit(*texts)
        self.run_program("apply")
        self.run_program("diff")

    # -- plans --

    def diff(self, *words, code=2):
        return self.run_json("diff", *words, code=code)

    def relationship(self, document, name="campus"):
        return next(r for r in document["relationships"] if r["name"] == name)

    def actions(self, document, name="campus"):
        return self.relationship(document, name)["actions"]

    def only_action(self, document, name="campus"):
        actions = self.actions(document, name)
        self.assertEqual(len(actions), 1, actions)
        return actions[0]

    def approve_held(self, name="campus"):
        """Applies, is held, approves by digest; returns the held relationship."""
        held = self.relationship(self.run_json("apply", code=4), name)
        self.assertIsNotNone(held["held"], held)
        self.run_program("approve", held["digest"], "--reason", "test")
        return held

    # -- what servers hold --

    def edit(self, server, subnet_text, *assignments, code=0):
        """One side edited by hand, as at its console."""
        return self.run_program("adm", "set", "--server", server, subnet_text, *assignments,
                                code=code)

    def shown(self, server, subnet_text):
        """The one scope as that server holds it: {fields: {…}, relationship, status, …}."""
        return self.run_json("adm", "show", "--server", server, subnet_text)["scopes"][0]

    def value(self, server, subnet_text, part):
        """A part's value on one server; None when it is absent."""
        return self.shown(server, subnet_text)["fields"].get(part)

    def listed(self, server):
        """Subnets that one server holds."""
        return sorted(s["subnet"] for s in
                      self.run_json("adm", "list", "--server", server)["scopes"])

    # -- what is on record --

    def events(self, *words):
        return self.run_program("-o", "json", "events", *words).lines

    def events_of(self, reason):
        return [event for event in self.events() if event["reason"] == reason]

    def reasons(self):
        return [event["reason"] for event in self.events()]

    def status_of(self, name="campus"):
        return self.relationship(self.run_json("status"), name)

    def condition(self, kind, name="campus"):
        return next(c for c in self.status_of(name)["conditions"] if c["type"] == kind)

    def rows(self, sql, *values):
        """Reads the database beside the program, read-only."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def file_hashes(self):
        """Every file below the test's folder with its content, to prove that nothing was written."""
        return {str(path.relative_to(self.work)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(self.work.rglob("*"))
                if path.is_file() and not path.is_symlink()}
