"""What the fault tests stand on: a folder with everything in it that can be copied, the program run
in it under a tracer, and an oracle that reads the database without the program's help.

A *world* is a folder: Git repository, configuration, database.  All paths inside are relative, so a
copy is a second organisation in the same state; each fault is tried on a copy of its own.
"""

import concurrent.futures
import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import typing
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "functional"))

from pairkeeper_case import ENVIRONMENT, Repository, Result  # noqa: E402  (after the path)

PROGRAMS = pathlib.Path(os.environ.get("FAULT_PROGRAMS", "/nonexistent"))
THOROUGH = os.environ.get("PAIRKEEPER_THOROUGH", "") not in ("", "0")
SEED = int(os.environ.get("PAIRKEEPER_SEED", "1"))
WORKERS = os.cpu_count() or 1
DEADLINE_S = 240
# Folders on a disk would measure the disk: what a sync must have written is judged from the record.
SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

SERVERS = ("dhcp-a", "dhcp-b")

CONFIG = """repository: {url: ./network, path: dhcp, interval: INTERVAL}
database: pairkeeper.db
servers:
  dhcp-a: {driver: adm}
  dhcp-b: {driver: adm}
guards: {updates: [100%, 100], deletes: [100%, 100], small: 0}
"""

RELATIONSHIP = """relationships:
  campus:
    servers: [dhcp-a, dhcp-b]
    prune: owned
    scope-defaults:
      options: {domain-name-servers: [10.0.0.53, 10.0.1.53]}
"""


def scope(number, *lines):
    """YAML of 10.0.NUMBER.0/24; further lines are its fields."""
    return "\n".join([f"  - subnet: 10.0.{number}.0/24", "    relationship: campus",
                      f"    ranges: [10.0.{number}.10-10.0.{number}.100]",
                      *(f"    {line}" for line in lines)]) + "\n"


def reservation(number, host):
    return (f'{{ip: 10.0.{number}.{host}, mac: "00:1a:2b:3c:{number:02x}:{host:02x}", '
            f'hostname: printer-{host}, options: {{routers: [10.0.{number}.2]}}}}')


# What an apply has to do between the two: delete 1, create 7 and 8, change 2 and 3 in every table
# there is, put back 4 (edited at the partner) and leave 5 and 6 alone.
BEFORE = "scopes:\n" + "".join(
    scope(n, f"name: Floor {n}", "shared-network: library" if n < 4 else "lease-time: 8h",
          f"options: {{routers: [10.0.{n}.1]}}", f"reservations: [{reservation(n, 20)}]")
    for n in range(1, 7))
WANTED = "scopes:\n" + "".join([
    scope(2, "name: Floor 2, rebuilt", "lease-time: 12h", "exclusions: [10.0.2.50-10.0.2.59]",
          "options: {routers: [10.0.2.254], ntp-servers: [10.0.0.7]}",
          f"reservations: [{reservation(2, 20)}, {reservation(2, 21)}]"),
    scope(3, "name: Floor 3", "shared-network: annex", "options: {}", "reservations: []"),
    *(scope(n, f"name: Floor {n}", "lease-time: 8h", f"options: {{routers: [10.0.{n}.1]}}",
            f"reservations: [{reservation(n, 20)}]") for n in range(4, 9))])


class World:
    """A folder in which the program runs."""

    def __init__(self, folder, program=None):
        self.folder = pathlib.Path(folder)
        self.program = pathlib.Path(program) if program else PROGRAMS / "pairkeeper"
        self.database = self.folder / "pairkeeper.db"

    def run(self, *words, before=(), environment=None):
        """Runs the program, behind the words of a tracer; any exit code."""
        return self.run_bare("--config", "pairkeeper.yaml", *words, before=before,
                             environment=environment)

    def run_bare(self, *words, before=(), environment=None):
        """The same without a configuration."""
        command = [*map(str, before), str(self.program), *map(str, words)]
        done = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL,
                              env={**ENVIRONMENT, **(environment or {})}, capture_output=True,
                              check=False, timeout=DEADLINE_S)
        return Result(words, done.returncode, done.stdout.decode(errors="replace"),
                      done.stderr.decode(errors="replace"))

    def copy(self, folder, program=None):
        """The same world elsewhere."""
        shutil.copytree(self.folder, folder, symlinks=True,
                        ignore=lambda _, names: [n for n in names if n.endswith(".control")])
        return World(folder, program or self.program)

    def bytes(self):
        """What the database's files hold."""
        return {path.name: path.read_bytes() for path in self.folder.glob("pairkeeper.db*")
                if path.is_file() and path.suffix in (".db", ".db-wal")}

    def state(self):
        """What the next pass finds, as a digest: of equal worlds one needs to be tried."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("pairkeeper.db*")):
            if path.suffix != ".db-shm":  # made anew from the file beside it
                for each in [path, *sorted(path.rglob("*"))]:
                    content = each.read_bytes() if each.is_file() else b""
                    name = each.relative_to(self.folder)
                    digest.update(f"{name} {len(content)} ".encode() + content)
        return digest.digest()

    def forget(self):
        """Makes it a world in which pairkeeper has never run."""
        for path in self.folder.glob("pairkeeper.db*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    @contextlib.contextmanager
    def copied(self, program=None):
        with tempfile.TemporaryDirectory(prefix="pairkeeper-fault-", dir=SCRATCH) as folder:
            yield self.copy(pathlib.Path(folder) / "world", program)

    # -- the oracle: SQL of its own --

    def read(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def change(self, sql):
        """Destroys something, to see whether it is noticed."""
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            db.execute(sql)
            db.commit()

    def scopes(self):
        """{(server, subnet): everything that the server holds of it}, read without the program."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return {key: rest for key, rest in map(lambda row: scope_row(db, row), db.execute(
                "SELECT s.record_id, v.name, s.scope_id, s.prefix_length, s.subnet_id,"
                " s.scope_name, s.description, s.status, s.lease_duration, s.renew_time,"
                " s.rebind_time, n.name, s.kea, r.relationship_name FROM adm_dhcp_scopes s"
                " JOIN adm_dhcp_servers v ON v.record_id = s.dhcp_server_record_id"
                " LEFT JOIN adm_dhcp_superscopes n ON n.record_id = s.superscope_record_id"
                " LEFT JOIN adm_dhcp_scope_failover l ON l.scope_id = s.record_id"
                " LEFT JOIN adm_dhcp_failover_relations r"
                " ON r.record_id = l.failover_relation_id").fetchall())}

    def events(self):
        """{seq: hash}: what is on record, unforgeably."""
        return dict(self.read("SELECT seq, hash FROM events"))

    def unfinished(self):
        return {row[0] for row in self.read("SELECT id FROM operations WHERE ended_ms IS NULL")}

    def interrupted(self):
        return {row[0] for row in self.read(
            "SELECT operation_id FROM events WHERE reason = 'OperationInterrupted'")}


def scope_row(db, row):
    """((server, subnet), content) of one row with all that hangs on it."""
    record, server, address, length, *own = row
    ranges = db.execute("SELECT start_ip_address, end_ip_address, settings FROM adm_ip_ranges"
                        " WHERE scope_record_id = ? ORDER BY 1", (record,)).fetchall()
    reservations = db.execute(
        "SELECT ip_address, identifier_type, reservation_client_id, reservation_name, hostname, kea"
        " FROM adm_dhcp_reservations WHERE scope_record_id = ? ORDER BY 1, 2, 3",
        (record,)).fetchall()
    options = db.execute(
        "SELECT r.ip_address, d.name, o.\"values\", o.always_send, o.never_send"
        " FROM adm_dhcp_options o"
        " JOIN adm_dhcp_option_definitions d ON d.record_id = o.option_definition_record_id"
        " LEFT JOIN adm_dhcp_reservations r ON r.record_id = o.reservation_id"
        " WHERE o.scope_record_id = ? ORDER BY 1, 2", (record,)).fetchall()
    return (server, f"{address:08x}/{length}"), (tuple(own), ranges, reservations, options)


class FaultCase(unittest.TestCase):
    """A test with a world that has something to do, and what it has to look like afterwards."""

    maxDiff = None
    program = "pairkeeper"
    interval = "1h"

    @classmethod
    def setUpClass(cls):
        if not (PROGRAMS / cls.program).exists():
            raise AssertionError(f"$FAULT_PROGRAMS ({PROGRAMS}) does not hold {cls.program}: "
                                 "tests/fault/workshop.py builds it")
        cls.shelf = pathlib.Path(tempfile.mkdtemp(prefix="pairkeeper-fault-", dir=SCRATCH))
        cls.addClassCleanup(shutil.rmtree, cls.shelf, ignore_errors=True)
        cls.make_worlds()

    @classmethod
    def make_worlds(cls):
        """cls.world is ready for an apply, cls.done is the same after it."""
        cls.world = World(cls.shelf / "before", PROGRAMS / "pairkeeper")
        cls.repository = Repository(cls.world.folder / "network")
        (cls.world.folder / "pairkeeper.yaml").write_text(
            CONFIG.replace("INTERVAL", cls.interval))
        cls.repository.commit({"dhcp/pair.yaml": RELATIONSHIP, "dhcp/scopes.yaml": BEFORE})
        expect(cls.world.run("apply"), 0)
        expect(cls.world.run("adm", "set", "--server", "dhcp-b", "10.0.4.0/24", "name=By hand"), 0)
        cls.repository.commit({"dhcp/scopes.yaml": WANTED})
        cls.done = cls.world.copy(cls.shelf / "done")
        expect(cls.done.run("apply"), 0)
        expect(cls.done.run("diff"), 0)
        cls.before, cls.wanted = cls.world.scopes(), cls.done.scopes()

    # -- what must hold whatever happened --

    def problems(self, world, acknowledged=None, converges=True):
        """All that is wrong with a world after a fault, and after one more apply; [] = nothing."""
        acknowledged = acknowledged or self.world.events()
        try:
            if not converges:
                return self.problems_at_rest(world, acknowledged)
            # A chain that is broken stays broken: it is walked once, after the pass.
            return self.damage(world, acknowledged) + self.problems_of_next_pass(world)
        except sqlite3.Error as error:
            return [f"the database does not open: {error}"]

    def problems_once(self, world, examined):
        """The same, unless a world in this state is in @p examined, where it is put."""
        state = world.state()
        if state in examined:
            return []
        examined.add(state)
        return self.problems(world)

    def problems_at_rest(self, world, acknowledged):
        found = self.damage(world, acknowledged)
        chain = world.run("events", "--verify")
        return found + ([] if chain.code == 0 else [f"the chain of events: {chain}"])

    def damage(self, world, acknowledged):
        """What SQL alone finds wrong."""
        found = []
        integrity = world.read("PRAGMA integrity_check")
        if integrity != [("ok",)]:
            found.append(f"integrity: {integrity}")
        kept = world.events()
        lost = [seq for seq, digest in acknowledged.items() if kept.get(seq) != digest]
        if lost:
            found.append(f"events lost: {lost}")
        return found + self.half_written(world) + self.off_the_record(world)

    def off_the_record(self, world):
        """Nothing is written to a server but under an operation, and no operation ends unsaid."""
        intended = {(server, f"{address:08x}/{length}") for server, address, length in world.read(
            "SELECT server1, scope_id, prefix_length FROM sub_tasks UNION"
            " SELECT server2, scope_id, prefix_length FROM sub_tasks")}
        now = world.scopes()
        unsaid = world.read(
            "SELECT id FROM operations WHERE ended_ms IS NOT NULL AND id NOT IN (SELECT"
            " operation_id FROM events WHERE operation_id IS NOT NULL AND reason IN"
            " ('OperationCompleted', 'OperationFailed', 'OperationInterrupted'))")
        return [f"written without an intent: {key}" for key in {**self.before, **now}
                if now.get(key) != self.before.get(key) and key not in intended] + [
            f"ended without a word: operation {row[0]}" for row in unsaid]

    def half_written(self, world):
        """A scope on a server is as it was or as it shall be, never something between."""
        now = world.scopes()
        return [f"half written: {key}: {now.get(key)}"
                for key in {**self.before, **self.wanted, **now}
                if now.get(key) not in (self.before.get(key), self.wanted.get(key))]

    def problems_of_next_pass(self, world):
        open_operations, events = world.unfinished(), world.events()
        applied = world.run("apply")
        found = [] if applied.code == 0 else [f"the next pass does not converge: {applied}"]
        after = world.run("diff")
        if after.code != 0:
            found.append(f"not in step after the next pass: {after}")
        if world.scopes() != self.wanted:
            found.append("the servers do not hold what is wanted")
        untold = open_operations - world.interrupted()
        if untold:
            found.append(f"interrupted, but not told: operations {sorted(untold)}")
        return found + self.problems_at_rest(world, events)


def expect(result, code):
    if result.code != code:
        raise AssertionError(f"wanted exit {code}: {result}")
    return result


# -- sweeps --

def sampled(points, count):
    """All of them in a thorough run, else an even sample that always has both ends."""
    points = list(points)
    return points if THOROUGH else sampled_always(points, count)


def sampled_always(points, count):
    """An even sample, in a thorough run too: where combinations would be too many."""
    if len(points) <= count:
        return points
    step = (len(points) - 1) / (count - 1)
    return [points[round(i * step)] for i in range(count)]


def sweep(case, points, probe):
    """Runs probe(point) → problems for every point, on all processors, and fails on any."""
    points = list(points)
    case.assertTrue(points, "nothing to sweep: the test would prove nothing")
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(probe, points))
    bad = {point: problems for point, problems in zip(points, found) if problems}
    print(f"{case.id().rsplit('.', 1)[-1]}: {len(points)} points, {len(bad)} failed",
          file=sys.stderr)
    if bad:
        case.fail(tell(bad))


def tell(bad, most=5):
    """The first few failures, readable."""
    return "\n".join([f"{len(bad)} points failed; the first:"]
                     + [f"{point}:\n  " + "\n  ".join(problems)
                        for point, problems in list(bad.items())[:most]])


# -- the tracer --

# Calls that change a file or its name, and those that make it durable.
CHANGING = ("pwrite64", "write", "writev", "ftruncate", "fallocate", "fdatasync", "fsync", "unlink",
            "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "mkdir", "mkdirat",
            "rmdir", "symlink", "chmod", "fchmod", "fchmodat", "utimensat", "flock", "openat")


# The kernel picks the calls that are traced: all others run at full speed.
FOLLOW = ("-f", "--seccomp-bpf")


def tracer(*words, follow=(), output="/dev/null"):
    return ["strace", *follow, "-qq", "-o", output, *words]


class Point(typing.NamedTuple):
    """Where a fault hits."""
    process: int  # 0 = the program itself, 1 = its fetch helper
    call: str
    n: int  # how often its process had made that call: what `when=` of the tracer counts
    alone: bool  # no other process makes it so often


# The dynamic loader's calls come first and are not ours: a process begins where it names our files.
BEGINNINGS = ("pairkeeper.yaml", "pairkeeper.db")


def points_of(world, calls, *words, follow=False, code=0):
    """Every point that a fault can hit while these words are run; follow: the helper's, too."""
    found, seen, begun, processes = [], {}, set(), []
    for process, call, line in trace_of(world, calls, *words, code=code):
        if process not in processes:
            processes.append(process)
        seen[process, call] = seen.get((process, call), 0) + 1
        if any(sign in line for sign in BEGINNINGS):
            begun.add(process)
        if process in begun and call in calls and (follow or process == processes[0]):
            found.append((process, call, seen[process, call]))
    return sorted(Point(min(processes.index(process), 1), call, n,
                        all(seen.get((other, call), 0) < n
                            for other in processes if other != process))
                  for process, call, n in found)


def trace_of(world, calls, *words, code):
    """(process, call, line) of each of these calls in a run of the words."""
    with world.copied() as copy:
        trace = copy.folder.parent / "trace"
        expect(copy.run(*words, before=tracer("-e", "trace=openat," + ",".join(calls), follow=FOLLOW,
                                              output=str(trace))), code)
        lines = trace.read_text(errors="replace").splitlines()
    matches = [(re.match(r"(\d+) +(\w+)\(", line), line) for line in lines]
    return [(*match.groups(), line) for match, line in matches if match]


def inject(point, what):
    """Words of the tracer for a fault at one point."""
    follow = ("-f",) if point.process == 1 else ()
    if what.startswith("error=") and (follow or point.alone):
        follow = FOLLOW  # signals get lost where the kernel picks
    return tracer("-e", f"trace={point.call}", "-e", f"inject={point.call}:{what}:when={point.n}",
                  follow=follow)
