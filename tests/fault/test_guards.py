"""The tests can fail: what planted.py plants is found by the check that is there for it."""

import unittest

from fault_world import PROGRAMS, FaultCase, inject, points_of, sampled_always
from test_database import removal_problems
from test_interleaving import lost_edits
from test_memory import failing

POINTS = 16


class Guards(FaultCase):
    def kill_problems(self, program, calls=("pwrite64", "fdatasync")):
        """What the checks find after kills of that program; the checks run the good one."""
        points = points_of(self.world.copy(self.shelf / program, PROGRAMS / program), calls,
                           "apply")
        found = []
        for point in sampled_always(points, POINTS):
            with self.world.copied(PROGRAMS / program) as world:
                world.run("apply", before=inject(point, "signal=SIGKILL"))
                found += self.problems(world, self.world.events())
            if found:
                break
        return found

    def assert_found(self, sign, found):
        self.assertTrue(any(sign in problem for problem in found),
                        f"nothing says {sign!r}: {found[:3]}")

    def test_the_program_itself_passes_the_same_checks(self):
        self.assertEqual(self.kill_problems("pairkeeper"), [])

    def test_a_scope_that_is_committed_in_halves_is_found(self):
        self.assert_found("half written", self.kill_problems("half-commit"))

    def test_an_intent_that_is_closed_at_once_is_found_by_the_program(self):
        with self.world.copied(PROGRAMS / "no-intent") as world:
            result = world.run("apply")
            self.assertEqual(result.code, 5, str(result))
            self.assertIn("has already ended", " ".join(result.out.split()))

    def test_a_server_that_is_written_without_an_intent_is_found(self):
        for point in points_of(self.world, ("fdatasync",), "apply")[::-1]:
            with self.world.copied() as world:
                world.run("apply", before=inject(point, "signal=SIGKILL"))
                if world.scopes() != self.before:
                    world.change("DELETE FROM sub_tasks")
                    self.assert_found("written without an intent", self.off_the_record(world))
                    return
        self.fail("no kill came after a write")

    def test_an_interruption_that_is_not_told_is_found(self):
        self.assert_found("interrupted, but not told", self.kill_problems("no-telling"))

    def test_an_edit_that_is_overwritten_unseen_is_found(self):
        _, lost = lost_edits(self, "no-expected-hash")
        self.assertNotEqual(lost, {}, "the edits come too early or too late to catch it")

    def test_a_server_that_lies_is_found_by_the_program(self):
        with self.world.copied(PROGRAMS / "lying-server") as world:
            result = world.run("apply")
            self.assertEqual(result.code, 5, str(result))
            self.assertIn("took the write but holds", result.out + result.err)

    def test_a_program_that_does_not_read_back_is_found(self):
        with self.world.copied(PROGRAMS / "no-verify") as world:
            result = world.run("apply")
            self.assertEqual(result.code, 0, "planted: it believes the server")
            self.assertNotEqual(world.scopes(), self.wanted)
            self.assert_found("do not hold what is wanted", self.problems(world))

    def test_a_commit_whose_failure_is_not_heard_is_found(self):
        world = self.world.copy(self.shelf / "deaf", PROGRAMS / "deaf-commit")
        points = points_of(world, ("fdatasync",), "apply")
        wrong = 0
        for point in points:
            with world.copied() as copy:
                result = copy.run("apply", before=inject(point, "error=EIO"))
                wrong += result.code == 0 and copy.scopes() != self.wanted
                wrong += bool(self.problems_at_rest(copy, self.world.events()))
        self.assertGreater(wrong, 0, "no lost commit was noticed")

    def test_a_fetch_that_leaves_its_locks_is_found(self):
        with self.world.copied(PROGRAMS / "no-clearing") as world:
            world.forget()
            points = points_of(world, ("rename",), "apply", follow=True)
            helpers = [point for point in points if point.process == 1]
            self.assertTrue(helpers)
            codes = []
            for point in helpers:
                world.forget()
                world.run("apply", before=inject(point, "signal=SIGKILL"))
                codes.append(world.run("apply").code)
        self.assertIn(1, codes, "no kill left a lock behind")

    def test_a_file_that_reads_as_empty_without_memory_is_found(self):
        good = self.world.run("-o", "json", "validate", "network/dhcp")
        world = self.world.copy(self.shelf / "deaf-parser", PROGRAMS / "deaf-parser")
        answers = {(result.code, result.out) for result in (
            world.run("-o", "json", "validate", "network/dhcp", environment=failing(number))
            for number in range(100, 4000, 100))}
        wrong = [answer for answer in answers
                 if answer != (0, good.out) and answer[0] not in (1, -6)]
        self.assertTrue(wrong, "no missing memory was noticed")

    def test_a_program_that_goes_on_without_its_database_is_found(self):
        self.assertEqual(removal_problems(self, self.world, PROGRAMS / "pairkeeper"), [])
        self.assertNotEqual(removal_problems(self, self.world, PROGRAMS / "blind-to-removal"), [])


if __name__ == "__main__":
    unittest.main()
