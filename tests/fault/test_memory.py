"""Every allocation of an `apply`, a `diff` and the fetch helper fails once.

Running out of memory ends the process by design, so the least that must hold is what holds for a
kill; and where a library reports it, the answer is an error or the right result, never a wrong one.
"""

import ast
import re
import unittest

from fault_world import PROGRAMS, THOROUGH, FaultCase, expect, sampled, sweep, tracer

PRELOAD = PROGRAMS / "fail-allocation.so"
SAMPLE = 60
FOREVER = 1 << 40
CONVERGENCE_EVERY = 10 if THOROUGH else 1
OUT_OF_MEMORY_SIGNAL = -6
CRASH_SIGNAL = -11  # allowed to the helper alone: libgit2 does not survive a missing allocation
DRIFT, CANNOT_RUN = 2, 1


def failing(number, last=0):
    return {"LD_PRELOAD": str(PRELOAD), "FAULT_ALLOCATION": str(number),
            "FAULT_ALLOCATION_LAST": str(last)}


class Memory(FaultCase):
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
        sweep(self, sampled(range(1, count + 1), SAMPLE), self.probe_apply)

    def test_an_apply_that_gets_no_memory_any_more_is_like_a_kill_or_an_error(self):
        count = self.allocations(self.world, "apply", code=0)
        sweep(self, sampled(range(1, count + 1), SAMPLE)[::8],
              lambda number: self.probe_apply(number, FOREVER))

    def probe_apply(self, number, last=0):
        with self.world.copied() as world:
            result = world.run("apply", environment=failing(number, last))
            found = self.answers(result, {0, CANNOT_RUN, 5})
            if result.code == 0 and world.scopes() != self.wanted:
                found.append(f"exit 0 with wrong content: {result}")
            if self.untouched(world):
                return found
            return found + self.problems(world, converges=number % CONVERGENCE_EVERY == 0)

    def untouched(self, world):
        """Nothing was written, so there is nothing that a next pass could stumble over."""
        return world.bytes() == self.world.bytes()

    @staticmethod
    def answers(result, allowed):
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
            return self.answers(result, {DRIFT, CANNOT_RUN})

        sweep(self, sampled(range(1, count + 1), SAMPLE), probe)

    def test_a_validation_short_of_memory_is_right_or_fails(self):
        words = ("-o", "json", "validate", "network/dhcp")
        good = expect(self.world.run(*words), 0)
        count = self.allocations(self.world, *words, code=0)

        def probe(number):
            result = self.world.run(*words, environment=failing(number))
            if result.code == 0 and result.out != good.out:
                return [f"a wrong answer: {result}"]
            return self.answers(result, {0, CANNOT_RUN})

        sweep(self, sampled(range(1, count + 1), SAMPLE), probe)

    def test_a_fetch_short_of_memory_names_the_right_commit_or_none(self):
        """The helper by itself, as the program starts it: its environment is empty otherwise."""
        tip = self.repository.git("rev-parse", "HEAD")
        words = self.helper_words()
        count = self.allocations(self.world, *words, code=0)

        def probe(number):
            with self.world.copied() as world:
                result = world.run_bare(*words, environment=failing(number))
                named = re.findall(r"^commit ([0-9a-f]{40})$", result.out, re.MULTILINE)
                found = [] if named in ([], [tip]) else [f"a wrong commit: {result}"]
                if result.code == 0 and named != [tip]:
                    found.append(f"no commit: {result}")
                if result.code not in (0, 1, OUT_OF_MEMORY_SIGNAL, CRASH_SIGNAL):
                    found.append(f"not an answer to this fault: {result}")
                return found + self.problems(world)

        sweep(self, sampled(range(1, count + 1), SAMPLE // 4), probe)

    def helper_words(self):
        """The arguments that the program gives to its fetch helper, as the tracer sees them."""
        with self.world.copied() as world:
            trace = world.folder.parent / "trace"
            expect(world.run("diff", before=tracer("-f", "-s", "4096", "-e", "trace=execve",
                                                   output=str(trace))), DRIFT)
            calls = re.findall(r"execve\(\"[^\"]+\", (\[.*?\]), ", trace.read_text())
            words = ast.literal_eval(next(c for c in calls if "fetch-helper" in c))[1:]
            inside = str(world.folder) + "/"
        return [word.replace(inside, "") for word in words]


if __name__ == "__main__":
    unittest.main()
