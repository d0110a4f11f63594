"""Every system call of an `apply` that touches a file fails once, in each way it can."""

import os
import shutil
import subprocess
import unittest

from fault_world import (FaultCase, inject, points_of, sampled, sampled_always,
                         sweep)

WRITES = ("pwrite64", "write", "writev", "ftruncate", "fallocate")
SYNCS = ("fdatasync", "fsync")
NAMES = ("unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "mkdir", "mkdirat",
         "chmod", "fchmod", "symlink")
READS = ("read", "pread64", "lseek", "getdents64", "readlink", "newfstatat", "access",
         "faccessat2", "fcntl", "flock", "close", "getcwd")
OTHERS = ("openat", "mmap", "socket", "connect", "pipe2", "poll", "wait4", "getrandom")

ERRORS = {
    **{call: ("EIO", "ENOSPC", "EDQUOT") for call in WRITES},
    **{call: ("EIO", "ENOSPC") for call in SYNCS},
    **{call: ("EIO", "ENOSPC", "EROFS", "EACCES") for call in NAMES},
    **{call: ("EIO",) for call in READS},
    "read": ("EIO", "EINTR"),
    "write": ("EIO", "ENOSPC", "EINTR"),
    "flock": ("EIO", "EINTR", "EWOULDBLOCK"),
    "fcntl": ("EIO", "ENOLCK"),
    "openat": ("EIO", "EMFILE", "ENFILE", "EROFS", "ENOSPC", "EACCES", "EINTR"),
    "mmap": ("ENOMEM",),
    "socket": ("EMFILE",),
    "connect": ("EIO",),
    "pipe2": ("EMFILE",),
    "poll": ("EINTR",),
    "wait4": ("EINTR",),
    "getrandom": ("ENOSYS", "EINTR"),
}
SAMPLE = 60
# SQLite waits up to a minute after an unlock that failed, which a local file system never does.
SLOW, SLOW_SAMPLE = ("fcntl",), 4
# exit-codes: what an apply may answer that met a fault.  A signal is never an answer.
IN_STEP, CANNOT_RUN, INVALID, FAILED, LOCKED, REFUSED = 0, 1, 3, 5, 7, 8


class IoErrors(FaultCase):
    def setUp(self):
        self.examined = {self.world.state()}

    def answers(self, world, result, allowed=(IN_STEP, CANNOT_RUN, FAILED), mute=False):
        """What is wrong with the exit code and the words of one faulty run."""
        if result.code not in allowed:
            return [f"not an answer to this fault: {result}"]
        if result.code == IN_STEP and world.scopes() != self.wanted:
            return [f"exit 0 with wrong content: {result}"]
        if result.code != IN_STEP and not mute and ": " not in result.err + result.out:
            return [f"no word of what went wrong: {result}"]
        return []

    def probe(self, fault):
        point, error = fault
        with self.world.copied() as world:
            result = world.run("apply", before=inject(point, f"error={error}"))
            allowed = {IN_STEP, CANNOT_RUN, FAILED}
            if point.call == "flock":
                allowed.add(LOCKED)
            if point.call in READS or point.call in ("openat", "mmap"):
                # The configuration itself could not be read; or an object of Git that cannot be
                # looked at is, to the library, not there, and the history seems another.
                allowed.update((INVALID, REFUSED))
            # Calls are counted for each process: with the helper's first write fails the program's
            # own, which is the one that would say so.
            mute = point[:3] == (1, "write", 1)
            return (self.answers(world, result, allowed, mute)
                    + self.problems_once(world, self.examined))

    def test_an_error_of_any_call_is_told_and_leaves_nothing_half_done(self):
        points = points_of(self.world, ERRORS, "apply", follow=True)
        slow = [point for point in points if point.call in SLOW]
        faults = [(point, error) for point in points if point.call not in SLOW
                  for error in ERRORS[point.call]]
        faults += [(point, error) for point in sampled_always(slow, SLOW_SAMPLE)
                   for error in ERRORS[point.call]]
        one_of_each = {(point.call, error): (point, error) for point, error in reversed(faults)}
        sweep(self, dict.fromkeys([*one_of_each.values(), *sampled(faults, SAMPLE)]), self.probe)

    def test_a_disk_that_stays_broken_is_survived_too(self):
        """From a call on, every further one of its kind fails: how full disks behave."""
        def probe(fault):
            point, error = fault
            with self.world.copied() as world:
                words = inject(point, f"error={error}")
                words = [word + "+" if ":when=" in word else word for word in words]
                result = world.run("apply", before=words)
                # When no write() succeeds, none to standard error does: nothing can be said.
                mute = point[:3] == (0, "write", 1)
                return (self.answers(world, result, mute=mute)
                        + self.problems_once(world, self.examined))

        points = points_of(self.world, WRITES + SYNCS, "apply")
        faults = [(point, error) for point in points for error in ("EIO", "ENOSPC")]
        sweep(self, sampled(faults, SAMPLE // 4), probe)


class FullDisk(IoErrors):
    """A real small file system that fills up, where mounting is allowed."""

    def mounted(self, kib):
        folder = self.shelf / f"disk-{kib}"
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder],
                              capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest("mounting is not allowed here: ENOSPC is injected by the other tests")
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        return folder

    def test_a_full_disk_is_told_and_room_is_all_it_needs(self):
        size_kib = sum(os.path.getsize(path) for path in self.world.folder.rglob("*")
                       if path.is_file()) // 1024 + 2048
        world = self.world.copy(self.mounted(size_kib) / "world")
        stones = []
        for left_kib in (0, 4, 8, 16, 32, 64):
            ballast = world.folder.parent / "ballast"
            self.fill(ballast, left_kib)
            result = world.run("apply")
            stones.append(result.code)
            found = self.answers(world, result) + self.problems_at_rest(world, world.events())
            self.assertEqual(found, [], f"with {left_kib} KiB left")
            ballast.unlink()
        self.assertIn(CANNOT_RUN, stones, "the disk was never full: the test proves nothing")
        found = self.problems(world)
        self.assertEqual(found, [])

    @staticmethod
    def fill(ballast, left_kib):
        free = shutil.disk_usage(ballast.parent).free
        with open(ballast, "wb") as file:
            file.write(bytes(max(free - left_kib * 1024, 0)))

    # The sweeps are the parent's.
    test_an_error_of_any_call_is_told_and_leaves_nothing_half_done = None
    test_a_disk_that_stays_broken_is_survived_too = None


if __name__ == "__main__":
    unittest.main()
