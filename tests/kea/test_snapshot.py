"""A plan against a copy of the agent's database is the plan that the servers themselves would give:
what examples/ci promises for merge requests."""

import contextlib
import sqlite3
import unittest

from kea_case import campus
from write_case import MODES, WriteCase, subnets_of

RELEASES = (2, 3, (2, 3))


def wanted(numbers, lease="2h"):
    """YAML of these subnets: 127.N.0.0/24, each with a range, an option and a reservation."""
    return "scopes:\n" + "".join(
        f"  - subnet: 127.{n}.0.0/24\n    relationship: campus\n    lease-time: {lease}\n"
        f"    ranges: [127.{n}.0.10-127.{n}.0.99]\n    options: {{routers: 127.{n}.0.1}}\n"
        f"    reservations: [{{mac: \"52:54:00:00:00:{n:02x}\", ip: 127.{n}.0.200}}]\n"
        for n in numbers)


class Snapshot(WriteCase):
    def take_snapshot(self):
        """A copy, and a configuration that reads it as examples/ci does."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db, \
                contextlib.closing(sqlite3.connect(self.work / "snapshot.db")) as copy:
            db.backup(copy)
        (self.work / "review.yaml").write_text(
            "repository: {url: ./network, path: dhcp}\ndatabase: snapshot.db\nwrites: false\n"
            "servers: {dhcp-a: {driver: adm}, dhcp-b: {driver: adm}}\n")

    def review(self, *words, code=2):
        """`diff` of the proposal against the snapshot; no server is asked."""
        self.wire.forget()
        document = self.run_json("--config", self.work / "review.yaml", "diff", "--revision",
                                 "change", *words, code=code, config=False)
        self.assertEqual([str(request) for request in self.wire.requests], [])
        return document

    def propose(self, *texts):
        self.repository.git("switch", "--quiet", "--create", "change")
        self.commit(*texts)
        self.repository.git("switch", "--quiet", "main")

    def planned(self, document):
        """What would be written, without what only the servers can say of themselves."""
        found = self.relationship(document)
        return found["digest"], [
            (action["operation"], action["subnet"], action["fields"]) for action in found["actions"]]

    def test_a_snapshot_gives_the_plan_that_the_servers_give_and_it_can_be_applied(self):
        for release in RELEASES:
            for mode in MODES:
                with self.pair(release, mode, subnets=[]) as pair:
                    pair_yaml = campus(mode, "prune: owned")
                    self.commit(pair_yaml, wanted([1, 2, 3]))
                    self.converge()
                    self.take_snapshot()
                    self.propose(pair_yaml, wanted([1]), wanted([2, 4], "3h"))
                    reviewed = self.review("--out", self.work / "plan.json")
                    self.assertEqual(self.planned(reviewed),
                                     self.planned(self.diff("--revision", "change")))
                    self.assertEqual(
                        {(kind, subnet) for kind, subnet, _ in self.planned(reviewed)[1]},
                        {("update-scope", "127.2.0.0/24"), ("create-scope", "127.4.0.0/24"),
                         ("delete-scope", "127.3.0.0/24")})
                    self.repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "change")
                    self.run_program("apply", self.work / "plan.json")
                    for server in pair.servers:
                        self.assertEqual(sorted(subnets_of(server)),
                                         ["127.1.0.0/24", "127.2.0.0/24", "127.4.0.0/24"])
                    self.insist_on_peace()
                    self.repository.git("branch", "--quiet", "--delete", "--force", "change")

    def test_an_edit_after_the_snapshot_stops_the_plan_that_did_not_know_it(self):
        with self.pair(3, subnets=[]) as pair:
            self.commit(campus(), wanted([1]))
            self.converge()
            self.take_snapshot()
            self.propose(campus(), wanted([1], "3h"))
            self.review("--out", self.work / "plan.json")
            (held,) = subnets_of(pair.first).values()
            pair.first.set_content({"subnet4": [{**held, "option-data": []}]})
            pair.wait_until_normal()
            self.repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "change")
            result = self.run_program("apply", self.work / "plan.json", code=6)
            self.assertIn("127.1.0.0/24", result.err)


if __name__ == "__main__":
    unittest.main()
