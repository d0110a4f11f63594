"""An agent that is killed at random moments, while commits arrive and a partner is edited."""

import random
import sys
import time
import unittest

from fault_world import SEED, THOROUGH, WANTED, FaultCase, expect
from test_database import Agent

KILLS = 200 if THOROUGH else 20
LONGEST_LIFE_S = 0.25


class KillRun(FaultCase):
    interval = "1s"

    def test_after_any_number_of_kills_the_chain_is_whole_and_the_servers_agree(self):
        rng, told = random.Random(SEED), {}
        with self.world.copied() as world:
            repository = self.repository
            folder, repository.folder = repository.folder, world.folder / "network"
            try:
                for number in range(KILLS):
                    self.live_and_die(world, rng, number)
                    told = self.check(world, told)
                repository.commit({"dhcp/scopes.yaml": WANTED}, "the last word")
            finally:
                repository.folder = folder
            expect(world.run("apply"), 0)
            expect(world.run("diff"), 0)
            self.check(world, told)
            self.assertEqual(world.scopes(), self.wanted)
            self.assertEqual(world.unfinished(), set())
            print(f"killed {KILLS} times, {len(world.events())} events, "
                  f"{len(world.interrupted())} operations cut off", file=sys.stderr)

    def live_and_die(self, world, rng, number):
        if rng.random() < 0.8:
            name = f"Floor 2, rebuilt for the {number}th time"
            self.repository.commit({"dhcp/scopes.yaml": WANTED.replace("Floor 2, rebuilt", name)})
        if rng.random() < 0.5:
            world.run("adm", "set", "--server", "dhcp-b", "10.0.5.0/24", f"name=By hand {number}")
        # Half an hour between two lives: else so many edits of one field count as flapping.
        world.change("UPDATE heals SET time_ms = time_ms - 1800000")
        agent = Agent(world)
        try:
            time.sleep(rng.random() * LONGEST_LIFE_S)
        finally:
            agent.kill()

    def check(self, world, told):
        """Everything told before is still there; → everything told now."""
        self.assertEqual(world.read("PRAGMA integrity_check"), [("ok",)])
        chain = world.run("events", "--verify")
        self.assertEqual(chain.code, 0, str(chain))
        now = world.events()
        self.assertEqual({seq: now.get(seq) for seq in told}, told)
        return now


if __name__ == "__main__":
    unittest.main()
