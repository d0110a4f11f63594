"""validate: a directory or a revision, all errors in one run, no server, no database."""

import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, scopes


class Validate(PairkeeperCase):
    def test_a_directory_needs_neither_configuration_nor_repository(self):
        folder = self.write({"a.yaml": RELATIONSHIP, "deep/er/b.yml": scopes(range(3))})
        result = self.run_json("validate", folder, config=False, cwd="/")
        self.assertEqual((result["valid"], result["errors"], result["warnings"]), (True, [], []))

    def test_without_a_configuration_servers_are_not_judged_and_with_one_they_are(self):
        folder = self.write({"a.yaml": RELATIONSHIP.replace("dhcp-b", "dhcp-bb"),
                             "b.yaml": scopes(range(3))})
        self.run_program("validate", folder, config=False, cwd="/")
        errors = self.run_json("validate", folder, code=3)["errors"]
        self.assertEqual([e["rule"] for e in errors], ["server-unknown"])
        self.assertIn("dhcp-b", errors[0]["hint"])

    def test_a_revision_or_the_tip_of_the_configured_branch(self):
        good = self.commit(RELATIONSHIP, scopes(range(3)))
        self.commit(RELATIONSHIP, scopes(range(3), "lease-tme: 8h"))
        self.run_program("validate", code=3)
        self.run_program("validate", "main", code=3)
        self.run_program("validate", good)

    def test_all_errors_of_all_files_in_one_run_with_their_places(self):
        folder = self.write({
            "a.yaml": RELATIONSHIP,
            "b.yaml": scopes([1], "lease-tme: 8h") + "".join(scopes([2]).splitlines(True)[1:])
                      + "    lease-time: 8 hours\n",
            "c.yaml": "scopes: [{subnet: 10.9.0.1/24, relationship: campsu}]\n",
            "d.yaml": "scopes: &all []\n",
        })
        result = self.run_program("validate", folder, code=3)
        errors = self.run_json("validate", folder, code=3)["errors"]
        self.assertEqual([(e["file"].split("/")[-1], e["line"], e["rule"]) for e in errors],
                         [("b.yaml", 5, "unknown-key"), ("b.yaml", 9, "bad-value"),
                          ("c.yaml", 1, "host-bits"), ("d.yaml", 1, "anchor")])
        for error in errors:
            self.assertRegex(result.out + result.err,
                             rf"{error['file']}:{error['line']}:{error['column']}: "
                             rf".*\[{error['rule']}\]")

    def test_a_link_instead_of_a_file_is_an_error_and_hidden_files_are_not_read(self):
        folder = self.write({"a.yaml": RELATIONSHIP, "b.yaml": scopes(range(3)),
                             ".hidden.yaml": "nonsense", "notes.txt": "nonsense"})
        self.run_program("validate", folder)
        (folder / "c.yaml").symlink_to("b.yaml")
        errors = self.run_json("validate", folder, code=3)["errors"]
        self.assertEqual([e["rule"] for e in errors], ["not-a-file"])

    def test_a_link_in_a_revision_is_an_error_too(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        (self.repository.folder / "dhcp" / "c.yaml").symlink_to("0.yaml")
        self.repository.commit()
        errors = self.run_json("validate", code=3)["errors"]
        self.assertEqual([e["rule"] for e in errors], ["not-a-file"])

    def test_nothing_wanted_is_an_error(self):
        for files in ({"dhcp/README": "none yet"}, {"dhcp/a.yaml": "scopes: []\n"},
                      {"dhcp/a.yaml": None, "dhcp/README": None, "README": "no such folder"}):
            with self.subTest(files=files):
                self.repository.commit(files)
                errors = self.run_json("validate", code=3)["errors"]
                self.assertEqual([e["rule"] for e in errors], ["nothing-wanted"])

    def test_a_warning_is_shown_and_does_not_fail(self):
        folder = self.write({"a.yaml": RELATIONSHIP,
                             "b.yaml": scopes(range(3)),
                             "c.yaml": "scopes: [{subnet: 10.9.0.0/24, relationship: campus, ranges: []}]\n"})
        result = self.run_json("validate", folder)
        self.assertTrue(result["valid"])
        self.assertIn("scope-serves-nobody", [w["rule"] for w in result["warnings"]])

    def test_what_is_not_there_is_said(self):
        self.assertIn("nowhere", self.run_program("validate", "nowhere", code=None).err)
        self.assertNotEqual(self.run_program("validate", "nowhere", code=None).code, 0)

    def test_a_revision_that_is_not_there_is_no_fault_of_the_configuration_alone(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        for revision in ("nowhere", "main~1"):
            self.assertRegex(self.run_program("validate", revision, code=1).err,
                             r"the revision that was asked for|at least 8 digits of a commit")

    def write(self, files):
        folder = self.work / "files"
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return folder


if __name__ == "__main__":
    unittest.main()
