"""A foreign hand edits a server between any two steps of an `apply`.

The program is stopped at a call, another process edits the partner's row in the database, the
program goes on.  The edit stays, or the plan that overwrote it shows that it was seen.
"""

import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

from fault_world import ENVIRONMENT, PROGRAMS, SCRATCH, FaultCase, inject, points_of
from fault_world import sampled, sweep

FOREIGN = "Foreign hand"
SAMPLE = 80  # of some 270; an edit at five in a row is lost when nobody looks at the hash
RUN_DEADLINE_S = 60  # of a run from its start to its end, however often it stands still
PAUSE_S = 0.002


def edit(world):
    """As another program would: the row, and the sequence of its server.  False = locked."""
    with contextlib.closing(sqlite3.connect(world.database, timeout=0)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        db.execute("UPDATE adm_dhcp_scopes SET scope_name = ? WHERE scope_id = 0x0A000200 AND"
                   " dhcp_server_record_id = (SELECT record_id FROM adm_dhcp_servers"
                   " WHERE name = 'dhcp-b')", (FOREIGN,))
        db.execute("UPDATE adm_dhcp_servers SET change_sequence = change_sequence + 1"
                   " WHERE name = 'dhcp-b'")
        db.commit()
        return True


class StoppedRun:
    """A program that stands still where its tracer's words say so."""

    def __init__(self, words, folder, deadline_s=RUN_DEADLINE_S):
        self.folder, self.deadline_s = folder, deadline_s
        self.trace, self.out = folder / "trace", folder / "out"
        self.words = [word if word != "/dev/null" else str(self.trace) for word in words]

    def stops(self):
        """How often it has stood still."""
        return (self.trace.read_text(errors="replace").count("--- stopped by SIGSTOP ---")
                if self.trace.exists() else 0)

    def run(self, at_first_stop, resume=True, **more):
        """False when it did not end in time.  Nothing of it is left either way."""
        with self.out.open("wb") as out, \
             subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.DEVNULL, start_new_session=True,
                              **more) as process:
            try:
                return self.accompany(process, at_first_stop, resume)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def accompany(self, process, at_first_stop, resume):
        limit, stopped = time.monotonic() + self.deadline_s, False
        while process.poll() is None:
            if time.monotonic() > limit:
                return False
            if not stopped and self.stops() > 0:
                stopped = True
                at_first_stop()
            if stopped and resume:  # again and again: it may stop again, and who runs is not disturbed
                os.killpg(process.pid, signal.SIGCONT)
            time.sleep(PAUSE_S)
        return True


def lost_edits(case, program):
    """(how many edits were possible, {point: why an edit is lost})"""
    possible, lost = [], {}

    def probe(point):
        with case.world.copied(PROGRAMS / program) as world:
            words = [*inject(point, "signal=SIGSTOP"), str(world.program), "--config",
                     "pairkeeper.yaml", "-o", "json", "apply"]
            run = StoppedRun(words, world.folder.parent)
            if not run.run(lambda: edit(world) and possible.append(point), cwd=world.folder,
                           env=ENVIRONMENT):
                return [f"it did not end within {RUN_DEADLINE_S} s"]
            now = [content[0][1] for (server, subnet), content in world.scopes().items()
                   if server == "dhcp-b" and subnet == "0a000200/24"]
            told = run.out.read_text() + str(world.read("SELECT attributes FROM events"))
            if point in possible and now != [FOREIGN] and FOREIGN not in told:
                lost[point] = f"overwritten unseen: now {now}"
            return []

    sweep(case, sampled(points_of(case.world, ("fcntl",), "apply"), SAMPLE), probe)
    return len(possible), lost


class Interleaving(FaultCase):
    def test_an_edit_between_two_steps_is_kept_or_seen(self):
        possible, lost = lost_edits(self, "pairkeeper")
        self.assertGreater(possible, 3, "no edit came in between: the test proves nothing")
        self.assertEqual(lost, {})


class Deadline(unittest.TestCase):
    """The waiting itself: a program that stays stopped fails its test and holds up nobody."""

    SCRIPT = "echo begin; kill -STOP $$; kill -STOP $$; echo end"

    def run_script(self, **more):
        with tempfile.TemporaryDirectory(prefix="pairkeeper-fault-", dir=SCRATCH) as folder:
            run = StoppedRun(["strace", "-qq", "-o", "/dev/null", "-e", "trace=none", "sh", "-c",
                              self.SCRIPT], pathlib.Path(folder), more.pop("deadline_s", 60))
            seen = []
            ended = run.run(lambda: seen.append(run.stops()), **more)
            return ended, seen, run.out.read_text()

    def test_a_program_that_stops_twice_goes_on_twice(self):
        self.assertEqual(self.run_script(), (True, [1], "begin\nend\n"))

    def test_a_program_that_stays_stopped_is_ended(self):
        self.assertEqual(self.run_script(resume=False, deadline_s=1), (False, [1], "begin\n"))


if __name__ == "__main__":
    unittest.main()
