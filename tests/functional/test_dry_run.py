"""A dry run is the pass with acting switched off: it creates no file and writes nothing."""

import os
import stat
import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, scopes, subnet


class DryRun(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.commit(RELATIONSHIP, scopes(range(5)))

    def test_without_a_database_it_creates_no_file(self):
        before = self.file_hashes()
        self.run_program("validate")
        self.assertEqual(self.diff()["summary"]["create"], 5)
        self.run_program("diff", code=2)
        self.run_program("status")
        self.run_program("events")
        self.run_program("adm", "list")
        self.assertEqual(self.file_hashes(), before)

    def test_with_a_database_it_writes_nothing(self):
        self.run_program("apply")
        self.edit("dhcp-b", subnet(1), "lease-time=2h")
        before = self.state()
        self.assertEqual(self.only_action(self.diff())["operation"], "replicate-scope")
        self.run_program("diff", code=2)
        self.assertEqual(self.state(), before)

    def test_the_digest_is_that_of_the_apply(self):
        plan = self.diff()
        self.assertEqual(self.run_json("apply")["digest"], plan["digest"])

    def test_an_apply_that_finds_nothing_writes_nothing(self):
        self.run_program("apply")
        self.run_program("apply")
        before = self.state()
        self.run_program("apply")
        self.assertEqual(self.state(), before)

    def test_another_revision_is_looked_at_and_not_taken(self):
        first = self.repository.git("rev-parse", "HEAD")
        self.run_program("apply")
        self.repository.git("checkout", "--quiet", "-b", "proposal")
        self.commit(RELATIONSHIP, scopes(range(6)))
        self.repository.git("checkout", "--quiet", "main")
        plan = self.diff("--revision", "proposal")
        self.assertEqual(self.only_action(plan)["operation"], "create-scope")
        self.assertEqual(plan["revision"]["ref"], "proposal")
        self.run_program("diff", "--revision", first)
        self.assertEqual(self.run_json("status")["revision"]["applied"], first)

    def test_another_repository_is_looked_at(self):
        self.run_program("apply")
        clone = self.work / "clone"
        self.repository.git("clone", "--quiet", ".", str(clone))
        self.commit(RELATIONSHIP, scopes(range(7)))
        self.run_program("diff", "--repo", clone)
        self.assertEqual(self.diff()["summary"]["create"], 2)

    def test_named_relationships_only(self):
        self.run_program("diff", "campus", code=2)
        self.run_program("diff", "nobody", code=64)

    def test_a_folder_that_may_not_be_written_is_no_obstacle(self):
        self.run_program("apply")
        self.commit(RELATIONSHIP, scopes(range(6)))
        mode = self.work.stat().st_mode
        self.work.chmod(stat.S_IRUSR | stat.S_IXUSR)
        self.addCleanup(self.work.chmod, mode)
        if os.access(self.work, os.W_OK):
            self.skipTest("this user may write everywhere")
        self.assertEqual(self.diff()["summary"]["create"], 1)

    def state(self):
        """All tables; files may change without a change in them (a read of a WAL makes an index)."""
        names = [name for (name,) in self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: self.rows(f'SELECT * FROM "{name}"') for name in names}


if __name__ == "__main__":
    unittest.main()
