"""A foreign hand edits a server between any two steps of an `apply`.

The program is stopped at a call, another process edits the partner's row in the database, the
program goes on.  The edit stays, or the plan that overwrote it shows that it was seen.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
import unittest

from fault_world import (ENVIRONMENT, PROGRAMS, FaultCase, count_calls, inject, points_of, sampled,
                         sweep)

FOREIGN = "Foreign hand"
SAMPLE = 24
STEP_DEADLINE_S = 60  # a program that stays stopped fails its test and holds up nobody


class Interleaving(FaultCase):
    def edit(self, world):
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

    def apply_with_edit(self, world, point):
        """→ (whether it was edited, output)."""
        trace = world.folder.parent / "trace"
        words = [*inject(point, "signal=SIGSTOP", output=str(trace)), str(world.program),
                 "--config", "pairkeeper.yaml", "-o", "json", "apply"]
        with subprocess.Popen(words, cwd=world.folder, env=ENVIRONMENT, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, start_new_session=True) as process:
            try:
                stopped = self.wait_stopped(process, trace)
                edited = stopped and self.edit(world)
                if stopped:
                    os.killpg(process.pid, signal.SIGCONT)
                out, _ = process.communicate(timeout=STEP_DEADLINE_S)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        return edited, out

    @staticmethod
    def wait_stopped(process, trace):
        """Until the tracer says that the program stands still; False when it ended first."""
        limit = time.monotonic() + STEP_DEADLINE_S
        while time.monotonic() < limit and process.poll() is None:
            if trace.exists() and "--- stopped by SIGSTOP ---" in trace.read_text():
                return True
            time.sleep(0.002)
        return False

    def lost_edits(self, program):
        """(points at which an edit was possible, {point: why an edit is lost})"""
        possible, lost = [], {}

        def probe(point):
            with self.world.copied(PROGRAMS / program) as world:
                edited, out = self.apply_with_edit(world, point)
                if not edited:
                    return []
                possible.append(point)
                now = [content[0][1] for (server, subnet), content in world.scopes().items()
                       if server == "dhcp-b" and subnet == "0a000200/24"]
                told = out + str(world.read("SELECT attributes FROM events"))
                if now != [FOREIGN] and FOREIGN not in told:
                    lost[point] = [f"overwritten unseen: now {now}"]
                return []

        counts = count_calls(self.world, ("fcntl",), "apply")
        sweep(self, sampled(points_of(counts), SAMPLE), probe)
        return possible, lost

    def test_an_edit_between_two_steps_is_kept_or_seen(self):
        possible, lost = self.lost_edits("pairkeeper")
        self.assertGreater(len(possible), 3, "no edit came in between: the test proves nothing")
        self.assertEqual(lost, {})

    def test_without_the_expected_hash_an_edit_is_found_to_be_lost(self):
        _, lost = self.lost_edits("no-expected-hash")
        self.assertNotEqual(lost, {}, "the edits come too early or too late to catch it")


if __name__ == "__main__":
    unittest.main()
