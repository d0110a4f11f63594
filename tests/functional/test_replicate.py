"""The protocol's replicate by hand: a scope, a relationship, a server."""

import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, scopes, subnet

THREE_SERVERS = ("dhcp-a", "dhcp-b", "dhcp-c")
TWO_RELATIONSHIPS = """
relationships:
  campus:
    servers: [dhcp-a, dhcp-b]
  labs:
    servers: [dhcp-c, dhcp-a]
"""
TWO_HOURS = 2 * 3600


class Replicate(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.established(RELATIONSHIP, scopes(range(5)))

    def edited(self, server, *numbers):
        for number in numbers:
            self.edit(server, subnet(number), "lease-time=2h")

    def lease_times(self, server, count=5):
        return [self.value(server, subnet(n), "lease-time") for n in range(count)]

    def test_a_scope_goes_from_the_source_to_the_partner_and_no_other(self):
        self.edited("dhcp-a", 1, 2)
        result = self.run_json("replicate", "scope", subnet(1), "--yes")
        action = self.only_action(result)
        self.assertEqual((action["operation"], action["server"], action["partner"]),
                         ("replicate-scope", "dhcp-a", "dhcp-b"))
        self.assertEqual(self.lease_times("dhcp-b"), [None, TWO_HOURS, None, None, None])

    def test_from_says_where_content_comes_from(self):
        self.edited("dhcp-b", 1)
        self.run_program("replicate", "scope", subnet(1), "--from", "dhcp-b", "--yes")
        self.assertEqual(self.lease_times("dhcp-a"), [None, TWO_HOURS, None, None, None])

    def test_a_relationship_goes_whole(self):
        self.edited("dhcp-b", 0, 1, 2, 3, 4)
        self.run_program("replicate", "relationship", "campus", "--from", "dhcp-b", "--yes")
        self.assertEqual(self.lease_times("dhcp-a"), [TWO_HOURS] * 5)

    def test_a_relationship_from_the_other_side_restores_a_wiped_server_unheld(self):
        self.run_program("adm", "delete", "--server", "dhcp-a", "--all")
        self.run_program("replicate", "relationship", "campus", "--from", "dhcp-b", "--yes")
        self.assertEqual(self.listed("dhcp-a"), self.listed("dhcp-b"))
        self.run_program("diff")

    def test_what_the_origin_lacks_is_not_applicable_and_not_deleted(self):
        self.run_program("adm", "delete", "--server", "dhcp-a", subnet(1))
        result = self.run_json("replicate", "scope", subnet(1), subnet(2), "--yes")
        status = {a["subnet"]: a["status"] for a in self.actions(result)}
        self.assertEqual(status.get(subnet(1)), "not-applicable")
        self.assertIn(subnet(1), self.listed("dhcp-b"))

    def test_what_git_owns_is_put_back_by_the_next_pass_and_the_output_says_so(self):
        self.established(RELATIONSHIP, scopes(range(5)), scopes([9], "lease-time: 8h"))
        self.edited("dhcp-a", 9)
        result = self.run_program("replicate", "scope", subnet(9), "--yes")
        self.assertIn("next pass", result.out + result.err)
        self.assertEqual(self.value("dhcp-b", subnet(9), "lease-time"), TWO_HOURS)
        self.run_program("apply")
        self.assertEqual(self.value("dhcp-b", subnet(9), "lease-time"), 8 * 3600)

    def test_it_ignores_a_suspension_and_never_writes_false(self):
        self.edited("dhcp-a", 1)
        self.run_program("suspend", "campus", "--reason", "test")
        self.run_program("replicate", "scope", subnet(1), "--yes")
        self.assertEqual(self.value("dhcp-b", subnet(1), "lease-time"), TWO_HOURS)
        self.edited("dhcp-a", 2)
        self.write_config(writes="false")
        self.run_program("replicate", "scope", subnet(2), "--yes", code=2)
        self.assertIsNone(self.value("dhcp-b", subnet(2), "lease-time"))

    def test_nothing_to_do_is_success(self):
        result = self.run_json("replicate", "relationship", "campus", "--yes")
        self.assertEqual(result["summary"]["drifted"], 0)

    def test_it_asks_on_a_terminal(self):
        self.edited("dhcp-a", 1)
        self.run_on_terminal("replicate", "scope", subnet(1), answer="n\n")
        self.assertIsNone(self.value("dhcp-b", subnet(1), "lease-time"))
        self.assertEqual(self.run_on_terminal("replicate", "scope", subnet(1)).code, 0)
        self.assertEqual(self.value("dhcp-b", subnet(1), "lease-time"), TWO_HOURS)

    def test_unknown_names_are_usage_errors(self):
        for words in (["scope", subnet(99)], ["relationship", "campsu"], ["server", "dhcp-x"],
                      ["relationship", "campus", "--from", "dhcp-x"], ["scope", "10.0.1.1/24"],
                      ["planet", "earth"]):
            with self.subTest(words=words):
                self.run_program("replicate", *words, "--yes", code=64)


class ReplicateServer(PairkeeperCase):
    def test_a_scope_linked_to_neither_of_two_relationships_is_not_replicated(self):
        self.write_config(servers=THREE_SERVERS)
        self.established(TWO_RELATIONSHIPS, scopes(range(3)), scopes(range(10, 13), of="labs"))
        self.edit("dhcp-a", subnet(77), "ranges=[10.0.77.5-10.0.77.9]")
        self.run_program("replicate", "scope", subnet(77), "--yes", code=None)
        self.run_program("replicate", "server", "dhcp-a", "--yes", code=None)
        self.assertNotIn(subnet(77), self.listed("dhcp-b") + self.listed("dhcp-c"))

    def test_every_linked_scope_of_the_server_relationship_after_relationship(self):
        self.write_config(servers=THREE_SERVERS)
        self.established(TWO_RELATIONSHIPS, scopes(range(3)), scopes(range(10, 13), of="labs"))
        for number in (1, 11):
            self.edit("dhcp-a", subnet(number), "lease-time=2h")
        # dhcp-a is the source of campus and the partner of labs: both go out from it.
        result = self.run_json("replicate", "server", "dhcp-a", "--yes")
        self.assertEqual([r["name"] for r in result["relationships"]], ["campus", "labs"])
        self.assertEqual(self.value("dhcp-b", subnet(1), "lease-time"), TWO_HOURS)
        self.assertEqual(self.value("dhcp-c", subnet(11), "lease-time"), TWO_HOURS)


if __name__ == "__main__":
    unittest.main()
