"""What Kea would lose when it is told its own configuration is kept from harm: written around, or
not written and said so."""

import unittest

from kea_case import campus
from write_case import WriteCase, subnets_of

LOSSY = {"name": "vendor-encapsulated-options", "csv-format": False, "data": "0102ff"}
BYTES = "Größe 図書館"  # Kea's strings are bytes


def bare(number, **keys):
    return {"id": number, "subnet": f"10.0.{number}.0/24", **keys}


class Harm(WriteCase):
    def want(self, *numbers, lease="2h"):
        self.commit(campus(), "scopes:\n" + "".join(
            f"  - {{subnet: 10.0.{n}.0/24, relationship: campus, lease-time: {lease}}}\n"
            for n in numbers))

    def test_a_configuration_that_would_lose_an_option_is_not_sent_back(self):
        """2.2: the whole server.  Its partner's share waits too, and both stay as they were."""
        contents = [{"subnet4": [bare(1), bare(2, **{"option-data": [LOSSY]})]},
                    {"subnet4": [bare(1), bare(2)]}]
        with self.pair(2, dhcp=False, content=contents) as pair:
            self.want(1)
            self.run_program("apply", code=None)
            before = [server.config() for server in pair.servers]
            self.approve_if_held()
            self.wire.forget()
            result = self.run_program("apply", code=5)
            self.assertIn("not-representable", result.out)
            self.assertNotIn("config-set", [r.command for r in self.wire.writes
                                            if r.server == "server1"])
            self.assertEqual(pair.first.config(), before[0])

    def approve_if_held(self):
        document = self.run_json("apply", code=None)
        if self.relationship(document)["held"]:
            self.approve_held()

    def test_a_subnet_that_would_lose_an_option_is_not_rewritten_and_the_others_are(self):
        contents = {"subnet4": [bare(1), bare(2, **{"option-data": [LOSSY]})]}
        with self.pair(3, dhcp=False, content=contents) as pair:
            self.want(1, 2)
            self.approve_if_held()
            result = self.run_program("apply", code=5)
            self.assertIn("not-representable", result.out)
            for server in pair.servers:
                held = subnets_of(server)
                self.assertEqual(held["10.0.1.0/24"]["valid-lifetime"], 7200)
                self.assertEqual(held["10.0.2.0/24"]["valid-lifetime"], 3600)

    def test_what_would_be_lost_on_the_disk_is_not_saved(self):
        """3.x: the scope is served, and the debt is said for as long as it is there."""
        contents = [{"subnet4": [bare(1), bare(2, **{"option-data": [LOSSY]})]},
                    {"subnet4": [bare(1), bare(2)]}]
        with self.pair(3, dhcp=False, content=contents) as pair:
            before = (pair.first.folder / "dhcp4.conf").read_text()
            self.want(1)
            self.approve_if_held()
            result = self.run_program("apply", code=None)
            self.assertIn("not-representable", result.out + result.err)
            self.assertEqual((pair.first.folder / "dhcp4.conf").read_text(), before)
            self.assertEqual(subnets_of(pair.first)["10.0.1.0/24"]["valid-lifetime"], 7200)

    def test_bytes_and_reals_elsewhere_survive(self):
        odd = bare(1, **{"user-context": {"text": BYTES, "real": 0.123456}, "t1-percent": 0.333333,
                         "option-data": [{"name": "tftp-server-name", "data": BYTES}]})
        for release in (2, 3):
            with self.pair(release, dhcp=False, subnets=[]) as pair:
                for server in pair.servers:  # a file's \u would be refused: bytes go by the API
                    server.set_content({"subnet4": [odd, bare(2)]})
                pair.wait_until_normal()
                before = [subnets_of(server)["10.0.1.0/24"] for server in pair.servers]
                self.want(2)
                self.approve_if_held()
                self.run_program("apply")
                self.assertEqual([subnets_of(server)["10.0.1.0/24"] for server in pair.servers],
                                 before)
                self.assertEqual(subnets_of(pair.first)["10.0.2.0/24"]["valid-lifetime"], 7200)
                self.commit(campus(scopes=["10.0.1.0/24"]),
                            "scopes: [{subnet: 10.0.2.0/24, relationship: campus}]\n")
                self.run_program("apply")
                self.insist_on_peace()


if __name__ == "__main__":
    unittest.main()
