"""Repositories made to hurt whoever reads them: each is refused with a message, or does no harm.

Every test begins with a pair in step, spoils the repository, and runs `apply`.  Whatever happens,
the last good revision stays in force, the servers hold what they held, nothing outside is read or
run.  With $PAIRKEEPER_RELEASE, a build without sanitizers, each also keeps to the limits of memory
and processor time.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

from git_servers import GitOverHttp
from hostile_repository import (EXECUTABLE, FILE, FOLDER, LINK, NOWHERE, SUBMODULE,
                                HostileRepository, blob_id, bomb_entry, large_delta_of_a_small_file,
                                loose_bomb, small_delta_of_a_bomb)
from pairkeeper_case import ENVIRONMENT, RELATIONSHIP, PairkeeperCase, scopes, subnet

RELEASE = os.environ.get("PAIRKEEPER_RELEASE", "")
MEMORY_LIMIT_KIB = 128 * 1024
PROCESSOR_LIMIT_S = 5

# Runs its arguments; the last line says exit code, peak of memory in KiB, processor time in s.
MEASURE = """
import os, sys
process = os.fork()
if process == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(process, 0)
print()
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, usage.ru_utime + usage.ru_stime)
"""

OK, CANNOT_RUN, INVALID, REFUSED = 0, 1, 3, 8
WANTED = RELATIONSHIP + scopes(range(2))
SERVER_TABLES = ("adm_dhcp_scopes", "adm_ip_ranges", "adm_dhcp_options", "adm_dhcp_reservations",
                 "adm_dhcp_failover_relations", "adm_dhcp_scope_failover")


def hostile(code, text=""):
    """A repository that ends `apply` with @p code and a message that matches @p text."""
    def make_test(spoil):
        def test(self):
            spoil(self)
            self.insist(code, text)
        test.__name__, test.__doc__ = spoil.__name__, spoil.__doc__
        return test
    return make_test


class HostileCase(PairkeeperCase):
    """A pair in step with a repository to spoil, copied from one that was made once."""

    @classmethod
    def setUpClass(cls):
        cls.template = pathlib.Path(tempfile.mkdtemp(prefix="pairkeeper-template-"))
        cls.addClassCleanup(shutil.rmtree, cls.template, ignore_errors=True)

    def setUp(self):
        super().setUp()
        self.canary = self.work / "canary"
        if not (self.template / "work").exists():
            self.established(WANTED)
            shutil.copytree(self.work, self.template / "work", symlinks=True)
        shutil.rmtree(self.work)
        shutil.copytree(self.template / "work", self.work, symlinks=True)
        self.hostile = HostileRepository(self.work / "network")
        self.good = self.hostile.tip()
        self.servers_before = self.servers()

    def servers(self):
        return [sorted(self.rows(f"SELECT * FROM {table}"), key=repr) for table in SERVER_TABLES]

    def touch_canary(self):
        """A program whose run would be seen."""
        script = self.work / "evil"
        script.write_text(f"#!/bin/sh\ntouch {self.canary}\ncat\n")
        script.chmod(0o755)
        return script

    def insist_on_no_report(self, result):
        """Of the library's own leaks, when it meets damage, the helper's end takes care."""
        kept, leak = [], []
        of_report = False
        for line in result.err.splitlines(keepends=True):
            of_report = of_report or line.startswith("=" * 60)
            (leak if of_report or not line.strip() else kept).append(line)
            of_report = of_report and not line.startswith("SUMMARY: ")
        callers = self.callers(leak)
        if all("libgit2" in line or "libpcre2" in line for line in callers):
            result.err = "".join(kept)
        super().insist_on_no_report(result)

    @staticmethod
    def callers(report):
        """Who asked for what leaked: the first of each stack that is neither malloc nor ours for it."""
        found, below = [], False
        for line in map(str.lstrip, report):
            below = below or line.startswith("#0 ")
            if below and line.startswith("#") and line[1] != "0" and "git-memory.c" not in line:
                found.append(line)
                below = False
        return found

    def insist(self, code, text):
        result = self.run_program("apply", code=code)
        said = result.out + result.err
        self.assertRegex(said, text)
        self.assertFalse([c for c in said if ord(c) < 32 and c != "\n"], repr(said))
        self.assertNotIn("root:", said, "a file of the machine was read")
        self.assertFalse(self.canary.exists(), "a program named in the repository was run")
        self.assertEqual(self.servers(), self.servers_before)
        revision = self.run_json("status")["revision"]
        self.assertEqual(revision["applied"], self.hostile.tip() if code == OK else self.good)
        self.insist_on_limits(code)

    def insist_on_limits(self, code):
        """The same without sanitizers, which need memory and time of their own."""
        if not RELEASE:
            return
        shutil.rmtree(f"{self.database}.git")  # so that it fetches as well
        # A process begins with its parent's peak of memory: this one's parent has to be small.
        done = subprocess.run([sys.executable, "-IS", "-c", MEASURE, RELEASE, "--config",
                               str(self.config), "diff"], cwd=self.work, env=ENVIRONMENT,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        exit_code, memory_kib, processor_s = done.stdout.splitlines()[-1].split()
        self.assertEqual(int(exit_code), code, done.stdout + done.stderr)
        self.assertLess(int(memory_kib), MEMORY_LIMIT_KIB, "KiB of memory")
        self.assertLess(float(processor_s), PROCESSOR_LIMIT_S, "s of processor time")
        if os.environ.get("PAIRKEEPER_FIGURES"):
            print(f"\n{memory_kib:>8} KiB {float(processor_s):7.3f} s  {self.id()}")


class Entries(HostileCase):
    """What stands in the trees."""

    def link(self, target, name=b"x.yaml"):
        self.hostile.commit_dhcp((LINK, name, self.hostile.blob(target)))

    @hostile(INVALID, r"x\.yaml: this is a symbolic link, which is not followed.*\[not-a-file\]")
    def test_a_link_to_a_file_of_ours(self):
        self.link(b"0.yaml")

    @hostile(INVALID, r"symbolic link")
    def test_a_link_to_a_folder(self):
        self.link(b"../dhcp")

    @hostile(INVALID, r"symbolic link")
    def test_a_link_to_the_passwords(self):
        self.link(b"/etc/passwd")

    @hostile(INVALID, r"symbolic link")
    def test_a_link_out_of_the_repository(self):
        self.link(b"../../../../../../../../etc/passwd")

    @hostile(INVALID, r"symbolic link")
    def test_a_link_to_nowhere(self):
        self.link(b"nowhere")

    @hostile(INVALID, r"symbolic link")
    def test_a_link_to_itself(self):
        self.link(b"x.yaml")

    @hostile(INVALID, r"symbolic link")
    def test_a_link_without_a_target(self):
        self.link(b"")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_link_of_another_name(self):
        self.link(b"/etc/passwd", b"passwd")

    @hostile(INVALID, r"dhcp: this is a symbolic link")
    def test_our_folder_is_a_link(self):
        self.hostile.commit_top((LINK, b"dhcp", self.hostile.blob(b"/etc")))

    @hostile(INVALID, r"x\.yaml: this is a submodule")
    def test_a_submodule_named_like_a_file_of_ours(self):
        self.hostile.commit_dhcp((SUBMODULE, b"x.yaml", self.good))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_submodule_of_another_name(self):
        self.hostile.commit_dhcp((SUBMODULE, b"other", NOWHERE))

    @hostile(INVALID, r"dhcp: this is a submodule")
    def test_our_folder_is_a_submodule(self):
        self.hostile.commit_top((SUBMODULE, b"dhcp", self.good))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_list_of_submodules_that_points_elsewhere(self):
        modules = f'[submodule "../../x"]\npath = x\nurl = ext::{self.touch_canary()}\n'
        folder = self.hostile.entries(self.good)
        self.hostile.commit_top((FILE, b".gitmodules", self.hostile.blob(modules.encode())),
                                *folder, (SUBMODULE, b"x", NOWHERE))

    @hostile(INVALID, r"dhcp: .*file here, not a folder; correct repository.path.*nothing-wanted")
    def test_our_folder_is_a_file(self):
        self.hostile.commit_top((FILE, b"dhcp", self.hostile.blob(b"scopes: []\n")))

    @hostile(INVALID, r"no such folder.*nothing-wanted")
    def test_our_folder_is_gone(self):
        self.hostile.commit_top((FILE, b"README", self.hostile.blob(b"")))

    @hostile(INVALID, r"no such folder.*nothing-wanted")
    def test_no_file_at_all(self):
        self.hostile.commit_top()

    @hostile(INVALID, r"nothing-wanted")
    def test_our_folder_is_empty(self):
        self.hostile.commit_dhcp(keep=False)


class Names(HostileCase):
    """Names that shells, terminals and other file systems take for something else."""

    WRONG = b"scopes: x\n"  # so that the name is shown

    def named(self, name, content=WRONG):
        self.hostile.commit_file(content, name)

    @hostile(INVALID, r"(?m)^a\\x0ab\.yaml:1:9: ")
    def test_a_line_end(self):
        self.named(b"a\nb.yaml")

    @hostile(INVALID, r"\\x1b\[2J\.yaml:1:9: ")
    def test_an_escape_sequence(self):
        self.named(b"\x1b[2J.yaml")

    @hostile(INVALID, r"\\xff\\xfe\.yaml:1:9: ")
    def test_no_utf_8(self):
        self.named(b"\xff\xfe.yaml")

    @hostile(INVALID, r"\\xc2\\x9b|\\x9b")
    def test_a_control_character_in_utf_8(self):
        self.named("\u009b2J.yaml".encode())

    @hostile(INVALID, r"\$\(touch canary\)\.yaml:1:9: ")
    def test_a_command(self):
        self.named(b"$(touch canary).yaml")

    @hostile(INVALID, r"-rf\.yaml:1:9: ")
    def test_an_option(self):
        self.named(b"-rf.yaml")

    @hostile(INVALID, r"%s%n\.yaml:1:9: ")
    def test_a_format(self):
        self.named(b"%s%n.yaml")

    @hostile(INVALID, r"x{4096}\.yaml:1:9: ")
    def test_a_very_long_name(self):
        self.named(b"x" * 4096 + b".yaml")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_the_parent_folder(self):
        folder = self.hostile.tree((FILE, b"x.yaml", self.hostile.blob(self.WRONG)))
        self.hostile.commit_dhcp((FOLDER, b"..", folder))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_this_folder(self):
        folder = self.hostile.tree((FILE, b"x.yaml", self.hostile.blob(self.WRONG)))
        self.hostile.commit_dhcp((FOLDER, b".", folder))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_the_folder_of_git(self):
        hook = self.hostile.blob(self.touch_canary().read_bytes())
        hooks = self.hostile.tree((EXECUTABLE, b"post-checkout", hook),
                                  (FILE, b"x.yaml", self.hostile.blob(self.WRONG)))
        self.hostile.commit_dhcp((FOLDER, b".git", self.hostile.tree((FOLDER, b"hooks", hooks))))

    @hostile(INVALID, r"GIT~1/x\.yaml:1:9")
    def test_the_folder_of_git_as_other_systems_write_it(self):
        folder = self.hostile.tree((FILE, b"x.yaml", self.hostile.blob(self.WRONG)))
        self.hostile.commit_dhcp((FOLDER, b"GIT~1", folder), (FOLDER, ".g\u200cit".encode(), folder))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_other_cases_of_our_endings(self):
        self.hostile.commit_dhcp(*((FILE, name, self.hostile.blob(self.WRONG))
                                   for name in (b"x.YAML", b"x.Yml", b"x.yaml ", b"x.yaml~")))

    @hostile(INVALID, r"a\.yaml:\d+:\d+: .*twice")
    def test_two_names_that_differ_by_case(self):
        content = self.hostile.blob(WANTED.encode())
        self.hostile.commit_dhcp((FILE, b"A.yaml", content), (FILE, b"a.yaml", content))

    @hostile(INVALID, r"etc/passwd\.yaml")
    def test_a_slash_in_a_name(self):
        self.named(b"etc/passwd.yaml")


class Trees(HostileCase):
    """Trees that no Git would write, or that nobody could walk through."""

    @hostile(INVALID, r"nested more than 32 deep.*\[too-deep\]")
    def test_folders_a_thousand_deep(self):
        below = self.hostile.tree((FILE, b"x.yaml", self.hostile.blob(b"")))
        for _ in range(1000):
            below = self.hostile.tree((FOLDER, b"d", below))
        self.hostile.commit_dhcp((FOLDER, b"d", below))

    @hostile(INVALID, r"more than \d+ files and folders.*\[too-many-files\]")
    def test_trees_that_multiply(self):
        below = self.hostile.tree((FILE, b"x.txt", self.hostile.blob(b"")))
        for _ in range(12):
            below = self.hostile.tree(*((FOLDER, b"%02d" % i, below) for i in range(40)))
        self.hostile.commit_dhcp((FOLDER, b"d", below))

    @hostile(INVALID, r"\[too-many-files\]")
    def test_one_file_a_million_times(self):
        file = self.hostile.blob(b"# nothing\n")
        below = self.hostile.tree(*((FILE, b"%04d.yaml" % i, file) for i in range(1000)))
        self.hostile.commit_dhcp(*((FOLDER, b"%04d" % i, below) for i in range(1000)))

    @hostile(INVALID, r"x\.yaml: the file has \d+ bytes, the limit is 262144.*\[too-large\]")
    def test_a_file_over_the_limit(self):
        self.hostile.commit_file(b"#" * (256 * 1024 + 1))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_hundred_thousand_other_files(self):
        file = self.hostile.blob(b"")
        self.hostile.commit_dhcp(*((FILE, b"x%06d" % i, file) for i in range(100000)))

    @hostile(INVALID, r"x1999\.yaml:1:10: .*missing-key")
    def test_thousands_of_files_with_errors(self):
        file = self.hostile.blob(b"scopes: [{}, {}, {}, {}]\n")
        self.hostile.commit_dhcp(*((FILE, b"x%04d.yaml" % i, file) for i in range(2000)))

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_an_entry_cut_off(self):
        folder = self.hostile.add("tree", b"100644 x.yaml\0" + b"\1" * 10)
        self.hostile.commit_top((FOLDER, b"dhcp", folder))

    @hostile(CANNOT_RUN, r"fetch failed: .*filemode")
    def test_a_tree_of_random_bytes(self):
        folder = self.hostile.add("tree", bytes(range(256)) * 4)
        self.hostile.commit_top((FOLDER, b"dhcp", folder))

    @hostile(CANNOT_RUN, r"fetch failed: .*filename")
    def test_an_entry_without_a_name(self):
        self.hostile.commit_dhcp((FILE, b"", self.hostile.blob(b"scopes: x\n")))

    @hostile(INVALID, r"x\.yaml:1:9")
    def test_the_same_name_twice(self):
        file = self.hostile.blob(b"scopes: x\n")
        self.hostile.commit_dhcp((FILE, b"x.yaml", file), (FILE, b"x.yaml", file))

    @hostile(INVALID, r"x\.yaml:1:9")
    def test_entries_out_of_order(self):
        file = self.hostile.blob(b"scopes: x\n")
        mine = self.hostile.entries(self.good, "dhcp")
        folder = self.hostile.tree((FILE, b"x.yaml", file), (FILE, b"b", file), *mine)
        self.hostile.commit_top((FOLDER, b"dhcp", folder))

    @hostile(INVALID, r"x\.yaml:1:9")
    def test_a_file_with_odd_permissions(self):
        self.hostile.commit_dhcp((b"104777", b"x.yaml", self.hostile.blob(b"scopes: x\n")))

    @hostile(CANNOT_RUN, r"fetch failed: .*filemode")
    def test_a_mode_that_is_no_number(self):
        self.hostile.commit_dhcp((b"10x644", b"x.yaml", self.hostile.blob(b"scopes: x\n")))

    @hostile(INVALID, r"x\.yaml: this is neither a file nor a folder.*not-a-file")
    def test_a_file_that_is_a_folder(self):
        self.hostile.commit_dhcp((FILE, b"x.yaml", self.hostile.tree()))

    @hostile(CANNOT_RUN, r"fetch failed: .*type")
    def test_a_folder_that_is_a_file(self):
        self.hostile.commit_dhcp((FOLDER, b"x", self.hostile.blob(b"scopes: x\n")))

    @hostile(CANNOT_RUN, r"fetch failed: .*type")
    def test_a_folder_that_is_the_commit(self):
        self.hostile.commit_dhcp((FOLDER, b"x", self.good))


class Contents(HostileCase):
    """What stands in a file, beside what the tests of malformed YAML have."""

    @hostile(INVALID, r"UTF-16.*\[not-utf8\]")
    def test_another_encoding(self):
        self.hostile.commit_file("scopes: []\n".encode("utf-16"))

    @hostile(INVALID, r"aliases are not read")
    def test_aliases_that_multiply(self):
        lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]"
                                      for i in range(1, 40)]
        self.hostile.commit_file("\n".join(lines).encode())

    @hostile(INVALID, r"deeper than 16 levels")
    def test_brackets_without_end(self):
        self.hostile.commit_file(b"[" * 262144)

    @hostile(INVALID, r"x\.yaml:1:1: byte 0x89 is not UTF-8")
    def test_a_picture(self):
        self.hostile.commit_file(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_filters_and_encodings_in_attributes(self):
        evil = self.touch_canary()
        self.hostile.git("config", "filter.evil.smudge", str(evil))
        self.hostile.git("config", "filter.evil.clean", str(evil))
        self.hostile.git("config", "filter.evil.process", str(evil))
        text = b"*.yaml filter=evil working-tree-encoding=UTF-16 ident eol=crlf\n"
        self.hostile.commit_dhcp((FILE, b".gitattributes", self.hostile.blob(text)))

    @hostile(INVALID, r"x\.yaml: the file has 67108864 bytes")
    def test_a_file_that_expands(self):
        self.hostile.commit_file(b"\0" * (64 << 20))
        self.hostile.pack()

    @hostile(INVALID, r"x\.yaml: the file has 67108864 bytes")
    def test_deltas_that_expand(self):
        self.hostile.commit_dhcp((FILE, b"x.yaml",
                                  self.hostile.pack_of_deltas(6, b"# nothing\n" * 104857 + b"#####\n")))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_something_that_expands_beside_our_folder(self):
        bomb = self.hostile.blob(b"\0" * (64 << 20))
        self.hostile.commit_top((FILE, b"bomb", bomb), *self.hostile.entries(self.good))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_large_files_that_resemble_each_other(self):
        """Whoever looks for deltas between them would hold them all."""
        files = [self.hostile.blob(bytes([i]) + bytes(24 << 20)) for i in range(8)]
        self.hostile.commit_top(*((FILE, b"%02d" % i, file) for i, file in enumerate(files)),
                                *self.hostile.entries(self.good))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_long_chain_of_deltas(self):
        rows = [b"# %06d\n" % i for i in range(2000)]
        for i in range(300):
            rows[i * 5] = b"# changed %d\n" % i
            self.hostile.commit_file(b"".join(rows))
        self.hostile.pack("-f", "--depth=4000", "--window=50")


class Bombs(HostileCase):
    """Objects of 600 MiB that arrive as 600 kB, wherever they hide."""

    TOO_LARGE = r"the fetch was stopped: it needs more than 100 MiB of memory"

    def beside(self, bomb):
        self.hostile.commit_top((FILE, b"bomb", bomb), *self.hostile.entries(self.good))

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_file_of_ours(self):
        self.hostile.commit_dhcp((FILE, b"x.yaml", self.hostile.bomb()))

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_file_beside_our_folder(self):
        self.beside(self.hostile.bomb())

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_file_in_a_pack(self):
        self.beside(self.hostile.packed_bomb())

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_file_made_by_one_delta(self):
        part, times = bytes(1 << 20), 600
        self.hostile.put_pack(*large_delta_of_a_small_file(part, times))
        self.beside(blob_id(part, times))

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_small_file_that_is_a_delta_of_a_large_one(self):
        self.hostile.put_pack(*small_delta_of_a_bomb(b"# nothing\n"))
        self.hostile.commit_dhcp((FILE, b"x.yaml", blob_id(b"# nothing\n", 1)))

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_folder(self):
        self.hostile.commit_dhcp((FOLDER, b"x", self.hostile.bomb("tree")))

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_commit(self):
        self.hostile.move(self.hostile.bomb("commit"))

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_parent(self):
        tree = self.hostile.git("rev-parse", "HEAD^{tree}")
        self.hostile.move(self.hostile.commit(tree, [self.hostile.bomb("commit"), self.good]))

    @hostile(CANNOT_RUN, TOO_LARGE)
    def test_a_file_that_is_gone_again(self):
        self.beside(self.hostile.bomb())
        self.hostile.move(self.hostile.commit(
            self.hostile.git("rev-parse", f"{self.good}^{{tree}}")))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_file_that_no_branch_leads_to(self):
        self.hostile.bomb()
        self.hostile.commit_file(b"# nothing\n")


class BombsOverHttp(HostileCase):
    """The same from a server, which no Git keeps from sending them."""

    def serve(self, *entries):
        server = GitOverHttp(self, self.work)
        server.canned = self.hostile.tip(), self.hostile.pack_with(*entries)
        self.config.write_text(self.config.read_text().replace("./network", server.url()))

    def beside(self, bomb):
        self.hostile.commit_top((FILE, b"bomb", bomb), *self.hostile.entries(self.good))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_nothing(self):
        self.hostile.commit_file(b"# nothing\n")
        self.serve()

    @hostile(CANNOT_RUN, r"object [0-9a-f]{40} has 629145600 bytes, the limit is 67108864;")
    def test_a_file(self):
        self.beside(loose_bomb("blob")[0])
        self.serve(bomb_entry("blob"))

    @hostile(CANNOT_RUN, r"object [0-9a-f]{40} has 629145600 bytes, the limit is 16777216;")
    def test_a_folder(self):
        self.hostile.commit_dhcp((FOLDER, b"x", loose_bomb("tree")[0]))
        self.serve(bomb_entry("tree"))

    @hostile(CANNOT_RUN, r"object [0-9a-f]{40} has 629145600 bytes, the limit is 16777216;")
    def test_a_parent(self):
        tree = self.hostile.git("rev-parse", "HEAD^{tree}")
        self.hostile.move(self.hostile.commit(tree, [loose_bomb("commit")[0], self.good]))
        self.serve(bomb_entry("commit"))

    @hostile(CANNOT_RUN, r"needs more than 100 MiB of memory")
    def test_a_file_made_by_a_delta(self):
        part, times = bytes(1 << 20), 600
        self.beside(blob_id(part, times))
        self.serve(*large_delta_of_a_small_file(part, times))

    @hostile(CANNOT_RUN, r"needs more than 100 MiB of memory")
    def test_a_small_file_that_is_a_delta_of_a_large_one(self):
        self.hostile.commit_dhcp((FILE, b"x.yaml", blob_id(b"# nothing\n", 1)))
        self.serve(*small_delta_of_a_bomb(b"# nothing\n"))


    def test_what_is_refused_is_not_kept(self):
        packs = pathlib.Path(f"{self.database}.git", "objects", "pack")
        before = sorted(packs.iterdir())
        self.beside(loose_bomb("blob")[0])
        self.serve(bomb_entry("blob"))
        self.run_program("apply", code=CANNOT_RUN)
        self.assertEqual(sorted(packs.iterdir()), before)

    @hostile(CANNOT_RUN, r"object [0-9a-f]{40} has 629145600 bytes")
    def test_what_a_killed_fetch_left_is_looked_at(self):
        self.hostile.commit_dhcp((FOLDER, b"x", loose_bomb("tree")[0]))
        self.serve(bomb_entry("tree"))
        left = pathlib.Path(f"{self.database}.git", "objects", "pack", "pack-left.pack")
        left.write_bytes(self.hostile.pack_with(bomb_entry("tree")))
        self.hostile.git("index-pack", str(left))


class Objects(HostileCase):
    """Objects that are damaged, missing, or not what their names say."""

    def file_and_commit(self):
        file = self.hostile.blob(b"# nothing\n")
        self.hostile.commit_dhcp((FILE, b"x.yaml", file))
        return file

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_file_of_random_bytes(self):
        self.hostile.put(self.file_and_commit(), bytes(range(256)))

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_file_cut_off(self):
        file = self.file_and_commit()
        self.hostile.put(file, self.hostile.path_of(file).read_bytes()[:8])

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_an_object_without_bytes(self):
        self.hostile.put(self.file_and_commit(), b"")

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_file_that_is_missing(self):
        self.hostile.path_of(self.file_and_commit()).unlink()

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_file_with_another_content_than_its_name_says(self):
        other = self.hostile.blob(WANTED.encode())
        self.hostile.put(self.file_and_commit(), self.hostile.path_of(other).read_bytes())

    @hostile(CANNOT_RUN, r"some object is too large when unpacked")
    def test_a_size_that_lies(self):
        self.hostile.put(self.file_and_commit(), zlib.compress(b"blob 900000000\0# nothing\n"))

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_kind_that_does_not_exist(self):
        self.hostile.put(self.file_and_commit(), zlib.compress(b"bomb 10\0# nothing\n"))

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_folder_that_is_missing(self):
        self.hostile.commit_top((FOLDER, b"dhcp", NOWHERE))

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_parent_that_is_missing(self):
        tree = self.hostile.git("rev-parse", "HEAD^{tree}")
        self.hostile.move(self.hostile.commit(tree, [NOWHERE, self.good]))

    @hostile(CANNOT_RUN, r"fetch failed: .*bad commit")
    def test_a_commit_without_a_tree(self):
        self.hostile.move(self.hostile.commit("", head="author T <t@e> 0 +0000\n"))

    @hostile(CANNOT_RUN, r"fetch failed: .*bad commit")
    def test_a_commit_of_random_bytes(self):
        self.hostile.move(self.hostile.add("commit", bytes(range(256))))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_commit_with_a_message_of_megabytes_and_escape_sequences(self):
        tree = self.hostile.git("rev-parse", "HEAD^{tree}")
        self.hostile.move(self.hostile.commit(tree, message=b"\x1b[2J\n" * 1000000))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_commit_with_a_thousand_parents(self):
        tree = self.hostile.git("rev-parse", "HEAD^{tree}")
        parents = [self.hostile.commit(tree, message=b"%d" % i) for i in range(1000)]
        self.hostile.move(self.hostile.commit(tree, parents))

    @hostile(CANNOT_RUN, r"fetch failed|list its branches|does not open")
    def test_a_pack_cut_off(self):
        self.file_and_commit()
        pack = self.hostile.pack().with_suffix(".pack")
        self.hostile.truncate(pack, pack.stat().st_size // 2)

    @hostile(CANNOT_RUN, r"fetch failed|list its branches|does not open")
    def test_a_pack_with_other_bytes(self):
        self.file_and_commit()
        pack = self.hostile.pack().with_suffix(".pack")
        for at in range(12, pack.stat().st_size - 20, 7):
            self.hostile.spoil_file(pack, at, b"\xaa")

    @hostile(CANNOT_RUN, r"fetch failed|list its branches|does not open")
    def test_a_pack_without_a_head(self):
        self.file_and_commit()
        self.hostile.spoil_file(self.hostile.pack().with_suffix(".pack"), 0, b"HTML" * 3)

    @hostile(CANNOT_RUN, r"fetch failed|list its branches|does not open")
    def test_an_index_of_random_bytes(self):
        self.file_and_commit()
        index = self.hostile.pack().with_suffix(".idx")
        self.hostile.spoil_file(index, 0, bytes(range(256)) * 4)

    @hostile(CANNOT_RUN, r"fetch failed|list its branches|does not open")
    def test_an_index_that_points_beyond_its_pack(self):
        self.file_and_commit()
        index = self.hostile.pack().with_suffix(".idx")
        self.hostile.spoil_file(index, index.stat().st_size // 2, b"\x7f" * 64)

    @hostile(CANNOT_RUN, r"fetch failed|list its branches|does not open")
    def test_an_index_without_its_pack(self):
        self.file_and_commit()
        self.hostile.pack().with_suffix(".pack").unlink()


class References(HostileCase):
    """Where the branch points, if it does."""

    @hostile(REFUSED, r"branch main was rewound: .*`rewind: allow`")
    def test_a_branch_that_was_rewound(self):
        self.hostile.move(self.hostile.commit(self.hostile.git("rev-parse", "HEAD^{tree}")))
        self.run_program("apply")
        self.good = self.hostile.tip()
        self.hostile.move(self.hostile.git("rev-parse", "HEAD~1"))

    @hostile(REFUSED, r"branch main was rewound")
    def test_another_history(self):
        tree = self.hostile.git("rev-parse", "HEAD^{tree}")
        self.hostile.move(self.hostile.commit(tree, parents=[]))

    @hostile(REFUSED, r"branch main was rewound")
    def test_another_repository(self):
        self.hostile.remove()
        shutil.copytree(self.template / "work" / "network", self.hostile.folder)
        shutil.rmtree(self.hostile.git_folder)
        self.hostile.git("init", "-q", "--initial-branch=main")
        self.hostile.git("add", "--all")
        self.hostile.git("commit", "-qm", "other")

    @hostile(CANNOT_RUN, r"no branch 'main', it has other; correct repository.branch")
    def test_a_branch_that_is_gone(self):
        self.hostile.git("branch", "-qm", "other")
        self.hostile.tip = lambda: self.good

    @hostile(CANNOT_RUN, r"no commit yet")
    def test_a_tag_instead_of_the_branch(self):
        self.hostile.write("refs/tags/main", self.good + "\n")
        self.hostile.branch.unlink()

    @hostile(CANNOT_RUN, r"does not hold a commit|branch moved during the fetch")
    def test_a_branch_that_holds_a_tag(self):
        self.hostile.git("tag", "-a", "v1", "-m", "x")
        self.hostile.move(self.hostile.git("rev-parse", "refs/tags/v1"))

    @hostile(CANNOT_RUN, r"does not hold a commit|fetch failed")
    def test_a_branch_that_holds_a_folder(self):
        self.hostile.move(self.hostile.git("rev-parse", "HEAD^{tree}"))

    @hostile(CANNOT_RUN, r"does not hold a commit|fetch failed")
    def test_a_branch_that_holds_a_file(self):
        self.hostile.move(self.hostile.blob(WANTED.encode()))

    @hostile(CANNOT_RUN, r"fetch failed")
    def test_a_branch_that_holds_nothing_that_exists(self):
        self.hostile.move(NOWHERE)

    @hostile(CANNOT_RUN, r"fetch failed: .*null OID")
    def test_a_branch_of_zeros(self):
        self.hostile.move("0" * 40)

    @hostile(CANNOT_RUN, r"no commit yet")
    def test_a_branch_of_random_bytes(self):
        self.hostile.branch.write_bytes(bytes(range(128, 256)))

    @hostile(CANNOT_RUN, r"no commit yet")
    def test_a_branch_that_points_at_itself(self):
        self.hostile.branch.write_text("ref: refs/heads/main\n")

    @hostile(CANNOT_RUN, r"no commit yet")
    def test_a_branch_that_points_out_of_the_repository(self):
        self.hostile.branch.write_text("ref: ../../../../../../etc/passwd\n")

    @hostile(CANNOT_RUN, r"does not list its branches: corrupted packed references")
    def test_packed_references_of_random_bytes(self):
        self.hostile.branch.unlink()
        self.hostile.write("packed-refs", bytes(range(256)))

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_head_without_a_branch(self):
        self.hostile.write("HEAD", self.good + "\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_head_that_points_nowhere(self):
        self.hostile.write("HEAD", "ref: refs/heads/none\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_twenty_thousand_branches(self):
        lines = [f"{self.good} refs/heads/x{i:05}" for i in range(20000)]
        self.hostile.write("packed-refs", "# pack-refs with: peeled fully-peeled sorted \n" +
                           "\n".join(lines) + "\n")

    @hostile(CANNOT_RUN, r"no commit yet")
    def test_a_repository_without_a_commit(self):
        self.hostile.remove()
        self.hostile.folder.mkdir()
        self.hostile.git("init", "-q", "--initial-branch=main")

    @hostile(CANNOT_RUN, r"no such folder")
    def test_a_repository_that_is_gone(self):
        self.hostile.remove()

    @hostile(CANNOT_RUN, r"not a Git repository")
    def test_a_folder_that_is_no_repository(self):
        shutil.rmtree(self.hostile.git_folder)

    @hostile(CANNOT_RUN, r"not a Git repository")
    def test_a_repository_that_is_a_link_to_another_place(self):
        shutil.rmtree(self.hostile.git_folder)
        (self.hostile.folder / ".git").write_text("gitdir: /etc\n")


class Settings(HostileCase):
    """What a repository's own settings ask of those who read it."""

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_hooks_and_programs_in_the_configuration(self):
        evil = self.touch_canary()
        for name in ("post-checkout", "pre-receive", "reference-transaction", "post-index-change"):
            self.hostile.write(f"hooks/{name}", evil.read_text()).chmod(0o755)
        for key in ("core.fsmonitor", "core.sshCommand", "core.hooksPath", "core.editor",
                    "uploadpack.packObjectsHook", "credential.helper", "gpg.program",
                    "core.alternateRefsCommand", "core.gitProxy"):
            self.hostile.git("config", key, str(evil))
        self.hostile.commit_file(b"# nothing\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_configuration_that_redirects(self):
        self.hostile.git("config", "url./nowhere/.insteadOf", "/")
        self.hostile.git("config", "url./nowhere/.pushInsteadOf", "/")
        self.hostile.git("config", "remote.origin.url", "/nowhere")
        self.hostile.commit_file(b"# nothing\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_configuration_that_includes_files_of_the_machine(self):
        self.hostile.git("config", "include.path", str(self.work / "other"))
        (self.work / "other").write_text("[core]\n\tfsmonitor = true\n")
        self.hostile.commit_file(b"# nothing\n")

    @hostile(CANNOT_RUN, r"does not open: .*include")
    def test_a_configuration_that_includes_itself(self):
        self.hostile.git("config", "include.path", "config")

    @hostile(CANNOT_RUN, r"does not open: .*config")
    def test_a_configuration_of_random_bytes(self):
        self.hostile.write("config", b"[core\n\x1b]]\xff = \\q\n")

    @hostile(CANNOT_RUN, r"unsupported repository version 99")
    def test_a_later_format(self):
        self.hostile.git("config", "core.repositoryformatversion", "99")

    @hostile(CANNOT_RUN, r"does not open: .*extension")
    def test_an_extension_that_is_not_known(self):
        self.hostile.git("config", "core.repositoryformatversion", "1")
        self.hostile.git("config", "extensions.evil", "true")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_working_tree_elsewhere(self):
        self.hostile.git("config", "core.worktree", "/etc")
        self.hostile.commit_file(b"# nothing\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_objects_replaced_by_others(self):
        file = dict((name, i) for _, name, i in self.hostile.entries(self.good, "dhcp"))[b"0.yaml"]
        self.hostile.write(f"refs/replace/{file}", self.hostile.blob(b"scopes: x\n") + "\n")
        self.hostile.commit_file(b"# nothing\n")

    @hostile(REFUSED, r"branch main was rewound")
    def test_a_history_grafted_on(self):
        tree = self.hostile.git("rev-parse", "HEAD^{tree}")
        other = self.hostile.commit(tree, parents=[])
        self.hostile.write("info/grafts", f"{other} {self.good}\n")
        self.hostile.move(other)

    @hostile(CANNOT_RUN, r"shallow clone")
    def test_a_history_cut_off(self):
        tip = self.hostile.commit_file(b"# nothing\n")
        self.hostile.write("shallow", tip + "\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_objects_kept_elsewhere(self):
        elsewhere = self.work / "elsewhere"
        self.hostile.commit_file(b"# nothing\n")
        shutil.move(self.hostile.git_folder / "objects", elsewhere)
        for folder in ("info", "pack"):
            (self.hostile.git_folder / "objects" / folder).mkdir(parents=True)
        self.hostile.write("objects/info/alternates", f"{elsewhere}\n")

    @hostile(CANNOT_RUN, r"fetch failed|not a Git repository")
    def test_objects_kept_nowhere(self):
        self.hostile.commit_file(b"# nothing\n")
        shutil.rmtree(self.hostile.git_folder / "objects")
        self.hostile.write("objects/info/alternates", "/nowhere\n/etc\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_objects_kept_in_a_circle(self):
        objects = self.hostile.git_folder / "objects"
        self.hostile.write("objects/info/alternates", f"{objects}\n../objects\n")
        self.hostile.commit_file(b"# nothing\n")

    @hostile(OK, r"nothing to do: 2 scopes")
    def test_a_lock_left_on_the_branch(self):
        self.hostile.write("refs/heads/main.lock", "")
        self.hostile.commit_file(b"# nothing\n")


class Afterwards(HostileCase):
    def test_a_repository_that_is_whole_again_is_followed_again(self):
        self.hostile.commit_file(b"scopes: x\n")
        self.run_program("apply", code=INVALID)
        mended = self.hostile.commit_file(b"scopes: []\n", b"y.yaml")
        self.run_program("apply", code=INVALID)  # x.yaml is still there
        tree = self.hostile.git("rev-parse", f"{self.good}^{{tree}}")
        mended = self.hostile.move(self.hostile.commit(tree))
        self.run_program("apply")
        self.assertEqual(self.run_json("status")["revision"]["applied"], mended)
        self.assertEqual(self.listed("dhcp-b"), [subnet(0), subnet(1)])


if __name__ == "__main__":
    unittest.main()
