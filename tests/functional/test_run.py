"""The running agent: intervals, signals, its socket, the service manager, and sudden death."""

import os
import signal
import socket
import threading
import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, relationship, scopes, subnet


class Run(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.write_config(interval="1s")
        self.commit(RELATIONSHIP, scopes(range(5)))

    def applied(self, commit):
        return lambda: self.run_json("status")["revision"]["applied"] == commit

    def test_it_passes_every_interval_until_sigterm(self):
        agent = self.start_agent()
        self.wait_for(lambda: len(self.listed("dhcp-b")) == 5, "the first pass")
        commit = self.commit(RELATIONSHIP, scopes(range(6)))
        self.wait_for(self.applied(commit), "a later pass")
        self.assertEqual(len(self.listed("dhcp-b")), 6)
        self.assertEqual(agent.stop(), 0)
        self.assertEqual(self.reasons()[-1], "AgentStopped")
        self.assertIn("AgentStarted", self.reasons())
        self.assertFalse(os.path.exists(f"{self.database}.sock"))

    def test_sigint_ends_it_as_well(self):
        agent = self.start_agent()
        agent.signal(signal.SIGINT)
        self.assertEqual(agent.wait(), 0)

    def test_it_heals_what_was_edited_by_hand(self):
        self.start_agent()
        self.wait_for(lambda: len(self.listed("dhcp-b")) == 5, "the first pass")
        self.edit("dhcp-b", subnet(1), "lease-time=2h")
        self.wait_for(lambda: self.value("dhcp-b", subnet(1), "lease-time") is None,
                      "the edit to be put back")

    def test_with_an_invalid_tip_it_goes_on_with_the_last_good_revision(self):
        good = self.repository.git("rev-parse", "HEAD")
        self.start_agent()
        self.wait_for(self.applied(good), "the first pass")
        bad = self.commit(RELATIONSHIP, scopes(range(5), "lease-tme: 8h"))
        self.wait_for(lambda: self.run_json("status")["revision"]["attempted"] == bad,
                      "the agent to see the bad revision")
        self.edit("dhcp-b", subnet(1), "lease-time=2h")
        self.wait_for(lambda: self.value("dhcp-b", subnet(1), "lease-time") is None,
                      "the edit to be put back")
        revision = self.run_json("status")["revision"]
        self.assertEqual((revision["attempted"], revision["applied"]), (bad, good))
        self.assertEqual(revision["problem"]["reason"], "RevisionRejected")
        self.assertIn("lease-tme", revision["problem"]["message"])
        self.assertIn("RevisionRejected", self.reasons())

    def problem(self):
        return self.run_json("status")["revision"]["problem"]

    def test_a_repository_that_cannot_be_read_is_said_in_the_log_and_in_status(self):
        agent = self.start_agent()
        self.wait_for(lambda: "pass-ended" in agent.output, "the first pass")
        self.assertIsNone(self.problem())
        away = self.repository.folder.with_name("away")
        self.repository.folder.rename(away)
        problem = self.wait_for(self.problem, "the failure to be seen")
        self.assertEqual(problem["reason"], "FetchFailed")
        self.assertIn("there is no such folder", problem["message"])
        self.assertIn("FetchFailed", self.run_program("status").out)
        self.wait_for(lambda: "tip-not-in-force" in agent.output, "the log")
        away.rename(self.repository.folder)
        self.wait_for(lambda: self.problem() is None, "the failure to pass")

    def test_a_server_that_left_the_configuration_is_said_in_the_log_and_in_status(self):
        agent = self.start_agent()
        self.wait_for(lambda: "pass-ended" in agent.output, "the first pass")
        self.write_config(servers=("dhcp-b",), interval="1s")
        agent.signal(signal.SIGHUP)
        problem = self.wait_for(self.problem, "the failure to be seen")
        self.assertIn("'dhcp-a' is not in the agent's configuration", problem["message"])
        self.wait_for(lambda: "'dhcp-a' is not in the agent's configuration" in agent.output,
                      "the log to name it")

    def test_one_held_relationship_does_not_stop_the_agent(self):
        self.commit(RELATIONSHIP, scopes(range(12)))
        agent = self.start_agent()
        self.wait_for(lambda: len(self.listed("dhcp-b")) == 12, "the first pass")
        self.commit(RELATIONSHIP, scopes(range(12), "lease-time: 9h"))
        held = self.wait_for(lambda: self.status_of().get("held"), "the guard to trip")
        self.assertEqual(held["guard"], "updates")
        self.run_program("approve", held["digest"], "--reason", "test")
        self.wait_for(lambda: self.value("dhcp-b", subnet(3), "lease-time") == 9 * 3600,
                      "the approved plan")
        self.assertEqual(agent.stop(), 0)


class Reload(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.commit(RELATIONSHIP, scopes(range(3)))

    def test_sighup_takes_a_new_configuration(self):
        self.write_config(interval="1h", writes="false")
        agent = self.start_agent()
        self.wait_for(lambda: "pass-ended" in agent.output, "the first pass")
        self.assertEqual(self.listed("dhcp-a"), [])
        self.write_config(interval="1s")
        agent.signal(signal.SIGHUP)
        self.wait_for(lambda: len(self.listed("dhcp-b")) == 3, "a pass that may write")
        self.assertIn("ConfigurationReloaded", self.reasons())

    def test_a_broken_configuration_keeps_the_old_one(self):
        self.write_config(interval="1s")
        agent = self.start_agent()
        self.wait_for(lambda: len(self.listed("dhcp-b")) == 3, "the first pass")
        good = self.config.read_text()
        self.config.write_text(good.replace("interval", "intervall"))
        agent.signal(signal.SIGHUP)
        self.wait_for(lambda: "configuration-kept" in agent.output, "the refusal")
        self.assertIn("interval", agent.output)
        self.config.write_text(good)
        commit = self.commit(RELATIONSHIP, scopes(range(4)))
        self.wait_for(lambda: self.run_json("status")["revision"]["applied"] == commit,
                      "the agent to go on as before")
        self.assertNotIn("ConfigurationReloaded", self.reasons())

    def test_another_database_needs_a_restart(self):
        agent = self.start_agent()
        self.config.write_text(self.config.read_text().replace("pairkeeper.db", "other.db"))
        agent.signal(signal.SIGHUP)
        self.wait_for(lambda: "configuration-kept" in agent.output, "the refusal")
        self.assertFalse((self.work / "other.db").exists())


class Requests(PairkeeperCase):
    """Verbs that change something are handed to the agent that holds the database."""

    def setUp(self):
        super().setUp()
        self.established(RELATIONSHIP, scopes(range(12)))
        self.agent = self.start_agent()
        self.wait_for(lambda: "pass-ended" in self.agent.output, "the first pass")

    def test_apply_is_handed_over_with_who_asked(self):
        self.commit(RELATIONSHIP, scopes(range(13)))
        result = self.run_json("apply")
        self.assertEqual(self.only_action(result)["status"], "done")
        created = self.events_of("ScopeCreated")[-1]
        self.assertIn(f"uid {os.getuid()}", created["actor"])

    def test_a_console_edit_is_handed_over(self):
        self.edit("dhcp-b", subnet(1), "lease-time=2h")
        self.assertIn(f"uid {os.getuid()}", self.events_of("EditedByHand")[-1]["actor"])
        self.edit("dhcp-b", subnet(1), "lease-tme=2h", code=64)

    def test_a_held_plan_is_approved_through_it(self):
        self.commit(RELATIONSHIP, scopes(range(12), "lease-time: 9h"))
        self.approve_held()
        self.run_program("apply")
        self.assertIn(f"uid {os.getuid()}", self.events_of("PlanApproved")[-1]["actor"])

    def test_it_tells_status_and_events(self):
        self.assertEqual(self.status_of()["scopes"]["in_sync"], 12)
        self.assertEqual(self.events()[-1]["reason"], self.reasons()[-1])

    def test_reconcile_waits_for_the_result(self):
        self.commit(RELATIONSHIP, scopes(range(13)))
        result = self.run_json("reconcile", "--wait")
        self.assertEqual(self.only_action(result)["operation"], "create-scope")
        self.assertEqual(len(self.listed("dhcp-b")), 13)

    def test_reconcile_of_one_relationship(self):
        self.commit(RELATIONSHIP, scopes(range(13)))
        self.run_program("reconcile", "campus", "--wait")
        self.assertEqual(len(self.listed("dhcp-b")), 13)
        self.run_program("reconcile", "campsu", "--wait", code=64)

    def test_reconcile_without_wait_wakes_the_agent(self):
        commit = self.commit(RELATIONSHIP, scopes(range(13)))
        self.run_program("reconcile")
        self.wait_for(lambda: self.run_json("status")["revision"]["applied"] == commit,
                      "the pass that was asked for")

    def test_diff_reads_beside_it(self):
        self.commit(RELATIONSHIP, scopes(range(13)))
        self.assertEqual(self.only_action(self.diff())["operation"], "create-scope")
        self.assertEqual(len(self.listed("dhcp-b")), 12)

    def test_exit_codes_and_usage_come_back(self):
        self.commit(RELATIONSHIP, scopes(range(12), "lease-tme: 8h"))
        result = self.run_program("apply", code=3)
        self.assertIn("lease-time", result.err)
        self.run_program("suspend", "campus", code=64)
        self.run_program("approve", "0" * 8, "--reason", "test", code=1)

    def test_many_clients_at_once_are_all_served(self):
        codes = []

        def ask():
            codes.append(self.run_program("status", code=None).code)

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(codes, [0] * 20)

    def test_a_client_that_says_nothing_or_nonsense_does_not_stop_it(self):
        for words in (b"", b"nonsense\n", b"{}\n", b'{"argv": 7}\n', b'{"argv": ["run"]}\n',
                      b"[" * 100000):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(f"{self.database}.sock")
                client.sendall(words)
                client.shutdown(socket.SHUT_WR)
        self.assertEqual(self.status_of()["scopes"]["in_sync"], 12)


class Restart(PairkeeperCase):
    def test_after_kill_9_a_new_agent_works(self):
        self.write_config(interval="1s")
        self.commit(RELATIONSHIP, scopes(range(40)))
        agent = self.start_agent()
        agent.signal(signal.SIGKILL)
        self.assertEqual(agent.wait(), -signal.SIGKILL)
        self.assertTrue(os.path.exists(f"{self.database}.sock"))  # nobody could remove it
        self.start_agent()
        self.wait_for(lambda: len(self.listed("dhcp-b")) == 40, "the new agent to finish the work")
        self.wait_for(lambda: self.status_of()["scopes"]["in_sync"] == 40, "both to be in step")
        self.assertTrue(self.run_json("events", "--verify")["valid"])

    def test_without_an_agent_verbs_do_their_own_work_again(self):
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.start_agent().stop()
        self.run_program("apply")
        self.assertEqual(len(self.listed("dhcp-b")), 3)


class ServiceManager(PairkeeperCase):
    """The manager's side of sd_notify is a socket of the test's own."""

    def setUp(self):
        super().setUp()
        self.commit(RELATIONSHIP, scopes(range(3)))
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.settimeout(0.2)
        self.heard = []

    def listen(self):
        path = self.work / "notify"
        self.manager.bind(str(path))
        return {"NOTIFY_SOCKET": str(path)}

    def hear(self, start):
        """Waits for a line that starts so."""
        def heard_it():
            try:
                self.heard += self.manager.recv(4096).decode().splitlines()
            except TimeoutError:
                pass
            return any(line.startswith(start) for line in self.heard)
        self.wait_for(heard_it, f"{start} among {self.heard[:20]}")

    def test_ready_status_reloading_stopping(self):
        agent = self.start_agent(self.listen())
        self.hear("READY=1")
        self.hear("STATUS=")
        self.heard.clear()
        agent.signal(signal.SIGHUP)
        self.hear("RELOADING=1")
        self.hear("MONOTONIC_USEC=")
        self.hear("READY=1")
        self.heard.clear()
        agent.signal(signal.SIGTERM)
        self.hear("STOPPING=1")
        self.assertEqual(agent.wait(), 0)

    def test_the_watchdog_is_fed(self):
        agent = self.start_agent({**self.listen(), "WATCHDOG_USEC": "2000000"})
        for _ in range(3):
            self.heard.clear()
            self.hear("WATCHDOG=1")
        self.assertEqual(agent.stop(), 0)

    def test_no_watchdog_unless_it_is_asked_for(self):
        agent = self.start_agent(self.listen())
        self.hear("STATUS=")
        agent.signal(signal.SIGTERM)
        self.hear("STOPPING=1")
        self.assertNotIn("WATCHDOG=1", self.heard)

    def test_an_abstract_socket(self):
        name = f"pairkeeper-test-{os.getpid()}-{id(self)}"
        self.manager.bind(f"\0{name}")
        agent = self.start_agent({"NOTIFY_SOCKET": f"@{name}"})
        self.hear("READY=1")
        self.assertEqual(agent.stop(), 0)

    def test_it_is_not_ready_before_it_serves(self):
        self.start_agent(self.listen())
        self.hear("READY=1")
        self.assertTrue(os.path.exists(f"{self.database}.sock"))


class Start(PairkeeperCase):
    def test_it_does_not_start_with_a_broken_configuration(self):
        self.config.write_text("servers: 7\n")
        self.run_program("run", code=3)

    def test_it_starts_before_there_is_a_commit(self):
        self.write_config(interval="1s")
        self.start_agent()
        commit = self.commit(RELATIONSHIP, scopes(range(3)))
        self.wait_for(lambda: self.run_json("status")["revision"]["applied"] == commit,
                      "the first commit")

    def test_heal_report_writes_nothing(self):
        self.write_config(interval="1s")
        commit = self.commit(relationship("heal: report"), scopes(range(3)))
        self.start_agent()
        self.wait_for(lambda: self.run_json("status")["revision"]["applied"] == commit, "a pass")
        self.assertEqual(self.listed("dhcp-a"), [])


if __name__ == "__main__":
    unittest.main()
