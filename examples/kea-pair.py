"""The story of examples/kea-pair: the lab of tests/kea, with somebody telling what happens."""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "kea"))

from dhcp_client import Clients, relay, subnet  # noqa: E402
from kea_pair import Pair  # noqa: E402
from kea_programs import kea  # noqa: E402

HEALTHY, DRIFTED = 1, 2
CLIENTS = 30  # enough for more than ten of them at either server


class Story:
    def __init__(self, folder, pair):
        self.folder, self.pair, self.number = folder, pair, 0
        self.configuration = folder / "pairkeeper.yaml"
        self.repository = folder / "network"

    def step(self, title, *sentences):
        self.number += 1
        print(f"\n{self.number}. {title}", *(f"   {sentence}" for sentence in sentences), sep="\n")

    @staticmethod
    def say(sentence):
        print(f"   {sentence}")

    def run(self, *words, expect):
        print(f"\n$ pairkeeper {' '.join(words)}")
        done = subprocess.run([os.environ["PAIRKEEPER"], "--config", self.configuration, *words],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print("".join(f"   {line}\n" for line in done.stdout.splitlines()), end="")
        print(f"   (exit code {done.returncode})")
        if done.returncode != expect:
            sys.exit(f"This ended with {done.returncode} where {expect} belongs: please report it.")

    def ask_clients(self, number):
        exchanges = Clients(self.pair, [relay(number)], each=CLIENTS, tries=1).once()
        served = sum(exchange.address is not None for exchange in exchanges)
        print(f"   {served} of {CLIENTS} clients of 127.{number}.0.0/24 got an address")
        return served

    def write_configuration(self, writes):
        servers = "".join(f"  {name}: {{driver: kea, url: \"{server.url}\"}}\n"
                          for name, server in zip(("dhcp-a", "dhcp-b"), self.pair.servers))
        self.configuration.write_text(
            f"repository: {{url: {self.repository}, path: dhcp}}\n"
            f"database: {self.folder}/pairkeeper.db\nwrites: {writes}\nservers:\n{servers}")

    def commit(self, message):
        for words in (("init", "--quiet", "--initial-branch", "main"), ("add", "."),
                      ("-c", "user.name=you", "-c", "user.email=you@example.org", "commit",
                       "--quiet", "--message", message)):
            subprocess.run(["git", "-C", self.repository, *words], check=True)

    def states(self):
        print("   the servers say:", " and ".join(server.ha_states()[0][0]
                                                 for server in self.pair.servers))


def drift(pair):
    """Somebody removes the subnet on the second server."""
    if pair.second.kea.has_own_http:
        pair.second.ask("subnet4-del", {"id": DRIFTED})
        return
    content = pair.second.config()
    content["subnet4"] = [one for one in content["subnet4"] if one["id"] != DRIFTED]
    pair.second.ask("config-set", {"Dhcp4": content})
    pair.wait_until_normal()


def play(story):
    pair = story.pair
    story.step("Two servers that run", "A load-balancing pair of Kea, which knows nothing of Git.")
    story.states()
    story.ask_clients(HEALTHY)

    story.step("Look, and touch nothing", "`writes: false`: whatever happens, no server is written.")
    story.write_configuration(writes="false")
    (story.repository / "dhcp").mkdir(parents=True)
    story.run("import", "--server", "dhcp-a", "--relationship", "campus",
              "--out", str(story.repository / "dhcp"), expect=0)
    story.commit("What the servers hold")
    story.run("diff", expect=0)
    story.run("doctor", expect=0)

    story.step("Adopt", "What is equal on both servers is remembered as it is: from now on pairkeeper "
               "can tell who changed something.")
    story.run("apply", expect=0)

    story.step("Somebody removes a subnet on one server", "Its clients get no address from now on.")
    drift(pair)
    story.ask_clients(DRIFTED)
    if pair.first.kea.has_own_http:
        story.say("More than ten of them were refused: the pair stops exchanging leases, and failover "
                  "is gone for every subnet.")
        pair.wait_for(lambda: pair.first.ha_states()[0][0] == "terminated", "the pair to give up")
    story.states()
    story.run("diff", expect=2)

    story.step("Enforce", "`writes: true`, and one apply.")
    story.write_configuration(writes="true")
    story.run("apply", expect=0)
    pair.wait_until_normal()
    story.states()
    story.ask_clients(DRIFTED)
    story.ask_clients(HEALTHY)
    story.run("diff", expect=0)
    story.run("events", "--since", "10m", expect=0)


def main():
    release = kea(int(sys.argv[1]))
    with tempfile.TemporaryDirectory(prefix="kea-pair-") as folder, \
            Pair(release, subnets=[subnet(HEALTHY), subnet(DRIFTED)], dhcp=True) as pair:
        play(Story(pathlib.Path(folder), pair))


if __name__ == "__main__":
    main()
