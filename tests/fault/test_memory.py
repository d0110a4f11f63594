"""Every allocation of an `apply`, a `diff` and the fetch helper fails once.

Running out of memory ends the process by design, so the least that must hold is what holds for a
kill; and where a library reports it, the answer is an error or the right result, never a wrong one.

A copy of the world is used again as long as nothing was written to it, which most points end before.
"""

import ast
import pathlib
import queue
import re
import shutil
import tempfile
import unittest

from fault_world import FOLLOW, PROGRAMS, SEED, THOROUGH, FaultCase, expect, sampled, sweep, tracer

PRELOAD = PROGRAMS / "fail-allocation.so"
SAMPLE = 60
FOREVER = 1 << 40
CONVERGENCE_EVERY = 10 if THOROUGH else 1
OUT_OF_MEMORY_SIGNAL = -6
CRASH_SIGNAL = -11  # allowed to the helper alone: libgit2 does not survive a missing allocation
# glibc 2.36 does not survive it in getpwuid(), by which main() begins: nothing has been opened yet.
NAMED_WITHIN = 64
DRIFT, CANNOT_RUN = 2, 1


def failing(number, last=0):
    return {"LD_PRELOAD": str(PRELOAD), "FAULT_ALLOCATION": str(number),
            "FAULT_ALLOCATION_LAST": str(last)}


def every_second(count):
    """Loops come by most places that allocate again and again, and a diff goes half of an apply's
    way; so these two long sweeps take one half of the allocations, the seed says which."""
    return range(1 + SEED % 2, count + 1, 2)


class Memory(FaultCase):
    @classmethod
    def make_worlds(cls):
        """The commit is fetched, so that a run which ends early changes nothing at all."""
        super().make_worlds()
        cls.unfetched = cls.world.copy(cls.shelf / "unfetched")
        expect(cls.world.run("diff"), DRIFT)
        cls.world_bytes, cls.spare = cls.world.bytes(), queue.SimpleQueue()

    def take_copy(self):
        """One that was put back as it was, or a new one."""
        try:
            return self.spare.get_nowait()
        except queue.Empty:
            folder = pathlib.Path(tempfile.mkdtemp(dir=self.shelf))
            return self.world.copy(folder / "world")

    def allocations(self, world, *words, code):
        """How many a good run makes."""
        with world.copied() as copy:
            counter = copy.folder.parent / "count"
            environment = {"LD_PRELOAD": str(PRELOAD), "FAULT_ALLOCATION_COUNT": str(counter)}
            run = copy.run_bare if words[0] == "fetch-helper" else copy.run
            expect(run(*words, environment=environment), code)
            return int(counter.read_text())

    def test_an_apply_short_of_memory_anywhere_is_like_a_kill_or_an_error(self):
        count = self.allocations(self.world, "apply", code=0)
        self.assertGreater(count, 1000)
        sweep(self, sampled(every_second(count), SAMPLE), self.probe_apply)

    def test_an_apply_that_gets_no_memory_any_more_is_like_a_kill_or_an_error(self):
        count = self.allocations(self.world, "apply", code=0)
        sweep(self, sampled(range(1, count + 1), SAMPLE)[::8],
              lambda number: self.probe_apply(number, FOREVER))

    def probe_apply(self, number, last=0):
        world = self.take_copy()
        result = world.run("apply", environment=failing(number, last))
        found = self.answers(number, result, {0, CANNOT_RUN, 5})
        if result.code == 0 and world.scopes() != self.wanted:
            found.append(f"exit 0 with wrong content: {result}")
        if self.untouched(world):
            self.spare.put(world)
            return found
        found += self.problems(world, converges=number % CONVERGENCE_EVERY == 0)
        shutil.rmtree(world.folder.parent)
        return found

    def untouched(self, world):
        """Nothing was written, so there is nothing that a next pass could stumble over."""
        return world.bytes() == self.world_bytes

    @staticmethod
    def answers(number, result, allowed):
        if result.code == CRASH_SIGNAL and number <= NAMED_WITHIN:
            return []
        if result.code == OUT_OF_MEMORY_SIGNAL:
            return [] if result.err.strip() else [f"dies without a word: {result}"]
        if result.code not in allowed:
            return [f"not an answer to this fault: {result}"]
        if result.code not in (0, DRIFT) and not (result.err + result.out).strip():
            return [f"no word of what went wrong: {result}"]
        return []

    def test_a_diff_short_of_memory_prints_the_right_plan_or_fails(self):
        good = expect(self.world.run("-o", "json", "diff"), DRIFT)
        count = self.allocations(self.world, "-o", "json", "diff", code=DRIFT)

        def probe(number):
            result = self.world.run("-o", "json", "diff", environment=failing(number))
            if result.code == DRIFT and result.out != good.out:
                return [f"a wrong plan: {result}"]
            return self.answers(number, result, {DRIFT, CANNOT_RUN})

        sweep(self, sampled(every_second(count), SAMPLE), probe)

    def test_a_validation_short_of_memory_is_right_or_fails(self):
        words = ("-o", "json", "validate", "network/dhcp")
        good = expect(self.world.run(*words), 0)
        count = self.allocations(self.world, *words, code=0)

        def probe(number):
            result = self.world.run(*words, environment=failing(number))
            if result.code == 0 and result.out != good.out:
                return [f"a wrong answer: {result}"]
            return self.answers(number, result, {0, CANNOT_RUN})

        sweep(self, sampled(range(1, count + 1), SAMPLE), probe)

    def test_a_fetch_short_of_memory_names_the_right_commit_or_none(self):
        """The helper by itself, as the program starts it: its environment is empty otherwise."""
        tip = self.repository.git("rev-parse", "HEAD")
        words = self.helper_words()
        count = self.allocations(self.unfetched, *words, code=0)
        examined = {self.unfetched.state()}

        def probe(number):
            with self.unfetched.copied() as world:
                result = world.run_bare(*words, environment=failing(number))
                named = re.findall(r"^commit ([0-9a-f]{40})$", result.out, re.MULTILINE)
                found = [] if named in ([], [tip]) else [f"a wrong commit: {result}"]
                if result.code == 0 and named != [tip]:
                    found.append(f"no commit: {result}")
                if result.code not in (0, 1, OUT_OF_MEMORY_SIGNAL, CRASH_SIGNAL):
                    found.append(f"not an answer to this fault: {result}")
                return found + self.problems_once(world, examined)

        sweep(self, sampled(range(1, count + 1), SAMPLE // 4), probe)
        self.assertGreater(len(examined), 1, "nothing was ever written")

    def helper_words(self):
        """The arguments that the program gives to its fetch helper, as the tracer sees them."""
        with self.unfetched.copied() as world:
            trace = world.folder.parent / "trace"
            expect(world.run("diff", before=tracer("-s", "4096", "-e", "trace=execve", follow=FOLLOW,
                                                   output=str(trace))), DRIFT)
            calls = re.findall(r"execve\(\"[^\"]+\", (\[.*?\]), ", trace.read_text())
            words = ast.literal_eval(next(c for c in calls if "fetch-helper" in c))[1:]
            inside = str(world.folder) + "/"
        return [word.replace(inside, "") for word in words]


if __name__ == "__main__":
    unittest.main()
