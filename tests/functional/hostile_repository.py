"""A Git repository written object by object, so that it can hold what Git itself refuses to make."""

import functools
import hashlib
import pathlib
import shutil
import struct
import subprocess
import zlib

from pairkeeper_case import ENVIRONMENT

FILE, EXECUTABLE, LINK, FOLDER, SUBMODULE = b"100644", b"100755", b"120000", b"40000", b"160000"
NOWHERE = "1" * 40  # the id of no object

KINDS = (b"", b"commit", b"tree", b"blob", b"tag")  # of entries in a pack
BLOB, DELTA = 3, 7
BOMB_BYTES = 600 << 20   # of zeros, which is 600 kB compressed


def blob_id(part, times):
    """The id of a file that is PART over and over."""
    digest = hashlib.sha1(b"blob %d\0" % (len(part) * times))
    for _ in range(times):
        digest.update(part)
    return digest.hexdigest()


@functools.cache
def compressed_zeros(head):
    """One stream of HEAD and BOMB_BYTES zeros."""
    stream, part = zlib.compressobj(1), bytes(1 << 20)
    return (stream.compress(head) +
            b"".join(stream.compress(part) for _ in range(BOMB_BYTES // len(part))) +
            stream.flush())


@functools.cache
def loose_bomb(kind):
    """(id, bytes of the file)"""
    head = b"%s %d\0" % (kind.encode(), BOMB_BYTES)
    digest, part = hashlib.sha1(head), bytes(1 << 20)
    for _ in range(BOMB_BYTES // len(part)):
        digest.update(part)
    return digest.hexdigest(), compressed_zeros(head)


def pack_head(kind, size):
    """What stands before an entry of a pack."""
    out, size, first = bytearray(), size >> 4, (kind << 4) | (size & 15)
    while True:
        out.append(first | (0x80 if size else 0))
        if not size:
            return bytes(out)
        first, size = size & 0x7f, size >> 7


def number(value):
    """A size as deltas have it."""
    out = bytearray()
    while True:
        out.append((value & 0x7f) | (0x80 if value >> 7 else 0))
        value >>= 7
        if not value:
            return bytes(out)


def copies(length):
    """Instructions of a delta that copy all of its base once."""
    out, at = b"", 0
    while at < length:
        part = min(0xffffff, length - at)
        out += bytes([0xff]) + struct.pack("<I", at) + part.to_bytes(3, "little")
        at += part
    return out


def bomb_entry(kind):
    return pack_head(KINDS.index(kind.encode()), BOMB_BYTES), compressed_zeros(b"")


def small_delta_of_a_bomb(content):
    """Entries of a small file that is a delta of a large one, which nothing else leads to."""
    delta = number(BOMB_BYTES) + number(len(content)) + bytes([len(content)]) + content
    base = bytes.fromhex(loose_bomb("blob")[0])
    return bomb_entry("blob"), (pack_head(DELTA, len(delta)) + base, zlib.compress(delta))


def large_delta_of_a_small_file(part, times):
    """Entries of a small file, and of one that is its content over and over."""
    delta = number(len(part)) + number(times * len(part)) + times * copies(len(part))
    return ((pack_head(BLOB, len(part)), zlib.compress(part)),
            (pack_head(DELTA, len(delta)) + bytes.fromhex(blob_id(part, 1)), zlib.compress(delta)))


def pack_of(entries):
    whole = b"PACK" + struct.pack(">II", 2, len(entries)) + b"".join(a + b for a, b in entries)
    return whole + hashlib.sha1(whole).digest()


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

    def put_pack(self, *entries):
        """A pack of such entries, (head, compressed) each."""
        file = self.git_folder / "objects" / "pack" / "bomb.pack"
        file.write_bytes(pack_of(entries))
        self.git("index-pack", str(file))

    def pack_with(self, *entries):
        """A pack of them and of all loose objects, which nothing has judged."""
        for path in sorted((self.git_folder / "objects").glob("??/*")):
            head, _, content = zlib.decompress(path.read_bytes()).partition(b"\0")
            kind = KINDS.index(head.split()[0])
            entries = (*entries, (pack_head(kind, len(content)), zlib.compress(content)))
        return pack_of(entries)

    def pack_of_deltas(self, steps, base):
        """A pack in which an object is a chain of deltas, each the double of the one before."""
        ids = [blob_id(base, 1)]
        entries = [(pack_head(BLOB, len(base)), zlib.compress(base))]
        length = len(base)
        for step in range(1, steps + 1):
            delta = number(length) + number(2 * length) + 2 * copies(length)
            entries.append((pack_head(DELTA, len(delta)) + bytes.fromhex(ids[-1]),
                            zlib.compress(delta)))
            length *= 2
            ids.append(blob_id(base, 2 ** step))
        self.put_pack(*entries)
        return ids[-1]

    def bomb(self, kind="blob"):
        """A loose object of BOMB_BYTES zeros."""
        object_id, stream = loose_bomb(kind)
        return self.put(object_id, stream)

    def packed_bomb(self):
        """The same in a pack."""
        self.put_pack(bomb_entry("blob"))
        return loose_bomb("blob")[0]

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
