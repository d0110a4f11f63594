"""`split-ranges: true` on two Kea configurations: halves are what is wanted, however they are spelt;
what cannot be split is said, and never taken for something else."""

import json
import unittest

from pairkeeper_case import RELATIONSHIP, PairkeeperCase, subnet

SPLIT = RELATIONSHIP + "    split-ranges: true\n"
RANGE = "10.0.1.10-10.0.1.19"
LOWER, UPPER = "10.0.1.10-10.0.1.14", "10.0.1.15-10.0.1.19"
SCOPE = f"""scopes:
  - subnet: {subnet(1)}
    relationship: campus
    ranges: [{RANGE}]
"""
HALVES = [(LOWER, "HA_s1"), (UPPER, "HA_s2")]
IN_2 = [{"pool": pool, "client-class": of} for pool, of in HALVES]
IN_3 = [{"pool": pool, "client-classes": [of]} for pool, of in HALVES]
INACTIVE = [{"pool": RANGE, "client-class": "PAIRKEEPER_INACTIVE"}]
PEERS = [{"name": "s1", "role": "primary", "url": "http://10.0.0.1:8001/"},
         {"name": "s2", "role": "secondary", "url": "http://10.0.0.2:8001/"}]


class SplitRanges(PairkeeperCase):
    def servers_hold(self, first, second, partners=True, mode="load-balancing"):
        """Both servers are files with these pools; partners: whether they name each other."""
        peers = PEERS if mode == "load-balancing" else [PEERS[0], {**PEERS[1], "role": "standby"}]
        for name, own, pools in (("a", "s1", first), ("b", "s2", second)):
            ha = {"this-server-name": own, "mode": mode, "peers": peers}
            hooks = [{"library": "libdhcp_ha.so", "parameters": {"high-availability": [ha]}}]
            (self.work / f"{name}.conf").write_text(json.dumps({"Dhcp4": {
                "hooks-libraries": hooks if partners else [],
                "subnet4": [{"id": 1, "subnet": subnet(1), "pools": pools}]}}))
        self.write_config(servers=[(f"dhcp-{name}", f"{{driver: kea-file, path: {name}.conf}}")
                                   for name in "ab"])

    def ranges_explained(self):
        document = self.run_json("explain", subnet(1))
        return next(f for f in document["relationships"][0]["fields"] if f["field"] == "ranges")

    def test_halves_are_what_is_wanted_in_the_spelling_of_either_release(self):
        self.servers_hold(IN_2, IN_3)
        self.commit(SPLIT, SCOPE)
        self.diff(code=0)
        explained = self.ranges_explained()
        self.assertEqual((explained["origin"]["split"], explained["origin"]["at"]["line"]),
                         (True, 4))
        self.assertEqual([half["range"] for half in explained["want"]], [LOWER, UPPER])
        self.assertIn("in halves by split-ranges",
                      " ".join(self.run_program("explain", subnet(1)).out.split()))

    def test_without_it_ranges_are_as_they_are_written(self):
        self.servers_hold([{"pool": RANGE}], [{"pool": RANGE}])
        for relationship in (RELATIONSHIP, SPLIT.replace("true", "false")):
            self.commit(relationship, SCOPE)
            self.diff(code=0)
            self.assertFalse(self.ranges_explained()["origin"]["split"])

    def test_whole_and_moved_halves_are_drift(self):
        moved = [{**IN_3[0], "pool": "10.0.1.10-10.0.1.13"}, IN_3[1]]
        self.commit(SPLIT, SCOPE)
        for pools in ([{"pool": RANGE}], moved, IN_3[:1], [{**IN_3[1], "pool": RANGE}]):
            with self.subTest(pools=pools):
                self.servers_hold(IN_3, pools)
                action = self.only_action(self.diff())
                self.assertEqual([(f["field"], f["server"]) for f in action["fields"]],
                                 [("ranges", "dhcp-b")])
                self.assertIn("split-ranges)", self.run_program("diff", code=2).out)
                self.assertIn("split-ranges |",
                              self.run_program("-o", "markdown", "diff", code=2).out)

    def test_ranges_that_git_does_not_state_and_inactive_ones_stay_whole(self):
        for held, said in (([{"pool": RANGE}], SCOPE.replace(f"ranges: [{RANGE}]", "lease-time: 2h")),
                           (INACTIVE, SCOPE + "    state: inactive\n")):
            with self.subTest(said=said):
                self.servers_hold(held, held)
                self.commit(SPLIT, said)
                self.diff(code=0)

    def test_servers_without_peers_leave_their_scopes_unknown(self):
        self.servers_hold(IN_3, IN_3, partners=False)
        self.commit(SPLIT, SCOPE)
        result = self.run_program("diff", code=1)
        self.assertIn("it has no peer in relationship campus, and `split-ranges: true`",
                      " ".join(result.out.split()))
        self.commit(RELATIONSHIP, SCOPE)
        self.diff(code=2)

    def test_servers_in_hot_standby_are_not_given_halves_whatever_git_says_of_the_mode(self):
        self.servers_hold([{"pool": RANGE}], [{"pool": RANGE}], mode="hot-standby")
        for said in (SPLIT, SPLIT + "    mode: load-balance\n"):
            self.commit(said, SCOPE)
            result = self.run_program("diff", code=1)
            self.assertIn("it is in mode hot-standby, where", " ".join(result.out.split()))

    def test_embedded_servers_are_refused_with_the_place(self):
        self.commit(SPLIT, SCOPE)
        result = self.run_program("diff", code=3)
        self.assertIn("0.yaml:5:5: server 'dhcp-a' has no class", result.err)
        self.assertIn("[split-ranges-server]", result.err)

    def test_what_import_wrote_of_divided_pools_is_refused_and_never_split_twice(self):
        self.servers_hold(IN_2, IN_3)
        self.run_program("import", "--server", "dhcp-a", "--out", self.work / "imported")
        text = "".join(f.read_text() for f in sorted((self.work / "imported").glob("*.yaml")))
        self.commit(text)
        self.diff(code=0)
        self.commit(text.replace("    servers:", "    split-ranges: true\n    servers:", 1))
        self.assertIn("[split-ranges-class]", self.run_program("diff", code=3).err)


if __name__ == "__main__":
    unittest.main()
