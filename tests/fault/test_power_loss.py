"""Loss of power at any moment of an `apply`: what others could read is still there.

Every write to the database's files is recorded with every sync, and each image that a disk could
hold afterwards is opened.  An event counts as told from the moment its transaction has released the
writer's lock, for then another process can read and pass it on.
"""

import concurrent.futures
import pathlib
import sys
import tempfile
import threading
import unittest

import power
from fault_world import PROGRAMS, SEED, THOROUGH, WORKERS, FaultCase, sampled, sampled_always

SAMPLE = 80
ROUNDS = 8 if THOROUGH else 1
CONVERGENCE_EVERY = 40
BATCH = 64


class PowerLoss(FaultCase):
    def setUp(self):
        self.local = threading.local()

    @staticmethod
    def put(world, image):
        for name, content in image.items():
            (world.folder / name).write_bytes(content)
        (world.folder / "pairkeeper.db-shm").unlink(missing_ok=True)

    def told_by(self, visible):
        """Events that a reader found in these files."""
        with self.world.copied() as world:
            self.put(world, visible)
            return world.events()

    def find_losses(self, program, most=None):
        """[what is wrong with an image], of an apply of that program; reports the figure."""
        recorded = self.world.copy(self.shelf / f"record-{program}", PROGRAMS / program)
        steps = power.record(recorded, "apply")
        kinds = [step.kind for step in steps]
        self.assertGreater(kinds.count("commit"), 5, "the record does not show the commits")
        self.assertGreater(kinds.count("write"), 100, "the record does not show the writes")
        chosen = set(sampled(range(power.count_images(recorded, steps, ROUNDS)), SAMPLE))
        if most:
            chosen = set(sampled_always(sorted(chosen), most))
        told, bad, batch = {}, [], []
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for index, (image, commit, visible) in enumerate(
                    power.images(recorded, steps, SEED, ROUNDS)):
                if index not in chosen:
                    continue
                if commit not in told:
                    told[commit] = self.told_by(visible)
                batch.append((image, told[commit], index % CONVERGENCE_EVERY == 0))
                if len(batch) == BATCH:
                    bad += filter(None, pool.map(self.probe, batch))
                    batch = []
            bad += filter(None, pool.map(self.probe, batch))
        print(f"{program}: {len(chosen)} images, {len(bad)} with losses", file=sys.stderr)
        return bad

    def probe(self, trial):
        image, told, converges = trial
        if converges:
            with self.world.copied() as world:
                self.put(world, image)
                return self.problems(world, told)
        world = self.bench()
        self.put(world, image)
        return self.problems(world, told, converges=False)

    def bench(self):
        """A world of this thread's own, for checks that change nothing but the image."""
        if not hasattr(self.local, "world"):
            self.local.world = self.world.copy(
                pathlib.Path(tempfile.mkdtemp(dir=self.shelf)) / "world")
        return self.local.world

    def test_no_event_is_lost_that_anybody_could_have_read(self):
        bad = self.find_losses("pairkeeper")
        self.assertEqual(bad[:3], [])

    def test_the_control_without_a_sync_at_each_commit_is_found_to_lose_events(self):
        bad = self.find_losses("sync-normal", most=SAMPLE)
        self.assertTrue(any("events lost" in problem for problems in bad
                            for problem in problems), "these images do not catch a lazy sync")


if __name__ == "__main__":
    unittest.main()
