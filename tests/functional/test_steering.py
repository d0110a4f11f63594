"""Who may hold pairkeeper back, and how somebody lets it go on."""

import contextlib
import sqlite3
import time
import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, relationship, scopes, subnet

NINE_HOURS = 9 * 3600


class Suspension(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.established(RELATIONSHIP, scopes(range(3)))

    def test_suspended_it_compares_and_does_not_write(self):
        self.run_program("suspend", "campus", "--reason", "moving dhcp-b")
        self.commit(RELATIONSHIP, scopes(range(4)))
        result = self.relationship(self.run_json("apply", code=2))
        self.assertEqual(result["condition"], "suspended")
        self.assertEqual([a["status"] for a in result["actions"]], ["skipped"])
        self.assertEqual(len(self.listed("dhcp-a")), 3)
        condition = self.condition("Suspended")
        self.assertEqual((condition["status"], condition["reason"]), ("True", "ByOperator"))
        self.assertIn("moving dhcp-b", condition["message"])

        self.run_program("resume", "campus")
        self.run_program("apply")
        self.assertEqual(len(self.listed("dhcp-a")), 4)
        self.assertEqual(self.condition("Suspended")["status"], "False")
        self.assertLessEqual({"Suspended", "Resumed"}, set(self.reasons()))

    def test_status_shows_it_before_the_next_pass(self):
        self.run_program("suspend", "campus", "--reason", "moving dhcp-b")
        self.assertEqual(self.condition("Suspended")["status"], "True")
        self.run_program("resume", "campus")
        self.assertEqual(self.condition("Suspended")["status"], "False")

    def test_it_ends_by_itself(self):
        self.run_program("suspend", "campus", "--reason", "test", "--until", "1s")
        self.commit(RELATIONSHIP, scopes(range(4)))
        self.wait_for(lambda: self.run_program("apply", code=None).code == 0,
                      "the suspension to end")
        self.assertEqual(len(self.listed("dhcp-a")), 4)

    def test_git_can_suspend_as_well(self):
        self.commit(relationship("suspend: true"), scopes(range(4)))
        self.run_program("apply", code=2)
        self.assertEqual(self.condition("Suspended")["reason"], "ByGit")
        # An operator's resume does not overrule Git.
        self.run_program("resume", "campus", code=None)
        self.run_program("apply", code=2)
        self.assertEqual(len(self.listed("dhcp-a")), 3)

    def test_a_name_that_was_never_applied_is_remarked_upon(self):
        self.assertIn("did you mean campus?",
                      self.run_program("suspend", "campos", "--reason", "test").err)
        self.assertEqual(self.run_program("suspend", "campus", "--reason", "test").err, "")

    def test_a_reason_and_a_time_that_makes_sense_are_asked_for(self):
        self.run_program("suspend", "campus", code=64)
        self.run_program("suspend", "campus", "--reason", "x", "--until", "soon", code=64)
        self.run_program("suspend", "campus", "--reason", "x", "--until", "2001-01-01T00:00:00Z",
                         code=64)


class Heal(PairkeeperCase):
    """What is written back: every difference, only what Git changed, or nothing."""

    def drift(self, policy):
        self.established(relationship(f"heal: {policy}"), scopes(range(3), "lease-time: 8h"))
        self.edit("dhcp-a", subnet(1), "lease-time=2h")
        self.commit(relationship(f"heal: {policy}"),
                    scopes([0, 1], "lease-time: 8h"), scopes([2], "lease-time: 9h"))

    def test_enforce_puts_a_hand_edit_back(self):
        self.drift("enforce")
        self.run_program("apply")
        self.assertEqual(self.value("dhcp-a", subnet(1), "lease-time"), 8 * 3600)

    def test_commits_acts_on_what_git_changed_and_leaves_a_hand_edit(self):
        self.drift("commits")
        result = self.run_json("apply", code=2)
        self.assertEqual(self.only_action(result)["subnet"], subnet(2))
        self.assertEqual(self.value("dhcp-a", subnet(1), "lease-time"), 2 * 3600)
        self.assertEqual(self.value("dhcp-b", subnet(2), "lease-time"), NINE_HOURS)

    def test_a_difference_between_the_partners_that_is_left_alone_is_in_status(self):
        self.established(relationship("heal: commits"), scopes(range(3), "lease-time: 8h"))
        self.edit("dhcp-b", subnet(1), "lease-time=2h")
        self.run_program("apply", code=2)
        self.assertEqual(self.condition("PartnersInSync")["status"], "False")
        for kind, reason in (("Reconciling", "NotActing"), ("Stalled", "NotStalled")):
            condition = self.condition(kind)
            self.assertEqual((condition["status"], condition["reason"]), ("False", reason))

    def test_report_writes_nothing(self):
        self.established(RELATIONSHIP, scopes(range(3), "lease-time: 8h"))
        self.edit("dhcp-a", subnet(1), "lease-time=2h")
        self.commit(relationship("heal: report"), scopes([0, 1], "lease-time: 8h"),
                    scopes([2], "lease-time: 9h"))
        self.run_program("apply", code=2)
        self.assertEqual(self.value("dhcp-a", subnet(1), "lease-time"), 2 * 3600)
        self.assertEqual(self.value("dhcp-b", subnet(2), "lease-time"), 8 * 3600)


class Writes(PairkeeperCase):
    def refused(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        result = self.relationship(self.run_json("apply", code=2))
        self.assertEqual({a["status"] for a in result["actions"]}, {"skipped"})
        self.assertEqual(self.listed("dhcp-a") + self.listed("dhcp-b"), [])
        self.run_program("replicate", "relationship", "campus", "--yes", code=None)
        self.assertEqual(self.listed("dhcp-a") + self.listed("dhcp-b"), [])

    def test_the_agent_may_not_write(self):
        self.write_config(writes="false")
        self.refused()

    def test_neither_server_is_written_when_one_may_not_be(self):
        for server in ("dhcp-a", "dhcp-b"):
            with self.subTest(server=server):
                other = "dhcp-b" if server == "dhcp-a" else "dhcp-a"
                self.write_config(servers=[(server, "{driver: adm, writes: false}"), other])
                self.refused()

    def test_a_renamed_relationship_keeps_its_old_name_on_servers_that_may_not_be_written(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.write_config(servers=["dhcp-a", ("dhcp-b", "{driver: adm, writes: false}")])
        self.commit(RELATIONSHIP.replace("campus", "lab"), scopes(range(3), of="lab"))
        for _ in range(2):
            self.assertEqual(self.actions(self.run_json("apply"), "lab"), [])
        self.assertEqual(self.shown("dhcp-a", subnet(1))["relationship"], "campus")
        self.write_config()
        self.run_program("apply")
        self.assertEqual(self.shown("dhcp-a", subnet(1))["relationship"], "lab")
        self.run_program("diff")


class Allow(PairkeeperCase):
    def test_git_may_not_have_scopes_deleted_unless_the_owner_allows_it(self):
        self.write_config(allow="{prune: never}")
        self.established(relationship("prune: owned"), scopes(range(12)))
        self.commit(relationship("prune: owned"), scopes(range(11)))
        result = self.run_json("apply")
        self.assertEqual(self.actions(result), [])
        self.assertIn("prune", " ".join(result["notes"]))
        self.assertEqual(len(self.listed("dhcp-a")), 12)

    def test_git_may_not_write_settings_unless_the_owner_allows_it(self):
        self.write_config(allow="{settings: report}")
        self.established(relationship("settings: enforce", "load-split: 50"), scopes(range(3)))
        self.commit(relationship("settings: enforce", "load-split: 70"), scopes(range(3)))
        self.assertEqual(self.actions(self.run_json("apply")), [])
        self.write_config()
        action = self.only_action(self.run_json("apply"))
        self.assertEqual((action["operation"], action["status"]), ("relationship", "done"))
        self.run_program("diff")


class Pace(PairkeeperCase):
    """A server that refuses is not asked again and again, but a person is never kept waiting."""

    def setUp(self):
        super().setUp()
        self.write_config(interval="1s")
        self.established(RELATIONSHIP, scopes(range(3), "lease-time: 8h"))
        self.sql("CREATE TRIGGER refuse BEFORE UPDATE OF lease_duration ON adm_dhcp_scopes "
                 "BEGIN SELECT RAISE(ABORT, 'refused'); END")
        self.commit(RELATIONSHIP, scopes([0, 1], "lease-time: 8h"), scopes([2], "lease-time: 9h"))

    def sql(self, statement):
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            db.execute(statement)
            db.commit()

    def attempts(self):
        return [row[0] for row in self.rows("SELECT attempts FROM retries")]

    def tries(self):
        return len(self.events_of("OperationStarted"))

    def test_apply_acts_at_once_and_the_count_begins_anew(self):
        before = self.tries()
        for number in range(1, 4):
            self.run_program("apply", code=5)
            self.assertEqual(self.tries(), before + number)
            self.assertEqual(self.attempts(), [1])
        self.sql("DROP TRIGGER refuse")
        self.run_program("apply")
        self.assertEqual(self.attempts(), [])

    def test_a_refusal_stalls_the_agent_also_when_other_scopes_were_written(self):
        self.sql("DROP TRIGGER refuse")
        self.sql("CREATE TRIGGER refuse BEFORE UPDATE ON adm_dhcp_scopes"
                 " WHEN new.lease_duration = 32400 BEGIN SELECT RAISE(ABORT, 'refused'); END")
        self.commit(RELATIONSHIP, scopes([0, 1], "lease-time: 8h", "name: Written"),
                    scopes([2], "lease-time: 9h"))
        self.run_program("apply", code=5)
        self.assertEqual(self.value("dhcp-b", subnet(1), "name"), "Written")
        tries = self.tries()
        self.start_agent()
        self.repository.commit({"README": "the same want"})
        tip = self.repository.git("rev-parse", "HEAD")
        self.wait_for(lambda: self.run_json("status")["revision"]["applied"] == tip, "a pass")
        self.assertEqual(self.tries(), tries)
        self.assertEqual(self.condition("Stalled")["status"], "True")

    def test_a_refusal_stalls_the_agent_and_not_a_person(self):
        self.run_program("apply", code=5)
        tries = self.tries()
        self.start_agent()
        self.repository.commit({"README": "the same want"})
        tip = self.repository.git("rev-parse", "HEAD")
        self.wait_for(lambda: self.run_json("status")["revision"]["applied"] == tip, "a pass")
        self.assertEqual(self.tries(), tries)
        self.assertEqual(self.condition("Stalled")["status"], "True")
        self.sql("DROP TRIGGER refuse")
        self.run_program("reconcile", "campus", "--wait")
        self.assertEqual(self.value("dhcp-b", subnet(2), "lease-time"), NINE_HOURS)
        self.assertEqual(self.condition("Stalled")["status"], "False")


class Approval(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.established(RELATIONSHIP, scopes(range(12)))
        self.commit(RELATIONSHIP, scopes(range(12), "lease-time: 9h"))

    def held(self):
        return self.relationship(self.run_json("apply", code=4))

    def assert_applied(self):
        self.run_program("apply")
        self.assertEqual(self.value("dhcp-b", subnet(3), "lease-time"), NINE_HOURS)

    def test_by_a_prefix_of_a_held_plan(self):
        digest = self.held()["digest"]
        self.run_program("approve", digest[:7], "--reason", "test", code=64)
        self.run_program("approve", digest[:8], "--reason", "test")
        self.assert_applied()

    def test_by_the_digest_of_the_whole_plan(self):
        result = self.run_json("apply", code=4)
        self.assertNotEqual(result["digest"], self.relationship(result)["digest"])
        self.run_program("approve", result["digest"], "--reason", "test")
        self.assert_applied()

    def test_by_a_full_digest_before_any_plan_was_held(self):
        digest = self.relationship(self.diff())["digest"]
        self.run_program("approve", digest, "--reason", "seen in the pipeline")
        self.assert_applied()

    def test_a_prefix_of_no_held_plan_is_refused(self):
        digest = self.relationship(self.diff())["digest"]
        self.run_program("approve", digest[:12], "--reason", "test", code=1)

    def test_it_serves_once(self):
        self.run_program("approve", self.held()["digest"], "--reason", "test")
        self.assert_applied()
        self.commit(RELATIONSHIP, scopes(range(12)))
        self.run_program("apply")  # released fields keep their values: nothing to write
        self.commit(RELATIONSHIP, scopes(range(12), "lease-time: 8h"))
        self.approve_held()
        self.run_program("apply")
        self.commit(RELATIONSHIP, scopes(range(12), "lease-time: 9h"))
        self.held()

    def test_that_of_a_whole_plan_serves_once_too(self):
        self.approve_held()
        self.assert_applied()
        self.edit_by_hand()
        whole = self.diff()["digest"]
        self.run_program("approve", whole, "--reason", "seen in the pipeline")
        self.run_program("apply")
        self.edit_by_hand()
        self.assertEqual(self.diff()["digest"], whole)
        self.run_program("apply", code=4)

    def edit_by_hand(self):
        """Always the same, so that the plan which heals it is the same."""
        for number in range(5):
            self.edit("dhcp-a", subnet(number), "lease-time=2h")

    def test_another_plan_needs_another_approval(self):
        self.run_program("approve", self.held()["digest"], "--reason", "test")
        self.commit(RELATIONSHIP, scopes(range(12), "lease-time: 10h"))
        self.held()
        self.assertIsNone(self.value("dhcp-b", subnet(3), "lease-time"))

    def test_the_same_plan_of_another_commit_is_the_same_plan(self):
        digest = self.held()["digest"]
        self.run_program("approve", digest, "--reason", "test")
        self.repository.commit({"README": "not ours"})
        self.assert_applied()

    def test_it_expires(self):
        self.run_program("approve", self.held()["digest"], "--reason", "test", "--for", "1s")
        time.sleep(1.5)  # never too short: what is over stays over
        self.held()

    def test_a_name_is_taken_on_a_terminal_only(self):
        self.held()
        self.run_program("approve", "campus", "--reason", "test", code=64)
        self.assertEqual(self.run_on_terminal("approve", "campus", "--reason", "test").code, 0)
        self.assert_applied()

    def test_it_does_not_lift_a_suspension(self):
        self.run_program("approve", self.held()["digest"], "--reason", "test")
        self.run_program("suspend", "campus", "--reason", "test")
        self.run_program("apply", code=2)
        self.assertIsNone(self.value("dhcp-b", subnet(3), "lease-time"))


class HeldReasons(PairkeeperCase):
    """What is held says what happened, and how to answer otherwise."""

    def test_a_source_edited_by_hand_can_be_kept_as_the_message_says(self):
        self.established(RELATIONSHIP, scopes(range(4)))
        for number in range(4):
            self.edit("dhcp-a", subnet(number), "description=by hand")
        held = self.relationship(self.run_json("apply", code=4))["held"]
        self.assertEqual(held["guard"], "server-lost")
        words = held["reason"].partition("pairkeeper ")[2].partition(";")[0].split()
        self.assertEqual(words, "replicate relationship campus --from dhcp-a".split())
        self.run_program(*words, "--yes")
        self.assertEqual(self.value("dhcp-b", subnet(3), "description"), "by hand")
        self.run_program("diff")

    def test_an_emptied_source_is_not_offered_as_an_origin(self):
        self.established(RELATIONSHIP, scopes(range(4)))
        self.run_program("adm", "delete", "--server", "dhcp-a", "--all")
        held = self.relationship(self.run_json("apply", code=4))["held"]
        self.assertNotIn("--from", held["reason"])

    def test_a_changed_member_is_named(self):
        self.established(RELATIONSHIP, scopes(range(4)))
        self.commit(relationship("source: dhcp-b"), scopes(range(4)))
        held = self.relationship(self.run_json("apply", code=4))["held"]
        self.assertIn("source: dhcp-a, now dhcp-b", held["reason"])

    def test_status_counts_scopes_and_not_actions(self):
        self.established(RELATIONSHIP, scopes(range(4)))
        self.run_program("adm", "delete", "--server", "dhcp-a", "--all")
        self.run_program("apply", code=4)
        self.assertIn("4 scopes differ", self.condition("Drifted")["message"])


class Guards(PairkeeperCase):
    """Each guard that the embedded servers can trip, through the whole program."""

    def guard(self, code=4):
        return self.relationship(self.run_json("apply", code=code))["held"]["guard"]

    def test_server_lost(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.run_program("adm", "delete", "--server", "dhcp-a", "--all")
        self.assertEqual(self.guard(), "server-lost")

    def test_empty(self):
        self.established(relationship("prune: owned"), scopes(range(12)))
        self.commit(relationship("prune: owned"))
        self.assertEqual(self.guard(), "empty")

    def test_member(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.commit(relationship("source: dhcp-b"), scopes(range(12)))
        self.assertEqual(self.guard(), "member")

    def test_adopt(self):
        self.commit(RELATIONSHIP, scopes(range(12)))
        self.edit("dhcp-a", subnet(1), "ranges=[10.0.1.10-10.0.1.99]")
        self.assertEqual(self.guard(), "adopt")

    def test_conflict(self):
        self.established(RELATIONSHIP, scopes(range(12), "lease-time: 8h"))
        self.edit("dhcp-a", subnet(1), "lease-time=1h")
        self.edit("dhcp-b", subnet(1), "lease-time=2h")
        self.assertEqual(self.guard(), "conflict")

    def test_deletes(self):
        self.established(relationship("prune: owned"), scopes(range(10)))
        self.commit(relationship("prune: owned"), scopes(range(9)))
        self.assertEqual(self.guard(), "deletes")

    def test_updates_and_just_below(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.commit(RELATIONSHIP, scopes(range(4), "lease-time: 9h"), scopes(range(4, 12)))
        self.assertEqual(self.guard(), "updates")
        self.commit(RELATIONSHIP, scopes(range(3), "lease-time: 9h"), scopes(range(3, 12)))
        self.run_program("apply")

    def test_flapping_until_somebody_resumes(self):
        self.established(RELATIONSHIP, scopes(range(12), "lease-time: 8h"))
        for _ in range(3):
            self.edit("dhcp-b", subnet(1), "lease-time=2h")
            self.run_program("apply")
        self.edit("dhcp-b", subnet(1), "lease-time=2h")
        self.assertEqual(self.guard(), "flapping")
        self.run_program("resume", "campus")
        self.run_program("apply")

    def test_leases(self):
        self.established(relationship("prune: owned"), scopes(range(40)))
        self.edit("dhcp-a", subnet(1), "active-leases=7")
        self.commit(relationship("prune: owned"), scopes([0, *range(2, 40)]))
        self.assertEqual(self.guard(), "leases")

    def test_limits_are_the_owners(self):
        self.write_config(guards="{updates: [100%, 5], small: 2, adopt: allow}")
        self.commit(RELATIONSHIP, scopes(range(12)))
        self.edit("dhcp-a", subnet(1), "ranges=[10.0.1.10-10.0.1.99]")
        self.run_program("apply")
        self.commit(RELATIONSHIP, scopes(range(6), "lease-time: 9h"), scopes(range(6, 12)))
        self.assertEqual(self.guard(), "updates")
        self.commit(RELATIONSHIP, scopes(range(5), "lease-time: 9h"), scopes(range(5, 12)))
        self.run_program("apply")


if __name__ == "__main__":
    unittest.main()
