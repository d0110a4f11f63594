"""`explain`: of every field of a scope what is, what is wanted, why, and why not yet."""

import unittest

from pairkeeper_case import PairkeeperCase, RELATIONSHIP, relationship, scopes, subnet

WITH_DEFAULTS = relationship("scope-defaults:", "  lease-time: 8h",
                             "  options: {time-servers: [10.0.0.7]}")


class Explain(PairkeeperCase):
    def explained(self, number=1, name="campus"):
        document = self.run_json("explain", subnet(number))
        self.assertEqual(document["subnet"], subnet(number))
        return self.relationship(document, name)

    def field(self, explanation, name):
        return next(f for f in explanation["fields"] if f["field"] == name)

    def side(self, explanation, name, server):
        return next(s for s in self.field(explanation, name)["servers"] if s["server"] == server)

    def test_a_value_is_traced_to_the_line_of_the_scope_or_of_the_default_that_states_it(self):
        self.established(WITH_DEFAULTS, scopes([1], "name: Library", "lease-time: 12h"))
        explained = self.explained()
        self.assertEqual(self.field(explained, "lease-time")["origin"],
                         {"kind": "git", "at": {"file": "1.yaml", "line": 6, "column": 17},
                          "server": None, "split": False})
        self.assertEqual(self.field(explained, "options.time-servers")["origin"]["at"]["file"],
                         "0.yaml")
        self.assertEqual(self.field(explained, "options.time-servers")["origin"]["at"]["line"], 7)
        self.assertEqual(self.field(explained, "name")["want"], "Library")
        text = self.run_program("explain", subnet(1)).out
        self.assertRegex(text, r"lease-time +12h  \(1\.yaml:6\)")
        self.assertIn("nothing to do", text)

    def test_a_value_that_git_does_not_state_is_the_servers_or_the_default(self):
        self.established(RELATIONSHIP, scopes([1]))
        for server in ("dhcp-a", "dhcp-b"):
            self.edit(server, subnet(1), "rebind-time=5h")
        self.run_program("apply", code=None)
        explained = self.explained()
        self.assertFalse(self.field(explained, "rebind-time")["owned"])
        self.assertEqual(self.field(explained, "rebind-time")["origin"],
                         {"kind": "server", "at": None, "server": "dhcp-a", "split": False})
        self.assertEqual(self.field(explained, "state")["origin"]["kind"], "default")
        self.assertEqual(self.field(explained, "renew-time")["origin"]["kind"], "nobody")

    def test_every_field_of_the_table_is_explained(self):
        self.established(RELATIONSHIP, scopes([1]))
        fields = {f["field"].split(".")[0] for f in self.explained()["fields"]}
        self.assertLessEqual({"relationship", "id", "name", "description", "state", "ranges",
                              "lease-time", "renew-time", "rebind-time", "shared-network"}, fields)

    def test_a_new_scope_has_a_chosen_id_and_is_said_to_be_nowhere(self):
        self.commit(RELATIONSHIP, scopes([1]))
        explained = self.explained()
        self.assertEqual(self.field(explained, "id")["origin"]["kind"], "chosen")
        self.assertEqual(explained["action"]["operation"], "create-scope")
        text = self.run_program("explain", subnet(1)).out
        self.assertIn("dhcp-b: the scope is not there and was never verified", text)
        self.assertFalse(self.database.exists())

    def test_an_edited_field_has_its_cause_its_base_and_its_action(self):
        self.established(WITH_DEFAULTS, scopes([1]))
        self.edit("dhcp-b", subnet(1), "lease-time=1h")
        explained = self.explained()
        self.assertEqual(self.side(explained, "lease-time", "dhcp-b"),
                         {"server": "dhcp-b", "have": 3600, "base": 28800, "differs": True,
                          "cause": "partner", "action": "replicate-scope", "left_alone": False})
        self.assertFalse(self.side(explained, "lease-time", "dhcp-a")["differs"])
        self.assertEqual(explained["waits"], [])
        self.assertIn("cause partner", self.run_program("explain", subnet(1)).out)

    def test_it_says_what_the_action_waits_for(self):
        self.established(WITH_DEFAULTS, scopes(range(1, 9)))
        self.commit(WITH_DEFAULTS.replace("8h", "9h"), scopes(range(1, 9)))
        wait = self.explained()["waits"][0]
        self.assertEqual((wait["reason"], wait["guard"]), ("guard", "updates"))
        self.assertIn("pairkeeper approve", wait["message"])
        self.run_program("suspend", "campus", "--reason", "test")
        self.assertEqual([w["reason"] for w in self.explained()["waits"]], ["suspended", "guard"])

    def test_writes_false_and_heal_report_are_named(self):
        self.established(WITH_DEFAULTS, scopes([1]))
        self.edit("dhcp-b", subnet(1), "lease-time=1h")
        self.write_config(writes="false")
        self.assertEqual([w["reason"] for w in self.explained()["waits"]], ["no-writes"])
        self.write_config()
        self.commit(WITH_DEFAULTS + "    heal: report\n", scopes([1]))
        self.assertEqual([w["reason"] for w in self.explained()["waits"]], ["report"])

    def test_what_heal_commits_leaves_alone_is_told_apart_field_by_field(self):
        text = WITH_DEFAULTS + "    heal: commits\n"
        self.established(text, scopes([1], "name: One"))
        self.edit("dhcp-b", subnet(1), "lease-time=1h")
        self.commit(text, scopes([1], "name: Two"))
        explained = self.explained()
        self.assertTrue(self.side(explained, "lease-time", "dhcp-b")["left_alone"])
        self.assertIsNone(self.side(explained, "lease-time", "dhcp-b")["action"])
        self.assertFalse(self.side(explained, "name", "dhcp-b")["left_alone"])
        self.assertEqual(self.side(explained, "name", "dhcp-b")["action"], "update-scope")
        self.assertEqual([w["reason"] for w in explained["waits"]], ["heal"])

    def test_a_blocked_scope_says_what_is_in_its_way(self):
        self.established(RELATIONSHIP, scopes([1]))
        self.edit("dhcp-b", "10.0.2.0/25", "relationship=campus", "ranges=[10.0.2.10-10.0.2.20]")
        self.commit(RELATIONSHIP, scopes([1, 2]))
        wait = self.explained(2)["waits"][0]
        self.assertEqual(wait["reason"], "blocked")
        self.assertIn("Overlap", wait["message"])

    def test_a_dropped_and_a_foreign_scope_have_no_wanted_value(self):
        self.established(RELATIONSHIP, scopes([1, 2]))
        self.commit(RELATIONSHIP, scopes([1]))
        self.edit("dhcp-a", subnet(3), "relationship=campus", "ranges=[10.0.3.10-10.0.3.20]")
        for number, kind in ((2, "dropped"), (3, "foreign")):
            explained = self.explained(number)
            self.assertEqual(explained["kind"], kind)
            self.assertIsNone(explained["action"])
            self.assertIsNone(self.field(explained, "ranges")["want"])
        self.assertIn("reported and not touched", self.run_program("explain", subnet(3)).out)

    def test_an_unknown_subnet_lists_the_nearest(self):
        self.established(RELATIONSHIP, scopes([1, 5, 6, 200]))
        result = self.run_program("explain", "10.0.4.0/24", code=1)
        for known in (subnet(5), subnet(6), subnet(1)):
            self.assertIn(f"{known} (campus)", result.err)
        self.assertNotIn(subnet(200), result.err)

    def test_a_scope_beside_the_one_that_changed_is_explained_too(self):
        self.established(RELATIONSHIP, scopes([1, 2, 5]))
        self.run_program("apply")
        self.commit(RELATIONSHIP, scopes([1], "name: New"), scopes([2, 5]))
        self.assertIsNone(self.explained(2)["action"])
        self.assertEqual(self.explained(1)["action"]["operation"], "update-scope")
        self.assertIn(subnet(5), self.run_program("explain", subnet(4), code=1).err)

    def test_what_is_no_subnet_is_refused(self):
        self.commit(RELATIONSHIP, scopes([1]))
        self.assertIn("did you mean 10.0.1.0/24",
                      self.run_program("explain", "10.0.1.7/24", code=64).err)
        self.run_program("explain", "library", code=64)
        self.run_program("explain", code=64)

    def test_it_writes_nothing(self):
        self.established(RELATIONSHIP, scopes([1]))
        self.edit("dhcp-b", subnet(1), "lease-time=1h")
        before = self.rows("SELECT count(*), max(seq) FROM events"), self.shown("dhcp-b", subnet(1))
        self.explained()
        self.assertEqual(before, (self.rows("SELECT count(*), max(seq) FROM events"),
                                  self.shown("dhcp-b", subnet(1))))

    def test_with_an_invalid_tip_it_explains_the_revision_in_force(self):
        self.established(RELATIONSHIP, scopes([1]))
        good = self.repository.git("rev-parse", "HEAD")
        bad = self.commit(RELATIONSHIP, "scopes: {}\n")
        document = self.run_json("explain", subnet(1))
        self.assertEqual((document["revision"]["commit"], document["revision"]["attempted"]),
                         (good, bad))

    def test_a_running_agent_answers_with_the_same_words(self):
        self.established(WITH_DEFAULTS, scopes([1]))
        alone = self.run_program("-o", "json", "explain", subnet(1)).out
        agent = self.start_agent()
        self.assertEqual(self.run_program("-o", "json", "explain", subnet(1)).out, alone)
        self.assertEqual(agent.stop(), 0)


if __name__ == "__main__":
    unittest.main()
