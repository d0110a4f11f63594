"""`import`: what servers hold becomes YAML that says exactly that."""

import contextlib
import json
import os
import random
import sqlite3
import unittest

from pairkeeper_case import CAMPUS, PairkeeperCase, RELATIONSHIP, relationship, scope, scopes, subnet

WORLDS = int(os.environ.get("PAIRKEEPER_IMPORT_WORLDS", "4"))
SCOPES = 7
EDITS = 10

TEXTS = ["no", "010", "12:30:45", "Library, floor 2", "it's: a \"test\" # 7", "Bücherei", "- x",
         "{a}", "null", "%x", "true"]


def quoted(text):
    """A text as YAML for the console."""
    return json.dumps(text, ensure_ascii=False)


class World:
    """Scopes as an organisation has them: much alike, never all."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, *values):
        return self.random.choice(values)

    def reservation(self, number, host):
        more = self.some("", f", hostname: h{host}", f", name: {quoted(self.some(*TEXTS))}",
                         ", options: {routers: [10.0.0.9], domain-name: x.example}",
                         ", kea: {client-classes: [a, \"1\"]}")
        client = self.some(f"mac: \"00:00:00:00:{number:02x}:{host:02x}\"",
                           f"circuit-id: \"'port{number}-{host}'\"",
                           f"client-id: \"01:{number:02x}:{host:02x}\"")
        address = self.some(f"ip: 10.0.{number}.{host}, ", f"ip: 10.0.{number}.{host}, ", "")
        return f"{{{address}{client}{more}}}"

    def fields(self, number):
        """Assignments for the console, which are lines of the YAML as well."""
        lines = [f"ranges: [10.0.{number}.{self.some('64/26', '10-10.0.%d.99' % number)}]"]
        for field, values in (
                ("lease-time", ["8h", "8h", "8h", "12h", None]),
                ("name", [quoted(text) for text in TEXTS] + [None]),
                ("description", [quoted("as all others"), quoted("as all others"), None]),
                ("state", ["active", "inactive", None]),
                ("shared-network", ["hall", "hall", None]),
                ("id", [None, number + 1]),
                ("options", ["{routers: [10.0.0.1], domain-name-servers: [10.0.0.53]}",
                             "{domain-name-servers: [10.0.0.53], '224': '0102'}", "{}", None,
                             "{routers: {value: [10.0.0.1], always-send: true}}"]),
                ("kea", ["{allocator: random}", "{allocator: random, x: {a: [1, 'no', null]}}",
                         None])):
            value = self.some(*values)
            if value is not None:
                lines.append(f"{field}: {value}")
        hosts = sorted(self.random.sample(range(2, 60), self.some(0, 0, 1, 3)))
        if hosts:
            lines.append("reservations: [" +
                         ", ".join(self.reservation(number, host) for host in hosts) + "]")
        return lines

    def edit(self):
        """One assignment at a console."""
        return self.some("lease-time=4h", "name=Renamed", "state=inactive", "description=",
                         "options.routers=[10.0.0.254]", "options.ntp-servers=[10.0.0.7]",
                         "options.domain-name-servers=", "kea.allocator=iterative", "lease-time=",
                         "kea.extra=[1, two]", "shared-network=",
                         "reservations.mac=00:00:00:00:aa:01={hostname: new}")


class ImportCase(PairkeeperCase):
    def imported(self, *words, server="dhcp-a", folder="imported"):
        """Imports into a folder and makes that the repository's content."""
        out = self.work / folder
        document = self.run_json("import", "--server", server, "--out", out, *words)
        self.commit(*[path.read_text() for path in sorted(out.glob("*.yaml"))])
        return document

    def forget_bases(self):
        """As if pairkeeper had never been here: only the servers remain."""
        with contextlib.closing(sqlite3.connect(self.database)) as db, db:
            db.execute("DELETE FROM applied")

    def differing(self, plan):
        """(subnet, field) → have and want of the partner; whole scopes as (subnet, None)."""
        found = {}
        for action in self.actions(plan):
            for field in action["fields"]:
                self.assertEqual(field["server"], "dhcp-b", action)
                found[action["subnet"], field["field"]] = field["have"]
        return found


class Import(ImportCase):
    def test_the_example_organisation_comes_back_in_step(self):
        files = {f"dhcp/{path.name}": path.read_text()
                 for path in sorted((CAMPUS / "dhcp").rglob("*.yaml"))}
        self.write_config(servers=("dhcp-a", "dhcp-b", "dhcp-c", "dhcp-lab", "dhcp-branch"))
        self.repository.commit(files)
        self.run_program("apply")
        self.forget_bases()
        texts = []
        for server, name in (("dhcp-a", "campus"), ("dhcp-lab", "labs"),
                             ("dhcp-c", "branches")):
            document = self.run_json("import", "--server", server, "--relationship", name)
            self.assertEqual(document["relationship"], name)
            self.assertEqual((document["left_out"], document["differences"]), ([], []))
            texts += [file["text"] for file in document["files"]]
        self.repository.commit({path: None for path in files})
        self.commit(*texts)
        self.assertEqual(self.run_json("validate")["errors"], [])
        self.assertEqual(self.diff(code=0)["summary"]["drifted"], 0)
        self.run_program("apply")

    def test_of_any_world_diff_shows_exactly_what_differs_between_the_partners(self):
        for seed in range(WORLDS):
            with self.subTest(seed=seed):
                self.database = self.work / f"world-{seed}.db"
                self.write_config()
                self.check_world(World(seed), seed)

    def check_world(self, world, seed):
        numbers = range(SCOPES)
        text = "scopes:\n" + "".join(
            f"  - subnet: {subnet(n)}\n    relationship: campus\n" +
            "".join(f"    {line}\n" for line in world.fields(n)) for n in numbers)
        self.commit(relationship("load-split: 60", "mclt: 30m"), text)
        self.run_program("apply")
        for _ in range(EDITS):
            self.edit(world.some("dhcp-a", "dhcp-b"), subnet(world.some(*numbers)), world.edit())
        self.run_program("adm", "delete", "--server", "dhcp-b", subnet(0))
        self.forget_bases()
        document = self.imported(folder=f"world-{seed}")
        self.assertEqual(document["left_out"], [])
        self.assertEqual(self.run_json("validate")["errors"], [])
        expected = {(d["subnet"], d["field"]): d["servers"][1]["have"]
                    for d in document["differences"] if d["field"] is not None}
        missing = [d["subnet"] for d in document["differences"] if d["field"] is None]
        plan = self.diff(code=None)
        found = {key: have for key, have in self.differing(plan).items() if key[0] not in missing}
        self.assertEqual(missing, [subnet(0)])
        self.assertEqual(found, expected)
        self.assertEqual(self.relationship(plan)["foreign"], [])
        self.assertEqual(self.relationship(plan)["settings"], [])

    def test_equal_rows_are_adopted_in_silence(self):
        self.established(relationship("scope-defaults: {lease-time: 8h}"), scopes(range(1, 20)))
        self.forget_bases()
        self.imported()
        self.run_program("apply")
        self.assertEqual(self.run_json("status")["relationships"][0]["held"], None)
        self.assertEqual(self.diff(code=0)["summary"]["drifted"], 0)

    def test_a_scope_of_one_server_says_where_it_is_missing(self):
        self.established(RELATIONSHIP, scopes([1, 2, 3]))
        self.run_program("adm", "delete", "--server", "dhcp-a", subnet(1))
        self.run_program("adm", "delete", "--server", "dhcp-b", subnet(2))
        text = self.run_program("import", "--server", "dhcp-a").out
        self.assertIn(f"- subnet: {subnet(1)}  # not on dhcp-a\n", text)
        self.assertIn(f"- subnet: {subnet(2)}  # not on dhcp-b\n", text)
        self.assertIn(f"- subnet: {subnet(3)}\n", text)

    def test_what_is_left_out_is_nobodys_and_stays_as_it_is(self):
        self.established(
            relationship("scope-defaults: {lease-time: 8h, options: {routers: [10.0.0.1]}}"),
            scopes(range(1, 6)) + scope(6, "reservations: [{mac: \"00:00:00:00:00:01\", "
                                        "ip: 10.0.6.5}, {mac: \"00:00:00:00:00:02\"}]"))
        for server in ("dhcp-a", "dhcp-b"):
            self.edit(server, subnet(5), "renew-time=9h")
        with contextlib.closing(sqlite3.connect(self.database)) as db, db:
            db.execute("UPDATE adm_dhcp_reservations SET ip_address = 1 WHERE ip_address > 0")
            db.execute("DELETE FROM adm_dhcp_options WHERE scope_record_id = "
                       "(SELECT min(record_id) FROM adm_dhcp_scopes)")
        self.forget_bases()
        document = self.imported()
        self.assertEqual([(one["subnet"], one["field"], one["rule"])
                          for one in document["left_out"]],
                         [(subnet(5), "renew-time", "timer-order"),
                          (subnet(6), "reservations.mac=00:00:00:00:00:01",
                           "reservation-outside-subnet")])
        self.assertEqual(self.run_json("validate")["errors"], [])
        differences = {(one["subnet"], one["field"]) for one in document["differences"]}
        self.assertEqual(differences, {(subnet(1), "options.routers")})
        self.assertEqual(set(self.differing(self.diff(code=None))), differences)

    def test_it_works_without_a_valid_desired_state_and_writes_nothing_else(self):
        self.established(RELATIONSHIP, scopes([1]))
        self.commit("relationships: {\n")
        before = self.file_hashes()
        self.run_program("import", "--server", "dhcp-a")
        self.write_config(repository="branch: nowhere")
        self.run_program("import", "--server", "dhcp-a", "--out", self.work / "new")
        after = self.file_hashes()
        self.assertEqual(sorted(set(after) - set(before)),
                         ["new/relationship.yaml", "new/scopes.yaml"])

    def test_the_source_is_the_server_that_is_named(self):
        self.established(RELATIONSHIP, scopes([1]))
        self.edit("dhcp-b", subnet(1), "lease-time=4h")
        text = self.run_program("import", "--server", "dhcp-b").out
        self.assertIn("servers: [dhcp-a, dhcp-b]\n", text)
        self.assertIn("source: dhcp-b\n", text)
        self.assertIn("lease-time: 4h  # not on dhcp-a\n", text)

    def test_it_is_byte_stable(self):
        self.established(RELATIONSHIP, scopes(range(1, 9)))
        self.assertEqual(self.run_program("import", "--server", "dhcp-a").out,
                         self.run_program("import", "--server", "dhcp-a").out)


class Files(ImportCase):
    def test_nothing_is_overwritten(self):
        self.established(RELATIONSHIP, scopes([1]))
        out = self.work / "out"
        out.mkdir()
        (out / "scopes.yaml").write_text("mine")
        failed = self.run_program("import", "--server", "dhcp-a", "--out", out, code=1)
        self.assertIn("scopes.yaml", failed.err)
        self.assertIn("overwrites nothing", failed.err)
        self.assertEqual([path.name for path in out.iterdir()], ["scopes.yaml"])
        self.assertEqual((out / "scopes.yaml").read_text(), "mine")

    def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(self):
        self.established(RELATIONSHIP, scopes([1]))
        (self.work / "a-file").touch()
        failed = self.run_program("import", "--server", "dhcp-a", "--out", "a-file/folder", code=1)
        self.assertRegex(failed.err, "a-file/folder: .*name another folder")

    def test_the_folders_above_are_made_too(self):
        self.established(RELATIONSHIP, scopes([1]))
        for out in ("new/dhcp", "new/dhcp2/", str(self.work / "other" / "one" / "dhcp")):
            self.run_program("import", "--server", "dhcp-a", "--out", out)
            self.assertTrue((self.work / out / "scopes.yaml").is_file())

    def test_what_is_printed_and_what_is_written_are_the_same(self):
        self.established(RELATIONSHIP, scopes(range(1, 5)))
        printed = self.run_program("import", "--server", "dhcp-a")
        written = self.run_program("import", "--server", "dhcp-a", "--out", "out")
        files = [(self.work / "out" / name).read_text()
                 for name in ("relationship.yaml", "scopes.yaml")]
        content = [line for text in files for line in text.splitlines() if line]
        shown = [line for line in printed.out.splitlines() if line]
        self.assertEqual([line for line in content if not line.startswith("#")],
                         [line for line in shown if not line.startswith("#")])
        self.assertIn("wrote out/scopes.yaml", written.out)
        self.assertIn("4 scopes", printed.err)


class Pairs(ImportCase):
    def setUp(self):
        super().setUp()
        self.write_config(servers=("dhcp-a", "dhcp-b", "dhcp-c", "dhcp-d"))

    def test_an_unknown_server_is_an_error_with_the_nearest_name(self):
        self.assertIn("did you mean 'dhcp-a'",
                      self.run_program("import", "--server", "dhcp_a", code=1).err)
        self.assertIn("no server is called 'nowhere'",
                      self.run_program("import", "--server", "dhcp-a", "--partner", "nowhere",
                                       code=1).err)
        self.run_program("import", code=64)
        self.run_program("import", "--server", "dhcp-a", "--partner", "dhcp-a", code=64)

    def test_of_several_relationships_one_is_chosen_by_partner_or_name(self):
        other = "  labs:\n    servers: [dhcp-a, dhcp-c]\n"
        self.established(RELATIONSHIP + other,
                         scopes([1]) + scope(2, of="labs") + scope(3, of="labs"))
        failed = self.run_program("import", "--server", "dhcp-a", code=1)
        self.assertRegex(failed.err, r"dhcp-b \(campus\), dhcp-c \(labs\).*--partner NAME")
        for words in (("--partner", "dhcp-c"), ("--relationship", "labs")):
            document = self.run_json("import", "--server", "dhcp-a", *words)
            self.assertEqual((document["relationship"], document["counts"]["scopes"]), ("labs", 2))
        document = self.run_json("import", "--server", "dhcp-b")
        self.assertEqual((document["relationship"], document["partner"]), ("campus", "dhcp-a"))

    def test_two_servers_that_are_no_pair_are_an_error_that_names_the_partner(self):
        self.established(RELATIONSHIP, scopes([1]))
        failed = self.run_program("import", "--server", "dhcp-a", "--partner", "dhcp-d", code=1)
        self.assertIn("no pair; dhcp-a is one with dhcp-b (campus)", failed.err)

    def test_servers_in_no_relationship_get_one_when_both_are_named(self):
        for server in ("dhcp-c", "dhcp-d"):
            self.edit(server, subnet(1), "lease-time=8h")
        self.run_program("import", "--server", "dhcp-c", "--partner", "dhcp-d", "--relationship",
                         "new", "--out", "out")
        self.assertIn("servers: [dhcp-c, dhcp-d]",
                      (self.work / "out" / "relationship.yaml").read_text())
        self.commit(*[path.read_text() for path in sorted((self.work / "out").iterdir())])
        self.run_program("validate")
        fields = {field["field"] for action in self.actions(self.diff(), "new")
                  for field in action["fields"]}
        self.assertEqual(fields, {"relationship"})

    def test_without_a_partner_the_yaml_says_what_is_missing(self):
        self.edit("dhcp-c", subnet(1), "lease-time=8h")
        result = self.run_program("import", "--server", "dhcp-c")
        self.assertIn("name server 2 here", result.out)
        self.assertIn("no partner of dhcp-c is known", result.err)
        self.assertIn(f"- subnet: {subnet(1)}\n", result.out)
        self.commit(result.out)
        self.assertIn("server-unknown", self.run_program("validate", code=3).out)

    def test_a_scope_in_no_relationship_is_left_out_and_named(self):
        self.established(RELATIONSHIP, scopes([1]))
        self.edit("dhcp-a", subnet(7), "lease-time=8h")
        document = self.run_json("import", "--server", "dhcp-a")
        self.assertEqual([(one["subnet"], one["rule"]) for one in document["left_out"]],
                         [(subnet(7), None)])
        self.assertIn(f"# left out: {subnet(7)} on dhcp-a is in no relationship there\n",
                      document["files"][0]["text"])

    def test_a_name_that_the_rules_refuse_is_an_error(self):
        self.established(RELATIONSHIP, scopes([1]))
        failed = self.run_program("import", "--server", "dhcp-a", "--relationship", "two words",
                                  code=1)
        self.assertRegex(failed.err, r"'two words' is not a name.*\[bad-value\]")


class KeaFiles(ImportCase):
    """Servers that only know the names of their peers, as configuration files."""

    def setUp(self):
        super().setUp()
        self.write_config(servers=[(f"kea-{letter}", f"{{driver: kea-file, path: {letter}.conf}}")
                                   for letter in "abc"])
        self.subnets = [{"id": 1, "subnet": "10.1.0.0/24", "valid-lifetime": 3600,
                         "pools": [{"pool": "10.1.0.0/25"}]}]
        self.write("a", "one", "one", "two")
        self.write("b", "two", "one", "two")
        self.write("c", "other", "other", "another")

    def write(self, letter, own_name, *peers):
        roles = zip(peers, ("primary", "standby"))
        (self.work / f"{letter}.conf").write_text(json.dumps({"Dhcp4": {
            "subnet4": self.subnets,
            "hooks-libraries": [{"library": "libdhcp_ha.so", "parameters": {"high-availability": [{
                "this-server-name": own_name, "mode": "hot-standby",
                "peers": [{"name": name, "role": role, "url": f"http://192.0.2.{i}:8000/"}
                          for i, (name, role) in enumerate(roles)]}]}}]}}))

    def test_the_partner_is_who_says_that_it_is(self):
        document = self.run_json("import", "--server", "kea-b")
        self.assertEqual((document["partner"], document["relationship"]), ("kea-a", "kea"))
        self.assertIn("servers: [kea-a, kea-b]\n    source: kea-b\n",
                      document["files"][0]["text"])
        self.assertEqual((document["left_out"], document["differences"]), ([], []))

    def test_two_that_say_so_are_a_question(self):
        self.write("c", "two", "one", "two")
        failed = self.run_program("import", "--server", "kea-a", code=1)
        self.assertIn("several partners: kea-b, kea-c; say which with --partner NAME", failed.err)
        self.run_program("import", "--server", "kea-a", "--partner", "kea-c")

    def test_one_that_cannot_be_read_may_be_the_partner(self):
        (self.work / "b.conf").unlink()
        failed = self.run_program("import", "--server", "kea-a", code=1)
        self.assertRegex(failed.err, "partner of kea-a is not known: kea-b cannot be read")
        failed = self.run_program("import", "--server", "kea-a", "--partner", "kea-b", code=1)
        self.assertRegex(failed.err, "kea-b.*nothing was imported")

    def test_two_that_do_not_name_each_other_are_no_pair(self):
        failed = self.run_program("import", "--server", "kea-a", "--partner", "kea-c", code=1)
        self.assertIn("kea-a and kea-c are no pair", failed.err)

    def test_what_kea_takes_and_the_rules_refuse_is_left_out(self):
        self.subnets += [
            {"id": 2, "subnet": "10.2.0.5/24", "valid-lifetime": 3600},
            {"id": 3, "subnet": "10.1.0.128/25", "valid-lifetime": 3600},
            {"id": 4, "subnet": "10.4.0.0/24", "valid-lifetime": 3600, "reservations": [
                {"hw-address": "00:00:00:00:00:01", "ip-address": "10.9.0.1"}]},
            {"id": 5, "subnet": "10.5.0.0/24", "valid-lifetime": 3600,
             "user-context": {"comment": "two\nlines"}}]
        self.write("a", "one", "one", "two")
        self.write("b", "two", "one", "two")
        document = self.imported("--partner", "kea-b", server="kea-a")
        self.assertEqual(
            [(one["subnet"], one["field"], one["rule"]) for one in document["left_out"]],
            [("10.1.0.128/25", None, "subnet-overlap"), ("10.2.0.5/24", None, "host-bits"),
             ("10.4.0.0/24", "reservations.mac=00:00:00:00:00:01", "reservation-outside-subnet"),
             ("10.5.0.0/24", "description", "bad-value")])
        self.assertEqual(self.run_json("validate")["errors"], [])
        plan = self.diff(code=0)
        self.assertEqual(sorted({one["subnet"] for one in self.relationship(plan, "kea")["foreign"]}),
                         ["10.1.0.128/25", "10.2.0.0/24"])

    def test_what_differs_between_two_files_is_what_diff_shows(self):
        self.subnets[0]["valid-lifetime"] = 7200
        self.write("b", "two", "one", "two")
        document = self.imported("--partner", "kea-b", server="kea-a")
        self.assertEqual([(one["subnet"], one["field"]) for one in document["differences"]],
                         [("10.1.0.0/24", "lease-time")])
        [action] = self.actions(self.diff(), "kea")
        self.assertEqual([(one["server"], one["field"], one["have"]) for one in action["fields"]],
                         [("kea-b", "lease-time", 7200)])


if __name__ == "__main__":
    unittest.main()
