"""`schema`: what it describes is what the program takes and prints, and the pages of docs/ are it."""

import json
import re
import unittest

import jsonschema
import yaml

from pairkeeper_case import CAMPUS, PairkeeperCase, RELATIONSHIP, ROOT, relationship, scopes, subnet

GOLDEN = ROOT / "tests" / "golden"
SCHEMAS = ("desired-state", "configuration", "diff", "plan", "explain", "status", "events",
           "validate", "import", "doctor", "error", "answer")
PAGES = ("desired-state", "configuration", "events", "doctor", "status")


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read: `no` and `12:30` are texts, `010` a number; the keys
    of a mapping are texts, as in JSON."""

    def construct_mapping(self, node, deep=False):
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
        ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
        ("float", r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$",
         "-+0123456789.")):
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def load(path):
    return yaml.load(path.read_text(encoding="utf-8"), CoreLoader)  # a SafeLoader


def closed(schema):
    """The same schema without room for keys that it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result.setdefault("additionalProperties", False)
    return result


class Schema(PairkeeperCase):
    def schema(self, name):
        return self.run_json("schema", "--of", name, config=False)

    def validator(self, name, strict=False):
        schema = self.schema(name)
        return jsonschema.Draft202012Validator(closed(schema) if strict else schema)

    def assert_fits(self, name, document):
        errors = [f"{e.json_path}: {e.message}" for e in
                  self.validator(name, strict=True).iter_errors(document)]
        self.assertEqual(errors, [], json.dumps(document)[:2000])

    # -- the schemas themselves --

    def test_every_schema_is_a_schema(self):
        for name in SCHEMAS:
            with self.subTest(name):
                schema = self.schema(name)
                self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
                self.assertEqual(schema["$id"], f"urn:pairkeeper:1:{name}")
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_reference_leads_somewhere(self):
        for name in SCHEMAS:
            schema = self.schema(name)
            for found in re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema)):
                self.assertIn(found, schema["$defs"], name)

    def test_the_schema_of_the_yaml_is_printed_unless_another_is_named(self):
        self.assertEqual(self.run_json("schema", config=False), self.schema("desired-state"))
        self.assertIn("did you mean 'status'",
                      self.run_program("schema", "--of", "statsu", code=64).err)
        self.run_program("schema", "-o", "markdown", "--of", "diff", code=64)

    # -- what people write --

    def test_the_examples_fit(self):
        check = self.validator("desired-state")
        files = sorted((CAMPUS / "dhcp").rglob("*.yaml"))
        self.assertGreater(len(files), 5)
        for file in files:
            with self.subTest(file.name):
                self.assertEqual([e.message for e in check.iter_errors(load(file))], [])
        errors = self.validator("configuration").iter_errors(load(CAMPUS / "pairkeeper.yaml"))
        self.assertEqual([e.message for e in errors], [])

    def test_no_valid_file_is_refused(self):
        check = self.validator("desired-state")
        files = sorted((GOLDEN / "valid").glob("*.yaml"))
        self.assertGreater(len(files), 40)
        for file in files:
            with self.subTest(file.name):
                errors = [f"{e.json_path}: {e.message}" for e in check.iter_errors(load(file))]
                self.assertEqual(errors, [])

    def test_what_a_schema_can_see_is_refused(self):
        check = self.validator("desired-state")
        for name in ("unknown-key", "missing-key", "wrong-type", "bad-value", "bad-value-servers",
                     "out-of-range", "kea-key", "option-unknown", "option-set-by-server",
                     "exclusion-without-ranges", "reservation-identifier", "many-mistakes"):
            with self.subTest(name):
                file = GOLDEN / "invalid" / f"{name}.yaml"
                self.assertTrue(list(check.iter_errors(load(file))), name)

    def test_single_wrong_values_are_refused_where_they_stand(self):
        check = self.validator("desired-state")
        base = {"subnet": "10.0.0.0/24", "relationship": "campus"}
        for wrong, at in (({"lease-time": "8 hours"}, "lease-time"), ({"state": "on"}, "state"),
                          ({"id": 0}, "id"), ({"id": "x"}, "id"), ({"ranges": "10.0.0.1"}, "ranges"),
                          ({"name": None}, "name"), ({"nmae": "x"}, None),
                          ({"subnet": "10.0.0.0"}, "subnet"),
                          ({"kea": {"pools": []}}, "kea"), ({"options": {"routres": "x"}}, "options"),
                          ({"options": {"routers": {"values": []}}}, "options"),
                          ({"reservations": [{"ip": "10.0.0.1"}]}, "reservations")):
            with self.subTest(wrong):
                errors = list(check.iter_errors({"scopes": [{**base, **wrong}]}))
                self.assertTrue(errors)
                if at:
                    self.assertIn(at, [e.absolute_path[2] for e in errors if len(e.absolute_path) > 2])

    def test_an_inherited_field_may_be_null_in_a_scope_and_nowhere_else(self):
        check = self.validator("desired-state")
        scope = {"subnet": "10.0.0.0/24", "relationship": "campus", "lease-time": None,
                 "state": None, "options": {"routers": None}, "kea": None}
        self.assertEqual(list(check.iter_errors({"scopes": [scope]})), [])
        defaults = {"servers": ["a", "b"], "scope-defaults": {"lease-time": None}}
        self.assertTrue(list(check.iter_errors({"relationships": {"campus": defaults}})))

    def test_a_wrong_configuration_is_refused(self):
        check = self.validator("configuration")
        good = {"repository": {"url": "x"}, "servers": {"a": {"driver": "adm"}}}
        self.assertEqual(list(check.iter_errors(good)), [])
        for wrong in ({"servers": {}, "repository": {}}, {**good, "workers": 0},
                      {**good, "writes": "no"}, {**good, "guards": {"updates": 30}},
                      {**good, "guards": {"updates": ["30%", 50, 1]}}, {**good, "gaurds": {}},
                      {**good, "servers": {"a": {"driver": "adm", "password": "x"}}}):
            with self.subTest(wrong):
                self.assertTrue(list(check.iter_errors(wrong)))

    # -- what programs read --

    def test_every_verb_prints_what_its_schema_says(self):
        plan = self.work / "plan.json"
        text = relationship("scope-defaults: {lease-time: 8h}", "settings: enforce", "mclt: 2h")
        self.commit(text, scopes([1, 2, 3]))
        self.assert_fits("diff", self.run_json("diff", "--out", plan, code=2))
        self.assert_fits("plan", json.loads(plan.read_text()))
        self.assert_fits("explain", self.run_json("explain", subnet(1)))
        self.assert_fits("diff", self.run_json("apply"))
        self.assert_fits("diff", self.run_json("diff"))
        self.assert_fits("error", self.run_json("apply", plan, code=6))
        self.edit("dhcp-b", subnet(1), "lease-time=1h", "kea.allocator=random")
        self.edit("dhcp-a", "10.0.9.0/24", "relationship=campus")
        self.assert_fits("explain", self.run_json("explain", subnet(1)))
        self.assert_fits("diff", self.run_json("replicate", "scope", subnet(1), "--yes"))
        self.commit(text, scopes([1]))
        self.assert_fits("diff", self.run_json("apply", code=None))
        self.assert_fits("explain", self.run_json("explain", subnet(3)))
        self.assert_fits("status", self.run_json("status"))
        self.assert_fits("validate", self.run_json("validate"))
        self.assert_fits("doctor", self.run_json("doctor"))
        self.assert_fits("import", self.run_json("import", "--server", "dhcp-a"))
        self.assert_fits("error", self.run_json("explain", "10.9.9.0/24", code=1))
        for event in self.events():
            self.assert_fits("events", event)
        for words in (("suspend", "campus", "--reason", "x"), ("resume", "campus"), ("version",),
                      ("adm", "list"), ("events", "--verify")):
            errors = list(self.validator("answer").iter_errors(self.run_json(*words)))
            self.assertEqual(errors, [])

    def test_held_plans_and_wrong_revisions_fit_too(self):
        text = relationship("scope-defaults: {lease-time: 8h}")
        self.established(text, scopes(range(1, 9)))
        self.commit(text.replace("8h", "9h"), scopes(range(1, 9)))
        held = self.run_json("apply", code=4)
        self.assert_fits("diff", held)
        self.assert_fits("status", self.run_json("status"))
        self.run_json("approve", held["relationships"][0]["digest"], "--reason", "test")
        self.commit(RELATIONSHIP, "scopes: [{subnte: 10.0.0.0/24}]\n")
        self.assert_fits("validate", self.run_json("validate", code=3))
        self.assert_fits("error", self.run_json("diff", code=3))
        for event in self.events():
            self.assert_fits("events", event)

    # -- pages --

    def test_the_pages_of_docs_are_what_the_program_prints(self):
        for name in PAGES:
            printed = self.run_program("schema", "-o", "markdown", "--of", name, config=False).out
            self.assertEqual((ROOT / "docs" / f"{name}.md").read_text(), printed,
                             f"stale: pairkeeper schema -o markdown --of {name} > docs/{name}.md")

    def test_the_pages_lack_nothing_of_the_tables(self):
        page = (ROOT / "docs" / "desired-state.md").read_text()
        schema = self.schema("desired-state")
        for part in ("relationship", "scope", "relationship-kea", "scope-options"):
            for key in schema["$defs"][part]["properties"]:
                self.assertIn(f"`{key}`", page)
        for name in PAGES:
            self.assertNotIn("{{", (ROOT / "docs" / f"{name}.md").read_text())

    def test_every_reason_of_an_event_has_its_sentence(self):
        rows = re.findall(r"^\| `([A-Z]\w+)` \| \w+ \| (.+) \|$",
                          (ROOT / "docs" / "events.md").read_text(), re.MULTILINE)
        self.assertEqual([name for name, _ in rows], self.schema("events")["$defs"]["reason"]["enum"])
        for name, sentence in rows:
            self.assertRegex(sentence, r"^[A-Z].*\.$", name)

    def test_every_condition_and_reason_of_status_has_its_sentence(self):
        page = (ROOT / "docs" / "status.md").read_text()
        rows = re.findall(r"^\| `([A-Z]\w+)` \| (?:`\w+` \| )?(.+) \|$", page, re.MULTILINE)
        lists = self.schema("status")["$defs"]
        self.assertEqual([name for name, _ in rows], lists["condition-type"]["enum"]
                         + lists["condition-reason"]["enum"])
        for name, sentence in rows:
            self.assertRegex(sentence, r"^[A-Z].*\.$", name)


if __name__ == "__main__":
    unittest.main()
