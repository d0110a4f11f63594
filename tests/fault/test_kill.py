"""SIGKILL at every system call of an `apply` that changes a file."""

import unittest

from fault_world import (CHANGING, FaultCase, expect, inject, points_of, sampled,
                         sampled_always, sweep)

SAMPLE = 60


class Kill(FaultCase):
    @classmethod
    def make_worlds(cls):
        super().make_worlds()
        cls.fresh = cls.world.copy(cls.shelf / "fresh")
        cls.fresh.forget()
        created = cls.fresh.copy(cls.shelf / "created")
        expect(created.run("apply"), 0)
        cls.created = created.scopes()

    def probe(self, point):
        with self.world.copied() as world:
            world.run("apply", before=inject(point, "signal=SIGKILL"))
            return self.problems(world, self.world.events())

    def test_a_kill_at_any_file_changing_call_loses_nothing_and_the_next_apply_converges(self):
        points = points_of(self.world, CHANGING, "apply", follow=True)
        self.assertGreater(len(points), 200)
        sweep(self, sampled(points, SAMPLE), self.probe)

    def test_a_kill_of_the_very_first_apply_leaves_a_database_that_the_next_one_completes(self):
        """From no database at all: creating it, its tables and the mirror of the repository."""
        def probe(point):
            with self.fresh.copied() as world:
                world.run("apply", before=inject(point, "signal=SIGKILL"))
                return self.problems_of_first_pass(world)

        points = points_of(self.fresh, CHANGING, "apply", follow=True)
        sweep(self, sampled(points, SAMPLE // 3), probe)



    def problems_of_first_pass(self, world):
        found = []
        if world.run("apply").code != 0 or world.run("diff").code != 0:
            found.append(f"the first pass is not completed: {world.run('apply')}")
        now = world.scopes()
        return found + [f"{key}: {now.get(key)}" for key in {**self.created, **now}
                        if now.get(key) != self.created.get(key)]


class KillTwice(FaultCase):
    """A pass that cleans up after a kill may be killed as well."""

    def test_a_kill_during_the_pass_after_a_kill_is_survived_too(self):
        first = points_of(self.world, ("pwrite64", "fdatasync"), "apply")
        pairs = [(a, b) for a in sampled_always(first, 12) for b in sampled_always(first, 12)]

        def probe(pair):
            with self.world.copied() as world:
                for point in pair:
                    world.run("apply", before=inject(point, "signal=SIGKILL"))
                return self.problems(world, self.world.events())

        sweep(self, sampled(pairs, 10), probe)


if __name__ == "__main__":
    unittest.main()
