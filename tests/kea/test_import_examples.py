"""Kea's own example configurations, as Debian's kea-doc ships them, imported through `kea-file`.

What comes out is compared with tests/golden/import/kea-VERSION-EXAMPLE.yaml, which somebody has read
beside the example; then it is validated, and a diff of it against the same files is empty.
PAIRKEEPER_GOLDEN=write rewrites the files.

The examples are not copied here.  They are found where the package put them (dpkg -L kea-doc), and
those of a Kea 3 below $PAIRKEEPER_KEA3 or where tests/kea/get-kea unpacked it ($KEA_SERVERS).
Most of them are one server without a partner: to make a pair, the test gives a copy high
availability, and swaps who is who for the other server.
"""

import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional"))

from pairkeeper_case import PairkeeperCase, ROOT  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "import"
EXAMPLES = "usr/share/doc/kea/examples/kea4"
PEERS = [{"name": "server1", "role": "primary", "url": "http://192.0.2.1:8000/"},
         {"name": "server2", "role": "secondary", "url": "http://192.0.2.2:8000/"}]


def installed_examples():
    """The folder that the package put them in, or None."""
    if not shutil.which("dpkg"):
        return None
    listed = subprocess.run(["dpkg", "-L", "kea-doc"], text=True, capture_output=True, check=False)
    folders = [pathlib.Path(line) for line in listed.stdout.splitlines()
               if line.endswith("/examples/kea4")]
    return folders[0] if folders and folders[0].is_dir() else None


def unpacked_examples(number, variable):
    roots = [os.environ.get(variable, ""),
             os.path.join(os.environ["KEA_SERVERS"], str(number)) if "KEA_SERVERS" in os.environ
             else ""]
    return next((pathlib.Path(root) / EXAMPLES for root in roots
                 if root and (pathlib.Path(root) / EXAMPLES).is_dir()), None)


def all_examples():
    """(version, path) of each."""
    folders = {"2.2": installed_examples() or unpacked_examples(2, "PAIRKEEPER_KEA2"),
               "3.0": unpacked_examples(3, "PAIRKEEPER_KEA3")}
    return [(version, path) for version, folder in folders.items() if folder
            for path in sorted(folder.glob("*.json"))]


COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|#[^\n]*|/\*.*?\*/', re.DOTALL)


def parse(text):
    """JSON as Kea reads it: with comments, trailing commas and `.5`."""
    plain = COMMENT.sub(lambda match: match.group(1) or " ", text)
    plain = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])|(?<=[\s:\[])(?=\.[0-9])',
                   lambda match: match.group(1) or ("0" if match.end() == match.start() else ""),
                   plain)
    return json.loads(plain)


def high_availability(configuration):
    """Its parameters, made when there are none."""
    hooks = configuration["Dhcp4"].setdefault("hooks-libraries", [])
    for hook in hooks:
        if "high-availability" in hook.get("parameters", {}):
            return hook["parameters"]["high-availability"][0]
    hooks.append({"library": "/usr/lib/kea/hooks/libdhcp_ha.so", "parameters": {
        "high-availability": [{"this-server-name": "server1", "mode": "load-balancing",
                               "peers": PEERS}]}})
    return hooks[-1]["parameters"]["high-availability"][0]


def pair(configuration):
    """Both servers' configurations."""
    first = copy.deepcopy(configuration)
    own = high_availability(first)
    second = copy.deepcopy(first)
    other = high_availability(second)
    other["this-server-name"] = next(peer["name"] for peer in own["peers"]
                                     if peer["name"] != own["this-server-name"]
                                     and peer["role"] != "backup")
    return first, second


@unittest.skipUnless(all_examples(), "no examples: apt-get install kea-doc")
class ImportExamples(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.write_config(servers=[("kea-a", "{driver: kea-file, path: a.conf}"),
                                   ("kea-b", "{driver: kea-file, path: b.conf}")])

    def check(self, version, path):
        text = path.read_text()
        (self.work / "a.conf").write_text(text)
        (self.work / "b.conf").write_text('{"Dhcp4": {}}')
        as_shipped = self.run_json("import", "--server", "kea-a")
        for name, half in zip("ab", pair(parse(text))):
            (self.work / f"{name}.conf").write_text(json.dumps(half))
        result = self.run_program("import", "--server", "kea-a", "--relationship", "example")
        document = self.run_json("import", "--server", "kea-a", "--relationship", "example")
        self.assertEqual(document["differences"], [])
        self.assertEqual(document["counts"]["scopes"], as_shipped["counts"]["scopes"])
        self.assertEqual([(one["subnet"], one["field"], one["rule"])
                          for one in document["left_out"]],
                         [(one["subnet"], one["field"], one["rule"])
                          for one in as_shipped["left_out"]])
        self.commit(result.out)
        self.assertEqual(self.run_json("validate")["errors"], [])
        plan = self.diff(code=0)
        self.assertEqual(plan["summary"]["drifted"], 0)
        self.assertEqual(self.relationship(plan, "example")["settings"], [])
        self.compare(GOLDEN / f"kea-{version}-{path.stem}.yaml", result.out)

    def compare(self, golden, text):
        if os.environ.get("PAIRKEEPER_GOLDEN") == "write":
            golden.write_text(text)
        self.assertTrue(golden.exists(),
                        f"{golden} is missing: PAIRKEEPER_GOLDEN=write, and read what it wrote")
        self.assertEqual(golden.read_text(), text)

    def test_each_becomes_the_yaml_that_somebody_has_read(self):
        if "KEA_SERVERS" in os.environ:  # then both are there, and none is left out unnoticed
            self.assertEqual({version for version, _ in all_examples()}, {"2.2", "3.0"})
        for version, path in all_examples():
            with self.subTest(f"{version} {path.name}"):
                self.check(version, path)


if __name__ == "__main__":
    unittest.main()
