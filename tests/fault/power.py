"""Records what a program writes to the database's files and what it makes durable, and builds the
images that a loss of power could leave: every write since the last sync of its file may be there,
not there, or torn in sectors.
"""

import random
import re

from fault_world import expect, tracer

SECTOR_BYTES = 512
FILES = ("pairkeeper.db", "pairkeeper.db-wal")
WRITER_LOCK = 120  # offset in the -shm file: who holds it may append to the WAL
CALLS = "trace=pwrite64,write,ftruncate,fdatasync,fsync,fcntl"
MOST_BYTES = 1 << 20

LINE = re.compile(r'(?P<call>\w+)\(\d+<(?P<path>[^>]*)>(?P<rest>.*)')
WRITE = re.compile(r', "(?P<data>[^"]*)", (?P<size>\d+), (?P<at>\d+)\) += (?P<done>\d+)')
TRUNCATE = re.compile(r', (?P<size>\d+)\) += 0')


class Step:
    """One call: a write, a truncation, a sync, or a commit that others can see from here on."""

    def __init__(self, kind, file, at=0, data=b"", size=0):
        self.kind, self.file, self.at, self.data, self.size = kind, file, at, data, size


def record(world, *words):
    """Runs it in a copy of the world; → the steps in their order."""
    with world.copied() as copy:
        trace = copy.folder.parent / "trace"
        expect(copy.run(*words, before=tracer("-y", "-xx", "-s", str(MOST_BYTES), "-e", CALLS,
                                              output=str(trace))), 0)
        return [step for step in map(step_of, trace.read_text().splitlines()) if step]


def step_of(line):
    match = LINE.match(line)
    if not match:
        return None
    path = plain(match["path"])
    file = path.rsplit("/", 1)[-1]
    call, rest = match["call"], match["rest"]
    if file.endswith("-shm") and call == "fcntl":
        return Step("commit", file) if is_release(rest) else None
    if file not in FILES:
        return None
    if call == "pwrite64":
        write = WRITE.match(rest)
        if not write or write["size"] != write["done"]:
            raise AssertionError(f"a write that the record does not understand: {line[:200]}")
        return Step("write", file, int(write["at"]), bytes.fromhex(
            write["data"].replace("\\x", "")))
    if call == "ftruncate":
        return Step("truncate", file, size=int(TRUNCATE.match(rest)["size"]))
    return Step("sync", file) if call in ("fsync", "fdatasync") else None


def plain(path):
    """Some tracers write paths in hexadecimal, too."""
    return bytes.fromhex(path.replace("\\x", "")).decode() if "\\x" in path else path


def is_release(rest):
    return "F_UNLCK" in rest and re.search(rf"l_start={WRITER_LOCK}\b", rest) is not None


def perform(content, step):
    """Applies a step to a file's content."""
    if step.kind == "truncate":
        del content[step.size:]
        content.extend(bytes(step.size - len(content)))
    elif step.kind == "write":
        content.extend(bytes(max(step.at + len(step.data) - len(content), 0)))
        content[step.at:step.at + len(step.data)] = step.data


def torn(step, rng):
    """Some of the sectors of a write."""
    parts = []
    for start in range(0, len(step.data), SECTOR_BYTES):
        if rng.random() < 0.5:
            parts.append(Step("write", step.file, step.at + start,
                              step.data[start:start + SECTOR_BYTES]))
    return parts


# How much of what was not yet synced has reached the disk.
KINDS = ("lost", "subset", "torn")


class Disk:
    """The files as a disk holds them, step by step."""

    def __init__(self, world):
        self.durable = {name: bytearray((world.folder / name).read_bytes())
                        if (world.folder / name).exists() else bytearray() for name in FILES}
        self.live = {name: bytearray(content) for name, content in self.durable.items()}
        self.pending = {name: [] for name in FILES}

    def take(self, step):
        if step.kind == "commit":
            return
        if step.kind == "sync":
            self.durable[step.file] = bytearray(self.live[step.file])
            self.pending[step.file] = []
        else:
            perform(self.live[step.file], step)
            self.pending[step.file].append(step)

    def image(self, kind, rng):
        """{file: content} after a loss of power now."""
        result = {}
        for name in FILES:
            content = bytearray(self.durable[name])
            for step in self.pending[name] if kind != "lost" else ():
                if rng.random() < 0.5:
                    perform(content, step)
                elif kind == "torn":
                    for part in torn(step, rng):
                        perform(content, part)
            result[name] = bytes(content)
        return result


def kinds_after(step, disk, rounds):
    """What is worth an image after a step; without anything pending all images are one."""
    if step.kind == "commit":
        return []
    more = [kind for kind in KINDS if kind != "lost"] * rounds
    return ["lost", *(more if any(disk.pending.values()) else [])]


def count_images(world, steps, rounds):
    disk, count = Disk(world), 0
    for step in steps:
        disk.take(step)
        count += len(kinds_after(step, disk, rounds))
    return count


def images(world, steps, seed, rounds):
    """Yields (image, number of the last visible commit, the files as readers saw them then)."""
    disk, rng, commits = Disk(world), random.Random(seed), 0
    visible = {name: bytes(content) for name, content in disk.live.items()}
    for step in steps:
        disk.take(step)
        if step.kind == "commit":
            commits += 1
            visible = {name: bytes(content) for name, content in disk.live.items()}
        for kind in kinds_after(step, disk, rounds):
            yield disk.image(kind, rng), commits, visible
