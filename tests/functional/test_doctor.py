"""`doctor`: what is wrong with the installation, servers and pairs, and what to do about it."""

import os
import re
import signal
import unittest

from pairkeeper_case import RELATIONSHIP, ROOT, PairkeeperCase, scopes, subnet

CLOCK = "clock-not-synchronised"  # is as the machine is


class DoctorCase(PairkeeperCase):
    def doctor(self, *words, **more):
        """(code, server, relationship, subnet) of every finding."""
        answer = self.run_json("doctor", *words, **more)
        return [(f["code"], f["server"], f["relationship"], f["subnet"])
                for f in answer["findings"] if f["code"] != CLOCK]

    def codes(self, *words, **more):
        return [code for code, *_ in self.doctor(*words, **more)]


class Doctor(DoctorCase):
    def test_a_new_installation_has_notes_only_and_changes_nothing(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        before = sorted(os.listdir(self.work))
        self.assertEqual(self.codes(), ["database-missing", "agent-not-running"])
        self.assertEqual(sorted(os.listdir(self.work)), before)

    def test_with_an_agent_running_there_is_nothing_to_say(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.start_agent()
        self.assertEqual(self.codes(), [])

    def test_an_agent_that_holds_the_database_and_takes_no_requests_is_found(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        agent = self.start_agent()
        agent.signal(signal.SIGSTOP)
        self.addCleanup(agent.signal, signal.SIGCONT)
        os.unlink(f"{self.database}.sock")
        self.assertEqual(self.codes(), ["agent-silent"])

    def test_text_is_grouped_and_says_what_to_do(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.edit("dhcp-b", subnet(1), "id=4711")
        out = self.run_program("doctor").out
        self.assertRegex(out, r"(?m)^installation\n")
        self.assertRegex(out, r"(?m)^dhcp-a  adm\n  nothing found\n")
        self.assertRegex(out, r"(?m)^campus  dhcp-a ⇄ dhcp-b\n  ✗ subnet-id-mismatch\n"
                              r"    10\.0\.1\.0/24  id \d+ on dhcp-a, 4711 on dhcp-b\n    → give ")
        self.assertRegex(out, r"(?m)^1 problem, 0 warnings, \d notes? · read 2 of 2 servers\n\Z")
        self.assertNotIn("\x1b", out)

    def test_names_limit_it_to_servers_and_relationships(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.edit("dhcp-b", subnet(1), "id=4711")
        mismatch = ("subnet-id-mismatch", None, "campus", subnet(1))
        self.assertEqual(self.doctor("campus"), [mismatch])
        self.assertEqual(self.doctor("dhcp-b"), [])
        self.assertEqual(self.run_json("doctor", "dhcp-b")["summary"]["servers"], 1)
        self.assertIn("campus", self.run_program("doctor", "campsu", code=64).err)

    def test_a_subnet_inside_another_is_found_on_its_server(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.edit("dhcp-a", "10.0.1.128/25", "name=Half of it")
        found = self.doctor("dhcp-a")
        self.assertIn(("overlapping-subnets", "dhcp-a", None, "10.0.1.128/25"), found)

    def test_what_cannot_be_fetched_leaves_the_pairs_that_are_known(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.edit("dhcp-b", subnet(1), "id=4711")
        self.repository.folder.rename(self.work / "gone")
        codes = self.codes()
        self.assertIn("repository-unreachable", codes)
        self.assertIn("subnet-id-mismatch", codes)

    def test_an_invalid_tip_is_found_with_its_place(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.commit(RELATIONSHIP, scopes(range(3), "lease-tme: 8h"))
        found = [f for f in self.run_json("doctor")["findings"]
                 if f["code"] == "revision-not-in-force"]
        self.assertIn("lease-tme", found[0]["message"])
        self.assertRegex(found[0]["message"], r"\.yaml:\d+:\d+")

    def test_secrets_that_are_missing_or_open_to_all_are_found(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        (self.work / "open").write_text("secret\n")
        (self.work / "open").chmod(0o644)
        self.write_config(credentials="{a: {password-file: open}, b: {password-file: none}}")
        self.assertEqual(self.codes()[:2], ["secret-unreadable", "secret-exposed"])

    def test_a_damaged_database_is_found_and_left_as_it_is(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.database.write_bytes(b"no database at all, and certainly none of ours" * 100)
        before = self.database.read_bytes()
        self.assertIn("database-unusable", self.codes())
        self.assertEqual(self.database.read_bytes(), before)

    def test_without_a_configuration_it_could_look_at_nothing(self):
        self.config.write_text("servers: []\n")
        self.assertEqual(set(self.codes(code=1)), {"configuration-unusable"})
        self.config.unlink()
        self.assertEqual(self.codes(code=1), ["configuration-unusable"])

    def test_codes_on_the_page_are_named_once_for_each_thing_looked_at(self):
        page = (ROOT / "docs" / "doctor.md").read_text()
        for section in page.split("\n## ")[1:]:
            codes = re.findall(r"(?m)^\| `([a-z0-9-]+)` \| (?:note|warning|problem) \|", section)
            self.assertTrue(codes, section[:40])
            self.assertEqual(len(codes), len(set(codes)))


if __name__ == "__main__":
    unittest.main()
