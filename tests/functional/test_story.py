"""The story that examples/quickstart plays, asserted step by step on examples/campus."""

import json
import shutil
import signal
import unittest

from pairkeeper_case import CAMPUS, PairkeeperCase

OFFICES = "10.20.16.0/23"
MATHEMATICS = "10.20.28.0/24"
PAVILION = ["10.20.200.0/26", "10.20.200.128/26", "10.20.200.192/26", "10.20.200.64/26"]
RELATIONSHIPS = "dhcp/relationships.yaml"
WIRELESS = "dhcp/campus/wireless.yaml"
DESCRIPTION = "Edited on the console of dhcp-a"


class Story(PairkeeperCase):
    def setUp(self):
        super().setUp()
        shutil.copy(CAMPUS / "pairkeeper.yaml", self.config)
        shutil.copytree(CAMPUS / "dhcp", self.repository.folder / "dhcp")
        self.repository.commit(message="The university's scopes")

    def test_the_main_job_from_an_empty_database_to_the_end_of_the_agent(self):
        for step in (self.a_new_repository_is_created_on_both_servers,
                     self.a_partner_edit_is_put_back_from_the_source,
                     self.a_source_edit_is_told_apart_from_git_and_partner,
                     self.a_change_of_an_option_default_waits_for_an_approval,
                     self.a_wiped_partner_is_refilled_in_one_operation,
                     self.a_wiped_source_is_restored_from_the_partner,
                     self.a_typo_leaves_the_last_good_revision_in_force,
                     self.four_deleted_scopes_wait_and_then_go_from_both,
                     self.the_chain_of_events_is_whole,
                     self.the_agent_picks_up_a_commit_and_ends_on_sigterm):
            step()  # each stands on the one before, so the first failure ends the test

    # -- the steps --

    def a_new_repository_is_created_on_both_servers(self):
        checked = self.run_json("validate")
        self.assertTrue(checked["valid"])
        self.assertEqual(checked["warnings"], [])

        plan = self.diff()
        self.assertFalse(self.database.exists())
        self.campus_count = len(self.actions(plan))
        self.assertGreaterEqual(plan["summary"]["create"], 40)
        self.assertEqual(plan["summary"]["create"], plan["summary"]["drifted"])
        for relationship in plan["relationships"]:
            self.assertEqual({a["operation"] for a in relationship["actions"]}, {"create-scope"})
            self.assertIsNone(relationship["held"])

        applied = self.run_json("apply")
        self.assertEqual(applied["digest"], plan["digest"])
        for relationship in applied["relationships"]:
            self.assertEqual({a["status"] for a in relationship["actions"]}, {"done"})
        self.assertEqual(self.listed("dhcp-a"), self.listed("dhcp-b"))
        self.assertEqual(len(self.listed("dhcp-a")), self.campus_count)
        self.in_step()

    def a_partner_edit_is_put_back_from_the_source(self):
        source = self.shown("dhcp-a", OFFICES)
        self.edit("dhcp-b", OFFICES, "lease-time=12h")
        action = self.only_action(self.diff())
        self.assertEqual(action["operation"], "replicate-scope")
        self.assertEqual((action["server"], action["partner"]), ("dhcp-a", "dhcp-b"))
        self.assertEqual(action["fields"], [{"field": "lease-time", "server": "dhcp-b",
                                             "have": 43200, "want": 28800, "cause": "partner"}])
        self.run_program("apply")
        self.assertEqual(self.shown("dhcp-a", OFFICES), source)
        self.assertEqual(self.value("dhcp-b", OFFICES, "lease-time"), 28800)
        self.in_step()

    def a_source_edit_is_told_apart_from_git_and_partner(self):
        self.edit("dhcp-a", MATHEMATICS, "lease-time=10h", f"description={DESCRIPTION}")
        action = self.only_action(self.diff())
        self.assertEqual(action["operation"], "update-scope")
        found = {(f["field"], f["server"]): (f["have"], f["want"], f["cause"])
                 for f in action["fields"]}
        # Git owns the lease time and puts it back; nobody's description goes over to the partner.
        self.assertEqual(found, {("lease-time", "dhcp-a"): (36000, 28800, "source"),
                                 ("description", "dhcp-b"): ("", DESCRIPTION, "source")})
        self.run_program("apply")
        for server in ("dhcp-a", "dhcp-b"):
            self.assertEqual(self.value(server, MATHEMATICS, "lease-time"), 28800)
            self.assertEqual(self.value(server, MATHEMATICS, "description"), DESCRIPTION)
        self.in_step()

    def a_change_of_an_option_default_waits_for_an_approval(self):
        self.repository.replace(RELATIONSHIPS, "[10.20.255.53, 10.20.254.53]",
                                "[10.20.255.53, 10.20.253.53]")
        self.repository.commit(message="A new second resolver")
        plan = self.diff()
        campus = self.relationship(plan)
        self.assertEqual(campus["held"]["guard"], "updates")
        self.assertEqual(campus["condition"], "held")
        self.assertGreater(len(campus["actions"]), 0.3 * self.campus_count)

        before = self.shown("dhcp-a", OFFICES)
        held = self.approve_held()
        self.assertEqual(held["digest"], campus["digest"])
        self.assertEqual(self.shown("dhcp-a", OFFICES), before)

        self.run_program("apply")
        for server in ("dhcp-a", "dhcp-b"):
            self.assertEqual(self.value(server, OFFICES, "options.domain-name-servers"),
                             ["10.20.255.53", "10.20.253.53"])
        self.in_step()

    def a_wiped_partner_is_refilled_in_one_operation(self):
        self.run_program("adm", "delete", "--server", "dhcp-b", "--all")
        self.assertEqual(self.listed("dhcp-b"), [])
        action = self.only_action(self.diff())
        self.assertEqual(action["operation"], "replicate-server")
        self.assertEqual((action["server"], action["partner"]), ("dhcp-a", "dhcp-b"))
        self.assertIsNone(action["subnet"])
        self.assertEqual(action["fields"], [])
        self.assertEqual(len(action["subnets"]), self.campus_count)
        self.run_program("apply")
        self.assertEqual(self.listed("dhcp-b"), self.listed("dhcp-a"))
        self.assertEqual(self.value("dhcp-b", MATHEMATICS, "description"), DESCRIPTION)
        self.in_step()

    def a_wiped_source_is_restored_from_the_partner(self):
        self.run_program("adm", "delete", "--server", "dhcp-a", "--all")
        held = self.approve_held()
        self.assertEqual(held["held"]["guard"], "server-lost")
        self.assertIn("dhcp-a", held["held"]["reason"])
        first = held["actions"][0]
        self.assertEqual(first["operation"], "replicate-server")
        self.assertEqual((first["server"], first["partner"]), ("dhcp-b", "dhcp-a"))
        self.assertEqual(self.listed("dhcp-a"), [])
        self.run_program("apply")
        self.assertEqual(self.listed("dhcp-a"), self.listed("dhcp-b"))
        self.assertEqual(self.value("dhcp-a", MATHEMATICS, "description"), DESCRIPTION)
        self.in_step()

    def a_typo_leaves_the_last_good_revision_in_force(self):
        good = self.repository.git("rev-parse", "HEAD")
        lines = (self.repository.folder / WIRELESS).read_text().splitlines()
        line = 1 + next(i for i, text in enumerate(lines) if text.startswith("    lease-time: 1h"))
        self.repository.replace(WIRELESS, "    lease-time: 1h", "    lease-tiem: 1h")
        bad = self.repository.commit(message="Shorter leases for guests")
        for verb in ("diff", "apply", "validate"):
            result = self.run_program(verb, code=3)
            self.assertIn(f"campus/wireless.yaml:{line}:5:", result.err + result.out)
            self.assertIn("lease-time", result.err + result.out)
            self.assertIn("unknown-key", result.err + result.out)
        errors = self.run_json("apply", code=3)["errors"]
        self.assertEqual([(e["line"], e["column"], e["rule"]) for e in errors],
                         [(line, 5, "unknown-key")])
        self.assertIn("lease-time", errors[0]["hint"])
        revision = self.run_json("status")["revision"]
        self.assertEqual((revision["attempted"], revision["applied"]), (bad, good))

        self.repository.replace(WIRELESS, "    lease-tiem: 1h", "    lease-time: 1h")
        fixed = self.repository.commit(message="A typing error")
        self.in_step()
        self.assertEqual(self.run_json("status")["revision"]["applied"], fixed)

    def four_deleted_scopes_wait_and_then_go_from_both(self):
        self.repository.replace(RELATIONSHIPS, "prune: never", "prune: owned")
        self.repository.commit(message="Scopes that leave Git leave the servers")
        self.in_step()
        self.repository.commit({"dhcp/campus/pavilion.yaml": None}, "The pavilion is gone")
        held = self.approve_held()
        self.assertEqual(held["held"]["guard"], "deletes")
        self.assertEqual(sorted((a["operation"], a["subnet"]) for a in held["actions"]),
                         [("delete-scope", subnet) for subnet in PAVILION])
        for server in ("dhcp-a", "dhcp-b"):
            self.assertLessEqual(set(PAVILION), set(self.listed(server)))
        self.run_program("apply")
        for server in ("dhcp-a", "dhcp-b"):
            self.assertFalse(set(PAVILION) & set(self.listed(server)))
        self.in_step()

    def the_chain_of_events_is_whole(self):
        self.assertTrue(self.run_json("events", "--verify")["valid"])
        reasons = self.reasons()
        for reason in ("ScopeCreated", "ScopeReplicated", "ScopeUpdated", "ScopeDeleted",
                       "PlanHeld", "PlanApproved", "RevisionRejected", "RevisionApplied",
                       "EditedByHand", "DriftFound"):
            self.assertIn(reason, reasons)
        approvals = [e for e in self.events() if e["reason"] == "PlanApproved"]
        self.assertEqual(len(approvals), 3)
        self.assertTrue(all(e["actor"] for e in approvals), json.dumps(approvals))

    def the_agent_picks_up_a_commit_and_ends_on_sigterm(self):
        agent = self.start_agent()
        self.wait_for(lambda: "pass-ended" in agent.output, "the agent's first pass")
        self.repository.replace("dhcp/campus/library.yaml", "name: Library, floor 2",
                                "name: Library, group rooms")
        commit = self.repository.commit(message="Floor 2 becomes group rooms")
        self.wait_for(lambda: self.run_json("status")["revision"]["applied"] == commit,
                      "the agent to apply the commit")
        self.wait_for(lambda: self.value("dhcp-b", "10.20.1.0/24", "name") == "Library, group rooms",
                      "both servers to hold it")
        agent.signal(signal.SIGTERM)
        self.assertEqual(agent.wait(), 0, agent.output)
        self.in_step()

    # -- helpers --

    def in_step(self):
        """The next apply writes nothing, and nothing is left to show."""
        self.assertEqual(self.run_json("apply")["summary"]["drifted"], 0)
        plan = self.diff(code=0)
        self.assertEqual(plan["summary"]["drifted"], 0)
        self.assertTrue(all(r["actions"] == [] for r in plan["relationships"]))


if __name__ == "__main__":
    unittest.main()
