"""Every exit code of the contract, produced by a real run; named after what it means."""

import contextlib
import fcntl
import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, relationship, scopes, subnet


class ExitCodes(PairkeeperCase):
    def test_0_in_step(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.run_program("apply", code=0)
        self.run_program("diff", code=0)
        self.run_program("apply", code=0)

    def test_1_the_repository_cannot_be_read(self):
        self.config.write_text(self.config.read_text().replace("./network", "./nowhere"))
        for verb in ("diff", "apply"):
            result = self.run_program(verb, code=1)
            self.assertIn("nowhere", result.err)
        error = self.run_json("diff", code=1)["error"]
        self.assertIn("nowhere", error["where"] + error["message"])

    def test_1_an_empty_repository(self):
        for verb in ("diff", "apply"):
            self.assertIn("main", self.run_program(verb, code=1).err)

    def test_1_a_file_that_is_no_database(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.database.write_text("These are my notes, not a database of pairkeeper.\n" * 100)
        before = self.file_hashes()["pairkeeper.db"]
        self.run_program("apply", code=1)
        # Embedded servers may live in a damaged file: it is neither moved nor made anew.
        self.assertEqual(self.file_hashes()["pairkeeper.db"], before)

    def test_1_showing_a_scope_that_is_not_there(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.run_program("adm", "show", "--server", "dhcp-a", subnet(9), code=1)

    def test_1_asking_an_agent_that_does_not_run(self):
        self.assertIn("pairkeeper run", self.run_program("reconcile", code=1).err)

    def test_2_drift_found_by_diff(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.run_program("diff", code=2)

    def test_2_drift_left_by_apply(self):
        self.commit(relationship("suspend: true"), scopes(range(3)))
        self.run_program("apply", code=2)
        self.commit(relationship("heal: report"), scopes(range(3)))
        self.run_program("apply", code=2)
        self.write_config(writes="false")
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.run_program("apply", code=2)
        self.assertEqual(self.listed("dhcp-a"), [])

    def test_3_the_desired_state_is_invalid(self):
        self.commit(RELATIONSHIP, scopes(range(3), "lease-tme: 8h"))
        for verb in ("validate", "diff", "apply"):
            self.run_program(verb, code=3)

    def test_3_the_configuration_is_invalid(self):
        self.write_config(gaurds="{adopt: hold}")
        result = self.run_program("diff", code=3)
        self.assertIn("guards", result.err)
        self.assertRegex(result.err, r"pairkeeper\.yaml:\d+:1:")

    def test_4_held_by_a_guard(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.commit(RELATIONSHIP, scopes(range(12), "lease-time: 9h"))
        self.run_program("apply", code=4)
        self.run_program("diff", code=2)

    def test_5_some_scopes_were_blocked(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.edit("dhcp-a", "10.0.128.0/17", "ranges=[10.0.200.1-10.0.200.9]")
        self.commit(RELATIONSHIP, scopes([0, 1, 2, 3, 200]))
        result = self.run_json("apply", code=5)
        status = {a["subnet"]: a["status"] for a in self.actions(result)}
        self.assertEqual(status, {subnet(3): "done", subnet(200): "blocked"})
        self.run_program("diff", code=2)

    def test_6_the_plan_that_was_shown_is_stale(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.commit(RELATIONSHIP, scopes(range(4)))
        result = self.run_on_terminal(
            "apply", before_answer=lambda: self.commit(RELATIONSHIP, scopes(range(5))))
        self.assertEqual(result.code, 6, result)
        self.assertEqual(self.listed("dhcp-a"), [subnet(n) for n in range(3)])

    def test_7_another_pairkeeper_holds_the_database(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.start_agent()
        self.assertIn(self.database.name, self.run_program("run", code=7).err)

    def test_7_a_holder_that_does_not_answer(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        with contextlib.closing(open(f"{self.database}.lock", "a+b")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with contextlib.suppress(OSError):
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for words in (["apply"], ["suspend", "campus", "--reason", "test"]):
                self.run_program(*words, code=7)
            # Whoever only looks needs no lock.
            self.run_program("diff", code=0)
            self.run_program("status", code=0)

    def test_8_a_rewound_branch(self):
        self.established(RELATIONSHIP, scopes(range(3)))
        self.commit(RELATIONSHIP, scopes(range(4)))
        self.run_program("apply")
        self.repository.git("reset", "--hard", "--quiet", "HEAD~1")
        self.commit(RELATIONSHIP, scopes(range(2)))
        for verb in ("diff", "apply"):
            self.assertIn("rewind", self.run_program(verb, code=8).err)
        self.assertIn("RevisionRefused", self.reasons())
        self.assertEqual(len(self.listed("dhcp-a")), 4)
        self.write_config(repository="rewind: allow")
        self.run_program("diff")

    def test_64_usage(self):
        for words in ([], ["aply"], ["diff", "--revison", "x"], ["approve"], ["approve", "--reason"],
                      ["suspend", "campus"], ["replicate", "scope"], ["diff", "nobody"],
                      ["adm", "set", "10.0.0.0/24", "name=x"], ["-o", "xml", "status"]):
            with self.subTest(words=words):
                self.commit(RELATIONSHIP, scopes(range(3)))
                self.run_program(*words, code=64)


class Precedence(PairkeeperCase):
    def test_held_comes_before_blocked(self):
        self.established(RELATIONSHIP, scopes(range(12)))
        self.edit("dhcp-a", "10.0.128.0/17", "ranges=[10.0.200.1-10.0.200.9]")
        self.commit(RELATIONSHIP, scopes([*range(12), 200], "lease-time: 9h"))
        self.run_program("apply", code=4)

    def test_a_wrong_word_comes_before_an_invalid_state(self):
        self.commit(RELATIONSHIP, scopes(range(3), "lease-tme: 8h"))
        self.run_program("apply", "--yess", code=64)


if __name__ == "__main__":
    unittest.main()
