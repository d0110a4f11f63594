"""Scopes that move, change their mask, leave Git, or stand in the way."""

import contextlib
import sqlite3
import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, relationship, scopes, subnet

FOUR_SERVERS = ("dhcp-a", "dhcp-b", "dhcp-c", "dhcp-d")


def two(campus="", labs="servers: [dhcp-c, dhcp-d]"):
    lines = ["relationships:", "  campus:", "    servers: [dhcp-a, dhcp-b]"]
    lines += [f"    {campus}"] if campus else []
    return "\n".join(lines + ["  labs:", f"    {labs}", "    prune: owned"]) + "\n"


def wide(number, *lines):
    """10.0.NUMBER.0/23: the same network address with another length."""
    text = [f"scopes:\n  - subnet: 10.0.{number}.0/23", "    relationship: campus",
            f"    ranges: [10.0.{number}.10-10.0.{number}.200]", *[f"    {x}" for x in lines]]
    return "\n".join(text) + "\n"


class Dropped(PairkeeperCase):
    def test_prune_never_keeps_and_reports(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.commit(RELATIONSHIP, scopes(range(11)))
        result = self.run_json("apply")
        self.assertEqual(self.actions(result), [])
        self.assertEqual({(f["subnet"], f["server"], f["dropped"])
                          for f in self.relationship(result)["foreign"]},
                         {(subnet(11), "dhcp-a", True), (subnet(11), "dhcp-b", True)})
        self.assertIn("ScopeDropped", self.reasons())
        self.assertIn(subnet(11), self.listed("dhcp-a"))
        self.run_program("diff")
        status = self.run_json("status")["relationships"][0]["scopes"]
        self.assertEqual((status["in_sync"], status["foreign"]), (11, 1))

    def test_prune_owned_deletes_from_both(self):
        self.established(relationship("prune: owned"), scopes(range(12)))
        self.commit(relationship("prune: owned"), scopes(range(11)))
        action = self.only_action(self.run_json("apply"))
        self.assertEqual((action["operation"], action["subnet"], action["status"]),
                         ("delete-scope", subnet(11), "done"))
        self.assertNotIn(subnet(11), self.listed("dhcp-a") + self.listed("dhcp-b"))
        self.run_program("diff")

    def test_a_foreign_scope_is_reported_and_never_deleted(self):
        self.established(relationship("prune: owned"), scopes(range(3)))
        self.edit("dhcp-a", subnet(99), "ranges=[10.0.99.5-10.0.99.50]", "relationship=campus")
        result = self.run_json("apply")
        self.assertEqual(self.actions(result), [])
        self.assertEqual([(f["subnet"], f["server"], f["dropped"])
                          for f in self.relationship(result)["foreign"]],
                         [(subnet(99), "dhcp-a", False)])
        self.assertIn(subnet(99), self.listed("dhcp-a"))
        self.assertNotIn(subnet(99), self.listed("dhcp-b"))

    def test_foreign_replicate_keeps_both_sides_equal(self):
        self.established(relationship("foreign: replicate"), scopes(range(3)))
        self.edit("dhcp-a", subnet(99), "ranges=[10.0.99.5-10.0.99.50]", "relationship=campus")
        self.run_program("apply")
        self.assertIn(subnet(99), self.listed("dhcp-b"))
        self.edit("dhcp-a", subnet(99), "lease-time=2h")
        self.run_program("apply")
        self.assertEqual(self.value("dhcp-b", subnet(99), "lease-time"), 7200)
        self.run_program("diff")

    def test_what_was_never_verified_is_not_deleted(self):
        self.established(relationship("prune: owned"), scopes(range(12)))
        # Another scope of the same two servers, made by hand.
        self.edit("dhcp-a", subnet(98), "ranges=[10.0.98.5-10.0.98.50]", "relationship=campus")
        self.edit("dhcp-b", subnet(98), "ranges=[10.0.98.5-10.0.98.50]", "relationship=campus")
        self.run_program("apply")
        self.assertIn(subnet(98), self.listed("dhcp-a"))

    def test_after_the_loss_of_the_bases_dropped_scopes_are_foreign_and_nothing_is_deleted(self):
        self.established(relationship("prune: owned"), scopes(range(12)))
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            for table in ("applied", "owned", "settled"):
                db.execute(f"DELETE FROM {table}")
            db.commit()
        self.commit(relationship("prune: owned"), scopes(range(11)))
        result = self.run_json("apply")
        self.assertEqual(self.actions(result), [])
        self.assertEqual({(f["subnet"], f["dropped"])
                          for f in self.relationship(result)["foreign"]}, {(subnet(11), False)})
        self.assertIn(subnet(11), self.listed("dhcp-a"))

    def test_a_relationship_that_git_no_longer_names_is_not_touched(self):
        self.write_config(servers=FOUR_SERVERS)
        self.established(two(), scopes(range(3)), scopes(range(10, 13), of="labs"))
        self.commit(RELATIONSHIP, scopes(range(3)))
        result = self.run_json("apply")
        self.assertEqual([r["name"] for r in result["relationships"]], ["campus"])
        self.assertIn("labs", " ".join(result["notes"]))
        self.assertEqual(len(self.listed("dhcp-c")), 3)
        self.edit("dhcp-d", subnet(10), "lease-time=2h")
        self.run_program("apply")
        self.assertEqual(self.value("dhcp-d", subnet(10), "lease-time"), 7200)


class Masks(PairkeeperCase):
    def test_another_length_replaces_where_deleting_is_allowed(self):
        self.established(relationship("prune: owned"), scopes(range(0, 24, 2)))
        self.commit(relationship("prune: owned"), scopes(range(0, 22, 2)), wide(22, "id: 9922"))
        held = self.relationship(self.run_json("apply", code=None))
        action = held["actions"][0]
        self.assertEqual(len(held["actions"]), 1)
        self.assertEqual((action["operation"], action["subnet"]), ("replace-scope", "10.0.22.0/23"))
        if held["held"]:
            self.run_program("approve", held["digest"], "--reason", "test")
            self.run_program("apply")
        for server in ("dhcp-a", "dhcp-b"):
            self.assertIn("10.0.22.0/23", self.listed(server))
            self.assertNotIn("10.0.22.0/24", self.listed(server))
        self.run_program("diff")

    def test_another_length_is_blocked_where_it_is_not(self):
        self.established(RELATIONSHIP, scopes(range(0, 24, 2)))
        self.commit(RELATIONSHIP, scopes(range(0, 22, 2)), wide(22, "id: 9922"))
        action = self.only_action(self.run_json("apply", code=5))
        self.assertEqual(action["status"], "blocked")
        self.assertEqual(action["block"]["reason"], "Conflict/Overlap")
        self.assertIn("prune", action["block"]["message"])
        self.assertIn("10.0.22.0/24", self.listed("dhcp-a"))

    def test_another_length_without_an_id_is_told_a_free_one(self):
        self.established(relationship("prune: owned"), scopes(range(0, 24, 2)))
        self.commit(relationship("prune: owned"), scopes(range(0, 22, 2)), wide(22))
        action = self.only_action(self.diff())
        self.assertEqual(action["block"]["reason"], "NoFreeId")
        self.assertRegex(action["block"]["message"], r"id: \d+")

    def test_what_overlaps_a_row_on_a_server_is_blocked_and_the_rest_goes_on(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.edit("dhcp-b", "10.0.128.0/17", "ranges=[10.0.200.1-10.0.200.9]")
        self.commit(RELATIONSHIP, scopes([0, 1, 2, 3, 150]))
        result = self.run_json("apply", code=5)
        status = {a["subnet"]: a["status"] for a in self.actions(result)}
        self.assertEqual(status, {subnet(3): "done", subnet(150): "blocked"})
        blocked = next(a for a in self.actions(result) if a["status"] == "blocked")
        self.assertIn("10.0.128.0/17", blocked["block"]["message"])
        self.assertIn("dhcp-b", blocked["block"]["message"])


class Moves(PairkeeperCase):
    def test_between_the_same_two_servers_only_links_change(self):
        same = "servers: [dhcp-a, dhcp-b]"
        self.established(two(labs=same), scopes(range(12)), scopes(range(20, 30), of="labs"))
        before = self.shown("dhcp-a", subnet(11))["fields"]
        self.commit(two(labs=same), scopes(range(11)), scopes([11, *range(20, 30)], of="labs"))
        result = self.run_json("apply")
        self.assertEqual([a["subnet"] for a in self.actions(result, "labs")], [subnet(11)])
        self.assertEqual(self.actions(result, "campus"), [])
        for server in ("dhcp-a", "dhcp-b"):
            after = self.shown(server, subnet(11))
            self.assertEqual(after["relationship"], "labs")
            self.assertEqual({**after["fields"], "relationship": "campus"}, before)
        self.run_program("diff")

    def test_between_other_servers_it_is_held_then_removed_there_and_created_here(self):
        self.write_config(servers=FOUR_SERVERS)
        self.established(two("prune: owned"), scopes(range(40)), scopes(range(50, 90), of="labs"))
        self.commit(two("prune: owned"), scopes(range(39)), scopes([39, *range(50, 90)], of="labs"))
        result = self.run_json("apply", code=4)
        held = [r for r in result["relationships"] if r["held"]]
        self.assertIn("member", {r["held"]["guard"] for r in held})
        self.assertIn(subnet(39), self.listed("dhcp-a"))
        self.approve_until_in_step()
        for server in ("dhcp-a", "dhcp-b"):
            self.assertNotIn(subnet(39), self.listed(server))
        for server in ("dhcp-c", "dhcp-d"):
            self.assertIn(subnet(39), self.listed(server))

    def test_without_leave_to_delete_a_move_is_blocked(self):
        self.write_config(servers=FOUR_SERVERS)
        self.established(two(), scopes(range(40)), scopes(range(50, 90), of="labs"))
        self.commit(two(), scopes(range(39)), scopes([39, *range(50, 90)], of="labs"))
        result = self.run_json("apply", code=None)
        self.assertIn(subnet(39), self.listed("dhcp-a"))
        self.assertNotIn(subnet(39), self.listed("dhcp-c"))
        blocked = [a for r in result["relationships"] for a in r["actions"] if a["block"]]
        self.assertEqual({a["block"]["reason"] for a in blocked}, {"Conflict/Overlap"})
        self.assertTrue(all("prune" in a["block"]["message"] for a in blocked))

    def approve_until_in_step(self):
        """A move is two plans, one per relationship: each is approved as it is held."""
        for _ in range(4):
            result = self.run_json("apply", code=None)
            held = [r for r in result["relationships"] if r["held"]]
            for one in held:
                self.run_program("approve", one["digest"], "--reason", "test")
            if not held:
                break
        self.run_program("apply", code=None)
        self.run_program("diff")

    def test_a_renamed_relationship_is_the_same_one(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.commit(RELATIONSHIP.replace("campus", "university"), scopes(range(12), of="university"))
        result = self.run_json("apply")
        self.assertEqual([r["name"] for r in result["relationships"]], ["university"])
        self.assertIn("RelationshipRenamed", self.reasons())
        self.assertEqual(self.shown("dhcp-b", subnet(3))["relationship"], "university")
        self.assertEqual(len(self.listed("dhcp-a")), 12)
        self.run_program("diff")

    def test_a_relationship_that_was_split_has_no_heir_and_its_scopes_are_linked_anew(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.commit(two(labs="servers: [dhcp-a, dhcp-b]").replace("campus", "north"),
                    scopes(range(6), of="north"), scopes(range(6, 12), of="labs"))
        seen = self.diff()["digest"]
        result = self.run_json("apply", code=4)
        self.assertEqual(result["digest"], seen)
        self.assertEqual({r["held"]["guard"] for r in result["relationships"]}, {"updates"})
        self.run_program("approve", seen, "--reason", "test")
        self.run_program("apply")
        for server in ("dhcp-a", "dhcp-b"):
            self.assertEqual(self.shown(server, subnet(3))["relationship"], "north")
            self.assertEqual(self.shown(server, subnet(9))["relationship"], "labs")
        self.run_program("diff")

    def test_what_changes_beside_a_rename_has_one_digest_before_and_after_it(self):
        self.established(RELATIONSHIP, scopes(range(12), "lease-time: 8h"))
        self.commit(RELATIONSHIP.replace("campus", "university"),
                    scopes(range(12), "lease-time: 9h", of="university"))
        seen = self.diff()["digest"]
        self.assertEqual(self.run_json("apply", code=4)["digest"], seen)
        self.assertIn("RelationshipRenamed", self.reasons())
        self.assertEqual(self.diff()["digest"], seen)


class Released(PairkeeperCase):
    def test_a_field_that_git_no_longer_states_keeps_its_value(self):
        self.established(RELATIONSHIP, scopes(range(12), "lease-time: 9h"))
        self.commit(RELATIONSHIP, scopes(range(11), "lease-time: 9h"), scopes([11]))
        self.run_program("apply")
        self.assertEqual(self.value("dhcp-a", subnet(11), "lease-time"), 9 * 3600)
        released = self.events_of("FieldReleased")
        self.assertEqual([e["subnet"] for e in released], [subnet(11)])
        self.run_program("diff")
        # From now on the source's value is what the partner follows.
        self.edit("dhcp-a", subnet(11), "lease-time=3h")
        self.run_program("apply")
        self.assertEqual(self.value("dhcp-b", subnet(11), "lease-time"), 3 * 3600)

    def test_a_stated_map_is_owned_whole_and_kea_key_by_key(self):
        self.established(RELATIONSHIP, scopes(range(3), "options: {routers: [10.0.0.1]}",
                                              "kea: {allocator: random}"))
        self.edit("dhcp-a", subnet(1), "options.ntp-servers=[10.0.0.7]",
                  "kea.match-client-id=false")
        self.run_program("apply")
        for server in ("dhcp-a", "dhcp-b"):
            self.assertIsNone(self.value(server, subnet(1), "options.ntp-servers"))
            self.assertIs(self.value(server, subnet(1), "kea.match-client-id"), False)
            self.assertEqual(self.value(server, subnet(1), "kea.allocator"), "random")
        self.run_program("diff")


if __name__ == "__main__":
    unittest.main()
