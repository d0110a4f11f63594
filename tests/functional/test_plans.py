"""Plan files: `diff --out` writes one, `apply PLAN` does exactly that or nothing."""

import hashlib
import json
import os
import unittest

from pairkeeper_case import PairkeeperCase, RELATIONSHIP, relationship, scopes, subnet

DEFAULTS = relationship("scope-defaults: {lease-time: 8h}")


class Plans(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.plan = self.work / "plan.json"

    def planned(self, code=2):
        return self.run_json("diff", "--out", self.plan, code=code)

    def stale(self):
        """Applies a plan that no longer fits; returns the changes that it names."""
        before = [self.run_json("adm", "list")["scopes"], self.events()]
        document = self.run_json("apply", self.plan, code=6)
        self.assertEqual(document["error"]["code"], "conflict")
        self.assertEqual([self.run_json("adm", "list")["scopes"], self.events()], before)
        return document["changes"]

    def doctored(self, change):
        """The plan changed by a function of its document."""
        document = json.loads(self.plan.read_text())
        change(document)
        self.plan.write_text(json.dumps(document))

    # -- a plan that fits --

    def test_a_plan_is_the_diff_that_was_shown_and_is_applied(self):
        self.commit(DEFAULTS, scopes([1, 2]))
        shown = self.planned()
        written = json.loads(self.plan.read_text())
        self.assertEqual(written.pop("kind"), "pairkeeper-plan")
        self.assertEqual(written, shown)
        applied = self.run_json("apply", self.plan)
        self.assertEqual(applied["digest"], shown["digest"])
        self.run_program("diff")

    def test_an_empty_plan_is_applied_while_there_is_nothing_to_do(self):
        self.established(DEFAULTS, scopes([1]))
        self.assertIsNone(self.planned(code=0)["digest"])
        self.run_program("apply", self.plan)
        self.edit("dhcp-b", subnet(1), "lease-time=1h")
        self.assertIn("replicate-scope is new", self.run_program("apply", self.plan, code=6).err)

    def test_a_commit_that_plans_the_same_is_no_other_plan(self):
        self.established(DEFAULTS, scopes([1]))
        self.commit(DEFAULTS, scopes([1], "name: One"))
        self.planned()
        self.commit(DEFAULTS, "# merged\n" + scopes([1], "name: One"))
        self.run_program("apply", self.plan)

    def test_a_plan_made_for_a_branch_is_applied_when_it_is_merged(self):
        self.established(DEFAULTS, scopes([1]))
        self.repository.git("switch", "--quiet", "--create", "proposal")
        self.commit(DEFAULTS, scopes([1, 2]))
        self.repository.git("switch", "--quiet", "main")
        self.run_json("diff", "--revision", "proposal", "--out", self.plan, code=2)
        self.assertIn("create-scope is no longer planned",
                      self.run_program("apply", self.plan, code=6).err)
        self.repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "proposal")
        self.run_program("apply", self.plan)
        self.assertIn(subnet(2), self.listed("dhcp-b"))

    def test_a_running_agent_applies_it_too(self):
        self.established(DEFAULTS, scopes([1]))
        agent = self.start_agent()
        self.run_program("reconcile", "--wait")  # its first pass is over: the next is in an hour
        self.commit(DEFAULTS, scopes([1], "name: One"))
        self.planned()
        self.run_program("apply", self.plan)
        self.commit(DEFAULTS, scopes([1], "name: Two"))
        self.assertIn("name on dhcp-a", self.run_program("apply", self.plan, code=6).err)
        self.assertEqual(self.value("dhcp-a", subnet(1), "name"), "One")
        self.assertEqual(agent.stop(), 0)

    # -- a plan that does not --

    def test_it_says_which_scope_has_appeared_and_which_has_vanished(self):
        self.established(DEFAULTS, scopes([1]))
        self.commit(DEFAULTS, scopes([1, 2]))
        self.planned()
        self.commit(DEFAULTS, scopes([1, 3]))
        changes = {(c["subnet"], c["part"]): (c["then"], c["now"]) for c in self.stale()}
        self.assertEqual(changes[subnet(2), ""], ("create-scope", None))
        self.assertEqual(changes[subnet(3), ""], (None, "create-scope"))
        text = self.run_program("apply", self.plan, code=6).err
        self.assertIn(f"campus {subnet(3)}: create-scope is new", text)
        self.assertIn("is no longer what would be done", text)

    def test_it_says_which_field_has_another_value(self):
        self.established(DEFAULTS, scopes([1], "name: One"))
        self.commit(DEFAULTS, scopes([1], "name: Two"))
        self.planned()
        self.edit("dhcp-b", subnet(1), "name=Edited")
        self.assertEqual([(c["part"], c["then"], c["now"]) for c in self.stale()],
                         [("name on dhcp-b", '"One" → "Two"', '"Edited" → "Two"')])

    def test_an_edit_beside_the_plan_makes_it_stale_too(self):
        self.established(DEFAULTS, scopes([1, 2]))
        self.commit(DEFAULTS, scopes([1, 2], "name: New"))
        self.planned()
        self.edit("dhcp-b", subnet(2), "renew-time=3h")
        changes = self.stale()
        self.assertEqual({c["subnet"] for c in changes}, {subnet(2)})

    def test_a_plan_that_was_applied_already_is_stale(self):
        self.commit(DEFAULTS, scopes([1]))
        self.planned()
        self.run_program("apply", self.plan)
        self.assertEqual({c["now"] for c in self.stale()}, {None})

    def test_a_plan_lifts_no_guard(self):
        self.established(DEFAULTS, scopes(range(1, 9)))
        self.commit(DEFAULTS.replace("8h", "9h"), scopes(range(1, 9)))
        held = self.relationship(self.planned())
        self.assertEqual(held["held"]["guard"], "updates")
        self.run_program("apply", self.plan, code=4)
        self.run_program("approve", held["digest"], "--reason", "test")
        self.run_program("apply", self.plan)

    def test_an_invalid_tip_is_no_stale_plan(self):
        self.established(DEFAULTS, scopes([1]))
        self.commit(DEFAULTS, scopes([1], "name: One"))
        self.planned()
        self.commit(DEFAULTS, "scopes: {}\n")
        self.run_program("apply", self.plan, code=3)

    def test_what_could_only_follow_from_the_plan_is_left_to_the_next_pass(self):
        servers = ("dhcp-a", "dhcp-b", "dhcp-c", "dhcp-d")
        text = ("relationships:\n  campus: {servers: [dhcp-a, dhcp-b], prune: owned}\n"
                "  labs: {servers: [dhcp-c, dhcp-d], prune: owned}\n")
        self.write_config(servers=servers)
        self.established(text, scopes(range(1, 5)), scopes([11], of="labs"))
        self.commit(text, scopes(range(1, 4)), scopes([4, 11], of="labs"))
        held = self.planned()
        self.run_program("approve", self.relationship(held)["digest"], "--reason", "moved")
        self.run_program("apply", self.plan, code=5)
        self.assertNotIn(subnet(4), self.listed("dhcp-a") + self.listed("dhcp-c"))
        self.run_program("apply")
        self.assertIn(subnet(4), self.listed("dhcp-c"))

    # -- by digest --

    def test_a_digest_alone_does_the_same(self):
        self.commit(DEFAULTS, scopes([1]))
        digest = self.diff()["digest"]
        self.run_program("apply", "--digest", digest)
        self.run_program("apply", "--digest", digest, code=6)
        self.run_program("apply", "--digest", "none")
        self.run_program("apply", "--digest", digest[:12], code=64)
        self.run_program("apply", self.plan, "--digest", digest, code=64)

    # -- files that are no plan --

    def test_what_is_no_plan_is_refused_before_anything_is_read_or_written(self):
        self.commit(DEFAULTS, scopes([1]))
        self.planned()
        good = self.plan.read_text()
        good_document = json.loads(good)
        wrong = {
            "empty": "", "not json": "hello", "a list": "[]", "a text": '"x"', "truncated": good[:-9],
            "twice": good.replace('"kind":', '"kind":"x","kind":', 1), "zero byte": good + "\0",
            "deep": "[" * 5000 + "]" * 5000, "not utf-8": None,
            "trailing": good + "{}",
        }
        for name, text in wrong.items():
            with self.subTest(name):
                self.plan.write_bytes(text.encode() if text is not None
                                      else good.encode().replace(b"campus", b"camp\xff\xfe"))
                self.assertIn("no plan of pairkeeper", self.run_program("apply", self.plan,
                                                                        code=64).err)
        self.assertFalse(self.database.exists())
        changes = {
            "no kind": lambda d: d.pop("kind"),
            "the diff itself": lambda d: d.update(kind="diff"),
            "no revision": lambda d: d.pop("revision"),
            "a commit that is none": lambda d: d["revision"].update(commit="main"),
            "no digest": lambda d: d.pop("digest"),
            "a short digest": lambda d: d.update(digest="abc"),
            "another digest": lambda d: d.update(digest=hashlib.sha256(b"x").hexdigest()),
            "no relationships": lambda d: d.pop("relationships"),
            "a relationship that is text": lambda d: d.update(relationships=["campus"]),
            "actions that are none": lambda d: d["relationships"][0].update(actions={}),
            "an action that is null": lambda d: d["relationships"][0].update(actions=[None]),
            "no actions": lambda d: d["relationships"][0].update(actions=[]),
            "a digest too much": lambda d: d["relationships"][0].update(digest=None),
            "a field without want":
                lambda d: d["relationships"][0]["actions"][0]["fields"][0].pop("want"),
            "a subnet of numbers": lambda d: d["relationships"][0]["actions"][0].update(subnet=5),
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.plan.write_text(json.dumps(good_document))
                self.doctored(change)
                self.run_program("apply", self.plan, code=64)

    def test_a_plan_of_a_newer_pairkeeper_is_refused_by_its_version(self):
        self.commit(DEFAULTS, scopes([1]))
        self.planned()
        self.doctored(lambda d: d.update(format_version="2.0"))
        self.assertIn("format version 2.0", self.run_program("apply", self.plan, code=64).err)
        self.doctored(lambda d: d.update(format_version="1.7", more="keys"))
        self.run_program("apply", self.plan)

    def test_a_plan_that_lists_something_else_than_its_digest_stands_for_is_refused(self):
        self.commit(DEFAULTS, scopes([1]))
        self.planned()
        action = ("relationships", 0, "actions", 0, "fields")

        def hide(document):
            at = document
            for key in action:
                at = at[key]
            del at[0]

        self.doctored(hide)
        self.assertEqual(len(self.stale()), 1)

    def test_a_file_that_is_missing_too_large_or_no_file_is_said_to_be_so(self):
        self.commit(DEFAULTS, scopes([1]))
        self.run_program("apply", self.plan, code=1)
        self.run_program("apply", self.work, code=64)
        with open(self.plan, "wb") as file:
            file.truncate(300 * 1024 * 1024)
        self.assertIn("256 MiB", self.run_program("apply", self.plan, code=64).err)

    # -- writing --

    def test_a_plan_that_cannot_be_written_is_an_error_and_leaves_nothing(self):
        self.commit(RELATIONSHIP, scopes([1]))
        target = self.work / "nowhere" / "plan.json"
        self.assertIn("cannot be written", self.run_program("diff", "--out", target, code=1).err)
        self.plan.mkdir()
        self.run_program("diff", "--out", self.plan, code=1)
        self.assertEqual([name for name in os.listdir(self.work) if name.endswith(".tmp")], [])

    def test_a_plan_is_about_everything(self):
        self.commit(RELATIONSHIP, scopes([1]))
        self.run_program("diff", "campus", "--out", self.plan, code=64)
        self.assertFalse(self.plan.exists())

    # -- in a merge request --

    def test_markdown_is_a_form_of_diff_and_apply(self):
        self.commit(DEFAULTS, scopes([1], "name: \"<b>|`x`\""))
        shown = self.run_program("-o", "markdown", "diff", code=2).out
        self.assertTrue(shown.startswith("<!-- pairkeeper:diff digest="))
        self.assertIn("create on both", shown)
        self.assertNotIn("<b>", shown)
        self.assertIn("**done**", self.run_program("-o", "markdown", "apply").out)
        agent = self.start_agent()
        self.edit("dhcp-b", subnet(1), "name=Other")
        self.assertIn("<!-- pairkeeper:diff", self.run_program("-o", "markdown", "apply").out)
        self.assertEqual(agent.stop(), 0)


if __name__ == "__main__":
    unittest.main()
