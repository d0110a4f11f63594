"""The command line itself: help, examples, nearest names, formats, colours."""

import json
import re
import shlex
import unittest

from pairkeeper_case import RELATIONSHIP, ROOT, PairkeeperCase, scopes, subnet

VERBS = ["validate", "diff", "apply", "run", "reconcile", "status", "events", "explain", "import", "replicate",
         "approve", "suspend", "resume", "adm", "doctor", "schema", "version", "help"]
ESCAPE = "\x1b["


class Help(PairkeeperCase):
    def test_help_lists_every_verb_and_every_exit_code(self):
        text = self.run_program("help", config=False).out
        for verb in VERBS:
            self.assertRegex(text, rf"(?m)^ +{verb}\b")
        for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 64):
            self.assertRegex(text, rf"(?m)^ +{code} ")
        self.assertEqual(text, self.run_program("--help", config=False).out)

    def test_the_page_of_exit_codes_says_what_help_says(self):
        text = " ".join(self.run_program("help", config=False).out.split())
        page = (ROOT / "docs" / "exit-codes.md").read_text()
        rows = re.findall(r"(?m)^\| (\d+) \| ([^|]+) \|", page)
        self.assertEqual(len(rows), 10)
        self.assertIn(" ".join(f"{code} {meaning}" for code, meaning in rows), text)

    def test_every_verb_explains_itself_with_an_example(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                text = self.run_program(verb, "--help", config=False).out
                self.assertEqual(text, self.run_program("help", verb, config=False).out)
                self.assertRegex(text, rf"(?m)^pairkeeper {verb}\b")
                self.assertRegex(text, rf"(?m)^Example:\n  pairkeeper .*\b{verb}\b")

    def test_every_example_is_understood(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        for verb in VERBS:
            if verb == "run":
                continue  # test_run.py runs it
            text = self.run_program(verb, "--help", config=False).out
            example = re.search(r"(?m)^Example:\n  pairkeeper (.*)$", text).group(1)
            with self.subTest(example=example):
                words = [w for w in shlex.split(example) if w != "--follow"]
                result = self.run_program(*words, code=None)
                if result.code == 64:  # only ever because of names of other organisations
                    self.assertNotRegex(result.err, "option|argument|word|verb", str(result))


class Words(PairkeeperCase):
    def test_an_unknown_verb_is_answered_with_the_nearest(self):
        self.assertIn("apply", self.run_program("aply", code=64).err)
        self.assertIn("validate", self.run_program("help", "vaildate", code=64).err)

    def test_an_unknown_option_is_answered_with_the_nearest(self):
        self.assertIn("--revision", self.run_program("diff", "--revison", "x", code=64).err)
        self.assertIn("--reason", self.run_program("approve", "--raeson", "x", code=64).err)

    def test_an_unknown_relationship_is_answered_with_the_nearest(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.assertIn("campus", self.run_program("diff", "campsu", code=64).err)

    def test_an_unknown_server_is_answered_with_the_nearest(self):
        self.assertIn("dhcp-a", self.run_program("adm", "list", "--server", "dhcp-aa", code=64).err)

    def test_global_options_stand_before_or_after_the_verb(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        before = self.run_program("-o", "json", "diff", code=2).out
        self.assertEqual(self.run_program("diff", "-o", "json", code=2).out, before)

    def test_the_configuration_is_found_in_the_folder_and_in_the_environment(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.run_program("diff", config=False, code=2)
        elsewhere = self.work / "elsewhere"
        elsewhere.mkdir()
        self.run_program("diff", config=False, code=2, cwd=elsewhere,
                         environment={"PAIRKEEPER_CONFIG": str(self.config)})

    def test_a_named_configuration_that_is_not_there_is_a_failure(self):
        result = self.run_program("--config", "nowhere.yaml", "status", config=False, code=1)
        self.assertIn("nowhere.yaml", result.err)


class Json(PairkeeperCase):
    def test_failures_have_the_documented_shape(self):
        self.commit(RELATIONSHIP, scopes(range(3), "lease-tme: 8h"))
        for words, code in ((["aply"], 64), (["diff"], 3), (["reconcile"], 1),
                            (["adm", "show", "--server", "dhcp-a", subnet(9)], 1)):
            with self.subTest(words=words):
                document = self.run_json(*words, code=code)
                self.assertEqual(document["format_version"], "1.0")
                self.assertEqual(set(document["error"]), {"code", "message", "where"})
                self.assertIsInstance(document["errors"], list)

    def test_errors_of_a_revision_are_listed_all_at_once(self):
        self.commit(RELATIONSHIP, scopes([1], "lease-tme: 8h"), scopes([2], "lease-time: soon"))
        errors = self.run_json("diff", code=3)["errors"]
        self.assertEqual([e["rule"] for e in errors], ["unknown-key", "bad-value"])
        for error in errors:
            self.assertEqual(set(error), {"file", "line", "column", "rule", "message", "hint"})

    def test_results_have_the_documented_shape(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        plan = self.diff()
        self.assertLessEqual({"format_version", "revision", "digest", "summary", "relationships"},
                             set(plan))
        self.assertLessEqual({"create", "update", "delete", "replicate", "foreign", "unknown",
                              "in_sync", "drifted"}, set(plan["summary"]))
        campus = self.relationship(plan)
        self.assertLessEqual({"name", "mode", "source", "partner", "condition", "digest", "held",
                              "actions", "foreign", "unknown"}, set(campus))
        for action in campus["actions"]:
            self.assertLessEqual({"operation", "subnet", "server", "partner", "reason", "status",
                                  "fault", "fields"}, set(action))
            for field in action["fields"]:
                self.assertEqual(set(field), {"field", "server", "have", "want", "cause"})
                self.assertIsNone(field["have"])

    def test_status_has_the_documented_shape(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        status = self.run_json("status")
        self.assertEqual(set(status["revision"]),
                         {"attempted", "applied", "verified", "problem"})
        self.assertIsNone(status["revision"]["problem"])
        campus = self.relationship(status)
        self.assertLessEqual({"name", "revision", "conditions", "scopes", "servers",
                              "last_operation"}, set(campus))
        self.assertEqual(campus["scopes"],
                         {"in_sync": 3, "out_of_sync": 0, "unknown": 0, "foreign": 0})
        self.assertEqual({c["type"] for c in campus["conditions"]},
                         {"Ready", "Reconciling", "Stalled", "Drifted", "PartnersInSync",
                          "Suspended"})
        for condition in campus["conditions"]:
            self.assertEqual(set(condition), {"type", "status", "reason", "message", "since"})
        self.assertEqual([s["name"] for s in campus["servers"]], ["dhcp-a", "dhcp-b"])

    def test_events_are_one_object_a_line_in_order(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        events = self.events()
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        for event in events:
            self.assertEqual(set(event), {"seq", "time", "reason", "severity", "relationship",
                                          "subnet", "server", "operation", "revision", "actor",
                                          "count", "message", "attributes"})
            self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")

    def test_equal_results_are_equal_bytes_with_sorted_keys(self):
        self.commit(RELATIONSHIP, scopes(range(5)))
        first = self.run_program("-o", "json", "diff", code=2).out
        self.assertEqual(self.run_program("-o", "json", "diff", code=2).out, first)
        self.assertEqual(json.dumps(json.loads(first), indent=2, sort_keys=True,
                                    ensure_ascii=False) + "\n", first)

    def test_a_format_that_a_verb_does_not_have_is_refused_with_those_it_has(self):
        self.assertIn("-o json", self.run_program("-o", "markdown", "status", code=64).err)


class Events(PairkeeperCase):
    def test_since_after_and_limit_choose(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        everything = self.events()
        self.assertEqual(self.events("--after", "2"), everything[2:])
        self.assertEqual(self.events("--limit", "2"), everything[-2:])
        self.assertEqual(self.events("--after", "1", "--limit", "2"), everything[1:3])
        self.assertEqual(self.events("--since", "1h"), everything)
        self.assertEqual(self.events("--since", "2099-01-01T00:00:00Z"), [])

    def test_a_changed_event_breaks_the_chain(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.run_program("events", "--verify")
        self.tamper("UPDATE events SET message = 'nothing happened' WHERE seq = 2")
        self.assertIn("2", self.run_program("events", "--verify", code=1).err)

    def tamper(self, sql):
        """As somebody with an editor for databases would, triggers out of the way."""
        import sqlite3  # only here is the database ever written from outside
        with sqlite3.connect(self.database) as db:
            for (name,) in db.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f'DROP TRIGGER "{name}"')
            db.execute(sql)
        db.close()


class Terminal(PairkeeperCase):
    def test_no_colour_where_nobody_looks(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        for words in (["diff"], ["help"], ["status"]):
            self.assertNotIn(ESCAPE, self.run_program(*words, code=None).out)

    def test_colour_on_a_terminal_unless_no_color_is_set(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.assertIn(ESCAPE, self.run_on_terminal("diff").out)
        self.assertNotIn(ESCAPE, self.run_on_terminal("diff", environment={"NO_COLOR": "1"}).out)

    def test_apply_asks_first_and_no_writes_nothing(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        refused = self.run_on_terminal("apply", answer="n\n")
        self.assertEqual(refused.code, 2, refused)
        self.assertEqual(self.listed("dhcp-a"), [])
        self.assertEqual(self.run_on_terminal("apply", answer="y\n").code, 0)
        self.assertEqual(len(self.listed("dhcp-a")), 3)

    def test_yes_answers_beforehand(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        result = self.run_on_terminal("apply", "--yes")
        self.assertEqual(result.code, 0, result)
        self.assertNotIn("[y/N]", result.out)


if __name__ == "__main__":
    unittest.main()
