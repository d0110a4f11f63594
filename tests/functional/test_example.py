"""examples/campus stays believable: valid without a warning, every field in use, every key shown."""

import re
import shutil
import unittest

from pairkeeper_case import CAMPUS, ROOT, PairkeeperCase


def table_rows(name):
    """Names of the rows of a table in adm/field.c or agent/config-keys.c."""
    source = (ROOT / "adm" / "field.c").read_text()
    body = source.split(f" {name}[] = {{")[1].split("\n};")[0]
    return re.findall(r"\[PK_\w+\] =\s*\{\"([a-z-]+)\"", body)


class Example(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.texts = [file.read_text() for file in sorted(CAMPUS.glob("dhcp/**/*.yaml"))]
        self.yaml = re.sub(r"(?m)(^|\s)#.*$", "", "\n".join(self.texts))

    def test_it_is_valid_without_a_warning_for_its_own_configuration(self):
        result = self.run_json("--config", str(CAMPUS / "pairkeeper.yaml"), "validate",
                               str(CAMPUS / "dhcp"), config=False)
        self.assertEqual((result["valid"], result["errors"], result["warnings"]), (True, [], []))

    def test_it_is_an_organisation_and_not_a_snippet(self):
        self.assertGreaterEqual(len(re.findall(r"(?m)^ +- subnet:", self.yaml)), 40)
        self.assertEqual(set(re.findall(r"mode: ([a-z-]+)", self.yaml)),
                         {"load-balance", "hot-standby"})
        self.assertEqual(len(set(re.findall(r"relationship: (\w+)", self.yaml))), 3)
        self.assertGreater(len(self.texts), 5)

    def test_every_field_is_in_use_somewhere(self):
        for table in ("scope_rows", "relationship_rows", "reservation_rows"):
            names = table_rows(table)
            self.assertGreater(len(names), 5, table)
            for name in names:
                with self.subTest(table=table, field=name):
                    self.assertRegex(self.yaml, rf"(?m)(^ +(- )?|[{{,] ?){name}:")

    def test_every_way_to_write_an_option_is_in_use(self):
        for pattern in (r"routers: \[", r"^ +\"?\d+\"?: ", r"\w+-\d+\.\d+: ", r"always-send: true",
                        r"tftp-server-name: null", r"unlimited"):
            self.assertRegex(self.yaml, f"(?m){pattern}")

    def test_its_configuration_shows_every_key_of_the_program(self):
        text = (CAMPUS / "pairkeeper.yaml").read_text()
        keys = re.findall(r"\.field = \{\"([a-z-]+)\"",
                          (ROOT / "agent" / "config-keys.c").read_text())
        self.assertGreater(len(keys), 30)
        for key in keys:
            with self.subTest(key=key):
                self.assertRegex(text, rf"\b{key}:")

    def test_its_configuration_loads(self):
        folder = self.work / "campus"
        folder.mkdir()
        shutil.copy(CAMPUS / "pairkeeper.yaml", folder)
        result = self.run_program("--config", str(folder / "pairkeeper.yaml"), "adm", "list",
                                  config=False)
        self.assertIn("no scopes", result.out)



if __name__ == "__main__":
    unittest.main()
