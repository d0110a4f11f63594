"""Our copy of the repository is only a copy: damaged in any way, it mends itself from the source.
A branch that was rewound stays refused."""

import os
import shutil
import subprocess
import unittest

from git_servers import GitOverHttp
from pairkeeper_case import ENVIRONMENT, PairkeeperCase, RELATIONSHIP, scopes, subnet

REFUSED = 8


def as_after_a_power_cut(file):
    os.chmod(file, 0o600)
    os.truncate(file, 0)


class Copy(PairkeeperCase):
    """One commit is in force, the next is waiting; then the copy is damaged."""

    def setUp(self):
        super().setUp()
        self.bare = self.work / "pairkeeper.db.git"
        self.established(RELATIONSHIP, scopes([1]))
        self.first = self.repository.git("rev-parse", "HEAD")
        self.second = self.commit(RELATIONSHIP, scopes([1, 2]))

    def packs(self, ending):
        found = sorted((self.bare / "objects" / "pack").glob(f"*.{ending}"))
        self.assertTrue(found, "nothing to damage: the test would prove nothing")
        return found

    def refuses_a_rewind(self):
        self.repository.git("reset", "--quiet", "--hard", self.first)
        self.commit(RELATIONSHIP, scopes([3]))
        refused = self.run_program("diff", code=REFUSED)
        self.assertIn("was rewound", refused.err)


class Damaged(Copy):
    def loosen(self):
        """Objects in files of their own, as other programs leave them."""
        for pack in self.packs("pack"):
            aside = self.work / pack.name
            shutil.move(pack, aside)
            pack.with_suffix(".idx").unlink()
            with open(aside, "rb") as file:
                subprocess.run(["git", "--git-dir=.", "unpack-objects", "-q"], cwd=self.bare,
                               env=ENVIRONMENT, stdin=file, check=True)

    def loose(self, commit):
        file = self.bare / "objects" / commit[:2] / commit[2:]
        self.assertTrue(file.exists(), "nothing to damage: the test would prove nothing")
        return file

    def heals(self):
        """The plan is right at once, and what no plan has needed yet is there when it is asked for."""
        self.assertEqual(self.only_action(self.diff())["subnet"], subnet(2))
        self.run_program("apply")
        self.run_program("diff")
        self.run_program("diff", "--revision", self.second)
        self.run_program("diff", "--revision", self.first)
        self.assertFalse((self.bare / "afresh").exists())
        self.refuses_a_rewind()

    def test_a_pack_without_its_index(self):
        for index in self.packs("idx"):
            index.unlink()
        self.heals()

    def test_an_index_without_its_pack(self):
        for pack in self.packs("pack"):
            pack.unlink()
        self.heals()

    def test_an_empty_pack(self):
        for pack in self.packs("pack"):
            as_after_a_power_cut(pack)
        self.heals()

    def test_a_pack_with_a_wrong_byte(self):
        for pack in self.packs("pack"):
            os.chmod(pack, 0o600)
            content = bytearray(pack.read_bytes())
            content[len(content) // 2] ^= 0xff
            pack.write_bytes(content)
        self.heals()

    def test_an_empty_index(self):
        for index in self.packs("idx"):
            as_after_a_power_cut(index)
        self.heals()

    def test_a_commit_that_is_missing(self):
        self.loosen()
        self.loose(self.first).unlink()
        self.heals()

    def test_a_commit_in_an_empty_file(self):
        self.loosen()
        as_after_a_power_cut(self.loose(self.first))
        self.heals()

    def test_a_folder_that_is_missing(self):
        self.loosen()
        self.loose(self.repository.git("rev-parse", f"{self.first}:dhcp")).unlink()
        self.run_program("diff", "--revision", self.first)
        self.heals()

    def test_a_file_that_is_missing(self):
        self.loosen()
        self.loose(self.repository.git("rev-parse", f"{self.second}:dhcp/0.yaml")).unlink()
        self.heals()

    def test_a_reference_to_a_commit_that_is_missing(self):
        (self.bare / "refs" / "pairkeeper" / "main").write_text(self.second + "\n")
        self.heals()

    def test_a_reference_to_nothing(self):
        as_after_a_power_cut(self.bare / "refs" / "pairkeeper" / "main")
        self.heals()

    def test_a_configuration_that_does_not_read(self):
        (self.bare / "config").write_text("[core\n")
        self.heals()

    def test_no_objects_at_all(self):
        shutil.rmtree(self.bare / "objects")
        self.heals()

    def test_what_is_cut_off_while_it_mends(self):
        for index in self.packs("idx"):
            index.unlink()
        (self.bare / "afresh" / "objects" / "pack").mkdir(parents=True)
        (self.bare / "afresh" / "HEAD").write_text("ref: refs/heads/ma")
        self.heals()


class DamagedOverHttp(Damaged):
    """The same where the source is asked what is new."""

    def setUp(self):
        super().setUp()
        config = self.config.read_text()
        url = GitOverHttp(self, self.work).url()
        self.config.write_text(config.replace("url: ./network", f"url: {url}"))


class Rewound(Copy):
    def test_a_rewind_is_told_from_damage(self):
        self.run_program("apply")
        shutil.rmtree(self.bare)
        self.refuses_a_rewind()

    def test_what_is_in_force_survives_the_mending_though_its_branch_has_left_it(self):
        self.run_program("apply")
        (self.bare / "refs" / "pairkeeper" / "other").write_text("1" * 40 + "\n")
        (self.bare / "config").write_text("[core\n")
        self.refuses_a_rewind()
        self.run_program("diff", "--revision", self.second)


if __name__ == "__main__":
    unittest.main()
