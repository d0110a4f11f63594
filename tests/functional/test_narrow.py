"""Cost follows change: what was in step and has not changed since is neither read nor compared, and
no plan ever differs because of that."""

import random
import shutil
import sqlite3
import subprocess
import unittest

import pairkeeper_case
from pairkeeper_case import RELATIONSHIP, PairkeeperCase, relationship, scope, scopes, subnet

SETTLED = ("settled", "settled_files", "settled_open", "settled_relationships", "settled_servers")
VERIFIED = ("verified", "verified_scopes")
# What differs between two databases that did the same: when, and what is only for the next pass.
OWN_TIME = ("event_anchor", "events", "operations", "heals", "conditions", "held_plans", "revisions",
            "sightings", "suspensions", "approvals", "retries", "event_repeats", "sqlite_sequence")


class NarrowCase(PairkeeperCase):
    def sql(self, *statements, database=None):
        with sqlite3.connect(database or self.database) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            for statement in statements:
                rows = connection.execute(statement).fetchall()
        connection.close()
        return rows

    def state(self):
        """All tables: files may change without a change in them."""
        names = [name for (name,) in self.sql(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {name: self.sql(f'SELECT * FROM "{name}"') for name in names}

    def settle(self):
        """Until what is in step is on record."""
        self.run_program("apply")
        self.run_program("apply")
        self.assertTrue(self.is_settled())

    def is_settled(self):
        return bool(self.sql("SELECT 1 FROM settled"))

    def forget_settled(self, database=None):
        """What is left are the hashes of each scope."""
        self.sql(*(f"DELETE FROM {table}" for table in SETTLED), database=database)

    def forget(self, database=None):
        self.forget_settled(database)
        self.sql(*(f"DELETE FROM {table}" for table in VERIFIED), database=database)

    def git_objects(self, *words, data=None):
        return subprocess.run(["git", "-C", f"{self.database}.git", *words], input=data, check=True,
                              env=pairkeeper_case.ENVIRONMENT, capture_output=True).stdout

    def keep_blobs(self, keep=()):
        """Removes every blob but these from the agent's copy, and from its source: no mending."""
        listed = self.git_objects("cat-file", "--batch-all-objects", "--batch-check").decode()
        kept = {}
        for line in listed.splitlines():
            name, kind, _size = line.split()
            if kind != "blob" or name in keep:
                kept[name] = kind, self.git_objects("cat-file", kind, name)
            else:
                self.remove_from_source(name)
        shutil.rmtree(self.work / "pairkeeper.db.git" / "objects")
        (self.work / "pairkeeper.db.git" / "objects").mkdir()
        for name, (kind, data) in kept.items():
            made = self.git_objects("hash-object", "-w", "-t", kind, "--stdin", data=data)
            self.assertEqual(made.decode().strip(), name)

    def remove_from_source(self, name):
        file = self.repository.folder / ".git" / "objects" / name[:2] / name[2:]
        file.unlink(missing_ok=True)

    def blob(self, revision, path):
        return self.repository.git("rev-parse", f"{revision}:{path}")


class NothingChanged(NarrowCase):
    def setUp(self):
        super().setUp()
        self.commit(RELATIONSHIP, scopes(range(30)))
        self.settle()

    def test_no_blob_is_read(self):
        self.keep_blobs()
        self.assertEqual(self.diff(code=0)["summary"]["in_sync"], 30)
        self.run_program("apply")

    def test_without_the_record_blobs_are_read(self):
        self.keep_blobs()
        self.forget()
        self.run_program("diff", code=1)

    def test_no_row_of_a_server_is_read(self):
        self.sql("DROP TABLE adm_ip_ranges")
        self.assertEqual(self.diff(code=0)["summary"]["in_sync"], 30)
        self.forget()
        self.run_program("diff", code=1)

    def test_no_row_is_written(self):
        before = self.state()
        self.run_program("apply")
        self.run_program("diff")
        self.assertEqual(self.state(), before)

    def test_the_record_can_be_deleted_at_any_time(self):
        self.forget()
        self.assertEqual(self.diff(code=0)["summary"]["in_sync"], 30)
        self.assertFalse(self.is_settled())
        self.run_program("apply")
        self.assertTrue(self.is_settled())

    def test_a_dry_run_leaves_no_record(self):
        self.forget()
        self.run_program("diff")
        self.assertFalse(self.is_settled())

    def test_another_configuration_compares_everything(self):
        self.write_config(servers=("dhcp-a", "dhcp-b", "dhcp-c"))
        self.keep_blobs()
        self.run_program("diff", code=1)

    def test_a_record_that_does_not_agree_is_overruled_and_said_so(self):
        self.sql("UPDATE adm_dhcp_scopes SET lease_duration = 77"  # behind the change sequence
                 " WHERE record_id = (SELECT min(record_id) FROM adm_dhcp_scopes)")
        self.run_program("diff")
        self.sql("UPDATE settled SET verified_ms = verified_ms - 3601000")
        self.assertEqual(self.diff()["summary"]["drifted"], 1)
        self.run_program("apply", code=None)
        reasons = [event["reason"] for event in self.run_program("-o", "json", "events").lines]
        self.assertIn("ComparisonDisagreed", reasons)
        self.run_program("diff")


class OneChanged(NarrowCase):
    def setUp(self):
        super().setUp()
        self.commit(RELATIONSHIP, scopes(range(30)), scopes(range(30, 60)))
        self.settle()

    def test_only_the_changed_file_is_read(self):
        self.repository.replace("dhcp/1.yaml", scope(3), scope(3, "lease-time: 2h"))
        self.repository.commit()
        self.run_program("diff", code=2)  # fetches
        self.keep_blobs({self.blob("HEAD", "dhcp/1.yaml"), self.blob("HEAD~", "dhcp/1.yaml")})
        plan = self.diff()
        self.assertEqual(self.only_action(plan)["subnet"], subnet(3))
        self.assertEqual(plan["summary"]["in_sync"], 59)
        self.run_program("apply")
        self.run_program("diff")

    def test_what_is_open_stays_open(self):
        self.repository.replace("dhcp/1.yaml", scope(3), scope(3, "lease-time: 2h"))
        self.repository.commit()
        self.run_program("suspend", "campus", "--reason", "test")
        self.run_program("apply", code=2)
        self.assertEqual(len(self.sql("SELECT * FROM settled_open")), 1)
        self.assertEqual(self.only_action(self.diff())["subnet"], subnet(3))
        self.run_program("resume", "campus")
        self.run_program("apply")
        self.run_program("diff")
        self.assertEqual(self.value("dhcp-b", subnet(3), "lease-time"), 7200)

    def test_guards_count_what_is_not_looked_at(self):
        for number in range(4):
            self.repository.replace("dhcp/1.yaml", scope(number), scope(number, "lease-time: 2h"))
        self.repository.commit()
        self.assertIsNone(self.relationship(self.diff())["held"])  # 4 of 60, not 4 of 4


class HashesAlone(NarrowCase):
    """Without the record, or when it is of no use: what has the same hashes is in step."""

    def setUp(self):
        super().setUp()
        self.commit(RELATIONSHIP, scopes(range(30)), scopes(range(30, 60)))
        self.settle()
        self.forget_settled()

    def lose_parts(self):
        self.sql("DROP TABLE adm_ip_ranges", "DROP TABLE applied_parts")

    def test_no_part_of_what_is_the_same_is_read(self):
        self.lose_parts()
        self.assertEqual(self.diff(code=0)["summary"]["in_sync"], 60)

    def test_without_hashes_parts_are_read(self):
        self.lose_parts()
        self.forget()
        self.run_program("diff", code=1)

    def test_another_configuration_reads_parts(self):
        self.write_config(servers=("dhcp-a", "dhcp-b", "dhcp-c"))
        self.lose_parts()
        self.run_program("diff", code=1)

    def test_a_row_whose_hash_is_not_known_is_read(self):
        self.sql("UPDATE adm_dhcp_scopes SET hash = NULL WHERE record_id = 7")
        self.assertEqual(self.diff(code=0)["summary"]["in_sync"], 60)
        self.lose_parts()
        self.run_program("diff", code=1)

    def test_hashes_that_rows_lack_are_kept_once_everything_was_compared(self):
        before = self.sql("SELECT record_id, hash FROM adm_dhcp_scopes")
        self.sql("UPDATE adm_dhcp_scopes SET hash = NULL")
        self.run_program("apply")
        self.assertEqual(self.sql("SELECT record_id, hash FROM adm_dhcp_scopes"), before)

    def test_an_edit_by_hand_is_found_among_what_is_the_same(self):
        for how in ("with the record", "without it"):
            with self.subTest(how=how):
                self.run_program("apply")
                if how == "without it":
                    self.forget_settled()
                self.edit("dhcp-b", subnet(3), "lease-time=2h")
                plan = self.diff()
                self.assertEqual(self.only_action(plan)["subnet"], subnet(3))
                self.assertEqual(plan["summary"]["in_sync"], 59)

    def test_a_scope_that_is_gone_from_both_servers_is_made_again(self):
        for server in ("dhcp-a", "dhcp-b"):
            self.run_program("adm", "delete", "--server", server, subnet(3))
        self.assertEqual(self.only_action(self.diff())["subnet"], subnet(3))

    def test_a_scope_that_nobody_wants_is_seen(self):
        self.run_program("adm", "set", "--server", "dhcp-b", subnet(70), "lease-time=1h")
        self.assertEqual(self.diff(code=0)["summary"]["foreign"], 1)

    def test_a_commit_is_found_among_what_is_the_same(self):
        self.repository.replace("dhcp/1.yaml", scope(3), scope(3, "lease-time: 2h"))
        self.repository.commit()
        plan = self.diff()
        self.assertEqual(self.only_action(plan)["subnet"], subnet(3))
        self.assertEqual(plan["summary"]["in_sync"], 59)

    def test_a_field_that_is_released_is_told(self):
        self.repository.replace("dhcp/1.yaml", scope(3), scope(3, "lease-time: 2h"))
        self.repository.commit()
        self.run_program("apply")
        self.repository.replace("dhcp/1.yaml", scope(3, "lease-time: 2h"), scope(3))
        self.repository.commit()
        self.forget_settled()
        self.run_program("apply")
        reasons = [event["reason"] for event in self.run_program("-o", "json", "events").lines]
        self.assertIn("FieldReleased", reasons)

    def test_a_subnet_id_that_somebody_else_has_by_now_is_not_given_back(self):
        """The base of a scope that is gone has it, and so has the row of one that is in step."""
        self.on_both(3, "id=7")
        self.run_program("apply")
        self.on_both(3, None)
        self.on_both(30, "id=7")
        self.run_program("apply", code=None)
        for forget in (lambda: None, self.forget_settled, self.forget):
            forget()
            action = self.only_action(self.diff())
            self.assertEqual((action["subnet"], action["block"]["reason"]), (subnet(3), "NoFreeId"))

    def on_both(self, number, change):
        for server in ("dhcp-a", "dhcp-b"):
            if change is None:
                self.run_program("adm", "delete", "--server", server, subnet(number))
            else:
                self.edit(server, subnet(number), change)

    def test_a_hash_that_lies_is_found_when_everything_is_compared(self):
        self.sql("UPDATE adm_dhcp_scopes SET lease_duration = 77 WHERE record_id = 7")
        self.run_program("diff")
        self.sql("UPDATE verified SET verified_ms = verified_ms - 3601000")
        self.assertEqual(self.diff()["summary"]["drifted"], 1)
        self.run_program("apply", code=None)
        self.run_program("diff")

    def test_no_row_is_written_when_nothing_changed(self):
        self.run_program("apply")
        self.forget_settled()
        before = self.state()
        self.run_program("apply")
        after = self.state()
        self.assertEqual({t: after[t] for t in after if t not in SETTLED},
                         {t: before[t] for t in before if t not in SETTLED})


TWO_PAIRS = """
relationships:
  campus:
    servers: [dhcp-a, dhcp-b]
  labs:
    servers: [dhcp-c, dhcp-d]
    prune: owned
"""


class SameSubnetTwice(NarrowCase):
    """Two pairs may each have a scope of the same subnet."""

    def setUp(self):
        super().setUp()
        self.write_config(servers=("dhcp-a", "dhcp-b", "dhcp-c", "dhcp-d"))
        self.commit(TWO_PAIRS, scopes(range(30)), scopes(range(3, 33), of="labs"))
        self.settle()

    def insist_on(self, campus, in_sync):
        plan = self.diff(code=None)
        found = {r["name"]: [a["operation"] for a in r["actions"]] for r in plan["relationships"]}
        self.assertEqual(found, {"campus": campus, "labs": []})
        self.assertEqual(plan["summary"]["in_sync"], in_sync)

    def test_what_is_open_in_one_is_not_dropped_from_the_other(self):
        self.run_program("suspend", "campus", "--reason", "test")
        self.edit("dhcp-a", subnet(3), "lease-time=2h")
        self.run_program("apply", code=2)
        self.insist_on(["replicate-scope"], 59)

    def test_what_is_foreign_on_one_pair_is_not_dropped_from_the_other(self):
        self.run_program("adm", "set", "--server", "dhcp-a", subnet(31), "lease-time=1h")
        self.insist_on([], 60)
        self.run_program("apply")
        self.insist_on([], 60)
        self.run_program("apply")

    def test_what_changes_on_one_pair_is_not_dropped_from_the_other(self):
        self.edit("dhcp-a", subnet(3), "lease-time=2h")
        self.insist_on(["replicate-scope"], 59)


class ServerChanged(NarrowCase):
    """The record serves on: only what hashes tell is looked at, in the files that declare it."""

    def setUp(self):
        super().setUp()
        self.commit(RELATIONSHIP, scopes(range(30)), scopes(range(30, 60)))
        self.settle()

    def lose_other_blobs(self):
        self.keep_blobs({self.blob("HEAD", "dhcp/1.yaml")})

    def test_only_the_file_of_the_edited_scope_is_read(self):
        self.edit("dhcp-b", subnet(3), "lease-time=2h")
        self.lose_other_blobs()
        plan = self.diff()
        self.assertEqual(self.only_action(plan)["subnet"], subnet(3))
        self.assertEqual(plan["summary"]["in_sync"], 59)
        self.run_program("apply")
        self.keep_blobs()
        self.run_program("diff")

    def test_a_file_is_read_again_after_nothing_but_what_is_on_record_is_lost(self):
        self.edit("dhcp-b", subnet(3), "lease-time=2h")
        self.lose_other_blobs()
        self.forget()
        self.run_program("diff", code=1)

    def test_a_scope_that_is_gone_is_made_again(self):
        for server in ("dhcp-a", "dhcp-b"):
            self.run_program("adm", "delete", "--server", server, subnet(3))
        self.lose_other_blobs()
        self.assertEqual(self.only_action(self.diff())["subnet"], subnet(3))

    def test_a_scope_that_nobody_wants_needs_no_file(self):
        self.run_program("adm", "set", "--server", "dhcp-b", subnet(70), "lease-time=1h")
        self.keep_blobs()
        self.assertEqual(self.diff(code=0)["summary"]["foreign"], 1)

    def test_guards_count_what_is_not_looked_at(self):
        for number in range(4):
            self.edit("dhcp-a", subnet(number), "lease-time=2h")
        self.lose_other_blobs()
        plan = self.diff(code=None)
        self.assertIsNone(self.relationship(plan)["held"])
        self.assertEqual(len(self.actions(plan)), 4)

    def test_what_was_forgotten_since_is_looked_for_in_all_files(self):
        self.edit("dhcp-b", subnet(3), "lease-time=2h")
        self.sql("DELETE FROM verified_scopes WHERE scope_id = %d" % (10 << 24 | 3 << 8))
        self.assertEqual(self.only_action(self.diff())["subnet"], subnet(3))
        self.lose_other_blobs()
        self.run_program("diff", code=1)

    def test_what_stays_different_does_so_with_the_record(self):
        self.run_program("suspend", "campus", "--reason", "test")
        self.edit("dhcp-b", subnet(3), "lease-time=2h")
        self.run_program("apply", code=2)
        self.assertEqual(len(self.sql("SELECT * FROM settled_open")), 1)
        self.keep_blobs()
        self.assertEqual(self.only_action(self.diff())["subnet"], subnet(3))


class AnyHistory(NarrowCase):
    """Whatever happens, a pass that looks at little and one that looks at everything agree."""

    STEPS = 10

    def mutate(self, dice):
        """One thing that people do, in Git or on a server."""
        what = dice.choice(["change"] * 4 + ["add", "remove", "move", "defaults", "network", "id",
                                             "relate", "hand", "hand", "hand-delete", "foreign",
                                             "broken", "rewrite"])
        files = self.files
        name = dice.choice(sorted(files))
        numbers = sorted(files[name])
        number = dice.choice(numbers) if numbers else None
        server = dice.choice(["dhcp-a", "dhcp-b"])
        free = [n for n in range(60) if not any(n in of for of in files.values())]
        self.broken = False
        if what == "add" and free:
            files[name][dice.choice(free)] = ["lease-time: 3h"]
        elif what == "remove" and len(numbers) > 3:
            del files[name][number]
        elif what == "move" and number is not None:
            files[dice.choice(sorted(files))][number] = files[name].pop(number)
        elif what == "defaults":
            self.defaults = dice.choice(["1h", "5h", "6h"])
        elif what == "network" and number is not None:
            files[name][number] = [f"shared-network: {dice.choice('xy')}"]
        elif what == "id" and number is not None:
            files[name][number] = [f"id: {dice.choice([7, 8, 167772160 + 256 * number])}"]
        elif what == "relate":
            self.policy = dice.choice(["prune: never", "prune: owned", "foreign: replicate",
                                       "heal: commits", "heal: report", "source: dhcp-b"])
        elif what == "hand" and number is not None:
            self.edit(server, subnet(number), f"lease-time={dice.choice(['1h', '2h', '9h'])}",
                      code=None)
        elif what == "hand-delete" and number is not None:
            self.run_program("adm", "delete", "--server", server, subnet(number), code=None)
        elif what == "foreign":
            self.run_program("adm", "set", "--server", server, subnet(dice.randrange(80, 84)),
                             "lease-time=1h", code=None)
        elif what == "broken":
            self.broken = True
        elif number is not None:
            files[name][number] = [f"lease-time: {dice.choice(['2h', '4h', '8h'])}"]

    def write_history(self):
        texts = {"dhcp/relationships.yaml": relationship(
            self.policy, "scope-defaults:", f"  renew-time: {self.defaults}")}
        for name, of in self.files.items():
            body = "".join(scope(n, *lines) for n, lines in of.items())
            texts[f"dhcp/{name}.yaml"] = f"scopes:\n{body}" if body else "scopes: []\n"
        if self.broken:
            texts["dhcp/a.yaml"] += "    nonsense: 1\n"
        self.repository.commit(texts)

    def copy(self, name, forget):
        """The same world without the record, elsewhere; the commits are shared."""
        other = self.work / name
        shutil.rmtree(other, ignore_errors=True)
        other.mkdir()
        for path in self.work.glob("pairkeeper.*"):
            if path.is_dir():
                shutil.copytree(path, other / path.name)
            elif path.is_file():
                shutil.copy(path, other / path.name)
        (other / "network").symlink_to(self.repository.folder)
        forget(other / "pairkeeper.db")
        return other

    def run_elsewhere(self, folder, *words):
        here = self.config
        self.config = folder / "pairkeeper.yaml"
        try:
            return self.run_program("-o", "json", *words, code=None)
        finally:
            self.config = here

    def run_all(self, *words):
        """By the record, by hashes, and part by part."""
        others = [self.copy("hashes", self.forget_settled), self.copy("parts", self.forget)]
        narrow = self.run_program("-o", "json", *words, code=None)
        for other in others:
            result = self.run_elsewhere(other, *words)
            self.assertEqual(narrow.code, result.code, f"{other}\n{narrow}\n{result}")
            self.assertEqual(narrow.out, result.out, other)
        return others

    def dump(self, database):
        with sqlite3.connect(database) as connection:
            tables = [row[0] for row in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
            content = {table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
                       for table in tables if table not in SETTLED + VERIFIED + OWN_TIME}
            content["events"] = connection.execute(
                "SELECT reason, relationship, subnet, server, message FROM events").fetchall()
        connection.close()
        return content

    def live(self, seed):
        dice = random.Random(seed)
        self.files = {"a": {n: [] for n in range(12)}, "b": {n: [] for n in range(12, 24)},
                      "c": {n: ["lease-time: 2h"] for n in range(24, 36)}}
        self.defaults, self.policy, self.broken = "1h", "prune: never", False
        self.write_history()
        self.run_program("apply")
        for step in range(self.STEPS):
            for _ in range(dice.randrange(3)):
                self.mutate(dice)
            self.write_history()
            with self.subTest(seed=seed, step=step):
                self.run_all("diff")
                if dice.random() < 0.7:
                    for other in self.run_all("apply"):
                        self.assertEqual(self.dump(self.database),
                                         self.dump(other / "pairkeeper.db"), other)

    def test_a_first_history(self):
        self.live(1)

    def test_a_second_history(self):
        self.live(2)

    def test_a_third_history(self):
        self.live(3)


if __name__ == "__main__":
    unittest.main()
