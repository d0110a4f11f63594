"""A Git repository written object by object, so that it can hold what Git itself refuses to make."""

import hashlib
import pathlib
import shutil
import struct
import subprocess
import zlib

from pairkeeper_case import ENVIRONMENT

FILE, EXECUTABLE, LINK, FOLDER, SUBMODULE = b"100644", b"100755", b"120000", b"40000", b"160000"
NOWHERE = "1" * 40  # the id of no object


class HostileRepository:
    """The `.git` of a folder that a test spoils."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.git_folder = self.folder / ".git"

    def git(self, *words, data=None):
        done = subprocess.run(["git", *words], cwd=self.folder, env=ENVIRONMENT, input=data,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"git {' '.join(words)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace").strip()

    # -- objects --

    def path_of(self, object_id):
        return self.git_folder / "objects" / object_id[:2] / object_id[2:]

    def put(self, object_id, raw):
        """These bytes as the loose object of that id, whatever they are."""
        path = self.path_of(object_id)
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(raw)
        return object_id

    def add(self, kind, content, level=1):
        whole = kind.encode() + b" %d\0" % len(content) + content
        return self.put(hashlib.sha1(whole).hexdigest(), zlib.compress(whole, level))

    def blob(self, content):
        return self.add("blob", content)

    def tree(self, *entries):
        """(mode, name, id) as they come: neither sorted nor judged, unlike `git mktree`."""
        return self.add("tree", b"".join(mode + b" " + name + b"\0" + bytes.fromhex(object_id)
                                         for mode, name, object_id in entries))

    def commit(self, tree, parents=None, head="", message=b"change\n"):
        """On top of the branch unless @p parents says otherwise."""
        parents = [self.tip()] if parents is None else parents
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents),
                 "author T <t@example.edu> 1700000000 +0000",
                 "committer T <t@example.edu> 1700000000 +0000"]
        return self.add("commit", (head or "\n".join(lines) + "\n").encode() + b"\n" + message)

    # -- the branch --

    @property
    def branch(self):
        return self.git_folder / "refs" / "heads" / "main"

    def tip(self):
        return self.branch.read_text().strip()

    def move(self, commit):
        self.branch.write_text(commit + "\n")
        return commit

    def entries(self, commit, path=""):
        """[(mode, name, id)] of a folder of a commit."""
        text = self.git("ls-tree", f"{commit}:{path}")
        rows = [line.split(None, 3) for line in text.splitlines()]
        return [(mode.lstrip("0").encode(), name.encode(), object_id)
                for mode, _, object_id, name in rows]

    def commit_dhcp(self, *more, keep=True):
        """A commit whose folder dhcp/ has @p more entries beside those that are there."""
        mine = self.entries(self.tip(), "dhcp") if keep else []
        folder = self.tree(*sorted([*mine, *more], key=lambda entry: entry[1]))
        return self.move(self.commit(self.tree((FOLDER, b"dhcp", folder))))

    def commit_top(self, *entries):
        return self.move(self.commit(self.tree(*entries)))

    def commit_file(self, content, name=b"x.yaml"):
        return self.commit_dhcp((FILE, name, self.blob(content)))

    # -- packs --

    def pack(self, *options):
        """Everything in one pack and nothing beside it; returns its path without the ending."""
        self.git("repack", "-adq", *options)
        self.git("prune-packed", "-q")
        return next((self.git_folder / "objects" / "pack").glob("*.pack")).with_suffix("")

    def spoil_file(self, path, at, data):
        path.chmod(0o644)
        with path.open("r+b") as file:
            file.seek(at, 2 if at < 0 else 0)
            file.write(data)

    def truncate(self, path, size):
        path.chmod(0o644)
        with path.open("r+b") as file:
            file.truncate(size)

    def pack_of_deltas(self, steps, base):
        """A pack in which an object is a chain of deltas, each the double of the one before."""
        def header(kind, size):
            out, size, first = bytearray(), size >> 4, (kind << 4) | (size & 15)
            while True:
                out.append(first | (0x80 if size else 0))
                if not size:
                    return bytes(out)
                first, size = size & 0x7f, size >> 7

        def number(value):
            out = bytearray()
            while True:
                out.append((value & 0x7f) | (0x80 if value >> 7 else 0))
                value >>= 7
                if not value:
                    return bytes(out)

        def copies(length):
            """Instructions that copy all of the base once."""
            out, at = b"", 0
            while at < length:
                part = min(0xffffff, length - at)
                out += bytes([0xff]) + struct.pack("<I", at) + part.to_bytes(3, "little")
                at += part
            return out

        content = base
        ids = [hashlib.sha1(b"blob %d\0" % len(base) + base).hexdigest()]
        body = header(3, len(base)) + zlib.compress(base)
        length = len(base)
        for _ in range(steps):
            delta = number(length) + number(2 * length) + 2 * copies(length)
            body += header(7, len(delta)) + bytes.fromhex(ids[-1]) + zlib.compress(delta)
            content, length = content + content, 2 * length
            ids.append(hashlib.sha1(b"blob %d\0" % length + content).hexdigest())
        whole = b"PACK" + struct.pack(">II", 2, steps + 1) + body
        file = self.git_folder / "objects" / "pack" / "bomb.pack"
        file.write_bytes(whole + hashlib.sha1(whole).digest())
        self.git("index-pack", str(file))
        return ids[-1]

    def write(self, path, content):
        file = self.git_folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content)
        return file

    def remove(self):
        shutil.rmtree(self.folder)
