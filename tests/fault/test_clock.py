"""The wall clock jumps a month, either way; the monotonic one goes on."""

import glob
import unittest

from fault_world import FaultCase, expect

LIBRARY = (glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") or [""])[0]
IN_STEP, DRIFT, HELD = 0, 2, 4
NAME_OF_4 = ("--server", "dhcp-b", "10.0.4.0/24")


def shifted(offset):
    return {"LD_PRELOAD": LIBRARY, "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1"}


@unittest.skipUnless(LIBRARY, "libfaketime is not installed")
class Clock(FaultCase):
    def held_world(self, folder):
        """A world whose plan waits for an approval: all of its bases are gone."""
        world = self.world.copy(self.shelf / folder)
        config = world.folder / "pairkeeper.yaml"
        config.write_text(config.read_text().replace(
            "guards: {updates: [100%, 100], deletes: [100%, 100], small: 0}", "guards: {}"))
        held = expect(world.run("-o", "json", "apply"), HELD).json["relationships"][0]
        return world, held["digest"]

    def test_an_approval_does_not_outlive_its_day(self):
        world, digest = self.held_world("late")
        expect(world.run("approve", digest, "--reason", "test"), 0)
        expect(world.run("apply", environment=shifted("+30d")), HELD)
        self.assertEqual(world.scopes(), self.before)
        expect(world.run("apply"), IN_STEP)

    def test_an_approval_still_counts_when_the_clock_goes_back(self):
        world, digest = self.held_world("early")
        expect(world.run("approve", digest, "--reason", "test"), 0)
        expect(world.run("apply", environment=shifted("-30d")), IN_STEP)
        self.assertEqual(self.problems(world), [])

    def test_a_suspension_ends_by_the_clock_and_not_before(self):
        with self.world.copied() as world:
            expect(world.run("suspend", "campus", "--reason", "test", "--until", "2d"), 0)
            for offset, code in (("-30d", DRIFT), ("+1d", DRIFT), ("+30d", IN_STEP)):
                expect(world.run("apply", environment=shifted(offset)), code)
            self.assertEqual(self.problems(world), [])

    def test_heals_before_and_after_a_jump_put_the_edit_back_or_hold_it(self):
        with self.done.copied() as world:
            for offset in ("+0", "+30d", "-30d", "+0"):
                expect(world.run("adm", "set", *NAME_OF_4, f"name=At {offset}"), 0)
                result = world.run("apply", environment=shifted(offset))
                self.assertIn(result.code, (IN_STEP, HELD), str(result))  # held: flapping
                name = world.scopes()["dhcp-b", "0a000400/24"][0][1]
                self.assertEqual(name, "Floor 4" if result.code == IN_STEP else f"At {offset}")
            expect(world.run("events", "--verify"), 0)

    def test_events_keep_their_order_and_their_chain_whatever_the_clock_says(self):
        with self.world.copied() as world:
            for offset in ("+30d", "-30d", "+0"):
                world.run("adm", "set", *NAME_OF_4, f"name=At {offset}")
                expect(world.run("apply", environment=shifted(offset)), IN_STEP)
            self.assertEqual(self.problems(world), [])
            self.assertEqual(list(world.events()), sorted(world.events()))


if __name__ == "__main__":
    unittest.main()
