"""The database under other hands: locked, read-only, removed while an agent runs."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from fault_world import DEADLINE_S, ENVIRONMENT, FaultCase

NOBODY = 65534
CANNOT_RUN = 1


class Agent:
    """`pairkeeper run` in a world."""

    def __init__(self, world, environment=None):
        self.log = world.folder / "agent.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [world.program, "--config", "pairkeeper.yaml", "run"], cwd=world.folder,
                env={**ENVIRONMENT, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)

    def said(self, words):
        return words in self.log.read_text(errors="replace")

    def wait_for(self, condition):
        limit = time.monotonic() + DEADLINE_S
        while time.monotonic() < limit:
            if condition():
                return True
            time.sleep(0.02)
        return False

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def removal_problems(case, shelf_world, program):
    """What is wrong with an agent whose database is removed, and with its successor."""
    with shelf_world.copied(program) as world:
        agent = Agent(world)
        try:
            case.assertTrue(agent.wait_for(lambda: agent.said("pass-ended")))
            for path in world.folder.glob("pairkeeper.db"):
                path.unlink()
            # Whoever asks makes it look; without a question it looks before its next pass.
            world.run("reconcile")
            with contextlib.suppress(subprocess.TimeoutExpired):
                agent.process.wait(timeout=10)
            found = []
            if agent.process.poll() is None:
                found.append("the agent goes on without its database")
            elif agent.process.returncode != CANNOT_RUN or not agent.said("was removed"):
                found.append(f"it ends with {agent.process.returncode}")
        finally:
            agent.kill()
        again = world.run("apply")
        if again.code != CANNOT_RUN or "is gone" not in again.err:
            found.append(f"its successor begins anew: {again}")
        if world.database.exists():
            found.append("there is a new, empty database")
        return found


class Database(FaultCase):
    def test_an_agent_whose_database_is_removed_ends_and_nobody_makes_an_empty_one(self):
        self.assertEqual(removal_problems(self, self.world, self.world.program), [])

    def test_a_database_that_another_program_locks_is_told_and_survived(self):
        with self.world.copied() as world:
            with contextlib.closing(sqlite3.connect(world.database)) as other:
                other.execute("BEGIN IMMEDIATE")
                result = world.run("apply")
                self.assertEqual(result.code, CANNOT_RUN, str(result))
                self.assertIn("another program is using the database", result.err)
            self.assertEqual(self.problems(world), [])

    def test_a_lock_that_is_given_back_in_time_is_only_waited_for(self):
        with self.world.copied() as world:
            holder = subprocess.Popen(
                ["python3", "-c", "import sqlite3, time; d = sqlite3.connect('pairkeeper.db');"
                 "d.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(1)"],
                cwd=world.folder, stdout=subprocess.PIPE)
            holder.stdout.readline()
            result = world.run("apply")
            holder.communicate()
            self.assertEqual(result.code, 0, str(result))

    @unittest.skipUnless(os.getuid() == 0, "only root can become somebody who may not write")
    def test_a_database_that_may_not_be_written_is_told_and_left_alone(self):
        with self.world.copied() as world:
            self.give_away(world)
            world.database.chmod(0o444)
            self.assert_told(self.run_as_nobody(world))
            self.assertEqual(world.scopes(), self.before)

    @unittest.skipUnless(os.getuid() == 0, "only root can become somebody who may not write")
    def test_a_folder_that_may_not_be_written_is_told_and_left_alone(self):
        with self.world.copied() as world:
            world.forget()
            self.give_away(world)
            world.folder.chmod(0o555)
            self.assert_told(self.run_as_nobody(world))
            self.assertEqual(list(world.folder.glob("pairkeeper.db*")), [])

    def assert_told(self, result):
        self.assertEqual(result.returncode, CANNOT_RUN, result.stderr)
        self.assertIn("pairkeeper.db", result.stderr)
        self.assertRegex(result.stderr, "owner|user who owns")

    @staticmethod
    def give_away(world):
        shutil.copy(world.program, world.folder / "program")  # its own folder may be closed to them
        world.folder.parent.chmod(0o755)
        for path in [world.folder, *world.folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    @staticmethod
    def run_as_nobody(world):
        return subprocess.run([world.folder / "program", "--config", "pairkeeper.yaml", "apply"],
                              cwd=world.folder, env=ENVIRONMENT, user=NOBODY, group=NOBODY,
                              extra_groups=[], text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=DEADLINE_S)

    def test_an_agent_ends_when_asked_while_the_database_is_locked(self):
        with self.world.copied() as world:
            agent = Agent(world)
            try:
                self.assertTrue(agent.wait_for(lambda: agent.said("pass-ended")))
                with contextlib.closing(sqlite3.connect(world.database)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    agent.process.send_signal(signal.SIGTERM)
                    self.assertEqual(agent.process.wait(timeout=DEADLINE_S), 0)
            finally:
                agent.kill()


if __name__ == "__main__":
    unittest.main()
