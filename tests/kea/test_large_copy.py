"""Thousands of scopes that a partner lacks: somebody watches the progress, kills it halfway, starts it
again, and everything is there, once.

With $PAIRKEEPER_RELEASE, which tests/run builds: sanitizers would only make it slow.  Times are
printed.  A server of 3.x takes subnets one by one, and each costs it more than the one before, so
10,000 take it 20 minutes: $PAIRKEEPER_COPY chooses another number than the ordinary one.
"""

import contextlib
import json
import os
import pty
import signal
import subprocess
import threading
import time
import unittest

from test_cost import named, subnets  # chooses the program

import pairkeeper_case
from kea_case import THOROUGH, KeaCase, campus
from kea_pair import Pair
from kea_programs import kea
from write_case import prefixes

CHOSEN = int(os.environ.get("PAIRKEEPER_COPY", "0"))
SUBNETS = {2: CHOSEN or (10_000 if THOROUGH else 1_000), 3: CHOSEN or (3_000 if THOROUGH else 1_000)}
A_FILE = 500
LOOK_S = 0.05
DEADLINE_S = 1500
ROOM = f"{{updates: [100%, {max(SUBNETS.values())}], adopt: allow}}"


class Watched:
    """`apply` on a terminal, and what it shows there."""

    def __init__(self, case):
        leader, follower = pty.openpty()
        self.process = subprocess.Popen(
            [pairkeeper_case.PROGRAM, "--config", str(case.config), "apply"], cwd=case.work,
            env=pairkeeper_case.ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=follower,
            stderr=follower, start_new_session=True)
        os.close(follower)
        self._shown, self._leader = b"", leader
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        with contextlib.suppress(OSError):  # the program has ended
            while more := os.read(self._leader, 65536):
                self._shown += more
        os.close(self._leader)

    def kill(self):
        """What it has shown."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        return self._shown.decode(errors="replace")


class LargeCopy(KeaCase):
    @contextlib.contextmanager
    def half_a_pair(self, release):
        """The second server holds nothing; all is wanted."""
        count = SUBNETS[release]
        content = list(subnets())[:count]
        self.wanted = sorted(subnet["subnet"] for subnet in content)
        with Pair(kea(release), content=[{"subnet4": content}, {}]) as pair:
            self.use(pair, ", timeout: 5m", guards=ROOM)
            self.commit(campus(), *(named(self.wanted[at:at + A_FILE])
                                    for at in range(0, count, A_FILE)))
            yield pair

    def killed(self, pair, subnets_there):
        """`apply` until the second server has so many; what it had shown."""
        watched = Watched(self)
        while watched.process.poll() is None and len(prefixes(pair.second)) < subnets_there:
            time.sleep(LOOK_S)
        self.assertIsNone(watched.process.poll(), "it ended before it could be killed")
        return watched.kill()

    def complete(self, pair):
        began = time.monotonic()
        self.run_program("apply", deadline_s=DEADLINE_S)
        print(json.dumps({"kea": pair.first.kea.version, "subnets": len(self.wanted),
                          "rest_s": round(time.monotonic() - began, 2)}), flush=True)
        pair.wait_until_normal()
        for server in pair.servers:
            self.assertEqual(prefixes(server), self.wanted)
        self.diff(code=0)
        self.run_program("events", "--verify")

    def test_a_copy_that_was_killed_halfway_is_completed_by_the_next_apply(self):
        with self.half_a_pair(3) as pair:
            count = len(self.wanted)
            shown = self.killed(pair, count // 2)
            self.assertLess(len(prefixes(pair.second)), count)
            self.assertRegex(shown, rf" {count // 4}/{count} +campus")
            self.complete(pair)

    def test_a_copy_that_was_killed_when_an_older_server_had_just_taken_it_is_completed_too(self):
        with self.half_a_pair(2) as pair:
            self.killed(pair, 1)
            self.complete(pair)


if __name__ == "__main__":
    unittest.main()
